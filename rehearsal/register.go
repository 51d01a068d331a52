package rehearsal

import (
	"context"
	"fmt"
	"strings"

	"xuanping/campaign"
)

// imported is how many manuscripts the first of the excellent brings in one
// table (AN-7).
const imported = 200

// fillsRegisters keeps three registers, by the pages that the schema draws,
// and for the first of the excellent a table of manuscripts besides.
func fillsRegisters(ctx context.Context, p *player) error {
	if err := reads(ctx, p); err != nil {
		return err
	}
	today := p.now.Load().(campaign.Day)
	for _, x := range []struct {
		id   string
		fill fields
		file *upload
	}{
		{id: "accounts", fill: fields{"platform": "门户网站", "account": "示例官网", "owner": p.Contact, "opened": "2020-05-01", "last_post": string(today.Add(-3))}},
		{id: "complaints", fill: fields{"channel": "电话和官网留言", "rules": "申投诉处理办法", "received": "6", "closed": "5", "overdue": "0", "clean": campaign.Yes}},
		{id: "disclosure", fill: fields{"item": "认证规则", "url": "https://example.invalid/rules", "captured": string(today.Add(-1))}, file: &upload{"disclosure.file", "认证规则页面.png", png(p.Code + " rules")}},
	} {
		path := p.path("registers/" + x.id)
		if err := p.acts(ctx, deed{what: "填写登记", page: path + "?by=row", action: path, receipt: true, file: x.file, fill: p.signer(under(x.id, x.fill))}); err != nil {
			return err
		}
	}
	if p.kind != Excellent || p.nth != 0 {
		return nil
	}
	path := p.path("registers/manuscripts")
	return p.acts(ctx, deed{what: "导入稿件", page: path + "?by=import", action: path + "/import", receipt: true,
		file: &upload{"table", "稿件.csv", []byte(manuscripts(p.place, today))}, fill: p.signer(fields{"declared": "1"})})
}

// under names the fields of a register as its form does, with the declaration.
func under(id string, f fields) fields {
	all := fields{"declared": "1"}
	for k, v := range f {
		all[id+"."+k] = v
	}
	return all
}

// manuscripts is a table as an office keeps it.
func manuscripts(place int, today campaign.Day) string {
	var b strings.Builder
	b.WriteString("稿件标题,报送日期,类别,报送渠道或媒体,机构申报是否采用,刊发网址\r\n")
	for i := range imported {
		fmt.Fprintf(&b, "示例稿件之%d（%d）,%s,新闻,示例行业报,是,https://example.invalid/%d/%d\r\n", i+1, place, today.Add(-i%80), place, i)
	}
	return b.String()
}
