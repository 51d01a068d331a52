package activities

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
	"xuanping/store/storetest"
)

var struck = time.Date(2025, 2, 28, 20, 0, 0, 0, campaign.Beijing)

// incident opens one for an institution, by the regulator or by its own report.
func (o *office) incident(i int, acts ...store.IncidentAct) campaign.Ref {
	ref := storetest.Ref(testYear, i)
	by := ""
	if acts[0].Act == campaign.IncidentOpen {
		by = "o1"
	}
	o.write(func(ctx context.Context, tx *store.Tx) error {
		n, err := tx.AddIncident(ctx, store.Incident{Year: ref.Year, Code: ref.Code, What: "事件", Activity: "产品认证", OccurredAt: struck, By: by, At: acts[0].At})
		for _, a := range acts {
			if err == nil {
				a.N, a.Digest = n, store.Digest(a.Act)
				if a.Role == "" {
					a.Signer = "王经办（主任）"
				}
				_, err = tx.AddIncidentAct(ctx, ref, a, false)
			}
		}
		return err
	})
	return ref
}

var (
	asked    = store.IncidentAct{Act: campaign.IncidentOpen, Role: "officer", By: "o1", At: struck.Add(time.Hour)}
	reported = store.IncidentAct{Act: campaign.IncidentReport, At: struck.Add(2 * time.Hour), Body: store.IncidentBody{DiscoveredAt: struck.Add(time.Hour)}}
	detailed = store.IncidentAct{Act: campaign.IncidentDetails, At: struck.Add(3 * time.Hour), Body: store.IncidentBody{Relevance: campaign.Relevant}}
)

// GL-20: reminders at T+24/36/44 h, each once however often the step is done,
// and none when nothing is missing; the breach is recorded at T+48 exactly,
// though its step comes two hours later, and only once.
func TestGL20RemindersAndBreach(t *testing.T) {
	o := newOffice(t, true, 3)
	silent, half, whole := o.incident(1, asked), o.incident(2, reported), o.incident(3, reported, detailed)
	for _, hours := range []int{24, 36, 44} {
		at := struck.Add(time.Duration(hours) * time.Hour)
		if hours == 36 {
			at = struck.Add(45 * time.Hour) // the worker was away
		}
		for _, ref := range []campaign.Ref{silent, half, whole} {
			run(o, o.incidentRemind, contract.IncidentAt{Ref: ref, N: 1, Hours: hours, At: at})
		}
	}
	o.drain()
	if o.sent != 6 {
		t.Errorf("%d letters, want three to each of the two", o.sent)
	}
	l := o.letter(silent.ID() + "/incident/1/urge/36")
	for _, must := range []string{"五项基本情况", "2025年3月2日 20:00:00", "36 小时 0 分", "不避让夜间"} {
		if !strings.Contains(strings.ReplaceAll(l.Text, "\n", ""), must) {
			t.Errorf("no %q in\n%s", must, l.Text)
		}
	}
	if l := o.letter(half.ID() + "/incident/1/urge/44"); !strings.Contains(l.Text, "相关性") {
		t.Errorf("%s", l.Text)
	}
	for ref, want := range map[campaign.Ref]campaign.IncidentAct{silent: campaign.IncidentNoReport, half: campaign.IncidentNoDetail, whole: ""} {
		run(o, o.incidentBreach, contract.IncidentAt{Ref: ref, N: 1, Hours: 48, At: struck.Add(50 * time.Hour)})
		i, err := o.Store.Incident(t.Context(), ref, 1)
		must(t, err)
		last := i.Acts[len(i.Acts)-1]
		if breach := last.Role == "clock"; breach != (want != "") || breach && (last.Act != want || !last.At.Equal(struck.Add(48*time.Hour))) {
			t.Errorf("%s: %s at %s", ref.Code, last.Act, last.At)
		}
	}
	o.drain()
	o.letter(fmt.Sprintf("%s/alert/incident/1/no-report/o1", silent.ID()))
	o.noFailure()
}

// Where the score book's clock is behind the engine's the breach waits: what is
// recorded within the 48 hours is in time.
func TestGL20BreachWaitsForTheBook(t *testing.T) {
	o := newOffice(t, false, 1)
	ref := o.incident(1, asked)
	in := contract.IncidentAt{Ref: ref, N: 1, Hours: 48, At: struck.Add(48 * time.Hour)}
	o.Clock = func() time.Time { return struck.Add(48 * time.Hour) }
	if _, err := o.incidentBreach(t.Context(), in); err == nil {
		t.Error("recorded within the 48 hours")
	}
	o.Clock = func() time.Time { return struck.Add(48*time.Hour + time.Millisecond) }
	if out := run(o, o.incidentBreach, in); out.State != campaign.IncidentOpened {
		t.Errorf("%+v", out)
	}
}

// Art. 32: the late reports of the year's incidents are among the facts of a case.
func TestLateReportsAreFacts(t *testing.T) {
	o := newOffice(t, true, 1)
	o.scored(1, 0)
	late := reported
	late.At = struck.Add(48*time.Hour + time.Second)
	ref := o.incident(1, late)
	o.incident(1, reported)
	o.incident(1, asked)
	o.write(func(ctx context.Context, tx *store.Tx) error {
		c, err := tx.Campaign(ctx, testYear)
		must(t, err)
		w, err := o.propose(ctx, tx, c, o.entry(ref), store.Result{Scored: true, Total: 9000}, o.rules.Calendar.Publication.Morning())
		if w.Facts.LateReports != 2 || len(w.Grounds) != 1 || !strings.Contains(w.Grounds[0].Text, "逾期报告 2 次") {
			t.Errorf("%+v", w)
		}
		return err
	})
}

// The receipt of 48 hours is printed from the facts: both clocks, no name.
func TestGL20Receipt(t *testing.T) {
	o := newOffice(t, true, 1)
	ref := o.incident(1, reported)
	o.write(func(_ context.Context, tx *store.Tx) error {
		k := ref.ID() + "/paper/incident-receipt/1"
		tx.Queue(store.Intent{Key: k, Kind: store.PaperIntent, Ref: ref, Body: store.PaperBody{Kind: campaign.IncidentReceiptPaper, Date: campaign.DayOf(reported.At), Case: 1}})
		return nil
	})
	o.drain()
	o.noFailure()
	p, err := o.Store.PaperByKey(t.Context(), ref.ID()+"/paper/incident-receipt/1")
	if err != nil || p.Number != "" || p.Kind.Chinese() != "48小时报告回执" || len(p.PDF) < 1000 {
		t.Errorf("%+v, %v", p.Kind, err)
	}
}

// Messages to different workflows of one institution do not wait for one another.
func TestWorkflowOfAKey(t *testing.T) {
	ref := storetest.Ref(testYear, 1)
	for key, want := range map[string]string{"/plan/1": "", "/warning/2": "warning", "/incident/1/start": "incident/1", "/incident/1/4": "incident/1", "/incident/2/1": "incident/2", "/clearance/1/2": "clearance/1"} {
		if got := workflowOf(ref, ref.ID()+key); got != want {
			t.Errorf("%s goes to %q, want %q", key, got, want)
		}
	}
}
