package rubric

import (
	"slices"
	"strings"
)

// Scorecard is one institution's result. The totals are never clamped: they
// run from -10 to 110. Deduction is positive and is subtracted.
type Scorecard struct {
	Table             string     `json:"table"`
	TableSHA256       string     `json:"table_sha256"`
	Year              int        `json:"year"`
	Readings          Choices    `json:"readings,omitempty"` // those other than the default
	Base              Points     `json:"base"`
	Bonus             Points     `json:"bonus"`
	BonusUncapped     Points     `json:"bonus_uncapped"`
	Deduction         Points     `json:"deduction"`
	DeductionUncapped Points     `json:"deduction_uncapped"`
	Total             Points     `json:"total"`
	Rows              []RowScore `json:"rows"`
	Trace             []Line     `json:"trace"`
}

// WithoutReasons is the card for places that carry points and ids only, such as
// engine payloads and logs: reviewers' words may name people.
func (s Scorecard) WithoutReasons() Scorecard {
	s.Rows = slices.Clone(s.Rows)
	for i := range s.Rows {
		s.Rows[i].Reason = ""
	}
	return s
}

// RowScore is one of the 16 rows. Row 16 carries the points taken off, positive.
type RowScore struct {
	Row    int    `json:"row"`
	Points Points `json:"points"`
	Max    Points `json:"max"`
	Reason string `json:"reason,omitempty"`
}

// Line traces points to where they came from and the rule that counted them.
// Points is the face value, Counted the part that enters the total; both are
// negative for deductions, so Counted over all lines sums to the total.
type Line struct {
	Row     int    `json:"row"`
	Clause  string `json:"clause,omitempty"`
	Event   string `json:"event,omitempty"`
	Matter  string `json:"matter,omitempty"`
	Rule    string `json:"rule"`
	Points  Points `json:"points"`
	Counted Points `json:"counted"`
}

// Rule codes of the trace: stable, because ledgers and receipts keep them.
const (
	RuleMark       = "mark"        // a base row was marked
	RuleNoMark     = "no-mark"     // a base row was not marked: 0
	RuleCounted    = "counted"     // a confirmed event of the year
	RulePending    = "pending"     // not confirmed yet
	RuleRejected   = "rejected"    // not accepted
	RuleOtherYear  = "other-year"  // belongs to another evaluation year
	RuleSameMatter = "same-matter" // 同一事项按最高分只计1次
	RuleCountedIn  = "counted-in-" // + year: the matter counted in that earlier year
	RuleCap        = "cap"         // 累计不超过10分; by another reading + "-" and its points

	RuleSameHappening = "same-happening" // one happening costs once
	RuleAlsoInBase    = "also-in-base"   // marked in a base row already
	RuleSameDay       = "same-day"       // counted once a day
	RuleClamp         = "clamp"          // total kept within 0 to 100
)

// RuleText says a rule code in Chinese; an unknown code is shown as it is.
func RuleText(code string) string {
	if year, ok := strings.CutPrefix(code, RuleCountedIn); ok && allDigits(year) {
		return "同一事项已在" + year + "年度计分，本年度不再计分"
	}
	if limit, ok := strings.CutPrefix(code, RuleCap+"-"); ok && allDigits(strings.ReplaceAll(limit, ".", "")) {
		return "累计不超过" + strings.TrimSuffix(limit, ".0") + "分，超出部分不计"
	}
	switch code {
	case RuleMark:
		return "按评审评分计入"
	case RuleNoMark:
		return "未评分，计 0 分"
	case RuleCounted:
		return "予以认定，计入"
	case RulePending:
		return "待确认，暂不计分"
	case RuleRejected:
		return "不予认定，不计分"
	case RuleOtherYear:
		return "不属于本评价年度，不计分"
	case RuleSameMatter:
		return "同一事项按最高分只计1次，本项不计"
	case RuleCap:
		return "累计不超过10分，超出部分不计"
	case RuleSameHappening:
		return "同一事件只扣分1次，按最高一项计，本项不计"
	case RuleAlsoInBase:
		return "已在基础分中使用，不再加分"
	case RuleSameDay:
		return "同一条款同一天只计1次，本项不计"
	case RuleClamp:
		return "总分限定在0至100分之间"
	}
	return code
}

// ItemSum is what one numbered item of rows 15 and 16 came to: face value of
// what counts, and after the cap where a reading caps each item.
type ItemSum struct {
	Item     string // 15.1 to 16.4
	Uncapped Points
	Counted  Points
}

// Items gives the subtotals of the items, without those that nothing counts
// for; the cap of a whole row belongs to none of them (requirements §2 no. 4).
func (s Scorecard) Items() []ItemSum {
	var all []ItemSum
	for _, l := range s.Trace {
		if l.Row < bonusRow || l.Clause == "" || l.Counted == 0 {
			continue
		}
		item := itemOf(l.Clause)
		i := slices.IndexFunc(all, func(x ItemSum) bool { return x.Item == item })
		if i < 0 {
			i = len(all)
			all = append(all, ItemSum{Item: item})
		}
		all[i].Counted += l.Counted
		if l.Event != "" {
			all[i].Uncapped += l.Counted
		}
	}
	slices.SortFunc(all, func(a, b ItemSum) int { return strings.Compare(a.Item, b.Item) })
	return all
}
