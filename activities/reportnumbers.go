package activities

import (
	"context"
	"fmt"
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
	in, err := r.composeReport(ctx, c, max(len(releases), 1))
	if err != nil {
		return nil, err
	}
	figures, err := r.Store.ReportFigures(ctx, r.Table, year)
	if err != nil {
		return nil, err
	}
	figures = append(figures, campaign.Figure{ID: "excellent", Says: "优秀单位", Query: "list", Value: int64(len(in.Excellent))})
	printed := printedNumbers(in, r.Table)
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
			out["province-"+k+"-"+p.Name] = strconv.Itoa(n)
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
