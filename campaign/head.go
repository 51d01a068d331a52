package campaign

import "slices"

// Head is one of the eight heads under which an institution's file is kept
// (plan 四(二)1, PL-7), in the source's order, with the registers and the rows
// of Annex 2 that belong to it.
type Head struct {
	Name      string
	Registers []string
	Rows      []int
}

// Heads are 机构宣传档案的八个栏目. Which register stands under which head is ours:
// the source names the heads only.
func Heads() []Head {
	return []Head{
		{"组织架构", []string{"mechanism", "approvals", "spokespersons", "staff"}, []int{2}},
		{"管理体系", []string{"goals", "tasks", "rules", "supervision", "ideology", "details", "planned", "study", "three-reviews", "references"}, []int{1, 3, 13}},
		{"社会责任", []string{"activities", "tenders", "visits"}, []int{5, 10}},
		{"公共关系", []string{"media", "joint", "experts", "risks"}, []int{6, 11, 12}},
		{"信息发布", []string{"disclosure", "releases", "accounts", "carriers", "manuscripts", "materials"}, []int{7, 8, 9}},
		{"年度报告", []string{"reports"}, []int{4}},
		{"申投诉处理", []string{"complaints"}, []int{14}},
		{"投入保障", []string{"resources", "budget", "rewards"}, nil},
	}
}

// Has tells whether a register stands under the head.
func (h Head) Has(register string) bool { return slices.Contains(h.Registers, register) }
