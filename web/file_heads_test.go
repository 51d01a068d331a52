package web

import (
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/store/storetest"
)

// inOrder checks that headings stand on a page in their order.
func inOrder(t *testing.T, body string) {
	t.Helper()
	at := 0
	for _, h := range campaign.Heads() {
		i := strings.Index(body[at:], ">"+h.Name+"</h2>")
		if i < 0 {
			t.Fatalf("%s does not stand after the head before it", h.Name)
		}
		at += i
	}
}

// The file stands under the eight heads, in their order, for the institution
// and for the office; each head shows its registers and the evidence of its rows.
func TestPL7FileUnderHeads(t *testing.T) {
	v, by := atPlanning(t)
	want(t, v.upload(own1("evidence"), by, "a.pdf", []byte(tinyPDF), evidenceFields...), 303)
	a := v.get(own1("registers"), by)
	want(t, a, 200, "机构宣传档案", "证据材料：5.", `<b>1</b> 份`, own1("registers/budget"), own1("evidence?row=14"))
	inOrder(t, a.body)
	want(t, v.get(own1(""), by), 200, "组织架构、管理体系、社会责任、公共关系、信息发布、年度报告、申投诉处理、投入保障")
	a = v.get(entryPath(storetest.Ref(siteYear, 1), "registers"), v.signIn("o1"))
	want(t, a, 200, "机构宣传档案", "证据材料：5.")
	inOrder(t, a.body)
}
