package web

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// Letters carry links: outside a demonstration only officers read the mailbox.
func TestMailboxIsNotForEverybody(t *testing.T) {
	b := newBureau(t)
	o := b.site.Options
	o.Mailbox = cannedMail{}
	closed := New(o)
	for _, path := range []string{"/mailbox", "/mailbox/m1", "/mailbox/m1/html", "/mailbox/m1/0"} {
		w := httptest.NewRecorder()
		closed.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != http.StatusSeeOther {
			t.Errorf("%s without signing in: %d", path, w.Code)
		}
	}
	o.OpenMail = true
	w := httptest.NewRecorder()
	New(o).ServeHTTP(w, httptest.NewRequest("GET", "/mailbox", nil))
	if w.Code != http.StatusOK {
		t.Errorf("the mailbox of a demonstration: %d", w.Code)
	}
}
