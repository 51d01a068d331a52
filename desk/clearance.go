package desk

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// ApplyForm asks for leave: of a publication (Art. 14) or for a press conference (Art. 16, step 1).
type ApplyForm struct {
	Kind         campaign.ClearanceKind
	Subject      string
	Content      string
	Channel      string // of publication; the place of a press conference
	Planned      campaign.Day
	Important    bool // 重要内容: the principal approves the message of a press conference
	Urgent       bool
	UrgentReason string
}

// Faults names what is wrong with the form on a day.
func (a ApplyForm) Faults(today campaign.Day) map[string]string {
	f := map[string]string{}
	if a.Kind.Chinese() == "" {
		f["kind"] = "请选择申请的事项"
	}
	words(f, "subject", a.Subject, "事项名称", 200)
	words(f, "content", a.Content, "拟发布的内容", 5000)
	words(f, "channel", a.Channel, "发布渠道或地点", 200)
	if _, err := campaign.ParseDay(string(a.Planned)); err != nil {
		f["planned"] = "请填写日期，格式 2026-03-01"
	} else if a.Planned < today {
		f["planned"] = "须事前报批，日期不能早于今天（第十四条）"
	}
	if a.Urgent {
		words(f, "urgent_reason", a.UrgentReason, "紧急的理由", 500)
	}
	return f
}

// ApplyClearance takes a request. Nothing follows from silence; an urgent one
// calls those on duty at once.
func (d *Desk) ApplyClearance(ctx context.Context, v Visitor, form ApplyForm, by Signer) (rec Receipt, n int, err error) {
	err = d.visit(ctx, v, func(tx *store.Tx, s scene) error {
		f := form.Faults(campaign.DayOf(s.Now))
		by.check(f)
		if err := faulty(f); err != nil {
			return err
		}
		if s.Entry.Stage == campaign.Left {
			return campaign.Fail(campaign.Conflict, "贵机构已退出本年度评价，请直接向主管部门报批")
		}
		c := store.Clearance{Year: v.Ref.Year, Code: v.Ref.Code, Kind: form.Kind, Subject: strings.TrimSpace(form.Subject), Content: strings.TrimSpace(form.Content), Channel: strings.TrimSpace(form.Channel),
			Planned: form.Planned.Start(), Important: form.Important, Signer: by.line(), At: s.Now}
		if form.Urgent && form.Kind == campaign.PriorApproval {
			c.Urgent, c.UrgentReason = true, strings.TrimSpace(form.UrgentReason)
		}
		c.Digest = store.Digest([]any{c.Kind, c.Subject, c.Content, c.Channel, form.Planned, c.Important, c.UrgentReason, c.Signer})
		if rec, n, err = appliedBefore(ctx, tx, c); err != nil || n > 0 {
			return err
		}
		if n, err = tx.AddClearance(ctx, c); err != nil {
			return err
		}
		c.N = n
		rec = ClearanceReceipt(c, nil)
		tx.Queue(clearanceMail(c, rec))
		e, err := contract.StartClearanceEnvelope(key(v.Ref, "clearance", strconv.Itoa(n), "start"), contract.ClearanceInput{Ref: v.Ref, N: n, Kind: c.Kind, Holidays: s.days(), From: s.Now.UTC()})
		if err != nil {
			return err
		}
		tx.Queue(message(e, v.Ref))
		if !c.Urgent {
			return nil
		}
		return d.callStaff(ctx, tx, s, fmt.Sprintf("clearance/%d/urgent", n), clearancePath(v.Ref, n), "紧急：事前审批申请",
			fmt.Sprintf("机构提出第 %d 号事前审批申请并说明情况紧急：%s。请立即批复；未批复不视为同意。", n, c.UrgentReason), "申请一直待批，机构不得发布；系统自下一个工作日起继续提醒，直至批复。", campaign.Officer, campaign.Approver)
	})
	return rec, n, err
}

func clearancePath(ref contract.Ref, n int) string {
	return fmt.Sprintf("/office/%d/clearances/%s/%d", ref.Year, ref.Code, n)
}

func appliedBefore(ctx context.Context, tx *store.Tx, c store.Clearance) (Receipt, int, error) {
	all, err := tx.Clearances(ctx, c.Ref())
	for _, old := range all {
		if old.Digest == c.Digest {
			return ClearanceReceipt(old, nil), old.N, err
		}
	}
	return Receipt{}, 0, err
}

// ClearanceReceipt is the receipt of a request, or of an act in it.
func ClearanceReceipt(c store.Clearance, a *store.ClearanceAct) Receipt {
	if a == nil {
		return Receipt{key(c.Ref(), "clearance", strconv.Itoa(c.N), "0"), c.Kind.Chinese() + "申请", c.Digest, c.At, false}
	}
	return Receipt{key(c.Ref(), "clearance", strconv.Itoa(c.N), strconv.Itoa(a.K)), c.Kind.Chinese() + "：" + a.Act.Chinese(), a.Digest, a.At, false}
}

func clearanceMail(c store.Clearance, rec Receipt) store.Intent {
	m := receiptMail(c.Ref(), rec)
	body := m.Body.(store.MailBody)
	body.Path = fmt.Sprintf("clearances/%d", c.N)
	m.Body = body
	return m
}

// StepForm is an act of the institution in its matter.
type StepForm struct {
	Act             campaign.ClearanceAct
	Text            string
	Day             campaign.Day // of publication
	Head, Principal string       // 宣传负责人, 主要负责人
	Speaker         string       // 新闻发言人
	Secrecy         bool         // 保密关
	Ideology        bool         // 意识形态关
	Override        bool
	OverrideReason  string
}

// Faults names what is missing for the act.
func (x StepForm) Faults(important bool, today campaign.Day) map[string]string {
	f := map[string]string{}
	switch x.Act {
	case campaign.ClearanceWithdraw:
		words(f, "text", x.Text, "撤回的理由", 1000)
	case campaign.ClearancePublish:
		if _, err := campaign.ParseDay(string(x.Day)); err != nil {
			f["day"] = "请填写发布日期，格式 2026-03-01"
		} else if x.Day > today {
			f["day"] = "发布日期不能晚于今天"
		}
	case campaign.PressSettle:
		f = campaign.MaySettle(important, strings.TrimSpace(x.Head), strings.TrimSpace(x.Principal))
	case campaign.PressHold:
		words(f, "speaker", x.Speaker, "新闻发言人或者宣传负责人的姓名和职务", 80)
	case campaign.PressArticle:
		words(f, "head", x.Head, "审核稿件的宣传负责人", 80)
		if !x.Secrecy {
			f["secrecy"] = "请确认已严把保密关（第十六条）"
		}
		if !x.Ideology {
			f["ideology"] = "请确认已严把意识形态关（第十六条）"
		}
	default:
		f["act"] = "请在页面上选择要办理的事项"
	}
	if x.Override {
		words(f, "override_reason", x.OverrideReason, "不按顺序办理的理由", 500)
	}
	return f
}

// StepClearance takes an act of the institution. A step of a press conference
// out of its order is refused, or recorded with the reason for it (GL-16).
func (d *Desk) StepClearance(ctx context.Context, v Visitor, n int, x StepForm, by Signer) (rec Receipt, err error) {
	err = d.visit(ctx, v, func(tx *store.Tx, s scene) error {
		c, err := tx.Clearance(ctx, v.Ref, n)
		if err != nil {
			return err
		}
		f := x.Faults(c.Important, campaign.DayOf(s.Now))
		by.check(f)
		if err := faulty(f); err != nil {
			return err
		}
		a := store.ClearanceAct{N: n, Act: x.Act, Signer: by.line(), At: s.Now, Body: store.ClearanceBody{Text: strings.TrimSpace(x.Text), Head: strings.TrimSpace(x.Head), Principal: strings.TrimSpace(x.Principal),
			Speaker: strings.TrimSpace(x.Speaker), Secrecy: x.Secrecy, Ideology: x.Ideology}}
		if x.Act == campaign.ClearancePublish {
			a.Day = x.Day
		}
		_, early := campaign.MoveClearance(c.Kind, c.State(), x.Act, "", false)
		if early != nil && x.Override {
			a.Override = strings.TrimSpace(x.OverrideReason)
		}
		a.Digest = store.Digest([]any{a.Act, a.Body, a.Day, a.Override, a.Signer})
		if old := c.Find(x.Act); old != nil && old.Digest == a.Digest { // the same form sent twice is one act
			rec = ClearanceReceipt(c, old)
			return nil
		}
		if _, err := campaign.MoveClearance(c.Kind, c.State(), x.Act, "", a.Override != ""); err != nil {
			return err
		}
		if rec, err = d.clearanceAct(ctx, tx, c, a); err == nil {
			tx.Queue(clearanceMail(c, rec))
		}
		if err == nil && a.Act == campaign.PressArticle { // the record of all four steps
			tx.Queue(store.Intent{Key: PressRecordKey(c), Kind: store.PaperIntent, Ref: v.Ref, Body: store.PaperBody{Kind: campaign.PressRecordPaper, Date: campaign.DayOf(s.Now), Case: n}})
		}
		return err
	})
	return rec, err
}

// clearanceAct writes an act and tells the workflow, unless it is a publication: that is
// recorded when the workflow has ended already.
func (d *Desk) clearanceAct(ctx context.Context, tx *store.Tx, c store.Clearance, a store.ClearanceAct) (Receipt, error) {
	k, err := tx.AddClearanceAct(ctx, c.Ref(), a)
	if err != nil {
		return Receipt{}, err
	}
	a.K = k
	rec := ClearanceReceipt(c, &a)
	if a.Act == campaign.ClearancePublish {
		return rec, nil
	}
	return rec, tell(tx, contract.ClearanceDoneMsg, c.Ref(), c.Ref().ClearanceID(c.N), rec.Number,
		contract.ClearanceDone{Act: a.Act, Role: a.Role, Override: a.Override != "", Digest: a.Digest, At: a.At})
}

// DecideClearance is the regulator's decision: with conditions, a number
// without a gap and a paper (GL-14). Only an approver decides.
func (d *Desk) DecideClearance(ctx context.Context, p store.Staff, ref contract.Ref, n int, approve bool, text, conditions string) (rec Receipt, err error) {
	if err := need(p, campaign.Approver); err != nil {
		return rec, err
	}
	if err := faulty(DecisionFaults(approve, text, conditions)); err != nil {
		return rec, err
	}
	err = d.inYear(ctx, ref, func(tx *store.Tx, s scene) error {
		c, err := tx.Clearance(ctx, ref, n)
		if err != nil {
			return err
		}
		a := store.ClearanceAct{N: n, Act: campaign.ClearanceRefuse, Role: string(p.Role), By: p.ID, At: s.Now, Body: store.ClearanceBody{Text: strings.TrimSpace(text)}}
		if approve {
			a.Act, a.Body.Conditions = campaign.ClearanceApprove, strings.TrimSpace(conditions)
		}
		if old := c.Decision(); old != nil && old.Act == a.Act && old.By == p.ID && old.Body.Text == a.Body.Text && old.Body.Conditions == a.Body.Conditions {
			rec = ClearanceReceipt(c, old)
			return nil
		}
		if _, err := campaign.MoveClearance(c.Kind, c.State(), a.Act, a.Role, false); err != nil {
			return err
		}
		numbers, err := tx.Numbers(ctx, campaign.ClearancePaper.Series(), ref.Year, []string{fmt.Sprintf("%s/%d", ref.Code, n)})
		if err != nil {
			return err
		}
		a.Body.Number = numbers[fmt.Sprintf("%s/%d", ref.Code, n)]
		a.Digest = store.Digest([]any{a.Act, a.Body, a.By})
		if rec, err = d.clearanceAct(ctx, tx, c, a); err == nil {
			d.decided(tx, c, a)
		}
		return err
	})
	return rec, err
}

// DecisionFaults names what is wrong with a decision.
func DecisionFaults(approve bool, text, conditions string) map[string]string {
	f := map[string]string{}
	if !approve {
		words(f, "text", text, "不予批准的理由", 2000)
	}
	if len([]rune(text)) > 2000 {
		f["text"] = "意见不能超过 2000 字"
	}
	if len([]rune(conditions)) > 2000 {
		f["conditions"] = "条件不能超过 2000 字"
	}
	return f
}

// decided mails the decision with its paper.
func (d *Desk) decided(tx *store.Tx, c store.Clearance, a store.ClearanceAct) {
	ref, n := c.Ref(), strconv.Itoa(c.N)
	paper := store.Intent{Key: key(ref, "paper", string(campaign.ClearancePaper), n), Kind: store.PaperIntent, Ref: ref,
		Body: store.PaperBody{Kind: campaign.ClearancePaper, N: a.Body.Number, Date: campaign.DayOf(a.At), Case: c.N}}
	what := a.Act.Chinese() + "。"
	if a.Body.Conditions != "" {
		what += "条件：" + a.Body.Conditions
	} else if a.Body.Text != "" {
		what += a.Body.Text
	}
	tx.Queue(paper, store.Intent{Key: key(ref, "clearance", n, "decision"), Kind: store.MailIntent, Ref: ref, Body: store.MailBody{
		Template: "clearance-decision", To: "institution", Scope: "act", Path: "clearances/" + n, Date: a.At, Papers: []string{paper.Key},
		Data:  map[string]string{"title": "第 " + n + " 号申请", "what": what},
		Lines: [][2]string{{"文号", campaign.ClearancePaper.Number(ref.Year, a.Body.Number)}, {"申请时间", stampHour(c.At)}}}})
}

// PressRecordKey is the key of the record of a press conference.
func PressRecordKey(c store.Clearance) string {
	return key(c.Ref(), "paper", string(campaign.PressRecordPaper), strconv.Itoa(c.N))
}

// maxClearanceFiles bounds the documents of one matter.
const maxClearanceFiles = 20

// AttachClearance takes a document of a matter while it is open.
func (d *Desk) AttachClearance(ctx context.Context, v Visitor, n int, u Upload, by Signer) (rec Receipt, err error) {
	f := map[string]string{}
	by.check(f)
	declared(u.NoState, f)
	name := cleanName(u.Name)
	kind, known := media[strings.ToLower(filepath.Ext(name))]
	if !known {
		f["file"] = "只接受 " + Kinds + " 文件，请转换格式后上传"
	}
	if err := faulty(f); err != nil {
		return rec, err
	}
	if !v.Act {
		return rec, campaign.Fail(campaign.Forbidden, "此链接只能查看，请使用任务邮件中的链接办理")
	}
	open := func(c store.Clearance, err error) error {
		if err == nil && (c.State().Ended() || c.State() == campaign.ClearanceApproved || len(c.Files) >= maxClearanceFiles) {
			return campaign.Fail(campaign.Conflict, "该事项处于“%s”或者附件已满 %d 件，不再接收附件", c.State().Chinese(), maxClearanceFiles)
		}
		return err
	}
	if err := open(d.Store.Clearance(ctx, v.Ref, n)); err != nil { // before the bytes are read
		return rec, err
	}
	used, err := d.Store.HandedSize(ctx, v.Ref)
	if err != nil {
		return rec, err
	}
	digest, size, err := d.Blobs.Put(u.File, FileLimit, func(file *os.File, size int64) error {
		if err := fits(used, size); err != nil {
			return err
		}
		return genuine(file, size, strings.ToLower(filepath.Ext(name)))
	})
	if err == nil {
		err = d.notLeaked(ctx, digest)
	}
	if err != nil {
		return rec, err
	}
	err = d.visit(ctx, v, func(tx *store.Tx, s scene) error {
		c, err := tx.Clearance(ctx, v.Ref, n)
		if err := open(c, err); err != nil {
			return err
		}
		if used, err := tx.HandedSize(ctx, v.Ref); err != nil || used+size > YearLimit {
			return firstErr(err, fits(used, size))
		}
		k, err := tx.AddClearanceFile(ctx, v.Ref, n, store.ClearanceFile{Name: name, Media: kind, Size: size, Digest: digest, Signer: by.line(), At: s.Now})
		rec = Receipt{key(v.Ref, "clearance", strconv.Itoa(n), "file", strconv.Itoa(k)), c.Kind.Chinese() + "附件", digest, s.Now, false}
		return err
	})
	return rec, err
}
