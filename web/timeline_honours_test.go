package web

import (
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/store"
)

// Every leaf of honours, survey and local regulators has its own sentence.
func TestHonourLeavesAreTold(t *testing.T) {
	for kind, want := range map[string]string{
		"honour": "机构提名典型案例（第 3 号）", "honour-move": "甲对第 3 号提名办理：授予（发布）", "objection": "甲登记对第 3 号提名的异议（第 2 件）", "objection-ruling": "甲处理对第 3 号提名的异议（第 2 件）：成立",
		"survey": "甲设置专题调研问题（第 4 版）", "survey-answer": "提交专题调研（第 4 版问题，不计分）", "observation": "甲记录地方监管观察（不计分）",
		"local-set": "甲录入地方评价指标集（第 4 版）", "local-value": "甲录入地方数据（第 4 版）",
	} {
		by := `"o1"`
		if kind == "honour" {
			by = `""`
		}
		l := store.Leaf{Kind: kind, Record: `{"body":{"n":3,"number":2,"version":4,"accepted":true,"act":"award","honour":"case","by":` + by + `}}`}
		if got := wholeTimeline([]store.Leaf{l}, map[string]string{"o1": "甲"})[0].Text; got != want {
			t.Errorf("%s: %q, want %q", kind, got, want)
		}
		told := len(timelineLines([]store.Leaf{l})) == 1
		if told != (kind == "survey-answer") {
			t.Errorf("%s reaches the institution: %v", kind, told)
		}
	}
	if w := letterWord("2025/CNCA-R-2002-001/honours/3/honour/mail"); w != "荣誉证书" {
		t.Errorf("letter: %s", w)
	}
	if k := paperKind("2025/campaign/honours/3/honour"); k != campaign.HonourPaper || !strings.Contains(paperWord("2025/campaign/honours/3/honour"), "荣誉证书") {
		t.Errorf("paper: %s", k)
	}
}
