package desk

import (
	"context"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
)

// accused is an institution with a proposed case of Article 32.
func (h *house) accused(i int) campaign.Ref {
	ref := h.to(i, campaign.Closed)
	h.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.AddWarning(ctx, store.Warning{Year: ref.Year, Code: ref.Code, Number: i, StateAt: real, Ladder: campaign.CurrentLadder,
			Grounds: []rubric.Ground{{Code: "不力", Text: "总分低于标准", Clause: "第三十二条"}}})
	})
	return ref
}

// RW-2…RW-6: a whole case, with everything that is refused on the way.
func TestWarningLadder(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref := h.accused(1)
	v, view := h.visitor(ref, "act"), h.visitor(ref, "view")
	staff := func(id string, act campaign.WarningAct, text string) error {
		_, err := h.WarnByStaff(ctx, person(id), ref, act, text)
		return err
	}
	body := func(act campaign.WarningAct, text string) error {
		_, err := h.WarnByInstitution(ctx, v, act, text, signer)
		return err
	}
	no := func(err error, kind campaign.Kind, fields ...string) {
		t.Helper()
		want(t, err, kind, fields...)
	}
	h.unchanged(func() {
		no(staff("a1", campaign.ActSign, "同意"), campaign.Conflict) // no signature before the notice
		no(staff("a1", campaign.ActNotice, "事由"), campaign.Forbidden)
		no(staff("r1", campaign.ActNotice, "事由"), campaign.Forbidden)
		no(staff("g1", campaign.ActNotice, "事由"), campaign.Forbidden)
		no(staff("u1", campaign.ActNotice, "事由"), campaign.Forbidden)
		no(staff("o1", campaign.ActPropose, "再次提请"), campaign.Conflict)
		no(staff("o1", campaign.ActNotice, " "), campaign.Invalid, "text")
		no(staff("o1", campaign.ActNotice, strings.Repeat("长", 3001)), campaign.Invalid, "text")
		no(body(campaign.ActReply, "申辩"), campaign.Conflict)
		_, err := h.WarnByInstitution(ctx, view, campaign.ActReply, "申辩", signer)
		no(err, campaign.Forbidden)
	})
	left := h.left(func() { must(t, staff("o1", campaign.ActNotice, "事由")) })
	only(t, left, ref.WarningID(), ref.ID()+"/warning/1")
	h.unchanged(func() {
		no(body(campaign.ActReply, " "), campaign.Invalid, "text") // the signature alone is no statement
		no(body(campaign.ActSign, "同意"), campaign.Conflict)
		no(staff("g1", campaign.ActPass, "合法"), campaign.Conflict) // RW-4: the window has not ended
		_, err := h.WarnByInstitution(ctx, v, campaign.ActReply, "申辩", Signer{})
		no(err, campaign.Invalid, "name", "post")
	})
	left = h.left(func() { must(t, body(campaign.ActReply, "已经改正")) })
	only(t, left, ref.WarningID(), ref.ID()+"/warning/2", ref.ID()+"/warning/2/receipt")
	prove := func(v Visitor, text string) (Receipt, error) { // RW-4: with evidence
		return h.AddCaseFile(ctx, v, store.AboutReply, Upload{Name: "说明.pdf", NoState: true, File: strings.NewReader(text)}, signer)
	}
	var err error
	h.unchanged(func() {
		no(staff("g1", campaign.ActPass, "合法"), campaign.Conflict) // RW-4: a statement does not end the window
		no(staff("o1", campaign.ActWithdraw, "撤回"), campaign.Conflict)
		_, err = prove(view, pdfBytes)
		no(err, campaign.Forbidden)
		_, err = h.AddCaseFile(ctx, v, store.AboutRectification, Upload{Name: "证明.pdf", NoState: true, File: strings.NewReader(pdfBytes)}, signer)
		no(err, campaign.Conflict) // nothing is to be put right yet
	})
	one, err := prove(v, pdfBytes)
	if must(t, err); one.Number != ref.ID()+"/file/1" || one.What != "陈述申辩的证据" {
		t.Errorf("%+v", one)
	}
	must(t, body(campaign.ActReply, "另附说明"))
	must(t, body(campaign.ActWaive, ""))
	promoted := person("o1")
	h.unchanged(func() {
		no(body(campaign.ActReply, "再申辩"), campaign.Conflict)
		_, err = prove(v, pdfBytes+" ")
		no(err, campaign.Conflict)
		no(staff("a1", campaign.ActSign, "同意"), campaign.Conflict) // RW-3: no signature before the legal check
		no(staff("g1", campaign.ActPass, ""), campaign.Invalid, "text")
		promoted.Role = campaign.Legal
		_, err := h.WarnByStaff(ctx, promoted, ref, campaign.ActPass, "合法") // who served the notice does not check it
		no(err, campaign.Forbidden)
	})
	must(t, staff("g1", campaign.ActRemand, "事实部分请补充依据"))
	must(t, staff("o1", campaign.ActSupplement, "已补充依据"))
	must(t, staff("g1", campaign.ActPass, "程序合法"))
	h.unchanged(func() {
		promoted.Role = campaign.Approver
		_, err := h.WarnByStaff(ctx, promoted, ref, campaign.ActSign, "同意") // nor signs it
		no(err, campaign.Forbidden)
		checker := person("g1")
		checker.Role = campaign.Approver
		_, err = h.WarnByStaff(ctx, checker, ref, campaign.ActSign, "同意")
		no(err, campaign.Forbidden)
		no(staff("a1", campaign.ActSign, ""), campaign.Invalid, "text")
	})
	must(t, staff("a1", campaign.ActSign, "同意"))
	h.unchanged(func() { no(staff("a1", campaign.ActSign, "再次同意"), campaign.Forbidden) }) // nor anybody twice
	must(t, staff("a2", campaign.ActSign, "同意"))
	h.unchanged(func() { no(staff("a2", campaign.ActDismiss, "不警示"), campaign.Conflict) })
	must(t, body(campaign.ActAck, ""))
	h.unchanged(func() {
		no(body(campaign.ActRectify, "整改完毕"), campaign.Conflict) // RW-6: the plan comes first
		no(body(campaign.ActPlan, "\n"), campaign.Invalid, "text")
	})
	must(t, body(campaign.ActPlan, "三周内完成"))
	h.unchanged(func() {
		no(body(campaign.ActRectify, "整改完毕"), campaign.Invalid, "file") // RW-6: with evidence
		_, err := h.AddCaseFile(ctx, view, store.AboutRectification, Upload{Name: "证明.pdf", NoState: true, File: strings.NewReader(pdfBytes)}, signer)
		no(err, campaign.Forbidden)
		_, err = h.AddCaseFile(ctx, v, store.AboutRectification, Upload{Name: "证明.exe", File: strings.NewReader(pdfBytes)}, Signer{})
		no(err, campaign.Invalid, "declared", "file", "name", "post")
		_, err = h.AddCaseFile(ctx, v, store.AboutRectification, Upload{Name: "证明.pdf", NoState: true, File: strings.NewReader("MZ")}, signer)
		no(err, campaign.Invalid, "file")
	})
	upload := func() Receipt {
		rec, err := h.AddCaseFile(ctx, v, store.AboutRectification, Upload{Name: "证明.pdf", Note: "整改照片", NoState: true, File: strings.NewReader(pdfBytes)}, signer)
		must(t, err)
		return rec
	}
	if one, again := upload(), upload(); one != again || one.Number != ref.ID()+"/file/2" {
		t.Errorf("%+v, %+v", one, again)
	}
	must(t, body(campaign.ActRectify, "整改完毕"))
	h.unchanged(func() { no(staff("o2", campaign.ActReturn, ""), campaign.Invalid, "text") })
	must(t, staff("o2", campaign.ActReturn, "证据不足"))
	must(t, body(campaign.ActRectify, "补充证据"))
	must(t, staff("o2", campaign.ActLift, "符合要求"))
	acts, err := h.Store.WarningActs(ctx, ref)
	must(t, err)
	if s := campaign.CurrentLadder.Replay(store.PastActs(acts)); s != campaign.Lifted || len(acts) != 15 {
		t.Errorf("%s after %d acts", s, len(acts))
	}
	if got := acts[1].Text; got != "已经改正\n—— 王经办（宣传部主任）" {
		t.Errorf("%q", got)
	}
}

// RW-3: a reviewer of the institution neither checks nor signs, in whatever role.
func TestRW3ReviewerTakesNoPart(t *testing.T) {
	h := newHouse(t)
	ref := h.accused(1)
	h.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.AddSeat(ctx, ref, 1, "r1", "2026-02-27", real)
	})
	_, err := h.WarnByStaff(t.Context(), person("o1"), ref, campaign.ActNotice, "事由")
	must(t, err)
	_, err = h.WarnByInstitution(t.Context(), h.visitor(ref, "act"), campaign.ActWaive, "", signer)
	must(t, err)
	acts, err := h.Store.WarningActs(t.Context(), ref)
	must(t, err)
	if !strings.HasPrefix(acts[1].Text, waiver) || !strings.Contains(acts[1].Text, signer.Name) { // RW-4: in writing
		t.Errorf("%q", acts[1].Text)
	}
	was := person("r1")
	h.unchanged(func() {
		was.Role = campaign.Legal
		_, err := h.WarnByStaff(t.Context(), was, ref, campaign.ActPass, "合法")
		want(t, err, campaign.Forbidden)
	})
	_, err = h.WarnByStaff(t.Context(), person("g1"), ref, campaign.ActPass, "合法")
	must(t, err)
	h.unchanged(func() {
		was.Role = campaign.Approver
		_, err := h.WarnByStaff(t.Context(), was, ref, campaign.ActSign, "同意")
		want(t, err, campaign.Forbidden)
	})
}

// RW-7: private until the review period has ended and two approvers chose so;
// revoked by two as well.
func TestRW7PublicAfterReviewPeriodByTwo(t *testing.T) {
	h := newHouse(t)
	ref := h.accused(1)
	staff := func(id string, act campaign.WarningAct) error {
		_, err := h.WarnByStaff(t.Context(), person(id), ref, act, "理由"+id)
		return err
	}
	for _, a := range []struct {
		by  string
		act campaign.WarningAct
	}{{"o1", campaign.ActNotice}, {"", campaign.ActWaive}, {"g1", campaign.ActPass}, {"a1", campaign.ActSign}, {"a2", campaign.ActSign}} {
		if a.by != "" {
			must(t, staff(a.by, a.act))
		} else {
			_, err := h.WarnByInstitution(t.Context(), h.visitor(ref, "act"), a.act, "", signer)
			must(t, err)
		}
	}
	h.unchanged(func() { want(t, staff("a1", campaign.ActOpen), campaign.Conflict) }) // not served yet
	h.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.SetWarningServed(ctx, ref, "2026-06-10", real)
	})
	last := campaign.Day("2026-06-10").Add(h.rules.Settings.ReviewDays)
	h.at(last.Morning())
	h.unchanged(func() { want(t, staff("a1", campaign.ActOpen), campaign.Conflict) })
	h.at(last.Add(1).Morning())
	must(t, staff("a1", campaign.ActOpen))
	h.unchanged(func() { want(t, staff("a1", campaign.ActPublish), campaign.Forbidden) })
	must(t, staff("a2", campaign.ActPublish))
	acts, err := h.Store.WarningActs(t.Context(), ref)
	must(t, err)
	if past := store.PastActs(acts); !campaign.CurrentLadder.Public(campaign.CurrentLadder.Replay(past), past) {
		t.Error("not public")
	}
	h.unchanged(func() { want(t, staff("a2", campaign.ActRevoke), campaign.Conflict) })
	must(t, staff("a1", campaign.ActError))
	must(t, staff("a2", campaign.ActRevoke))
}

// The database keeps the three persons apart even where the ladder is not asked.
func TestThreePersonsByConstraint(t *testing.T) {
	h := newHouse(t)
	ref := h.accused(1)
	for i, by := range []string{"o1", "a1", "o1"} {
		act := campaign.ActSign
		if i == 0 {
			act = campaign.ActNotice
		}
		err := h.Store.Write(t.Context(), func(tx *store.Tx) error {
			_, err := tx.AddWarningAct(t.Context(), ref, store.WarningAct{Act: act, Role: "approver", By: by, Text: "x", At: real})
			return err
		})
		if i < 2 {
			must(t, err)
		} else {
			want(t, err, campaign.Conflict)
		}
	}
}

func TestNoCase(t *testing.T) {
	h := newHouse(t)
	ref := h.to(1, campaign.Closed)
	h.unchanged(func() {
		_, err := h.WarnByStaff(t.Context(), officer, ref, campaign.ActNotice, "事由")
		want(t, err, campaign.NotFound)
	})
}

// RW-2, RW-8: an officer proposes by hand and is the proposer; or he records
// why he does not.
func TestRW8ProposeOrSayWhyNot(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	early, ref := h.to(2, campaign.Final), h.to(1, campaign.Closed)
	h.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.AddResult(ctx, ref, store.Result{Version: 1, Scored: true, Total: 7000, At: real})
	})
	h.unchanged(func() {
		want(t, h.SkipWarning(ctx, officer, ref, " "), campaign.Invalid, "text")
		want(t, h.SkipWarning(ctx, approver, ref, "理由"), campaign.Forbidden)
		want(t, h.SkipWarning(ctx, officer, early, "理由"), campaign.Conflict)
		want(t, h.ProposeWarning(ctx, approver, ref, []string{rubric.GroundRisk}, "理由"), campaign.Forbidden)
		want(t, h.ProposeWarning(ctx, officer, ref, nil, ""), campaign.Invalid, "text", "grounds")
		want(t, h.ProposeWarning(ctx, officer, ref, []string{"不听话"}, "理由"), campaign.Invalid, "grounds")
		want(t, h.ProposeWarning(ctx, officer, early, []string{rubric.GroundRisk}, "理由"), campaign.Conflict)
	})
	must(t, h.SkipWarning(ctx, officer, ref, "已另案处理"))
	left := h.left(func() {
		must(t, h.ProposeWarning(ctx, officer, ref, []string{rubric.GroundRisk}, "瞒报突发事件"))
	})
	only(t, left, ref.WarningID(), ref.ID()+"/warning/0", ref.ID()+"/warning/1")
	w, err := h.Store.Warning(ctx, ref)
	must(t, err)
	if !w.Hand || w.Number != 1 || w.Grounds[0].Code != rubric.GroundRisk || w.Facts.Total != 7000 || w.Ladder != campaign.CurrentLadder {
		t.Errorf("%+v", w)
	}
	h.unchanged(func() {
		want(t, h.ProposeWarning(ctx, officer, ref, []string{rubric.GroundPoor}, "再次"), campaign.Conflict)
		want(t, h.SkipWarning(ctx, officer, ref, "不提请"), campaign.Conflict)
	})
	// the proposer may serve the notice; in another role he neither checks nor signs
	_, err = h.WarnByStaff(ctx, person("o2"), ref, campaign.ActNotice, "事由")
	must(t, err)
	_, err = h.WarnByInstitution(ctx, h.visitor(ref, "act"), campaign.ActWaive, "", signer)
	must(t, err)
	was := officer
	was.Role = campaign.Legal
	h.unchanged(func() {
		_, err := h.WarnByStaff(ctx, was, ref, campaign.ActPass, "合法")
		want(t, err, campaign.Forbidden)
	})
}

// AP-1: new evidence is tied to its row, within the window, until the row is decided.
func TestAP1EvidenceWithOneRow(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref := h.to(1, campaign.Served)
	v := h.visitor(ref, "act")
	h.at(h.rules.Calendar.Result.Add(1).Morning())
	add := func(row int) error {
		_, err := h.AddCaseFile(ctx, v, store.AboutAppeal, Upload{Row: row, Name: "新证据.pdf", NoState: true, File: strings.NewReader(pdfBytes)}, signer)
		return err
	}
	h.unchanged(func() { want(t, add(0), campaign.Invalid, "row"); want(t, add(17), campaign.Invalid, "row") })
	must(t, add(7))
	must(t, add(5))
	h.write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.AddAppeal(ctx, ref, 3, "理由", "王经办", real); err != nil {
			return err
		}
		return tx.AddAppealRuling(ctx, ref, 3, "r4", 300, 300, "维持", real)
	})
	h.unchanged(func() { want(t, add(3), campaign.Conflict) })
	h.at(h.rules.Holidays.AddWorkdays(h.rules.Calendar.Result, h.rules.Settings.AppealDays).End().Add(time.Minute))
	h.unchanged(func() { want(t, add(9), campaign.TooLate) })
	files, err := h.Store.CaseFiles(ctx, ref, store.AboutAppeal)
	must(t, err)
	if len(files) != 2 || files[0].Row != 7 || files[1].Row != 5 {
		t.Errorf("%+v", files)
	}
	h.to(1, campaign.Closed)
	h.unchanged(func() { want(t, add(9), campaign.Conflict) })
}

// AP-2, RW-4: while the prior notice is not served nobody passes or signs, and after
// it was served again not before its days are over; letter, paper and case name the
// new day. Who stated its case has the notice.
func TestRW4NoticeComesBack(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref, heard := h.accused(1), h.accused(2)
	day := h.rules.Calendar.Publication.Add(9)
	h.at(day.Morning())
	days := func(from campaign.Day) campaign.Day {
		return h.rules.Holidays.AddWorkdays(from, h.rules.Settings.ReplyDays)
	}
	notice := func(ref campaign.Ref) string {
		_, err := h.WarnByStaff(ctx, person("o1"), ref, campaign.ActNotice, "事由")
		must(t, err)
		h.write(func(ctx context.Context, tx *store.Tx) error { // what the step of its workflow does
			tx.Queue(store.Intent{Key: key(ref, "warning", "noticed", "2"), Kind: store.MailIntent, Ref: ref, Body: store.MailBody{Template: "warning-prior", To: "institution", Scope: "act", Date: h.now(), Until: days(day), Papers: []string{"old"}}})
			return tx.SetWarningState(ctx, ref, campaign.Noticed, days(day), h.now())
		})
		return key(ref, "warning", "noticed", "2")
	}
	k := notice(ref)
	refused := func(word string) {
		t.Helper()
		h.unchanged(func() {
			_, err := h.WarnByStaff(ctx, person("g1"), ref, campaign.ActPass, "合法")
			if want(t, err, campaign.Conflict); !strings.Contains(err.Error(), word) {
				t.Errorf("%v, want %s", err, word)
			}
		})
	}
	h.accepted(k)
	calls := h.left(func() { h.events(told("1", k, store.Bounced)) })
	if c := calls[key(ref, "alert", "missed", "warning/noticed/2", "o1")].Mail; c.Data["title"] != "风险警示事先告知书未送达" || !strings.Contains(c.Data["what"], "陈述申辩期") {
		t.Errorf("%+v", calls)
	}
	later := day.Add(20)
	h.at(later.Morning())
	again := h.left(func() {
		must(t, h.Redeliver(ctx, officer, testYear, Redelivery{Key: k, Email: "new@institution.example", Reason: "电话核实"}))
	})
	paper := key(ref, "paper", "prior", "again", "1")
	only(t, again, "", k+"/again/1", paper)
	if m := again[k+"/again/1"].Mail; m.Until != days(later) || len(m.Papers) != 1 || m.Papers[0] != paper {
		t.Errorf("%+v, want until %s", m, days(later))
	}
	due := func() campaign.Day {
		w, err := h.Store.Warning(ctx, ref)
		must(t, err)
		return w.DueDay()
	}
	if due() != days(later) {
		t.Errorf("the case awaits %s", due())
	}
	h.write(func(ctx context.Context, tx *store.Tx) error { // by a calendar that had not heard of it
		_, err := tx.AddWarningAct(ctx, ref, store.WarningAct{Act: campaign.ActWindow, Role: "clock", At: h.now()})
		return err
	})
	refused("尚未送达") // not accepted yet
	h.accepted(k + "/again/1")
	refused(days(later).Chinese())
	h.events(told("2", k+"/again/1", store.Bounced))
	h.at(days(later).Add(1).Morning())
	refused("登记书面送达")
	handed := days(campaign.DayOf(h.now()))
	left := h.left(func() {
		must(t, h.Redeliver(ctx, officer, testYear, Redelivery{Key: k + "/again/1", Paper: true, Reason: "当面交付"}))
	})
	only(t, left, "", key(ref, "paper", "prior", "again", "2")) // to be printed and handed over; no letter
	var body store.PaperBody
	must(t, h.conn.QueryRow(ctx, `select body from intent where key = $1`, key(ref, "paper", "prior", "again", "2")).Scan(&body))
	if body.Due != handed || body.Kind != campaign.PriorPaper || due() != handed {
		t.Errorf("%+v, the case awaits %s, want %s", body, due(), handed)
	}
	h.at(handed.End().Add(-time.Second))
	refused(handed.Chinese())
	h.at(handed.End())
	_, err := h.WarnByStaff(ctx, person("g1"), ref, campaign.ActPass, "合法")
	must(t, err)

	k = notice(heard)
	h.accepted(k)
	_, err = h.WarnByInstitution(ctx, h.visitor(heard, "act"), campaign.ActWaive, "", signer)
	must(t, err)
	h.events(told("3", k, store.Bounced))
	_, err = h.WarnByStaff(ctx, person("g1"), heard, campaign.ActPass, "合法")
	must(t, err)
}
