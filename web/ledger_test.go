package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"xuanping/audit"
)

// The ledger's head is public and signed, its hashes are public, its records
// are not (they name institutions and points).
func TestLedgerPages(t *testing.T) {
	b := newBureau(t)
	k, err := audit.NewLogKey("xp.example/ledger", make([]byte, 32))
	b.ok(err)
	b.site.LedgerKey = k.Public()
	if w := b.as("").do(request(http.MethodGet, "/ledger/checkpoint")); w.Code != http.StatusNotFound {
		t.Errorf("before the first: %d", w.Code)
	}
	_, err = audit.Checkpoint(t.Context(), b.store, k, time.Now())
	b.ok(err)
	known, err := audit.Verifiers(k.Public())
	b.ok(err)
	w := b.as("").do(request(http.MethodGet, "/ledger/checkpoint"))
	if _, h, err := audit.ReadCheckpoint(w.Body.String(), known); err != nil || h != b.head() {
		t.Errorf("%v %v", h, err)
	}
	w = b.as("").do(request(http.MethodGet, "/ledger"))
	if page := w.Body.String(); !strings.Contains(page, strings.ReplaceAll(k.Public(), "+", "&#43;")) {
		t.Errorf("the key is not on the page:\n%s", page)
	}
	w = b.as("").do(request(http.MethodGet, "/ledger/tile/0/000.p/5"))
	if w.Code != http.StatusOK || w.Body.Len() != 5*32 {
		t.Errorf("tile: %d, %d bytes", w.Code, w.Body.Len())
	}
	w = b.as("u1").do(request(http.MethodGet, "/office/ledger/tile/entries/000.p/2"))
	if w.Code != http.StatusOK || strings.Count(w.Body.String(), `"kind":`) != 2 {
		t.Errorf("entries: %d %q", w.Code, w.Body.String())
	}
}
