package audit

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// A house in which everybody kept to the rules gives no finding (R9).
func TestR9CleanHouse(t *testing.T) {
	l := live(t)
	for _, of := range []int{0, year, year + 1, 2031} {
		f, err := Inspect(t.Context(), l.house(l.s, l.blobs, nil), of)
		ok(t, err)
		if !f.Clean() || len(f.Unasked) != 0 || f.Checked != len(Invariants()) || f.Checked < 40 {
			t.Errorf("%d: %s\n%s", of, f, f.lines())
		}
	}
	away := l.house(l.s, l.blobs, nil)
	away.Runs = nil
	f, err := Inspect(t.Context(), away, 0)
	if ok(t, err); len(f.Unasked) != len(engineChecks) || f.Checked+len(f.Unasked) != len(Invariants()) || !strings.Contains(f.String(), "未查") {
		t.Errorf("without an engine: %s", f)
	}
}

// Every invariant has a planted violation, and finds it (R9, G5, OP-1).
func TestR9EveryPlantedViolation(t *testing.T) {
	l := live(t)
	tamper(t, l.url, keep)
	found := 0
	for _, i := range Invariants() {
		p, ok := plants[i.ID]
		if !ok {
			t.Errorf("%s has no planted violation", i.ID)
			continue
		}
		if f := l.planted(t, p); slices.ContainsFunc(f.Findings, func(x Finding) bool { return x.ID == i.ID }) {
			found++
		} else {
			t.Errorf("%s（%s）does not find what was planted; found instead:\n%s", i.ID, i.Says, f.lines())
		}
	}
	for _, p := range further {
		if f := l.planted(t, p.plant); !slices.ContainsFunc(f.Findings, func(x Finding) bool { return x.ID == p.id }) {
			t.Errorf("%s does not find %v:\n%s", p.id, p.sql, f.lines())
		}
	}
	if f := l.planted(t, plant{}); !f.Clean() {
		t.Errorf("what was planted was not taken out: %s", f.lines())
	}
	t.Logf("planted violations found: %d/%d", found, len(Invariants()))
	if len(plants) != len(Invariants()) {
		t.Errorf("%d plants for %d invariants", len(plants), len(Invariants()))
	}
}

// keep copies every table aside, putBack makes all tables as they were then.
const (
	keep = `do $$ declare t text; begin create schema kept;
		for t in select tablename from pg_tables where schemaname = 'public' loop execute format('create table kept.%I as table public.%I', t, t); end loop; end $$`
	putBack = `do $$ declare t text; begin
		for t in select tablename from pg_tables where schemaname = 'kept' loop execute format('delete from public.%I', t); execute format('insert into public.%I overriding system value table kept.%I', t, t); end loop; end $$`
)

// planted inspects the house with a violation in it, which is taken out again.
func (l *lived) planted(t *testing.T, p plant) Fsck {
	t.Helper()
	tamper(t, l.url, p.sql...)
	dir, blobs := l.copied(t)
	if p.files != nil {
		ok(t, p.files(dir))
	}
	f, err := Inspect(t.Context(), l.house(l.s, blobs, p.runs), 0)
	if err != nil {
		t.Errorf("planted %v: %v", p.sql, err)
	}
	if len(p.sql) > 0 {
		tamper(t, l.url, putBack)
	}
	return f
}

// A missing file is found like a spoiled one, and one that grew.
func TestR9FilesOfTheStore(t *testing.T) {
	l := live(t)
	for want, do := range map[string]func(string) error{
		"材料库中没有文件":    func(dir string) error { return os.Remove(files(dir)[0]) },
		"的内容与摘要不符":    func(dir string) error { return spoil(dir, 0) },
		"字节，登记为 6 字节": func(dir string) error { return os.WriteFile(files(dir)[0], []byte("longer than it was"), 0o600) },
	} {
		dir, blobs := l.copied(t)
		ok(t, do(dir))
		f, err := Inspect(t.Context(), l.house(l.s, blobs, nil), year)
		if ok(t, err); len(f.Findings) != 1 || f.Findings[0].ID != "F-79" || !strings.Contains(f.lines(), want) {
			t.Errorf("%q is not said:\n%s", want, f.lines())
		}
	}
}

// Invariants are numbered without a gap, and each says what holds and why.
func TestInvariantsAreNumbered(t *testing.T) {
	for n, i := range Invariants() {
		if i.ID != fmt.Sprintf("F-%02d", n+1) || i.Says == "" || i.Rule == "" {
			t.Errorf("%d: %+v", n+1, i)
		}
	}
}

// S11d: when a year's key is destroyed and the names in its rows with it, the
// ledger still verifies, and another year's rows are still held against it.
func TestS11dNamesErased(t *testing.T) {
	l := live(t)
	tamper(t, l.url, `delete from row_key where year = 2025`, `update plan set by_name = '已删除'`, `update evidence set by_name = '已删除'`, `update appeal set by_name = '已删除'`)
	f, err := Inspect(t.Context(), l.house(l.s, l.blobs, nil), 0)
	if ok(t, err); !f.Clean() {
		t.Errorf("%s", f.lines())
	}
	r, err := VerifyLedger(t.Context(), l.s.Reader, known(t, l.key), nil)
	if ok(t, err); !r.Sound() || r.Sealed < 100 || r.Rows == 0 {
		t.Errorf("%s", r)
	}
	tamper(t, l.url, `update entry set joined = '2026-01-07' where year = 2026`)
	if f, err = Inspect(t.Context(), l.house(l.s, l.blobs, nil), year+1); err != nil || !strings.Contains(f.lines(), "F-83") {
		t.Errorf("%v\n%s", err, f.lines())
	}
}
