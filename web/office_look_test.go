package web

import (
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"xuanping/store/storetest"
)

var lookOffice = flag.String("lookoffice", "", "draw the office pages into this folder and measure them on a phone")

type shot struct{ who, name, path string }

func (b *bureau) shots() []shot {
	y := yearPath(testYear)
	one, three, five := yearPath(testYear, "i", storetest.Code(1)), yearPath(testYear, "i", storetest.Code(3)), yearPath(testYear, "i", storetest.Code(5))
	return []shot{
		{"", "login", "/login"}, {"o1", "home", "/office"}, {"o1", "launch", "/office/launch?year=2027"}, {"o1", "roster", "/office/roster"},
		{"o1", "board", y}, {"o1", "institutions", y + "/institutions"}, {"o1", "dossier1", one}, {"o1", "dossier3", three}, {"o1", "plan", one + "/plan"}, {"o1", "event", five + "/event"},
		{"o1", "extend", five + "/extend"}, {"a1", "events", y + "/events"}, {"a1", "ruling", five + "/event/" + fmt.Sprint(b.event)}, {"o1", "mails", y + "/mails"}, {"o1", "warnings", y + "/warnings"},
		{"o1", "warning", y + "/warnings/" + storetest.Code(4)}, {"o1", "consistency", y + "/consistency"}, {"o1", "propose", one + "/propose"}, {"g1", "warning-legal", y + "/warnings/" + storetest.Code(4)}, {"o1", "move", y + "/calendar"}, {"u1", "calendar", y + "/calendar"}, {"o1", "publish", y + "/publish"},
		{"r1", "queue", "/review"}, {"r1", "sheet", reviewPath(2)}, {"r4", "appeal", reviewPath(3, "appeal")},
	}
}

// TestOfficeLooks draws every page on a desk and on a phone and fails for one
// that is wider than a phone. It runs when a folder for the pictures is named.
func TestOfficeLooks(t *testing.T) {
	if *lookOffice == "" {
		return
	}
	b := newBureau(t)
	for _, x := range b.shots() {
		p := b.as(x.who)
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/probe" {
				fmt.Fprintf(w, `<body><iframe src="%s" width="375" height="800" onload="const d=this.contentDocument.documentElement;document.title='over='+(d.scrollWidth-d.clientWidth)"></iframe></body>`, x.path)
				return
			}
			for _, c := range p.cookies {
				r.AddCookie(c)
			}
			b.site.ServeHTTP(framed{w, r.Header.Get("Sec-Fetch-Dest") == "iframe"}, r)
		}))
		for _, width := range []int{1280, 375} {
			out := filepath.Join(*lookOffice, fmt.Sprintf("%s-%d.png", x.name, width))
			browse(t, "--hide-scrollbars", "--screenshot="+out, fmt.Sprintf("--window-size=%d,1700", width), srv.URL+x.path)
		}
		dom := browse(t, "--dump-dom", "--virtual-time-budget=3000", srv.URL+"/probe")
		if m := regexp.MustCompile(`<title>over=(\d+)`).FindStringSubmatch(dom); m == nil || m[1] != "0" {
			t.Errorf("%s is wider than a phone: %v", x.name, m)
		}
		srv.Close()
	}
}

func browse(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("chromium", append([]string{"--headless", "--no-sandbox", "--disable-gpu"}, args...)...).Output()
	if err != nil {
		t.Errorf("chromium %s: %v", strings.Join(args, " "), err)
	}
	return string(out)
}

// framed lets the probe frame a page, which the site itself forbids.
type framed struct {
	http.ResponseWriter
	open bool
}

func (f framed) WriteHeader(code int) {
	if f.open {
		f.Header().Del("Content-Security-Policy")
		f.Header().Del("X-Frame-Options")
	}
	f.ResponseWriter.WriteHeader(code)
}
