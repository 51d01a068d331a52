package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"xuanping/store"
	"xuanping/store/storetest"
)

// BenchmarkLedgerAppend commits acts (a piece of evidence and the mail that
// follows) in turn with the ledger and, in a second database whose rows nobody
// digests, without, so that a busy machine slows both alike. The server of the
// tests does not wait for its disk: the ratio is the least favourable there is.
func BenchmarkLedgerAppend(b *testing.B) {
	with, bare := book(b), book(b)
	for _, table := range column[string](b, bare.boss, `select tbl from row_rule`) {
		sql(b, bare.boss, "drop trigger row_recorded on "+table)
	}
	for range 50 { // connections, plans and a tree with some height
		with.act(b, true)
		bare.act(b, false)
	}
	var on, off time.Duration
	for b.Loop() {
		on += with.act(b, true)
		off += bare.act(b, false)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(b.N)/on.Seconds(), "acts/s")
	b.ReportMetric(float64(b.N)/off.Seconds(), "unrecorded-acts/s")
	b.ReportMetric(off.Seconds()/on.Seconds(), "ratio")
}

// measured is a book to which acts are timed.
type measured struct {
	s    *store.Store
	boss *pgx.Conn
	n    int
}

func book(b *testing.B) *measured {
	s, url := storetest.Open(b)
	storetest.Campaign(b, s, year, false, 1)
	return &measured{s: s, boss: owner(b, url)}
}

func (m *measured) act(b *testing.B, leaf bool) time.Duration {
	ref, began := storetest.Ref(year, 1), time.Now()
	write(b, m.s, func(ctx context.Context, tx *store.Tx) error {
		m.n++
		_, err := tx.AddEvidence(ctx, ref, evidence(1, store.Digest(m.n)))
		tx.Queue(mail(ref, fmt.Sprintf("bench/%d", m.n)))
		if !leaf {
			tx.Unrecorded()
		}
		return err
	})
	return time.Since(began)
}
