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
	"xuanping/rubric"
	"xuanping/store"
)

func (r *Room) assignAll(ctx context.Context, in contract.CampaignAt) (contract.None, error) {
	return contract.None{}, r.assign(ctx, in.Year, in.At, in.Due, contract.Ref{})
}

// assign fills seats 1 and 2 of every institution that handed in anything, all
// at once, so that the loads are as even as conflicts and limits allow (RV-1)
// and who asks first changes nothing. Whoever asks later, about one institution
// that has its seats, is done at once. Seats that stay empty are no silent gap:
// the officers read which institutions and reviewers are the reason.
func (r *Room) assign(ctx context.Context, year int, at time.Time, due campaign.Day, only contract.Ref) error {
	if only.Code != "" {
		if seats, err := r.Store.Seats(ctx, only); err != nil || len(seats) >= 2 {
			return err
		}
	}
	return r.write(ctx, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, contract.Ref{Year: year}); err != nil {
			return err
		}
		benches, given, err := r.benches(ctx, tx, year)
		if err != nil {
			return err
		}
		bearers, err := tx.Loads(ctx, year)
		if err != nil {
			return err
		}
		all, short := campaign.Assign(benches, bearers)
		for _, g := range all {
			ref := contract.Ref{Year: year, Code: g.Code}
			for _, seat := range []int{1, 2} {
				if len(g.Reviewers) == 0 || slices.Contains(given[g.Code], seat) {
					continue
				}
				if err := r.give(ctx, tx, ref, seat, g.Reviewers[0], due, at, "reviewer-assigned", nil); err != nil {
					return err
				}
				g.Reviewers = g.Reviewers[1:]
			}
		}
		if short == nil {
			return nil
		}
		return r.alertShortage(ctx, tx, year, *short, at)
	})
}

// benches lists the institutions whose seats 1 and 2 were never given, who is
// kept away from each, and which seats it has had. One that is suspended gets
// them when it comes to be scored after all. A seat that was vacated is
// the concern of the institution's own year.
func (r *Room) benches(ctx context.Context, tx *store.Tx, year int) (all []campaign.Bench, given map[string][]int, err error) {
	entries, err := tx.Entries(ctx, year)
	if err != nil {
		return nil, nil, err
	}
	ever, err := tx.SeatsEver(ctx, contract.Ref{Year: year})
	if err != nil {
		return nil, nil, err
	}
	banned, err := tx.ConflictedPairs(ctx, year)
	if err != nil {
		return nil, nil, err
	}
	given = map[string][]int{}
	for _, s := range ever {
		banned[s.Code] = append(banned[s.Code], s.Reviewer)
		if s.N == 1 && s.Seat.Seat <= 2 {
			given[s.Code] = append(given[s.Code], s.Seat.Seat)
		}
	}
	for _, e := range entries {
		if e.Stage == campaign.Left || e.SuspendedAt != nil && e.Stage != campaign.Scoring || len(given[e.Code]) == 2 {
			continue
		}
		have, err := tx.Have(ctx, e.Ref())
		if err != nil {
			return nil, nil, err
		}
		if !have.Nothing() {
			all = append(all, campaign.Bench{Code: e.Code, Need: 2 - len(given[e.Code]), Banned: banned[e.Code]})
		}
	}
	return all, given, nil
}

// alertShortage writes to every officer why seats stay empty.
func (r *Room) alertShortage(ctx context.Context, tx *store.Tx, year int, w campaign.Shortage, at time.Time) error {
	people, err := tx.StaffOf(ctx, campaign.Officer)
	if err != nil {
		return err
	}
	c, err := tx.Campaign(ctx, year)
	if err != nil {
		return err
	}
	names, err := tx.StaffNames(ctx)
	if err != nil {
		return err
	}
	who := make([]string, len(w.Reviewers))
	for i, id := range w.Reviewers {
		who[i] = names[id]
	}
	lines := [][2]string{{"席位不足的机构", some(w.Institutions)}, {"已达工作量上限的评审专家", some(who)},
		{"所需席位", strconv.Itoa(w.Need)}, {"可承担席位", strconv.Itoa(w.Can + w.Else)}}
	words := alerts[contract.AlertSeatsShort]
	for _, p := range people {
		queueMail(tx, contract.Ref{Year: year}, "alert/"+contract.AlertSeatsShort+"/"+string(campaign.DayOf(at))+"/"+p.ID, store.MailBody{
			Template: "officer-alert", To: "staff:" + p.ID, Path: fmt.Sprintf("/office/%d/reviewers", year), Date: at,
			Until: c.Rules.Holidays.AddWorkdays(campaign.DayOf(at), 3), Lines: lines, Data: map[string]string{"title": words[0], "what": words[1], "consequence": words[2]}})
	}
	return nil
}

// some names up to ten of many.
func some(all []string) string {
	switch {
	case len(all) == 0:
		return "无"
	case len(all) > 10:
		return fmt.Sprintf("%s 等 %d", strings.Join(all[:10], "、"), len(all))
	}
	return strings.Join(all, "、")
}

func (r *Room) give(ctx context.Context, tx *store.Tx, ref contract.Ref, seat int, reviewer string, due campaign.Day, at time.Time, template string, rows []int) error {
	if err := tx.AddSeat(ctx, ref, seat, reviewer, due, at); err != nil {
		return err
	}
	queueMail(tx, ref, "seat/"+reviewer, store.MailBody{Template: template, To: "staff:" + reviewer, Path: reviewPath(ref), Date: at, Until: due, Rows: rows, Data: map[string]string{"title": "年度宣传工作评审"}})
	return nil
}

func (r *Room) seat(ctx context.Context, in contract.SeatIn) (contract.SeatOut, error) {
	var out contract.SeatOut
	err := r.write(ctx, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, in.Ref); err != nil {
			return err
		}
		seats, err := tx.Seats(ctx, in.Ref)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(seats, func(s store.Seat) bool { return s.Seat == in.Seat })
		if at >= 0 && keeps(seats[at], in) {
			out.Reviewer = seats[at].Reviewer
			return nil
		}
		free, err := tx.FreeReviewers(ctx, in.Ref, true)
		if err != nil {
			return err
		}
		if out.Reviewer = campaign.Pick(free, in.Ref); out.Reviewer == "" {
			return nil
		}
		if at >= 0 {
			if err := tx.EndSeat(ctx, seats[at], campaign.SeatLate, "", "", in.At); err != nil {
				return err
			}
		}
		template, rows := "reviewer-assigned", []int(nil)
		if in.Seat == 3 {
			template = "third-reviewer"
			if rows, err = r.differ(ctx, tx.Reader, in.Ref); err != nil {
				return err
			}
		}
		return r.give(ctx, tx, in.Ref, in.Seat, out.Reviewer, in.Due, in.At, template, rows)
	})
	return out, err
}

// keeps tells that a holder stays: he is no longer late, this very call was
// tried again, or somebody left a seat of the institution and his own day is not over.
func keeps(s store.Seat, in contract.SeatIn) bool {
	return s.SheetAt != nil || s.At.Equal(in.At.Truncate(time.Microsecond)) || in.Vacated && campaign.Day(s.Due.Format("2006-01-02")) >= campaign.DayOf(in.At)
}

// differ lists the rows on which the first two sheets are too far apart (RV-1).
func (r *Room) differ(ctx context.Context, q store.Reader, ref contract.Ref) ([]int, error) {
	c, err := q.Campaign(ctx, ref.Year)
	if err != nil {
		return nil, err
	}
	sheets, err := q.SheetsOf(ctx, ref)
	if err != nil || len(sheets) < 2 || sheets[1].Seat != 2 {
		return nil, err
	}
	return rubric.Differ(sheets[0].Marks, sheets[1].Marks, c.Rules.Settings.Threshold), nil
}

func (r *Room) sheets(ctx context.Context, in contract.AtIn) (contract.SheetsOut, error) {
	var out contract.SheetsOut
	seats, err := r.Store.Seats(ctx, in.Ref)
	if err != nil {
		return out, err
	}
	out.Late = empty(seats) // who is missing is as late as who is silent
	for _, s := range seats {
		switch {
		case s.SheetAt == nil:
			out.Late = append(out.Late, s.Seat)
		case s.Seat == 3:
			out.Third = true
		}
	}
	slices.Sort(out.Late)
	out.Differ, err = r.differ(ctx, r.Store.Reader, in.Ref)
	return out, err
}

// empty lists which of the two seats every institution has nobody holds.
func empty(held []store.Seat) (seats []int) {
	for _, n := range []int{1, 2} {
		if !slices.ContainsFunc(held, func(s store.Seat) bool { return s.Seat == n }) {
			seats = append(seats, n)
		}
	}
	return seats
}

func (r *Room) decider(ctx context.Context, in contract.SeatIn) (contract.SeatOut, error) {
	var out contract.SeatOut
	err := r.write(ctx, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, in.Ref); err != nil {
			return err
		}
		now, err := tx.DeciderOf(ctx, in.Ref)
		if err != nil && campaign.KindOf(err) != campaign.NotFound {
			return err
		}
		away, e := tx.Conflicted(ctx, in.Ref, now.Reviewer)
		if e != nil {
			return e
		}
		if due := campaign.Day(now.Due.Format("2006-01-02")); err == nil && (due == in.Due || due >= campaign.DayOf(in.At)) && !away {
			out.Reviewer = now.Reviewer // this very call tried again, or a further filing: whoever is not late keeps the case
			return nil
		}
		free, err := tx.FreeReviewers(ctx, in.Ref, false)
		if err != nil {
			return err
		}
		if out.Reviewer = campaign.Pick(free, in.Ref); out.Reviewer == "" {
			return nil
		}
		return nameDecider(ctx, tx, in.Ref, out.Reviewer, in.Due, in.At)
	})
	return out, err
}

// nameDecider gives the open rows of an appeal to a reviewer.
func nameDecider(ctx context.Context, tx *store.Tx, ref contract.Ref, who string, due campaign.Day, at time.Time) error {
	have, err := tx.Have(ctx, ref)
	if err != nil {
		return err
	}
	return tx.NameDecider(ctx, ref, who, have.Undecided, due, at)
}
