package desk

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

// acts are what an institution does through its link, but for files and cases.
var acts = []struct {
	name  string
	stage campaign.Stage
	last  func(campaign.Rules) campaign.Day // the day with whose end it is too late
	do    func(*house, Visitor) (Receipt, error)
	key   string
}{
	{"plan", campaign.Planning, func(r campaign.Rules) campaign.Day { return r.Calendar.PlanClose },
		func(h *house, v Visitor) (Receipt, error) { return h.SubmitPlan(h.t.Context(), v, planForm(), signer) }, "plan/1"},
	{"self-score", campaign.SelfScore, func(r campaign.Rules) campaign.Day { return r.Calendar.SelfScoreDue },
		func(h *house, v Visitor) (Receipt, error) {
			return h.SubmitSelfScore(h.t.Context(), v, fullMarks(), certifier(v))
		}, "self-score/1"},
	{"appeal", campaign.Served, func(r campaign.Rules) campaign.Day {
		return r.Holidays.AddWorkdays(r.Calendar.Result, r.Settings.AppealDays)
	},
		func(h *house, v Visitor) (Receipt, error) {
			return h.FileAppeal(h.t.Context(), v, []AppealRow{{2, "已有制度文件"}, {7, "稿件漏计"}}, signer)
		}, "appeal/1"},
}

func TestActsInTimeAndStage(t *testing.T) {
	for _, a := range acts {
		t.Run(a.name, func(t *testing.T) {
			h := newHouse(t)
			end := a.last(h.rules).End()
			h.at(end.Add(-time.Second))
			elsewhere := h.visitor(storetest.Ref(testYear, 2), "act")
			for _, stage := range []campaign.Stage{campaign.Planning, campaign.Collecting, campaign.SelfScore, campaign.Scoring, campaign.Served, campaign.Final, campaign.Closed} {
				if stage == a.stage {
					continue
				}
				h.to(2, stage)
				h.unchanged(func() {
					_, err := a.do(h, elsewhere)
					want(t, err, campaign.Conflict)
				})
			}
			_, err := a.do(h, h.visitor(h.to(3, campaign.Left), "act"))
			want(t, err, campaign.Conflict)

			ref := h.to(1, a.stage)
			v, view := h.visitor(ref, "act"), h.visitor(ref, "view")
			h.unchanged(func() {
				_, err := a.do(h, view)
				want(t, err, campaign.Forbidden)
				h.at(end)
				_, err = a.do(h, v)
				want(t, err, campaign.TooLate)
				h.at(end.Add(-time.Second))
			})
			var rec Receipt
			left := h.left(func() { rec, err = a.do(h, v) })
			must(t, err)
			if rec.Number != ref.ID()+"/"+a.key || !rec.At.Equal(end.Add(-time.Second)) || len(rec.Digest) != 64 || rec.What == "" {
				t.Errorf("%+v", rec)
			}
			follows := []string{rec.Number, rec.Number + "/receipt"}
			if a.stage == campaign.SelfScore {
				follows = append(follows, ref.ID()+"/paper/receipt/1") // the receipt of the submission
			}
			only(t, left, ref.ID(), follows...)
			if m := left[rec.Number+"/receipt"].Mail; m.To != "institution" || m.Scope != "act" || len(m.Lines) == 0 || !m.Date.Equal(rec.At) {
				t.Errorf("receipt %+v", m)
			}
			if h.kicked == 0 {
				t.Error("the relay was not woken")
			}
		})
	}
}

func TestPlanVersions(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref := h.to(1, campaign.Planning)
	v := h.visitor(ref, "act")
	c := h.rules.Calendar
	h.at(c.PlanDue.End().Add(-time.Second))
	first, err := h.SubmitPlan(ctx, v, planForm(), signer)
	must(t, err)
	h.unchanged(func() {
		again, err := h.SubmitPlan(ctx, v, planForm(), signer)
		must(t, err)
		if again.Number != first.Number || again.Digest != first.Digest || !again.At.Equal(first.At) {
			t.Errorf("%+v, first %+v", again, first)
		}
	})
	h.at(c.PlanDue.End())
	other := planForm()
	other.Goals = "目标，改"
	late, err := h.SubmitPlan(ctx, v, other, signer)
	must(t, err)
	if first.Late || !late.Late || late.Number != ref.ID()+"/plan/2" {
		t.Errorf("%+v %+v", first, late)
	}
	h.unchanged(func() {
		want(t, h.ReviewPlan(ctx, officer, ref, 1, true, ""), campaign.Conflict)
		want(t, h.ReviewPlan(ctx, officer, ref, 2, false, " "), campaign.Invalid, "note")
		want(t, h.ReviewPlan(ctx, approver, ref, 2, true, ""), campaign.Forbidden)
	})
	left := h.left(func() { must(t, h.ReviewPlan(ctx, officer, ref, 2, false, "请补充频次")) })
	only(t, left, ref.ID(), ref.ID()+"/plan/2/review", ref.ID()+"/plan/2/review/mail")
	if m := left[ref.ID()+"/plan/2/review/mail"].Mail; m.Template != "plan-returned" || m.Until != c.PlanClose || m.Task != campaign.PlanTask {
		t.Errorf("%+v", m)
	}
	third, err := h.SubmitPlan(ctx, v, other, signer) // the returned form again is a version of its own
	must(t, err)
	must(t, h.ReviewPlan(ctx, officer, ref, 3, true, ""))
	h.unchanged(func() {
		_, err := h.SubmitPlan(ctx, v, planForm(), signer)
		want(t, err, campaign.Conflict)
		want(t, h.ReviewPlan(ctx, officer, ref, 3, true, ""), campaign.Conflict)
	})
	if third.Number != ref.ID()+"/plan/3" || h.count("plan") != 3 {
		t.Errorf("%+v, %d versions", third, h.count("plan"))
	}
}

// A plan that closed unreviewed may be noted, but not sent back to a closed door.
func TestPlanReviewAfterClose(t *testing.T) {
	h := newHouse(t)
	ref := h.to(1, campaign.Planning)
	_, err := h.SubmitPlan(t.Context(), h.visitor(ref, "act"), planForm(), signer)
	must(t, err)
	h.to(1, campaign.Collecting)
	h.unchanged(func() { want(t, h.ReviewPlan(t.Context(), officer, ref, 1, false, "请补充"), campaign.Conflict) })
	must(t, h.ReviewPlan(t.Context(), officer, ref, 1, true, ""))
}

// Who joined after the plans' day is not late until plans close.
func TestPlanOfEntrantIsNotLate(t *testing.T) {
	h := newHouse(t)
	must(t, exec(h, `update entry set joined = $1 where code = $2`, string(h.rules.Calendar.PlanDue.Add(2)), "CNCA-R-2002-001"))
	ref := h.to(1, campaign.Planning)
	h.at(h.rules.Calendar.PlanClose.End().Add(-time.Second))
	rec, err := h.SubmitPlan(t.Context(), h.visitor(ref, "act"), planForm(), signer)
	must(t, err)
	if rec.Late {
		t.Error("late, though he joined after the day")
	}
}

func TestMissingFields(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	v := h.visitor(h.to(1, campaign.Planning), "act")
	long := planForm()
	long.Goals, long.ApprovedOn = strings.Repeat("长", 3001), "2099-01-01"
	marks := fullMarks()
	marks[0].Reason, marks[1].Points, marks[2].Points = "", 25, 999*rubric.Point
	h.unchanged(func() {
		_, err := h.SubmitPlan(ctx, v, PlanForm{}, Signer{})
		want(t, err, campaign.Invalid, "goals", "activities", "resources", "lead", "department", "approved_by", "approved_on", "approval_no", "name", "post")
		_, err = h.SubmitPlan(ctx, v, long, Signer{Name: "王\n经办", Post: strings.Repeat("长", 41)})
		want(t, err, campaign.Invalid, "goals", "approved_on", "name", "post")
	})
	v = h.visitor(h.to(2, campaign.SelfScore), "act")
	h.unchanged(func() {
		_, err := h.SubmitSelfScore(ctx, v, marks[:13], certifier(v))
		want(t, err, campaign.Invalid, "row-1", "row-2", "row-3", "row-14")
		full := fullMarks()
		full[4].Points, full[4].Reason = 10*rubric.Point, " "
		_, err = h.SubmitSelfScore(ctx, v, full, certifier(v)) // a self-score gives a reason for full marks too
		want(t, err, campaign.Invalid, "row-5")
	})
	v = h.visitor(h.to(3, campaign.Served), "act")
	h.unchanged(func() {
		_, err := h.FileAppeal(ctx, v, nil, signer)
		want(t, err, campaign.Invalid, "rows")
		_, err = h.FileAppeal(ctx, v, []AppealRow{{3, " "}, {4, strings.Repeat("长", 1001)}, {17, "x"}}, Signer{})
		want(t, err, campaign.Invalid, "row-3", "row-4", "rows", "name", "post")
		_, err = h.FileAppeal(ctx, v, []AppealRow{{3, "一"}, {3, "二"}}, signer)
		want(t, err, campaign.Conflict)
	})
}

func TestSelfScoreAndAppealTwice(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	v := h.visitor(h.to(1, campaign.SelfScore), "act")
	first, err := h.SubmitSelfScore(ctx, v, fullMarks(), certifier(v))
	must(t, err)
	h.unchanged(func() {
		again, err := h.SubmitSelfScore(ctx, v, fullMarks(), certifier(v))
		must(t, err)
		if again.Number != first.Number {
			t.Errorf("%+v", again)
		}
	})
	marks := fullMarks()
	marks[0].Points = 0
	second, err := h.SubmitSelfScore(ctx, v, marks, certifier(v))
	must(t, err)
	if second.Number != v.Ref.ID()+"/self-score/2" {
		t.Errorf("%+v", second)
	}
	v = h.visitor(h.to(2, campaign.Served), "act")
	left := h.left(func() {
		_, err = h.FileAppeal(ctx, v, []AppealRow{{2, "已有制度"}}, signer)
		must(t, err)
	})
	m := left[v.Ref.ID()+"/appeal/1/receipt"].Mail
	if m.Template != "appeal-receipt" || m.Until == "" || len(m.Rows) != 1 {
		t.Errorf("%+v", m)
	}
	h.unchanged(func() {
		_, err := h.FileAppeal(ctx, v, []AppealRow{{2, "补充的理由"}}, signer)
		want(t, err, campaign.Conflict)
	})
	more, err := h.FileAppeal(ctx, v, []AppealRow{{3, "另一项"}}, signer)
	must(t, err)
	if more.Number != v.Ref.ID()+"/appeal/2" || h.count("appeal") != 2 {
		t.Errorf("%+v", more)
	}
}

// A decider who has the case is told of the rows that come to it.
func TestFilingWhileADeciderIsAtWork(t *testing.T) {
	h := newHouse(t)
	ctx, c := t.Context(), h.rules.Calendar
	filed := c.Result.Add(1)
	h.at(filed.Morning())
	v := h.visitor(h.to(1, campaign.Served), "act")
	file := func(row int) map[string]queued {
		return h.left(func() {
			_, err := h.FileAppeal(ctx, v, []AppealRow{{row, "理由"}}, signer)
			must(t, err)
		})
	}
	name := func(who string, due campaign.Day) {
		h.write(func(ctx context.Context, tx *store.Tx) error { return tx.AddDecider(ctx, v.Ref, who, due, real) })
	}
	letter := func(left map[string]queued, n int) store.MailBody {
		return left[fmt.Sprintf("%s/appeal/%d/decider", v.Ref.ID(), n)].Mail
	}
	if m := letter(file(2), 1); m.Template != "" {
		t.Errorf("nobody was named yet: %+v", m)
	}
	name("r3", filed.Add(14))
	m := letter(file(3), 2)
	if m.Template != "appeal-assigned" || m.To != "staff:r3" || m.Until != filed.Add(14) || len(m.Rows) != 1 || m.Rows[0] != 3 || m.Path != "/review/"+v.Ref.ID()+"/appeal" {
		t.Fatalf("%+v", m)
	}
	h.write(func(ctx context.Context, tx *store.Tx) error {
		for _, row := range []int{2, 3} {
			if err := tx.AddAppealRuling(ctx, v.Ref, row, "r3", 100, 100, "维持", real); err != nil {
				return err
			}
		}
		return nil
	})
	if m := letter(file(4), 3); m.Until != h.rules.Holidays.AddWorkdays(filed, h.rules.Settings.DecisionDays) {
		t.Errorf("%+v", m)
	}
	name("r4", filed.Add(-1)) // late: his substitute's own letter names all rows
	if m := letter(file(5), 4); m.Template != "" {
		t.Errorf("%+v", m)
	}
}

func TestLinks(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref := h.to(1, campaign.Planning)
	token := h.link(ref, "act", real.AddDate(5, 0, 0))
	old := h.link(ref, "view", real)
	blind := *h.Desk
	blind.Store = nil // a forged link must be refused before this would be touched
	for _, forged := range []string{"", "x", token + "A", token[:len(token)-1], strings.ToUpper(token), strings.Repeat("A", 22) + "." + strings.Repeat("A", 22)} {
		_, err := blind.Open(ctx, forged)
		want(t, err, campaign.NotFound)
	}
	unknown, _ := h.Tickets.Issue("never sent")
	_, err := h.Open(ctx, unknown)
	want(t, err, campaign.NotFound)

	h.at(real.Add(-time.Second))
	_, err = h.Open(ctx, old)
	must(t, err)
	h.at(real)
	_, err = h.Open(ctx, old)
	want(t, err, campaign.TooLate)
	v, err := h.Open(ctx, token)
	must(t, err)
	if v.Ref != ref || !v.Act {
		t.Errorf("%+v", v)
	}
	_, err = h.RevokeLinks(ctx, approver, ref)
	want(t, err, campaign.Forbidden)
	if n, err := h.RevokeLinks(ctx, officer, ref); err != nil || n != 2 {
		t.Errorf("%d revoked, %v", n, err)
	}
	_, err = h.Open(ctx, token)
	want(t, err, campaign.TooLate)

	want(t, h.NewLink(ctx, auditor, ref), campaign.Forbidden)
	for i, stage := range []campaign.Stage{campaign.Planning, campaign.Collecting, campaign.Scoring} {
		h.at(real.Add(time.Duration(i+1) * time.Second))
		h.to(1, stage)
		for key, q := range h.left(func() { must(t, h.NewLink(ctx, officer, ref)) }) {
			due := map[campaign.Stage]campaign.Day{campaign.Planning: h.rules.Calendar.PlanDue, campaign.Collecting: h.rules.Calendar.EvidenceClose, campaign.Scoring: campaign.DayOf(real).Add(183)}[stage]
			if q.Mail.Template != "new-link" || q.Mail.Until != due || q.Mail.Data["title"] == "" {
				t.Errorf("%s: %+v", key, q.Mail)
			}
		}
	}
}

func exec(h *house, sql string, args ...any) error {
	_, err := h.conn.Exec(h.t.Context(), sql, args...)
	return err
}
