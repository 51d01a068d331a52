package activities

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"xuanping/campaign"
	"xuanping/pdf"
	"xuanping/rubric"
	"xuanping/store"
)

// print makes a paper from recorded facts and keeps it.
func (r *Room) print(ctx context.Context, j store.Job) error {
	p, err := r.render(ctx, j, 0)
	if err != nil {
		return err
	}
	return r.Store.Write(ctx, func(tx *store.Tx) error { return tx.AddPaper(ctx, p) })
}

// render makes a paper. Everything on it is fixed by the intent, the facts and
// the signed head of the ledger at its foot, so that the same again is the same
// bytes; the head is the newest, or that of the size under which it was kept.
func (r *Room) render(ctx context.Context, j store.Job, size int64) (store.Paper, error) {
	var b store.PaperBody
	if err := json.Unmarshal(j.Body, &b); err != nil {
		return store.Paper{}, campaign.Fail(campaign.Invalid, "文书内容无法读取")
	}
	s, err := r.scene(ctx, j.Ref())
	if err != nil {
		return store.Paper{}, err
	}
	p := store.Paper{Key: j.Key, Year: j.Year, Code: j.Code, Kind: b.Kind, Number: b.Kind.Number(j.Year, b.N), Verify: r.Verify(j.Key), At: b.Date.Morning()}
	head := pdf.Head{
		Issuer: r.issuer(s.campaign), Number: p.Number, Date: p.At, Rehearsal: s.campaign.Rehearsal,
		VerifyURL: r.BaseURL + "/v/" + p.Verify, VerifyCode: p.Verify, PaperKey: j.Key, Signer: r.signer(s.campaign), Seal: r.SealImage,
	}
	if head.Ledger, err = r.ledger(ctx, &p, size); err != nil {
		return p, err
	}
	if p.PDF, err = r.draw(ctx, head, s, b); err != nil || p.Head == nil {
		return p, err
	}
	substance, err := pdf.Substance(p.PDF)
	p.Substance = &substance
	return p, err
}

// ledger is what a paper carries of the ledger: a signed head at its foot, and
// the proof that the order for it, made with the decision it tells, stands in it.
func (r *Room) ledger(ctx context.Context, p *store.Paper, size int64) (pdf.Ledger, error) {
	order, err := r.Store.OrderOf(ctx, campaign.Ref{Year: p.Year, Code: p.Code}, p.Key)
	if campaign.KindOf(err) == campaign.NotFound { // ordered by an edition that recorded no orders
		return pdf.Ledger{}, nil
	}
	if err != nil {
		return pdf.Ledger{}, err
	}
	head, proof, err := r.Prove(ctx, order.Idx, size)
	p.Head, p.Leaf = &head.Size, &order.Idx
	return pdf.Ledger{Line: head.Line(), Proof: proof, Key: r.LogKey}, err
}

// draw lays out the paper of a kind.
func (r *Room) draw(ctx context.Context, head pdf.Head, s scene, b store.PaperBody) ([]byte, error) {
	switch b.Kind {
	case campaign.ResultPaper, campaign.FinalPaper:
		return r.resultNotice(ctx, head, s, b)
	case campaign.YearReportPaper:
		return r.yearReport(ctx, head, s, b)
	case campaign.CertificatePaper:
		return r.Printer.Certificate(pdf.Certificate{Head: head, Name: s.institution.Name, Year: s.campaign.Year, Rating: "年度宣传工作评价优秀单位"})
	case campaign.HonourPaper:
		return r.honour(ctx, head, s.campaign.Year, b)
	case campaign.PriorPaper, campaign.WarningPaper, campaign.LiftPaper, campaign.DismissPaper, campaign.LesserPaper, campaign.RevokePaper, campaign.ExpirePaper:
		return r.warningPaper(ctx, head, s, b)
	case campaign.AppealPaper:
		return r.appealPaper(ctx, head, s)
	case campaign.IncidentReceiptPaper:
		return r.incidentReceipt(ctx, head, s, b)
	case campaign.ClearancePaper:
		return r.clearancePaper(ctx, head, s, b)
	case campaign.PressRecordPaper:
		return r.pressRecord(ctx, head, s, b)
	case campaign.NoticePaper:
		return r.notice(ctx, head, s)
	case campaign.ReceiptPaper:
		return r.submissionReceipt(ctx, head, s, b)
	case campaign.AnnouncementPaper:
		return r.announcement(ctx, head, s.campaign)
	case campaign.ReportPaper:
		return r.campaignReport(ctx, head, s.campaign, b.Version)
	}
	return nil, campaign.Fail(campaign.Invalid, "没有“%s”这种文书", b.Kind)
}

// signer is who signs the papers of a campaign. A rehearsal never gets the
// authority's own signature, so that no fake official paper can be made (UX-2).
func (r *Room) signer(c store.Campaign) pdf.Signer {
	if c.Rehearsal {
		return r.Trial
	}
	return r.Seal
}

// version finds the version of a result that a paper prints.
func (r *Room) version(ctx context.Context, ref campaign.Ref, n int) (store.Result, error) {
	all, err := r.Store.Results(ctx, ref)
	for _, v := range all {
		if v.Version == n {
			return v, nil
		}
	}
	if err == nil {
		err = campaign.Fail(campaign.Conflict, "第 %d 版结果尚未形成", n)
	}
	return store.Result{}, err
}

func (r *Room) resultNotice(ctx context.Context, head pdf.Head, s scene, b store.PaperBody) ([]byte, error) {
	ref := s.entry.Ref()
	v, err := r.version(ctx, ref, b.Version)
	if err != nil {
		return nil, err
	}
	events, err := r.Store.ScoringEventsOf(ctx, ref, v.Version)
	if err != nil {
		return nil, err
	}
	in := pdf.ResultNotice{Head: head, Institution: s.institution.Name, Code: ref.Code, Year: ref.Year, Score: r.score(v, events), Final: b.Kind == campaign.FinalPaper}
	if b.Due != "" {
		in.ReviewUntil = b.Due.Start()
		in.ReviewHow = "请打开任务邮件中的链接，在“评价复核”页面按指标填写理由并提交（评价复核不是《指引》条款）"
	}
	if !v.Scored {
		if in.Absent, err = r.deliveries(ctx, ref, b.Date); err != nil {
			return nil, err
		}
	}
	if in.Notes, err = r.reviewNotes(ctx, s, v); err != nil {
		return nil, err
	}
	return r.Printer.ResultNotice(in)
}

// reviewNotes says how the marks came about where it was not the usual two
// sheets, and who let the result be formed on them (RV-1, WF-5).
func (r *Room) reviewNotes(ctx context.Context, s scene, v store.Result) ([]string, error) {
	ref := s.entry.Ref()
	basis, err := r.Store.Basis(ctx, ref)
	if err != nil {
		return nil, err
	}
	notes := basis.Told(r.issuer(s.campaign))
	if len(basis.Reviewers) == 3 {
		notes = append(notes, "两名评审专家的打分差异超过设定的阈值，已由第三名评审专家独立打分，各项取三者的中位数。")
	}
	broad, err := r.broad(ctx, ref, v)
	if broad != "" {
		notes = append(notes, broad)
	}
	return notes, err
}

// broad tells the other reading of 同一事项, when it would give another total.
func (r *Room) broad(ctx context.Context, ref campaign.Ref, v store.Result) (string, error) {
	events, err := r.Store.ScoringEventsOf(ctx, ref, v.Version)
	if err != nil || !v.Scored {
		return "", err
	}
	var marks []rubric.Mark
	for _, row := range v.Card.Rows {
		if row.Row <= 14 {
			marks = append(marks, rubric.Mark{Row: row.Row, Points: row.Points, Reason: row.Reason})
		}
	}
	var happened []rubric.Event
	for _, e := range events {
		happened = append(happened, e.Rubric())
	}
	c, err := r.Store.Campaign(ctx, ref.Year)
	if err != nil {
		return "", err
	}
	reading := c.Rules.Settings.Readings.Reading()
	was := reading.BroadMatter
	reading.BroadMatter = !was
	other, err := r.Table.ScoreAs(reading, ref.Year, marks, happened)
	if err != nil || other.Total == v.Total {
		return "", err
	}
	if was {
		return fmt.Sprintf("本年度口径规定“同一事项按最高分只计1次”适用于整个加分项；如只适用于媒体报道（第15项第3点），总分为%s分，仅供参考，不影响本结果。", other.Total), nil
	}
	return fmt.Sprintf("“同一事项按最高分只计1次”按字面只适用于媒体报道（第15项第3点）；如适用于整个加分项，总分为%s分，仅供参考，不影响本结果。", other.Total), nil
}

// score turns a result into what papers print.
func (r *Room) score(v store.Result, events []store.Event) pdf.Score {
	card := v.Card
	reading := card.Readings.Reading()
	s := pdf.Score{BonusLimit: reading.LimitWords(r.Table, 15), DeductionLimit: reading.LimitWords(r.Table, 16), WeightNote: reading.WeightNote(r.Table), Unscored: !v.Scored, Total: int(card.Total), Base: int(card.Base), Bonus: int(card.Bonus), Deduction: -int(card.Deduction), BonusUncapped: int(card.BonusUncapped), DeductionUncapped: -int(card.DeductionUncapped)}
	for _, c := range card.Rows {
		row, _ := r.Table.Row(c.Row)
		p := pdf.ScoreRow{No: c.Row, Group: row.Group, Title: row.Title, Max: int(c.Max), Points: int(c.Points), Reason: c.Reason}
		if c.Row > 14 {
			p.MaxText = "≤" + c.Max.String()
			if strings.Contains(reading.LimitWords(r.Table, c.Row), "不设") {
				p.MaxText = "不设上限"
			}
		}
		if c.Row == 16 {
			p.Points = -p.Points
		}
		s.Rows = append(s.Rows, p)
	}
	titles := map[string]store.Event{}
	for _, e := range events {
		titles[e.Rubric().ID] = e
	}
	for _, l := range card.Trace {
		if l.Event == "" {
			continue
		}
		clause, _ := r.Table.Clause(l.Clause)
		item := pdf.ScoreItem{Title: titles[l.Event].Title, Rule: fmt.Sprintf("附件2 第%d项（%s）", l.Row, clauseWord(clause.ID)), Points: int(l.Counted), Note: rubric.RuleText(l.Rule)}
		if e := titles[l.Event]; e.Amended.Changes() {
			item.Note += "；" + e.AmendedWords(r.Table)
		}
		if l.Row == 15 {
			s.BonusItems = append(s.BonusItems, item)
		} else {
			s.DeductionItems = append(s.DeductionItems, item)
		}
	}
	return s
}

// clauseWord writes a clause id such as 15.2a as 第2点.
func clauseWord(id string) string {
	_, n, _ := strings.Cut(id, ".")
	if n == "" {
		return id
	}
	return "第" + n[:1] + "点"
}

// deliveries lists what was sent to an institution before the day of a paper
// (WF-5). While one of those letters is still on its way the paper waits, so
// that the same year always prints the same record.
func (r *Room) deliveries(ctx context.Context, ref campaign.Ref, before campaign.Day) ([]pdf.Delivery, error) {
	c, err := r.Store.Campaign(ctx, ref.Year)
	if err != nil {
		return nil, err
	}
	letters, err := r.Store.LettersTo(ctx, ref)
	var all []pdf.Delivery
	for _, l := range letters {
		if !store.AnswersAtOnce(l.Template) {
			l.Date = c.MailTime(l.Date) // one asked for at night went out in the morning
		}
		state := "已送达邮件系统"
		switch {
		case campaign.DayOf(l.Date) >= before:
			continue
		case l.State == "failed":
			state = "未送达"
		case l.State == store.Withheld:
			state = "未发送（试运行名单之外）"
		case l.State != "accepted":
			return nil, campaign.Fail(campaign.Conflict, "该机构还有邮件尚未送出，文书稍后生成")
		}
		all = append(all, pdf.Delivery{Day: campaign.DayOf(l.Date).Chinese(), What: letterName(l.Template), State: state})
	}
	return all, err
}

var letterNames = map[string]string{
	"launch": "评价通知", "ack-missing": "评价通知提醒", "admitted": "纳入评价通知", "plan-reminder": "年度计划报送提醒", "plan-overdue": "年度计划催报", "quarter-reminder": "季度证据材料提醒", "evidence-reminder": "证据材料截止提醒",
	"selfscore-open": "自评通知", "selfscore-reminder": "自评提醒", "selfscore-last": "自评最后提醒", "receipt": "提交回执", "extension": "延期通知", "extension-refused": "延期申请答复", "suspended": "暂停通知", "resumed": "恢复通知", "plan-accepted": "年度计划审阅通过", "plan-returned": "年度计划退回修改", "result-notice": "得分告知", "no-submission-result": "结果告知（未提交）",
	"appeal-receipt": "评价复核申请回执", "appeal-decision": "评价复核决定告知", "final-result": "最终结果告知", "withdrawn": "退出告知", "calendar-moved": "日程调整通知", "new-link": "重新发送链接", "handover": "联系人变更后发送链接",
	"event-notice": "扣分事项告知", "event-ended": "扣分事项认定结果告知", "claim-ruling": "加分事项认定结果告知", "guidance": "业务指导函", "guidance-reminder": "业务指导函签收提醒",
}

func letterName(template string) string {
	if n, ok := letterNames[template]; ok {
		return n
	}
	return "其他通知"
}

func (r *Room) yearReport(ctx context.Context, head pdf.Head, s scene, b store.PaperBody) ([]byte, error) {
	ref := s.entry.Ref()
	v, err := r.version(ctx, ref, b.Version)
	if err != nil {
		return nil, err
	}
	events, err := r.Store.ScoringEventsOf(ctx, ref, v.Version)
	if err != nil {
		return nil, err
	}
	all, err := r.Store.FirstResults(ctx, ref.Year)
	if err != nil {
		return nil, err
	}
	in := pdf.InstitutionReport{Head: head, Institution: s.institution.Name, Code: ref.Code, Year: ref.Year, Category: s.institution.Category, Score: r.score(v, events)}
	entries, err := r.Store.Entries(ctx, ref.Year)
	if err != nil {
		return nil, err
	}
	all = staying(all, entries)
	in.Peers = peers(all, entries, v)
	means := rowMeans(all)
	for i := range in.Rows {
		in.Rows[i].Mean = means[in.Rows[i].No]
		rate := in.Rows[i].Points * 100 / max(in.Rows[i].Max, 1)
		switch {
		case !v.Scored || in.Rows[i].No > 14:
		case rate >= 95:
			in.Strengths = append(in.Strengths, fmt.Sprintf("第%d项“%s”得分率 %d%%。", in.Rows[i].No, in.Rows[i].Title, rate))
		case rate < 70:
			in.Suggestions = append(in.Suggestions, fmt.Sprintf("第%d项“%s”得分率 %d%%，评审意见：%s", in.Rows[i].No, in.Rows[i].Title, rate, in.Rows[i].Reason))
		}
	}
	switch {
	case !v.Scored:
		in.Standing = "未提交，不参加排名"
	case !s.entry.Ranked:
		in.Standing = "年中新增，不参加排名"
	}
	if in.Timeline, err = r.deliveries(ctx, ref, b.Date); err != nil {
		return nil, err
	}
	if in.Notes, err = r.reviewNotes(ctx, s, v); err != nil {
		return nil, err
	}
	if err := r.registered(ctx, s, &in); err != nil {
		return nil, err
	}
	return r.Printer.InstitutionReport(in)
}

// rowMeans is the mean of each row over the scored institutions, in hundredths.
func rowMeans(all []store.Result) map[int]int {
	sum, n := map[int]int{}, 0
	for _, v := range all {
		if !v.Scored {
			continue
		}
		n++
		for _, row := range v.Card.Rows {
			sum[row.Row] += int(row.Points)
		}
	}
	for row := range sum {
		sum[row] = (sum[row] + n/2) / n
	}
	sum[16] = -sum[16] // points taken off, as papers show them
	return sum
}
