package desk

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// ReleaseState is where the publication of a year stands.
type ReleaseState struct {
	Draft  store.ReleaseDraft  // the newest; N 0 none
	Now    campaign.Manuscript // what the facts give at this moment
	Digest string
}

// Void tells that what was laid before the reviewers is not what would be published.
func (s ReleaseState) Void() bool { return s.Draft.N > 0 && s.Draft.Digest != s.Digest }

// Ready refuses publication and names the step that is missing (PL-4).
func (s ReleaseState) Ready() error {
	switch {
	case s.Draft.N == 0 || s.Draft.Version != s.Now.Version:
		return campaign.Fail(campaign.Conflict, "公布稿尚未送审，还缺%s，完成三审三校后才能公布", campaign.ReleaseWords(campaign.ReleaseSteps()))
	case s.Void():
		return campaign.Fail(campaign.Conflict, "送审之后内容有变化，第 %d 稿的审校作废；请重新送审，依次完成%s后再公布", s.Draft.N, campaign.ReleaseWords(campaign.ReleaseSteps()))
	}
	return s.Draft.Facts().Ready()
}

// Release reads where the publication of a year stands.
func (d *Desk) Release(ctx context.Context, r store.Reader, year int) (ReleaseState, error) {
	c, err := r.Campaign(ctx, year)
	if err != nil {
		return ReleaseState{}, err
	}
	return d.release(ctx, r, c, c.Now(d.Clock()))
}

func (d *Desk) release(ctx context.Context, r store.Reader, c store.Campaign, now time.Time) (s ReleaseState, err error) {
	if s.Draft, err = r.LastDraft(ctx, c.Year); err != nil {
		return s, err
	}
	s.Now, err = r.Manuscript(ctx, d.Table, c, now)
	s.Digest = store.Digest(s.Now)
	return s, err
}

// onRelease runs an act about a year's publication with the campaign locked.
func (d *Desk) onRelease(ctx context.Context, year int, act func(tx *store.Tx, c store.Campaign, s ReleaseState, now time.Time) error) error {
	return d.commit(ctx, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, contract.Ref{Year: year}); err != nil {
			return err
		}
		c, err := tx.Campaign(ctx, year)
		if err != nil {
			return err
		}
		now := c.Now(d.Clock())
		s, err := d.release(ctx, tx.Reader, c, now)
		if err != nil {
			return err
		}
		return act(tx, c, s, now)
	})
}

// LayDraft freezes what would be published and lays it before the reviewers. It
// follows from the facts: nobody types it.
func (d *Desk) LayDraft(ctx context.Context, p store.Staff, year int, note string) (n int, err error) {
	if err := need(p, campaign.Officer); err != nil {
		return 0, err
	}
	note = strings.TrimSpace(note)
	if len([]rune(note)) > 1000 {
		return 0, faulty(map[string]string{"note": "送审说明不超过 1000 字"})
	}
	err = d.onRelease(ctx, year, func(tx *store.Tx, c store.Campaign, s ReleaseState, now time.Time) error {
		open, err := d.Outstanding(ctx, tx.Reader, year)
		switch {
		case err != nil:
			return err
		case len(open) > 0:
			return campaign.Fail(campaign.Conflict, "还有 %d 家机构的结果未确定，全部确定后才能送审", len(open))
		case c.PublishedAt != nil && len(s.Now.Notes) == 0 || s.released(s.Now):
			return campaign.Fail(campaign.Conflict, "结果已经公布，没有登记新的更正，不需要送审")
		case s.Draft.N > 0 && !s.Void() && !s.Draft.Facts().Returned():
			return campaign.Fail(campaign.Conflict, "第 %d 稿正在审校，内容没有变化，不需要重新送审", s.Draft.N)
		}
		n, err = tx.AddReleaseDraft(ctx, s.Now, note, p.ID, now)
		return err
	})
	return n, err
}

// released tells that the newest draft is public and nothing was corrected since.
func (s ReleaseState) released(m campaign.Manuscript) bool {
	return s.Draft.N > 0 && s.Draft.Version < m.Version && slices.Equal(s.Draft.Body.Notes, m.Notes)
}

// ReleaseForm is a review or a proofreading as its person fills it in.
type ReleaseForm struct {
	Draft  int
	Step   campaign.ReleaseStep
	Pass   bool
	Reason string // why it goes back; a remark when it passes
	Alone  string // why the same person reviews and proofreads
}

// StepRelease records a review or a proofreading of the draft.
func (d *Desk) StepRelease(ctx context.Context, p store.Staff, year int, f ReleaseForm) error {
	if err := need(p, campaign.Officer, campaign.Legal, campaign.Approver); err != nil {
		return err
	}
	f.Reason, f.Alone = strings.TrimSpace(f.Reason), strings.TrimSpace(f.Alone)
	bad := map[string]string{}
	if !f.Pass && f.Reason == "" {
		bad["reason"] = "退回时请写明理由"
	}
	if len([]rune(f.Reason)) > 1000 || len([]rune(f.Alone)) > 500 {
		bad["reason"] = "意见不超过 1000 字，人员不足的说明不超过 500 字"
	}
	if err := faulty(bad); err != nil {
		return err
	}
	return d.onRelease(ctx, year, func(tx *store.Tx, _ store.Campaign, s ReleaseState, now time.Time) error {
		switch {
		case s.Draft.N == 0 || s.Draft.N != f.Draft:
			return campaign.Fail(campaign.Conflict, "公布稿已有新的一稿，请刷新页面查看")
		case s.Void():
			return campaign.Fail(campaign.Conflict, "送审之后内容有变化，第 %d 稿的审校作废，请经办人员重新送审", s.Draft.N)
		}
		if err := s.Draft.Facts().Move(f.Step, p.Role, p.ID, f.Alone); err != nil {
			return err
		}
		k := slices.Index(campaign.ReleaseSteps(), f.Step) + 1
		return tx.AddReleaseStep(ctx, year, store.ReleaseStep{N: s.Draft.N, K: k, Step: f.Step, Pass: f.Pass, Reason: f.Reason, Alone: f.Alone, By: p.ID, At: now})
	})
}

// CorrectionForm puts right what was published.
type CorrectionForm struct {
	Kind, Code, Reason, Basis string
}

// Correct registers what a later version of the published results puts right;
// it is public once that version went through 三审三校 and was published (PL-13).
func (d *Desk) Correct(ctx context.Context, p store.Staff, year int, f CorrectionForm) error {
	if err := need(p, campaign.Officer); err != nil {
		return err
	}
	f.Code, f.Reason, f.Basis = strings.TrimSpace(f.Code), strings.TrimSpace(f.Reason), strings.TrimSpace(f.Basis)
	bad := map[string]string{}
	if f.Kind != "remove" && f.Kind != "text" {
		bad["kind"] = "请选择更正的种类"
	}
	for k, v := range map[string]string{"reason": f.Reason, "basis": f.Basis} {
		if n := len([]rune(v)); n == 0 || n > 500 {
			bad[k] = map[string]string{"reason": "请写明更正的内容和原因，将公开（不超过 500 字）", "basis": "请写明依据，如核查结论、决定书文号（不超过 500 字）"}[k]
		}
	}
	if f.Kind == "text" {
		f.Code = ""
	}
	return d.onRelease(ctx, year, func(tx *store.Tx, c store.Campaign, s ReleaseState, now time.Time) error {
		if c.PublishedAt == nil {
			return campaign.Fail(campaign.Conflict, "结果尚未公布，不需要更正")
		}
		if f.Kind == "remove" && !slices.ContainsFunc(s.Now.Excellent, func(n campaign.Named) bool { return n.Code == f.Code }) {
			bad["code"] = "请从现在的优秀单位名单中选择"
		}
		if err := faulty(bad); err != nil {
			return err
		}
		_, err := tx.AddCorrection(ctx, store.Correction{Year: year, Kind: f.Kind, Code: f.Code, Reason: f.Reason, Basis: f.Basis, By: p.ID, At: now})
		return err
	})
}

// Reissue publishes a corrected version: the list, and the report printed anew.
func (d *Desk) Reissue(ctx context.Context, p store.Staff, year int) error {
	if err := need(p, campaign.Officer); err != nil {
		return err
	}
	return d.onRelease(ctx, year, func(tx *store.Tx, c store.Campaign, s ReleaseState, now time.Time) error {
		if c.PublishedAt == nil {
			return campaign.Fail(campaign.Conflict, "结果尚未公布，请先公布第 1 版")
		}
		if s.released(s.Now) {
			return campaign.Fail(campaign.Conflict, "没有登记新的更正")
		}
		if err := s.Ready(); err != nil {
			return err
		}
		if err := tx.AddRelease(ctx, s.Draft, p.ID, now); err != nil {
			return err
		}
		v := strconv.Itoa(s.Draft.Version)
		n, err := tx.Numbers(ctx, campaign.ReportPaper.Series(), year, []string{"campaign-" + v})
		if err != nil {
			return err
		}
		tx.Queue(store.Intent{Key: contract.ReportKey(year, s.Draft.Version), Kind: store.PaperIntent, Ref: contract.Ref{Year: year},
			Body: store.PaperBody{Kind: campaign.ReportPaper, N: n["campaign-"+v], Version: s.Draft.Version, Date: campaign.DayOf(now)}})
		return nil
	})
}
