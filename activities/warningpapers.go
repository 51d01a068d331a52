package activities

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"xuanping/campaign"
	"xuanping/pdf"
	"xuanping/rubric"
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
	files, err := r.Store.CaseFiles(ctx, ref, store.AboutReply)
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
		n.Told = reasons(acts, campaign.ActNotice)
		n.Kind, n.Decision, n.RespondHow = pdf.WarningPrior, "拟对你机构实施风险警示。", "通过邮件中的链接在线提交书面意见和证据"
	case campaign.WarningPaper:
		n.Kind, n.Refers, n.Decision = pdf.WarningDecision, campaign.PriorPaper.Number(ref.Year, w.Number), "对你机构实施风险警示。"+checked(w)
		n.Statement, n.Opinions, n.Effective = statement(acts, len(files)), reasons(acts, campaign.ActSign), effect(w, set)
		n.Requirements = []string{fmt.Sprintf("自签收之日起%d日内完成整改，并通过邮件中的链接提交整改方案、整改报告和证明材料。", set.RectifyDays)}
		n.RespondHow, n.Until = "向发文单位书面提出", time.Time{}
	case campaign.LiftPaper:
		n.Kind, n.Decision = pdf.WarningLifted, "你机构已完成整改，经复查，解除风险警示。"
		n.Effective = "自" + b.Date.Chinese() + "起解除。" // as the case, its letter and the verify page say
	default:
		endingPaper(&n, b, w, acts, statement(acts, len(files)), set)
	}
	return r.Printer.WarningNotice(n)
}

// endingPaper fills in the papers that end a case otherwise than by lifting,
// with the reason that was given.
func endingPaper(n *pdf.WarningNotice, b store.PaperBody, w store.Warning, acts []store.WarningAct, said string, set campaign.Settings) {
	prior := campaign.PriorPaper.Number(w.Year, w.Number)
	switch b.Kind {
	case campaign.DismissPaper:
		n.Kind, n.Refers, n.Statement = pdf.WarningDismissed, prior, said
		n.Grounds, n.Decision = reasons(acts, campaign.ActDismiss, campaign.ActWithdraw), "不对你机构实施风险警示。"
	case campaign.LesserPaper:
		n.Kind, n.Refers, n.Statement = pdf.WarningLesser, prior, said
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

// statement says how the institution used its right to be heard, and how much
// evidence came with it.
func statement(acts []store.WarningAct, files int) string {
	var said []string
	for _, a := range acts {
		switch {
		case a.Act == campaign.ActReply:
			text, _, _ := strings.Cut(a.Text, "\n—— ")
			said = append(said, "“"+strings.TrimRight(strings.TrimSpace(text), "。")+"”")
		case len(said) > 0:
		case a.Act == campaign.ActWaive:
			return "你机构书面放弃了陈述申辩。"
		case a.Act == campaign.ActWindow && files > 0:
			return fmt.Sprintf("你机构在期限内提交了%d件证据，未提出书面意见。上述证据已随案送审核、签批人员审查。", files)
		case a.Act == campaign.ActWindow:
			return "你机构在期限内未提出陈述申辩。"
		}
	}
	switch {
	case len(said) == 0:
		return ""
	case files > 0:
		return fmt.Sprintf("你机构提出了陈述申辩：%s，并提交了%d件证据。上述意见和证据已随案送审核、签批人员审查。", strings.Join(said, "；"), files)
	}
	return "你机构提出了陈述申辩：" + strings.Join(said, "；") + "。上述意见已随案送审核、签批人员审查。"
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
	counted := map[string]bool{}
	if w.Facts.Scored {
		versions, err := r.Store.Results(ctx, w.Ref())
		if err != nil || len(versions) == 0 {
			return nil, err
		}
		for _, l := range versions[len(versions)-1].Card.Trace {
			counted[l.Event] = counted[l.Event] || l.Row == 16 && l.Rule == rubric.RuleCounted
		}
	}
	for _, e := range events {
		clause, _ := r.Table.Clause(e.Clause)
		if clause.Row == 16 && e.Confirmed != nil && *e.Confirmed {
			fact := fmt.Sprintf("%s，%s（依据：%s），认定扣%s分。", campaign.Day(e.OccurredOn.Format("2006-01-02")).Chinese(), e.Title, e.Source, e.Points)
			if e.Amended.Changes() {
				fact = strings.TrimSuffix(fact, "。") + "（" + e.AmendedWords(r.Table) + "）。"
			}
			if w.Facts.Scored && !counted[e.Rubric().ID] {
				fact = strings.TrimSuffix(fact, "。") + "，按评分规则未计入上述扣分。"
			}
			facts = append(facts, fact)
		}
	}
	late, err := r.lateReports(ctx, w)
	return append(facts, late...), err
}

// lateReports names the incidents that the case counts as reported too late,
// each with both its instants (第二十条, RW-2).
func (r *Room) lateReports(ctx context.Context, w store.Warning) ([]string, error) {
	if w.Facts.LateReports == 0 {
		return nil, nil
	}
	all, err := r.Store.Incidents(ctx, w.Ref())
	facts := []string{fmt.Sprintf("突发事件逾期报告%d次（《指引》第二十条：48小时内报告）。", w.Facts.LateReports)}
	for _, i := range all {
		if f := i.Facts(); f.Counts(w.StateAt) {
			reported := "尚未报告"
			if at := f.ReportedAt(); !at.IsZero() {
				reported = hour(at) + "报告"
			}
			facts = append(facts, fmt.Sprintf("第%d号突发事件，%s发生，应于%s前报告，%s。", i.N, hour(i.OccurredAt), hour(i.Due), reported))
		}
	}
	return facts, err
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
	events, err := r.Store.DecidedEvents(ctx, ref)
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
		x := pdf.AppealRuling{No: a.Row, Title: row.Title, Asked: strings.TrimRight(a.Text, "。") + "。", Standing: a.After == nil, Events: r.eventRulings(a.Row, events)}
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
