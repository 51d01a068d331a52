package desk

import (
	"context"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

// PL-6: the regulator's plan has versions with reasons; items are done or not,
// and an item keeps its number.
func TestPL6OfficePlan(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	item := campaign.PlanItem{Day: "2025-03-10", Title: "启动宣传周", Lead: "宣传处"}
	h.unchanged(func() {
		want(t, h.PutPlanItem(ctx, approver, testYear, item, "首次"), campaign.Forbidden)
		want(t, h.PutPlanItem(ctx, officer, testYear, campaign.PlanItem{Day: "2031-01-01"}, ""), campaign.Invalid, "day", "title", "lead", "reason")
		want(t, h.PutPlanItem(ctx, officer, testYear, campaign.PlanItem{No: 4, Day: "2025-03-10", Title: "无", Lead: "处"}, "改"), campaign.NotFound)
	})
	must(t, h.PutPlanItem(ctx, officer, testYear, item, "首次制定"))
	h.unchanged(func() { must(t, h.PutPlanItem(ctx, officer, testYear, item, "首次制定")) }) // sent twice
	must(t, h.PlanFromCalendar(ctx, officer, testYear, "宣传处"))
	h.unchanged(func() { want(t, h.PlanFromCalendar(ctx, officer, testYear, "宣传处"), campaign.Conflict) })
	item.No, item.Day = 1, "2025-03-20"
	must(t, h.PutPlanItem(ctx, officer, testYear, item, "推迟"))
	all, err := h.Store.OfficePlans(ctx, testYear)
	must(t, err)
	if last := all[len(all)-1]; len(all) != 3 || last.Version != 3 || last.Reason != "推迟" || len(last.Body) != 15 || len(all[0].Body) != 1 || all[0].Body[0].Day != "2025-03-10" {
		t.Errorf("%+v", all)
	}
	h.unchanged(func() {
		want(t, h.MarkPlanItem(ctx, officer, testYear, 1, false, ""), campaign.Invalid, "note")
		want(t, h.MarkPlanItem(ctx, officer, testYear, 99, true, ""), campaign.NotFound)
	})
	must(t, h.MarkPlanItem(ctx, officer, testYear, 1, false, "场地未落实"))
	must(t, h.MarkPlanItem(ctx, officer, testYear, 1, true, "已举办"))
	marks, err := h.Store.PlanMarks(ctx, testYear)
	must(t, err)
	if len(marks) != 2 || marks[0].Done || !marks[1].Done {
		t.Errorf("%+v", marks)
	}
}

// One who is late is reminded once a day, on the record; who is not late never.
func TestNudgeOnceADay(t *testing.T) {
	h := newHouse(t)
	ctx, c := t.Context(), h.rules.Calendar
	ref := h.to(1, campaign.Planning)
	h.at(c.PlanDue.Morning())
	h.unchanged(func() {
		want(t, h.Nudge(ctx, officer, ref, ""), campaign.Conflict) // still in time
		want(t, h.Nudge(ctx, approver, ref, ""), campaign.Forbidden)
	})
	day := c.PlanDue.Add(1)
	h.at(day.Morning())
	left := h.left(func() { must(t, h.Nudge(ctx, officer, ref, "")) })
	only(t, left, "", ref.ID()+"/nudge/plan/"+string(day)+"/institution")
	for _, q := range left {
		if q.Mail.Template != "plan-overdue" || q.Mail.To != "institution" || q.Mail.Until != c.PlanDue {
			t.Errorf("%+v", q.Mail)
		}
	}
	h.unchanged(func() { want(t, h.Nudge(ctx, officer, ref, ""), campaign.Conflict) })
	h.at(day.Add(1).Morning())
	must(t, h.Nudge(ctx, officer, ref, ""))
	two := h.to(2, campaign.Scoring)
	h.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.AddSeat(ctx, two, 1, "r1", c.ScoringDue, real)
	})
	h.at(c.ScoringDue.Add(1).Morning())
	h.unchanged(func() { want(t, h.Nudge(ctx, officer, two, "r2"), campaign.Conflict) }) // holds no seat
	left = h.left(func() { must(t, h.Nudge(ctx, officer, two, "r1")) })
	for k, q := range left {
		if !strings.HasSuffix(k, "/r1") || q.Mail.To != "staff:r1" || q.Mail.Template != "reviewer-reminder" {
			t.Errorf("%s %+v", k, q.Mail)
		}
	}
	past, err := h.Store.Nudges(ctx, campaign.Ref{Year: testYear})
	must(t, err)
	if len(past) != 3 {
		t.Errorf("%+v", past)
	}
}

// PL-18: a local regulator records the measures of his own place.
func TestPL18LocalMeasures(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	f := MeasureForm{Title: "质量认证宣传实施办法", Text: "第一条 ……", Number: "沪市监认〔2025〕1号", Day: "2025-02-01"}
	h.unchanged(func() {
		want(t, h.AddMeasure(ctx, officer, testYear, f), campaign.Forbidden)
		want(t, h.AddMeasure(ctx, person("l1"), testYear, MeasureForm{}), campaign.Invalid, "title", "text", "day")
	})
	must(t, h.AddMeasure(ctx, person("l1"), testYear, f))
	h.unchanged(func() { must(t, h.AddMeasure(ctx, person("l1"), testYear, f)) })
	must(t, h.AddMeasure(ctx, person("l2"), testYear, f))
	for province, n := range map[string]int{"": 2, "上海市": 1, "广东省": 1, "北京市": 0} {
		all, err := h.Store.LocalMeasures(ctx, testYear, province)
		must(t, err)
		if len(all) != n {
			t.Errorf("%s: %d measures, want %d", province, len(all), n)
		}
	}
}

// GL-28: the preflight of a launch lists each institution without an active contact.
func TestGL28PreflightListsInstitutions(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	look := func(set campaign.Settings) map[string]Checked {
		t.Helper()
		all, err := h.Preflight(ctx, testYear, set, h.rules.Calendar, true)
		must(t, err)
		out := map[string]Checked{}
		for _, x := range all {
			out[x.What] = x
		}
		return out
	}
	for what, x := range look(h.rules.Settings) {
		if !x.OK {
			t.Errorf("%s: %s", what, x.Say)
		}
	}
	h.write(func(ctx context.Context, tx *store.Tx) error {
		i := storetest.Institution(2)
		i.Mobile = ""
		_, _, err := tx.PutInstitutions(ctx, []campaign.Institution{i}, "o1", time.Now())
		return err
	})
	set := h.rules.Settings
	set.Criteria.InForce = string(h.rules.Calendar.Launch)
	got := look(set)
	if x := got["联系人"]; x.OK || len(x.Lines) != 1 || !strings.Contains(x.Lines[0], storetest.Code(2)) || !strings.Contains(x.Lines[0], "缺手机") {
		t.Errorf("%+v", x)
	}
	if x := got["风险警示标准"]; x.OK { // RW-1
		t.Errorf("%+v", x)
	}
}

// GL-35: the readings that change figures and rest on no interpretation stand in
// the way of a launch, each by name, with the page where they get one.
func TestGL35PreflightNamesUnconfirmedReadings(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	look := func(year int) Checked {
		t.Helper()
		all, err := h.Preflight(ctx, year, h.rules.Settings, h.rules.Calendar, true)
		must(t, err)
		return all[len(all)-1]
	}
	const before = testYear - 1 // the interpretations of the house hold from the test year on
	if x := look(before); x.OK || len(x.Lines) != 11 || !strings.HasPrefix(x.Lines[0], "R-02 ") || !strings.Contains(x.Say, "11 项") || x.At != DefaultsPath(before) {
		t.Errorf("%+v", x)
	}
	h.write(func(ctx context.Context, tx *store.Tx) error {
		id, err := tx.AddInterpretation(ctx, store.Interpretation{Reading: "R-02", Option: "ten", Clause: "第三十五条", Body: "累计不超过10分按分值计。", FromYear: before, By: "o1", At: real})
		if err != nil {
			return err
		}
		return tx.ForceInterpretation(ctx, id, "a1", real)
	})
	if x := look(before); len(x.Lines) != 10 || strings.HasPrefix(x.Lines[0], "R-02 ") {
		t.Errorf("%+v", x)
	}
	if x := look(testYear); !x.OK || len(x.Lines) != 0 || x.At != "" {
		t.Errorf("%+v", x)
	}
}
