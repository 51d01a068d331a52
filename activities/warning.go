package activities

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

// clockActs are the moves of a case that the calendar makes; the step records
// them, so that the acts alone tell the state.
var clockActs = map[campaign.WarningAct]bool{campaign.ActWindow: true, campaign.ActDeemed: true, campaign.ActLapse: true}

func (r *Room) warn(ctx context.Context, in contract.WarnIn) (contract.WarnOut, error) {
	s, err := r.scene(ctx, in.Ref)
	if err != nil {
		return contract.WarnOut{}, err
	}
	at := r.served(s.campaign, in.At)
	letter := ""
	err = r.write(ctx, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, in.Ref); err != nil {
			return err
		}
		w, err := tx.Warning(ctx, in.Ref)
		if err != nil {
			return err
		}
		if clockActs[in.Act] && w.State != in.State {
			if _, err := tx.AddWarningAct(ctx, in.Ref, store.WarningAct{Act: in.Act, Role: "clock", At: in.At}); err != nil {
				return err
			}
		}
		if w.State != in.State { // an earlier try may have set the day from service already
			if err := tx.SetWarningState(ctx, in.Ref, in.State, in.Due, in.At); err != nil {
				return err
			}
		}
		letter = r.warnLetter(tx, in, w, s.rules(), at)
		return nil
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
	if due := max(in.Due, dueOf(in, s.rules(), at)); due != in.Due { // never less than the letter names
		err = r.write(ctx, func(tx *store.Tx) error { return tx.SetWarningState(ctx, in.Ref, in.State, due, in.At) })
	}
	return contract.WarnOut{At: at}, err
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
func (r *Room) warnLetter(tx *store.Tx, in contract.WarnIn, w store.Warning, rules contract.Rules, at time.Time) string {
	day := campaign.DayOf(at)
	body := store.MailBody{To: "institution", Scope: "act", Path: "warning", Date: in.At, Until: in.Due}
	paper := store.PaperBody{N: w.Number, Date: day, Round: in.Round, Due: in.Due}
	switch in.State {
	case campaign.Noticed:
		paper.Kind, body.Template = campaign.PriorPaper, "warning-prior"
		body.Data = map[string]string{"what": groundsLine(w)}
	case campaign.Issued:
		paper.Kind, body.Template = campaign.WarningPaper, "warning-decision"
		body.Data = map[string]string{"what": groundsLine(w)}
		// The letter names the day that is safe however soon it is received; the time runs from receipt (RW-6).
		body.Until = day.Add(rules.Settings.RectifyDays)
		body.Lines = [][2]string{{"签收截止", in.Due.Chinese() + "（逾期视为已签收）"}, {"整改期限", fmt.Sprintf("自签收之日起 %d 日", rules.Settings.RectifyDays)}}
	case campaign.Lifted:
		paper.Kind, body.Template = campaign.LiftPaper, "warning-lifted"
		body.Lines = [][2]string{{"文号", campaign.LiftPaper.Number(in.Ref.Year, w.Number)}, {"解除日期", day.Chinese()}}
	case campaign.Dismissed:
		paper.Kind, body.Template = campaign.DismissPaper, "warning-dismissed"
		body.Data = map[string]string{"what": "经审查，决定不对贵机构实施风险警示。"}
	case campaign.Received:
		if in.Act != campaign.ActReturn {
			return ""
		}
		body.Template = "rectification-reminder" // sent back: the new day, and what is asked is on the page
		return queueOwn(tx, in.Ref, "warning/"+string(in.State)+"/"+strconv.Itoa(in.Round), body)
	default:
		return ""
	}
	if in.State == campaign.Dismissed && in.Round <= 2 {
		return "" // never noticed, so the institution is not troubled with the end of what it did not know
	}
	body.Papers = []string{queuePaper(tx, in.Ref, paper, strconv.Itoa(in.Round))}
	return queueOwn(tx, in.Ref, "warning/"+string(in.State)+"/"+strconv.Itoa(in.Round), body)
}

func groundsLine(w store.Warning) string {
	var all []string
	for _, g := range w.Grounds {
		all = append(all, g.Code+"："+g.Text)
	}
	return strings.Join(all, "；") + "。"
}
