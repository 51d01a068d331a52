package campaign

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

var known = KnownHolidays()

func TestKnownHolidays(t *testing.T) {
	official := map[int]bool{2025: true, 2026: true, 2027: false, 2028: false, 2029: false, 2030: false}
	if len(known) != len(official) {
		t.Errorf("%d tables, want %d", len(known), len(official))
	}
	for year, want := range official {
		h, there := known[year]
		if !there || h.Year != year || h.Official() != want || h.Source == "" {
			t.Errorf("%d: %+v", year, h)
		}
		// New Year 1, Spring Festival 4, Qingming 1, Labour 2, Dragon Boat 1, Mid-Autumn 1, National 3 (办法 2024年修订);
		// in 2028 Mid-Autumn falls on 3 October
		if n := len(h.Off); n < 12 {
			t.Errorf("%d has %d days off", year, n)
		}
		for _, d := range []Day{NewDay(year, 1, 1), NewDay(year, 5, 1), NewDay(year, 5, 2), NewDay(year, 10, 1), NewDay(year, 10, 3)} {
			if known.Workday(d) {
				t.Errorf("%s is worked", d)
			}
		}
		if want && len(h.Work) == 0 || !want && len(h.Work) != 0 {
			t.Errorf("%d: worked weekends %v", year, h.Work)
		}
	}
}

// As announced by the State Council for 2025 and 2026.
func TestKnownDays(t *testing.T) {
	for d, worked := range map[Day]bool{
		"2025-01-26": true, "2025-01-27": true, "2025-01-28": false, "2025-02-04": false, "2025-02-05": true, "2025-02-08": true, "2025-02-09": false,
		"2025-04-04": false, "2025-04-27": true, "2025-05-05": false, "2025-05-06": true, "2025-06-02": false,
		"2025-09-28": true, "2025-10-08": false, "2025-10-09": true, "2025-10-11": true, "2025-10-12": false,
		"2026-01-02": false, "2026-01-04": true, "2026-02-14": true, "2026-02-15": false, "2026-02-23": false, "2026-02-24": true, "2026-02-28": true,
		"2026-04-06": false, "2026-05-05": false, "2026-05-09": true, "2026-06-19": false, "2026-09-20": true, "2026-09-25": false,
		"2026-10-07": false, "2026-10-08": true, "2026-10-10": true, "2026-03-14": false, "2026-03-13": true,
	} {
		if got := known.Workday(d); got != worked {
			t.Errorf("%s (%s) worked: %v, want %v", d, d.Start().Weekday(), got, worked)
		}
	}
}

func TestAddWorkdays(t *testing.T) {
	for _, c := range []struct {
		from Day
		n    int
		want Day
	}{
		{"2025-01-24", 0, "2025-01-24"}, {"2025-01-24", 1, "2025-01-26"}, {"2025-01-24", 2, "2025-01-27"}, {"2025-01-24", 3, "2025-02-05"},
		{"2025-01-24", 6, "2025-02-08"}, {"2025-01-24", 7, "2025-02-10"}, {"2025-01-25", 1, "2025-01-26"}, {"2025-01-28", 1, "2025-02-05"},
		{"2025-09-26", 1, "2025-09-28"}, {"2025-09-26", 3, "2025-09-30"}, {"2025-09-26", 4, "2025-10-09"}, {"2025-09-26", 6, "2025-10-11"}, {"2025-09-26", 7, "2025-10-13"},
		{"2026-02-13", 1, "2026-02-14"}, {"2026-02-13", 2, "2026-02-24"}, {"2026-02-13", 6, "2026-02-28"}, {"2026-02-13", 7, "2026-03-02"},
		{"2025-12-31", 1, "2026-01-04"}, {"2026-03-25", 10, "2026-04-09"}, {"2026-03-25", -3, "2026-03-25"},
	} {
		if got := known.AddWorkdays(c.from, c.n); got != c.want {
			t.Errorf("%s + %d working days = %s, want %s", c.from, c.n, got, c.want)
		}
	}
}

func TestOnOrNear(t *testing.T) {
	for d, want := range map[Day][2]Day{
		"2026-02-18": {"2026-02-14", "2026-02-24"}, "2026-02-14": {"2026-02-14", "2026-02-14"},
		"2025-10-04": {"2025-09-30", "2025-10-09"}, "2026-01-01": {"2025-12-31", "2026-01-04"}, "2026-07-04": {"2026-07-03", "2026-07-06"},
	} {
		if before, after := known.OnOrBefore(d), known.OnOrAfter(d); before != want[0] || after != want[1] {
			t.Errorf("%s: %s and %s, want %v", d, before, after, want)
		}
	}
	if got := known.After("2026-02-14").Format(time.RFC3339); got != "2026-02-24T09:00:00+08:00" {
		t.Errorf("after the last day before the festival: %s", got)
	}
}

func TestCovers(t *testing.T) {
	table := func(year int, status string) HolidayTable { return HolidayTable{Year: year, Status: status} }
	for _, c := range []struct {
		name      string
		h         Holidays
		year      int
		rehearsal bool
		say       string
	}{
		{"real year of this build", known, 2025, false, ""},
		{"next year still provisional", known, 2026, false, ""},
		{"own year provisional", known, 2027, false, "2027 年节假日表仍为暂定"},
		{"rehearsal of a provisional year", known, 2027, true, ""},
		{"last year of the tables", known, 2030, true, "缺少 2031 年节假日表（年度流程延续到次年）"},
		{"no table", known, 2024, false, "缺少 2024 年节假日表，不能启动"},
		{"no table at all", nil, 2025, true, "holidays/2025.json"},
		{"only its own", Holidays{2040: table(2040, "official")}, 2040, false, "holidays/2041.json"},
		{"both", Holidays{2040: table(2040, "official"), 2041: table(2041, "provisional")}, 2040, false, ""},
	} {
		err := c.h.Covers(c.year, c.rehearsal)
		if c.say == "" && err != nil || c.say != "" && (err == nil || KindOf(err) != Invalid || !strings.Contains(err.Error(), c.say)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.say)
		}
	}
}

func TestParseHolidaysRefuses(t *testing.T) {
	for name, c := range map[string]struct{ status, off, work, say string }{
		"good":                    {"official", `"2025-10-01"`, `"2025-09-28"`, ""},
		"status":                  {"draft", ``, ``, "official 或 provisional"},
		"day that does not exist": {"official", `"2025-02-29"`, ``, "无法识别"},
		"day of another year":     {"official", `"2026-01-01"`, ``, "其他年份"},
		"worked in another year":  {"official", ``, `"2026-01-04"`, "其他年份"},
		"worked weekday":          {"official", ``, `"2025-09-29"`, "应为周末"},
		"off and worked":          {"official", `"2025-09-28"`, `"2025-09-28"`, "不在放假日内"},
		"no JSON":                 {"official", `{`, ``, "无法读取"},
	} {
		_, err := ParseHolidays(fmt.Appendf(nil, `{"year":2025,"status":%q,"off":[%s],"work":[%s]}`, c.status, c.off, c.work))
		if c.say == "" && err != nil || c.say != "" && (err == nil || KindOf(err) != Invalid || !strings.Contains(err.Error(), c.say)) {
			t.Errorf("%s: %v, want %q", name, err, c.say)
		}
	}
}
