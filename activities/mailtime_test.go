package activities

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/mail"
	"xuanping/store"
	"xuanping/store/storetest"
)

// at2 is two o'clock in the night of a day.
func at2(d campaign.Day) time.Time { return d.Start().Add(2 * time.Hour) }

// ML-4: at night and on days off only 48-hour matters, codes and answers go out.
// Every other letter waits for the morning of a working day, says so in the
// outbox, and goes then; in a rehearsal nothing waits.
func TestML4OnlyWhatCannotWaitGoesAtNight(t *testing.T) {
	atOnce := map[string]bool{"act-code": true, "receipt": true, "appeal-receipt": true, "reply-received": true, "new-link": true, "incident-opened": true, "incident-reminder": true}
	fill := func(template string, at time.Time) store.MailBody {
		return store.MailBody{Template: template, To: "institution", Date: at, Path: "plan", Until: "2026-10-30", Rows: []int{7},
			Data: map[string]string{"title": "事项", "what": "内容", "number": "文号", "consequence": "后果"}, Lines: [][2]string{{"名目", "内容"}}}
	}
	for _, k := range []struct {
		now, morning time.Time
		rehearsal    bool
	}{
		{at2("2025-03-13"), campaign.Day("2025-03-13").Start().Add(8 * time.Hour), false},
		{campaign.Day("2025-10-01").Morning(), campaign.Day("2025-10-09").Start().Add(8 * time.Hour), false},
		{at2("2025-03-13"), at2("2025-03-13"), true},
	} {
		o := newOffice(t, k.rehearsal, 1)
		now := k.now
		o.Clock = func() time.Time { return now }
		waits := map[string]string{}
		for _, name := range mail.Names() {
			key := o.queue("q/"+name, fill(name, now))
			if !atOnce[name] && !k.rehearsal {
				waits[key] = name
			}
		}
		urgent, call := fill("officer-alert", now), fill("officer-alert", now)
		urgent.To, call.To, urgent.Urgent = "staff:o1", "staff:o1", true
		o.queue("urgent", urgent)
		if key := o.queue("call", call); !k.rehearsal {
			waits[key] = "a call"
		}
		o.drain()
		if o.sent != len(mail.Names())+2-len(waits) {
			t.Errorf("%s: %d letters went out, %d were to wait", k.now, o.sent, len(waits))
		}
		for key := range o.intents() {
			j := o.job(key)
			if waits[key] == "" {
				if j.State != "accepted" {
					t.Errorf("%s: %s %+v", k.now, key, j)
				}
				continue
			}
			if left := k.morning.Sub(k.now); j.State != "queued" || j.Error != "夜间和节假日不发送，顺延至工作日" || j.Waits > left || j.Waits < left-time.Minute {
				t.Errorf("%s: %s %+v", k.now, key, j)
			}
			o.due(key, 1)
		}
		now = k.morning
		o.drain()
		o.noFailure()
		if o.sent != len(mail.Names())+2 {
			t.Errorf("%s: %d letters in the morning", k.now, o.sent)
		}
		for key := range waits {
			if l := o.letter(key); !l.Date.Equal(k.morning) {
				t.Errorf("%s is dated %s", key, l.Date)
			}
		}
	}
}

// A step that waits for its letter asks again in the morning, and a window runs
// from the acceptance of the letter then.
func TestML4WindowsRunFromTheMorning(t *testing.T) {
	o := newOffice(t, false, 2)
	h, days := o.rules.Holidays, o.rules.Settings
	friday := campaign.Day("2026-04-10")
	now := friday.Start().Add(21 * time.Hour)
	o.Clock = func() time.Time { return now }
	held := func(err error, wait time.Duration) {
		t.Helper()
		app, ok := errors.AsType[*temporal.ApplicationError](err)
		if !ok || app.NonRetryable() || app.NextRetryDelay() != wait || o.sent != 0 {
			t.Fatalf("%v, %d letters", err, o.sent)
		}
	}
	in := contract.AtIn{Ref: o.scored(1, 50), At: now}
	_, err := border(o.Log, o.serve)(t.Context(), in)
	held(err, 59*time.Hour)
	ref := o.accused(2)
	o.did(ref, campaign.ActNotice, string(campaign.Officer), "o1", "事由")
	warn := contract.WarnIn{Ref: ref, Case: 8, State: campaign.Noticed, Act: campaign.ActNotice, Round: 2, At: now, Due: h.AddWorkdays(friday, days.ReplyDays)}
	_, err = border(o.Log, o.warn)(t.Context(), warn)
	held(err, 59*time.Hour)
	monday := friday.Add(3)
	now = monday.Start().Add(8 * time.Hour)
	if out := run(o, o.serve, in); !out.At.Equal(now) || out.Until != h.AddWorkdays(monday, days.AppealDays) {
		t.Errorf("%+v", out)
	}
	if out := run(o, o.warn, warn); !out.At.Equal(now) {
		t.Errorf("%+v", out)
	}
	if w, err := o.Store.Warning(t.Context(), ref); err != nil || w.DueDay() != h.AddWorkdays(monday, days.ReplyDays) {
		t.Errorf("due %s, %v", w.DueDay(), err)
	}
	rows, err := o.deliveries(t.Context(), in.Ref, monday.Add(1))
	must(t, err)
	if len(rows) != 1 || rows[0].Day != monday.Chinese() {
		t.Errorf("%+v", rows)
	}
}

// After an absence of weeks an officer gives the letters another chance: what is
// too late for its day stays away, and of several that are late only the newest goes.
func TestRemindersTooLateAreDropped(t *testing.T) {
	const overdue, newer, extended = "期限已过，不再发送", "已有更近的提醒，不再发送", "期限已延长，不再发送"
	c := storetest.Rules(t, testYear).Calendar
	for _, k := range []struct {
		name  string
		task  campaign.Task
		stage []campaign.Stage
		due   campaign.Day // as it is now
		now   campaign.Day
		want  []string // how each rung ended; "" it went out
	}{
		{"in time", campaign.PlanTask, toScoring[:1], c.PlanDue, c.PlanDue.Add(-2), []string{newer, ""}},
		{"on the day", campaign.PlanTask, toScoring[:1], c.PlanDue, c.PlanDue, []string{newer, newer, ""}},
		{"overdue", campaign.PlanTask, toScoring[:1], c.PlanDue, c.PlanDue.Add(8), []string{overdue, overdue, overdue, newer, ""}},
		{"plans are closed, and the engine is still away", campaign.PlanTask, toScoring[:1], c.PlanDue, c.PlanClose.Add(1), []string{overdue, overdue, overdue, overdue, overdue}},
		{"never handed in", campaign.PlanTask, toScoring[:2], c.EvidenceClose, c.Quarters[1], []string{overdue, overdue, overdue, overdue, overdue}},
		{"more time, and not overdue", campaign.PlanTask, toScoring[:1], c.PlanDue.Add(20), c.PlanDue.Add(8), []string{overdue, overdue, overdue, extended, extended}},
		{"more time, and overdue by it", campaign.PlanTask, toScoring[:1], c.PlanClose.Add(5), c.PlanClose.Add(5), []string{overdue, overdue, overdue, extended, extended}},
		{"evidence is closed", campaign.EvidenceTask, toScoring[:2], c.EvidenceClose, c.EvidenceClose.Add(1), []string{overdue, overdue, overdue}},
		{"self-scores are closed", campaign.SelfScoreTask, toScoring[:3], c.SelfScoreDue, c.SelfScoreDue.Add(1), []string{overdue, overdue, overdue}},
	} {
		for _, rehearsal := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, rehearsal %t", k.name, rehearsal), func(t *testing.T) {
				o := newOffice(t, rehearsal, 1)
				ref, due := o.to(1, k.stage...), c.Due(k.task)
				o.write(func(ctx context.Context, tx *store.Tx) error {
					if err := tx.AddLiaison(ctx, ref, "o2", "o1", c.Launch.Morning()); err != nil {
						return err
					}
					return tx.SetDue(ctx, ref, k.due)
				})
				now := k.now.Start().Add(10 * time.Hour)
				if rehearsal {
					must(t, o.Store.SetClock(t.Context(), testYear, now, o.Clock()))
				} else {
					o.Clock = func() time.Time { return now }
				}
				copies := 0
				for i, r := range o.rules.Holidays.Ladder(k.task, due) {
					if i < len(k.want) {
						run(o, o.remind, contract.RemindIn{Ref: ref, Task: k.task, Step: r.Step, After: r.After, Last: r.Last, Due: due, At: r.Day.Morning()})
					}
				}
				must(t, exec(o, "update intent set state = 'failed', done_at = now() where year = $1", testYear))
				o.write(func(ctx context.Context, tx *store.Tx) error {
					_, err := tx.Requeue(ctx, testYear, "o1", now)
					return err
				})
				o.drain()
				o.drain()
				gone := 0
				for i, want := range k.want {
					j := o.job(fmt.Sprintf("%s/%s/remind/%s/%d", ref.ID(), k.task, due, i+1))
					if want == "" && j.State == "accepted" {
						gone++
						continue
					}
					if want == "" || j.State != "refused" || j.Error != want {
						t.Errorf("%d: %+v, want %q", i+1, j, want)
					}
				}
				for key := range o.letters {
					if strings.Contains(key, "/alert/liaison/") {
						copies++
					}
				}
				if copies > 1 || gone == 0 && copies > 0 && o.entry(ref).DueDay() < k.now {
					t.Errorf("%d copies to the liaison for %d reminders", copies, gone)
				}
			})
		}
	}
}

// A rehearsal's clock is moved after its workflows: what they ask for on the way goes out.
func TestReminderAheadOfTheClock(t *testing.T) {
	o := newOffice(t, true, 1)
	ref, due := o.to(1, campaign.Planning), o.rules.Calendar.PlanDue
	must(t, o.Store.SetClock(t.Context(), testYear, due.Add(-20).Morning(), o.Clock()))
	for _, r := range o.rules.Holidays.Ladder(campaign.PlanTask, due) {
		run(o, o.remind, contract.RemindIn{Ref: ref, Task: campaign.PlanTask, Step: r.Step, After: r.After, Last: r.Last, Due: due, At: r.Day.Morning()})
	}
	o.drain()
	o.noFailure()
}

// A seat that stayed silent is not asked for its sheet when the result is out, nor
// is a decision when results are final.
func TestReviewersAreNotRemindedAfterwards(t *testing.T) {
	o := newOffice(t, false, 1)
	c := o.rules.Calendar
	ref := o.to(1, append(toScoring, campaign.Served)...)
	now := c.ScoringClose.Add(1).Start().Add(10 * time.Hour)
	o.Clock = func() time.Time { return c.Final.Start().Add(10 * time.Hour) }
	o.write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.AddSeat(ctx, ref, 1, "r1", c.ScoringDue, c.SelfScoreDue.Morning()); err != nil {
			return err
		}
		queueMail(tx, ref, "late", store.MailBody{Template: "reviewer-reminder", To: "staff:r1", Task: campaign.ScoreTask, Date: now, Until: c.ScoringDue, Data: map[string]string{"title": "打分"}})
		return nil
	})
	o.drain()
	if j := o.job(ref.ID() + "/late"); j.State != "refused" || j.Error != "期限已过，不再发送" {
		t.Errorf("%+v", j)
	}
}

// Whatever the task: the last reminder that is asked for says that it is the last, no other does.
func TestLastReminderSaysSo(t *testing.T) {
	const sentence = "这是本事项的最后一次提醒"
	warned := map[campaign.Task]campaign.WarningState{campaign.ReplyTask: campaign.Noticed, campaign.AckTask: campaign.Issued, campaign.RectifyTask: campaign.Received}
	for _, task := range []campaign.Task{campaign.PlanTask, campaign.EvidenceTask, campaign.SelfScoreTask, campaign.ScoreTask, campaign.DecideTask, campaign.ReplyTask, campaign.AckTask, campaign.RectifyTask} {
		t.Run(string(task), func(t *testing.T) {
			o := newOffice(t, true, 1)
			c, ref := o.rules.Calendar, storetest.Ref(testYear, 1)
			due := c.Due(task)
			if due == "" {
				due = c.Final.Add(-7)
			}
			o.write(func(ctx context.Context, tx *store.Tx) error {
				switch task {
				case campaign.ScoreTask:
					return tx.AddSeat(ctx, ref, 1, "r1", due, c.SelfScoreDue.Morning())
				case campaign.DecideTask:
					if err := tx.AddDecider(ctx, ref, "r4", due, c.Result.Morning()); err != nil {
						return err
					}
					return tx.AddAppeal(ctx, ref, 2, "一", "王经办", c.Result.Morning())
				}
				return nil
			})
			if state := warned[task]; state != "" {
				ref = o.accused(1)
				o.write(func(ctx context.Context, tx *store.Tx) error {
					return tx.SetWarningState(ctx, ref, state, due, due.Add(-20).Morning())
				})
			}
			rungs := o.rules.Holidays.Reminders(task, due, c.LastDay(task, due))
			if len(rungs) == 0 {
				t.Fatal("no reminder")
			}
			ladder := map[int]campaign.Rung{}
			for _, r := range o.rules.Holidays.Ladder(task, due) {
				ladder[r.Step] = r
			}
			for i, r := range rungs {
				if task == campaign.RectifyTask && r.After {
					o.write(func(ctx context.Context, tx *store.Tx) error {
						return tx.SetWarningState(ctx, ref, campaign.Unrectified, "", due.End())
					})
				}
				before := len(o.letters)
				run(o, o.remind, contract.RemindIn{Ref: ref, Task: task, Step: r.Step, After: r.After, Last: ladder[r.Step].Last, Due: due, At: r.Day.Morning()}) // as the workflow asks
				o.drain()
				o.noFailure()
				if len(o.letters) != before+1 {
					t.Fatalf("rung %d: %d letters", r.Step, len(o.letters)-before)
				}
				for key, l := range o.letters {
					if !strings.Contains(key, fmt.Sprintf("/remind/%s/%d", due, r.Step)) {
						continue
					}
					if last := i == len(rungs)-1; strings.Contains(l.Text, sentence) != last || strings.Contains(l.HTML, sentence) != last {
						t.Errorf("rung %d of %d:\n%s", i+1, len(rungs), l.Text)
					}
				}
			}
		})
	}
}
