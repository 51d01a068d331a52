package app

import (
	"encoding/json"
	"strings"
	"testing"

	"xuanping/audit"
)

// R9: at least 40 invariants, each a line with its id, grade, sentence and rule.
func TestR9FsckList(t *testing.T) {
	var out strings.Builder
	FsckList(&out)
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) < 40 || len(lines) != len(audit.Invariants()) {
		t.Errorf("%d lines", len(lines))
	}
	for _, l := range lines {
		if !strings.HasPrefix(l, "F-") || !strings.Contains(l, "严重") && !strings.Contains(l, "一般") || !strings.HasSuffix(l, "）") {
			t.Error(l)
		}
	}
}

// What monitoring reads has stable names, and a clean house says so.
func TestFsckAsJSON(t *testing.T) {
	b, err := json.Marshal(audit.Fsck{Years: []int{2027}, Checked: 88, Findings: []audit.Finding{{ID: "F-01", Grave: true, Says: "连续", Rule: "WF-4", Place: "2027", What: "0 版"}}})
	if want := `{"years":[2027],"checked":88,"findings":[{"id":"F-01","grave":true,"says":"连续","rule":"WF-4","place":"2027","what":"0 版"}]}`; err != nil || string(b) != want {
		t.Errorf("%s %v", b, err)
	}
	if (audit.Fsck{Findings: make([]audit.Finding, 1)}).Clean() || !(audit.Fsck{}).Clean() {
		t.Error("Clean")
	}
	r := Rehearsed{Fsck: audit.Fsck{Checked: 88}}
	if !strings.HasSuffix(r.Table(), "fsck 0 处（88 条不变式）") {
		t.Error(r.Table())
	}
}
