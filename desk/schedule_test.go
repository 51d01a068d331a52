package desk

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
	"xuanping/store/storetest"
)

func TestExtend(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref := h.to(1, campaign.Planning)
	c := h.rules.Calendar
	h.at(c.PlanDue.Morning())
	to := c.PlanClose.Add(5)
	h.unchanged(func() {
		want(t, h.Extend(ctx, approver, ref, campaign.PlanTask, to, "地震"), campaign.Forbidden)
		want(t, h.Extend(ctx, officer, ref, campaign.PlanTask, c.PlanDue, " "), campaign.Invalid, "reason", "day")
		want(t, h.Extend(ctx, officer, ref, campaign.PlanTask, c.EvidenceClose, "地震"), campaign.Invalid, "day")
		want(t, h.Extend(ctx, officer, ref, campaign.ScoreTask, to, "地震"), campaign.Invalid, "day")
	})
	left := h.left(func() { must(t, h.Extend(ctx, officer, ref, campaign.PlanTask, to, "地震")) })
	only(t, left, ref.ID(), ref.ID()+"/extension/1", ref.ID()+"/extension/1/mail")
	if m := left[ref.ID()+"/extension/1/mail"].Mail; m.Template != "extension" || m.Until != to || m.Data["what"] != "地震" || m.Lines != nil { // nobody asked, so it names no request
		t.Errorf("%+v", m)
	}
	v := h.visitor(ref, "act")
	h.at(to.End().Add(-time.Second))
	rec, err := h.SubmitPlan(ctx, v, planForm(), signer)
	must(t, err)
	if rec.Late {
		t.Error("late on the extended day")
	}
	m := h.left(func() { must(t, h.ReviewPlan(ctx, officer, ref, 1, false, "请补充")) })[ref.ID()+"/plan/1/review/mail"].Mail
	if m.Until != to {
		t.Errorf("returned until %s, extended to %s", m.Until, to)
	}
	h.at(to.End())
	_, err = h.SubmitPlan(ctx, v, planForm(), signer)
	want(t, err, campaign.TooLate)
	h.to(1, campaign.Collecting) // the task is over: nothing to extend, whatever the days say
	h.unchanged(func() {
		want(t, h.Extend(ctx, officer, ref, campaign.PlanTask, to.Add(3), "地震"), campaign.Conflict)
	})
}

// A later day for everybody is also one for who had an extension.
func TestDueIsNeverLess(t *testing.T) {
	c := storetest.Rules(t, testYear).Calendar
	on := func(task campaign.Task, d campaign.Day) store.Extension {
		return store.Extension{Task: task, Day: d.Start()}
	}
	for _, k := range []struct {
		granted []store.Extension
		want    campaign.Day
	}{
		{nil, c.PlanDue},
		{[]store.Extension{on(campaign.EvidenceTask, c.PlanDue.Add(9))}, c.PlanDue},
		{[]store.Extension{on(campaign.PlanTask, c.PlanDue.Add(4))}, c.PlanDue.Add(4)},
		{[]store.Extension{on(campaign.PlanTask, c.PlanDue.Add(4)), on(campaign.PlanTask, c.PlanDue.Add(7))}, c.PlanDue.Add(7)},
		{[]store.Extension{on(campaign.PlanTask, c.PlanDue.Add(-4))}, c.PlanDue},
	} {
		if got := Due(campaign.PlanTask, c, k.granted); got != k.want {
			t.Errorf("%v: %s, want %s", k.granted, got, k.want)
		}
	}
}

func TestLeave(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref := h.to(1, campaign.Collecting)
	h.unchanged(func() {
		want(t, h.Leave(ctx, approver, ref, LeaveForm{How: "merged", Reason: "并入", Successor: storetest.Code(3)}), campaign.Forbidden)
		want(t, h.Leave(ctx, officer, ref, LeaveForm{How: "vanished", Reason: "并入"}), campaign.Invalid, "reason")
		want(t, h.Leave(ctx, officer, ref, LeaveForm{How: "merged", Reason: "", Successor: storetest.Code(3)}), campaign.Invalid, "reason")
	})
	left := h.left(func() {
		must(t, h.Leave(ctx, officer, ref, LeaveForm{How: "merged", Reason: "并入他机构", Successor: storetest.Code(3)}))
	})
	only(t, left, ref.ID(), ref.ID()+"/leave", ref.ID()+"/leave/mail")
	h.unchanged(func() {
		must(t, h.Leave(ctx, officer, ref, LeaveForm{How: "merged", Reason: "并入他机构", Successor: storetest.Code(3)}))
	})
	h.to(1, campaign.Left)
	want(t, h.Leave(ctx, officer, ref, LeaveForm{How: "merged", Reason: "并入他机构", Successor: storetest.Code(3)}), campaign.Conflict)
	two := h.to(2, campaign.Final)
	h.unchanged(func() { // a merger names another institution of the roster that is still there
		for _, successor := range []string{"", two.Code, "CNCA-R-1999-999", "x", ref.Code} {
			want(t, h.Leave(ctx, officer, two, LeaveForm{How: "merged", Reason: "并入", Successor: successor}), campaign.Invalid, "successor")
		}
		want(t, h.Leave(ctx, officer, two, LeaveForm{How: "revoked", Reason: "撤销", Successor: storetest.Code(3)}), campaign.Invalid, "successor")
	})
	h.published()
	h.unchanged(func() {
		want(t, h.Leave(ctx, officer, two, LeaveForm{How: "revoked", Reason: "撤销"}), campaign.Conflict)
	})
}

// Who leaves before the launch has no year to tell: he has left at once, and
// publication does not wait for him.
func TestLeaveBeforeLaunch(t *testing.T) {
	h := newHouse(t)
	ctx, day := t.Context(), h.rules.Calendar.Launch
	h.at(day.Start().Add(-time.Minute))
	one, two := storetest.Ref(testYear, 1), storetest.Ref(testYear, 2)
	left := h.left(func() { must(t, h.Leave(ctx, officer, one, LeaveForm{How: "withdrawn", Reason: "不再从业"})) })
	only(t, left, one.ID(), one.ID()+"/leave/mail")
	if e, err := h.Store.Entry(ctx, one); err != nil || e.Stage != campaign.Left || *e.LeftHow != "withdrawn" {
		t.Errorf("%+v %v", e, err)
	}
	h.unchanged(func() {
		want(t, h.Leave(ctx, officer, one, LeaveForm{How: "withdrawn", Reason: "不再从业"}), campaign.Conflict)
	})
	h.at(day.Start()) // on the day itself the year is told
	left = h.left(func() { must(t, h.Leave(ctx, officer, two, LeaveForm{How: "withdrawn", Reason: "不再从业"})) })
	only(t, left, two.ID(), two.ID()+"/leave", two.ID()+"/leave/mail")
	if e, err := h.Store.Entry(ctx, two); err != nil || e.Stage != campaign.Invited {
		t.Errorf("%+v %v", e, err)
	}
}

// A launch moved to an earlier day does not make late entrants of all.
func TestPlanDayAfterEarlierLaunch(t *testing.T) {
	h := newHouse(t)
	ctx, ref, rules := t.Context(), h.to(1, campaign.Planning), h.rules
	shift := rules.Calendar.PlanDue.DaysUntil(rules.Calendar.Launch) - 3
	rules.Calendar.Launch, rules.Calendar.PlanDue = rules.Calendar.Launch.Add(shift), rules.Calendar.PlanDue.Add(shift)
	h.write(func(ctx context.Context, tx *store.Tx) error { return tx.AddRules(ctx, testYear, rules, "o1", real) })
	s, err := h.scene(ctx, h.Store.Reader, ref)
	must(t, err)
	if due, _, err := h.open(ctx, h.Store.Reader, s, campaign.PlanTask); err != nil || due != rules.Calendar.PlanDue {
		t.Errorf("due %s, want %s, %v", due, rules.Calendar.PlanDue, err)
	}
}

func (h *house) published() {
	h.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.AddPublication(ctx, testYear, "o1", real, map[string]int{})
	})
}

func TestMoveCalendar(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	c := h.rules.Calendar
	h.at(c.PlanDue.Morning())
	moved := func(change func(*campaign.Calendar)) campaign.Calendar { to := c; change(&to); return to }
	for name, k := range map[string]struct {
		to     campaign.Calendar
		fields []string
	}{
		"nothing":        {c, []string{"launch"}},
		"a passed day":   {moved(func(to *campaign.Calendar) { to.Launch = c.Launch.Add(1) }), []string{"launch"}},
		"to today":       {moved(func(to *campaign.Calendar) { to.PlanClose = c.PlanDue }), []string{"plan_close"}},
		"out of order":   {moved(func(to *campaign.Calendar) { to.Result = c.Publication }), []string{"final"}},
		"a missing day":  {moved(func(to *campaign.Calendar) { to.Final = "" }), []string{"final"}},
		"no appeal time": {moved(func(to *campaign.Calendar) { to.Final = c.Result.Add(2) }), []string{"final"}},
	} {
		h.unchanged(func() {
			err := h.MoveCalendar(ctx, officer, testYear, k.to)
			if err == nil {
				t.Fatal(name)
			}
			want(t, err, campaign.Invalid, k.fields...)
		})
	}
	other := moved(func(to *campaign.Calendar) { to.Year = testYear + 1 })
	want(t, h.MoveCalendar(ctx, officer, testYear, other), campaign.Invalid)
	to := moved(func(to *campaign.Calendar) { to.Publication = c.Publication.Add(2) })
	want(t, h.MoveCalendar(ctx, approver, testYear, to), campaign.Forbidden)
	id := contract.CampaignID(testYear)
	only(t, h.left(func() { must(t, h.MoveCalendar(ctx, officer, testYear, to)) }), id, id+"/rules/2")
	if now, _ := h.Store.Campaign(ctx, testYear); now.Rules.Calendar != to || now.RulesVersion != 2 {
		t.Errorf("%+v", now)
	}
	h.published()
	to.Publication = to.Publication.Add(1)
	h.unchanged(func() { want(t, h.MoveCalendar(ctx, officer, testYear, to), campaign.Conflict) })
}

// The 调休 of a campaign's second year is announced while it runs: a move takes
// the tables of this build, and may consist of nothing else.
func TestMoveCalendarTakesNewHolidays(t *testing.T) {
	h := newHouse(t)
	ctx, old := t.Context(), h.rules
	h.at(old.Calendar.PlanDue.Morning())
	provisional := old.Holidays[testYear+1]
	provisional.Status, provisional.Work = "provisional", nil
	old.Holidays = campaign.Holidays{testYear: old.Holidays[testYear], testYear + 1: provisional}
	h.write(func(ctx context.Context, tx *store.Tx) error { return tx.AddRules(ctx, testYear, old, "o1", real) })
	id := contract.CampaignID(testYear)
	only(t, h.left(func() { must(t, h.MoveCalendar(ctx, officer, testYear, old.Calendar)) }), id, id+"/rules/3")
	now, err := h.Store.Campaign(ctx, testYear)
	must(t, err)
	if d := cmp.Diff(h.rules.Holidays, now.Rules.Holidays); d != "" || now.Rules.Calendar != old.Calendar {
		t.Error(d)
	}
	h.unchanged(func() {
		want(t, h.MoveCalendar(ctx, officer, testYear, old.Calendar), campaign.Invalid, "launch")
	})
}

// Who has more time is not in the list of the late: the day of the task at
// hand follows an extension and a moved calendar at once.
func TestDueFollows(t *testing.T) {
	h := newHouse(t)
	ctx, c := t.Context(), h.rules.Calendar
	due := func(ref campaign.Ref) campaign.Day {
		e, err := h.Store.Entry(ctx, ref)
		must(t, err)
		return e.DueDay()
	}
	h.at(c.PlanDue.Morning())
	one, two, three := h.to(1, campaign.Planning), h.to(2, campaign.Planning), h.to(3, campaign.Left)
	must(t, h.Extend(ctx, officer, one, campaign.EvidenceTask, c.EvidenceClose.Add(3), "展会推迟"))
	if due(one) != c.PlanDue {
		t.Errorf("a later task moved the day of this one to %s", due(one))
	}
	must(t, h.Extend(ctx, officer, one, campaign.PlanTask, c.PlanDue.Add(5), "地震"))
	if due(one) != c.PlanDue.Add(5) || due(two) != c.PlanDue {
		t.Errorf("%s %s", due(one), due(two))
	}
	to := c
	to.PlanDue = c.PlanDue.Add(2)
	must(t, h.MoveCalendar(ctx, officer, testYear, to))
	if due(one) != c.PlanDue.Add(5) || due(two) != to.PlanDue || due(three) != "" {
		t.Errorf("%s %s %s", due(one), due(two), due(three))
	}
	h.to(1, campaign.Collecting)
	h.to(2, campaign.Scoring)
	to.EvidenceClose, to.ScoringDue = c.EvidenceClose.Add(4), c.ScoringDue.Add(1)
	must(t, h.MoveCalendar(ctx, officer, testYear, to))
	if due(one) != to.EvidenceClose || due(two) != to.ScoringDue {
		t.Errorf("%s %s", due(one), due(two))
	}
}

// What nobody can mend any more is not sent back (WF-4).
func TestReturnedTooLate(t *testing.T) {
	h := newHouse(t)
	ctx, c := t.Context(), h.rules.Calendar
	ref := h.to(1, campaign.Planning)
	h.at(c.PlanDue.Morning())
	_, err := h.SubmitPlan(ctx, h.visitor(ref, "act"), planForm(), signer)
	must(t, err)
	h.at(c.PlanClose.End())
	h.unchanged(func() { want(t, h.ReviewPlan(ctx, officer, ref, 1, false, "请补充"), campaign.TooLate) })
	must(t, h.ReviewPlan(ctx, officer, ref, 1, true, "同意"))
}

// On the day of the launch the years may be running already.
func TestLaunchDayStands(t *testing.T) {
	h := newHouse(t)
	c := h.rules.Calendar
	h.at(c.Launch.Morning())
	to := c
	to.Launch = c.Launch.Add(1)
	h.unchanged(func() { want(t, h.MoveCalendar(t.Context(), officer, testYear, to), campaign.Invalid, "launch") })
	h.at(c.Launch.Start().Add(-time.Second))
	must(t, h.MoveCalendar(t.Context(), officer, testYear, to))
}

func TestPublish(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	day := h.rules.Calendar.Publication
	h.to(1, campaign.Final)
	h.to(2, campaign.Left)
	h.to(3, campaign.Served)
	h.at(day.Start().Add(-time.Second))
	h.unchanged(func() { want(t, h.Publish(ctx, officer, testYear), campaign.Conflict) })
	h.at(day.Start())
	h.unchanged(func() {
		want(t, h.Publish(ctx, approver, testYear), campaign.Forbidden)
		want(t, h.Publish(ctx, officer, testYear), campaign.Conflict) // 3 is outstanding
		want(t, h.Publish(ctx, officer, testYear+1), campaign.NotFound)
	})
	h.to(3, campaign.Final)
	must(t, h.Leave(ctx, officer, storetest.Ref(testYear, 3), LeaveForm{How: "merged", Reason: "并入他机构", Successor: storetest.Code(1)}))
	h.unchanged(func() { // received, and not carried out yet
		err := h.Publish(ctx, officer, testYear)
		want(t, err, campaign.Conflict)
		if !strings.Contains(err.Error(), "退出办理中") {
			t.Errorf("%v", err)
		}
	})
	h.to(3, campaign.Left)
	h.reviewed(1) // PL-4
	left := h.left(func() { must(t, h.Publish(ctx, officer, testYear)) })
	if len(left) != 1 {
		t.Fatalf("%v", left)
	}
	for k, q := range left {
		if q.Message.Workflow != contract.CampaignID(testYear) || q.Message.UpdateID != k {
			t.Errorf("%s %+v", k, q.Message)
		}
	}
	h.unchanged(func() { must(t, h.Publish(ctx, officer, testYear)) })
	h.published()
	want(t, h.Publish(ctx, officer, testYear), campaign.Conflict)
}
