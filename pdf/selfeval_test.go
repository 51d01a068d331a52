package pdf

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// PL-19: 自评 and 非官方 on every page; no issuer, no number, no code; the same bytes twice.
func TestPL19SelfEvaluationPaper(t *testing.T) {
	p := printer(t)
	score := sampleScore()
	for i := range score.Rows {
		score.Rows[i].Reason = strings.Repeat("自评理由较长，用来占满几页。", 12)
	}
	in := SelfEvaluation{Name: "某行业协会", Year: 2026, Date: time.Date(2027, 1, 4, 9, 0, 0, 0, beijing), Score: score}
	data, err := p.SelfEvaluation(in)
	if err != nil {
		t.Fatal(err)
	}
	if *out != "" { // not in the storybook, whose papers are official and signed
		if err := os.WriteFile(filepath.Join(*out, "self-evaluation.pdf"), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	again, err := p.SelfEvaluation(in)
	if err != nil || !bytes.Equal(data, again) {
		t.Errorf("printed twice it differs: %v", err)
	}
	pages := 0
	for text := range strings.SplitSeq(strings.TrimRight(tool(t, data, "pdftotext", "-raw", "PAPER", "-"), "\f\n"), "\f") {
		if pages++; !strings.Contains(flat(text), "自评·非官方") {
			t.Errorf("page %d is not marked:\n%s", pages, text)
		}
	}
	if pages < 3 {
		t.Fatalf("only %d pages looked at", pages)
	}
	all := flat(tool(t, data, "pdftotext", "-raw", "PAPER", "-"))
	for _, want := range []string{"某行业协会", "91.5", "不是主管部门的评价结果"} {
		if !strings.Contains(all, want) {
			t.Errorf("it does not say %q", want)
		}
	}
	for _, official := range []string{"扫码验真", "宣评", "文号宣", "国家认证认可监督管理委员会"} {
		if strings.Contains(all, official) {
			t.Errorf("a self-evaluation says %q", official)
		}
	}
}
