package rehearsal

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/schollz/progressbar/v3"

	"xuanping/campaign"
	"xuanping/rubric"
)

// Account is how a person of the regulator's side signs in. Email is where the
// letters go; without it they are those to ID@.
// Province is that of a local regulator.
type Account struct{ ID, Password, Email, Province string }

// Config is a rehearsal: where the site is, who takes part and who moves time.
type Config struct {
	BaseURL      string
	Year         int
	Seed         uint64
	Institutions []campaign.Institution // sorted by code
	Late         int                    // how many of the last join mid-year; 0: as Temperaments has it
	Officer      []Account              // at least 1
	Approvers    []Account              // at least 2
	Reviewers    []Account              // at least 4
	Auditor      []Account
	Legal        []Account // at least 1
	Local        []Account // with their provinces
	// Move brings every workflow of the campaign and its clock to an instant
	// and waits until all letters due by then are delivered.
	Move     func(ctx context.Context, t time.Time) error
	Progress io.Writer // nil: silent
	Parallel int       // people who act at once; default 8
	// Mark gives a word that a person adds to a free text that he types, another each
	// time; nil: nobody does. A test of privacy looks for them where they must not be.
	Mark func() string
}

// Check names everything that keeps the play from starting.
func (c Config) Check() error {
	var errs []error
	need := func(ok bool, say string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(say, args...))
		}
	}
	need(c.Move != nil, "缺少推进虚拟时间的办法（Move）")
	need(len(c.Institutions) > 0, "名册为空，请至少提供 1 家机构")
	need(c.Late >= 0 && c.Late <= len(c.Institutions), "年中加入的机构数 %d 超出名册", c.Late)
	need(len(c.Officer) >= 1 && len(c.Approvers) >= 2 && len(c.Reviewers) >= 4, "演练至少需要 1 名经办、2 名审批、4 名评审专家，现有 %d、%d、%d 名",
		len(c.Officer), len(c.Approvers), len(c.Reviewers))
	need(len(c.Legal) >= 1, "演练至少需要 1 名法制审核人员")
	need(slices.IsSortedFunc(c.Institutions, func(a, b campaign.Institution) int { return cmp.Compare(a.Code, b.Code) }), "机构须按批准号排序")
	if err := campaign.KnownHolidays().Covers(c.Year, true); err != nil {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// play is a rehearsal under way.
type play struct {
	year      int
	seed      uint64
	days      days
	players   []*player
	officer   *clerk
	approvers []*clerk
	reviewers []*clerk
	auditors  []*clerk
	legal     []*clerk
	locals    []*clerk
	slots     chan struct{}
	now       atomic.Value // campaign.Day
	acted     atomic.Int64
	mails     atomic.Int64

	mu       sync.Mutex
	sheets   map[string][]int // by code: the places of the reviewers who scored it, in the order of handing in
	rulings  map[string]bool  // by code: the appeal was decided
	failures []string
	before   map[string]bool // letters that were in the mailbox when the play began
}

// Run lives the year. It goes on after a failure where it can; the error then
// names the failures, and the report is complete as far as it goes.
func Run(ctx context.Context, cfg Config) (Report, error) {
	began := time.Now()
	if err := cfg.Check(); err != nil {
		return Report{}, err
	}
	p, err := newPlay(cfg)
	if err != nil {
		return Report{}, err
	}
	err = p.perform(ctx, cfg)
	rep := p.report(ctx, err == nil)
	rep.Elapsed = time.Since(began)
	if err == nil && len(rep.Failures) > 0 {
		err = fmt.Errorf("演练有 %d 处与预期不符，第一处：%s", len(rep.Failures), rep.Failures[0])
	}
	return rep, err
}

func newPlay(cfg Config) (*play, error) {
	cfg.Parallel = cmp.Or(max(cfg.Parallel, 0), 8)
	p := &play{year: cfg.Year, seed: cfg.Seed, days: daysOf(cfg.Year), slots: make(chan struct{}, cfg.Parallel),
		sheets: map[string][]int{}, rulings: map[string]bool{}}
	p.now.Store(p.days.c.Launch)
	net := wires(cfg.Parallel)
	meet := func(search string) (reader, error) {
		b, err := newBrowser(cfg.BaseURL, net)
		if err == nil {
			b.mark = cfg.Mark
		}
		return reader{browser: b, play: p, search: search, seen: map[string]bool{}}, err
	}
	for _, r := range cast(cfg.Institutions, cmp.Or(cfg.Late, latecomers(len(cfg.Institutions)))) {
		who, err := meet(r.Email)
		if err != nil {
			return nil, err
		}
		x := &player{who, r}
		x.code = x.newCode
		p.players = append(p.players, x)
	}
	var officers []*clerk
	for _, g := range []struct {
		to  *[]*clerk
		all []Account
	}{{&officers, cfg.Officer}, {&p.approvers, cfg.Approvers}, {&p.reviewers, cfg.Reviewers}, {&p.auditors, cfg.Auditor}, {&p.legal, cfg.Legal}, {&p.locals, cfg.Local}} {
		for i, a := range g.all {
			who, err := meet(cmp.Or(a.Email, a.ID+"@"))
			if err != nil {
				return nil, err
			}
			c := &clerk{who, a, i}
			c.password = c.Password
			c.again = c.signIn // a session may end while its owner waits for his day
			*g.to = append(*g.to, c)
		}
	}
	p.officer = officers[0]
	return p, nil
}

// perform plays the scenes one after another. What everything rests on ends the
// play when it fails: signing in, the launch, time itself.
func (p *play) perform(ctx context.Context, cfg Config) error {
	for _, c := range slices.Concat([]*clerk{p.officer}, p.approvers, p.reviewers, p.auditors, p.legal, p.locals) {
		if err := c.signIn(ctx); err != nil {
			return err
		}
	}
	if err := p.passOver(ctx); err != nil {
		return err
	}
	if err := p.opens(ctx); err != nil {
		return err
	}
	scenes := story(p.days)
	bar := progress(cfg.Progress, len(scenes))
	for _, s := range scenes {
		if !p.called(s) {
			_ = bar.Add(1)
			continue
		}
		bar.Describe(fmt.Sprintf("%s %s｜邮件 %d｜办理 %d", s.day, s.title, p.mails.Load(), p.acted.Load()))
		if err := cfg.Move(ctx, s.at()); err != nil {
			return fmt.Errorf("推进到 %s（%s）：%w", s.day, s.title, err)
		}
		p.now.Store(s.day)
		for _, c := range s.cues {
			p.cue(ctx, s, c)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		_ = bar.Add(1)
	}
	_ = bar.Finish()
	return nil
}

// passOver lays aside what was in the mailbox before: another year may have been
// rehearsed with the same people.
func (p *play) passOver(ctx context.Context) (err error) {
	if p.before, err = p.letters(ctx); err != nil || len(p.before) == 0 {
		return err
	}
	var all []*reader
	for _, x := range p.players {
		all = append(all, &x.reader)
	}
	for _, c := range slices.Concat([]*clerk{p.officer}, p.approvers, p.reviewers, p.auditors, p.legal, p.locals) {
		all = append(all, &c.reader)
	}
	for _, r := range all {
		r.seen = maps.Clone(p.before)
	}
	return nil
}

func progress(w io.Writer, scenes int) *progressbar.ProgressBar {
	if w == nil {
		return progressbar.DefaultSilent(int64(scenes))
	}
	return progressbar.NewOptions(scenes, progressbar.OptionSetWriter(w), progressbar.OptionSetWidth(24), progressbar.OptionShowCount(),
		progressbar.OptionSetElapsedTime(true), progressbar.OptionSetPredictTime(false), progressbar.OptionOnCompletion(func() { fmt.Fprintln(w) }))
}

// called tells whether a scene has anybody in it.
func (p *play) called(s scene) bool {
	return slices.ContainsFunc(s.cues, func(c cue) bool {
		return c.staff != nil || slices.ContainsFunc(p.players, func(x *player) bool { return c.calls(x.role) })
	})
}

// cue lets those called act, and notes what did not work.
func (p *play) cue(ctx context.Context, s scene, c cue) {
	if c.staff != nil {
		if err := c.staff(ctx, p); err != nil {
			p.fail("%s %s：%v", s.day, c.act, err)
		}
		return
	}
	_ = p.together(ctx, len(p.players), func(i int) error {
		x := p.players[i]
		if !c.calls(x.role) {
			return nil
		}
		if err := c.each(ctx, x); err != nil {
			p.fail("%s %s %s（%s）：%v", s.day, c.act, x.Name, x.kind.Chinese(), err)
		}
		return nil
	})
}

// together does something for each of n, several at once; every error is kept.
func (p *play) together(ctx context.Context, n int, do func(i int) error) error {
	errs := make([]error, n)
	var wait sync.WaitGroup
	for i := range n {
		select {
		case <-ctx.Done():
			wait.Wait()
			return ctx.Err()
		case p.slots <- struct{}{}:
		}
		wait.Go(func() {
			defer func() { <-p.slots }()
			errs[i] = do(i)
		})
	}
	wait.Wait()
	return errors.Join(errs...)
}

func (p *play) fail(say string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failures = append(p.failures, fmt.Sprintf(say, args...))
}

// count counts an act that was done.
func (p *play) count(err error) error {
	if err == nil {
		p.acted.Add(1)
	}
	return err
}

func (p *play) find(code string) *player {
	for _, x := range p.players {
		if x.Code == code {
			return x
		}
	}
	return &player{role: role{Institution: campaign.Institution{Code: code, Name: code}}} // not of this cast: an average one
}

func (p *play) scored(code string, reviewer int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sheets[code] = append(p.sheets[code], reviewer)
}

func (p *play) ruled(code string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rulings[code] = true
}

// expectedCard computes an institution's score from what people did in this
// play, without asking the site; before or after the ruling on its appeal.
func (p *play) expectedCard(x *player, ruled bool) (rubric.Scorecard, error) {
	p.mu.Lock()
	places := slices.Sorted(slices.Values(p.sheets[x.Code]))
	p.mu.Unlock()
	var sheets [][]rubric.Mark
	for _, place := range places {
		sheets = append(sheets, x.sheet(p.seed, place))
	}
	var rulings []rubric.Ruling
	if ruled && !x.loses() {
		rulings = []rubric.Ruling{{Row: lowRow, Points: raisedMark, Reason: "复核"}}
	}
	var events []rubric.Event
	for n, m := range x.matters(p.year) {
		state := rubric.Confirmed
		if m.refused {
			state = rubric.Rejected
		}
		if m.unrelated && ruled { // 评价复核 finds so
			state = rubric.Rejected
		}
		events = append(events, rubric.Event{ID: fmt.Sprint(n), Clause: m.clause, Matter: m.matter, Title: m.title, Points: m.points,
			OccurredOn: string(dayOfMatter(p.year, n)), State: state})
	}
	return rubric.Annex2().Judge(rubric.Reading{}, p.year, sheets, rulings, events)
}
