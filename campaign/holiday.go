package campaign

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

//go:embed holidays/*.json
var holidayFiles embed.FS

// HolidayTable is the yearly notice of the State Council: days off, and
// weekend days worked instead (调休).
type HolidayTable struct {
	Year   int    `json:"year"`
	Status string `json:"status"` // official | provisional (statutory days only, 调休 not yet announced)
	Source string `json:"source"`
	Off    []Day  `json:"off"`
	Work   []Day  `json:"work"`
}

// Official tells whether the year's notice has been published.
func (t HolidayTable) Official() bool { return t.Status == "official" }

// Holidays answers which days are worked, over the tables it was given.
type Holidays map[int]HolidayTable

// KnownHolidays reads the tables that come with this build.
func KnownHolidays() Holidays {
	files, err := holidayFiles.ReadDir("holidays")
	if err != nil {
		panic(err) // embedded: cannot happen
	}
	all := Holidays{}
	for _, f := range files {
		b, _ := holidayFiles.ReadFile("holidays/" + f.Name())
		t, err := ParseHolidays(b)
		if err != nil {
			panic(fmt.Errorf("%s: %w", f.Name(), err))
		}
		all[t.Year] = t
	}
	return all
}

// ParseHolidays reads one table and checks that its days are in its year,
// that no day is both off and worked, and that worked days are weekend days.
func ParseHolidays(b []byte) (HolidayTable, error) {
	var t HolidayTable
	if err := json.Unmarshal(b, &t); err != nil {
		return t, Fail(Invalid, "节假日表无法读取：%v", err)
	}
	if t.Status != "official" && t.Status != "provisional" {
		return t, Fail(Invalid, "节假日表的 status 只能是 official 或 provisional，现为“%s”", t.Status)
	}
	for _, d := range slices.Concat(t.Off, t.Work) {
		if _, err := ParseDay(string(d)); err != nil {
			return t, err
		}
		if d.Year() != t.Year {
			return t, Fail(Invalid, "节假日表 %d 年含有其他年份的日期 %s", t.Year, d)
		}
	}
	for _, d := range t.Work {
		if slices.Contains(t.Off, d) || !weekend(d) {
			return t, Fail(Invalid, "调休上班日 %s 应为周末且不在放假日内", d)
		}
	}
	return t, nil
}

func weekend(d Day) bool {
	w := d.Start().Weekday()
	return w == time.Saturday || w == time.Sunday
}

// Workday tells whether the day is worked.
func (h Holidays) Workday(d Day) bool {
	t := h[d.Year()]
	if slices.Contains(t.Work, d) {
		return true
	}
	return !weekend(d) && !slices.Contains(t.Off, d)
}

// OnOrAfter is the first worked day not before d.
func (h Holidays) OnOrAfter(d Day) Day {
	for !h.Workday(d) {
		d = d.Add(1)
	}
	return d
}

// OnOrBefore is the last worked day not after d.
func (h Holidays) OnOrBefore(d Day) Day {
	for !h.Workday(d) {
		d = d.Add(-1)
	}
	return d
}

// AddWorkdays counts n worked days after d; the day itself does not count.
func (h Holidays) AddWorkdays(d Day, n int) Day {
	for n > 0 {
		d = d.Add(1)
		if h.Workday(d) {
			n--
		}
	}
	return d
}

// After is the morning of the first worked day after d: when the consequence
// of a deadline at the end of d is drawn and may be mailed.
func (h Holidays) After(d Day) time.Time { return h.OnOrAfter(d.Add(1)).Morning() }

// Covers refuses years without a table: a real launch needs the official
// notice of its own year, and at least the statutory days of the next.
func (h Holidays) Covers(year int, rehearsal bool) error {
	this, next := h[year], h[year+1]
	switch {
	case this.Year == 0:
		return Fail(Invalid, "缺少 %d 年节假日表，不能启动该年度；请先添加 holidays/%d.json", year, year)
	case next.Year == 0:
		return Fail(Invalid, "缺少 %d 年节假日表（年度流程延续到次年），不能启动；请先添加 holidays/%d.json", year+1, year+1)
	case !rehearsal && !this.Official():
		return Fail(Invalid, "%d 年节假日表仍为暂定（调休未公布），正式启动须等国务院办公厅通知；演练不受此限", year)
	}
	return nil
}
