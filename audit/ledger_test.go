package audit

import (
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"xuanping/store"
	"xuanping/store/storetest"
)

func check(t *testing.T, s *store.Store) LedgerReport {
	t.Helper()
	r, err := CheckLedger(t.Context(), s.Reader)
	ok(t, err)
	return r
}

func TestLedgerIsWhole(t *testing.T) {
	s, _ := book(t)
	head, err := s.Head(t.Context())
	ok(t, err)
	r := check(t, s)
	if r.Size != head.Size || r.Root != head.Root || len(r.Faults) != 0 || r.Size < 25 {
		t.Errorf("%v, head %v", r, head.Line())
	}
	if want := head.Line() + "：全部一致"; r.String() != want {
		t.Errorf("%q, want %q", r.String(), want)
	}
}

func TestLedgerIsEmpty(t *testing.T) {
	s, _ := storetest.Open(t)
	if r := check(t, s); r.Size != 0 || r.Root != (tlog.Hash{}) || len(r.Faults) != 0 {
		t.Errorf("%v", r)
	}
}

// The tree grown in memory is the one that the log's own library makes.
func TestTree(t *testing.T) {
	var mine tree
	var hashes []tlog.Hash
	reader := tlog.HashReaderFunc(func(at []int64) (out []tlog.Hash, err error) {
		for _, i := range at {
			out = append(out, hashes[i])
		}
		return out, nil
	})
	for n := range int64(70) {
		record := []byte{byte(n), 'x'}
		more, err := tlog.StoredHashes(n, record, reader)
		ok(t, err)
		hashes = append(hashes, more...)
		ok(t, mine.add(tlog.RecordHash(record)))
		want, err := tlog.TreeHash(n+1, reader)
		ok(t, err)
		if got, err := mine.root(); err != nil || got != want {
			t.Fatalf("size %d: %v %v, want %v", n+1, got, err, want)
		}
	}
}

// Whatever is changed in the ledger past the house is found, with its index.
func TestLedgerNotices(t *testing.T) {
	for name, c := range map[string]struct{ sql, say string }{
		"a record":          {`update leaf set record = replace(record, '"seat":1', '"seat":2') where kind = 'seat' and record like '%"seat":1%'`, "条：记录与所存哈希不一致"},
		"one space":         {`update leaf set record = record || ' ' where idx = 0`, "账本第 0 条：记录与所存哈希不一致"},
		"a leaf's hash":     {`update leaf set hash = decode(repeat('00', 32), 'hex') where idx = 7`, "账本第 7 条：记录与所存哈希不一致"},
		"record and hash":   {`update leaf set record = record || ' ', hash = sha256('\\x00'::bytea || convert_to(record || ' ', 'UTF8')) where idx = 7`, "账本第 7 条：记录与所存哈希不一致"},
		"a hash of a leaf":  {`update leaf_hash set hash = decode(repeat('00', 32), 'hex') where pos = 3`, "账本第 2 条：记录与所存哈希不一致"},
		"an inner hash":     {`update leaf_hash set hash = decode(repeat('00', 32), 'hex') where pos = 2`, "账本第 0 条：树中第 1 层的哈希与重算不一致"},
		"an empty record":   {`update leaf set record = '' where idx = 3`, "账本第 3 条：记录无法读取"},
		"a leaf in between": {`delete from leaf where idx = 5`, "账本第 5 条：缺失"},
		"the first leaf":    {`delete from leaf where idx = 0`, "账本第 0 条：缺失"},
		"two swapped":       {`update leaf a set record = b.record, kind = b.kind, code = b.code, at = b.at from leaf b where (a.idx, b.idx) in ((15, 16), (16, 15))`, "账本第 15 条：记录与所存哈希不一致"},
		"another code":      {`update leaf set code = 'CNCA-R-2002-002' where kind = 'seat'`, "记录与其索引列不一致（记录为 seat 2025 CNCA-R-2002-001"},
		"another year":      {`update leaf set year = 1999 where idx = 20`, "账本第 20 条：记录与其索引列不一致"},
		"another kind":      {`update leaf set kind = 'mail' where idx = 2`, "账本第 2 条：记录与其索引列不一致"},
		"another time":      {`update leaf set at = at + interval '1 day' where idx = 2`, "账本第 2 条：记录与其索引列不一致"},
		"all stored hashes": {`update leaf_hash set hash = decode(repeat('00', 32), 'hex')`, "账本整体：所存哈希得出的账本根"},
		"no stored hashes":  {`delete from leaf_hash`, "账本整体：所存哈希不全"},
		"an end cut off":    {`delete from leaf where idx = (select max(idx) from leaf)`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s, url := book(t)
			before := check(t, s)
			tamper(t, url, c.sql)
			r := check(t, s)
			if c.say == "" { // only a head kept outside shows it
				if r.Size != before.Size-1 || r.Root == before.Root || len(r.Faults) != 0 {
					t.Errorf("%v", r)
				}
				return
			}
			if len(r.Faults) == 0 || !strings.Contains(r.String(), c.say) {
				t.Errorf("%q is not said: %v", c.say, r)
			}
			if r.Size != before.Size && name != "an end cut off" {
				t.Errorf("size %d, want %d", r.Size, before.Size)
			}
		})
	}
}
