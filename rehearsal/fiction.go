package rehearsal

import (
	"fmt"
	"strconv"

	"xuanping/campaign"
)

// What the names of fictional institutions are made of.
var (
	stems      = []string{"甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"}
	branches   = []string{"子", "丑", "寅", "卯", "辰", "巳", "午", "未", "申", "酉", "戌", "亥"}
	trigrams   = []string{"乾", "坤", "震", "巽", "坎", "离", "艮", "兑"}
	surnames   = []rune("赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张")
	others     = []rune("孔曹严华金魏𠮷姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎")
	categories = []string{"管理体系", "产品", "服务", "综合"}
	provinces  = [][2]string{{"北京市", "110000"}, {"四川省", "510000"}, {"重庆市", "500000"}, {"浙江省", "330000"}, {"辽宁省", "210000"}, {"上海市", "310000"},
		{"湖北省", "420000"}, {"新疆维吾尔自治区", "650000"}, {"江苏省", "320000"}, {"山东省", "370000"}, {"广东省", "440000"}, {"陕西省", "610000"}}
)

// Fictional makes n institutions that nobody can mistake for real ones, in the
// order of their codes: names begin with 示例, addresses end in .example.
func Fictional(n int) []campaign.Institution {
	all := make([]campaign.Institution, n)
	for i := range all {
		place := provinces[i%len(provinces)]
		code := fmt.Sprintf("CNCA-R-2026-%d", 901+i)
		if n > 99 { // 899 more before the codes need another digit
			code = fmt.Sprintf("CNCA-R-2026-%d", 9001+i)
		}
		all[i] = campaign.Institution{
			Code: code, Name: fictionalName(i), USCC: uscc(place[1], i+1), Province: place[0], Category: categories[(i+i/4)%4],
			Head: string(surnames[i%len(surnames)]) + "虚构", Contact: string(others[i%len(others)]) + "示例",
			Email: fmt.Sprintf("xuanchuan@cb%02d.example", i+1), Mobile: fmt.Sprintf("1380000%04d", i+1),
		}
	}
	return all
}

func fictionalName(i int) string {
	round, more := i/30, ""
	if round > 0 {
		more = strconv.Itoa(round + 1)
	}
	switch i %= 30; {
	case i < 10:
		return "示例认证中心" + stems[i] + more
	case i < 22:
		return "示例认证有限公司" + branches[i-10] + more
	}
	return "示例质量认证研究院" + trigrams[i-22] + more
}

// uscc makes a 统一社会信用代码 whose check signs are right (GB 32100, GB 11714)
// and whose body, beginning with XP, is given to nobody.
func uscc(place string, n int) string {
	body := fmt.Sprintf("XP%06d", n)
	sum := 0
	for i, weight := range []int{3, 7, 9, 10, 5, 8, 4, 2} {
		v := int(body[i] - '0')
		if body[i] >= 'A' {
			v = int(body[i]-'A') + 10
		}
		sum += v * weight
	}
	head := "91" + place + body + string("0123456789X0"[11-sum%11])
	for _, last := range "0123456789ABCDEFGHJKLMNPQRTUWXY" {
		if campaign.ValidUSCC(head + string(last)) {
			return head + string(last)
		}
	}
	return ""
}
