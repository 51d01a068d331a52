package desk

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// ReportForm is the five fields of a report as typed on a phone (Art. 20); who
// reports is known from the link and the signature.
type ReportForm struct {
	What       string // 发生了什么
	Activity   string // 地点和涉及的认证活动
	Occurred   string // 发生时间
	Discovered string // 发现时间
	Measures   string // 已采取的简要措施
}

// DetailsForm is what follows a report (Art. 23).
type DetailsForm struct {
	Relevance campaign.Relevance
	Steps     map[string]string // by campaign.HandlingStep.Key
}

// ParseHour reads a time as the browsers' control writes it, in Beijing time.
func ParseHour(s string) (time.Time, error) {
	s = strings.Replace(strings.TrimSpace(s), " ", "T", 1)
	for _, form := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if t, err := time.ParseInLocation(form, s, campaign.Beijing); err == nil && t.Year() > 1999 && t.Year() < 3000 {
			return t, nil
		}
	}
	return time.Time{}, campaign.Fail(campaign.Invalid, "请填写日期和时间，格式 2026-03-01 09:30")
}

// words names a text that is missing or too long.
func words(f map[string]string, field, value, label string, most int) {
	switch n := len([]rune(strings.TrimSpace(value))); {
	case n == 0:
		f[field] = "请填写" + label
	case n > most:
		f[field] = fmt.Sprintf("%s不能超过 %d 字，现有 %d 字", label, most, n)
	}
}

// pastHour reads an instant that has passed.
func pastHour(f map[string]string, field, value, label string, now time.Time) time.Time {
	t, err := ParseHour(value)
	switch {
	case err != nil:
		f[field] = "请填写" + label + "，格式 2026-03-01 09:30"
	case t.After(now):
		f[field] = label + "不能晚于现在"
	}
	return t
}

// read checks the form at an instant and gives what is kept of it.
func (r ReportForm) read(now time.Time) (i store.Incident, body store.IncidentBody, f map[string]string) {
	f = map[string]string{}
	words(f, "what", r.What, "事件概况", 1000)
	words(f, "activity", r.Activity, "地点和涉及的认证活动", 300)
	words(f, "measures", r.Measures, "已采取的措施", 1000)
	i.OccurredAt = pastHour(f, "occurred", r.Occurred, "发生时间", now)
	body.DiscoveredAt = pastHour(f, "discovered", r.Discovered, "发现时间", now)
	if f["occurred"] == "" && f["discovered"] == "" && body.DiscoveredAt.Before(i.OccurredAt) {
		f["discovered"] = "发现时间不能早于发生时间"
	}
	i.What, i.Activity = strings.TrimSpace(r.What), strings.TrimSpace(r.Activity)
	body.What, body.Activity, body.Text = i.What, i.Activity, strings.TrimSpace(r.Measures)
	return i, body, f
}

// Faults names what is wrong with a report, before it is looked over once more.
func (r ReportForm) Faults(now time.Time) map[string]string { _, _, f := r.read(now); return f }

// ReportIncident takes the five fields and answers at once with a stamped
// receipt (Art. 20): a new incident with n 0, else one that the regulator
// opened. The engine is told afterwards, and need not be there.
func (d *Desk) ReportIncident(ctx context.Context, v Visitor, n int, form ReportForm, by Signer) (rec Receipt, err error) {
	err = d.visit(ctx, v, func(tx *store.Tx, s scene) error {
		if s.Entry.Stage == campaign.Left {
			return campaign.Fail(campaign.Conflict, "贵机构已退出本年度评价，请直接向主管部门报告")
		}
		var opened store.Incident
		if n > 0 {
			if opened, err = tx.Incident(ctx, v.Ref, n); err != nil {
				return err
			}
			form.Occurred = opened.OccurredAt.In(campaign.Beijing).Format("2006-01-02T15:04:05") // the clock that runs already
		}
		i, body, f := form.read(s.Now)
		by.check(f)
		if err := faulty(f); err != nil {
			return err
		}
		a := store.IncidentAct{N: n, Act: campaign.IncidentReport, Signer: by.line(), Body: body, At: s.Now}
		a.Digest = store.Digest([]any{i.OccurredAt.UTC(), body, a.Signer})
		if old, again, err := reportedBefore(ctx, tx, v.Ref, n, a.Digest); err != nil || again {
			rec = old
			return err
		}
		late := campaign.ReportLate(i.OccurredAt, s.Now)
		if n == 0 {
			i.Year, i.Code, i.At = v.Ref.Year, v.Ref.Code, s.Now
			if a.N, err = tx.AddIncident(ctx, i); err != nil {
				return err
			}
			if err := d.beginIncident(tx, v.Ref, a.N, campaign.IncidentReported, i.OccurredAt, s.Now); err != nil {
				return err
			}
		} else if _, err := campaign.MoveIncident(opened.State(), a.Act, ""); err != nil {
			return err
		}
		if rec, err = d.incidentAct(ctx, tx, s, a, late); err != nil {
			return err
		}
		d.acknowledge(tx, s, rec, a.N)
		word := ""
		if late {
			word = "（已逾48小时）"
		}
		return d.callStaff(ctx, tx, s, fmt.Sprintf("incident/%d/report", a.N), incidentPath(v.Ref, a.N), "收到48小时报告"+word,
			fmt.Sprintf("机构报送了第 %d 号事件的48小时报告%s，请及时查阅，必要时要求补充或者转报有关部门。", a.N, word), "报告已经收下并记入台账，不会自动转报。本提请只发送一次。", campaign.Officer)
	})
	return rec, err
}

// reportedBefore finds the same report among those taken: the same form sent twice is one report.
func reportedBefore(ctx context.Context, tx *store.Tx, ref contract.Ref, n int, digest string) (Receipt, bool, error) {
	all, err := tx.Incidents(ctx, ref)
	for _, i := range all {
		if a := i.Find(campaign.IncidentReport); a != nil && a.Digest == digest && (n == 0 || n == i.N) {
			return IncidentReceipt(i, *a), true, err
		}
	}
	return Receipt{}, false, err
}

// IncidentReceipt is the receipt of an act of the institution.
func IncidentReceipt(i store.Incident, a store.IncidentAct) Receipt {
	late := a.Act == campaign.IncidentReport && campaign.ReportLate(i.OccurredAt, a.At)
	return Receipt{incidentKey(i.Ref(), i.N, a.K), a.Act.Chinese(), a.Digest, a.At, late}
}

func incidentKey(ref contract.Ref, n, k int) string {
	return key(ref, "incident", strconv.Itoa(n), strconv.Itoa(k))
}

func incidentPath(ref contract.Ref, n int) string {
	return fmt.Sprintf("/office/%d/incidents/%s/%d", ref.Year, ref.Code, n)
}

// beginIncident asks the engine for the incident's workflow.
func (d *Desk) beginIncident(tx *store.Tx, ref contract.Ref, n int, s campaign.IncidentState, occurred, now time.Time) error {
	e, err := contract.StartIncidentEnvelope(key(ref, "incident", strconv.Itoa(n), "start"),
		contract.IncidentInput{Ref: ref, N: n, State: s, OccurredAt: occurred.UTC(), From: now.UTC()})
	if err == nil {
		tx.Queue(message(e, ref))
	}
	return err
}

// incidentAct writes an act of people and tells the workflow of those it waits for.
func (d *Desk) incidentAct(ctx context.Context, tx *store.Tx, s scene, a store.IncidentAct, late bool) (Receipt, error) {
	ref := s.ref()
	k, err := tx.AddIncidentAct(ctx, ref, a, late)
	rec := Receipt{incidentKey(ref, a.N, k), a.Act.Chinese(), a.Digest, a.At, late}
	switch {
	case err != nil:
		return rec, err
	case a.Act == campaign.IncidentReport && k == 1: // the workflow began with it
		return rec, nil
	case a.Act == campaign.IncidentReport, a.Act == campaign.IncidentDetails, a.Act == campaign.IncidentClose:
		err = tell(tx, contract.IncidentDoneMsg, ref, ref.IncidentID(a.N), rec.Number, contract.IncidentDone{Act: a.Act, Role: a.Role, Digest: a.Digest, At: a.At})
	}
	return rec, err
}

// acknowledge mails the receipt of a report with 48小时报告回执.
func (d *Desk) acknowledge(tx *store.Tx, s scene, rec Receipt, n int) {
	paper := store.Intent{Key: key(s.ref(), "paper", string(campaign.IncidentReceiptPaper), strconv.Itoa(n)), Kind: store.PaperIntent, Ref: s.ref(),
		Body: store.PaperBody{Kind: campaign.IncidentReceiptPaper, Date: campaign.DayOf(rec.At), Case: n}}
	m := receiptMail(s.ref(), rec)
	body := m.Body.(store.MailBody)
	body.Path, body.Papers = fmt.Sprintf("incidents/%d", n), []string{paper.Key}
	m.Body = body
	tx.Queue(paper, m)
}

// callStaff puts a letter to everybody of some roles in the outbox, about what
// cannot wait for the morning; left is what comes of it when nobody does anything.
func (d *Desk) callStaff(ctx context.Context, tx *store.Tx, s scene, what, path, title, text, left string, roles ...campaign.Role) error {
	for _, role := range roles {
		people, err := tx.StaffOf(ctx, role)
		if err != nil {
			return err
		}
		for _, p := range people {
			tx.Queue(store.Intent{Key: key(s.ref(), "alert", what, p.ID), Kind: store.MailIntent, Ref: s.ref(), Body: store.MailBody{
				Template: "officer-alert", To: "staff:" + p.ID, Path: path, Date: s.Now, Until: s.days().AddWorkdays(campaign.DayOf(s.Now), 1), Urgent: true,
				Data: map[string]string{"title": title, "what": text, "consequence": left}, Lines: [][2]string{{"机构", s.Entry.Name}, {"批准号", s.Entry.Code}}}})
		}
	}
	return nil
}

// onIncident runs an act about one incident after the table has allowed it; the
// same words by the same side right after themselves are one act.
func (d *Desk) onIncident(ctx context.Context, tx *store.Tx, s scene, a store.IncidentAct) (Receipt, error) {
	i, err := tx.Incident(ctx, s.ref(), a.N)
	if err != nil {
		return Receipt{}, err
	}
	a.At = s.Now
	a.Digest = store.Digest([]any{a.Act, a.Body, a.Signer, a.By})
	if last := i.Acts[len(i.Acts)-1]; last.Digest == a.Digest {
		return IncidentReceipt(i, last), nil
	}
	if _, err := campaign.MoveIncident(i.State(), a.Act, a.Role); err != nil {
		return Receipt{}, err
	}
	if a.Act == campaign.IncidentExcuse && !i.Facts().Late(s.Now) {
		return Receipt{}, campaign.Fail(campaign.Conflict, "该事件没有逾期报告，无需准予")
	}
	return d.incidentAct(ctx, tx, s, a, false)
}

// incidentBy is an act of the institution about an incident.
func (d *Desk) incidentBy(ctx context.Context, v Visitor, a store.IncidentAct, f map[string]string, by Signer) (rec Receipt, err error) {
	by.check(f)
	if err := faulty(f); err != nil {
		return rec, err
	}
	a.Signer = by.line()
	err = d.visit(ctx, v, func(tx *store.Tx, s scene) error {
		if rec, err = d.onIncident(ctx, tx, s, a); err == nil {
			tx.Queue(receiptMail(v.Ref, rec))
		}
		return err
	})
	return rec, err
}

// Faults names what is missing of the details: the relevance and every one of
// the five steps (Art. 23).
func (x DetailsForm) Faults() map[string]string {
	f := map[string]string{}
	if x.Relevance.Chinese() == "" {
		f["relevance"] = "请判定事件与认证活动的相关性（第二十三条）"
	}
	for _, st := range campaign.HandlingSteps() {
		words(f, st.Key, x.Steps[st.Key], st.Chinese+"情况", 2000)
	}
	return f
}

// DetailIncident takes the details that follow a report.
func (d *Desk) DetailIncident(ctx context.Context, v Visitor, n int, x DetailsForm, by Signer) (Receipt, error) {
	steps := map[string]string{}
	for _, st := range campaign.HandlingSteps() {
		steps[st.Key] = strings.TrimSpace(x.Steps[st.Key])
	}
	return d.incidentBy(ctx, v, store.IncidentAct{N: n, Act: campaign.IncidentDetails, Body: store.IncidentBody{Relevance: x.Relevance, Steps: steps}}, x.Faults(), by)
}

// FollowIncident takes what happened since: any time until the incident is closed.
func (d *Desk) FollowIncident(ctx context.Context, v Visitor, n int, text string, by Signer) (Receipt, error) {
	f := map[string]string{}
	words(f, "text", text, "后续情况及处置措施", 3000)
	return d.incidentBy(ctx, v, store.IncidentAct{N: n, Act: campaign.IncidentFollow, Body: store.IncidentBody{Text: strings.TrimSpace(text)}}, f, by)
}

// RelateIncident takes the institution's new judgement of the relevance.
func (d *Desk) RelateIncident(ctx context.Context, v Visitor, n int, r campaign.Relevance, text string, by Signer) (Receipt, error) {
	return d.incidentBy(ctx, v, store.IncidentAct{N: n, Act: campaign.IncidentRelate, Body: store.IncidentBody{Relevance: r, Text: strings.TrimSpace(text)}}, judged(r, text), by)
}

func judged(r campaign.Relevance, text string) map[string]string {
	f := map[string]string{}
	if r.Chinese() == "" {
		f["relevance"] = "请判定事件与认证活动的相关性（第二十三条）"
	}
	words(f, "text", text, "判定的理由", 1000)
	return f
}

// OpenForm is how the regulator opens an incident of which it heard elsewhere.
type OpenForm struct{ What, Activity, Occurred string }

// Faults names what is wrong with the form at an instant.
func (o OpenForm) Faults(now time.Time) map[string]string {
	f := map[string]string{}
	words(f, "what", o.What, "事件概况", 1000)
	words(f, "activity", o.Activity, "地点和涉及的认证活动", 300)
	pastHour(f, "occurred", o.Occurred, "发生时间", now)
	return f
}

// OpenIncident asks an institution for its report of an incident.
func (d *Desk) OpenIncident(ctx context.Context, p store.Staff, ref contract.Ref, o OpenForm) (n int, err error) {
	if err := need(p, campaign.Officer); err != nil {
		return 0, err
	}
	err = d.inYear(ctx, ref, func(tx *store.Tx, s scene) error {
		if err := faulty(o.Faults(s.Now)); err != nil {
			return err
		}
		if s.Entry.Stage == campaign.Left {
			return campaign.Fail(campaign.Conflict, "该机构已退出本年度评价")
		}
		occurred, err := ParseHour(o.Occurred)
		if err != nil {
			return err
		}
		i := store.Incident{Year: ref.Year, Code: ref.Code, What: strings.TrimSpace(o.What), Activity: strings.TrimSpace(o.Activity), OccurredAt: occurred, By: p.ID, At: s.Now}
		if n, err = openedBefore(ctx, tx, i); err != nil || n > 0 {
			return err
		}
		if n, err = tx.AddIncident(ctx, i); err != nil {
			return err
		}
		a := store.IncidentAct{N: n, Act: campaign.IncidentOpen, Role: string(p.Role), By: p.ID, Digest: store.Digest([]any{occurred.UTC(), i.What, i.Activity}), At: s.Now}
		if _, err := tx.AddIncidentAct(ctx, ref, a, false); err != nil {
			return err
		}
		tx.Queue(store.Intent{Key: key(ref, "incident", strconv.Itoa(n), "opened"), Kind: store.MailIntent, Ref: ref, Body: store.MailBody{
			Template: "incident-opened", To: "institution", Scope: "act", Path: fmt.Sprintf("incidents/%d", n), Date: s.Now,
			Data:  map[string]string{"title": fmt.Sprintf("第 %d 号事件", n), "what": i.What, "until": stampHour(campaign.ReportDue(occurred))},
			Lines: [][2]string{{"事件编号", ref.IncidentID(n)}, {"发生时间", stampHour(occurred)}, {"涉及", i.Activity}}}})
		return d.beginIncident(tx, ref, n, campaign.IncidentOpened, occurred, s.Now)
	})
	return n, err
}

// openedBefore finds the incident that the same form opened already.
func openedBefore(ctx context.Context, tx *store.Tx, i store.Incident) (int, error) {
	all, err := tx.Incidents(ctx, i.Ref())
	for _, old := range all {
		if old.By == i.By && old.What == i.What && old.Activity == i.Activity && old.OccurredAt.Equal(i.OccurredAt) {
			return old.N, err
		}
	}
	return 0, err
}

func stampHour(t time.Time) string { return t.In(campaign.Beijing).Format("2006年1月2日 15:04:05") }

// JudgeIncident is an officer's act about an incident: his judgement of the
// relevance, an excuse for a late report, or the close; each with a reason.
func (d *Desk) JudgeIncident(ctx context.Context, p store.Staff, ref contract.Ref, n int, act campaign.IncidentAct, r campaign.Relevance, text string) (rec Receipt, err error) {
	if err := need(p, campaign.Officer); err != nil {
		return rec, err
	}
	f := map[string]string{}
	switch act {
	case campaign.IncidentRelate:
		f = judged(r, text)
	case campaign.IncidentExcuse, campaign.IncidentClose:
		r = ""
		words(f, "text", text, "理由", 1000)
	default:
		return rec, campaign.Fail(campaign.Invalid, "请在页面上选择要办理的事项")
	}
	if err := faulty(f); err != nil {
		return rec, err
	}
	err = d.inYear(ctx, ref, func(tx *store.Tx, s scene) error {
		rec, err = d.onIncident(ctx, tx, s, store.IncidentAct{N: n, Act: act, Role: string(p.Role), By: p.ID, Body: store.IncidentBody{Relevance: r, Text: strings.TrimSpace(text)}})
		return err
	})
	return rec, err
}
