package activities

import (
	"context"
	"hash/fnv"
	"slices"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/rubric"
	"xuanping/store"
)

func (r *Room) assignAll(ctx context.Context, in contract.CampaignAt) (contract.None, error) {
	return contract.None{}, r.assign(ctx, in.Year, in.At, in.Due, contract.Ref{})
}

// assign fills seats 1 and 2 of every institution that handed in anything, in
// the order of codes, so that who asks first changes nothing. Whoever asks
// later, about one institution that has its seats, is done at once.
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
		all, err := tx.Entries(ctx, year)
		if err != nil {
			return err
		}
		for _, e := range all {
			if e.Stage == campaign.Left {
				continue
			}
			have, err := tx.Have(ctx, e.Ref())
			if err != nil {
				return err
			}
			if have.Nothing() {
				continue
			}
			if err := r.fill(ctx, tx, e.Ref(), at, due); err != nil {
				return err
			}
		}
		return nil
	})
}

func (r *Room) fill(ctx context.Context, tx *store.Tx, ref contract.Ref, at time.Time, due campaign.Day) error {
	seats, err := tx.Seats(ctx, ref)
	if err != nil {
		return err
	}
	free, err := tx.FreeReviewers(ctx, ref)
	if err != nil {
		return err
	}
	for seat := len(seats) + 1; seat <= 2 && len(free) > 0; seat++ {
		if err := r.give(ctx, tx, ref, seat, free[0], due, at, "reviewer-assigned", nil); err != nil {
			return err
		}
		free = free[1:]
	}
	return nil
}

func (r *Room) give(ctx context.Context, tx *store.Tx, ref contract.Ref, seat int, reviewer string, due campaign.Day, at time.Time, template string, rows []int) error {
	if err := tx.AddSeat(ctx, ref, seat, reviewer, due, at); err != nil {
		return err
	}
	queueMail(tx, ref, "seat/"+reviewer, store.MailBody{Template: template, To: "staff:" + reviewer, Path: reviewPath(ref), Date: at, Until: due, Rows: rows, Data: map[string]string{"title": "年度宣传工作评审"}})
	return nil
}

// pick chooses among the free by the institution's code, so that the choice
// does not depend on what happens elsewhere at the same time.
func pick(free []string, ref contract.Ref) string {
	if len(free) == 0 {
		return ""
	}
	h := fnv.New32a()
	h.Write([]byte(ref.ID()))
	return free[int(h.Sum32()%uint32(len(free)))]
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
		for _, s := range seats {
			if s.Seat == in.Seat && (s.SheetAt != nil || s.At.Equal(in.At.Truncate(time.Microsecond))) {
				out.Reviewer = s.Reviewer // no longer late, or this very call tried again
				return nil
			}
		}
		free, err := tx.FreeReviewersByID(ctx, in.Ref)
		if err != nil {
			return err
		}
		if out.Reviewer = pick(free, in.Ref); out.Reviewer == "" {
			return nil
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

// differ lists the rows on which the first two sheets are too far apart (RV-1).
func (r *Room) differ(ctx context.Context, q store.Reader, ref contract.Ref) ([]int, error) {
	c, err := q.Campaign(ctx, ref.Year)
	if err != nil {
		return nil, err
	}
	sheets, err := q.SheetsOf(ctx, ref)
	if err != nil || len(sheets) < 2 {
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
		if due := campaign.Day(now.Due.Format("2006-01-02")); err == nil && (due == in.Due || due >= campaign.DayOf(in.At)) {
			out.Reviewer = now.Reviewer // this very call tried again, or a further filing: whoever is not late keeps the case
			return nil
		}
		free, err := tx.FreeReviewersByID(ctx, in.Ref)
		if err != nil {
			return err
		}
		if out.Reviewer = pick(free, in.Ref); out.Reviewer == "" {
			return nil
		}
		have, err := tx.Have(ctx, in.Ref)
		if err != nil {
			return err
		}
		if err := tx.AddDecider(ctx, in.Ref, out.Reviewer, in.Due, in.At); err != nil {
			return err
		}
		queueMail(tx, in.Ref, "decider/"+out.Reviewer, store.MailBody{Template: "appeal-assigned", To: "staff:" + out.Reviewer, Path: reviewPath(in.Ref) + "/appeal",
			Date: in.At, Until: in.Due, Rows: have.Undecided, Task: campaign.DecideTask, Data: map[string]string{"title": "评价复核"}})
		return nil
	})
	return out, err
}
