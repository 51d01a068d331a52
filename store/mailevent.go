package store

import (
	"context"
	"slices"
	"time"

	"xuanping/campaign"
)

// Delivery is what the provider reported about a letter that it took.
type Delivery string

// The reports in the order in which they outweigh each other; a bounce after a
// delivery (the far server changed its mind) is what counts for service (AP-2).
const (
	Unreported Delivery = ""
	Sent       Delivery = "sent"
	Deferred   Delivery = "deferred"
	Delivered  Delivery = "delivered"
	Dropped    Delivery = "dropped"
	Bounced    Delivery = "bounced"
)

var deliveries = []Delivery{Unreported, Sent, Deferred, Delivered, Dropped, Bounced}

// Further is the delivery after both were reported, in whatever order and
// however often: the join of a chain.
func Further(a, b Delivery) Delivery {
	if slices.Index(deliveries, b) > slices.Index(deliveries, a) {
		return b
	}
	return a
}

// Missed tells that the letter did not reach its reader.
func (d Delivery) Missed() bool { return d == Dropped || d == Bounced }

// MailEvent is one report of the provider about one letter, without the address.
type MailEvent struct {
	ID       string // of the provider; unique
	Key      string // of the intent
	Kind     string // the provider's word
	State    Delivery
	Provider string // id under which the provider took the letter
	Reason   string
	At       time.Time // as the provider says
}

// Fate is what a report changed.
type Fate struct {
	Ref           campaign.Ref
	Key           string
	Body          MailBody
	Before, After Delivery
	// Unsent: this score book never handed the letter over. It was restored from a dump made before.
	Unsent bool
}

// Lost tells that this report was the first to say that the letter did not arrive.
func (f Fate) Lost() bool { return f.After.Missed() && !f.Before.Missed() }

// AddMailEvent notes a report. A replay, or one about a letter that is not
// ours, changes nothing and is not news. Any report proves that the provider took
// the letter, so an intent whose answer was lost is not sent again. real is the
// house's own clock.
func (tx *Tx) AddMailEvent(ctx context.Context, e MailEvent, real time.Time) (f Fate, news bool, err error) {
	type row struct {
		Year     int
		Code     string
		Body     MailBody
		Delivery Delivery
		Template string
	}
	i, err := one[row](ctx, tx.Reader, `select year, code, body, delivery, template from intent where key = $1 and kind = 'mail' for update`, e.Key)
	if campaign.KindOf(err) == campaign.NotFound {
		return f, false, nil
	}
	if err != nil {
		return f, false, err
	}
	f = Fate{Ref: campaign.Ref{Year: i.Year, Code: i.Code}, Key: e.Key, Body: i.Body, Before: i.Delivery, After: Further(i.Delivery, e.State),
		Unsent: i.Template == "" && i.Delivery == Unreported}
	n, err := tx.exec(ctx, `insert into mail_event (id, key, kind, state, reason, told_at, at) values ($1,$2,$3,$4,$5,$6,$7) on conflict (id) do nothing`,
		e.ID, e.Key, e.Kind, string(e.State), e.Reason, e.At, real)
	if err != nil || n == 0 || e.State == Unreported {
		return f, false, err
	}
	done := real
	if f.Unsent && e.At.Before(real) { // it was served when it went out, not when that is reconciled
		done = e.At
	}
	if _, err := tx.exec(ctx, `update intent set delivery = $2, done_at = coalesce(done_at, $4), state = 'accepted',
			error = case when state = 'accepted' then error else '' end, provider = case provider when '' then $3 else provider end
		where key = $1`, e.Key, string(f.After), e.Provider, done); err != nil {
		return f, false, err
	}
	if e.State == Delivered || e.State.Missed() { // whatever came before it: order must not decide what is on record
		c, err := tx.Campaign(ctx, i.Year)
		if err != nil {
			return f, false, err
		}
		tx.record("delivery", f.Ref, c.Now(real), map[string]any{"key": e.Key, "how": string(e.State)})
	}
	return f, true, nil
}

// UnknownMail counts the keys under which no letter was asked for.
func (r Reader) UnknownMail(ctx context.Context, keys []string) (int, error) {
	return scalar[int](ctx, r, `select count(distinct k) from unnest($1::text[]) k where not exists (select from intent where key = k and kind = 'mail')`, keys)
}

// MailOf is a letter of the outbox as the office acts on it.
type MailOf struct {
	Key      string
	Year     int
	Code     string
	Body     MailBody
	State    string
	Delivery Delivery
	Error    string
	Again    int // how often it was served again under a key of its own
}

// MailForOffice reads one letter with what became of it.
func (r Reader) MailForOffice(ctx context.Context, key string) (MailOf, error) {
	return one[MailOf](ctx, r, `select key, year, code, body, state, delivery, error,
		(select count(*) from intent a where a.kind = 'mail' and starts_with(a.key, i.key || '/again/'))::int again
		from intent i where key = $1 and kind = 'mail'`, key)
}

// MailSentAs is the key of the letter that was sent under a Message-ID.
func (r Reader) MailSentAs(ctx context.Context, message string) (string, error) {
	return scalar[string](ctx, r, `select key from intent where kind = 'mail' and provider <> '' and provider = $1`, message)
}

// Missed counts a campaign's letters that did not arrive and were not served again since.
func (r Reader) Missed(ctx context.Context, year int) (int, error) {
	return scalar[int](ctx, r, `select count(*) from intent i where year = $1 and kind = 'mail' and delivery in ('dropped','bounced')
		and not exists (select from intent a where a.year = i.year and a.code = i.code and a.kind = 'mail' and starts_with(a.key, split_part(i.key, '/again/', 1) || '/again/') and a.created_at > i.created_at)
		and not exists (select from service v where v.letter = i.key)`, year)
}

// Unreached lists the institutions of a year that mail does not reach: their
// last letter was returned, or could not be sent.
func (r Reader) Unreached(ctx context.Context, year int) ([]string, error) {
	return list[string](ctx, r, `select code from (select distinct on (code) code, state, delivery from intent
		where year = $1 and code <> '' and kind = 'mail' and body->>'to' = 'institution' and state in ('accepted','failed') order by code, created_at desc, key desc) last
		where state = 'failed' or delivery in ('dropped','bounced') order by code`, year)
}

// NoteLinkLetter notes that a link was printed, to be handed over on paper (ML-5).
func (tx *Tx) NoteLinkLetter(ref campaign.Ref, by string, at time.Time) {
	tx.record("link-letter", ref, at, map[string]any{"by": by})
}
