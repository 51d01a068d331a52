package web

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"xuanping/store/storetest"
)

// What a page may cost in a year of 1,500 institutions and 60,000 files.
const (
	mostStatements = 20
	mostTime       = 50 * time.Millisecond
	mainPages      = 10
)

type busyPage struct{ name, by, path string }

// busyPages are the ten main pages, and the lists and reckonings of a whole
// year, whose time is told but not bounded.
var busyPages = []busyPage{
	{"landing", "", "/"},
	{"desk", "institution", "/i/2025/" + storetest.Code(2)},
	{"evidence", "institution", "/i/2025/" + storetest.Code(2) + "/evidence"},
	{"result", "institution", "/i/2025/" + storetest.Code(2) + "/result"},
	{"queue", "p009", "/review"},
	{"sheet", "p009", "/review/2025/" + storetest.Code(1)},
	{"board", "o1", "/office/2025"},
	{"institutions", "o1", "/office/2025/institutions"},
	{"dossier", "o1", "/office/2025/i/" + storetest.Code(2)},
	{"events", "a1", "/office/2025/events"},

	{"mails", "o1", "/office/2025/mails"},
	{"reviewers", "o1", "/office/2025/reviewers"},
	{"warnings", "o1", "/office/2025/warnings"},
	{"roster", "o1", "/office/roster"},
	{"versions", "o1", "/office/2025/versions"},
	{"timeline", "o1", "/office/2025/i/" + storetest.Code(2) + "/timeline"},
}

// grown are the tables that hold many rows for every institution: no page reads
// one from end to end.
var grown = []string{"evidence", "leaf", "intent", "ticket", "mail_event"}

// TestUX1PagesAskLittle counts what each page asks the database, and looks at
// how it was answered. It measures no time, so a busy machine does not fail it.
func TestUX1PagesAskLittle(t *testing.T) {
	b := newBusySite(t, true)
	for _, p := range busyPages {
		t.Run(p.name, func(t *testing.T) {
			b.watch.Take()
			b.get(t, p)
			said, plans := b.watch.Take()
			if len(said) == 0 || len(plans) == 0 {
				t.Fatal("没有看到这一页的查询")
			}
			if len(said) > mostStatements {
				t.Errorf("%d 条语句，最多 %d：\n%s", len(said), mostStatements, tally(said))
			}
			for _, plan := range plans {
				for _, table := range storetest.Scanned(plan) {
					if slices.Contains(grown, table) {
						t.Errorf("从头到尾读了 %s：\n%s", table, plan)
					}
				}
			}
			t.Logf("%d 条语句", len(said))
		})
	}
}

// tally counts equal statements, so that what is asked in a loop stands out.
func tally(said []string) string {
	times := map[string]int{}
	for _, s := range said {
		times[strings.Join(strings.Fields(s), " ")]++
	}
	var all []string
	for s, n := range times {
		all = append(all, fmt.Sprintf("%4d × %.140s", n, s))
	}
	slices.Sort(all)
	slices.Reverse(all)
	return strings.Join(all, "\n")
}

// BenchmarkPages prints the median of each page and how many statements it takes.
func BenchmarkPages(b *testing.B) {
	site := newBusySite(b, false)
	for i, p := range busyPages {
		b.Run(p.name, func(b *testing.B) {
			site.get(b, p) // the statements are prepared once
			site.watch.Take()
			var took []time.Duration
			for b.Loop() {
				at := time.Now()
				site.get(b, p)
				took = append(took, time.Since(at))
			}
			said, _ := site.watch.Take()
			slices.Sort(took)
			median := took[len(took)/2]
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(median.Microseconds())/1000, "median-ms")
			b.ReportMetric(float64(len(said))/float64(len(took)), "statements")
			if i < mainPages && median > mostTime {
				b.Errorf("%s：中位数 %v，最多 %v", p.name, median, mostTime)
			}
		})
	}
}
