package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"xuanping/store"
	"xuanping/store/storetest"
)

// BenchmarkLedgerAppend commits acts (a piece of evidence and the mail that
// follows) in turn with their leaf in the ledger and without, so that a busy
// machine slows both alike. The server of the tests does not wait for its
// disk: the ratio is the least favourable there is.
func BenchmarkLedgerAppend(b *testing.B) {
	s, _ := storetest.Open(b)
	storetest.Campaign(b, s, year, false, 1)
	ref, n := storetest.Ref(year, 1), 0
	act := func(leaf bool) time.Duration {
		began := time.Now()
		write(b, s, func(ctx context.Context, tx *store.Tx) error {
			n++
			_, err := tx.AddEvidence(ctx, ref, evidence(1, store.Digest(n)))
			tx.Queue(mail(ref, fmt.Sprintf("bench/%d", n)))
			if !leaf {
				tx.Unrecorded()
			}
			return err
		})
		return time.Since(began)
	}
	for range 50 { // connections, plans and a tree with some height
		act(true)
		act(false)
	}
	var with, without time.Duration
	for b.Loop() {
		with += act(true)
		without += act(false)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(b.N)/with.Seconds(), "acts/s")
	b.ReportMetric(float64(b.N)/without.Seconds(), "unrecorded-acts/s")
	b.ReportMetric(without.Seconds()/with.Seconds(), "ratio")
}
