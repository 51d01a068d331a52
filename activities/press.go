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

// departments says how many departments took part in the year's activities (第十条).
func (r *Room) departments(ctx context.Context, ref campaign.Ref) (string, error) {
	registers, err := r.Store.RegistersOf(ctx, ref)
	if err != nil {
		return "", err
	}
	for _, v := range registers {
		if all := campaign.Departments(v.Body.Rows); v.Register == "activities" && len(all) > 0 {
			return fmt.Sprintf("本年度登记宣传活动 %d 项，参与部门 %d 个（第十条）：%s。", len(v.Body.Rows), len(all), campaign.TallyWords(all, "项")), nil
		}
	}
	return "", nil
}
