package store_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/localpg"
	"xuanping/store/storetest"
)

// soon is how long a person may wait for the news that the database is away.
const soon = 9 * time.Second

func away(t *testing.T, what string, do func() error) {
	t.Helper()
	begin := time.Now()
	err := do()
	if took := time.Since(begin); took > soon {
		t.Errorf("%s took %v", what, took)
	}
	if err == nil || campaign.KindOf(err) != campaign.Internal || !strings.Contains(err.Error(), "请稍后再试") || !strings.Contains(err.Error(), "数据库") {
		t.Errorf("%s: %v", what, err)
	}
}

func TestDatabaseStops(t *testing.T) {
	t.Parallel()
	dir, err := localpg.MkdirTemp()
	ok(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	ctx := t.Context()
	pg, err := localpg.Start(ctx, localpg.Options{Dir: dir, Throwaway: true})
	ok(t, err)
	defer pg.Stop(context.Background())
	_, err = store.Migrate(ctx, pg.DSN("postgres"))
	ok(t, err)
	s, err := store.Open(ctx, pg.DSN("postgres"))
	ok(t, err)
	t.Cleanup(s.Close)
	ref := storetest.Ref(year, 1)
	storetest.Campaign(t, s, year, false, 1)
	inside := try(s, func(ctx context.Context, tx *store.Tx) error { // the server goes in the middle of an act
		if err := tx.SetStage(ctx, ref, campaign.Planning, "", at); err != nil {
			return err
		}
		if err := pg.Stop(ctx); err != nil {
			t.Error(err)
		}
		return nil
	})
	away(t, "the act under way", func() error { return inside })
	away(t, "ping", func() error { return s.Ping(ctx) })
	away(t, "a question", func() error { _, err := s.Campaigns(ctx); return err })
	away(t, "a number", func() error { _, err := s.Head(ctx); return err })
	away(t, "an act", func() error {
		return try(s, func(ctx context.Context, tx *store.Tx) error { return tx.SetStage(ctx, ref, campaign.Planning, "", at) })
	})
	away(t, "a draft", func() error { return s.SaveDraft(ctx, "institution", ref, "plan", "x", at) })
	away(t, "a job", func() error { _, err := s.TakeOne(ctx, "k"); return err })
	away(t, "open", func() error { _, err := store.Open(ctx, pg.DSN("postgres")); return err })
}

// A host that takes the connection and never answers.
func TestSilentHost(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ok(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			if c, err := l.Accept(); err != nil {
				return
			} else {
				defer c.Close()
			}
		}
	}()
	for _, mode := range []string{"disable", "prefer"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			away(t, mode, func() error {
				_, err := store.Open(t.Context(), fmt.Sprintf("postgres://x:y@%s/db?sslmode=%s", l.Addr(), mode))
				return err
			})
		})
	}
}

// A caller who has gone away is no fault of the database's, but ends at once.
func TestCallerLeaves(t *testing.T) {
	s, _ := storetest.Open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	away(t, "a question", func() error { _, err := s.Campaigns(ctx); return err })
	away(t, "an act", func() error { return s.Write(ctx, func(*store.Tx) error { return nil }) })
}
