package activities

import (
	"context"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

// TestS2bSweep: while the scanner is down, slow or lies, files wait; when it is
// back, every one has its verdict.
func TestS2bSweep(t *testing.T) {
	o := newOffice(t, false, 2)
	f := storetest.StartClamd(t, "tcp", "127.0.0.1:0")
	c, err := store.ParseClamd(f.Address)
	must(t, err)
	blobs, err := store.OpenBlobs(t.TempDir())
	must(t, err)
	o.Files, o.Scanner = blobs, c
	ref := storetest.Ref(testYear, 1)
	digests := map[string]bool{}
	for i, data := range []string{"%PDF-1 harmless", "%PDF-1 " + store.Eicar} {
		digest, size, err := blobs.Put(strings.NewReader(data), 1<<20, nil)
		must(t, err)
		digests[digest] = i == 0
		must(t, o.Store.Write(t.Context(), func(tx *store.Tx) error {
			_, err := tx.AddEvidence(context.Background(), ref, store.Evidence{Row: i + 1, Name: "a.pdf", Media: "application/pdf", Size: size, Digest: digest, ByName: "x", At: o.Clock()})
			return err
		}))
	}
	verdicts := func() int {
		all, err := o.Store.FileScans(t.Context(), ref)
		must(t, err)
		return len(all)
	}
	for _, mode := range []string{"lies", "slow", "half", "silent", "error", "early"} {
		f.Mode.Store(mode)
		if c.Patience = time.Minute; mode == "slow" { // only that one is not waited for
			c.Patience = 300 * time.Millisecond
		}
		if o.scanRound(t.Context()) || verdicts() != 0 {
			t.Errorf("%s: %d verdicts", mode, verdicts())
		}
	}
	f.Mode.Store("")
	ctx, stop := context.WithCancel(t.Context())
	swept := make(chan struct{})
	go func() { defer close(swept); o.Sweep(ctx) }()
	for until := time.Now().Add(time.Minute); verdicts() < 2 && time.Now().Before(until); {
		time.Sleep(50 * time.Millisecond)
	}
	stop()
	<-swept
	all, err := o.Store.FileScans(t.Context(), ref)
	must(t, err)
	for digest, clean := range digests {
		if got, known := all[digest]; !known || got.Clean != clean || got.Clean != (got.Signature == "") {
			t.Errorf("verdict %+v, want clean %v", got, clean)
		}
	}
	must(t, o.Store.AddFileScan(t.Context(), store.Unscanned{Digest: all0(digests), Year: ref.Year, Code: ref.Code}, true, "", o.Clock())) // the first verdict stands
	if again, _ := o.Store.FileScans(t.Context(), ref); len(again) != 2 || again[all0(digests)].Clean {
		t.Errorf("%+v", again)
	}
	if left, err := o.Store.Unscanned(t.Context(), 10); err != nil || len(left) != 0 {
		t.Errorf("left %v, %v", left, err)
	}
	if campaign.KindOf(err) != "" && err != nil {
		t.Error(err)
	}
}

// all0 is the harmful one.
func all0(all map[string]bool) string {
	for d, clean := range all {
		if !clean {
			return d
		}
	}
	return ""
}
