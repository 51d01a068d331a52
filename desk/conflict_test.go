package desk

import (
	"context"
	"slices"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
	"xuanping/store/storetest"
)

// seatsOf is who holds the seats of an institution.
func (h *house) seatsOf(ref campaign.Ref) (all []string) {
	h.t.Helper()
	seats, err := h.Store.Seats(h.t.Context(), ref)
	must(h.t, err)
	for _, s := range seats {
		all = append(all, s.Reviewer)
	}
	return all
}

// messages counts the messages of a name in the outbox.
func (h *house) messages(ref campaign.Ref, name string) (n int) {
	h.t.Helper()
	all, err := h.Store.Letters(h.t.Context(), ref, "", 0, 100)
	must(h.t, err)
	for _, l := range all {
		if l.Kind == store.MessageIntent && l.Template == name {
			n++
		}
	}
	return n
}

// RV-1: a conflict that a scorer declares late voids his own marks and vacates
// his seat while no result is formed.
func TestRV1LateConflictVoidsOwnMarks(t *testing.T) {
	h := newHouse(t)
	ctx, ref := t.Context(), h.seated(1)
	for _, who := range []string{"r1", "r2"} {
		_, err := h.HandInSheet(ctx, person(who), ref, fullMarks())
		must(t, err)
	}
	if _, err := h.DeclareConflict(ctx, person("r1"), ref, Said{Kind: campaign.ConflictOther}); campaign.KindOf(err) != campaign.Invalid {
		t.Errorf("其他 without words: %v", err)
	}
	rec, err := h.DeclareConflict(ctx, person("r1"), ref, Said{Kind: campaign.ConflictFamily, Text: "配偶任职"})
	must(t, err)
	if rec.Number == "" || rec.Digest == "" {
		t.Errorf("%+v", rec)
	}
	sheets, err := h.Store.SheetsOf(ctx, ref)
	must(t, err)
	if len(sheets) != 1 || sheets[0].Reviewer != "r2" || h.messages(ref, contract.SeatVacatedMsg.Name) != 1 {
		t.Errorf("%+v, %d messages", sheets, h.messages(ref, contract.SeatVacatedMsg.Name))
	}
	_, err = h.HoldsSeat(ctx, person("r1"), ref)
	want(t, err, campaign.NotFound)
	_, err = h.DeclareConflict(ctx, person("r1"), ref, Said{Kind: campaign.ConflictFamily}) // it does not exist for him
	want(t, err, campaign.NotFound)
	card, scored, err := h.Store.Judge(ctx, h.Table, ref)
	must(t, err)
	if !scored || card.Base != card.Total {
		t.Errorf("%+v", card)
	}
}

// RV-1: after the result was formed a conflict is recorded and the officers are
// told; the result and what it rests on stay.
func TestRV1ConflictAfterTheResult(t *testing.T) {
	h := newHouse(t)
	ctx, ref := t.Context(), h.seated(1)
	for _, who := range []string{"r1", "r2"} {
		_, err := h.HandInSheet(ctx, person(who), ref, fullMarks())
		must(t, err)
	}
	h.frozen(ref)
	_, err := h.AddConflict(ctx, officer, ref, "r1", Said{Kind: campaign.ConflictShares, Text: "经核查持股"})
	must(t, err)
	sheets, err := h.Store.SheetsOf(ctx, ref)
	must(t, err)
	letters, err := h.Store.Letters(ctx, ref, "", 0, 100)
	must(t, err)
	alerts := 0
	for _, l := range letters {
		if strings.Contains(l.Key, "/alert/"+contract.AlertLateConflict+"/") {
			alerts++
		}
	}
	if len(sheets) != 2 || h.messages(ref, contract.SeatVacatedMsg.Name) != 0 || alerts != 2 {
		t.Errorf("%d sheets, %d alerts", len(sheets), alerts)
	}
	_, err = h.HoldsSeat(ctx, person("r1"), ref)
	want(t, err, campaign.NotFound)
}

// S8: what fails at one institution keeps no seat of another in a conflict.
func TestS8EndConflictedGoesOn(t *testing.T) {
	h := newHouse(t)
	ctx, one, two := t.Context(), h.seated(1), h.seated(2)
	h.write(func(ctx context.Context, tx *store.Tx) error {
		for _, ref := range []campaign.Ref{one, two} {
			if _, err := tx.AddConflict(ctx, ref, "r1", campaign.ConflictShares, "持股", "o1", real); err != nil {
				return err
			}
		}
		return nil
	})
	_, err := h.conn.Exec(ctx, `create function broken() returns trigger language plpgsql as $$ begin if new.code = '`+one.Code+`' then raise exception 'broken'; end if; return new; end $$;
		create trigger broken before insert on seat_end for each row execute function broken()`)
	must(t, err)
	if err := h.EndConflicted(ctx); err == nil {
		t.Error("no error")
	}
	for ref, left := range map[campaign.Ref]int{one: 2, two: 1} {
		if seats, err := h.Store.Seats(ctx, ref); err != nil || len(seats) != left {
			t.Errorf("%s: %+v, %v", ref.Code, seats, err)
		}
	}
}

// RV-1: the seat of one who declined goes by hand only to somebody without a
// conflict, who never sat there and has room.
func TestRV1DeclineReassign(t *testing.T) {
	h := newHouse(t)
	ctx, ref := t.Context(), h.seated(1)
	h.unchanged(func() {
		want(t, h.Decline(ctx, person("r1"), ref, " "), campaign.Invalid, "reason")
		want(t, h.Decline(ctx, person("r3"), ref, "无"), campaign.NotFound)
		want(t, h.Reassign(ctx, person("r1"), ref, 1, "r3", "换"), campaign.Forbidden)
		want(t, h.Reassign(ctx, officer, ref, 1, "", ""), campaign.Invalid, "reviewer", "reason")
		want(t, h.Reassign(ctx, officer, ref, 3, "r3", "换"), campaign.NotFound)
		want(t, h.Reassign(ctx, officer, ref, 1, "r2", "换"), campaign.Invalid, "reviewer")
	})
	must(t, h.Decline(ctx, person("r1"), ref, "长期出差"))
	want(t, h.Decline(ctx, person("r1"), ref, "长期出差"), campaign.NotFound)
	if got := h.seatsOf(ref); len(got) != 1 || got[0] != "r2" {
		t.Errorf("%v", got)
	}
	h.write(func(ctx context.Context, tx *store.Tx) error { // r3 is full, r4 has room
		return tx.PutStaff(ctx, store.Staff{ID: "r3", Name: "评审丙", Email: "r3@staff.example", Role: campaign.Reviewer, Password: "-", Active: true, Limit: 1}, "o1", real)
	})
	h.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.AddSeat(ctx, storetest.Ref(testYear, 2), 1, "r3", h.rules.Calendar.ScoringDue, real)
	})
	want(t, h.Reassign(ctx, officer, ref, 1, "r3", "换"), campaign.Invalid, "reviewer")
	want(t, h.Reassign(ctx, officer, ref, 1, "r1", "换"), campaign.Invalid, "reviewer")
	must(t, h.Reassign(ctx, officer, ref, 1, "r4", "原专家退出"))
	if got := h.seatsOf(ref); len(got) != 2 || got[0] != "r4" || h.messages(ref, contract.SeatVacatedMsg.Name) != 2 {
		t.Errorf("%v, %d messages", got, h.messages(ref, contract.SeatVacatedMsg.Name))
	}
	_, err := h.HandInSheet(ctx, person("r4"), ref, fullMarks())
	must(t, err)
	want(t, h.Reassign(ctx, officer, ref, 1, "r3", "换"), campaign.Conflict)
}

// RV-2: a mark above the self-score wants a reason, unless the year hides it.
func TestRV2ReasonAboveTheSelfScore(t *testing.T) {
	h := newHouse(t)
	ctx, ref := t.Context(), h.seated(1)
	marks := fullMarks()
	for i := range marks {
		row, _ := h.Table.Row(marks[i].Row)
		marks[i].Points, marks[i].Reason = row.Max, ""
	}
	own := slices.Clone(marks)
	own[4].Points -= 100
	h.shown(ref, marks)
	h.write(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.AddSelfScore(ctx, ref, own, "王经办", real)
		return err
	})
	h.unchanged(func() {
		_, err := h.HandInSheet(ctx, person("r1"), ref, marks)
		want(t, err, campaign.Invalid, "row-5")
	})
	hidden := h.rules
	hidden.Settings.HideSelfScore = true
	h.write(func(ctx context.Context, tx *store.Tx) error { return tx.AddRules(ctx, testYear, hidden, "o1", real) })
	_, err := h.HandInSheet(ctx, person("r1"), ref, marks)
	must(t, err)
}

// RV-1: who hears of his employer being an institution loses his seat there.
func TestRV1EmployerEndsTheSeat(t *testing.T) {
	h := newHouse(t)
	ctx, ref := t.Context(), h.seated(1)
	p := store.Staff{ID: "r1", Name: "评审甲", Email: "r1@staff.example", Role: campaign.Reviewer, Employer: "91110000"}
	want(t, h.AddStaff(ctx, p, "0123456789", "o1"), campaign.Invalid)
	p.Employer = storetest.Institution(1).USCC
	must(t, h.AddStaff(ctx, p, "0123456789", "o1"))
	if got := h.seatsOf(ref); len(got) != 1 || got[0] != "r2" {
		t.Errorf("%v", got)
	}
}
