package rubric

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestValidateSheet(t *testing.T) {
	full := spread(100 * Point)
	changed := func(row int, p Points, reason string) []Mark {
		marks := spread(100 * Point)
		marks[row-1].Points, marks[row-1].Reason = p, reason
		return marks
	}
	for name, c := range map[string]struct {
		marks    []Mark
		complete bool
		faults   []string // "row say" in order
	}{
		"full":                      {full, true, nil},
		"full needs no reason":      {changed(3, 5*Point, ""), true, nil},
		"half points":               {changed(1, 9*Point+Half, "缺签到"), true, nil},
		"zero with a reason":        {changed(1, 0, "未开展"), true, nil},
		"a draft may have gaps":     {full[:3], false, nil},
		"an empty draft":            {nil, false, nil},
		"a quarter point":           {changed(2, 925, "均值"), true, []string{"2 整数倍"}},
		"no reason below full":      {changed(4, 4*Point, ""), true, []string{"4 须填写理由"}},
		"a blank is no reason":      {changed(4, 4*Point, " \t　"), true, []string{"4 须填写理由"}},
		"gaps in the final sheet":   {full[:12], true, []string{"13 尚未评分", "14 尚未评分"}},
		"every fault at once":       {[]Mark{{Row: 1, Points: 11 * Point}, {Row: 2, Points: -Half}, {Row: 16, Points: Point}}, false, []string{"1 超出范围", "2 超出范围", "16 按事件计分", "2 须填写理由"}},
		"row 17 and a row repeated": {[]Mark{{Row: 17}, full[0], full[0]}, false, []string{"17 没有这一项", "1 重复评分"}},
	} {
		err := Annex2().ValidateSheet(c.marks, c.complete)
		if len(c.faults) == 0 {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		var faults SheetErrors
		if !errors.As(err, &faults) || len(faults) != len(c.faults) {
			t.Errorf("%s: %v, want %v", name, err, c.faults)
			continue
		}
		lines := strings.Split(err.Error(), "\n")
		for i, want := range c.faults {
			row, say, _ := strings.Cut(want, " ")
			if !strings.HasPrefix(lines[i], "第"+row+"项：") || !strings.Contains(lines[i], say) {
				t.Errorf("%s: line %q, want row %s %q", name, lines[i], row, say)
			}
		}
	}
}

func TestValidateEvent(t *testing.T) {
	with := func(change func(*Event)) Event {
		e := happened("E1", "16.1", "", "2026-05-01", 4*Point)
		change(&e)
		return e
	}
	for name, c := range map[string]struct {
		event Event
		say   string
	}{
		"fine":                     {with(func(*Event) {}), ""},
		"lowest":                   {with(func(e *Event) { e.Points = 3 * Point }), ""},
		"highest":                  {with(func(e *Event) { e.Points = 5 * Point }), ""},
		"undetermined":             {with(func(e *Event) { e.Points, e.State = 0, Pending }), ""},
		"leap day":                 {with(func(e *Event) { e.OccurredOn = "2028-02-29" }), ""},
		"below the range":          {with(func(e *Event) { e.Points = 2 * Point }), "3.0 至 5.0"},
		"above the range":          {with(func(e *Event) { e.Points = 6 * Point }), "3.0 至 5.0"},
		"half points off":          {with(func(e *Event) { e.Points = 3*Point + Half }), "1.0 分为一档"},
		"confirmed without points": {with(func(e *Event) { e.Points = 0 }), "3.0 至 5.0"},
		"negative":                 {with(func(e *Event) { e.Points = -3 * Point }), "3.0 至 5.0"},
		"16.4 goes to 3":           {with(func(e *Event) { e.Clause = "16.4" }), "1.0 至 3.0"},
		"a fixed clause":           {with(func(e *Event) { e.Clause = "15.2d" }), "每次 0.5 分"},
		"no clause":                {with(func(e *Event) { e.Clause = "15" }), "不在评价指标中"},
		"no id":                    {with(func(e *Event) { e.ID = " " }), "缺少事件编号"},
		"no such day":              {with(func(e *Event) { e.OccurredOn = "2026-02-30" }), "2026-05-01 的形式"},
		"short day":                {with(func(e *Event) { e.OccurredOn = "2026-5-1" }), "2026-05-01 的形式"},
		"a time":                   {with(func(e *Event) { e.OccurredOn = "2026-05-01T00:00:00Z" }), "2026-05-01 的形式"},
		"no state":                 {with(func(e *Event) { e.State = "" }), "状态"},
	} {
		err := Annex2().ValidateEvent(c.event)
		switch {
		case c.say == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.say != "" && (err == nil || !strings.Contains(err.Error(), c.say)):
			t.Errorf("%s: %v, want %q", name, err, c.say)
		}
	}
}

func TestDiffer(t *testing.T) {
	a := []Mark{{Row: 1, Points: 900}, {Row: 2, Points: 500}, {Row: 3, Points: 400}, {Row: 5, Points: 0}}
	b := []Mark{{Row: 3, Points: 400}, {Row: 2, Points: 750}, {Row: 1, Points: 700}, {Row: 4, Points: 0}}
	for threshold, want := range map[Points][]int{200: {2, 4, 5}, 250: {4, 5}, 199: {1, 2, 4, 5}, 0: {1, 2, 4, 5}} {
		got, back := Differ(a, b, threshold), Differ(b, a, threshold)
		if !equalInts(got, want) || !equalInts(back, want) {
			t.Errorf("threshold %s: %v and %v, want %v", threshold, got, back, want)
		}
	}
	if got := Differ(a, a, 0); got != nil {
		t.Errorf("a sheet differs from itself in %v", got)
	}
}

func equalInts(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func TestCombine(t *testing.T) {
	one := []Mark{{Row: 2, Points: 900, Reason: "甲。"}, {Row: 1, Points: 950, Reason: "乙"}}
	two := []Mark{{Row: 1, Points: 900, Reason: "丙"}, {Row: 2, Points: 850, Reason: "甲。"}}
	three := []Mark{{Row: 1, Points: 200, Reason: "丁。"}, {Row: 2, Points: 1000, Reason: ""}, {Row: 3, Points: 500, Reason: ""}}
	for name, c := range map[string]struct {
		sheets [][]Mark
		want   []Mark
	}{
		"none":                {nil, nil},
		"one stays as it is":  {[][]Mark{one}, one},
		"two give the mean":   {[][]Mark{one, two}, []Mark{{Row: 1, Points: 925, Reason: "乙；丙"}, {Row: 2, Points: 875, Reason: "甲。"}}},
		"three give a median": {[][]Mark{one, two, three}, []Mark{{Row: 1, Points: 900, Reason: "乙；丙；丁。"}, {Row: 2, Points: 900, Reason: "甲。"}, {Row: 3, Points: 500, Reason: ""}}},
	} {
		got := Combine(c.sheets...)
		if len(got) != len(c.want) {
			t.Errorf("%s: %v", name, got)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%s: %v, want %v", name, got[i], c.want[i])
			}
		}
	}
	kept := Combine(one)
	kept[0].Points = 1
	if one[0].Points != 900 {
		t.Error("Combine hands out the caller's own sheet")
	}
}

func TestCombineProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sheets := make([][]Mark, rapid.IntRange(2, 3).Draw(t, "reviewers"))
		for i := range sheets {
			sheets[i] = marks(t, Half)
		}
		got := Combine(sheets...)
		if err := asError(Annex2().markFaults(got, quarter)); err != nil {
			t.Fatalf("the combined sheet cannot be scored: %v", err)
		}
		for _, m := range got {
			low, high := Points(1<<30), Points(-1)
			for _, s := range sheets {
				if x, ok := markOf(s, m.Row); ok {
					low, high = min(low, x.Points), max(high, x.Points)
				}
			}
			if m.Points < low || m.Points > high {
				t.Fatalf("row %d: %s lies outside %s to %s", m.Row, m.Points, low, high)
			}
		}
		again := Combine(rapid.Permutation(sheets).Draw(t, "order")...)
		for i := range got {
			if got[i] != again[i] {
				t.Fatalf("who hands in first matters: %v, %v", got[i], again[i])
			}
		}
	})
}

func TestMean(t *testing.T) {
	for name, c := range map[string]struct {
		totals []Points
		want   Points
	}{
		"none": {nil, 0}, "one": {[]Points{8750}, 8750},
		"rounded up":             {[]Points{9300, 10000, 10000}, 9770},
		"rounded down":           {[]Points{9300, 9300, 10000}, 9530},
		"a half goes up":         {[]Points{8750, 8760}, 8760},
		"a quarter":              {[]Points{8725}, 8730},
		"below zero":             {[]Points{-600, -500}, -550},
		"a half below zero":      {[]Points{-10, 0}, 0},
		"rounded below zero":     {[]Points{-10, -10, 0}, -10},
		"around zero comes to 0": {[]Points{-600, 600}, 0},
	} {
		if got := Mean(c.totals); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestRanks(t *testing.T) {
	for name, c := range map[string]struct {
		totals []Points
		want   []int
	}{
		"none": {nil, nil}, "one": {[]Points{-600}, []int{1}},
		"tie at the top":  {[]Points{9500, 9500, 9000}, []int{1, 1, 3}},
		"unsorted":        {[]Points{9000, 9500, -100, 9000}, []int{2, 1, 4, 2}},
		"all the same":    {[]Points{5, 5, 5}, []int{1, 1, 1}},
		"quarters matter": {[]Points{8750, 8775}, []int{2, 1}},
	} {
		if got := Ranks(c.totals); !equalInts(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		totals := rapid.SliceOf(rapid.Map(rapid.IntRange(-40, 440), func(q int) Points { return Points(q) * quarter })).Draw(t, "totals")
		for i, rank := range Ranks(totals) {
			ahead := 0
			for _, other := range totals {
				if other > totals[i] {
					ahead++
				}
			}
			if rank != ahead+1 {
				t.Fatalf("%v: place %d for %s, %d are ahead", totals, rank, totals[i], ahead)
			}
		}
	})
}
