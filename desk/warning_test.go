package desk

import (
	"context"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
)

// accused is an institution with a proposed case of Article 32.
func (h *house) accused(i int) campaign.Ref {
	ref := h.to(i, campaign.Closed)
	h.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.AddWarning(ctx, store.Warning{Year: ref.Year, Code: ref.Code, Number: i, StateAt: real,
			Grounds: []rubric.Ground{{Code: "不力", Text: "总分低于标准", Clause: "第三十二条"}}})
	})
	return ref
}

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
		_, err := h.WarnByInstitution(ctx, v, campaign.ActReply, "申辩", Signer{})
		no(err, campaign.Invalid, "name", "post")
	})
	left = h.left(func() { must(t, body(campaign.ActReply, "已经改正")) })
	only(t, left, ref.WarningID(), ref.ID()+"/warning/2", ref.ID()+"/warning/2/receipt")
	promoted := person("o1")
	promoted.Role = campaign.Approver
	h.unchanged(func() {
		no(body(campaign.ActReply, "再申辩"), campaign.Conflict)
		_, err := h.WarnByStaff(ctx, promoted, ref, campaign.ActSign, "同意") // who served the notice does not sign
		no(err, campaign.Forbidden)
		no(staff("a1", campaign.ActSign, ""), campaign.Invalid, "text")
	})
	must(t, staff("a1", campaign.ActSign, "同意"))
	h.unchanged(func() { no(staff("a1", campaign.ActSign, "再次同意"), campaign.Forbidden) }) // nor anybody twice
	must(t, staff("a2", campaign.ActSign, "同意"))
	h.unchanged(func() { no(staff("a2", campaign.ActDismiss, "不警示"), campaign.Conflict) })
	must(t, body(campaign.ActAck, ""))
	h.unchanged(func() { no(body(campaign.ActRectify, "\n"), campaign.Invalid, "text") })
	must(t, body(campaign.ActRectify, "整改完毕"))
	h.unchanged(func() { no(staff("o2", campaign.ActReturn, ""), campaign.Invalid, "text") })
	must(t, staff("o2", campaign.ActReturn, "证据不足"))
	must(t, body(campaign.ActRectify, "补充证据"))
	must(t, staff("o2", campaign.ActLift, "符合要求"))
	acts, err := h.Store.WarningActs(ctx, ref)
	must(t, err)
	if s := campaign.ReplayWarning(past(acts)); s != campaign.Lifted || len(acts) != 9 {
		t.Errorf("%s after %d acts", s, len(acts))
	}
	if got := acts[1].Text; got != "已经改正\n—— 王经办（宣传部主任）" {
		t.Errorf("%q", got)
	}
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
