package desk

import (
	"context"
	"slices"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// AP-3, S8: a decider who turns out to be conflicted is replaced at once, the
// officers read of it, and he reads of no further filing and rules no more.
func TestAP3ConflictOfTheDecider(t *testing.T) {
	h := newHouse(t)
	ctx, ref := t.Context(), h.appealed(1) // rows 2, 3 and 15 before r3
	_, err := h.DecideAppeal(ctx, person("r3"), ref, []Ruling{{Row: 3, After: 450, Reason: "维持"}})
	must(t, err)
	left := h.left(func() {
		_, err := h.DeclareConflict(ctx, person("r3"), ref, Said{Kind: campaign.ConflictFamily, Text: "亲属任职"})
		must(t, err)
	})
	now, err := h.Store.DeciderOf(ctx, ref)
	must(t, err)
	if now.Reviewer == "r3" || now.N != 2 {
		t.Fatalf("%+v", now)
	}
	day := h.rules.Holidays.AddWorkdays(campaign.DayOf(h.now()), h.rules.Settings.DecisionDays)
	if m := left[key(ref, "decider", now.Reviewer)].Mail; m.Template != "appeal-assigned" || m.To != "staff:"+now.Reviewer || m.Until != day || !slices.Equal(m.Rows, []int{2, 3, 15}) {
		t.Errorf("%+v", m)
	}
	alerts := 0
	for k, q := range left {
		if strings.Contains(k, "/alert/"+contract.AlertLateConflict+"/decider/") {
			alerts++
			if lines := q.Mail.Lines; lines[2] != [2]string{"作废的决定", "第 3 项"} || lines[3] != [2]string{"改派复核的指标", "第 2、3、15 项"} || !strings.Contains(q.Mail.Data["what"], "作废，由他人重新决定") || !strings.Contains(q.Mail.Data["consequence"], "再改派一人") {
				t.Errorf("%v %v", lines, q.Mail.Data)
			}
		}
		if q.Mail.To == "staff:r3" {
			t.Errorf("%s is written to him", k)
		}
	}
	if alerts != 2 { // two officers
		t.Errorf("%d alerts", alerts)
	}
	h.unchanged(func() {
		_, err := h.DecideAppeal(ctx, person("r3"), ref, []Ruling{{Row: 2, After: 1000, Reason: "提高"}})
		want(t, err, campaign.NotFound)
	})
	must(t, h.EndConflicted(ctx))
	if again, err := h.Store.DeciderOf(ctx, ref); err != nil || again.N != 2 {
		t.Errorf("%+v, %v", again, err)
	}
	again := h.left(func() {
		_, err := h.DecideAppeal(ctx, person(now.Reviewer), ref, []Ruling{{Row: 2, After: 1000, Reason: "材料补充属实"}, {Row: 3, After: 500, Reason: "证据成立"}})
		must(t, err)
	})
	only(t, again, ref.ID(), key(ref, "appeal-decided", "2"))
	h.unchanged(func() {
		_, err := h.DecideAppeal(ctx, person(now.Reviewer), ref, []Ruling{{Row: 3, After: 450, Reason: "再议"}})
		want(t, err, campaign.Invalid, "row-3")
	})
	void, err := h.Store.VoidRulings(ctx, ref)
	must(t, err)
	if len(void) != 1 || void[0].Row != 3 || void[0].N != 1 || void[0].Reviewer != "r3" || void[0].Reason != "维持" {
		t.Errorf("%+v", void)
	}
	all, err := h.Store.Appeals(ctx, ref)
	must(t, err)
	for _, a := range all {
		if a.Row == 3 && (*a.Reviewer != now.Reviewer || *a.After != 500) {
			t.Errorf("%+v", a)
		}
	}
	card, _, err := h.Store.Judge(ctx, h.Table, ref)
	must(t, err)
	if got, _ := rowOf(card, 3); got != 500 {
		t.Errorf("row 3 counts %s", got)
	}
}

// AP-3: when he had decided everything, the rows are open again for another, and
// the message of the new decision is one of its own.
func TestAP3DecidedRowsAreDecidedAgain(t *testing.T) {
	h := newHouse(t)
	ctx, ref := t.Context(), h.appealed(1)
	rule := func(who string, reason string) map[string]queued {
		return h.left(func() {
			_, err := h.DecideAppeal(ctx, person(who), ref, []Ruling{{2, 1000, reason}, {3, 450, reason}, {15, 0, reason}})
			must(t, err)
		})
	}
	rule("r3", "第一次")
	_, err := h.AddConflict(ctx, officer, ref, "r3", Said{Kind: campaign.ConflictShares, Text: "经核查持股"})
	must(t, err)
	have, err := h.Store.Have(ctx, ref)
	must(t, err)
	now, err := h.Store.DeciderOf(ctx, ref)
	must(t, err)
	if !slices.Equal(have.Undecided, []int{2, 3, 15}) || now.Reviewer == "r3" {
		t.Fatalf("%v before %s", have.Undecided, now.Reviewer)
	}
	only(t, rule(now.Reviewer, "第二次"), ref.ID(), key(ref, "appeal-decided", "2", "2"))
	if void, err := h.Store.VoidRulings(ctx, ref); err != nil || len(void) != 3 {
		t.Errorf("%+v, %v", void, err)
	}
}

// AP-3: once the final notice is drawn up nothing is void of itself, and the
// officers read which rows he decided.
func TestAP3ConflictAfterTheFinalResultVoidsNothing(t *testing.T) {
	h := newHouse(t)
	ctx, ref := t.Context(), h.appealed(1)
	_, err := h.DecideAppeal(ctx, person("r3"), ref, []Ruling{{2, 1000, "证据成立"}, {3, 450, "维持"}, {15, 0, "维持"}})
	must(t, err)
	h.write(func(_ context.Context, tx *store.Tx) error {
		tx.Queue(store.Intent{Key: key(ref, "final"), Kind: store.MailIntent, Ref: ref, Body: store.MailBody{Template: "final-result", To: "institution", Date: h.now()}})
		return nil
	})
	left := h.left(func() {
		_, err := h.AddConflict(ctx, officer, ref, "r3", Said{Kind: campaign.ConflictShares, Text: "经核查持股"})
		must(t, err)
	})
	if void, err := h.Store.VoidRulings(ctx, ref); err != nil || len(void) > 0 {
		t.Errorf("%+v, %v", void, err)
	}
	told := 0
	for k, q := range left {
		if strings.Contains(k, "/alert/"+contract.AlertLateConflict+"/decider/") && q.Mail.Lines[2] == [2]string{"其已决定的指标", "第 2、3、15 项"} {
			told++
		}
	}
	if told != 2 {
		t.Errorf("%d officers were told", told)
	}
}

// Nobody is free: the officers are told, he is written no more, and whoever joins
// the staff takes over.
func TestAP3ConflictOfTheDeciderNobodyFree(t *testing.T) {
	h := newHouse(t)
	ctx, ref := t.Context(), h.appealed(1)
	free, err := h.Store.FreeReviewers(ctx, ref, false)
	must(t, err)
	for _, who := range free {
		h.write(func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddConflict(ctx, ref, who, campaign.ConflictFamily, "亲属", who, h.now())
			return err
		})
	}
	_, err = h.AddConflict(ctx, officer, ref, "r3", Said{Kind: campaign.ConflictShares, Text: "持股"})
	must(t, err)
	if now, err := h.Store.DeciderOf(ctx, ref); err != nil || now.Reviewer != "r3" {
		t.Fatalf("%+v, %v", now, err)
	}
	left := h.left(func() {
		_, err := h.FileAppeal(ctx, h.visitor(ref, "act"), []AppealRow{{5, "又一项"}}, signer)
		must(t, err)
	})
	for k, q := range left {
		if q.Mail.To == "staff:r3" {
			t.Errorf("%s is written to him", k)
		}
	}
	must(t, h.AddStaff(ctx, store.Staff{ID: "r9", Name: "评审壬", Email: "r9@staff.example", Role: campaign.Reviewer}, "0123456789", "o1"))
	if now, err := h.Store.DeciderOf(ctx, ref); err != nil || now.Reviewer != "r9" {
		t.Errorf("%+v, %v", now, err)
	}
}
