package web

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/store"
	"xuanping/store/storetest"
)

// beside is the part of a reviewer's sheet that stands with one row of Annex 2.
func beside(t *testing.T, sheet string, row int) string {
	t.Helper()
	_, part, found := strings.Cut(sheet, fmt.Sprintf(`id="row-%d"`, row))
	if !found {
		t.Fatalf("no row %d", row)
	}
	part, _, _ = strings.Cut(part, "</section>")
	return part
}

// filedBy lets the second institution file rows of a register.
func (b *bureau) filedBy(id string, rows ...campaign.Record) {
	b.t.Helper()
	b.write(func(ctx context.Context, tx *store.Tx) {
		_, err := tx.AddRegister(ctx, storetest.Ref(testYear, 2), store.RegisterVersion{Register: id, Schema: campaign.KnownRegisters().Digest, Body: campaign.Filing{Rows: rows}, ByName: "吴示例（主任）", At: b.day})
		b.ok(err)
	})
}

func (b *bureau) sheetOf2() string {
	b.t.Helper()
	w := b.as("r1").get(reviewPath(2))
	if w.Code != 200 {
		b.t.Fatalf("%d", w.Code)
	}
	return w.Body.String()
}

// AN-9: the amber and red marks of accounts stand beside the score box of row 9,
// each with its row; a healthy account has none.
func TestAN9MarksBesideTheScoreBox(t *testing.T) {
	b := newBureau(t)
	c, err := b.store.Campaign(t.Context(), testYear)
	b.ok(err)
	shut := c.Rules.Calendar.EvidenceClose // marks look at this day
	account := func(name string, days int) campaign.Record {
		return campaign.Record{"platform": "微信公众号", "account": name, "owner": "赵责任", "backup": "钱备岗", "opened": "2020-01-01", "last_post": string(shut.Add(-days))}
	}
	b.filedBy("accounts", account("甲号", 1), account("乙号", 31), account("丙号", 181))
	sheet := b.sheetOf2()
	nine := beside(t, sheet, 9)
	for _, part := range []string{"宣传平台账号（3 行）", `tag-amber">第 2 行：超过 30 天没有更新`, `tag-red">第 3 行：超过 180 天没有更新`, `name="points-9"`} {
		if !strings.Contains(nine, part) {
			t.Errorf("no %q beside row 9", part)
		}
	}
	if strings.Contains(nine, "第 1 行：") {
		t.Error("a healthy account is marked")
	}
	if strings.Contains(beside(t, sheet, 8), "没有更新") {
		t.Error("the marks stand beside another row")
	}
}

// AN-4: the six lines and the report on CNCA's site are missed by name beside row
// 4, the report as one line of its own; what is there is shown with its address.
func TestAN4DisclosureBesideTheScoreBox(t *testing.T) {
	b := newBureau(t)
	line := func(item string) campaign.Record {
		return campaign.Record{"item": item, "url": "https://example.cn/" + item, "captured": "2025-11-01", "file": store.Digest(item)}
	}
	b.filedBy("disclosure", line("认证领域"), line("认证规则"))
	b.filedBy("reports", campaign.Record{"annual_title": "年报", "annual_page": "3", "csr_title": "责任报告", "csr_page": "5"})
	four := beside(t, b.sheetOf2(), 4)
	for _, part := range []string{"信息公开清单（2 行）", "缺少：认证基本规范、认证收费标准、认证证书及认证标志样式、认证证书状态", "缺少 1 项", "缺少：社会责任报告在认监委网站的网址"} {
		if !strings.Contains(four, part) {
			t.Errorf("no %q beside row 4", part)
		}
	}
	page := b.as("r1").get(reviewPath(2, "registers", "disclosure")).Body.String()
	if !strings.Contains(page, `href="https://example.cn/`) || strings.Count(page, "/register-files/") < 2 {
		t.Error("the lines lack an address or a capture")
	}
	b.filedBy("reports", campaign.Record{"annual_title": "年报", "annual_page": "3", "csr_title": "责任报告", "csr_page": "5", "csr_url": "https://www.cnca.gov.cn/x"})
	if strings.Contains(beside(t, b.sheetOf2(), 4), "社会责任报告在认监委网站的网址") {
		t.Error("the address is there and missed")
	}
}

// AN-10: the count for each kind beside the score box is that of the table.
func TestAN10CountsEqualTheTable(t *testing.T) {
	b := newBureau(t)
	reg, _ := campaign.KnownRegisters().Get("visits")
	var rows []campaign.Record
	for i, place := range []string{"校园", "进学校", "学校", "社区", "车间"} {
		rows = append(rows, reg.Clean(map[string]string{"place": place, "title": fmt.Sprint("活动", i), "day": "2025-05-01", "where": "某地", "people": "20"}))
	}
	b.filedBy("visits", rows...)
	table := map[string]int{}
	for _, line := range desk.RegisterTable(reg, campaign.Filing{Rows: rows}, campaign.SeerReviewer, nil)[1:] {
		table[line[1]]++
	}
	if table["进学校"] != 3 || len(table) != 3 {
		t.Fatalf("%v", table)
	}
	ten := beside(t, b.sheetOf2(), 10)
	for place, n := range table {
		if !strings.Contains(ten, fmt.Sprintf("%s %d", place, n)) {
			t.Errorf("beside row 10: not %d × %s", n, place)
		}
	}
}

// AN-13, §2 no. 43: a number alone serves rows 3 and 13; nothing was uploaded.
func TestAN13NumberAloneIsShown(t *testing.T) {
	b := newBureau(t)
	b.filedBy("references", campaign.Record{"row": "第 13 项", "number": "密宣〔2025〕7号", "day": "2025-06-01", "keeper": "保密办"})
	sheet := b.sheetOf2()
	for _, row := range []int{3, 13} {
		if !strings.Contains(beside(t, sheet, row), "不上传材料的证明（只填文号）（1 行）") {
			t.Errorf("nothing beside row %d", row)
		}
	}
	page := b.as("r1").get(reviewPath(2, "registers", "references")).Body.String()
	if !strings.Contains(page, "密宣〔2025〕7号") || strings.Contains(page, "/register-files/") {
		t.Error("the number is not shown, or a file is")
	}
}

// GL-26: this year's amounts stand beside last year's, for the regulator alone.
func TestGL26YearOnYear(t *testing.T) {
	reg, _ := campaign.KnownRegisters().Get("budget")
	b := registerBook{filed: map[string]store.RegisterVersion{"budget": {Register: "budget", Body: campaign.Filing{Rows: []campaign.Record{{"budget": "150", "spent": "80", "set": "是"}}}}},
		before: map[string]campaign.Filing{"budget": {Rows: []campaign.Record{{"budget": "100", "spent": "100", "set": "是"}}}}}
	years := b.view(reg, campaign.SeerRegulator, "").Years
	if len(years) != 2 || years[0].Before != "100" || years[0].Now != "150" || years[0].Change != "比上一年度增加 50.0%" || years[1].Change != "比上一年度减少 20.0%" || years[0].Drawn == "" {
		t.Errorf("%+v", years)
	}
	for _, to := range []campaign.Seer{campaign.SeerReviewer, campaign.SeerPublic} {
		if years := b.view(reg, to, "").Years; len(years) != 0 {
			t.Errorf("%s reads %+v", to, years)
		}
	}
}

// AN-7: each manuscript tells whether the regulator's register of adoptions
// holds it, whatever the institution says; beside the score box of row 7 stands
// how many are distinct (§2 no. 41).
func TestAN7AdoptionByTheRegulatorOnly(t *testing.T) {
	b := newBureau(t)
	row := func(title, url, own string) campaign.Record {
		return campaign.Record{"title": title, "day": "2025-05-01", "kind": "政务信息", "channel": "某刊", "adopted": own, "url": url}
	}
	b.filedBy("manuscripts", row("绿色认证进园区", "https://example.cn/n/1", "否"), row("检测机构“三性”分析", "", "是"), row("认证知识问答", "https://example.cn/n/3", "是"), row("绿色认证 进园区", "", "是"))
	two := storetest.Ref(testYear, 2)
	const sure = "已采用（主管部门核实）"
	tell := func(when string, adopted int) {
		t.Helper()
		seven := beside(t, b.sheetOf2(), 7)
		if want := fmt.Sprintf("稿件不重复的 3 篇，共 4 篇；主管部门核实采用 %d 篇", adopted); !strings.Contains(seven, want) || !strings.Contains(seven, `name="points-7"`) {
			t.Errorf("%s: no %q beside row 7", when, want)
		}
		for name, page := range map[string]string{"reviewer": b.as("r1").get(reviewPath(2, "registers", "manuscripts")).Body.String(), "office": b.as("o1").get(entryPath(two, "registers", "manuscripts")).Body.String()} {
			if n, not := strings.Count(page, sure), strings.Count(page, ">未核实<"); n != adopted || n+not != 4 {
				t.Errorf("%s, %s: %d adopted and %d not of 4, want %d", when, name, n, not, adopted)
			}
		}
	}
	tell("nothing registered", 0)
	known := len(b.eventIDs(two))
	b.acts("o1", entryPath(two, "adoption"), "kind", "info", "title", "三性分析", "source", "https://www.example.cn/n/1?utm_source=a 第3期", "occurred_on", "2025-06-01", "do", "submit")
	tell("registered by one person", 0)
	b.acts("a1", entryPath(two, "event", b.eventIDs(two)[known]), "decision", "confirm", "reason", "属实")
	tell("confirmed, the same page", 1)
	b.acts("o1", entryPath(two, "adoption"), "kind", "policy", "title", "检测机构三性分析", "source", "第4期", "occurred_on", "2025-06-02", "do", "submit")
	b.acts("a1", entryPath(two, "event", b.eventIDs(two)[known+1]), "decision", "confirm", "reason", "属实")
	tell("confirmed, the same title", 2)
	b.acts("o1", entryPath(two, "adoption"), "kind", "site", "title", "认证知识问答", "source", "公众号", "occurred_on", "2025-06-03", "do", "submit")
	b.acts("a1", entryPath(two, "event", b.eventIDs(two)[known+2]), "decision", "reject", "reason", "未采用")
	tell("refused", 2)
	if strings.Contains(beside(t, b.sheetOf2(), 8), "稿件不重复") {
		t.Error("the figure stands beside another row")
	}
}

// AN-6: the office reads the partner's name on the row of the institution that
// filed it, and that the activity is also used in row 5.
func TestAN6PartnerIsNamed(t *testing.T) {
	b := newBureau(t)
	b.filedBy("joint", campaign.Record{"kind": "支部联建共学", "title": "“七一”联建", "day": "2025-07-01", "partner": storetest.Code(1), "role": "承办"})
	b.filedBy("activities", campaign.Record{"kind": "其他", "kind_other": "联建", "title": "七一联建", "day": "2025-07-01"})
	partner := storetest.Institution(1).Name + "（" + storetest.Code(1) + "）"
	two := storetest.Ref(testYear, 2)
	for name, page := range map[string]string{"reviewer": b.as("r1").get(reviewPath(2, "registers", "joint")).Body.String(), "office": b.as("o1").get(entryPath(two, "registers", "joint")).Body.String()} {
		if !strings.Contains(page, partner) || !strings.Contains(page, "该活动同时用于第 5 项") {
			t.Errorf("%s: the partner is not named, or row 5 is not", name)
		}
	}
}
