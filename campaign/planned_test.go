package campaign

import (
	"slices"
	"testing"
)

// GL-11: numbers before an item are no part of it; a date is.
func TestPlanItems(t *testing.T) {
	got := PlanItems("1. 世界认可日主题活动\n2、质量认证进企业\n（三）有机产品认证宣传周\n\n3.15消费者权益日宣传\n- 开放日\n一、年度报告\n开放日\n5月：公众体验")
	want := []string{"世界认可日主题活动", "质量认证进企业", "有机产品认证宣传周", "3.15消费者权益日宣传", "开放日", "年度报告", "5月：公众体验"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if got := PlanBodyItems([]byte(`{"activities":"甲\n乙"}`)); !slices.Equal(got, []string{"甲", "乙"}) {
		t.Errorf("%q", got)
	}
	if got := PlanBodyItems([]byte(`no plan`)); got == nil || len(got) != 0 {
		t.Errorf("%q", got)
	}
}

// GL-11: each item of the accepted plan is done, late, dropped or open; what
// the plan does not name stands after it, and is called so.
func TestGL11PlanLines(t *testing.T) {
	items := []string{"世界认可日主题活动（6月）", "质量认证宣传周进企业", "发布社会责任报告", "公众开放日", "新媒体矩阵建设"}
	rows := []Record{
		{"title": "发布社会责任报告", "due": "2026-03-31", "outcome": "未实施", "reason": "改在下一年度"},
		{"title": "世界认可日 主题活动", "due": "2026-06-09", "outcome": "按期完成", "done_on": "2026-06-09", "url": "https://example.cn/1"},
		{"title": "质量认证宣传周进企业", "due": "2026-09-01", "outcome": "延期完成", "done_on": "2026-09-20", "reason": "场地"},
		{"title": "公众开放日", "due": "2026-11-01"},
		{"title": "临时增加的讲座", "due": "2027-01-20"},
	}
	all := PlanLines(items, rows, "2026-12-01")
	want := []struct {
		title string
		state PlanState
		day   Day
		row   int
		stray bool
	}{
		{"世界认可日 主题活动", ItemDone, "2026-06-09", 1, false}, {"质量认证宣传周进企业", ItemLate, "2026-09-20", 2, false},
		{"发布社会责任报告", ItemDropped, "2026-03-31", 0, false}, {"公众开放日", ItemOverdue, "2026-11-01", 3, false},
		{"新媒体矩阵建设", ItemOpen, "", -1, false}, {"临时增加的讲座", ItemOpen, "2027-01-20", 4, true},
	}
	if len(all) != len(want) {
		t.Fatalf("%d lines: %+v", len(all), all)
	}
	for i, w := range want {
		if l := all[i]; l.Title != w.title || l.State != w.state || l.Day() != w.day || l.Row != w.row || l.Stray != w.stray {
			t.Errorf("%d: %+v, wanted %+v", i, l, w)
		}
	}
	if got := TallyWords(PlanTally(all), "项"); got != "按期完成 1 项、延期完成 1 项、未实施 1 项、待完成 2 项、逾期 1 项" {
		t.Error(got)
	}
	for _, l := range PlanLines(nil, rows, "2026-12-01") {
		if l.Stray {
			t.Errorf("without an accepted plan nothing is outside it: %+v", l)
		}
	}
	if i := itemOf([]string{"宣传周活动"}, "周"); i != -1 {
		t.Error("one sign means nothing")
	}
}

// The states that the register takes are the states of an item.
func TestPlanStatesAreTheRegisters(t *testing.T) {
	reg, ok := KnownRegisters().Get(PlannedRegister)
	f, has := reg.Field("outcome")
	if !ok || !has || !slices.Equal(f.Values(), []string{string(ItemDone), string(ItemLate), string(ItemDropped)}) {
		t.Errorf("%v", f.Values())
	}
	if ItemOpen.Bad() || !ItemOverdue.Bad() || !ItemDropped.Bad() {
		t.Error("what is to be looked at")
	}
}
