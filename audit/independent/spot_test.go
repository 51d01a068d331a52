package independent_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"xuanping/audit/independent"
	"xuanping/campaign"
)

// spotYear is what an archive says of one list that was drawn from.
type spotYear struct {
	seed       campaign.SpotSeed
	kind       campaign.SpotKind
	rows       []campaign.Record
	items      int
	lines      []int
	total      int
	commitment string
	records    []string
	hidden     bool
	opened     bool
}

// drawnList lets the house draw.
func drawnList(seed campaign.SpotSeed, kind campaign.SpotKind, rows []campaign.Record, n int) spotYear {
	y := spotYear{seed: seed, kind: kind, rows: rows, items: n, commitment: seed.Commitment(), opened: true}
	items := kind.Items(rows)
	for _, it := range seed.Key(campaign.Ref{Year: year, Code: "CNCA-R-2002-001"}, kind).Draw(items, n) {
		y.lines = append(y.lines, it.Line)
	}
	y.total = len(items)
	y.records = []string{fmt.Sprintf(`{"kind":"spot-commit","year":%d,"body":{"digest":%q}}`, year, y.commitment),
		fmt.Sprintf(`{"kind":"register","year":%d,"code":"CNCA-R-2002-001","body":{"register":%q,"version":2}}`, year, kind),
		fmt.Sprintf(`{"kind":"spot-draw","year":%d,"code":"CNCA-R-2002-001","body":{"register":%q,"version":2}}`, year, kind)}
	return y
}

func (y spotYear) facts(t testing.TB) independent.Facts {
	t.Helper()
	row := func(v any) []json.RawMessage {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return []json.RawMessage{b}
	}
	f := independent.Facts{Year: year, Hidden: y.hidden, Rows: map[string][]json.RawMessage{
		"spot_commit":      row(map[string]any{"year": year, "items": y.items, "commitment": y.commitment}),
		"spot_draw":        row(map[string]any{"year": year, "code": "CNCA-R-2002-001", "kind": y.kind, "version": 2, "total": y.total, "lines": y.lines}),
		"register_version": row(map[string]any{"year": year, "code": "CNCA-R-2002-001", "register": y.kind, "version": 2, "body": map[string]any{"rows": y.rows}}),
	}}
	if y.opened {
		f.Rows["spot_reveal"] = row(map[string]any{"year": year, "seed": y.seed.String()})
	}
	for _, r := range y.records {
		f.Records = append(f.Records, json.RawMessage(r))
	}
	return f
}

func redraw(t testing.TB, y spotYear) independent.Drawn {
	t.Helper()
	d, err := independent.Redraw(y.facts(t))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// requirements §3 no. 5: whatever the list holds, the second draw takes the lines
// that the house took.
func TestRedrawEqualsTheHouse(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var rows []campaign.Record
		for range rapid.IntRange(0, 12).Draw(r, "rows") {
			row := campaign.Record{}
			for _, k := range []string{"title", "item", "url", "note"} {
				if v := rapid.SampledFrom([]string{"", "甲", "稿件 <b>&", "a\"b\\", "\u2028", "https://x.example/?a=1&b=2"}).Draw(r, k); v != "" {
					row[k] = v
				}
			}
			rows = append(rows, row)
		}
		seed := campaign.RehearsalSeed(rapid.IntRange(1, 1<<20).Draw(r, "seed"))
		y := drawnList(seed, rapid.SampledFrom(campaign.SpotKinds()).Draw(r, "kind"), rows, rapid.IntRange(1, 5).Draw(r, "n"))
		if d := redraw(t, y); len(d.Differences) > 0 || d.Draws != 1 || d.Closed != 0 {
			r.Fatalf("%+v: %v", y, d)
		}
	})
}

// One flipped bit of seed, commitment, list or draw is found; so is a draw before
// the commitment, and one from an older version of a list.
func TestRedrawFindsEveryFlippedBit(t *testing.T) {
	var rows []campaign.Record
	for i := range 40 {
		rows = append(rows, campaign.Record{"title": fmt.Sprintf("稿件%d", i), "url": fmt.Sprintf("https://x.example/%d", i)})
	}
	good := drawnList(campaign.RehearsalSeed(7), campaign.SpotLinks, rows, 3)
	flips := 0
	found := func(what string, y spotYear) {
		t.Helper()
		flips++
		if d := redraw(t, y); len(d.Differences) == 0 {
			t.Errorf("%s: not found", what)
		}
	}
	for i := range len(good.seed) * 8 {
		y := good
		y.seed[i/8] ^= 1 << (i % 8)
		found(fmt.Sprintf("bit %d of the seed", i), y)
		again := drawnList(y.seed, y.kind, rows, 3)
		again.records = good.records // the ledger has the first commitment
		found(fmt.Sprintf("bit %d of the seed and of all that follows from it", i), again)
	}
	for i := range good.lines {
		y := good
		y.lines = slices.Clone(good.lines)
		y.lines[i] ^= 1
		found(fmt.Sprintf("line %d", i), y)
	}
	for i := range good.total {
		y := good
		y.total ^= 1 << (i % 5)
		found("the number of items", y)
	}
	y := good
	y.items ^= 1
	found("how many are drawn", y)
	y = good
	y.rows = slices.Clone(rows)
	y.rows[good.lines[0]-1] = campaign.Record{"title": "稿件x", "url": rows[good.lines[0]-1]["url"]}
	if slices.Equal(drawnList(y.seed, y.kind, y.rows, 3).lines, good.lines) {
		t.Fatal("the changed line is drawn all the same")
	}
	found("a drawn line", y)
	y = good
	y.records = []string{good.records[1], good.records[2], good.records[0]}
	found("drawn before the commitment", y)
	y = good
	y.records = slices.Insert(slices.Clone(good.records), 2, strings.Replace(good.records[1], `"version":2`, `"version":3`, 1))
	found("drawn from an older version", y)
	y = good
	y.opened = false
	if d := redraw(t, y); d.Closed != 1 || d.Draws != 0 || len(d.Differences) > 0 {
		t.Errorf("before the seed is published: %+v", d)
	}
	y = good
	y.hidden = true
	if d := redraw(t, y); d.Closed != 1 || d.Draws != 0 || len(d.Differences) > 0 {
		t.Errorf("of pseudonyms: %+v", d)
	}
	t.Logf("%d flips found", flips)
}
