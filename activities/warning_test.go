package activities

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/rubric"
	"xuanping/store"
)

// accused is an institution with a proposed case number 7.
func (o *office) accused(i int) campaign.Ref { return o.accusedBy(i, campaign.ShortLadder) }

// accusedBy opens a case of an edition of the ladder.
func (o *office) accusedBy(i int, l campaign.Ladder) campaign.Ref {
	ref := o.scored(i, 300)
	o.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.AddWarning(ctx, store.Warning{Year: testYear, Code: ref.Code, Ladder: l, Number: 6 + i, StateAt: o.rules.Calendar.Publication.Morning(),
			Facts: rubric.Facts{Total: 5800, Scored: true, Submitted: true}, Grounds: []rubric.Ground{{Code: "不力", Text: "总分 58.0 分，低于标准", Clause: "第三十二条"}}})
	})
	return ref
}

func (o *office) did(ref campaign.Ref, act campaign.WarningAct, role, by, text string) {
	o.t.Helper()
	o.write(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.AddWarningAct(ctx, ref, store.WarningAct{Act: act, Role: role, By: by, Text: text, At: o.rules.Calendar.Publication.Add(9).Morning()})
		return err
	})
}

func TestWarn(t *testing.T) {
	o := newOffice(t, true, 1)
	ref, day := o.accused(1), o.rules.Calendar.Publication
	round := 0
	var walked []contract.WarnIn
	for _, k := range []struct {
		state    campaign.WarningState
		act      campaign.WarningAct
		by       string // "" for the calendar
		due      int
		template string
		number   string
	}{
		{campaign.Proposed, "", "nobody", 0, "", ""},
		{campaign.Noticed, campaign.ActNotice, "o1", 10, "warning-prior", ""},
		{campaign.Replied, campaign.ActWindow, "", 0, "", ""},
		{campaign.Signed, campaign.ActSign, "a1", 0, "", ""},
		{campaign.Issued, campaign.ActSign, "a2", 30, "warning-decision", ""},
		{campaign.Received, campaign.ActDeemed, "", 60, "", ""},
		{campaign.Unrectified, campaign.ActLapse, "", 0, "", ""},
		{campaign.Rectified, campaign.ActRectify, "institution", 0, "", ""},
		{campaign.Received, campaign.ActReturn, "o1", 80, "rectification-reminder", ""},
		{campaign.Rectified, campaign.ActRectify, "institution", 0, "", ""},
		{campaign.Lifted, campaign.ActLift, "o1", 0, "warning-lifted", "宣评解〔2025〕7号"},
	} {
		round++
		switch k.by {
		case "", "nobody":
		case "institution":
			o.did(ref, k.act, "", "", "整改完毕")
		case "a1", "a2":
			o.did(ref, k.act, string(campaign.Approver), k.by, "同意")
		default:
			o.did(ref, k.act, string(campaign.Officer), k.by, "意见")
		}
		in := contract.WarnIn{Ref: ref, Case: 7, State: k.state, Act: k.act, Round: round, At: day.Add(10 * round).Morning()}
		if k.due > 0 {
			in.Due = day.Add(10*round + k.due)
		}
		walked = append(walked, in)
		sent := o.sent
		if out := run(o, o.warn, in); !out.At.Equal(in.At) {
			t.Errorf("%s: served at %s", k.state, out.At)
		}
		w, err := o.Store.Warning(t.Context(), ref)
		if err != nil || w.State != k.state || w.DueDay() != in.Due {
			t.Errorf("%s: %s until %s, %v", k.state, w.State, w.DueDay(), err)
		}
		if k.template == "" {
			if o.sent != sent {
				t.Errorf("%s sent a letter", k.state)
			}
			continue
		}
		l := o.letter(fmt.Sprintf("%s/warning/%s/%d", ref.ID(), k.state, round))
		if !strings.HasPrefix(l.Template, k.template+"@") || !strings.Contains(l.Text, k.number) || (len(l.Attachments) == 1) == (k.act == campaign.ActReturn) || o.sent != sent+1 {
			t.Errorf("%s: %s\n%s", k.state, l.Template, l.Text)
		}
		if k.state == campaign.Issued { // the day named is safe however soon the letter is received
			if last := campaign.DayOf(in.At).Add(o.rules.Settings.RectifyDays); !strings.Contains(l.Text, last.Chinese()) {
				t.Errorf("no %s in\n%s", last.Chinese(), l.Text)
			}
		}
	}
	acts, err := o.Store.WarningActs(t.Context(), ref)
	must(t, err)
	if s := campaign.ShortLadder.Replay(store.PastActs(acts)); s != campaign.Lifted || len(acts) != 10 {
		t.Errorf("%d acts lead to %s", len(acts), s)
	}
	o.drain()
	o.walkedAgain(ref, walked)
	o.noFailure()
}

// walkedAgain takes the steps of a case once more, as a restored engine does (R10):
// its acts, its state and what was sent stay as they are.
func (o *office) walkedAgain(ref campaign.Ref, steps []contract.WarnIn) {
	o.t.Helper()
	look := func() (w store.Warning, acts []store.WarningAct, sent int) {
		w, err := o.Store.Warning(o.t.Context(), ref)
		must(o.t, err)
		acts, err = o.Store.WarningActs(o.t.Context(), ref)
		must(o.t, err)
		return w, acts, o.sent
	}
	w, acts, sent := look()
	for i, in := range steps[1:] { // what moved the case next is told move by move
		out := run(o, o.warnPast, contract.WarnPastIn{Ref: ref, Moves: i, At: in.At})
		if clock := clockActs[in.Act]; out.Act != in.Act || (out.Role == "clock") != clock {
			o.t.Errorf("after %d moves %+v, want %s", i, out, in.Act)
		}
	}
	if out := run(o, o.warnPast, contract.WarnPastIn{Ref: ref, Moves: len(steps) - 1}); out.Act != "" {
		o.t.Errorf("after all moves %+v", out)
	}
	for _, in := range steps {
		if out := run(o, o.warn, in); !out.At.Equal(in.At) {
			o.t.Errorf("%s walked again: served at %s", in.State, out.At)
		}
		w2, acts2, sent2 := look()
		if diff := cmp.Diff(w, w2) + cmp.Diff(acts, acts2); diff != "" || sent != sent2 {
			o.t.Errorf("%s walked again: %d letters, %s", in.State, sent2-sent, diff)
		}
	}
}

// Who never heard of a case is not troubled with its end; who did is.
func TestDismissed(t *testing.T) {
	o := newOffice(t, true, 2)
	one, two, day := o.accused(1), o.accused(2), o.rules.Calendar.Publication
	run(o, o.warn, contract.WarnIn{Ref: one, Case: 7, State: campaign.Dismissed, Act: campaign.ActDismiss, Round: 2, At: day.Add(3).Morning()})
	if len(o.intents()) != 0 {
		t.Errorf("%v", o.intents())
	}
	o.did(two, campaign.ActNotice, string(campaign.Officer), "o1", "事由")
	run(o, o.warn, contract.WarnIn{Ref: two, Case: 8, State: campaign.Noticed, Act: campaign.ActNotice, Round: 2, At: day.Add(3).Morning(), Due: day.Add(10)})
	o.did(two, campaign.ActReply, "", "", "已经改正\n—— 王经办（主任）")
	o.did(two, campaign.ActDismiss, string(campaign.Approver), "a1", "情节轻微，已主动纠正")
	run(o, o.warn, contract.WarnIn{Ref: two, Case: 8, State: campaign.Dismissed, Act: campaign.ActDismiss, Round: 4, At: day.Add(20).Morning()})
	if l := o.letter(two.ID() + "/warning/dismissed/4"); len(l.Attachments) != 1 || !strings.Contains(l.Text, "情节轻微，已主动纠正") { // RW-5: reasoned
		t.Errorf("%s", l.Text)
	}
}

func TestRemindInCase(t *testing.T) {
	o := newOffice(t, true, 1)
	ref, day := o.accused(1), o.rules.Calendar.Publication
	move := func(s campaign.WarningState) {
		o.write(func(ctx context.Context, tx *store.Tx) error {
			return tx.SetWarningState(ctx, ref, s, day.Add(20), day.Add(3).Morning())
		})
	}
	for task, state := range map[campaign.Task]campaign.WarningState{campaign.ReplyTask: campaign.Noticed, campaign.AckTask: campaign.Issued, campaign.RectifyTask: campaign.Planned} {
		in := contract.RemindIn{Ref: ref, Task: task, Step: 1, Due: day.Add(20), At: day.Add(12).Morning()}
		move(campaign.Rectified)
		n := len(o.intents())
		run(o, o.remind, in)
		if len(o.intents()) != n {
			t.Errorf("%s reminded when nothing is due", task)
		}
		move(state)
		run(o, o.remind, in)
		o.drain()
		o.letter(fmt.Sprintf("%s/%s/remind/%s/1", ref.ID(), task, day.Add(20)))
	}
	move(campaign.Unrectified) // RW-6: what is late is asked for once more, and still taken
	late := contract.RemindIn{Ref: ref, Task: campaign.RectifyTask, Step: 3, After: true, Last: true, Due: day.Add(20), At: day.Add(23).Morning()}
	run(o, o.remind, late)
	n := len(o.intents())
	late.Due, late.At = day.Add(50), day.Add(53).Morning() // a case that walks again has other days (R10)
	run(o, o.remind, late)
	run(o, o.remind, contract.RemindIn{Ref: ref, Task: campaign.RectifyTask, Step: 1, Due: day.Add(50), At: day.Add(43).Morning()})
	if len(o.intents()) != n {
		t.Error("reminded of a rectification by days that never were")
	}
	o.drain()
	l := o.letter(fmt.Sprintf("%s/rectify/remind/%s/3", ref.ID(), day.Add(20)))
	if !strings.HasPrefix(l.Template, "rectification-overdue@") || !strings.Contains(l.Text, "原整改报告提交截止："+day.Add(20).Chinese()) || !strings.Contains(l.Text, "最后一次提醒") {
		t.Errorf("%s\n%s", l.Template, l.Text)
	}
	o.noFailure()
}

// AP-2, RW-4: asked before the calendar ends the window, the score book answers with
// the day before which it may not end: its full length from now while the notice is
// not served, and from service once it is. Nobody is reminded of what did not arrive.
func TestRW4WindowWaitsForService(t *testing.T) {
	o := newOffice(t, false, 1)
	ref, day := o.accused(1), o.rules.Calendar.Publication.Add(3)
	days := func(from campaign.Day) campaign.Day {
		return o.rules.Holidays.AddWorkdays(from, o.rules.Settings.ReplyDays)
	}
	ask := func(at campaign.Day, want campaign.Day) {
		t.Helper()
		if out := run(o, o.warnPast, contract.WarnPastIn{Ref: ref, Moves: 1, At: at.Morning()}); out.Until != want || out.Act != "" {
			t.Errorf("asked on %s: %+v, want %q", at, out, want)
		}
	}
	o.Clock = day.Morning
	o.did(ref, campaign.ActNotice, string(campaign.Officer), "o1", "事由")
	ask(day, days(day)) // the letter is not even asked for
	run(o, o.warn, contract.WarnIn{Ref: ref, Case: 7, State: campaign.Noticed, Act: campaign.ActNotice, Round: 2, At: day.Morning(), Due: days(day)})
	k := ref.ID() + "/warning/noticed/2"
	over := days(day).Add(1)
	ask(over, "")
	o.write(func(ctx context.Context, tx *store.Tx) error {
		_, _, err := tx.AddMailEvent(ctx, store.MailEvent{ID: "1", Key: k, Kind: "bounce", State: store.Bounced, At: day.Morning()}, day.Morning())
		return err
	})
	ask(over, days(over))
	remind := contract.RemindIn{Ref: ref, Task: campaign.ReplyTask, Step: 1, Due: days(day), At: day.Add(1).Morning()}
	n := len(o.intents())
	if run(o, o.remind, remind); len(o.intents()) != n {
		t.Error("reminded of a notice that did not arrive")
	}
	served := over.Add(4)
	o.write(func(ctx context.Context, tx *store.Tx) error {
		tx.Queue(store.Intent{Key: k + "/again/1", Kind: store.MailIntent, Ref: ref, Body: store.MailBody{Template: "warning-prior", To: "institution", Scope: "act", Date: over.Morning(), Until: days(over), Data: map[string]string{"what": "事由"}}})
		return nil
	})
	ask(days(over).Add(1), days(days(over).Add(1))) // held: what was accepted is served
	o.Clock = served.Morning
	o.drain()
	ask(days(over).Add(1), days(served))
	run(o, o.remind, remind)
	o.drain()
	if l := o.letter(ref.ID() + "/reply/remind/" + string(days(day)) + "/1"); !strings.Contains(l.Text, days(served).Chinese()) {
		t.Errorf("the reminder names another day:\n%s", l.Text)
	}
	ask(days(served).Add(1), "")
	o.noFailure()
}

// AN-16: a notice of an event that was held in the outbox names the day that counts
// from its acceptance.
func TestAN16HeldNoticeNamesItsDay(t *testing.T) {
	o := newOffice(t, false, 1)
	ref, day := o.scored(1, 300), o.rules.Calendar.PlanDue
	days := func(from campaign.Day) campaign.Day {
		return o.rules.Holidays.AddWorkdays(from, o.rules.Settings.EventReply())
	}
	k := store.EventNotice(ref, 1)
	o.write(func(ctx context.Context, tx *store.Tx) error {
		tx.Queue(store.Intent{Key: k, Kind: store.MailIntent, Ref: ref, Body: store.MailBody{Template: "event-notice", To: "institution", Scope: "act", Date: day.Morning(), Until: days(day),
			Data: map[string]string{"title": "信息失实", "what": "与事实不符"}, Lines: [][2]string{{"条款", "附件2第16项 16.2"}}}})
		return nil
	})
	v, err := o.Store.ServiceOf(t.Context(), ref, k)
	if must(t, err); v.Done() || v.Until(o.rules.Holidays, o.rules.Settings.EventReply(), false) != "" {
		t.Errorf("queued, and served: %+v", v)
	}
	later := day.Add(8)
	o.Clock = later.Morning
	o.drain()
	if l := o.letter(k); !strings.Contains(l.Text, days(later).Chinese()) {
		t.Errorf("no %s in\n%s", days(later).Chinese(), l.Text)
	}
	v, err = o.Store.ServiceOf(t.Context(), ref, k)
	if must(t, err); v.Until(o.rules.Holidays, o.rules.Settings.EventReply(), false) != days(later) || v.Until(o.rules.Holidays, o.rules.Settings.EventReply(), true) != days(day) {
		t.Errorf("%+v", v)
	}
	o.noFailure()
}
