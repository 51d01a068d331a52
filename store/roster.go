package store

import (
	"context"
	"time"

	"xuanping/campaign"
)

// Institution is a row of the roster.
type Institution struct {
	campaign.Institution
	ChangedAt time.Time
}

const institutionColumns = `code, name, uscc, province, category, head, contact, email, mobile`

// PutInstitutions adds institutions to the roster or changes them; it returns
// how many were new and how many changed.
func (tx *Tx) PutInstitutions(ctx context.Context, all []campaign.Institution, by string, at time.Time) (added, changed int, err error) {
	for _, i := range all {
		had, err := scalar[int](ctx, tx.Reader, `select count(*) from institution where code = $1`, i.Code)
		if err != nil {
			return 0, 0, err
		}
		n, err := tx.exec(ctx, `insert into institution (code, name, uscc, province, category, head, contact, email, mobile, changed_at)
			values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)
			on conflict (code) do update set name=$2, uscc=$3, province=$4, category=$5, head=$6, contact=$7, email=$8, mobile=$9, changed_at=$10
			where (institution.name, institution.uscc, institution.province, institution.category, institution.head, institution.contact, institution.email, institution.mobile)
				is distinct from ($2,$3,$4,$5,$6,$7,$8,$9)`,
			i.Code, i.Name, i.USCC, i.Province, i.Category, i.Head, i.Contact, i.Email, i.Mobile, at)
		if err != nil {
			return 0, 0, err
		}
		if n == 0 {
			continue
		}
		if had == 0 {
			added++
		} else {
			changed++
		}
		tx.record("roster", campaign.Ref{Code: i.Code}, at, map[string]any{"by": by})
	}
	return added, changed, nil
}

// Institution reads one institution of the roster.
func (r Reader) Institution(ctx context.Context, code string) (campaign.Institution, error) {
	return one[campaign.Institution](ctx, r, `select `+institutionColumns+` from institution where code = $1`, code)
}

// RunningYears are the years in which an institution still takes part.
func (r Reader) RunningYears(ctx context.Context, code string) ([]int, error) {
	return list[int](ctx, r, `select year from entry where code = $1 and stage not in ('closed', 'left') order by year`, code)
}

// NamesOf maps codes to the names of institutions.
func (r Reader) NamesOf(ctx context.Context, codes []string) (map[string]string, error) {
	type called struct{ Code, Name string }
	all, err := collect[called](ctx, r, `select code::text code, name from institution where code = any($1::text[])`, codes)
	names := make(map[string]string, len(all))
	for _, c := range all {
		names[c.Code] = c.Name
	}
	return names, err
}

// Roster lists all institutions by code.
func (r Reader) Roster(ctx context.Context) ([]campaign.Institution, error) {
	return collect[campaign.Institution](ctx, r, `select `+institutionColumns+` from institution order by code`)
}

// Entry is an institution's year.
type Entry struct {
	Year     int
	Code     string
	Name     string
	Province string
	Category string
	Joined   time.Time
	Ranked   bool
	Stage    campaign.Stage
	StageAt  time.Time
	Due      *time.Time
	LeftHow  *string
	Outcome  *string

	Successor   *string    // of one that was merged
	SuspendedAt *time.Time // since when it stands still (WF-4)
}

// Ref names the entry.
func (e Entry) Ref() campaign.Ref { return campaign.Ref{Year: e.Year, Code: e.Code} }

// DueDay is the day of the stage's task; zero when it has none.
func (e Entry) DueDay() campaign.Day { return day(e.Due) }

// JoinedDay is the day of entry.
func (e Entry) JoinedDay() campaign.Day { return day(&e.Joined) }

const entryColumns = `e.year, e.code, i.name, i.province, i.category, e.joined, e.ranked, e.stage, e.stage_at, e.due, e.left_how, e.outcome, e.successor, ` + suspendedAt + ` suspended_at`

// Entry reads an institution's year.
func (r Reader) Entry(ctx context.Context, ref campaign.Ref) (Entry, error) {
	return one[Entry](ctx, r, `select `+entryColumns+` from entry e join institution i using (code) where e.year = $1 and e.code = $2`, ref.Year, ref.Code)
}

// EntryInFull is an entry with whom to reach there and what was put off: all
// that the head of a page about one institution asks.
type EntryInFull struct {
	Entry
	USCC    string
	Head    string
	Contact string
	Email   string
	Mobile  string
	MoreTime
	Heir  *campaign.Named // who carries on after a merger, and after its merger
	Noted []Observation   // by local regulators
}

// Institution is the roster's side of the entry.
func (e EntryInFull) Institution() campaign.Institution {
	return campaign.Institution{Code: e.Code, Name: e.Name, USCC: e.USCC, Province: e.Province, Category: e.Category, Head: e.Head, Contact: e.Contact, Email: e.Email, Mobile: e.Mobile}
}

// EntryInFull reads an institution's year in one question.
func (r Reader) EntryInFull(ctx context.Context, ref campaign.Ref) (EntryInFull, error) {
	return one[EntryInFull](ctx, r, `select `+entryColumns+`, i.uscc, i.head, i.contact, i.email, i.mobile,
		`+extensionList+` extensions, `+requestList+` requests, `+mergedList+` merged,
		(select jsonb_build_object('code', h.code, 'name', h.name) from institution h where h.code = `+heirOf+`) heir,
		coalesce((select jsonb_agg(jsonb_build_object('Year', o.year, 'Code', o.code, 'N', o.n, 'Row', o.row, 'Text', o.text, 'Digest', o.digest, 'By', o.by, 'ByName', s.name, 'Province', s.province, 'At', o.at) order by o.n)
			from observation o join staff s on s.id = o.by where o.year = e.year and o.code = e.code), '[]') noted
		from entry e join institution i using (code) where e.year = $1 and e.code = $2`, ref.Year, ref.Code)
}

// heirOf is who carries on after an entry e was merged, however many mergers there were.
const heirOf = `(with recursive line(code, n) as (select e.successor, 1 union all select m.successor, n + 1 from line join entry m on m.year = e.year and m.code = line.code where m.successor is not null and n < 100)
	select code from line order by n desc limit 1)`

// Heir is who carries on in a year after an institution was merged.
func (r Reader) Heir(ctx context.Context, ref campaign.Ref) (campaign.Institution, error) {
	return one[campaign.Institution](ctx, r, `select `+institutionColumns+` from institution where code = (select `+heirOf+` from entry e where e.year = $1 and e.code = $2)`, ref.Year, ref.Code)
}

// Entries lists a campaign's institutions by code.
func (r Reader) Entries(ctx context.Context, year int) ([]Entry, error) {
	return collect[Entry](ctx, r, `select `+entryColumns+` from entry e join institution i using (code) where e.year = $1 order by e.code`, year)
}

// EntryPage lists up to n codes after one, and how many there are in all and up to the page's end.
func (r Reader) EntryPage(ctx context.Context, year int, after string, n int) (codes []string, done, total int, err error) {
	codes, err = list[string](ctx, r, `select code::text from entry where year = $1 and code > $2 order by code limit $3`, year, after, n)
	if err != nil {
		return
	}
	last := after
	if len(codes) > 0 {
		last = codes[len(codes)-1]
	}
	if done, err = scalar[int](ctx, r, `select count(*) from entry where year = $1 and code <= $2`, year, last); err != nil {
		return
	}
	total, err = scalar[int](ctx, r, `select count(*) from entry where year = $1`, year)
	return
}

// AddEntry enters an institution into a campaign.
func (tx *Tx) AddEntry(ctx context.Context, ref campaign.Ref, joined campaign.Day, ranked bool, at time.Time) error {
	if _, err := tx.exec(ctx, `insert into entry (year, code, joined, ranked, stage, stage_at) values ($1,$2,$3,$4,$5,$6)`,
		ref.Year, ref.Code, string(joined), ranked, string(campaign.Invited), at); err != nil {
		return err
	}
	tx.record("entry", ref, at, map[string]any{"joined": joined, "ranked": ranked})
	return nil
}

// SetStage moves an institution's year along campaign.Follow. It is called by
// the workflow's steps only; entering the same stage again changes nothing but its day.
func (tx *Tx) SetStage(ctx context.Context, ref campaign.Ref, next campaign.Stage, due campaign.Day, at time.Time) error {
	now, err := scalar[campaign.Stage](ctx, tx.Reader, `select stage from entry where year = $1 and code = $2 for update`, ref.Year, ref.Code)
	if err != nil {
		return err
	}
	if now == next {
		_, err := tx.exec(ctx, `update entry set due = $3 where year = $1 and code = $2`, ref.Year, ref.Code, date(due))
		return err
	}
	if next, err = now.Follow(next); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, `update entry set stage = $3, stage_at = $4, due = $5 where year = $1 and code = $2`, ref.Year, ref.Code, string(next), at, date(due)); err != nil {
		return err
	}
	tx.record("stage", ref, at, map[string]any{"stage": next, "due": due})
	return nil
}

// SetDue moves the day of the task at hand.
func (tx *Tx) SetDue(ctx context.Context, ref campaign.Ref, due campaign.Day) error {
	_, err := tx.exec(ctx, `update entry set due = $3 where year = $1 and code = $2`, ref.Year, ref.Code, date(due))
	return err
}

// SetLeft ends an institution's year early.
func (tx *Tx) SetLeft(ctx context.Context, ref campaign.Ref, how string, at time.Time) error {
	return tx.SetSucceeded(ctx, ref, how, "", at)
}

// SetSucceeded is SetLeft for one that was merged into a successor; "" for none.
func (tx *Tx) SetSucceeded(ctx context.Context, ref campaign.Ref, how, successor string, at time.Time) error {
	n, err := tx.exec(ctx, `update entry set stage = 'left', left_how = $3, successor = nullif($5, ''), stage_at = $4, due = null where year = $1 and code = $2 and stage <> 'closed' and stage <> 'left'`, ref.Year, ref.Code, how, at, successor)
	if err != nil || n == 0 {
		return err
	}
	told := map[string]any{"how": how}
	if successor != "" {
		told["successor"] = successor
	}
	tx.record("left", ref, at, told)
	return nil
}

// SetOutcome writes how an institution's year ended.
func (tx *Tx) SetOutcome(ctx context.Context, ref campaign.Ref, outcome string, at time.Time) error {
	n, err := tx.exec(ctx, `update entry set outcome = $3 where year = $1 and code = $2 and outcome is distinct from $3`, ref.Year, ref.Code, outcome)
	if err == nil && n == 1 {
		tx.record("outcome", ref, at, map[string]any{"outcome": outcome})
	}
	return err
}

// Extension is a day moved for one institution (WF-4).
type Extension struct {
	Task   campaign.Task
	Day    time.Time
	Reason string
	By     string
	At     time.Time
}

// AddExtension writes an extension and returns its number.
func (tx *Tx) AddExtension(ctx context.Context, ref campaign.Ref, task campaign.Task, to campaign.Day, reason, by string, at time.Time) (int, error) {
	n, err := scalar[int](ctx, tx.Reader, `insert into extension (year, code, n, task, day, reason, by, at)
		select $1::int, $2::text, coalesce(max(n), 0) + 1, $3, $4, $5, $6, $7 from extension where year = $1 and code = $2 returning n`,
		ref.Year, ref.Code, string(task), string(to), reason, by, at)
	if err == nil {
		tx.record("extension", ref, at, map[string]any{"task": task, "day": to, "by": by, "reason": Digest(reason)})
	}
	return n, err
}

// Extensions lists an institution's extensions, oldest first.
func (r Reader) Extensions(ctx context.Context, ref campaign.Ref) ([]Extension, error) {
	return collect[Extension](ctx, r, `select task, day, reason, by, at from extension where year = $1 and code = $2 order by n`, ref.Year, ref.Code)
}
