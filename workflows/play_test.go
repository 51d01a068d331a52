package workflows

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/mock"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/rubric"
)

var update = flag.Bool("update", false, "write the golden stories anew")

var (
	ref   = contract.Ref{Year: 2027, Code: "CNCA-R-2002-001"}
	rules = defaultRules()
)

func defaultRules() contract.Rules {
	h := campaign.KnownHolidays()
	return contract.Rules{
		Calendar: campaign.DefaultCalendar(2027, h), Settings: campaign.DefaultSettings(2027),
		Holidays: campaign.Holidays{2027: h[2027], 2028: h[2028]},
	}
}

// A play runs one workflow over its days: people act at their times, steps
// are written down as lines and answered from a small score book.
type play struct {
	*testsuite.TestWorkflowEnvironment
	t     *testing.T
	start time.Time
	mu    sync.Mutex
	lines []string
	ids   int
	shown string // the stage that staff see in the engine's lists

	// The score book.
	have        contract.Have
	seats       []int // sheets in
	differ      []int
	nobody      int           // a seat for which nobody is free
	bounce      time.Duration // the result's mail is accepted this much later
	silentMail  bool          // … or never
	kind        string
	past        campaign.WarningAct // of the institution, which its case has not heard of
	unserved    []campaign.Day      // the days that a letter of a case which came back waits for, one an asking
	served      campaign.Day        // the day of service of a decision that came back
	planDue     campaign.Day        // the last day of the rectification by the score book when a plan comes in
	outstanding int                 // results not final at the first attempt to publish
	pages       []string
}

func newPlay(t *testing.T, start string) *play {
	var s testsuite.WorkflowTestSuite
	s.SetLogger(quiet{})
	p := &play{TestWorkflowEnvironment: s.NewTestWorkflowEnvironment(), t: t, start: instant(start), kind: contract.OutcomeReport}
	p.SetTestTimeout(time.Minute)
	p.SetWorkerOptions(worker.Options{DeadlockDetectionTimeout: time.Minute}) // a busy machine is no deadlock
	p.SetStartTime(p.start)
	Register(p)
	p.OnUpsertTypedSearchAttributes(mock.Anything).Maybe().Return(nil).Run(func(args mock.Arguments) {
		stage, _ := args.Get(0).(temporal.SearchAttributes).GetKeyword(contract.StageKey)
		p.book(func() { p.shown = stage })
	})
	p.yearSteps()
	p.scoreSteps()
	p.campaignSteps()
	return p
}

// instant reads "2027-03-10" (a morning) or "2027-03-10 22:30", in Beijing.
func instant(s string) time.Time {
	if len(s) == len("2006-01-02") {
		s += " 09:00"
	}
	t, err := time.ParseInLocation("2006-01-02 15:04", s, campaign.Beijing)
	if err != nil {
		panic(err)
	}
	return t
}

func (p *play) line(at time.Time, format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	text := strings.TrimRight(fmt.Sprintf(format, args...), " ")
	p.lines = append(p.lines, at.In(campaign.Beijing).Format("2006-01-02 15:04 ")+text)
}

// book changes or reads the score book.
func (p *play) book(do func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	do()
}

func (p *play) read() (h contract.Have) {
	p.book(func() { h = p.have })
	return h
}

// on lets something happen at an instant.
func (p *play) on(at string, do func()) {
	p.RegisterDelayedCallback(do, instant(at).Sub(p.start))
}

// tell sends a message at an instant; its fate is a line of the story.
func tell[In, Out any](p *play, at string, m contract.Message[In, Out], in In) {
	p.on(at, func() {
		p.ids++
		p.UpdateWorkflow(m.Name, fmt.Sprint(p.ids), fate{p, m.Name}, in)
	})
}

type fate struct {
	p    *play
	name string
}

func (f fate) Accept() {}

func (f fate) Reject(err error) {
	var app *temporal.ApplicationError
	if !errors.As(err, &app) || app.Type() != contract.Refused {
		f.p.t.Errorf("%s refused with %v, want an error of type Refused", f.name, err)
		return
	}
	f.p.line(f.p.Now(), "  > %s 被拒：%s", f.name, app.Message())
}

func (f fate) Complete(out any, err error) {
	switch {
	case err != nil:
		f.p.line(f.p.Now(), "  > %s 未成：%v", f.name, err)
	case out == (contract.None{}):
		f.p.line(f.p.Now(), "  > %s", f.name)
	default:
		f.p.line(f.p.Now(), "  > %s → %v", f.name, out)
	}
}

func due(d campaign.Day) string {
	if d == "" {
		return ""
	}
	return "due " + string(d)
}

func (p *play) yearSteps() {
	contract.Enter.Serve(p, func(_ context.Context, in contract.EnterIn) (contract.Have, error) {
		p.line(in.At, "Enter %s %s", in.Stage, due(in.Due))
		p.book(func() {
			if p.shown != string(in.Stage) {
				p.t.Errorf("the engine's lists show %q while entering %q", p.shown, in.Stage)
			}
		})
		return p.read(), nil
	})
	contract.Remind.Serve(p, func(_ context.Context, in contract.RemindIn) (contract.Have, error) {
		mark := ""
		if in.After {
			mark += " after"
		}
		if in.Last {
			mark += " last"
		}
		p.line(in.At, "Remind %s %d%s %s", in.Task, in.Step, mark, due(in.Due))
		return p.read(), nil
	})
	contract.Quarter.Serve(p, func(_ context.Context, in contract.QuarterIn) (contract.QuarterOut, error) {
		p.line(in.At, "Quarter %d", in.Quarter)
		return contract.QuarterOut{}, nil
	})
	contract.Alert.Serve(p, func(_ context.Context, in contract.AlertIn) (contract.None, error) {
		p.line(in.At, "Alert %s", in.About)
		return contract.None{}, nil
	})
	contract.Departing.Serve(p, func(_ context.Context, in contract.DepartIn) (contract.None, error) {
		p.line(in.At, "Depart %s", in.How)
		return contract.None{}, nil
	})
	contract.Conclude.Serve(p, func(_ context.Context, in contract.AtIn) (contract.Outcome, error) {
		p.line(in.At, "Conclude %s", p.kind)
		return contract.Outcome{Kind: p.kind, Case: 3}, nil
	})
	contract.WarnPast.Serve(p, func(_ context.Context, in contract.WarnPastIn) (contract.WarnPastOut, error) {
		out := contract.WarnPastOut{Act: p.past}
		p.book(func() {
			if len(p.unserved) > 0 {
				out.Until, out.Served, p.unserved = p.unserved[0], p.served, p.unserved[1:]
			}
		})
		p.line(in.At, "WarnPast %d %s%s", in.Moves, p.past, out.Until)
		return out, nil
	})
	contract.Warn.Serve(p, func(_ context.Context, in contract.WarnIn) (contract.WarnOut, error) {
		p.line(in.At, "Warn %d %s %s %s", in.Round, in.State, in.Act, due(in.Due))
		out := contract.WarnOut{At: in.At.Add(p.bounce)}
		p.book(func() {
			if out.Served = p.served; in.Act == campaign.ActPlan {
				out.Due = p.planDue
			}
		})
		return out, nil
	})
}

func (p *play) scoreSteps() {
	seat := func(name string) func(context.Context, contract.SeatIn) (contract.SeatOut, error) {
		return func(_ context.Context, in contract.SeatIn) (contract.SeatOut, error) {
			p.line(in.At, "%s %d %s%s", name, in.Seat, due(in.Due), map[bool]string{true: " vacated"}[in.Vacated])
			if p.nobody != 0 && in.Seat == p.nobody {
				return contract.SeatOut{}, nil
			}
			return contract.SeatOut{Reviewer: "r-7"}, nil
		}
	}
	contract.Seat.Serve(p, seat("Seat"))
	contract.Decider.Serve(p, seat("Decider"))
	contract.Sheets.Serve(p, func(_ context.Context, in contract.AtIn) (out contract.SheetsOut, _ error) {
		p.book(func() { out.Late, out.Third = without([]int{1, 2}, p.seats), slices.Contains(p.seats, 3) })
		if len(out.Late) == 0 {
			out.Differ = p.differ
		}
		p.line(in.At, "Sheets late %v differ %v third %v", out.Late, out.Differ, out.Third)
		return out, nil
	})
	contract.Serve.Serve(p, func(ctx context.Context, in contract.AtIn) (contract.Served, error) {
		p.line(in.At, "Serve")
		if p.silentMail {
			return contract.Served{}, activity.ErrResultPending
		}
		at := in.At.Add(p.bounce)
		until := rules.Holidays.AddWorkdays(campaign.DayOf(at), rules.Settings.AppealDays)
		return contract.Served{Version: 1, Scored: !p.read().Nothing(), Total: 80 * rubric.Point, At: at, Until: until}, nil
	})
	contract.Finalize.Serve(p, func(_ context.Context, in contract.AtIn) (contract.Served, error) {
		p.line(in.At, "Finalize")
		return contract.Served{Version: 2, Total: 81 * rubric.Point}, nil
	})
}

func (p *play) campaignSteps() {
	page := func(in contract.PageIn) (out contract.PageOut) {
		next := slices.Index(p.pages, in.After) + 1
		out = contract.PageOut{Done: next + 1, Total: len(p.pages)}
		if next < len(p.pages)-1 {
			out.Last = p.pages[next]
		}
		return out
	}
	contract.Launch.Serve(p, func(_ context.Context, in contract.LaunchIn) (contract.PageOut, error) {
		p.line(in.Page.At, "Launch after %q self-score %s", in.Page.After, in.Rules.Calendar.SelfScoreDue)
		return page(in.Page), nil
	})
	contract.Tell.Serve(p, func(_ context.Context, in contract.TellIn) (contract.PageOut, error) {
		what := "published"
		if in.Rules != nil {
			what = "self-score " + string(in.Rules.Calendar.SelfScoreDue)
		}
		p.line(in.Page.At, "Tell %s after %q %s", in.Key, in.Page.After, what)
		return page(in.Page), nil
	})
	contract.Admit.Serve(p, func(_ context.Context, in contract.AdmitIn) (contract.None, error) {
		p.line(in.At, "Admit %s", in.Ref.ID())
		if strings.HasSuffix(in.Ref.Code, "404") {
			return contract.None{}, temporal.NewNonRetryableApplicationError("名录中没有该机构", contract.Final, nil)
		}
		return contract.None{}, nil
	})
	contract.AssignAll.Serve(p, p.campaignAt("AssignAll"))
	contract.Report.Serve(p, p.campaignAt("Report"))
	contract.CampaignCall.Serve(p, func(_ context.Context, in contract.AlertCampaign) (contract.None, error) {
		p.line(in.At, "CampaignCall %s %d", in.About, in.Step)
		return contract.None{}, nil
	})
	contract.Publish.Serve(p, func(_ context.Context, in contract.CampaignAt) (out contract.PublishOut, _ error) {
		p.book(func() { out.Outstanding, p.outstanding = p.outstanding, 0 })
		p.line(in.At, "Publish outstanding %d", out.Outstanding)
		if out.Outstanding == 0 {
			out.Institutions, out.Certificates, out.Warnings = 3, 1, 1
		}
		return out, nil
	})
}

func (p *play) campaignAt(name string) func(context.Context, contract.CampaignAt) (contract.None, error) {
	return func(_ context.Context, in contract.CampaignAt) (contract.None, error) {
		p.line(in.At, "%s %d %s", name, in.Year, due(in.Due))
		return contract.None{}, nil
	}
}

// live runs the workflow to its end, which is the last line of its story, and
// holds the story against its golden.
func (p *play) live(kind string, in, out any) {
	p.t.Helper()
	p.ExecuteWorkflow(kind, in)
	if !p.IsWorkflowCompleted() {
		p.t.Fatalf("not completed; story so far:\n%s", strings.Join(p.lines, "\n"))
	}
	if err := p.GetWorkflowError(); err != nil {
		p.t.Fatalf("%v; story so far:\n%s", err, strings.Join(p.lines, "\n"))
	}
	if err := p.GetWorkflowResult(out); err != nil {
		p.t.Fatal(err)
	}
	p.golden()
}

func (p *play) golden() {
	p.t.Helper()
	file := filepath.Join("testdata", strings.ReplaceAll(p.t.Name(), "/", "-")+".txt")
	messagesFirst(p.lines)
	got := strings.Join(p.lines, "\n") + "\n"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			p.t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		p.t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		p.t.Errorf("the story differs from %s (-want +got):\n%s", file, diff)
	}
}

// messagesFirst puts what was told in a minute before the steps of that minute: the
// environment runs steps beside the messages that come at the same instant, and which
// of the two writes its line first says nothing. Each keep their order among themselves.
func messagesFirst(lines []string) {
	const minute = len("2006-01-02 15:04")
	for i := 0; i < len(lines); {
		n := i + 1
		for n < len(lines) && lines[n][:minute] == lines[i][:minute] {
			n++
		}
		slices.SortStableFunc(lines[i:n], func(a, b string) int {
			step := func(s string) int { return map[bool]int{true: 0, false: 1}[strings.HasPrefix(s[minute:], "   > ")] }
			return step(a) - step(b)
		})
		i = n
	}
}

// quiet keeps the engine's debug lines out of test output.
type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}
