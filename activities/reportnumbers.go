package activities

import (
	"context"
	"fmt"
	"maps"
	"strconv"

	"xuanping/campaign"
	"xuanping/pdf"
	"xuanping/rubric"
	"xuanping/store"
)

// Anchored is a number of the special report beside the answer of the query
// that it is anchored to (PL-13).
type Anchored struct {
	campaign.Figure
	Printed string // "" the report does not print it
}

// Holds tells whether the report prints what the query answers.
func (a Anchored) Holds() bool { return a.Printed == "" || a.Printed == a.Figure.String() }

// ReportNumbers composes a year's special report and sets every number in it
// beside the query of the score book that answers the same question. A number
// without a query is an error.
func (r *Room) ReportNumbers(ctx context.Context, year int) ([]Anchored, error) {
	c, err := r.Store.Campaign(ctx, year)
	if err != nil {
		return nil, err
	}
	releases, err := r.Store.Releases(ctx, year)
	if err != nil {
		return nil, err
	}
	in, said, err := r.composeReport(ctx, c, max(len(releases), 1))
	if err != nil {
		return nil, err
	}
	figures, err := r.Store.ReportFigures(ctx, r.Table, year)
	if err != nil {
		return nil, err
	}
	figures = append(figures, campaign.Figure{ID: "excellent", Says: "优秀单位", Query: "list", Value: int64(len(in.Excellent))})
	figures = append(figures, campaign.Derived(figures, r.Table, c.Rules.Settings.Excellent)...)
	results, err := r.Store.LatestResults(ctx, year)
	if err != nil {
		return nil, err
	}
	entries, err := r.Store.Entries(ctx, year)
	if err != nil {
		return nil, err
	}
	found, err := r.robustness(ctx, c, staying(results, entries))
	if err != nil {
		return nil, err
	}
	figures = append(figures, found...)
	printed := printedNumbers(in, r.Table)
	if err := saidNumbers(said, printed); err != nil {
		return nil, err
	}
	var all []Anchored
	for _, f := range figures {
		all = append(all, Anchored{f, printed[f.ID]})
		delete(printed, f.ID)
	}
	for id, n := range printed {
		return all, fmt.Errorf("专题报告中的数字 %s（%s）没有对应的查询", id, n)
	}
	return all, nil
}

// printedNumbers are the numbers of a report by the id of their query, as they
// stand in it.
func printedNumbers(in pdf.CampaignReport, t *rubric.Table) map[string]string {
	out := map[string]string{}
	ids := map[string]string{"参评机构": "institutions", "报送计划": "plans", "提交自评": "self-scores", "完成评审": "scored", "平均得分": "mean", "优秀单位": "excellent", "证据材料（份）": "evidence", "评价复核（项）": "appeals"}
	for _, f := range in.Figures {
		out[ids[f.Label]] = f.Value
	}
	for i, b := range in.Distribution {
		out["band-"+strconv.Itoa(i)] = b.Shown
	}
	for _, row := range in.Rows {
		out["row-"+strconv.Itoa(row.No)] = rubric.Points(row.Points).String()
		if row.Mean != 0 {
			out["before-row-"+strconv.Itoa(row.No)] = rubric.Points(row.Mean).String()
		}
	}
	for _, g := range in.Groups {
		for _, row := range t.Rows {
			if row.Group == g.Label {
				out["group-"+strconv.Itoa(row.No)] = rubric.Points(g.Value).String()
				break
			}
		}
	}
	for _, p := range in.Provinces {
		for k, n := range map[string]int{"all": p.Institutions, "self": p.Submitted, "scored": p.Scored} {
			if n != pdf.Withheld {
				out["province-"+k+"-"+p.Name] = strconv.Itoa(n)
			}
		}
		if p.Mean != 0 {
			out["province-mean-"+p.Name] = rubric.Points(p.Mean).String()
		}
	}
	for _, b := range in.Items {
		out["item-"+b.Key] = strconv.Itoa(b.Value)
	}
	return out
}

// Text is the query itself, for auditors.
func (a Anchored) Text() string { return store.Question(a.Figure.Query) }

// saidNumbers adds the numbers of sentences to those of tables and drawings. A
// sentence that says another number than a table is a fault.
func saidNumbers(said []campaign.Sentence, printed map[string]string) error {
	for _, s := range said {
		for _, p := range s {
			if p.Figure == "" {
				continue
			}
			if other, there := printed[p.Figure]; there && other != p.Text {
				return fmt.Errorf("专题报告中 %s 一处为 %s，一处为 %s", p.Figure, other, p.Text)
			}
			printed[p.Figure] = p.Text
		}
	}
	return nil
}

// reportValues are the numbers of the report's sentences, from the report's own
// reckoning, without those that are kept back.
func reportValues(in pdf.CampaignReport, t *rubric.Table, n store.Participation, before int, mean, old, excellent rubric.Points, veil campaign.Veil) campaign.Values {
	all := printedNumbers(in, t)
	all["threshold"] = excellent.String()
	all["late-plans"] = strconv.Itoa(n.LatePlans)
	all["without-plan"] = strconv.Itoa(n.Institutions - n.Plans)
	if before > 0 {
		all["before-scored"], all["before-mean"] = strconv.Itoa(before), old.String()
		if mean > old {
			all["mean-up"] = (mean - old).String()
		} else if mean < old {
			all["mean-down"] = (old - mean).String()
		}
	}
	for _, row := range in.Rows {
		if row.No <= 14 {
			all["rate-"+strconv.Itoa(row.No)] = strconv.Itoa(row.Points * 100 / row.Max)
		}
	}
	maps.DeleteFunc(all, func(id, _ string) bool { return veil.Hides(id) })
	return func(id string) string { return all[id] }
}

func meansOf(rows []pdf.ScoreRow) map[int]rubric.Points {
	all := map[int]rubric.Points{}
	for _, r := range rows {
		all[r.No] = rubric.Points(r.Points)
	}
	return all
}

// printed are sentences as the report prints them.
func printed(all []campaign.Sentence) []string {
	out := make([]string, len(all))
	for i, s := range all {
		out[i] = s.String()
	}
	return out
}
