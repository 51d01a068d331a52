package desk

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/rubric"
	"xuanping/store"
)

// Visitor is who came through a link in a letter: an institution in a year.
type Visitor struct {
	Ref contract.Ref
	Act bool // may act, not only look
	// OnPaper: the link came in a printed letter, because mail does not arrive (ML-5).
	OnPaper bool
	ID      []byte
	Until   time.Time
}

// Open lets a link's bearer in. A forged link never reaches the database.
func (d *Desk) Open(ctx context.Context, token string) (Visitor, error) {
	id, err := d.Tickets.Open(token)
	if err != nil {
		return Visitor{}, campaign.Fail(campaign.NotFound, "链接无效。请从收到的最新邮件中重新打开链接，或申请新链接")
	}
	t, err := d.Store.Ticket(ctx, id)
	if err != nil {
		if campaign.KindOf(err) == campaign.NotFound {
			return Visitor{}, campaign.Fail(campaign.NotFound, "链接无效。请从收到的最新邮件中重新打开链接，或申请新链接")
		}
		return Visitor{}, err
	}
	c, err := d.Store.Campaign(ctx, t.Year)
	if err != nil {
		return Visitor{}, err
	}
	switch now := c.Now(d.Clock()); {
	case t.RevokedAt != nil:
		return Visitor{}, campaign.Fail(campaign.TooLate, "链接已停用。请使用最新一封邮件中的链接，或申请新链接")
	case !now.Before(t.ExpiresAt):
		return Visitor{}, campaign.Fail(campaign.TooLate, "链接已过期。请使用最新一封邮件中的链接，或申请新链接")
	}
	return Visitor{Ref: contract.Ref{Year: t.Year, Code: t.Code}, Act: t.Scope == "act", OnPaper: strings.Contains(t.Intent, store.LinkLetterMark), ID: id, Until: t.ExpiresAt}, nil
}

// Signer is the person who acts for an institution, as typed on the form, with
// the code that was mailed for an act with legal effect.
type Signer struct {
	Name, Post, Code string
	Robot            bool // a field was filled in that no person sees (S1a)
}

// ByRobot is said to a program that fills in whatever it finds.
const ByRobot = "这份表单由程序自动填写，没有接收。请由经办人员本人填写"

func (s Signer) check(f map[string]string) {
	if s.Robot {
		f["name"] = ByRobot
		return
	}
	for k, v := range map[string]string{"name": s.Name, "post": s.Post} {
		if strings.TrimSpace(v) == "" || len([]rune(v)) > 40 || strings.ContainsFunc(v, unicode.IsControl) {
			f[k] = map[string]string{"name": "请填写经办人姓名（不超过 40 字）", "post": "请填写经办人职务（不超过 40 字）"}[k]
		}
	}
}

func (s Signer) line() string {
	return strings.TrimSpace(s.Name) + "（" + strings.TrimSpace(s.Post) + "）"
}

// PlanForm is an institution's yearly plan (Art. 11) with the approval of its
// highest decision body (Art. 7, GL-7).
type PlanForm struct {
	Goals      string `json:"goals"`       // 年度目标与任务
	Activities string `json:"activities"`  // 重点活动安排，一行一项
	Resources  string `json:"resources"`   // 人员与经费保障 (Art. 26, 28)
	Lead       string `json:"lead"`        // 宣传工作主管负责人 (Art. 8)
	Department string `json:"department"`  // 主管部门 (Art. 7)
	ApprovedBy string `json:"approved_by"` // 批准机构（最高决策层）
	ApprovedOn string `json:"approved_on"` // 批准日期
	ApprovalNo string `json:"approval_no"` // 批准文号
}

// Check names every missing or faulty field.
func (p PlanForm) Check(now campaign.Day) map[string]string {
	f := map[string]string{}
	text := func(field, value, label string, most int) {
		switch n := len([]rune(strings.TrimSpace(value))); {
		case n == 0:
			f[field] = "请填写" + label
		case n > most:
			f[field] = fmt.Sprintf("%s不能超过 %d 字，现有 %d 字", label, most, n)
		}
	}
	text("goals", p.Goals, "年度目标与任务", 3000)
	text("activities", p.Activities, "重点活动安排", 5000)
	text("resources", p.Resources, "人员与经费保障", 2000)
	text("lead", p.Lead, "宣传工作主管负责人", 40)
	text("department", p.Department, "主管部门", 60)
	text("approved_by", p.ApprovedBy, "批准机构（最高决策层）", 80)
	text("approval_no", p.ApprovalNo, "批准文号", 60)
	switch d, err := campaign.ParseDay(strings.TrimSpace(p.ApprovedOn)); {
	case err != nil:
		f["approved_on"] = "请填写批准日期，格式 2026-03-01"
	case d > now:
		f["approved_on"] = "批准日期不能晚于今天"
	}
	return f
}

func faulty(f map[string]string) error {
	if len(f) == 0 {
		return nil
	}
	return &campaign.Error{Kind: campaign.Invalid, Say: fmt.Sprintf("有 %d 处需要修改，填写的内容已保留", len(f)), Fields: f}
}

// SubmitPlan takes a version of the plan, on time, late until the plans close,
// or again after it was returned.
func (d *Desk) SubmitPlan(ctx context.Context, v Visitor, p PlanForm, by Signer) (Receipt, error) {
	var rec Receipt
	if err := d.proven(ctx, v, PlanAct, p, by); err != nil {
		return rec, err
	}
	err := d.visit(ctx, v, func(tx *store.Tx, s scene) error {
		if s.Entry.Stage != campaign.Planning {
			return campaign.Fail(campaign.Conflict, "当前为“%s”阶段，不接收年度计划", s.Entry.Stage.Chinese())
		}
		due, last, err := d.open(ctx, tx.Reader, s, campaign.PlanTask)
		if err != nil {
			return err
		}
		if !s.Now.Before(last.End()) {
			return campaign.Fail(campaign.TooLate, "年度计划已于 %s 截止报送，请联系经办人员", last.Chinese())
		}
		f := p.Check(campaign.DayOf(s.Now))
		by.check(f)
		if err := faulty(f); err != nil {
			return err
		}
		plans, err := tx.Plans(ctx, v.Ref)
		if err != nil {
			return err
		}
		if n := len(plans); n > 0 && plans[n-1].State() != "returned" {
			if plans[n-1].Digest == store.Digest(p) {
				rec = Receipt{key(v.Ref, "plan", strconv.Itoa(n)), "年度宣传工作计划", plans[n-1].Digest, plans[n-1].At, plans[n-1].Late}
				return nil // the same form sent twice is one submission
			}
			if plans[n-1].State() == "accepted" {
				return campaign.Fail(campaign.Conflict, "年度计划已经通过审阅，无需再次提交")
			}
		}
		late := !s.Now.Before(due.End())
		if !late {
			if late, err = lateBefore(ctx, tx.Reader, s); err != nil {
				return err
			}
		}
		plan, err := tx.AddPlan(ctx, v.Ref, p, by.line(), late, s.Now)
		if err != nil {
			return err
		}
		rec = Receipt{key(v.Ref, "plan", strconv.Itoa(plan.Version)), "年度宣传工作计划", plan.Digest, s.Now, plan.Late}
		if err := tx.DropDraft(ctx, "institution", v.Ref, string(campaign.PlanTask)); err != nil {
			return err
		}
		tx.Queue(receiptMail(v.Ref, rec))
		return tell(tx, contract.PlanInMsg, v.Ref, v.Ref.ID(), rec.Number, contract.PlanIn{Version: plan.Version, Digest: plan.Digest, At: s.Now})
	})
	return rec, err
}

// SubmitSelfScore takes an institution's own marks (Art. 29): all 14 rows with
// a reason each. Until the day it may be handed in again, as a new version.
func (d *Desk) SubmitSelfScore(ctx context.Context, v Visitor, marks []rubric.Mark, by Signer) (Receipt, error) {
	var rec Receipt
	if err := d.proven(ctx, v, SelfScoreAct, marks, by); err != nil {
		return rec, err
	}
	err := d.visit(ctx, v, func(tx *store.Tx, s scene) error {
		if s.Entry.Stage != campaign.SelfScore {
			return campaign.Fail(campaign.Conflict, "当前为“%s”阶段，不接收自评", s.Entry.Stage.Chinese())
		}
		due, _, err := d.open(ctx, tx.Reader, s, campaign.SelfScoreTask)
		if err != nil {
			return err
		}
		if !s.Now.Before(due.End()) {
			return campaign.Fail(campaign.TooLate, "自评已于 %s 截止，请联系经办人员", due.Chinese())
		}
		f := markFaults(d.Table.ValidateSheet(marks, true))
		for _, m := range marks {
			if _, bad := f[markField(m.Row)]; !bad && strings.TrimSpace(m.Reason) == "" {
				f[markField(m.Row)] = fmt.Sprintf("第 %d 项请填写自评理由", m.Row)
			}
		}
		by.check(f)
		who, err := certifiers(ctx, tx.Reader, v.Ref)
		if err != nil {
			return err
		}
		if say := who.Fault(by.Name); say != "" && f["name"] == "" {
			f["name"] = say
		}
		if err := faulty(f); err != nil {
			return err
		}
		past, err := tx.SelfScores(ctx, v.Ref)
		if err != nil {
			return err
		}
		if n := len(past); n > 0 && past[n-1].Digest == store.Digest(marks) {
			rec = Receipt{key(v.Ref, "self-score", strconv.Itoa(n)), "自评", past[n-1].Digest, past[n-1].At, false}
			return nil
		}
		sc, err := tx.AddSelfScore(ctx, v.Ref, marks, by.line(), s.Now)
		if err != nil {
			return err
		}
		rec = Receipt{key(v.Ref, "self-score", strconv.Itoa(sc.Version)), "自评", sc.Digest, s.Now, false}
		if err := tx.DropDraft(ctx, "institution", v.Ref, string(campaign.SelfScoreTask)); err != nil {
			return err
		}
		paper := store.Intent{Key: key(v.Ref, "paper", string(campaign.ReceiptPaper), strconv.Itoa(sc.Version)), Kind: store.PaperIntent, Ref: v.Ref,
			Body: store.PaperBody{Kind: campaign.ReceiptPaper, Version: sc.Version, Date: campaign.DayOf(s.Now)}}
		tx.Queue(paper, withPaper(receiptMail(v.Ref, rec), paper.Key))
		return tell(tx, contract.SelfScoreInMsg, v.Ref, v.Ref.ID(), rec.Number, contract.SelfScoreIn{Version: sc.Version, Digest: sc.Digest, At: s.Now})
	})
	return rec, err
}

func markField(row int) string { return fmt.Sprintf("row-%d", row) }

// markFaults turns the rubric's faults into those of form fields.
func markFaults(err error) map[string]string {
	f := map[string]string{}
	if faults, ok := err.(rubric.SheetErrors); ok {
		for _, e := range faults {
			f[markField(e.Row)] = e.Say
		}
	} else if err != nil {
		f["marks"] = err.Error()
	}
	return f
}

var errViewOnly = campaign.Fail(campaign.Forbidden, "此链接只能查看，请使用任务邮件中的链接办理")

// visit is inYear for a link's bearer, who must hold a link that may act.
func (d *Desk) visit(ctx context.Context, v Visitor, act func(tx *store.Tx, s scene) error) error {
	if !v.Act {
		return errViewOnly
	}
	return d.inYear(ctx, v.Ref, func(tx *store.Tx, s scene) error {
		if err := tx.UseTicket(ctx, v.ID, s.Now); err != nil {
			return err
		}
		return act(tx, s)
	})
}

// withPaper attaches a paper to a letter.
func withPaper(mail store.Intent, paper string) store.Intent {
	b := mail.Body.(store.MailBody)
	b.Papers = append(b.Papers, paper)
	mail.Body = b
	return mail
}

// ReceiptMailed tells whether the receipt of an act goes to the institution by
// mail too: of files, answers to a survey and repeated wishes it does not.
func (d *Desk) ReceiptMailed(ctx context.Context, rec Receipt) (bool, error) {
	_, err := d.Store.MailByKey(ctx, receiptKey(rec))
	if err != nil && campaign.KindOf(err) == campaign.NotFound {
		return false, nil
	}
	return err == nil, err
}

func receiptKey(r Receipt) string { return r.Number + "/receipt" }

// receiptMail is the letter that tells an institution what was received.
func receiptMail(ref contract.Ref, r Receipt) store.Intent {
	return store.Intent{Key: receiptKey(r), Kind: store.MailIntent, Ref: ref, Body: store.MailBody{
		Template: "receipt", To: "institution", Scope: "act", Date: r.At,
		Data:  map[string]string{"title": r.What, "number": r.Number},
		Lines: [][2]string{{"回执编号", r.Number}, {"收到时间", r.At.In(campaign.Beijing).Format("2006年1月2日 15:04:05")}, {"内容摘要（SHA-256）", r.Digest}},
	}}
}
