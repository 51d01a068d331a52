package web

import (
	"fmt"
	"html/template"
	"strings"
	"time"

	"xuanping/campaign"
	"xuanping/store"
)

// incidentTags are the words of an incident's state.
func incidentTags(i store.Incident, now time.Time) []string {
	f := i.Facts()
	all := []string{f.State().Chinese()}
	switch {
	case f.Late(now) && f.Excused():
		all = append(all, "逾期（准予不计）")
	case f.Late(now):
		all = append(all, "逾期")
	case !f.ReportedAt().IsZero():
		all = append(all, "按时")
	}
	return all
}

// bothClocks tells the report's two clocks (requirements §2 no. 19).
func bothClocks(i store.Incident, now time.Time) [][2]string {
	f := i.Facts()
	facts := [][2]string{{"发生时间", stampSecond(i.OccurredAt)}, {"48小时届满", stampSecond(i.Due) + "（含）"}}
	end, word := f.ReportedAt(), "报告"
	if end.IsZero() {
		end, word = now, "至今"
	} else {
		facts = append(facts, [2]string{"报告时间", stampSecond(end)})
	}
	facts = append(facts, [2]string{"自发生起", word + " " + campaign.Ago(i.OccurredAt, end)})
	if r := i.Find(campaign.IncidentReport); r != nil {
		facts = append(facts, [2]string{"发现时间", stampSecond(r.Body.DiscoveredAt)}, [2]string{"自发现起", word + " " + campaign.Ago(r.Body.DiscoveredAt, end)})
	}
	return facts
}

func stampSecond(t time.Time) string {
	return t.In(campaign.Beijing).Format("2006年1月2日 15:04:05")
}

// clock48 draws the hours since the occurrence: reminders, the end of the 48
// hours, the discovery and the report; what came too late is red.
func clock48(id string, i store.Incident, now time.Time) template.HTML {
	const left, width, y, span = 10, 620.0, 34, 72.0
	f := i.Facts()
	x := func(t time.Time) float64 {
		return left + width*min(max(t.Sub(i.OccurredAt).Hours(), 0), span)/span
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%.0f" height="8" fill="%s"/>`, left, y, width, svgFill)
	end, what := f.ReportedAt(), "报告"
	if end.IsZero() {
		end, what = now, "现在"
	}
	colour := svgInk
	if f.Late(now) {
		colour = svgSeal
	}
	fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%.1f" height="8" fill="%s"/>`, left, y, x(end)-left, colour)
	for _, r := range campaign.ReportRungs(i.OccurredAt) {
		fmt.Fprintf(&b, `<line x1="%[1]f" x2="%[1]f" y1="%[2]d" y2="%[3]d" stroke="%[4]s"/><text x="%[1]f" y="%[5]d" text-anchor="middle" font-size="11" fill="%[6]s">%[7]d</text>`, x(r.At), y-4, y+12, svgLine, y+26, svgSoft, r.Hours)
	}
	fmt.Fprintf(&b, `<line x1="%[1]f" x2="%[1]f" y1="%[2]d" y2="%[3]d" stroke="%[4]s" stroke-width="2"/><text x="%[1]f" y="%[5]d" text-anchor="middle" font-size="12">48 小时</text>`, x(i.Due), y-10, y+14, svgSeal, y+28)
	desc := fmt.Sprintf("发生后 %s %s", campaign.Ago(i.OccurredAt, end), what)
	if r := i.Find(campaign.IncidentReport); r != nil {
		fmt.Fprintf(&b, `<circle cx="%.1f" cy="%d" r="5" fill="none" stroke="%s" stroke-width="2"/>`, x(r.Body.DiscoveredAt), y+4, svgSoft)
		desc += "；发生后 " + campaign.Ago(i.OccurredAt, r.Body.DiscoveredAt) + "发现（圆圈）"
	}
	fmt.Fprintf(&b, `<text x="%d" y="18" font-size="12">%s</text>`, left, esc(desc))
	return picture(id, "48小时时钟", desc, 640, 70, b.String())
}

// incidentLines tells what was done; the office reads the names of its own.
func incidentLines(i store.Incident, name func(role, by, signer string) string) []matterLine {
	var all []matterLine
	for _, a := range i.Acts {
		l := matterLine{At: a.At, What: a.Act.Chinese(), Who: name(a.Role, a.By, a.Signer)}
		if a.Act == campaign.IncidentReport && campaign.ReportLate(i.OccurredAt, a.At) {
			l.What, l.Tone = l.What+"（逾期）", "bad"
		}
		if a.Role == "clock" {
			l.Tone = "bad"
		}
		if a.Body.Relevance != "" {
			l.Texts = append(l.Texts, "与认证活动的相关性："+a.Body.Relevance.Chinese())
		}
		for _, st := range campaign.HandlingSteps() {
			if t := a.Body.Steps[st.Key]; t != "" {
				l.Texts = append(l.Texts, st.Chinese+"："+t)
			}
		}
		if a.Act == campaign.IncidentReport {
			l.Texts = append(l.Texts, "概况："+a.Body.What, "地点和认证活动："+a.Body.Activity, "已采取的措施："+a.Body.Text)
		} else {
			l.Texts = append(l.Texts, paragraphs(a.Body.Text)...)
		}
		all = append(all, l)
	}
	return all
}

func relevanceOptions() []option {
	var all []option
	for _, r := range campaign.Relevances() {
		all = append(all, option{Value: string(r), Text: r.Chinese()})
	}
	return all
}

// reportLine is an incident beside the box in which rows 11 and 12 are scored (AN-11, AN-12).
type reportLine struct {
	N                    int
	Tags                 []string
	Occurred, Ago, State string
}

// reportLedger is the 48-hour ledger of an institution as its reviewer reads it.
type reportLedger struct {
	Total, Due, InTime int // Due: the report is in or was due by now
	Lines              []reportLine
}

func ledgerOf(all []store.Incident, now time.Time) *reportLedger {
	l := &reportLedger{Total: len(all)}
	for _, i := range all {
		f := i.Facts()
		end := f.ReportedAt()
		if end.IsZero() {
			end = now
		}
		if late := f.Late(now); late || !f.ReportedAt().IsZero() {
			l.Due++
			if !late {
				l.InTime++
			}
		}
		l.Lines = append(l.Lines, reportLine{N: i.N, Tags: incidentTags(i, now), Occurred: stampSecond(i.OccurredAt), Ago: campaign.Ago(i.OccurredAt, end), State: f.State().Chinese()})
	}
	return l
}

// Ratio draws how many of the reports were in time.
func (l reportLedger) Ratio() template.HTML {
	if l.Due == 0 {
		return ""
	}
	return bars("on-time", "48小时报告", []mark{{Label: "按时", N: l.InTime, Text: fmt.Sprintf("%d 件", l.InTime)}, {Label: "逾期", N: l.Due - l.InTime, Text: fmt.Sprintf("%d 件", l.Due-l.InTime), Hot: true}})
}

// reportRows are the rows of 附件2 beside which the 48-hour ledger stands: 舆情 and 突发事件.
var reportRows = map[int]bool{11: true, 12: true}
