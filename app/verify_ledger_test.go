package app

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"xuanping/audit"
	"xuanping/campaign"
	"xuanping/pdf"
	"xuanping/store"
	"xuanping/store/storetest"
)

// ordered is a house with one paper ordered, and a printer.
func ordered(t *testing.T) (a *App, key string, print func(pdf.Ledger, string) []byte) {
	t.Helper()
	s, _ := storetest.Open(t)
	c := storetest.Campaign(t, s, 2026, false, 2)
	k, err := audit.NewLogKey("xuanping.example/ledger", bytes.Repeat([]byte{3}, 32))
	if err != nil {
		t.Fatal(err)
	}
	ref := campaign.Ref{Year: 2026, Code: storetest.Code(1)}
	key = ref.ID() + "/paper/certificate/1"
	err = s.Write(t.Context(), func(tx *store.Tx) error {
		tx.Queue(store.Intent{Key: key, Kind: store.PaperIntent, Ref: ref, Body: store.PaperBody{Kind: campaign.CertificatePaper, N: 1, Date: c.Rules.Calendar.Publication}})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	fonts, err := pdf.FindFonts(fontDirs(os.Getenv("XUANPING_FONTS")))
	if err != nil {
		t.Fatal(err)
	}
	printer, err := fonts.Printer(nil)
	if err != nil {
		t.Fatal(err)
	}
	signKey, cert := pair(t)
	seals, err := Config{SignKey: signKey, SignCert: cert}.seals(testKeys(t))
	if err != nil {
		t.Fatal(err)
	}
	a = &App{Store: s, LogKey: k, seals: seals}
	return a, key, func(l pdf.Ledger, key string) []byte {
		data, err := printer.Certificate(pdf.Certificate{Head: pdf.Head{Issuer: "示例机关", Date: time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC), Signer: a.seals.official, PaperKey: key, Ledger: l},
			Name: "甲认证有限公司", Year: 2026, Rating: "优秀单位"})
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
}

// S10, feature 3: a paper proves offline that the order for it stands in a signed head of the ledger; what it
// carries of another paper, of another ledger, or altered, is refused.
func TestS10PaperProvesItsPlaceInTheLedger(t *testing.T) {
	a, key, print := ordered(t)
	order, err := a.Store.OrderOf(t.Context(), campaign.Ref{Year: 2026, Code: storetest.Code(1)}, key)
	if err != nil {
		t.Fatal(err)
	}
	head, proof, err := a.prove(t.Context(), order.Idx, 0)
	if err != nil {
		t.Fatal(err)
	}
	if again, same, err := a.prove(t.Context(), order.Idx, head.Size); err != nil || again != head || !bytes.Equal(same, proof) {
		t.Errorf("proved again in the same head: %v", err)
	}
	l := pdf.Ledger{Line: head.Line(), Proof: proof, Key: a.LogKey.Public()}
	good := print(l, key)
	other, err := audit.NewLogKey("xuanping.example/ledger", bytes.Repeat([]byte{4}, 32))
	if err != nil {
		t.Fatal(err)
	}
	foreign, _, err := a.prove(t.Context(), 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, first, err := a.prove(t.Context(), 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	with := func(change func(*pdf.Ledger)) []byte { l := l; change(&l); return print(l, key) }
	for _, c := range []struct {
		name string
		data []byte
		keys []string
		fail string
		want string
	}{
		{"good", good, []string{a.LogKey.Public()}, "", "制发本文书的记录（第 "},
		{"key of the paper", good, nil, "", "账本公钥由文书载明，随签名一并保证"},
		{"none", print(pdf.Ledger{}, key), nil, "", "没有载明账本的位置"},
		{"other key", good, []string{other.Public()}, "不是由给定的账本公钥签署的", ""},
		{"other paper", print(l, "2026/other"), nil, "不是制发这份文书的记录", ""},
		{"other record", with(func(l *pdf.Ledger) { l.Proof = first }), nil, "不是制发这份文书的记录", ""},
		{"other line", with(func(l *pdf.Ledger) { l.Line = store.Head{Size: foreign.Size + 1, Root: foreign.Root}.Line() }), nil, "页脚所载的账本位置与证明不一致", ""},
		{"altered record", with(func(l *pdf.Ledger) { l.Proof = bytes.Replace(proof, []byte(key), []byte(key[:len(key)-1]+"2"), 1) }), nil, "内容或证明被改动", ""},
		{"no key", with(func(l *pdf.Ledger) { l.Key = "x" }), nil, "不是账本的公钥", ""},
	} {
		var out strings.Builder
		s, err := pdf.Verify(c.data, a.seals.trusted)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		err = tellLedger(&out, s, c.keys)
		if (err == nil) != (c.fail == "") || err != nil && !strings.Contains(err.Error(), c.fail) || !strings.Contains(out.String(), c.want) {
			t.Errorf("%s: %v, want %q\n%s", c.name, err, c.fail, out.String())
		}
	}
}

// Feature 3, S9b: papers in a folder, by themselves or attached to letters, witness against a shortened history.
func TestPapersAreWitnesses(t *testing.T) {
	a, key, print := ordered(t)
	order, err := a.Store.OrderOf(t.Context(), campaign.Ref{Year: 2026, Code: storetest.Code(1)}, key)
	if err != nil {
		t.Fatal(err)
	}
	head, proof, err := a.prove(t.Context(), order.Idx, 0)
	if err != nil {
		t.Fatal(err)
	}
	paper := print(pdf.Ledger{Line: head.Line(), Proof: proof, Key: a.LogKey.Public()}, key)
	letter := "From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n" +
		"--b\r\nContent-Type: application/pdf; name=x.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" + wrapped(paper) + "\r\n--b--\r\n"
	known, err := audit.Verifiers(a.LogKey.Public())
	if err != nil {
		t.Fatal(err)
	}
	kept, without, err := audit.Witnesses(fstest.MapFS{"a.pdf": {Data: paper}, "b.eml": {Data: []byte(letter)}, "none.pdf": {Data: print(pdf.Ledger{}, key)}}, known, proofInPaper)
	if err != nil || len(kept) != 2 || kept[0].Head != head || kept[1].Head != head || without != 1 {
		t.Fatalf("%v, %d without: %v", kept, without, err)
	}
	r, err := audit.VerifyLedger(t.Context(), a.Store.Reader, known, kept)
	if err != nil || len(r.Faults) > 0 {
		t.Fatalf("untouched: %v %v", r, err)
	}
	leaves, err := a.Store.LeavesFrom(context.Background(), 0, int(order.Idx))
	if err != nil {
		t.Fatal(err)
	}
	if faults, err := audit.CompareWitnesses(leaves, kept); err != nil || len(faults) != 2 || !strings.Contains(faults[0].String(), "历史短于见证") {
		t.Errorf("cut tail: %v %v", faults, err)
	}
	broken := bytes.Replace(paper, []byte("甲认证"), []byte("乙认证"), 1)
	if _, _, err := audit.Witnesses(fstest.MapFS{"x.pdf": {Data: broken}}, known, proofInPaper); err == nil || !strings.Contains(err.Error(), "x.pdf") {
		t.Errorf("an altered paper: %v", err)
	}
	var p audit.Proof
	if err := json.Unmarshal(proof, &p); err != nil || len(p.Hashes) == 0 {
		t.Fatalf("%v %v", p, err)
	}
}

func wrapped(data []byte) string {
	var out strings.Builder
	text := base64.StdEncoding.EncodeToString(data)
	for len(text) > 76 {
		out.WriteString(text[:76] + "\r\n")
		text = text[76:]
	}
	return out.String() + text
}
