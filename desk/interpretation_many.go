package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
)

// DefaultsPath is the page on which the readings of a year get their interpretations.
func DefaultsPath(year int) string { return fmt.Sprintf("/office/interpret/defaults?year=%d", year) }

// Bound refuses a year while a reading that changes figures rests on no
// interpretation in force (第三十五条, GL-35): the choices are those that a launch freezes.
func Bound(year int, c rubric.Choices) error {
	open := c.Unbound()
	if len(open) == 0 {
		return nil
	}
	var which []string
	for _, row := range open {
		which = append(which, row.ID+" "+row.Subject)
	}
	return campaign.Fail(campaign.Conflict, "%d 年度有 %d 项影响得分的口径没有生效的解释，不能启动（第三十五条）：%s。请经办人员在口径台账一并制定，由审批人员批准生效",
		year, len(open), strings.Join(which, "、"))
}

// Bound looks whether a year launched now would rest on interpretations alone.
func (d *Desk) Bound(ctx context.Context, year int) error {
	choices, err := d.Store.ChoicesFor(ctx, year)
	if err != nil {
		return err
	}
	return Bound(year, choices)
}

// Uninterpreted is a reading that rests on no interpretation in force for a year.
type Uninterpreted struct {
	rubric.ReadingRow
	Made []store.Interpretation // not in force for the year: wait for approval, or begin with a later year
}

// Lacking lists the readings without an interpretation in force for a year.
func Lacking(ctx context.Context, r store.Reader, year int) ([]Uninterpreted, error) {
	made, err := r.Interpretations(ctx)
	if err != nil {
		return nil, err
	}
	waiting, err := r.WaitingInterpretations(ctx)
	if err != nil {
		return nil, err
	}
	made = slices.DeleteFunc(made, func(i store.Interpretation) bool { // what can come into force no more is as if never made
		return i.ForceAt == nil && !slices.ContainsFunc(waiting, func(w store.Interpretation) bool { return w.ID == i.ID })
	})
	var all []Uninterpreted
	for _, row := range rubric.Readings() {
		u := Uninterpreted{ReadingRow: row}
		holds := false
		for _, i := range made {
			if i.Reading == row.ID {
				u.Made = append(u.Made, i)
				holds = holds || i.ForceAt != nil && i.FromYear <= year
			}
		}
		if !holds {
			all = append(all, u)
		}
	}
	return all, nil
}

// ByDefault is the interpretation of a reading as the register reads it where
// nobody decided otherwise.
func ByDefault(row rubric.ReadingRow, year int) InterpretationForm {
	return InterpretationForm{Reading: row.ID, Option: row.DefaultKey, Clause: row.Clause(), Body: row.Default, FromYear: year}
}

// checkInterpretations names every field of several interpretations that cannot
// stand, each by the key of a field, a hyphen and the reading.
func checkInterpretations(all []InterpretationForm) error {
	if len(all) == 0 {
		return campaign.Fail(campaign.Invalid, "没有勾选任何一项，请勾选要制定的解释")
	}
	bad := map[string]string{}
	for _, f := range all {
		e, wrong := errors.AsType[*campaign.Error](f.Check())
		if wrong && len(e.Fields) == 0 {
			return e // no such reading
		}
		if wrong {
			for key, say := range e.Fields {
				if key != "from_year" { // of all
					key, say = key+"-"+f.Reading, f.Reading+" "+say
				}
				bad[key] = say
			}
		}
	}
	if len(bad) > 0 {
		return &campaign.Error{Kind: campaign.Invalid, Say: "解释有误，请按提示修改", Fields: bad}
	}
	return nil
}

// MakeInterpretations writes several interpretations into the register in one
// act, each under a number of its own, all or none: so many that nobody would
// decide one by one what each reads as the text stands (GL-35). A reading that got
// an interpretation meanwhile is refused by name: who wants another one writes it
// for itself, knowing the first.
func (d *Desk) MakeInterpretations(ctx context.Context, p store.Staff, all []InterpretationForm) ([]string, error) {
	if err := need(p, campaign.Officer); err != nil {
		return nil, err
	}
	var ids []string
	err := d.commit(ctx, func(tx *store.Tx) error {
		ids = nil
		now := d.Clock()
		if err := tx.HoldInterpretations(ctx, now); err != nil {
			return err
		}
		if err := mayInterpret(ctx, tx.Reader, all); err != nil {
			return err
		}
		for _, f := range all {
			id, err := tx.AddInterpretation(ctx, f.by(p, now))
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return nil
	})
	return ids, err
}

// MayInterpret looks whether they can all be written into the register.
func (d *Desk) MayInterpret(ctx context.Context, all []InterpretationForm) error {
	return mayInterpret(ctx, d.Store.Reader, all)
}

func mayInterpret(ctx context.Context, r store.Reader, all []InterpretationForm) error {
	if err := checkInterpretations(all); err != nil {
		return err
	}
	for _, f := range all {
		if err := notLaunched(ctx, r, f.FromYear); err != nil {
			return err
		}
	}
	return untouched(ctx, r, all)
}

// untouched refuses readings that have an interpretation, or have one on its way.
func untouched(ctx context.Context, r store.Reader, all []InterpretationForm) error {
	bad := map[string]string{}
	for i, f := range all {
		open, err := Lacking(ctx, r, f.FromYear)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(open, func(u Uninterpreted) bool { return u.ID == f.Reading })
		switch twice := slices.ContainsFunc(all[:i], func(o InterpretationForm) bool { return o.Reading == f.Reading }); {
		case at < 0:
			bad["take-"+f.Reading] = f.Reading + " 已经有了生效的解释，请取消勾选"
		case len(open[at].Made) > 0:
			bad["take-"+f.Reading] = f.Reading + " 已经制定了解释 " + open[at].Made[0].ID + "，请取消勾选"
		case twice:
			bad["take-"+f.Reading] = f.Reading + " 填写了两次"
		}
	}
	if len(bad) > 0 {
		return &campaign.Error{Kind: campaign.Conflict, Say: "其中有口径已经制定了解释，没有记入任何一项；取消勾选后可以记入其余各项", Fields: bad}
	}
	return nil
}

// ForceInterpretations puts several interpretations in force in one act, each
// with a row and a leaf of its own, all or none.
func (d *Desk) ForceInterpretations(ctx context.Context, p store.Staff, ids []string) error {
	return d.commit(ctx, func(tx *store.Tx) error {
		if err := mayForce(ctx, tx.Reader, p, ids); err != nil {
			return err
		}
		for _, id := range ids {
			if err := tx.ForceInterpretation(ctx, id, p.ID, d.Clock()); err != nil {
				return err
			}
		}
		return nil
	})
}

// MayForce looks whether a person may put them all in force.
func (d *Desk) MayForce(ctx context.Context, p store.Staff, ids []string) error {
	return mayForce(ctx, d.Store.Reader, p, ids)
}

// mayForce refuses the maker, a year that is launched, and two for one reading:
// the later would win unseen.
func mayForce(ctx context.Context, r store.Reader, p store.Staff, ids []string) error {
	if err := need(p, campaign.Approver); err != nil {
		return err
	}
	if len(ids) == 0 {
		return campaign.Fail(campaign.Invalid, "没有勾选任何一项，请阅读后勾选要批准的解释")
	}
	before := map[string]string{}
	for _, id := range ids {
		i, err := r.Interpretation(ctx, id)
		if err != nil {
			return err
		}
		switch other := before[i.Reading]; {
		case other != "":
			return campaign.Fail(campaign.Invalid, "%s 和 %s 都解释 %s，后生效的代替先生效的，请分别批准", other, id, i.Reading)
		case i.ForceAt != nil:
			return campaign.Fail(campaign.Conflict, "%s 已经生效", id)
		case i.By == p.ID:
			return campaign.Fail(campaign.Forbidden, "%s 由您制定，制定人不能批准自己制定的解释，请由另一位人员办理", id)
		}
		if err := notLaunched(ctx, r, i.FromYear); campaign.KindOf(err) == campaign.Invalid {
			return campaign.Fail(campaign.Conflict, "%d 年度已经启动，其口径已经冻结；%s 不能再生效，请重新制定适用于以后年度的解释", i.FromYear, id)
		} else if err != nil {
			return err
		}
		before[i.Reading] = id
	}
	return nil
}
