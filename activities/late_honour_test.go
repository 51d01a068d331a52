package activities

import (
	"context"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
	"xuanping/store/storetest"
)

// punished gives an institution two events that together are a ground of Article 32.
func (o *office) punished(ref campaign.Ref) {
	o.t.Helper()
	at := o.rules.Calendar.Quarters[2]
	o.write(func(ctx context.Context, tx *store.Tx) error {
		for _, clause := range []string{"16.1", "16.2"} {
			id, err := tx.AddEvent(ctx, store.Event{Year: testYear, Code: ref.Code, Clause: clause, Points: 500, Matter: clause, Title: "处罚", Source: "决定书", OccurredOn: at.Start(), By: "o1", At: at.Morning()})
			if err != nil {
				return err
			}
			if err := tx.AddEventRuling(ctx, ref, id, true, "属实", "a1", at.Morning()); err != nil {
				return err
			}
		}
		return nil
	})
}

// suspected publishes a year of four: the first is excellent, a case keeps two that
// would be from the certificate, and the last is below the line as well.
func suspected(t *testing.T) (*office, []campaign.Ref) {
	t.Helper()
	o := newOffice(t, true, 4)
	c := o.rules.Calendar
	refs := []campaign.Ref{o.scored(1, 50), o.scored(2, 0), o.scored(3, 0), o.scored(4, 50)} // the last is below the line
	for i, ref := range refs {
		if i > 0 {
			o.punished(ref)
		}
		o.isServed(ref)
		_, err := o.finalize(t.Context(), o.at(ref, c.Final))
		must(t, err)
		o.to(i+1, campaign.Final)
	}
	in := contract.CampaignAt{Year: testYear, At: c.Publication.Morning()}
	storetest.Reviewed(t, o.Store, testYear, in.At)
	if out := run(o, o.publish, in); out.Certificates != 1 || out.Warnings != 3 {
		t.Fatalf("%+v", out)
	}
	for i, ref := range refs {
		run(o, o.conclude, o.at(ref, c.Publication))
		o.to(i+1, campaign.Closed)
	}
	run(o, o.report, in)
	o.drain()
	return o, refs
}

// ends lets a case end after its prior notice and a reply.
func (o *office) ends(day campaign.Day, ref campaign.Ref, state campaign.WarningState, act campaign.WarningAct) {
	o.t.Helper()
	if acts, err := o.Store.WarningActs(o.t.Context(), ref); err != nil || len(acts) == 0 {
		o.did(ref, campaign.ActNotice, string(campaign.Officer), "o1", "事由")
		o.did(ref, campaign.ActReply, "", "", "已经改正\n—— 王经办（主任）")
		o.did(ref, act, string(campaign.Approver), "a1", "情节轻微，已主动纠正")
	}
	w, err := o.Store.Warning(o.t.Context(), ref)
	must(o.t, err)
	run(o, o.warn, contract.WarnIn{Ref: ref, Case: w.Number, State: state, Act: act, Round: 4, At: day.Morning()})
	o.drain()
}

// RW-5, PL-16: a case that ends without any measure gives back the certificate that
// it kept back, once: number, paper, letter and the day from which it counts.
func TestRW5LateCertificate(t *testing.T) {
	o, refs := suspected(t)
	day := o.rules.Calendar.Publication.Add(40)
	for range 2 { // walked again
		o.ends(day, refs[1], campaign.Dismissed, campaign.ActWithdraw)
	}
	o.ends(day, refs[2], campaign.Lesser, campaign.ActTalk) // 约谈 is a measure
	o.ends(day, refs[3], campaign.Dismissed, campaign.ActDismiss)
	late, err := o.Store.LateHonours(t.Context(), testYear)
	must(t, err)
	if len(late) != 1 || late[0].Code != refs[1].Code || late[0].Number != 2 || campaign.DayOf(late[0].At) != day || !late[0].Stands {
		t.Fatalf("%+v", late)
	}
	l := o.letter(refs[1].ID() + "/certificate")
	if !strings.Contains(l.Text, campaign.CertificatePaper.Number(testYear, 2)) || len(l.Attachments) != 1 {
		t.Errorf("%s", l.Text)
	}
	o.says(o.read(refs[1], campaign.CertificatePaper), campaign.CertificatePaper.Number(testYear, 2), day.Chinese(), storetest.Institution(2).Name)
	for _, ref := range refs[2:] {
		if _, err := o.Store.NumberOf(t.Context(), campaign.CertificatePaper.Series(), ref); campaign.KindOf(err) != campaign.NotFound {
			t.Errorf("%s has a certificate: %v", ref.Code, err)
		}
	}
	honoured, err := o.Store.Honoured(t.Context(), testYear)
	must(t, err)
	if len(honoured) != 2 || !honoured[refs[1].Code] {
		t.Errorf("%v", honoured)
	}
	c, err := o.Store.Campaign(t.Context(), testYear)
	must(t, err)
	m, err := o.Store.Manuscript(t.Context(), o.Table, c, day.Morning())
	must(t, err)
	if len(m.Excellent) != 2 || len(m.Notes) != 1 || !strings.Contains(m.Notes[0], "补列"+storetest.Institution(2).Name) {
		t.Errorf("%+v %v", m.Excellent, m.Notes)
	}
	if e := o.entry(refs[1]); e.Outcome == nil || *e.Outcome != contract.OutcomeWarning {
		t.Errorf("%v", e.Outcome) // the year ended with the case: the history stays as it was
	}
	o.noFailure()
	o.remade(campaign.AnnouncementPaper) // who is honoured later is neither announced nor in the report of then
	o.remade(campaign.ReportPaper)
}

// remade prints a paper of the campaign again and compares what it says.
func (o *office) remade(kind campaign.Paper) {
	o.t.Helper()
	papers, err := o.Store.Papers(o.t.Context(), campaign.Ref{Year: testYear})
	must(o.t, err)
	for _, p := range papers {
		if p.Kind != kind {
			continue
		}
		must(o.t, exec(o, "alter table paper disable trigger all"))
		must(o.t, exec(o, "delete from paper where key = $1", p.Key))
		must(o.t, exec(o, "update intent set state = 'queued' where key = $1", p.Key))
		must(o.t, exec(o, "alter table paper enable trigger all"))
		must(o.t, o.makePaper(o.t.Context(), p.Key))
		again, err := o.Store.PaperByKey(o.t.Context(), p.Key)
		if err != nil || *again.Substance != *p.Substance {
			o.t.Errorf("%s came out otherwise, %v", p.Key, err)
		}
	}
}

// PL-13: whom a correction took off the list gets no certificate when a case ends.
func TestRW5NoLateCertificateAfterACorrection(t *testing.T) {
	o, refs := suspected(t)
	at := o.rules.Calendar.Publication.Add(10).Morning()
	o.write(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.AddCorrection(ctx, store.Correction{Year: testYear, Kind: "remove", Code: refs[1].Code, Reason: "材料不实", Basis: "核查结论", By: "o1", At: at})
		return err
	})
	o.ends(o.rules.Calendar.Publication.Add(10), refs[1], campaign.Dismissed, campaign.ActDismiss)
	if late, err := o.Store.LateHonours(t.Context(), testYear); err != nil || len(late) > 0 {
		t.Errorf("%+v, %v", late, err)
	}
}
