package activities

import (
	"context"
	"time"

	"xuanping/store"
)

const (
	scanEvery = 2 * time.Second
	scanBatch = 20
	scanPause = 30 * time.Second // after a scanner gave no answer
)

// Sweep hands every file that waits to the scanner until ctx ends (S2). What
// got no answer waits on and is handed over again: nothing becomes clean by
// waiting. Without a scanner there is nothing to do.
func (r *Room) Sweep(ctx context.Context) {
	if _, none := r.Scanner.(store.NoScanner); none || r.Scanner == nil {
		return
	}
	pause := time.Duration(0)
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		if pause = scanEvery; !r.scanRound(ctx) {
			pause = scanPause
		}
	}
}

// scanRound scans what waits, once; false when the scanner gave no answer.
func (r *Room) scanRound(ctx context.Context) (answered bool) {
	waiting, err := r.Store.Unscanned(ctx, scanBatch)
	if err == nil && len(waiting) > 0 {
		err = r.Scanner.Trusted(ctx)
	}
	if err != nil {
		if ctx.Err() == nil {
			r.Log.Warn("scanner", "waiting", len(waiting), "error", say(err), "cause", cause(err))
		}
		return false
	}
	answered = true
	for _, w := range waiting {
		if err := r.scanOne(ctx, w); err != nil && ctx.Err() == nil {
			r.Log.Warn("file not scanned", "digest", w.Digest, "error", say(err), "cause", cause(err))
			answered = false
		}
	}
	return answered
}

func (r *Room) scanOne(ctx context.Context, w store.Unscanned) error {
	f, err := r.Files.Open(w.Digest)
	if err != nil {
		return err // fsck names a file that is not there
	}
	defer f.Close()
	signature, err := r.Scanner.Scan(ctx, f)
	if err != nil {
		return err
	}
	c, err := r.Store.Campaign(ctx, w.Year)
	if err != nil {
		return err
	}
	if signature != "" {
		r.Log.Warn("harmful file", "digest", w.Digest)
	}
	return r.Store.AddFileScan(ctx, w, signature == "", signature, c.Now(r.Clock()))
}
