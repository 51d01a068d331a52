package campaign

import (
	"maps"
	"testing"
)

// AN-7: only the regulator's register says that a manuscript was adopted.
func TestAN7AdoptedByTheRegisterOnly(t *testing.T) {
	register := []Claim{{URL: "https://www.example.cn/news/1/", Title: "绿色认证进园区"}, {Title: "“三性”分析：检测机构"}}
	for name, c := range map[string]struct {
		row  Record
		want bool
	}{
		"the same page":                      {Record{"title": "另一标题", "url": "http://m.example.cn/news/1?utm_source=x"}, true},
		"the same title, other signs":        {Record{"title": "三性 分析——检测机构"}, true},
		"neither":                            {Record{"title": "认证知识", "url": "https://example.cn/news/2"}, false},
		"the institution's own word":         {Record{"title": "认证知识", "adopted": "是"}, false},
		"no address is not the same address": {Record{"title": "认证知识二"}, false},
		"signs only":                         {Record{"title": "——"}, false},
	} {
		if got := AdoptedBy(register, c.row); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if AdoptedBy(nil, Record{"title": "绿色认证进园区"}) {
		t.Error("an empty register adopts")
	}
}

// §2 no. 41: a row that is like two earlier ones is still one row less.
func TestAN7Distinct(t *testing.T) {
	r := registerNamed(t, ManuscriptRegister)
	rows := []Record{{"title": "甲", "url": "https://a.cn/1"}, {"title": "乙", "url": "https://a.cn/2"}, {"title": "甲", "url": "https://a.cn/2"}, {"title": "甲。"}}
	if n := r.Distinct(rows); n != 2 {
		t.Errorf("%d distinct of 4, want 2", n)
	}
	if n := r.Distinct(nil); n != 0 {
		t.Errorf("%d of none", n)
	}
}

// AN-8: a material is a file or a link, and its copyright is declared either way.
func TestAN8FileOrLinkWithCopyright(t *testing.T) {
	r := registerNamed(t, "materials")
	for name, c := range map[string]struct {
		set  Record
		bad  string
		none bool
	}{
		"both":         {set: Record{}, none: true},
		"a link":       {set: Record{"file": ""}, none: true},
		"a file":       {set: Record{"url": ""}, none: true},
		"neither":      {set: Record{"file": "", "url": ""}, bad: "file"},
		"no copyright": {set: Record{"file": "", "copyright": ""}, bad: "copyright"},
	} {
		row := full(r)
		maps.Copy(row, c.set)
		if bad := r.Check(row, "2026-12-01"); c.none && len(bad) > 0 || c.bad != "" && bad[c.bad] == "" {
			t.Errorf("%s: %v", name, bad)
		}
	}
}
