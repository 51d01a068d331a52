package web

import (
	"encoding/xml"
	"html/template"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
)

func TestDrawingsAreWellFormedAndSayWhatTheyShow(t *testing.T) {
	marks := []mark{{Label: "甲<b>", N: 3}, {Label: "乙", N: 0, Hot: true}}
	for name, d := range map[string]template.HTML{
		"bars": bars("a", "题", marks), "funnel": funnel("b", "题", marks), "columns": columns("c", "题", marks), "none": columns("d", "题", nil),
		"distribution": distribution("e", "题", []rubric.Points{-1000, 9000, 11000}, 9000), "bar": bar(750, 1000, false),
		"radar": radar("f", "题", []axis{{"一", 1, .5}, {"二", .5, .5}, {"三", 0, 0}}),
	} {
		dec := xml.NewDecoder(strings.NewReader(string(d)))
		for {
			if _, err := dec.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Errorf("%s：%v", name, err)
				break
			}
		}
		if !strings.Contains(string(d), `role="img"`) || strings.Contains(string(d), "NaN") || strings.Contains(string(d), " style=") {
			t.Errorf("%s：%s", name, d)
		}
	}
	if d := bars("a", "题", marks); !strings.Contains(string(d), "甲&lt;b&gt; 3，乙 0") {
		t.Errorf("说明缺失：%s", d)
	}
}

func TestDistributionClasses(t *testing.T) {
	d := string(distribution("x", "题", []rubric.Points{-1000, 4999, 5000, 8999, 9000, 10000, 11000}, 9000))
	for _, part := range []string{"50以下 2", "50–60 1", "80–90 1", "90–100 1", "100以上 2"} {
		if !strings.Contains(d, part) {
			t.Errorf("没有 %q：%s", part, d)
		}
	}
}

func TestBarStaysInside(t *testing.T) {
	for got, width := range map[rubric.Points]string{0: `width="0.0"`, 500: `width="100.0"`, 2000: `width="200.0"`, -300: `width="0.0"`} {
		if d := string(bar(got, 1000, false)); !strings.Contains(d, width) {
			t.Errorf("%s：%s", got, d)
		}
	}
}

// TestPublicResultsNameNobodyBelow is PL-2: only those from the threshold on are named.
func TestPublicResultsNameNobodyBelow(t *testing.T) {
	at := time.Date(2027, 5, 25, 1, 0, 0, 0, time.UTC)
	c := store.Campaign{Year: 2026, PublishedAt: &at}
	c.Rules.Settings = campaign.DefaultSettings(2026)
	entries := []store.Entry{{Code: "A", Name: "优甲", Ranked: true}, {Code: "B", Name: "低乙", Ranked: true}, {Code: "C", Name: "中途丙"}, {Code: "D", Name: "退出丁", Ranked: true, Stage: campaign.Left}}
	v := publish(c, entries, []store.Result{{Code: "A", Scored: true, Total: 9000}, {Code: "B", Scored: true, Total: 8999}, {Code: "C", Scored: true, Total: 9900}, {Code: "D", Scored: true, Total: 9900}}, map[string]bool{"A": true, "D": true}, 0)
	if len(v.Excellent) != 1 || v.Excellent[0].Name != "优甲" || v.Scored != 3 || v.Chart != "" {
		t.Errorf("公布的内容不对：%+v", v)
	}
}

// Sums over few unnamed institutions would give their points away: the named
// ones' points are on the same page.
func TestPublicSumsTellNothingAboutOne(t *testing.T) {
	at := time.Date(2027, 5, 25, 1, 0, 0, 0, time.UTC)
	c := store.Campaign{Year: 2026, PublishedAt: &at}
	c.Rules.Settings = campaign.DefaultSettings(2026)
	for _, x := range []struct {
		named, unnamed, once int
		shown                bool
	}{{0, 0, 0, false}, {1, 0, 0, true}, {9, 0, 0, true}, {9, 1, 0, false}, {6, 4, 0, false}, {0, 4, 0, false}, {0, 5, 0, true}, {3, 5, 0, true}, {3, 5, 1, false}, {3, 6, 1, true}} {
		var entries []store.Entry
		var all []store.Result
		honoured := map[string]bool{}
		for i := range x.named + x.unnamed {
			code, total := strconv.Itoa(i), rubric.Points(9500)
			if honoured[code] = i < x.named; i >= x.named {
				total = 6000
			}
			entries, all = append(entries, store.Entry{Code: code}), append(all, store.Result{Code: code, Scored: true, Total: total})
		}
		v := publish(c, entries, all, honoured, x.once)
		if (v.Chart != "") != x.shown || (v.Mean != 0) != x.shown || v.Scored != x.named+x.unnamed {
			t.Errorf("列名 %d 家、不列名 %d 家：平均分 %s，有图 %v", x.named, x.unnamed, v.Mean, v.Chart != "")
		}
	}
}

func TestCountdown(t *testing.T) {
	for due, says := range map[campaign.Day]string{"2026-03-13": "还有 3 天", "2026-03-10": "今天截止", "2026-03-09": "已逾期 1 天"} {
		if got, _ := countdown("2026-03-10", due); got != says {
			t.Errorf("%s：%s，应为 %s", due, got, says)
		}
	}
}
