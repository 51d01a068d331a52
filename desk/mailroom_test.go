package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
	"xuanping/store/storetest"
)

// sent puts a letter in the outbox as one that the provider took.
func (h *house) sent(ref campaign.Ref, what, template string) string {
	h.t.Helper()
	k := key(ref, what)
	h.write(func(ctx context.Context, tx *store.Tx) error {
		tx.Queue(store.Intent{Key: k, Kind: store.MailIntent, Ref: ref, Body: store.MailBody{Template: template, To: "institution", Scope: "act", Path: "result", Date: real, Until: "2026-03-01", Papers: []string{"p"}}})
		return nil
	})
	return k
}

// accepted lets the provider take a letter of the outbox.
func (h *house) accepted(key string) {
	h.t.Helper()
	j, err := h.Store.TakeOne(h.t.Context(), key)
	must(h.t, err)
	_, err = h.Store.Done(h.t.Context(), j, "accepted", "sg-"+key, "", h.Clock())
	must(h.t, err)
}

func (h *house) events(all ...store.MailEvent) int {
	h.t.Helper()
	n, err := h.MailEvents(h.t.Context(), all)
	must(h.t, err)
	return n
}

func told(id, key string, state store.Delivery) store.MailEvent {
	return store.MailEvent{ID: id, Key: key, Kind: "x", State: state, At: real}
}

// AP-2: a bounced notice calls both officers once; served again to a corrected
// address it opens the window anew, for the year and for the pages.
func TestAP2BouncedNoticeServedAgain(t *testing.T) {
	h := newHouse(t)
	ref := h.to(1, campaign.Served)
	k := h.sent(ref, "result/1", "result-notice")
	calls := h.left(func() {
		if n := h.events(told("1", k, store.Delivered), told("2", k, store.Bounced), told("2", k, store.Bounced)); n != 2 {
			t.Errorf("%d news", n)
		}
		h.events(told("3", k, store.Dropped), told("2", k, store.Bounced))
	})
	only(t, calls, ref.ID(), key(ref, "alert", "missed", "result/1", "o1"), key(ref, "alert", "missed", "result/1", "o2"), key(ref, "unserved", "result/1"))
	if c := calls[key(ref, "alert", "missed", "result/1", "o1")].Mail; c.Data["title"] != "得分告知书未送达" || c.Path != "/office/2025/mails?state=missed" || len(c.Lines) != 2 {
		t.Errorf("%+v", c)
	}
	when := h.rules.Calendar.Result.Add(3).Morning()
	h.at(when)
	r := Redelivery{Key: k, Email: "new@institution.example", Reason: "电话核实"}
	ctx := t.Context()
	want(t, h.Redeliver(ctx, auditor, testYear, r), campaign.Forbidden)
	want(t, h.Redeliver(ctx, officer, testYear+1, r), campaign.NotFound)
	want(t, h.Redeliver(ctx, officer, testYear, Redelivery{Key: k, Email: "a@b, c@d"}), campaign.Invalid, "email", "reason")
	until := h.rules.Holidays.AddWorkdays(campaign.DayOf(when), h.rules.Settings.AppealDays)
	again := h.left(func() { must(t, h.Redeliver(ctx, officer, testYear, r)) })
	only(t, again, ref.ID(), k+"/again/1", key(ref, "extension", "1"))
	if m := again[k+"/again/1"].Mail; m.Until != until || m.Template != "result-notice" || len(m.Papers) != 1 || !m.Date.Equal(when) {
		t.Errorf("%+v, until %s", m, until)
	}
	var e contract.Extension
	must(t, json.Unmarshal(again[key(ref, "extension", "1")].Message.In, &e))
	if e.Task != campaign.AppealTask || e.Day != until || !e.At.Equal(when) {
		t.Errorf("%+v", e)
	}
	entry, err := h.Store.Entry(ctx, ref)
	must(t, err)
	i, err := h.Store.Institution(ctx, ref.Code)
	must(t, err)
	if entry.DueDay() != until || i.Email != r.Email {
		t.Errorf("due %s, address %s", entry.DueDay(), i.Email)
	}
	want(t, h.Redeliver(ctx, officer, testYear, r), campaign.Conflict) // a second click
	h.events(told("4", k+"/again/1", store.Bounced))
	r.Key += "/again/1"
	r.Paper = true // no mailbox is of use: handed over instead, and no letter goes out
	only(t, h.left(func() { must(t, h.Redeliver(ctx, officer, testYear, r)) }), ref.ID(), key(ref, "extension", "2"))
	v, err := h.Store.ServiceOf(ctx, ref, store.ResultNotice(ref))
	if must(t, err); !v.Done() || v.Until(h.rules.Holidays, h.rules.Settings.AppealDays, true) != until {
		t.Errorf("handed over, and not served until %s: %+v", until, v)
	}
}

// Too late for the calendar, the officer hears which day to move first.
// ML-4: a letter of a real year that is asked for on a Friday night goes on Monday, and
// the days that it grants are counted from there; what is handed over is served at once.
func TestAP2WindowsOfANightsLetters(t *testing.T) {
	h := emptyHouse(t)
	h.rules = storetest.Campaign(t, h.Store, testYear, false, 3).Rules
	storetest.Declare(t, h.Store, testYear, h.rules.Calendar.Launch.Morning())
	days, settings, ctx := h.rules.Holidays, h.rules.Settings, t.Context()
	night := func(friday campaign.Day) (monday campaign.Day) {
		h.Clock = func() time.Time { return friday.Start().Add(21 * time.Hour) }
		return friday.Add(3)
	}
	monday := night("2025-03-14")
	ref := h.to(1, campaign.Planning)
	id, err := h.RegisterEvent(ctx, officer, ref, event(h))
	must(t, err)
	must(t, h.MoveEvent(ctx, officer, ref, id, does(campaign.EventInquire)))
	left := h.left(func() { must(t, h.MoveEvent(ctx, officer, ref, id, tells(finding(400)))) })
	if m := left[key(ref, "event-notice", "1", "mail")].Mail; m.Until != days.AddWorkdays(monday, settings.EventReply()) {
		t.Errorf("to be answered by %s", m.Until)
	}
	monday = night("2026-03-27")
	for i, r := range []Redelivery{{Email: "new@institution.example"}, {Paper: true}} {
		ref := h.to(2+i, campaign.Served)
		r.Key, r.Reason = h.sent(ref, "result/1", "result-notice"), "电话核实"
		h.events(told(r.Key, r.Key, store.Bounced))
		must(t, h.Redeliver(ctx, officer, testYear, r))
		want := days.AddWorkdays(monday, settings.AppealDays)
		if r.Paper {
			want = days.AddWorkdays(monday.Add(-3), settings.AppealDays)
		}
		if e, err := h.Store.Entry(ctx, ref); err != nil || e.DueDay() != want {
			t.Errorf("on paper %t: until %s, want %s, %v", r.Paper, e.DueDay(), want, err)
		}
	}

	night("2026-06-05")
	for i, c := range []struct {
		paper  bool
		served campaign.Day
	}{{false, "2026-06-08"}, {true, "2026-06-05"}} { // RW-4
		ref := h.accused(2 + i)
		k := key(ref, "warning", "noticed", "2")
		h.write(func(ctx context.Context, tx *store.Tx) error {
			if _, err := tx.AddWarningAct(ctx, ref, store.WarningAct{Act: campaign.ActNotice, Role: "officer", By: "o1", Text: "事由", At: h.now()}); err != nil {
				return err
			}
			tx.Queue(store.Intent{Key: k, Kind: store.MailIntent, Ref: ref, Body: store.MailBody{Template: "warning-prior", To: "institution", Scope: "act", Date: h.now()}})
			return tx.SetWarningState(ctx, ref, campaign.Noticed, "2026-06-01", h.now())
		})
		h.accepted(k)
		h.events(told(k, k, store.Bounced))
		r := Redelivery{Key: k, Reason: "电话核实", Paper: c.paper}
		if !c.paper {
			r.Email = "new@institution.example"
		}
		left := h.left(func() { must(t, h.Redeliver(ctx, officer, testYear, r)) })
		want := days.AddWorkdays(c.served, settings.ReplyDays)
		if w := h.caseOf(ref); w.DueDay() != want {
			t.Errorf("on paper %t: the case awaits %s, want %s", c.paper, w.DueDay(), want)
		}
		if m, is := left[k+"/again/1"]; is && m.Mail.Until != want {
			t.Errorf("the letter names %s, want %s", m.Mail.Until, want)
		}
	}
}

func TestAP2WindowBeforeFinal(t *testing.T) {
	h := newHouse(t)
	ref := h.to(1, campaign.Served)
	k := h.sent(ref, "result/1", "result-notice")
	h.events(told("1", k, store.Bounced))
	h.at(h.rules.Calendar.Final.Add(-3).Morning())
	h.unchanged(func() {
		want(t, h.Redeliver(t.Context(), officer, testYear, Redelivery{Key: k, Email: "new@institution.example", Reason: "电话核实"}), campaign.Conflict)
	})
}

// An alert that bounces calls nobody, and what arrived is not served again.
func TestNoAlertAboutAnAlert(t *testing.T) {
	h := newHouse(t)
	ref := h.to(1, campaign.Planning)
	k, a := h.sent(ref, "launch", "launch"), h.sent(ref, "alert/x/1/o1", "officer-alert")
	only(t, h.left(func() { h.events(told("1", a, store.Bounced), told("2", k, store.Delivered)) }), "")
	h.unchanged(func() {
		want(t, h.Redeliver(t.Context(), officer, testYear, Redelivery{Key: k, Email: "a@b.example", Reason: "x"}), campaign.Conflict)
	})
}

// answerable is a letter with a ticket, and the address for answers to it.
func (h *house) answerable(ref campaign.Ref, expires time.Time) (local string) {
	h.t.Helper()
	k := key(ref, "letter", fmt.Sprint(expires.Unix()))
	_, id := h.Tickets.Issue(k)
	h.write(func(ctx context.Context, tx *store.Tx) error {
		tx.Queue(store.Intent{Key: k, Kind: store.MailIntent, Ref: ref, Body: store.MailBody{Template: "launch", To: "institution", Date: real}})
		return nil
	})
	must(h.t, h.Store.AddTicket(h.t.Context(), id, store.Ticket{Year: ref.Year, Code: ref.Code, Scope: "act", Intent: k, IssuedAt: expires.AddDate(-1, 0, 0), ExpiresAt: expires}))
	return h.Tickets.Reply(id)
}

func (h *house) reply(in Incoming) bool {
	h.t.Helper()
	kept, err := h.TakeReply(h.t.Context(), in)
	must(h.t, err)
	return kept
}

var pdfFile = IncomingFile{Name: "证明.pdf", Bytes: []byte("%PDF-1.4\nx\n%%EOF\n")}

// S3: the same message a hundred times is one comment and one answer; two
// machines stop after it; what has legal effect is never done by mail.
func TestS3ReplyIsOneComment(t *testing.T) {
	h := newHouse(t)
	ref := h.to(1, campaign.Planning)
	h.at(h.rules.Calendar.PlanDue.Morning())
	in := Incoming{Local: h.answerable(ref, real.AddDate(9, 0, 0)), Message: "<m1@y.example>", Sender: "张\u202e示例 <x@y.example>", Subject: "Re: 计划", Text: "我机构同意并提交计划。\r\n签收。",
		Files: []IncomingFile{pdfFile, {Name: "run.exe", Bytes: []byte("MZ")}, {Name: "假.pdf", Bytes: []byte("<html>")}}}
	got := h.left(func() {
		for i := range 100 {
			if kept := h.reply(in); kept != (i == 0) {
				t.Fatalf("%d: kept %v", i, kept)
			}
		}
	})
	if len(got) != 1 {
		t.Fatalf("%d answers", len(got))
	}
	for k, q := range got {
		if !strings.HasPrefix(k, ref.ID()+"/comment/") || q.Mail.Template != "reply-received" || q.Mail.To != "institution" || len(q.Mail.Lines) != 4 {
			t.Errorf("%s %+v", k, q.Mail)
		}
	}
	all, err := h.Store.Replies(t.Context(), ref)
	must(t, err)
	files, err := h.Store.ReplyFiles(t.Context(), ref)
	must(t, err)
	if len(all) != 1 || all[0].Body != "我机构同意并提交计划。\n签收。" || all[0].Sender != "张示例 <x@y.example>" || len(files) != 3 || files[0].Refused != "" || files[1].Refused == "" || files[2].Refused == "" {
		t.Errorf("%+v %+v", all, files)
	}
	for _, table := range []string{"plan", "evidence", "self_score", "appeal", "warning_act"} {
		if n := h.count(table); n != 0 {
			t.Errorf("mail wrote %d lines of %s", n, table)
		}
	}
	// one answer a thread and hour: more letters are comments without an answer
	only(t, h.left(func() {
		for i := range 20 {
			in.Message = fmt.Sprintf("<loop-%d@y.example>", i)
			if !h.reply(in) {
				t.Error("a comment was lost")
			}
		}
	}), "")
	h.at(h.rules.Calendar.PlanDue.Morning().Add(time.Hour + time.Minute))
	in.Message = "<later@y.example>"
	if n := len(h.left(func() { h.reply(in) })); n != 1 {
		t.Errorf("%d answers an hour later", n)
	}
	in.Auto, in.Message = true, "<auto@y.example>"
	h.unchanged(func() { h.reply(in) })
}

// S3: a file that came by mail is evidence only once it was confirmed on a page.
func TestS3FileIsConfirmed(t *testing.T) {
	h := newHouse(t)
	ref := h.to(1, campaign.Collecting)
	h.at(h.rules.Calendar.PlanClose.Add(20).Morning())
	h.reply(Incoming{Local: h.answerable(ref, real.AddDate(9, 0, 0)), Message: "<m1@y.example>", Files: []IncomingFile{pdfFile}})
	files, err := h.Store.ReplyFiles(t.Context(), ref)
	must(t, err)
	v, ctx := h.visitor(ref, "act"), t.Context()
	_, err = h.FileReply(ctx, v, files[0].Message, 1, Upload{Row: 3}, signer)
	want(t, err, campaign.Invalid, "declared")
	_, err = h.FileReply(ctx, h.visitor(h.to(2, campaign.Collecting), "act"), files[0].Message, 1, Upload{Row: 3, NoState: true}, signer)
	want(t, err, campaign.NotFound)
	rec, err := h.FileReply(ctx, v, files[0].Message, 1, Upload{Row: 3, NoState: true}, signer)
	must(t, err)
	e, err := h.Store.EvidenceOf(ctx, ref)
	must(t, err)
	if len(e) != 1 || e[0].Digest != files[0].Digest || e[0].Name != "证明.pdf" || rec.Digest != e[0].Digest {
		t.Errorf("%+v %+v", e, rec)
	}
}

// S3: addresses that were not given out, or no longer count, change nothing.
func TestS3ForgedAddressesChangeNothing(t *testing.T) {
	h := newHouse(t)
	ref := h.to(1, campaign.Planning)
	good := h.answerable(ref, real.AddDate(9, 0, 0))
	expired := h.answerable(ref, real.AddDate(0, 0, -1))
	_, unknown := h.Tickets.Issue("never sent")
	view := h.link(ref, "view", real.AddDate(9, 0, 0))
	id, err := h.Tickets.Open(view)
	must(t, err)
	h.at(real)
	for name, local := range map[string]string{
		"mac of another": good[:len(good)-4] + "aaaa", "no mac": strings.Split(good, ".")[0], "expired": expired, "never sent": h.Tickets.Reply(unknown), "a page's link": "reply+" + view,
		"link that only looks": h.Tickets.Reply(id), "empty": "", "other word": "post" + good[5:],
	} {
		h.unchanged(func() {
			if h.reply(Incoming{Local: local, Message: "<m@y.example>", Text: name, Sender: "cb1@institution.example", Files: []IncomingFile{pdfFile}}) {
				t.Errorf("%s was kept", name)
			}
		})
	}
	h.write(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.RevokeTickets(ctx, ref, "o1", real)
		return err
	})
	h.unchanged(func() { h.reply(Incoming{Local: good, Message: "<m@y.example>", Text: "x"}) })
}

// R10: who restored the engine alone has its workflows told again what was told
// since its dump, and nothing older.
func TestR10Retell(t *testing.T) {
	h := newHouse(t)
	ctx, ref := t.Context(), storetest.Ref(testYear, 1)
	dump := h.Clock().Add(-time.Hour)
	for key, at := range map[string]time.Time{"older": dump.Add(-time.Minute), "younger": dump.Add(time.Minute)} {
		must(t, h.Store.Write(ctx, func(tx *store.Tx) error {
			tx.Queue(store.Intent{Key: key, Kind: store.MessageIntent, Ref: ref, Body: map[string]string{}})
			return nil
		}))
		j, err := h.Store.TakeOne(ctx, key)
		must(t, err)
		_, err = h.Store.Done(ctx, j, "accepted", "", "", at)
		must(t, err)
	}
	_, err := h.Retell(ctx, approver, dump)
	want(t, err, campaign.Forbidden)
	_, err = h.Retell(ctx, officer, h.Clock().Add(time.Minute))
	want(t, err, campaign.Invalid)
	n, err := h.Retell(ctx, officer, dump)
	must(t, err)
	older, err := h.Store.TakeOne(ctx, "older")
	must(t, err)
	younger, err := h.Store.TakeOne(ctx, "younger")
	must(t, err)
	if n != 1 || older.State != "accepted" || younger.State != "sending" {
		t.Errorf("%d told again: older %s, younger %s", n, older.State, younger.State)
	}
}

// R10: an officer with a reason keeps letters back and lets them go; nobody else.
func TestR10HoldAndRelease(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	want(t, h.HoldMail(ctx, approver, true, testYear, "x"), campaign.Forbidden)
	want(t, h.HoldMail(ctx, officer, true, testYear, " "), campaign.Invalid, "reason")
	must(t, h.HoldMail(ctx, officer, true, 0, "恢复备份"))
	if held, err := h.Store.Held(ctx, testYear); !held || err != nil {
		t.Errorf("not held: %v", err)
	}
	must(t, h.HoldMail(ctx, officer, false, testYear, "已核对"))
	if held, err := h.Store.Held(ctx, testYear); held || err != nil {
		t.Errorf("still held: %v", err)
	}
}
