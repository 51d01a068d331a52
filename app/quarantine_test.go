package app

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/store"
	"xuanping/store/storetest"
)

// The keeper of the backups learns which file to remove from which of them.
func TestGL5BackupsToClean(t *testing.T) {
	s, _ := storetest.Open(t)
	storetest.Campaign(t, s, 2025, false, 2)
	blobs, err := store.OpenBlobs(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	a := &App{Store: s, Desk: &desk.Desk{Store: s, Blobs: blobs}}
	list := func() string {
		var out bytes.Buffer
		if err := a.Quarantined(t.Context(), &out); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	if got := list(); !strings.Contains(got, "没有隔离的文件") {
		t.Error(got)
	}
	digest, size, err := blobs.Put(strings.NewReader("涉密内容"), 1<<20, nil)
	if err != nil {
		t.Fatal(err)
	}
	ref, handed := storetest.Ref(2025, 1), time.Date(2025, 3, 1, 9, 30, 0, 0, campaign.Beijing)
	write := func(do func(tx *store.Tx) error) {
		t.Helper()
		if err := s.Write(t.Context(), do); err != nil {
			t.Fatal(err)
		}
	}
	write(func(tx *store.Tx) error {
		_, err := tx.AddEvidence(context.Background(), ref, store.Evidence{Row: 3, Name: "a.pdf", Media: "x", Size: size, Digest: digest, ByName: "x", At: handed})
		return err
	})
	write(func(tx *store.Tx) error {
		return tx.AddQuarantine(context.Background(), store.Quarantined{Digest: digest, Year: 2025, Code: ref.Code, Reason: "含工作秘密", By: "o1", At: handed.AddDate(0, 0, 20)})
	})
	for _, part := range []string{digest[:2] + "/" + digest, "2025-03-01 09:30 至 2025-03-21 09:30", "o1，含工作秘密", "登记 1 处", "仍有内容"} {
		if got := list(); !strings.Contains(got, part) {
			t.Errorf("%q is missing in\n%s", part, got)
		}
	}
	if err := blobs.Remove(digest); err != nil {
		t.Fatal(err)
	}
	if got := list(); strings.Contains(got, "仍有内容") || strings.Contains(got, "涉密内容") {
		t.Error(got)
	}
}
