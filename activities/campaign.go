package activities

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/rubric"
	"xuanping/store"
)

// pageSize is how many institutions one page of a campaign's step takes.
const pageSize = 50

// page does something for each institution of a page and beats after each, so
// that a long page shows its progress and a dead worker is noticed.
func (r *Room) page(ctx context.Context, in contract.PageIn, each func(store.Entry) error) (contract.PageOut, error) {
	codes, done, total, err := r.Store.EntryPage(ctx, in.Year, in.After, pageSize)
	if err != nil {
		return contract.PageOut{}, err
	}
	out := contract.PageOut{Done: done, Total: total}
	for i, code := range codes {
		e, err := r.Store.Entry(ctx, contract.Ref{Year: in.Year, Code: code})
		if err != nil {
			return out, err
		}
		if err := each(e); err != nil {
			return out, err
		}
		if activity.IsActivity(ctx) {
			activity.RecordHeartbeat(ctx, i+1)
		}
		out.Last = code
	}
	if done >= total {
		out.Last = ""
	}
	return out, nil
}

// launch starts those who were entered with the campaign. Their entries keep
// the launch day of the first rules, whereto it was moved since.
func (r *Room) launch(ctx context.Context, in contract.LaunchIn) (contract.PageOut, error) {
	day := in.Rules.Calendar.Launch
	first, err := r.Store.FirstLaunch(ctx, in.Page.Year)
	if err != nil {
		return contract.PageOut{}, err
	}
	return r.page(ctx, in.Page, func(e store.Entry) error {
		if e.JoinedDay() > max(day, first) {
			return nil // admitted later, by a message of its own
		}
		if e.Stage == campaign.Left {
			return nil // left before the launch
		}
		return contract.StartYear(ctx, r.Engine, contract.YearInput{Ref: e.Ref(), Rules: in.Rules, Joined: min(e.JoinedDay(), day)})
	})
}

func (r *Room) admit(ctx context.Context, in contract.AdmitIn) (contract.None, error) {
	e, err := r.Store.Entry(ctx, in.Ref)
	if err != nil {
		return contract.None{}, err
	}
	return contract.None{}, contract.StartYear(ctx, r.Engine, contract.YearInput{Ref: in.Ref, Rules: in.Rules, Joined: e.JoinedDay()})
}

// tell passes a message on to every year that still runs. A year that ended
// or does not care is no fault.
func (r *Room) tell(ctx context.Context, in contract.TellIn) (contract.PageOut, error) {
	return r.page(ctx, in.Page, func(e store.Entry) error {
		if e.Stage == campaign.Left || e.Stage == campaign.Closed && !in.Published { // a restored engine may not know that it is closed
			return nil
		}
		var env contract.Envelope
		var err error
		k := in.Key + "/" + e.Code
		if in.Published {
			env, err = contract.PublishedMsg.To(e.Ref().ID(), k, contract.PublishedNow{At: in.Page.At})
		} else {
			env, err = contract.RulesMovedMsg.To(e.Ref().ID(), k, *in.Rules)
			if err == nil {
				err = r.calendarMoved(ctx, in, e)
			}
		}
		if err != nil {
			return err
		}
		err = contract.Deliver(ctx, r.Engine, env)
		if kind := campaign.KindOf(err); err != nil && (kind == campaign.NotFound || kind == campaign.Conflict && !in.Published) { // published is told until it is heard
			return nil
		}
		return err
	})
}

// calendarMoved writes to an institution which days have moved.
func (r *Room) calendarMoved(ctx context.Context, in contract.TellIn, e store.Entry) error {
	before, err := r.Store.RulesBefore(ctx, e.Year, in.Rules.Calendar)
	if err != nil {
		return err
	}
	letter, moved := movedLetter(before.Moved(in.Rules.Calendar), in.Page.At)
	if !moved {
		return nil
	}
	return r.write(ctx, func(tx *store.Tx) error {
		queueMail(tx, e.Ref(), in.Key, letter)
		return nil
	})
}

// movedLetter tells which days of the calendar have moved; false when none has.
func movedLetter(moves []campaign.DayMove, at time.Time) (store.MailBody, bool) {
	if len(moves) == 0 {
		return store.MailBody{}, false
	}
	var lines [][2]string
	for _, m := range moves {
		lines = append(lines, [2]string{m.Name, m.From.Chinese() + " 改为 " + m.To.Chinese()})
	}
	return store.MailBody{Template: "calendar-moved", To: "institution", Scope: "act", Date: at, Until: moves[0].To, Lines: lines,
		Data: map[string]string{"title": "评价日程"}}, true
}

// publish makes the results public in one act: totals are frozen, certificates
// and cases are numbered in the order of codes. While any result is not final
// it does nothing and says how many are outstanding; nor does it without a draft
// that went through 三审三校 as it stands.
func (r *Room) publish(ctx context.Context, in contract.CampaignAt) (contract.PublishOut, error) {
	var out contract.PublishOut
	err := r.write(ctx, func(tx *store.Tx) error {
		out = contract.PublishOut{}
		if err := tx.Lock(ctx, contract.Ref{Year: in.Year}); err != nil {
			return err
		}
		c, err := tx.Campaign(ctx, in.Year)
		if err != nil {
			return err
		}
		x, err := r.weigh(ctx, tx, c, in.At, &out)
		if err != nil {
			return err
		}
		if sound, err := tx.SpotSound(ctx, in.Year); err != nil {
			return err
		} else if !sound { // the desk refused this; a seed exchanged since then stops it here
			r.Log.Error("the sealed seed of spot checks is not the committed one", "year", in.Year)
			out.Outstanding++
		}
		out.Certificates, out.Warnings = len(x.honoured), len(x.cases)
		if out.Outstanding > 0 || c.PublishedAt != nil {
			return nil
		}
		draft, err := r.reviewed(ctx, tx, c, in.At)
		if out.Unreviewed = draft.N == 0; err != nil || out.Unreviewed {
			return err
		}
		if err := tx.AddRelease(ctx, draft, cmp.Or(in.By, c.CreatedBy), in.At); err != nil {
			return err
		}
		if err := tx.AddPublication(ctx, in.Year, cmp.Or(in.By, c.CreatedBy), in.At, x.totals); err != nil {
			return err
		}
		if err := tx.RevealSpot(ctx, in.Year, in.At); err != nil {
			return err
		}
		if _, err := tx.Numbers(ctx, campaign.CertificatePaper.Series(), in.Year, x.honoured); err != nil {
			return err
		}
		numbers, err := tx.Numbers(ctx, campaign.WarningPaper.Series(), in.Year, x.cases)
		if err != nil {
			return err
		}
		for _, code := range x.cases {
			w := x.proposals[code]
			w.Number, w.StateAt = numbers[code], in.At
			if err := tx.AddWarning(ctx, w); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// weighed is what follows from the results of a year: who gets a certificate,
// about whom a case of Article 32 is proposed.
type weighed struct {
	totals          map[string]rubric.Points
	honoured, cases []string
	proposals       map[string]store.Warning
}

// weigh draws the consequences of the latest results, and counts in out who is
// not ready.
func (r *Room) weigh(ctx context.Context, tx *store.Tx, c store.Campaign, at time.Time, out *contract.PublishOut) (x weighed, err error) {
	entries, err := tx.Entries(ctx, c.Year)
	if err != nil {
		return x, err
	}
	results, err := tx.LatestResults(ctx, c.Year)
	if err != nil {
		return x, err
	}
	leaving, err := tx.Leaving(ctx, c.Year)
	if err != nil {
		return x, err
	}
	latest := map[string]store.Result{}
	for _, v := range results {
		latest[v.Code] = v
	}
	x = weighed{totals: map[string]rubric.Points{}, proposals: map[string]store.Warning{}}
	for _, e := range entries {
		if e.Stage == campaign.Left {
			continue
		}
		out.Institutions++
		if e.Stage != campaign.Final && e.Stage != campaign.Closed || leaving[e.Code] {
			out.Outstanding++
			continue
		}
		v := latest[e.Code]
		if v.Scored {
			x.totals[e.Code] = v.Total
		}
		w, err := r.propose(ctx, tx, c, e, v, at)
		switch {
		case err != nil:
			return x, err
		case len(w.Grounds) > 0: // whoever may be warned is not honoured meanwhile
			x.cases, x.proposals[e.Code] = append(x.cases, e.Code), w
		case c.Rules.Settings.Honours(v.Scored, e.Ranked, v.Total):
			x.honoured = append(x.honoured, e.Code)
		}
	}
	return x, nil
}

// reviewed finds the draft that went through 三审三校 and still says what would be
// published now; N 0 when there is none.
func (r *Room) reviewed(ctx context.Context, tx *store.Tx, c store.Campaign, at time.Time) (store.ReleaseDraft, error) {
	d, err := tx.LastDraft(ctx, c.Year)
	if err != nil || d.N == 0 || d.Facts().Ready() != nil {
		return store.ReleaseDraft{}, err
	}
	m, err := tx.Manuscript(ctx, r.Table, c, at)
	if err != nil || store.Digest(m) != d.Digest {
		return store.ReleaseDraft{}, err
	}
	return d, nil
}

// propose finds the grounds of Article 32 in an institution's facts. It only
// proposes: a case goes nowhere without people (RW-2).
func (r *Room) propose(ctx context.Context, tx *store.Tx, c store.Campaign, e store.Entry, v store.Result, at time.Time) (store.Warning, error) {
	f, err := tx.WarningFacts(ctx, e.Ref(), v, at)
	if err != nil {
		return store.Warning{}, err
	}
	return store.Warning{Year: e.Year, Code: e.Code, Ladder: campaign.CurrentLadder, Facts: f, Grounds: rubric.Grounds(c.Rules.Settings.Criteria, f)}, nil
}

// report makes the campaign's special report and tells the officers.
func (r *Room) report(ctx context.Context, in contract.CampaignAt) (contract.None, error) {
	ref := contract.Ref{Year: in.Year}
	people, err := r.Store.StaffOf(ctx, campaign.Officer)
	if err != nil {
		return contract.None{}, err
	}
	var papers []string
	err = r.write(ctx, func(tx *store.Tx) error {
		n, err := tx.Numbers(ctx, campaign.ReportPaper.Series(), in.Year, []string{"campaign"})
		if err != nil {
			return err
		}
		told, err := tx.Numbers(ctx, campaign.AnnouncementPaper.Series(), in.Year, []string{"campaign"})
		if err != nil {
			return err
		}
		papers = []string{
			queuePaper(tx, ref, store.PaperBody{Kind: campaign.ReportPaper, N: n["campaign"], Version: 1, Date: campaign.DayOf(in.At)}, "1"),
			queuePaper(tx, ref, store.PaperBody{Kind: campaign.AnnouncementPaper, N: told["campaign"], Version: 1, Date: campaign.DayOf(in.At)}, "1"),
		}
		c, err := tx.Campaign(ctx, in.Year)
		if err != nil {
			return err
		}
		until := c.Rules.Holidays.AddWorkdays(campaign.DayOf(in.At), 5)
		for _, p := range people {
			queueMail(tx, ref, "report/"+p.ID, store.MailBody{Template: "officer-alert", To: "staff:" + p.ID, Path: fmt.Sprintf("/office/%d", in.Year), Date: in.At, Until: until,
				Papers: papers, Data: map[string]string{"title": fmt.Sprintf("%d 年度专题报告和结果公告已编制", in.Year), "what": fmt.Sprintf("专题报告与评价结果公告见附件。专题报告已在公布页公开（/results/%d/report）；公告请核对后按规定发布。", in.Year), "consequence": "公告不会自动发布。" + onlyOnce}})
		}
		return nil
	})
	if err != nil {
		return contract.None{}, err
	}
	for _, p := range papers {
		if err := r.makePaper(ctx, p); err != nil {
			return contract.None{}, err
		}
	}
	return contract.None{}, nil
}
