package store

import (
	"context"
	"strconv"
	"time"

	"xuanping/campaign"
)

// PriorNotice begins the keys of the letters that bring a case's 事先告知书.
func PriorNotice(ref campaign.Ref) string { return ref.ID() + "/warning/noticed/" }

// EventNotice is the key of the letter that tells an institution what is meant to
// be found of an event, by the number of the notice in its year.
func EventNotice(ref campaign.Ref, n int) string {
	return ref.ID() + "/event-notice/" + strconv.Itoa(n) + "/mail"
}

// Service is how far a notice that opens days for the institution has come: its
// newest letter, and what was handed over or posted when that did not arrive.
type Service struct {
	Key      string
	Body     MailBody
	State    string
	Delivery Delivery
	DoneAt   *time.Time
	Handed   *time.Time // on paper
	Last     *time.Time // day until which that opens days
}

// ServiceOf reads how a notice was served: of all letters whose key begins so, the
// newest counts. NotFound when none was asked for yet.
func (r Reader) ServiceOf(ctx context.Context, ref campaign.Ref, notice string) (Service, error) {
	return one[Service](ctx, r, `select i.key, i.body, i.state, i.delivery, i.done_at, p.at handed, p.until::timestamp at time zone 'UTC' as last
		from intent i left join lateral (select v.at, v.until from service v where v.letter = i.key and v.kind = 'paper' order by v.n desc limit 1) p on true
		where i.year = $1 and i.code = $2 and i.kind = 'mail' and starts_with(i.key, $3) order by length(i.key) desc, i.key desc limit 1`, ref.Year, ref.Code, notice)
}

// Done tells whether the notice counts as served: its newest letter was accepted
// and did not come back, or it was handed over (AP-2).
func (v Service) Done() bool {
	return v.Handed != nil || v.State == "accepted" && !v.Delivery.Missed()
}

// Lost tells that the letter is known not to have arrived, by whatever way.
func (v Service) Lost() bool {
	return v.Handed == nil && (v.Delivery.Missed() || v.State == "failed")
}

// Until is the last of so many working days from the day of service, and no
// earlier than the notice names; "" while it is not served. A rehearsal's letter
// is served on its virtual day.
func (v Service) Until(h campaign.Holidays, days int, rehearsal bool) campaign.Day {
	switch {
	case v.Handed != nil:
		return day(v.Last)
	case !v.Done():
		return ""
	}
	at := v.Body.Date
	if !rehearsal && v.DoneAt != nil {
		at = *v.DoneAt
	}
	return max(v.Body.Until, h.AddWorkdays(campaign.DayOf(at), days))
}

// The ways in which a notice is served once more.
const (
	ByMail  = "mail"
	ByPaper = "paper"
)

// AddService writes that a notice whose letter did not arrive is served once more.
func (tx *Tx) AddService(ctx context.Context, ref campaign.Ref, letter, how string, until campaign.Day, reason, by string, at time.Time) error {
	n, err := scalar[int](ctx, tx.Reader, `insert into service (year, code, n, letter, kind, until, reason, by, at)
		select $1::int, $2::text, coalesce(max(n), 0) + 1, $3, $4, $5, $6, $7, $8 from service where year = $1 and code = $2 returning n`,
		ref.Year, ref.Code, letter, how, date(until), reason, by, at)
	if err == nil {
		tx.record("service", ref, at, map[string]any{"n": n, "key": letter, "how": how, "day": until, "by": by, "reason": Digest(reason)})
	}
	return err
}

// Services counts how often notices of an institution's year were served once more.
func (r Reader) Services(ctx context.Context, ref campaign.Ref) (int, error) {
	return scalar[int](ctx, r, `select count(*)::int from service where year = $1 and code = $2`, ref.Year, ref.Code)
}

// SetWarningDue moves the last day of what a case awaits, for a notice that is
// served once more; the record of the service names it.
func (tx *Tx) SetWarningDue(ctx context.Context, ref campaign.Ref, due campaign.Day) error {
	_, err := tx.exec(ctx, `update warning set due = $3 where year = $1 and code = $2`, ref.Year, ref.Code, date(due))
	return err
}
