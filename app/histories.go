package app

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"xuanping/audit"
	"xuanping/campaign"
	"xuanping/store"
)

// noteEvery is how often the service looks for runs that ended.
const noteEvery = 10 * time.Minute

// noteEnded notes the digests of runs that ended in the ledger, until ctx ends:
// the engine's history is not the house's to trust for ever.
func (a *App) noteEnded(ctx context.Context) {
	tick := time.NewTicker(noteEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		years, err := a.Store.Campaigns(ctx)
		for _, c := range years {
			if err == nil {
				_, err = a.NoteHistories(ctx, c.Year)
			}
		}
		if err != nil && ctx.Err() == nil {
			a.Log.Warn("histories not noted", "error", err)
		}
	}
}

// NoteHistories notes the runs of a year that ended since the last time, and
// tells how many.
func (a *App) NoteHistories(ctx context.Context, year int) (int, error) {
	noted, err := a.Store.HistoryNotes(ctx, year)
	if err != nil {
		return 0, err
	}
	ended, err := audit.EndedSince(ctx, a.Engine, a.Namespace, year, noted)
	if err != nil || len(ended) == 0 {
		return 0, err
	}
	return len(ended), a.Store.Write(ctx, func(tx *store.Tx) error {
		for _, h := range ended {
			digest, err := h.Digest()
			if err != nil {
				return err
			}
			n := store.HistoryNote{Year: year, Workflow: h.WorkflowID, Run: h.RunID, Code: codeOf(h.WorkflowID), Events: len(h.Events), Digest: digest, At: time.Now()}
			if err := tx.AddHistory(ctx, n); err != nil {
				return err
			}
		}
		return nil
	})
}

// codeOf reads the institution out of a workflow's id; "" for the campaign's.
func codeOf(workflow string) string {
	if part := strings.Split(workflow, "/"); len(part) > 1 && campaign.ValidCode(part[1]) {
		return part[1]
	}
	return ""
}

// compareHistories holds a year's histories against the ledger's notes of them.
func (a *App) compareHistories(ctx context.Context, year int, all []audit.History, out io.Writer) error {
	noted, err := a.Store.HistoryNotes(ctx, year)
	if err != nil {
		return err
	}
	same, faults, err := audit.CompareHistories(all, noted)
	if err != nil {
		return err
	}
	for _, f := range faults {
		fmt.Fprintln(out, f)
	}
	fmt.Fprintf(out, "办结时入账的历史 %d 个，与引擎现存的一致 %d 个\n", len(noted), same)
	if len(faults) > 0 {
		return fmt.Errorf("%d 个流程的历史在办结之后被改动，请保全现场并报告", len(faults))
	}
	return nil
}
