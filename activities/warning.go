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
		if letter, err = r.warnLetter(ctx, tx, in, w, s.rules(), at); err != nil || in.State != campaign.Dismissed {
			return err
		}
		return r.honourLate(ctx, tx, in.Ref, at)
	})
	if err != nil || letter == "" {
		return contract.WarnOut{At: at}, err
	}
	if err := r.deliver(ctx, letter); err != nil {
		return contract.WarnOut{}, err
	}
	if at, _, err = r.service(ctx, s, letter); err != nil {
		return contract.WarnOut{}, err
	}
	if in.State == campaign.Issued { // RW-5: the proof of service
		if err := r.write(ctx, func(tx *store.Tx) error { return tx.SetWarningServed(ctx, in.Ref, campaign.DayOf(at), in.At) }); err != nil {
			return contract.WarnOut{}, err
		}
	}
	if due := max(in.Due, dueOf(in, s.rules(), at)); due != in.Due && !passed { // never less than the letter names
		err = r.write(ctx, func(tx *store.Tx) error { return tx.SetWarningState(ctx, in.Ref, in.State, due, in.At) })
	}
	return contract.WarnOut{At: at}, err
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
	} else if w.Ladder.Replay(past) == campaign.Noticed {
		out.Until, err = r.windowRuns(ctx, in, acts)
	}
	return out, err
}

// windowRuns is the day on which to ask again when the window for the reply may not
// end yet, because the prior notice was served later than the case knows, or is not
// served at all (AP-2, RW-4): then it cannot end sooner than the days from now.
func (r *Room) windowRuns(ctx context.Context, in contract.WarnPastIn, acts []store.WarningAct) (campaign.Day, error) {
	s, err := r.scene(ctx, in.Ref)
	if err != nil {
		return "", err
	}
	today, h, days := campaign.DayOf(in.At), s.rules().Holidays, s.rules().Settings.ReplyDays
	v, err := r.Store.ServiceOf(ctx, in.Ref, store.PriorNotice(in.Ref))
	switch until := v.Until(h, days, s.campaign.Rehearsal); {
	case err != nil && campaign.KindOf(err) != campaign.NotFound:
		return "", err
	case until != "" && until < today:
		return "", nil
	case until != "":
		return until, nil
	case slices.ContainsFunc(acts, func(a store.WarningAct) bool { return a.Act == campaign.ActReply || a.Act == campaign.ActWaive }):
		return "", nil // who stated its case has the notice
	}
	return h.AddWorkdays(today, days), nil
}

// dueOf is the last day of a state's task when its letter was served on
// another day than it was asked for; "" when that changes nothing.
func dueOf(in contract.WarnIn, rules contract.Rules, served time.Time) campaign.Day {
	day, asked := campaign.DayOf(served), campaign.DayOf(in.At)
	switch {
	case in.Due == "" || day <= asked:
		return ""
	case in.State == campaign.Noticed: // RW-4
		return rules.Holidays.AddWorkdays(day, rules.Settings.ReplyDays)
	case in.State == campaign.Issued: // RW-5
		return rules.Holidays.AddWorkdays(day, rules.Settings.AckDays)
	}
	return day.Add(asked.DaysUntil(in.Due)) // RW-6: calendar days
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
		body.Until = day.Add(rules.Settings.RectifyDays)
		body.Lines = [][2]string{{"签收截止", in.Due.Chinese() + "（逾期视为已签收）"}, {"整改期限", fmt.Sprintf("自签收之日起 %d 日", rules.Settings.RectifyDays)}}
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
