package rubric

import (
	"strings"
	"testing"
)

// AN-3, R-17: rows 3, 11 and 13 have a mechanism and an outcome part, in words
// of the standard; no other row has.
func TestAN3OutcomePartsAreData(t *testing.T) {
	for _, row := range Annex2().Rows {
		split := row.No == 3 || row.No == 11 || row.No == 13
		if (row.Outcome.Max > 0) != split {
			t.Errorf("row %d: outcome %+v", row.No, row.Outcome)
		}
		if split && (row.Mechanism() != 250 || row.Outcome.Max != 250 || row.Outcome.Reading != "R-17" || !strings.Contains(row.Standard, row.Outcome.Text)) {
			t.Errorf("row %d: %+v, mechanism %s", row.No, row.Outcome, row.Mechanism())
		}
	}
	for name, change := range map[string]func(o *Outcome){
		"as much as the row":   func(o *Outcome) { o.Max = 500 },
		"a quarter":            func(o *Outcome) { o.Max = 225 },
		"words not printed":    func(o *Outcome) { o.Text = "从不出错" },
		"no reading":           func(o *Outcome) { o.Reading = "R-99" },
		"reading of others":    func(o *Outcome) { o.Reading = "R-05" },
		"a reading, no points": func(o *Outcome) { o.Max = 0 },
	} {
		table := *Annex2()
		table.Rows = append([]Row(nil), table.Rows...)
		change(&table.Rows[2].Outcome)
		found := false
		for _, f := range table.Lint() {
			found = found || f.Code == "E-13"
		}
		if !found {
			t.Errorf("%s: lint is silent", name)
		}
	}
}

// AN-3: the outcome part is full unless a determined event of the institution is
// chosen; the mechanism part is marked as any row.
func TestAN3OutcomeNeedsADeterminedEvent(t *testing.T) {
	determined := []string{"7", "12"}
	for name, c := range map[string]struct {
		m   Mark
		say string
	}{
		"full":                          {Mark{Row: 3, Points: 500}, ""},
		"mechanism at zero":             {Mark{Row: 3, Points: 250}, ""},
		"lowered without an event":      {Mark{Row: 3, Points: 200}, "没有选定认定的事项不得降低：得分应为 2.5 至 5.0"},
		"zero without an event":         {Mark{Row: 13}, "没有选定认定的事项"},
		"by an amount without an event": {Mark{Row: 11, Points: 400, Lowered: 100}, "只能因已认定的事项降低"},
		"an event of somebody else":     {Mark{Row: 11, Points: 300, Lowered: 100, Event: "8"}, "不是本机构已经认定"},
		"lowered for an event":          {Mark{Row: 11, Points: 300, Lowered: 200, Event: "7"}, ""},
		"all of it, mechanism full":     {Mark{Row: 11, Points: 250, Lowered: 250, Event: "7"}, ""},
		"all of it, mechanism zero":     {Mark{Row: 11, Points: 0, Lowered: 250, Event: "12"}, ""},
		"an event, nothing lowered":     {Mark{Row: 11, Points: 300, Event: "7"}, "扣减应为 0.5 至 2.5 分"},
		"more than it has":              {Mark{Row: 11, Points: 0, Lowered: 300, Event: "7"}, "扣减应为 0.5 至 2.5 分"},
		"a quarter":                     {Mark{Row: 11, Points: 300, Lowered: 25, Event: "7"}, "扣减应为"},
		"points above what is left":     {Mark{Row: 11, Points: 500, Lowered: 50, Event: "7"}, "得分应为 2.0 至 4.5"},
		"points below what is left":     {Mark{Row: 11, Points: 50, Lowered: 100, Event: "7"}, "得分应为 1.5 至 4.0"},
		"a row without the part":        {Mark{Row: 12, Points: 300, Lowered: 50, Event: "7"}, "没有结果部分"},
		"such a row at zero":            {Mark{Row: 12}, ""},
		"no row at all":                 {Mark{Row: 99, Lowered: 50}, ""},
	} {
		faults := Annex2().OutcomeFaults([]Mark{c.m}, determined)
		switch {
		case c.say == "" && len(faults) > 0:
			t.Errorf("%s: %v", name, faults)
		case c.say != "" && (len(faults) != 1 || faults[0].Row != c.m.Row || !strings.Contains(faults[0].Say, c.say)):
			t.Errorf("%s: %v, want %q", name, faults, c.say)
		}
	}
}

// AN-12: the reason of row 12 names each late report, or the box is ticked.
func TestAN12LateReportsAreMentioned(t *testing.T) {
	for name, c := range map[string]struct {
		m    Mark
		late []int
		say  string
	}{
		"none late":            {Mark{Row: 12, Points: 500}, nil, ""},
		"full without a word":  {Mark{Row: 12, Points: 500}, []int{2}, "第 2 号"},
		"ticked":               {Mark{Row: 12, Points: 500, Considered: true}, []int{2, 5}, ""},
		"named":                {Mark{Row: 12, Points: 450, Reason: "第2号报告逾期 3 小时"}, []int{2}, ""},
		"named in a list":      {Mark{Row: 12, Points: 450, Reason: "第 2、5 号逾期"}, []int{2, 5}, ""},
		"one of two":           {Mark{Row: 12, Points: 450, Reason: "第 2 号逾期"}, []int{2, 5}, "第 5 号"},
		"a figure is no name":  {Mark{Row: 12, Points: 450, Reason: "逾期 2 小时，扣 5 分"}, []int{2, 5}, "第 2、5 号"},
		"another number":       {Mark{Row: 12, Points: 450, Reason: "第12号逾期"}, []int{2}, "第 2 号"},
		"figure before a list": {Mark{Row: 12, Points: 450, Reason: "2 起，其中第3号逾期"}, []int{2}, "第 2 号"},
		"row not marked":       {Mark{Row: 11, Points: 500}, []int{2}, ""},
	} {
		faults := LateFaults([]Mark{c.m}, c.late)
		switch {
		case c.say == "" && len(faults) > 0:
			t.Errorf("%s: %v", name, faults)
		case c.say != "" && (len(faults) != 1 || faults[0].Row != 12 || !strings.Contains(faults[0].Say, c.say)):
			t.Errorf("%s: %v, want %q", name, faults, c.say)
		}
	}
}

// What a mark says beside its points is told with the result and stands in the
// receipt, which recomputes; the event bears no number of a database there.
func TestAN3AN12SaidInResultAndReceipt(t *testing.T) {
	sheet := func(lowered Points) (all []Mark) {
		for _, row := range Annex2().Rows[:14] {
			m := Mark{Row: row.No, Points: row.Max}
			switch row.No {
			case 11:
				m = Mark{Row: 11, Points: row.Max - lowered, Lowered: lowered, Event: "4711", Reason: "处置迟缓。"}
			case 12:
				m.Considered = true
			}
			all = append(all, m)
		}
		return all
	}
	facts := ReceiptFacts{Institution: "CNCA-R-2002-001", Year: 2025, Version: 1, Sheets: [][]Mark{sheet(100), sheet(200)},
		Events: []Happening{{Event: Event{ID: "4711", Clause: "16.2", Title: "信息失实", Points: 300, OccurredOn: "2025-06-01", State: Confirmed}, Reason: "认定"}}}
	r, err := Annex2().Receipt(facts)
	if err != nil {
		t.Fatal(err)
	}
	eleven, twelve := r.Rows[10], r.Rows[11]
	if m := eleven.Marks[1]; m.Event != "2025-06-01/16.2/1" || m.Lowered == nil || Points(*m.Lowered) != 200 || !strings.Contains(m.Words(), "处置迟缓；因认定的事项，结果部分扣减 2.0 分（事项 2025-06-01/16.2/1）") {
		t.Errorf("row 11: %+v, %s", m, m.Words())
	}
	if m := twelve.Marks[0]; !m.Considered || m.Words() != "逾期报告已考虑" {
		t.Errorf("row 12: %+v", m)
	}
	if text := r.Text(); strings.Contains(text, "4711") || !strings.Contains(text, "逾期报告已考虑") {
		t.Errorf("the receipt's text:\n%s", text)
	}
	if got := Combine(facts.Sheets...)[10].Reason; got != "处置迟缓；因认定的事项，结果部分扣减 1.0 分；处置迟缓；因认定的事项，结果部分扣减 2.0 分" {
		t.Errorf("the result says %q", got)
	}
	if got := Combine(facts.Sheets[0])[11].Reason; got != "逾期报告已考虑" {
		t.Errorf("one sheet says %q", got)
	}
	data := r.JSON()
	if _, err := CheckReceipt(data); err != nil {
		t.Errorf("the receipt does not check: %v", err)
	}
	for _, change := range [][2]string{{`"considered": true`, `"considered": false`}, {`"lowered": "1.0"`, `"lowered": "0.5"`}, {`"event": "2025-06-01/16.2/1"`, `"event": "2025-06-01/16.2/2"`}} {
		altered := strings.Replace(string(data), change[0], change[1], 1)
		if altered == string(data) {
			t.Errorf("the receipt has no %s", change[0])
		} else if _, err := CheckReceipt([]byte(altered)); err == nil {
			t.Errorf("%s is not found", change[1])
		}
	}
}
