package rubric

import (
	"fmt"
	"time"
)

// Vector is one worked example the scoring must reproduce; anyone can recompute
// it by hand. Check says in Chinese what came out instead.
type Vector struct {
	No    int
	Name  string
	Check func() error
}

// Vectors are the 14 golden examples, for tests and `starter score --vectors`.
func Vectors() []Vector {
	const year = 2026
	on := func(id, clause, matter string, p Points) Event {
		return happened(id, clause, matter, "2026-05-01", p)
	}
	adopted := make([]Event, 7)
	for i := range adopted {
		adopted[i] = happened(fmt.Sprintf("E%d", i), "15.2d", "", "2026-03-01", Half)
	}
	bonus13 := []Event{on("E1", "15.1", "", 5*Point), on("E2", "15.1", "", 5*Point), on("E3", "15.2a", "", 3*Point)}
	minus13 := []Event{on("E1", "16.1", "", 5*Point), on("E2", "16.2", "", 5*Point), on("E3", "16.4", "", 3*Point)}
	hosting := []Event{on("E1", "15.2a", "M", 3*Point), on("E2", "15.3a", "M", 2*Point)}
	pending := on("E1", "15.1", "", 5*Point)
	pending.State = Pending
	return []Vector{
		{1, "基础分全满、无事件得 100.0", scores(year, 100*Point, nil, 100*Point)},
		{2, "加分 5+5+3 封顶为 10，总分 110.0", scores(year, 100*Point, bonus13, 110*Point)},
		{3, "扣分 5+5+3 封顶为 10，基础 60 得 50.0", scores(year, 60*Point, minus13, 50*Point)},
		{4, "同一事项 2/2/0.5 只计 2.0", scores(year, 0, []Event{on("E1", "15.3a", "M", 2*Point),
			on("E2", "15.3a", "M", 2*Point), on("E3", "15.3c", "M", Half)}, 2*Point)},
		{5, "两个事项 1+1 计 2.0", scores(year, 0, []Event{on("E1", "15.3b", "M1", Point), on("E2", "15.3b", "M2", Point)}, 2*Point)},
		{6, "信息被采用 7 次计 3.5", scores(year, 0, adopted, 3*Point+Half)},
		{7, "同一事项承办 3 加新华社 2：按字面 5.0，从宽合并 3.0", bothReadings(year, hosting, 5*Point, 3*Point)},
		{8, "87.5+3.5-3 得 88.0", scores(year, 87*Point+Half, append(adopted[:7:7], on("F1", "16.4", "", 3*Point)), 88*Point)},
		{9, "基础 4.0、扣分 10 得 -6.0，不设下限", scores(year, 4*Point, minus13[:2], -6*Point)},
		{10, "总分 95/95/90 的名次为 1、1、3", checkRanks},
		{11, "北京时间 2024-12-31 23:30 属于 2024 年度", checkYear},
		{12, "待确认的加分计 0.0", scores(year, 0, []Event{pending}, 0)},
		{13, "同一事项跨年只在首发年度计一次，并注明年度", checkTwoYears},
		{14, "事件次序任意排列 100 次，总分不变", checkOrder},
	}
}

// happened is a confirmed event.
func happened(id, clause, matter, on string, p Points) Event {
	return Event{ID: id, Clause: clause, Matter: matter, Points: p, OccurredOn: on, State: Confirmed}
}

// spread puts base points into rows 1 to 14, filling one after another.
func spread(base Points) []Mark {
	var marks []Mark
	for _, row := range Annex2().Rows {
		if row.Kind() == Base {
			p := min(base, row.Max)
			marks = append(marks, Mark{Row: row.No, Points: p, Reason: "示例"})
			base -= p
		}
	}
	return marks
}

func scores(year int, base Points, events []Event, want Points) func() error {
	return func() error {
		s, err := Annex2().Score(year, spread(base), events)
		return expect(s.Total, want, err)
	}
}

func bothReadings(year int, events []Event, literal, broad Points) func() error {
	return func() error {
		if err := scores(year, 0, events, literal)(); err != nil {
			return err
		}
		s, err := Annex2().ScoreAs(Reading{BroadMatter: true}, year, spread(0), events)
		return expect(s.Total, broad, err)
	}
}

func expect(got, want Points, err error) error {
	if err != nil {
		return err
	}
	if got != want {
		return fmt.Errorf("应得 %s，实得 %s", want, got)
	}
	return nil
}

func checkRanks() error {
	got := fmt.Sprint(Ranks([]Points{95 * Point, 95 * Point, 90 * Point}))
	if got != "[1 1 3]" {
		return fmt.Errorf("应为 [1 1 3]，实为 %s", got)
	}
	return nil
}

// checkYear takes instants as UTC: 2024-12-31T23:30+08 is 15:30 there, and an
// hour later it is 2025 in Beijing while UTC still says 2024.
func checkYear() error {
	last := time.Date(2024, 12, 31, 15, 30, 0, 0, time.UTC)
	if got := YearOf(last); got != 2024 {
		return fmt.Errorf("应为 2024，实为 %d", got)
	}
	if got := YearOf(last.Add(time.Hour)); got != 2025 {
		return fmt.Errorf("一小时后应为 2025，实为 %d", got)
	}
	s, err := Annex2().Score(2024, nil, []Event{happened("E1", "15.1", "", DayOf(last), 5*Point)})
	return expect(s.Total, 5*Point, err)
}

func checkTwoYears() error {
	events := []Event{happened("E2", "15.3a", "M", "2026-01-02", 2*Point), happened("E1", "15.3a", "M", "2025-12-30", 2*Point)}
	first, err := Annex2().Score(2025, nil, events)
	if err := expect(first.Total, 2*Point, err); err != nil {
		return err
	}
	second, err := Annex2().Score(2026, nil, events)
	if err := expect(second.Total, 0, err); err != nil {
		return err
	}
	for _, line := range second.Trace {
		if line.Event == "E2" && line.Rule == RuleCountedIn+"2025" {
			return nil
		}
	}
	return fmt.Errorf("2026 年度的计分轨迹没有注明“已在2025年度计分”")
}

// checkOrder shuffles with a fixed linear congruence, so that every run agrees.
func checkOrder() error {
	events := []Event{
		happened("E1", "15.1", "", "2026-02-01", 5*Point), happened("E2", "15.2a", "M1", "2026-03-01", 3*Point),
		happened("E3", "15.3a", "M1", "2026-03-02", 2*Point), happened("E4", "15.3c", "M1", "2026-03-01", Half),
		happened("E5", "15.3b", "M2", "2025-12-31", Point), happened("E6", "15.3a", "M2", "2026-01-01", 2*Point),
		happened("E7", "16.4", "", "2026-08-08", 2*Point), happened("E8", "16.1", "", "2026-08-08", 4*Point),
	}
	seed := uint32(20260101)
	for round := range 100 {
		for i := len(events) - 1; i > 0; i-- {
			seed = seed*1664525 + 1013904223
			j := int(seed>>16) % (i + 1)
			events[i], events[j] = events[j], events[i]
		}
		// 80 + min(5+3+2, 10) - min(2+4, 10)
		if err := scores(2026, 80*Point, events, 84*Point)(); err != nil {
			return fmt.Errorf("第 %d 次排列：%w", round+1, err)
		}
	}
	return nil
}
