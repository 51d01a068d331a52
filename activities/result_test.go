package activities

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

func TestServe(t *testing.T) {
	o := newOffice(t, true, 3)
	c := o.rules.Calendar
	three, two := o.scored(3, 50), o.scored(2, 100)
	one := o.to(1, campaign.Planning, campaign.Collecting, campaign.SelfScore) // handed in nothing
	for _, ref := range []campaign.Ref{three, one, two} {                      // numbers go by code, not by arrival
		out := run(o, o.serve, o.at(ref, c.Result))
		n := int(ref.Code[len(ref.Code)-1] - '0')
		number := campaign.ResultPaper.Number(testYear, n)
		l := o.letter(ref.ID() + "/result/1")
		until := o.rules.Holidays.AddWorkdays(c.Result, o.rules.Settings.AppealDays)
		if out.Version != 1 || out.Until != until || !out.At.Equal(c.Result.Morning()) || out.Scored != (ref != one) {
			t.Errorf("%+v", out)
		}
		if !strings.Contains(l.Text, number) || !strings.Contains(l.Text, until.Chinese()) || len(l.Attachments) != 1 || !strings.HasPrefix(string(l.Attachments[0].Bytes), "%PDF-") {
			t.Errorf("%s: %d attachments\n%s", number, len(l.Attachments), l.Text)
		}
		if template, _, _ := strings.Cut(l.Template, "@"); template != map[bool]string{true: "result-notice", false: "no-submission-result"}[out.Scored] {
			t.Errorf("%s with %s", ref.Code, template)
		}
	}
	if o.sent != 3 {
		t.Errorf("%d letters for 3 results", o.sent)
	}
	o.noFailure()
}

// The step answers only when the letter was accepted, and sends it once.
func TestServeWaitsForTheTransport(t *testing.T) {
	o := newOffice(t, true, 1)
	ref := o.scored(1, 50)
	in := o.at(ref, o.rules.Calendar.Result)
	o.fail = errors.New("the line is dead")
	for range 20 { // longer than a short outage
		if _, err := o.serve(t.Context(), in); err == nil {
			t.Fatal("served without a letter")
		}
	}
	o.fail = nil
	out := run(o, o.serve, in)
	results, err := o.Store.Results(t.Context(), ref)
	if err != nil || out.Version != 1 || o.sent != 1 || len(results) != 1 {
		t.Errorf("%+v, %d letters, %d results, %v", out, o.sent, len(results), err)
	}
	o.noFailure()
}

// For a real campaign the window runs from the real instant of service.
func TestServedNow(t *testing.T) {
	o := newOffice(t, false, 1)
	day := o.rules.Calendar.Result.Add(5)
	o.Clock = day.Morning
	out := run(o, o.serve, o.at(o.scored(1, 50), o.rules.Calendar.Result))
	if !out.At.Equal(day.Morning()) || out.Until != o.rules.Holidays.AddWorkdays(day, o.rules.Settings.AppealDays) {
		t.Errorf("%+v", out)
	}
}

func (o *office) isServed(ref campaign.Ref) {
	o.t.Helper()
	_, err := o.serve(o.t.Context(), o.at(ref, o.rules.Calendar.Result))
	must(o.t, err)
	o.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.SetStage(ctx, ref, campaign.Served, o.rules.Calendar.Result.Add(14), o.rules.Calendar.Result.Morning())
	})
}

func (o *office) isRuled(ref campaign.Ref, row int, before, after rubric.Points) {
	o.t.Helper()
	at := o.rules.Calendar.Result.Add(3).Morning()
	o.write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.AddAppeal(ctx, ref, row, "理由", "王经办", at); err != nil {
			return err
		}
		return tx.AddAppealRuling(ctx, ref, row, "r4", before, after, "复核意见", at)
	})
}

func TestFinalize(t *testing.T) {
	o := newOffice(t, true, 3)
	c := o.rules.Calendar
	plain, kept, raised := o.scored(1, 50), o.scored(2, 50), o.scored(3, 50)
	_, err := o.finalize(t.Context(), o.at(plain, c.Final))
	wantKind(t, err, campaign.Conflict) // nothing to make final
	for _, ref := range []campaign.Ref{plain, kept, raised} {
		o.isServed(ref)
	}
	o.isRuled(kept, 2, 950, 950)
	o.isRuled(raised, 2, 950, 1000)
	for _, k := range []struct {
		ref     campaign.Ref
		version int
		total   rubric.Points
		says    string
	}{{plain, 1, 9300, "93.0"}, {kept, 1, 9300, "维持 9.5 分"}, {raised, 2, 9350, "由 9.5 分调整为 10.0 分"}} {
		out := run(o, o.finalize, o.at(k.ref, c.Final))
		if out.Version != k.version || out.Total != k.total {
			t.Errorf("%s: %+v", k.ref.Code, out)
		}
		if l := o.letter(k.ref.ID() + "/final"); !strings.Contains(l.Text, k.says) || len(l.Attachments) != 1 {
			t.Errorf("%s", l.Text)
		}
	}
	o.noFailure()
}

// ended brings an office of four to the day of publication: 1 excellent, 2
// ordinary, 3 silent, 4 below the criteria.
func ended(t *testing.T) *office {
	o := newOffice(t, true, 4)
	refs := []campaign.Ref{o.scored(1, 50), o.scored(2, 150), o.to(3, toScoring[:3]...), o.scored(4, 300)}
	o.write(func(ctx context.Context, tx *store.Tx) error {
		for _, clause := range []string{"16.1", "16.2"} {
			at := o.rules.Calendar.Quarters[2]
			id, err := tx.AddEvent(ctx, store.Event{Year: testYear, Code: refs[3].Code, Clause: clause, Points: 500, Matter: clause, Title: "处罚", Source: "决定书", OccurredOn: at.Start(), By: "o1", At: at.Morning()})
			if err != nil {
				return err
			}
			if err := tx.AddEventRuling(ctx, refs[3], id, true, "属实", "a1", at.Morning()); err != nil {
				return err
			}
		}
		return nil
	})
	for _, ref := range refs {
		o.isServed(ref)
		_, err := o.finalize(t.Context(), o.at(ref, o.rules.Calendar.Final))
		must(t, err)
	}
	return o
}

func TestPublishAndConclude(t *testing.T) {
	o := ended(t)
	c := o.rules.Calendar
	in := contract.CampaignAt{Year: testYear, At: c.Publication.Morning()}
	o.to(1, campaign.Final)
	o.to(2, campaign.Final)
	o.to(3, campaign.Final)
	if out := run(o, o.publish, in); out.Outstanding != 1 || out.Institutions != 4 {
		t.Errorf("%+v", out)
	}
	if n, _ := o.Store.Warnings(t.Context(), testYear); len(n) != 0 {
		t.Error("cases before publication")
	}
	o.to(4, campaign.Final)
	if out := run(o, o.publish, in); !out.Unreviewed || out.Outstanding != 0 { // PL-4: asked for, and not reviewed
		t.Errorf("%+v", out)
	}
	if c, err := o.Store.Campaign(t.Context(), testYear); err != nil || c.PublishedAt != nil {
		t.Error("published without 三审三校", err)
	}
	storetest.Reviewed(t, o.Store, testYear, in.At)
	o.write(func(ctx context.Context, tx *store.Tx) error { // a name changes after the review: what was said is void
		i := storetest.Institution(1)
		i.Name = "改名后的认证机构"
		_, _, err := tx.PutInstitutions(ctx, []campaign.Institution{i}, "o1", in.At)
		return err
	})
	if out := run(o, o.publish, in); !out.Unreviewed {
		t.Errorf("%+v", out)
	}
	o.write(func(ctx context.Context, tx *store.Tx) error {
		_, _, err := tx.PutInstitutions(ctx, []campaign.Institution{storetest.Institution(1)}, "o1", in.At)
		return err
	})
	storetest.Reviewed(t, o.Store, testYear, in.At)
	out := run(o, o.publish, in)
	if out != (contract.PublishOut{Institutions: 4, Certificates: 1, Warnings: 2}) {
		t.Errorf("%+v", out)
	}
	cases, err := o.Store.Warnings(t.Context(), testYear)
	must(t, err)
	if len(cases) != 2 || cases[0].Code != storetest.Code(3) || cases[0].Number != 1 || cases[1].Number != 2 || cases[0].State != campaign.Proposed {
		t.Errorf("%+v", cases)
	}
	for i, want := range map[int]contract.Outcome{1: {Kind: contract.OutcomeCertificate}, 2: {Kind: contract.OutcomeReport}, 3: {Kind: contract.OutcomeWarning, Case: 1}, 4: {Kind: contract.OutcomeWarning, Case: 2}} {
		ref := storetest.Ref(testYear, i)
		if got := run(o, o.conclude, o.at(ref, c.Publication)); got != want {
			t.Errorf("%d: %+v", i, got)
		}
		if e := o.entry(ref); e.Outcome == nil || *e.Outcome != want.Kind {
			t.Errorf("%d: %v", i, e.Outcome)
		}
		o.letter(ref.ID() + "/report")
	}
	if l := o.letter(storetest.Ref(testYear, 1).ID() + "/certificate"); !strings.Contains(l.Text, campaign.CertificatePaper.Number(testYear, 1)) || len(l.Attachments) != 1 {
		t.Errorf("%s", l.Text)
	}
	slices.Sort(o.engine.started)
	if got := strings.Join(o.engine.started, " "); got != storetest.Ref(testYear, 3).WarningID()+" "+storetest.Ref(testYear, 4).WarningID() {
		t.Errorf("started %s", got)
	}
	run(o, o.report, in)
	o.drain()
	o.noFailure()
	if l := o.letter(contract.CampaignID(testYear) + "/report/o1"); len(l.Attachments) != 2 {
		t.Errorf("%+v", l.Text)
	}
	told := o.read(campaign.Ref{Year: testYear}, campaign.AnnouncementPaper)
	o.says(told, "结果公告", campaign.AnnouncementPaper.Number(testYear, 1), "优秀单位（1家", storetest.Institution(1).Name)
	if strings.Contains(strings.Join(strings.Fields(told), ""), storetest.Institution(2).Name) { // PL-2
		t.Errorf("names others than the excellent:\n%s", told)
	}
	o.samePapers()
	numbers, err := o.ReportNumbers(t.Context(), testYear)
	must(t, err)
	printed := map[string]string{}
	for _, n := range numbers { // PL-13: the report says what the query of the same name answers
		if n.Printed != "" {
			printed[n.ID] = n.Printed
		}
		if !n.Holds() || n.Text() == "" && n.Figure.Query != "list" {
			t.Errorf("%s: the report prints %q, the query answers %s", n.ID, n.Printed, n.Figure)
		}
	}
	if len(printed) < 12 || printed["mean"]+printed["row-1"]+printed["band-0"] != "" { // three are scored and not on the list
		t.Errorf("%d numbers of the report have an anchor: %v", len(printed), printed)
	}
	if _, err := o.Store.PaperByKey(t.Context(), contract.ReportKey(testYear, 1)); err != nil { // where the public page looks for it
		t.Error(err)
	}
	o.says(o.read(campaign.Ref{Year: testYear}, campaign.ReportPaper), "为免推知个别机构的得分")
}

// samePapers prints every paper again, when the ledger has grown, and compares what it says; for equal bytes from an equal
// head see TestPaperIsMadeAgainFromItsHead.
func (o *office) samePapers() {
	o.t.Helper()
	kinds := map[campaign.Paper]int{}
	for _, code := range []string{"", storetest.Code(1), storetest.Code(2), storetest.Code(3), storetest.Code(4)} {
		papers, err := o.Store.Papers(o.t.Context(), campaign.Ref{Year: testYear, Code: code})
		must(o.t, err)
		for _, p := range papers {
			kinds[p.Kind]++
			if err := exec(o, "alter table paper disable trigger all"); err != nil {
				o.t.Fatal(err)
			}
			must(o.t, exec(o, "delete from paper where key = $1", p.Key))
			must(o.t, exec(o, "update intent set state = 'queued' where key = $1", p.Key))
			must(o.t, exec(o, "alter table paper enable trigger all"))
			must(o.t, o.makePaper(o.t.Context(), p.Key))
			again, err := o.Store.PaperByKey(o.t.Context(), p.Key)
			if err != nil || *again.Substance != *p.Substance || again.Number != p.Number {
				o.t.Errorf("%s came out otherwise, %v", p.Key, err)
			}
		}
	}
	if kinds[campaign.ResultPaper] != 4 || kinds[campaign.FinalPaper] != 4 || kinds[campaign.YearReportPaper] != 4 || kinds[campaign.CertificatePaper] != 1 || kinds[campaign.ReportPaper] != 1 {
		o.t.Errorf("%v", kinds)
	}
}

func exec(o *office, sql string, args ...any) error {
	_, err := o.conn.Exec(o.t.Context(), sql, args...)
	return err
}

// AP-2: asked before the window closes, the score book answers with its full length
// from now while the notice that was served again lies in the outbox, and from its
// acceptance then; who asked for 评价复核 has the notice.
func TestAP2WindowWaitsForTheSecondNotice(t *testing.T) {
	o := newOffice(t, false, 2)
	ref, asked := o.scored(1, 50), o.scored(2, 50)
	o.Clock = o.rules.Calendar.Result.Morning
	days := func(d campaign.Day) campaign.Day {
		return o.rules.Holidays.AddWorkdays(d, o.rules.Settings.AppealDays)
	}
	due := days(o.rules.Calendar.Result)
	ask := func(ref campaign.Ref, on, due campaign.Day, want ...campaign.Granted) {
		t.Helper()
		have := run(o, o.enter, contract.EnterIn{Ref: ref, Stage: campaign.Served, At: on.Morning(), Due: due})
		if !slices.Equal(have.Extended, want) {
			t.Errorf("asked on %s: %+v, want %+v", on, have.Extended, want)
		}
	}
	to := func(d campaign.Day) campaign.Granted { return campaign.Granted{Task: campaign.AppealTask, Day: d} }
	for _, r := range []campaign.Ref{ref, asked} {
		o.isServed(r)
		ask(r, due.Add(1), due)
		k := store.ResultNotice(r)
		o.write(func(ctx context.Context, tx *store.Tx) error {
			_, _, err := tx.AddMailEvent(ctx, store.MailEvent{ID: k, Key: k, Kind: "bounce", State: store.Bounced, At: o.Clock()}, o.Clock())
			tx.Queue(store.Intent{Key: k + "/again/1", Kind: store.MailIntent, Ref: r, Body: store.MailBody{Template: "no-submission-result", To: "institution", Scope: "act", Path: "result", Date: due.Morning(), Until: days(due), Lines: [][2]string{{"登记结果", "未提交"}}}})
			return err
		})
	}
	over := o.rules.Holidays.OnOrAfter(days(due).Add(1))
	ask(ref, over, days(due), to(days(over)))
	o.Clock = over.Morning
	o.drain()
	ask(ref, days(over).Add(1), days(due), to(days(over)))
	ask(ref, days(over).Add(1), days(over))
	o.write(func(ctx context.Context, tx *store.Tx) error {
		if _, _, err := tx.AddMailEvent(ctx, store.MailEvent{ID: "x", Key: store.ResultNotice(asked) + "/again/1", Kind: "bounce", State: store.Bounced, At: o.Clock()}, o.Clock()); err != nil {
			return err
		}
		return tx.AddAppeal(ctx, asked, 4, "一并复核", "王经办", over.Morning())
	})
	ask(asked, days(over).Add(1), days(over))
	o.noFailure()
}
