package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

// returned writes a notice of the result that came back, a reply by mail with a
// file that was taken and one that was not, and a hold of the outbox.
func (b *bureau) returned() (key string) {
	ref := storetest.Ref(testYear, 3)
	key = ref.ID() + "/result/1"
	b.write(func(_ context.Context, tx *store.Tx) {
		tx.Queue(store.Intent{Key: key, Kind: store.MailIntent, Ref: ref, Body: store.MailBody{Template: "result-notice", To: "institution", Scope: "act", Path: "result", Date: b.day}})
	}, func(ctx context.Context, tx *store.Tx) {
		_, _, err := tx.AddMailEvent(ctx, store.MailEvent{ID: "e1", Key: key, Kind: "bounce", State: store.Bounced, Reason: "550", At: b.day}, b.day)
		b.ok(err)
		b.ok(tx.SetHold(ctx, true, testYear, "o1", "恢复备份", b.day))
		_, err = tx.AddReply(ctx, store.Reply{Year: ref.Year, Code: ref.Code, Message: strings.Repeat("a", 64), Thread: key, Sender: "张示例 <x@y.example>", Proof: "SPF pass；DKIM {@y.example : pass}",
			Subject: "Re: 得分告知", Body: "已收到。\n第二行<script>alert(1)</script>", At: b.day},
			[]store.ReplyFile{{N: 1, Name: "证明.pdf", Media: "application/pdf", Size: 20, Digest: strings.Repeat("b", 64)}, {N: 2, Name: "a.exe", Size: 3, Refused: "只接受 PDF"}})
		b.ok(err)
	})
	return key
}

// mailShots are the office's pages about mail.
func (b *bureau) mailShots() []shot {
	again := yearPath(testYear, "mails") + "/again?" + url.Values{"key": {b.returned()}}.Encode()
	unserved, _ := b.notServed()
	return []shot{{"o1", "case-not-served", yearPath(testYear, "warnings", unserved.Code)}, {"link6", "own-case-not-served", "/i/" + unserved.ID() + "/warning"}, {"o1", "mails-missed", yearPath(testYear, "mails") + "?state=missed"}, {"o1", "mails-again", again}, {"u1", "replies", yearPath(testYear, "replies")}}
}

// mailStories are an institution's page of what came by mail.
func (v *visitedSite) mailStories() []story {
	ref := storetest.Ref(siteYear, 9)
	v.write(func(tx *store.Tx) error {
		tx.Queue(store.Intent{Key: ref.ID() + "/launch", Kind: store.MailIntent, Ref: ref, Body: store.MailBody{Template: "launch", To: "institution", Date: v.now}})
		return nil
	})
	v.write(func(tx *store.Tx) error {
		_, err := tx.AddReply(context.Background(), store.Reply{Year: ref.Year, Code: ref.Code, Message: strings.Repeat("a", 64), Thread: ref.ID() + "/launch", Sender: "x", Subject: "Re: 启动通知", Body: "材料见附件。", At: v.now},
			[]store.ReplyFile{{N: 1, Name: "宣传活动照片与说明.pdf", Media: "application/pdf", Size: 20, Digest: strings.Repeat("b", 64)}, {N: 2, Name: "a.exe", Size: 3, Refused: "只接受 PDF"}})
		return err
	})
	by, p := v.bearer(9), "/i/"+ref.ID()+"/mail"
	return []story{{"young-mail", p, by, nil}, {"young-mail-wrong", p, by, []string{"row", "3", "name", "王经办"}}}
}

// AP-2: the office sees in red what did not arrive, puts the address right and
// serves it again; what is held says so, and is let go with a reason.
func TestAP2MissedLetterOnPages(t *testing.T) {
	b := newBureau(t)
	key := b.returned()
	o, u := b.as("o1"), b.as("u1")
	list := o.get(yearPath(testYear, "mails") + "?state=missed").Body.String()
	for _, want := range []string{"1 封邮件未送达", `class="red">未送达（退信）`, "更正地址后重新送达", "发信已暂停", "来信留言 1 封"} {
		if !strings.Contains(list, want) {
			t.Errorf("no %q in the list", want)
		}
	}
	if text := u.get(yearPath(testYear, "mails") + "?state=missed").Body.String(); strings.Contains(text, "更正地址后重新送达</a>") || strings.Contains(text, `value="release"`) {
		t.Error("an auditor is offered an act")
	}
	path := yearPath(testYear, "mails", "again")
	form := []string{"key", key, "email", "new@institution.example", "reason", "电话核实"}
	if w := o.post(path, append(form, "do", "check")...); !strings.Contains(w.Body.String(), "new@institution.example") || w.Code != http.StatusOK {
		t.Fatalf("check: %d", w.Code)
	}
	if w := o.post(path, append(form, "do", "submit")...); w.Code != http.StatusSeeOther {
		t.Fatalf("submit: %d %s", w.Code, w.Body)
	}
	m, err := b.store.MailForOffice(t.Context(), key+"/again/1")
	if b.ok(err); m.State != "queued" || m.Body.Until == "" {
		t.Errorf("%+v", m)
	}
	i, err := b.store.Institution(t.Context(), storetest.Code(3))
	if b.ok(err); i.Email != "new@institution.example" {
		t.Errorf("address %s", i.Email)
	}
	if list = o.get(yearPath(testYear, "mails") + "?state=missed").Body.String(); !strings.Contains(list, "已重新送达") || strings.Contains(list, "封邮件未送达") {
		t.Error("the list still calls for what was done")
	}
	if w := o.post(yearPath(testYear, "mails"), "do", "release", "reason", ""); w.Code < 400 {
		t.Errorf("released without a reason: %d", w.Code)
	}
	if w := o.post(yearPath(testYear, "mails"), "do", "release", "reason", "已核对"); w.Code != http.StatusSeeOther {
		t.Errorf("release: %d", w.Code)
	}
	if held, err := b.store.Held(t.Context(), testYear); held || err != nil {
		t.Errorf("still held: %v", err)
	}
}

// S3: what a stranger wrote is text on the page and nothing else.
func TestS3ReplyIsShownAsText(t *testing.T) {
	b := newBureau(t)
	b.returned()
	text := b.as("u1").get(yearPath(testYear, "replies")).Body.String()
	for _, want := range []string{"&lt;script&gt;", "自称 张示例 &lt;x@y.example&gt;", "未收：只接受 PDF", "机构尚未确认", "不能据此认定身份"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q on the page", want)
		}
	}
	own := b.ticket(3).get("/i/" + storetest.Ref(testYear, 3).ID() + "/mail").Body.String()
	if !strings.Contains(own, "已收到。") || strings.Contains(own, "x@y.example") || strings.Contains(own, "确认一份附件") {
		t.Error("the institution's page shows a sender, or takes files outside their time")
	}
	if other := b.ticket(2).get("/i/" + storetest.Ref(testYear, 3).ID() + "/mail"); other.Code < 400 {
		t.Errorf("another institution reads it: %d", other.Code)
	}
}

// A failed paper alone offers the button that gives it another chance.
func TestRequeueCountsFailedPapers(t *testing.T) {
	b := newBureau(t)
	ref := storetest.Ref(testYear, 3)
	b.write(func(_ context.Context, tx *store.Tx) {
		tx.Queue(store.Intent{Key: ref.ID() + "/paper/result/1", Kind: store.PaperIntent, Ref: ref, Body: store.PaperBody{Kind: campaign.ResultPaper}})
	})
	jobs, err := b.store.Take(t.Context(), store.PaperIntent, 9)
	b.ok(err)
	for _, j := range jobs {
		_, err := b.store.Done(t.Context(), j, "failed", "", "缺字", b.day)
		b.ok(err)
	}
	if text := b.as("o1").get(yearPath(testYear, "mails") + "?state=failed").Body.String(); len(jobs) != 1 || !strings.Contains(text, "1 份未能制成的文书") || !strings.Contains(text, `value="requeue"`) {
		t.Errorf("no way to try %d failed papers again", len(jobs))
	}
}

// AP-2, RW-4, AN-16: the pages say that a prior notice or the notice of an event did
// not arrive, until which day it runs when it is served today, and take its service
// on paper; other letters offer no paper.
func TestAP2NoticesOnPages(t *testing.T) {
	b := newBureau(t)
	ref := storetest.Ref(testYear, 4)
	prior, event := ref.ID()+"/warning/noticed/2", store.EventNotice(ref, 1)
	b.write(func(ctx context.Context, tx *store.Tx) {
		b.ok(told1(tx, ref, b.day))
		_, err := tx.AddWarningAct(ctx, ref, store.WarningAct{Act: campaign.ActNotice, Role: "officer", By: "o1", Text: "事由", At: b.day})
		b.ok(err)
		b.ok(tx.SetWarningState(ctx, ref, campaign.Noticed, campaign.DayOf(b.day).Add(7), b.day))
		for _, key := range []string{prior, event, ref.ID() + "/launch-again"} {
			tx.Queue(store.Intent{Key: key, Kind: store.MailIntent, Ref: ref, Body: store.MailBody{Template: "event-notice", To: "institution", Scope: "act", Date: b.day}})
		}
	}, func(ctx context.Context, tx *store.Tx) {
		for _, key := range []string{prior, event, ref.ID() + "/launch-again"} {
			_, _, err := tx.AddMailEvent(ctx, store.MailEvent{ID: key, Key: key, Kind: "bounce", State: store.Bounced, At: b.day}, b.day)
			b.ok(err)
		}
	})
	o, path := b.as("o1"), yearPath(testYear, "mails", "again")
	caseAt := yearPath(testYear, "warnings", ref.Code)
	if text := o.get(caseAt).Body.String(); !strings.Contains(text, "事先告知书没有送达") {
		t.Error("the case does not say that its notice came back")
	}
	for key, paper := range map[string]bool{prior: true, event: true, ref.ID() + "/launch-again": false} {
		text := o.get(path + "?" + url.Values{"key": {key}}.Encode()).Body.String()
		if strings.Contains(text, "已书面送达") != paper || strings.Contains(text, "今天送达的，期限至") != paper {
			t.Errorf("%s: paper is offered or not, want %v", key, paper)
		}
		w := o.post(path, "key", key, "paper", "1", "reason", "邮寄签收", "do", "submit")
		if paper && w.Code != http.StatusSeeOther || !paper && !strings.Contains(w.Body.String(), "只有起算期限的文书（得分告知书") {
			t.Errorf("%s: %d %.300s", key, w.Code, w.Body)
		}
	}
	if text := o.get(caseAt).Body.String(); strings.Contains(text, "事先告知书没有送达") {
		t.Error("the case still calls for what was handed over")
	}
}
