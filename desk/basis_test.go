package desk

import (
	"slices"
	"strings"
	"testing"

	"xuanping/campaign"
)

// RV-1, WF-5: an officer lets a result be formed on one sheet only with a reason,
// after the time of whoever may still score, and for the sheets that he looked at.
func TestRV1DecideBasis(t *testing.T) {
	h := newHouse(t)
	ctx, ref, c := t.Context(), h.seated(1), h.rules.Calendar
	decide := func(seen, reason string) error { return h.DecideBasis(ctx, officer, ref, seen, reason) }
	late := c.ScoringClose.Add(1).Morning()
	h.unchanged(func() {
		want(t, h.DecideBasis(ctx, person("r1"), ref, "r1", "理由"), campaign.Forbidden)
		want(t, h.DecideBasis(ctx, approver, ref, "r1", "理由"), campaign.Forbidden)
		want(t, decide("r1", " "), campaign.Invalid, "reason")
		want(t, decide("", "理由"), campaign.Conflict) // no sheet at all
	})
	_, err := h.HandInSheet(ctx, person("r1"), ref, fullMarks())
	must(t, err)
	h.unchanged(func() { want(t, decide("r1", "理由"), campaign.Conflict) }) // scoring is open
	h.at(late)
	h.unchanged(func() { want(t, decide("r2", "理由"), campaign.Conflict) }) // he looked at something else
	must(t, h.Reassign(ctx, officer, ref, 2, "r3", "逾期"))
	h.unchanged(func() { want(t, decide("r1", "理由"), campaign.Conflict) }) // who took over has his days
	seats, err := h.Store.Seats(ctx, ref)
	must(t, err)
	h.at(campaign.DayOf(seats[1].Due).Add(1).Morning())
	must(t, decide("r1", "改派后仍未取得打分"))
	h.unchanged(func() {
		must(t, decide("r1", "改派后仍未取得打分")) // the same form sent twice
		want(t, decide("r1", "另一个理由"), campaign.Conflict)
	})
	b, err := h.LookBasis(ctx, officer, ref)
	must(t, err)
	if d := b.Basis.Decision; d == nil || d.By != "o1" || !slices.Equal(d.Reviewers, []string{"r1"}) || b.Basis.Undecided() {
		t.Errorf("%+v", b)
	}

	// A sheet that comes after all voids it, and one that differs too far calls for another.
	given := fullMarks()
	given[3].Points -= 200
	_, err = h.HandInSheet(ctx, person("r3"), ref, given)
	must(t, err)
	b, err = h.LookBasis(ctx, officer, ref)
	must(t, err)
	if b.Basis.Decision != nil || b.Basis.Kind != campaign.OpenDifference || !slices.Equal(b.Basis.Rows, []int{4}) || !slices.Equal(b.Basis.Wanted, []int{3}) {
		t.Errorf("%+v", b.Basis)
	}
	must(t, decide(b.Seen(), "没有可指派的第三名专家"))
	all, err := h.Store.BasisDecisions(ctx, ref)
	must(t, err)
	if len(all) != 2 || all[1].Kind != campaign.OpenDifference || !slices.Equal(all[1].Reviewers, []string{"r1", "r3"}) {
		t.Errorf("%+v", all)
	}
	h.frozen(ref)
	h.unchanged(func() { want(t, decide(b.Seen(), "又一个理由"), campaign.Conflict) })
}

// RV-1: the third seat that nobody was free for can be given by hand: waiting is
// no dead end.
func TestRV1ThirdSeatByHand(t *testing.T) {
	h := newHouse(t)
	ctx, ref := t.Context(), h.seated(1)
	want(t, h.Reassign(ctx, officer, ref, 3, "r3", "差异"), campaign.NotFound)
	given := fullMarks()
	for _, who := range []string{"r1", "r2"} {
		_, err := h.HandInSheet(ctx, person(who), ref, given)
		must(t, err)
		given[3].Points -= 200
	}
	left := h.left(func() { must(t, h.Reassign(ctx, officer, ref, 3, "r3", "差异超过阈值")) })
	found := false
	for k, q := range left {
		found = found || strings.HasSuffix(k, "/seat/r3") && q.Mail.Template == "third-reviewer" && slices.Equal(q.Mail.Rows, []int{4})
	}
	if seats, err := h.Store.Seats(ctx, ref); err != nil || len(seats) != 3 || !found {
		t.Errorf("%+v, %v", seats, err)
	}
}
