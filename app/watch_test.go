package app

import (
	"bytes"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"xuanping/audit"
	"xuanping/desk"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
	"xuanping/ticket"
	"xuanping/web"
)

// S9c: a witness without account or database follows the site by its public
// head and tiles; when another history is served, it refuses and leaves evidence
// that convicts offline.
func TestS9cWatchFromOutside(t *testing.T) {
	ctx := t.Context()
	dir := t.TempDir()
	key, err := audit.NewLogKey("xp.example/ledger", make([]byte, 32))
	must(t, err)
	o := WatchOptions{Keys: []string{key.Public()}, Kept: filepath.Join(dir, "kept.txt"), Evidence: filepath.Join(dir, "fork.json")}
	serve := func(institutions int) *store.Store {
		s, _ := storetest.Open(t)
		storetest.Campaign(t, s, 2026, true, institutions)
		_, err := audit.Checkpoint(ctx, s, key, time.Now())
		must(t, err)
		keys, err := ticket.New(make([]byte, 32))
		must(t, err)
		l, err := net.Listen("tcp", "127.0.0.1:0")
		must(t, err)
		site := &http.Server{Handler: web.New(web.Options{Desk: &desk.Desk{Store: s, Tickets: keys, Table: rubric.Annex2(), Clock: time.Now}, Log: slog.New(slog.DiscardHandler),
			BaseURL: "http://xp.example", LedgerKey: key.Public()})}
		go site.Serve(l)
		t.Cleanup(func() { site.Close() })
		o.URL = "http://" + l.Addr().String()
		return s
	}
	watch := func() (string, error) {
		var out bytes.Buffer
		err := Watch(ctx, o, &out)
		return out.String(), err
	}
	s := serve(300)
	if out, err := watch(); err != nil || !strings.Contains(out, "首次查看") {
		t.Fatalf("first: %q %v", out, err)
	}
	must(t, s.Write(ctx, func(tx *store.Tx) error {
		p := storetest.People()[0]
		p.Name += "改"
		return tx.PutStaff(ctx, p, "o2", time.Now())
	}))
	_, err = audit.Checkpoint(ctx, s, key, time.Now().Add(2*time.Hour))
	must(t, err)
	if out, err := watch(); err != nil || !strings.Contains(out, "一致") {
		t.Fatalf("continued: %q %v", out, err)
	}
	if out, err := watch(); err != nil || !strings.Contains(out, "一致") {
		t.Fatalf("nothing new: %q %v", out, err)
	}
	w, err := audit.NewCosigner("witness.example/w1", bytes.Repeat([]byte{5}, 32))
	must(t, err)
	o.Name, o.Seed = "witness.example/w1", filepath.Join(dir, "seed")
	must(t, os.WriteFile(o.Seed, []byte(strings.Repeat("05", 32)+"\n"), 0o600))
	if _, err := watch(); err != nil {
		t.Fatal(err)
	}
	var seen bytes.Buffer
	if err := Cosigned(o.Kept, o.Keys, []string{w.Public()}, &seen); err != nil || !strings.Contains(seen.String(), "见证：witness.example/w1") {
		t.Errorf("cosigned: %q %v", seen.String(), err)
	}
	serve(310) // the same key, another history, longer
	if _, err := watch(); err == nil || !strings.Contains(err.Error(), "账本分叉") {
		t.Fatalf("fork: %v", err)
	}
	var out bytes.Buffer
	if err := CheckProof(o.Evidence, o.Keys, &out); err != nil || !strings.Contains(out.String(), "签署了两部不同的历史") {
		t.Errorf("offline: %q %v", out.String(), err)
	}
	if b, err := os.ReadFile(o.Kept); err != nil || strings.Contains(out.String(), string(b)) == false {
		t.Errorf("the head kept before was given up: %v", err)
	}
	o.Keys = nil
	if _, err := watch(); err == nil {
		t.Error("watched without a key")
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// S9e: the command prints the very text that a page hands out, and checks it.
func TestS9eCommandPrintsTheProof(t *testing.T) {
	a, _, _ := ordered(t)
	var out bytes.Buffer
	if err := a.Prove(t.Context(), "1", &out); err != nil {
		t.Fatal(err)
	}
	p, err := audit.Prove(t.Context(), a.Store.Reader, 1)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := p.Text(); err != nil || !bytes.Equal(text, out.Bytes()) {
		t.Errorf("%v: %s", err, out.String())
	}
	file := filepath.Join(t.TempDir(), "proof.json")
	if err := os.WriteFile(file, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := CheckProof(file, []string{a.LogKey.Public()}, &out); err != nil {
		t.Error(err)
	}
}
