package store

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"xuanping/campaign"
)

// CaseLetters begins the keys of the letters that bring a state of a case.
func CaseLetters(ref campaign.Ref, s campaign.WarningState) string {
	return ref.ID() + "/warning/" + string(s) + "/"
}

// CaseLetter tells which state of its case a letter brought, if that opened days
// for the institution; "" for other letters.
func CaseLetter(ref campaign.Ref, key string) campaign.WarningState {
	rest, of := strings.CutPrefix(key, ref.ID()+"/warning/")
	word, _, _ := strings.Cut(rest, "/")
	if s := campaign.WarningState(word); of && s.Opens() {
		return s
	}
	return ""
}

// PriorNotice begins the keys of the letters that bring a case's 事先告知书.
func PriorNotice(ref campaign.Ref) string { return CaseLetters(ref, campaign.Noticed) }

// ResultNotice is the key of the letter that tells an institution its result.
func ResultNotice(ref campaign.Ref) string { return ref.ID() + "/result/1" }

// EventNotice is the key of the letter that tells an institution what is meant to
// be found of an event, by the number of the notice in its year.
func EventNotice(ref campaign.Ref, n int) string {
	return ref.ID() + "/event-notice/" + strconv.Itoa(n) + "/mail"
}

// ServedAgain tells the letter that serves another once more: no step waits for it.
func ServedAgain(key string) bool { return strings.Contains(key, "/again/") }

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
// newest counts, of a rectification that was sent back twice the second. NotFound
// when none was asked for yet.
func (r Reader) ServiceOf(ctx context.Context, ref campaign.Ref, notice string) (Service, error) {
	return one[Service](ctx, r, `select i.key, i.body, i.state, i.delivery, i.done_at, p.at handed, p.until::timestamp at time zone 'UTC' as last
		from intent i left join lateral (select v.at, v.until from service v where v.letter = i.key and v.kind = 'paper' order by v.n desc limit 1) p on true
		where i.year = $1 and i.code = $2 and i.kind = 'mail' and starts_with(i.key, $3) order by i.created_at desc, length(i.key) desc, i.key desc limit 1`, ref.Year, ref.Code, notice)
}

// CaseService is the letter of a case whose days run now, by the state that it
// brought, and how it was served.
type CaseService struct {
	Service
	Letter campaign.WarningState
	Heard  bool // the institution stated its case within the open window: it has the notice
}

// CaseServiceOf reads it; without a key when there is none or it was not asked for yet.
func (r Reader) CaseServiceOf(ctx context.Context, w Warning, acts []WarningAct) (v CaseService, err error) {
	if v.Letter = w.Ladder.Opened(PastActs(acts)); v.Letter == "" {
		return v, nil
	}
	v.Heard = v.Letter == campaign.Noticed && slices.ContainsFunc(acts, func(a WarningAct) bool { return a.Act == campaign.ActReply })
	if v.Service, err = r.ServiceOf(ctx, w.Ref(), CaseLetters(w.Ref(), v.Letter)); campaign.KindOf(err) == campaign.NotFound {
		err = nil
	}
	return v, err
}

// Waits tells that the days of the case wait for the service of its letter (AP-2).
func (v CaseService) Waits() bool { return v.Key != "" && !v.Done() && !v.Heard }

// Done tells whether the notice counts as served: its newest letter was accepted
// and did not come back, or it was handed over (AP-2).
func (v Service) Done() bool {
	return v.Handed != nil || v.State == "accepted" && !v.Delivery.Missed()
}

// Lost tells that the letter is known not to have arrived, by whatever way.
func (v Service) Lost() bool {
	return v.Handed == nil && (v.Delivery.Missed() || v.State == "failed")
}

// Day is the day of service; "" while there is none. A rehearsal's letter is
// served on its virtual day.
func (v Service) Day(rehearsal bool) campaign.Day {
	switch {
	case v.Handed != nil:
		return campaign.DayOf(*v.Handed)
	case !v.Done():
		return ""
	case !rehearsal && v.DoneAt != nil:
		return campaign.DayOf(*v.DoneAt)
	}
	return campaign.DayOf(v.Body.Date)
}

// Opens is the last day of what the notice opens on the day of its service, of a
// paper the day on record; "" while it is not served.
func (v Service) Opens(rehearsal bool, until func(served campaign.Day) campaign.Day) campaign.Day {
	served := v.Day(rehearsal)
	if v.Handed != nil || served == "" {
		return day(v.Last)
	}
	return until(served)
}

// Until is the last of so many working days from the day of service, and no
// earlier than the notice names; "" while it is not served.
func (v Service) Until(h campaign.Holidays, days int, rehearsal bool) campaign.Day {
	return v.Opens(rehearsal, func(served campaign.Day) campaign.Day { return max(v.Body.Until, h.AddWorkdays(served, days)) })
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

// StopWarning lets no day run in a case whose letter came back, and takes the day of
// service back from a decision; the record of the delivery tells it (AP-2).
func (tx *Tx) StopWarning(ctx context.Context, ref campaign.Ref, letter campaign.WarningState) error {
	_, err := tx.exec(ctx, `update warning set due = null, served = case $3 when 'issued' then null else served end where year = $1 and code = $2`, ref.Year, ref.Code, string(letter))
	return err
}

// SetWarningDue moves the last day of what a case awaits, for a letter that is
// served once more; the record of the service names it.
func (tx *Tx) SetWarningDue(ctx context.Context, ref campaign.Ref, due campaign.Day) error {
	_, err := tx.exec(ctx, `update warning set due = $3 where year = $1 and code = $2`, ref.Year, ref.Code, date(due))
	return err
}
