package audit

import (
	"strings"
	"testing"

	"xuanping/store"
)

// The auditor reads each leaf of the regulator's own publication and plan as a sentence.
func TestConsoleLeafText(t *testing.T) {
	for kind, want := range map[string]string{
		"release-draft": "o1 将公布稿第 3 稿送审（第 4 版）", "release-step": "o1 对第 3 稿三审（终审）：通过", "release": "o1 公布第 4 版（第 3 稿）", "correction": "第 3 项更正",
		"office-plan": "第 4 版", "office-plan-mark": "计划事项 3：已完成", "nudge": "o1 个别催办 评审 r1", "local-measure": "地方具体措施第 3 项",
	} {
		l := store.Leaf{Kind: kind, Record: `{"body":{"n":3,"version":4,"how":"review-3","accepted":true,"by":"o1","reviewer":"r1"}}`}
		if got := leafText(l); !strings.Contains(got, want) || strings.HasPrefix(got, "记录：") {
			t.Errorf("%s: %q, want %q", kind, got, want)
		}
	}
}
