package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
)

// Recounted is what a recount of a campaign's results found.
type Recounted struct {
	Institutions int // with at least one result
	Equal        int // of them, those without any difference
	Differences  []Difference
}

// Difference is a figure that does not follow from the facts.
type Difference struct {
	Code      string
	Version   int
	Field     string
	Stored    string
	Recounted string
}

// String is the difference as a line of a report.
func (d Difference) String() string {
	return fmt.Sprintf("%s 第 %d 版 %s：存档 %s，复算 %s", d.Code, d.Version, d.Field, d.Stored, d.Recounted)
}

// Recount computes every stored version of every result again from the facts
// that the ledger held before it, and compares it with the stored card byte for byte.
// The first version knows no rulings of 评价复核 yet; later ones do (AP-4).
func Recount(ctx context.Context, r store.Reader, t *rubric.Table, year int) (Recounted, error) {
	var out Recounted
	entries, err := r.Entries(ctx, year)
	if err != nil {
		return out, err
	}
	var reading rubric.Reading
	if len(entries) > 0 {
		c, err := r.Campaign(ctx, year)
		if err != nil {
			return out, err
		}
		reading = c.Rules.Settings.Readings.Reading()
	}
	gone, err := r.Erased(ctx)
	if err != nil {
		return out, err
	}
	for _, e := range entries {
		f, err := factsOf(ctx, r, e.Ref())
		if err != nil {
			return out, err
		}
		if len(f.results) == 0 {
			continue
		}
		f.reading, f.erased = reading, slices.Contains(gone, year)
		out.Institutions++
		found := f.compare(t)
		if len(found) == 0 {
			out.Equal++
		}
		out.Differences = append(out.Differences, found...)
	}
	return out, nil
}

// facts are what a recount needs of one institution. known gives the ledger's
// index of a fact: the order of commits, which clocks do not tell.
type facts struct {
	ref     campaign.Ref
	reading rubric.Reading // fixed at launch
	erased  bool           // its words are gone: figures are compared, words are not
	results []store.Result
	sheets  []store.SheetEver
	seats   []store.SeatHistory
	appeals []store.Appeal
	events  []store.Event
	earlier []store.Event       // of earlier years: a matter counts once over the years
	places  []store.MatterPlace // where decisions put its events, oldest first
	amended []store.Amendment   // of its events, those of earlier years too, oldest edition first
	known   map[string]int64
	digests map[int]string // of the results, by version, as the ledger has them
}

func factsOf(ctx context.Context, r store.Reader, ref campaign.Ref) (f facts, err error) {
	f.ref = ref
	if f.results, err = r.Results(ctx, ref); err != nil || len(f.results) == 0 {
		return f, err
	}
	if f.sheets, err = r.SheetsEver(ctx, ref); err != nil {
		return f, err
	}
	if f.seats, err = r.SeatsEver(ctx, ref); err != nil {
		return f, err
	}
	if f.appeals, err = r.Appeals(ctx, ref); err != nil {
		return f, err
	}
	if f.events, err = r.Events(ctx, ref); err != nil {
		return f, err
	}
	if f.earlier, err = r.EarlierEvents(ctx, ref); err != nil {
		return f, err
	}
	if f.amended, err = r.Amendments(ctx, ref); err != nil {
		return f, err
	}
	if f.places, err = r.MatterPlacesOf(ctx, ref.Code); err != nil {
		return f, err
	}
	leaves, err := r.Leaves(ctx, ref)
	if err != nil {
		return f, err
	}
	f.index(leaves)
	return f, f.indexEarlier(ctx, r)
}

func (f *facts) index(leaves []store.Leaf) {
	f.known, f.digests = map[string]int64{}, map[int]string{}
	for _, l := range leaves {
		b := bodyOf(l)
		switch l.Kind {
		case "result":
			f.known[key(l.Kind, b.Version)] = l.Idx
			f.digests[b.Version] = b.Digest
		case "sheet", "seat", "seat-end":
			f.known[key(l.Kind, b.Reviewer)] = l.Idx
		case "appeal-ruling":
			f.known[key(l.Kind, b.Row)] = l.Idx
		case "event", "event-ruling", "event-amendment", "matter":
			f.learn(l)
		}
	}
}

// learn notes an event, its ruling, an edition of 评价复核 about it or a decision on
// matters; one decision may have a leaf in several years, all written at once.
func (f *facts) learn(l store.Leaf) {
	k := key(l.Kind, bodyOf(l).id())
	if l.Kind == "event-amendment" {
		k = key(k, bodyOf(l).N)
	}
	if at, known := f.known[k]; !known || l.Idx < at {
		f.known[k] = l.Idx
	}
}

func key(kind string, id any) string { return fmt.Sprint(kind, "/", id) }

// before tells whether the ledger has a fact, and has it before the index.
func (f facts) before(idx int64, kind string, id any) bool {
	at, ok := f.known[key(kind, id)]
	return ok && at < idx
}

// counted tells that a sheet counted before the index: its author held his seat
// still, and nobody had followed him in it.
func (f facts) counted(idx int64, s store.SheetEver) bool {
	if !f.before(idx, "sheet", s.Reviewer) || f.before(idx, "seat-end", s.Reviewer) {
		return false
	}
	return !slices.ContainsFunc(f.seats, func(o store.SeatHistory) bool {
		return o.Seat.Seat == s.Seat && o.N > s.N && f.before(idx, "seat", o.Reviewer)
	})
}

// judge makes the card that version must have.
func (f facts) judge(t *rubric.Table, version int) (card rubric.Scorecard, scored bool, err error) {
	idx := f.known[key("result", version)]
	var marks [][]rubric.Mark
	for _, s := range f.sheets {
		if f.counted(idx, s) {
			marks = append(marks, s.Marks)
		}
	}
	var rulings []rubric.Ruling
	for _, a := range f.appeals {
		if version > 1 && a.After != nil && f.before(idx, "appeal-ruling", a.Row) {
			rulings = append(rulings, rubric.Ruling{Row: a.Row, Points: *a.After, Reason: *a.Reason})
		}
	}
	var events []rubric.Event
	for _, e := range store.WithEarlier(f.asOf(idx, f.events), f.asOf(idx, f.earlier)) {
		events = append(events, e.Rubric())
	}
	card, err = t.Judge(f.reading, f.ref.Year, marks, rulings, events)
	return card, len(marks) > 0, err
}

// asOf gives the events as the ledger knew them before the index.
func (f facts) asOf(idx int64, all []store.Event) []store.Event {
	var then []store.Event
	for _, e := range all {
		if !f.before(idx, "event", e.ID) {
			continue
		}
		if !f.before(idx, "event-ruling", e.ID) {
			e = e.Unruled()
		}
		e = f.amend(idx, e)
		e.Matter = e.RegMatter
		for _, p := range f.places {
			if p.Event == e.ID && f.before(idx, "matter", p.Act) {
				e.Matter = p.Now
			}
		}
		then = append(then, e)
	}
	return then
}

func (f facts) compare(t *rubric.Table) (all []Difference) {
	for i, stored := range f.results {
		differ := func(field, was, is string) {
			if was != is {
				all = append(all, Difference{f.ref.Code, stored.Version, field, was, is})
			}
		}
		differ("版本号", strconv.Itoa(stored.Version), strconv.Itoa(i+1))
		if _, ok := f.digests[stored.Version]; !ok {
			differ("账本记录", "无", "应有")
			continue
		}
		if !f.erased {
			differ("账本摘要", f.digests[stored.Version], store.Digest(stored.Card))
		}
		sums(stored, differ)
		card, scored, err := f.judge(t, stored.Version)
		if err != nil {
			differ("复算", stored.Total.String(), "不能复算："+err.Error())
			continue
		}
		differ("是否评分", yes(stored.Scored), yes(scored))
		if f.erased {
			stored.Card, card = wordless(stored.Card), wordless(card)
		}
		cards(stored.Card, card, differ)
	}
	return all
}

// wordless is a card with its figures only.
func wordless(c rubric.Scorecard) (out rubric.Scorecard) {
	b, err := json.Marshal(c)
	var v any
	if err == nil {
		err = json.Unmarshal(b, &v)
	}
	if err == nil {
		b, err = json.Marshal(unworded(v))
	}
	if err != nil || json.Unmarshal(b, &out) != nil {
		return c
	}
	return out
}

func unworded(v any) any {
	switch v := v.(type) {
	case string:
		return ""
	case []any:
		for i := range v {
			v[i] = unworded(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = unworded(v[k])
		}
	}
	return v
}

// sums checks a stored card against itself: rows add up to its total, no row
// passes its maximum (附件2 第15、16项 累计不超过10分), and the trace explains every point.
func sums(v store.Result, differ func(field, was, is string)) {
	var total, traced rubric.Points
	for _, row := range v.Card.Rows {
		if row.Points < 0 || row.Points > row.Max {
			differ(fmt.Sprintf("第 %d 项上限", row.Row), row.Points.String(), "0.0 至 "+row.Max.String())
		}
		if row.Row == deductionRow {
			row.Points = -row.Points
		}
		total += row.Points
	}
	for _, l := range v.Card.Trace {
		traced += l.Counted
		if l.Rule == rubric.RuleClamp { // what a reading takes off the sum of all rows
			total += l.Counted
		}
	}
	differ("总分（各项之和）", v.Card.Total.String(), total.String())
	differ("总分（计分明细之和）", v.Card.Total.String(), traced.String())
	differ("登记总分", v.Total.String(), v.Card.Total.String())
}

// deductionRow is the one row that is taken off (附件2 第16项).
const deductionRow = 16

// cards names the fields in which two cards differ; what no field names shows
// in the comparison of all bytes.
func cards(stored, is rubric.Scorecard, differ func(field, was, is string)) {
	a, b := bytesOf(stored), bytesOf(is)
	if bytes.Equal(a, b) {
		return
	}
	differ("指标版本", stored.Table+" "+stored.TableSHA256, is.Table+" "+is.TableSHA256)
	for i := range max(len(stored.Rows), len(is.Rows)) {
		was, now := at(stored.Rows, i), at(is.Rows, i)
		row := max(was.Row, now.Row)
		differ(fmt.Sprintf("第 %d 项得分", row), was.Points.String(), now.Points.String())
		differ(fmt.Sprintf("第 %d 项满分", row), was.Max.String(), now.Max.String())
		// reasons may name people: a report of an audit carries their digests only
		differ(fmt.Sprintf("第 %d 项理由摘要", row), store.Digest(was.Reason), store.Digest(now.Reason))
	}
	differ("基础分", stored.Base.String(), is.Base.String())
	differ("加分", stored.Bonus.String(), is.Bonus.String())
	differ("扣分", stored.Deduction.String(), is.Deduction.String())
	differ("总分", stored.Total.String(), is.Total.String())
	differ("得分表摘要", store.Digest(stored), store.Digest(is))
}

func at[T any](all []T, i int) (v T) {
	if i < len(all) {
		v = all[i]
	}
	return v
}

func bytesOf(c rubric.Scorecard) []byte {
	b, err := json.Marshal(c)
	if err != nil {
		panic(err) // a plain struct of our own
	}
	return b
}

func yes(b bool) string {
	if b {
		return "是"
	}
	return "否"
}
