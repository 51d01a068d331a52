package store_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

// reviewFacts writes one of each fact about conflicts and seats that ended.
func reviewFacts(t *testing.T, s *store.Store, ref campaign.Ref) {
	t.Helper()
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		seats, err := tx.Seats(ctx, ref)
		if err != nil {
			return err
		}
		other := campaign.Ref{Year: ref.Year, Code: storetest.Code(2)}
		if _, err := tx.AddConflict(ctx, other, "r1", campaign.ConflictShares, "持股", "r1", at); err != nil {
			return err
		}
		if _, err := tx.AddConflictWithdrawal(ctx, other, "r1", "said/1", "已转让", "o1", at); err != nil {
			return err
		}
		if _, err := tx.AddDeclaration(ctx, ref.Year, "r1", at); err != nil {
			return err
		}
		return tx.EndSeat(ctx, seats[1], campaign.SeatDeclined, "出差", "r2", at)
	})
}

func conflicted(t *testing.T, s *store.Store, ref campaign.Ref, who string) bool {
	t.Helper()
	away, err := s.Conflicted(t.Context(), ref, who)
	ok(t, err)
	return away
}

// RV-1: conflicts follow from what was said, from the employer and from the
// domain of an address, not from that of an open mail provider.
func TestRV1ConflictsAreSaidAndDerived(t *testing.T) {
	s, _ := storetest.Open(t)
	storetest.Campaign(t, s, year, true, 3)
	one, two, three := storetest.Ref(year, 1), storetest.Ref(year, 2), storetest.Ref(year, 3)
	person := func(id, email, employer string) store.Staff {
		return store.Staff{ID: id, Name: id, Email: email, Role: campaign.Reviewer, Password: "-", Active: true, Employer: employer}
	}
	in := storetest.Institution(3)
	in.Email = "cb3@qq.com"
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		_, _, err := tx.PutInstitutions(ctx, []campaign.Institution{in}, "o1", at)
		return first(func() error { return err },
			func() error {
				return tx.PutStaff(ctx, person("r1", "a@staff.example", storetest.Institution(1).USCC), "o1", at)
			},
			func() error { return tx.PutStaff(ctx, person("r2", "b@Institution.example", ""), "o1", at) },
			func() error { return tx.PutStaff(ctx, person("r3", "c@qq.com", ""), "o1", at) },
			func() error {
				_, err := tx.AddConflict(ctx, two, "r4", campaign.ConflictFamily, "配偶任职", "r4", at)
				return err
			})
	})
	for _, c := range []struct {
		ref  campaign.Ref
		away []string
	}{{one, []string{"r1", "r2"}}, {two, []string{"r2", "r4"}}, {three, nil}} {
		var away []string
		for _, p := range []string{"r1", "r2", "r3", "r4"} {
			if conflicted(t, s, c.ref, p) {
				away = append(away, p)
			}
		}
		free, err := s.FreeReviewers(t.Context(), c.ref, true)
		ok(t, err)
		if !slices.Equal(away, c.away) || slices.ContainsFunc(free, func(p string) bool { return slices.Contains(away, p) }) {
			t.Errorf("%s: away %v, want %v; free %v", c.ref.Code, away, c.away, free)
		}
	}
	all, err := s.Conflicts(t.Context(), year)
	ok(t, err)
	if len(all) != 4 {
		t.Errorf("%+v", all)
	}
}

// S8: one signature withdraws nothing, the second does, the same hand twice is refused.
func TestS8WithdrawalNeedsTwoOfficers(t *testing.T) {
	s, _ := storetest.Open(t)
	storetest.Campaign(t, s, year, true, 1)
	ref := storetest.Ref(year, 1)
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.AddConflict(ctx, ref, "r1", campaign.ConflictAdvice, "咨询", "o1", at)
		return err
	})
	sign := func(by string) error {
		return s.Write(t.Context(), func(tx *store.Tx) error {
			_, err := tx.AddConflictWithdrawal(t.Context(), ref, "r1", "said/1", "查明不实", by, at)
			return err
		})
	}
	ok(t, sign("o1"))
	if !conflicted(t, s, ref, "r1") {
		t.Error("one signature withdrew the conflict")
	}
	if err := sign("o1"); campaign.KindOf(err) != campaign.Conflict {
		t.Errorf("the same officer twice: %v", err)
	}
	if err := sign("r1"); err == nil {
		t.Error("the reviewer signs for himself")
	}
	ok(t, sign("o2"))
	if conflicted(t, s, ref, "r1") {
		t.Error("two signatures did not withdraw the conflict")
	}
	write(t, s, func(ctx context.Context, tx *store.Tx) error { // a new conflict is one again
		_, err := tx.AddConflict(ctx, ref, "r1", campaign.ConflictAdvice, "又受聘", "o1", at)
		return err
	})
	if !conflicted(t, s, ref, "r1") {
		t.Error("the withdrawal of one conflict covers the next")
	}
}

// RV-1: the marks of a holding that ended count no more, and are still there
// for those who recount.
func TestRV1EndedSeatIsVoid(t *testing.T) {
	s, _ := storetest.Open(t)
	l := life(t, s)
	before, err := s.SheetsOf(t.Context(), l.ref)
	ok(t, err)
	seats, err := s.Seats(t.Context(), l.ref)
	ok(t, err)
	if len(seats) != 2 || len(before) == 0 {
		t.Fatalf("%+v %+v", seats, before)
	}
	ended := before[0].Reviewer
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		return tx.EndSeat(ctx, seats[before[0].Seat-1], campaign.SeatConflict, "", "o1", at.Add(time.Hour))
	})
	after, err := s.SheetsOf(t.Context(), l.ref)
	ok(t, err)
	ever, err := s.SheetsEver(t.Context(), l.ref)
	ok(t, err)
	have, err := s.Have(t.Context(), l.ref)
	ok(t, err)
	if len(after) != len(before)-1 || len(ever) != len(before) || have.Sheets != len(after) {
		t.Errorf("%d sheets count, %d before, %d ever, %d known", len(after), len(before), len(ever), have.Sheets)
	}
	if left, err := s.Seats(t.Context(), l.ref); err != nil || len(left) != 1 || left[0].Reviewer == ended {
		t.Errorf("%+v %v", left, err)
	}
}
