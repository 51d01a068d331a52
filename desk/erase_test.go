package desk

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

// S11d, S6: an officer proposes after the retention or with a reason before it,
// another person, an approver, confirms; only a year that is over can be erased.
func TestS11dTwoPersonsErase(t *testing.T) {
	ctx := t.Context()
	s, url := storetest.Open(t)
	storetest.Campaign(t, s, 2026, false, 1)
	blobs, err := store.OpenBlobs(t.TempDir())
	must(t, err)
	now := time.Date(2028, 3, 1, 9, 0, 0, 0, campaign.Beijing)
	d := &Desk{Store: s, Blobs: blobs, Clock: func() time.Time { return now }}
	person := func(id string) store.Staff {
		p, err := s.Staff(ctx, id)
		must(t, err)
		return p
	}
	digest, size, err := blobs.Put(strings.NewReader("照片里有人"), 1<<20, nil)
	must(t, err)
	ref := storetest.Ref(2026, 1)
	must(t, s.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.AddEvidence(ctx, ref, store.Evidence{Row: 1, Name: "张三照片.jpg", Media: "image/jpeg", Size: size, Digest: digest, ByName: "张三", At: now})
		return err
	}))
	const until = campaign.Day("2032-01-01")
	f := ErasureForm{Year: 2026, Reason: "保存期满"}
	refused := func(err error, say string) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), say) {
			t.Errorf("%v, want %q", err, say)
		}
	}
	refused(d.ProposeErasure(ctx, person("o1"), f, until), "没有归档")
	must(t, s.Write(ctx, func(tx *store.Tx) error { return tx.SetLeft(ctx, ref, "withdrawn", now) }))
	refused(d.ProposeErasure(ctx, person("o1"), f, until), "应保存至 2031年12月31日")
	refused(d.ProposeErasure(ctx, person("a1"), f, until), "不属于您的职责")
	_, err = d.ConfirmErasure(ctx, s, person("a1"), 2026, "同意")
	if err == nil {
		t.Error("confirmed before it was proposed")
	}
	f.Force = true
	must(t, d.ProposeErasure(ctx, person("o1"), f, until))
	refused(d.ProposeErasure(ctx, person("o2"), f, until), "已经提议")
	must(t, d.WithdrawErasure(ctx, person("o2"), 2026, "再议"))
	must(t, d.ProposeErasure(ctx, person("o1"), f, until))
	_, err = d.ConfirmErasure(ctx, s, person("o1"), 2026, "同意")
	refused(err, "不属于您的职责")
	_, err = d.ConfirmErasure(ctx, s, person("a1"), 2026, "同意")
	refused(err, "数据表所有者") // the house's own connection cannot take words out of facts
	owner, err := store.OpenOwner(ctx, url)
	must(t, err)
	defer owner.Close()
	must(t, s.Write(ctx, func(tx *store.Tx) error { // the proposer has become an approver meanwhile
		p := person("o1")
		p.Role = campaign.Approver
		return tx.PutStaff(ctx, p, "o2", now)
	}))
	_, err = d.ConfirmErasure(ctx, owner, person("o1"), 2026, "同意")
	refused(err, "另一位人员")
	e, err := d.ConfirmErasure(ctx, owner, person("a1"), 2026, "同意")
	must(t, err)
	if e.Files != 1 || e.Rows == 0 {
		t.Errorf("%+v", e)
	}
	if _, err := blobs.Open(digest); campaign.KindOf(err) != campaign.NotFound {
		t.Errorf("the file is still there: %v", err)
	}
	steps, err := s.Erasures(ctx, 2026)
	must(t, err)
	if len(steps) != 4 || steps[3].Act != store.EraseConfirmed || steps[3].Rows != e.Rows || !steps[2].Forced {
		t.Errorf("%+v", steps)
	}
	_, err = d.ConfirmErasure(ctx, owner, person("a1"), 2026, "再次")
	refused(err, "已经删除")
}

// S2d: files of uploads that were killed before their fact are collected; what
// facts name, and what is being uploaded now, stays.
func TestS2dOrphansAreCollected(t *testing.T) {
	ctx := t.Context()
	s, _ := storetest.Open(t)
	storetest.Campaign(t, s, 2026, false, 1)
	dir := t.TempDir()
	blobs, err := store.OpenBlobs(dir)
	must(t, err)
	now := time.Now()
	d := &Desk{Store: s, Blobs: blobs, Clock: func() time.Time { return now }}
	put := func(text string) string {
		digest, _, err := blobs.Put(strings.NewReader(text), 1<<20, nil)
		must(t, err)
		return digest
	}
	named, orphan, fresh := put("named"), put("orphan"), put("fresh")
	must(t, s.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.AddEvidence(ctx, storetest.Ref(2026, 1), store.Evidence{Row: 1, Name: "a.pdf", Media: "application/pdf", Size: 5, Digest: named, ByName: "张三", At: now})
		return err
	}))
	half := filepath.Join(dir, "tmp-0123")
	must(t, os.WriteFile(half, []byte("half"), 0o600))
	for _, name := range []string{filepath.Join(dir, named[:2], named), filepath.Join(dir, orphan[:2], orphan), half} {
		must(t, os.Chtimes(name, now.Add(-2*time.Hour), now.Add(-2*time.Hour)))
	}
	if n, err := d.CollectOrphans(ctx); n != 2 || err != nil {
		t.Errorf("%d collected, %v", n, err)
	}
	left, err := blobs.Before(now.Add(time.Hour))
	must(t, err)
	if text := strings.Join(left, " "); len(left) != 2 || !strings.Contains(text, named) || !strings.Contains(text, fresh) {
		t.Errorf("left: %s", text)
	}
}
