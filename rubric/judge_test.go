package rubric

import "testing"

func sheetOf(p Points) []Mark {
	var all []Mark
	for n := 1; n <= 14; n++ {
		all = append(all, Mark{Row: n, Points: p, Reason: "有依据"})
	}
	return all
}

func TestJudge(t *testing.T) {
	table := Annex2()
	for _, c := range []struct {
		name    string
		sheets  [][]Mark
		rulings []Ruling
		events  []Event
		want    Points
	}{
		{"nobody scored", nil, nil, nil, 0},
		{"one sheet counts alone", [][]Mark{sheetOf(400)}, nil, nil, 14 * 400},
		{"two are averaged", [][]Mark{sheetOf(400), sheetOf(350)}, nil, nil, 14 * 375},
		{"three give the median", [][]Mark{sheetOf(100), sheetOf(450), sheetOf(350)}, nil, nil, 14 * 350},
		{"a ruling replaces its row only", [][]Mark{sheetOf(400), sheetOf(400)}, []Ruling{{7, 900, "补充材料成立"}}, nil, 13*400 + 900},
		{"a ruling on a bonus row changes nothing", [][]Mark{sheetOf(400)}, []Ruling{{15, 900, "维持"}}, nil, 14 * 400},
		{"events count beside the sheets", [][]Mark{sheetOf(400)}, nil, []Event{{ID: "1", Clause: "15.1", Title: "进博会", Points: 500, OccurredOn: "2026-11-05", State: Confirmed}}, 14*400 + 500},
	} {
		card, err := table.Judge(Reading{}, 2026, c.sheets, c.rulings, c.events)
		if err != nil || card.Total != c.want {
			t.Errorf("%s: total %s, %v; want %s", c.name, card.Total, err, c.want)
		}
	}
}

func TestJudgeKeepsTheReasonOfARuling(t *testing.T) {
	card, err := Annex2().Judge(Reading{}, 2026, [][]Mark{sheetOf(400)}, []Ruling{{3, 450, "材料成立"}}, nil)
	if err != nil || card.Rows[2].Reason != "有依据；复核：材料成立" {
		t.Errorf("reason = %q, %v", card.Rows[2].Reason, err)
	}
}
