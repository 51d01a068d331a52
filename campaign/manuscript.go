package campaign

import (
	"fmt"

	"xuanping/rubric"
)

// Manuscript is what the regulator publishes of a year: the list of the
// excellent and every figure of the special report. It is laid before the
// reviewers as it stands, and anything that changes afterwards voids what they
// said (PL-4).
type Manuscript struct {
	Year      int           `json:"year"`
	Version   int           `json:"version"` // 1 as first published; later ones are corrections (PL-13)
	Threshold rubric.Points `json:"threshold"`
	Excellent []Named       `json:"excellent"`
	Figures   []Figure      `json:"figures"`
	Results   string        `json:"results"` // digest of all results, so that none changes unseen
	Notes     []string      `json:"notes,omitempty"`
}

// Named is an institution on the published list, with its places over all and
// inside its category; 0 where it is not ranked.
type Named struct {
	Code         string        `json:"code"`
	Name         string        `json:"name"`
	Province     string        `json:"province"`
	Category     string        `json:"category"`
	Total        rubric.Points `json:"total"`
	Rank         int           `json:"rank"`
	CategoryRank int           `json:"category_rank"`
}

// Figure is a number of the special report with the question that it answers:
// the name of the query of the score book that gives it (PL-13).
type Figure struct {
	ID     string `json:"id"`
	Says   string `json:"says"`
	Query  string `json:"query"`
	Value  int64  `json:"value"`
	Points bool   `json:"points,omitempty"` // in hundredths
}

// String is the figure as the report prints it.
func (f Figure) String() string {
	if f.Points {
		return rubric.Points(f.Value).String()
	}
	return fmt.Sprint(f.Value)
}

// Find is a figure by its id.
func (m Manuscript) Find(id string) (Figure, bool) {
	for _, f := range m.Figures {
		if f.ID == id {
			return f, true
		}
	}
	return Figure{}, false
}

// Against says in sentences what a later version changes (更正记录).
func (m Manuscript) Against(was Manuscript) (all []string) {
	say := func(form string, args ...any) { all = append(all, fmt.Sprintf(form, args...)) }
	before := map[string]Named{}
	for _, n := range was.Excellent {
		before[n.Code] = n
	}
	for _, n := range m.Excellent {
		old, listed := before[n.Code]
		delete(before, n.Code)
		switch {
		case !listed:
			say("优秀单位名单增加 %s", n.Name)
		case old.Name != n.Name:
			say("机构名称由“%s”改为“%s”", old.Name, n.Name)
		}
		if listed && old.Total != n.Total {
			say("%s的总分由 %s 分改为 %s 分", n.Name, old.Total, n.Total)
		}
		if listed && old.Rank != n.Rank {
			say("%s的名次由第 %d 改为第 %d", n.Name, old.Rank, n.Rank)
		}
	}
	for _, n := range was.Excellent {
		if _, gone := before[n.Code]; gone {
			say("优秀单位名单去掉 %s", n.Name)
		}
	}
	moved := 0
	for _, f := range m.Figures {
		if old, had := was.Find(f.ID); had && old.Value != f.Value {
			if moved++; moved <= shownMoves {
				say("%s由 %s 改为 %s", f.Says, old, f)
			}
		}
	}
	if moved > shownMoves {
		say("报告中另有 %d 个数字随之改变", moved-shownMoves)
	}
	return all
}

// shownMoves bounds how many changed figures a correction tells one by one.
const shownMoves = 6
