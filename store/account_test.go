package store_test

import (
	"context"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

// accounts writes what the tables about accounts and readings hold.
func accounts(t *testing.T, s *store.Store) {
	t.Helper()
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		c := store.AccountChange{Account: "o2", Act: campaign.AccountDisable, Reason: "调离", By: "m1", At: at}
		n, err := tx.AddAccountChange(ctx, c)
		if err != nil {
			return err
		}
		c.N = n
		return tx.AddAccountDecision(ctx, c, false, "不同意", "a1", at)
	})
	for _, kind := range []string{store.ReadFile, store.ReadExport} {
		ok(t, s.AddReading(t.Context(), store.Reading{Staff: "u1", Kind: kind, Year: year, Item: "7", Page: "GET /x", At: at}))
	}
	_, err := s.SealReadings(t.Context(), at.Add(time.Hour))
	ok(t, err)
}

// SE-2: what was read is sealed in the ledger, and a line that is changed, taken
// out or put in between afterwards breaks its seal.
func TestSE2ReadingsAreSealed(t *testing.T) {
	s, url := storetest.Open(t)
	storetest.Campaign(t, s, year, false, 0)
	c, ctx := owner(t, url), t.Context()
	note := func(item string, when time.Time) {
		ok(t, s.AddReading(ctx, store.Reading{Staff: "u1", Kind: store.ReadFile, Year: year, Code: storetest.Code(1), Item: item, Page: "GET /x", At: when}))
	}
	seal := func(when time.Time, want int) {
		t.Helper()
		n, err := s.SealReadings(ctx, when)
		ok(t, err)
		if n != want {
			t.Errorf("%d lines sealed, want %d", n, want)
		}
	}
	seal(at, 0)
	note("1", at)
	note("2", at.Add(time.Second))
	seal(at.Add(10*time.Second), 0) // they rest a minute
	note("3", at.Add(5*time.Minute))
	seal(at.Add(5*time.Minute+time.Second), 2)
	seal(at.Add(time.Hour), 1)
	seal(at.Add(time.Hour), 0)
	broken := func(want int) {
		t.Helper()
		bad, err := s.BrokenSeals(ctx)
		ok(t, err)
		if len(bad) != want {
			t.Errorf("broken seals %v, want %d", bad, want)
		}
	}
	broken(0)
	note("4", at.Add(2*time.Hour)) // not sealed yet
	broken(0)
	sql(t, c, "alter table reading disable trigger all")
	for text, n := range map[string]int{
		"update reading set item = '9' where item = '1'":                    1,
		"update reading set at = at + interval '1 second' where item = '3'": 1,
		"delete from reading where item = '2'":                              1,
		"delete from reading":                                               2,
		"update reading set staff = 'o1'":                                   2,
	} {
		tx, err := c.Begin(ctx)
		ok(t, err)
		sql(t, c, text)
		got := column[int64](t, c, `select count(*) from reading_seal x where not exists (select from (
			select count(*)::int n, encode(sha256(convert_to(coalesce(string_agg(concat_ws(E'\x1f', id, staff, kind, year, code, item, page, extract(epoch from at)::numeric::text), E'\x1e' order by id), ''), 'UTF8')), 'hex') digest
			from reading where id <= x.upto and id > coalesce((select max(upto) from reading_seal y where y.upto < x.upto), 0)) r where r.n = x.n and r.digest = x.digest)`)[0]
		if int(got) != n {
			t.Errorf("%s: %d seals broken, want %d", text, got, n)
		}
		ok(t, tx.Rollback(ctx))
	}
	sql(t, c, "update reading set item = '9' where item = '1'")
	broken(1)
	leaves, err := s.Leaves(ctx, campaign.Ref{})
	ok(t, err)
	found := 0
	for _, l := range leaves {
		if l.Kind == "readings" {
			found++
		}
	}
	if found != 2 {
		t.Errorf("%d leaves of readings", found)
	}
}

// A second person confirms; the database holds it too.
func TestS6SecondPerson(t *testing.T) {
	s, _ := storetest.Open(t)
	storetest.Campaign(t, s, year, false, 0)
	n := 0
	write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
		n, err = tx.AddAccountChange(ctx, store.AccountChange{Account: "a2", Act: campaign.AccountDisable, Reason: "调离", By: "m1", At: at})
		return err
	})
	for _, by := range []string{"m1", "a2"} {
		err := s.Write(t.Context(), func(tx *store.Tx) error {
			return tx.AddAccountDecision(t.Context(), store.AccountChange{N: n}, true, "", by, at)
		})
		if campaign.KindOf(err) != campaign.Invalid {
			t.Errorf("%s confirmed: %v", by, err)
		}
	}
	err := s.Write(t.Context(), func(tx *store.Tx) error {
		_, err := tx.AddAccountChange(t.Context(), store.AccountChange{Account: "m1", Act: campaign.AccountPassword, Reason: "x", By: "m1", At: at})
		return err
	})
	if campaign.KindOf(err) != campaign.Invalid {
		t.Errorf("proposed for himself: %v", err)
	}
}
