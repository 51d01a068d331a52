package activities

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// RW-3, RW-5, RW-6: each end of a case of the full ladder has its paper and its
// letter with the reason; what is weighed inside the office has none.
func TestRW5EndsOfACase(t *testing.T) {
	type act struct {
		act      campaign.WarningAct
		role, by string
		state    campaign.WarningState
	}
	notice := []act{{campaign.ActNotice, "officer", "o1", campaign.Noticed}, {campaign.ActReply, "", "", campaign.Replied}}
	passed := append(append([]act{}, notice...), act{campaign.ActPass, "legal", "g1", campaign.Cleared})
	issued := append(append([]act{}, passed...), act{campaign.ActSign, "approver", "a1", campaign.Signed}, act{campaign.ActSign, "approver", "a2", campaign.Issued})
	in := func(all []act, more ...act) []act { return append(append([]act{}, all...), more...) }
	for i, c := range []struct {
		name, template, says string
		acts                 []act
		letters              int
		kind                 campaign.Paper
	}{
		{"withdrawn after the reply", "warning-dismissed", "理由 withdraw", in(notice, act{campaign.ActWithdraw, "officer", "o1", campaign.Dismissed}), 2, campaign.DismissPaper},
		{"less", "warning-lesser", "理由 talk", in(passed, act{campaign.ActTalk, "approver", "a1", campaign.Lesser}), 2, campaign.LesserPaper},
		{"expired", "warning-expired", "期满", in(issued, act{campaign.ActDeemed, "clock", "", campaign.Received}, act{campaign.ActExpire, "clock", "", campaign.Expired}), 3, campaign.ExpirePaper},
		{"revoked", "warning-revoked", "理由 revoke", in(issued, act{campaign.ActError, "approver", "a1", ""}, act{campaign.ActRevoke, "approver", "a2", campaign.Revoked}), 3, campaign.RevokePaper},
	} {
		o := newOffice(t, true, 1)
		ref, day := o.accused(1), o.rules.Calendar.Publication
		if _, err := o.Store.Warning(t.Context(), ref); err != nil {
			t.Fatal(err)
		}
		key := ""
		for n, a := range c.acts {
			if a.role != "clock" {
				o.did(ref, a.act, a.role, a.by, "理由 "+string(a.act))
			}
			if a.state == "" {
				continue
			}
			at := contract.WarnIn{Ref: ref, Case: 7, State: a.state, Act: a.act, Round: n + 2, At: day.Add(10 * n).Morning()}
			if a.state == campaign.Noticed || a.state == campaign.Issued || a.state == campaign.Received {
				at.Due = day.Add(10*n + 5)
			}
			run(o, o.warn, at)
			key = fmt.Sprintf("%s/warning/%s/%d", ref.ID(), a.state, n+2)
		}
		l := o.letter(key)
		if !strings.HasPrefix(l.Template, c.template+"@") || !strings.Contains(l.Text, c.says) || len(l.Attachments) != 1 || o.sent != c.letters {
			t.Errorf("%d %s: %d letters, %s\n%s", i, c.name, o.sent, l.Template, l.Text)
		}
		papers, err := o.Store.Papers(t.Context(), ref)
		must(t, err)
		last := papers[len(papers)-1]
		if last.Kind != c.kind || last.Number != c.kind.Number(testYear, 7) {
			t.Errorf("%s: %s %s", c.name, last.Kind, last.Number)
		}
		w, err := o.Store.Warning(t.Context(), ref)
		must(t, err)
		if served := w.ServedDay() != ""; served != (len(c.acts) > 4) { // RW-5: the proof of service
			t.Errorf("%s: served on %q", c.name, w.ServedDay())
		}
		o.drain()
		o.noFailure()
	}
}

// The legal checkers are alerted when it is their turn, nobody else.
func TestAlertsOfTheLadder(t *testing.T) {
	o := newOffice(t, true, 1)
	ref := o.accused(1)
	for about, to := range map[string]string{contract.AlertLegalDue: "g1", contract.AlertRemanded: "o1", contract.AlertSignaturesDue: "a1"} {
		run(o, o.alert, contract.AlertIn{Ref: ref, About: about, At: o.rules.Calendar.Publication.Add(9).Morning()})
		found := false
		for k := range o.intents() {
			if strings.Contains(k, "alert/"+about+"/") {
				found = found || strings.HasSuffix(k, "/"+to)
				if about == contract.AlertLegalDue && !strings.HasSuffix(k, "/g1") {
					t.Errorf("%s", k)
				}
			}
		}
		if !found {
			t.Errorf("%s does not reach %s: %v", about, to, o.intents())
		}
	}
}

// AP-3: the decision on every row goes out as a paper of its own series, before
// the final result, with the new evidence counted.
func TestAP3AppealDecision(t *testing.T) {
	o := newOffice(t, true, 2)
	c := o.rules.Calendar
	plain, ref := o.scored(1, 50), o.scored(2, 50)
	for _, r := range []campaign.Ref{plain, ref} {
		o.isServed(r)
	}
	o.isRuled(ref, 2, 950, 1000)
	o.write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.AddAppeal(ctx, ref, 4, "一并复核", "王经办", c.Result.Add(3).Morning()); err != nil { // nobody decides it
			return err
		}
		_, err := tx.AddCaseFile(ctx, ref, store.CaseFile{About: store.AboutAppeal, Row: 2, Name: "新.pdf", Media: "application/pdf", Size: 9, Digest: strings.Repeat("e", 64), ByName: "王经办", At: c.Result.Add(3).Morning()})
		return err
	})
	for _, r := range []campaign.Ref{plain, ref, ref} { // once more changes nothing
		run(o, o.finalize, o.at(r, c.Final))
	}
	l := o.letter(ref.ID() + "/appeal-decision")
	for _, want := range []string{campaign.AppealPaper.Number(testYear, 1), "第 2 项由 9.5 分调整为 10.0 分", "第 4 项未在期限内作出决定"} {
		if !strings.Contains(l.Text, want) {
			t.Errorf("no %q in\n%s", want, l.Text)
		}
	}
	if len(l.Attachments) != 1 || o.sent != 5 { // two results, two final results, one decision
		t.Errorf("%d attachments, %d letters", len(l.Attachments), o.sent)
	}
	papers, err := o.Store.Papers(t.Context(), plain)
	must(t, err)
	for _, p := range papers {
		if p.Kind == campaign.AppealPaper {
			t.Error("a decision without an appeal")
		}
	}
	o.noFailure()
}
