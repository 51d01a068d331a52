package independent

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Facts are what a sealed archive says of a year: the rows of its tables as JSON
// objects, the records of the ledger in their order, and the table of 附件2.
type Facts struct {
	Year    int
	Annex   []byte
	Rows    map[string][]json.RawMessage
	Records []json.RawMessage
	Hidden  bool // people and what they wrote stand as pseudonyms
}

// Report is what the second count found.
type Report struct {
	Institutions int // with at least one result
	Versions     int
	Differences  []Difference
	Places       []Place // of the newest results
}

// Difference is a stored figure that does not follow from the facts.
type Difference struct {
	Code              string
	Version           int
	Field             string
	Stored, Recounted string
}

// String is the difference as a line of a report.
func (d Difference) String() string {
	return fmt.Sprintf("%s 第 %d 版 %s：卷宗 %s，独立复算 %s", d.Code, d.Version, d.Field, d.Stored, d.Recounted)
}

// Place is where an institution stands; rank 0 is not ranked.
type Place struct {
	Code               string
	Total              int
	Rank, CategoryRank int
}

// Recount counts every version of every result again, from what the ledger knew
// before it, and gives the newest their ranks.
func Recount(f Facts) (Report, error) {
	var out Report
	t, err := ReadTable(f.Annex)
	if err != nil {
		return out, err
	}
	b, err := open(f)
	if err != nil {
		return out, err
	}
	latest := map[string]result{}
	counted := map[string]bool{}
	for _, r := range b.results {
		n := len(out.Differences)
		is, ok := b.count(t, r, &out)
		if ok && len(out.Differences) == n {
			counted[r.Code] = true
		}
		if !counted[r.Code] {
			counted[r.Code] = false
		}
		out.Versions++
		r.Total = is.Total
		if ok && (latest[r.Code].Version < r.Version) {
			latest[r.Code] = r
		}
	}
	out.Institutions = len(counted)
	b.rank(latest, &out)
	b.published(latest, &out)
	return out, nil
}

// count compares one version with what the facts give.
func (b *book) count(t Table, r result, out *Report) (Card, bool) {
	differ := func(field, was, is string) {
		if was != is {
			out.Differences = append(out.Differences, Difference{r.Code, r.Version, field, was, is})
		}
	}
	at, known := b.at[key("result", r.Code, r.Version)]
	if !known {
		differ("账本记录", "无", "应有")
		return Card{}, false
	}
	sheets := b.sheetsAt(r.Code, at)
	is, err := t.Score(b.options, b.year, sheets, b.rulingsAt(r, at), b.eventsAt(r.Code, at))
	if err != nil {
		differ("复算", points(r.Total), "不能复算："+err.Error())
		return is, false
	}
	differ("是否评分", strconv.FormatBool(r.Scored), strconv.FormatBool(len(sheets) > 0))
	for row := 1; row <= deduction; row++ {
		differ(fmt.Sprintf("第 %d 项得分", row), points(r.Card.row(row)), points(is.Rows[row]))
	}
	for _, f := range []struct {
		name    string
		was, is int
	}{{"基础分", r.Card.Base, is.Base}, {"加分", r.Card.Bonus, is.Bonus}, {"未封顶加分", r.Card.BonusUncapped, is.BonusUncapped}, {"扣分", r.Card.Deduction, is.Deduction},
		{"未封顶扣分", r.Card.DeductionUncapped, is.DeductionUncapped}, {"总分", r.Card.Total, is.Total}, {"登记总分", r.Total, is.Total}} {
		differ(f.name, points(f.was), points(f.is))
	}
	differ("计分的事件", r.Card.counted(), list(is.Counted))
	return is, true
}

func list(counted map[string]int) string {
	var all []string
	for id, n := range counted {
		all = append(all, id+"="+points(n))
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// rank gives the newest results their places: of those who were scored, are
// ranked and have not left, over all and inside their category.
func (b *book) rank(latest map[string]result, out *Report) {
	var totals []int
	var one, categories []string
	var at []int
	for _, e := range b.entries {
		r, has := latest[e.Code]
		if !has || e.Stage == "left" {
			continue
		}
		if r.Scored && e.Ranked {
			at = append(at, len(out.Places))
			totals, one, categories = append(totals, r.Total), append(one, ""), append(categories, b.category[e.Code])
		}
		out.Places = append(out.Places, Place{Code: e.Code, Total: r.Total})
	}
	over, inside := Ranks(b.options, totals, one), Ranks(b.options, totals, categories)
	for i, k := range at {
		out.Places[k].Rank, out.Places[k].CategoryRank = over[i], inside[i]
	}
}

// published compares what was made public with the count.
func (b *book) published(latest map[string]result, out *Report) {
	for _, p := range b.publications {
		for _, e := range b.entries {
			if was, named := p.Totals[e.Code]; named && was != latest[e.Code].Total {
				out.Differences = append(out.Differences, Difference{e.Code, latest[e.Code].Version, "公布的总分", points(was), points(latest[e.Code].Total)})
			}
		}
	}
}
