package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

// notServed is a case whose decision was issued and came back.
func (b *bureau) notServed() (ref campaign.Ref, letter string) {
	ref = storetest.Ref(testYear, 6)
	letter = store.CaseLetters(ref, campaign.Issued) + "6"
	b.write(func(ctx context.Context, tx *store.Tx) {
		b.to(ctx, tx, 6, append(toScoring, campaign.Served, campaign.Final, campaign.Closed)...)
		facts := rubric.Facts{Total: 5200, Scored: true, Submitted: true}
		numbers, err := tx.Numbers(ctx, campaign.WarningPaper.Series(), ref.Year, []string{ref.Code})
		b.ok(err)
		b.ok(tx.AddWarning(ctx, store.Warning{Year: ref.Year, Code: ref.Code, Number: numbers[ref.Code], Grounds: rubric.Grounds(campaign.DefaultSettings(testYear).Criteria, facts), Facts: facts, StateAt: b.day, Ladder: campaign.CurrentLadder}))
		for _, a := range []store.WarningAct{{Act: campaign.ActNotice, Role: "officer", By: "o1"}, {Act: campaign.ActWaive}, {Act: campaign.ActPass, Role: "legal", By: "g1"}, {Act: campaign.ActSign, Role: "approver", By: "a1"}, {Act: campaign.ActSign, Role: "approver", By: "a2"}} {
			a.At, a.Text = b.day, "意见"
			_, err := tx.AddWarningAct(ctx, ref, a)
			b.ok(err)
		}
		b.ok(tx.SetWarningState(ctx, ref, campaign.Issued, campaign.DayOf(b.day).Add(7), b.day))
		tx.Queue(store.Intent{Key: letter, Kind: store.MailIntent, Ref: ref, Body: store.MailBody{Template: "warning-decision", To: "institution", Scope: "act", Date: b.day}})
	})
	_, err := b.desk.MailEvents(b.t.Context(), []store.MailEvent{{ID: letter, Key: letter, Kind: "bounce", State: store.Bounced, At: b.day}})
	b.ok(err)
	return ref, letter
}

// AP-2, RW-5: the case says that its decision was not served, and where that is put
// right; the institution reads the same on its page, where it may sign at once.
func TestRW5DecisionNotServedOnPages(t *testing.T) {
	b := newBureau(t)
	ref, letter := b.notServed()
	at, own := yearPath(testYear, "warnings", ref.Code), "/i/"+ref.ID()+"/warning"
	again := yearPath(testYear, "mails", "again") + "?" + url.Values{"key": {letter}}.Encode()
	says := func(who *person, path string, want ...string) {
		t.Helper()
		text := who.get(path).Body.String()
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: no %q in\n%s", path, w, summaryOf(text))
			}
		}
	}
	says(b.as("o1"), at, "风险警示决定书没有送达，签收期限和整改期限没有起算，期满不视为签收", strings.ReplaceAll(again, "&", "&amp;"))
	says(b.as("a1"), at, "风险警示决定书没有送达", "/mails?state=missed")
	if text := b.as("o1").get(at).Body.String(); strings.Contains(text, "<dt>送达</dt>") || strings.Contains(text, "<dt>期限</dt>") || strings.Contains(text, "<dt>期满</dt>") {
		t.Error("days are shown that do not run")
	}
	by := b.bearer(ref, "act", time.Hour*24*400, false)
	says(by, own, "风险警示决定书的邮件没有送达", "签收之日即为收到之日", `value="ack"`)
	says(b.as("o1"), again, "已书面送达", "今天送达的，期限至")
	if text := b.as("u1").get(yearPath(testYear, "warnings.csv")).Body.String(); strings.Contains(text, ref.Code) {
		t.Error("what was not served is exported as a warning")
	}
	if w := b.as("o1").post(yearPath(testYear, "mails", "again"), "key", letter, "email", "new@institution.example", "reason", "电话核实", "do", "submit"); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, summaryOf(w.Body.String()))
	}
	says(b.as("o1"), at, "风险警示决定书尚未送达（邮件待发）")
	says(by, own, "风险警示决定书的邮件尚未送达")
	j, err := b.store.TakeOne(t.Context(), letter+"/again/1")
	b.ok(err)
	_, err = b.store.Done(t.Context(), j, "failed", "", "收件地址不存在", b.day)
	b.ok(err)
	again = strings.ReplaceAll(yearPath(testYear, "mails", "again")+"?"+url.Values{"key": {letter + "/again/1"}}.Encode(), "&", "&amp;")
	says(b.as("o1"), at, "风险警示决定书没有送达", again)
	says(b.as("a1"), at, "/mails?state=failed")
	says(b.as("o1"), yearPath(testYear, "mails")+"?state=failed", strings.TrimPrefix(again, yearPath(testYear)+"/"))
	says(b.as("o1"), yearPath(testYear, "mails", "again")+"?"+url.Values{"key": {letter + "/again/1"}}.Encode(), "失败", "已书面送达")
}
