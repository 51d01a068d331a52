package ticket_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"xuanping/ticket"
)

func keys(t *testing.T, seeds ...byte) ticket.Keys {
	t.Helper()
	var all [][]byte
	for _, s := range seeds {
		all = append(all, bytes.Repeat([]byte{s}, 32))
	}
	k, err := ticket.New(all...)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestIssueAndOpen(t *testing.T) {
	k := keys(t, 1)
	token, id := k.Issue("2027/CNCA-R-2026-901/launch")
	got, err := k.Open(token)
	if err != nil || !bytes.Equal(got, id) || len(id) != ticket.IDSize {
		t.Fatalf("Open = %x, %v; want %x", got, err, id)
	}
	if again, _ := k.Issue("2027/CNCA-R-2026-901/launch"); again != token {
		t.Error("the same letter carries another link when it is sent again")
	}
	if other, _ := k.Issue("2027/CNCA-R-2026-902/launch"); other == token {
		t.Error("two letters share a link")
	}
	if strings.Contains(token, "CNCA") {
		t.Error("a token tells whose it is")
	}
}

func TestRotation(t *testing.T) {
	old, _ := keys(t, 1).Issue("a")
	if _, err := keys(t, 2, 1).Open(old); err != nil {
		t.Error("a letter signed with the old key stopped working at the rotation")
	}
	if _, err := keys(t, 2).Open(old); err == nil {
		t.Error("a retired key still opens")
	}
}

func TestWeakKeysAreRefused(t *testing.T) {
	if _, err := ticket.New(); err == nil {
		t.Error("no key was accepted")
	}
	if _, err := ticket.New(make([]byte, 31)); err == nil {
		t.Error("a short key was accepted")
	}
}

// A million forged tokens (S1b): random ones, and every single-bit change of a good one.
func TestForgery(t *testing.T) {
	k := keys(t, 1)
	good, _ := k.Issue("a")
	for i := range len(good) {
		for bit := range 8 {
			b := []byte(good)
			b[i] ^= 1 << bit
			if _, err := k.Open(string(b)); err == nil {
				t.Fatalf("changed bit %d of sign %d was accepted", bit, i)
			}
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	b := []byte(good)
	for range 1_000_000 {
		for i := range b {
			if b[i] != '.' {
				b[i] = alphabet[r.IntN(64)]
			}
		}
		if _, err := k.Open(string(b)); err == nil {
			t.Fatalf("random token %s was accepted", b)
		}
	}
	for _, s := range []string{"", ".", good + "A", good + "=", " " + good, strings.Replace(good, ".", "", 1), good + "." + good, strings.Repeat("A", 1<<20)} {
		if _, err := k.Open(s); err == nil {
			t.Errorf("%.40q was accepted", s)
		}
	}
}

func TestPurposesDoNotMix(t *testing.T) {
	k := keys(t, 1)
	if bytes.Equal(k.Sign("verify", "a"), k.Sign("form", "a")) {
		t.Error("two purposes give one signature")
	}
}

func FuzzOpen(f *testing.F) {
	k, _ := ticket.New(bytes.Repeat([]byte{1}, 32))
	good, _ := k.Issue("a")
	f.Add(good)
	f.Add("..")
	f.Fuzz(func(t *testing.T, s string) {
		if _, err := k.Open(s); err == nil && s != good {
			t.Fatalf("%q was accepted", s)
		}
	})
}

func BenchmarkForged(b *testing.B) {
	k, _ := ticket.New(bytes.Repeat([]byte{1}, 32))
	good, _ := k.Issue("a")
	bad := good[:len(good)-2] + "AA"
	for b.Loop() {
		k.Open(bad)
	}
}
