package app

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"time"

	"xuanping/audit"
	"xuanping/contract"
)

// storyWait is how long a page waits for the engine.
const storyWait = 8 * time.Second

// Story tells an institution's year with the histories of its own workflows and
// of the campaign's, as many as a page may wait for; without the engine it is
// told from score book and ledger.
func (a *App) Story(ctx context.Context, ref contract.Ref) (audit.Story, error) {
	histories, cut, away := a.historiesOf(ctx, ref)
	if away != "" || cut != "" { // half a history would differ from everything
		histories = nil
	}
	s, err := audit.TellStory(ctx, a.Store.Reader, ref, histories)
	s.Away, s.Cut = away, cut
	return s, err
}

func (a *App) historiesOf(ctx context.Context, ref contract.Ref) (all []audit.History, cut, away string) {
	ctx, cancel := context.WithTimeout(ctx, storyWait)
	defer cancel()
	all, cut, err := audit.HistoriesOf(ctx, a.Engine, a.Namespace, ref)
	switch {
	case err != nil:
		a.Log.Warn("histories not read", "year", ref.Year, "code", ref.Code, "error", err)
		return nil, "", "流程引擎暂时不可用，流程历史未能读取"
	case len(all) == 0:
		return nil, "", "流程引擎没有这一年度流程的历史：尚未启动，或已过保留期"
	}
	return all, cut, ""
}

// History prints an institution's year, or the campaign's with code "", as a
// readable timeline with what its three records do not say alike; all adds how a
// rehearsal moved the clock.
func (a *App) History(ctx context.Context, ref contract.Ref, all bool, out io.Writer) error {
	if _, err := a.campaign(ctx, ref.Year); err != nil {
		return err
	}
	if err := a.engineAnswers(ctx); err != nil {
		return err
	}
	histories, _, err := audit.HistoriesOf(ctx, a.Engine, a.Namespace, ref)
	if err != nil {
		return err
	}
	id := contract.CampaignID(ref.Year)
	if ref.Code != "" {
		id = ref.ID()
	}
	found := false
	for _, h := range histories {
		found = found || h.WorkflowID == id
		if a.Config.TemporalUI != "" && (ref.Code == "" || h.Type != contract.CampaignType) {
			fmt.Fprintf(out, "%s  %s/workflows/%s/%s/history\n", h.WorkflowID, a.Config.TemporalUI, url.PathEscape(h.WorkflowID), h.RunID)
		}
	}
	if !found {
		return fmt.Errorf("没有找到 %s 的流程，请核对年度和批准号", id)
	}
	s, err := audit.TellStory(ctx, a.Store.Reader, ref, histories)
	if err == nil {
		_, err = io.WriteString(out, s.Text(all))
	}
	return err
}
