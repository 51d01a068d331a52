package store_test

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

func TestStaff(t *testing.T) {
	s, _ := storetest.Open(t)
	storetest.Campaign(t, s, year, false, 0)
	ids := func(r campaign.Role) (out []string) {
		all, err := s.StaffOf(t.Context(), r)
		ok(t, err)
		for _, p := range all {
			out = append(out, p.ID)
		}
		return out
	}
	p, err := s.Staff(t.Context(), "r2")
	ok(t, err)
	p.Active, p.Name = false, "评审（离任）"
	write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.PutStaff(ctx, p, "o1", at) })
	if got := ids(campaign.Reviewer); !slices.Equal(got, []string{"r1", "r3", "r4"}) {
		t.Errorf("reviewers %v", got)
	}
	if got := ids(""); !slices.Equal(got, []string{"a1", "a2", "g1", "h1", "l1", "l2", "m1", "o1", "o2", "r1", "r3", "r4", "u1"}) {
		t.Errorf("all %v", got)
	}
	if again, err := s.Staff(t.Context(), "r2"); err != nil || again != p {
		t.Errorf("%+v %v", again, err)
	}
	if _, err := s.Staff(t.Context(), "nobody"); err == nil || campaign.KindOf(err) != campaign.NotFound {
		t.Errorf("%v", err)
	}
}

func TestSessionEnds(t *testing.T) {
	type use struct {
		after time.Duration // since the session was opened
		ends  bool
	}
	var busy []use
	for d := 20 * time.Minute; d < 8*time.Hour; d += 20 * time.Minute {
		busy = append(busy, use{d, false})
	}
	for name, uses := range map[string][]use{
		"half an hour without use":         {{29 * time.Minute, false}, {58 * time.Minute, false}, {58*time.Minute + 30*time.Minute, true}},
		"just before half an hour":         {{30*time.Minute - time.Second, false}},
		"half an hour":                     {{30 * time.Minute, true}},
		"eight hours, however busy":        append(busy, use{8*time.Hour - time.Second, false}, use{8 * time.Hour, true}),
		"many uses within a minute, noted": {{50 * time.Second, false}, {30*time.Minute + 40*time.Second, true}},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := storetest.Open(t)
			storetest.Campaign(t, s, year, false, 0)
			ok(t, s.AddSession(t.Context(), []byte("token"), "o1", at))
			for _, u := range uses {
				p, err := s.SessionOf(t.Context(), []byte("token"), at.Add(u.after))
				if u.ends && (err == nil || campaign.KindOf(err) != campaign.NotFound) || !u.ends && (err != nil || p.ID != "o1") {
					t.Fatalf("after %v: %v %v", u.after, p.ID, err)
				}
			}
		})
	}
}

func TestSessionOfOneWhoLeft(t *testing.T) {
	s, url := storetest.Open(t)
	storetest.Campaign(t, s, year, false, 0)
	ctx, c := t.Context(), owner(t, url)
	ok(t, s.AddSession(ctx, []byte("a"), "o1", at))
	ok(t, s.AddSession(ctx, []byte("b"), "o2", at))
	if _, err := s.SessionOf(ctx, []byte("c"), at); campaign.KindOf(err) != campaign.NotFound {
		t.Errorf("a token nobody has: %v", err)
	}
	ok(t, s.EndSession(ctx, []byte("a")))
	ok(t, s.EndSession(ctx, []byte("a")))
	if _, err := s.SessionOf(ctx, []byte("a"), at); err == nil {
		t.Error("logged out and still in")
	}
	p, err := s.SessionOf(ctx, []byte("b"), at)
	ok(t, err)
	p.Active = false
	write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.PutStaff(ctx, p.Staff, "o1", at) })
	if _, err := s.SessionOf(ctx, []byte("b"), at); err == nil {
		t.Error("has left the house and is still in")
	}
	ok(t, s.AddSession(ctx, []byte("d"), "o1", at.Add(9*time.Hour))) // sweeps the old ones
	if n := column[int64](t, c, "select count(*) from session")[0]; n != 1 {
		t.Errorf("%d sessions kept", n)
	}
	if err := s.AddSession(ctx, []byte("e"), "ghost", at); campaign.KindOf(err) != campaign.Invalid {
		t.Errorf("session of nobody: %v", err)
	}
}

func TestTicketLife(t *testing.T) {
	s, _ := storetest.Open(t)
	l := life(t, s)
	ctx := t.Context()
	again := store.Ticket{Year: year, Code: l.ref.Code, Scope: "view", Intent: "other", IssuedAt: at, ExpiresAt: at.Add(2 * time.Hour)}
	ok(t, s.AddTicket(ctx, l.tik, again)) // a letter sent twice has the same link
	k, err := s.Ticket(ctx, l.tik)
	ok(t, err)
	if k.Scope != "act" || k.Intent != "k/mail" || k.RevokedAt != nil || !k.ExpiresAt.Equal(at.Add(time.Hour)) || k.Code != l.ref.Code || k.Year != year {
		t.Errorf("%+v", k)
	}
	ok(t, s.AddTicket(ctx, []byte("second"), again))
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		return first(func() error { return tx.UseTicket(ctx, l.tik, at) }, func() error { return tx.UseTicket(ctx, l.tik, at.Add(time.Minute)) })
	})
	for _, want := range []int64{2, 0} {
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			n, err := tx.RevokeTickets(ctx, l.ref, "o1", at.Add(time.Hour))
			if n != want {
				t.Errorf("%d revoked, want %d", n, want)
			}
			return err
		})
	}
	if k, err = s.Ticket(ctx, l.tik); err != nil || k.RevokedAt == nil || !k.RevokedAt.Equal(at.Add(time.Hour)) {
		t.Errorf("%+v %v", k, err)
	}
	if _, err := s.Ticket(ctx, []byte("unknown")); campaign.KindOf(err) != campaign.NotFound {
		t.Errorf("%v", err)
	}
}

func TestTicketUseIsNoted(t *testing.T) {
	s, url := storetest.Open(t)
	l := life(t, s)
	for i := range 2 {
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.UseTicket(ctx, l.tik, at.Add(time.Duration(i)*time.Hour))
		})
	}
	if n := column[int64](t, owner(t, url), "select count(*) from ticket where first_used = $1 and last_used = $2", at, at.Add(time.Hour))[0]; n != 1 {
		t.Error("first and last use are not noted")
	}
}

// Whoever reads the whole database can use no link and no session (ML-3).
func TestRawTokensStandNowhere(t *testing.T) {
	s, url := storetest.Open(t)
	l := life(t, s)
	write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.UseTicket(ctx, l.tik, at) })
	c := owner(t, url)
	found := 0
	for _, table := range column[string](t, c, `select table_name::text from information_schema.tables where table_schema = 'public'`) {
		for _, line := range column[string](t, c, "select x::text from "+table+" x") {
			if strings.Contains(line, l.ref.Code) {
				found++
			}
			for _, raw := range [][]byte{l.tik, l.session} {
				for _, form := range []string{string(raw), hex.EncodeToString(raw), base64.RawURLEncoding.EncodeToString(raw), base64.StdEncoding.EncodeToString(raw)} {
					if strings.Contains(line, form) {
						t.Errorf("%s holds %q", table, form)
					}
				}
			}
		}
	}
	if found < 20 {
		t.Errorf("the search saw only %d rows of the institution", found)
	}
}
