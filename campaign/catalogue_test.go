package campaign

import (
	"slices"
	"strings"
	"testing"

	"xuanping/rubric"
)

// AN-5, §2 no. 23: the names of row 5 and of the plan are one catalogue.
func TestAN5Catalogue(t *testing.T) {
	c := Catalogue(NamedActivities())
	row, _ := rubric.Annex2().Row(5)
	for _, a := range c[:7] {
		if !strings.Contains(row.Standard, a.Name) {
			t.Errorf("%s is not named in row 5", a.Name)
		}
	}
	for _, a := range c {
		if a.Source == "" || a.National {
			t.Errorf("%s: source %q, national %v: the source decides about no level", a.Name, a.Source, a.National)
		}
		if bad := a.Check(c); len(bad) > 0 {
			t.Errorf("%s: %v", a.Name, bad)
		}
	}
	for alias, key := range map[string]string{"绿色产品认证宣传周": "绿色产品认证与标识宣传周", "“绿色产品认证与标识宣传周”": "绿色产品认证与标识宣传周", " 3·15 ": "国际消费者权益保护日", "世界认可日": "世界认可日"} {
		if a, ok := c.Find(alias); !ok || a.Key != key {
			t.Errorf("%q: %q", alias, a.Key)
		}
	}
	for _, name := range []string{"", "“”", "认可日", "世界"} {
		if a, ok := c.Find(name); ok {
			t.Errorf("%q is %s", name, a.Key)
		}
	}
	if got := c.Named("参加2026年绿色产品认证宣传周和全国质量月活动总结.pdf"); !slices.Equal(got, []string{"绿色产品认证与标识宣传周", "质量月"}) {
		t.Errorf("named %v", got)
	}
}

// AN-15.1, AN-15.2, PL-14: the role decides the clause, 国家级 only by the list.
func TestAN15Point1ClauseOfRole(t *testing.T) {
	national, cnca, other := Activity{National: true, CNCA: true}, Activity{CNCA: true}, Activity{}
	award, small := Activity{Award: true, National: true}, Activity{Award: true}
	for _, c := range []struct {
		a    Activity
		want [5]string // host, organise, outstanding, join, won
	}{
		{national, [5]string{"15.1", "15.1", "15.1", "15.1", ""}}, {cnca, [5]string{"", "15.2a", "15.2b", "", ""}}, {other, [5]string{}},
		{award, [5]string{"", "", "", "", "15.1"}}, {small, [5]string{}},
	} {
		for i, p := range Parts() {
			if got := ClauseOf(c.a, Part(p[0])); got != c.want[i] {
				t.Errorf("%+v %s: %q, want %q", c.a, p[1], got, c.want[i])
			}
		}
	}
	if p, ok := PointsOf(rubric.Annex2(), "15.2a"); !ok || p != 3*rubric.Point { // confirmed → +3
		t.Errorf("承办 is worth %s", p)
	}
	if _, ok := PointsOf(rubric.Annex2(), "16.1"); ok {
		t.Error("a range leaves a choice")
	}
}

// §2 no. 10: the directory knows days and aliases; unknown is unknown.
func TestAN15Directory(t *testing.T) {
	d := append(Directory(NamedMedia()),
		Medium{Key: "某报", Name: "某报", Level: LevelProvincial, ValidFrom: "2026-03-01"},
		Medium{Key: "某报", Name: "某报", Level: LevelCentral, ValidFrom: "2026-07-01"},
		Medium{Key: "某报", Name: "某某报", Aliases: []string{"某报客户端"}, Level: LevelNone, ValidFrom: "2026-07-01"})
	for _, c := range []struct {
		name  string
		day   Day
		level Level
		known bool
	}{
		{"新华社", "2020-01-01", LevelFirst, true}, {"CCTV", "2026-01-01", LevelFirst, true}, {"央广网", "2026-01-01", LevelCentral, true}, {"人民 日报", "2026-01-01", LevelFirst, true},
		{"某报", "2026-02-28", "", false}, {"某报", "2026-03-01", LevelProvincial, true}, {"某报客户端", "2026-06-30", LevelProvincial, true}, {"某某报", "2026-07-01", LevelNone, true},
		{"别的报", "2026-07-01", "", false}, {"", "2026-07-01", "", false}, {"日报", "2026-07-01", "", false},
	} {
		if m, known := d.On(c.name, c.day); known != c.known || m.Level != c.level {
			t.Errorf("%s on %s: %q %v", c.name, c.day, m.Level, known)
		}
	}
	for l, points := range map[Level]rubric.Points{LevelFirst: 200, LevelCentral: 100, LevelProvincial: 50} {
		if p, ok := PointsOf(rubric.Annex2(), l.Clause()); !ok || p != points {
			t.Errorf("%s: %s", l, p)
		}
	}
	if bad := (Medium{Key: "新报", Name: "央视", Level: LevelFirst, ValidFrom: "2026-01-01"}).Check(d); bad["name"] == "" {
		t.Error("another medium's alias was taken")
	}
}

// AN-6, §2 no. 8: the same activity in another row is flagged, on both sides.
func TestAN6AlsoUsed(t *testing.T) {
	got := Catalogue(NamedActivities()).AlsoUsed([]Use{
		{Row: 5, Text: "世界认可日主场照片.jpg"}, {Row: 6, Text: "“世界认可日”交流会"}, {Row: 15, Text: "承办活动", Activity: "世界认可日"}, {Row: 8, Text: "有机产品认证宣传周海报"}, {Row: 5, Text: "世界认可日签到表"},
	})
	for i, want := range [][]int{{6, 15}, {5, 15}, {5, 6}, nil, {6, 15}} {
		if !slices.Equal(got[i], want) {
			t.Errorf("use %d: %v, want %v", i, got[i], want)
		}
	}
}
