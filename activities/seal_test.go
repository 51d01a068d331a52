package activities

import (
	"bytes"
	"slices"
	"testing"

	"xuanping/campaign"
	"xuanping/pdf"
	"xuanping/rubric"
	"xuanping/store"
)

func trial(t *testing.T, word string) pdf.Signer {
	t.Helper()
	s, err := pdf.RehearsalSigner(bytes.Repeat([]byte(word), 16))
	must(t, err)
	return s
}

// S10, UX-2: official papers bear the authority's signature, those of a rehearsal never do; without a
// key an official paper is unsigned.
func TestUX2WhoSignsPapers(t *testing.T) {
	official, practice := trial(t, "official"), trial(t, "practice")
	for _, c := range []struct {
		name      string
		rehearsal bool
		seal      pdf.Signer
		want      pdf.Signer
	}{{"official", false, official, official}, {"no key", false, nil, nil}, {"rehearsal", true, official, practice}} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t, c.rehearsal, 1)
			o.Seal, o.Trial = c.seal, practice
			ref := o.to(1, campaign.Planning, campaign.Collecting, campaign.SelfScore)
			run(o, o.serve, o.at(ref, o.rules.Calendar.Result))
			text := o.read(ref, campaign.ResultPaper)
			papers, err := o.Store.Papers(t.Context(), ref)
			must(t, err)
			full, err := o.Store.PaperByKey(t.Context(), papers[0].Key)
			must(t, err)
			var trusted pdf.Signer = practice
			if c.want != nil {
				trusted = c.want
			}
			s, err := pdf.Verify(full.PDF, trusted.Certificates())
			if (err == nil) != (c.want != nil) {
				t.Fatalf("%v", err)
			}
			if err == nil && (s.Code != full.Verify || s.Number != full.Number || s.Key != full.Key || s.Date != string(o.rules.Calendar.Result)) {
				t.Errorf("the paper says %+v", s)
			}
			o.says(text, full.Verify) // the code that is looked up is the code that is printed
		})
	}
}

func TestQuantile(t *testing.T) {
	for _, c := range []struct {
		values []int
		q      int
		want   int
	}{{nil, 2, 0}, {[]int{700}, 1, 700}, {[]int{900, 100}, 2, 500}, {[]int{3, 1, 2}, 2, 2}, {[]int{100, 200, 300, 400, 500}, 1, 200}, {[]int{100, 200, 300, 400, 500}, 3, 400}, {[]int{0, 100, 200, 300}, 1, 75}} {
		if got := quantile(c.values, c.q); got != c.want {
			t.Errorf("quarter %d of %v is %d, want %d", c.q, c.values, got, c.want)
		}
	}
}

// judged is n scored results; the i-th has i half points less in row 1.
func judged(n int) (all []store.Result, entries []store.Entry) {
	for i := range n {
		code := string(rune('A' + i))
		card := rubric.Scorecard{}
		for row := 1; row <= 16; row++ {
			p := rubric.Points(500)
			if row == 1 {
				p = rubric.Points(1000 - 50*i)
			}
			card.Rows = append(card.Rows, rubric.RowScore{Row: row, Points: p})
		}
		all = append(all, store.Result{Code: code, Version: 1, Scored: true, Total: rubric.Points(9000 - 50*i), Card: card})
		entries = append(entries, store.Entry{Code: code, Category: "综合类机构", Province: "北京市"})
	}
	return all, entries
}

// PL-2: what is told about others never tells about one of few.
func TestPL2PeersAreNotToldOverFew(t *testing.T) {
	all, entries := judged(4)
	if p := peers(all, entries, all[0]); p.Who != "" || p.Medians != nil || p.Distribution != nil {
		t.Errorf("told over four: %+v", p)
	}
	if rows := provinces(entries, nil, map[string]store.Result{"A": all[0]}); rows[0].Mean != 0 || rows[0].Scored != 1 || rows[0].Institutions != 4 {
		t.Errorf("%+v", rows)
	}
	all, entries = judged(6)
	entries[5].Category = "产品"
	p := peers(all, entries, all[0])
	if p.Who != "综合类机构（5家）" || !slices.Equal(p.Medians, []int{900 + 3*500, 6 * 500, 4 * 500}) {
		t.Errorf("%+v", p)
	}
	if p := peers(all, entries, all[5]); p.Who != "参评机构（6家）" {
		t.Errorf("one alone in its category is compared with %s", p.Who)
	}
	own := slices.IndexFunc(p.Distribution, func(b pdf.Bar) bool { return b.Own })
	if own != band(9000) || p.Distribution[own].Value != 1 || p.Distribution[own-1].Value != 5 {
		t.Errorf("%+v", p.Distribution)
	}
	all[0].Scored = false
	if p := peers(all, entries, all[0]); p.Distribution != nil {
		t.Error("who has no score is placed among others")
	}
	latest := map[string]store.Result{}
	for _, v := range all[1:] {
		latest[v.Code] = v
	}
	if rows := provinces(entries, map[string]bool{"A": true}, latest); rows[0].Mean != 8850 || rows[0].Submitted != 1 {
		t.Errorf("%+v", rows)
	}
}
