package store_test

import (
	"context"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

func incidentOf(ref campaign.Ref) store.Incident {
	return store.Incident{Year: ref.Year, Code: ref.Code, What: "获证产品质量事件", Activity: "产品认证", OccurredAt: at.Add(-50 * time.Hour), At: at}
}

func incidentAct(act campaign.IncidentAct, role, by string) store.IncidentAct {
	a := store.IncidentAct{N: 1, Act: act, Role: role, By: by, Digest: digest, At: at, Body: store.IncidentBody{Text: "说明"}}
	if role == "" {
		a.Signer = "王经办（主任）"
	}
	return a
}

// GL-20, GL-23: an incident and its acts come back as they were written; late reports are counted.
func TestGL20IncidentsAreKept(t *testing.T) {
	s, _ := storetest.Open(t)
	storetest.Campaign(t, s, year, false, 3)
	ref := storetest.Ref(year, 1)
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		n, err := tx.AddIncident(ctx, incidentOf(ref))
		if err != nil || n != 1 {
			t.Fatal(n, err)
		}
		_, err = tx.AddIncidentAct(ctx, ref, incidentAct(campaign.IncidentReport, "", ""), true)
		return err
	})
	details := incidentAct(campaign.IncidentDetails, "", "")
	details.Body = store.IncidentBody{Relevance: campaign.PartlySo, Steps: map[string]string{"collect": "收集情况"}}
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.AddIncidentAct(ctx, ref, details, false)
		return err
	})
	i, err := s.Incident(t.Context(), ref, 1)
	ok(t, err)
	if i.State() != campaign.IncidentDetailed || !i.Due.Equal(i.OccurredAt.Add(48*time.Hour)) || len(i.Acts) != 2 || i.Acts[1].Body.Steps["collect"] != "收集情况" ||
		i.Facts().Relevance() != campaign.PartlySo || !i.Acts[0].At.Equal(at) || i.Name == "" {
		t.Errorf("%+v", i)
	}
	if n, err := s.LateReports(t.Context(), ref, at); n != 1 || err != nil {
		t.Errorf("%d late, %v", n, err)
	}
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.AddIncidentAct(ctx, ref, incidentAct(campaign.IncidentExcuse, "officer", "o1"), false)
		return err
	})
	if n, err := s.LateReports(t.Context(), ref, at); n != 0 || err != nil {
		t.Errorf("%d late after the excuse, %v", n, err)
	}
	if all, err := s.Incidents(t.Context(), campaign.Ref{Year: year}); len(all) != 1 || err != nil {
		t.Errorf("%d incidents, %v", len(all), err)
	}
}

func clearanceOf(ref campaign.Ref, kind campaign.ClearanceKind) store.Clearance {
	return store.Clearance{Year: ref.Year, Code: ref.Code, Kind: kind, Subject: "接受采访", Content: "内容", Channel: "电视", Planned: at, Important: true, Signer: "王经办（主任）", Digest: digest, At: at}
}

func clearanceAct(n int, act campaign.ClearanceAct, role, by string) store.ClearanceAct {
	a := store.ClearanceAct{N: n, Act: act, Role: role, By: by, Digest: digest, At: at, Body: store.ClearanceBody{Text: "理由"}}
	if role == "" {
		a.Signer = "王经办（主任）"
	}
	return a
}

// The schema holds what the rules hold, whoever asks: one report, the right
// person, one decision by a person of the regulator's (GL-14), the principal (GL-16).
func TestGL14GL16GL20Constraints(t *testing.T) {
	s, _ := storetest.Open(t)
	storetest.Campaign(t, s, year, false, 3)
	ref := storetest.Ref(year, 1)
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.AddIncident(ctx, incidentOf(ref)); err != nil {
			return err
		}
		if _, err := tx.AddIncidentAct(ctx, ref, incidentAct(campaign.IncidentReport, "", ""), true); err != nil {
			return err
		}
		for _, kind := range []campaign.ClearanceKind{campaign.PriorApproval, campaign.PressConference} {
			if _, err := tx.AddClearance(ctx, clearanceOf(ref, kind)); err != nil {
				return err
			}
		}
		if _, err := tx.AddClearanceFile(ctx, ref, 1, store.ClearanceFile{Name: "稿件.pdf", Media: "application/pdf", Size: 9, Digest: digest, Signer: "王", At: at}); err != nil {
			return err
		}
		_, err := tx.AddClearanceAct(ctx, ref, clearanceAct(1, campaign.ClearanceApprove, "approver", "a1"))
		return err
	})
	before, err := s.Head(t.Context())
	ok(t, err)
	act := func(a store.IncidentAct) func(context.Context, *store.Tx) error {
		return func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddIncidentAct(ctx, ref, a, false)
			return err
		}
	}
	clears := func(a store.ClearanceAct) func(context.Context, *store.Tx) error {
		return func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddClearanceAct(ctx, ref, a)
			return err
		}
	}
	future := incidentOf(ref)
	future.OccurredAt = at.Add(time.Hour)
	urgent := clearanceOf(ref, campaign.PriorApproval)
	urgent.Urgent = true
	published := clearanceAct(1, campaign.ClearancePublish, "", "")
	for name, c := range map[string]struct {
		do   func(context.Context, *store.Tx) error
		kind campaign.Kind
	}{
		"a second report":               {act(incidentAct(campaign.IncidentReport, "", "")), campaign.Conflict},
		"the institution closes":        {act(incidentAct(campaign.IncidentClose, "", "")), campaign.Invalid},
		"an officer reports for it":     {act(incidentAct(campaign.IncidentDetails, "officer", "o1")), campaign.Invalid},
		"a breach by a person":          {act(incidentAct(campaign.IncidentNoReport, "officer", "o1")), campaign.Invalid},
		"nobody excuses":                {act(incidentAct(campaign.IncidentExcuse, "officer", "")), campaign.Invalid},
		"an incident yet to come":       {func(ctx context.Context, tx *store.Tx) error { _, err := tx.AddIncident(ctx, future); return err }, campaign.Conflict},
		"urgent without a reason":       {func(ctx context.Context, tx *store.Tx) error { _, err := tx.AddClearance(ctx, urgent); return err }, campaign.Invalid},
		"a second decision":             {clears(clearanceAct(1, campaign.ClearanceRefuse, "approver", "a2")), campaign.Conflict},
		"consent by the institution":    {clears(clearanceAct(2, campaign.ClearanceApprove, "", "")), campaign.Invalid},
		"consent by nobody":             {clears(clearanceAct(2, campaign.ClearanceApprove, "approver", "")), campaign.Invalid},
		"published without a day":       {clears(published), campaign.Invalid},
		"important without a principal": {clears(clearanceAct(2, campaign.PressSettle, "", "")), campaign.Conflict},
		"the same file again": {func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddClearanceFile(ctx, ref, 1, store.ClearanceFile{Name: "b.pdf", Media: "application/pdf", Size: 9, Digest: digest, Signer: "王", At: at})
			return err
		}, campaign.Conflict},
	} {
		if err := try(s, c.do); campaign.KindOf(err) != c.kind || err == nil {
			t.Errorf("%s: %v, want %s", name, err, c.kind)
		}
	}
	after, err := s.Head(t.Context())
	ok(t, err)
	if after != before {
		t.Error("refused acts moved the ledger")
	}
	c, err := s.Clearance(t.Context(), ref, 1)
	ok(t, err)
	if c.State() != campaign.ClearanceApproved || c.Decision() == nil || c.Decision().By != "a1" || len(c.Files) != 1 || c.Early() {
		t.Errorf("%+v", c)
	}
	published.Day = campaign.DayOf(at).Add(-1)
	ok(t, try(s, clears(published)))
	if c, err = s.Clearance(t.Context(), ref, 1); err != nil || !c.Early() || c.State() != campaign.ClearancePublished {
		t.Errorf("published the day before: early %v %s, %v", c.Early(), c.State(), err)
	}
}

// matters writes one of everything about an incident and a matter to be cleared.
func matters(t *testing.T, s *store.Store, ref campaign.Ref) {
	t.Helper()
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		return first(
			func() error { _, err := tx.AddIncident(ctx, incidentOf(ref)); return err },
			func() error {
				_, err := tx.AddIncidentAct(ctx, ref, incidentAct(campaign.IncidentReport, "", ""), true)
				return err
			},
			func() error { _, err := tx.AddClearance(ctx, clearanceOf(ref, campaign.PriorApproval)); return err },
			func() error {
				_, err := tx.AddClearanceFile(ctx, ref, 1, store.ClearanceFile{Name: "稿件.pdf", Media: "application/pdf", Size: 9, Digest: digest, Signer: "王", At: at})
				return err
			},
			func() error {
				_, err := tx.AddClearanceAct(ctx, ref, clearanceAct(1, campaign.ClearanceApprove, "approver", "a1"))
				return err
			})
	})
}
