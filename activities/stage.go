package activities

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

func (r *Room) enter(ctx context.Context, in contract.EnterIn) (contract.Have, error) {
	before, err := r.Store.Entry(ctx, in.Ref)
	if err != nil {
		return contract.Have{}, err
	}
	if before.Stage.Passed(in.Stage) { // walked again after the engine was restored: nothing is asked a second time (R10)
		return r.Store.Have(ctx, in.Ref)
	}
	if in.Stage == campaign.Scoring {
		if err := r.assign(ctx, in.Ref.Year, in.At, in.Due, in.Ref); err != nil {
			return contract.Have{}, err
		}
	}
	err = r.write(ctx, func(tx *store.Tx) error {
		if err := tx.SetStage(ctx, in.Ref, in.Stage, in.Due, in.At); err != nil {
			return err
		}
		switch in.Stage {
		case campaign.Planning, campaign.Collecting: // a mid-year entrant gets his notice at Collecting
			letter := noticeLetter(in.Stage, in.At, in.Due)
			if err := r.noticed(ctx, tx, in, &letter); err != nil {
				return err
			}
			queueMail(tx, in.Ref, "launch", letter) // one key: whoever had the first does not get the second
		case campaign.SelfScore:
			queueMail(tx, in.Ref, "self-score/open", store.MailBody{Template: "selfscore-open", To: "institution", Scope: "act", Path: "self-score", Date: in.At, Until: in.Due})
		}
		return nil
	})
	if err == nil && (in.Stage == campaign.SelfScore || in.Stage == campaign.Scoring) {
		err = r.unruled(ctx, in)
	}
	if err != nil {
		return contract.Have{}, err
	}
	have, err := r.Store.Have(ctx, in.Ref)
	if err == nil && before.Stage == in.Stage { // asked before it closes
		err = r.postponed(ctx, in, &have)
	}
	return have, err
}

// postponed tells of a day that was put off for everybody when the task of the stage
// has a later one by the calendar of the score book: no message told the year of it.
func (r *Room) postponed(ctx context.Context, in contract.EnterIn, have *contract.Have) error {
	c, err := r.Store.Campaign(ctx, in.Ref.Year)
	if err != nil {
		return err
	}
	t, own := in.Stage.OwnTask()
	if day := c.Rules.Calendar.Due(t); own && day > in.Due {
		have.Extended = append(have.Extended, campaign.Granted{Task: t, Day: day})
	}
	return r.resultRuns(ctx, c, in, have)
}

// noticed puts into the notice its paper, its number and the task sheet of the year.
func (r *Room) noticed(ctx context.Context, tx *store.Tx, in contract.EnterIn, letter *store.MailBody) error {
	s, err := r.scene(ctx, in.Ref)
	if err != nil {
		return err
	}
	paper, number, err := queueNotice(ctx, tx, in.Ref, campaign.DayOf(in.At))
	if err != nil {
		return err
	}
	commitment, err := committed(ctx, tx, in.Ref.Year)
	letter.Papers = []string{paper}
	letter.Lines = noticeLines(s, number, commitment)
	return err
}

// noticeLetter is the letter with which the year of an institution begins.
func noticeLetter(stage campaign.Stage, at time.Time, due campaign.Day) store.MailBody {
	letter := store.MailBody{Template: "launch", To: "institution", Scope: "act", Date: at, Until: due}
	if stage == campaign.Collecting {
		letter.Template = "admitted"
	}
	return letter
}

func noticeLines(s scene, number string, commitment [][2]string) [][2]string {
	return slices.Concat([][2]string{{"文号", number}}, taskSheet(s.rules().Calendar, s.since()), commitment)
}

// committed tells in the notice what the year's spot checks are bound to, so
// that every institution holds it (requirements §3 no. 5).
func committed(ctx context.Context, tx *store.Tx, year int) ([][2]string, error) {
	c, err := tx.SpotCommit(ctx, year)
	if campaign.KindOf(err) == campaign.NotFound {
		return nil, nil
	}
	return commitmentLines(c.Commitment), err
}

func commitmentLines(commitment string) [][2]string {
	return [][2]string{{"抽查承诺", commitment}, {"承诺的含义", "三审三校、信息公开和稿件网址的抽查，由封存的随机种子决定抽中哪些。上面是种子的 SHA-256；种子随结果公布，任何人都可以重新抽取、核对。"}}
}

// unruled calls the approvers while events of the institution wait for their
// ruling: without one they count nothing in the result (附件2 第15、16项).
func (r *Room) unruled(ctx context.Context, in contract.EnterIn) error {
	events, err := r.Store.Events(ctx, in.Ref)
	if err != nil || !slices.ContainsFunc(events, func(e store.Event) bool { return e.Confirmed == nil }) {
		return err
	}
	s, err := r.scene(ctx, in.Ref)
	if err != nil {
		return err
	}
	return r.alertStaff(ctx, s, in.Ref, contract.AlertEventsUnruled, in.At, officePath(in.Ref), string(in.Stage))
}

func officePath(ref contract.Ref) string { return fmt.Sprintf("/office/%d/i/%s", ref.Year, ref.Code) }

// open tells whether a task still waits for its person; for a reviewer's task
// by names him.
func open(ctx context.Context, q store.Reader, ref contract.Ref, task campaign.Task, by string) (bool, error) {
	have, err := q.Have(ctx, ref)
	if err != nil {
		return false, err
	}
	switch task {
	case campaign.PlanTask:
		return have.PlanState == "" || have.PlanState == "returned", nil
	case campaign.EvidenceTask:
		return have.Evidence < 14, nil
	case campaign.SelfScoreTask:
		return have.SelfScore == 0, nil
	case campaign.DecideTask:
		return len(have.Undecided) > 0, nil
	case campaign.ScoreTask:
		seats, err := q.Seats(ctx, ref)
		for _, s := range seats {
			if s.Reviewer == by {
				return s.SheetAt == nil, err
			}
		}
		return false, err
	}
	w, err := q.Warning(ctx, ref)
	if err != nil {
		return false, err
	}
	if task == campaign.ReplyTask && w.State == campaign.Noticed { // who has stated his case is not reminded to
		acts, err := q.WarningActs(ctx, ref)
		return !slices.ContainsFunc(acts, func(a store.WarningAct) bool { return a.Act == campaign.ActReply }), err
	}
	waits := map[campaign.Task]campaign.WarningState{campaign.AckTask: campaign.Issued, campaign.RectifyTask: campaign.Received}
	return w.State == waits[task] || task == campaign.RectifyTask && (w.State == campaign.Planned || w.State == campaign.Unrectified), nil
}

func (r *Room) quarter(ctx context.Context, in contract.QuarterIn) (contract.QuarterOut, error) {
	missing, err := r.Store.Missing(ctx, in.Ref)
	if err != nil || len(missing) == 0 {
		return contract.QuarterOut{}, err
	}
	names := [...]string{"第一季度", "第二季度", "第三季度", "第四季度"}
	err = r.write(ctx, func(tx *store.Tx) error {
		if still, err := suspended(ctx, tx, in.Ref, campaign.EvidenceTask); err != nil || still {
			return err
		}
		queueMail(tx, in.Ref, "quarter/"+strconv.Itoa(in.Quarter), store.MailBody{Template: "quarter-reminder", To: "institution", Scope: "act", Path: "evidence",
			Date: in.At, Until: in.Due, Rows: missing, Data: map[string]string{"title": names[in.Quarter-1]}})
		return nil
	})
	return contract.QuarterOut{Missing: missing}, err
}

func (r *Room) depart(ctx context.Context, in contract.DepartIn) (contract.None, error) {
	return contract.None{}, r.write(ctx, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, in.Ref); err != nil {
			return err
		}
		e, err := tx.Entry(ctx, in.Ref)
		if err != nil || e.Stage == campaign.Left || e.Stage == campaign.Closed {
			return err
		}
		if err := tx.SetSucceeded(ctx, in.Ref, in.How, in.Successor, in.At); err != nil {
			return err
		}
		_, err = tx.RevokeTickets(ctx, in.Ref, "clock", in.At) // as its letter says
		return err
	})
}

// onlyOnce ends the consequence of an alert that nothing repeats.
const onlyOnce = "本提请只发送一次。"

// nagged is what comes of a case of Article 32 that waits for an officer.
var nagged = fmt.Sprintf("案件停在本环节，不会自动推进。系统每隔数个工作日再次提请，同一环节最多 %d 次，此后不再提请。", contract.WarningCalls)

// alerts gives the words of each alert: title, what is asked, what comes of it when
// nobody does it.
var alerts = map[string][3]string{
	contract.AlertReviewMissing:  {"评审打分逾期未交", "改派后仍有评审专家未提交打分，请督促补交或者再次改派；评审专家不足的，请补充。", "到结果告知日仍没有打分、只有一份打分或者两份打分的差异未决的，暂缓告知：收到打分，或者由经办人员书面决定按现有打分形成结果以后再告知。"},
	contract.AlertBasis:          {"打分不足，结果待决定", "该机构只有一份打分，或者两份打分的差异超过阈值而没有第三份，结果暂缓告知。有两种办法：一是督促补交或者改派评审席位，等候打分；二是在本页写明理由，决定按现有打分形成结果。决定以后又收到打分、或者有打分作废的，决定失效，须重新决定。", "结果一直暂缓告知，系统不会自行按现有打分形成结果。" + onlyOnce},
	contract.AlertAppealSilent:   {"复核逾期未决定", "改派后仍未作出复核决定，原得分维持不变，请核实原因并向机构说明。", "原得分维持不变，最终结果照此确定。" + onlyOnce},
	contract.AlertNoReviewer:     {"没有可指派的评审专家", "全部评审专家均已参与该机构的评审或复核，请补充专家。", "席位空缺，没有人评审或复核：没有打分、只有一份打分或者差异未决的，暂缓告知结果；没有复核决定的，维持原得分。"},
	contract.AlertRulingVoid:     {"作废的复核决定待重新作出", "该机构的评价复核中，有复核决定因复核人的利益冲突作废，须由他人重新决定。目前没有可改派的评审专家的，请补充评审专家，补充后即改派。", "重新决定以前不确定最终结果，不会因为没有可改派的评审专家而维持原得分。没有人可以改派期间，每天提请一次。"},
	contract.AlertSeatsShort:     {"评审席位分派不足", "在利益冲突回避和工作量上限之内，部分机构的评审席位无人可派。请补充评审专家、调整工作量上限，或在评审进度页面人工改派。", "席位空缺的机构缺少打分：没有打分或者只有一份打分的，暂缓告知结果。"},
	contract.AlertLateConflict:   {"结果告知后出现利益冲突", "一位评审专家在结果形成后被申报或登记了与该机构的利益冲突。结果不自动改变；请研究是否需要依职权处理，并记录结论。", "已形成的结果不变。" + onlyOnce},
	contract.AlertPublishDue:     {"已到公布日", "请核对各机构结果后办理公布；未确定的机构列在公布页面。", fmt.Sprintf("结果不会自动公布。系统每隔数个工作日再次提请，最多 %d 次，此后不再提请。", contract.PublishCalls)},
	contract.AlertNoticeDue:      {"风险警示案件待告知", "系统依据事先确定的标准提出了案件，是否告知由工作人员决定。", nagged},
	contract.AlertLegalDue:       {"风险警示案件待法制审核", "陈述申辩期已满，请法制审核人员审核，通过或退回经办人员。", nagged},
	contract.AlertRemanded:       {"风险警示案件审核退回", "法制审核退回了案件，请补充材料再送审，或撤回案件。", nagged},
	contract.AlertSignaturesDue:  {"风险警示案件待签批", "案件已可签批，请两名审批人员签批，或决定约谈、提醒、不予警示。", nagged},
	contract.AlertRecheckDue:     {"整改报告待复查", "机构已提交整改报告，请复查后解除警示或退回补充。", "警示继续有效。" + nagged},
	contract.AlertNotRectified:   {"逾期未整改", "整改期限已过，机构未提交整改报告，警示继续有效。", "警示继续有效。" + onlyOnce},
	contract.AlertPlanUnreviewed: {"年度计划未审阅", "机构提交的年度计划在截止前未审阅，已按收到备案。", "计划按收到备案，评价继续进行。" + onlyOnce},
	contract.AlertUndeliverable:  {"邮件未能发出", "有一封邮件或所附文书未能发出，该机构的流程在此等候。请核对收件地址等原因，处理后在邮件页面重新发送。", "该机构的流程一直在此等候，系统不会自动重发。" + onlyOnce},
	contract.AlertEventsUnruled:  {"加分或扣分事项待认定", "该机构有已登记、尚未认定的加分或扣分事项。结果形成时未认定的不计分，请在告知前认定或不予认定。", "结果形成时未认定的不计分。"},
}

func (r *Room) alert(ctx context.Context, in contract.AlertIn) (contract.None, error) {
	path := officePath(in.Ref)
	if in.About == contract.AlertLegalDue || in.About == contract.AlertRemanded || in.About == contract.AlertNoticeDue || in.About == contract.AlertSignaturesDue || in.About == contract.AlertRecheckDue || in.About == contract.AlertNotRectified {
		path = fmt.Sprintf("/office/%d/warnings/%s", in.Ref.Year, in.Ref.Code)
	}
	s, err := r.scene(ctx, in.Ref)
	if err != nil {
		return contract.None{}, err
	}
	return contract.None{}, r.alertStaff(ctx, s, in.Ref, in.About, in.At, path, string(campaign.DayOf(in.At)))
}

func (r *Room) campaignCall(ctx context.Context, in contract.AlertCampaign) (contract.None, error) {
	ref := contract.Ref{Year: in.Year}
	s, err := r.scene(ctx, ref)
	if err != nil {
		return contract.None{}, err
	}
	return contract.None{}, r.alertStaff(ctx, s, ref, in.About, in.At, fmt.Sprintf("/office/%d", in.Year), strconv.Itoa(in.Step))
}
