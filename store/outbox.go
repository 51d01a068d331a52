package store

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"xuanping/campaign"
)

// Intent is an effect before it happens. Its key is derived from what it is
// for, so that asking twice is asking once (assurance §2 rule 1).
type Intent struct {
	Key       string
	Kind      string // MailIntent, MessageIntent, PaperIntent
	Ref       campaign.Ref
	Body      any
	NotBefore time.Time // zero: at once
}

// The kinds of intents.
const (
	MailIntent    = "mail"
	MessageIntent = "message"
	PaperIntent   = "paper"
)

// CodeTemplate is the letter that brings the code of an act (S1). The code is
// made when the letter is sent and stands nowhere else.
const CodeTemplate = "act-code"

// MailBody is what a mail intent says. Names, addresses and the link are
// looked up when it is sent, so that a changed contact gets it.
type MailBody struct {
	Template string            `json:"template"`
	To       string            `json:"to"`             // "institution", "staff:ID" or "role:officer"
	Scope    string            `json:"scope"`          // of the ticket in the link: "act", "view" or "" for none
	Path     string            `json:"path,omitempty"` // page behind the link
	Task     campaign.Task     `json:"task,omitempty"` // the letter is dropped when the task is done
	Date     time.Time         `json:"date"`           // on the campaign's clock
	Until    campaign.Day      `json:"until,omitempty"`
	Rows     []int             `json:"rows,omitempty"`
	Papers   []string          `json:"papers,omitempty"` // keys of paper intents to attach
	Data     map[string]string `json:"data,omitempty"`   // further plain fields of the template
	Lines    [][2]string       `json:"lines,omitempty"`  // name and content
	Urgent   bool              `json:"urgent,omitempty"` // about a 48-hour matter: it goes at night and on days off too
	Last     bool              `json:"last,omitempty"`   // the last reminder of its task, which it says
}

// Staff is the member of the staff whom a letter is for; false for an institution's.
func (b MailBody) Staff() (id string, is bool) { return strings.CutPrefix(b.To, "staff:") }

// AtOnce tells that a letter goes at night and on days off too (ML-4): about a
// 48-hour matter, or to somebody who has just acted and waits for it.
func (b MailBody) AtOnce() bool { return b.Urgent || AnswersAtOnce(b.Template) }

// AnswersAtOnce tells that all letters of a template go at night and on days off too.
func AnswersAtOnce(template string) bool {
	switch template {
	case CodeTemplate, "receipt", "appeal-receipt", "reply-received", "new-link", "incident-opened", "incident-reminder":
		return true
	}
	return false
}

// Reminder tells that a letter asks for what its person has not done yet.
func (b MailBody) Reminder() bool { return b.Task != "" && reminders[b.Template] }

var reminders = map[string]bool{"ack-missing": true, "plan-reminder": true, "plan-overdue": true, "evidence-reminder": true, "selfscore-reminder": true, "selfscore-last": true,
	"reviewer-reminder": true, "warning-reply-reminder": true, "warning-ack-reminder": true, "rectification-reminder": true, "rectification-overdue": true}

// MailAct is an act of an officer that will mail others, before it is done.
type MailAct struct {
	Kind      string // of the Acts below
	Year      int
	Rehearsal bool           // of a year that is about to be launched
	Rules     campaign.Rules // as the act leaves them: of a launch or a calendar
	Code      string         // the one institution that it is about; "" all of the year
	Body      MailBody       // of a reminder, or of a guidance letter
	Codes     []string       // to whom a guidance letter goes
}

// The acts that MailAct is about.
const (
	LaunchAct   = "launch"
	AdmitAct    = "admit"
	CalendarAct = "calendar"
	PublishAct  = "publish"
	NudgeAct    = "nudge"
	GuidanceAct = "guidance"
)

// PaperBody is what a paper intent says: everything it prints is a fact.
type PaperBody struct {
	Kind    campaign.Paper `json:"kind"`
	N       int            `json:"n"`       // of its series; 0 none
	Version int            `json:"version"` // of the result it prints
	Date    campaign.Day   `json:"date"`
	Round   int            `json:"round,omitempty"` // of the warning case
	Due     campaign.Day   `json:"due,omitempty"`
	Honour  int            `json:"honour,omitempty"` // number of the nomination in its year

	Case int `json:"case,omitempty"` // number of the incident or of the matter to be cleared
}

// Queue adds intents to the act; one whose key is known already changes nothing.
func (tx *Tx) Queue(all ...Intent) { tx.intents = append(tx.intents, all...) }

func (tx *Tx) putIntents(ctx context.Context) error {
	for _, i := range tx.intents {
		b, err := json.Marshal(i.Body)
		if err != nil {
			return err
		}
		n, err := tx.exec(ctx, `insert into intent (key, kind, year, code, body, digest, not_before, created_at)
			values ($1,$2,$3,$4,$5,$6,$7, now()) on conflict (key) do nothing`,
			i.Key, i.Kind, i.Ref.Year, i.Ref.Code, b, Digest(json.RawMessage(b)), i.NotBefore.UTC())
		if err != nil {
			return err
		}
		if n == 0 {
			continue
		}
		said := map[string]any{"key": i.Key, "digest": Digest(json.RawMessage(b))}
		switch m := i.Body.(type) {
		case MailBody:
			tx.record("mail", i.Ref, m.Date, said)
		case PaperBody: // the order for a paper, in the act of the decision that it tells: what the paper proves to be in the ledger
			tx.record("paper-order", i.Ref, m.Date.Morning(), said)
		}
	}
	return nil
}

// Job is an intent taken for execution.
type Job struct {
	Key   string
	Kind  string
	Year  int
	Code  string
	Body  json.RawMessage
	State string
	Tries int
	Told  bool // a message that is told, perhaps again, to an engine that was restored
	Cut   bool // the attempt before was cut off after the letter was handed over: perhaps it arrived
}

// Ref names the institution's year that the job is about.
func (j Job) Ref() campaign.Ref { return campaign.Ref{Year: j.Year, Code: j.Code} }

const jobColumns = `i.key, i.kind, i.year, i.code, i.body, i.state, i.tries, i.provider = '` + retold + `' told, was.cut`

// cutOff is true of a row whose worker died between handing a letter over and
// writing what came of it.
const cutOff = `state = 'sending' and template <> ''`

// Take claims up to n due intents of a kind. What was claimed and then neither
// finished nor held (see Hold) for ten seconds, because its worker died, is
// taken again.
func (s *Store) Take(ctx context.Context, kind string, n int) ([]Job, error) {
	return collect[Job](ctx, s.Reader, `with due as materialized (
			select key, `+cutOff+` cut from intent where kind = $1 and not_before <= now() and ($1 <> 'mail' or not mail_held(year))
			and (state = 'queued' or state = 'sending' and taken_at < now() - interval '10 seconds')
			order by not_before, created_at, key limit $2 for update skip locked),
		taken as (update intent i set state = 'sending', taken_at = now(), tries = tries + 1
			from due was where i.key = was.key returning `+jobColumns+`, i.not_before, i.created_at)
		select key, kind, year, code, body, state, tries, told, cut from taken order by not_before, created_at, key`, kind, n)
}

// Unclear begins the error of a letter whose answer got lost: perhaps it
// arrived, so that nobody sends it again before its pause is over.
const Unclear = "结果不明"

// TakeOne claims one intent by its key, due or not, unless the last attempt
// was Unclear. An intent that is done comes back in its final state; one that
// may not be taken now is a Conflict.
func (s *Store) TakeOne(ctx context.Context, key string) (Job, error) {
	j, err := one[Job](ctx, s.Reader, `with was as materialized (
			select key, `+cutOff+` cut from intent where key = $1 and (kind <> 'mail' or not mail_held(year))
			and (state = 'queued' and (not_before <= now() or error not like '`+Unclear+`%')
			or state = 'sending' and taken_at < now() - interval '10 seconds') for update)
		update intent i set state = 'sending', taken_at = now(), tries = tries + 1 from was where i.key = was.key returning `+jobColumns, key)
	if campaign.KindOf(err) != campaign.NotFound {
		return j, err
	}
	j, err = one[Job](ctx, s.Reader, `select `+jobColumns+` from intent i, lateral (select false cut) was where i.key = $1`, key)
	if err == nil && j.State == "queued" {
		return j, campaign.Fail(campaign.Conflict, "上次发送结果不明或发信已暂停，稍后再试")
	}
	if err == nil && j.State == "sending" {
		return j, campaign.Fail(campaign.Conflict, "正在处理，请稍后再试")
	}
	return j, err
}

// Requeue gives the failed letters and papers of a campaign another chance,
// for example after a wrong mail key was put right, and tells how many.
func (tx *Tx) Requeue(ctx context.Context, year int, by string, at time.Time) (int64, error) {
	n, err := tx.exec(ctx, `update intent set state = 'queued', tries = 0, not_before = now(), done_at = null where year = $1 and state = 'failed' and kind <> 'message' and not exists (select from service v where v.letter = intent.key)`, year) // what was served once more is not sent besides
	if err == nil && n > 0 {
		tx.record("requeue", campaign.Ref{Year: year}, at, map[string]any{"n": n, "by": by})
	}
	return n, err
}

// mine is true of a job's row until another worker has taken it over: the
// number of tries is the fence, for every claim counts it up.
const mine = `key = $1 and tries = $2 and state = 'sending'`

// Hold keeps a job claimed while its worker is still at it.
func (s *Store) Hold(ctx context.Context, j Job) error {
	_, err := s.pool.Exec(ctx, `update intent set taken_at = now() where `+mine, j.Key, j.Tries)
	return translate(err)
}

// Done ends a job: accepted by the outside, refused for good, or failed
// visibly. For a letter at is the instant of its service. It tells whether the
// job was still the caller's to end.
func (s *Store) Done(ctx context.Context, j Job, state, provider, why string, at time.Time) (ours bool, err error) {
	err = s.Write(ctx, func(tx *Tx) error {
		if j.Told { // refused or not, it may be told once more
			provider = retold
		}
		n, err := tx.exec(ctx, `update intent set state = $3, provider = $4, error = $5, done_at = $6 where `+mine, j.Key, j.Tries, state, provider, why, at)
		ours = n == 1
		return err
	})
	return ours && err == nil, err
}

// SentAs notes with which words a letter is about to be handed over: the name
// and digest of its template. It tells whether the job is still the caller's; one
// whose receipt came meanwhile, or that another worker took, is not handed over.
func (s *Store) SentAs(ctx context.Context, j Job, template string) (ours bool, err error) {
	err = s.Write(ctx, func(tx *Tx) error { // the words are a fact: the ledger holds the row
		n, err := tx.exec(ctx, `update intent set template = $3, taken_at = now() where `+mine, j.Key, j.Tries, template)
		ours = n == 1
		return err
	})
	return ours && err == nil, err
}

// Later puts a job back until the pause is over.
func (s *Store) Later(ctx context.Context, j Job, why string, pause time.Duration) error {
	return s.Write(ctx, func(tx *Tx) error {
		_, err := tx.exec(ctx, `update intent set state = 'queued', error = $3, not_before = now() + $4 where `+mine, j.Key, j.Tries, why, pause)
		return err
	})
}

// Parcel is a mail or message as a page lists it.
type Parcel struct {
	Key       string
	Kind      string
	State     string
	Error     string
	Tries     int
	CreatedAt time.Time
	DoneAt    *time.Time
}

// onItsClock is when an intent was asked for, on the campaign's clock where its
// body tells it.
const onItsClock = `coalesce((body->>'date')::timestamptz, (body->'in'->>'at')::timestamptz, created_at)`

// Parcels lists the mails and messages of an institution's year in the order
// in which they were asked for.
func (r Reader) Parcels(ctx context.Context, ref campaign.Ref) ([]Parcel, error) {
	return collect[Parcel](ctx, r, `select key, kind, `+shownState+` state, error, tries, `+onItsClock+` created_at, done_at from intent
		where year = $1 and ($2 = '' or code = $2) and kind <> 'paper' order by 6, intent.created_at, key`, ref.Year, ref.Code)
}

// CountDone counts the intents whose key begins so and that have been executed.
func (r Reader) CountDone(ctx context.Context, prefix string) (int, error) {
	return scalar[int](ctx, r, `select count(*) from intent where starts_with(key, $1) and done_at is not null`, prefix)
}

// QueuedMail is a letter as it was queued first, and what became of it.
type QueuedMail struct {
	Body   MailBody
	State  string
	DoneAt *time.Time
}

// MailByKey reads a letter of the outbox; NotFound when there is none.
func (r Reader) MailByKey(ctx context.Context, key string) (QueuedMail, error) {
	return one[QueuedMail](ctx, r, `select body, state, done_at from intent where key = $1 and kind = 'mail'`, key)
}

// NewerReminder tells whether a later reminder of the same task to the same person
// is on its way or has gone out: of several that are late only the newest goes.
func (r Reader) NewerReminder(ctx context.Context, j Job, b MailBody, now time.Time) (bool, error) {
	return scalar[bool](ctx, r, `select exists (select from intent where year = $1 and code = $2 and kind = 'mail' and key <> $3 and state in ('queued', 'sending', 'accepted')
		and body->>'task' = $4 and body->>'to' = $5 and body->>'template' = any($6) and (body->>'date')::timestamptz > $7 and (body->>'date')::timestamptz <= $8)`,
		j.Year, j.Code, j.Key, b.Task, b.To, kindred(b), b.Date, now)
}

// MailedSince tells whether a letter of a template was asked for since an instant, in
// the time of the year.
func (r Reader) MailedSince(ctx context.Context, ref campaign.Ref, template string, since time.Time) (bool, error) {
	return scalar[bool](ctx, r, `select exists (select from intent where year = $1 and code = $2 and kind = 'mail' and body->>'template' = $3 and (body->>'date')::timestamptz >= $4)`,
		ref.Year, ref.Code, template, since)
}

// kindred are the templates that a letter of its task may be taken the place of by.
func kindred(b MailBody) []string {
	if !b.Reminder() {
		return []string{b.Template}
	}
	return slices.Sorted(maps.Keys(reminders))
}

// Leaving lists the institutions whose departure was received and is not
// carried out yet: told to the year or not, it will be.
func (r Reader) Leaving(ctx context.Context, year int) (map[string]bool, error) {
	codes, err := list[string](ctx, r, `select e.code::text from entry e join intent t on t.key = e.year || '/' || e.code || '/leave'
		where e.year = $1 and e.stage not in ('left', 'closed') and t.state in ('queued', 'sending', 'accepted')`, year)
	out := make(map[string]bool, len(codes))
	for _, c := range codes {
		out[c] = true
	}
	return out, err
}

// OutboxState counts a campaign's intents by kind and state.
type OutboxState struct {
	Kind  string
	State string
	N     int
}

// Outbox counts the intents of a campaign.
func (r Reader) Outbox(ctx context.Context, year int) ([]OutboxState, error) {
	return collect[OutboxState](ctx, r, `select kind, state, sum(n)::int n from (
			select kind, `+doneState+` state, count(*) n from intent where year = $1 and state in ('sending','accepted','refused','failed') group by 1, 2
			union all select kind, `+shownState+`, count(*) from intent where year = $1 and state = 'queued' group by 1, 2) all_states
		group by 1, 2 order by 1, 2`, year)
}

// SentLetter is a letter to an institution as a record of service lists it.
type SentLetter struct {
	Template string
	Date     time.Time
	State    string
}

// Withheld is the provider of a letter that guest mode kept back: for the
// workflow it is done, but nobody received it, and lists show it as a state.
const Withheld = "withheld"

const shownState = `case when provider = '` + Withheld + `' then provider when delivery in ('delivered','dropped','bounced') then delivery
	when state = 'queued' and error like '` + Unclear + `%' then 'uncertain' else state end`

// doneState is shownState of what waits no more: it reads nothing but what the
// index intent_state holds.
const doneState = `case when provider = '` + Withheld + `' then provider when delivery in ('delivered','dropped','bounced') then delivery else state end`

// servedState is what a paper may say about a letter: receipts that say no more
// than that it went out change nothing, so that a paper is the same with and
// without them.
const servedState = `case when provider = '` + Withheld + `' then provider when delivery in ('dropped','bounced') then 'failed' else state end`

// LettersTo lists the letters to an institution by day, within a day by key: engine
// and site stamp them with clocks of their own.
func (r Reader) LettersTo(ctx context.Context, ref campaign.Ref) ([]SentLetter, error) {
	return collect[SentLetter](ctx, r, `select body->>'template' template, (body->>'date')::timestamptz date, `+servedState+` state from intent
		where year = $1 and code = $2 and kind = 'mail' and body->>'to' = 'institution' and state <> 'refused'
		order by ((body->>'date')::timestamptz at time zone 'Asia/Shanghai')::date, key`, ref.Year, ref.Code)
}
