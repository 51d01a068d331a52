package desk

import (
	"context"
	"fmt"
	"slices"

	"xuanping/campaign"
	"xuanping/store"
)

// SetSurvey writes a version of a year's unscored questions (专栏4(一)3, PL-9).
// The same questions again are no new version.
func (d *Desk) SetSurvey(ctx context.Context, p store.Staff, year int, all []campaign.Question) error {
	if err := need(p, campaign.Officer); err != nil {
		return err
	}
	if err := faulty(campaign.CheckSurvey(all)); err != nil {
		return err
	}
	return d.commit(ctx, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, campaign.Ref{Year: year}); err != nil {
			return err
		}
		c, err := tx.Campaign(ctx, year)
		if err != nil {
			return err
		}
		if c.PublishedAt != nil {
			return campaign.Fail(campaign.TooLate, "本年度结果已经公布，不能再设置调研问题")
		}
		old, err := tx.Surveys(ctx, year)
		if err != nil || len(old) > 0 && old[len(old)-1].Digest == store.Digest(all) {
			return err
		}
		_, err = tx.AddSurvey(ctx, year, all, p.ID, c.Now(d.Clock()))
		return err
	})
}

// AnswerSurvey takes an institution's answers to the newest questions. Nothing
// that scores reads them.
func (d *Desk) AnswerSurvey(ctx context.Context, v Visitor, version int, answers [][]string, by Signer) (Receipt, error) {
	var rec Receipt
	err := d.visit(ctx, v, func(tx *store.Tx, s scene) error {
		all, err := tx.Surveys(ctx, v.Ref.Year)
		if err != nil {
			return err
		}
		switch {
		case len(all) == 0:
			return campaign.Fail(campaign.NotFound, "本年度没有调研问题")
		case s.Campaign.PublishedAt != nil || s.Entry.Stage == campaign.Left:
			return campaign.Fail(campaign.TooLate, "本年度的调研已经结束")
		case all[len(all)-1].Version != version:
			return campaign.Fail(campaign.Conflict, "调研问题已更新为第 %d 版，请打开页面按新的问题填写", all[len(all)-1].Version)
		}
		bad := campaign.CheckAnswers(all[len(all)-1].Questions, answers)
		by.check(bad)
		if err := faulty(bad); err != nil {
			return err
		}
		old, err := tx.OwnAnswers(ctx, v.Ref)
		if err == nil && old.Version == version && slices.EqualFunc(old.Answers, answers, slices.Equal) { // the same form twice is one act
			rec = Receipt{key(v.Ref, "survey", fmt.Sprint(old.N)), "专题调研", old.Digest, old.At, false}
			return nil
		}
		if err != nil && campaign.KindOf(err) != campaign.NotFound {
			return err
		}
		n, err := tx.AddAnswers(ctx, v.Ref, version, answers, by.line(), s.Now)
		rec = Receipt{key(v.Ref, "survey", fmt.Sprint(n)), "专题调研", store.Digest(answers), s.Now, false}
		return err
	})
	return rec, err
}
