package campaign

import (
	"strings"
	"testing"
)

// PL-4: three reviews and three proofreadings in their order, by persons who
// are not the same; tried exhaustively over who and what.
func TestPL4ReleaseSteps(t *testing.T) {
	people := map[string]Role{"o1": Officer, "o2": Officer, "g1": Legal, "a1": Approver, "a2": Approver, "r1": Reviewer, "u1": Auditor, "l1": Local}
	r := Release{Submitter: "o1"}
	for i, by := range []string{"o2", "g1", "a1", "o1", "a2", "l2"} {
		for _, step := range ReleaseSteps() {
			for who, role := range people {
				err := r.Move(step, role, who, "")
				may := step == r.Next()
				switch {
				case step == Review3 && role != Approver, role != Officer && role != Legal && role != Approver:
					may = false
				case step.Reviews() && who == "o1":
					may = false
				}
				for _, a := range r.Past {
					may = may && a.By != who
				}
				if (err == nil) != may {
					t.Errorf("%s by %s after %d steps: %v", step, who, i, err)
				}
			}
		}
		if i == 5 {
			break
		}
		err := r.Ready()
		if err == nil || !strings.Contains(err.Error(), ReleaseSteps()[i].Chinese()) {
			t.Errorf("after %d steps: %v", i, err)
		}
		r.Past = append(r.Past, ReleaseAct{ReleaseSteps()[i], by, true})
	}
	if got := r.Ready().Error(); !strings.Contains(got, "三校") || strings.Contains(got, "二校") {
		t.Error(got)
	}
	if err := r.Move(Proof3, Legal, "g1", "校对人员出差"); err != nil { // a reason was given
		t.Error(err)
	}
	if err := r.Move(Proof3, Approver, "a2", "校对人员出差"); KindOf(err) != Forbidden || err == nil { // no reason helps for two of a kind
		t.Error(err)
	}
	r.Past = append(r.Past, ReleaseAct{Proof3, "g1", true})
	if r.Ready() != nil || r.Next() != "" || r.Move(Proof3, Officer, "o2", "x") == nil {
		t.Error("whole, and not ready")
	}
	r.Past[5].Pass = false
	if err := r.Ready(); err == nil || !strings.Contains(err.Error(), "退回") || r.Next() != "" {
		t.Error(err)
	}
}

// PL-13: a correction says in words what it changes.
func TestPL13CorrectionInWords(t *testing.T) {
	was := Manuscript{Excellent: []Named{{Code: "1", Name: "甲", Total: 9800, Rank: 1}, {Code: "2", Name: "乙", Total: 9500, Rank: 2}, {Code: "3", Name: "丙", Total: 9400, Rank: 3}},
		Figures: []Figure{{ID: "excellent", Says: "优秀单位", Value: 3}, {ID: "mean", Says: "平均得分", Value: 8010, Points: true}}}
	is := Manuscript{Excellent: []Named{{Code: "2", Name: "乙公司", Total: 9500, Rank: 1}, {Code: "3", Name: "丙", Total: 9300, Rank: 2}, {Code: "4", Name: "丁", Total: 9200, Rank: 3}},
		Figures: []Figure{{ID: "excellent", Says: "优秀单位", Value: 3}, {ID: "mean", Says: "平均得分", Value: 8000, Points: true}}}
	got := strings.Join(is.Against(was), "；")
	for _, w := range []string{"名称由“乙”改为“乙公司”", "乙公司的名次由第 2 改为第 1", "丙的总分由 94.0 分改为 93.0 分", "名单增加 丁", "名单去掉 甲", "平均得分由 80.1 改为 80.0"} {
		if !strings.Contains(got, w) {
			t.Errorf("no %q in %s", w, got)
		}
	}
	if len(was.Against(was)) != 0 {
		t.Error("nothing changed, and something is told")
	}
}
