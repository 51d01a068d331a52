package desk

import (
	"context"
	"fmt"

	"xuanping/campaign"
)

// Checked is one thing looked at before a launch.
type Checked struct {
	What  string
	OK    bool
	Say   string
	Lines []string // whom it concerns
	At    string   // the page where it is mended, where there is one
}

// Preflight looks at everything that a launch needs, all at once: institutions
// without an active contact (GL-28), criteria in force before the launch
// (RW-1), the holiday table, the calendar, enough people, and readings without an
// interpretation (第三十五条).
func (d *Desk) Preflight(ctx context.Context, year int, set campaign.Settings, cal campaign.Calendar, rehearsal bool) ([]Checked, error) {
	r := d.Store.Reader
	all, err := r.Roster(ctx)
	if err != nil {
		return nil, err
	}
	var none []string
	for _, i := range all {
		if lacks := i.Lacking(); lacks != "" {
			none = append(none, i.Code+" "+i.Name+"（"+lacks+"）")
		}
	}
	var out []Checked
	add := func(what string, err error, good string, lines ...string) {
		c := Checked{What: what, OK: err == nil, Say: good, Lines: lines}
		if e, is := err.(*campaign.Error); is {
			c.Say = e.Say
			for _, say := range e.Fields {
				c.Lines = append(c.Lines, say)
			}
		} else if err != nil {
			c.Say = err.Error()
		}
		out = append(out, c)
	}
	var empty error
	if len(all) == 0 {
		empty = campaign.Fail(campaign.Invalid, "名册为空，请先导入机构名册")
	}
	add("机构名册", empty, fmt.Sprintf("%d 家机构", len(all)))
	var unreached error
	if len(none) > 0 {
		unreached = campaign.Fail(campaign.Invalid, "%d 家机构没有可用的联系人，启动通知无法送达（第二十八条）", len(none))
	}
	add("联系人", unreached, "每家机构都有联系人、邮箱和手机", none...)
	days := campaign.KnownHolidays()
	add("节假日表", days.Covers(year, rehearsal), fmt.Sprintf("%d、%d 年的放假和调休安排齐全", year, year+1))
	add("风险警示标准", set.CriteriaBefore(cal.Launch), "标准“"+set.Criteria.Version+"”在启动前施行")
	add("年度设置", set.Check(), "期限、阈值和标准完整")
	if days.Covers(year, rehearsal) == nil {
		add("年度日历", cal.Check(days, set), "各日期次序正确，复核期限足够")
	}
	add("人员", d.enough(ctx, r), "评审、审批、法制审核和经办人员足够")
	choices, err := r.ChoicesFor(ctx, year)
	if err != nil {
		return nil, err
	}
	open := Checked{What: "口径解释", OK: true, Say: "影响得分的口径都有生效的解释（第三十五条）"}
	for _, row := range choices.Unbound() {
		open.Lines = append(open.Lines, row.ID+" "+row.Subject+"："+row.Default)
	}
	if n := len(open.Lines); n > 0 {
		open.OK, open.At = false, DefaultsPath(year)
		open.Say = fmt.Sprintf("%d 项影响得分的口径没有生效的解释（第三十五条），请经办人员一并制定，由审批人员批准生效", n)
	}
	return append(out, open), nil
}
