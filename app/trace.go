package app

import (
	_ "embed"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// traceFile maps every clause to what holds it; later work edits it alone. Its
// columns are: id, clause, status, identifiers and pages, tests, note.
//
//go:embed trace.tsv
var traceFile string

// The states of a clause in the trace.
const (
	traceBuilt = "已建"
	tracePart  = "部分"
	traceOpen  = "未建"
	traceNone  = "无软件义务"
)

// Traced is one line of the trace (OP-2).
type Traced struct {
	ID, Clause, Status string
	Rules              []string // pkg.Name, pkg.Type.Member, or the path of a page
	Tests              []string
	Note               string
}

// Open tells that something of the clause is still to be built.
func (t Traced) Open() bool { return t.Status == tracePart || t.Status == traceOpen }

// ReadTrace reads the trace; every fault of form is in the error.
func ReadTrace(text string) ([]Traced, error) {
	var all []Traced
	var faults []error
	seen := map[string]bool{}
	for i, line := range strings.Split(strings.Trim(text, "\n"), "\n") {
		if i == 0 {
			continue // the heading
		}
		cells := strings.Split(line, "\t")
		if len(cells) != 6 {
			faults = append(faults, fmt.Errorf("第 %d 行有 %d 栏，应为 6 栏", i+1, len(cells)))
			continue
		}
		t := Traced{cells[0], cells[1], cells[2], strings.Fields(cells[3]), strings.Fields(cells[4]), strings.TrimSpace(cells[5])}
		if say := t.fault(); say != "" {
			faults = append(faults, fmt.Errorf("%s：%s", t.ID, say))
		}
		if seen[t.ID] {
			faults = append(faults, fmt.Errorf("%s 出现了两次", t.ID))
		}
		seen[t.ID] = true
		all = append(all, t)
	}
	return all, errors.Join(faults...)
}

func (t Traced) fault() string {
	switch {
	case t.Clause == "":
		return "没有写明条款"
	case !slices.Contains([]string{traceBuilt, tracePart, traceOpen, traceNone}, t.Status):
		return "状态应为 已建、部分、未建 或 无软件义务"
	case (t.Status == traceBuilt || t.Status == tracePart) && (len(t.Rules) == 0 || len(t.Tests) == 0):
		return "须写明规则或字段，以及至少一个测试"
	case t.Status != traceBuilt && t.Note == "":
		return "须写明理由或未建的内容"
	case (t.Status == traceOpen || t.Status == traceNone) && len(t.Tests) > 0:
		return "没有建的条款不能列出测试"
	}
	return ""
}

// traceGroups are the parts of the source that must be complete: 36 articles,
// 16 rows, 7 boxes.
var traceGroups = []struct {
	name, prefix string
	n            int
}{{"指引条文", "GL-", 36}, {"附件2 指标", "AN-", 16}, {"专栏", "BOX-", 7}}

// missing lists the ids of those parts without a line.
func missing(all []Traced) []string {
	var out []string
	for _, g := range traceGroups {
		for i := 1; i <= g.n; i++ {
			id := fmt.Sprint(g.prefix, i)
			if !slices.ContainsFunc(all, func(t Traced) bool { return t.ID == id }) {
				out = append(out, id)
			}
		}
	}
	return out
}

// Trace prints the trace; with check only what is open and how much is held.
// It is an error when a part of the source has no line, or a line is malformed,
// and for a check when something is not built (OP-2).
func Trace(check bool, out io.Writer) error { return printTrace(traceFile, check, nil, out) }

// printTrace prints beside a line what a year says of it.
func printTrace(text string, check bool, beside map[string][]string, out io.Writer) error {
	all, err := ReadTrace(text)
	if err != nil {
		return fmt.Errorf("条款对照表有误：%w", err)
	}
	for _, t := range all {
		if check && !t.Open() && len(beside[t.ID]) == 0 {
			continue
		}
		fmt.Fprintf(out, "%-6s %s\t%s", t.ID, t.Clause, t.Status)
		if !check && len(t.Rules) > 0 {
			fmt.Fprintf(out, "\n\t规则或字段：%s\n\t测试：%s", strings.Join(t.Rules, "、"), strings.Join(t.Tests, "、"))
		}
		if t.Note != "" {
			fmt.Fprintf(out, "\n\t%s", t.Note)
		}
		for _, say := range beside[t.ID] {
			fmt.Fprintf(out, "\n\t%s", say)
		}
		fmt.Fprintln(out)
	}
	for _, g := range traceGroups {
		fmt.Fprintln(out, tally(g.name, all, g.prefix, g.n))
	}
	if lost := missing(all); len(lost) > 0 {
		return fmt.Errorf("条款对照缺少 %d 项：%s", len(lost), strings.Join(lost, "、"))
	}
	var open []string
	for _, t := range all {
		if t.Status == traceOpen {
			open = append(open, t.ID)
		}
	}
	if check && len(open) > 0 {
		return fmt.Errorf("尚未建成 %d 项：%s。请补齐规则或字段和测试；确无软件义务的，注明理由并标为“无软件义务”", len(open), strings.Join(open, "、"))
	}
	return nil
}

// tally counts one part of the source by status.
func tally(name string, all []Traced, prefix string, n int) string {
	count := map[string]int{}
	for _, t := range all {
		if strings.HasPrefix(t.ID, prefix) && !strings.Contains(t.ID, ".") {
			count[t.Status]++
		}
	}
	have := count[traceBuilt] + count[tracePart] + count[traceOpen] + count[traceNone]
	return fmt.Sprintf("%s %d/%d：已建 %d，部分 %d，未建 %d，无软件义务 %d", name, have, n, count[traceBuilt], count[tracePart], count[traceOpen], count[traceNone])
}
