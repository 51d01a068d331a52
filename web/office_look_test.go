package web

import (
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"xuanping/store/storetest"
)

var lookOffice = flag.String("lookoffice", "", "write screenshots of the office pages to this folder")

// TestOfficeFitsAPhone asks every page whether it is wider than a phone; with
// -lookoffice it is drawn as well.
func TestOfficePagesDraw(t *testing.T) {
	if *lookOffice == "" {
		return
	}
	b := newBureau(t)
	y := fmt.Sprintf("/office/%d", testYear)
	shots := []struct{ who, name, path string }{
		{"", "login", "/login"}, {"o1", "home", "/office"}, {"o1", "launch", "/office/launch?year=2027"}, {"o1", "roster", "/office/roster"},
		{"o1", "board", y}, {"o1", "institutions", y + "/institutions"}, {"o1", "dossier1", y + "/i/" + storetest.Code(1)}, {"o1", "dossier3", y + "/i/" + storetest.Code(3)},
		{"o1", "plan", y + "/i/" + storetest.Code(1) + "/plan"}, {"o1", "event", y + "/i/" + storetest.Code(5) + "/event"}, {"a1", "events", y + "/events"},
		{"a1", "ruling", fmt.Sprintf("%s/i/%s/event/%d", y, storetest.Code(5), b.event)}, {"o1", "mails", y + "/mails"}, {"o1", "warnings", y + "/warnings"}, {"o1", "warning", y + "/warnings/" + storetest.Code(4)},
		{"u1", "calendar", y + "/calendar"}, {"r1", "queue", "/review"}, {"r1", "sheet", fmt.Sprintf("/review/%d/%s", testYear, storetest.Code(2))}, {"r4", "appeal", fmt.Sprintf("/review/%d/%s/appeal", testYear, storetest.Code(3))},
	}
	for _, x := range shots {
		p := b.as(x.who)
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			for _, c := range p.cookies {
				r.AddCookie(c)
			}
			b.site.ServeHTTP(w, r)
		}))
		for _, width := range []int{1280, 375} {
			out := filepath.Join(*lookOffice, fmt.Sprintf("%s-%d.png", x.name, width))
			height := 2000
			if width == 375 {
				height = 3200
			}
			// a phone narrower than the browser's least window is framed
			cmd := exec.Command("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--screenshot="+out, fmt.Sprintf("--window-size=%d,%d", width, height), srv.URL+x.path)
			if msg, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s: %v %s", x.name, err, strings.TrimSpace(string(msg)))
			}
		}
		srv.Close()
	}
}
