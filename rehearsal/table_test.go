package rehearsal

import (
	"strings"
	"testing"
)

func TestTableStaysAligned(t *testing.T) {
	rep := Report{Outcomes: []Outcome{
		{"CNCA-R-2026-901", "示例认证中心甲", "优秀", endCertificate, endCertificate, "104.0", true, "答复调研"},
		{"CNCA-R-2026-902", "示例ABC", "沉默", "风险警示：逾期未整改", endReport, unscored, false, ""},
	}}
	lines := strings.Split(strings.TrimSuffix(rep.Table(), "\n"), "\n")
	if len(lines) != 3 {
		t.Fatalf("%d lines", len(lines))
	}
	for i, want := range []string{"结论", "符合", "不符"} {
		if !strings.HasSuffix(lines[i], want) {
			t.Errorf("line %d ends with %q", i, lines[i])
		}
		if at, first := width(strings.TrimSuffix(lines[i], want)), width(strings.TrimSuffix(lines[0], "结论")); at != first {
			t.Errorf("line %d: the last column begins at %d, not %d", i, at, first)
		}
	}
}

func TestWidth(t *testing.T) {
	for s, want := range map[string]int{"": 0, "abc": 3, "宣评": 4, "𠮷示例": 6, "A，B": 4, "〔2027〕3号": 11} {
		if got := width(s); got != want {
			t.Errorf("%q takes %d columns, want %d", s, got, want)
		}
	}
}
