package desk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"xuanping/campaign"
)

var errBroken = errors.New("connection reset")

// breaking gives its bytes and then does what ends the upload.
type breaking struct {
	io.Reader
	end func() error
}

func (b breaking) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err == io.EOF {
		err = b.end()
	}
	return n, err
}

// S2d: 100 uploads at once end half-way: a third because their body breaks, a
// third because their visitor goes away when the bytes are there, and a third
// is taken. No row is without its file, no half-written file stays, and the
// files without a row are collected once they are old.
func TestS2dUploadsBreakHalfWay(t *testing.T) {
	h := newHouse(t)
	ref := h.to(1, campaign.Collecting)
	v := h.visitor(ref, "act")
	const all = 100
	var done sync.WaitGroup
	errs := make([]error, all)
	for i := range all {
		done.Go(func() {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			body := pdfBytes + strings.Repeat(" ", i+1) // no two alike
			r := breaking{strings.NewReader(body), func() error { return io.EOF }}
			switch i % 3 {
			case 0:
				r = breaking{strings.NewReader(body[:len(body)/2]), func() error { return errBroken }}
			case 1:
				r.end = func() error { cancel(); return io.EOF }
			}
			_, errs[i] = h.AddEvidence(ctx, v, Upload{Row: 1 + i%14, Name: fmt.Sprintf("材料%d.pdf", i), NoState: true, File: r}, signer)
		})
	}
	done.Wait()
	for i, err := range errs {
		if taken := i%3 == 2; taken != (err == nil) {
			t.Errorf("upload %d: %v", i, err)
		}
	}
	rows, err := h.Store.EvidenceOf(t.Context(), ref)
	must(t, err)
	if len(rows) != all/3 {
		t.Errorf("%d rows, want %d", len(rows), all/3)
	}
	named := map[string]bool{}
	for _, e := range rows {
		f, err := h.Blobs.Open(e.Digest)
		must(t, err)
		must(t, f.Close())
		named[e.Digest] = true
	}
	held, err := h.Blobs.Before(time.Now().Add(time.Hour))
	must(t, err)
	orphans := 0
	for _, name := range held {
		if strings.HasPrefix(name, "tmp-") {
			t.Errorf("half-written: %s", name)
		} else if !named[name] {
			orphans++
		}
	}
	if orphans != all/3 {
		t.Errorf("%d files without a row, want %d", orphans, all/3)
	}
	h.Clock = func() time.Time { return time.Now().Add(2 * orphanAge) }
	if n, err := h.CollectOrphans(t.Context()); n != orphans || err != nil {
		t.Errorf("%d collected, %v", n, err)
	}
	left, err := h.Blobs.Digests()
	must(t, err)
	if len(left) != len(rows) {
		t.Errorf("%d files are left for %d rows", len(left), len(rows))
	}
}
