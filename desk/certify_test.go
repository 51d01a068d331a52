package desk

import (
	"strings"
	"testing"

	"xuanping/campaign"
)

// The year is certified by who holds the role: the plan's 主管负责人 or the head on
// the roster, and nobody else (Art. 8).
func TestGL8WhoCertifies(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	v := h.visitor(h.to(1, campaign.Planning), "act")
	h.at(h.rules.Calendar.PlanDue.Morning())
	_, err := h.SubmitPlan(ctx, v, planForm(), signer)
	must(t, err)
	h.to(1, campaign.SelfScore)
	h.at(h.rules.Calendar.SelfScoreDue.Morning())
	h.unchanged(func() {
		for _, name := range []string{"王经办", "李负", "李负责人", "", "负责人2"} {
			_, err := h.SubmitSelfScore(ctx, v, fullMarks(), Signer{Name: name, Post: "主任"})
			want(t, err, campaign.Invalid, "name")
			if say := err.(*campaign.Error).Fields["name"]; name != "" && !strings.Contains(say, "李负责或负责人1") {
				t.Errorf("%s: %s", name, say)
			}
		}
	})
	for i, name := range []string{" 李 负责", certifier(v).Name} {
		marks := fullMarks()
		marks[i].Points = 0
		rec, err := h.SubmitSelfScore(ctx, v, marks, Signer{Name: name, Post: "副总经理"})
		must(t, err)
		if !strings.HasSuffix(rec.Number, []string{"/1", "/2"}[i]) {
			t.Errorf("%+v", rec)
		}
	}
}
