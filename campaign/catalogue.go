package campaign

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"xuanping/rubric"
)

// Activity is an entry of the activity catalogue, or a national award: what
// rows 5, 15.1 and 15.2 name (§2 no. 9, 23).
type Activity struct {
	Key       string   `json:"-"` // the name it came in with; renaming keeps it
	Name      string   `json:"name"`
	Aliases   []string `json:"aliases"`
	Award     bool     `json:"award"`    // 国家级重大奖项
	National  bool     `json:"national"` // 国家级, by Source
	CNCA      bool     `json:"cnca"`     // 国家认监委组织
	Organiser string   `json:"organiser"`
	Source    string   `json:"source"` // the document that says so
	Starts    Day      `json:"starts"`
	Ends      Day      `json:"ends"`
}

//go:embed catalogue/activities.json
var activityFile []byte

//go:embed catalogue/media.json
var mediaFile []byte

func seed[T any](file []byte) []T {
	var all []T
	if err := json.Unmarshal(file, &all); err != nil {
		panic("campaign: embedded catalogue: " + err.Error())
	}
	return all
}

// NamedActivities is what the source itself names; the regulator adds to it.
func NamedActivities() []Activity {
	all := seed[Activity](activityFile)
	for i := range all {
		all[i].Key = all[i].Name
	}
	return all
}

// Catalogue finds activities by any of their names.
type Catalogue []Activity

// Find looks a name up: name or alias, without regard to quotes, spaces and dots.
func (c Catalogue) Find(name string) (Activity, bool) {
	want := bare(name)
	for _, a := range c {
		if want != "" && (bare(a.Key) == want || bare(a.Name) == want || slices.ContainsFunc(a.Aliases, func(s string) bool { return bare(s) == want })) {
			return a, true
		}
	}
	return Activity{}, false
}

// Named lists the keys of the activities that a text names, in the catalogue's
// order. A name inside a longer one that stands there too is not meant:
// “质量认证宣传周” is not named by its longer sisters.
func (c Catalogue) Named(text string) []string {
	text = bare(text)
	type span struct{ from, to int }
	longest := map[string]span{}
	var all []span
	for _, a := range c {
		for _, name := range append([]string{a.Name, a.Key}, a.Aliases...) {
			name = bare(name)
			if i := strings.Index(text, name); name != "" && i >= 0 {
				s := span{i, i + len(name)}
				all = append(all, s)
				if l, known := longest[a.Key]; !known || s.to-s.from > l.to-l.from {
					longest[a.Key] = s
				}
			}
		}
	}
	var keys []string
	for _, a := range c {
		s, ok := longest[a.Key]
		inside := func(o span) bool { return o.from <= s.from && s.to <= o.to && o.to-o.from > s.to-s.from }
		if ok && !slices.ContainsFunc(all, inside) {
			keys = append(keys, a.Key)
		}
	}
	return keys
}

// bare leaves the letters and digits of a name.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// Part is the role of an institution in an activity.
type Part string

// The roles.
const (
	PartHost        Part = "host"
	PartOrganise    Part = "organise"
	PartOutstanding Part = "outstanding"
	PartJoin        Part = "join"
	PartWon         Part = "won"
)

// Parts lists the roles with their words.
func Parts() [][2]string {
	return [][2]string{{string(PartHost), "主办"}, {string(PartOrganise), "承办"}, {string(PartOutstanding), "参与并有突出成果"}, {string(PartJoin), "参加"}, {string(PartWon), "获得奖项"}}
}

// ClauseOf gives the clause that a role in an activity falls under; "" when it
// counts in row 5 only. As written, taking part in what is 国家级 (第15项第1点)
// outranks 承办 (第2点), but only for what stands on the regulator's list (§2 no. 9).
func ClauseOf(a Activity, p Part) string {
	switch {
	case a.Award != (p == PartWon):
		return "" // an award is won, an activity is not
	case a.National:
		return "15.1"
	case a.CNCA && p == PartOrganise:
		return "15.2a"
	case a.CNCA && p == PartOutstanding:
		return "15.2b"
	}
	return ""
}

// Level is the rank of a medium, decided once for all (§2 no. 10).
type Level string

// The levels of 第15项第3点.
const (
	LevelFirst      Level = "first"
	LevelCentral    Level = "central"
	LevelProvincial Level = "provincial"
	LevelNone       Level = "none"
)

// Levels lists the levels with their words.
func Levels() [][2]string {
	return [][2]string{{string(LevelFirst), "新华社、人民日报、中央电视台等中央媒体"}, {string(LevelCentral), "其他中央媒体"}, {string(LevelProvincial), "省部级媒体"}, {string(LevelNone), "不属于计分媒体"}}
}

// Clause is the clause of a report in a medium of the level; "" for none.
func (l Level) Clause() string {
	return map[Level]string{LevelFirst: "15.3a", LevelCentral: "15.3b", LevelProvincial: "15.3c"}[l]
}

// Medium is one version of an entry of the media directory, valid from a day.
type Medium struct {
	Key       string   `json:"-"`
	Name      string   `json:"name"`
	Aliases   []string `json:"aliases"`
	Level     Level    `json:"level"`
	Source    string   `json:"source"` // reason or document
	ValidFrom Day      `json:"-"`      // "" from the beginning
}

// NamedMedia is what the source itself names.
func NamedMedia() []Medium {
	all := seed[Medium](mediaFile)
	for i := range all {
		all[i].Key = all[i].Name
	}
	return all
}

// Directory is the media directory with all its versions, later ones behind.
type Directory []Medium

// On finds the medium that a name meant on a day; false is unknown, and an
// unknown medium leaves its event pending. Of several versions the one valid
// from the latest day holds, and of one day the last.
func (d Directory) On(name string, day Day) (Medium, bool) {
	want := bare(name)
	key := ""
	for _, m := range d {
		if want != "" && (bare(m.Key) == want || bare(m.Name) == want || slices.ContainsFunc(m.Aliases, func(s string) bool { return bare(s) == want })) {
			key = m.Key
		}
	}
	var best Medium
	found := false
	for _, m := range d {
		if key != "" && m.Key == key && m.ValidFrom <= day && (!found || m.ValidFrom >= best.ValidFrom) {
			best, found = m, true
		}
	}
	return best, found
}

// Adoption is what of an institution's work the regulator's channels took over
// (行动方案 四（一）2, 专栏1; PL-3).
type Adoption string

// The kinds of adoption.
const (
	AdoptedPolicy Adoption = "policy" // 政参材料
	AdoptedInfo   Adoption = "info"   // 政务信息、“三性”分析材料
	AdoptedSite   Adoption = "site"   // 认监委网站、公众号
)

// Adoptions lists the kinds with their words.
func Adoptions() [][2]string {
	return [][2]string{{string(AdoptedPolicy), "政参材料被采用"}, {string(AdoptedInfo), "政务信息材料被采用"}, {string(AdoptedSite), "认监委网站、公众号采用"}}
}

// PolicyTarget is how many 政参 the plan asks for a year (专栏1（一）: 不少于6份).
const PolicyTarget = 6

// Clause is the clause of an adoption (第15项第2点): 政务信息撰写 1 分, 主动报送并被采用 0.5 分.
func (a Adoption) Clause() string {
	return map[Adoption]string{AdoptedPolicy: "15.2c", AdoptedInfo: "15.2c", AdoptedSite: "15.2d"}[a]
}

// venues are the places of 四进 with all their names: the union of 专栏7, row 10
// and Art. 25 (§2 no. 24).
var venues = []struct {
	word    string
	aliases []string
}{
	{"企业", []string{"进企业", "走进企业"}}, {"社区", []string{"进社区", "走进社区"}},
	{"学校", []string{"进学校", "进校园", "走进学校", "走进校园", "校园"}},
	{"机关", []string{"进机关", "走进机关"}}, {"车间", []string{"进车间", "走进车间"}},
}

// Venues lists the kinds of outreach that a text names (AN-10, PL-17): 校园 and
// 学校 are one kind.
func Venues(text string) []string {
	var all []string
	for _, v := range venues {
		if strings.Contains(text, v.word) || slices.ContainsFunc(v.aliases, func(a string) bool { return strings.Contains(text, a) }) {
			all = append(all, v.word)
		}
	}
	return all
}

// VenueCounts counts texts by the kind of outreach, in the order of the plan.
func VenueCounts(texts []string) (words []string, counts []int) {
	n := map[string]int{}
	for _, t := range texts {
		for _, v := range Venues(t) {
			n[v]++
		}
	}
	for _, v := range venues {
		words, counts = append(words, v.word), append(counts, n[v.word])
	}
	return words, counts
}

// Use is a place in an institution's file that may name an activity.
type Use struct {
	Row      int
	Text     string
	Activity string // key, when it is known
}

// AlsoUsed tells for each use in which other rows the same activity stands
// (§2 no. 8): a flag, no more; row 15 of an event included.
func (c Catalogue) AlsoUsed(all []Use) [][]int {
	rows := map[string][]int{}
	named := make([][]string, len(all))
	for i, u := range all {
		if named[i] = c.Named(u.Text); u.Activity != "" {
			named[i] = append(named[i], u.Activity)
		}
		for _, k := range named[i] {
			if !slices.Contains(rows[k], u.Row) {
				rows[k] = append(rows[k], u.Row)
			}
		}
	}
	out := make([][]int, len(all))
	for i, u := range all {
		for _, k := range named[i] {
			for _, row := range rows[k] {
				if row != u.Row && !slices.Contains(out[i], row) {
					out[i] = append(out[i], row)
				}
			}
		}
		slices.Sort(out[i])
	}
	return out
}

// Check names what an entry of the catalogue cannot be kept with; other names
// must not be taken by another entry.
func (a Activity) Check(in Catalogue) map[string]string {
	bad := map[string]string{}
	checkNames(bad, a.Name, a.Aliases, func(name string) bool {
		o, taken := in.Find(name)
		return taken && o.Key != a.Key
	})
	if a.National && strings.TrimSpace(a.Source) == "" {
		bad["source"] = "列为国家级须写明依据文件（附件2第15项第1点）"
	}
	if a.Starts != "" && a.Ends != "" && a.Ends < a.Starts {
		bad["ends"] = "结束日期不能早于开始日期"
	}
	return bad
}

// Check names what a version of the directory cannot be kept with.
func (m Medium) Check(in Directory) map[string]string {
	bad := map[string]string{}
	checkNames(bad, m.Name, m.Aliases, func(name string) bool {
		o, taken := in.On(name, "9999-12-31")
		return taken && o.Key != m.Key
	})
	if WordOf(Levels(), string(m.Level)) == "" {
		bad["level"] = "请选择媒体级别"
	}
	if _, err := ParseDay(string(m.ValidFrom)); err != nil {
		bad["valid_from"] = "请填写生效日期，格式 2026-03-15"
	}
	return bad
}

func checkNames(bad map[string]string, name string, aliases []string, taken func(string) bool) {
	for field, all := range map[string][]string{"name": {name}, "aliases": aliases} {
		for _, n := range all {
			switch l := len(n); {
			case bare(n) == "" || l > 60*3 || len([]rune(n)) > 60:
				bad[field] = "名称须为 1 至 60 字"
			case taken(n):
				bad[field] = fmt.Sprintf("“%s”已是目录中另一项的名称", n)
			}
		}
	}
}

// PointsOf is the figure of a clause that leaves no choice; false for a range.
func PointsOf(t *rubric.Table, clause string) (rubric.Points, bool) {
	c, ok := t.Clause(clause)
	return c.Min, ok && c.Min == c.Max
}
