package campaign

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// ML-4: no ordinary letter at night or on a day off.
func TestML4MailTime(t *testing.T) {
	at := func(s string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", s, Beijing)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for now, want := range map[string]string{
		"2025-03-12 09:00": "2025-03-12 09:00", "2025-03-12 07:59": "2025-03-12 08:00", "2025-03-12 19:59": "2025-03-12 19:59", "2025-03-12 20:00": "2025-03-13 08:00",
		"2025-03-14 23:00": "2025-03-17 08:00", "2025-03-15 10:00": "2025-03-17 08:00", "2025-10-01 09:00": "2025-10-09 08:00",
		"2025-09-28 09:00": "2025-09-28 09:00", // a Sunday worked for the holiday
	} {
		if got := known.MailTime(at(now)); !got.Equal(at(want)) {
			t.Errorf("%s: %s, want %s", now, got.In(Beijing), want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		now := at("2025-02-01 00:00").Add(time.Duration(rapid.Int64Range(0, 500*24*60).Draw(t, "minute")) * time.Minute)
		got := known.MailTime(now)
		h := got.In(Beijing).Hour()
		if got.Before(now) || !known.Workday(DayOf(got)) || h < 8 || h >= 20 || !known.MailTime(got).Equal(got) {
			t.Fatalf("%s gives %s", now, got)
		}
	})
}
