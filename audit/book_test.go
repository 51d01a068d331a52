package audit

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

const year = 2025

// reviewed is when things happen in these tests.
var reviewed = time.Date(year+1, 3, 2, 14, 30, 0, 0, campaign.Beijing)

func write(t testing.TB, s *store.Store, steps ...func(ctx context.Context, tx *store.Tx) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for _, do := range steps {
		ok(t, s.Write(ctx, func(tx *store.Tx) error { return do(ctx, tx) }))
	}
}

// tamper changes the book as somebody with all rights over the database could.
func tamper(t testing.TB, url string, statements ...string) {
	t.Helper()
	c, err := pgx.Connect(context.Background(), url)
	ok(t, err)
	defer c.Close(context.Background())
	for _, sql := range append([]string{"set session_replication_role = replica"}, statements...) {
		_, err := c.Exec(context.Background(), sql)
		ok(t, err)
	}
}

func marks(points rubric.Points) []rubric.Mark {
	all := make([]rubric.Mark, 14)
	for i := range all {
		all[i] = rubric.Mark{Row: i + 1, Points: points, Reason: "理由"}
	}
	return all
}

// freeze writes the next version of a result as the house does.
func freeze(s *store.Store, ref campaign.Ref, version int) func(context.Context, *store.Tx) error {
	return func(ctx context.Context, tx *store.Tx) error {
		card, scored, err := tx.Judge(ctx, rubric.Annex2(), ref)
		if err != nil {
			return err
		}
		return tx.AddResult(ctx, ref, store.Result{Version: version, Scored: scored, Total: card.Total, Card: card, At: reviewed})
	}
}

// book writes a campaign of three: one with two sheets, events, an appeal and
// a second version, one that handed in nothing, one without a result yet.
func book(t testing.TB) (*store.Store, string) {
	t.Helper()
	s, url := storetest.Open(t)
	storetest.Campaign(t, s, year, false, 3)
	one, two := storetest.Ref(year, 1), storetest.Ref(year, 2)
	event := func(clause string, points rubric.Points, confirmed *bool) func(context.Context, *store.Tx) error {
		return func(ctx context.Context, tx *store.Tx) error {
			id, err := tx.AddEvent(ctx, store.Event{Year: year, Code: one.Code, Clause: clause, Points: points, Title: "某项活动", Source: "简报",
				OccurredOn: reviewed.AddDate(-1, 0, 0), By: "o1", At: reviewed})
			if err != nil || confirmed == nil {
				return err
			}
			return tx.AddEventRuling(ctx, one, id, *confirmed, "材料齐全", "a1", reviewed)
		}
	}
	yes, no := true, false
	bonus, fault := clause(t, 15), clause(t, 16)
	write(t, s,
		func(ctx context.Context, tx *store.Tx) error {
			if err := tx.AddSeat(ctx, one, 1, "r1", "2026-02-27", reviewed); err != nil {
				return err
			}
			if err := tx.AddSeat(ctx, one, 2, "r2", "2026-02-27", reviewed); err != nil {
				return err
			}
			if _, err := tx.AddSheet(ctx, one, "r1", marks(250), reviewed); err != nil {
				return err
			}
			_, err := tx.AddSheet(ctx, one, "r2", marks(300), reviewed)
			return err
		},
		event(bonus.ID, bonus.Min, &yes), event(bonus.ID, bonus.Min, &no), event(bonus.ID, bonus.Min, nil), event(fault.ID, fault.Min, &yes),
		freeze(s, one, 1), freeze(s, two, 1),
		func(ctx context.Context, tx *store.Tx) error {
			if err := tx.AddAppeal(ctx, one, 3, "请复核", "张三", reviewed); err != nil {
				return err
			}
			return tx.AddAppealRuling(ctx, one, 3, "r4", 275, 350, "证据成立", reviewed)
		},
		freeze(s, one, 2),
		// what is found after the last version belongs to none of them
		event(bonus.ID, bonus.Min, &yes),
		func(ctx context.Context, tx *store.Tx) error {
			return tx.AddEventRuling(ctx, one, 3, true, "后来认定", "a1", reviewed)
		},
	)
	return s, url
}

func clause(t testing.TB, row int) rubric.Clause {
	t.Helper()
	all := rubric.Annex2().Clauses
	i := slices.IndexFunc(all, func(c rubric.Clause) bool { return c.Row == row })
	if i < 0 {
		t.Fatalf("row %d has no clause", row)
	}
	return all[i]
}

func recount(t *testing.T, s *store.Store) Recounted {
	t.Helper()
	got, err := Recount(t.Context(), s.Reader, rubric.Annex2(), year)
	ok(t, err)
	return got
}

func TestRecountEqual(t *testing.T) {
	s, _ := book(t)
	if got := recount(t, s); got.Institutions != 2 || got.Equal != 2 || len(got.Differences) != 0 {
		t.Errorf("%+v", got)
	}
	results, err := s.Results(t.Context(), storetest.Ref(year, 1))
	ok(t, err)
	if len(results) != 2 || results[0].Total == results[1].Total || results[0].Card.Bonus == 0 || results[0].Card.Deduction == 0 {
		t.Errorf("the book is too simple to show anything: %+v", results)
	}
	if empty, err := Recount(t.Context(), s.Reader, rubric.Annex2(), 2031); err != nil || empty.Institutions != 0 {
		t.Errorf("%+v %v", empty, err)
	}
}

// A matter that counted last year does not count again, in the book and in
// its recount, which reads when the ledger learned of last year's events.
func TestRecountOverTwoYears(t *testing.T) {
	s, url := storetest.Open(t)
	storetest.Campaign(t, s, year, false, 1)
	storetest.Campaign(t, s, year+1, false, 1)
	ref := storetest.Ref(year+1, 1)
	publish := func(of int, ruled bool) (id int64) {
		write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			id, err = tx.AddEvent(ctx, store.Event{Year: of, Code: ref.Code, Clause: "15.3a", Points: 200, Matter: "专访", Title: "报道", Source: "报纸",
				OccurredOn: reviewed.AddDate(of-year-1, 0, 0), By: "o1", At: reviewed})
			if err == nil && ruled {
				err = tx.AddEventRuling(ctx, ref, id, true, "材料齐全", "a1", reviewed)
			}
			return err
		})
		return id
	}
	early := publish(year, false)
	publish(year+1, true)
	write(t, s, freeze(s, ref, 1), func(ctx context.Context, tx *store.Tx) error {
		return tx.AddEventRuling(ctx, campaign.Ref{Year: year, Code: ref.Code}, early, true, "后来认定", "a1", reviewed)
	}, freeze(s, ref, 2))
	again := func() Recounted {
		got, err := Recount(t.Context(), s.Reader, rubric.Annex2(), year+1)
		ok(t, err)
		return got
	}
	if got := again(); got.Equal != 1 {
		t.Errorf("%+v", got)
	}
	results, err := s.Results(t.Context(), ref)
	ok(t, err)
	if results[0].Card.Bonus != 200 || results[1].Card.Bonus != 0 {
		t.Errorf("bonus %s, then %s", results[0].Card.Bonus, results[1].Card.Bonus)
	}
	tamper(t, url, `update event_ruling set confirmed = false where event = 1`)
	if got := again(); len(got.Differences) == 0 {
		t.Error("last year's ruling was changed and the recount did not notice")
	}
}

// Whatever is changed past the house, the recount names it.
func TestRecountNotices(t *testing.T) {
	const one, two = "CNCA-R-2002-001", "CNCA-R-2002-002"
	for name, c := range map[string]struct {
		sql   string
		code  string
		field string
		n     int // versions in which the field differs
	}{
		"a mark":                       {`update sheet set marks = jsonb_set(marks, '{0,points}', '100') where reviewer = 'r1'`, one, "第 1 项得分", 2},
		"a row of the card":            {`update result set card = jsonb_set(card, '{rows,4,points}', '500') where version = 1 and code = '` + one + `'`, one, "第 5 项得分", 1},
		"a row past its maximum":       {`update result set card = jsonb_set(card, '{rows,4,points}', '99900') where version = 2`, one, "第 5 项上限", 1},
		"the sum":                      {`update result set card = jsonb_set(card, '{total}', '9900') where version = 2`, one, "总分（各项之和）", 1},
		"the trace":                    {`update result set card = jsonb_set(card, '{trace,0,counted}', '0') where version = 2`, one, "总分（计分明细之和）", 1},
		"the rule in the trace":        {`update result set card = jsonb_set(card, '{trace,0,rule}', '"no-mark"') where version = 2`, one, "得分表摘要", 1},
		"a reason":                     {`update result set card = jsonb_set(card, '{rows,4,reason}', '"好"') where version = 2`, one, "第 5 项理由摘要", 1},
		"the table":                    {`update result set card = jsonb_set(card, '{table_sha256}', '"00"') where version = 2`, one, "指标版本", 1},
		"the column":                   {`update result set total = 9900 where version = 2`, one, "登记总分", 1},
		"scored":                       {`update result set scored = true where code = '` + two + `'`, two, "是否评分", 1},
		"an event unconfirmed":         {`update event_ruling set confirmed = false where event = 1`, one, "加分", 2},
		"an event's points":            {`update event set points = 500 where id = 4`, one, "扣分", 2},
		"a ruling":                     {`update appeal_ruling set after = 400`, one, "第 3 项得分", 1},
		"a ruling's reason":            {`update appeal_ruling set reason = '别的理由'`, one, "第 3 项理由摘要", 1},
		"a sheet gone":                 {`delete from sheet where reviewer = 'r2'`, one, "基础分", 2},
		"a version slipped in":         {`insert into result select year, code, 2, scored, total, card, at from result where code = '` + two + `'`, two, "账本记录", 1},
		"a version gone":               {`delete from result where version = 1 and code = '` + one + `'`, one, "版本号", 1},
		"both card and its ledger":     {`update result set card = jsonb_set(card, '{rows,4,points}', '500') where version = 1 and code = '` + one + `'`, one, "账本摘要", 1},
		"points that the rules refuse": {`update event set points = 77777 where id = 1`, one, "复算", 2},
	} {
		t.Run(name, func(t *testing.T) {
			s, url := book(t)
			tamper(t, url, c.sql)
			got, n := recount(t, s), 0
			for _, d := range got.Differences {
				if d.Code != c.code {
					t.Errorf("the wrong institution: %v", d)
				}
				if d.Field == c.field {
					n++
				}
			}
			if got.Institutions != 2 || got.Equal != 1 || n != c.n {
				t.Errorf("%q found in %d versions, want %d: %v", c.field, n, c.n, got.Differences)
			}
		})
	}
}

// A report of an audit names no person and quotes no reason.
func TestDifferencesQuoteNoReason(t *testing.T) {
	s, url := book(t)
	tamper(t, url, `update appeal_ruling set reason = '张三说的'`)
	for _, d := range recount(t, s).Differences {
		if line := d.String(); strings.Contains(line, "张三") || strings.Contains(line, "证据成立") || !strings.HasPrefix(line, "CNCA-R-2002-001 第 2 版 ") {
			t.Error(line)
		}
	}
}
