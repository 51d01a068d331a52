package activities

import (
	"context"
	"fmt"
	"strings"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/pdf"
	"xuanping/store"
)

// clearanceCall tells those on duty that a request waits. It decides nothing:
// silence is never consent (Art. 14).
func (r *Room) clearanceCall(ctx context.Context, in contract.ClearanceAt) (out contract.ClearanceOut, err error) {
	s, err := r.scene(ctx, in.Ref)
	if err != nil {
		return out, err
	}
	c, err := r.Store.Clearance(ctx, in.Ref, in.N)
	if err != nil {
		return out, err
	}
	if out.State = c.State(); out.State != campaign.ClearancePending {
		return out, nil
	}
	return out, r.callStaff(ctx, s, call{
		ref: in.Ref, key: fmt.Sprintf("clearance/%d/%d", in.N, in.Step), path: fmt.Sprintf("/office/%d/clearances/%s/%d", in.Ref.Year, in.Ref.Code, in.N), at: in.At,
		roles: []campaign.Role{campaign.Officer, campaign.Approver}, title: fmt.Sprintf("事前审批申请待批（第 %d 次提醒）", in.Step),
		what: fmt.Sprintf("第 %d 号申请自 %s 起待批，拟于 %s 发布。未批复不视为同意，机构不得发布；请尽快批复。", in.N, hour(c.At), campaign.DayOf(c.Planned).Chinese()),
		left: "申请一直待批，机构不得发布。系统在首月每个工作日、此后每五个工作日继续提醒，直至批复。",
	})
}

// clearancePaper prints 事前审批批复.
func (r *Room) clearancePaper(ctx context.Context, head pdf.Head, s scene, b store.PaperBody) ([]byte, error) {
	ref := s.entry.Ref()
	c, err := r.Store.Clearance(ctx, ref, b.Case)
	if err != nil {
		return nil, err
	}
	d := c.Decision()
	if d == nil {
		return nil, campaign.Fail(campaign.Conflict, "该申请还没有批复")
	}
	decision := []string{"批准所报内容。"}
	if d.Act == campaign.ClearanceRefuse {
		decision = []string{"不予批准。"}
	}
	if d.Body.Text != "" {
		decision = append(decision, d.Body.Text)
	}
	sections := []pdf.Section{{Heading: "申请事项", Text: []string{c.Subject + "（编号 " + ref.ClearanceID(c.N) + "，发布渠道：" + c.Channel + "，拟发布日期：" + campaign.DayOf(c.Planned).Chinese() + "）。"}},
		{Heading: "批复意见", Text: decision}}
	if conditions := strings.TrimSpace(d.Body.Conditions); conditions != "" {
		sections = append(sections, pdf.Section{Heading: "条件", Text: strings.Split(conditions, "\n")})
	}
	return r.Printer.Letter(pdf.Letter{Head: head, Title: campaign.ClearancePaper.Chinese(), To: s.institution.Name + "（" + ref.Code + "）",
		Opening:  []string{"你机构于" + campaign.DayOf(c.At).Chinese() + "提出的事前审批申请收悉。依据《认证机构宣传工作指引》第十四条，现批复如下。"},
		Sections: sections, Closing: []string{"所报内容、发布渠道有变更的，应重新报批。"}})
}
