package web

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"xuanping/audit"
	"xuanping/store/storetest"
)

// signHead signs the ledger as it stands now, and gives the keys that are believed.
func signHead(t testing.TB, s *Server) audit.Known {
	t.Helper()
	k, err := audit.NewLogKey("xp.example/ledger", make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	s.LedgerKey = k.Public()
	if _, err := audit.Checkpoint(t.Context(), s.store, k, time.Now()); err != nil {
		t.Fatal(err)
	}
	known, err := audit.Verifiers(k.Public())
	if err != nil {
		t.Fatal(err)
	}
	return known
}

// S9e: an institution and a reviewer get the inclusion proof of their own record;
// the file is, byte for byte, what the command prints, and holds offline.
func TestS9eProofPages(t *testing.T) {
	b := newBureau(t)
	three, sheet := "/office/2025/i/"+storetest.Code(3)+"/proof", "/review/2025/"+storetest.Code(2)+"/proof"
	if w := b.as("u1").get(three); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "还没有签署过检查点") {
		t.Errorf("before the first head: %d", w.Code)
	}
	known := signHead(t, b.site)
	check := func(by, path, kind string) {
		t.Helper()
		file := b.as(by).get(path + ".json")
		p, _, err := audit.CheckProof(file.Body.Bytes(), known)
		if err != nil || !strings.Contains(string(p.Record), `"kind": "`+kind+`"`) || !strings.Contains(file.Header().Get("Content-Disposition"), "proof-") {
			t.Fatalf("%s: %v %s", path, err, file.Body)
		}
		printed, err := audit.Prove(t.Context(), b.store.Reader, p.Index)
		b.ok(err)
		text, err := printed.Text()
		b.ok(err)
		if !bytes.Equal(text, file.Body.Bytes()) {
			t.Errorf("%s: the page does not give what the command prints", path)
		}
		page := strings.ReplaceAll(b.as(by).get(path).Body.String(), "&#43;", "+")
		words := []string{path + ".json", "ledger prove " + itoa(int(p.Index)), p.LeafHash().String(), strings.TrimSpace(p.Checkpoint)}
		for _, h := range p.Hashes {
			words = append(words, h.String())
		}
		for _, want := range words {
			if !strings.Contains(page, want) {
				t.Errorf("%s does not show %q", path, want)
			}
		}
	}
	check("u1", three, "result")
	check("r2", sheet, "sheet")
	if page := b.as("r2").get(strings.TrimSuffix(sheet, "/proof")).Body.String(); !strings.Contains(page, `href="`+sheet+`"`) {
		t.Error("the sheet does not lead to its proof")
	}
	if w := b.as("r1").get(sheet); w.Code != http.StatusNotFound { // r1 has handed in nothing yet
		t.Errorf("a reviewer without a sheet: %d", w.Code)
	}
	if w := b.as("u1").get("/office/2025/i/" + storetest.Code(2) + "/proof"); w.Code != http.StatusConflict {
		t.Errorf("before service: %d", w.Code)
	}
}

// S9e: the institution's own page, reached from the receipt; of another's record
// there is none, and none before service.
func TestS9eOwnProof(t *testing.T) {
	early, by := atPlanning(t)
	want(t, early.get(own1("proof"), by), 409, "结果尚未告知")
	v := openSite(t, false, 2)
	served(v)
	known := signHead(t, v.srv)
	want(t, v.get(own1("receipt"), v.bearer(1)), 200, own1("proof")+"?version=1")
	want(t, v.get(own1("proof")+"?version=1", v.bearer(1)), 200, own1("proof.json")+"?version=1", "结果第 1 版")
	file := v.get(own1("proof.json"), v.bearer(1))
	if p, _, err := audit.CheckProof([]byte(file.body), known); err != nil || !strings.Contains(string(p.Record), storetest.Code(1)) || strings.Contains(file.body, storetest.Code(2)) {
		t.Errorf("%v\n%s", err, file.body)
	}
	want(t, v.get(own1("proof"), v.bearer(2)), 404)
	st, watch := storetest.Watched(t, v.url, false)
	o := v.srv.Options
	d := *o.Desk
	d.Store, o.Desk = st, &d
	v.srv = New(o)
	bearer := v.bearer(1)
	watch.Take()
	want(t, v.get(own1("proof"), bearer), 200)
	if said, _ := watch.Take(); len(said) == 0 || len(said) > mostStatements {
		t.Errorf("%d statements:\n%s", len(said), tally(said))
	}
}
