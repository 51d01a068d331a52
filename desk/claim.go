package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/rubric"
	"xuanping/store"
)

// ClaimForm is a bonus item as its institution claims it (附件2 第15项, PL-14).
type ClaimForm struct {
	Clause     string // "" when the catalogue or the directory decides it
	Title      string
	Source     string // what proves it
	OccurredOn campaign.Day
	Names      EventNames
	NoState    bool // 已声明不含国家秘密、工作秘密、商业秘密和他人隐私 (GL-5)
}

// Claimable lists the clauses that an institution may claim: adoption (15.2c,
// 15.2d) is the regulator's own fact and needs no claim (PL-3).
func (d *Desk) Claimable() []rubric.Clause {
	var all []rubric.Clause
	for _, c := range d.Table.Clauses {
		adopted := slices.ContainsFunc(campaign.Adoptions(), func(a [2]string) bool { return campaign.Adoption(a[0]).Clause() == c.ID })
		if c.Row == 15 && !adopted {
			all = append(all, c)
		}
	}
	return all
}

// Claim takes an institution's claim: an event that counts nothing until the
// regulator confirms it.
func (d *Desk) Claim(ctx context.Context, v Visitor, f ClaimForm, by Signer) (Receipt, error) {
	var rec Receipt
	err := d.visit(ctx, v, func(tx *store.Tx, s scene) error {
		own, err := tx.Events(ctx, v.Ref)
		if err != nil {
			return err
		}
		e, bad, err := d.claimed(ctx, tx.Reader, s, own, f, by)
		if err != nil {
			return err
		}
		for _, old := range own { // the same form sent twice is one claim
			if sameClaim(old, e) {
				rec = ClaimReceipt(old, claimNo(own, old.ID))
				return nil
			}
		}
		if err := d.claimOpen(ctx, tx.Reader, s); err != nil {
			return err
		}
		if err := faulty(bad); err != nil {
			return err
		}
		if e.ID, err = tx.AddEvent(ctx, e); err != nil {
			return err
		}
		rec = ClaimReceipt(e, claimNo(own, e.ID))
		tx.Queue(receiptMail(v.Ref, rec))
		return nil
	})
	return rec, err
}

// MayClaim tells why an institution may not claim now; nil when it may.
func (d *Desk) MayClaim(ctx context.Context, v Visitor) error {
	if !v.Act {
		return campaign.Fail(campaign.Forbidden, "此链接只能查看，请使用任务邮件中的链接办理")
	}
	s, err := d.scene(ctx, d.Store.Reader, v.Ref)
	if err != nil {
		return err
	}
	return d.claimOpen(ctx, d.Store.Reader, s)
}

// CheckClaim is the claim as it would be kept, or the faults that claiming
// would find, for the check page.
func (d *Desk) CheckClaim(ctx context.Context, v Visitor, f ClaimForm, by Signer) (store.Event, error) {
	if err := d.MayClaim(ctx, v); err != nil {
		return store.Event{}, err
	}
	s, err := d.scene(ctx, d.Store.Reader, v.Ref)
	if err != nil {
		return store.Event{}, err
	}
	own, err := d.Store.Events(ctx, v.Ref)
	if err != nil {
		return store.Event{}, err
	}
	e, bad, err := d.claimed(ctx, d.Store.Reader, s, own, f, by)
	if err != nil {
		return e, err
	}
	return e, faulty(bad)
}

// claimOpen tells whether claims are taken: from the launch until the
// institution has to hand in its self-score.
func (d *Desk) claimOpen(ctx context.Context, r store.Reader, s scene) error {
	if !slices.Contains([]campaign.Stage{campaign.Planning, campaign.Collecting, campaign.SelfScore}, s.Entry.Stage) {
		return campaign.Fail(campaign.Conflict, "当前为“%s”阶段，不接收加分事项的申报", s.Entry.Stage.Chinese())
	}
	due, _, err := d.open(ctx, r, s, campaign.SelfScoreTask)
	if err == nil && !s.Now.Before(due.End()) {
		return campaign.Fail(campaign.TooLate, "加分事项的申报已于 %s 截止", due.Chinese())
	}
	return err
}

// claimed makes the event of a claim and names what is wrong with it.
func (d *Desk) claimed(ctx context.Context, r store.Reader, s scene, own []store.Event, f ClaimForm, by Signer) (store.Event, map[string]string, error) {
	e := store.Event{Year: s.Entry.Year, Code: s.Entry.Code, Clause: f.Clause, Title: strings.TrimSpace(f.Title), Source: strings.TrimSpace(f.Source), At: s.Now}
	e.ByName = by.line()
	bad := claimFaults(f, s)
	by.check(bad)
	if bad["activity"] != "" || bad["occurred_on"] != "" {
		return e, bad, nil // the catalogue and the directory are asked of a name on a day
	}
	e.OccurredOn = f.OccurredOn.Start()
	if err := d.claimClause(ctx, r, &e, f.Names, bad); err != nil || e.Clause == "" {
		return e, bad, err
	}
	e.Points, _ = campaign.PointsOf(d.Table, e.Clause)
	if err := d.name(ctx, r, &e, f.Names, bad); err != nil {
		return e, bad, err
	}
	if bad["url"] == "" && claimedBefore(own, e, d.Table) {
		bad["url"] = "本机构已登记过这一网址的报道，同一报道只计一次"
	}
	return e, bad, nil
}

// claimFaults are the faults that can be seen without the lists.
func claimFaults(f ClaimForm, s scene) map[string]string {
	bad := map[string]string{}
	wordy(bad, "title", f.Title, "事项名称", 200)
	wordy(bad, "source", f.Source, "依据", 500)
	if !f.NoState {
		bad["declared"] = "请先勾选保密声明（第五条）"
	}
	if _, err := campaign.ParseDay(string(f.OccurredOn)); err != nil {
		bad["occurred_on"] = "请填写发生日期，格式 2026-03-01"
	} else if f.OccurredOn > campaign.DayOf(s.Now) {
		bad["occurred_on"] = "发生日期不能晚于今天"
	} else if f.OccurredOn.Year() != s.Entry.Year {
		bad["occurred_on"] = fmt.Sprintf("只能申报 %d 年度发生的事项", s.Entry.Year)
	}
	medium := strings.TrimSpace(f.Names.Medium) != ""
	if (f.Names.Activity != "") == medium {
		bad["activity"] = "请填写活动或者媒体，两者选填一项"
	}
	if medium && strings.TrimSpace(f.Names.URL) == "" {
		bad["url"] = "媒体报道须填写网址"
	}
	return bad
}

// claimClause finds the clause of a claim where its writer left it to the
// catalogue or the directory, and refuses one that cannot be claimed.
func (d *Desk) claimClause(ctx context.Context, r store.Reader, e *store.Event, n EventNames, bad map[string]string) error {
	if e.Clause != "" {
		i := slices.IndexFunc(d.Claimable(), func(c rubric.Clause) bool { return c.ID == e.Clause })
		if i < 0 {
			bad["clause"], e.Clause = "这一条款不由机构申报", ""
		} else if d.Claimable()[i].Media != (n.Activity == "") {
			bad["clause"], e.Clause = "条款与所填的活动或媒体不符，不确定的请选“由目录确定”", ""
		}
		return nil
	}
	if n.Activity == "" {
		dir, err := d.Directory(ctx, r)
		if err != nil {
			return err
		}
		m, known := dir.On(n.Medium, campaign.Day(e.OccurredOn.Format("2006-01-02")))
		switch {
		case !known:
			bad["clause"] = "媒体目录中没有这一媒体，请选择申报的条款；主管部门确定其级别后再认定"
		case m.Level.Clause() == "":
			bad["medium"] = "“" + m.Name + "”不属于计分媒体"
		}
		e.Clause = m.Level.Clause()
		return nil
	}
	all, err := d.Catalogue(ctx, r)
	if err != nil {
		return err
	}
	a, known := all.Find(n.Activity)
	switch {
	case !known:
		bad["activity"] = "请从活动目录中选择"
	case campaign.WordOf(campaign.Parts(), string(n.Role)) == "":
		bad["role"] = "请选择机构在活动中的角色"
	case campaign.ClauseOf(a, n.Role) == "":
		bad["role"] = "按活动目录，“" + a.Name + "”中的这一角色只在第 5 项计分，不属于加分事项"
	}
	if known {
		e.Clause = campaign.ClauseOf(a, n.Role)
	}
	return nil
}

// sameClaim tells that an open claim says the same, by whomever it was typed.
func sameClaim(old, e store.Event) bool {
	return old.Claimed() && old.Confirmed == nil && old.RegClause == e.Clause && old.Title == e.Title && old.Source == e.Source && old.URL == e.URL &&
		old.OccurredOn.Format("2006-01-02") == e.OccurredOn.Format("2006-01-02") && old.Activity == e.Activity && old.Role == e.Role && old.Medium == e.Medium
}

// claimedBefore tells that the institution has a report under the same address
// already. An activity and its report may both count (§2 no. 5).
func claimedBefore(own []store.Event, e store.Event, t *rubric.Table) bool {
	media := func(clause string) bool { c, _ := t.Clause(clause); return c.Media }
	u := campaign.NormalURL(e.URL)
	return u != "" && media(e.Clause) && slices.ContainsFunc(own, func(o store.Event) bool {
		return media(o.Clause) && (o.Confirmed == nil || *o.Confirmed) && campaign.NormalURL(cmp.Or(o.URL, campaign.FirstURL(o.Source))) == u
	})
}

// claimNo is the number of a claim in the institution's year; claims are never
// deleted, so it stays.
func claimNo(own []store.Event, event int64) int {
	n := 1
	for _, e := range own {
		if e.Claimed() && e.ID < event {
			n++
		}
	}
	return n
}

// ClaimReceipt is the receipt of the n-th claim of an institution's year.
func ClaimReceipt(e store.Event, n int) Receipt {
	return Receipt{key(contract.Ref{Year: e.Year, Code: e.Code}, "claim", strconv.Itoa(n)), "加分事项申报", e.ClaimDigest(), e.At, false}
}

// tellClaimant sends the institution the ruling on its claim: what was decided,
// why, and how to contest it (PL-14). The key is the claim's own: it is sent once.
func (d *Desk) tellClaimant(ctx context.Context, tx *store.Tx, s scene, event int64) error {
	all, err := tx.Events(ctx, s.ref())
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(e store.Event) bool { return e.ID == event })
	if i < 0 || all[i].Confirmed == nil {
		return campaign.Fail(campaign.Internal, "认定没有留下记录")
	}
	e, ref := all[i], s.ref()
	rec := ClaimReceipt(e, claimNo(all, event))
	lines := [][2]string{{"申报编号", rec.Number}, {"认定结果", "不予认定，不加分"}}
	if *e.Confirmed {
		lines = [][2]string{{"申报编号", rec.Number}, {"认定结果", "予以认定"}, {"条款", "附件2第15项 " + e.Clause}, {"认定分值", e.Points.String() + " 分，计入时受第15项累计上限和不重复计分规则限制"}}
	}
	tx.Queue(store.Intent{Key: rec.Number + "/ruling", Kind: store.MailIntent, Ref: ref, Body: store.MailBody{
		Template: "claim-ruling", To: "institution", Scope: "act", Path: "/i/" + ref.ID() + "/events", Date: s.Now,
		Data: map[string]string{"title": e.Title, "what": *e.Reason}, Lines: lines}})
	return nil
}

// WithdrawClaim takes a claim back before it is decided; afterwards the ruling stands.
func (d *Desk) WithdrawClaim(ctx context.Context, v Visitor, n int, reason string, by Signer) (Receipt, error) {
	bad := map[string]string{}
	wordy(bad, "reason", reason, "撤回的理由", 500)
	by.check(bad)
	if err := faulty(bad); err != nil {
		return Receipt{}, err
	}
	reason = strings.TrimSpace(reason)
	var rec Receipt
	err := d.visit(ctx, v, func(tx *store.Tx, s scene) error {
		e, err := ownClaim(ctx, tx.Reader, v.Ref, n)
		if err != nil {
			return err
		}
		rec = Receipt{key(v.Ref, "claim", strconv.Itoa(n), "withdrawn"), "撤回加分事项申报", store.Digest(reason), s.Now, false}
		switch {
		case e.Withdrawn() && *e.Reason == reason: // the same form sent twice is one act
			rec.At = *e.RuledAt
			return nil
		case e.Confirmed != nil:
			return campaign.Fail(campaign.Conflict, "该事项已有结论，不能再撤回")
		}
		if err := amendable(ctx, tx, s); err != nil {
			return err
		}
		if err := tx.WithdrawClaim(ctx, v.Ref, e.ID, reason, by.line(), s.Now); err != nil {
			return err
		}
		tx.Queue(receiptMail(v.Ref, rec))
		return nil
	})
	return rec, err
}

// OwnClaims lists the claims of an institution's year; the n-th stands at n-1.
func OwnClaims(all []store.Event) []store.Event {
	return slices.DeleteFunc(slices.Clone(all), func(e store.Event) bool { return !e.Claimed() })
}

// ownClaim finds the n-th claim of the institution's year.
func ownClaim(ctx context.Context, r store.Reader, ref contract.Ref, n int) (store.Event, error) {
	all, err := r.Events(ctx, ref)
	if err != nil {
		return store.Event{}, err
	}
	if all = OwnClaims(all); n < 1 || n > len(all) {
		return store.Event{}, campaign.Fail(campaign.NotFound, "没有找到该申报")
	}
	return all[n-1], nil
}

// provable tells whether a file may come with the n-th claim now; 0 asks about
// any of them.
func (d *Desk) provable(ctx context.Context, r store.Reader, s scene, n int) error {
	if err := d.claimOpen(ctx, r, s); err != nil || n == 0 {
		return err
	}
	e, err := ownClaim(ctx, r, s.ref(), n)
	if err == nil && e.Confirmed != nil {
		return campaign.Fail(campaign.Conflict, "该申报已有结论，不再接收材料")
	}
	return err
}
