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
	if m := left[key(ref, "decider", now.Reviewer)].Mail; m.Template != "appeal-assigned" || m.To != "staff:"+now.Reviewer || m.Until != day || !slices.Equal(m.Rows, []int{2, 15}) {
		t.Errorf("%+v", m)
	}
	alerts := 0
	for k, q := range left {
		if strings.Contains(k, "/alert/"+contract.AlertLateConflict+"/decider/") {
			alerts++
			if lines := q.Mail.Lines; lines[2][1] != "第 2、15 项" || lines[3] != [2]string{"其已决定的指标", "第 3 项"} {
				t.Errorf("%v", lines)
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
	_, err = h.DecideAppeal(ctx, person(now.Reviewer), ref, []Ruling{{Row: 2, After: 1000, Reason: "材料补充属实"}})
	must(t, err)
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
