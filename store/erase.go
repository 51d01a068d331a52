package store

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"xuanping/campaign"
)

// The columns whose words are codes and states of the house, inside those the
// fields. Whatever is not named here may name a person: a new column too. An
// archive without names hides it, the erasure of a year takes it away.
var (
	PlainColumns = strings.Fields(`code kind stage left_how successor outcome task reviewer reviewers by created_by ruled_by digest act state role clause source_kind relevance
	rubric rubric_sha256 reading option interpretation series scope province category level media why number verify activity adoption
	template delivery pdf workflow run commitment seed finding step`)
	PlainFields = strings.Fields(`table table_sha256 clause event rule reading option interpretation template to scope task kind papers`)
	// PlainTables hold no words about people: settings, calendar, totals.
	PlainTables = []string{"rules", "publication", "campaign"}
)

// freeText are columns that have the name of a code but hold what somebody wrote.
var freeText = map[string]string{"incident": "activity"}

// PlainColumn tells whether a column's words are codes and states of the house.
func PlainColumn(table, column string) bool {
	return slices.Contains(PlainColumns, column) && freeText[table] != column
}

// keptWords are columns that an erasure leaves besides: what is one matter over
// the years, which medium, what a letter's key is, and the list that was published.
var keptWords = map[string][]string{
	"event": {"matter", "medium"}, "intent": {"provider"}, "ticket": {"intent"}, "interpretation": {"id", "body"}, "reply": {"thread"}, "paper": {"key"}, "service": {"letter"}, "release_draft": {"body"},
}

// Erasure is a step on the way to a year without names.
type Erasure struct {
	OfYear int
	N      int
	Act    string // propose, withdraw, confirm
	Forced bool
	Reason string
	Rows   int64
	Files  int64
	By     string
	At     time.Time
}

// Acts of an erasure.
const (
	EraseProposed  = "propose"
	EraseWithdrawn = "withdraw"
	EraseConfirmed = "confirm"
)

// Erasures lists the steps about a year, oldest first.
func (r Reader) Erasures(ctx context.Context, year int) ([]Erasure, error) {
	return collect[Erasure](ctx, r, `select of_year, n, act, forced, reason, rows, files, by::text by, at from erasure where of_year = $1 order by n`, year)
}

// Erased lists the years whose names were erased.
func (r Reader) Erased(ctx context.Context) ([]int, error) {
	return list[int](ctx, r, `select of_year from erasure where act = 'confirm' order by 1`)
}

// OpenIntents counts the effects of a year that are still to come.
func (r Reader) OpenIntents(ctx context.Context, year int) (int, error) {
	return scalar[int](ctx, r, `select count(*)::int from intent where year = $1 and state in ('queued','sending')`, year)
}

// AddErasure writes a step of an erasure.
func (tx *Tx) AddErasure(ctx context.Context, e Erasure) error {
	_, err := tx.exec(ctx, `insert into erasure (of_year, n, act, forced, reason, rows, files, by, at)
		select $1::int, coalesce(max(n), 0) + 1, $2, $3, $4, $5, $6, $7, $8 from erasure where of_year = $1`, e.OfYear, e.Act, e.Forced, e.Reason, e.Rows, e.Files, e.By, e.At)
	if err == nil {
		tx.record("erasure", campaign.Ref{Year: e.OfYear}, e.At, map[string]any{"act": e.Act, "by": e.By, "n": e.Rows, "late": !e.Forced})
	}
	return err
}

// OpenOwner connects with the rights of the login itself: only the owner of the
// tables can take words out of facts.
func OpenOwner(ctx context.Context, url string) (*Store, error) { return open(ctx, url, false, nil) }

// childTables hold words of a year without its number.
var childTables = map[string]string{
	"event_ruling": `event in (select id from event where year = $1)`,
	"mail_event":   `key in (select key from intent where year = $1)`,
	"matter_act":   `id in (select p.act from matter_place p join event e on e.id = p.event where e.year = $1)`,
}

// Erase takes the words out of every row of a year, and destroys the year's key,
// so that nothing in the ledger can be traced to a name any more; the records of
// the ledger stay as they are. It tells how many rows it changed. The
// connection must be the owner's.
func (tx *Tx) Erase(ctx context.Context, year int) (rows int64, err error) {
	salt := rand.Text()
	if _, err := tx.exec(ctx, `set local statement_timeout = 0`); err != nil {
		return 0, err
	}
	tables, err := list[string](ctx, tx.Reader, `select tbl from row_rule order by 1`)
	if err != nil {
		return 0, err
	}
	for _, t := range tables {
		n, err := tx.eraseTable(ctx, t, year, salt)
		if err != nil {
			return rows, fmt.Errorf("%s：%w", t, err)
		}
		rows += n
	}
	for _, sql := range []string{`delete from draft where year = $1`, `delete from row_key where year = $1`} {
		if _, err := tx.exec(ctx, sql, year); err != nil {
			return rows, err
		}
	}
	_, err = tx.exec(ctx, `create or replace trigger key_destroyed before insert on row_key for each row execute function key_destroyed()`)
	return rows, err
}

// eraseTable replaces the words of a table's rows. Rows of a year lose their
// digest with the year's key and are not recorded again; rows that belong to no
// year are, so that they still agree with the ledger.
func (tx *Tx) eraseTable(ctx context.Context, table string, year int, salt string) (int64, error) {
	where, of := childTables[table]
	if !of {
		where = `year = $1`
	}
	sets, dated, err := tx.wordColumns(ctx, table)
	if err != nil || len(sets) == 0 || slices.Contains(PlainTables, table) || !of && !dated {
		return 0, err
	}
	name, off := pgx.Identifier{table}.Sanitize(), "user"
	if of {
		off = "append_only"
	}
	if _, err := tx.exec(ctx, fmt.Sprintf(`alter table %s disable trigger %s`, name, off)); err != nil {
		return 0, err
	}
	set, args := strings.Join(sets, ", "), []any{year}
	for i, more := range []any{salt, PlainFields} {
		if strings.Contains(set, fmt.Sprint("$", i+2)) {
			args = append(args, more)
		}
	}
	n, err := tx.exec(ctx, fmt.Sprintf(`update %s set %s where %s`, name, set, where), args...)
	if err != nil {
		return 0, err
	}
	_, err = tx.exec(ctx, fmt.Sprintf(`alter table %s enable trigger %s`, name, off))
	return n, err
}

// wordColumns gives an assignment for every column of a table that may hold
// somebody's words: texts that are neither key nor one of a few values, lists,
// and JSON; and whether the rows belong to years.
func (tx *Tx) wordColumns(ctx context.Context, table string) (sets []string, dated bool, err error) {
	type column struct{ Name, Type string }
	all, err := collect[column](ctx, tx.Reader, `select a.attname::text name, format_type(a.atttypid, null) type from pg_attribute a
		where a.attrelid = $1::text::regclass and a.attnum > 0 and not a.attisdropped and (a.attname = 'year' or format_type(a.atttypid, null) in ('text', 'text[]', 'jsonb')
			and not a.attname::text = any (select unnest(pk) from row_rule where tbl = $1::text)
			and not exists (select from pg_constraint c where c.conrelid = a.attrelid and c.contype in ('f', 'u') and a.attnum = any (c.conkey))
			and not exists (select from pg_constraint c where c.conrelid = a.attrelid and c.contype = 'c' and c.conkey = array[a.attnum] and pg_get_constraintdef(c.oid) like '%= ANY (ARRAY[%')) order by a.attnum`, table)
	for _, c := range all {
		name := pgx.Identifier{c.Name}.Sanitize()
		switch {
		case c.Name == "year":
			dated = true
		case PlainColumn(table, c.Name) || slices.Contains(keptWords[table], c.Name):
		case c.Type == "text":
			sets = append(sets, fmt.Sprintf(`%[1]s = erased_text(%[1]s, $2)`, name))
		case c.Type == "jsonb":
			sets = append(sets, fmt.Sprintf(`%[1]s = erased_json(%[1]s, $2, $3, '')`, name))
		default:
			sets = append(sets, fmt.Sprintf(`%[1]s = array(select erased_text(w, $2) from unnest(%[1]s) w)`, name))
		}
	}
	if table == "paper" { // what is about a person goes whole
		sets = append(sets, `pdf = case when kind in (`+personalPapers()+`) then ''::bytea else pdf end`)
	}
	return sets, dated, err
}

// personalPapers are the kinds of papers about persons, as SQL lists them.
func personalPapers() string {
	var all []string
	for _, p := range campaign.PersonalPapers() {
		all = append(all, "'"+string(p)+"'")
	}
	return strings.Join(all, ", ")
}
