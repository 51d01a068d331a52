package campaign

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
)

func TestPaperNumbers(t *testing.T) {
	for _, c := range []struct {
		paper   Paper
		year, n int
		want    string
	}{
		{ResultPaper, 2027, 3, "宣评告〔2027〕3号"}, {FinalPaper, 2027, 12, "宣评终〔2027〕12号"}, {CertificatePaper, 2026, 1, "宣评证〔2026〕1号"},
		{PriorPaper, 2026, 1, "宣评警告〔2026〕1号"}, {WarningPaper, 2026, 100, "宣评警〔2026〕100号"}, {DismissPaper, 2026, 101, "宣评警〔2026〕101号"},
		{ClearancePaper, 2026, 4, "宣评批〔2026〕4号"}, {IncidentReceiptPaper, 2026, 4, ""}, {LiftPaper, 2026, 2, "宣评解〔2026〕2号"}, {ReportPaper, 2026, 1, "宣评报〔2026〕1号"},
		{YearReportPaper, 2026, 7, ""}, {ResultPaper, 2026, 0, ""}, {"napkin", 2026, 1, ""},
	} {
		if got := c.paper.Number(c.year, c.n); got != c.want {
			t.Errorf("%s %d of %d: %q, want %q", c.paper, c.n, c.year, got, c.want)
		}
	}
}

// Two kinds of paper share a series only where they are the two ends of one decision.
func TestSeries(t *testing.T) {
	by := map[string][]Paper{}
	for p, of := range papers {
		if of.name == "" || p.Chinese() != of.name || p.Series() != of.series {
			t.Errorf("%s: %+v", p, of)
		}
		if of.series != "" {
			by[of.series] = append(by[of.series], p)
		}
	}
	for series, all := range by {
		if want := map[bool]int{true: 2, false: 1}[series == WarningPaper.Series()]; len(all) != want {
			t.Errorf("%s counts %v", series, all)
		}
	}
	if WarningPaper.Series() != DismissPaper.Series() || YearReportPaper.Series() != "" || len(papers) != 20 {
		t.Error("the series of the decisions")
	}
}

func TestErrors(t *testing.T) {
	for _, k := range []Kind{Invalid, NotFound, Forbidden, Conflict, TooLate, Internal} {
		err := Fail(k, "第 %d 行有误", 3)
		if err.Error() != "第 3 行有误" || KindOf(err) != k || KindOf(fmt.Errorf("load: %w", err)) != k {
			t.Errorf("%s: %v", k, err)
		}
	}
	wrapped := &Error{Kind: NotFound, Say: "没有找到", Err: io.ErrUnexpectedEOF}
	if !errors.Is(wrapped, io.ErrUnexpectedEOF) || wrapped.Error() != "没有找到（unexpected EOF）" {
		t.Errorf("%v", wrapped)
	}
	for _, err := range []error{io.EOF, nil} {
		if KindOf(err) != Internal {
			t.Errorf("%v is %s", err, KindOf(err))
		}
	}
	outer := &Error{Kind: Conflict, Say: "请刷新", Err: Fail(NotFound, "没有")}
	if KindOf(outer) != Conflict {
		t.Errorf("the outer kind speaks: %s", KindOf(outer))
	}
}

// What leaves the house without names is decided kind by kind; a kind that nobody
// thought about stays in.
func TestPapersWithoutNames(t *testing.T) {
	var out []Paper
	for p := range papers {
		if !p.Withheld() {
			out = append(out, p)
		}
		if p.NamesPersons() && !p.Withheld() {
			t.Errorf("%s names persons and leaves without names", p)
		}
	}
	slices.Sort(out)
	if want := []Paper{AnnouncementPaper, CertificatePaper, IncidentReceiptPaper, NoticePaper, ReportPaper}; !slices.Equal(out, want) {
		t.Errorf("without names leave %v, want %v", out, want)
	}
	if !Paper("new").Withheld() || !slices.Equal(PersonalPapers(), []Paper{HonourPaper, PressRecordPaper}) {
		t.Errorf("a new kind leaves, or persons are named by %v", PersonalPapers())
	}
}
