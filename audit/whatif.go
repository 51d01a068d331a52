package audit

import (
	"context"
	"slices"
	"strings"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
)

// Foresight is what another reading would do to a campaign: both figures
// beside each other. The official result follows the frozen readings alone.
type Foresight struct {
	Row      rubric.ReadingRow
	Now      rubric.Option // in use
	Then     rubric.Option // tried
	Effect   rubric.Effect
	Names    map[string]string
	Complete bool // every institution's result has been served; the others count as not scored
}

// WhatIf tries another option of one reading on what a campaign has recorded;
// option "" takes the first that is not in use.
func WhatIf(ctx context.Context, r store.Reader, t *rubric.Table, year int, reading, option string) (Foresight, error) {
	f, err := lookAhead(strings.ToUpper(strings.TrimSpace(reading)))
	if err != nil {
		return f, err
	}
	y, err := yearOf(ctx, r, year)
	if err != nil {
		return f, err
	}
	f.Names, f.Complete = y.names, y.complete
	used := y.c.Rules.Settings.Readings
	f.Now, _ = f.option(optionIn(used, f.Row))
	if option == "" {
		for _, o := range f.Row.Options {
			if o.Key != f.Now.Key {
				option = o.Key
				break
			}
		}
	}
	var known bool
	if f.Then, known = f.option(option); !known {
		return f, campaign.Fail(campaign.Invalid, "%s 没有读法 %q，可用的有：%s", f.Row.ID, option, strings.Join(f.options(), "、"))
	}
	if f.Then.Key == f.Now.Key {
		return f, campaign.Fail(campaign.Invalid, "%s 的读法 %q 正在使用，没有可比较的", f.Row.ID, option)
	}
	f.Effect, err = rubric.WhatIf(t, year, y.cases, used.Reading(), with(used, f.Row.ID, option).Reading(), y.lines)
	return f, err
}

// lookAhead finds a reading of which there is a choice.
func lookAhead(id string) (f Foresight, err error) {
	row, ok := rubric.ReadingByID(id)
	switch {
	case !ok:
		return f, campaign.Fail(campaign.NotFound, "口径台账中没有 %s，应为 R-01 至 R-43", id)
	case !row.Switchable():
		return f, campaign.Fail(campaign.Invalid, "%s（%s）只有一种可计算的读法，不影响得分", row.ID, row.Subject)
	}
	f.Row = row
	return f, nil
}

func (f Foresight) option(key string) (rubric.Option, bool) {
	i := slices.IndexFunc(f.Row.Options, func(o rubric.Option) bool { return o.Key == key })
	if i < 0 {
		return rubric.Option{}, false
	}
	return f.Row.Options[i], true
}

func (f Foresight) options() []string {
	var keys []string
	for _, o := range f.Row.Options {
		keys = append(keys, o.Key)
	}
	return keys
}

// optionIn is the option of a reading that choices use.
func optionIn(used rubric.Choices, row rubric.ReadingRow) string {
	for _, c := range used {
		if c.Reading == row.ID {
			return c.Option
		}
	}
	return row.DefaultKey
}

// with is the choices with one of them taken otherwise.
func with(used rubric.Choices, reading, option string) rubric.Choices {
	other := slices.DeleteFunc(slices.Clone(used), func(c rubric.Choice) bool { return c.Reading == reading })
	return append(other, rubric.Choice{Reading: reading, Option: option}).Sorted()
}

// Previews tries every option that a campaign does not use, one at a time, by
// reading: how many would be touched, without naming anybody.
func Previews(ctx context.Context, r store.Reader, t *rubric.Table, year int) ([]rubric.Effect, error) {
	y, err := yearOf(ctx, r, year)
	if err != nil {
		return nil, err
	}
	return rubric.WhatIfEach(t, year, y.cases, y.c.Rules.Settings.Readings.Reading(), y.lines)
}

// Robustness is the robustness sheet of a campaign with the names to it.
type Robustness struct {
	rubric.Robustness
	Names    map[string]string
	Complete bool
}

// Robust tries what the results of a campaign rest on: each reviewer left out,
// each deduction at both ends of its range, each open item accepted.
func Robust(ctx context.Context, r store.Reader, t *rubric.Table, year int) (Robustness, error) {
	y, err := yearOf(ctx, r, year)
	if err != nil {
		return Robustness{}, err
	}
	sheet, err := rubric.Robust(t, year, y.cases, y.c.Rules.Settings.Readings.Reading(), y.lines)
	return Robustness{sheet, y.names, y.complete}, err
}

// asked is a campaign as what-if and robustness look at it.
type asked struct {
	c        store.Campaign
	cases    []rubric.Case
	lines    rubric.Lines
	names    map[string]string
	complete bool
}

func yearOf(ctx context.Context, r store.Reader, year int) (y asked, err error) {
	if y.c, err = r.Campaign(ctx, year); err != nil {
		return y, err
	}
	if y.cases, err = r.Cases(ctx, year); err != nil {
		return y, err
	}
	entries, err := r.Entries(ctx, year)
	if err != nil {
		return y, err
	}
	y.names, y.complete = map[string]string{}, true
	for _, e := range entries {
		y.names[e.Code] = e.Name
		switch e.Stage {
		case campaign.Served, campaign.Final, campaign.Closed, campaign.Left:
		default:
			y.complete = false
			y.cover(e.Code)
		}
	}
	s := y.c.Rules.Settings
	y.lines = rubric.Lines{Excellent: s.Excellent, Criteria: s.Criteria}
	return y, nil
}

// cover leaves out the sheets and late reports of an institution whose result has not been
// served: nobody weighs them before.
func (y *asked) cover(code string) {
	for i := range y.cases {
		if y.cases[i].Code == code {
			y.cases[i].Sheets, y.cases[i].Silent, y.cases[i].LateReports = nil, false, 0
		}
	}
}
