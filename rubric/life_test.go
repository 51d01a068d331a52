package rubric

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// tableWith is Annex 2 read from a changed data file.
func tableWith(t *testing.T, changes ...string) *Table {
	t.Helper()
	text := string(annex2File)
	for i := 0; i < len(changes); i += 2 {
		if !strings.Contains(text, changes[i]) {
			t.Fatalf("the data file has no %q", changes[i])
		}
		text = strings.Replace(text, changes[i], changes[i+1], 1)
	}
	table, err := ReadTable([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// PL-4: scoring against a draft is refused, by every way to score.
func TestPL4OnlyATableInForceScores(t *testing.T) {
	for status, want := range map[string]string{"draft": "草案", "consultation": "征求意见", "": "", "later": "later"} {
		draft := tableWith(t, `"status": "in-force"`, `"status": "`+status+`"`)
		_, asCard := draft.Score(2026, spread(100*Point), nil)
		_, judged := draft.Judge(Reading{}, 2026, [][]Mark{spread(100 * Point)}, nil, nil)
		_, scorer := draft.NewScorer(Reading{}, 2026)
		_, whatIf := WhatIf(draft, 2026, []Case{plain("CB-A", "", 0)}, Reading{}, Reading{}, someLines)
		_, robust := Robust(draft, 2026, nil, Reading{}, someLines)
		for name, err := range map[string]error{"score": asCard, "judge": judged, "scorer": scorer, "what-if": whatIf, "robust": robust} {
			if err == nil || !strings.Contains(err.Error(), "“"+want+"”") || !strings.Contains(err.Error(), "施行后才能用于计分") {
				t.Errorf("%s with status %q: %v", name, status, err)
			}
		}
	}
	if Annex2().Status != StatusInForce {
		t.Errorf("Annex 2 is %s", Annex2().Status)
	}
}

// PL-6: a diff names every changed row, clause and erratum, and nothing else.
func TestPL6Diff(t *testing.T) {
	if got := Diff(Annex2(), tableWith(t)); len(got) != 0 {
		t.Errorf("a table differs from itself: %v", got)
	}
	other := tableWith(t, `"version": "annex2-2024"`, `"version": "annex2-2026"`, "in-force", "draft",
		"开展宣传推广活动\"", "开展宣传推广活动（含线上）\"", "\"max\": \"5\",\n   \"force\": \"M\"", "\"max\": \"6\",\n   \"force\": \"C\"",
		"录入衍字", "衍字", "\"id\": \"15.3c\"", "\"id\": \"15.3d\"", "\"max\": \"5\",\n   \"step\": \"1\"", "\"max\": \"6\",\n   \"step\": \"0.5\"")
	var got []string
	for _, c := range Diff(Annex2(), other) {
		got = append(got, fmt.Sprintf("%s|%s|%s|%s", c.Where, c.Field, c.Was, c.Now))
	}
	want := []string{
		"全表|版本|annex2-2024|annex2-2026", "全表|状态|已施行|草案", "第3项|分值|5.0|6.0", "第3项|效力|M|C",
		"第5项|二级指标|开展宣传推广活动|开展宣传推广活动（含线上）",
		"条款 15.3c|整条|获得省部级媒体报道，每次加 0.5 分|", "条款 16.1|每次最高|5.0|6.0", "条款 16.1|分档|1.0|0.5",
		"条款 15.3d|整条||获得省部级媒体报道，每次加 0.5 分",
		"勘误|第6项|“行业文化化活动”→“行业文化活动”（录入衍字）|", "勘误|第6项||“行业文化化活动”→“行业文化活动”（衍字）",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	short := *Annex2()
	short.Rows = short.Rows[:15]
	if got := Diff(Annex2(), &short); len(got) != 1 || got[0].Where != "第16项" || got[0].Now != "" {
		t.Errorf("a dropped row: %v", got)
	}
	if got := Diff(&short, Annex2()); len(got) != 1 || got[0].Was != "" {
		t.Errorf("an added row: %v", got)
	}
}

// GL-3: an encouraged rule may earn and never cost; the other new findings.
func TestGL3LintSeesForceGroupsAndReadings(t *testing.T) {
	force := func(where, was, now string) *Table {
		i := strings.Index(string(annex2File), where)
		text := string(annex2File[:i]) + strings.Replace(string(annex2File[i:]), was, now, 1)
		table, err := ReadTable([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return table
	}
	for name, c := range map[string]struct {
		table *Table
		code  string
		say   string
	}{
		"a clause of 16 encouraged": {force(`"id": "16.4"`, `"force": "M"`, `"force": "E"`), "E-08", "条款 16.4属于鼓励（E），不得扣分"},
		"row 16 encouraged":         {force(`"no": 16`, `"force": "M"`, `"force": "E"`), "E-08", "第16项属于鼓励"},
		"no force":                  {force(`"no": 2`, `"force": "M"`, `"force": ""`), "E-08", "第2项的效力"},
		"groups 30/50/20":           {force(`"no": 3`, `"max": "5"`, `"max": "6"`), "E-03", "三组应为 30、50、20 分"},
		"clauses out of order":      {force(`"id": "15.2d"`, `15.2d`, `15.2a`), "E-04", "次序不对"},
	} {
		found := c.table.Lint()
		if !slices.ContainsFunc(found, func(f Finding) bool { return f.Code == c.code && strings.Contains(f.Text, c.say) }) {
			t.Errorf("%s: %v", name, found)
		}
	}
	if e := force(`"no": 15`, `"force": "E"`, `"force": "M"`); len(e.Lint()) != 1 {
		t.Errorf("a bonus may have any force: %v", e.Lint())
	}
}

func TestLintSeesDamagedReadings(t *testing.T) {
	for name, c := range map[string]struct {
		damage func([]ReadingRow) []ReadingRow
		code   string
	}{
		"one missing":          {func(r []ReadingRow) []ReadingRow { return r[:42] }, "E-09"},
		"no text":              {func(r []ReadingRow) []ReadingRow { r[7].Text = ""; return r }, "E-09"},
		"numbered wrong":       {func(r []ReadingRow) []ReadingRow { r[7].ID = "R-07"; return r }, "E-09"},
		"no such row":          {func(r []ReadingRow) []ReadingRow { r[7].Rows = []int{17}; return r }, "E-10"},
		"no such clause":       {func(r []ReadingRow) []ReadingRow { r[7].Clauses = []string{"15.9"}; return r }, "E-10"},
		"default is not first": {func(r []ReadingRow) []ReadingRow { r[4].DefaultKey = "broad"; return r }, "E-11"},
		"default without any":  {func(r []ReadingRow) []ReadingRow { r[0].DefaultKey = "x"; return r }, "E-11"},
		"option not computed": {func(r []ReadingRow) []ReadingRow {
			r[4].Options = append(r[4].Options[:2:2], Option{"wide", "更宽"})
			return r
		}, "E-11"},
		"option without text": {func(r []ReadingRow) []ReadingRow { r[4].Options = []Option{{"media", ""}, {"broad", "宽"}}; return r }, "E-11"},
	} {
		found := Annex2().lintReadings(c.damage(Readings()))
		if !slices.ContainsFunc(found, func(f Finding) bool { return f.Code == c.code }) {
			t.Errorf("%s: %v", name, found)
		}
	}
	short := *Annex2()
	short.Rows = short.Rows[:15]
	if !slices.ContainsFunc(lintCrosswalk(&short), func(f Finding) bool { return f.Code == "E-12" }) {
		t.Error("the crosswalk names a row that is gone")
	}
}

// Requirements §2: 43 readings, verbatim where they quote, every switch with data.
func TestReadingsQuoteTheSource(t *testing.T) {
	source, err := os.ReadFile("../pdf/testdata/source.txt")
	if err != nil {
		t.Fatal(err)
	}
	quotes, switchable := 0, 0
	for _, r := range Readings() {
		for _, q := range regexp.MustCompile(`『([^』]*)』`).FindAllStringSubmatch(r.Text, -1) {
			quotes++
			if !bytes.Contains(source, []byte(q[1])) {
				t.Errorf("%s quotes %q, which the source does not say", r.ID, q[1])
			}
		}
		if r.Switchable() {
			switchable++
		}
	}
	if quotes < 50 || switchable != len(switches) {
		t.Errorf("%d quotes, %d switchable of %d switches", quotes, switchable, len(switches))
	}
}

// PL-8: seven lines in the order of the source; three admit the gap.
func TestPL8Crosswalk(t *testing.T) {
	var lines []string
	for _, d := range Crosswalk() {
		lines = append(lines, d.String())
	}
	golden(t, "crosswalk.golden.txt", []byte(strings.Join(lines, "\n")+"\n"))
	if len(lines) != 7 || strings.Count(strings.Join(lines, "\n"), "无对应指标行（仅报告）") != 3 {
		t.Errorf("%q", lines)
	}
	source, err := os.ReadFile("../pdf/testdata/source.txt")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, d := range Crosswalk() {
		names = append(names, d.Name)
	}
	if !bytes.Contains(source, []byte(strings.Join(names, "、"))) {
		t.Errorf("%v is not how the source lists them", names)
	}
}

func TestConsultationGolden(t *testing.T) {
	text := Consultation(Annex2())
	golden(t, "consult.golden.txt", []byte(text))
	for _, want := range []string{"W-01", "可选 broad：适用于整个第15项", "默认 media", "15.2d", "R-43", "〔原文：国家认证委〕"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text put out for comment lacks %q", want)
		}
	}
	if draft := Consultation(tableWith(t, "in-force", "consultation")); !strings.Contains(draft, "（征求意见）") {
		t.Error("the status is not printed")
	}
}

func TestLintGolden(t *testing.T) {
	var b strings.Builder
	for _, f := range Annex2().Lint() {
		fmt.Fprintln(&b, f.Code, f.Text)
	}
	golden(t, "lint.golden.txt", []byte(b.String()))
}

// golden compares with a file of testdata, or writes it with -update.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	name = "testdata/" + name
	if *update {
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s changed; look at it, then run with -update\n%s", name, got)
	}
}
