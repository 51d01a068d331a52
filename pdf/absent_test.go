package pdf

import (
	"regexp"
	"strings"
	"testing"
)

// Handing in nothing is not zero points (WF-5): no paper of a result without a
// score shows a zero for a total or for a row of 1–14.
func TestUnscoredShowsNoZeros(t *testing.T) {
	p := printer(t)
	notice, final, report := sampleAbsent(), sampleAbsent(), sampleAbsentReport()
	final.Final = true
	for name, make := range map[string]func() ([]byte, error){
		"notice": func() ([]byte, error) { return p.ResultNotice(notice) },
		"final":  func() ([]byte, error) { return p.ResultNotice(final) },
		"report": func() ([]byte, error) { return p.InstitutionReport(report) },
	} {
		data, err := make()
		if err != nil {
			t.Fatal(err)
		}
		text := textOf(t, data)
		if got := regexp.MustCompile(`(^|\s)0\.0(\s|$)`).FindAllString(text, -1); len(got) > 2 { // 加分 in the strip and row 15: nothing was registered
			t.Errorf("%s: %d zeros", name, len(got))
		}
		if n := len(regexp.MustCompile(`\s`+noFigure+`\s`).FindAllString(text, -1)); n != 15 { // 14 rows and 基础分
			t.Errorf("%s: %d rows and totals without a figure, want 15\n%s", name, n, text)
		}
		for _, w := range []string{unscored, "−3.0"} {
			if !strings.Contains(text, w) {
				t.Errorf("%s lacks %s", name, w)
			}
		}
		if strings.Contains(text, "得分率") {
			t.Errorf("%s draws rates of nothing", name)
		}
	}
}
