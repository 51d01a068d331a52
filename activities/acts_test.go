package activities

import (
	"context"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/rubric"
	"xuanping/store"
)

// What the desk leaves in the outbox must become letters: a field that a
// template needs and an act forgot would keep its letter from going out.
func TestLettersOfActs(t *testing.T) {
	o := newOffice(t, true, 3)
	ctx, c := t.Context(), o.rules.Calendar
	now := c.Launch.Morning()
	d := &desk.Desk{Store: o.Store, Table: rubric.Annex2(), Clock: func() time.Time { return now }, Kick: o.Kick}
	at := func(when time.Time) {
		now = when
		must(t, o.Store.SetClock(ctx, testYear, now, now))
	}
	officer := store.Staff{ID: "o1", Role: campaign.Officer, Active: true}
	by := desk.Signer{Name: "王经办", Post: "主任"}
	plan := desk.PlanForm{Goals: "目标", Activities: "活动", Resources: "保障", Lead: "李", Department: "宣传部", ApprovedBy: "董事会", ApprovedOn: "2025-01-05", ApprovalNo: "1号"}

	at(c.PlanDue.Add(-1).Morning())
	ref := o.to(1, campaign.Planning)
	v := desk.Visitor{Ref: ref, Act: true, ID: []byte("id")}
	for i, accept := range []bool{false, true} {
		plan.Goals += "改"
		_, err := d.SubmitPlan(ctx, v, plan, by)
		must(t, err)
		must(t, d.ReviewPlan(ctx, officer, ref, i+1, accept, "意见"))
	}
	must(t, d.NewLink(ctx, officer, ref))
	must(t, d.Extend(ctx, officer, ref, campaign.EvidenceTask, c.EvidenceClose.Add(2), "展会推迟"))
	must(t, d.Leave(ctx, officer, o.to(2, campaign.Planning), desk.LeaveForm{How: "merged", Reason: "并入他机构", Successor: "CNCA-R-2002-001"}))
	o.drain()
	at(c.SelfScoreDue.Morning())
	o.to(1, campaign.Collecting, campaign.SelfScore)
	_, err := d.SubmitSelfScore(ctx, v, marks(0), desk.Signer{Name: plan.Lead, Post: "主管负责人"})
	must(t, err)
	at(c.Result.Add(1).Morning())
	o.to(1, campaign.Scoring)
	o.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.SetStage(ctx, ref, campaign.Served, c.Result.Add(14), c.Result.Morning())
	})
	_, err = d.FileAppeal(ctx, v, []desk.AppealRow{{Row: 3, Text: "理由"}}, by)
	must(t, err)
	must(t, d.NewLink(ctx, officer, ref))
	accused := o.accused(3)
	o.did(accused, campaign.ActNotice, string(campaign.Officer), "o1", "事由")
	_, err = d.WarnByInstitution(ctx, desk.Visitor{Ref: accused, Act: true, ID: []byte("id")}, campaign.ActReply, "已经改正", by)
	must(t, err)
	o.drain()
	o.mu.Lock()
	templates := map[string]int{}
	for _, l := range o.letters {
		name, _, _ := strings.Cut(l.Template, "@")
		templates[name]++
	}
	o.mu.Unlock()
	for key, state := range o.intents() {
		if state != "accepted" && key != ref.ID()+"/plan/1/review/mail" { // mended before it was sent
			t.Errorf("%s is %s: %+v", key, state, o.job(key))
		}
	}
	for name, n := range map[string]int{"receipt": 4, "plan-accepted": 1, "new-link": 2, "extension": 1, "withdrawn": 1, "appeal-receipt": 1} {
		if templates[name] != n {
			t.Errorf("%d letters %s, want %d", templates[name], name, n)
		}
	}
	if got := o.letter(ref.ID() + "/appeal/1/receipt").Text; !strings.Contains(got, o.rules.Holidays.AddWorkdays(c.Result.Add(1), o.rules.Settings.DecisionDays).Chinese()) {
		t.Errorf("%s", got)
	}
	var told []string // about the first institution, in the order of its acts
	for _, m := range o.engine.told {
		if key, ok := strings.CutPrefix(m[strings.LastIndex(m, " ")+1:], ref.ID()+"/"); ok {
			told = append(told, key)
		}
	}
	if got := strings.Join(told, " "); got != "plan/1 plan/1/review plan/2 plan/2/review extension/1 self-score/1 appeal/1" {
		t.Error(got)
	}
}
