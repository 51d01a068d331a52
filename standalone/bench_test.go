package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"golang.org/x/sync/errgroup"

	"xuanping/app"
	"xuanping/audit"
	"xuanping/contract"
	"xuanping/standalone/engine"
	"xuanping/store/localpg"
	"xuanping/store/storetest"
	"xuanping/workflows"
)

var benchYears = flag.Int("years", 12, "institutions in each round of BenchmarkYear")

// bareYears is added to the year of bare workflows, so that they are listed apart.
const bareYears = 1000

// BenchmarkYear lets institutions live their year through, and the same number
// of bare workflows that have as many timers, updates and no-op activities, in
// turn on one engine. The steps are answered from memory, so what differs is
// what this house adds to Temporal.
func BenchmarkYear(b *testing.B) {
	g := newGround(b)
	g.rehearse(b)
	var ours, bare []float64 // seconds of each round
	for b.Loop() {
		runs := []func(){
			func() { ours = append(ours, g.round(b, false, *benchYears)) },
			func() { bare = append(bare, g.round(b, true, *benchYears)) },
		}
		if len(ours)%2 == 1 { // whoever went first goes second
			slices.Reverse(runs)
		}
		for _, run := range runs {
			run()
		}
	}
	ratios := make([]float64, len(ours))
	for i := range ours {
		ratios[i] = bare[i] / ours[i]
		b.Logf("round %d: %d years in %.2f s, bare %.2f s, ratio %.2f", i+1, *benchYears, ours[i], bare[i], ratios[i])
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(*benchYears)/median(ours), "years/s")
	b.ReportMetric(float64(*benchYears)/median(bare), "bare-years/s")
	b.ReportMetric(median(ratios), "ratio")
	g.bill(b)
}

func median(all []float64) float64 {
	s := slices.Sorted(slices.Values(all))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

// ground is an engine with a worker that knows both kinds of years.
type ground struct {
	client    client.Client
	namespace string
	mover     *app.Mover
	book      *book
	rules     contract.Rules
	stories   [][]act
	scripts   [][]line
	started   int // workflows so far, for their ids
}

func newGround(b *testing.B) *ground {
	b.Helper()
	ctx := context.Background() // the engine outlives the benchmark's context until its cleanup
	fatal := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	dir, err := localpg.MkdirTemp()
	fatal(err)
	b.Cleanup(func() { os.RemoveAll(dir) })
	pg, err := localpg.Start(ctx, localpg.Options{Dir: filepath.Join(dir, "postgres"), Throwaway: true})
	fatal(err)
	b.Cleanup(func() { pg.Stop(ctx) })
	g := &ground{namespace: "bench", rules: storetest.Rules(b, time.Now().Year()+1)}
	eng, err := engine.Start(ctx, engine.Options{
		Database:     engine.Database{Address: pg.Address(), User: localpg.Superuser, Password: pg.Password()},
		TimeSkipping: true, Namespace: g.namespace, Retention: retention, SearchAttributes: contract.SearchAttributes(),
	})
	fatal(err)
	b.Cleanup(func() { eng.Stop() })
	g.client, err = client.Dial(client.Options{HostPort: eng.Address(), Namespace: g.namespace, Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler))})
	fatal(err)
	b.Cleanup(g.client.Close)
	g.mover, g.stories = app.NewMover(g.client, g.namespace), stories(g.rules.Calendar)
	g.book = &book{rules: g.rules, by: map[contract.Ref]*known{}}
	// As many at once as the service allows itself.
	w := worker.New(g.client, contract.TaskQueue, worker.Options{MaxConcurrentActivityExecutionSize: 24, MaxConcurrentWorkflowTaskExecutionSize: 24})
	workflows.Register(w)
	g.book.register(w)
	registerBare(w, func(n int) []line { return g.scripts[n] })
	fatal(w.Start())
	b.Cleanup(w.Stop)
	return g
}

// rehearse runs one year of each story and takes the scripts of the bare
// workflows from the histories that they left.
func (g *ground) rehearse(b *testing.B) {
	b.Helper()
	g.round(b, false, len(g.stories))
	for _, h := range g.histories(b, g.rules.Calendar.Year) {
		g.scripts = append(g.scripts, script(h))
	}
	if len(g.scripts) != len(g.stories) {
		b.Fatalf("%d histories of %d stories", len(g.scripts), len(g.stories))
	}
	g.round(b, true, len(g.stories))
}

// round starts n years at once and gives the seconds until the last has ended.
func (g *ground) round(b *testing.B, bare bool, n int) float64 {
	b.Helper()
	began, first := time.Now(), g.started
	g.started += n
	refs := make([]contract.Ref, n)
	start, ctx := errgroup.WithContext(b.Context())
	for i := range refs {
		refs[i] = contract.Ref{Year: g.rules.Calendar.Year, Code: fmt.Sprintf("CNCA-R-2002-%05d", first+i+1)}
		if bare {
			refs[i].Year += bareYears
		}
		start.Go(func() error { return g.start(ctx, refs[i], bare, i%len(g.stories)) })
	}
	if err := start.Wait(); err != nil {
		b.Fatal(err)
	}
	if err := g.listed(b.Context(), refs); err != nil {
		b.Fatal(err)
	}
	lives, ctx := errgroup.WithContext(b.Context())
	for i, ref := range refs {
		lives.Go(func() error { return g.live(ctx, ref, bare, g.stories[i%len(g.stories)]) })
	}
	if err := lives.Wait(); err != nil {
		b.Fatal(err)
	}
	return time.Since(began).Seconds()
}

func (g *ground) start(ctx context.Context, ref contract.Ref, bare bool, story int) error {
	if !bare {
		return contract.StartYear(ctx, g.client, contract.YearInput{Ref: ref, Rules: g.rules, Joined: g.rules.Calendar.Launch})
	}
	_, err := g.client.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: ref.ID(), TaskQueue: contract.TaskQueue, StaticSummary: ref.ID(),
		TypedSearchAttributes: temporal.NewSearchAttributes(contract.YearKey.ValueSet(int64(ref.Year)), contract.CodeKey.ValueSet(ref.Code)),
	}, bareType, story)
	return err
}

// listed waits until the engine's list, which lags, shows the last started:
// the mover goes by the list.
func (g *ground) listed(ctx context.Context, refs []contract.Ref) error {
	seen := func(ref contract.Ref) (bool, error) {
		n, err := g.client.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{
			Namespace: g.namespace, Query: "WorkflowId = '" + ref.ID() + "'",
		})
		return err == nil && n.GetCount() > 0, err
	}
	for _, ref := range refs {
		for {
			ok, err := seen(ref)
			if err != nil {
				return err
			}
			if ok {
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
	return nil
}

// live takes one workflow from act to act and waits for its end.
func (g *ground) live(ctx context.Context, ref contract.Ref, bare bool, story []act) error {
	for _, a := range story {
		if err := g.mover.To(ctx, "WorkflowId = '"+ref.ID()+"'", a.at, nil); err != nil {
			return err
		}
		e, err := a.tell(ref.ID())
		if bare && err == nil {
			e, err = bareMsg.To(ref.ID(), e.UpdateID, contract.None{})
		}
		if err != nil {
			return err
		}
		g.book.with(ref, a.learn)
		if err := contract.Deliver(ctx, g.client, e); err != nil {
			return fmt.Errorf("%s: %s on %v: %w", ref.ID(), e.Name, a.at, err)
		}
	}
	return g.client.GetWorkflow(ctx, ref.ID(), "").Get(ctx, nil)
}

func (g *ground) histories(b *testing.B, year int) []audit.History {
	b.Helper()
	all, err := audit.Histories(b.Context(), g.client, g.namespace, year)
	if err != nil {
		b.Fatal(err)
	}
	return all
}

// bill reports what a year costs, and holds the bare workflows against ours:
// the ratio says nothing unless both had the same to do.
func (g *ground) bill(b *testing.B) {
	b.Helper()
	for _, k := range []struct {
		year   int
		prefix string
	}{{g.rules.Calendar.Year, ""}, {g.rules.Calendar.Year + bareYears, "bare-"}} {
		var actions, events, maxActions, maxEvents int
		all := g.histories(b, k.year)
		for i, h := range all {
			// Codes rise with the start, each round begins with the first story.
			story := i
			if story >= len(g.stories) {
				story = (i - len(g.stories)) % *benchYears % len(g.stories)
			}
			if got, want := counts(script(h)), counts(g.scripts[story]); !maps.Equal(got, want) {
				b.Errorf("%s of story %d had %v, the script %v", h.WorkflowID, story, got, want)
			}
			a, e := audit.Actions(h)
			actions, events, maxActions, maxEvents = actions+a, events+e, max(maxActions, a), max(maxEvents, e)
		}
		b.ReportMetric(float64(actions)/float64(len(all)), k.prefix+"actions/year")
		b.ReportMetric(float64(events)/float64(len(all)), k.prefix+"events/year")
		b.ReportMetric(float64(maxActions), k.prefix+"actions-max")
		b.ReportMetric(float64(maxEvents), k.prefix+"events-max")
	}
}
