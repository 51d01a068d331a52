package campaign

import "time"

// The hours of a working day in which ordinary letters go out (ML-4).
const (
	mailFrom  = 8 * time.Hour
	mailUntil = 20 * time.Hour
)

// MailTime is the first instant from now on at which an ordinary letter may go
// out: on a worked day, not at night. A letter held up by a trouble of the line
// waits for it too; those about 48-hour matters and those that answer a person
// do not ask.
func (h Holidays) MailTime(now time.Time) time.Time {
	d := DayOf(now)
	if h.Workday(d) {
		switch at := now.Sub(d.Start()); {
		case at < mailFrom:
			return d.Start().Add(mailFrom)
		case at < mailUntil:
			return now
		}
	}
	return h.OnOrAfter(d.Add(1)).Start().Add(mailFrom)
}
