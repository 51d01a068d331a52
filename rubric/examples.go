package rubric

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Example is a worked case beside the 14 vectors: the text or reading it holds,
// the arithmetic in words, the input and what must come out. All of it is data
// that a regulator can read and recompute by hand; points are texts.
type Example struct {
	ID    string `json:"id"`
	Tests string `json:"tests"`
	Words string `json:"words"`

	Year     int      `json:"year,omitempty"`     // 2026 when absent
	Readings []string `json:"readings,omitempty"` // "R-05 broad"
	Base     string   `json:"base,omitempty"`     // put into rows 1, 2, … until used up
	Sheets   []string `json:"sheets,omitempty"`   // one per reviewer: "1=9 2=8.5"
	Rulings  string   `json:"rulings,omitempty"`
	Self     string   `json:"self,omitempty"`   // with it the one sheet is checked against the self-score
	Events   []string `json:"events,omitempty"` // "15.3a 2 2026-05-01 M1 待确认 已用于基础分"

	Want    string   `json:"want,omitempty"` // "总分=88 加分=3.5 扣分=3 …"
	Refused string   `json:"refused,omitempty"`
	Totals  []string `json:"totals,omitempty"` // with Ranks; "甲:95" stands in category 甲
	Ranks   []int    `json:"ranks,omitempty"`
	Instant string   `json:"instant,omitempty"` // with Day
	Day     string   `json:"day,omitempty"`

	Criteria string   `json:"criteria,omitempty"` // "总分=60 扣分=10 逾期=2", with Facts and Grounds
	Facts    string   `json:"facts,omitempty"`
	Grounds  []string `json:"grounds,omitempty"`
}

//go:embed data/examples.json
var examplesFile []byte

// Examples reads the worked cases.
func Examples() ([]Example, error) {
	d := json.NewDecoder(bytes.NewReader(examplesFile))
	d.DisallowUnknownFields()
	var all []Example
	err := d.Decode(&all)
	return all, err
}

// Check works the case and says what came out instead.
func (e Example) Check() error {
	switch {
	case e.Totals != nil:
		return e.checkRanks()
	case e.Instant != "":
		return e.checkDay()
	case e.Criteria != "":
		return e.checkGrounds()
	case e.Self != "":
		return e.checkReview()
	case e.Want == "" && e.Refused == "":
		return errors.New("算例没有写明应得的结果")
	}
	return e.checkScore()
}

func (e Example) checkScore() error {
	r, err := e.reading()
	if err != nil {
		return err
	}
	events, err := e.events()
	if err != nil {
		return err
	}
	sheets, rulings, err := e.sheets()
	if err != nil {
		return err
	}
	year := e.Year
	if year == 0 {
		year = 2026
	}
	card, err := Annex2().Judge(r, year, sheets, rulings, events)
	if e.Refused != "" {
		return expectRefusal(e.Refused, err)
	}
	if err != nil {
		return err
	}
	for _, one := range strings.Fields(e.Want) {
		name, figure, _ := strings.Cut(one, "=")
		want, err := ParsePoints(figure)
		if err != nil {
			return err
		}
		got, ok := card.figure(name)
		if !ok {
			return fmt.Errorf("不认识的项目 %q", name)
		}
		if got != want {
			return fmt.Errorf("%s应为 %s，实为 %s", name, want, got)
		}
	}
	return nil
}

// figure finds a sum of the card by its Chinese name, as the cases write it.
func (s Scorecard) figure(name string) (Points, bool) {
	switch name {
	case "总分":
		return s.Total, true
	case "基础分":
		return s.Base, true
	case "加分":
		return s.Bonus, true
	case "未封顶加分":
		return s.BonusUncapped, true
	case "扣分":
		return s.Deduction, true
	case "未封顶扣分":
		return s.DeductionUncapped, true
	}
	return 0, false
}

func expectRefusal(want string, err error) error {
	if err == nil || !strings.Contains(err.Error(), want) {
		return fmt.Errorf("应拒绝并说明“%s”，实为 %v", want, err)
	}
	return nil
}

func (e Example) reading() (Reading, error) {
	var c Choices
	for _, one := range e.Readings {
		id, option, _ := strings.Cut(one, " ")
		c = append(c, Choice{Reading: id, Option: option})
	}
	return c.Reading(), c.Check()
}

func (e Example) events() ([]Event, error) {
	var all []Event
	for i, line := range e.Events {
		words := strings.Fields(line)
		if len(words) < 3 {
			return nil, fmt.Errorf("事件 %q 应写成“条款 分值 日期”", line)
		}
		p, err := ParsePoints(words[1])
		if err != nil {
			return nil, err
		}
		ev := Event{ID: fmt.Sprintf("E%d", i+1), Clause: words[0], Points: p, OccurredOn: words[2], State: Confirmed}
		for _, word := range words[3:] {
			switch word {
			case "待确认":
				ev.State = Pending
			case "不予认定":
				ev.State = Rejected
			case "已用于基础分":
				ev.AlsoInBase = true
			default:
				ev.Matter = word
			}
		}
		all = append(all, ev)
	}
	return all, nil
}

// sheets are those of the reviewers, or one that spreads the base.
func (e Example) sheets() (sheets [][]Mark, rulings []Ruling, err error) {
	if e.Base != "" {
		p, err := ParsePoints(e.Base)
		if err != nil {
			return nil, nil, err
		}
		sheets = append(sheets, spread(p))
	}
	for _, s := range e.Sheets {
		marks, err := parseMarks(s)
		if err != nil {
			return nil, nil, err
		}
		sheets = append(sheets, marks)
	}
	marks, err := parseMarks(e.Rulings)
	for _, m := range marks {
		rulings = append(rulings, Ruling{m.Row, m.Points, "示例"})
	}
	return sheets, rulings, err
}

// parseMarks reads "1=9 2=8.5:理由".
func parseMarks(s string) ([]Mark, error) {
	var all []Mark
	for _, one := range strings.Fields(s) {
		row, rest, _ := strings.Cut(one, "=")
		figure, reason, _ := strings.Cut(rest, ":")
		p, err := ParsePoints(figure)
		if err != nil || !allDigits(row) {
			return nil, fmt.Errorf("评分 %q 应写成“序号=分值”", one)
		}
		all = append(all, Mark{Row: int(number(row)), Points: p, Reason: reason})
	}
	return all, nil
}

func (e Example) checkReview() error {
	sheets, _, err := e.sheets()
	if err != nil {
		return err
	}
	self, err := parseMarks(e.Self)
	if err != nil {
		return err
	}
	if len(sheets) != 1 {
		return errors.New("须有一份评分，与自评对照")
	}
	err = Annex2().ValidateReview(sheets[0], self, false)
	if e.Refused != "" {
		return expectRefusal(e.Refused, err)
	}
	return err
}

func (e Example) checkRanks() error {
	r, err := e.reading()
	if err != nil {
		return err
	}
	totals, categories := make([]Points, len(e.Totals)), make([]string, len(e.Totals))
	for i, one := range e.Totals {
		category, figure, split := strings.Cut(one, ":")
		if !split {
			category, figure = "", one
		}
		if totals[i], err = ParsePoints(figure); err != nil {
			return err
		}
		categories[i] = category
	}
	if got := r.RanksWithin(totals, categories); !slices.Equal(got, e.Ranks) {
		return fmt.Errorf("名次应为 %v，实为 %v", e.Ranks, got)
	}
	return nil
}

func (e Example) checkDay() error {
	instant, err := time.Parse(time.RFC3339, e.Instant)
	if err != nil {
		return err
	}
	if got := DayOf(instant); got != e.Day || fmt.Sprint(YearOf(instant)) != e.Day[:4] {
		return fmt.Errorf("应为 %s，实为 %s（%d 年度）", e.Day, got, YearOf(instant))
	}
	return nil
}

func (e Example) checkGrounds() error {
	lines, err := parseFigures(e.Criteria)
	if err != nil {
		return err
	}
	facts, err := parseFigures(e.Facts)
	if err != nil {
		return err
	}
	c := Criteria{MinTotal: lines.total, UncappedDeduction: lines.deduction, LateReports: int(lines.late / Point)}
	f := Facts{Total: facts.total, UncappedDeduction: facts.deduction, LateReports: int(facts.late / Point),
		Submitted: !facts.silent, Scored: !facts.unscored}
	var got []string
	for _, g := range Grounds(c, f) {
		got = append(got, g.Code)
	}
	if !slices.Equal(got, e.Grounds) {
		return fmt.Errorf("情形应为 %v，实为 %v", e.Grounds, got)
	}
	return nil
}

// figures are what a case says of criteria or facts.
type figures struct {
	total, deduction, late Points
	silent, unscored       bool
}

func parseFigures(s string) (f figures, err error) {
	for _, one := range strings.Fields(s) {
		name, figure, written := strings.Cut(one, "=")
		p := Points(0)
		if written {
			if p, err = ParsePoints(figure); err != nil {
				return f, err
			}
		}
		switch name {
		case "总分":
			f.total = p
		case "扣分":
			f.deduction = p
		case "逾期":
			f.late = p
		case "未提交":
			f.silent = true
		case "未评分":
			f.unscored = true
		default:
			return f, fmt.Errorf("不认识的项目 %q", name)
		}
	}
	return f, nil
}
