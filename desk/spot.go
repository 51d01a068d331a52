package desk

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// sealSpot commits the seed of a year's spot checks at its launch (requirements
// §3 no. 5): its digest is public from now on, itself nobody reads before the results.
func sealSpot(ctx context.Context, tx *store.Tx, c store.Campaign) error {
	seed := campaign.RehearsalSeed(c.Year)
	if !c.Rehearsal {
		if _, err := rand.Read(seed[:]); err != nil {
			return err
		}
	}
	return tx.CommitSpot(ctx, c.Year, c.Rules.Settings.Spots(), seed, c.CreatedBy, c.CreatedAt)
}

// SpotReady refuses publication while the sealed seed is not the one that was
// committed at launch: what was drawn could not be recounted. The publish path asks it.
func SpotReady(ctx context.Context, r store.Reader, year int) error {
	sound, err := r.SpotSound(ctx, year)
	if err == nil && !sound {
		err = campaign.Fail(campaign.Conflict, "封存的抽查种子与启动时公布的承诺（SHA-256）不符，不能公布结果。请停止办理，通知审计人员核查")
	}
	return err
}

// spotOpen says whether a list of an institution may be drawn and looked at:
// when nothing in it can change any more, and before the seed is public.
func (d *Desk) spotOpen(ctx context.Context, r store.Reader, s scene) error {
	switch st := s.Entry.Stage; {
	case s.Campaign.PublishedAt != nil:
		return campaign.Fail(campaign.TooLate, "结果已经公布，种子已经公开，不能再抽查")
	case st == campaign.Invited || st == campaign.Left:
		return campaign.Fail(campaign.Conflict, "当前为“%s”阶段，不能抽查", st.Chinese())
	}
	switch err := d.evidenceOpen(ctx, r, s); {
	case err == nil:
		return campaign.Fail(campaign.Conflict, "证据材料截止前机构还可以修改登记，截止后才能抽取")
	case campaign.KindOf(err) == campaign.Internal:
		return err
	}
	return nil
}

// spotter refuses who may not draw or look: officers, and reviewers where they have a seat.
func (d *Desk) spotter(ctx context.Context, p store.Staff, ref contract.Ref) error {
	if err := need(p, campaign.Officer, campaign.Reviewer); err != nil || p.Role == campaign.Officer {
		return err
	}
	_, err := d.HoldsSeat(ctx, p, ref)
	return err
}

// DrawSpot draws the items of one list of an institution. Who asks has no part
// in what is drawn; a list is drawn once.
func (d *Desk) DrawSpot(ctx context.Context, p store.Staff, ref contract.Ref, k campaign.SpotKind) error {
	if err := d.spotter(ctx, p, ref); err != nil {
		return err
	}
	return d.inYear(ctx, ref, func(tx *store.Tx, s scene) error {
		if err := d.spotOpen(ctx, tx.Reader, s); err != nil {
			return err
		}
		drawn, err := d.draw(ctx, tx, s, k, p.ID)
		if err == nil && !drawn {
			err = campaign.Fail(campaign.Conflict, "“%s”没有可以抽取的登记，或者已经抽取", k.Chinese())
		}
		return err
	})
}

// spotPage is how many institutions one act draws for.
const spotPage = 100

// DrawSpots draws every list of the institutions whose lists are closed, and
// tells of how many and whether some are left for the next time.
func (d *Desk) DrawSpots(ctx context.Context, p store.Staff, year int) (drawn int, more bool, err error) {
	if err := need(p, campaign.Officer); err != nil {
		return 0, false, err
	}
	entries, err := d.Store.Entries(ctx, year)
	if err != nil {
		return 0, false, err
	}
	for _, e := range entries {
		if drawn == spotPage {
			return drawn, true, nil
		}
		some := false
		err := d.inYear(ctx, e.Ref(), func(tx *store.Tx, s scene) error {
			some = false
			if d.spotOpen(ctx, tx.Reader, s) != nil {
				return nil
			}
			for _, k := range campaign.SpotKinds() {
				one, err := d.draw(ctx, tx, s, k, p.ID)
				if err != nil {
					return err
				}
				some = some || one
			}
			return nil
		})
		if err != nil {
			return drawn, false, err
		}
		if some {
			drawn++
		}
	}
	return drawn, false, nil
}

// draw draws a list that was not drawn yet and has items.
func (d *Desk) draw(ctx context.Context, tx *store.Tx, s scene, k campaign.SpotKind, by string) (bool, error) {
	ref := s.ref()
	c, err := tx.SpotCommit(ctx, ref.Year)
	if err != nil {
		return false, renamedAbsence(err, "本年度启动时没有承诺抽查种子，不能抽查")
	}
	all, err := tx.SpotDraws(ctx, ref)
	if err != nil {
		return false, err
	}
	for _, o := range all {
		if o.Kind == k {
			return false, nil
		}
	}
	reg, err := d.filed(ctx, tx.Reader, ref, k.Register())
	if err != nil {
		return false, err
	}
	items := k.Items(reg.Body.Rows)
	if len(items) == 0 {
		return false, nil
	}
	key, err := tx.SpotKey(ctx, ref, k)
	if err != nil {
		return false, err
	}
	o := store.SpotDraw{Year: ref.Year, Code: ref.Code, Kind: k, Version: reg.Version, Total: len(items), By: by, At: s.Now}
	for _, it := range key.Draw(items, c.Items) {
		o.Lines = append(o.Lines, it.Line)
	}
	return true, tx.AddSpotDraw(ctx, o)
}

// renamedAbsence says in other words that something is not there.
func renamedAbsence(err error, say string) error {
	if campaign.KindOf(err) == campaign.NotFound {
		return campaign.Fail(campaign.Conflict, "%s", say)
	}
	return err
}

// SpotForm is what was found of a drawn line.
type SpotForm struct {
	Kind    campaign.SpotKind
	Line    int
	Finding campaign.SpotFinding
	Note    string
}

// RecordSpot keeps what somebody found when he looked at a drawn line. It never
// changes a score: a reviewer for whom it matters says so in his reasons.
func (d *Desk) RecordSpot(ctx context.Context, p store.Staff, ref contract.Ref, f SpotForm) error {
	if err := d.spotter(ctx, p, ref); err != nil {
		return err
	}
	f.Note = strings.TrimSpace(f.Note)
	bad := map[string]string{}
	if !slices.Contains(f.Kind.SpotFindings(), f.Finding) {
		bad["finding"] = "请选择核查结果"
	}
	if n := len([]rune(f.Note)); n > 500 {
		bad["note"] = "情况说明不超过 500 字"
	} else if n == 0 && f.Finding != campaign.SpotSound {
		bad["note"] = "请写明情况"
	}
	if err := faulty(bad); err != nil {
		return err
	}
	return d.inYear(ctx, ref, func(tx *store.Tx, s scene) error {
		if err := d.spotOpen(ctx, tx.Reader, s); err != nil {
			return err
		}
		all, err := tx.SpotDraws(ctx, ref)
		if err != nil {
			return err
		}
		for _, o := range all {
			if last := o.Check(f.Line); o.Kind == f.Kind && last != nil && last.By == p.ID && last.Finding == f.Finding && last.Note == f.Note {
				return nil // the same form sent twice is one act
			}
		}
		return tx.AddSpotCheck(ctx, store.SpotCheck{Year: ref.Year, Code: ref.Code, Kind: f.Kind, Line: f.Line, Finding: f.Finding, Note: f.Note, By: p.ID, At: s.Now})
	})
}
