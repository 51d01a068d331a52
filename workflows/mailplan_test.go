package workflows

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xuanping/campaign"
	"xuanping/contract"
)

// ML-2: the letters planned before launch are those that the workflow of a year
// asks for, day by day: for one that does nothing all year, and for one that
// hands in what the score needs, whose answered tasks send none.
func TestML2PlanIsTheYear(t *testing.T) {
	for _, c := range []struct {
		name, joined string
		act          func(p *play)
		without      []string
	}{
		{"silent", "2027-01-06", func(*play) {}, []string{"seat", "score/"}},
		{"late entry", "2027-03-15", func(*play) {}, []string{"seat", "score/"}},
		{"joined in summer", "2027-07-05", func(*play) {}, []string{"seat", "score/"}},
		{"diligent", "2027-01-06", func(p *play) { p.diligent() }, []string{"plan/remind/2027-03-12/2", "plan/remind/2027-03-12/3", "plan/remind/2027-03-12/4", "plan/remind/2027-03-12/5", "self-score/remind", "seat", "score/"}}, // both sheets are in before the first reminder
	} {
		t.Run(c.name, func(t *testing.T) {
			joined := campaign.Day(c.joined)
			p := newPlay(t, c.joined)
			c.act(p)
			p.publish("2028-05-25 10:00")
			p.ExecuteWorkflow(contract.YearType, contract.YearInput{Ref: ref, Joined: joined, Rules: rules})
			if err := p.GetWorkflowError(); err != nil || !p.IsWorkflowCompleted() {
				t.Fatal(err, strings.Join(p.lines, "\n"))
			}
			var want []string
			for _, m := range campaign.MailPlan(rules, ref.Code, joined) {
				gone := false
				for _, stem := range c.without {
					gone = gone || strings.HasPrefix(m.Stem, stem)
				}
				if !gone {
					want = append(want, string(m.Day)+" "+m.Stem)
				}
			}
			if d := cmp.Diff(want, asked(p.lines)); d != "" {
				t.Errorf("plan and year differ (-plan +year):\n%s\n%s", d, strings.Join(p.lines, "\n"))
			}
		})
	}
}

// asked are the letters that a story's steps ask for, as the plan names them.
func asked(lines []string) (out []string) {
	told := false
	for _, l := range lines {
		day, rest := l[:10], l[17:]
		var task, stem string
		var step int
		switch {
		case strings.HasPrefix(rest, "Enter planning"), strings.HasPrefix(rest, "Enter collecting"):
			if told {
				continue
			}
			told, stem = true, "launch"
		case strings.HasPrefix(rest, "Enter self-score"):
			if len(out) > 0 && strings.Contains(strings.Join(out, " "), "self-score/open") {
				continue
			}
			stem = "self-score/open"
		case strings.HasPrefix(rest, "Remind "):
			fmt.Sscanf(rest, "Remind %s %d", &task, &step)
			stem = fmt.Sprintf("%s/remind/%s/%d", task, rest[strings.Index(rest, "due ")+4:], step)
		case strings.HasPrefix(rest, "Quarter "):
			stem = "quarter/" + rest[8:]
		case rest == "Serve":
			stem = "result/1"
		case rest == "Finalize":
			stem = "final"
		case strings.HasPrefix(rest, "Conclude"):
			out = append(out, day+" published")
			stem = "report"
		default:
			continue
		}
		out = append(out, day+" "+stem)
	}
	return out
}
