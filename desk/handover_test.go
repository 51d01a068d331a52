package desk

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/store"
)

// GL-28: a contact who left in the middle of the year: his links are dead, the
// new contact gets the open tasks in one letter; nobody else's year is touched,
// and the same roster again changes nothing.
func TestGL28ContactLeaves(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	one, two := h.to(1, campaign.Planning), h.to(2, campaign.Planning)
	takes := func(data []byte) {
		_, _, faults, err := h.ImportRoster(ctx, officer, "名册.csv", data)
		must(t, err)
		if len(faults) > 0 {
			t.Fatal(faults)
		}
	}
	takes(rosterFile(3)) // the roster as the file has it
	old, other := h.link(one, "act", real.AddDate(5, 0, 0)), h.link(two, "act", real.AddDate(5, 0, 0))
	_, err := h.Open(ctx, old)
	must(t, err)
	in, err := h.Store.Institution(ctx, one.Code)
	must(t, err)
	changed := bytes.ReplaceAll(rosterFile(3), []byte(in.Email), []byte("successor@institution.example"))
	if bytes.Equal(changed, rosterFile(3)) {
		t.Fatal("the file does not hold the address")
	}
	h.at(real.Add(3600e9))
	left := h.left(func() { takes(changed) })
	var letter *queued
	for k, q := range left {
		if strings.HasPrefix(k, one.ID()+"/handover/") {
			letter = &q
		} else {
			t.Errorf("beside it %s is queued", k)
		}
	}
	if letter == nil || letter.Mail.Template != "handover" || letter.Mail.To != "institution" || letter.Mail.Scope != "act" {
		t.Fatalf("%v", left)
	}
	c := h.rules.Calendar
	for _, want := range []string{campaign.PlanTask.Chinese(), c.PlanDue.Chinese(), campaign.EvidenceTask.Chinese(), c.EvidenceClose.Chinese(), campaign.SelfScoreTask.Chinese()} {
		if !strings.Contains(fmt.Sprint(letter.Mail.Lines), want) {
			t.Errorf("the letter lacks %q: %v", want, letter.Mail.Lines)
		}
	}
	_, err = h.Open(ctx, old)
	want(t, err, campaign.TooLate)
	_, err = h.Open(ctx, other)
	must(t, err)
	now, err := h.Store.Institution(ctx, one.Code)
	must(t, err)
	if now.Email != "successor@institution.example" {
		t.Error(now.Email)
	}
	if again := h.left(func() { takes(changed) }); len(again) != 0 {
		t.Errorf("the same roster again leaves %v", again)
	}
	fresh := h.link(one, "act", real.AddDate(6, 0, 0))
	_, err = h.Open(ctx, fresh)
	must(t, err)
}

// Where a task is done it is not handed over; a year that is closed is not touched.
func TestGL28OnlyWhatIsOpen(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref := h.to(1, campaign.Planning)
	lines := func() string {
		s, err := h.scene(ctx, h.Store.Reader, ref)
		must(t, err)
		all, err := h.openTasks(ctx, h.Store.Reader, s)
		must(t, err)
		return fmt.Sprint(all)
	}
	h.write(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.AddPlan(ctx, ref, PlanForm{Goals: "目标"}, "王经办", false, real)
		return err
	})
	if got := lines(); strings.Contains(got, campaign.PlanTask.Chinese()) || !strings.Contains(got, campaign.EvidenceTask.Chinese()) {
		t.Error(got)
	}
	h.to(1, campaign.Served)
	if got := lines(); strings.Contains(got, campaign.EvidenceTask.Chinese()) || !strings.Contains(got, campaign.AppealTask.Chinese()) {
		t.Error(got)
	}
	h.to(1, campaign.Closed)
	if got := lines(); !strings.Contains(got, "目前没有") {
		t.Error(got)
	}
	years, err := h.Store.RunningYears(ctx, ref.Code)
	must(t, err)
	if len(years) != 0 {
		t.Errorf("closed, and running in %v", years)
	}
}

// GL-25: 转监管线索 leaves a hand-over record with who, when and why, and the
// points are what they were, before and after something was established.
func TestGL25HandOverKeepsTheScore(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref := h.to(1, campaign.Planning)
	form := event(h)
	id, err := h.RegisterEvent(ctx, officer, ref, form)
	must(t, err)
	must(t, h.MoveEvent(ctx, officer, ref, id, does(campaign.EventInquire)))
	must(t, h.MoveEvent(ctx, officer, ref, id, tells(finding(300))))
	h.accepted(store.EventNotice(ref, 1))
	h.at(today.Add(60).Start())
	must(t, h.MoveEvent(ctx, approver, ref, id, does(campaign.EventEstablish)))
	before, points := h.dump(), h.deduction(ref)
	left := h.left(func() { must(t, h.MoveEvent(ctx, officer, ref, id, does(campaign.EventRefer))) })
	if got := h.deduction(ref); got != points || points == 0 {
		t.Errorf("deducted %s before, %s after", points, got)
	}
	if len(left) != 0 {
		t.Errorf("a hand-over leaves %v", left)
	}
	after := h.dump()
	for _, table := range []string{"event", "event_ruling", "result", "sheet", "entry", "warning"} {
		if before[table] != after[table] {
			t.Errorf("%s changed", table)
		}
	}
	moves, err := h.Store.EventMoves(ctx, ref)
	must(t, err)
	if m := moves[len(moves)-1]; m.Act != campaign.EventRefer || m.By != officer.ID || m.Text == "" || m.At.IsZero() {
		t.Errorf("%+v", m)
	}
}
