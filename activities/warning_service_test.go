package activities

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// signed is a case of a real year with both signatures.
func (o *office) signed(k int, day campaign.Day) campaign.Ref {
	o.t.Helper()
	ref := o.accusedBy(k, campaign.CurrentLadder)
	o.Clock = day.Morning
	o.did(ref, campaign.ActNotice, "officer", "o1", "事由")
	o.did(ref, campaign.ActWaive, "", "", "放弃")
	o.did(ref, campaign.ActPass, "legal", "g1", "合法")
	o.did(ref, campaign.ActSign, "approver", "a1", "同意")
	o.did(ref, campaign.ActSign, "approver", "a2", "同意")
	return ref
}

// warned is a case of a real year whose decision was issued and accepted on a day.
func (o *office) warned(k int, day campaign.Day) (ref campaign.Ref, moves int) {
	o.t.Helper()
	ref = o.signed(k, day)
	out := run(o, o.warn, contract.WarnIn{Ref: ref, Case: 7, State: campaign.Issued, Act: campaign.ActSign, Round: 6, At: day.Morning(), Due: o.served(campaign.Issued, day)})
	if out.Served != day {
		o.t.Errorf("served on %q, want %s", out.Served, day)
	}
	return ref, 5
}

// acted is an act of the institution on a day.
func (o *office) acted(ref campaign.Ref, act campaign.WarningAct, day campaign.Day) {
	o.t.Helper()
	o.write(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.AddWarningAct(ctx, ref, store.WarningAct{Act: act, Text: "意见", At: day.Morning()})
		return err
	})
}

func (o *office) served(letter campaign.WarningState, day campaign.Day) campaign.Day {
	return o.rules.Settings.ServedDue(o.rules.Holidays, letter, day)
}

// cameBack is what the desk writes when a letter of a case is reported back.
func (o *office) cameBack(ref campaign.Ref, key string, letter campaign.WarningState) {
	o.t.Helper()
	o.write(func(ctx context.Context, tx *store.Tx) error {
		if _, _, err := tx.AddMailEvent(ctx, store.MailEvent{ID: key, Key: key, Kind: "bounce", State: store.Bounced, At: o.Clock()}, o.Clock()); err != nil {
			return err
		}
		return tx.StopWarning(ctx, ref, letter)
	})
}

// again queues a letter of a case once more.
func (o *office) again(ref campaign.Ref, key, template string, day campaign.Day) {
	o.t.Helper()
	o.write(func(ctx context.Context, tx *store.Tx) error {
		tx.Queue(store.Intent{Key: key + "/again/1", Kind: store.MailIntent, Ref: ref, Body: store.MailBody{Template: template, To: "institution", Scope: "act", Path: "warning", Date: day.Morning(), Until: day.Add(30), Data: map[string]string{"what": "事由"}}})
		return nil
	})
}

func (o *office) asks(ref campaign.Ref, moves int, at campaign.Day, want contract.WarnPastOut) {
	o.t.Helper()
	if out := run(o, o.warnPast, contract.WarnPastIn{Ref: ref, Moves: moves, At: at.Morning()}); out != want {
		o.t.Errorf("asked on %s: %+v, want %+v", at, out, want)
	}
}

func (o *office) servedOn(ref campaign.Ref) campaign.Day {
	o.t.Helper()
	w, err := o.Store.Warning(o.t.Context(), ref)
	must(o.t, err)
	return w.ServedDay()
}

// AP-2, RW-5, RW-6: a decision that bounced does not count as received: its days run
// in full from its service, its term too, and nobody is reminded meanwhile.
func TestRW5DecisionWaitsForService(t *testing.T) {
	o := newOffice(t, false, 1)
	day := o.rules.Calendar.Publication.Add(3)
	ref, moves := o.warned(1, day)
	k, days := ref.ID()+"/warning/issued/6", func(d campaign.Day) campaign.Day { return o.served(campaign.Issued, d) }
	over := days(day).Add(1)
	o.asks(ref, moves, over, contract.WarnPastOut{})
	o.cameBack(ref, k, campaign.Issued)
	if o.servedOn(ref) != "" {
		t.Error("what bounced counts as served")
	}
	o.asks(ref, moves, over, contract.WarnPastOut{Until: days(over)})
	remind := contract.RemindIn{Ref: ref, Task: campaign.AckTask, Step: 1, Due: days(day), At: day.Add(1).Morning()}
	n := len(o.intents())
	if run(o, o.remind, remind); len(o.intents()) != n {
		t.Error("reminded of a decision that did not arrive")
	}
	served := over.Add(4)
	o.again(ref, k, "warning-decision", over)
	o.asks(ref, moves, days(over).Add(1), contract.WarnPastOut{Until: days(days(over).Add(1))}) // what is in the outbox is not served
	o.Clock = served.Morning
	o.drain()
	if l := o.letter(k + "/again/1"); !strings.Contains(l.Text, "签收截止："+days(served).Chinese()) || !strings.Contains(l.Text, served.Add(o.rules.Settings.RectifyDays).Chinese()) {
		t.Errorf("a letter that was held names other days:\n%s", l.Text)
	}
	o.asks(ref, moves, days(over).Add(1), contract.WarnPastOut{Until: days(served), Served: served})
	remind.Last = true // by the days that the case knows
	o.write(func(ctx context.Context, tx *store.Tx) error { return tx.AddLiaison(ctx, ref, "o2", "o1", o.Clock()) })
	n = len(o.intents())
	run(o, o.remind, remind)
	if all := len(o.intents()) - n; all != 1 {
		t.Errorf("%d letters, want the reminder alone", all)
	}
	o.drain()
	if l := o.letter(ref.ID() + "/ack/remind/" + string(days(day)) + "/1"); !strings.Contains(l.Text, days(served).Chinese()) || strings.Contains(l.Text, "最后一次") {
		t.Errorf("the reminder names another day, or is the last:\n%s", l.Text)
	}
	last := o.rules.Holidays.After(days(served))
	o.asks(ref, moves, campaign.DayOf(last), contract.WarnPastOut{})
	in := contract.WarnIn{Ref: ref, Case: 7, State: campaign.Received, Act: campaign.ActDeemed, Round: 7, At: last, Due: campaign.DayOf(last).Add(o.rules.Settings.RectifyDays)}
	if out := run(o, o.warn, in); out.Served != served || o.servedOn(ref) != served {
		t.Errorf("%+v, on record %s, want %s", out, o.servedOn(ref), served)
	}
	// It is reported back once more, after it counted as received: the rectification waits.
	o.Clock = in.Due.Morning
	o.cameBack(ref, k+"/again/1", campaign.Issued)
	lapse := in.Due.Add(1)
	o.asks(ref, moves+1, lapse, contract.WarnPastOut{Until: o.rules.Settings.DeemedDue(o.rules.Holidays, days(lapse))})
	o.acted(ref, campaign.ActPlan, lapse)
	out := run(o, o.warn, contract.WarnIn{Ref: ref, Case: 7, State: campaign.Planned, Act: campaign.ActPlan, Round: 8, At: lapse.Morning(), Due: lapse.Add(20)})
	if out.Served != lapse || o.servedOn(ref) != lapse {
		t.Errorf("who handed in a plan has the decision: %+v", out)
	}
	o.noFailure()
}

// AP-2, RW-6: a plan takes nothing from the days of a decision that was served late: on
// paper, by a letter, or by the plan itself, which alone shows that it was received.
func TestRW6PlanKeepsTheDays(t *testing.T) {
	o := newOffice(t, false, 4)
	day, set, h := o.rules.Calendar.Publication.Add(3), o.rules.Settings, o.rules.Holidays
	handed := h.OnOrAfter(day.Add(12))
	full := set.DeemedDue(h, o.served(campaign.Issued, handed))
	for i, c := range []struct {
		name  string
		serve func(ref campaign.Ref, k string)
		book  campaign.Day // by the service of the decision
		want  func(old, filed campaign.Day) campaign.Day
	}{
		{"served at once", nil, "", func(old, _ campaign.Day) campaign.Day { return old }},
		{"on paper", func(ref campaign.Ref, k string) {
			o.write(func(ctx context.Context, tx *store.Tx) error {
				return tx.AddService(ctx, ref, k, store.ByPaper, o.served(campaign.Issued, handed), "当面交付", "o1", handed.Morning())
			})
		}, full, func(_, _ campaign.Day) campaign.Day { return full }},
		{"by a letter that the case does not know of", func(ref campaign.Ref, k string) {
			o.again(ref, k, "warning-decision", handed)
			o.Clock = handed.Morning
			o.drain()
		}, "", func(_, _ campaign.Day) campaign.Day { return full }},
		{"by the plan", func(campaign.Ref, string) {}, "", func(_, filed campaign.Day) campaign.Day { return filed.Add(set.RectifyDays) }},
	} {
		ref, _ := o.warned(i+1, day)
		k := ref.ID() + "/warning/issued/6"
		deemed := campaign.DayOf(h.After(o.served(campaign.Issued, day)))
		old := deemed.Add(set.RectifyDays)
		run(o, o.warn, contract.WarnIn{Ref: ref, Case: 7, State: campaign.Received, Act: campaign.ActDeemed, Round: 7, At: h.After(o.served(campaign.Issued, day)), Due: old})
		if c.serve != nil {
			o.Clock = deemed.Add(1).Morning
			o.cameBack(ref, k, campaign.Issued)
			c.serve(ref, k)
		}
		if c.book != "" {
			o.write(func(ctx context.Context, tx *store.Tx) error { return tx.SetWarningDue(ctx, ref, c.book) })
		}
		filed := h.OnOrBefore(old.Add(-2))
		o.Clock = filed.Morning
		o.acted(ref, campaign.ActPlan, filed)
		in := contract.WarnIn{Ref: ref, Case: 7, State: campaign.Planned, Act: campaign.ActPlan, Round: 8, At: filed.Morning(), Due: old}
		for range 2 { // an earlier try may have written the day already
			out := run(o, o.warn, in)
			w, err := o.Store.Warning(t.Context(), ref)
			must(t, err)
			if want := c.want(old, filed); out.Due != want || w.DueDay() != want {
				t.Errorf("%s: the case is told %s, on record %s, want %s", c.name, out.Due, w.DueDay(), want)
			}
		}
	}
	o.noFailure()
}

// AP-2, RW-5: an institution that signs on its page has received the decision,
// whatever the mail did; a later report changes nothing.
func TestRW5WhoSignsHasReceived(t *testing.T) {
	o := newOffice(t, false, 1)
	day := o.rules.Calendar.Publication.Add(3)
	ref, moves := o.warned(1, day)
	o.cameBack(ref, ref.ID()+"/warning/issued/6", campaign.Issued)
	signed := day.Add(4)
	o.acted(ref, campaign.ActAck, signed)
	in := contract.WarnIn{Ref: ref, Case: 7, State: campaign.Received, Act: campaign.ActAck, Round: 7, At: signed.Morning(), Due: signed.Add(30)}
	for range 2 {
		if out := run(o, o.warn, in); out.Served != signed || o.servedOn(ref) != signed {
			t.Errorf("%+v, on record %s", out, o.servedOn(ref))
		}
	}
	o.asks(ref, moves+1, signed.Add(31), contract.WarnPastOut{})
	o.noFailure()
}

// ML-4: a letter that was held names the days that count when it is served on a day.
func TestML4HeldLettersNameTheirDays(t *testing.T) {
	o := newOffice(t, false, 0)
	const day, later = campaign.Day("2026-06-08"), campaign.Day("2027-01-04")
	for _, c := range []struct {
		template string
		task     campaign.Task
		want     campaign.Day
	}{
		{"warning-prior", "", o.served(campaign.Noticed, day)},
		{"rectification-reminder", "", o.served(campaign.Planned, day)}, // sent back
		{"rectification-reminder", campaign.RectifyTask, "2026-06-05"},
		{"warning-decision", "", day.Add(o.rules.Settings.RectifyDays)},
		{"event-notice", "", o.rules.Holidays.AddWorkdays(day, o.rules.Settings.EventReply())},
	} {
		for named, want := range map[campaign.Day]campaign.Day{"2026-06-05": c.want, later: later} { // nothing gets shorter
			b := store.MailBody{Template: c.template, Task: c.task, Until: named}
			if renamed(&b, o.rules, day); b.Until != want {
				t.Errorf("%s named %s: %s, want %s", c.template, named, b.Until, want)
			}
		}
	}
}

// ML-4, RW-4: a prior notice of a Friday night, and its paper, name the days from Monday.
func TestRW4NoticeOfANight(t *testing.T) {
	o := newOffice(t, false, 1)
	ref := o.accusedBy(1, campaign.CurrentLadder)
	const friday, monday = campaign.Day("2026-06-05"), campaign.Day("2026-06-08")
	at := friday.Start().Add(21 * time.Hour)
	o.Clock = func() time.Time { return at }
	o.did(ref, campaign.ActNotice, "officer", "o1", "事由")
	in := contract.WarnIn{Ref: ref, Case: 7, State: campaign.Noticed, Act: campaign.ActNotice, Round: 2, At: at, Due: o.served(campaign.Noticed, friday)}
	_, err := o.warn(t.Context(), in)
	if _, is := errors.AsType[*quietError](err); !is {
		t.Fatalf("%v, want it to wait for the morning", err)
	}
	m, err := o.Store.MailByKey(t.Context(), ref.ID()+"/warning/noticed/2")
	must(t, err)
	var paper store.PaperBody
	must(t, o.conn.QueryRow(t.Context(), `select body from intent where key = $1`, m.Body.Papers[0]).Scan(&paper))
	if want := o.served(campaign.Noticed, monday); m.Body.Until != want || paper.Due != want {
		t.Errorf("the letter names %s, the paper %s, want %s", m.Body.Until, paper.Due, want)
	}
}

// AP-2, RW-5: so has one that signs while the letter still waits for the morning.
func TestRW5SignedBeforeTheLetter(t *testing.T) {
	o := newOffice(t, false, 1)
	signed := o.rules.Calendar.Publication.Add(3)
	day := o.rules.Holidays.OnOrAfter(signed.Add(1))
	ref := o.signed(1, signed)
	o.acted(ref, campaign.ActAck, signed)
	o.Clock = day.Morning
	for i, m := range []contract.WarnIn{
		{State: campaign.Issued, Act: campaign.ActSign, At: signed.Morning(), Due: o.served(campaign.Issued, signed)},
		{State: campaign.Received, Act: campaign.ActAck, At: day.Morning(), Due: day.Add(o.rules.Settings.RectifyDays)},
	} {
		m.Ref, m.Case, m.Round = ref, 7, 6+i
		if out := run(o, o.warn, m); campaign.DayOf(out.At) != day || out.Served != signed || o.servedOn(ref) != signed {
			t.Errorf("%s: %+v, on record %s, want %s", m.State, out, o.servedOn(ref), signed)
		}
	}
	o.noFailure()
}

// AP-2, RW-6: the days for a rectification that was sent back run from the service of
// the letter that says so; of two returns the second counts.
func TestRW6ReturnWaitsForService(t *testing.T) {
	o := newOffice(t, false, 1)
	day := o.rules.Calendar.Publication.Add(3)
	ref, moves := o.warned(1, day)
	o.did(ref, campaign.ActAck, "", "", "签收")
	o.did(ref, campaign.ActPlan, "", "", "方案")
	moves += 2
	days := func(d campaign.Day) campaign.Day { return o.served(campaign.Planned, d) }
	next := func(d campaign.Day) campaign.Day { return o.rules.Holidays.OnOrAfter(d.Add(1)) }
	for round := 10; round < 14; round += 2 {
		o.did(ref, campaign.ActRectify, "", "", "整改完毕")
		o.did(ref, campaign.ActReturn, "officer", "o1", "请补充")
		moves += 2
		run(o, o.warn, contract.WarnIn{Ref: ref, Case: 7, State: campaign.Planned, Act: campaign.ActReturn, Round: round, At: day.Morning(), Due: days(day)})
		k, over := fmt.Sprintf("%s/warning/planned/%d", ref.ID(), round), next(days(day))
		o.asks(ref, moves, over, contract.WarnPastOut{})
		o.cameBack(ref, k, campaign.Planned)
		first := o.servedOn(ref)
		if first == "" {
			t.Error("the return took the service of the decision back")
		}
		o.asks(ref, moves, over, contract.WarnPastOut{Until: days(over), Served: first})
		remind := contract.RemindIn{Ref: ref, Task: campaign.RectifyTask, Step: round, Due: days(day), At: over.Morning()}
		n := len(o.intents())
		if run(o, o.remind, remind); len(o.intents()) != n {
			t.Error("reminded of a return that did not arrive")
		}
		o.again(ref, k, "rectification-reminder", over)
		o.Clock = over.Morning
		o.drain()
		o.asks(ref, moves, over.Add(1), contract.WarnPastOut{Until: over.Add(30), Served: first}) // which that letter names
		day = next(over)
		o.Clock = day.Morning
	}
	o.noFailure()
}
