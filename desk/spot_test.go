package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

// committed seals the seed of the test's year and files a list of reviews.
func (h *house) committed(ref campaign.Ref, rows int) {
	h.write(func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.SpotCommit(ctx, testYear); err != nil {
			if err := tx.CommitSpot(ctx, testYear, 3, campaign.RehearsalSeed(testYear), "o1", real); err != nil {
				return err
			}
		}
		var f campaign.Filing
		for i := range rows {
			f.Rows = append(f.Rows, campaign.Record{"title": fmt.Sprintf("稿件%d", i+1)})
		}
		_, err := tx.AddRegister(ctx, ref, store.RegisterVersion{Register: "three-reviews", Schema: campaign.KnownRegisters().Digest, Body: f, ByName: "张三", At: real})
		return err
	})
}

func (h *house) drawn(ref campaign.Ref) []int {
	all, err := h.Store.SpotDraws(h.t.Context(), ref)
	must(h.t, err)
	if len(all) != 1 {
		h.t.Fatalf("%d draws", len(all))
	}
	return all[0].Lines
}

// GL-13, §3 no. 5: nothing is drawn while the institution may still change its
// list; what is drawn then follows from the sealed seed alone, once.
func TestGL13SpotDraw(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref := h.to(1, campaign.Collecting)
	h.committed(ref, 12)
	h.at(h.rules.Calendar.EvidenceClose.Morning())
	h.unchanged(func() {
		want(t, h.DrawSpot(ctx, officer, ref, campaign.SpotReviews), campaign.Conflict)
		want(t, h.DrawSpot(ctx, approver, ref, campaign.SpotReviews), campaign.Forbidden)
	})
	h.at(h.rules.Calendar.EvidenceClose.End())
	h.unchanged(func() { want(t, h.DrawSpot(ctx, officer, ref, campaign.SpotDisclosure), campaign.Conflict) }) // nothing is filed there
	must(t, h.DrawSpot(ctx, officer, ref, campaign.SpotReviews))
	var want3 []int
	v, err := h.Store.RegisterAt(ctx, ref, "three-reviews", 1)
	must(t, err)
	for _, it := range campaign.RehearsalSeed(testYear).Key(ref, campaign.SpotReviews).Draw(campaign.SpotReviews.Items(v.Body.Rows), 3) {
		want3 = append(want3, it.Line)
	}
	if got := h.drawn(ref); len(got) != 3 || !slices.Equal(got, want3) {
		t.Errorf("drawn %v, the seed draws %v", got, want3)
	}
	h.unchanged(func() { want(t, h.DrawSpot(ctx, officer, ref, campaign.SpotReviews), campaign.Conflict) })
	h.unchanged(func() {
		n, more, err := h.DrawSpots(ctx, officer, testYear)
		if must(t, err); n != 0 || more {
			t.Errorf("drawn again for %d", n)
		}
	})
}

// The office draws for all whose lists are closed; reviewers where they sit.
func TestGL13SpotDrawAll(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	one, two := h.seated(1), h.to(2, campaign.SelfScore)
	h.to(3, campaign.Left)
	h.committed(one, 2)
	h.committed(two, 5)
	h.at(h.rules.Calendar.ScoringDue.Morning())
	sits, err := h.Store.Staff(ctx, "r1")
	must(t, err)
	must(t, h.DrawSpot(ctx, sits, one, campaign.SpotReviews))
	h.unchanged(func() { want(t, h.DrawSpot(ctx, sits, two, campaign.SpotReviews), campaign.NotFound) })
	n, more, err := h.DrawSpots(ctx, officer, testYear)
	if must(t, err); n != 1 || more {
		t.Errorf("drawn for %d, more %v", n, more)
	}
	if got := h.drawn(one); len(got) != 2 {
		t.Errorf("of two items %v", got)
	}
	h.unchanged(func() { _, _, err := h.DrawSpots(ctx, approver, testYear); want(t, err, campaign.Forbidden) })
	h.published()
	h.unchanged(func() {
		want(t, h.DrawSpot(ctx, officer, two, campaign.SpotLinks), campaign.TooLate)
		want(t, h.RecordSpot(ctx, officer, two, SpotForm{Kind: campaign.SpotReviews, Line: h.drawn(two)[0], Finding: campaign.SpotSound}), campaign.TooLate)
	})
}

// GL-21: what was found is kept, looked at again the newest counts; no score follows.
func TestGL21SpotChecks(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref := h.seated(1)
	h.committed(ref, 9)
	h.at(h.rules.Calendar.ScoringDue.Morning())
	must(t, h.DrawSpot(ctx, officer, ref, campaign.SpotReviews))
	line := h.drawn(ref)[0]
	f := SpotForm{Kind: campaign.SpotReviews, Line: line, Finding: campaign.SpotAbsent, Note: "没有终审记录"}
	h.unchanged(func() {
		for _, bad := range []struct {
			f SpotForm
			k campaign.Kind
		}{
			{SpotForm{Kind: f.Kind, Line: line}, campaign.Invalid}, {SpotForm{Kind: f.Kind, Line: line, Finding: campaign.SpotDead, Note: "x"}, campaign.Invalid},
			{SpotForm{Kind: f.Kind, Line: line, Finding: campaign.SpotAbsent}, campaign.Invalid}, {SpotForm{Kind: f.Kind, Line: 99, Finding: campaign.SpotSound}, campaign.Conflict},
			{SpotForm{Kind: campaign.SpotLinks, Line: line, Finding: campaign.SpotSound}, campaign.Conflict},
		} {
			want(t, h.RecordSpot(ctx, officer, ref, bad.f), bad.k)
		}
		want(t, h.RecordSpot(ctx, approver, ref, f), campaign.Forbidden)
	})
	before := h.count("result") + h.count("event")
	must(t, h.RecordSpot(ctx, officer, ref, f))
	h.unchanged(func() { must(t, h.RecordSpot(ctx, officer, ref, f)) })
	sits, err := h.Store.Staff(ctx, "r2")
	must(t, err)
	f.Finding, f.Note = campaign.SpotSound, ""
	must(t, h.RecordSpot(ctx, sits, ref, f))
	all, err := h.Store.SpotDraws(ctx, ref)
	must(t, err)
	if d := all[0]; len(d.Checks) != 2 || d.Check(line).By != "r2" || d.Open() != 2 {
		t.Errorf("%+v", d)
	}
	if after := h.count("result") + h.count("event"); after != before {
		t.Error("a check changed what is scored")
	}
}

// §3 no. 5: a seed that is not the committed one stops publication.
func TestSpotSeedStopsPublication(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	for i := 1; i <= 3; i++ {
		h.to(i, campaign.Final)
	}
	h.committed(storetest.Ref(testYear, 1), 4)
	h.at(h.rules.Calendar.Publication.Morning())
	for _, q := range []string{"set session_replication_role = replica", "update sealed.spot_seed set seed = sha256(seed)"} {
		_, err := h.conn.Exec(ctx, q)
		must(t, err)
	}
	h.unchanged(func() {
		err := h.Publish(ctx, officer, testYear)
		if want(t, err, campaign.Conflict); !strings.Contains(err.Error(), "与启动时公布的承诺（SHA-256）不符") {
			t.Errorf("%v", err)
		}
	})
	seed := campaign.RehearsalSeed(testYear)
	_, err := h.conn.Exec(ctx, "update sealed.spot_seed set seed = $1", seed[:])
	must(t, err)
	h.reviewed(1) // PL-4
	must(t, h.Publish(ctx, officer, testYear))
}

// A launch commits a seed that nobody chose; a rehearsal's is the same each time.
func TestLaunchCommitsASeed(t *testing.T) {
	h := emptyHouse(t)
	h.staffed(storetest.People()...)
	h.write(func(ctx context.Context, tx *store.Tx) error {
		_, _, err := tx.PutInstitutions(ctx, storetest.Institutions(1), "o1", real)
		return err
	})
	ctx := t.Context()
	h.interpreted(testYear)
	said := map[int]string{}
	for year, rehearsal := range map[int]bool{2026: false, 2025: true} {
		rules := storetest.Rules(t, year)
		rules.Settings.SpotItems = 5
		_, err := h.Launch(ctx, officer, LaunchForm{Year: year, Rehearsal: rehearsal, Calendar: rules.Calendar, Settings: rules.Settings})
		must(t, err)
		c, err := h.Store.SpotCommit(ctx, year)
		if must(t, err); c.Items != 5 || c.Seed != nil {
			t.Errorf("%+v", c)
		}
		said[year] = c.Commitment
	}
	if said[2025] != campaign.RehearsalSeed(2025).Commitment() || said[2026] == campaign.RehearsalSeed(2026).Commitment() {
		t.Errorf("%v", said)
	}
}
