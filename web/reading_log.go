package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"xuanping/campaign"
	"xuanping/store"
)

// readingLogRoutes registers the log of who read what (SE-2), which is the
// auditor's; his own reading of it stands in it.
func (s *Server) readingLogRoutes() {
	s.handle("GET /audit/readings", s.readingLog)
	s.handle("GET /audit/readings.csv", s.readingLogFile)
}

var readingKinds = []option{{Value: store.ReadFile, Text: "材料文件"}, {Value: store.ReadPaper, Text: "文书"}, {Value: store.ReadExport, Text: "导出"}, {Value: store.ReadInstitution, Text: "机构资料"}, {Value: store.ReadPerson, Text: "个人信息"}}

var readingFields = []string{"staff", "kind", "year", "code", "from", "until"}

// readingFilter reads what the auditor looks for; a faulty field is said.
func readingFilter(r ask) (store.ReadingFilter, *form) {
	f := newForm(readingFields...)
	for _, name := range readingFields {
		f.Set(name, strings.TrimSpace(r.URL.Query().Get(name)))
	}
	bad := map[string]string{}
	x := store.ReadingFilter{Staff: f.Get("staff"), Kind: f.Get("kind"), Code: f.Get("code")}
	if v := f.Get("year"); v != "" {
		var err error
		if x.Year, err = strconv.Atoi(v); err != nil {
			bad["year"] = "应为四位数的年度"
		}
	}
	for name, to := range map[string]*time.Time{"from": &x.From, "until": &x.Until} {
		if v := f.Get(name); v != "" {
			day, err := campaign.ParseDay(v)
			if err != nil {
				bad[name] = "应为日期，如 2026-03-01"
				continue
			}
			if name == "until" {
				day = day.Add(1)
			}
			*to = day.Start()
		}
	}
	if len(bad) > 0 {
		f.Faults = bad
	}
	return x, f
}

// logLine is a line of the log as the page shows it.
type logLine struct {
	store.Reading
	Who, Word string
}

func (s *Server) readingLog(w http.ResponseWriter, r ask) error {
	const size = 100
	x, f := readingFilter(r)
	at := pageOf(r)
	total, err := s.store.CountReadings(r.Context(), x)
	if err != nil {
		return err
	}
	all, err := s.store.Readings(r.Context(), x, (at-1)*size, size)
	if err != nil {
		return err
	}
	people, err := s.store.Accounts(r.Context())
	if err != nil {
		return err
	}
	names, choices := map[string]string{}, []option{}
	for _, p := range people {
		names[p.ID] = p.Name
		choices = append(choices, option{Value: p.ID, Text: p.Name + "（" + p.ID + "）"})
	}
	var lines []logLine
	for _, l := range all {
		lines = append(lines, logLine{l, names[l.Staff], labelled(readingKinds, l.Kind)})
	}
	q := url.Values{}
	for _, name := range readingFields {
		if v := f.Get(name); v != "" {
			q.Set(name, v)
		}
	}
	href := func(n int) string {
		p := url.Values{"page": {itoa(n)}}
		for k, v := range q {
			p[k] = v
		}
		return "/audit/readings?" + p.Encode()
	}
	return s.render(w, r, http.StatusOK, "readings-log", page{Title: "查阅记录", Wide: true, Form: f, Data: map[string]any{
		"Fields": []field{chooseField(f, "staff", "人员", "", choices), chooseField(f, "kind", "查阅内容", "", readingKinds), textField(f, "year", "年度", ""), textField(f, "code", "批准号", ""),
			dayField(f, "from", "自", ""), dayField(f, "until", "至", "")},
		"Lines": lines, "Total": total, "Pager": newPager(at, size, total, href), "File": "/audit/readings.csv?" + q.Encode()}})
}

// readingLogFile is the log as a table; taking it is a line of it.
func (s *Server) readingLogFile(w http.ResponseWriter, r ask) error {
	x, f := readingFilter(r)
	if f.Faulty() {
		return wrong(f.Faults)
	}
	const most = 200_000
	all, err := s.store.Readings(r.Context(), x, 0, most)
	if err != nil {
		return err
	}
	rows := [][]string{{"序号", "时间", "人员账号", "查阅内容", "年度", "批准号", "编号或摘要", "页面"}}
	for _, l := range all {
		year := ""
		if l.Year > 0 {
			year = itoa(l.Year)
		}
		rows = append(rows, []string{strconv.FormatInt(l.ID, 10), l.At.In(campaign.Beijing).Format("2006-01-02 15:04:05"), l.Staff, labelled(readingKinds, l.Kind), year, l.Code, l.Item, l.Page})
	}
	return sendTable(w, "csv", "查阅记录", rows)
}
