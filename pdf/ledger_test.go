package pdf

import (
	"bytes"
	"strings"
	"testing"
)

// What the ledger had to say is an input: the same again gives the same bytes, another gives another
// file of the same substance, and the paper tells both back.
func TestLedgerIsAnInput(t *testing.T) {
	by := rehearsal(t)
	made := func(l Ledger) []byte {
		in := sampleResult()
		in.Signer, in.Ledger = by, l
		data, err := printer(t).ResultNotice(in)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	one := Ledger{"账本 7 · " + strings.Repeat("A", 43) + "=", []byte(`{"index":6,"record":{"kind":"paper-order"}}`), "house/ledger+00000000+AQ=="}
	other := Ledger{"账本 123456 · " + strings.Repeat("z/+0", 10) + "abc=", []byte(`{"index":8}`), one.Key}
	a, b, none := made(one), made(other), made(Ledger{})
	if bytes.Equal(a, b) || !bytes.Equal(a, made(one)) {
		t.Error("the bytes do not follow from the ledger alone")
	}
	want, err := Substance(none)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range [][]byte{a, b} {
		if got, err := Substance(file); err != nil || got != want {
			t.Errorf("substance %s (%v), want %s", got, err, want)
		}
	}
	in := sampleResult()
	in.Score.Total += 50
	changed, err := printer(t).ResultNotice(in)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := Substance(changed); got == want {
		t.Error("another total, the same substance")
	}
	if _, err := Substance([]byte("%PDF-1.3\n%%EOF\n")); err == nil {
		t.Error("a file of another house has a substance")
	}
	for file, l := range map[string]Ledger{string(a): one, string(b): other, string(none): {}} {
		s, err := Verify([]byte(file), by.Certificates())
		if err != nil || s.Ledger.Line != l.Line || s.Ledger.Key != l.Key || !bytes.Equal(s.Ledger.Proof, l.Proof) {
			t.Errorf("%v: the paper tells %+v, want %+v", err, s.Ledger, l)
		}
	}
}

// Every page of every paper that can be issued carries the line, in its foot and as text; readers list the proof as a file.
func TestEveryPageCarriesTheLedger(t *testing.T) {
	p := printer(t)
	for _, one := range storybook() {
		data, err := one.make(p)
		if err != nil {
			t.Fatal(err)
		}
		n := strings.Count(tool(t, data, "pdftotext", "-layout", "PAPER", "-"), sampleHead().Ledger.Line)
		if want := pages(t, data); n != want {
			t.Errorf("%s: the line stands on %d of %d pages", one.name, n, want)
		}
		if got := tool(t, data, "pdfdetach", "-list", "PAPER"); !strings.Contains(got, proofName) {
			t.Errorf("%s: %s", one.name, got)
		}
	}
}
