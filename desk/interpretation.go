package desk

import (
	"context"
	"slices"
	"strings"
	"time"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
)

// InterpretationForm is an interpretation as an officer writes it (第三十五条).
type InterpretationForm struct {
	Reading, Option, Clause, Body string
	FromYear                      int
}

// MakeInterpretation writes an interpretation into the register (GL-35). It
// changes nothing before another person, an approver, puts it in force.
func (d *Desk) MakeInterpretation(ctx context.Context, p store.Staff, f InterpretationForm) (string, error) {
	if err := need(p, campaign.Officer); err != nil {
		return "", err
	}
	if err := f.Check(); err != nil {
		return "", err
	}
	var id string
	err := d.commit(ctx, func(tx *store.Tx) error {
		if err := notLaunched(ctx, tx.Reader, f.FromYear); err != nil {
			return err
		}
		var err error
		id, err = tx.AddInterpretation(ctx, f.by(p, d.Clock()))
		return err
	})
	return id, err
}

// by is the interpretation as it enters the register.
func (f InterpretationForm) by(p store.Staff, at time.Time) store.Interpretation {
	return store.Interpretation{Reading: f.Reading, Option: f.Option, Clause: strings.TrimSpace(f.Clause), Body: strings.TrimSpace(f.Body), FromYear: f.FromYear, By: p.ID, At: at}
}

// Check names every field that cannot stand.
func (f InterpretationForm) Check() error {
	bad := map[string]string{}
	row, ok := rubric.ReadingByID(f.Reading)
	if !ok {
		return campaign.Fail(campaign.NotFound, "口径台账中没有 %s", f.Reading)
	}
	known := slices.ContainsFunc(row.Options, func(o rubric.Option) bool { return o.Key == f.Option })
	if row.Switchable() != (f.Option != "") || row.Switchable() && !known {
		bad["option"] = "请从列出的读法中选择一种"
	}
	for key, v := range map[string][2]string{"clause": {f.Clause, "请写明所解释的条款，如 附件2 第15项"}, "body": {f.Body, "请填写解释正文"}} {
		if strings.TrimSpace(v[0]) == "" {
			bad[key] = v[1]
		}
	}
	if len([]rune(f.Clause)) > 200 {
		bad["clause"] = "所解释的条款不超过 200 字"
	}
	if len([]rune(f.Body)) > 4000 {
		bad["body"] = "解释正文不超过 4000 字"
	}
	if f.FromYear < 2000 || f.FromYear > 2100 {
		bad["from_year"] = "请填写四位数字的年度，如 2028"
	}
	if len(bad) > 0 {
		return &campaign.Error{Kind: campaign.Invalid, Say: "解释有误，请按提示修改", Fields: bad}
	}
	return nil
}

// notLaunched refuses an interpretation for a year whose readings are frozen:
// what was launched is never reinterpreted afterwards.
func notLaunched(ctx context.Context, r store.Reader, year int) error {
	_, err := r.Campaign(ctx, year)
	switch {
	case err == nil:
		say := campaign.Fail(campaign.Invalid, "%d 年度已经启动，其口径已经冻结；请填写以后的年度", year)
		say.Fields = map[string]string{"from_year": say.Say}
		return say
	case campaign.KindOf(err) == campaign.NotFound:
		return nil
	}
	return err
}

// ForceInterpretation puts an interpretation in force; who made it may not.
func (d *Desk) ForceInterpretation(ctx context.Context, p store.Staff, id string) error {
	return d.ForceInterpretations(ctx, p, []string{id})
}
