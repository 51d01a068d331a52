package desk

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"unicode"

	"xuanping/contract"
	"xuanping/store"
)

// Certifiers are the names of whoever may certify an institution's yearly
// submission (Art. 8, GL-8): the 宣传主管负责人 of its plan, and its head on the roster.
type Certifiers []string

// Certifiers reads who may certify an institution's yearly submission.
func (d *Desk) Certifiers(ctx context.Context, ref contract.Ref) (Certifiers, error) {
	return certifiers(ctx, d.Store.Reader, ref)
}

func certifiers(ctx context.Context, r store.Reader, ref contract.Ref) (Certifiers, error) {
	var all Certifiers
	plans, err := r.Plans(ctx, ref)
	if err != nil {
		return nil, err
	}
	if n := len(plans); n > 0 {
		var p PlanForm
		if json.Unmarshal(plans[n-1].Body, &p) == nil && strings.TrimSpace(p.Lead) != "" {
			all = append(all, strings.TrimSpace(p.Lead))
		}
	}
	in, err := r.Institution(ctx, ref.Code)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(all, in.Head) {
		all = append(all, in.Head)
	}
	return all, nil
}

// Fault says why a person may not certify; "" when he may.
func (c Certifiers) Fault(name string) string {
	if slices.ContainsFunc(c, func(x string) bool { return sameName(x, name) }) {
		return ""
	}
	return "年度自评须由宣传主管负责人本人确认（第八条）：" + strings.Join(c, "或")
}

// sameName compares names without their spaces.
func sameName(a, b string) bool {
	bare := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) {
				return -1
			}
			return r
		}, s)
	}
	return bare(a) == bare(b) && bare(a) != ""
}
