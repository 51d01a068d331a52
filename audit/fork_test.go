package audit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"xuanping/store"
	"xuanping/store/storetest"
)

// keptLetter is one .eml as a mail program keeps it.
func keptLetter(text string) []byte {
	return []byte("From: a@b.example\r\nSubject: =?utf-8?q?x?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n" +
		"--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + quoted("您好。"+text) + "\r\n--b--\r\n")
}

// S9b: a tail cut off, a record put in, two exchanged, one edited, each with all
// hashes computed again and signed with the stolen key: the ledger shows nothing
// by itself, one letter that somebody kept convicts it, with both signed heads.
func TestS9bOneKeptLetterFindsEveryRewriting(t *testing.T) {
	for name, forge := range map[string]func([]store.Leaf) []store.Leaf{
		"tail cut off": func(all []store.Leaf) []store.Leaf { return all[:len(all)-3] },
		"record put in": func(all []store.Leaf) []store.Leaf {
			return slices.Insert(all, 7, all[6])
		},
		"two exchanged": func(all []store.Leaf) []store.Leaf {
			all[5], all[6] = all[6], all[5]
			return all
		},
		"one edited": func(all []store.Leaf) []store.Leaf {
			i := slices.IndexFunc(all, func(l store.Leaf) bool { return l.Kind == "appeal-ruling" })
			all[i].Record = strings.Replace(all[i].Record, `"after":350`, `"after":400`, 1)
			return all
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, url := book(t)
			k := logKey(t, 1)
			signed(t, s, k, time.Now())
			then, err := s.LastCheckpoint(t.Context())
			ok(t, err)
			stamp, err := s.Stamp(t.Context())
			ok(t, err)
			kept, without, err := Witnesses(fstest.MapFS{"kept/1.eml": {Data: keptLetter(stamp)}, "kept/none.txt": {Data: []byte("没有")}}, known(t, k), nil)
			ok(t, err)
			if len(kept) != 2 || kept[0].Head != then.Head() || kept[0].Note != then.Note || kept[1].Head != then.Head() || without != 1 {
				t.Fatalf("%v, %d without", kept, without)
			}
			if r, err := VerifyLedger(t.Context(), s.Reader, known(t, k), kept); err != nil || !r.Sound() || len(r.Forks) != 0 {
				t.Fatalf("untouched: %v %v", r, err)
			}
			rewrite(t, s, url, forge)
			signed(t, s, k, time.Now())
			if r := check(t, s); len(r.Faults) != 0 {
				t.Fatalf("the forger left traces inside: %v", r)
			}
			now, err := s.LastCheckpoint(t.Context())
			ok(t, err)
			r, err := VerifyLedger(t.Context(), s.Reader, known(t, k), kept)
			ok(t, err)
			if len(r.Forks) != 1 || !strings.Contains(r.String(), then.Note) || !strings.Contains(r.String(), now.Note) {
				t.Fatalf("not both signed heads: %s", r)
			}
			if say := map[bool]string{true: "历史短于见证", false: "与见证不符"}[name == "tail cut off"]; !strings.Contains(r.String(), say) {
				t.Errorf("%q is not said: %s", say, r)
			}
			evidence, err := json.Marshal(r.Forks[0])
			ok(t, err)
			if f, old, new, err := CheckFork(evidence, known(t, k)); err != nil || old != then.Head() || new != now.Head() || f.Short != (name == "tail cut off") {
				t.Errorf("offline: %v %v %v", old, new, err)
			}
			if _, _, _, err := CheckFork(evidence, known(t, logKey(t, 2))); err == nil {
				t.Error("evidence against another ledger's key is taken")
			}
			bare := []Witness{kept[1]} // a letter of the first days carries no signed head: it still tells
			if r, err := VerifyLedger(t.Context(), s.Reader, known(t, k), bare); err != nil || len(r.Faults) == 0 {
				t.Errorf("without a signature: %v %v", r, err)
			}
		})
	}
}

// rewrite does what a thief of the database and the key does: it changes the
// records and computes every hash again; signing follows.
func rewrite(t *testing.T, s *store.Store, url string, forge func([]store.Leaf) []store.Leaf) {
	t.Helper()
	leaves, err := ledger(t.Context(), s.Reader)
	ok(t, err)
	var grown tree
	var sql strings.Builder
	sql.WriteString(`delete from checkpoint; delete from leaf_hash; delete from leaf; `)
	for i, l := range forge(slices.Clone(leaves)) {
		h := tlog.RecordHash([]byte(l.Record))
		ok(t, grown.add(h))
		fmt.Fprintf(&sql, `insert into leaf (idx, year, code, kind, record, hash, at) values (%d, %d, %s, %s, %s, '\x%x', %s); `,
			i, l.Year, literal(l.Code), literal(l.Kind), literal(l.Record), h[:], literal(l.At.Format(time.RFC3339Nano)))
	}
	for pos, h := range grown.hashes {
		fmt.Fprintf(&sql, `insert into leaf_hash values (%d, '\x%x'); `, pos, h[:])
	}
	tamper(t, url, sql.String())
}

func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func quoted(s string) string {
	var b strings.Builder
	for i, c := range []byte(s) {
		fmt.Fprintf(&b, "=%02X", c)
		if i%24 == 23 {
			b.WriteString("=\r\n")
		}
	}
	return b.String()
}

// S9c: who is served another tree finds that the consistency proof fails, and
// the bundle that comes of it convicts offline; a bundle about one history, or
// one that was tampered with, does not.
func TestS9cSplitViewIsEvidence(t *testing.T) {
	s, _ := book(t)
	k := logKey(t, 1)
	signed(t, s, k, time.Now())
	first, err := s.LastCheckpoint(t.Context())
	ok(t, err)
	for i := range 2 {
		p := storetest.People()[i]
		p.Name += "改"
		ok(t, s.Write(t.Context(), func(tx *store.Tx) error { return tx.PutStaff(t.Context(), p, "o2", time.Now()) }))
	}
	signed(t, s, k, time.Now().Add(2*time.Hour))
	second, err := s.LastCheckpoint(t.Context())
	ok(t, err)
	c, err := ProveContinuation(t.Context(), s.Reader, known(t, k), first.Note, second.Note)
	ok(t, err)
	data, err := json.Marshal(c)
	ok(t, err)
	if old, now, err := CheckContinuation(data, known(t, k)); err != nil || old.Size != first.Size || now.Size != second.Size {
		t.Errorf("%v %v %v", old, now, err)
	}
	if f, err := ForkOf(known(t, k), first.Note, second.Note, s.Hashes(t.Context())); f != nil || err != nil {
		t.Errorf("one history: %v %v", f, err)
	}
	other, err := k.Sign(store.Head{Size: first.Size, Root: tlog.RecordHash([]byte("another history"))})
	ok(t, err)
	_, err = ProveContinuation(t.Context(), s.Reader, known(t, k), other, second.Note)
	fork, is := errors.AsType[*ForkError](err)
	if !is || !strings.Contains(err.Error(), strings.TrimSpace(other)) || !strings.Contains(err.Error(), strings.TrimSpace(second.Note)) {
		t.Fatalf("%v", err)
	}
	bundle, err := json.Marshal(fork.Fork)
	ok(t, err)
	if f, _, _, err := CheckFork(bundle, known(t, k)); err != nil || len(f.Hashes) == 0 {
		t.Errorf("the bundle does not stand by itself: %v", err)
	}
	if f, err := ForkOf(known(t, k), first.Note, other, nil); err != nil || f == nil {
		t.Errorf("two heads of one size: %v %v", f, err)
	}
	honest := fork.Fork
	honest.Old, honest.Prefix = first.Note, first.Head().Root
	forged := fork.Fork
	forged.Prefix[0] ^= 1
	for name, f := range map[string]Fork{"one history": honest, "another prefix": forged, "one head twice": {Old: first.Note, New: first.Note}} {
		data, err := json.Marshal(f)
		ok(t, err)
		if _, _, _, err := CheckFork(data, known(t, k)); err == nil {
			t.Errorf("%s: taken for a fork", name)
		}
	}
}

// S9c, from outside: a stranger who kept a head reads the public tiles and finds
// the fork; the tiles and both heads make the same bundle.
func TestS9cForkFromPublicTiles(t *testing.T) {
	s, url := book(t)
	k := logKey(t, 1)
	signed(t, s, k, time.Now())
	kept, err := s.LastCheckpoint(t.Context())
	ok(t, err)
	rewrite(t, s, url, func(all []store.Leaf) []store.Leaf {
		all[2], all[3] = all[3], all[2]
		return append(all, all[4])
	})
	signed(t, s, k, time.Now())
	now, err := s.LastCheckpoint(t.Context())
	ok(t, err)
	get := func(ctx context.Context, path string) ([]byte, error) { return Tile(ctx, s.Reader, path) }
	f, err := ForkOf(known(t, k), kept.Note, now.Note, PublicHashes(t.Context(), now.Head(), get))
	ok(t, err)
	if f == nil {
		t.Fatal("no fork is seen")
	}
	data, err := json.Marshal(f)
	ok(t, err)
	if _, _, _, err := CheckFork(data, known(t, k)); err != nil {
		t.Error(err)
	}
}
