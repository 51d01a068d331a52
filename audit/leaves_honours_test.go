package audit

import (
	"strings"
	"testing"

	"xuanping/store"
)

// The auditor reads each leaf of honours, survey and local regulators as a sentence with ids.
func TestHonourLeafText(t *testing.T) {
	for kind, want := range map[string]string{
		"honour": "o1 提名典型案例第 3 号", "honour-move": "o1 对第 3 号提名：开始公示（2025-06-03 至 2025-06-10）", "objection": "o1 登记对第 3 号提名的异议 2", "objection-ruling": "不成立",
		"survey": "o1 设置调研问题第 4 版", "survey-answer": "第 4 版问题", "observation": "o1 记录地方监管观察", "local-set": "指标集第 4 版", "local-value": "地方数据第 4 版",
	} {
		act := "award"
		if kind == "honour-move" {
			act = "show"
		}
		l := store.Leaf{Kind: kind, Record: `{"body":{"n":3,"number":2,"version":4,"act":"` + act + `","honour":"case","by":"o1","day":"2025-06-03","due":"2025-06-10"}}`}
		if got := leafText(l); !strings.Contains(got, want) || strings.HasPrefix(got, "记录：") {
			t.Errorf("%s: %q, want %q", kind, got, want)
		}
	}
}
