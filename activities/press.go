package activities

import (
	"context"
	"fmt"
	"strings"
	"time"

	"xuanping/campaign"
	"xuanping/pdf"
	"xuanping/store"
)

// pressRecord prints 新闻发布会记录: the four steps with names and times (GL-16).
func (r *Room) pressRecord(ctx context.Context, head pdf.Head, s scene, b store.PaperBody) ([]byte, error) {
	ref := s.entry.Ref()
	c, err := r.Store.Clearance(ctx, ref, b.Case)
	if err != nil {
		return nil, err
	}
	in := pdf.PressRecord{Head: head, Institution: s.institution.Name, Code: ref.Code, Subject: c.Subject, Place: c.Channel, Planned: campaign.Day(c.Planned.Format("2006-01-02")).Chinese(), Important: c.Important,
		Steps: []pdf.PressStep{{What: campaign.ClearanceApply.Chinese(), Who: c.Signer, At: minute(c.At)}}}
	for _, act := range campaign.PressSteps()[1:] {
		x := pdf.PressStep{What: act.Chinese(), Note: "未办理"}
		if a := c.Find(act); a != nil {
			x = pdf.PressStep{What: act.Chinese(), Who: a.Body.Head, At: minute(a.At)}
			var notes []string
			switch act {
			case campaign.PressSettle:
				if a.Body.Principal != "" {
					x.Who += "；主要负责人 " + a.Body.Principal
				}
			case campaign.PressHold:
				x.Who = a.Body.Speaker
			case campaign.PressArticle:
				notes = append(notes, "已严把保密关、意识形态关")
			}
			if a.Override != "" {
				notes = append(notes, "不按顺序办理："+a.Override)
			}
			x.Note = strings.Join(notes, "；")
		}
		in.Steps = append(in.Steps, x)
	}
	registers, err := r.Store.RegistersOf(ctx, ref)
	if err != nil {
		return nil, err
	}
	if !store.SpokenWithMandate(c, registers) {
		in.Marks = append(in.Marks, campaign.UnmandatedSpeaker)
	}
	return r.Printer.PressRecord(in)
}

func minute(t time.Time) string { return t.In(campaign.Beijing).Format("2006年1月2日 15:04") }

// registered puts what stands in the registers into the yearly report: what
// came of the plan (第十一条) and which departments took part (第十条).
func (r *Room) registered(ctx context.Context, s scene, in *pdf.InstitutionReport) error {
	ref := s.entry.Ref()
	registers, err := r.Store.RegistersOf(ctx, ref)
	if err != nil {
		return err
	}
	var kept []campaign.Record
	for _, v := range registers {
		switch v.Register {
		case campaign.PlannedRegister:
			kept = v.Body.Rows
		case "activities":
			if all := campaign.Departments(v.Body.Rows); len(all) > 0 {
				in.Notes = append(in.Notes, fmt.Sprintf("本年度登记宣传活动%d项，参与部门%d个（第十条）：%s。", len(v.Body.Rows), len(all), campaign.TallyWords(all, "项")))
			}
		}
	}
	plans, err := r.Store.Plans(ctx, ref)
	if err != nil {
		return err
	}
	var items []string
	if p := store.AcceptedPlan(plans); p != nil {
		items = campaign.PlanBodyItems(p.Body)
	}
	in.Planned = plannedLines(campaign.PlanLines(items, kept, s.campaign.Rules.Calendar.EvidenceClose))
	return nil
}

// plannedShown bounds the table of the report; the register has them all.
const plannedShown = 100

// plannedLines says in words what came of each item of a plan.
func plannedLines(all []campaign.PlanLine) []pdf.Delivery {
	rest := max(len(all)-plannedShown, 0)
	all = all[:len(all)-rest]
	out := make([]pdf.Delivery, len(all))
	for i, l := range all {
		state := string(l.State)
		if l.Row < 0 {
			state = "没有登记"
		}
		if why := l.Kept["reason"]; why != "" {
			state += "：" + why
		}
		if l.Stray {
			state += "（计划外）"
		}
		out[i] = pdf.Delivery{What: l.Title, State: state}
		if d := l.Day(); d != "" {
			out[i].Day = d.Chinese()
		}
	}
	if rest > 0 {
		out = append(out, pdf.Delivery{What: fmt.Sprintf("其余%d项见登记表", rest)})
	}
	return out
}
