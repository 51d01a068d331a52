package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/tlog"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

// What an act wrote before it failed is gone: facts, leaves, intents.
func TestRollbackLeavesNothing(t *testing.T) {
	s, url := storetest.Open(t)
	storetest.Campaign(t, s, year, false, 1)
	ref, c := storetest.Ref(year, 1), owner(t, url)
	count := func() int64 {
		return column[int64](t, c, `select (select count(*) from plan) + (select count(*) from intent) + (select count(*) from leaf) + (select count(*) from leaf_hash)`)[0]
	}
	before := count()
	boom := errors.New("boom")
	for name, end := range map[string]func(ctx context.Context, tx *store.Tx) error{
		"own error":  func(context.Context, *store.Tx) error { return boom },
		"constraint": func(ctx context.Context, tx *store.Tx) error { return tx.AddAppeal(ctx, ref, 99, "x", "张三", at) },
		"intent that is no kind": func(_ context.Context, tx *store.Tx) error {
			tx.Queue(store.Intent{Key: "b", Kind: "pigeon", Ref: ref, Body: 1})
			return nil
		},
	} {
		err := try(s, func(ctx context.Context, tx *store.Tx) error {
			tx.Queue(mail(ref, "a"))
			if _, err := tx.AddPlan(ctx, ref, "x", "张三", false, at); err != nil {
				return err
			}
			return end(ctx, tx)
		})
		if err == nil {
			t.Errorf("%s: committed", name)
		}
		if name == "own error" && !errors.Is(err, boom) {
			t.Errorf("the cause is lost: %v", err)
		}
		if n := count(); n != before {
			t.Errorf("%s left %d rows", name, n-before)
		}
	}
}

func TestPanicRollsBack(t *testing.T) {
	s, _ := storetest.Open(t)
	storetest.Campaign(t, s, year, false, 1)
	before, err := s.Head(t.Context())
	ok(t, err)
	func() {
		defer func() { _ = recover() }()
		_ = try(s, func(ctx context.Context, tx *store.Tx) error {
			_, _ = tx.AddPlan(ctx, storetest.Ref(year, 1), "x", "张三", false, at)
			panic("a bug")
		})
	}()
	after, err := s.Head(t.Context())
	ok(t, err)
	plans, err := s.Plans(t.Context(), storetest.Ref(year, 1))
	ok(t, err)
	if after != before || len(plans) != 0 {
		t.Errorf("%v, %d plans", after, len(plans))
	}
}

// Two acts that wait for one another: PostgreSQL ends one, Write does it again.
func TestDeadlockIsTriedAgain(t *testing.T) {
	s, _ := storetest.Open(t)
	storetest.Campaign(t, s, year, false, 2)
	var met sync.WaitGroup
	met.Add(2)
	var once [2]sync.Once
	errs := make(chan error, 2)
	for i := range 2 {
		go func() {
			errs <- try(s, func(ctx context.Context, tx *store.Tx) error {
				if err := tx.Lock(ctx, storetest.Ref(year, i+1)); err != nil {
					return err
				}
				once[i].Do(func() { met.Done(); met.Wait() })
				if err := tx.Lock(ctx, storetest.Ref(year, 2-i)); err != nil {
					return err
				}
				return tx.SetOutcome(ctx, storetest.Ref(year, 1), "report", at)
			})
		}()
	}
	for range 2 {
		ok(t, <-errs)
	}
}

func TestLockNeedsItsRow(t *testing.T) {
	s, _ := storetest.Open(t)
	storetest.Campaign(t, s, year, false, 1)
	for _, ref := range []struct {
		year, i int
		there   bool
	}{{year, 1, true}, {year, 2, false}, {2031, 0, false}, {year, 0, true}} {
		err := try(s, func(ctx context.Context, tx *store.Tx) error {
			r := storetest.Ref(ref.year, ref.i)
			if ref.i == 0 {
				r.Code = ""
			}
			return tx.Lock(ctx, r)
		})
		if ref.there && err != nil || !ref.there && (err == nil || campaign.KindOf(err) != campaign.NotFound) {
			t.Errorf("%v: %v", ref, err)
		}
	}
}

// Eight writers at once leave a ledger without gaps, whose hashes are those of
// an independent computation, in which every record can be proved.
func TestLedgerUnderConcurrentWriters(t *testing.T) {
	s, url := storetest.Open(t)
	storetest.Campaign(t, s, year, false, 3)
	early, err := s.Head(t.Context())
	ok(t, err)
	var wg sync.WaitGroup
	errs := make(chan error, 8)
	for w := range 8 {
		wg.Go(func() {
			for n := range 6 {
				ref := storetest.Ref(year, n%3+1)
				errs <- try(s, func(ctx context.Context, tx *store.Tx) error {
					if err := tx.Lock(ctx, ref); err != nil {
						return err
					}
					tx.Queue(mail(ref, fmt.Sprintf("w%d/%d", w, n)))
					_, err := tx.AddPlan(ctx, ref, map[string]int{"w": w, "n": n}, "张三", false, at)
					return err
				})
			}
		})
	}
	go func() { wg.Wait(); close(errs) }()
	for err := range errs {
		ok(t, err)
	}
	checkLedger(t, s, owner(t, url), early, early.Size+2*48)
	for i := range 3 {
		plans, err := s.Plans(t.Context(), storetest.Ref(year, i+1))
		ok(t, err)
		for n, p := range plans {
			if p.Version != n+1 {
				t.Errorf("institution %d: version %d at %d", i+1, p.Version, n)
			}
		}
		if len(plans) != 16 {
			t.Errorf("institution %d: %d plans", i+1, len(plans))
		}
	}
}

type row struct {
	Idx    int64
	Record string
	Hash   []byte
}

func checkLedger(t *testing.T, s *store.Store, c *pgx.Conn, early store.Head, size int64) {
	t.Helper()
	rows, err := c.Query(t.Context(), `select idx, record, hash from leaf order by idx`)
	ok(t, err)
	leaves, err := pgx.CollectRows(rows, pgx.RowToStructByName[row])
	ok(t, err)
	head, err := s.Head(t.Context())
	ok(t, err)
	if head.Size != size || int64(len(leaves)) != size {
		t.Fatalf("head %d, %d leaves, want %d", head.Size, len(leaves), size)
	}
	var own []tlog.Hash // computed here, from the records alone
	reader := tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(at))
		for i, p := range at {
			out[i] = own[p]
		}
		return out, nil
	})
	for i, l := range leaves {
		if l.Idx != int64(i) || tlog.RecordHash([]byte(l.Record)) != tlog.Hash(l.Hash) {
			t.Fatalf("leaf %d has index %d", i, l.Idx)
		}
		more, err := tlog.StoredHashes(l.Idx, []byte(l.Record), reader)
		ok(t, err)
		own = append(own, more...)
	}
	stored := column[[]byte](t, c, `select hash from leaf_hash order by pos`)
	if len(stored) != len(own) {
		t.Fatalf("%d stored hashes, %d computed", len(stored), len(own))
	}
	for i := range own {
		if own[i] != tlog.Hash(stored[i]) {
			t.Fatalf("stored hash %d differs", i)
		}
	}
	root, err := tlog.TreeHash(size, reader)
	ok(t, err)
	if root != head.Root || !strings.Contains(head.Line(), root.String()) {
		t.Fatalf("root %v, head %v", root, head)
	}
	for n := range size {
		proof, err := tlog.ProveRecord(size, n, reader)
		ok(t, err)
		ok(t, tlog.CheckRecord(proof, size, head.Root, n, tlog.Hash(leaves[n].Hash)))
		if tlog.CheckRecord(proof, size, head.Root, n, tlog.RecordHash([]byte("forged"))) == nil {
			t.Fatalf("a forged record %d was proved", n)
		}
	}
	grown, err := tlog.ProveTree(size, early.Size, reader)
	ok(t, err)
	ok(t, tlog.CheckTree(grown, size, head.Root, early.Size, early.Root)) // nothing before was changed
}

func TestEmptyLedger(t *testing.T) {
	s, _ := storetest.Open(t)
	h, err := s.Head(t.Context())
	ok(t, err)
	if h != (store.Head{}) {
		t.Errorf("%+v", h)
	}
}

// The ledger may be shown to auditors: nothing personal, no text stands in it.
func TestLeavesHoldNothingPersonal(t *testing.T) {
	s, url := storetest.Open(t)
	l := life(t, s)
	leaves, err := s.Leaves(t.Context(), l.ref)
	ok(t, err)
	if len(leaves) < 20 {
		t.Errorf("only %d leaves of the institution", len(leaves))
	}
	all := column[string](t, owner(t, url), `select record from leaf`)
	personal := []string{"张三", "负责人", "联系人", "示例认证机构", "@", "台风", "请补充", "见附件", "材料齐全", "制度.pdf", "舆情", "in-the-clear"}
	personal = append(personal, column[string](t, owner(t, url), `select mobile from institution`)...) // whole: six digits stand in a digest now and then
	for _, record := range all {
		for _, bad := range personal {
			if strings.Contains(record, bad) {
				t.Errorf("%q stands in %s", bad, record)
			}
		}
	}
	kinds := map[string]bool{}
	for i, leaf := range leaves {
		kinds[leaf.Kind] = true
		if leaf.Code != l.ref.Code || leaf.Year != year || i > 0 && leaf.Idx <= leaves[i-1].Idx {
			t.Errorf("leaf %+v", leaf)
		}
	}
	for _, kind := range strings.Fields("entry plan plan-review evidence self-score extension seat sheet event event-ruling result appeal appeal-ruling decider warning warning-act mail") {
		if !kinds[kind] {
			t.Errorf("no leaf of kind %s", kind)
		}
	}
	everybody := l.ref
	everybody.Code = ""
	whole, err := s.Leaves(t.Context(), everybody)
	ok(t, err)
	if len(whole) <= len(leaves) {
		t.Errorf("%d leaves of the campaign, %d of one institution", len(whole), len(leaves))
	}
}
