package web

import (
	_ "embed"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"xuanping/store/storetest"
)

//go:embed testdata/look.js
var lookJS string

var axeFile = flag.String("axe", "", "axe.min.js of axe-core, to be run on every page as well")

// notPages are the GET routes whose answer is not a page of this site's making.
var notPages = []string{
	"GET /healthz",
	"GET /static/style.css",
	"GET /t/{token}",
	"GET /v",
	"GET /staff",
	"GET /mailbox/{id}/html",
	"GET /mailbox/{id}/{n}",
	"GET /i/{year}/{code}/evidence/{id}",
	"GET /i/{year}/{code}/papers/{verify}",
	"GET /office/{year}/i/{code}/evidence/{id}",
	"GET /office/{year}/papers/{verify}",
	"GET /review/{year}/{code}/evidence/{id}",
	"GET /ledger/checkpoint",
	"GET /ledger/tile/{path...}",
	"GET /office/ledger/tile/entries/{path...}",
	"GET /v/certificates.pem",
	"GET /i/{year}/{code}/registers/{register}/table",
	"GET /i/{year}/{code}/register-files/{digest}",
	"GET /office/{year}/i/{code}/registers/{register}/table",
	"GET /office/{year}/i/{code}/register-files/{digest}",
	"GET /review/{year}/{code}/register-files/{digest}",
}

// staged is a site that gives a browser the answers to canned requests: the
// page /story/N is the answer to the N-th, everything else is the site's own.
type staged struct {
	site  *Server
	all   []func() answer
	names []string
	seen  map[string]bool // patterns of the routes that answered
}

func (s *staged) add(name, path string, give func() answer) {
	s.all, s.names = append(s.all, give), append(s.names, name)
	_, pattern := s.site.mux.Handler(httptest.NewRequest(http.MethodGet, path, nil))
	s.seen[pattern] = true
}

func (s *staged) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n := -1
	if _, err := fmt.Sscanf(r.URL.Path, "/story/%d", &n); err != nil || n < 0 || n >= len(s.all) {
		s.site.ServeHTTP(w, r)
		return
	}
	a := s.all[n]()
	maps.Copy(w.Header(), a.head)
	w.WriteHeader(http.StatusOK) // what the browser shows of a refusal is the page
	_, _ = w.Write([]byte(a.body))
}

// TestBrowserPages looks at every page of the site with canned data on a phone.
func TestBrowserPages(t *testing.T) {
	seen := map[string]bool{}
	routes := stagedStories(t, seen)
	stagedOffice(t, seen)
	for _, r := range routes {
		if strings.HasPrefix(r.Pattern, "GET ") && !seen[r.Pattern] && !slices.Contains(notPages, r.Pattern) {
			t.Errorf("没有看过 %s 的页面", r.Pattern)
		}
	}
}

func stagedStories(t *testing.T, seen map[string]bool) []Route {
	v, all := storybook(t)
	s := &staged{site: v.srv, seen: seen}
	for _, x := range all {
		s.add(x.name, x.path, func() answer {
			switch {
			case strings.HasPrefix(x.name, "young"):
				v.clock("2026-03-10")
			case strings.HasPrefix(x.name, "self-score") && x.name != "self-score-shut":
				v.clock("2027-01-25")
			default:
				v.clock("2027-03-27")
			}
			if x.post != nil {
				return v.post(x.path, x.by, x.post...)
			}
			return v.get(x.path, x.by)
		})
	}
	s.look(t)
	return v.srv.Routes()
}

func stagedOffice(t *testing.T, seen map[string]bool) {
	b := newBureau(t)
	s := &staged{site: b.site, seen: seen}
	people := map[string]*person{}
	for _, x := range append(b.shots(), b.otherShots()...) {
		if people[x.who] == nil {
			people[x.who] = b.as(x.who)
		}
		s.add("staff-"+x.name, x.path, func() answer {
			w := people[x.who].get(x.path)
			return answer{w.Code, w.Header(), w.Body.String()}
		})
	}
	s.look(t)
}

// otherShots are the office's pages that shots leaves out.
func (b *bureau) otherShots() []shot {
	two := yearPath(testYear, "i", storetest.Code(2))
	return []shot{{"o1", "leave", two + "/leave"}, {"o1", "links", two + "/links"}, {"o1", "admit", yearPath(testYear, "admit")}, {"r2", "sheet-done", reviewPath(2)}, {"u1", "dossier2", two}, {"r1", "forbidden", "/office"},
		{"o1", "registers", two + "/registers"}, {"o1", "register", two + "/registers/budget"}, {"r1", "register-review", reviewPath(2, "registers", "accounts")}, {"o1", "quarantine", two + "/quarantine/" + b.digest()}}
}

// digest is that of the evidence of institution 2.
func (b *bureau) digest() string {
	e, err := b.store.OneEvidence(b.t.Context(), storetest.Ref(testYear, 2), b.file)
	b.ok(err)
	return e.Digest
}

// look opens each page in a browser and asks what a reader would complain of.
func (s *staged) look(t *testing.T) {
	b := openTab(t, s, phoneWidth, phoneHeight)
	axe := b.loadAxe()
	for i, name := range s.names {
		t.Run(name, func(t *testing.T) {
			b.t = t
			b.open(fmt.Sprintf("/story/%d", i), http.StatusOK)
			for _, f := range evaluate[[]string](b, fmt.Sprintf("%s(%d)", strings.TrimSpace(lookJS), phoneWidth)) {
				t.Error(f)
			}
			b.picture(name)
			if axe != "" || *shots != "" {
				b.size(1280, 900)
				b.picture(name)
				b.runAxe(axe)
				b.size(phoneWidth, phoneHeight)
			}
			b.noFaults()
		})
	}
	b.t = t
}

func (b *tab) loadAxe() string {
	if *axeFile == "" {
		return ""
	}
	src, err := os.ReadFile(*axeFile)
	if err != nil {
		b.t.Fatal(err)
	}
	return string(src)
}

// runAxe reports what axe-core finds serious or worse (UX-1).
func (b *tab) runAxe(src string) {
	b.t.Helper()
	if src == "" {
		return
	}
	evaluate[chromedp.Void](b, src)
	found, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]string](`axe.run().then(r => r.violations.filter(v => v.impact !== "minor").map(v => v.impact + " " + v.id + " " + v.nodes.slice(0, 3).map(n => n.html.slice(0, 120)).join(" | ")))`, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatal(err)
	}
	for _, f := range found {
		b.t.Error("axe：" + f)
	}
}
