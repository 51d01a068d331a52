package web

import (
	"regexp"
	"strings"
	"testing"
)

// PL-13: every number inside a sentence of the special report links to the
// query on the same page that answers it, and says what it answers.
func TestPL13SentencesLinkToTheirQueries(t *testing.T) {
	b := newBureau(t)
	page := b.as("a1").body(yearPath(testYear, "figures"))
	_, said, found := strings.Cut(page, `id="sentences"`)
	said, rest, ended := strings.Cut(said, `<h2 id="q-`)
	links := regexp.MustCompile(`<a href="#([a-z0-9-]+)">([^<]+)</a>`).FindAllStringSubmatch(said, -1)
	if !found || !ended || len(links) < 8 {
		t.Fatalf("%d links in %s", len(links), said)
	}
	for _, l := range links {
		row := regexp.MustCompile(`(?s)<tr id="` + l[1] + `">.*?<td class="num" data-label="值">([^<]*)</td>`).FindStringSubmatch(rest)
		if row == nil || row[1] != l[2] {
			t.Errorf("%s says %s, its query %v", l[1], l[2], row)
		}
	}
	for _, id := range []string{"institutions", "scored", "mean", "excellent", "threshold", "rate-"} {
		if !strings.Contains(said, `href="#`+id) {
			t.Errorf("no sentence says %s", id)
		}
	}
	for _, w := range strings.Split(said, "</p>") {
		bare := regexp.MustCompile(`<[^>]*>[^<]*</a>|<[^>]*>|20\d\d年度|第\d+项`).ReplaceAllString(w, "")
		if regexp.MustCompile(`\d`).MatchString(bare) {
			t.Errorf("a number without an anchor: %s", bare)
		}
	}
}
