package activities

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// clockActs are the moves of a case that the calendar makes; the step records
// them, so that the acts alone tell the state.
var clockActs = map[campaign.WarningAct]bool{campaign.ActWindow: true, campaign.ActDeemed: true, campaign.ActLapse: true, campaign.ActExpire: true}

func (r *Room) warn(ctx context.Context, in contract.WarnIn) (contract.WarnOut, error) {
	s, err := r.scene(ctx, in.Ref)
	if err != nil {
		return contract.WarnOut{}, err
	}
	at := r.served(s.campaign, in.At)
	letter, passed := "", false // passed: walked again after the engine was restored (R10)
	err = r.write(ctx, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, in.Ref); err != nil {
			return err
		}
		w, err := tx.Warning(ctx, in.Ref)
		if err != nil {
			return err
		}
		passed = in.Round < w.Drawn
		if in.Act == campaign.ActPlan {
			if in.Due, err = planDue(ctx, tx.Reader, s, in.Due, w, passed); err != nil {
				return err
			}
		}
		if w.State != in.State && !passed { // an earlier try may have set the day from service already
			if clockActs[in.Act] {
				if _, err := tx.AddWarningAct(ctx, in.Ref, store.WarningAct{Act: in.Act, Role: "clock", At: in.At}); err != nil {
					return err
				}
			}
			if err := tx.SetWarningState(ctx, in.Ref, in.State, in.Due, in.At); err != nil {
				return err
			}
		}
		if err := tx.SetWarningDrawn(ctx, in.Ref, in.Round); err != nil {
			return err
		}
		named := in // paper and letter name the days that run from when the letter goes (ML-4)
		named.Due = max(in.Due, dueOf(in, s.rules(), s.campaign.MailTime(at)))
		if letter, err = r.warnLetter(ctx, tx, named, w, s.rules(), at); err != nil || in.State != campaign.Dismissed {
			return err
		}
		return r.honourLate(ctx, tx, in.Ref, at)
	})
	if err == nil && letter != "" {
		at, err = r.caseLetter(ctx, s, in, letter, passed)
	}
	if err != nil {
		return contract.WarnOut{At: at}, err
	}
	out := contract.WarnOut{At: at}
	if in.Act == campaign.ActPlan {
		out.Due = in.Due
	}
	out.Served, err = r.decisionServed(ctx, s, in, passed)
	return out, err
}

// planDue is the last day of a rectification for which a plan was handed in: handing
// it in takes nothing from the days that the service of the decision gave, and opens
// them where it alone shows that the decision was received (AP-2, RW-6).
func planDue(ctx context.Context, q store.Reader, s scene, due campaign.Day, w store.Warning, passed bool) (campaign.Day, error) {
	if !passed { // else the book is at a later task
		due = max(due, w.DueDay())
	}
	acts, err := q.WarningActs(ctx, w.Ref())
	if err != nil {
		return due, err
	}
	n := slices.IndexFunc(acts, func(a store.WarningAct) bool { return a.Act == campaign.ActPlan })
	if n < 0 {
		return due, nil
	}
	day, rules := campaign.DayOf(acts[n].At), s.rules()
	v, until, err := caseRuns(ctx, q, s, w, acts[:n], day)
	switch {
	case v.Key == "":
		return due, err
	case v.Waits():
		until = rules.Settings.CaseDue(rules.Holidays, campaign.Received, campaign.ActAck, day)
	}
	return max(due, until), err
}

// caseLetter sends the letter of a state, and tells when it was accepted for
// delivery; what is due is never less than it names.
func (r *Room) caseLetter(ctx context.Context, s scene, in contract.WarnIn, letter string, passed bool) (at time.Time, err error) {
	if err := r.deliver(ctx, letter); err != nil {
		return at, err
	}
	if at, _, err = r.service(ctx, s, letter); err != nil {
		return at, err
	}
	if due := max(in.Due, dueOf(in, s.rules(), at)); due != in.Due && !passed {
		err = r.write(ctx, func(tx *store.Tx) error { return tx.SetWarningState(ctx, in.Ref, in.State, due, in.At) })
	}
	return at, err
}

// decisionServed is the day of service of the decision, the proof of which is
// written once it is known (RW-5). Whoever acted on a decision before its letter
// arrived has received it on that day (AP-2).
func (r *Room) decisionServed(ctx context.Context, s scene, in contract.WarnIn, passed bool) (day campaign.Day, err error) {
	if !in.State.InForce() {
		return "", nil
	}
	err = r.write(ctx, func(tx *store.Tx) error {
		w, err := tx.Warning(ctx, in.Ref)
		if day = w.ServedDay(); err != nil || day != "" || passed {
			return err
		}
		v, err := tx.ServiceOf(ctx, in.Ref, store.CaseLetters(in.Ref, campaign.Issued))
		if err != nil && campaign.KindOf(err) != campaign.NotFound {
			return err
		}
		acts, err := tx.WarningActs(ctx, in.Ref)
		if err != nil {
			return err
		}
		day = v.Day(s.campaign.Rehearsal)
		if n := slices.IndexFunc(acts, showsReceipt); n >= 0 {
			acted := campaign.DayOf(acts[n].At)
			day = min(cmp.Or(day, acted), acted)
		}
		if day == "" {
			return nil
		}
		return tx.SetWarningServed(ctx, in.Ref, day, in.At)
	})
	return day, err
}

// showsReceipt tells the acts by which an institution shows to have the decision.
func showsReceipt(a store.WarningAct) bool {
	return a.Act == campaign.ActAck || a.Act == campaign.ActPlan || a.Act == campaign.ActRectify
}

// honourLate gives the certificate that the case kept back: it has ended without
// any measure. 约谈 and 提醒 are measures, and who had a warning had one even when
// it was taken back (RW-5).
func (r *Room) honourLate(ctx context.Context, tx *store.Tx, ref contract.Ref, at time.Time) error {
	earned, err := tx.EarnedLate(ctx, ref)
	if err != nil || !earned {
		return err
	}
	n, err := tx.AddLateHonour(ctx, ref, at)
	if err != nil {
		return err
	}
	results, err := tx.Results(ctx, ref)
	if err != nil {
		return err
	}
	paper := queuePaper(tx, ref, store.PaperBody{Kind: campaign.CertificatePaper, N: n, Version: results[len(results)-1].Version, Date: campaign.DayOf(at)}, "1")
	queueMail(tx, ref, "certificate", certificateLetter(at, campaign.CertificatePaper.Number(ref.Year, n), paper))
	return nil
}

// warnPast tells what moved a case after the moves that its workflow knows.
func (r *Room) warnPast(ctx context.Context, in contract.WarnPastIn) (out contract.WarnPastOut, err error) {
	w, err := r.Store.Warning(ctx, in.Ref)
	if err != nil {
		return out, err
	}
	acts, err := r.Store.WarningActs(ctx, in.Ref)
	if err != nil {
		return out, err
	}
	past := store.PastActs(acts)
	if moves := w.Ladder.Moves(past); in.Moves < len(moves) {
		out.Act, out.Role = moves[in.Moves].Act, moves[in.Moves].Role
		return out, nil
	}
	s, err := r.scene(ctx, in.Ref)
	if err != nil {
		return out, err
	}
	v, until, err := caseRuns(ctx, r.Store.Reader, s, w, acts, campaign.DayOf(in.At))
	if until >= campaign.DayOf(in.At) {
		out.Until, out.Served = until, w.ServedDay()
		if v.Letter == campaign.Issued {
			out.Served = v.Day(s.campaign.Rehearsal)
		}
	}
	return out, err
}

// caseRuns is the last day of what a case awaits now of the institution, by the
// service of the letter that opened it; "" when it awaits nothing, or the
// institution shows that it has the letter. What was not served cannot end sooner
// than the days from today (AP-2, RW-4 to RW-6).
func caseRuns(ctx context.Context, q store.Reader, s scene, w store.Warning, acts []store.WarningAct, today campaign.Day) (v store.CaseService, until campaign.Day, err error) {
	h, set := s.rules().Holidays, s.rules().Settings
	if v, err = q.CaseServiceOf(ctx, w, acts); err != nil || v.Letter == "" {
		return v, "", err
	}
	opens := func(served campaign.Day) campaign.Day { return set.ServedDue(h, v.Letter, served) }
	until = v.Opens(s.campaign.Rehearsal, opens)
	switch {
	case until == "" && v.Heard:
		return v, "", nil
	case until == "":
		until = opens(today)
	case v.Letter != campaign.Issued: // whose letter names the day of the rectification
		until = max(until, v.Body.Until)
	}
	if v.Letter == campaign.Issued && w.Ladder.Replay(store.PastActs(acts)) == campaign.Received {
		until = set.DeemedDue(h, until)
	}
	return v, until, nil
}

// dueOf is the last day of a state's task when its letter was served on
// another day than it was asked for; "" when that changes nothing.
func dueOf(in contract.WarnIn, rules contract.Rules, served time.Time) campaign.Day {
	day := campaign.DayOf(served)
	if in.Due == "" || day <= campaign.DayOf(in.At) {
		return ""
	}
	return rules.Settings.CaseDue(rules.Holidays, in.State, in.Act, day)
}

// warnLetter puts the state's paper and letter in the outbox; "" when it has none.
// The numbers of a case's papers follow the number of the case.
func (r *Room) warnLetter(ctx context.Context, tx *store.Tx, in contract.WarnIn, w store.Warning, rules contract.Rules, at time.Time) (string, error) {
	what := "warning/" + string(in.State) + "/" + strconv.Itoa(in.Round)
	body := store.MailBody{To: "institution", Scope: "act", Path: "warning", Date: in.At, Until: in.Due}
	if in.Act == campaign.ActReturn { // sent back: the new day, and what is asked is on the page
		body.Template = "rectification-reminder"
		return queueOwn(tx, in.Ref, what, body), nil
	}
	if in.State == campaign.Dismissed && in.Round <= 2 {
		return "", nil // never noticed, so the institution is not troubled with the end of what it did not know
	}
	acts, err := tx.WarningActs(ctx, in.Ref)
	if err != nil {
		return "", err
	}
	kind := wordLetter(&body, in, w, acts, rules, campaign.DayOf(at))
	if kind == "" {
		return "", nil
	}
	paper := store.PaperBody{Kind: kind, N: w.Number, Date: campaign.DayOf(at), Round: in.Round, Due: in.Due}
	body.Papers = []string{queuePaper(tx, in.Ref, paper, strconv.Itoa(in.Round))}
	return queueOwn(tx, in.Ref, what, body), nil
}

// wordLetter fills in the letter of a state and names its paper; "" when the
// state has none.
func wordLetter(body *store.MailBody, in contract.WarnIn, w store.Warning, acts []store.WarningAct, rules contract.Rules, day campaign.Day) campaign.Paper {
	number := func(p campaign.Paper) [2]string { return [2]string{"文号", p.Number(in.Ref.Year, w.Number)} }
	why := func(of ...campaign.WarningAct) map[string]string {
		return map[string]string{"what": strings.Join(reasons(acts, of...), " ")}
	}
	switch in.State {
	case campaign.Noticed:
		body.Template, body.Data = "warning-prior", map[string]string{"what": groundsLine(w)}
		return campaign.PriorPaper
	case campaign.Issued:
		body.Template, body.Data = "warning-decision", map[string]string{"what": groundsLine(w)}
		// The letter names the day that is safe however soon it is received; the time runs from receipt (RW-6).
		body.Until, body.Lines = day.Add(rules.Settings.RectifyDays), rules.Settings.DecisionLines(in.Due)
		return campaign.WarningPaper
	case campaign.Lifted:
		body.Template, body.Lines = "warning-lifted", [][2]string{number(campaign.LiftPaper), {"解除日期", day.Chinese()}}
		return campaign.LiftPaper
	case campaign.Dismissed:
		body.Template, body.Data = "warning-dismissed", why(campaign.ActDismiss, campaign.ActWithdraw)
		return campaign.DismissPaper
	case campaign.Lesser:
		body.Template, body.Data, body.Lines = "warning-lesser", why(campaign.ActTalk, campaign.ActRemind), [][2]string{number(campaign.LesserPaper)}
		body.Data["title"], _, _ = lesser(acts)
		return campaign.LesserPaper
	case campaign.Revoked:
		body.Template, body.Data = "warning-revoked", why(campaign.ActError, campaign.ActRevoke)
		body.Lines = [][2]string{number(campaign.RevokePaper), {"撤销日期", day.Chinese()}}
		return campaign.RevokePaper
	case campaign.Expired:
		body.Template, body.Lines = "warning-expired", [][2]string{number(campaign.ExpirePaper), {"期满日期", rules.Settings.TermEnds(w.ServedDay()).Chinese()}}
		return campaign.ExpirePaper
	}
	return ""
}

func groundsLine(w store.Warning) string {
	var all []string
	for _, g := range w.Grounds {
		all = append(all, g.Code+"："+strings.TrimRight(g.Text, "。"))
	}
	return strings.Join(all, "；") + "。"
}

// caseReminded tells whether the letter that opened a task of a case was served, and
// the real last day of the task; "" where it is the one that the case knows.
func caseReminded(ctx context.Context, tx *store.Tx, in contract.RemindIn, s scene) (until campaign.Day, served bool, err error) {
	w, err := tx.Warning(ctx, in.Ref)
	if err != nil {
		return "", false, err
	}
	acts, err := tx.WarningActs(ctx, in.Ref)
	if err != nil {
		return "", false, err
	}
	v, until, err := caseRuns(ctx, tx.Reader, s, w, acts, campaign.DayOf(in.At))
	if until == "" || v.Key == "" {
		return "", true, err
	}
	return until, v.Done(), err
}
