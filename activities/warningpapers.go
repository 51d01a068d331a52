package activities

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"xuanping/campaign"
	"xuanping/pdf"
	"xuanping/store"
)

func (r *Room) warningPaper(ctx context.Context, head pdf.Head, s scene, b store.PaperBody) ([]byte, error) {
	ref := s.entry.Ref()
	w, err := r.Store.Warning(ctx, ref)
	if err != nil {
		return nil, err
	}
	acts, err := r.Store.WarningActs(ctx, ref)
	if err != nil {
		return nil, err
	}
	var grounds []string
	for _, g := range w.Grounds {
		grounds = append(grounds, fmt.Sprintf("%s（《指引》%s）：%s。", g.Code, g.Clause, strings.TrimRight(g.Text, "。")))
	}
	n := pdf.WarningNotice{Head: head, Institution: s.institution.Name, Code: ref.Code, Year: ref.Year, Grounds: grounds}
	if n.Facts, err = r.warningFacts(ctx, w); err != nil {
		return nil, err
	}
	if b.Due != "" {
		n.Until = b.Due.Start()
	}
	n.Refers = campaign.WarningPaper.Number(ref.Year, w.Number)
	set := s.rules().Settings
	switch b.Kind {
	case campaign.PriorPaper:
		n.Kind, n.Decision, n.RespondHow = pdf.WarningPrior, "拟对你机构实施风险警示。", "通过邮件中的链接在线提交书面意见；需要提交证据的，请联系发文单位"
	case campaign.WarningPaper:
		n.Kind, n.Refers, n.Decision = pdf.WarningDecision, campaign.PriorPaper.Number(ref.Year, w.Number), "对你机构实施风险警示。"+checked(w)
		n.Statement, n.Opinions, n.Effective = statement(acts), reasons(acts, campaign.ActSign), effect(w, set)
		n.Requirements = []string{fmt.Sprintf("自签收之日起%d日内完成整改，并通过邮件中的链接提交整改方案、整改报告和证明材料。", set.RectifyDays)}
		n.RespondHow, n.Until = "向发文单位书面提出", time.Time{}
	case campaign.LiftPaper:
		n.Kind, n.Decision = pdf.WarningLifted, "你机构已完成整改，经复查，解除风险警示。"
		n.Effective = "自本通知送达之日起解除。"
	default:
		endingPaper(&n, b, w, acts, set)
	}
	return r.Printer.WarningNotice(n)
}

// endingPaper fills in the papers that end a case otherwise than by lifting,
// with the reason that was given.
func endingPaper(n *pdf.WarningNotice, b store.PaperBody, w store.Warning, acts []store.WarningAct, set campaign.Settings) {
	prior := campaign.PriorPaper.Number(w.Year, w.Number)
	switch b.Kind {
	case campaign.DismissPaper:
		n.Kind, n.Refers, n.Statement = pdf.WarningDismissed, prior, statement(acts)
		n.Grounds, n.Decision = reasons(acts, campaign.ActDismiss, campaign.ActWithdraw), "不对你机构实施风险警示。"
	case campaign.LesserPaper:
		n.Kind, n.Refers, n.Statement = pdf.WarningLesser, prior, statement(acts)
		n.Grounds = reasons(acts, campaign.ActTalk, campaign.ActRemind)
		n.Measure, n.Decision, n.Requirements = lesser(acts)
	case campaign.RevokePaper:
		n.Kind, n.Grounds = pdf.WarningRevoked, reasons(acts, campaign.ActError, campaign.ActRevoke)
		n.Decision, n.Effective = "撤销对你机构的风险警示决定。", "该决定不再作为实施管理的参考依据，查验时显示“已撤销”。"
	case campaign.ExpirePaper:
		n.Kind, n.Decision = pdf.WarningExpired, "对你机构的风险警示于"+set.TermEnds(w.ServedDay()).Chinese()+"期满，自次日起失效。"
		n.Effective = "历史记录依规保存，查验时显示“已期满”。"
	}
}

// checked says that the draft passed the legal check, where the ladder has one.
func checked(w store.Warning) string {
	if w.Ladder == campaign.ShortLadder {
		return ""
	}
	return "本决定已经合法性审核，由两名审批人员分别签批。"
}

// effect words the term of a warning (RW-6).
func effect(w store.Warning, set campaign.Settings) string {
	if w.Ladder == campaign.ShortLadder || set.WarnMonths == 0 {
		return "本警示自送达之日起生效，至解除之日止；默认不对外公开。"
	}
	return fmt.Sprintf("本警示自送达之日起生效，期限%d个月，期满失效；整改经复查合格的，提前解除。默认不对外公开。", set.WarnMonths)
}

// lesser words what was decided instead of a warning (RW-5).
func lesser(acts []store.WarningAct) (measure, decision string, asks []string) {
	for _, a := range acts {
		if a.Act == campaign.ActTalk {
			return "约谈", "对你机构进行约谈。", []string{"约谈的时间、地点由经办人员另行通知，请机构负责人参加。"}
		}
	}
	return "提醒", "对你机构予以提醒。", []string{"请对照上述情况自查，避免再次发生。"}
}

// statement says how the institution used its right to be heard.
func statement(acts []store.WarningAct) string {
	for _, a := range acts {
		switch a.Act {
		case campaign.ActReply:
			text, _, _ := strings.Cut(a.Text, "\n—— ")
			return "你机构提出了陈述申辩：“" + strings.TrimRight(strings.TrimSpace(text), "。") + "”。上述意见已随案送审核、签批人员审查。"
		case campaign.ActWaive:
			return "你机构书面放弃了陈述申辩。"
		case campaign.ActWindow:
			return "你机构在期限内未提出陈述申辩。"
		}
	}
	return ""
}

// reasons are what was written with some acts, in their order, without names (RW-5).
func reasons(acts []store.WarningAct, of ...campaign.WarningAct) []string {
	var all []string
	for _, a := range acts {
		if text := strings.TrimSpace(a.Text); slices.Contains(of, a.Act) && text != "" {
			all = append(all, fmt.Sprintf("%d. %s", len(all)+1, text))
		}
	}
	return all
}

func (r *Room) warningFacts(ctx context.Context, w store.Warning) ([]string, error) {
	var facts []string
	if !w.Facts.Submitted {
		facts = append(facts, "全年未报送年度宣传工作计划、证据材料和自评。")
	}
	if w.Facts.Scored {
		facts = append(facts, fmt.Sprintf("年度宣传工作评价总分%s分，未封顶扣分%s分。", w.Facts.Total, w.Facts.UncappedDeduction))
	}
	events, err := r.Store.Events(ctx, w.Ref())
	if err != nil {
		return nil, err
	}
	for _, e := range events {
		clause, _ := r.Table.Clause(e.Clause)
		if clause.Row == 16 && e.Confirmed != nil && *e.Confirmed {
			facts = append(facts, fmt.Sprintf("%s，%s（依据：%s），认定扣%s分。", campaign.Day(e.OccurredOn.Format("2006-01-02")).Chinese(), e.Title, e.Source, e.Points))
		}
	}
	return facts, nil
}

// appealPaper prints the decision on 评价复核, row by row (AP-3).
func (r *Room) appealPaper(ctx context.Context, head pdf.Head, s scene) ([]byte, error) {
	ref := s.entry.Ref()
	appeals, err := r.Store.Appeals(ctx, ref)
	if err != nil {
		return nil, err
	}
	files, err := r.Store.CaseFiles(ctx, ref, store.AboutAppeal)
	if err != nil {
		return nil, err
	}
	first, err := r.version(ctx, ref, 1)
	if err != nil {
		return nil, err
	}
	in := pdf.AppealDecision{Head: head, Institution: s.institution.Name, Code: ref.Code, Year: ref.Year}
	if n, err := r.Store.NumberOf(ctx, campaign.ResultPaper.Series(), ref); err == nil {
		in.Refers = campaign.ResultPaper.Number(ref.Year, n)
	} else if campaign.KindOf(err) != campaign.NotFound {
		return nil, err
	}
	for _, a := range appeals {
		row, _ := r.Table.Row(a.Row)
		x := pdf.AppealRuling{No: a.Row, Title: row.Title, Asked: strings.TrimRight(a.Text, "。") + "。", Standing: a.After == nil}
		for _, f := range files {
			if f.Row == a.Row {
				x.Files++
			}
		}
		for _, given := range first.Card.Rows {
			if given.Row == a.Row {
				x.Before = int(given.Points)
			}
		}
		if a.After != nil {
			x.Before, x.After, x.Reason = int(*a.Before), int(*a.After), *a.Reason
		}
		in.Rows = append(in.Rows, x)
	}
	return r.Printer.AppealDecision(in)
}
