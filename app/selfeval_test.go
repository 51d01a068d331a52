package app

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// PL-19: the command prints what the engine says, marked, and writes a marked paper.
func TestPL19SelfEvaluateCommand(t *testing.T) {
	file := filepath.Join(t.TempDir(), "self.pdf")
	var own, official strings.Builder
	if err := SelfEvaluate("../testdata/score-sheet.json", file, os.LookupEnv, &own); err != nil {
		t.Fatal(err)
	}
	if err := Score("../testdata/score-sheet.json", false, &official); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(own.String(), "自评 · 非官方") || !strings.Contains(own.String(), official.String()) {
		t.Errorf("the self-evaluation is not what the engine says:\n%s", own.String())
	}
	text, err := exec.Command("pdftotext", "-raw", file, "-").Output()
	if err != nil || !strings.Contains(strings.Join(strings.Fields(string(text)), ""), "自评·非官方") {
		t.Errorf("%v\n%s", err, text)
	}
	if err := SelfEvaluate("none.json", "", os.LookupEnv, &own); err == nil || !strings.Contains(err.Error(), "没有打分表") {
		t.Errorf("no sheet: %v", err)
	}
}
