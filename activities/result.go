package activities

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// serve freezes the first result and serves its notice, both of the day on which
// the result is formed: the step may have waited for weeks. It returns only when
// the letter was accepted for delivery, for the window runs from then (AP-2).
func (r *Room) serve(ctx context.Context, in contract.AtIn) (contract.Served, error) {
	s, err := r.scene(ctx, in.Ref)
	if err != nil {
		return contract.Served{}, err
	}
	at := r.served(s.campaign, in.At)
	until := s.rules().Holidays.AddWorkdays(campaign.DayOf(at), s.rules().Settings.AppealDays)
	var letter string
	var unscored, refilling, still bool
	var basis store.Basis
	err = r.write(ctx, func(tx *store.Tx) error {
		unscored, refilling, still, basis = false, false, false, store.Basis{}
		if err := tx.Lock(ctx, in.Ref); err != nil {
			return err
		}
		results, err := tx.Results(ctx, in.Ref)
		if err != nil {
			return err
		}
		if len(results) == 0 {
			e, err := tx.Entry(ctx, in.Ref)
			if err != nil {
				return err
			}
			if still = e.SuspendedAt != nil; still { // the message of it may be on its way
				return nil
			}
			card, scored, err := tx.Judge(ctx, r.Table, in.Ref)
			if err != nil {
				return err
			}
			if waits, err := r.refilling(ctx, tx, in.Ref, s, at); err != nil || waits {
				refilling = waits
				return err
			}
			if !scored {
				have, err := tx.Have(ctx, in.Ref)
				if err != nil {
					return err
				}
				if unscored = !have.Nothing(); unscored { // 未提交 is only who handed in nothing (WF-5)
					return r.seatWanted(ctx, tx, in.Ref, store.Basis{Wanted: []int{1, 2}}, at, s.rules())
				}
			}
			if basis, err = tx.Basis(ctx, in.Ref); err != nil {
				return err
			}
			if basis.Undecided() { // on one sheet, or over an open difference, only by an officer's decision (RV-1, WF-5)
				return r.seatWanted(ctx, tx, in.Ref, basis, at, s.rules())
			}
			if err := tx.AddResult(ctx, in.Ref, store.Result{Version: 1, Scored: scored, Total: card.Total, Card: card, At: at}); err != nil {
				return err
			}
			results = []store.Result{{Version: 1, Scored: scored, Total: card.Total}}
		}
		n, err := numberOf(ctx, tx, campaign.ResultPaper, in.Ref)
		if err != nil {
			return err
		}
		paper := queuePaper(tx, in.Ref, store.PaperBody{Kind: campaign.ResultPaper, N: n, Version: 1, Date: campaign.DayOf(at), Due: until}, "1")
		body := store.MailBody{Template: "result-notice", To: "institution", Scope: "act", Path: "result", Date: at, Until: until, Papers: []string{paper},
			Lines: [][2]string{{"文号", campaign.ResultPaper.Number(in.Ref.Year, n)}, {"总分", results[0].Total.String()}}}
		if !results[0].Scored {
			body.Template, body.Lines = "no-submission-result", [][2]string{{"文号", campaign.ResultPaper.Number(in.Ref.Year, n)}, {"登记结果", "未提交"}}
		}
		letter = queueOwn(tx, in.Ref, "result/1", body)
		return nil
	})
	if err != nil {
		return contract.Served{}, err
	}
	if still {
		return contract.Served{}, campaign.Fail(campaign.Conflict, "该机构暂停中，恢复以后再形成结果")
	}
	if refilling {
		return contract.Served{}, campaign.Fail(campaign.Conflict, "有评审席位刚刚改派，收到新的打分或其期限届满后再形成结果")
	}
	if basis.Undecided() {
		return contract.Served{}, r.undecided(ctx, s, in.Ref, basis, at)
	}
	if unscored {
		if err := r.alertStaff(ctx, s, in.Ref, contract.AlertReviewMissing, at, officePath(in.Ref), string(campaign.DayOf(at))); err != nil {
			return contract.Served{}, err
		}
		return contract.Served{}, campaign.Fail(campaign.Conflict, "该机构已提交材料，但没有任何评审打分，不能形成结果；请督促评审专家补交打分")
	}
	if err := r.deliver(ctx, letter); err != nil {
		return contract.Served{}, err
	}
	// What counts is the letter that went out, be it of an earlier try.
	if at, until, err = r.service(ctx, s, letter); err != nil {
		return contract.Served{}, err
	}
	until = max(until, s.rules().Holidays.AddWorkdays(campaign.DayOf(at), s.rules().Settings.AppealDays))
	first, err := r.result(ctx, in.Ref)
	return contract.Served{Version: 1, Scored: first.Scored, Total: first.Total, At: at, Until: until}, err
}

// service tells when a letter was accepted for delivery and the last day that
// it names. Trying again, or another worker that sent it meanwhile, changes neither.
func (r *Room) service(ctx context.Context, s scene, letter string) (at time.Time, until campaign.Day, err error) {
	m, err := r.Store.MailByKey(ctx, letter)
	if err != nil {
		return at, "", err
	}
	if m.State != "accepted" { // another worker took the letter over and is still at it
		return at, "", campaign.Fail(campaign.Conflict, "邮件 %s 正在发送，稍后再试", letter)
	}
	if at = m.Body.Date; !s.campaign.Rehearsal {
		at = m.DoneAt.In(campaign.Beijing)
	}
	return at, m.Body.Until, nil
}

// resultRuns tells of the last day of the window for 评价复核 by the service of its
// notice, which may have been served once more since: what lies in the outbox opens no
// day (AP-2). Who asked for 评价复核 has the notice.
func (r *Room) resultRuns(ctx context.Context, c store.Campaign, in contract.EnterIn, have *contract.Have) error {
	if in.Stage != campaign.Served || len(have.Appeal) > 0 {
		return nil
	}
	v, err := r.Store.ServiceOf(ctx, in.Ref, store.ResultNotice(in.Ref))
	if campaign.KindOf(err) == campaign.NotFound {
		return nil
	}
	h, days := c.Rules.Holidays, c.Rules.Settings.AppealDays
	day := v.Until(h, days, c.Rehearsal)
	if day == "" {
		day = h.AddWorkdays(campaign.DayOf(in.At), days)
	}
	if err == nil && day > in.Due {
		have.Extended = append(have.Extended, campaign.Granted{Task: campaign.AppealTask, Day: day})
	}
	return err
}

// undecided calls the officers, once for the sheets that are there and again when a
// decision on them became void, and puts the result off until more have come or an
// officer decided to form it on them.
func (r *Room) undecided(ctx context.Context, s scene, ref contract.Ref, b store.Basis, at time.Time) error {
	seq := strings.Join(b.Reviewers, "-")
	if b.Decided > 0 {
		seq += "/" + strconv.Itoa(b.Decided+1)
	}
	if err := r.alertStaff(ctx, s, ref, contract.AlertBasis, at, officePath(ref)+"/basis", seq); err != nil {
		return err
	}
	return campaign.Fail(campaign.Conflict, "%s：收到%s的打分，或者经办人员书面决定按现有打分形成结果以后再告知", b.Kind.Chinese(), campaign.Seats(b.Wanted))
}

// seatWanted gives the seats that are wanted and that nobody holds to whoever is
// free by now, so that an institution for which reviewers were missing can still
// be scored.
func (r *Room) seatWanted(ctx context.Context, tx *store.Tx, ref contract.Ref, b store.Basis, at time.Time, rules contract.Rules) error {
	seats, err := tx.Seats(ctx, ref)
	if err != nil {
		return err
	}
	free, err := tx.FreeReviewers(ctx, ref, true)
	if err != nil {
		return err
	}
	due := rules.Holidays.AddWorkdays(campaign.DayOf(at), lateReviewDays)
	for _, seat := range b.Wanted {
		if slices.ContainsFunc(seats, func(s store.Seat) bool { return s.Seat == seat }) {
			continue
		}
		if len(free) == 0 {
			return nil
		}
		template := "reviewer-assigned"
		if seat == 3 {
			template = "third-reviewer"
		}
		if err := r.give(ctx, tx, ref, seat, free[0], due, at, template, b.Rows); err != nil {
			return err
		}
		free = free[1:]
	}
	return nil
}

// lateReviewDays are the working days for a seat that was filled after scoring closed.
const lateReviewDays = 5

// numberOf gives the whole campaign its numbers of a series in the order of
// codes, and returns the institution's.
func numberOf(ctx context.Context, tx *store.Tx, p campaign.Paper, ref contract.Ref) (int, error) {
	all, err := tx.Entries(ctx, ref.Year)
	if err != nil {
		return 0, err
	}
	var codes []string
	for _, e := range all {
		if e.Stage != campaign.Left {
			codes = append(codes, e.Code)
		}
	}
	numbers, err := tx.Numbers(ctx, p.Series(), ref.Year, codes)
	return numbers[ref.Code], err
}

func (r *Room) result(ctx context.Context, ref contract.Ref) (store.Result, error) {
	all, err := r.Store.Results(ctx, ref)
	if err == nil && len(all) == 0 {
		return store.Result{}, campaign.Fail(campaign.Conflict, "结果尚未形成")
	}
	if err != nil {
		return store.Result{}, err
	}
	return all[len(all)-1], nil
}

// finalize fixes the result after the window and the rulings: a new version
// when a ruling changed it or the events behind it (AP-4), and the final notice
// to the institution.
func (r *Room) finalize(ctx context.Context, in contract.AtIn) (contract.Served, error) {
	var letter, decision string
	var deciding bool
	s, err := r.scene(ctx, in.Ref)
	if err != nil {
		return contract.Served{}, err
	}
	at := r.served(s.campaign, in.At)
	err = r.write(ctx, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, in.Ref); err != nil {
			return err
		}
		results, err := tx.Results(ctx, in.Ref)
		if err != nil {
			return err
		}
		if len(results) == 0 {
			return campaign.Fail(campaign.Conflict, "结果尚未形成")
		}
		last := results[len(results)-1]
		if deciding, err = r.deciding(ctx, tx, in, s); err != nil || deciding {
			return err
		}
		appeals, err := tx.Appeals(ctx, in.Ref)
		if err != nil {
			return err
		}
		editions, err := tx.Amendments(ctx, in.Ref)
		if err != nil {
			return err
		}
		if last.Version == 1 && (ruled(appeals) || len(store.Changing(editions)) > 0) {
			card, scored, err := tx.Judge(ctx, r.Table, in.Ref)
			if err != nil {
				return err
			}
			last = store.Result{Version: 2, Scored: scored, Total: card.Total, Card: card, At: at}
			if err := tx.AddResult(ctx, in.Ref, last); err != nil {
				return err
			}
		}
		if decision, err = r.appealLetter(ctx, tx, in.Ref, at, appeals); err != nil {
			return err
		}
		letter, err = r.finalLetter(ctx, tx, in.Ref, at, last, appeals, editions)
		return err
	})
	if err != nil {
		return contract.Served{}, err
	}
	if deciding {
		return contract.Served{}, campaign.Fail(campaign.Conflict, "复核人因利益冲突刚刚改派，收到复核决定或其期限届满后再确定结果")
	}
	for _, l := range []string{decision, letter} { // the decision first: the final result follows from it
		if l == "" {
			continue
		}
		if err := r.deliver(ctx, l); err != nil {
			return contract.Served{}, err
		}
	}
	m, err := r.Store.MailByKey(ctx, letter)
	if err != nil {
		return contract.Served{}, err
	}
	v, err := r.result(ctx, in.Ref)
	return contract.Served{Version: v.Version, Scored: v.Scored, Total: v.Total, At: m.Body.Date}, err
}

func ruled(all []store.Appeal) bool {
	for _, a := range all {
		if a.After != nil && *a.After != *a.Before {
			return true
		}
	}
	return false
}

// conclude draws the consequence of publication for one institution: its
// report, and a certificate when it is excellent; a proposed case is told to
// the workflow, which opens the ladder of Article 32.
func (r *Room) conclude(ctx context.Context, in contract.AtIn) (contract.Outcome, error) {
	s, err := r.scene(ctx, in.Ref)
	if err != nil {
		return contract.Outcome{}, err
	}
	out := contract.Outcome{Kind: contract.OutcomeReport}
	edition := campaign.ShortLadder
	var letters []string
	err = r.write(ctx, func(tx *store.Tx) error {
		results, err := tx.Results(ctx, in.Ref)
		if err != nil {
			return err
		}
		if len(results) == 0 {
			return campaign.Fail(campaign.Conflict, "结果尚未形成")
		}
		last := results[len(results)-1]
		day := campaign.DayOf(in.At)
		report := queuePaper(tx, in.Ref, store.PaperBody{Kind: campaign.YearReportPaper, Version: last.Version, Date: day}, "1")
		letters = []string{queueOwn(tx, in.Ref, "report", reportLetter(in.At, report))}
		n, err := tx.NumberOf(ctx, campaign.CertificatePaper.Series(), in.Ref)
		if err != nil && campaign.KindOf(err) != campaign.NotFound {
			return err
		}
		if n > 0 { // publication gave it a number: it is honoured
			out.Kind = contract.OutcomeCertificate
			paper := queuePaper(tx, in.Ref, store.PaperBody{Kind: campaign.CertificatePaper, N: n, Version: last.Version, Date: day}, "1")
			letters = append(letters, queueOwn(tx, in.Ref, "certificate", certificateLetter(in.At, campaign.CertificatePaper.Number(in.Ref.Year, n), paper)))
		}
		queueMail(tx, in.Ref, "published", publishedLetter(in.Ref.Year, in.At))
		w, err := tx.Warning(ctx, in.Ref)
		if err == nil {
			out.Kind, out.Case, edition = contract.OutcomeWarning, w.Number, w.Ladder
		} else if campaign.KindOf(err) != campaign.NotFound {
			return err
		}
		return tx.SetOutcome(ctx, in.Ref, out.Kind, in.At)
	})
	if err != nil {
		return out, err
	}
	for _, l := range letters {
		if err := r.deliver(ctx, l); err != nil {
			return out, err
		}
	}
	if out.Kind != contract.OutcomeWarning {
		return out, nil
	}
	return out, contract.StartWarning(ctx, r.Engine, contract.WarningInput{Ref: in.Ref, Case: out.Case, Settings: s.rules().Settings, Holidays: s.rules().Holidays, From: in.At, Ladder: edition})
}

func publishedLetter(year int, at time.Time) store.MailBody {
	return store.MailBody{Template: "publication", To: "institution", Path: fmt.Sprintf("/results/%d", year), Date: at}
}

func reportLetter(at time.Time, papers ...string) store.MailBody {
	return store.MailBody{Template: "institution-report", To: "institution", Scope: "view", Path: "result", Date: at, Papers: papers}
}

func certificateLetter(at time.Time, number string, papers ...string) store.MailBody {
	return store.MailBody{Template: "certificate", To: "institution", Scope: "view", Date: at, Papers: papers,
		Data: map[string]string{"title": "优秀单位"}, Lines: [][2]string{{"证书编号", number}}}
}
