package activities

import (
	"context"
	"fmt"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/pdf"
	"xuanping/store"
)

// LinkLetter prints a letter with a QR code for an institution that mail does
// not reach (ML-5): the code is a link like that of a mail, and printing it is
// on record. Printed twice on a day it is the same letter.
func (r *Room) LinkLetter(ctx context.Context, ref contract.Ref, by string) ([]byte, error) {
	s, err := r.scene(ctx, ref)
	if err != nil {
		return nil, err
	}
	if s.entry.Stage == campaign.Left {
		return nil, campaign.Fail(campaign.Conflict, "该机构已退出本年度评价")
	}
	now := s.campaign.Now(r.Clock())
	day := campaign.DayOf(now)
	intent := ref.ID() + store.LinkLetterMark + string(day)
	name, err := r.Store.LinkName(ctx, intent)
	if err != nil {
		return nil, err
	}
	token, id := r.Link(name)
	if err := r.write(ctx, func(tx *store.Tx) error {
		tx.NoteLinkLetter(ref, by, now)
		return tx.AddTicket(ctx, id, store.Ticket{Year: ref.Year, Code: ref.Code, Scope: "act", Intent: intent, IssuedAt: now, ExpiresAt: s.rules().Calendar.LinkExpiry(now)})
	}); err != nil {
		return nil, err
	}
	stage := fmt.Sprintf("目前处于“%s”阶段。", s.entry.Stage.Chinese())
	if s.entry.SuspendedAt != nil {
		stage = "目前暂停，不计期限。"
	} else if due := s.entry.DueDay(); due != "" {
		stage = fmt.Sprintf("目前处于“%s”阶段，截止 %s（%s）24:00。", s.entry.Stage.Chinese(), due.Chinese(), weekday(due))
	}
	return r.Printer.Letter(pdf.Letter{
		Head:  pdf.Head{Issuer: r.issuer(s.campaign), Date: day.Morning(), Rehearsal: s.campaign.Rehearsal, PaperKey: intent},
		Title: fmt.Sprintf("关于办理%d年度\n宣传工作评价事项的通知", ref.Year), To: s.institution.Name,
		Opening: []string{
			fmt.Sprintf("贵机构%d年度宣传工作评价%s因电子邮件无法送达，现以书面方式送交办理链接。", ref.Year, stage),
			"请用手机扫描二维码，或在浏览器中输入网址，办理计划、证据材料、自评等事项。网址只供贵机构使用，请勿拍照转发；打开网址不会提交任何内容。",
		},
		Link: r.BaseURL + "/t/" + token, LinkNote: "扫码办理",
		Closing: []string{"请一并将现在使用的电子邮箱告知下列人员，以便更正。"}, Contact: r.Contact,
	})
}
