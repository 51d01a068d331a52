package campaign

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func registerNamed(t testing.TB, id string) Register {
	t.Helper()
	r, ok := KnownRegisters().Get(id)
	if !ok {
		t.Fatalf("no register %q", id)
	}
	return r
}

// Each requirement has its register, serving the row of Annex 2 that asks for it.
func TestRegistersOfTheGuideline(t *testing.T) {
	for clause, want := range map[string]struct {
		n   int
		row int
	}{
		"GL-4": {6, 2}, "GL-6": {1, 2}, "GL-7": {1, 2}, "GL-9": {1, 2}, "GL-11": {1, 2}, "GL-13": {1, 3}, "GL-17": {1, 9}, "GL-19": {1, 9}, "GL-21": {1, 4}, "GL-22": {1, 14},
		"GL-24": {1, 7}, "GL-26": {1, 2}, "GL-27": {1, 9}, "GL-28": {1, 2}, "GL-30": {1, 2}, "GL-31": {1, 4}, "GL-33": {1, 2},
		"AN-1": {1, 1}, "AN-5": {1, 5}, "AN-6": {1, 6}, "AN-7": {1, 7}, "AN-8": {1, 8}, "AN-10": {1, 10}, "AN-13": {1, 13}, "BOX-5": {1, 5},
	} {
		n := 0
		for _, r := range KnownRegisters().All {
			if r.Clause == clause {
				n++
				if !slices.Contains(r.Rows, want.row) {
					t.Errorf("%s %s does not serve row %d", clause, r.ID, want.row)
				}
			}
		}
		if n != want.n {
			t.Errorf("%s has %d registers, want %d", clause, n, want.n)
		}
	}
	for row := 1; row <= 14; row++ {
		if len(KnownRegisters().ForRow(row)) == 0 {
			t.Errorf("no register serves row %d", row)
		}
	}
	if r := KnownRegisters(); r.Version == "" || len(r.Digest) != 64 {
		t.Errorf("version %q, digest %q", r.Version, r.Digest)
	}
}

// A faulty schema does not start.
func TestFaultySchemaIsRefused(t *testing.T) {
	const field = `{"key":"a","label":"甲","type":"text","max":9}`
	good := `{"id":"one","title":"一","clause":"GL-1","article":"第一条","force":"M","rows":[1],"kind":"list","fields":[` + field + `]}`
	parse := func(registers ...string) error {
		_, err := ParseRegisters(fstest.MapFS{"registers/a.json": {Data: []byte(`{"version":"v","registers":[` + strings.Join(registers, ",") + `]}`)}})
		return err
	}
	if err := parse(good); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"twice":           good + "," + good,
		"unknown key":     strings.Replace(good, `"force"`, `"farce"`, 1),
		"force":           strings.Replace(good, `"M"`, `"X"`, 1),
		"kind":            strings.Replace(good, `"list"`, `"heap"`, 1),
		"row":             strings.Replace(good, `[1]`, `[15]`, 1),
		"type":            strings.Replace(good, `"text"`, `"blob"`, 1),
		"no length":       strings.Replace(good, `,"max":9`, ``, 1),
		"no options":      strings.Replace(good, `"type":"text"`, `"type":"choice"`, 1),
		"reserved":        strings.Replace(good, `"key":"a"`, `"key":"name"`, 1),
		"key twice":       strings.Replace(good, field, field+","+strings.Replace(field, "甲", "乙", 1), 1),
		"label twice":     strings.Replace(good, field, field+","+strings.Replace(field, `"a"`, `"b"`, 1), 1),
		"two files":       strings.Replace(good, field, `{"key":"f","label":"文","type":"file"},{"key":"g","label":"件","type":"file"}`, 1),
		"check":           strings.Replace(good, `"fields"`, `"rules":[{"check":"magic","fields":["a"],"say":"不"}],"fields"`, 1),
		"check field":     strings.Replace(good, `"fields"`, `"rules":[{"check":"needed","fields":["z"],"say":"不"}],"fields"`, 1),
		"check words":     strings.Replace(good, `"fields"`, `"rules":[{"check":"needed","fields":["a"]}],"fields"`, 1),
		"with":            strings.Replace(good, `"fields"`, `"marks":[{"check":"also-in","with":"none","fields":["a"],"say":"不"}],"fields"`, 1),
		"need of nothing": strings.Replace(good, `"fields"`, `"needs":[{"name":"某"}],"fields"`, 1),
		"count":           strings.Replace(good, `"fields"`, `"count":"z","fields"`, 1),
	} {
		if parse(text) == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if _, err := ParseRegisters(fstest.MapFS{}); err == nil {
		t.Error("no schema was taken")
	}
}

// full makes a row with a fitting value in every field of a register.
func full(r Register) Record {
	row := Record{}
	for i, f := range r.Fields {
		switch f.Type {
		case "day":
			row[f.Key] = "2026-03-02"
		case "time":
			row[f.Key] = fmt.Sprintf("2026-03-02T%02d:00", i)
		case "year-month":
			row[f.Key] = "2026-03"
		case "number":
			row[f.Key] = "7"
		case "money":
			row[f.Key] = "7.50"
		case "url":
			row[f.Key] = "https://example.cn/" + f.Key
		case "choice", "multi":
			row[f.Key] = f.Options[0].Value
		case "yesno":
			row[f.Key] = No
		case "institution":
			row[f.Key] = "CNCA-R-2002-002"
		case "file":
			row[f.Key] = strings.Repeat("a", 64)
		default:
			row[f.Key] = f.Label
		}
	}
	if r.ID == "three-reviews" { // it comes first on the form, and last in time
		row["published"] = "2026-03-02T23:00"
	}
	return row
}

// Every register takes a full row, and names each required field that is missing.
func TestEveryRegisterChecks(t *testing.T) {
	for _, r := range KnownRegisters().All {
		row := full(r)
		if bad := r.Check(row, "2026-12-01"); len(bad) > 0 {
			t.Errorf("%s: a full row: %v", r.ID, bad)
		}
		if c := r.Clean(row); !maps.Equal(c, row) {
			t.Errorf("%s: cleaning changes a canonical row: %v", r.ID, c)
		}
		bad := r.Check(Record{}, "2026-12-01")
		for _, f := range r.Fields {
			if f.Required && bad[f.Key] == "" {
				t.Errorf("%s: %s is required and not asked for", r.ID, f.Key)
			}
			if f.Max > 0 {
				long := maps.Clone(row)
				long[f.Key] = strings.Repeat("字", f.Max+1)
				if r.Check(long, "")[f.Key] == "" {
					t.Errorf("%s: %s may be longer than %d", r.ID, f.Key, f.Max)
				}
			}
		}
	}
}

func TestRegisterRules(t *testing.T) {
	const today = "2026-12-01"
	for _, c := range []struct {
		about, id string
		set       Record
		field     string // "": taken
		say       string
	}{
		{"GL-22 closed ≤ received", "complaints", Record{"received": "3", "closed": "4", "overdue": "0"}, "closed", "办结件数不能超过受理件数"},
		{"GL-22 overdue ≤ received", "complaints", Record{"received": "3", "closed": "3", "overdue": "4"}, "overdue", "超期"},
		{"GL-22 equal", "complaints", Record{"received": "3", "closed": "3", "overdue": "0"}, "", ""},
		{"GL-22 no half complaint", "complaints", Record{"received": "2.5"}, "received", "数字"},
		{"GL-9 from ≤ to", "spokespersons", Record{"from": "2026-05-02", "to": "2026-05-01"}, "to", "任期"},
		{"GL-9 temporary needs its event", "spokespersons", Record{"temporary": Yes, "occasion": ""}, "occasion", "活动"},
		{"GL-17 without a responsible person", "accounts", Record{"owner": ""}, "owner", "责任人"},
		{"GL-17 opened before the last post", "accounts", Record{"opened": "2026-05-02", "last_post": "2026-05-01"}, "last_post", "开通"},
		{"GL-33 older than the guideline", "details", Record{"issued": "2023-12-31"}, "issued", "2024"},
		{"GL-33 of its day", "details", Record{"issued": "2024-01-01"}, "", ""},
		{"GL-4 neither file nor page", "goals", Record{"file": "", "url": ""}, "file", "网址或上传"},
		{"GL-4 a page is enough", "goals", Record{"file": ""}, "", ""},
		{"GL-7 no number", "approvals", Record{"approval_no": ""}, "approval_no", "批准文号"},
		{"GL-7 no body", "approvals", Record{"approved_by": ""}, "approved_by", "批准机构"},
		{"GL-7 no day", "approvals", Record{"approved_on": ""}, "approved_on", "批准日期"},
		{"GL-7 a day to come", "approvals", Record{"approved_on": "2026-12-02"}, "approved_on", "晚于今天"},
		{"BOX-5 won without a number", "tenders", Record{"result": "中选", "number": ""}, "number", "编号"},
		{"BOX-5 won without a day", "tenders", Record{"result": "中选", "decided": ""}, "decided", "结果日期"},
		{"BOX-5 not decided yet", "tenders", Record{"result": "待公布", "decided": "", "number": ""}, "", ""},
		{"BOX-5 decided before it was announced", "tenders", Record{"published": "2026-03-05", "decided": "2026-03-01"}, "decided", "不能早于"},
		{"BOX-5 entrusted without a reason", "tenders", Record{"way": "直接委托", "reason": ""}, "reason", "理由"},
		{"GL-11 dropped without a reason", "planned", Record{"outcome": "未实施", "reason": ""}, "reason", "原因"},
		{"GL-11 done late", "planned", Record{"outcome": "按期完成", "due": "2026-03-01", "done_on": "2026-03-05"}, "done_on", "延期完成"},
		{"GL-13 one person in two reviews", "three-reviews", Record{"review1": "甲", "review2": "乙", "review3": "甲"}, "review3", "同一人"},
		{"GL-13 the declared exception", "three-reviews", Record{"review1": "甲", "review2": "乙", "review3": "甲", "exception": Yes}, "", ""},
		{"GL-13 the exception says why", "three-reviews", Record{"exception": Yes, "exception_why": ""}, "exception_why", "说明"},
		{"GL-13 out of order", "three-reviews", Record{"review2_at": "2026-03-01T09:00"}, "review3_at", ""},
		{"GL-13 published before the last review", "three-reviews", Record{"published": "2026-03-02T00:30"}, "published", "终审"},
		{"GL-26 upkeep within the budget", "budget", Record{"budget": "10", "upkeep": "10.01"}, "upkeep", "不能超过"},
		{"GL-26 three decimals", "budget", Record{"budget": "1.234"}, "budget", "两位小数"},
		{"AN-8 no copyright declared", "materials", Record{"copyright": ""}, "copyright", "著作权"},
		{"AN-8 file or link", "materials", Record{"file": "", "url": ""}, "file", "链接或上传"},
		{"GL-2 another kind says which", "activities", Record{"kind": "其他", "kind_other": ""}, "kind_other", "形式"},
		{"GL-10 no department", "activities", Record{"departments": ""}, "departments", "参与部门"},
		{"an address without a scheme", "disclosure", Record{"url": "www.example.cn"}, "url", "http"},
		{"an address that is a script", "disclosure", Record{"url": "javascript:alert(1)"}, "url", "http"},
		{"AN-13 needs no file", "references", Record{}, "", ""},
		{"AN-6 no such code", "joint", Record{"partner": "CNCA-1"}, "partner", "批准号"},
	} {
		t.Run(c.about, func(t *testing.T) {
			r := registerNamed(t, c.id)
			row := full(r)
			maps.Copy(row, c.set)
			bad := r.Check(row, today)
			if c.field == "" && c.about != "GL-13 out of order" {
				if len(bad) > 0 {
					t.Errorf("refused: %v", bad)
				}
				return
			}
			if bad[c.field] == "" || !strings.Contains(bad[c.field], c.say) {
				t.Errorf("faults %v, want one of %s with %q", bad, c.field, c.say)
			}
		})
	}
	if r := registerNamed(t, "references"); r.FileField() != "" { // AN-13, §2 no. 43
		t.Error("what may not be uploaded has a field for a file")
	}
}

func TestRegisterMarks(t *testing.T) {
	book := Book{Today: "2026-12-01", Of: func(id string) []Record {
		return map[string][]Record{"spokespersons": {{"person": "王发言", "from": "2026-01-01", "to": "2026-06-30"}}, "activities": {{"title": "“认可日”开放活动"}}}[id]
	}}
	for _, c := range []struct {
		about, id string
		set       Record
		tone, say string // "": no mark
	}{
		{"GL-17 30 days ago", "accounts", Record{"last_post": "2026-11-01"}, "", ""},
		{"GL-17 31 days ago", "accounts", Record{"last_post": "2026-10-31"}, "amber", "30 天"},
		{"GL-17 half a year ago", "accounts", Record{"opened": "2026-01-01", "last_post": "2026-02-01"}, "red", "180 天"},
		{"GL-9 within the mandate", "activities", Record{"spokesperson": "王发言", "day": "2026-06-30"}, "", ""},
		{"GL-9 after the mandate", "activities", Record{"spokesperson": "王发言", "day": "2026-07-01"}, "red", "任期"},
		{"GL-9 somebody else", "activities", Record{"spokesperson": "李某", "day": "2026-06-01"}, "red", "任期"},
		{"BOX-5 without a tender", "tenders", Record{"way": "直接委托", "reason": "保密"}, "amber", "没有经过"},
		{"BOX-5 never decided", "tenders", Record{"published": "2026-03-01", "result": "待公布"}, "amber", "90 天"},
		{"GL-11 past and open", "planned", Record{"outcome": "", "due": "2026-11-30"}, "amber", "尚未填写"},
		{"GL-11 dropped", "planned", Record{"outcome": "未实施"}, "red", "未实施"},
		{"GL-13 the exception is flagged", "three-reviews", Record{"exception": Yes}, "amber", "小团队例外"},
		{"GL-22 overdue", "complaints", Record{"overdue": "2"}, "amber", "超期"},
		{"AN-6 also under row 5", "joint", Record{"title": "认可日 开放活动"}, "amber", "第 5 项"},
		{"GL-28 no training", "staff", Record{"hours": "0"}, "amber", "培训"},
	} {
		t.Run(c.about, func(t *testing.T) {
			r := registerNamed(t, c.id)
			row := full(r)
			row["clean"], row["overdue"], row["spokesperson"], row["last_post"], row["to"] = Yes, "0", "", "2026-11-20", ""
			maps.Copy(row, c.set)
			all := r.Marks(Filing{Rows: []Record{row}}, book)
			if c.tone == "" {
				if len(all) > 0 {
					t.Errorf("marked: %v", all)
				}
				return
			}
			if len(all) != 1 || all[0].Tone != c.tone || !strings.Contains(all[0].Say, c.say) {
				t.Errorf("marks %v, want %s %q", all, c.tone, c.say)
			}
		})
	}
}

// AN-2, GL-4, GL-6, GL-21, GL-31: what is missing is missed by name.
func TestChecklistNamesWhatIsMissing(t *testing.T) {
	s := KnownRegisters()
	missing := func(filed map[string]Filing) string {
		var all []string
		for _, i := range s.Checklist(filed, nil, "2026-12-01") {
			all = append(all, i.Missing...)
		}
		return strings.Join(all, "|")
	}
	nothing := missing(nil)
	slots := []string{"宣传工作目标文件", "宣传工作任务文件", "宣传管理制度文件", "宣传工作监督文件", "资源保障文件", "意识形态责任制文件"}
	for _, name := range append(slots, "宣传管理实施细则", "新闻发言人", "组织架构图", "认证收费标准", "专职宣传人员", "社会责任报告（名称和页码）", "机构申诉受理机制") {
		if !strings.Contains(nothing, name) {
			t.Errorf("%s is not missed", name)
		}
	}
	for _, r := range s.All {
		if r.Force == "E" && strings.Contains(nothing, r.Title) {
			t.Errorf("%s is encouraged and missed (GL-3)", r.Title)
		}
	}
	got := missing(map[string]Filing{
		"goals": {Rows: []Record{full(registerNamed(t, "goals"))}}, "spokespersons": {None: "人员不足"},
		"reports":    {Rows: []Record{{"annual_title": "年报", "annual_page": "3"}}},
		"disclosure": {Rows: []Record{{"item": "认证领域"}, {"item": "认证证书状态"}}},
	})
	for _, name := range []string{"宣传工作目标文件", "新闻发言人", "年度报告（名称和页码）", "认证领域", "认证证书状态"} {
		if slices.Contains(strings.Split(got, "|"), name) {
			t.Errorf("%s is there and missed", name)
		}
	}
	for _, name := range []string{"社会责任报告（名称和页码）", "社会责任报告在认监委网站的网址", "认证规则"} {
		if !slices.Contains(strings.Split(got, "|"), name) {
			t.Errorf("%s is not missed", name)
		}
	}
	for _, i := range s.Checklist(nil, map[string]Filing{"goals": {Rows: []Record{{"title": "x"}}}}, "") {
		if i.Carry != (i.Register.ID == "goals") {
			t.Errorf("%s carried: %v", i.Register.ID, i.Carry)
		}
	}
}

// AN-10 and §2 no. 24: the source's lists of places differ; one type each.
func TestAliasesLandInOneType(t *testing.T) {
	visits, events := registerNamed(t, "visits"), registerNamed(t, "activities")
	var rows []Record
	for i, v := range []string{"进学校", "校园", "进校园", "社区", "车间", "进企业"} {
		rows = append(rows, visits.Clean(map[string]string{"place": v, "title": fmt.Sprint("活动", i)}))
	}
	want := []Tally{{"进企业", 2}, {"进社区", 1}, {"进学校", 3}}
	if got := visits.Tallies(rows); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	// AN-5: one event under two names counts once
	both := []Record{events.Clean(map[string]string{"event": "绿色产品认证宣传周"}), events.Clean(map[string]string{"event": "绿色产品认证与标识宣传周"})}
	if got := events.Tallies(both); !slices.Equal(got, []Tally{{"绿色产品认证与标识宣传周", 1}}) {
		t.Errorf("%v", got)
	}
}

// AN-7, §2 no. 41: repeated manuscripts are found by address and by title.
func TestRepeatedManuscripts(t *testing.T) {
	r := registerNamed(t, "manuscripts")
	rows := []Record{
		{"title": "认证赋能高质量发展", "url": "https://a.cn/1"},
		{"title": "另一篇", "url": "http://a.cn/1"},
		{"title": "“认证”赋能 高质量发展！", "url": "https://b.cn/2"},
		{"title": "第三篇"},
	}
	want := []Repeat{{1, 0, "url"}, {2, 0, "title"}}
	if got := r.Repeated(rows); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// GL-26: amounts are for the regulator alone.
func TestWhoSeesWhat(t *testing.T) {
	b := registerNamed(t, "budget")
	for to, want := range map[Seer]int{SeerInstitution: 3, SeerRegulator: 3, SeerReviewer: 0, SeerPublic: 0} {
		money := 0
		for _, f := range b.Visible(to) {
			if f.Type == "money" {
				money++
			}
		}
		if money != want {
			t.Errorf("%s sees %d amounts, want %d", to, money, want)
		}
	}
	for _, r := range KnownRegisters().All {
		for _, f := range r.Fields {
			if f.Type == "money" && (f.Shows(SeerReviewer) || f.Shows(SeerPublic)) {
				t.Errorf("%s.%s is confidential", r.ID, f.Key)
			}
			if f.Type == "person" && f.Shows(SeerPublic) {
				t.Errorf("%s.%s is personal", r.ID, f.Key)
			}
		}
	}
}

func TestCanonicalDays(t *testing.T) {
	r := registerNamed(t, "manuscripts")
	for _, v := range []string{"2026-03-01", "2026/3/1", "2026.3.1", "2026年3月1日", "20260301", " 2026-3-1 "} {
		if got := r.Canonical("day", v); got != "2026-03-01" {
			t.Errorf("%q is %q", v, got)
		}
	}
	if got := r.Canonical("day", "三月"); got != "三月" {
		t.Errorf("what cannot be read became %q", got)
	}
}
