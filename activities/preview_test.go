package activities

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/desk"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

// looked asks for a preview and checks that looking leaves no trace, and that no
// sample carries a ticket.
func (o *office) looked(act store.MailAct) campaign.MailPreview {
	o.t.Helper()
	before := o.dump()
	p, err := o.Preview(o.t.Context(), act)
	must(o.t, err)
	if d := gocmp.Diff(before, o.dump()); d != "" {
		o.t.Fatalf("looking changed:\n%s", d)
	}
	for _, l := range p.Letters {
		for _, s := range l.Samples {
			if ticketIn.MatchString(s.Text) {
				o.t.Errorf("%s has a live link:\n%s", s.Name, s.Text)
			}
		}
	}
	return p
}

var ticketIn = regexp.MustCompile(`/t/T[0-9a-f]+(\?next=\S+)?`)

// sameLetter compares a sample with the letter that was sent, but for what
// exists only since: link, number, commitment and the head of the ledger.
func (o *office) sameLetter(s campaign.LetterSample, key string) {
	o.t.Helper()
	l := o.letter(key)
	hide := func(text string) string {
		text = strings.ReplaceAll(ticketIn.ReplaceAllString(text, maskedLink), "\n", "")
		for _, later := range []string{`（发出时编号）`, `（启动时生成）`, `[^：]{1,8}〔\d{4}〕\d+号`, `[0-9a-f]{64}`, `账本 \d+ · [\w/+=]+`} {
			text = regexp.MustCompile(later).ReplaceAllString(text, "")
		}
		return text
	}
	if s.Subject != l.Subject {
		o.t.Errorf("%q was sent as %q", s.Subject, l.Subject)
	}
	if d := gocmp.Diff(hide(s.Text), hide(l.Text)); d != "" {
		o.t.Errorf("sample and letter differ:\n%s", d)
	}
}

func TestPreviewIsTheNotice(t *testing.T) {
	o := newOffice(t, true, 5)
	c := o.rules.Calendar
	p := o.looked(store.MailAct{Kind: store.LaunchAct, Year: testYear, Rehearsal: true, Rules: o.rules})
	if len(p.Letters) != 1 || len(p.Letters[0].To) != 5 || len(p.Letters[0].Samples) != 3 || p.Letters[0].Lacking() != 0 || len(p.Plan) == 0 {
		t.Fatalf("%+v", p)
	}
	if x := p.Letters[0]; x.When != "2025年1月6日（星期一）上午 9:00" || x.Shift != "" || x.Papers[0] != campaign.NoticePaper {
		t.Errorf("%s %s %v", x.When, x.Shift, x.Papers)
	}
	o.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.CommitSpot(ctx, testYear, 3, campaign.RehearsalSeed(testYear), "o1", c.Launch.Morning())
	})
	for i, n := range []int{1, 3, 5} {
		ref := storetest.Ref(testYear, n)
		run(o, o.enter, contract.EnterIn{Ref: ref, Stage: campaign.Planning, At: c.Launch.Morning(), Due: c.PlanDue})
		o.drain()
		o.sameLetter(p.Letters[0].Samples[i], ref.ID()+"/launch")
	}
	off := o.rules
	off.Calendar.Launch = "2025-01-04"
	if x := o.looked(store.MailAct{Kind: store.LaunchAct, Year: testYear, Rules: off}).Letters[0]; !strings.Contains(x.Shift, "2025年1月6日（星期一）") || x.When != "2025年1月6日（星期一）上午 8:00 以后" {
		t.Errorf("a Saturday: %s %q", x.When, x.Shift)
	}
	if x := o.looked(store.MailAct{Kind: store.LaunchAct, Year: testYear, Rules: off, Rehearsal: true}).Letters[0]; x.When != "2025年1月4日（星期六）上午 9:00" {
		t.Errorf("a Saturday of a rehearsal: %s", x.When)
	}
}

func TestPreviewIsTheMove(t *testing.T) {
	o := newOffice(t, true, 4)
	at := o.rules.Calendar.PlanDue.Morning()
	must(t, o.Store.SetClock(t.Context(), testYear, at, o.Clock()))
	o.to(1, campaign.Planning)
	o.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.SetLeft(ctx, storetest.Ref(testYear, 3), "merged", at)
	})
	rules := o.rules
	if p := o.looked(store.MailAct{Kind: store.CalendarAct, Year: testYear, Rules: rules}); len(p.Letters) != 0 {
		t.Errorf("nothing moved, and letters are announced: %+v", p.Letters)
	}
	rules.Calendar.Publication = rules.Calendar.Publication.Add(3)
	p := o.looked(store.MailAct{Kind: store.CalendarAct, Year: testYear, Rules: rules})
	if len(p.Letters) != 1 || len(p.Letters[0].To) != 3 || p.Letters[0].To[2].Code != storetest.Code(4) {
		t.Fatalf("%+v", p.Letters)
	}
	for _, m := range p.Plan {
		if m.Day <= campaign.DayOf(at) {
			t.Errorf("%+v has gone already", m)
		}
	}
	o.write(func(ctx context.Context, tx *store.Tx) error { return tx.AddRules(ctx, testYear, rules, "o1", at) })
	run(o, o.tell, contract.TellIn{Page: contract.PageIn{Year: testYear, At: at}, Rules: &rules, Key: "rules-1"})
	o.drain()
	o.sameLetter(p.Letters[0].Samples[0], storetest.Ref(testYear, 1).ID()+"/rules-1")
}

// A 业务指导函 goes out as it was shown, to those whom it was shown for.
func TestPreviewOfGuidance(t *testing.T) {
	o := newOffice(t, true, 3)
	ctx, now := t.Context(), o.rules.Calendar.PlanDue.Morning()
	must(t, o.Store.SetClock(ctx, testYear, now, now))
	o.Clock = func() time.Time { return now }
	d := &desk.Desk{Store: o.Store, Table: rubric.Annex2(), Clock: o.Clock, Kick: o.Kick}
	officer := store.Staff{ID: "o1", Role: campaign.Officer, Active: true}
	n, err := d.WriteGuidance(ctx, officer, testYear, desk.GuidanceForm{Title: "关于世界认可日宣传的指导意见", Text: "请组织活动。", Numbered: true})
	must(t, err)
	g, err := o.Store.Guidance(ctx, contract.Ref{Year: testYear}, n)
	must(t, err)
	codes := []string{storetest.Code(1), storetest.Code(3)}
	x := o.looked(store.MailAct{Kind: store.GuidanceAct, Year: testYear, Codes: codes, Body: desk.GuidanceLetter(g, "guidance", now)}).Letters[0]
	if len(x.To) != 2 || x.To[1].Code != codes[1] || len(x.Samples) != 2 {
		t.Errorf("%+v", x)
	}
	_, err = d.SendGuidance(ctx, officer, testYear, n, desk.GuidanceTo{Codes: codes})
	must(t, err)
	o.drain()
	o.sameLetter(x.Samples[0], storetest.Ref(testYear, 1).ID()+"/guidance/1/mail")
}

// A letter of a real year that is asked for on a day off waits, and says so;
// whoever was not reached before is marked.
func TestPreviewKeepsQuiet(t *testing.T) {
	o := newOffice(t, false, 2)
	ref := o.to(1, campaign.Planning)
	o.Clock = func() time.Time { return campaign.Day("2025-10-01").Morning() }
	body := store.MailBody{Template: "plan-overdue", To: "institution", Scope: "act", Path: "plan", Task: campaign.PlanTask, Date: o.Clock(), Until: o.rules.Calendar.PlanDue, Data: map[string]string{"title": campaign.PlanTask.Chinese()}}
	act := store.MailAct{Kind: store.NudgeAct, Year: testYear, Code: ref.Code, Body: body}
	x := o.looked(act).Letters[0]
	if x.When != "2025年10月9日（星期四）上午 8:00 以后" || x.Shift == "" || len(x.To) != 1 || x.To[0].Lacks != "" {
		t.Errorf("%+v", x)
	}
	moved := o.rules
	moved.Calendar.Publication = moved.Calendar.Publication.Add(3)
	for _, act := range []store.MailAct{{Kind: store.CalendarAct, Year: testYear, Rules: moved}, {Kind: store.AdmitAct, Year: testYear, Code: storetest.Code(2)}, {Kind: store.PublishAct, Year: testYear}} {
		for _, l := range o.looked(act).Letters {
			if l.When != x.When || l.Shift != x.Shift {
				t.Errorf("%s: %s goes %s %s", act.Kind, l.What, l.When, l.Shift)
			}
		}
	}
	o.write(func(_ context.Context, tx *store.Tx) error {
		queueMail(tx, ref, "lost", store.MailBody{Template: "new-link", To: "institution", Date: o.Clock()})
		return nil
	})
	must(t, exec(o, "update intent set state = 'failed' where code = $1", ref.Code))
	if x := o.looked(act).Letters[0]; x.Lacking() != 1 || x.To[0].Lacks != "此前的邮件未送达" {
		t.Errorf("%+v", x.To)
	}
	act.Body.To, act.Body.Template = "staff:r1", "reviewer-reminder"
	if x := o.looked(act).Letters[0]; len(x.To) != 1 || x.To[0].Code != "r1" || !strings.Contains(x.Samples[0].Text, x.To[0].Name) {
		t.Errorf("%+v", x)
	}
}
