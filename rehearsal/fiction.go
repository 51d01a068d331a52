package rehearsal

import (
	"fmt"
	"strings"

	"xuanping/campaign"
)

// Fictional makes n institutions whose names cannot be taken for real ones:
// 示例认证中心甲子 and so on, with approval numbers never given out, valid check
// signs and reserved mail domains.
func Fictional(n int) []campaign.Institution {
	stems, branches := []rune("甲乙丙丁戊己庚辛壬癸"), []rune("子丑寅卯辰巳午未申酉戌亥")
	provinces := []string{"北京市", "上海市", "广东省", "浙江省", "四川省", "陕西省", "辽宁省", "湖北省", "福建省", "云南省"}
	categories := []string{"管理体系", "产品", "服务", "综合"}
	all := make([]campaign.Institution, n)
	for i := range all {
		name := "示例认证中心" + string(stems[i%10])
		if i >= 10 {
			name += string(branches[i/10%12])
		}
		if i >= 120 {
			name += fmt.Sprint(i/120 + 1)
		}
		all[i] = campaign.Institution{
			Code: fmt.Sprintf("CNCA-R-2099-%04d", i+1), Name: name, USCC: fictionalUSCC(i), Province: provinces[i%len(provinces)], Category: categories[i%len(categories)],
			Head: "赵示例", Contact: "钱示例", Email: fmt.Sprintf("xuanchuan@cb%04d.example", i+1), Mobile: fmt.Sprintf("138000%05d", i+1),
		}
	}
	return all
}

// fictionalUSCC finds the check sign of a made-up code (GB 32100).
func fictionalUSCC(i int) string {
	body := fmt.Sprintf("91110000XP%07d", i+1)
	for _, c := range "0123456789ABCDEFGHJKLMNPQRTUWXY" {
		if s := body + string(c); campaign.ValidUSCC(s) {
			return s
		}
	}
	return strings.Repeat("0", 18)
}
