package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

func logKey(t testing.TB, seed byte) LogKey {
	t.Helper()
	k, err := NewLogKey("xp.example/ledger", bytes.Repeat([]byte{seed}, 32))
	ok(t, err)
	return k
}

func known(t testing.TB, keys ...LogKey) note.Verifiers {
	t.Helper()
	var all []string
	for _, k := range keys {
		all = append(all, k.Public())
	}
	v, err := Verifiers(all...)
	ok(t, err)
	return v
}

func signed(t testing.TB, s *store.Store, k LogKey, at time.Time) bool {
	t.Helper()
	did, err := Checkpoint(t.Context(), s, k, at)
	ok(t, err)
	return did
}

// Heads are signed when something was appended, at least hourly and at once
// after an issuance; otherwise nothing is signed.
func TestCheckpointWhenDue(t *testing.T) {
	s, _ := book(t)
	k, now := logKey(t, 1), time.Now()
	if !signed(t, s, k, now) || signed(t, s, k, now.Add(2*time.Hour)) {
		t.Error("the first head is signed once")
	}
	touch := func() {
		ok(t, s.Write(t.Context(), func(tx *store.Tx) error {
			p := storetest.People()[0]
			p.Name += "改"
			return tx.PutStaff(t.Context(), p, "o2", now)
		}))
	}
	touch()
	if signed(t, s, k, now.Add(59*time.Minute)) {
		t.Error("signed within the hour without an issuance")
	}
	if !signed(t, s, k, now.Add(time.Hour)) {
		t.Error("not signed after an hour")
	}
	c, err := s.LastCheckpoint(t.Context())
	ok(t, err)
	origin, h, err := ReadCheckpoint(c.Note, known(t, k))
	ok(t, err)
	head, err := s.Head(t.Context())
	ok(t, err)
	if origin != "xp.example/ledger" || h != head || c.Head() != head {
		t.Errorf("%q %v, head %v", origin, h, head)
	}
}

// Keys rotate: an old checkpoint reads with the old public key beside the new one.
func TestCheckpointKeys(t *testing.T) {
	h := store.Head{Size: 3, Root: tlog.RecordHash([]byte("x"))}
	text, err := logKey(t, 1).Sign(h)
	ok(t, err)
	if _, got, err := ReadCheckpoint(text, known(t, logKey(t, 2), logKey(t, 1))); err != nil || got != h {
		t.Errorf("%v %v", got, err)
	}
	if _, _, err := ReadCheckpoint(text, known(t, logKey(t, 2))); err == nil || !strings.Contains(err.Error(), "不是由给定") {
		t.Errorf("another key: %v", err)
	}
	for i := range text {
		for _, flip := range []byte{1, 0x20} {
			b := []byte(text)
			b[i] ^= flip
			if _, got, err := ReadCheckpoint(string(b), known(t, logKey(t, 1))); err == nil && got != h {
				t.Fatalf("byte %d altered: read as %v", i, got)
			}
		}
	}
	if _, err := NewLogKey("with space", make([]byte, 32)); err == nil {
		t.Error("a name with a space is taken")
	}
}

// S9e: the proof of any record is checked without the ledger; what was altered is refused.
func TestProof(t *testing.T) {
	s, _ := book(t)
	k := logKey(t, 1)
	if _, err := Prove(t.Context(), s.Reader, 0); err == nil {
		t.Fatal("proved without a signed head")
	}
	signed(t, s, k, time.Now())
	c, err := s.LastCheckpoint(t.Context())
	ok(t, err)
	for index := range c.Size {
		p, err := Prove(t.Context(), s.Reader, index)
		ok(t, err)
		data, err := json.MarshalIndent(p, "", "  ")
		ok(t, err)
		if _, h, err := CheckProof(data, known(t, k)); err != nil || h.Size != c.Size {
			t.Fatalf("%d: %v %v", index, h, err)
		}
		p.Index = (p.Index + 1) % c.Size
		data, err = json.Marshal(p)
		ok(t, err)
		if _, _, err := CheckProof(data, known(t, k)); err == nil {
			t.Fatalf("%d passes for %d", index, p.Index)
		}
	}
	p, err := Prove(t.Context(), s.Reader, 4)
	ok(t, err)
	p.Record = json.RawMessage(strings.Replace(string(p.Record), `"kind":"`, `"kind":"x`, 1))
	data, err := json.Marshal(p)
	ok(t, err)
	if _, _, err := CheckProof(data, known(t, k)); err == nil || !strings.Contains(err.Error(), "第 4 条记录不在") {
		t.Errorf("an altered record: %v", err)
	}
	if _, err := Prove(t.Context(), s.Reader, c.Size); err == nil {
		t.Error("a record past the end is proved")
	}
}

// S9e: a proof in a ledger of 200,000 records takes 18 hashes.
func TestProofOfALongLedger(t *testing.T) {
	var mine tree
	for n := range 200_000 {
		ok(t, mine.add(tlog.RecordHash(fmt.Append(nil, n))))
	}
	root, err := mine.root()
	ok(t, err)
	for _, n := range []int64{0, 1, 77_777, 131_071, 131_072, 199_999} {
		p, err := tlog.ProveRecord(mine.size, n, mine.read())
		ok(t, err)
		ok(t, tlog.CheckRecord(p, mine.size, root, n, tlog.RecordHash(fmt.Append(nil, n))))
		if len(p) > 18 {
			t.Errorf("record %d: %d hashes", n, len(p))
		}
	}
}

// S9b: a cut tail, a changed beginning and a history written anew and signed
// with the stolen key are found from one letter that somebody kept.
func TestWitnessFindsRewriting(t *testing.T) {
	s, url := book(t)
	k := logKey(t, 1)
	head, err := s.Head(t.Context())
	ok(t, err)
	letter := "From: a@b.example\r\nSubject: =?utf-8?q?x?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n" +
		"--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + quoted("您好。"+head.Line()) + "\r\n--b--\r\n"
	dir := fstest.MapFS{"kept/1.eml": {Data: []byte(letter)}, "kept/none.txt": {Data: []byte("没有")}}
	kept, without, err := Witnesses(dir, known(t, k))
	ok(t, err)
	if len(kept) != 1 || kept[0].Head != head || without != 1 {
		t.Fatalf("%v, %d without", kept, without)
	}
	verify := func() LedgerReport {
		t.Helper()
		r, err := VerifyLedger(t.Context(), s.Reader, known(t, k), kept)
		ok(t, err)
		return r
	}
	if r := verify(); len(r.Faults) != 0 {
		t.Fatalf("untouched: %v", r)
	}
	tamper(t, url, `delete from leaf where idx >= (select max(idx) - 4 from leaf)`)
	if r := verify(); !strings.Contains(r.String(), "历史短于见证") {
		t.Errorf("cut tail: %v", r)
	}
	rewrite(t, s, url)
	signed(t, s, k, time.Now())
	if r := check(t, s); len(r.Faults) != 0 {
		t.Fatalf("the forger left traces inside: %v", r)
	}
	if r := verify(); !strings.Contains(r.String(), "历史短于见证") {
		t.Errorf("rewritten and shorter: %v", r)
	}
	ok(t, s.Write(t.Context(), func(tx *store.Tx) error { // as long as before, so that only the root tells
		for i := range 5 {
			p := storetest.People()[i]
			p.Name += "改"
			if err := tx.PutStaff(t.Context(), p, "o2", time.Now()); err != nil {
				return err
			}
		}
		return nil
	}))
	if r := verify(); !strings.Contains(r.String(), "与见证不符") || !strings.Contains(r.String(), head.Root.String()) {
		t.Errorf("rewritten to the same length: %v", r)
	}
}

// rewrite does what a thief of the database and the key does: it changes the
// first record and computes every hash again.
func rewrite(t *testing.T, s *store.Store, url string) {
	t.Helper()
	leaves, err := ledger(t.Context(), s.Reader)
	ok(t, err)
	var grown tree
	var sql strings.Builder
	sql.WriteString(`delete from checkpoint; delete from leaf_hash; `)
	for i, l := range leaves {
		if i == 0 {
			l.Record = strings.Replace(l.Record, `"kind":`, `"kind" :`, 1)
		}
		h := tlog.RecordHash([]byte(l.Record))
		ok(t, grown.add(h))
		fmt.Fprintf(&sql, `update leaf set record = %s, hash = '\x%x' where idx = %d; `, literal(l.Record), h[:], l.Idx)
	}
	for pos, h := range grown.hashes {
		fmt.Fprintf(&sql, `insert into leaf_hash values (%d, '\x%x'); `, pos, h[:])
	}
	tamper(t, url, sql.String())
}

func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func quoted(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		fmt.Fprintf(&b, "=%02X", c)
		if b.Len()%75 > 70 {
			b.WriteString("=\r\n")
		}
	}
	return b.String()
}

// S9c: of two histories both signed, the consistency proof fails, and the error
// is the evidence: both heads with their signatures.
func TestForkIsEvidence(t *testing.T) {
	s, _ := book(t)
	k := logKey(t, 1)
	signed(t, s, k, time.Now())
	first, err := s.LastCheckpoint(t.Context())
	ok(t, err)
	ok(t, s.Write(t.Context(), func(tx *store.Tx) error { return tx.PutStaff(t.Context(), storetest.People()[0], "o2", time.Now()) }))
	other := storetest.People()[1]
	other.Name += "改"
	ok(t, s.Write(t.Context(), func(tx *store.Tx) error { return tx.PutStaff(t.Context(), other, "o2", time.Now()) }))
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
	forged, err := k.Sign(store.Head{Size: first.Size, Root: tlog.RecordHash([]byte("another history"))})
	ok(t, err)
	_, err = ProveContinuation(t.Context(), s.Reader, known(t, k), forged, second.Note)
	fork, is := errors.AsType[*ForkError](err)
	if !is || !strings.Contains(err.Error(), strings.TrimSpace(forged)) || !strings.Contains(err.Error(), strings.TrimSpace(second.Note)) {
		t.Fatalf("%v", err)
	}
	for _, text := range []string{fork.Old, fork.New} { // the bundle stands by itself
		if _, _, err := ReadCheckpoint(text, known(t, k)); err != nil {
			t.Error(err)
		}
	}
}

// The house never signs a history that forgot what it signed before.
func TestCheckpointRefusesAnotherPast(t *testing.T) {
	s, url := book(t)
	k := logKey(t, 1)
	signed(t, s, k, time.Now())
	tamper(t, url, `update checkpoint set root = decode(repeat('11', 32), 'hex')`)
	ok(t, s.Write(t.Context(), func(tx *store.Tx) error {
		p := storetest.People()[0]
		p.Name += "改"
		return tx.PutStaff(t.Context(), p, "o2", time.Now())
	}))
	if did, err := Checkpoint(t.Context(), s, k, time.Now().Add(2*time.Hour)); did || err == nil {
		t.Errorf("signed %v, %v", did, err)
	}
}

// served is the client side of C2SP tlog-tiles, as the log's own library has it.
type served struct {
	ctx context.Context
	r   store.Reader
}

func (s served) Height() int                     { return tileHeight }
func (s served) SaveTiles([]tlog.Tile, [][]byte) {}
func (s served) ReadTiles(tiles []tlog.Tile) (out [][]byte, err error) {
	for _, t := range tiles {
		b, err := Tile(s.ctx, s.r, TilePath(t.L, t.N, t.W))
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}

// A stranger's client reads the ledger by its tiles alone and proves every record.
func TestTiles(t *testing.T) {
	s, _ := book(t)
	storetest.Campaign(t, s, 2026, false, 300) // beyond one full tile
	head, err := s.Head(t.Context())
	ok(t, err)
	if head.Size < 257 {
		t.Fatalf("%d records do not fill a tile", head.Size)
	}
	reader := tlog.TileHashReader(tlog.Tree{N: head.Size, Hash: head.Root}, served{t.Context(), s.Reader})
	var records int64
	for n := int64(0); n<<tileHeight < head.Size; n++ {
		b, err := Entries(t.Context(), s.Reader, strings.TrimPrefix(TilePath(0, n, int(min(256, head.Size-n<<tileHeight))), "0/"))
		ok(t, err)
		for len(b) > 0 {
			size := int(b[0])<<8 | int(b[1])
			proof, err := tlog.ProveRecord(head.Size, records, reader)
			ok(t, err)
			ok(t, tlog.CheckRecord(proof, head.Size, head.Root, records, tlog.RecordHash(b[2:2+size])))
			b = b[2+size:]
			records++
		}
	}
	if records != head.Size {
		t.Errorf("%d of %d records served", records, head.Size)
	}
	for _, path := range []string{"", "0", "0/", "8/000", "0/999", "0/000.p/0", "0/099", "0/x000/000", "0/0", "-1/000", "data/000", "0/../000", "9999999999/000", "0/099.p/250"} {
		if b, err := Tile(t.Context(), s.Reader, path); campaign.KindOf(err) != campaign.NotFound {
			t.Errorf("tile %q: %d bytes, %v", path, len(b), err)
		}
	}
}
