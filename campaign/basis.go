package campaign

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"xuanping/rubric"
)

// Basis is what keeps a first result from resting on the full double review
// (RV-1): then nobody but an officer, with a reason, lets it be formed (WF-5).
type Basis string

// The kinds.
const (
	FullBasis      Basis = ""           // two sheets that agree within the threshold, or three
	SingleSheet    Basis = "single"     // one sheet only
	OpenDifference Basis = "difference" // two that differ too far, and no third
)

// BasisOf tells on what a result of these sheets would rest; without any there is
// nothing to decide.
func BasisOf(sheets [][]rubric.Mark, threshold rubric.Points) Basis {
	switch {
	case len(sheets) == 1:
		return SingleSheet
	case len(sheets) == 2 && len(rubric.Differ(sheets[0], sheets[1], threshold)) > 0:
		return OpenDifference
	}
	return FullBasis
}

// Chinese is the one word for it.
func (b Basis) Chinese() string {
	return map[Basis]string{SingleSheet: "仅有一份打分", OpenDifference: "两份打分的差异未决"}[b]
}

// Told says in a sentence that a result does not rest on the full double review:
// rows are those on which two sheets differ, wanted the seats that gave none.
func (b Basis) Told(rows, wanted []int, threshold rubric.Points) string {
	switch b {
	case SingleSheet:
		return "本结果依据一名评审专家的打分形成；另一评审席位（含改派）在期限内没有取得打分。"
	case OpenDifference:
		return fmt.Sprintf("未决差异：评审中第%s项两名评审专家的打分差异超过设定的阈值（%s分），应由第三名评审专家独立打分，%s在期限内没有取得打分，以上各项按两者的平均值计分。",
			strings.Trim(strings.ReplaceAll(fmt.Sprint(rows), " ", "、"), "[]"), threshold, Seats(wanted))
	}
	return ""
}

// ToldDecided says that it was decided so: by which organ, when and why.
func ToldDecided(organ string, day Day, reason string) string {
	return fmt.Sprintf("%s于%s书面决定，按现有打分形成本结果。理由：%s", cmp.Or(organ, "宣传工作评价组织单位"), day.Chinese(), strings.TrimRight(reason, "。")+"。")
}

// Wanted lists the seats whose sheet would mend it, of those that have one.
func (b Basis) Wanted(have []int) (seats []int) {
	most := map[Basis]int{SingleSheet: 2, OpenDifference: 3}[b]
	for seat := 1; seat <= most; seat++ {
		if !slices.Contains(have, seat) {
			seats = append(seats, seat)
		}
	}
	return seats
}

// Seats names the seats that are waited for in a sentence.
func Seats(all []int) string {
	words := make([]string, len(all))
	for i, n := range all {
		words[i] = [...]string{"", "第一", "第二", "第三"}[n]
	}
	return strings.Join(words, "、") + "评审席位"
}
