package activities

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/store"
)

// GL-11, GL-10: the yearly report tells what came of the plan, and who took part.
func TestGL11PlanOnTheYearReport(t *testing.T) {
	o := newOffice(t, true, 1)
	c, ref := o.rules.Calendar, o.scored(1, 50)
	o.write(func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.AddPlan(ctx, ref, map[string]string{"activities": "1. 世界认可日主题活动\n2. 公众开放日\n3. 新媒体矩阵建设"}, "王经办", false, c.PlanDue.Morning()); err != nil {
			return err
		}
		if err := tx.AddPlanReview(ctx, ref, 2, true, "", "o1", c.PlanDue.Morning()); err != nil {
			return err
		}
		for id, rows := range map[string][]campaign.Record{
			"planned": {{"title": "世界认可日主题活动", "due": "2025-06-09", "outcome": "按期完成", "done_on": "2025-06-08"}, {"title": "公众开放日", "due": "2025-09-01", "outcome": "未实施", "reason": "场地维修"},
				{"title": "临时讲座", "due": "2025-10-01"}},
			"activities": {{"event": "世界认可日", "title": "甲", "departments": "技术部、市场部"}},
		} {
			if _, err := tx.AddRegister(ctx, ref, store.RegisterVersion{Register: id, Schema: campaign.KnownRegisters().Digest, Body: campaign.Filing{Rows: rows}, ByName: "王经办", At: c.PlanDue.Morning()}); err != nil {
				return err
			}
		}
		return nil
	})
	run(o, o.serve, o.at(ref, c.Result))
	run(o, o.finalize, o.at(ref, c.Final))
	o.to(1, campaign.Served, campaign.Final)
	run(o, o.conclude, o.at(ref, c.Publication))
	text := strings.Join(strings.Fields(o.read(ref, campaign.YearReportPaper)), "")
	for _, part := range []string{"年度计划事项完成情况", "世界认可日主题活动2025年6月8日按期完成", "公众开放日2025年9月1日未实施：场地维修", "新媒体矩阵建设没有登记", "临时讲座2025年10月1日逾期（计划外）", "参与部门2个（第十条）"} {
		if !strings.Contains(text, part) {
			t.Errorf("the report lacks %q:\n%s", part, text)
		}
	}
}

// A plan of hundreds of items does not fill the report.
func TestPlanOfManyItemsIsCut(t *testing.T) {
	items := make([]string, plannedShown+5)
	for i := range items {
		items[i] = fmt.Sprintf("活动之%d号", i)
	}
	if all := plannedLines(campaign.PlanLines(items, nil, "")); len(all) != plannedShown+1 || all[plannedShown].What != "其余5项见登记表" {
		t.Errorf("%d %+v", len(all), all[len(all)-1])
	}
}
