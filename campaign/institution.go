package campaign

import (
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Institution is a certification body with a valid approval (requirements §2
// no. 27). Head, Contact, Email and Mobile are personal: they live in
// PostgreSQL only, never in histories, ids, logs or the ledger.
type Institution struct {
	Code     string `json:"code"`     // 批准号, e.g. CNCA-R-2002-001
	Name     string `json:"name"`     // 机构名称
	USCC     string `json:"uscc"`     // 统一社会信用代码
	Province string `json:"province"` // 省份
	Category string `json:"category"` // 类别; ranks are also read inside a category (PL-10)
	Head     string `json:"head"`     // 宣传工作负责人 (Art. 8)
	Contact  string `json:"contact"`  // 联系人
	Email    string `json:"email"`    // 邮箱
	Mobile   string `json:"mobile"`   // 手机
}

// RosterColumns are the headings of a roster file, in their usual order.
func RosterColumns() []string {
	return []string{"批准号", "机构名称", "统一社会信用代码", "省份", "类别", "负责人", "联系人", "邮箱", "手机"}
}

// Cells are the institution as a row of a roster file.
func (i Institution) Cells() []string {
	return []string{i.Code, i.Name, i.USCC, i.Province, i.Category, i.Head, i.Contact, i.Email, i.Mobile}
}

var (
	codeForm   = regexp.MustCompile(`^CNCA-(R|RF)-\d{4}-\d{3,4}$`)
	anyCode    = regexp.MustCompile(`CNCA-(?:RF|R)-\d{4}-\d{3,4}`)
	mobileForm = regexp.MustCompile(`^1\d{10}$`)
)

// ValidCode tells whether s has the form of an approval number.
func ValidCode(s string) bool { return codeForm.MatchString(s) }

// Check names every fault of the institution by roster column.
func (i Institution) Check() map[string]string {
	f := map[string]string{}
	if !ValidCode(i.Code) {
		f["批准号"] = "批准号应形如 CNCA-R-2002-001"
	}
	for _, c := range []struct{ column, value string }{
		{"机构名称", i.Name}, {"省份", i.Province}, {"类别", i.Category}, {"负责人", i.Head}, {"联系人", i.Contact},
	} {
		switch {
		case strings.TrimSpace(c.value) == "":
			f[c.column] = c.column + "不能为空"
		case len([]rune(c.value)) > 80:
			f[c.column] = c.column + "不能超过 80 个字"
		case strings.ContainsFunc(c.value, invisible):
			f[c.column] = c.column + "含有不可见的控制字符，请重新输入"
		}
	}
	if !ValidUSCC(i.USCC) {
		f["统一社会信用代码"] = "统一社会信用代码应为 18 位且校验码正确"
	}
	if a, err := mail.ParseAddress(i.Email); err != nil || a.Address != i.Email || len(i.Email) > 120 {
		f["邮箱"] = "邮箱格式不正确"
	}
	if !mobileForm.MatchString(i.Mobile) {
		f["手机"] = "手机号应为 11 位数字"
	}
	return f
}

// invisible finds what no paper can print: controls, zero-width and direction
// marks, and bytes that are not UTF-8.
func invisible(r rune) bool {
	return r == utf8.RuneError || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

const usccDigits = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// ValidUSCC checks a 统一社会信用代码 after GB 32100: 18 signs, the last one a
// check sign modulo 31.
func ValidUSCC(s string) bool {
	if len(s) != 18 {
		return false
	}
	sum, weight := 0, 1
	for _, c := range s[:17] {
		v := strings.IndexRune(usccDigits, c)
		if v < 0 {
			return false
		}
		sum += v * weight
		weight = weight * 3 % 31
	}
	return s[17] == usccDigits[(31-sum%31)%31]
}

// RosterFault is a fault in a roster file, for a person to mend.
type RosterFault struct {
	Line   int // in the file, the heading is line 1
	Column string
	Say    string
}

// ReadRoster turns the rows of a roster file, heading first, into
// institutions. Columns may stand in any order; every fault is returned.
func ReadRoster(rows [][]string) ([]Institution, []RosterFault) {
	if len(rows) == 0 {
		return nil, []RosterFault{{1, "", "文件为空"}}
	}
	var faults []RosterFault
	at := map[string]int{}
	for i, h := range rows[0] {
		h = strings.TrimSpace(strings.TrimPrefix(h, "\ufeff"))
		if _, twice := at[h]; twice && slices.Contains(RosterColumns(), h) {
			faults = append(faults, RosterFault{1, h, "列“" + h + "”出现了两次，请删去一列"})
		}
		at[h] = i
	}
	for _, c := range RosterColumns() {
		if _, ok := at[c]; !ok {
			faults = append(faults, RosterFault{1, c, "缺少列“" + c + "”"})
		}
	}
	if len(faults) > 0 {
		return nil, faults
	}
	var all []Institution
	seen := map[string]int{} // column and value: the first line that has it
	unique := func(column, value string, line int, found map[string]string) {
		first, dup := seen[column+value]
		switch {
		case value == "":
		case dup:
			found[column] = "与第 " + itoa(first) + " 行的" + column + "重复"
		default:
			seen[column+value] = line
		}
	}
	for n, row := range rows[1:] {
		line := n + 2
		cell := func(c string) string {
			if i := at[c]; i < len(row) {
				return strings.TrimSpace(row[i])
			}
			return ""
		}
		if strings.TrimSpace(strings.Join(row, "")) == "" {
			continue
		}
		i := Institution{cell("批准号"), cell("机构名称"), cell("统一社会信用代码"), cell("省份"), cell("类别"), cell("负责人"), cell("联系人"), cell("邮箱"), cell("手机")}
		found := i.Check()
		unique("批准号", i.Code, line, found)
		unique("统一社会信用代码", i.USCC, line, found)
		for _, c := range RosterColumns() {
			if say, bad := found[c]; bad {
				faults = append(faults, RosterFault{line, c, say})
			}
		}
		all = append(all, i)
	}
	if len(all) == 0 && len(faults) == 0 {
		faults = append(faults, RosterFault{2, "", "没有机构数据"})
	}
	slices.SortFunc(all, func(a, b Institution) int { return strings.Compare(a.Code, b.Code) })
	return all, faults
}
