package web

import (
	"fmt"

	"xuanping/campaign"
	"xuanping/store"
)

// waiting are the lines of what waits for the office: first the prior approvals
// (第十四条: silence is never consent) and the reports whose 48 hours run, urgent
// ones before the others; then the incidents that are being handled. The counts
// lead to the lists.
func (b *board) waiting(all []store.Glance) (first, rest []lateLine, counts []count) {
	var asked []lateLine
	for _, x := range b.Clearances {
		l := lateLine{Who: x.Name, What: "事前审批待批复：" + head(x.Subject), Due: plannedDay(x), Href: yearPath(b.C.Year, "clearances", x.Code, itoa(x.N))}
		l.When, l.Late = "拟于 "+l.Due.Chinese()+"发布", l.Due <= b.Today
		l.Left = fmt.Sprintf("已等 %d 天", campaign.DayOf(x.At).DaysUntil(b.Today))
		if x.Urgent {
			l.What, l.Late = "紧急"+l.What, true
			first = append(first, l)
			continue
		}
		asked = append(asked, l)
	}
	late := 0
	for _, i := range b.Incidents {
		f := i.Facts()
		overdue := f.Late(b.Now) && !f.Excused()
		l := lateLine{Who: i.Name, Href: yearPath(b.C.Year, "incidents", i.Code, itoa(i.N)), Due: campaign.DayOf(i.Due), When: stamp(i.Due)}
		l.Left, _ = hoursLeft(b.Now, i.Due)
		what := map[campaign.IncidentState]string{campaign.IncidentOpened: "48小时报告待报送：", campaign.IncidentReported: "48小时报告待补报详情：", campaign.IncidentDetailed: "48小时报告待办结："}[f.State()]
		if overdue {
			late++
			if f.State() != campaign.IncidentOpened {
				what = "逾期的" + what
			}
		}
		l.What, l.Late = what+head(i.What), overdue || b.Now.After(i.Due)
		if f.State() == campaign.IncidentDetailed {
			l.Late, l.Left = overdue, fmt.Sprintf("已报告 %d 天", campaign.DayOf(f.ReportedAt()).DaysUntil(b.Today))
			rest = append(rest, l)
			continue
		}
		first = append(first, l)
	}
	b.overdue = overdueAppeals(b.Appeals, all, b.Today)
	for _, x := range []count{{"事前审批待批", len(b.Clearances), yearPath(b.C.Year, "clearances")}, {"48小时报告未办结", len(b.Incidents), yearPath(b.C.Year, "incidents")},
		{"其中逾期报告", late, yearPath(b.C.Year, "incidents")}, {"评价复核逾期", b.overdue, yearPath(b.C.Year, "reviewers") + "#appeals"}} {
		if x.N > 0 {
			counts = append(counts, x)
		}
	}
	return append(first, asked...), rest, counts
}

// overdueAppeals counts the decisions that are past their day; those of an
// institution that is suspended are not.
func overdueAppeals(open []store.Decider, all []store.Glance, today campaign.Day) int {
	halted, n := map[string]bool{}, 0
	for _, e := range all {
		halted[e.Code] = e.SuspendedAt != nil
	}
	for _, d := range open {
		if !halted[d.Code] && campaign.DayOf(d.Due) < today {
			n++
		}
	}
	return n
}
