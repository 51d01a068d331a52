package activities

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/desk"
	"xuanping/rubric"
	"xuanping/store"
)

// clerks are a desk beside the office, on a clock that the test sets.
func (o *office) clerks(now *time.Time) (*desk.Desk, func(time.Time)) {
	d := &desk.Desk{Store: o.Store, Table: rubric.Annex2(), Clock: func() time.Time { return *now }, Kick: o.Kick}
	return d, func(at time.Time) {
		*now = at
		must(o.t, o.Store.SetClock(o.t.Context(), testYear, at, at))
	}
}

var (
	visitorBy = desk.Signer{Name: "王经办", Post: "主任"}
	theA1     = store.Staff{ID: "a1", Role: campaign.Approver, Active: true}
	theO1     = store.Staff{ID: "o1", Role: campaign.Officer, Active: true}
)

// GL-14: on each working day the officers and approvers are told, each once; after
// the decision nobody is. The decision goes out with its paper.
func TestGL14CallsAndDecision(t *testing.T) {
	o := newOffice(t, true, 1)
	ctx := t.Context()
	var now time.Time
	d, at := o.clerks(&now)
	day := campaign.Day("2025-03-10")
	at(day.Morning())
	ref := o.to(1, campaign.Planning, campaign.Collecting)
	v := desk.Visitor{Ref: ref, Act: true, ID: []byte("id")}
	_, _, err := d.ApplyClearance(ctx, v, desk.ApplyForm{Kind: campaign.PriorApproval, Subject: "接受采访", Content: "内容", Channel: "电视台", Planned: day.Add(10), Urgent: true, UrgentReason: "媒体明日刊发"}, visitorBy)
	must(t, err)
	o.drain()
	for n := 1; n <= 3; n++ {
		out := run(o, o.clearanceCall, contract.ClearanceAt{Ref: ref, N: 1, Step: n, At: day.Add(n).Morning()})
		if out.State != campaign.ClearancePending {
			t.Errorf("call %d: %s", n, out.State)
		}
	}
	o.drain()
	if o.sent != 1+4+3*4 { // receipt, the urgent letters, three calls to two officers and two approvers
		t.Errorf("%d letters", o.sent)
	}
	if l := o.letter(ref.ID() + "/alert/clearance/1/2/a1"); !strings.Contains(l.Text, "机构不得发布") || !strings.Contains(l.Text, "/clearances/"+ref.Code+"/1") {
		t.Errorf("%s", l.Text)
	}
	at(day.Add(4).Morning())
	_, err = d.DecideClearance(ctx, theA1, ref, 1, true, "同意。", "稿件须与所报一致\n不得提前发布")
	must(t, err)
	o.drain()
	l := o.letter(ref.ClearanceID(1) + "/decision")
	if len(l.Attachments) != 1 || l.Attachments[0].Name != "事前审批批复.pdf" || !strings.Contains(l.Text, "宣评批〔2025〕1号") {
		t.Errorf("%s", l.Text)
	}
	sent := o.sent
	if out := run(o, o.clearanceCall, contract.ClearanceAt{Ref: ref, N: 1, Step: 4, At: day.Add(4).Morning()}); out.State != campaign.ClearanceApproved || o.sent != sent {
		t.Errorf("%s, %d letters after the decision", out.State, o.sent-sent)
	}
	p, err := o.Store.PaperByKey(ctx, ref.ID()+"/paper/clearance/1")
	if err != nil || p.Number != "宣评批〔2025〕1号" {
		t.Errorf("%s, %v", p.Number, err)
	}
	o.noFailure()
	if !slices.Contains(o.engine.started, ref.ClearanceID(1)) || !slices.ContainsFunc(o.engine.told, func(s string) bool { return strings.HasPrefix(s, ref.ClearanceID(1)+" ClearanceDone ") }) {
		t.Errorf("started %v, told %v", o.engine.started, o.engine.told)
	}
}

// What the desk leaves about incidents becomes letters and a paper, and reaches
// the engine in the order of the acts, also after an absence of it.
func TestGL20LettersAndMessages(t *testing.T) {
	o := newOffice(t, true, 2)
	ctx := t.Context()
	var now time.Time
	d, at := o.clerks(&now)
	at(struck.Add(10 * time.Hour))
	ref, two := o.to(1, campaign.Planning, campaign.Collecting), o.to(2, campaign.Planning, campaign.Collecting)
	v := desk.Visitor{Ref: ref, Act: true, ID: []byte("id")}
	o.engine.answer = fmt.Errorf("the engine is away")
	form := desk.ReportForm{What: "事件", Activity: "产品认证", Occurred: "2025-02-28T20:00", Discovered: "2025-02-28T21:00", Measures: "调查"}
	rec, err := d.ReportIncident(ctx, v, 0, form, visitorBy)
	must(t, err)
	if rec.Late || rec.Digest == "" {
		t.Errorf("%+v", rec)
	}
	x := desk.DetailsForm{Relevance: campaign.Relevant, Steps: map[string]string{}}
	for _, s := range campaign.HandlingSteps() {
		x.Steps[s.Key] = s.Chinese
	}
	_, err = d.DetailIncident(ctx, v, 1, x, visitorBy)
	must(t, err)
	_, err = d.JudgeIncident(ctx, theO1, ref, 1, campaign.IncidentClose, "", "办结")
	must(t, err)
	_, err = d.OpenIncident(ctx, theO1, two, desk.OpenForm{What: "媒体报道", Activity: "体系认证", Occurred: "2025-02-28T22:00"})
	must(t, err)
	o.drain()
	if l := o.letter(ref.IncidentID(1) + "/1/receipt"); len(l.Attachments) != 1 || l.Attachments[0].Name != "48小时报告回执.pdf" {
		t.Errorf("%v\n%s", l.Attachments, l.Text)
	}
	if l := o.letter(two.IncidentID(1) + "/opened"); !strings.Contains(l.Text, "2025年3月2日 22:00:00") || !strings.Contains(l.Text, "媒体报道") {
		t.Errorf("%s", l.Text)
	}
	o.engine.answer = nil
	for range 4 {
		must(t, exec(o, "update intent set not_before = now() where state = 'queued'"))
		o.drain()
	}
	o.noFailure()
	var told []string
	for _, m := range o.engine.told {
		told = append(told, m[strings.LastIndex(m, "/")+1:])
	}
	if got := strings.Join(told, " "); got != "2 3" || len(o.engine.started) != 2 {
		t.Errorf("told %q, started %v", o.engine.told, o.engine.started)
	}
}

// GL-16: the record of a press conference lists the four steps with names and
// times; a speaker without a mandate is marked, one with it is not (GL-9).
func TestGL16PressRecord(t *testing.T) {
	o := newOffice(t, true, 1)
	ctx := t.Context()
	var now time.Time
	d, at := o.clerks(&now)
	day := campaign.Day("2025-03-10")
	at(day.Morning())
	v := desk.Visitor{Ref: o.to(1, campaign.Planning, campaign.Collecting), Act: true, ID: []byte("id")}
	_, n, err := d.ApplyClearance(ctx, v, desk.ApplyForm{Kind: campaign.PressConference, Subject: "新品发布", Content: "内容", Channel: "会议室", Planned: "2025-03-20", Important: true}, visitorBy)
	must(t, err)
	for i, x := range []desk.StepForm{{Act: campaign.PressSettle, Head: "李负责", Principal: "王主要"}, {Act: campaign.PressHold, Speaker: "赵发言"}, {Act: campaign.PressArticle, Head: "李负责", Secrecy: true, Ideology: true}} {
		at(day.Add(i + 1).Morning())
		_, err := d.StepClearance(ctx, v, n, x, visitorBy)
		must(t, err)
	}
	o.drain()
	p, err := o.Store.PaperByKey(ctx, v.Ref.ID()+"/paper/press-record/1")
	if must(t, err); p.Kind != campaign.PressRecordPaper || p.Number != "" || len(p.PDF) < 1000 {
		t.Errorf("%+v", p.Kind)
	}
	o.noFailure()
}
