package web

import (
	"context"
	_ "embed"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"xuanping/store"
	"xuanping/store/storetest"
)

//go:embed testdata/look.js
var lookJS string

// axeFile is axe-core, which checks every page for WCAG A and AA (UX-1).
const axeFile = "testdata/axe/node_modules/axe-core/axe.min.js"

// notPages are the GET routes whose answer is not a page of this site's making.
var notPages = []string{
	"GET /healthz",
	"GET /login/oidc",
	"GET /login/oidc/callback",
	"GET /audit/readings.csv",
	"GET /static/style.css",
	"GET /t/{token}",
	"GET /v",
	"GET /results/{year}/report.pdf",
	"GET /staff",
	"GET /storybook/{page}", // other pages, each looked at by itself
	"GET /mailbox/{id}/html",
	"GET /mailbox/{id}/{n}",
	"GET /i/{year}/{code}/evidence/{id}",
	"GET /i/{year}/{code}/papers/{verify}",
	"GET /office/{year}/i/{code}/evidence/{id}",
	"GET /office/{year}/papers/{verify}",
	"GET /review/{year}/{code}/evidence/{id}",
	"GET /review/{year}/{code}/evidence/{id}/view",
	"GET /ledger/checkpoint",
	"GET /ledger/tile/{path...}",
	"GET /office/ledger/tile/entries/{path...}",
	"GET /v/certificates.pem",
	"GET /i/{year}/{code}/files/{n}",
	"GET /office/{year}/warnings/{code}/files/{n}",
	"GET /office/{year}/i/{code}/files/{n}",
	"GET /review/{year}/{code}/files/{n}",
	"GET /office/{year}/warnings.csv",
	"GET /office/{year}/institutions/table",
	"GET /office/roster/table",
	"GET /local",
	"GET /i/{year}/{code}/guidance/{n}/files/{k}",
	"GET /office/{year}/guidance/{n}/files/{k}",
	"GET /office/{year}/survey/answers.csv",
	"GET /i/{year}/{code}/receipt.json",
	"GET /office/{year}/i/{code}/receipt.json",
	"GET /i/{year}/{code}/proof.json",
	"GET /review/{year}/{code}/proof.json",
	"GET /office/{year}/i/{code}/proof.json",
	"GET /office/{year}/i/{code}/timeline.txt",
	"GET /static/review.js",
	"GET /static/verify.js",
	"GET /review/{year}/{code}/sheet.xlsx",
	"GET /i/{year}/{code}/clearances/{n}/files/{k}",
	"GET /office/{year}/clearances/{code}/{n}/files/{k}",
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
	src, err := os.ReadFile(axeFile)
	if err != nil {
		t.Fatalf("缺少无障碍检查工具 axe-core（%v）：请运行 make axe（需要 npm），再运行本测试", err)
	}
	var routes []Route
	ours, office := map[string]bool{}, map[string]bool{}
	t.Run("pages", func(t *testing.T) {
		t.Run("site", func(t *testing.T) {
			t.Parallel()
			routes = stagedStories(t, ours, string(src))
		})
		t.Run("office", func(t *testing.T) {
			t.Parallel()
			stagedOffice(t, office, string(src))
		})
	})
	for _, r := range routes {
		if strings.HasPrefix(r.Pattern, "GET ") && !ours[r.Pattern] && !office[r.Pattern] && !slices.Contains(notPages, r.Pattern) {
			t.Errorf("没有看过 %s 的页面", r.Pattern)
		}
	}
}

func stagedStories(t *testing.T, seen map[string]bool, axe string) []Route {
	v, all := storybook(t)
	all = append(all, v.mailStories()...)
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
	s.look(t, axe)
	return v.srv.Routes()
}

func stagedOffice(t *testing.T, seen map[string]bool, axe string) {
	b, closed, deciding, fought := newBureau(t), newBureau(t), newOffice(t), newBureau(t)
	fought.contested()
	s := &staged{site: b.site, seen: seen}
	s.shoot(b, slices.Concat(b.shots(), b.otherShots(), b.honourShots(), b.judgedShots(), b.mailShots(), b.letterShots(), b.planShots(), b.accountShots()))
	s.shoot(closed, closed.releaseShots())
	s.shoot(deciding, deciding.decidingShots())
	s.interprets(deciding, t)
	s.shoot(fought, []shot{{"r4", "contested", reviewPath(3, "appeal")}})
	s.checks(b, t)
	s.look(t, axe)
}

// shoot adds the pages that readers of a bureau see: nobody, a person of the staff, one whose
// login waits for a code, or who came by the link of institution 2 or 5.
func (s *staged) shoot(b *bureau, all []shot) {
	people := map[string]*person{}
	for _, x := range all {
		if people[x.who] == nil && x.who != "waiting" {
			people[x.who] = b.comes(x.who)
		}
		s.add("staff-"+x.name, x.path, func() answer {
			p := people[x.who]
			if p == nil {
				p = b.waiting() // not before: such a login waits for ten minutes only
			}
			w := p.get(x.path)
			if w.Code != http.StatusOK && x.name != "forbidden" {
				b.t.Errorf("%s：%d", x.path, w.Code)
			}
			return answer{w.Code, w.Header(), w.Body.String()}
		})
	}
}

// comes is a reader by account, or by the link of an institution.
func (b *bureau) comes(who string) *person {
	if n, byLink := map[string]int{"link2": 2, "link5": 5, "link6": 6}[who]; byLink {
		return b.ticket(n)
	}
	return b.as(who)
}

// checks adds the check pages that show letters before an act sends them.
func (s *staged) checks(b *bureau, t *testing.T) {
	b.composes()
	o1, y := b.as("o1"), yearPath(testYear)
	for name, x := range map[string][]string{
		"letters-launch":  append([]string{"/office/launch", "rehearsal", "1", "do", "check"}, launchFields(t, testYear+2)...),
		"letters-publish": {y + "/publish", "do", "check"},
		"letters-nudge":   {y + "/nudge", "code", storetest.Code(2), "reviewer", "r1", "do", "check"},
	} {
		s.add("staff-"+name, x[0], func() answer {
			w := o1.post(x[0], x[1:]...)
			if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "将发送的邮件") {
				b.t.Errorf("%s：%d", x[0], w.Code)
			}
			return answer{w.Code, w.Header(), w.Body.String()}
		})
	}
}

// interprets adds the pages of interpretations made in one act: to be checked, and refused.
func (s *staged) interprets(b *bureau, t *testing.T) {
	o1, a1 := b.as("o1"), b.as("a1")
	all, err := b.store.Interpretations(b.t.Context())
	b.ok(err)
	year := all[0].FromYear
	for name, x := range map[string]struct {
		by     *person
		path   string
		fields []string
	}{
		"defaults-check":   {o1, "/office/interpret/defaults", retyped(defaultFields(year), "take-R-02", "", "take-R-03", "", "take-R-04", "", "take-R-05", "")},
		"defaults-stale":   {o1, "/office/interpret/defaults", defaultFields(year)},
		"defaults-faulty":  {o1, "/office/interpret/defaults", retyped(defaultFields(year), "body-R-12", "")},
		"approvals-check":  {a1, "/office/interpretations", []string{takeField(all[0].ID), "1", takeField(all[1].ID), "1"}},
		"approvals-none":   {a1, "/office/interpretations", nil},
		"launch-no-reason": {o1, "/office/launch", append(launchFields(t, year), "rehearsal", "1")},
	} {
		s.add("staff-"+name, x.path, func() answer {
			w := x.by.post(x.path, append(x.fields, "do", "check")...)
			return answer{w.Code, w.Header(), w.Body.String()}
		})
	}
}

// otherShots are the office's pages that shots leaves out.
func (b *bureau) otherShots() []shot {
	two := yearPath(testYear, "i", storetest.Code(2))
	one := storetest.Code(1)
	b.write(func(ctx context.Context, tx *store.Tx) {
		b.ok(cannedMatters(ctx, tx, storetest.Ref(testYear, 1), b.day.AddDate(0, -3, 0)))
		for i := 1; i <= 2; i++ {
			b.ok(cannedClaim(tx, storetest.Ref(testYear, i), b.day.AddDate(0, 0, -i)))
		}
	})
	return []shot{{"o1", "leave", two + "/leave"}, {"o1", "liaison", two + "/liaison"}, {"o1", "admit", yearPath(testYear, "admit")}, {"r2", "sheet-done", reviewPath(2)}, {"u1", "dossier2", two}, {"r1", "forbidden", "/office"},
		{"a1", "claims", yearPath(testYear, "claims")}, {"o1", "matters", yearPath(testYear, "matters")}, {"o1", "matters-merge", yearPath(testYear, "matters", "act") + "?kind=merge&events=1"}, {"o1", "catalogue", "/office/catalogue"}, {"o1", "activity", "/office/catalogue/edit?key=世界认可日"},
		{"o1", "media", "/office/media"}, {"o1", "medium", "/office/media/edit"}, {"o1", "adoption", two + "/adoption"}, {"o1", "event-file", yearPath(testYear, "i", storetest.Code(5), "event", fmt.Sprint(b.event), "file")},
		{"o1", "event-move", yearPath(testYear, "i", storetest.Code(5), "event", fmt.Sprint(b.event), "move")},
		{"r1", "declare", fmt.Sprintf("/review/%d/conflicts", testYear)}, {"r1", "decline", reviewPath(2, "decline")}, {"o1", "reviewers", yearPath(testYear, "reviewers")},
		{"o1", "conflicts", yearPath(testYear, "conflicts")}, {"o1", "withdraw", b.conflictOf("r3", 5)}, {"o1", "reassign", two + "/seat/1"}, {"o1", "basis", two + "/basis"},
		{"o1", "incidents", yearPath(testYear, "incidents")}, {"o1", "incident", yearPath(testYear, "incidents", one, "1")}, {"o1", "incident-open", yearPath(testYear, "i", one, "incident")},
		{"o1", "clearances", yearPath(testYear, "clearances")}, {"a1", "clearance", yearPath(testYear, "clearances", one, "1")}, {"a1", "press", yearPath(testYear, "clearances", one, "2")},
		{"o1", "registers", two + "/registers"}, {"o1", "register", two + "/registers/budget"}, {"r1", "register-review", reviewPath(2, "registers", "accounts")}, {"o1", "quarantine", two + "/quarantine/" + b.digest()}}
}

// digest is that of the evidence of institution 2.
func (b *bureau) digest() string {
	e, err := b.store.OneEvidence(b.t.Context(), storetest.Ref(testYear, 2), b.file)
	b.ok(err)
	return e.Digest
}

// look opens each page in a browser and asks what a reader would complain of:
// on a phone, at 200 % on a small screen, and on a desk.
func (s *staged) look(t *testing.T, axe string) {
	b := openTab(t, s, phoneWidth, phoneHeight)
	b.open("/story/0", http.StatusOK)
	evaluate[chromedp.Void](b, `document.querySelector("main").append(document.createElement("img"))`)
	if found := b.axe(axe); len(found) != 1 || !strings.Contains(found[0], "image-alt") {
		t.Fatalf("axe-core 没有发现缺少替代文字的图片：%q", found)
	}
	for i, name := range s.names {
		t.Run(name, func(t *testing.T) {
			b.t = t
			b.open(fmt.Sprintf("/story/%d", i), http.StatusOK)
			for _, f := range evaluate[[]string](b, fmt.Sprintf("%s(%d)", strings.TrimSpace(lookJS), phoneWidth)) {
				t.Error(f)
			}
			for _, f := range b.axe(axe) {
				t.Error("axe：" + f)
			}
			b.picture(name)
			for _, width := range []int64{zoomedWidth, 1280} {
				b.size(width, 800)
				if w := evaluate[int64](b, `document.documentElement.scrollWidth`); w > width {
					t.Errorf("宽度 %d 时需要横向滚动：%d", width, w)
				}
			}
			b.picture(name)
			b.size(phoneWidth, phoneHeight)
			b.noFaults()
		})
	}
	b.t = t
}

// zoomedWidth is what a desk of 1280 shows at 200 %.
const zoomedWidth = 640

// axe gives what axe-core finds against WCAG, level A and AA, and its advice (UX-1).
func (b *tab) axe(src string) []string {
	b.t.Helper()
	evaluate[chromedp.Void](b, src)
	found, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]string](`axe.run(document, {preload: false, resultTypes: ["violations"]}).then(r => r.violations.map(v => v.impact + " " + v.id + " " + v.nodes.slice(0, 3).map(n => n.html.slice(0, 120)).join(" | ")))`, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatal(err)
	}
	return found
}
