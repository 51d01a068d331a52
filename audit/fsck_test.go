package audit

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
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

// Each invariant has a number of its own, and says what holds and why.
func TestInvariantsAreNumbered(t *testing.T) {
	seen := map[string]bool{}
	for _, i := range Invariants() {
		if seen[i.ID] || !regexp.MustCompile(`^F-\d{2,3}$`).MatchString(i.ID) || i.Says == "" || i.Rule == "" {
			t.Errorf("%+v", i)
		}
		seen[i.ID] = true
	}
}

// S11d: two persons erase the names of a year: every word that people wrote in
// it is gone from the database and its key with them; the ledger, the inspection
// and the recount still hold, erased rows are counted and not checked, and another
// year's rows are still held against the ledger.
func TestS11dNamesErased(t *testing.T) {
	l := live(t)
	before, err := Recount(t.Context(), l.s.Reader, rubric.Annex2(), year)
	ok(t, err)
	words := wordsOf(t, l.url)
	if len(words) < 15 {
		t.Fatalf("only %d words to look for: %v", len(words), words)
	}
	l.do(func(ctx context.Context, tx *store.Tx) error {
		return tx.AddErasure(ctx, store.Erasure{OfYear: year, Act: store.EraseProposed, Reason: "保存期满", By: "o1", At: reviewed})
	})
	erase(t, l)
	found := 0
	for _, table := range query(t, l.url, `select tbl from row_rule where tbl not in ('interpretation', 'institution', 'staff', 'matter_act', 'activity', 'medium', 'rules') union all select 'draft'`) {
		text := strings.Join(query(t, l.url, fmt.Sprintf(`select to_jsonb(x)::text from %q x where coalesce((to_jsonb(x) ->> 'year')::int, %d) = %d`, table, year, year)), "\n")
		for _, w := range words {
			if strings.Contains(text, w) {
				t.Errorf("%s still holds %q", table, w)
				found++
			}
		}
	}
	const whole = `select kind from paper where year = 2025 and pdf <> '' order by 1`
	if papers := query(t, l.url, whole); slices.Contains(papers, "honour") || slices.Contains(papers, "press-record") || !slices.Contains(papers, "certificate") || !slices.Contains(papers, "result") {
		t.Errorf("papers that are left: %v", papers)
	}
	f, err := Inspect(t.Context(), l.house(l.s, l.blobs, nil), 0)
	if ok(t, err); !f.Clean() {
		t.Errorf("%s", f.lines())
	}
	tamper(t, l.url, `update paper set pdf = '%PDF-1.4 kept %%EOF' where kind = 'press-record'`)
	if f, err = Inspect(t.Context(), l.house(l.s, l.blobs, nil), year); err != nil || !strings.Contains(f.lines(), "文书：1 处") {
		t.Errorf("%v\n%s", err, f.lines())
	}
	tamper(t, l.url, `update paper set pdf = '' where kind = 'press-record'`)
	r, err := VerifyLedger(t.Context(), l.s.Reader, known(t, l.key), nil)
	if ok(t, err); !r.Sound() || r.Sealed < 100 || r.Rows == 0 {
		t.Errorf("%s", r)
	}
	after, err := Recount(t.Context(), l.s.Reader, rubric.Annex2(), year)
	if ok(t, err); len(before.Differences) != 0 || len(after.Differences) != 0 || after.Equal != before.Equal || after.Equal == 0 {
		t.Errorf("recount before %+v, after %+v", before, after)
	}
	err = l.s.Write(t.Context(), func(tx *store.Tx) error { // nothing is added to an erased year
		_, err := tx.AddExtension(t.Context(), storetest.Ref(year, 1), campaign.PlanTask, "2025-04-30", "理由", "o1", reviewed)
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "已经删除") {
		t.Errorf("written into an erased year: %v", err)
	}
	tamper(t, l.url, `update entry set joined = '2026-01-07' where year = 2026`)
	if f, err = Inspect(t.Context(), l.house(l.s, l.blobs, nil), year+1); err != nil || !strings.Contains(f.lines(), "F-83") {
		t.Errorf("%v\n%s", err, f.lines())
	}
	t.Logf("%d words looked for, %d found; %s", len(words), found, r)
}

func erase(t *testing.T, l *lived) {
	t.Helper()
	owner, err := store.OpenOwner(t.Context(), l.url)
	ok(t, err)
	defer owner.Close()
	refs, err := owner.BlobRefs(t.Context(), year)
	ok(t, err)
	ok(t, owner.Write(t.Context(), func(tx *store.Tx) error {
		n, err := tx.Erase(t.Context(), year)
		if err != nil {
			return err
		}
		return tx.AddErasure(t.Context(), store.Erasure{OfYear: year, Act: store.EraseConfirmed, Reason: "同意", Rows: n, By: "a1", At: reviewed})
	}))
	for _, r := range refs {
		ok(t, l.blobs.Remove(r.Digest))
	}
}

// wordsOf lists what people wrote or were called in the year, each once.
func wordsOf(t *testing.T, url string) []string {
	t.Helper()
	return query(t, url, fmt.Sprintf(`select distinct w from (
		select by_name w from plan where year = %[1]d union select by_name from evidence where year = %[1]d union select name from evidence where year = %[1]d union select by_name from self_score where year = %[1]d
		union select text from appeal where year = %[1]d union select by_name from appeal where year = %[1]d union select reason from appeal_ruling where year = %[1]d
		union select holder from honour where year = %[1]d union select title from honour where year = %[1]d union select text from warning_act where year = %[1]d union select reason from extension where year = %[1]d union select reason from extension_request where year = %[1]d union select by_name from extension_request where year = %[1]d union select reason from extension_answer where year = %[1]d union select reason from suspension where year = %[1]d union select reason from suspension_end where year = %[1]d
		union select title from event where year = %[1]d union select source from event where year = %[1]d union select text from event_move where year = %[1]d
		union select g.reason from event_ruling g join event e on e.id = g.event where e.year = %[1]d
		union select jsonb_array_elements(marks) ->> 'reason' from sheet where year = %[1]d) x where length(w) > 1 order by w`, year))
}
