package campaign

import (
	"fmt"
	"math"
	"time"
	_ "time/tzdata" // Beijing time must exist on the barest machine
)

// Beijing is the zone of every date that a person sees.
var Beijing = mustZone("Asia/Shanghai")

func mustZone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return z
}

// Day is a civil date in Beijing, written 2006-01-02. Days compare as strings.
// The zero Day is "".
type Day string

const dayForm = "2006-01-02"

// DayOf gives the Beijing date of an instant.
func DayOf(t time.Time) Day { return Day(t.In(Beijing).Format(dayForm)) }

// NewDay makes a day; overflow is normalised as in time.Date.
func NewDay(year int, month time.Month, day int) Day {
	return DayOf(time.Date(year, month, day, 12, 0, 0, 0, Beijing))
}

// ParseDay reads 2006-01-02 and refuses dates that do not exist.
func ParseDay(s string) (Day, error) {
	if _, err := time.ParseInLocation(dayForm, s, Beijing); err != nil {
		return "", Fail(Invalid, "日期“%s”无法识别，请按 2026-03-15 的格式填写", s)
	}
	return Day(s), nil
}

// Start is 00:00 of the day in Beijing; the zero time for the zero day.
func (d Day) Start() time.Time {
	t, err := time.ParseInLocation(dayForm, string(d), Beijing)
	if err != nil {
		return time.Time{}
	}
	return t
}

// End is the first instant after the day: an act is in time when it is before.
func (d Day) End() time.Time { return d.Start().AddDate(0, 0, 1) }

// Morning is 09:00, when letters go out (ML-4: no mail at night).
func (d Day) Morning() time.Time { return d.Start().Add(9 * time.Hour) }

// Add moves by calendar days.
func (d Day) Add(days int) Day { return DayOf(d.Start().AddDate(0, 0, days)) }

// Year is the calendar year of the day; 0 for the zero day.
func (d Day) Year() int {
	if d == "" {
		return 0
	}
	return d.Start().Year()
}

// Chinese writes the day as in an official paper: 2026年3月15日.
func (d Day) Chinese() string {
	if d == "" {
		return ""
	}
	t := d.Start()
	return fmt.Sprintf("%d年%d月%d日", t.Year(), int(t.Month()), t.Day())
}

// DaysUntil counts calendar days from d to e; it is negative when e comes first.
func (d Day) DaysUntil(e Day) int {
	return int(math.Round(e.Start().Sub(d.Start()).Hours() / 24))
}
