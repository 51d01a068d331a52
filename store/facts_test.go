package store_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

func TestPlanVersions(t *testing.T) {
	s, _ := storetest.Open(t)
	storetest.Campaign(t, s, year, false, 2)
	ref := storetest.Ref(year, 1)
	state := func() string {
		plans, err := s.Plans(t.Context(), ref)
		ok(t, err)
		if len(plans) == 0 {
			return store.Plan{}.State()
		}
		return plans[len(plans)-1].State()
	}
	add := func(goal string) (p store.Plan) {
		write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			p, err = tx.AddPlan(ctx, ref, map[string]string{"goal": goal}, "张三", goal == "二", at)
			return err
		})
		return p
	}
	judge := func(version int, accepted bool, note string) {
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.AddPlanReview(ctx, ref, version, accepted, note, "o1", at)
		})
	}
	var story []string
	story = append(story, state())
	one := add("一")
	story = append(story, state())
	judge(1, false, "请补充")
	story = append(story, state())
	two := add("二")
	story = append(story, state())
	judge(2, true, "")
	story = append(story, state())
	if want := []string{"", "submitted", "returned", "submitted", "accepted"}; !slices.Equal(story, want) {
		t.Errorf("states %q, want %q", story, want)
	}
	plans, err := s.Plans(t.Context(), ref)
	ok(t, err)
	if len(plans) != 2 || one.Version != 1 || two.Version != 2 || one.Digest == two.Digest {
		t.Fatalf("%+v", plans)
	}
	if p := plans[0]; p.Digest != one.Digest || p.ByName != "张三" || p.Late || !p.At.Equal(at) || *p.Note != "请补充" {
		t.Errorf("%+v", p)
	}
	var body map[string]string
	if ok(t, json.Unmarshal(plans[1].Body, &body)); body["goal"] != "二" || !plans[1].Late || store.Digest(body) != two.Digest {
		t.Errorf("body %v, digest %s", body, two.Digest)
	}
	if others, err := s.Plans(t.Context(), storetest.Ref(year, 2)); err != nil || len(others) != 0 {
		t.Errorf("another institution has %d plans, %v", len(others), err)
	}
}

func TestEvidence(t *testing.T) {
	s, _ := storetest.Open(t)
	storetest.Campaign(t, s, year, false, 2)
	ref, other := storetest.Ref(year, 1), storetest.Ref(year, 2)
	var ids []int64
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		for _, e := range []store.Evidence{evidence(7, digest), evidence(2, digest), evidence(2, store.Digest("b"))} {
			id, err := tx.AddEvidence(ctx, ref, e)
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		_, err := tx.AddEvidence(ctx, other, evidence(2, digest))
		return err
	})
	all, err := s.EvidenceOf(t.Context(), ref)
	ok(t, err)
	var got []int64
	for _, e := range all {
		got = append(got, e.ID)
	}
	if !slices.Equal(got, []int64{ids[1], ids[2], ids[0]}) {
		t.Errorf("order %v of %v: want by row, then by arrival", got, ids)
	}
	size, err := s.HandedSize(t.Context(), ref)
	ok(t, err)
	missing, err := s.Missing(t.Context(), ref)
	ok(t, err)
	if size != 3*1234 || !slices.Equal(missing, []int{1, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14}) {
		t.Errorf("size %d, missing %v", size, missing)
	}
	want := evidence(7, digest)
	want.ID = ids[0]
	one, err := s.OneEvidence(t.Context(), ref, ids[0])
	ok(t, err)
	if diff := cmp.Diff(want, one, cmp.Comparer(time.Time.Equal)); diff != "" {
		t.Error(diff)
	}
	if _, err := s.OneEvidence(t.Context(), other, ids[0]); err == nil || campaign.KindOf(err) != campaign.NotFound {
		t.Errorf("another institution read the file: %v", err)
	}
}

func TestSelfScoreVersions(t *testing.T) {
	s, _ := storetest.Open(t)
	storetest.Campaign(t, s, year, false, 1)
	ref := storetest.Ref(year, 1)
	for n, points := range []rubric.Points{400, 450} {
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			got, err := tx.AddSelfScore(ctx, ref, marks(points), "李四", at)
			if got.Version != n+1 {
				t.Errorf("version %d, want %d", got.Version, n+1)
			}
			return err
		})
	}
	all, err := s.SelfScores(t.Context(), ref)
	ok(t, err)
	if len(all) != 2 || all[0].Version != 1 || all[1].ByName != "李四" || all[1].Digest != store.Digest(marks(450)) {
		t.Fatalf("%+v", all)
	}
	if diff := cmp.Diff(marks(450), all[1].Marks); diff != "" {
		t.Error(diff)
	}
}

func TestVersionsUnderConcurrentActs(t *testing.T) {
	s, _ := storetest.Open(t)
	storetest.Campaign(t, s, year, false, 1)
	ref := storetest.Ref(year, 1)
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			if err := try(s, func(ctx context.Context, tx *store.Tx) error {
				if err := tx.Lock(ctx, ref); err != nil {
					return err
				}
				_, err := tx.AddSelfScore(ctx, ref, marks(400), "李四", at)
				return err
			}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	all, err := s.SelfScores(t.Context(), ref)
	ok(t, err)
	for i, v := range all {
		if v.Version != i+1 {
			t.Errorf("version %d at %d", v.Version, i)
		}
	}
	if len(all) != 10 {
		t.Errorf("%d versions", len(all))
	}
}

func TestHave(t *testing.T) {
	s, _ := storetest.Open(t)
	l := life(t, s)
	have, err := s.Have(t.Context(), l.ref)
	ok(t, err)
	want := campaign.Have{Plan: 2, PlanState: "submitted", Evidence: 1, SelfScore: 1, Sheets: 1, Appeal: []int{3, 4}, Undecided: []int{4}, Extended: []campaign.Granted{{Task: campaign.PlanTask, Day: "2025-04-01"}}}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Error(diff)
	}
	have, err = s.Have(t.Context(), storetest.Ref(year, 2))
	ok(t, err)
	if !have.Nothing() || have.Sheets != 0 || have.Appeal != nil {
		t.Errorf("%+v of the silent one", have)
	}
}

func TestAppeals(t *testing.T) {
	s, _ := storetest.Open(t)
	l := life(t, s)
	all, err := s.Appeals(t.Context(), l.ref)
	ok(t, err)
	if len(all) != 2 || all[0].Row != 3 || all[1].Row != 4 || all[1].RuledAt != nil || all[1].Reviewer != nil {
		t.Fatalf("%+v", all)
	}
	if a := all[0]; *a.Reviewer != "r4" || *a.Before != 300 || *a.After != 350 || *a.Reason != "证据成立" || !a.RuledAt.Equal(at) || a.Text != "舆情机制已建立" {
		t.Errorf("%+v", a)
	}
	write(t, s, func(ctx context.Context, tx *store.Tx) error { // to keep a mark is a decision too
		return tx.AddAppealRuling(ctx, l.ref, 4, "r4", 300, 300, "维持", at)
	})
}

func TestDrafts(t *testing.T) {
	s, _ := storetest.Open(t)
	storetest.Campaign(t, s, year, false, 1)
	ref := storetest.Ref(year, 1)
	read := func(who, form string) string {
		d, err := s.Draft(t.Context(), who, ref, form)
		ok(t, err)
		return string(d.Body)
	}
	if got := read("institution", "plan"); got != "" {
		t.Errorf("a draft nobody wrote: %s", got)
	}
	ok(t, s.SaveDraft(t.Context(), "institution", ref, "plan", "一", at))
	ok(t, s.SaveDraft(t.Context(), "institution", ref, "plan", "二", at))
	ok(t, s.SaveDraft(t.Context(), "r1", ref, "plan", "三", at))
	if got := read("institution", "plan") + read("r1", "plan") + read("r2", "plan") + read("r1", "sheet"); got != `"二""三"` {
		t.Errorf("drafts %s", got)
	}
	write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.DropDraft(ctx, "institution", ref, "plan") })
	if got := read("institution", "plan") + read("r1", "plan"); got != `"三"` {
		t.Errorf("after it was handed in: %s", got)
	}
}

func TestNumbers(t *testing.T) {
	s, _ := storetest.Open(t)
	number := func(series string, codes ...string) (got map[string]int) {
		write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			got, err = tx.Numbers(ctx, series, year, codes)
			return err
		})
		return got
	}
	// "-" sorts before "F": by bytes, whatever the locale of the server
	first := number("宣评告", "CNCA-RF-2002-001", "CNCA-R-2003-001", "CNCA-R-2002-010", "CNCA-R-2003-001")
	want := map[string]int{"CNCA-R-2002-010": 1, "CNCA-R-2003-001": 2, "CNCA-RF-2002-001": 3}
	if diff := cmp.Diff(want, first); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want, number("宣评告", "CNCA-R-2003-001", "CNCA-R-2002-010")); diff != "" {
		t.Errorf("asked again: %s", diff)
	}
	want["CNCA-R-2001-001"] = 4 // who comes later does not push anybody
	if diff := cmp.Diff(want, number("宣评告", "CNCA-R-2001-001", "CNCA-RF-2002-001")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]int{"CNCA-R-2001-001": 1}, number("宣评警", "CNCA-R-2001-001")); diff != "" {
		t.Errorf("another series: %s", diff)
	}
	if got := number("宣评终"); len(got) != 0 {
		t.Errorf("numbers for nobody: %v", got)
	}
}

func TestNumbersConcurrently(t *testing.T) {
	s, _ := storetest.Open(t)
	var wg sync.WaitGroup
	for w := range 6 {
		wg.Go(func() {
			for n := range 5 {
				if err := try(s, func(ctx context.Context, tx *store.Tx) error {
					_, err := tx.Numbers(ctx, "宣评告", year, []string{storetest.Code(w*3 + n), storetest.Code(w*3 + n + 1), storetest.Code(w*3 + n + 2)})
					return err
				}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		all, err := tx.Numbers(ctx, "宣评告", year, nil)
		used := make([]bool, len(all)+1)
		for code, n := range all {
			if n < 1 || n > len(all) || used[n] {
				t.Errorf("%s has number %d of %d", code, n, len(all))
				continue
			}
			used[n] = true
		}
		if len(all) != 22 {
			t.Errorf("%d numbers, want 22", len(all))
		}
		return err
	})
}

func TestPapers(t *testing.T) {
	s, _ := storetest.Open(t)
	l := life(t, s)
	p := store.Paper{Key: "k/paper", Year: year, Code: l.ref.Code, Kind: campaign.ResultPaper, Number: "宣评告〔2025〕1号", Verify: "V1", PDF: []byte("%PDF-1"), At: at}
	put := func(p store.Paper) error {
		return try(s, func(ctx context.Context, tx *store.Tx) error { return tx.AddPaper(ctx, p) })
	}
	ok(t, put(p))
	head, err := s.Head(t.Context())
	ok(t, err)
	again := p
	again.PDF = []byte("%PDF-2")
	ok(t, put(again))
	if h, err := s.Head(t.Context()); err != nil || h != head {
		t.Errorf("the same paper again moved the ledger: %v", err)
	}
	got, err := s.PaperByKey(t.Context(), p.Key)
	ok(t, err)
	sum := sha256.Sum256(p.PDF)
	if string(got.PDF) != "%PDF-1" || got.Digest != hex.EncodeToString(sum[:]) || got.Number != p.Number || got.Kind != p.Kind {
		t.Errorf("%+v", got)
	}
	byVerify, err := s.PaperByVerify(t.Context(), "V1")
	ok(t, err)
	list, err := s.Papers(t.Context(), l.ref)
	ok(t, err)
	if len(list) != 1 || len(list[0].PDF) != 0 || len(byVerify.PDF) != 0 || byVerify.Key != p.Key || list[0].Digest != got.Digest {
		t.Errorf("%+v %+v", byVerify, list)
	}
	for _, find := range []func(context.Context, string) (store.Paper, error){s.PaperByKey, s.PaperByVerify} {
		if _, err := find(t.Context(), "none"); err == nil || campaign.KindOf(err) != campaign.NotFound {
			t.Errorf("%v", err)
		}
	}
	counts, err := s.PaperCounts(t.Context(), year)
	ok(t, err)
	if diff := cmp.Diff(map[string]int{"result": 1}, counts); diff != "" {
		t.Error(diff)
	}
	queue(t, s, store.Intent{Key: "k/paper2", Kind: store.PaperIntent, Ref: l.ref, Body: store.PaperBody{}})
	p.Key = "k/paper2"
	if err := put(p); err == nil || campaign.KindOf(err) != campaign.Conflict {
		t.Errorf("two papers with one verify code: %v", err)
	}
}
