package rubric

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Requirements §2 no. 39: the clean text is the seed with the errata, applied
// by machine; the seed is what was handed over, to the byte.
func TestNo39CleanTextIsSeedPlusErrata(t *testing.T) {
	if got := fmt.Sprintf("%x", sha256.Sum256([]byte(GuidelineSeed()))); got != "296dd39b6f5250b1db363ba66652fe9f559ed30e9858c400ae0ef23ca8157316" {
		t.Errorf("the seed was touched: %s", got)
	}
	got, err := Corrected(GuidelineSeed(), GuidelineErrata())
	if err != nil || got != Guideline() {
		t.Errorf("the clean text is not seed + errata: %v", err)
	}
	for _, slip := range []string{"宣传work负责人", "认证从业机构机构", "行爲"} {
		if !strings.Contains(GuidelineSeed(), slip) || strings.Contains(Guideline(), slip) {
			t.Errorf("%s must stay in the seed and be gone from the clean text", slip)
		}
	}
	if n := strings.Count(GuidelineSeed(), "宣传work负责人"); n != 2 {
		t.Errorf("宣传work负责人 stands %d times", n)
	}
	for i := 1; i <= 36; i++ {
		if n := strings.Count("\n"+GuidelineSeed(), "\n"+articleWord(i)+" "); n != 1 {
			t.Errorf("%s stands %d times", articleWord(i), n)
		}
	}
}

func articleWord(n int) string {
	digits := []string{"", "一", "二", "三", "四", "五", "六", "七", "八", "九"}
	tens := map[int]string{0: "", 1: "十", 2: "二十", 3: "三十"}[n/10]
	return "第" + tens + digits[n%10] + "条"
}

func TestErrataMustFit(t *testing.T) {
	for _, bad := range []TextErratum{{Line: 0, Why: "x"}, {Line: 9, Why: "x"}, {Line: 1, Was: "丙", Now: "丁", Why: "x"}, {Line: 1, Was: "甲", Now: "丁", Why: "x"}, {Line: 2, Was: "乙", Now: "丁"}} {
		if _, err := Corrected("甲甲\n乙", []TextErratum{bad}); err == nil {
			t.Errorf("%+v was applied", bad)
		}
	}
}

// GL-34: the list is verbatim, its slips visible; what is not approved is no basis.
func TestGL34References(t *testing.T) {
	all := References()
	if len(all) != 8 || all[0].Text != "(一)《中华人民共和国新闻出版法》" || !strings.Contains(all[0].Note, "法制审核") || !strings.HasPrefix(all[2].Text, "(四)") || !strings.Contains(all[2].Note, "原文如此") {
		t.Errorf("%+v", all)
	}
	text := "依据《中华人民共和国新闻出版法》《中华人民共和国广告法》和《认证机构宣传工作指引》，学习《认证故事》；再次引用《中华人民共和国广告法》。"
	if got := Unapproved(text, nil); !slices.Equal(got, []string{"中华人民共和国新闻出版法", "中华人民共和国广告法"}) {
		t.Errorf("%v", got)
	}
	if got := Unapproved(text, []string{"《中华人民共和国广告法》"}); !slices.Equal(got, []string{"中华人民共和国新闻出版法"}) {
		t.Errorf("%v", got)
	}
	if got := Unapproved("没有引用", nil); len(got) != 0 {
		t.Errorf("%v", got)
	}
}
