package campaign

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestUSCC(t *testing.T) {
	for s, why := range map[string]string{
		"000000000000000000":    "sum 0, check 0",
		"10000000000000000Y":    "1×1 = 1, 31−1 = 30, Y",
		"000000000000000013":    "3^16 mod 31 = 28, 31−28 = 3",
		"0Y000000000000000Y":    "30×3 = 90, mod 31 = 28, 31−28 = 3: not Y",
		"91110000000000001":     "17 signs",
		"9111000000000000123":   "19 signs",
		"":                      "nothing",
		"10000000000000000y":    "small letter",
		"I0000000000000000Y":    "I is no sign of the code",
		"１0000000000000Y":       "a wide digit of three bytes",
		"\xff0000000000000000Y": "not UTF-8",
	} {
		want := strings.Contains(why, "check 0") || strings.HasSuffix(why, ", Y") || strings.HasSuffix(why, "= 3")
		if got := ValidUSCC(s); got != want {
			t.Errorf("%q (%s): %v", s, why, got)
		}
	}
}

// The weights are powers of 3, none of them 0 modulo the prime 31: the check
// sign finds every single changed sign.
func TestUSCCFindsEveryChangedSign(t *testing.T) {
	for _, good := range []string{"10000000000000000Y", "000000000000000013", sample(1).USCC} {
		if !ValidUSCC(good) {
			t.Fatalf("%s is refused", good)
		}
		for i := range good {
			for _, c := range usccDigits + "IOSVZ -" {
				changed := good[:i] + string(c) + good[i+1:]
				if changed != good && ValidUSCC(changed) {
					t.Errorf("%s passes for %s", changed, good)
				}
			}
		}
	}
}

func TestValidCode(t *testing.T) {
	for s, want := range map[string]bool{
		"CNCA-R-2002-001": true, "CNCA-RF-2015-0012": true, "CNCA-R-2002-1234": true,
		"CNCA-R-2002-01": false, "CNCA-R-2002-12345": false, "CNCA-X-2002-001": false, "cnca-r-2002-001": false, "CNCA-R-02-001": false,
		" CNCA-R-2002-001": false, "CNCA-R-2002-001\n": false, "CNCA-R-２００２-001": false, "../CNCA-R-2002-001": false, "": false,
	} {
		if ValidCode(s) != want {
			t.Errorf("%q: %v", s, !want)
		}
	}
}

func sample(i int) Institution {
	body := fmt.Sprintf("9111%013d", i)
	at := slices.IndexFunc([]rune(usccDigits), func(c rune) bool { return ValidUSCC(body + string(c)) })
	return Institution{fmt.Sprintf("CNCA-R-2002-%03d", i), "示例认证", body + usccDigits[at:at+1], "北京市", "产品", "张三", "李四", "a@b.example", "13800000000"}
}

func TestInstitutionCheck(t *testing.T) {
	if f := sample(1).Check(); len(f) != 0 {
		t.Fatalf("%v", f)
	}
	long := strings.Repeat("长", 81)
	for _, c := range []struct {
		column string
		change func(*Institution)
	}{
		{"批准号", func(i *Institution) { i.Code = "CNAS-1" }},
		{"统一社会信用代码", func(i *Institution) { i.USCC = "91" }},
		{"机构名称", func(i *Institution) { i.Name = "" }}, {"机构名称", func(i *Institution) { i.Name = long }},
		{"机构名称", func(i *Institution) { i.Name = "甲\x00乙" }}, {"机构名称", func(i *Institution) { i.Name = "甲\n乙" }},
		{"机构名称", func(i *Institution) { i.Name = "甲\u202e乙" }}, {"机构名称", func(i *Institution) { i.Name = "甲\u200b乙" }},
		{"机构名称", func(i *Institution) { i.Name = "甲\xb0\xa1" }}, {"机构名称", func(i *Institution) { i.Name = "甲\u2028乙" }},
		{"省份", func(i *Institution) { i.Province = "  " }},
		{"类别", func(i *Institution) { i.Category = "\t" }},
		{"负责人", func(i *Institution) { i.Head = "" }},
		{"联系人", func(i *Institution) { i.Contact = "李\u0007四" }},
		{"邮箱", func(i *Institution) { i.Email = "" }}, {"邮箱", func(i *Institution) { i.Email = "a" }},
		{"邮箱", func(i *Institution) { i.Email = "李四 <a@b.example>" }}, {"邮箱", func(i *Institution) { i.Email = "a@b.example, c@d.example" }},
		{"邮箱", func(i *Institution) { i.Email = "a@b.example\r\nBcc: x@y.example" }}, {"邮箱", func(i *Institution) { i.Email = strings.Repeat("a", 120) + "@b.example" }},
		{"手机", func(i *Institution) { i.Mobile = "1380000000" }}, {"手机", func(i *Institution) { i.Mobile = "23800000000" }},
		{"手机", func(i *Institution) { i.Mobile = "+8613800000000" }}, {"手机", func(i *Institution) { i.Mobile = "138 0000 0000" }},
	} {
		i := sample(1)
		c.change(&i)
		f := i.Check()
		if len(f) != 1 || f[c.column] == "" {
			t.Errorf("%+v: faults %v, want one of %s", i, f, c.column)
		}
	}
	if f := (Institution{}).Check(); len(f) != len(RosterColumns()) {
		t.Errorf("an empty row has %d faults of %d", len(f), len(RosterColumns()))
	}
	rare := sample(1)
	rare.Head, rare.Name = "𠮷田", strings.Repeat("长", 80)
	if f := rare.Check(); len(f) != 0 {
		t.Errorf("rare characters and 80 of them: %v", f)
	}
}

func roster(all ...Institution) [][]string {
	rows := [][]string{RosterColumns()}
	for _, i := range all {
		rows = append(rows, []string{i.Code, i.Name, i.USCC, i.Province, i.Category, i.Head, i.Contact, i.Email, i.Mobile})
	}
	return rows
}

func TestReadRoster(t *testing.T) {
	plain := roster(sample(2), sample(1))
	spaced := roster(sample(2), sample(1))
	for _, row := range spaced {
		for i := range row {
			row[i] = " " + row[i] + "　"
		}
	}
	mixed := make([][]string, 3) // columns from right to left, with one of no concern
	for n, row := range plain {
		row = append(slices.Clone(row), "备注")
		slices.Reverse(row)
		mixed[n] = row
	}
	bom := roster(sample(2), sample(1))
	bom[0][0] = "\ufeff" + bom[0][0]
	gaps := slices.Insert(roster(sample(2), sample(1)), 2, []string{"", " ", ""}, nil)
	for name, rows := range map[string][][]string{"plain": plain, "spaces": spaced, "other order": mixed, "BOM": bom, "empty lines": gaps} {
		all, faults := ReadRoster(rows)
		if diff := cmp.Diff([]Institution{sample(1), sample(2)}, all); diff != "" || len(faults) != 0 {
			t.Errorf("%s: %v\n%s", name, faults, diff)
		}
	}
}

func TestReadRosterFaults(t *testing.T) {
	change := func(line int, column string, to string) [][]string {
		rows := roster(sample(1), sample(2), sample(3))
		rows[line-1][slices.Index(RosterColumns(), column)] = to
		return rows
	}
	same := change(4, "批准号", sample(1).Code)
	same = append(same, slices.Clone(same[1])) // line 5 repeats line 2 wholly
	headings := roster(sample(1))
	headings[0][3], headings[0][8] = "地区", "电话"
	twice := roster(sample(1))
	twice[0] = append(twice[0], "邮箱")
	for name, c := range map[string]struct {
		rows [][]string
		want []RosterFault
	}{
		"no file":         {nil, []RosterFault{{1, "", "文件为空"}}},
		"headings only":   {roster(), []RosterFault{{2, "", "没有机构数据"}}},
		"other headings":  {headings, []RosterFault{{1, "省份", "缺少列“省份”"}, {1, "手机", "缺少列“手机”"}}},
		"a column twice":  {twice, []RosterFault{{1, "邮箱", "列“邮箱”出现了两次，请删去一列"}}},
		"code repeated":   {same, []RosterFault{{4, "批准号", "与第 2 行的批准号重复"}, {5, "批准号", "与第 2 行的批准号重复"}, {5, "统一社会信用代码", "与第 2 行的统一社会信用代码重复"}}},
		"credit repeated": {change(3, "统一社会信用代码", sample(1).USCC), []RosterFault{{3, "统一社会信用代码", "与第 2 行的统一社会信用代码重复"}}},
		"control sign":    {change(3, "机构名称", "甲\x01乙"), []RosterFault{{3, "机构名称", "机构名称含有不可见的控制字符，请重新输入"}}},
		"mobile":          {change(2, "手机", "1"), []RosterFault{{2, "手机", "手机号应为 11 位数字"}}},
		"short row":       {append(roster(sample(1)), roster(sample(2))[1][:7]), []RosterFault{{3, "邮箱", "邮箱格式不正确"}, {3, "手机", "手机号应为 11 位数字"}}},
	} {
		_, faults := ReadRoster(c.rows)
		if diff := cmp.Diff(c.want, faults); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
	if _, faults := ReadRoster(append(roster(), make([]string, 9), []string{"x"})); len(faults) != 9 || faults[0].Line != 3 {
		t.Errorf("every fault of a row, with its line in the file: %v", faults)
	}
}
