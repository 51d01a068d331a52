package web

import (
	"context"
	"encoding/csv"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

// The list of a year is narrowed by province, category, stage, lateness, contact
// and words together; counts, pages and the file follow the same filters.
func TestInstitutionsAreNarrowed(t *testing.T) {
	b := newBureau(t)
	b.write(func(ctx context.Context, tx *store.Tx) {
		b.ok(tx.SetStage(ctx, storetest.Ref(testYear, 6), campaign.Planning, "2025-03-12", b.day)) // hands in nothing
		tx.Queue(store.Intent{Key: "lost", Kind: store.MailIntent, Ref: storetest.Ref(testYear, 5), Body: store.MailBody{Template: "new-link", To: "institution", Date: b.day}})
	})
	b.exec("update intent set state = 'failed' where key = 'lost'")
	u1, list := b.as("u1"), yearPath(testYear, "institutions")
	roster := map[string]campaign.Institution{}
	provinces := map[string]int{}
	for i := 1; i <= 6; i++ {
		x := storetest.Institution(i)
		roster[x.Code] = x
		provinces[x.Province]++
	}
	one := storetest.Institution(1)
	for _, c := range []struct {
		name, query string
		fits        func(campaign.Institution) bool
	}{
		{"all", "", func(campaign.Institution) bool { return true }},
		{"province", "?province=" + one.Province, func(i campaign.Institution) bool { return i.Province == one.Province }},
		{"category", "?category=" + one.Category, func(i campaign.Institution) bool { return i.Category == one.Category }},
		{"stage", "?stage=scoring", func(i campaign.Institution) bool { return i.Code == storetest.Code(2) }},
		{"late", "?late=1", func(i campaign.Institution) bool { return i.Code == storetest.Code(6) }},
		{"unreached", "?unreached=1", func(i campaign.Institution) bool { return i.Code == storetest.Code(5) }},
		{"word", "?q=2002-003", func(i campaign.Institution) bool { return i.Code == storetest.Code(3) }},
		{"together", "?late=1&q=2002-006&stage=planning", func(i campaign.Institution) bool { return i.Code == storetest.Code(6) }},
		{"nothing", "?late=1&unreached=1", func(campaign.Institution) bool { return false }},
		{"hostile", "?province='%20or%20true--", func(campaign.Institution) bool { return false }},
	} {
		body := u1.get(list + c.query).Body.String()
		join := "?"
		if c.query != "" {
			join = "&"
		}
		table := u1.get(strings.Replace(list+c.query, list, list+"/table", 1) + join + "as=csv")
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(table.Body.String(), "\ufeff"))).ReadAll()
		b.ok(err)
		n := 0
		for code, i := range roster {
			row := regexp.MustCompile(`href="[^"]*/i/` + code + `"`).MatchString(body)
			if row != c.fits(i) {
				t.Errorf("%s: %s on the page: %v", c.name, code, row)
			}
			if c.fits(i) {
				n++
			}
		}
		if len(rows) != n+1 {
			t.Errorf("%s: the file has %d lines, want %d", c.name, len(rows)-1, n)
		}
		if n > 0 && n < 6 && !strings.Contains(body, "找到 "+itoa(n)+" 家，共 6 家") {
			t.Errorf("%s: does not count %d", c.name, n)
		}
	}
	body := u1.get(list + "?province=" + one.Province).Body.String()
	for p, n := range provinces {
		if !strings.Contains(body, p+"（"+itoa(n)+"）") {
			t.Errorf("%s is not counted with %d beside the chosen one", p, n)
		}
	}
}

// Pages and files keep the filters; a file names nobody.
func TestNarrowedLinksKeepTheFilter(t *testing.T) {
	n := store.Narrow{Province: "北京市", Word: "认证 a&b", Late: true}
	path := listPath(testYear, n, "table")
	r, err := http.NewRequest(http.MethodGet, table{path}.As("xlsx"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := narrowOf(ask{Request: r}); got != n || r.URL.Query().Get("as") != "xlsx" {
		t.Errorf("%+v from %s", got, r.URL)
	}
	if got := (table{listPath(testYear, store.Narrow{}, "table")}).As("csv"); got != yearPath(testYear, "institutions", "table")+"?as=csv" {
		t.Error(got)
	}
	b := newBureau(t)
	file := b.as("o1").get(yearPath(testYear, "institutions", "table") + "?as=csv").Body.String()
	one := storetest.Institution(1)
	for _, personal := range []string{one.Contact, one.Head, one.Email, one.Mobile} {
		if strings.Contains(file, personal) {
			t.Errorf("the file holds %s", personal)
		}
	}
	if w := b.as("r1").get(yearPath(testYear, "institutions", "table")); w.Code != http.StatusForbidden {
		t.Errorf("a reviewer: %d", w.Code)
	}
}
