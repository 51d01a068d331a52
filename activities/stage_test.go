package activities

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
	"xuanping/store/storetest"
)

func TestEnter(t *testing.T) {
	o := newOffice(t, true, 2)
	o.planned(1)
	ref, c := storetest.Ref(testYear, 1), o.rules.Calendar
	for _, s := range []struct {
		stage  campaign.Stage
		at     campaign.Day
		due    campaign.Day
		letter string
	}{
		{campaign.Planning, c.Launch, c.PlanDue, "launch"},
		{campaign.Collecting, c.PlanClose.Add(1), c.EvidenceClose, ""}, // the notice went out already
		{campaign.SelfScore, c.EvidenceClose.Add(1), c.SelfScoreDue, "self-score/open"},
		{campaign.Scoring, c.SelfScoreDue.Add(1), c.ScoringDue, ""},
		{campaign.Served, c.Result, c.Result.Add(14), ""},
		{campaign.Final, c.Final, "", ""},
		{campaign.Closed, c.Publication, "", ""},
	} {
		before := len(o.intents())
		have := run(o, o.enter, contract.EnterIn{Ref: ref, Stage: s.stage, At: s.at.Morning(), Due: s.due})
		if e := o.entry(ref); e.Stage != s.stage || e.DueDay() != s.due || have.Plan != 1 {
			t.Errorf("%s: %s until %s, %+v", s.stage, e.Stage, e.DueDay(), have)
		}
		if _, ok := o.intents()[ref.ID()+"/"+s.letter]; s.letter != "" && !ok || s.letter == "" && s.stage != campaign.Scoring && len(o.intents()) != before {
			t.Errorf("%s: letters %v", s.stage, o.intents())
		}
	}
	o.drain()
	o.noFailure()
	if l := o.letter(ref.ID() + "/launch"); l.To != "cb1@institution.example" || !strings.Contains(l.Text, c.PlanDue.Chinese()) || !strings.Contains(l.Subject, "示例") {
		t.Errorf("%s %s\n%s", l.To, l.Subject, l.Text)
	}
	// R10: a step that is walked again after the engine was restored changes nothing and asks for nothing.
	before, letters := o.entry(ref), len(o.intents())
	for _, passed := range []campaign.Stage{campaign.Planning, campaign.SelfScore, campaign.Scoring, campaign.Final} {
		if have := run(o, o.enter, contract.EnterIn{Ref: ref, Stage: passed, At: c.Publication.Add(9).Morning(), Due: c.PlanDue}); have.Plan != 1 {
			t.Errorf("%s again: %+v", passed, have)
		}
	}
	if diff := cmp.Diff(before, o.entry(ref)); diff != "" || len(o.intents()) != letters {
		t.Errorf("passed stages entered again: %d letters more, %s", len(o.intents())-letters, diff)
	}

	entrant := storetest.Ref(testYear, 2) // his notice comes with Collecting
	run(o, o.enter, contract.EnterIn{Ref: entrant, Stage: campaign.Collecting, At: c.Quarters[1].Morning(), Due: c.EvidenceClose})
	o.drain()
	o.letter(entrant.ID() + "/launch")
}

// A day that was put off while the engine was away is told before the stage closes; one
// that stands, or was brought forward, is not.
func TestPostponedDayIsTold(t *testing.T) {
	o := newOffice(t, true, 1)
	ref, c := storetest.Ref(testYear, 1), o.rules.Calendar
	for _, k := range []struct {
		stage campaign.Stage
		task  campaign.Task
		due   campaign.Day
		move  func(*campaign.Calendar)
	}{
		{campaign.Planning, campaign.PlanTask, c.PlanDue, func(c *campaign.Calendar) { c.PlanDue = c.PlanDue.Add(2) }},
		{campaign.Collecting, campaign.EvidenceTask, c.EvidenceClose, func(c *campaign.Calendar) { c.EvidenceClose = c.EvidenceClose.Add(2) }},
		{campaign.SelfScore, campaign.SelfScoreTask, c.SelfScoreDue, func(c *campaign.Calendar) { c.SelfScoreDue = c.SelfScoreDue.Add(2) }},
	} {
		in := contract.EnterIn{Ref: ref, Stage: k.stage, At: k.due.Add(1).Morning(), Due: k.due}
		if have := run(o, o.enter, in); len(have.Extended) != 0 {
			t.Errorf("%s entered: %+v", k.stage, have.Extended)
		}
		if have := run(o, o.enter, in); len(have.Extended) != 0 {
			t.Errorf("%s, nothing moved: %+v", k.stage, have.Extended)
		}
		k.move(&o.rules.Calendar)
		o.write(func(ctx context.Context, tx *store.Tx) error {
			return tx.AddRules(ctx, testYear, o.rules, "o1", in.At)
		})
		if have := run(o, o.enter, in); !slices.Equal(have.Extended, []campaign.Granted{{Task: k.task, Day: k.due.Add(2)}}) {
			t.Errorf("%s put off: %+v", k.stage, have.Extended)
		}
		in.Due = k.due.Add(3)
		if have := run(o, o.enter, in); len(have.Extended) != 0 {
			t.Errorf("%s brought forward: %+v", k.stage, have.Extended)
		}
	}
}

func TestRemind(t *testing.T) {
	c := storetest.Rules(t, testYear).Calendar
	for _, k := range []struct {
		in       contract.RemindIn
		template string
		says     string
		done     func(*office, context.Context, *store.Tx, campaign.Ref) error
	}{
		{contract.RemindIn{Task: campaign.PlanTask, Step: 1, Due: c.PlanDue}, "ack-missing", "贵机构至今没有通过邮件", handPlan}, // nothing came in by any link
		{contract.RemindIn{Task: campaign.PlanTask, Step: 2, Due: c.PlanDue}, "plan-reminder", c.PlanDue.Chinese(), handPlan},
		{contract.RemindIn{Task: campaign.PlanTask, Step: 4, After: true, Due: c.PlanDue}, "plan-overdue", "补报截至 " + c.PlanClose.Chinese(), handPlan},
		{contract.RemindIn{Task: campaign.EvidenceTask, Step: 2, Due: c.EvidenceClose}, "evidence-reminder", "第14项", handEvidence},
		{contract.RemindIn{Task: campaign.SelfScoreTask, Step: 1, Due: c.SelfScoreDue}, "selfscore-reminder", c.SelfScoreDue.Chinese(), handSelfScore},
		{contract.RemindIn{Task: campaign.SelfScoreTask, Step: 3, Last: true, Due: c.SelfScoreDue}, "selfscore-last", c.SelfScoreDue.Chinese(), handSelfScore},
		{contract.RemindIn{Task: campaign.EvidenceTask, Step: 3, Due: c.PlanDue.Add(-3)}, "evidence-reminder", c.PlanDue.Add(-3).Chinese() + "（今天）24:00", handEvidence}, // on the day itself
	} {
		t.Run(fmt.Sprint(k.template, k.in.Step), func(t *testing.T) {
			o := newOffice(t, true, 2)
			k.in.Ref, k.in.At = storetest.Ref(testYear, 1), c.PlanDue.Add(-3).Morning()
			run(o, o.remind, k.in)
			o.drain()
			o.noFailure()
			key := k.in.Ref.ID() + "/" + string(k.in.Task) + "/remind/" + string(k.in.Due) + "/" + string(rune('0'+k.in.Step))
			if l := o.letter(key); !strings.HasPrefix(l.Template, k.template+"@") || !strings.Contains(l.Text, k.says) {
				t.Errorf("%s\n%s", l.Template, l.Text)
			}
			k.in.Ref = storetest.Ref(testYear, 2) // who has done it gets no letter
			o.write(func(ctx context.Context, tx *store.Tx) error { return k.done(o, ctx, tx, k.in.Ref) })
			n := len(o.intents())
			run(o, o.remind, k.in)
			if len(o.intents()) != n {
				t.Error("reminded of what is done")
			}
		})
	}
	o := newOffice(t, true, 1)
	_, err := o.remind(t.Context(), contract.RemindIn{Ref: storetest.Ref(testYear, 9), Task: campaign.PlanTask})
	wantKind(t, err, campaign.NotFound)
}

func handPlan(o *office, ctx context.Context, tx *store.Tx, ref campaign.Ref) error {
	_, err := tx.AddPlan(ctx, ref, map[string]string{"goals": "目标"}, "王经办", false, o.rules.Calendar.PlanDue.Morning())
	return err
}

func handEvidence(o *office, ctx context.Context, tx *store.Tx, ref campaign.Ref) error {
	for row := 1; row <= 14; row++ {
		if _, err := tx.AddEvidence(ctx, ref, store.Evidence{Row: row, Name: "a.pdf", Media: "application/pdf", Size: 1, Digest: store.Digest(row), ByName: "王经办", At: o.rules.Calendar.PlanDue.Morning()}); err != nil {
			return err
		}
	}
	return nil
}

func handSelfScore(o *office, ctx context.Context, tx *store.Tx, ref campaign.Ref) error {
	_, err := tx.AddSelfScore(ctx, ref, marks(0), "王经办", o.rules.Calendar.SelfScoreDue.Morning())
	return err
}

// PL-10: the institution's contact in the office hears what is overdue and that
// the last reminder went out, that nobody has opened a link, and nothing else; without a contact nobody does.
func TestPL10LiaisonHearsOfTheLastReminder(t *testing.T) {
	o := newOffice(t, true, 2)
	named, c := storetest.Ref(testYear, 1), o.rules.Calendar
	o.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.AddLiaison(ctx, named, "o2", "o1", c.Launch.Morning())
	})
	for _, in := range []contract.RemindIn{
		{Task: campaign.PlanTask, Step: 1, Due: c.PlanDue}, {Task: campaign.PlanTask, Step: 4, After: true, Due: c.PlanDue}, {Task: campaign.SelfScoreTask, Step: 3, Last: true, Due: c.SelfScoreDue},
	} {
		for _, ref := range []contract.Ref{named, storetest.Ref(testYear, 2)} {
			in.Ref, in.At = ref, c.PlanDue.Morning()
			run(o, o.remind, in)
		}
	}
	o.drain()
	o.noFailure()
	if len(o.letters) != 9 {
		t.Errorf("%d letters, want three reminders for each of two and three copies", len(o.letters))
	}
	for key, say := range map[string]string{"plan/" + string(c.PlanDue) + "/1": "尚无回应", "plan/" + string(c.PlanDue) + "/4": "逾期", "self-score/" + string(c.SelfScoreDue) + "/3": "最后一次提醒"} {
		if l := o.letter(named.ID() + "/alert/liaison/" + key + "/o2"); l.To != "o2@staff.example" || !strings.Contains(l.Subject, say) || !strings.Contains(l.Text, named.Code) {
			t.Errorf("%s: %s\n%s", key, l.To, l.Text)
		}
	}
}

func TestRemindReviewers(t *testing.T) {
	o := newOffice(t, true, 1)
	o.planned(1)
	ref, c := o.to(1, toScoring...), o.rules.Calendar
	o.write(func(ctx context.Context, tx *store.Tx) error {
		for n, who := range []string{"r1", "r2"} {
			if err := tx.AddSeat(ctx, ref, n+1, who, c.ScoringDue, c.SelfScoreDue.Morning()); err != nil {
				return err
			}
		}
		_, err := tx.AddSheet(ctx, ref, "r1", marks(0), c.SelfScoreDue.Morning())
		return err
	})
	run(o, o.remind, contract.RemindIn{Ref: ref, Task: campaign.ScoreTask, Step: 1, Due: c.ScoringDue, At: c.ScoringDue.Add(-7).Morning()})
	o.drain()
	if len(o.letters) != 1 {
		t.Errorf("%d letters, one reviewer is late", len(o.letters))
	}
	if l := o.letter(ref.ID() + "/score/remind/" + string(c.ScoringDue) + "/1/r2"); l.To != "r2@staff.example" || strings.Contains(l.Text, "/t/") {
		t.Errorf("%+v", l.Text)
	}
	// An appeal that nobody was free to decide must not hold the year up.
	o.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.AddAppeal(ctx, ref, 2, "一", "王经办", c.Result.Morning())
	})
	remind := contract.RemindIn{Ref: ref, Task: campaign.DecideTask, Step: 1, Due: c.Final, At: c.Final.Add(-3).Morning()}
	run(o, o.remind, remind)
	o.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.AddDecider(ctx, ref, "r4", c.Final, c.Result.Morning())
	})
	run(o, o.remind, remind)
	o.drain()
	o.letter(ref.ID() + "/decide/remind/" + string(c.Final) + "/1")
	o.noFailure()
}

func TestQuarter(t *testing.T) {
	o := newOffice(t, true, 2)
	one, two := storetest.Ref(testYear, 1), storetest.Ref(testYear, 2)
	o.write(func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.AddEvidence(ctx, one, store.Evidence{Row: 1, Name: "a.pdf", Media: "application/pdf", Size: 1, Digest: store.Digest(1), ByName: "王经办", At: o.rules.Calendar.PlanDue.Morning()}); err != nil {
			return err
		}
		return handEvidence(o, ctx, tx, two)
	})
	out := run(o, o.quarter, contract.QuarterIn{Ref: one, Quarter: 2, At: o.rules.Calendar.Quarters[1].Morning(), Due: o.rules.Calendar.EvidenceClose})
	if len(out.Missing) != 13 || out.Missing[0] != 2 {
		t.Errorf("%v", out)
	}
	if out = run(o, o.quarter, contract.QuarterIn{Ref: two, Quarter: 2, At: o.rules.Calendar.Quarters[1].Morning(), Due: o.rules.Calendar.EvidenceClose}); len(out.Missing) != 0 {
		t.Errorf("%v", out)
	}
	o.drain()
	o.noFailure()
	if l := o.letter(one.ID() + "/quarter/2"); !strings.Contains(l.Text, "第2项") || strings.Contains(l.Text, "第1项") || !strings.Contains(l.Subject, "第二季度") || len(o.letters) != 1 {
		t.Errorf("%d letters\n%s", len(o.letters), l.Text)
	}
}

func TestAlertsAndCalls(t *testing.T) {
	o := newOffice(t, true, 1)
	ref, at := storetest.Ref(testYear, 1), o.rules.Calendar.Publication.Morning()
	for about := range alerts {
		run(o, o.alert, contract.AlertIn{Ref: ref, About: about, At: at})
	}
	run(o, o.campaignCall, contract.AlertCampaign{Year: testYear, About: contract.AlertPublishDue, Step: 1, At: at})
	run(o, o.campaignCall, contract.AlertCampaign{Year: testYear, About: contract.AlertPublishDue, Step: 2, At: at})
	o.drain()
	o.noFailure()
	if n := 2*len(alerts) + 4 - 1; len(o.letters) != n {
		t.Errorf("%d letters, want %d", len(o.letters), n)
	}
	for _, l := range o.letters { // each says what comes of it when nobody acts, and promises no more
		text := strings.ReplaceAll(l.Text, "\n", "")
		known := false
		for about, words := range alerts {
			known = known || strings.Contains(l.Subject, words[0]) && strings.Contains(text, "如未处理："+words[2])
			repeats := words[2] == nagged || about == contract.AlertPublishDue || about == contract.AlertRecheckDue
			if words[2] == "" || strings.Contains(words[2], "再次提请") != repeats {
				t.Errorf("%s: %s", about, words[2])
			}
		}
		if !known || strings.Contains(text, "继续提醒") {
			t.Errorf("%s", l.Text)
		}
	}
	o.letter(ref.ID() + "/alert/signatures-due/" + string(campaign.DayOf(at)) + "/a2") // signatures are the approvers'
	o.letter(contract.CampaignID(testYear) + "/alert/publish-due/2/o1")
	_, err := o.alert(t.Context(), contract.AlertIn{Ref: ref, About: "nonsense", At: at})
	wantKind(t, err, campaign.Invalid)
}

func TestDepart(t *testing.T) {
	o := newOffice(t, true, 3)
	ref, at := o.to(1, campaign.Planning), o.rules.Calendar.PlanDue.Morning()
	must(t, o.Store.AddTicket(t.Context(), []byte("id"), store.Ticket{Year: testYear, Code: ref.Code, Scope: "act", Intent: "k", IssuedAt: at, ExpiresAt: at.AddDate(1, 0, 0)}))
	run(o, o.depart, contract.DepartIn{Ref: ref, How: "merged", Successor: storetest.Code(2), At: at})
	k, err := o.Store.Ticket(t.Context(), []byte("id"))
	if e := o.entry(ref); e.Stage != campaign.Left || *e.LeftHow != "merged" || err != nil || k.RevokedAt == nil {
		t.Errorf("%+v %+v %v", e, k, err)
	}
	// what is still sent to the merged one goes to the successor's contact (WF-4)
	o.write(func(_ context.Context, tx *store.Tx) error {
		queueMail(tx, ref, "after", store.MailBody{Template: "withdrawn", To: "institution", Date: at, Data: map[string]string{"title": "年度宣传工作评价", "what": "合并"}})
		return nil
	})
	o.drain()
	if l, to := o.letter(ref.ID()+"/after"), storetest.Institution(2); l.To != to.Email || l.ToName != to.Contact || !strings.Contains(l.Text, storetest.Institution(1).Name) {
		t.Errorf("to %s %s:\n%s", l.To, l.ToName, l.Text)
	}
	into, err := o.Store.MoreTime(t.Context(), storetest.Ref(testYear, 2))
	if err != nil || len(into.Merged) != 1 || into.Merged[0].Code != ref.Code {
		t.Errorf("%+v %v", into.Merged, err)
	}
	// and when the successor was merged too, to the one that carries on then
	run(o, o.depart, contract.DepartIn{Ref: o.to(2, campaign.Planning), How: "merged", Successor: storetest.Code(3), At: at})
	o.write(func(_ context.Context, tx *store.Tx) error {
		queueMail(tx, ref, "later", store.MailBody{Template: "withdrawn", To: "institution", Date: at, Data: map[string]string{"title": "年度宣传工作评价", "what": "合并"}})
		return nil
	})
	o.drain()
	if l, to := o.letter(ref.ID()+"/later"), storetest.Institution(3); l.To != to.Email || l.ToName != to.Contact {
		t.Errorf("to %s %s:\n%s", l.To, l.ToName, l.Text)
	}
	if into, err = o.Store.MoreTime(t.Context(), storetest.Ref(testYear, 3)); err != nil || len(into.Merged) != 2 || into.Merged[0].Code != ref.Code {
		t.Errorf("%+v %v", into.Merged, err)
	}
}

// WF-4: a reminder that was on its way when the year was suspended is not sent,
// and reviewers are still reminded of what is theirs.
func TestWF4NobodyIsRemindedWhileSuspended(t *testing.T) {
	o := newOffice(t, true, 1)
	ref, at := o.to(1, campaign.Planning), o.rules.Calendar.PlanDue.Add(-5).Morning()
	remind := func(task campaign.Task) int {
		before := len(o.letters)
		run(o, o.remind, contract.RemindIn{Ref: ref, Task: task, Step: 2 + before, Due: o.rules.Calendar.PlanDue, At: at})
		o.drain()
		return len(o.letters) - before
	}
	if n := remind(campaign.PlanTask); n != 1 {
		t.Fatalf("%d letters before", n)
	}
	o.write(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.AddSuspension(ctx, ref, "停业整顿", "o1", at)
		return err
	})
	if n := func() int { // queued before, and sent late
		before := len(o.letters)
		o.write(func(_ context.Context, tx *store.Tx) error {
			queueMail(tx, ref, "waited", store.MailBody{Template: "plan-reminder", To: "institution", Scope: "act", Path: "plan", Date: at, Until: o.rules.Calendar.PlanDue})
			return nil
		})
		o.drain()
		return len(o.letters) - before
	}(); n != 0 {
		t.Errorf("a letter that waited: %d", n)
	}
	for _, task := range []campaign.Task{campaign.PlanTask, campaign.EvidenceTask, campaign.SelfScoreTask} {
		if n := remind(task); n != 0 {
			t.Errorf("%s: %d letters", task, n)
		}
	}
	before := len(o.letters)
	run(o, o.quarter, contract.QuarterIn{Ref: ref, Quarter: 1, At: at, Due: o.rules.Calendar.EvidenceClose})
	o.drain()
	if len(o.letters) != before {
		t.Errorf("a quarterly letter: %v", len(o.letters)-before)
	}
	o.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.EndSuspension(ctx, ref, 1, 0, "期满", "o1", at)
	})
	if n := remind(campaign.PlanTask); n != 1 {
		t.Errorf("%d letters after", n)
	}
}

// WF-4: no result is formed while the year is suspended, whatever its workflow has heard.
func TestWF4NoResultWhileSuspended(t *testing.T) {
	o := newOffice(t, true, 1)
	o.planned(1)
	ref, at := o.to(1, toScoring...), o.rules.Calendar.Result.Morning()
	o.write(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.AddSuspension(ctx, ref, "停业整顿", "o1", at)
		return err
	})
	before := len(o.intents())
	_, err := o.serve(t.Context(), contract.AtIn{Ref: ref, At: at})
	wantKind(t, err, campaign.Conflict)
	if results, err := o.Store.Results(t.Context(), ref); err != nil || len(results) > 0 || len(o.intents()) != before {
		t.Errorf("%d results, %v", len(results), err)
	}
}
