package audit

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

// amendedBook is a year in which 评价复核 confirms a claim that had been rejected,
// lowers a deduction and, by a later edition, dismisses it; the next year has an
// event of the claim's matter.
func amendedBook(t *testing.T) (*store.Store, string) {
	t.Helper()
	s, url := storetest.Open(t)
	storetest.Campaign(t, s, year, false, 1)
	storetest.Campaign(t, s, year+1, false, 1)
	one, next := storetest.Ref(year, 1), storetest.Ref(year+1, 1)
	event := func(ref campaign.Ref, clause, matter string, points rubric.Points, confirmed bool) func(context.Context, *store.Tx) error {
		return func(ctx context.Context, tx *store.Tx) error {
			id, err := tx.AddEvent(ctx, store.Event{Year: ref.Year, Code: ref.Code, Clause: clause, Points: points, Matter: matter, Title: "事项", Source: "文件",
				OccurredOn: reviewed.AddDate(ref.Year-year-1, 0, 0), By: "o1", At: reviewed})
			if err != nil {
				return err
			}
			return tx.AddEventRuling(ctx, ref, id, confirmed, "认定的理由", "a1", reviewed)
		}
	}
	amend := func(event int64, row int, d campaign.Amendment) func(context.Context, *store.Tx) error {
		d.Reason = "复核的理由"
		return func(ctx context.Context, tx *store.Tx) error {
			return tx.AddAmendment(ctx, one, store.AmendmentOf(event, row, "r4", d, reviewed))
		}
	}
	write(t, s,
		func(ctx context.Context, tx *store.Tx) error {
			if err := tx.AddSeat(ctx, one, 1, "r1", "2026-02-27", reviewed); err != nil {
				return err
			}
			_, err := tx.AddSheet(ctx, one, "r1", marks(250), reviewed)
			return err
		},
		event(one, "15.3a", "专访", 200, false), event(one, "16.1", "", 500, true), event(next, "15.3a", "专访", 200, true),
		freeze(s, one, 1),
		func(ctx context.Context, tx *store.Tx) error {
			for _, row := range []int{15, 16} {
				if err := tx.AddAppeal(ctx, one, row, "请复核", "张三", reviewed); err != nil {
					return err
				}
			}
			return errors.Join(tx.AddDecider(ctx, one, "r4", "2026-04-20", reviewed), tx.AddAppealRuling(ctx, one, 15, "r4", 0, 200, campaign.ByEvents, reviewed),
				tx.AddAppealRuling(ctx, one, 16, "r4", 500, 0, campaign.ByEvents, reviewed))
		},
		amend(1, 15, campaign.Amendment{Outcome: campaign.AmendConfirm, Clause: "15.3a", Points: 200}),
		amend(2, 16, campaign.Amendment{Outcome: campaign.AmendLower, Clause: "16.1", Points: 300}),
		freeze(s, next, 1), // before the second version stands
		amend(2, 16, campaign.Amendment{Outcome: campaign.AmendDismiss}),
		freeze(s, one, 2),
		freeze(s, next, 2),
	)
	return s, url
}

// AP-4: the first version is recounted without what 评价复核 decided, the second
// with the last edition of it, and a later year with what stood by then.
func TestAP4RecountKnowsAmendments(t *testing.T) {
	s, url := amendedBook(t)
	cards := func(of int) (all []rubric.Scorecard) {
		results, err := s.Results(t.Context(), storetest.Ref(of, 1))
		ok(t, err)
		for _, v := range results {
			all = append(all, v.Card)
		}
		return all
	}
	own, later := cards(year), cards(year+1)
	if own[0].Bonus != 0 || own[0].Deduction != 500 || own[1].Bonus != 200 || own[1].Deduction != 0 {
		t.Errorf("%+v\n%+v", own[0], own[1])
	}
	if later[0].Bonus != 200 || later[1].Bonus != 0 { // the matter counts in the year before, once that stands
		t.Errorf("the next year: %s, then %s", later[0].Bonus, later[1].Bonus)
	}
	both := func() (n int) {
		for _, of := range []int{year, year + 1} {
			got, err := Recount(t.Context(), s.Reader, rubric.Annex2(), of)
			ok(t, err)
			n += got.Equal
			for _, d := range got.Differences {
				t.Log(d)
			}
		}
		return n
	}
	if both() != 2 {
		t.Fatal("the recount differs")
	}
	tamper(t, url, `update event_amendment set outcome = 'keep', clause = '', points = null where event = 1`)
	if both() != 0 {
		t.Error("an amendment was changed and the recount did not notice")
	}
}

// AP-4: the diff of versions names the rows that 评价复核 changed by their events.
func TestAP4ResultsDiffNamesAmendedRows(t *testing.T) {
	s, _ := amendedBook(t)
	got, err := ResultsDiff(t.Context(), s.Reader, year, 1, 2)
	ok(t, err)
	if len(got) != 1 || len(got[0].Ruled) != 2 || got[0].Ruled[0] != 15 || got[0].Ruled[1] != 16 || got[0].To-got[0].From != 700 {
		t.Errorf("%+v", got)
	}
	kept := rubric.Scorecard{Deduction: 1000, DeductionUncapped: 1500}
	if rows := uncappedRows(kept, rubric.Scorecard{Deduction: 1000, DeductionUncapped: 1000}); len(rows) != 1 || rows[0] != 16 {
		t.Errorf("under the cap: %v", rows)
	}
}

// AP-4, feature 2: the receipt of the first version knows no amendment; that of
// the second says what was determined, what it became, why, when and in what role,
// checks offline, and an altered word is found.
func TestAP4ReceiptTellsAmendments(t *testing.T) {
	s, _ := amendedBook(t)
	first, second := explained(t, s, 1, 1), explained(t, s, 1, 2)
	if strings.Contains(string(first.JSON()), "amendment") || first.Rows[15].Points != 500 {
		t.Errorf("the first version: %+v", first.Rows[15])
	}
	fault, claim := second.Rows[15].Events[0], second.Rows[14].Events[0]
	if a := fault.Amendment; a == nil || a.Words != "原认定扣 5.0 分，复核后改为不予认定，不扣分" || a.Reason != "复核的理由" || a.On != "2026-03-02" || a.By != rubric.Deciders || fault.Reason != "认定的理由" {
		t.Errorf("%+v %+v", fault, a)
	}
	if claim.Amendment == nil || claim.State != rubric.Confirmed || claim.Counted != 200 {
		t.Errorf("%+v", claim)
	}
	text := second.Text()
	for _, want := range []string{"评价复核　原不予认定，复核后按条款 15.3a 予以认定，加 2.0 分（复核专家（未参与评分和经办），2026-03-02）：复核的理由", "复核后改为不予认定，不扣分"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	back, err := rubric.CheckReceipt(second.JSON())
	ok(t, err)
	if !bytes.Equal(back.JSON(), second.JSON()) {
		t.Error("the receipt changed on the way")
	}
	for _, word := range []string{"原认定扣 5.0 分", "复核的理由", `"on": "2026-03-02"`} {
		forged := bytes.Replace(second.JSON(), []byte(word), []byte(strings.Replace(word, "0", "1", 1)+" "), 1)
		if _, err := rubric.CheckReceipt(forged); err == nil {
			t.Errorf("%q was altered and nobody noticed", word)
		}
	}
}

// AP-4, R8: an archive carries the amendments, those of earlier years for later ones
// too, its independent count knows them, and an altered row is found.
func TestAP4SealedYearKnowsAmendments(t *testing.T) {
	s, url := amendedBook(t)
	_, err := Checkpoint(t.Context(), s, testKey(t, 7), reviewed)
	ok(t, err)
	seal := func(of int) []byte {
		var b bytes.Buffer
		_, err := Seal(t.Context(), s, SealOptions{Year: of, WithNames: true, Build: "test", Key: testKey(t, 7), Annex: rubric.Annex2File(), Readings: rubric.ReadingsFile()}, &b)
		ok(t, err)
		return b.Bytes()
	}
	for of, versions := range map[int]int{year: 2, year + 1: 2} {
		r := verify(t, seal(of), testKey(t, 7).Public())
		for _, f := range r.Faults {
			t.Errorf("%d: %s", of, f)
		}
		if r.Recount.Versions != versions {
			t.Errorf("%d: %+v", of, r.Recount)
		}
	}
	tamper(t, url, `update event_amendment set points = 400 where n = 1 and row = 16`)
	if r := verify(t, seal(year), testKey(t, 7).Public()); r.Sound() {
		t.Error("an amendment was changed and the archive is sound")
	}
}
