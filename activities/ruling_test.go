package activities

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// AP-3, S8: of rows whose decision became void the year does not know that they
// are open: the final result waits for whoever decides again, names somebody when
// nobody was free, and lets a row stand only after two were silent.
func TestAP3FinalWaitsForRowsDecidedAgain(t *testing.T) {
	o := newOffice(t, true, 1)
	c, ref := o.rules.Calendar, o.scored(1, 50)
	o.isServed(ref)
	at := func(d campaign.Day) {
		t.Helper()
		must(t, o.Store.SetClock(t.Context(), testYear, d.Morning(), o.Clock()))
	}
	away := func(who string) func(ctx context.Context, tx *store.Tx) error {
		return func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddConflict(ctx, ref, who, campaign.ConflictShares, "持股", "o1", c.Final.Morning())
			return err
		}
	}
	at(c.Final.Add(-3))
	o.write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.AddAppeal(ctx, ref, 2, "理由", "王经办", c.Result.Add(1).Morning()); err != nil {
			return err
		}
		if err := tx.AddDecider(ctx, ref, "r4", c.Final.Add(-2), c.Result.Add(2).Morning()); err != nil {
			return err
		}
		return tx.AddAppealRuling(ctx, ref, 2, "r4", 950, 1000, "证据成立", c.Result.Add(3).Morning())
	})
	o.write(away("r4"))
	o.write(away("r3")) // nobody is left
	o.write(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.VoidRulingsOf(ctx, ref, "r4", c.Final.Add(-3).Morning())
		return err
	})
	waits := func() {
		t.Helper()
		_, err := o.finalize(t.Context(), o.at(ref, c.Final))
		wantKind(t, err, campaign.Conflict)
	}
	for _, d := range []campaign.Day{c.Final.Add(-1), c.Final} {
		at(d)
		waits()
		waits()
	}
	o.drain()
	calls := 0
	for k := range o.intents() {
		if strings.Contains(k, "/alert/"+contract.AlertRulingVoid+"/again/") {
			calls++
		}
	}
	if calls != 4 { // two officers, once a day
		t.Errorf("%d calls", calls)
	}
	l := o.letter(ref.ID() + "/alert/" + contract.AlertRulingVoid + "/again/" + string(c.Final) + "/o1")
	o.says(strings.Join(strings.Fields(l.Text), ""), "重新决定以前不确定最终结果", "补充评审专家")
	for _, who := range []string{"r8", "r9"} { // the staff is added to, and each is silent in turn
		o.write(func(ctx context.Context, tx *store.Tx) error {
			return tx.PutStaff(ctx, store.Staff{ID: who, Name: who, Email: who + "@staff.example", Role: campaign.Reviewer, Password: "-", Active: true}, "o1", c.Final.Morning())
		})
		waits()
		now, err := o.Store.DeciderOf(t.Context(), ref)
		must(t, err)
		if now.Reviewer != who {
			t.Fatalf("%s decides, not %s", now.Reviewer, who)
		}
		o.drain()
		o.letter(ref.ID() + "/decider/" + who)
		at(campaign.DayOf(now.Due))
		waits() // his day is not over
		o.drain()
		at(campaign.DayOf(now.Due).Add(1))
	}
	if out := run(o, o.finalize, o.at(ref, c.Final)); out.Version != 1 || out.Total != 9300 {
		t.Errorf("%+v", out)
	}
	o.drain()
	if l := o.letter(ref.ID() + "/final"); !strings.Contains(strings.Join(strings.Fields(l.Text), ""), "未在期限内作出决定") {
		t.Errorf("%s", l.Text)
	}
	o.letter(ref.ID() + "/alert/" + contract.AlertAppealSilent + "/again/o1")
	o.noFailure()
}

// AP-3: the decision that is made again is the one that counts.
func TestAP3DecisionMadeAgainCounts(t *testing.T) {
	o := newOffice(t, true, 1)
	c, ref := o.rules.Calendar, o.scored(1, 50)
	o.isServed(ref)
	o.isRuled(ref, 2, 950, 1000)
	o.write(func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.VoidRulingsOf(ctx, ref, "r4", c.Result.Add(4).Morning()); err != nil {
			return err
		}
		return tx.AddAppealRuling(ctx, ref, 2, "r3", 950, 950, "原得分适当", c.Result.Add(5).Morning())
	})
	if out := run(o, o.finalize, o.at(ref, c.Final)); out.Version != 1 || out.Total != 9300 {
		t.Errorf("%+v", out)
	}
	o.drain()
	if text := strings.Join(strings.Fields(o.read(ref, campaign.AppealPaper)), ""); !strings.Contains(text, "原得分适当") || strings.Contains(text, "复核意见") {
		t.Errorf("%s", text)
	}
	o.noFailure()
}

// AP-3, S8: a conflict entered by mistake voids the decision; when it is withdrawn
// before anybody took over, the same decider has his days once more. After him
// another one follows, and nobody being free lets no row stand.
func TestAP3WithdrawnConflictGivesTheDaysAgain(t *testing.T) {
	for _, decides := range []bool{true, false} {
		o := newOffice(t, true, 1)
		c, ref := o.rules.Calendar, o.scored(1, 50)
		o.isServed(ref)
		day := c.Final
		at := func(d campaign.Day) {
			t.Helper()
			day = d
			must(t, o.Store.SetClock(t.Context(), testYear, d.Morning(), o.Clock()))
		}
		o.write(func(ctx context.Context, tx *store.Tx) error {
			for _, err := range []error{
				tx.AddAppeal(ctx, ref, 2, "理由", "王经办", c.Result.Add(1).Morning()),
				tx.AddDecider(ctx, ref, "r4", c.Final.Add(-2), c.Result.Add(2).Morning()),
				tx.AddAppealRuling(ctx, ref, 2, "r4", 950, 1000, "证据成立", c.Result.Add(3).Morning()),
			} {
				if err != nil {
					return err
				}
			}
			for _, who := range []string{"r3", "r4"} {
				if _, err := tx.AddConflict(ctx, ref, who, campaign.ConflictShares, "持股", "o1", c.Final.Add(-3).Morning()); err != nil {
					return err
				}
			}
			if _, err := tx.VoidRulingsOf(ctx, ref, "r4", c.Final.Add(-3).Morning()); err != nil {
				return err
			}
			for _, by := range []string{"o1", "o2"} {
				if _, err := tx.AddConflictWithdrawal(ctx, ref, "r4", "said/1", "登记有误", by, c.Final.Add(-2).Morning()); err != nil {
					return err
				}
			}
			return nil
		})
		waits := func(who string, n int) store.Decider {
			t.Helper()
			for range 2 {
				_, err := o.finalize(t.Context(), o.at(ref, c.Final))
				wantKind(t, err, campaign.Conflict)
			}
			now, err := o.Store.DeciderOf(t.Context(), ref)
			must(t, err)
			if now.Reviewer != who || now.N != n {
				t.Fatalf("%+v", now)
			}
			o.drain()
			return now
		}
		at(c.Final)
		now := waits("r4", 2)
		if due := campaign.DayOf(now.Due); due != o.rules.Holidays.AddWorkdays(day, o.rules.Settings.DecisionDays) {
			t.Errorf("until %s", due)
		}
		o.letter(ref.ID() + "/decider/r4/2")
		if decides {
			at(day.Add(1))
			o.write(func(ctx context.Context, tx *store.Tx) error {
				return tx.AddAppealRuling(ctx, ref, 2, "r4", 950, 1000, "证据成立", day.Morning())
			})
			if out := run(o, o.finalize, o.at(ref, c.Final)); out.Version != 2 || out.Total != 9350 {
				t.Errorf("%+v", out)
			}
			o.sound("F-155", "F-156")
			o.noFailure()
			continue
		}
		at(campaign.DayOf(now.Due).Add(1))
		waits("r4", 2) // silent, and nobody is free
		o.write(func(ctx context.Context, tx *store.Tx) error {
			return tx.PutStaff(ctx, store.Staff{ID: "r8", Name: "r8", Email: "r8@staff.example", Role: campaign.Reviewer, Password: "-", Active: true}, "o1", c.Final.Morning())
		})
		now = waits("r8", 3)
		at(campaign.DayOf(now.Due).Add(1))
		run(o, o.finalize, o.at(ref, c.Final))
		o.drain()
		o.letter(ref.ID() + "/alert/" + contract.AlertAppealSilent + "/again/o1")
		o.noFailure()
	}
}

// AP-3: a final notice that is drawn up and could not be delivered is delivered,
// whatever is found out about the decider meanwhile.
func TestAP3DrawnUpNoticeWaitsForNobody(t *testing.T) {
	o := newOffice(t, true, 1)
	c, ref := o.rules.Calendar, o.scored(1, 50)
	o.isServed(ref)
	o.write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.AddAppeal(ctx, ref, 4, "理由", "王经办", c.Result.Add(1).Morning()); err != nil {
			return err
		}
		return tx.AddDecider(ctx, ref, "r4", c.Final.Add(-1), c.Result.Add(1).Morning())
	})
	o.fail = errors.New("the line is dead")
	if _, err := o.finalize(t.Context(), o.at(ref, c.Final)); err == nil {
		t.Fatal("final without a letter")
	}
	o.fail = nil
	o.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.AddDecider(ctx, ref, "r3", c.Final.Add(9), c.Final.Morning())
	})
	run(o, o.finalize, o.at(ref, c.Final))
	o.letter(ref.ID() + "/final")
	o.noFailure()
}

// AP-3, S8: a change of the roster or the staff that has not reached the rulings yet
// does not make one count: finalize ends them itself, another decides, and is
// reminded while it waits.
func TestAP3FinalEndsRulingsInConflict(t *testing.T) {
	o := newOffice(t, true, 1)
	c, ref := o.rules.Calendar, o.scored(1, 50)
	o.isServed(ref)
	at := func(d campaign.Day) {
		t.Helper()
		must(t, o.Store.SetClock(t.Context(), testYear, d.Morning(), o.Clock()))
	}
	waits := func() {
		t.Helper()
		for range 2 {
			_, err := o.finalize(t.Context(), o.at(ref, c.Final))
			wantKind(t, err, campaign.Conflict)
		}
		o.drain()
	}
	at(c.Final)
	o.isRuled(ref, 2, 950, 1000)
	o.write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.AddDecider(ctx, ref, "r4", c.Final.Add(-2), c.Result.Add(2).Morning()); err != nil {
			return err
		}
		_, err := tx.AddConflict(ctx, ref, "r4", campaign.ConflictShares, "持股", "o1", c.Final.Add(-1).Morning())
		return err
	})
	waits()
	void, err := o.Store.VoidRulings(t.Context(), ref)
	must(t, err)
	now, err := o.Store.DeciderOf(t.Context(), ref)
	must(t, err)
	if len(void) != 1 || void[0].Reviewer != "r4" || now.Reviewer != "r3" {
		t.Fatalf("%+v, %s decides", void, now.Reviewer)
	}
	o.letter(ref.ID() + "/decider/r3")
	o.letter(ref.ID() + "/alert/" + contract.AlertRulingVoid + "/again/" + string(c.Final) + "/o1")
	due := campaign.DayOf(now.Due)
	for _, rung := range o.rules.Holidays.Reminders(campaign.DecideTask, due, due) {
		at(rung.Day)
		waits()
		o.letter(fmt.Sprintf("%s/decide/remind/%s/%d", ref.ID(), due, rung.Step))
	}
	o.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.AddAppealRuling(ctx, ref, 2, "r3", 950, 950, "原得分适当", due.Morning())
	})
	if out := run(o, o.finalize, o.at(ref, c.Final)); out.Version != 1 || out.Total != 9300 {
		t.Errorf("%+v", out)
	}
	o.sound("F-155", "F-156")
	o.noFailure()
}
