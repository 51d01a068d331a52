package audit

import (
	"context"
	"fmt"
	"slices"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
)

// House is what an inspection looks at: the score book, the evidence store, the
// keys that sign the ledger, and the engine.
type House struct {
	Book  store.Reader
	Blobs *store.Blobs
	Known Known
	Table *rubric.Table
	// Runs tells of the newest run of every workflow of a year; nil when the engine
	// is not to be asked.
	Runs func(ctx context.Context, year int) ([]Run, error)
}

// Finding is a place where an invariant does not hold.
type Finding struct {
	ID    string `json:"id"`
	Grave bool   `json:"grave"`
	Says  string `json:"says"` // what should hold
	Rule  string `json:"rule"`
	Place string `json:"place"`
	What  string `json:"what"`
}

// String is the finding as a line of a report.
func (f Finding) String() string {
	grade := "一般"
	if f.Grave {
		grade = "严重"
	}
	return fmt.Sprintf("%s %s %s：%s（应当：%s；依据：%s）", f.ID, grade, f.Place, f.What, f.Says, f.Rule)
}

// Fsck is what an inspection found.
type Fsck struct {
	Years    []int     `json:"years"`
	Checked  int       `json:"checked"`            // invariants
	Unasked  []string  `json:"unasked,omitempty"`  // invariants that could not be asked
	Findings []Finding `json:"findings,omitempty"` // in the order of the invariants
}

// Clean tells that everything was asked for and nothing was found.
func (f Fsck) Clean() bool { return len(f.Findings) == 0 }

// String is the result in one line.
func (f Fsck) String() string {
	s := fmt.Sprintf("fsck %d 处（%d 条不变式", len(f.Findings), f.Checked)
	if len(f.Unasked) > 0 {
		s += fmt.Sprintf("，另有 %d 条未查：引擎未连接", len(f.Unasked))
	}
	return s + "）"
}

// invariant is one that is looked into in Go.
type invariant struct {
	store.Invariant
	find func(context.Context, *inspection) error
}

// checks lists what is asked beyond the SQL of the score book.
func checks() []invariant {
	return slices.Concat(bookChecks, storeChecks, engineChecks)
}

// Invariants lists everything that an inspection asks, by id.
func Invariants() []store.Invariant {
	all := store.Invariants()
	for _, c := range checks() {
		all = append(all, c.Invariant)
	}
	return append(all, store.LateInvariants()...)
}

// Inspect asks for every invariant of a year, or with 0 of all years (R9). It
// changes nothing, and goes on after a finding.
func Inspect(ctx context.Context, h House, year int) (Fsck, error) {
	in := &inspection{House: h, year: year}
	all, err := h.Book.Campaigns(ctx)
	if err != nil {
		return in.out, err
	}
	for _, c := range all {
		if year == 0 || c.Year == year {
			in.years, in.out.Years = append(in.years, c), append(in.out.Years, c.Year)
		}
	}
	if err := in.ask(ctx, store.Invariants()); err != nil {
		return in.out, err
	}
	for _, c := range checks() {
		in.now = c.Invariant
		if h.Runs == nil && slices.ContainsFunc(engineChecks, func(e invariant) bool { return e.ID == c.ID }) {
			in.out.Unasked = append(in.out.Unasked, c.ID)
			continue
		}
		if err := c.find(ctx, in); err != nil {
			return in.out, fmt.Errorf("%s：%w", c.ID, err)
		}
		in.out.Checked++
	}
	return in.out, in.ask(ctx, store.LateInvariants())
}

// ask asks the score book for what is written in SQL.
func (in *inspection) ask(ctx context.Context, all []store.Invariant) error {
	for _, i := range all {
		found, err := in.Book.Breaches(ctx, i, in.year)
		if err != nil {
			return err
		}
		in.now = i
		for _, b := range found {
			in.say(b.Place, "%s", b.What)
		}
		in.out.Checked++
	}
	return nil
}

// inspection is one under way; what several checks look at is read once.
type inspection struct {
	House
	year    int
	years   []store.Campaign
	now     store.Invariant
	out     Fsck
	ledgers *LedgerReport
	runs    map[int][]Run
}

func (in *inspection) say(place, form string, args ...any) {
	i := in.now
	in.out.Findings = append(in.out.Findings, Finding{i.ID, i.Grave, i.Says, i.Rule, place, fmt.Sprintf(form, args...)})
}

// entries does something for every institution's year.
func (in *inspection) entries(ctx context.Context, do func(store.Campaign, store.Entry) error) error {
	for _, c := range in.years {
		all, err := in.Book.Entries(ctx, c.Year)
		if err != nil {
			return err
		}
		for _, e := range all {
			if err := do(c, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// ledger verifies the ledger once.
func (in *inspection) ledger(ctx context.Context) (LedgerReport, error) {
	if in.ledgers == nil {
		r, err := VerifyLedger(ctx, in.Book, in.Known, nil)
		if err != nil {
			return r, err
		}
		in.ledgers = &r
	}
	return *in.ledgers, nil
}

// runsOf asks the engine once for the workflows of a year, by id.
func (in *inspection) runsOf(ctx context.Context, year int) (map[string]Run, error) {
	if _, asked := in.runs[year]; !asked {
		all, err := in.Runs(ctx, year)
		if err != nil {
			return nil, err
		}
		if in.runs == nil {
			in.runs = map[int][]Run{}
		}
		in.runs[year] = all
	}
	byID := map[string]Run{}
	for _, r := range in.runs[year] {
		byID[r.ID] = r
	}
	return byID, nil
}

func place(ref campaign.Ref) string { return ref.ID() }
