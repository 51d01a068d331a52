package rubric

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
)

func example(t testing.TB) []byte {
	data, err := os.ReadFile("../testdata/score-sheet.json")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestReadSheetExample(t *testing.T) {
	s, err := ReadSheet(example(t))
	if err != nil {
		t.Fatal(err)
	}
	if s.Year != 2026 || s.Institution != "示例认证中心甲" || len(s.Marks) != 14 || len(s.Events) != 6 {
		t.Errorf("%+v", s)
	}
	if want := (Mark{Row: 1, Points: 950, Reason: "四季度学习记录一份缺签到"}); s.Marks[0] != want {
		t.Errorf("first mark %+v", s.Marks[0])
	}
	want := Event{"E-02", "15.3c", "M-1", "省报报道同一事项", Half, "2026-05-02", Confirmed, false}
	if s.Events[1] != want {
		t.Errorf("second event %+v", s.Events[1])
	}
	if err := Annex2().ValidateSheet(s.Marks, true); err != nil {
		t.Error(err)
	}
	card, err := Annex2().Score(s.Year, s.Marks, s.Events)
	if err != nil || card.Base != 8750 || card.Bonus != 350 || card.Deduction != 300 || card.Total != 8800 {
		t.Errorf("%+v, %v, want 87.5 + 3.5 - 3.0 = 88.0", card, err)
	}
}

func TestReadSheetRefuses(t *testing.T) {
	const head = `{"year":2026,"institution":"甲",`
	mark := func(m string) string { return head + "\n  \"marks\":[" + m + "]}" }
	event := func(e string) string { return head + `"marks":[],"events":[` + e + `]}` }
	for name, c := range map[string]struct{ in, place, say string }{
		"empty":             {"", "第1行第1列", "在此中断"},
		"cut off":           {"{\n \"year\": 20", "第2行第12列", "在此中断"},
		"trailing data":     {mark("") + "\n{}", "第3行第1列", "多余内容"},
		"a comma too many":  {mark(`{"row":1,"points":"1"},`), "第2行第35列", "不应出现 ']'"},
		"not json":          {"年度：2026", "第1行第1列", "不应出现 '年'"},
		"a comment":         {"{ // 年度", "第1行第3列", "不应出现 '/'"},
		"bom":               {"\xef\xbb\xbf{}", "第1行第1列", "BOM"},
		"gbk":               {head + "\"marks\":\"\xbc\xd7\"}", "第1行第41列", "UTF-8"},
		"a list":            {"[]", "第1行第1列", "应为对象"},
		"null":              {"null", "第1行第1列", "应为对象"},
		"unknown field":     {`{"year":2026,"institution":"甲","marks":[],"note":1}`, "第1行第50列（note）", "未知字段"},
		"wrong case":        {`{"Year":2026,"institution":"甲","marks":[]}`, "（Year）", "未知字段"},
		"missing field":     {`{"year":2026,"marks":[]}`, "第1行第1列", `缺少字段 "institution"`},
		"doubled field":     {`{"year":2026,"year":2027,"institution":"甲","marks":[]}`, "第1行第14列（year）", "字段重复"},
		"year as text":      {`{"year":"2026","institution":"甲","marks":[]}`, "第1行第9列（year）", "整数"},
		"year with a dot":   {`{"year":2026.0,"institution":"甲","marks":[]}`, "（year）", "整数"},
		"year far off":      {`{"year":26,"institution":"甲","marks":[]}`, "（year）", "2000 至 2100"},
		"huge year":         {`{"year":99999999999999999999,"institution":"甲","marks":[]}`, "（year）", "整数"},
		"no institution":    {`{"year":2026,"institution":"  ","marks":[]}`, "（institution）", "请填写机构"},
		"marks no list":     {`{"year":2026,"institution":"甲","marks":{}}`, "（marks）", "应为列表"},
		"a mark no object":  {mark(`5`), "第2行第12列（marks[0]）", "应为对象"},
		"points as number":  {mark(`{"row":1,"points":9.5}`), "第2行第30列（marks[0].points）", `"9.5"`},
		"points in words":   {mark(`{"row":1,"points":"九"}`), "（marks[0].points）", "不是数字"},
		"three decimals":    {mark(`{"row":1,"points":"9.125"}`), "（marks[0].points）", "超过两位"},
		"row as text":       {mark(`{"row":"1","points":"9"}`), "（marks[0].row）", "整数"},
		"row null":          {mark(`{"row":null,"points":"9"}`), "（marks[0].row）", "整数"},
		"reason a number":   {mark(`{"row":1,"points":"9","reason":7}`), "（marks[0].reason）", "文字"},
		"the second mark":   {mark(`{"row":1,"points":"9"},{"row":2}`), "（marks[1]）", `缺少字段 "points"`},
		"name in an event":  {event(`{"id":"E","name":"张"}`), "（events[0].name）", "未知字段"},
		"event lacks state": {event(`{"id":"E","clause":"15.1","points":"5","on":"2026-05-01"}`), "（events[0]）", `缺少字段 "state"`},
		"too deep":          {strings.Repeat("[", 12) + strings.Repeat("]", 12), "第1行第10列", "层次过深"},
		"far too deep":      {strings.Repeat("[", 200000), "第1行", ""},
		"too many items":    {head + `"marks":[` + strings.Repeat("0,", 3000) + "0]}", "第1行第40列（marks）", "最多 2000 项"},
		"too many fields":   {manyFields(40000), "第1行第1列", "字段过多"},
		"too large":         {strings.Repeat(" ", 1<<20+1), "文件过大", "1048576"},
	} {
		s, err := ReadSheet([]byte(c.in))
		if err == nil || !strings.Contains(err.Error(), c.place) || !strings.Contains(err.Error(), c.say) {
			t.Errorf("%s: %v\nwant %q and %q", name, err, c.place, c.say)
		}
		if !reflect.DeepEqual(s, Sheet{}) {
			t.Errorf("%s: a refused file still gives %+v", name, s)
		}
	}
}

// manyFields is an object that would take long to search for doubles.
func manyFields(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"f%d":0`, i)
	}
	return "{" + b.String()[1:] + "}"
}

func FuzzReadSheet(f *testing.F) {
	f.Add(example(f))
	f.Add([]byte(`{"year":2026,"institution":"甲","marks":[{"row":1,"points":"9.5","reason":"…"}]}`))
	f.Add([]byte(`{"year":2026,"institution":"\ud800","marks":[[[[]]]],"events":null}`))
	f.Add([]byte("\xef\xbb\xbf{}"))
	f.Add([]byte(`{"a":{"a":{"a":1,"a":2}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := ReadSheet(data)
		if err != nil {
			if !reflect.DeepEqual(s, Sheet{}) || err.Error() == "" {
				t.Fatalf("%+v with %v", s, err)
			}
			if !strings.Contains(err.Error(), "行第") && !strings.Contains(err.Error(), "文件过大") {
				t.Fatalf("the refusal names no place: %v", err)
			}
			return
		}
		if s.Year < firstYear || s.Year > lastYear || strings.TrimSpace(s.Institution) == "" {
			t.Fatalf("accepted %+v", s)
		}
		card, err := Annex2().Score(s.Year, s.Marks, s.Events)
		if err == nil && (card.Total < -10*Point || card.Total > 110*Point) {
			t.Fatalf("total %s", card.Total)
		}
	})
}
