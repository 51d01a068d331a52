package store_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

func TestCampaignComesBackWhole(t *testing.T) {
	s, _ := storetest.Open(t)
	rules := storetest.Rules(t, year)
	c := storetest.Campaign(t, s, year, false, 3)
	if rules.Settings.Readings = c.Rules.Settings.Readings; len(rules.Settings.Readings.Unbound()) > 0 {
		t.Errorf("launched with %v", rules.Settings.Readings)
	}
	if diff := cmp.Diff(rules, c.Rules); diff != "" {
		t.Error(diff)
	}
	if c.RulesVersion != 1 || c.Rehearsal || c.ClockAt != nil || c.PublishedAt != nil || c.CreatedBy != "o1" || len(c.RubricSHA256) != 64 || !c.CreatedAt.Equal(rules.Calendar.Launch.Morning()) {
		t.Errorf("%+v", c)
	}
	rules.Calendar.PlanDue = "2025-03-14"
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		return first(func() error { return tx.AddRules(ctx, year, rules, "o2", at) }, func() error { return tx.AddPublication(ctx, year, "o1", at, nil) })
	})
	storetest.Campaign(t, s, 2026, true, 3)
	all, err := s.Campaigns(t.Context())
	ok(t, err)
	if len(all) != 2 || all[0].Year != 2026 || all[1].RulesVersion != 2 || all[1].Rules.Calendar.PlanDue != "2025-03-14" || !all[1].PublishedAt.Equal(at) {
		t.Errorf("%+v", all)
	}
	if _, err := s.Campaign(t.Context(), 2031); campaign.KindOf(err) != campaign.NotFound || err.Error() != "没有 2031 年度的评价，请核对年度" {
		t.Errorf("%v", err)
	}
}

func TestRehearsalClock(t *testing.T) {
	s, _ := storetest.Open(t)
	storetest.Campaign(t, s, year, true, 1)
	storetest.Campaign(t, s, 2026, false, 1)
	real := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	ok(t, s.SetClock(t.Context(), year, at, real))
	c, err := s.Campaign(t.Context(), year)
	ok(t, err)
	for after, want := range map[time.Duration]time.Time{0: at, 90 * time.Second: at.Add(90 * time.Second), -time.Hour: at} {
		if got := c.Now(real.Add(after)); !got.Equal(want) {
			t.Errorf("%v after it was set: %v, want %v", after, got, want)
		}
	}
	if err := s.SetClock(t.Context(), 2026, at, real); campaign.KindOf(err) != campaign.Conflict || err == nil {
		t.Errorf("the clock of a real year was moved: %v", err)
	}
	if c, err = s.Campaign(t.Context(), 2026); err != nil || !c.Now(real).Equal(real) {
		t.Errorf("%v %v", c.Now(real), err)
	}
}

func TestRoster(t *testing.T) {
	s, _ := storetest.Open(t)
	put := func(all ...campaign.Institution) [2]int {
		var got [2]int
		write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			got[0], got[1], err = tx.PutInstitutions(ctx, all, "o1", at)
			return err
		})
		return got
	}
	three := storetest.Institutions(3)
	if got := put(three...); got != [2]int{3, 0} {
		t.Errorf("first import: %v", got)
	}
	head, err := s.Head(t.Context())
	ok(t, err)
	if got := put(three...); got != [2]int{} {
		t.Errorf("the same again: %v", got)
	}
	if h, err := s.Head(t.Context()); err != nil || h != head {
		t.Errorf("the same again moved the ledger: %v", err)
	}
	three[1].Email = "new@institution.example"
	if got := put(three[1], storetest.Institution(4)); got != [2]int{1, 1} {
		t.Errorf("one changed, one new: %v", got)
	}
	roster, err := s.Roster(t.Context())
	ok(t, err)
	if diff := cmp.Diff(append(three, storetest.Institution(4)), roster); diff != "" {
		t.Error(diff)
	}
	if one, err := s.Institution(t.Context(), three[1].Code); err != nil || one != three[1] {
		t.Errorf("%+v %v", one, err)
	}
	if _, err := s.Institution(t.Context(), "CNCA-R-1999-001"); campaign.KindOf(err) != campaign.NotFound {
		t.Errorf("%v", err)
	}
}

func TestEntryPages(t *testing.T) {
	s, _ := storetest.Open(t)
	storetest.Campaign(t, s, year, false, 7)
	var all []string
	var steps []int
	for after := ""; ; {
		codes, done, total, err := s.EntryPage(t.Context(), year, after, 3)
		ok(t, err)
		if total != 7 {
			t.Fatalf("total %d", total)
		}
		steps = append(steps, done)
		if len(codes) == 0 {
			break
		}
		all, after = append(all, codes...), codes[len(codes)-1]
	}
	if len(all) != 7 || !slices.IsSorted(all) || !slices.Equal(steps, []int{3, 6, 7, 7}) {
		t.Errorf("%v in steps %v", all, steps)
	}
	entries, err := s.Entries(t.Context(), year)
	ok(t, err)
	if len(entries) != 7 || entries[6].Code != storetest.Code(7) || entries[0].Name != storetest.Institution(1).Name || entries[0].JoinedDay() != "2025-01-06" {
		t.Errorf("%+v", entries)
	}
}

func TestStageMovesAlongItsOrder(t *testing.T) {
	s, _ := storetest.Open(t)
	storetest.Campaign(t, s, year, false, 2)
	ref := storetest.Ref(year, 1)
	move := func(next campaign.Stage, due campaign.Day) error {
		return try(s, func(ctx context.Context, tx *store.Tx) error { return tx.SetStage(ctx, ref, next, due, at) })
	}
	ok(t, move(campaign.Planning, "2025-03-12"))
	head, err := s.Head(t.Context())
	ok(t, err)
	ok(t, move(campaign.Planning, "2025-03-12"))
	if h, err := s.Head(t.Context()); err != nil || h != head {
		t.Errorf("the same stage again moved the ledger: %v", err)
	}
	ok(t, move(campaign.Planning, "2025-03-20")) // again: only the day moves
	leaves, err := s.LeavesFrom(t.Context(), head.Size, 2)
	ok(t, err)
	if len(leaves) != 1 || leaves[0].Kind != "rows" || !strings.Contains(leaves[0].Record, `["entry",[2025,"CNCA-R-2002-001"],`) {
		t.Errorf("a moved day is not in the ledger: %+v", leaves)
	}
	e, err := s.Entry(t.Context(), ref)
	ok(t, err)
	if e.Stage != campaign.Planning || e.DueDay() != "2025-03-20" || !e.StageAt.Equal(at) || e.Ref() != ref || !e.Ranked {
		t.Errorf("%+v", e)
	}
	if err := move(campaign.Served, ""); campaign.KindOf(err) != campaign.Conflict {
		t.Errorf("a jump: %v", err)
	}
	write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.SetDue(ctx, ref, "") })
	if e, err = s.Entry(t.Context(), ref); err != nil || e.DueDay() != "" {
		t.Errorf("%v %v", e.DueDay(), err)
	}
	for _, next := range []campaign.Stage{campaign.Collecting, campaign.SelfScore, campaign.Scoring, campaign.Served, campaign.Final, campaign.Closed} {
		ok(t, move(next, ""))
	}
	for i, stage := range []campaign.Stage{campaign.Closed, campaign.Left} { // what is closed stays closed
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			return first(func() error { return tx.SetLeft(ctx, storetest.Ref(year, i+1), "merged", at) }, func() error { return tx.SetLeft(ctx, storetest.Ref(year, i+1), "revoked", at) })
		})
		if e, err = s.Entry(t.Context(), storetest.Ref(year, i+1)); err != nil || e.Stage != stage {
			t.Errorf("%v %v", e, err)
		}
	}
	if e.LeftHow == nil || *e.LeftHow != "merged" {
		t.Errorf("left %v", e.LeftHow)
	}
	if err := try(s, func(ctx context.Context, tx *store.Tx) error {
		return tx.SetStage(ctx, storetest.Ref(year, 9), campaign.Planning, "", at)
	}); campaign.KindOf(err) != campaign.NotFound {
		t.Errorf("stage of nobody: %v", err)
	}
}

func TestExtensionsAndOutcome(t *testing.T) {
	s, _ := storetest.Open(t)
	l := life(t, s)
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		n, err := tx.AddExtension(ctx, l.ref, campaign.SelfScoreTask, "2026-02-05", "系统迁移", "o2", at)
		if n != 2 {
			t.Errorf("extension %d", n)
		}
		return first(func() error { return err }, func() error { return tx.SetOutcome(ctx, l.ref, "certificate", at) })
	})
	head, err := s.Head(t.Context())
	ok(t, err)
	write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.SetOutcome(ctx, l.ref, "certificate", at) })
	if h, err := s.Head(t.Context()); err != nil || h != head {
		t.Errorf("the same outcome moved the ledger: %v", err)
	}
	all, err := s.Extensions(t.Context(), l.ref)
	ok(t, err)
	e, err := s.Entry(t.Context(), l.ref)
	ok(t, err)
	if len(all) != 2 || all[1].Task != campaign.SelfScoreTask || all[1].Day.Format(time.DateOnly) != "2026-02-05" || *e.Outcome != "certificate" {
		t.Errorf("%+v %v", all, *e.Outcome)
	}
}

func TestSeatsAndSheets(t *testing.T) {
	s, _ := storetest.Open(t)
	l := life(t, s)
	free, err := s.FreeReviewers(t.Context(), l.ref, true)
	ok(t, err)
	if !slices.Equal(free, []string{"r3"}) { // r1, r2 sit there, r4 decides there
		t.Errorf("free %v", free)
	}
	free, err = s.FreeReviewers(t.Context(), storetest.Ref(year, 2), true)
	ok(t, err)
	if !slices.Equal(free, []string{"r1", "r2", "r3", "r4"}) {
		t.Errorf("free elsewhere %v", free)
	}
	write(t, s, func(ctx context.Context, tx *store.Tx) error { // r2 stays silent, r3 takes his seat
		_, err := tx.AddSheet(ctx, l.ref, "r2", marks(200), at)
		return first(func() error { return err }, func() error { return tx.AddSeat(ctx, l.ref, 2, "r3", "2026-03-09", at) })
	})
	seats, err := s.Seats(t.Context(), l.ref)
	ok(t, err)
	if len(seats) != 2 || seats[0].SheetAt == nil || seats[1].Reviewer != "r3" || seats[1].N != 2 || seats[1].SheetAt != nil {
		t.Errorf("%+v", seats)
	}
	sheets, err := s.SheetsOf(t.Context(), l.ref)
	ok(t, err)
	if len(sheets) != 1 || sheets[0].Reviewer != "r1" || sheets[0].Seat != 1 || sheets[0].Digest != store.Digest(marks(450)) || !slices.Equal(sheets[0].Marks, marks(450)) {
		t.Errorf("the sheet of one who lost his seat counts: %+v", sheets)
	}
	for who, want := range map[string]int{"r1": 1, "r2": 0, "r3": 1} {
		if mine, err := s.SeatsOf(t.Context(), year, who); err != nil || len(mine) != want {
			t.Errorf("%s holds %d seats, want %d (%v)", who, len(mine), want, err)
		}
	}
}

func TestEvents(t *testing.T) {
	s, _ := storetest.Open(t)
	l := life(t, s)
	var rejected int64
	write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
		rejected, err = tx.AddEvent(ctx, event(storetest.Ref(year, 2), "16.1", 400))
		return first(func() error { return err }, func() error {
			return tx.AddEventRuling(ctx, storetest.Ref(year, 2), rejected, false, "与认证无关", "o2", at)
		})
	})
	everybody := l.ref
	everybody.Code = ""
	all, err := s.Events(t.Context(), everybody)
	ok(t, err)
	mine, err := s.Events(t.Context(), l.ref)
	ok(t, err)
	var states []rubric.State
	for _, e := range all {
		states = append(states, e.Rubric().State)
	}
	if len(mine) != 2 || !slices.Equal(states, []rubric.State{rubric.Confirmed, rubric.Pending, rubric.Rejected}) {
		t.Errorf("%d, %v", len(mine), states)
	}
	if r := mine[0].Rubric(); r.OccurredOn != "2025-06-03" || r.Points != 500 || r.Clause != "15.1" || r.ID == mine[1].Rubric().ID {
		t.Errorf("%+v", r)
	}
	if *all[2].Reason != "与认证无关" || *all[2].RuledBy != "o2" {
		t.Errorf("%+v", all[2])
	}
}

func TestResults(t *testing.T) {
	s, _ := storetest.Open(t)
	l := life(t, s)
	card := rubric.Scorecard{}
	add := func(ref campaign.Ref, version int, total rubric.Points) {
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.AddResult(ctx, ref, store.Result{Version: version, Scored: true, Total: total, Card: card, At: at})
		})
	}
	add(l.ref, 1, 1) // frozen: the first one stays
	add(l.ref, 2, 9000)
	add(storetest.Ref(year, 2), 1, -600)
	all, err := s.Results(t.Context(), l.ref)
	ok(t, err)
	if len(all) != 2 || all[0].Total != 8750 || all[1].Total != 9000 || all[1].Version != 2 {
		t.Errorf("%+v", all)
	}
	latest, err := s.LatestResults(t.Context(), year)
	ok(t, err)
	if len(latest) != 2 || latest[0].Version != 2 || latest[1].Total != -600 {
		t.Errorf("%+v", latest)
	}
}

func TestDeciders(t *testing.T) {
	s, _ := storetest.Open(t)
	l := life(t, s)
	open := func(who string) int {
		all, err := s.DecidesFor(t.Context(), year, who)
		ok(t, err)
		return len(all)
	}
	stage := func(all ...campaign.Stage) {
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			for _, next := range all {
				if err := tx.SetStage(ctx, l.ref, next, "", at); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if open("r4") != 0 {
		t.Error("decides of an institution whose result was not served")
	}
	stage(campaign.Planning, campaign.Collecting, campaign.SelfScore, campaign.Scoring, campaign.Served)
	if open("r4") != 1 || open("r3") != 0 {
		t.Errorf("r4 decides %d, r3 %d", open("r4"), open("r3"))
	}
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		return tx.AddDecider(ctx, l.ref, "r3", "2026-04-27", at)
	})
	d, err := s.DeciderOf(t.Context(), l.ref)
	ok(t, err)
	if d.Reviewer != "r3" || d.N != 2 || d.Due.Format(time.DateOnly) != "2026-04-27" || open("r4") != 0 || open("r3") != 1 {
		t.Errorf("%+v", d)
	}
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		return tx.AddAppealRuling(ctx, l.ref, 4, "r3", 300, 300, "维持", at)
	})
	if open("r3") != 0 {
		t.Error("everything is decided and still listed as open")
	}
	if _, err := s.DeciderOf(t.Context(), storetest.Ref(year, 2)); campaign.KindOf(err) != campaign.NotFound {
		t.Errorf("%v", err)
	}
}

// Who has left is in nobody's list of work.
func TestNoWorkWithWhoLeft(t *testing.T) {
	s, _ := storetest.Open(t)
	l := life(t, s)
	lists := func() (seats, decides int) {
		all, err := s.OpenSeats(t.Context(), year)
		ok(t, err)
		mine, err := s.DecidesFor(t.Context(), year, "r4")
		ok(t, err)
		return len(all), len(mine)
	}
	for _, k := range []struct {
		to             campaign.Stage
		seats, decides int
	}{{campaign.Planning, 0, 0}, {campaign.Collecting, 0, 0}, {campaign.SelfScore, 0, 0}, {campaign.Scoring, 1, 0}, {campaign.Served, 0, 1}, {campaign.Left, 0, 0}} {
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			if k.to == campaign.Left {
				return tx.SetLeft(ctx, l.ref, "merged", at)
			}
			return tx.SetStage(ctx, l.ref, k.to, "", at)
		})
		if seats, decides := lists(); seats != k.seats || decides != k.decides {
			t.Errorf("%s: %d seats and %d appeals are listed as open, want %d and %d", k.to, seats, decides, k.seats, k.decides)
		}
	}
}

func TestWarnings(t *testing.T) {
	s, _ := storetest.Open(t)
	storetest.Campaign(t, s, year, false, 2)
	ref := storetest.Ref(year, 1)
	w := store.Warning{Year: year, Code: ref.Code, Number: 1, Facts: rubric.Facts{}, Grounds: []rubric.Ground{{}}, StateAt: at}
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		return first(
			func() error { return tx.AddWarning(ctx, w) },
			func() error { return act(ctx, tx, ref, campaign.ActNotice, "o1") },
			func() error { return act(ctx, tx, ref, campaign.ActReply, "") },
			func() error { return act(ctx, tx, ref, campaign.ActWindow, "") }, // the institution and the calendar have no id
			func() error { return tx.SetWarningState(ctx, ref, campaign.Noticed, "2026-06-10", at) },
		)
	})
	head, err := s.Head(t.Context())
	ok(t, err)
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		return tx.SetWarningState(ctx, ref, campaign.Noticed, "2026-06-10", at.Add(time.Hour))
	})
	if h, err := s.Head(t.Context()); err != nil || h != head {
		t.Errorf("the same state again moved the ledger: %v", err)
	}
	got, err := s.Warning(t.Context(), ref)
	ok(t, err)
	if got.State != campaign.Noticed || got.DueDay() != "2026-06-10" || !got.StateAt.Equal(at) || got.Ref() != ref || got.Name == "" || len(got.Grounds) != 1 {
		t.Errorf("%+v", got)
	}
	acts, err := s.WarningActs(t.Context(), ref)
	ok(t, err)
	for i, a := range acts {
		if a.N != i+1 || !a.At.Equal(at) || a.Text != "见附件" {
			t.Errorf("%+v", a)
		}
	}
	all, err := s.Warnings(t.Context(), year)
	ok(t, err)
	if len(acts) != 3 || acts[0].Act != campaign.ActNotice || acts[0].By != "o1" || len(all) != 1 {
		t.Errorf("%+v %d", acts, len(all))
	}
	if _, err := s.Warning(t.Context(), storetest.Ref(year, 2)); campaign.KindOf(err) != campaign.NotFound {
		t.Errorf("%v", err)
	}
}

// A digest is of the canonical JSON: key order of maps does not matter.
func TestDigest(t *testing.T) {
	a, b := store.Digest(map[string]int{"a": 1, "b": 2}), store.Digest(json.RawMessage(`{ "a":1, "b":2 }`))
	const want = "43258cff783fe7036d8a43033f830adfc60ec037382473548ac742b888292777" // sha256 of {"a":1,"b":2}
	if a != want || b != want {
		t.Errorf("%s %s", a, b)
	}
}
