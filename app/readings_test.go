package app

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

// GL-35: the trace of a year names of every scoring switch the option, the
// interpretation, its clause, and who decided it when, by number and never by
// name; without a year it says how to see them.
func TestGL35TraceNamesInterpretations(t *testing.T) {
	s, _ := storetest.Open(t)
	c := storetest.Campaign(t, s, 2026, true, 1)
	a := &App{Store: s}
	var still, out strings.Builder
	if err := Trace(false, &still); err != nil || !strings.Contains(still.String(), "starter trace --year") || strings.Contains(still.String(), "释-") {
		t.Errorf("%v\n%s", err, still.String())
	}
	if err := a.TraceYear(t.Context(), 2026, true, &out); err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(out.String(), "GL-35 ")
	said, _, _ := strings.Cut(rest, "\nX")
	stamp := c.CreatedAt.In(campaign.Beijing).Format("2006-01-02 15:04")
	for _, one := range c.Rules.Settings.Readings {
		row, _ := rubric.ReadingByID(one.Reading)
		want := "\t" + row.ID + " " + row.Subject + "：" + row.OptionText(one.Option) + "　" + one.Interpretation + "　" + row.Clause() + "　2026 年度起　o1 制定 " + stamp + "　a1 批准 " + stamp + "\n"
		if !strings.Contains(said, want) {
			t.Errorf("the trace lacks %q", want)
		}
	}
	if strings.Contains(out.String(), rubric.ByDefault) || strings.Contains(out.String(), "经办甲") || len(c.Rules.Settings.Readings) != 11 {
		t.Error(out.String())
	}
	if err := a.TraceYear(t.Context(), 2031, false, &out); err == nil || !strings.Contains(err.Error(), "没有 2031 年度") {
		t.Error(err)
	}
	// a year of an older house, which nobody interpreted
	rules := c.Rules
	rules.Settings.Readings = rubric.Choices{{Reading: "R-05", Option: "broad"}, {Reading: "R-16", Option: "capped", Interpretation: "释-2020-01"}}
	if err := s.Write(t.Context(), func(tx *store.Tx) error { return tx.AddRules(t.Context(), 2026, rules, "o1", time.Now()) }); err != nil {
		t.Fatal(err)
	}
	out.Reset()
	err := a.TraceYear(t.Context(), 2026, true, &out)
	if err == nil || !strings.Contains(err.Error(), "10 项") || strings.Count(out.String(), rubric.ByDefault) != 10 || !strings.Contains(out.String(), "适用于整个第15项　"+rubric.ByDefault) || !strings.Contains(out.String(), "释-2020-01（台账中没有）") {
		t.Errorf("%v\n%s", err, out.String())
	}
}

// GL-35: from the command line too, it takes an officer and another person
// before a year can be launched; what is lacking is listed.
func TestGL35ReadingsByCommand(t *testing.T) {
	s, _ := storetest.Open(t)
	ctx := t.Context()
	if err := s.Write(ctx, func(tx *store.Tx) error {
		for _, p := range storetest.People() {
			if err := tx.PutStaff(ctx, p, "setup", time.Now()); err != nil {
				return err
			}
		}
		_, _, err := tx.PutInstitutions(ctx, storetest.Institutions(1), "o1", time.Now())
		return err
	}); err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return storetest.Rules(t, 2026).Calendar.Launch.Morning() }
	a := &App{Store: s, Desk: &desk.Desk{Store: s, Table: rubric.Annex2(), Clock: clock}, Config: Config{BaseURL: "https://x.example"}}
	run := func(do func(context.Context, *strings.Builder) error) (string, error) {
		var out strings.Builder
		err := do(ctx, &out)
		return out.String(), err
	}
	list := func() string {
		t.Helper()
		text, err := run(func(ctx context.Context, out *strings.Builder) error { return a.Readings(ctx, 2026, out) })
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	launch := func() error {
		_, err := run(func(ctx context.Context, out *strings.Builder) error { return a.Launch(ctx, "o1", 2026, true, out) })
		return err
	}
	if err := launch(); err == nil || !strings.Contains(err.Error(), "R-34 并列与名次") || !strings.Contains(err.Error(), "https://x.example/office/interpret/defaults?year=2026，或者 starter readings make 2026") {
		t.Errorf("%v", err)
	}
	if text, err := run(func(ctx context.Context, out *strings.Builder) error { return a.Preflight(ctx, 2026, true, out) }); err == nil || !strings.Contains(text, "未通过\t口径解释\t11 项") || !strings.Contains(text, "办理页面 https://x.example/office/interpret/defaults?year=2026") {
		t.Errorf("%v\n%s", err, text)
	}
	if text := list(); strings.Count(text, rubric.ByDefault) != 11 {
		t.Error(text)
	}
	if _, err := run(func(ctx context.Context, out *strings.Builder) error { return a.MakeReadings(ctx, "a1", 2026, out) }); campaign.KindOf(err) != campaign.Forbidden {
		t.Errorf("an approver makes them: %v", err)
	}
	made, err := run(func(ctx context.Context, out *strings.Builder) error { return a.MakeReadings(ctx, "o1", 2026, out) })
	ids := regexp.MustCompile(`释-\d{4}-\d{2}`).FindAllString(made, -1)
	if err != nil || len(ids) != 11 || !strings.Contains(made, "  对整项：上限写在该项的分值栏。") {
		t.Fatalf("%v\n%s", err, made)
	}
	if text := list(); strings.Count(text, "待批准") != 11 {
		t.Error(text)
	}
	if _, err := run(func(ctx context.Context, out *strings.Builder) error { return a.MakeReadings(ctx, "o2", 2026, out) }); err == nil || !strings.Contains(err.Error(), "都已制定解释") {
		t.Errorf("made twice: %v", err)
	}
	if _, err := run(func(ctx context.Context, out *strings.Builder) error { return a.ForceReadings(ctx, "o1", ids, out) }); campaign.KindOf(err) != campaign.Forbidden || launch() == nil {
		t.Errorf("the officer approves: %v", err)
	}
	if text, err := run(func(ctx context.Context, out *strings.Builder) error { return a.ForceReadings(ctx, "a1", ids, out) }); err != nil || strings.Count(text, "已生效") != 11 {
		t.Errorf("%v\n%s", err, text)
	}
	if text := list(); strings.Contains(text, rubric.ByDefault) || strings.Contains(text, "待批准") {
		t.Error(text)
	}
	if err := launch(); err != nil {
		t.Error(err)
	}
}
