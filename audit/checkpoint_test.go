package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"xuanping/campaign"
	"xuanping/rubric"
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

// The key of a ledger is changed: heads of both keys stand side by side, both
// are believed and both named, in the database as in an archive; without the
// former key the old heads are not.
func TestKeyRotation(t *testing.T) {
	s, _ := book(t)
	old, now := logKey(t, 1), testKey(t, 7)
	signed(t, s, old, reviewed)
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		p := storetest.People()[0]
		p.Name += "改"
		return tx.PutStaff(ctx, p, "o2", reviewed)
	})
	signed(t, s, now, reviewed.Add(2*time.Hour))
	if r, err := VerifyLedger(t.Context(), s.Reader, known(t, now, old), nil); err != nil || !r.Sound() {
		t.Errorf("both keys: %v %v", r, err)
	}
	if r, err := VerifyLedger(t.Context(), s.Reader, known(t, now), nil); err != nil || len(r.Faults) != 1 || !strings.Contains(r.String(), "不是由给定") {
		t.Errorf("without the former key: %v %v", r, err)
	}
	for former, faults := range map[string]int{old.Public(): 0, "": 1} {
		o := SealOptions{Year: year, WithNames: true, Build: "test", Key: now, Annex: rubric.Annex2File(), Readings: rubric.ReadingsFile(), Histories: recorded(t, "")}
		if former != "" {
			o.Former = []string{former}
		}
		var b bytes.Buffer
		m, err := Seal(t.Context(), s, o, &b)
		ok(t, err)
		r := verify(t, b.Bytes(), now.Public())
		if len(r.Faults) != faults || !r.Trusted || len(m.FormerKeys) != 1-faults {
			t.Errorf("archive with former key %q: %v", former, r.Faults)
		}
	}
}

// S9e: the proof of any record is checked without the ledger; what was altered is refused.
func TestS9eProof(t *testing.T) {
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
		data, err := p.Text()
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
func TestS9eProofOfALongLedger(t *testing.T) {
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
		if n < 131_072 && len(p) != 18 || len(p) > 18 { // the last 68,928 stand in a smaller tree
			t.Errorf("record %d: %d hashes", n, len(p))
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

// A stranger's client reads the ledger by its tiles alone and proves every record.
func TestTiles(t *testing.T) {
	s, _ := book(t)
	storetest.Campaign(t, s, 2026, false, 300) // beyond one full tile
	head, err := s.Head(t.Context())
	ok(t, err)
	if head.Size < 257 {
		t.Fatalf("%d records do not fill a tile", head.Size)
	}
	reader := PublicHashes(t.Context(), head, func(ctx context.Context, path string) ([]byte, error) { return Tile(ctx, s.Reader, path) })
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
