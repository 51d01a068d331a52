package activities

import (
	"context"
	"slices"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
)

// AP-2, AP-4: a step that waited for weeks dates what it forms by the day on which
// it is formed, once; no check then takes the sheets or rulings for late.
func TestAP2ResultsAreDatedByTheirFormation(t *testing.T) {
	o := newOffice(t, false, 1)
	c, ref := o.rules.Calendar, o.halfScored(1, map[string]rubric.Points{"r1": 0})
	o.Clock = c.Result.Morning
	o.waits(ref, "收到第二评审席位的打分")
	formed, fixed := o.rules.Holidays.OnOrAfter(c.Result.Add(20)), o.rules.Holidays.OnOrAfter(c.Final.Add(20))
	o.write(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.AddSheet(ctx, ref, "r2", marks(50), formed.Add(-1).Morning())
		return err
	})
	dated := func(version int, day campaign.Day, letters ...string) {
		t.Helper()
		all, err := o.Store.Results(t.Context(), ref)
		must(t, err)
		if len(all) != version || !all[version-1].At.Equal(day.Morning()) {
			t.Errorf("%+v", all)
		}
		for _, l := range letters {
			m, err := o.Store.MailByKey(t.Context(), ref.ID()+"/"+l)
			must(t, err)
			if !m.Body.Date.Equal(day.Morning()) {
				t.Errorf("%s of %s", l, m.Body.Date)
			}
		}
	}
	o.Clock = formed.Morning
	out := run(o, o.serve, o.at(ref, c.Result))
	dated(1, formed, "result/1")
	o.Clock = formed.Add(1).Morning // asked once more, nothing changes
	if again := run(o, o.serve, o.at(ref, c.Result)); !again.At.Equal(out.At) || again.Until != out.Until || out.Until != o.rules.Holidays.AddWorkdays(formed, o.rules.Settings.AppealDays) {
		t.Errorf("%+v, then %+v", out, again)
	}
	dated(1, formed, "result/1")
	o.to(1, campaign.Served)
	ruled := fixed.Add(-1).Morning()
	o.write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.AddAppeal(ctx, ref, 2, "理由", "王经办", formed.Add(2).Morning()); err != nil {
			return err
		}
		return tx.AddAppealRuling(ctx, ref, 2, "r4", 950, 1000, "复核意见", ruled)
	})
	o.Clock = fixed.Morning
	if final := run(o, o.finalize, o.at(ref, c.Final)); final.Version != 2 || !final.At.Equal(fixed.Morning()) {
		t.Errorf("%+v", final)
	}
	dated(2, fixed, "final", "appeal-decision")
	o.Clock = fixed.Add(1).Morning
	if again := run(o, o.finalize, o.at(ref, c.Final)); !again.At.Equal(fixed.Morning()) {
		t.Errorf("%+v", again)
	}
	o.drain()
	for p, day := range map[campaign.Paper]campaign.Day{campaign.ResultPaper: formed, campaign.FinalPaper: fixed, campaign.AppealPaper: fixed} {
		o.says(strings.Join(strings.Fields(o.read(ref, p)), ""), day.Chinese())
	}
	o.sound("F-11", "F-12", "F-13", "F-15", "F-152")
}

// WF-5: in a rehearsal, whose result has the day of the ask, sheets that came while
// it waited are under it by the order of the ledger.
func TestWF5RehearsedResultRestsOnLaterSheets(t *testing.T) {
	o := newOffice(t, true, 1)
	c, ref := o.rules.Calendar, o.halfScored(1, nil)
	o.waits(ref, "没有任何评审打分")
	o.write(func(ctx context.Context, tx *store.Tx) error {
		for _, who := range []string{"r1", "r2"} {
			if _, err := tx.AddSheet(ctx, ref, who, marks(50), c.Result.Add(2).Morning()); err != nil {
				return err
			}
		}
		return nil
	})
	run(o, o.serve, o.at(ref, c.Result))
	o.sound("F-11")
}

// sound checks that invariants find nothing.
func (o *office) sound(ids ...string) {
	o.t.Helper()
	for _, i := range store.Invariants() {
		if slices.Contains(ids, i.ID) {
			if found, err := o.Store.Breaches(o.t.Context(), i, testYear); err != nil || len(found) > 0 {
				o.t.Errorf("%s: %v, %v", i.ID, found, err)
			}
		}
	}
}
