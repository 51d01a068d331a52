package campaign

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestDayIsBeijings(t *testing.T) {
	for at, want := range map[string]Day{
		"2024-12-31T15:59:59Z":      "2024-12-31",
		"2024-12-31T16:00:00Z":      "2025-01-01", // requirements: an event at 23:30+08 belongs to the old year
		"2024-12-31T23:30:00+08:00": "2024-12-31",
		"2024-02-29T00:00:00+08:00": "2024-02-29",
		"2025-06-30T20:00:00-04:00": "2025-07-01",
	} {
		instant, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := DayOf(instant); got != want {
			t.Errorf("%s is %s, want %s", at, got, want)
		}
	}
}

func TestParseDay(t *testing.T) {
	for s, good := range map[string]bool{
		"2024-02-29": true, "2000-02-29": true, "2025-12-31": true,
		"2025-02-29": false, "2100-02-29": false, "2025-13-01": false, "2025-00-10": false, "2025-04-31": false,
		"2025-3-15": false, "2025-03-5": false, "25-03-15": false, "2025/03/15": false, "2025-03-15 ": false, " 2025-03-15": false,
		"2025年3月15日": false, "": false, "2025-03-15T00:00:00Z": false, "12025-03-15": false,
	} {
		d, err := ParseDay(s)
		switch {
		case good && (err != nil || string(d) != s):
			t.Errorf("%q: %q %v", s, d, err)
		case !good && (err == nil || d != "" || KindOf(err) != Invalid):
			t.Errorf("%q was taken as %q (%v)", s, d, err)
		}
	}
}

func TestDayHours(t *testing.T) {
	d := Day("2025-12-31")
	for name, c := range map[string]struct {
		got  time.Time
		want string
	}{
		"start":   {d.Start(), "2025-12-30T16:00:00Z"},
		"morning": {d.Morning(), "2025-12-31T01:00:00Z"},
		"end":     {d.End(), "2025-12-31T16:00:00Z"},
	} {
		if got := c.got.UTC().Format(time.RFC3339); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	if last := d.End().Add(-time.Nanosecond); DayOf(last) != d || DayOf(d.End()) != "2026-01-01" {
		t.Error("the end is not the first instant after the day")
	}
}

func TestDayArithmetic(t *testing.T) {
	for _, c := range []struct {
		from Day
		n    int
		want Day
	}{
		{"2024-02-28", 1, "2024-02-29"}, {"2024-02-28", 2, "2024-03-01"}, {"2025-02-28", 1, "2025-03-01"},
		{"2024-12-31", 1, "2025-01-01"}, {"2025-01-01", -1, "2024-12-31"}, {"2024-01-01", 366, "2025-01-01"},
		{"2025-03-09", 0, "2025-03-09"}, {"2025-10-26", 1, "2025-10-27"}, {"2025-01-01", -366, "2024-01-01"},
	} {
		if got := c.from.Add(c.n); got != c.want {
			t.Errorf("%s %+d = %s, want %s", c.from, c.n, got, c.want)
		}
		if got := c.from.DaysUntil(c.want); got != c.n {
			t.Errorf("from %s to %s: %d, want %d", c.from, c.want, got, c.n)
		}
	}
	if got := NewDay(2025, 2, 30); got != "2025-03-02" {
		t.Errorf("30 February is %s", got)
	}
}

// Beijing has had no summer time since 1991: every day of our years has 24 hours.
func TestNoSummerTime(t *testing.T) {
	for d := NewDay(2000, 1, 1); d < "2040-01-01"; d = d.Add(1) {
		if h := d.End().Sub(d.Start()); h != 24*time.Hour {
			t.Fatalf("%s has %v", d, h)
		}
	}
}

func TestDayProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := NewDay(2000, 1, 1).Add(rapid.IntRange(0, 36000).Draw(t, "d"))
		n := rapid.IntRange(-4000, 4000).Draw(t, "n")
		e := d.Add(n)
		if e.Add(-n) != d || d.DaysUntil(e) != n || e.DaysUntil(d) != -n {
			t.Fatalf("%s %+d = %s and back %s, %d days", d, n, e, e.Add(-n), d.DaysUntil(e))
		}
		if (d < e) != d.Start().Before(e.Start()) || (d == e) != (n == 0) {
			t.Fatalf("%s and %s do not compare as their instants", d, e)
		}
		if back, err := ParseDay(string(d)); err != nil || back != d || DayOf(d.Morning()) != d {
			t.Fatalf("%s: %s %v", d, back, err)
		}
	})
}

func TestDayInChinese(t *testing.T) {
	for d, want := range map[Day]string{"2026-03-05": "2026年3月5日", "2026-12-31": "2026年12月31日", "": ""} {
		if got := d.Chinese(); got != want {
			t.Errorf("%s: %s", d, got)
		}
	}
	if Day("").Year() != 0 || Day("2026-01-01").Year() != 2026 || !Day("").Start().IsZero() || !Day("gibberish").Start().IsZero() {
		t.Error("the zero day")
	}
}
