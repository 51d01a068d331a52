package app

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/rubric"
	"xuanping/store"
)

// Readings prints, for every reading that changes figures, the interpretation that
// a year launched now would rest on, or what is lacking (第三十五条).
func (a *App) Readings(ctx context.Context, year int, out io.Writer) error {
	choices, err := a.Store.ChoicesFor(ctx, year)
	if err != nil {
		return err
	}
	lines, _, err := a.boundLines(ctx, choices)
	if err != nil {
		return err
	}
	lacking, err := desk.Lacking(ctx, a.Store.Reader, year)
	if err != nil {
		return err
	}
	for _, u := range lacking {
		for _, i := range u.Made {
			if u.Switchable() && i.ForceAt == nil {
				lines = append(lines, waits(i))
			}
		}
	}
	fmt.Fprintln(out, strings.Join(lines, "\n"))
	return nil
}

func waits(i store.Interpretation) string {
	return fmt.Sprintf("待批准　%s\n  %s", strings.Join([]string{i.ID, i.Reading, optionOf(i), i.Clause, fmt.Sprintf("%d 年度起", i.FromYear), i.By + " 制定"}, "　"), i.Body)
}

func optionOf(i store.Interpretation) string {
	row, _ := rubric.ReadingByID(i.Reading)
	return row.OptionText(i.Option)
}

// MakeReadings has an officer interpret by its default every reading that changes
// figures and has no interpretation for a year, and prints what an approver will read.
func (a *App) MakeReadings(ctx context.Context, by string, year int, out io.Writer) error {
	p, err := a.actor(ctx, by)
	if err != nil {
		return err
	}
	lacking, err := desk.Lacking(ctx, a.Store.Reader, year)
	if err != nil {
		return err
	}
	var all []desk.InterpretationForm
	for _, u := range lacking {
		if u.Switchable() && len(u.Made) == 0 {
			all = append(all, desk.ByDefault(u.ReadingRow, year))
		}
	}
	if len(all) == 0 {
		return fmt.Errorf("%d 年度影响得分的口径都已制定解释；查看：starter readings list %d", year, year)
	}
	ids, err := a.Desk.MakeInterpretations(ctx, p, all)
	if err != nil {
		return explainFields(err)
	}
	for _, id := range ids {
		i, err := a.Store.Interpretation(ctx, id)
		if err != nil {
			return err
		}
		fmt.Fprintln(out, waits(i))
	}
	return nil
}

// ForceReadings has an approver put interpretations in force, all or none.
func (a *App) ForceReadings(ctx context.Context, by string, ids []string, out io.Writer) error {
	p, err := a.actor(ctx, by)
	if err != nil {
		return err
	}
	if err := a.Desk.ForceInterpretations(ctx, p, ids); err != nil {
		return explainFields(err)
	}
	for _, id := range ids {
		fmt.Fprintln(out, id, "已生效")
	}
	return nil
}

// TraceYear prints the trace and, under 第三十五条, the interpretation that each
// reading that changes figures rests on in a year; a check fails where one has none.
func (a *App) TraceYear(ctx context.Context, year int, check bool, out io.Writer) error {
	c, err := a.campaign(ctx, year)
	if err != nil {
		return err
	}
	lines, unbound, err := a.boundLines(ctx, c.Rules.Settings.Readings)
	if err != nil {
		return err
	}
	if err := printTrace(traceFile, check, map[string][]string{readingsClause: lines}, out); err != nil {
		return err
	}
	if check && unbound > 0 {
		return fmt.Errorf("%d 年度有 %d 项影响得分的口径没有解释编号（第三十五条）", year, unbound)
	}
	return nil
}

// readingsClause is the line of the trace about interpretations.
const readingsClause = "GL-35"

// boundLines says of every reading that changes figures its option, the
// interpretation, the clause, and who made it and put it in force when.
func (a *App) boundLines(ctx context.Context, used rubric.Choices) (lines []string, unbound int, err error) {
	for _, row := range rubric.Readings() {
		if !row.Switchable() {
			continue
		}
		one := rubric.Choice{Reading: row.ID, Option: row.DefaultKey}
		if at := slices.IndexFunc(used, func(c rubric.Choice) bool { return c.Reading == row.ID }); at >= 0 {
			one = used[at]
		}
		by := rubric.ByDefault
		if one.Interpretation == "" {
			unbound++
		} else if by, err = a.groundOf(ctx, one.Interpretation); err != nil {
			return nil, 0, err
		}
		lines = append(lines, fmt.Sprintf("%s %s：%s　%s", row.ID, row.Subject, row.OptionText(one.Option), by))
	}
	return lines, unbound, nil
}

// groundOf is an interpretation in a line, people by their number alone.
func (a *App) groundOf(ctx context.Context, id string) (string, error) {
	i, err := a.Store.Interpretation(ctx, id)
	if campaign.KindOf(err) == campaign.NotFound {
		return id + "（台账中没有）", nil
	}
	if err != nil {
		return "", err
	}
	at := func(t time.Time) string { return t.In(campaign.Beijing).Format("2006-01-02 15:04") }
	words := []string{i.ID, i.Clause, fmt.Sprintf("%d 年度起", i.FromYear), i.By + " 制定 " + at(i.At)}
	if i.ForceAt != nil {
		words = append(words, *i.ForceBy+" 批准 "+at(*i.ForceAt))
	}
	return strings.Join(words, "　"), nil
}
