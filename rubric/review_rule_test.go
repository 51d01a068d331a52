package rubric

import "testing"

// RV-2: a reason below full and above the self-score, and nowhere else.
func TestRV2ReasonIsMandatory(t *testing.T) {
	table := Annex2()
	sheet := func(change func(m *Mark)) (marks []Mark) {
		for _, r := range table.Rows {
			if r.Kind() != Base {
				continue
			}
			m := Mark{Row: r.No, Points: r.Max}
			if r.No == 3 {
				change(&m)
			}
			marks = append(marks, m)
		}
		return marks
	}
	row, _ := table.Row(3)
	full := sheet(func(*Mark) {})
	own := sheet(func(m *Mark) { m.Points = row.Max - Half })
	for name, c := range map[string]struct {
		marks, self []Mark
		faults      int
	}{
		"full, as the institution itself":   {full, full, 0},
		"full, above the self-score":        {full, own, 1},
		"… with a reason":                   {sheet(func(m *Mark) { m.Reason = "材料充分" }), own, 0},
		"full, self-score hidden":           {full, nil, 0},
		"below full, above the self-score":  {sheet(func(m *Mark) { m.Points -= Half }), sheet(func(m *Mark) { m.Points -= Point }), 1},
		"below full with a reason":          {sheet(func(m *Mark) { m.Points, m.Reason = row.Max-Half, "欠一次" }), full, 0},
		"a reason of blanks":                {sheet(func(m *Mark) { m.Reason = " 　" }), own, 1},
		"a quarter of a point, with reason": {sheet(func(m *Mark) { m.Points, m.Reason = row.Max-25, "步长" }), full, 1},
	} {
		faults, _ := table.ValidateReview(c.marks, c.self, true).(SheetErrors)
		if len(faults) != c.faults {
			t.Errorf("%s: %v", name, faults)
		}
		for _, f := range faults {
			if f.Row != 3 {
				t.Errorf("%s: row %d is blamed", name, f.Row)
			}
		}
	}
	if err := table.ValidateReview(full[:13], full, true); err == nil {
		t.Error("a sheet of 13 rows is complete")
	}
	if err := table.ValidateReview(full[:13], full, false); err != nil {
		t.Errorf("a draft of 13 rows: %v", err)
	}
}
