package audit

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"xuanping/store"
)

// The checkpoint is read by the rules of C2SP tlog-checkpoint and signed-note
// written out here, and by the note library: three lines, an empty one, and
// signatures whose key ids cover name, algorithm and public key.
func TestC2SPCheckpoint(t *testing.T) {
	k := logKey(t, 3)
	h := store.Head{Size: 70_000, Root: tlog.RecordHash([]byte("root"))}
	text, err := k.Sign(h)
	ok(t, err)
	body, signature, _ := strings.Cut(text, "\n\n")
	lines := strings.Split(body, "\n")
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if ok(t, err); len(lines) != 3 || lines[0] != "xp.example/ledger" || lines[1] != "70000" || !bytes.Equal(root, h.Root[:]) {
		t.Fatalf("%q", body)
	}
	word, is := strings.CutPrefix(strings.TrimSuffix(signature, "\n"), "— xp.example/ledger ")
	raw, err := base64.StdEncoding.DecodeString(word)
	if ok(t, err); !is || len(raw) != 4+ed25519.SignatureSize {
		t.Fatalf("%q", signature)
	}
	public := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{3}, 32)).Public().(ed25519.PublicKey)
	id := sha256.Sum256(append([]byte("xp.example/ledger\n\x01"), public...))
	if !bytes.Equal(raw[:4], id[:4]) || !ed25519.Verify(public, []byte(body+"\n"), raw[4:]) {
		t.Error("the signature is not that of the specification")
	}
	v, err := note.NewVerifier(k.Public())
	ok(t, err)
	if n, err := note.Open([]byte(text), note.VerifierList(v)); err != nil || n.Text != body+"\n" || len(n.Sigs) != 1 {
		t.Errorf("the note library: %v %v", n, err)
	}
	if _, _, err := ReadCheckpoint(strings.Replace(text, "\n\n", "\nextension line\n\n", 1), known(t, k)); err == nil {
		t.Error("a line that was put in is taken")
	}
}

// A witness's cosignature is that of C2SP tlog-cosignature, computed here by the
// specification's words; a cosigned checkpoint is still read by everybody.
func TestC2SPCosignature(t *testing.T) {
	k := logKey(t, 3)
	text, err := k.Sign(store.Head{Size: 12, Root: tlog.RecordHash([]byte("root"))})
	ok(t, err)
	seed := bytes.Repeat([]byte{5}, 32)
	w, err := NewCosigner("witness.example/w1", seed)
	ok(t, err)
	at := time.Date(2027, 3, 1, 8, 0, 0, 0, time.UTC)
	signed, err := w.Cosign(text, at)
	ok(t, err)
	last := strings.Split(strings.TrimSuffix(strings.TrimPrefix(signed, text), "\n"), " ")
	raw, err := base64.StdEncoding.DecodeString(last[2])
	if ok(t, err); last[0] != "—" || last[1] != "witness.example/w1" || len(raw) != 4+8+64 || binary.BigEndian.Uint64(raw[4:12]) != uint64(at.Unix()) {
		t.Fatalf("%q", last)
	}
	public := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
	id := sha256.Sum256(append([]byte("witness.example/w1\n\x04"), public...))
	body, _, _ := strings.Cut(text, "\n\n")
	if !bytes.Equal(raw[:4], id[:4]) || !ed25519.Verify(public, fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s\n", at.Unix(), body), raw[12:]) {
		t.Error("the cosignature is not that of the specification")
	}
	if all, err := Cosignatures(signed, w.Public()); err != nil || len(all) != 1 || !all[0].At.Equal(at) || all[0].Name != "witness.example/w1" {
		t.Errorf("%v %v", all, err)
	}
	if _, h, err := ReadCheckpoint(signed, known(t, k)); err != nil || h.Size != 12 {
		t.Errorf("cosigned, it is read as %v, %v", h, err)
	}
	other, err := NewCosigner("witness.example/w1", bytes.Repeat([]byte{6}, 32))
	ok(t, err)
	for name, c := range map[string]struct{ text, key string }{
		"another key":    {signed, other.Public()},
		"another head":   {strings.Replace(signed, "\n12\n", "\n13\n", 1), w.Public()},
		"no cosignature": {text, w.Public()},
	} {
		if all, err := Cosignatures(c.text, c.key); err != nil || len(all) != 0 {
			t.Errorf("%s: %v %v", name, all, err)
		}
	}
	if _, err := Cosignatures(signed, k.Public()); err == nil {
		t.Error("a ledger's key is taken for a witness's")
	}
}
