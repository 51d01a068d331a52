package campaign

import (
	"slices"
	"strings"
	"testing"
)

// GL-2: the kinds of activity are those of Article 2, word for word, and 其他
// that must be explained.
func TestGL2KindsAreVerbatim(t *testing.T) {
	r := registerNamed(t, "activities")
	f, _ := r.Field("kind")
	var kinds []string
	for _, o := range f.Options {
		kinds = append(kinds, o.Value)
	}
	if got := strings.Join(kinds, "、"); got != "新闻发布、宣传报道、信息公开、新媒体运营、社会公益服务、媒体合作与公共关系、其他" {
		t.Errorf("kinds: %s", got)
	}
	row := r.Clean(full(r))
	row["kind"] = "其他"
	delete(row, "kind_other")
	if bad := r.Check(row, "2026-12-01"); bad["kind_other"] == "" {
		t.Errorf("其他 without an explanation: %v", bad)
	}
}

// GL-15: the four ways of Article 15; what is major has the principal's name.
func TestGL15Releases(t *testing.T) {
	r := registerNamed(t, "releases")
	f, _ := r.Field("kind")
	if len(f.Options) != 4 || !f.Required {
		t.Errorf("%d ways, mandatory %v", len(f.Options), f.Required)
	}
	row := r.Clean(full(r))
	row["kind"], row["major"] = "采访", Yes
	row = r.Clean(row)
	delete(row, "principal")
	if bad := r.Check(row, "2026-12-01"); row["kind"] != "组织或接受媒体记者采访" || !strings.Contains(bad["principal"], "第十五条") {
		t.Errorf("%v: %v", row, bad)
	}
	row["principal"], row["clearance"] = "王一", ""
	delete(row, "clearance")
	if bad := r.Check(row, "2026-12-01"); len(bad) != 0 {
		t.Errorf("%v", bad)
	}
	marks := r.Marks(Filing{Rows: []Record{row}}, Book{Today: "2026-12-01"})
	if len(marks) != 1 || !strings.Contains(marks[0].Say, "没有写明事前审批") {
		t.Errorf("%v", marks)
	}
	delete(row, "kind")
	if bad := r.Check(row, "2026-12-01"); bad["kind"] == "" {
		t.Error("a release without its way was taken")
	}
}

// GL-9, GL-16: who leads a press conference has a mandate that day, or approved the message.
func TestGL9MaySpeak(t *testing.T) {
	list := []Record{{"person": "陈发言", "from": "2026-01-01", "to": "2026-06-30"}, {"person": "赵长期", "from": "2026-03-01"}}
	for _, c := range []struct {
		speaker, head string
		on            Day
		want          bool
	}{
		{"陈发言", "", "2026-06-30", true}, {"陈发言（新闻发言人）", "", "2026-01-01", true}, {"陈发言", "", "2026-07-01", false}, {"陈发言", "", "2025-12-31", false},
		{"赵长期 副总经理", "", "2030-01-01", true}, {"周负责", "周负责", "2026-05-01", true}, {"周负责（主任）", "周负责", "2026-05-01", true}, {"周负责", "周负责（主任）", "2026-05-01", true},
		{"钱某", "周负责", "2026-05-01", false}, {"", "", "2026-05-01", false}, {"", "周负责", "2026-05-01", false},
	} {
		if got := MaySpeak(list, c.speaker, c.head, c.on); got != c.want {
			t.Errorf("%q (%q) on %s: %v", c.speaker, c.head, c.on, got)
		}
	}
}

// GL-14: the report of a major risk has a list of its own, and “none” answers it.
func TestGL14RiskReports(t *testing.T) {
	r := registerNamed(t, "risks")
	row := r.Clean(full(r))
	row["occurred"], row["reported"] = "2026-05-02", "2026-05-01"
	if bad := r.Check(row, "2026-12-01"); r.Clause != "GL-14" || r.None == "" || bad["reported"] == "" {
		t.Errorf("%v", bad)
	}
	row["reported"] = "2026-05-03"
	delete(row, "incident")
	if bad, marks := r.Check(row, "2026-12-01"), r.Marks(Filing{Rows: []Record{row}}, Book{Today: "2026-12-01"}); len(bad) != 0 || len(marks) != 1 {
		t.Errorf("%v %v", bad, marks)
	}
}

// GL-10: departments are counted by activity, each once in it.
func TestGL10Departments(t *testing.T) {
	got := Departments([]Record{{"departments": "技术部、市场部"}, {"departments": "市场部，技术部,市场部"}, {"departments": "市场部；客服部"}, {}})
	if want := []Tally{{"市场部", 3}, {"技术部", 2}, {"客服部", 1}}; !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}
