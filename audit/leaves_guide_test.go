package audit

import (
	"strings"
	"testing"

	"xuanping/store"
)

// The auditor reads each leaf of spot checks and guidance letters as a sentence with ids.
func TestGuideLeafText(t *testing.T) {
	for kind, want := range map[string]string{
		"spot-commit": "o1 封存抽查种子，每份清单抽 3 件，承诺 0123456789abcdef", "spot-reveal": "公布抽查种子",
		"spot-draw": "o1 抽取三审三校（登记第 4 版），3 件中抽 2 件", "spot-check": "o1 核查三审三校第 7 行：链接失效",
		"guidance": "o1 起草业务指导函第 3 号", "guidance-file": "业务指导函第 3 号增加附件 2", "guidance-sent": "o1 发出业务指导函第 3 号", "guidance-receipt": "签收业务指导函第 3 号",
	} {
		l := store.Leaf{Kind: kind, Record: `{"body":{"n":3,"number":2,"row":7,"lines":2,"version":4,"register":"three-reviews","how":"dead","by":"o1","digest":"0123456789abcdef"}}`}
		if got := leafText(l); !strings.Contains(got, want) || strings.HasPrefix(got, "记录：") {
			t.Errorf("%s: %q, want %q", kind, got, want)
		}
	}
}
