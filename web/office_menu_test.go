package web

import (
	"net/http"
	"strings"
	"testing"
)

// Every page of the year's menu answers whoever reads the office, and says
// where the reader is; a page for one act has no menu.
func TestYearMenuLeadsSomewhere(t *testing.T) {
	b := newBureau(t)
	for _, id := range []string{"o1", "a1", "u1", "g1"} {
		p, pages := b.as(id), 0
		for _, g := range yearMenu(testYear, nil) {
			for _, l := range g.Links {
				pages++
				w := p.get(l.Href)
				if here := `href="` + l.Href + `" aria-current="page"`; w.Code != http.StatusOK || !strings.Contains(w.Body.String(), here) {
					t.Errorf("%s as %s: %d, without %s", l.Href, id, w.Code, here)
				}
			}
		}
		if pages < 18 {
			t.Errorf("only %d pages", pages)
		}
	}
	if strings.Contains(b.as("o1").get(yearPath(testYear, "admit")).Body.String(), "yearbox") {
		t.Error("an act shows the menu")
	}
}
