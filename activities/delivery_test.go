package activities

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/temporal"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/mail"
	"xuanping/store"
	"xuanping/store/storetest"
)

// One letter that the provider refuses for good may not end the year: the step
// is tried again, the officers hear of it once, and a letter given another
// chance goes out.
func TestRefusedLetterIsNotFinal(t *testing.T) {
	o := newOffice(t, true, 1)
	ref := o.scored(1, 50)
	in := o.at(ref, o.rules.Calendar.Result)
	o.fail = &mail.Error{Say: "收件地址不存在"}
	for range 3 {
		_, err := border(o.Log, o.serve)(t.Context(), in)
		app, ok := errors.AsType[*temporal.ApplicationError](err)
		if !ok || app.NonRetryable() || !strings.Contains(err.Error(), ref.ID()+"/result/1 未能发出") {
			t.Fatalf("%v", err)
		}
	}
	if j := o.job(ref.ID() + "/result/1"); j.State != "failed" {
		t.Errorf("%+v", j)
	}
	o.fail = nil
	o.drain()
	if len(o.letters) != 2 {
		t.Errorf("%d letters, want one to each officer", len(o.letters))
	}
	if l := o.letter(ref.ID() + "/alert/undeliverable/result/1/o1"); !strings.Contains(l.Text, ref.Code) || !strings.Contains(l.Text, "/mails?state=failed") {
		t.Errorf("%s", l.Text)
	}
	o.write(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Requeue(ctx, testYear, "o1", in.At)
		return err
	})
	run(o, o.serve, in)
	o.noFailure()
}

// AP-2: the officers hear once of a letter that serves another once more and fails, for
// which no step waits.
func TestAP2SecondDeliveryFailsCalls(t *testing.T) {
	o := newOffice(t, true, 1)
	ref, day := o.scored(1, 50), o.rules.Calendar.Result
	k := ref.ID() + "/warning/issued/6"
	o.again(ref, k, "warning-decision", day)
	o.fail = &mail.Error{Say: "收件地址不存在"}
	j, err := o.Store.TakeOne(t.Context(), k+"/again/1") // as the relay takes it
	must(t, err)
	if err := o.execute(t.Context(), j); campaign.KindOf(err) != campaign.Invalid {
		t.Errorf("%v", err)
	}
	o.fail = nil
	o.drain()
	if l := o.letter(ref.ID() + "/alert/undeliverable/warning/issued/6/again/1/o1"); !strings.Contains(l.Text, ref.Code) || !strings.Contains(l.Text, "/mails?state=failed") {
		t.Errorf("%s", l.Text)
	}
}

// An institution that handed in is not told 未提交 because reviewers were
// silent: its result waits for a sheet, and the officers hear of it daily.
func TestServeWaitsForASheet(t *testing.T) {
	o := newOffice(t, false, 1)
	o.planned(1)
	ref, c := o.to(1, toScoring...), o.rules.Calendar
	o.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.AddSeat(ctx, ref, 1, "r1", c.ScoringDue, c.SelfScoreDue.Morning())
	})
	in := o.at(ref, c.Result)
	for n, day := range []campaign.Day{c.Result, c.Result, c.Result.Add(1)} {
		o.Clock = day.Morning
		if n == 1 {
			before := o.dump()
			defer func() { // asked again on the same day nothing more happens
				if d := gocmp.Diff(before["seat"], o.dump()["seat"]); d != "" {
					t.Error(d)
				}
			}()
		}
		_, err := o.serve(t.Context(), in)
		wantKind(t, err, campaign.Conflict)
	}
	if results, err := o.Store.Results(t.Context(), ref); err != nil || len(results) != 0 {
		t.Fatalf("%d results, %v", len(results), err)
	}
	o.drain()
	o.noFailure()
	for _, day := range []campaign.Day{c.Result, c.Result.Add(1)} {
		o.letter(ref.ID() + "/alert/review-missing/" + string(day) + "/o2")
	}
	seats := o.seats()[ref.Code] // the seat that nobody held was filled, once
	if len(seats) != 2 || len(o.letters) != 5 {
		t.Errorf("seats %v, %d letters", seats, len(o.letters))
	}
	o.write(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.AddSheet(ctx, ref, seats[1], marks(50), c.Result.Add(2).Morning())
		return err
	})
	_, err := o.serve(t.Context(), in) // one sheet is no basis of itself (RV-1)
	wantKind(t, err, campaign.Conflict)
	o.write(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.AddSheet(ctx, ref, seats[0], marks(50), c.Result.Add(2).Morning())
		return err
	})
	if out := run(o, o.serve, in); !out.Scored || out.Total != 9300 {
		t.Errorf("%+v", out)
	}
}

// A seat that nobody holds is as late as one whose holder is silent.
func TestSheetsMissesEmptySeats(t *testing.T) {
	o := newOffice(t, true, 1)
	o.planned(1)
	ref, c := o.to(1, toScoring...), o.rules.Calendar
	late := func(want ...int) {
		t.Helper()
		if out := run(o, o.sheets, o.at(ref, c.ScoringDue)); !slices.Equal(out.Late, want) {
			t.Errorf("late %v, want %v", out.Late, want)
		}
	}
	late(1, 2)
	o.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.AddSeat(ctx, ref, 2, "r2", c.ScoringDue, c.SelfScoreDue.Morning())
	})
	late(1, 2)
	o.write(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.AddSheet(ctx, ref, "r2", marks(0), c.ScoringDue.Morning())
		return err
	})
	late(1)
}

// A worker that dies between the letter and its answer must not move the
// window: it runs from the acceptance of the letter, and ends no earlier than
// the letter says.
func TestServeAgainAfterItsWorkerDied(t *testing.T) {
	o := newOffice(t, false, 1)
	ref, c, days := o.scored(1, 50), o.rules.Calendar, o.rules.Settings.AppealDays
	in := o.at(ref, c.Result)
	letter := ref.ID() + "/result/1"
	o.Clock = c.Result.Morning
	first, err := o.serve(t.Context(), in)
	must(t, err)
	o.Clock = c.Result.Add(6).Morning // tried again after a long absence of workers
	again, err := o.serve(t.Context(), in)
	must(t, err)
	named := o.rules.Holidays.AddWorkdays(c.Result, days)
	if d := gocmp.Diff(first, again); d != "" || first.Until != named || !first.At.Equal(c.Result.Morning()) {
		t.Errorf("%+v %s", first, d)
	}
	if !strings.Contains(o.letter(letter).Text, named.Chinese()) {
		t.Errorf("%s", o.letter(letter).Text)
	}

	// Another worker has taken the letter over: nothing is served until it is done.
	must(t, exec(o, "update intent set state = 'sending', taken_at = now(), done_at = null where key = $1", letter))
	s, err := o.scene(t.Context(), ref)
	must(t, err)
	_, _, err = o.service(t.Context(), s, letter)
	wantKind(t, err, campaign.Conflict)
	must(t, exec(o, "update intent set state = 'accepted' where key = $1", letter))

	// The letter was queued on one day and accepted on a later one: the longer window counts.
	must(t, exec(o, "update intent set done_at = $2 where key = $1", letter, c.Result.Add(4).Morning()))
	late, err := o.serve(t.Context(), in)
	must(t, err)
	if want := o.rules.Holidays.AddWorkdays(c.Result.Add(4), days); late.Until != want || want <= named || !late.At.Equal(c.Result.Add(4).Morning()) {
		t.Errorf("%+v, want until %s", late, want)
	}
}

// The same for a case: the day in the score book is that of service.
func TestWarnAgainAfterItsWorkerDied(t *testing.T) {
	o := newOffice(t, false, 1)
	ref, h, s := o.accused(1), o.rules.Holidays, o.rules.Settings
	asked := h.OnOrAfter(o.rules.Calendar.Publication.Add(3))
	o.did(ref, campaign.ActNotice, string(campaign.Officer), "o1", "事由")
	in := contract.WarnIn{Ref: ref, Case: 7, State: campaign.Noticed, Act: campaign.ActNotice, Round: 2, At: asked.Morning(), Due: h.AddWorkdays(asked, s.ReplyDays)}
	due := func(want campaign.Day) {
		t.Helper()
		if w, err := o.Store.Warning(t.Context(), ref); err != nil || w.DueDay() != want {
			t.Errorf("due %s, want %s, %v", w.DueDay(), want, err)
		}
	}
	o.Clock = asked.Morning
	o.fail = errors.New("the line is dead")
	if _, err := o.warn(t.Context(), in); err == nil {
		t.Fatal("served without a letter")
	}
	due(in.Due)
	o.fail = nil
	later := asked.Add(5)
	o.Clock = later.Morning
	if out := run(o, o.warn, in); !out.At.Equal(later.Morning()) {
		t.Errorf("%+v", out)
	}
	due(h.AddWorkdays(later, s.ReplyDays))
	o.Clock = later.Add(9).Morning // asked once more, it was served when it was served
	if out := run(o, o.warn, in); !out.At.Equal(later.Morning()) {
		t.Errorf("%+v", out)
	}
	due(h.AddWorkdays(later, s.ReplyDays))
}

// A launch moved to an earlier day starts everybody who was entered for the
// old one, on the new day; who left before it is not started.
func TestLaunchMovedEarlier(t *testing.T) {
	o := newOffice(t, true, 3)
	rules := o.rules
	rules.Calendar.Launch = rules.Calendar.Launch.Add(-10)
	at := rules.Calendar.Launch.Morning()
	o.write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.AddRules(ctx, testYear, rules, "o1", at.Add(-time.Hour)); err != nil {
			return err
		}
		return tx.SetLeft(ctx, storetest.Ref(testYear, 2), "withdrawn", at.Add(-time.Hour))
	})
	run(o, o.launch, contract.LaunchIn{Page: contract.PageIn{Year: testYear, At: at}, Rules: rules})
	if want := []string{storetest.Ref(testYear, 1).ID(), storetest.Ref(testYear, 3).ID()}; !slices.Equal(o.engine.started, want) {
		t.Errorf("started %v", o.engine.started)
	}
	for _, in := range o.engine.years {
		if in.Joined != rules.Calendar.Launch {
			t.Errorf("%s joined %s", in.Ref.Code, in.Joined)
		}
	}
	if len(o.engine.years) != 2 {
		t.Errorf("%+v", o.engine.years)
	}
}

// A departure that was received but not carried out stands in the way of
// publication, told to the year or not.
func TestPublishWaitsForDepartures(t *testing.T) {
	o := ended(t)
	in := contract.CampaignAt{Year: testYear, At: o.rules.Calendar.Publication.Morning()}
	for i := 1; i <= 4; i++ {
		o.to(i, campaign.Final)
	}
	ref := storetest.Ref(testYear, 2)
	m, err := contract.LeaveMsg.To(ref.ID(), ref.ID()+"/leave", contract.Leaving{How: "merged", By: "o1"})
	must(t, err)
	o.say(m)
	for range 2 {
		if out := run(o, o.publish, in); out.Outstanding != 1 {
			t.Errorf("%+v", out)
		}
		o.drain()
	}
	o.write(func(ctx context.Context, tx *store.Tx) error { return tx.SetLeft(ctx, ref, "merged", in.At) })
	storetest.Reviewed(t, o.Store, testYear, in.At)
	if out := run(o, o.publish, in); out.Outstanding != 0 || out.Institutions != 3 {
		t.Errorf("%+v", out)
	}
}

// Approvers are called while events without a ruling would count nothing.
func TestUnruledEventsAreCalled(t *testing.T) {
	o := newOffice(t, true, 2)
	c := o.rules.Calendar
	plain, has := o.to(1, toScoring[:2]...), o.to(2, toScoring[:2]...)
	var event int64
	o.write(func(ctx context.Context, tx *store.Tx) (err error) {
		event, err = tx.AddEvent(ctx, store.Event{Year: testYear, Code: has.Code, Clause: "16.1", Points: 500, Matter: "m", Title: "处罚", Source: "决定书", OccurredOn: c.PlanDue.Start(), By: "o1", At: c.PlanDue.Morning()})
		return err
	})
	enter := func(stage campaign.Stage, day campaign.Day) {
		for _, ref := range []campaign.Ref{plain, has} {
			run(o, o.enter, contract.EnterIn{Ref: ref, Stage: stage, At: day.Morning(), Due: o.rules.Calendar.Publication})
		}
	}
	called := func() (keys []string) {
		for k := range o.intents() {
			if strings.Contains(k, "/alert/") {
				keys = append(keys, strings.TrimPrefix(k, has.ID()+"/alert/"))
			}
		}
		slices.Sort(keys)
		return keys
	}
	enter(campaign.SelfScore, c.EvidenceClose.Add(1))
	if got := called(); !slices.Equal(got, []string{"events-unruled/self-score/a1", "events-unruled/self-score/a2"}) {
		t.Errorf("%v", got)
	}
	enter(campaign.Scoring, c.SelfScoreDue.Add(1))
	if got := called(); len(got) != 4 || got[0] != "events-unruled/scoring/a1" {
		t.Errorf("%v", got)
	}
	o.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.AddEventRuling(ctx, has, event, true, "属实", "a1", c.SelfScoreDue.Morning())
	})
	must(t, exec(o, "delete from intent where key like '%/alert/%'"))
	enter(campaign.Scoring, c.SelfScoreDue.Add(1))
	if got := called(); len(got) != 0 {
		t.Errorf("called for what is ruled on: %v", got)
	}
	o.drain()
	o.noFailure()
}
