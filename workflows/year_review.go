package workflows

import (
	"go.temporal.io/sdk/workflow"

	"xuanping/campaign"
	"xuanping/contract"
)

// score waits for two blind sheets, and for a third when they differ. One that
// handed in nothing is not scored: it is served as 未提交 (WF-5).
func (y *year) score(ctx workflow.Context) error {
	if y.have.Nothing() {
		return nil
	}
	if y.went > 0 { // its reviewers have been waiting for it, or have no seat yet
		y.lateSeats = y.rules.Holidays.AddWorkdays(campaign.DayOf(workflow.Now(ctx)), campaign.RefillDays)
	}
	if err := y.enter(ctx, campaign.Scoring, y.scoringDue()); err != nil {
		return err
	}
	return y.review(ctx)
}

// review lasts until the sheets are in and no seat has been left meanwhile:
// one who declines or turns out to be conflicted is followed by another (RV-1).
func (y *year) review(ctx workflow.Context) error {
	for {
		for y.vacated() {
			if err := y.refill(ctx); err != nil {
				return err
			}
		}
		if err := y.round(ctx); err != nil || !y.vacated() {
			return err
		}
	}
}

// vacated tells that a seat waits for another holder.
func (y *year) vacated() bool { return len(y.vacant) > 0 }

// refill gives the seats that were left to others, who have some days at least.
// The third seat is given again when it turns out to be still needed.
func (y *year) refill(ctx workflow.Context) error {
	left := y.vacant
	y.vacant = nil
	y.refilled = y.rules.Holidays.AddWorkdays(campaign.DayOf(workflow.Now(ctx)), campaign.RefillDays)
	for _, seat := range left {
		if seat == 3 {
			continue
		}
		if err := y.seat(ctx, contract.Seat, seat, max(y.scoringDue(), y.refilled)); err != nil {
			return err
		}
	}
	return nil
}

// round is one pass of the double review; it breaks off when a seat is left.
func (y *year) round(ctx workflow.Context) error {
	review, err := y.sheets(ctx, y.scoringDue, y.bothIn)
	if err == nil && !y.vacated() && len(review.Late) > 0 {
		review, err = y.substitute(ctx, review.Late)
	}
	if err != nil || y.vacated() {
		return err
	}
	if len(review.Late) > 0 {
		return y.alert(ctx, contract.AlertReviewMissing)
	}
	if len(review.Differ) == 0 || review.Third {
		return nil
	}
	return y.third(ctx)
}

// sheets waits for the sheets and tells how the double review stands.
func (y *year) sheets(ctx workflow.Context, due func() campaign.Day, in func() bool) (contract.SheetsOut, error) {
	err := y.chase(ctx, chase{task: campaign.ScoreTask, due: due, end: y.after(due), done: func() bool { return y.vacated() || in() }})
	if err != nil || y.vacated() {
		return contract.SheetsOut{}, err
	}
	return contract.Sheets.Do(ctx, y.at(ctx))
}

// substitute gives the late seats to others until scoring closes.
func (y *year) substitute(ctx workflow.Context, late []int) (contract.SheetsOut, error) {
	for _, seat := range late {
		if err := y.seat(ctx, contract.Seat, seat, y.scoringClose()); err != nil {
			return contract.SheetsOut{}, err
		}
	}
	return y.sheets(ctx, y.scoringClose, y.bothIn)
}

// third calls the third reviewer; silence there leaves the two sheets.
func (y *year) third(ctx workflow.Context) error {
	if err := y.seat(ctx, contract.Seat, 3, y.scoringClose()); err != nil {
		return err
	}
	review, err := y.sheets(ctx, y.scoringClose, y.thirdIn)
	if err != nil || review.Third || y.vacated() {
		return err
	}
	return y.alert(ctx, contract.AlertReviewMissing)
}
