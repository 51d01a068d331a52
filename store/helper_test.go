package store_test

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

var update = flag.Bool("update", false, "write the golden files")

const year = 2025

// at is when things happen in these tests: an afternoon of the year, in Beijing.
var at = time.Date(year, 6, 3, 14, 30, 0, 0, campaign.Beijing)

var digest = store.Digest("some bytes")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; got:\n%s", path, got)
	}
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// write commits or fails the test.
func write(t testing.TB, s *store.Store, do func(ctx context.Context, tx *store.Tx) error) {
	t.Helper()
	ok(t, try(s, do))
}

func try(s *store.Store, do func(ctx context.Context, tx *store.Tx) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	return s.Write(ctx, func(tx *store.Tx) error { return do(ctx, tx) })
}

// owner connects with the rights of the database's owner, past the store.
func owner(t testing.TB, url string) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(context.Background(), url)
	ok(t, err)
	t.Cleanup(func() { c.Close(context.Background()) })
	return c
}

func sql(t testing.TB, c *pgx.Conn, text string, args ...any) {
	t.Helper()
	_, err := c.Exec(context.Background(), text, args...)
	ok(t, err)
}

func column[T any](t testing.TB, c *pgx.Conn, text string, args ...any) []T {
	t.Helper()
	rows, err := c.Query(context.Background(), text, args...)
	ok(t, err)
	all, err := pgx.CollectRows(rows, pgx.RowTo[T])
	ok(t, err)
	return all
}

// told is what life leaves behind for the tests to point at.
type told struct {
	ref          campaign.Ref
	ruled, open  int64 // events
	session, tik []byte
}

// life writes one of everything for the first institution of a campaign of three.
func life(t testing.TB, s *store.Store) told {
	t.Helper()
	storetest.Campaign(t, s, year, false, 3)
	l := told{ref: storetest.Ref(year, 1), session: []byte("session-token-in-the-clear-0001"), tik: []byte("ticket-id-in-the-clear-00000001")}
	write(t, s, func(ctx context.Context, tx *store.Tx) error { return l.handIn(ctx, tx) })
	write(t, s, func(ctx context.Context, tx *store.Tx) error { return l.review(ctx, tx) })
	write(t, s, func(ctx context.Context, tx *store.Tx) error { return l.after(ctx, tx) })
	write(t, s, func(ctx context.Context, tx *store.Tx) error { return l.honoured(ctx, tx) })
	write(t, s, func(ctx context.Context, tx *store.Tx) error { return l.behind(ctx, tx) })
	ctx := t.Context()
	ok(t, s.AddSession(ctx, l.session, "o1", at))
	ok(t, s.AddTicket(ctx, l.tik, store.Ticket{Year: year, Code: l.ref.Code, Scope: "act", Intent: "k/mail", IssuedAt: at, ExpiresAt: at.Add(time.Hour)}))
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		n, err := tx.AddActCode(ctx, l.ref, l.tik, store.ActCode{Act: "plan", Digest: digest, AskedAt: at, ExpiresAt: at.Add(time.Minute)}, at)
		if err == nil {
			err = tx.AddCodeTry(ctx, l.ref, n, true, at)
		}
		return err
	})
	ok(t, s.AddFileScan(ctx, store.Unscanned{Digest: digest, Year: year, Code: l.ref.Code}, true, "", at))
	ok(t, s.SaveDraft(ctx, "institution", l.ref, "plan", map[string]string{"goal": "草稿"}, at))
	return l
}

func (l *told) handIn(ctx context.Context, tx *store.Tx) error {
	return first(
		func() error {
			_, err := tx.AddPlan(ctx, l.ref, map[string]string{"goal": "一"}, "张三", false, at)
			return err
		},
		func() error { return tx.AddPlanReview(ctx, l.ref, 1, false, "请补充频次", "o1", at) },
		func() error {
			_, err := tx.AddPlan(ctx, l.ref, map[string]string{"goal": "二"}, "张三", true, at)
			return err
		},
		func() error { _, err := tx.AddEvidence(ctx, l.ref, evidence(1, digest)); return err },
		func() error { _, err := tx.AddSelfScore(ctx, l.ref, marks(500), "张三", at); return err },
		func() error { _, err := tx.AddRegister(ctx, l.ref, registerVersion("accounts", "官网")); return err },
		func() error { return tx.AddRegisterFile(ctx, l.ref, registerFile(digest)) },
		func() error {
			return tx.AddQuarantine(ctx, store.Quarantined{Digest: strings.Repeat("9", 64), Year: year, Code: l.ref.Code, Reason: "误传", By: "o1", At: at})
		},
		func() error {
			_, err := tx.AddExtension(ctx, l.ref, campaign.PlanTask, "2025-04-01", "台风停工", "o1", at)
			return err
		},
	)
}

func (l *told) review(ctx context.Context, tx *store.Tx) error {
	return first(
		func() error { return tx.AddSeat(ctx, l.ref, 1, "r1", "2026-02-27", at) },
		func() error { return tx.AddSeat(ctx, l.ref, 2, "r2", "2026-02-27", at) },
		func() error { _, err := tx.AddSheet(ctx, l.ref, "r1", marks(450), at); return err },
		func() (err error) { l.ruled, err = tx.AddEvent(ctx, event(l.ref, "15.1", 500)); return },
		func() (err error) { l.open, err = tx.AddEvent(ctx, event(l.ref, "16.1", 300)); return },
		func() error { return tx.AddEventRuling(ctx, l.ref, l.ruled, true, "材料齐全", "a1", at) },
		func() error {
			return tx.AddResult(ctx, l.ref, store.Result{Version: 1, Scored: true, Total: 8750, Card: rubric.Scorecard{}, At: at})
		},
		func() error { return tx.AddAppeal(ctx, l.ref, 3, "舆情机制已建立", "张三", at) },
		func() error { return tx.AddAppeal(ctx, l.ref, 4, "报告已发布", "张三", at) },
		func() error { return tx.AddDecider(ctx, l.ref, "r4", "2026-04-20", at) },
		func() error { return tx.AddAppealRuling(ctx, l.ref, 3, "r4", 300, 350, "证据成立", at) },
	)
}

func (l *told) after(ctx context.Context, tx *store.Tx) error {
	tx.Queue(mail(l.ref, "k/mail"), store.Intent{Key: "k/paper", Kind: store.PaperIntent, Ref: l.ref, Body: store.PaperBody{Kind: campaign.ResultPaper}})
	return first(
		func() error { return tx.AddPublication(ctx, year, "o1", at, map[string]int{l.ref.Code: 8750}) },
		func() error {
			return tx.AddWarning(ctx, store.Warning{Year: year, Code: l.ref.Code, Number: 1, StateAt: at})
		},
		func() error { return act(ctx, tx, l.ref, campaign.ActNotice, "o1") },
		func() error { return act(ctx, tx, l.ref, campaign.ActSign, "a1") },
		func() error { _, err := tx.AddWarningSkip(ctx, l.ref, "已另案处理", "o1", at); return err },
		func() error { _, err := tx.AddCaseFile(ctx, l.ref, caseFile(store.AboutAppeal, 3)); return err },
		func() error { _, err := tx.Numbers(ctx, "宣评告", year, []string{l.ref.Code}); return err },
		func() error {
			id, err := tx.AddInterpretation(ctx, store.Interpretation{Reading: "R-05", Option: "broad", Clause: "附件2 第15项", Body: "同一事项按整项计", FromYear: 2030, By: "o1", At: at})
			if err != nil {
				return err
			}
			return tx.ForceInterpretation(ctx, id, "a1", at)
		},
	)
}

// first runs the steps until one fails.
func first(steps ...func() error) error {
	for _, do := range steps {
		if err := do(); err != nil {
			return err
		}
	}
	return nil
}

func act(ctx context.Context, tx *store.Tx, ref campaign.Ref, a campaign.WarningAct, by string) error {
	role := "officer"
	if by == "" { // the institution and the calendar have no id
		role = ""
	}
	_, err := tx.AddWarningAct(ctx, ref, store.WarningAct{Act: a, Role: role, By: by, Text: "见附件", At: at})
	return err
}

func mail(ref campaign.Ref, key string) store.Intent {
	return store.Intent{Key: key, Kind: store.MailIntent, Ref: ref, Body: store.MailBody{Template: "launch", To: "institution", Date: at}}
}

func evidence(row int, digest string) store.Evidence {
	return store.Evidence{Row: row, Name: "制度.pdf", Media: "application/pdf", Size: 1234, Digest: digest, Note: "", ByName: "张三", At: at}
}

func caseFile(about string, row int) store.CaseFile {
	return store.CaseFile{About: about, Row: row, Name: "补充.pdf", Media: "application/pdf", Size: 99, Digest: strings.Repeat("d", 64), ByName: "张三", At: at}
}

func event(ref campaign.Ref, clause string, points rubric.Points) store.Event {
	return store.Event{Year: ref.Year, Code: ref.Code, Clause: clause, Points: points, Title: "某项活动", Source: "简报", OccurredOn: at, By: "o1", At: at}
}

func marks(points rubric.Points) []rubric.Mark {
	all := make([]rubric.Mark, 14)
	for i := range all {
		all[i] = rubric.Mark{Row: i + 1, Points: points, Reason: "理由"}
	}
	return all
}
