package audit

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"xuanping/store"
	"xuanping/store/storetest"
)

func rowsOf(t testing.TB, s *store.Store) (checked, sealed int, faults []RowFault) {
	t.Helper()
	checked, sealed, faults, err := CheckRows(t.Context(), s.Reader)
	ok(t, err)
	return checked, sealed, faults
}

// changed gives each type of column another value, also where it was null.
const changed = `case $type$
	when 'boolean' then format('not coalesce(%1$I, false)', $col$)
	when 'integer' then format('coalesce(%1$I, 0) + 1000003', $col$)
	when 'bigint' then format('coalesce(%1$I, 0) + 1000003', $col$)
	when 'date' then format('coalesce(%1$I, ''2001-01-01'') + 3', $col$)
	when 'timestamp with time zone' then format('coalesce(%1$I, ''2001-01-01'') + interval ''1 second''', $col$)
	when 'jsonb' then format('jsonb_build_array(%1$I)', $col$)
	when 'bytea' then format('coalesce(%1$I, '''') || ''\x00''', $col$)
	when 'text[]' then format('%1$I || array[''x'']', $col$)
	else format('coalesce(%1$I, '''') || ''x''', $col$) end`

// S9a: whatever cell of whatever fact a superuser edits is found and its row
// named, 500 of 500; rows that nobody touched are never named.
func TestEveryEditedCellIsFound(t *testing.T) {
	s, url := book(t)
	storetest.Campaign(t, s, 2026, true, 25)
	for range 20 {
		if checked, sealed, faults := rowsOf(t, s); len(faults) > 0 || sealed > 0 || checked < 60 {
			t.Fatalf("clean: %d rows checked, %d sealed, %v", checked, sealed, faults)
		}
	}
	cells := cellsOf(t, url)
	if len(cells) < 500 {
		t.Fatalf("only %d cells to edit", len(cells))
	}
	r := rand.New(rand.NewPCG(9, 9))
	r.Shuffle(len(cells), func(i, j int) { cells[i], cells[j] = cells[j], cells[i] })
	found := 0
	for _, c := range cells[:500] {
		tamper(t, url, c.sql)
		_, _, faults := rowsOf(t, s)
		if slices.ContainsFunc(faults, func(f RowFault) bool { return f.Table == c.table && f.Key == c.key }) {
			found++
		} else {
			t.Errorf("not found: %s", c.sql)
		}
	}
	t.Logf("%d of 500 edited cells found, row named", found)
	_, _, faults := rowsOf(t, s)
	edited := map[string]bool{}
	for _, c := range cells[:500] {
		edited[c.table+" "+c.key] = true
	}
	for _, f := range faults {
		if !edited[f.Table+" "+f.Key] && f.Index >= 0 {
			t.Errorf("named without cause: %+v", f)
		}
	}
}

type cell struct{ table, key, sql string }

// cellsOf lists every cell of every covered table that is not part of its row's
// key, with the statement that edits it past all triggers. Checks and unique indexes are
// dropped first: a superuser can do that too.
func cellsOf(t *testing.T, url string) (all []cell) {
	t.Helper()
	tamper(t, url, `do $do$ declare c record; begin
		for c in select conrelid::regclass t, conname n from pg_constraint where contype = 'c' and conrelid <> 0 and connamespace = 'public'::regnamespace loop
			execute format('alter table %s drop constraint %I', c.t, c.n);
		end loop;
		for c in select contypid::regtype t, conname n from pg_constraint where contypid <> 0 and connamespace = 'public'::regnamespace loop
			execute format('alter domain %s drop constraint %I', c.t, c.n);
		end loop;
		for c in select x.indexrelid::regclass i from pg_index x join pg_class k on k.oid = x.indexrelid where x.indisunique and k.relnamespace = 'public'::regnamespace
				and not exists (select 1 from pg_constraint z where z.conindid = x.indexrelid) loop
			execute format('drop index %s', c.i);
		end loop;
	end $do$`)
	pick := strings.NewReplacer("$type$", "format_type(coalesce(nullif(y.typbasetype, 0), a.atttypid), null)", "$col$", "a.attname").Replace(changed)
	lines := query(t, url, `select w.tbl || E'\t' || a.attname || E'\t' || (`+pick+`) from row_rule w join pg_attribute a on a.attrelid = w.tbl::regclass and a.attnum > 0 and not a.attisdropped
		join pg_type y on y.oid = a.atttypid where not (a.attname = any (w.skip)) and not (a.attname = any (w.pk)) and a.attname <> 'year' and a.attidentity = '' order by 1`)
	for _, l := range lines {
		f := strings.SplitN(l, "\t", 3)
		for _, row := range query(t, url, fmt.Sprintf(`select ctid || E'\t' || (select jsonb_agg(to_jsonb(whole_row) -> c order by n) from unnest((select pk from row_rule where tbl = '%s')) with ordinality u(c, n))::text
			from %q whole_row order by ctid limit 40`, f[0], f[0])) {
			at, key, _ := strings.Cut(row, "\t")
			all = append(all, cell{f[0], compactKey(key), fmt.Sprintf(`update %q whole_row set %q = %s where (select jsonb_agg(to_jsonb(whole_row) -> c order by n) from unnest((select pk from row_rule where tbl = '%s')) with ordinality u(c, n)) = %s::jsonb -- %s`,
				f[0], f[1], f[2], f[0], literal(key), at)})
		}
	}
	return all
}

// A row taken out, a row put in past the house, and a row with a new key are found too.
func TestRowsPutInAndTakenOut(t *testing.T) {
	s, url := book(t)
	tamper(t, url, `delete from appeal_ruling; insert into number values ('伪造', 2025, 1, 'CNCA-R-2002-001'); update extension set n = n + 7`)
	_, _, faults := rowsOf(t, s)
	var all []string
	for _, f := range faults {
		all = append(all, f.Table+" "+f.Say)
	}
	text := strings.Join(all, "\n")
	for _, want := range []string{"appeal_ruling 账本有记录，数据库中已不存在", "number 账本没有这一行的记录"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not said:\n%s", want, text)
		}
	}
}

// A year's key that is gone silences no check: unless the ledger says that the
// year was erased, each of its rows is a fault, and the report is not sound. The
// same holds for a row that is moved to a year without a key.
func TestErasedKey(t *testing.T) {
	s, url := book(t)
	before, _, _ := rowsOf(t, s)
	tamper(t, url, `create schema aside; create table aside.kept as select * from row_key`, `delete from row_key where year = 2025`)
	if checked, sealed, faults := rowsOf(t, s); sealed != 0 || checked != before || len(faults) < 15 || !strings.Contains(faults[0].Say, "没有行密钥") {
		t.Errorf("a key gone: %d checked of %d, %d sealed, %d faults", checked, before, sealed, len(faults))
	}
	r, err := VerifyLedger(t.Context(), s.Reader, known(t, logKey(t, 9)), nil)
	if ok(t, err); r.Sound() || len(r.Faults) != 0 || strings.Contains(r.String(), "全部一致") {
		t.Errorf("%v", r)
	}
	tamper(t, url, `insert into row_key select * from aside.kept where year = 2025`, `delete from row_key where year = 0`)
	if _, sealed, faults := rowsOf(t, s); sealed != 0 || len(faults) == 0 || !strings.Contains(faults[0].Say, "不分年度") {
		t.Errorf("the key of no year gone: %d sealed, %v", sealed, faults)
	}
	tamper(t, url, `insert into row_key select * from aside.kept where year = 0`, `set session_replication_role = replica; update event set year = 2099; update result set year = 2099`)
	_, sealed, faults := rowsOf(t, s)
	var all []string
	for _, f := range faults {
		all = append(all, f.Table+" "+f.Say)
	}
	text := strings.Join(all, "\n")
	for _, want := range []string{"event 无法核对：2099 年度没有行密钥", "result 账本没有这一行的记录", "result 账本有记录，数据库中已不存在"} {
		if !strings.Contains(text, want) || sealed != 0 {
			t.Errorf("%q is not said, %d sealed:\n%s", want, sealed, text)
		}
	}
}

// query reads one column as somebody with all rights.
func query(t testing.TB, url, sql string) (all []string) {
	t.Helper()
	c, err := pgx.Connect(context.Background(), url)
	ok(t, err)
	defer c.Close(context.Background())
	rows, err := c.Query(context.Background(), sql)
	ok(t, err)
	all, err = pgx.CollectRows(rows, pgx.RowTo[string])
	ok(t, err)
	return all
}
