package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"xuanping/audit"
	"xuanping/rubric"
)

// house is what an inspection looks at in this app.
func (a *App) house(engine bool) (audit.House, error) {
	known, err := a.ledgerKeys()
	h := audit.House{Book: a.Store.Reader, Blobs: a.Desk.Blobs, Known: known, Table: rubric.Annex2()}
	if engine {
		h.Runs = func(ctx context.Context, year int) ([]audit.Run, error) {
			return audit.Runs(ctx, a.Engine, a.Namespace, year)
		}
	}
	return h, err
}

// inspect asks for every invariant; without an engine it leaves out what only
// the engine could tell.
func (a *App) inspect(ctx context.Context, year int) (audit.Fsck, error) {
	h, err := a.house(a.engineAnswers(ctx) == nil)
	if err != nil {
		return audit.Fsck{}, err
	}
	return audit.Inspect(ctx, h, year)
}

// Fsck inspects a year, or with 0 all of them, and prints what it found: for
// people, or as JSON for monitoring. An error when something was found (R9).
func (a *App) Fsck(ctx context.Context, year int, asJSON bool, out io.Writer) error {
	if year != 0 {
		if _, err := a.campaign(ctx, year); err != nil {
			return err
		}
	}
	f, err := a.inspect(ctx, year)
	if err != nil {
		return err
	}
	if asJSON {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		if err := e.Encode(f); err != nil {
			return err
		}
	} else {
		for _, found := range f.Findings {
			fmt.Fprintln(out, found)
		}
		fmt.Fprintln(out, f)
	}
	if !f.Clean() {
		return errors.New("数据与规则不一致，请保全现场并报告；各条不变式用 starter fsck --list 查看")
	}
	return nil
}

// CollectOrphans removes the files that no fact names.
func (a *App) CollectOrphans(ctx context.Context, out io.Writer) error {
	n, err := a.Desk.CollectOrphans(ctx)
	fmt.Fprintf(out, "清除没有登记的文件 %d 份\n", n)
	return err
}

// FsckList prints every invariant with what it follows from.
func FsckList(out io.Writer) {
	for _, i := range audit.Invariants() {
		grade := "一般"
		if i.Grave {
			grade = "严重"
		}
		fmt.Fprintf(out, "%s %s %s（%s）\n", i.ID, grade, i.Says, i.Rule)
	}
}
