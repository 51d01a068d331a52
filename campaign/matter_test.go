package campaign

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestNormalURL(t *testing.T) {
	for in, want := range map[string]string{
		"https://www.xinhuanet.com/a/b.htm":                            "xinhuanet.com/a/b.htm",
		" HTTP://XINHUANET.com:80/a/b.htm/?utm_source=wx&from=tl#top ": "xinhuanet.com/a/b.htm",
		"https://m.people.cn/n?id=7&z=1":                               "people.cn/n?id=7&z=1",
		"https://people.cn/n?z=1&id=7":                                 "people.cn/n?id=7&z=1",
		"https://people.cn:8443/n":                                     "people.cn:8443/n",
		"":                                                             "", "新华社2026年5月1日": "", "javascript:alert(1)": "", "ftp://people.cn/n": "", "https://": "", "http://[::1": "",
		"https://people.cn/" + strings.Repeat("a", 3000): "",
	} {
		if got := NormalURL(in); got != want {
			t.Errorf("%.60q: %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{"见https://a.cn/x，第3版": "https://a.cn/x", "http://b.cn/y 转载": "http://b.cn/y", "决定书1号": "", `<a href="https://a.cn/x">`: "https://a.cn/x"} {
		if got := FirstURL(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}

func FuzzMatters(f *testing.F) {
	f.Add("https://www.a.cn/x?utm_a=1#b", "绿色认证宣传", "绿色产品认证宣传")
	f.Add("http://\x00", "\xff\xfe", strings.Repeat("认", 5000))
	f.Fuzz(func(t *testing.T, address, a, b string) {
		if u := NormalURL(address); u != "" && NormalURL("https://"+u) != u && !strings.ContainsAny(u, "?") && !strings.HasPrefix(u, "www.") && !strings.HasPrefix(u, "m.") && !strings.HasPrefix(u, "wap.") && !strings.HasSuffix(u, ".") {
			t.Errorf("%q is not stable: %q, %q", address, u, NormalURL("https://"+u))
		}
		if n, back := TitleLikeness(a, b), TitleLikeness(b, a); n != back || n < 0 || n > 100 {
			t.Errorf("%q, %q: %d and %d", a, b, n, back)
		}
		SuggestMatters([]Claim{{ID: 1, URL: address, Title: a, On: "2026-01-01"}, {ID: 2, URL: address, Title: b, On: "no day"}}, 10)
		ClaimedElsewhere([]Claim{{ID: 1, URL: address, Title: a}, {ID: 2, URL: b}})
		Venues(a)
		Catalogue(NamedActivities()).Named(a)
	})
}

// §2 no. 6: suggested by address, title and days; never decided; in no order.
func TestSuggestMatters(t *testing.T) {
	claims := []Claim{
		{ID: 1, Code: "A", URL: "https://www.x.cn/1", Title: "示例机构走进社区宣传绿色认证", On: "2026-05-01"},
		{ID: 2, Code: "B", URL: "http://x.cn/1#c", Title: "另一个题目", On: "2026-11-01"},            // same page, half a year later
		{ID: 3, Code: "A", Title: "《示例机构走进社区，宣传绿色认证》", On: "2026-05-09"},                        // same title, 8 days
		{ID: 4, Code: "A", Title: "示例机构走进社区宣传绿色认证", On: "2026-05-20"},                           // 19 days after 1, 11 after 3
		{ID: 5, Code: "A", Title: "年度报告发布", On: "2026-05-02"},                                   // nothing alike
		{ID: 6, Code: "A", Title: "", On: "2026-05-01"}, {ID: 7, Title: "！！", On: "2026-05-01"}, // nothing to compare
		{ID: 8, Code: "C", Title: "有机产品认证宣传周启动", On: "2026-09-01", Matter: "有机周"}, {ID: 9, Code: "D", Title: "有机产品认证宣传周启动", On: "2026-09-01", Matter: "有机周"},
	}
	want := []Suggestion{{1, 2, []string{"网址相同"}}, {1, 3, []string{"名称相近（100%），相隔 8 天"}}}
	for range 20 {
		if d := cmp.Diff(want, SuggestMatters(claims, 10)); d != "" {
			t.Fatal(d)
		}
		rand.Shuffle(len(claims), func(i, k int) { claims[i], claims[k] = claims[k], claims[i] })
	}
}

// Feature 6: each side is told that another has it, also before anybody merged.
func TestClaimedElsewhere(t *testing.T) {
	got := ClaimedElsewhere([]Claim{{ID: 1, Code: "A", URL: "https://www.x.cn/1"}, {ID: 2, Code: "B", URL: "https://x.cn/1/"}, {ID: 3, Code: "A", Matter: "周"}, {ID: 4, Code: "A", Matter: "周"}, {ID: 5, Code: "A", Matter: "月"}, {ID: 6, Code: "B", Matter: "月"}, {ID: 7, Code: "C"}, {ID: 8, Code: "D"}})
	if d := cmp.Diff(map[int64]bool{1: true, 2: true, 5: true, 6: true}, got); d != "" {
		t.Error(d)
	}
}

// A year of 1,500 institutions is searched while an officer waits.
func TestSuggestMattersIsQuick(t *testing.T) {
	var claims []Claim
	for i := range 5000 {
		claims = append(claims, Claim{ID: int64(i + 1), Code: fmt.Sprint(i % 1500), Title: fmt.Sprintf("第%d家机构%s活动%d", i%1500, strings.Repeat(string(rune('一'+i%700)), 8), i), On: NewDay(2026, 1, 1+i%365)})
	}
	start := time.Now()
	SuggestMatters(claims, 10)
	if d := time.Since(start); d > 20*time.Second {
		t.Errorf("took %v", d)
	}
}

func TestVenues(t *testing.T) {
	for text, want := range map[string][]string{"进校园宣讲": {"学校"}, "走进学校、进社区": {"社区", "学校"}, "进车间进机关": {"机关", "车间"}, "企业开放日": {"企业"}, "线上课程": nil} {
		if got := Venues(text); !slices.Equal(got, want) {
			t.Errorf("%q: %v", text, got)
		}
	}
	// AN-10, PL-17: 校园 and 学校 are one kind
	words, counts := VenueCounts([]string{"进校园.pdf 三月", "进学校.pdf", "进社区", "进校园、进学校同一天"})
	if i := slices.Index(words, "学校"); counts[i] != 3 || counts[slices.Index(words, "社区")] != 1 || len(words) != 5 {
		t.Errorf("%v %v", words, counts)
	}
}
