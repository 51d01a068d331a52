package activities

import (
	"context"
	"fmt"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/pdf"
	"xuanping/store"
)

// incidentRemind writes to the institution what its report still lacks after so
// many hours. Nights and days off do not hold it back: 48-hour matters are the
// exception of ML-4.
func (r *Room) incidentRemind(ctx context.Context, in contract.IncidentAt) (out contract.IncidentOut, err error) {
	err = r.write(ctx, func(tx *store.Tx) error {
		i, err := tx.Incident(ctx, in.Ref, in.N)
		if err != nil {
			return err
		}
		out.State = i.State()
		lacks := lacking(out.State)
		if lacks == "" {
			return nil
		}
		queueMail(tx, in.Ref, fmt.Sprintf("incident/%d/urge/%d", in.N, in.Hours), store.MailBody{
			Template: "incident-reminder", To: "institution", Scope: "act", Path: fmt.Sprintf("incidents/%d", in.N), Date: in.At,
			Data: map[string]string{"title": incidentTitle(in.N), "what": lacks, "until": hour(i.Due)},
			Lines: [][2]string{{"事件编号", in.Ref.IncidentID(in.N)}, {"发生时间", hour(i.OccurredAt)},
				{"已过时间", campaign.Ago(i.OccurredAt, i.OccurredAt.Add(time.Duration(in.Hours)*time.Hour))}},
		})
		return nil
	})
	return out, err
}

// lacking says what an incident waits for from the institution; "" for nothing.
func lacking(s campaign.IncidentState) string {
	switch s {
	case campaign.IncidentOpened:
		return "48小时报告（五项基本情况）"
	case campaign.IncidentReported:
		return "与认证活动的相关性，以及收集、会商、研判、回应、评估情况（第二十三条）"
	}
	return ""
}

// errEarly holds the breach back where the score book's clock is behind the
// engine's: what is recorded within the 48 hours is in time.
var errEarly = campaign.Fail(campaign.Internal, "48小时尚未届满，稍后核对")

// incidentBreach records, when the 48 hours have passed, what did not come
// within them: at the instant at which they ended, however late the worker is.
func (r *Room) incidentBreach(ctx context.Context, in contract.IncidentAt) (out contract.IncidentOut, err error) {
	s, err := r.scene(ctx, in.Ref)
	if err != nil {
		return out, err
	}
	var about campaign.IncidentAct
	var due time.Time
	err = r.write(ctx, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, in.Ref); err != nil {
			return err
		}
		i, err := tx.Incident(ctx, in.Ref, in.N)
		if err != nil {
			return err
		}
		if due = i.Due; !s.campaign.Rehearsal && !r.Clock().After(due) {
			return errEarly
		}
		out.State = i.State()
		about = map[campaign.IncidentState]campaign.IncidentAct{
			campaign.IncidentOpened: campaign.IncidentNoReport, campaign.IncidentReported: campaign.IncidentNoDetail}[out.State]
		if about == "" || i.Find(about) != nil {
			return nil
		}
		a := store.IncidentAct{N: in.N, Act: about, Role: "clock", Digest: store.Digest(about), At: latest(due, i.At)}
		_, err = tx.AddIncidentAct(ctx, in.Ref, a, about == campaign.IncidentNoReport)
		return err
	})
	if err != nil || about == "" {
		return out, err
	}
	return out, r.callStaff(ctx, s, call{
		ref: in.Ref, key: fmt.Sprintf("incident/%d/%s", in.N, about), path: fmt.Sprintf("/office/%d/incidents/%s/%d", in.Ref.Year, in.Ref.Code, in.N), at: in.At,
		roles: []campaign.Role{campaign.Officer}, title: "48小时报告：" + about.Chinese(),
		what: "事件发生已满48小时（" + hour(due) + "），" + about.Chinese() + "，已记入台账。是否准予不计逾期，由工作人员决定并说明理由。",
		left: "未准予的，台账中的记录不变。" + onlyOnce, urgent: true,
	})
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// call is a letter to every active person of some roles.
type call struct {
	ref       contract.Ref
	key, path string
	at        time.Time
	roles     []campaign.Role
	title     string
	what      string
	left      string // what comes of it when nobody does anything
	urgent    bool   // about a 48-hour matter
}

func (r *Room) callStaff(ctx context.Context, s scene, c call) error {
	until := s.rules().Holidays.AddWorkdays(campaign.DayOf(c.at), 1)
	return r.write(ctx, func(tx *store.Tx) error {
		for _, role := range c.roles {
			people, err := tx.StaffOf(ctx, role)
			if err != nil {
				return err
			}
			for _, p := range people {
				queueMail(tx, c.ref, "alert/"+c.key+"/"+p.ID, store.MailBody{Template: "officer-alert", To: "staff:" + p.ID, Path: c.path, Date: c.at, Until: until, Urgent: c.urgent,
					Data: map[string]string{"title": c.title, "what": c.what, "consequence": c.left}, Lines: [][2]string{{"机构", s.institution.Name}, {"批准号", c.ref.Code}}})
			}
		}
		return nil
	})
}

func incidentTitle(n int) string { return fmt.Sprintf("第 %d 号事件", n) }

// hour is an instant as letters about the 48 hours write it.
func hour(t time.Time) string { return t.In(campaign.Beijing).Format("2006年1月2日 15:04:05") }

// incidentReceipt prints 48小时报告回执: proof of when the report was recorded.
func (r *Room) incidentReceipt(ctx context.Context, head pdf.Head, s scene, b store.PaperBody) ([]byte, error) {
	ref := s.entry.Ref()
	i, err := r.Store.Incident(ctx, ref, b.Case)
	if err != nil {
		return nil, err
	}
	report := i.Find(campaign.IncidentReport)
	if report == nil {
		return nil, campaign.Fail(campaign.Conflict, "该事件还没有报告")
	}
	return r.Printer.Receipt(pdf.Receipt{Head: head, Title: campaign.IncidentReceiptPaper.Chinese(), Institution: s.institution.Name, Code: ref.Code,
		What: fmt.Sprintf("%s的48小时报告（《指引》第二十条），编号 %s；发生时间 %s，发现时间 %s", incidentTitle(i.N), ref.IncidentID(i.N), hour(i.OccurredAt), hour(report.Body.DiscoveredAt)),
		At:   report.At, Late: campaign.ReportLate(i.OccurredAt, report.At), Deadline: i.Due, By: "机构经办人员", Digest: report.Digest,
		Items: []pdf.Received{{Name: "五项基本情况", Row: "第11、12项", Digest: report.Digest}},
	})
}
