package desk

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"xuanping/rubric"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

// officerOne is o1 of the store's people.
func (h *house) officerOne() store.Staff {
	p, err := h.Store.Staff(h.t.Context(), "o1")
	must(h.t, err)
	return p
}

func (h *house) save(v Visitor, id string, set map[string]string) (Receipt, error) {
	return h.SaveRegister(h.t.Context(), v, RegisterEdit{Register: id, Row: -1, Record: set, NoState: true}, signer)
}

func (h *house) rowsOf(ref campaign.Ref, id string) []campaign.Record {
	v, err := h.filed(h.t.Context(), h.Store.Reader, ref, id)
	must(h.t, err)
	return v.Body.Rows
}

var account = map[string]string{"platform": "公众号", "account": "示例认证", "owner": "李某", "opened": "2024/1/5", "last_post": "2025-01-01"}

// GL-17: an account without a responsible person is refused by name; a good
// one is kept in its canonical form, once however often it is sent.
func TestGL17AccountRegister(t *testing.T) {
	h := newHouse(t)
	h.at(real)
	ref := h.to(1, campaign.Planning)
	v := h.visitor(ref, "act")
	bad := maps.Clone(account)
	delete(bad, "owner")
	h.unchanged(func() {
		_, err := h.save(v, "accounts", bad)
		want(t, err, campaign.Invalid, "owner")
	})
	rec, err := h.save(v, "accounts", account)
	must(t, err)
	if rec.Number != ref.ID()+"/register/accounts/1" || len(rec.Digest) != 64 {
		t.Errorf("%+v", rec)
	}
	h.unchanged(func() {
		again, err := h.save(v, "accounts", account)
		must(t, err)
		if again.Number != rec.Number {
			t.Errorf("the same form again is %s", again.Number)
		}
	})
	if rows := h.rowsOf(ref, "accounts"); len(rows) != 1 || rows[0]["platform"] != "微信公众号" || rows[0]["opened"] != "2024-01-05" {
		t.Errorf("%v", rows)
	}
}

// A list is edited by version: who looked at an old one is told.
func TestRegisterEdits(t *testing.T) {
	h := newHouse(t)
	h.at(real)
	ref := h.to(1, campaign.Planning)
	v := h.visitor(ref, "act")
	second := maps.Clone(account)
	second["account"], second["owner"] = "视频号", "赵某"
	for _, a := range []map[string]string{account, second} {
		_, err := h.save(v, "accounts", a)
		must(t, err)
	}
	third := maps.Clone(second)
	third["owner"] = "钱某"
	edit := RegisterEdit{Register: "accounts", Based: 2, Row: 1, Record: third, NoState: true}
	_, err := h.SaveRegister(t.Context(), v, edit, signer)
	must(t, err)
	if rows := h.rowsOf(ref, "accounts"); len(rows) != 2 || rows[1]["owner"] != "钱某" || rows[0]["owner"] != "李某" {
		t.Errorf("%v", rows)
	}
	h.unchanged(func() {
		edit.Record["owner"] = "孙某"
		_, err := h.SaveRegister(t.Context(), v, edit, signer)
		want(t, err, campaign.Conflict)
		_, err = h.SaveRegister(t.Context(), v, RegisterEdit{Register: "accounts", Based: 3, Row: 7, Drop: true, NoState: true}, signer)
		want(t, err, campaign.Conflict)
	})
	_, err = h.SaveRegister(t.Context(), v, RegisterEdit{Register: "accounts", Based: 3, Row: 0, Drop: true, NoState: true}, signer)
	must(t, err)
	if rows := h.rowsOf(ref, "accounts"); len(rows) != 1 || rows[0]["owner"] != "钱某" {
		t.Errorf("%v", rows)
	}
}

// GL-5: without the declaration nothing is taken, whatever it is.
func TestGL5NothingWithoutTheDeclaration(t *testing.T) {
	h := newHouse(t)
	h.at(real)
	v := h.visitor(h.to(1, campaign.Planning), "act")
	h.unchanged(func() {
		_, err := h.SaveRegister(t.Context(), v, RegisterEdit{Register: "accounts", Row: -1, Record: account}, signer)
		want(t, err, campaign.Invalid, "declared")
		_, err = h.ImportRegister(t.Context(), v, Import{Register: "manuscripts", Name: "a.csv", Data: []byte("稿件标题\nx\n")}, signer)
		want(t, err, campaign.Invalid, "declared")
		_, err = h.CarryRegister(t.Context(), v, "accounts", true, false, signer)
		want(t, err, campaign.Invalid, "declared")
	})
}

func TestRegisterDoors(t *testing.T) {
	h := newHouse(t)
	h.at(real)
	ref := h.to(1, campaign.Planning)
	view, act, later := h.visitor(ref, "view"), h.visitor(ref, "act"), h.visitor(h.to(2, campaign.SelfScore), "act")
	h.unchanged(func() {
		_, err := h.save(view, "accounts", account)
		want(t, err, campaign.Forbidden)
		_, err = h.save(act, "no-such", account)
		want(t, err, campaign.NotFound)
		_, err = h.save(later, "accounts", account)
		want(t, err, campaign.Conflict)
		h.at(h.rules.Calendar.EvidenceClose.End())
		_, err = h.save(act, "accounts", account)
		want(t, err, campaign.TooLate)
		h.at(real)
	})
}

// GL-9: “we have no conditions, because” is an answer.
func TestGL9NoConditions(t *testing.T) {
	h := newHouse(t)
	h.at(real)
	ref := h.to(1, campaign.Planning)
	v := h.visitor(ref, "act")
	none := func(id, why string) error {
		_, err := h.SaveRegister(t.Context(), v, RegisterEdit{Register: id, Row: -1, None: why, NoState: true}, signer)
		return err
	}
	must(t, none("spokespersons", "机构规模小，没有专职人员"))
	want(t, none("accounts", "没有账号"), campaign.Invalid, "none")
	now, err := h.filed(t.Context(), h.Store.Reader, ref, "spokespersons")
	must(t, err)
	reg, _ := campaign.KnownRegisters().Get("spokespersons")
	if len(reg.Missing(now.Body)) != 0 || now.Body.None == "" {
		t.Errorf("%+v", now.Body)
	}
}

func (h *house) capture(v Visitor, item, data string) (Receipt, error) {
	return h.SaveRegister(h.t.Context(), v, RegisterEdit{Register: "disclosure", Row: -1, NoState: true, FileName: "截图.png", File: strings.NewReader(data),
		Record: map[string]string{"item": item, "url": "https://example.cn/open", "captured": "2025-01-01"}}, signer)
}

// GL-21: each of the six lines with its address and capture, each once.
func TestGL21Disclosure(t *testing.T) {
	h := newHouse(t)
	h.at(real)
	ref := h.to(1, campaign.Planning)
	v := h.visitor(ref, "act")
	reg, _ := campaign.KnownRegisters().Get("disclosure")
	f, _ := reg.Field("item")
	for i, item := range f.Values() {
		_, err := h.capture(v, item, pngBytes+fmt.Sprint(i))
		must(t, err)
	}
	if got := reg.Missing(campaign.Filing{Rows: h.rowsOf(ref, "disclosure")}); len(got) != 0 || len(f.Values()) != 6 {
		t.Errorf("missing %v of %d", got, len(f.Values()))
	}
	h.unchanged(func() {
		_, err := h.capture(v, "认证规则", pngBytes+"again")
		want(t, err, campaign.Invalid, "item")
		_, err = h.save(v, "disclosure", map[string]string{"item": "认证规则", "url": "https://example.cn", "captured": "2025-01-01", "file": strings.Repeat("a", 64)})
		want(t, err, campaign.Invalid, "file") // a digest that was typed is no file
		_, err = h.capture(v, "认证规则", "<html>no picture</html>")
		want(t, err, campaign.Invalid, "file")
	})
	row := h.rowsOf(ref, "disclosure")[2]
	file, err := h.Given(t.Context(), row["file"])
	must(t, err)
	file.Close()
	edit := RegisterEdit{Register: "disclosure", Based: 6, Row: 2, NoState: true, Record: map[string]string{"item": row["item"], "url": "https://example.cn/new", "captured": "2025-01-01"}}
	_, err = h.SaveRegister(t.Context(), v, edit, signer)
	must(t, err)
	if now := h.rowsOf(ref, "disclosure")[2]; now["file"] != row["file"] || now["url"] == row["url"] {
		t.Errorf("the file did not stay with its row: %v", now)
	}
}

// GL-5: a leaked file is gone for everybody and cannot come back; its digest
// and the reason stay.
func TestGL5Quarantine(t *testing.T) {
	h := newHouse(t)
	h.at(real)
	ref := h.to(1, campaign.Planning)
	v := h.visitor(ref, "act")
	_, err := h.capture(v, "认证规则", pngBytes)
	must(t, err)
	digest := h.rowsOf(ref, "disclosure")[0]["file"]
	reviewer, err := h.Store.Staff(t.Context(), "r1")
	must(t, err)
	h.unchanged(func() {
		want(t, h.Quarantine(t.Context(), reviewer, ref, digest, "泄密"), campaign.Forbidden)
		want(t, h.Quarantine(t.Context(), h.officerOne(), ref, digest, " "), campaign.Invalid, "reason")
		want(t, h.Quarantine(t.Context(), h.officerOne(), storetest.Ref(testYear, 2), digest, "泄密"), campaign.NotFound)
	})
	must(t, h.Quarantine(t.Context(), h.officerOne(), ref, digest, "误传工作秘密"))
	_, err = h.Given(t.Context(), digest)
	want(t, err, campaign.TooLate)
	if _, err := h.Blobs.Open(digest); campaign.KindOf(err) != campaign.NotFound {
		t.Errorf("its content is still there: %v", err)
	}
	q, err := h.Store.Quarantined(t.Context(), digest)
	must(t, err)
	if q.Reason != "误传工作秘密" || q.By != "o1" {
		t.Errorf("%+v", q)
	}
	must(t, h.Quarantine(t.Context(), h.officerOne(), ref, digest, "再次")) // mends what a crash left
	_, err = h.capture(v, "认证领域", pngBytes)
	want(t, err, campaign.Invalid, "file")
	_, err = h.upload(v, "a.png", pngBytes)
	want(t, err, campaign.Invalid)
	if _, err := h.Blobs.Open(digest); campaign.KindOf(err) != campaign.NotFound {
		t.Error("it came back to the disk")
	}
}

// GL-5: whatever door a file came through, an officer can take it away, and it
// is taken by none without the declaration.
func TestGL5QuarantineAtEveryDoor(t *testing.T) {
	h := newHouse(t)
	h.at(real)
	ctx := t.Context()
	accused := h.accused(1)
	_, err := h.WarnByStaff(ctx, person("o1"), accused, campaign.ActNotice, "事由")
	must(t, err)
	asks := h.to(2, campaign.Planning)
	asking, heard := h.visitor(asks, "act"), h.visitor(accused, "act")
	_, _, err = h.ApplyClearance(ctx, asking, ApplyForm{Kind: campaign.PriorApproval, Subject: "接受采访", Content: "认证有效性", Channel: "电视台", Planned: campaign.DayOf(real).Add(9)}, signer)
	must(t, err)
	letter, err := h.WriteGuidance(ctx, person("o1"), testYear, GuidanceForm{Title: "业务指导", Text: "请遵照执行。"})
	must(t, err)
	for name, door := range map[string]struct {
		ref  campaign.Ref
		give func(Upload) error
	}{
		"a statement": {accused, func(u Upload) error {
			_, err := h.AddCaseFile(ctx, heard, store.AboutReply, u, signer)
			return err
		}},
		"a matter": {asks, func(u Upload) error {
			_, err := h.AttachClearance(ctx, asking, 1, u, signer)
			return err
		}},
		"a letter": {asks, func(u Upload) error { return h.AttachGuidance(ctx, person("o1"), testYear, letter, u) }},
	} {
		content := pdfBytes + name
		up := Upload{Name: "材料.pdf", File: strings.NewReader(content)}
		h.unchanged(func() { want(t, door.give(up), campaign.Invalid, "declared") })
		up.NoState = true
		must(t, door.give(up))
		if name == "a letter" {
			_, err := h.SendGuidance(ctx, person("o1"), testYear, letter, GuidanceTo{Codes: []string{asks.Code}})
			must(t, err)
		}
		digest := fmt.Sprintf("%x", sha256.Sum256([]byte(content)))
		h.unchanged(func() {
			want(t, h.Quarantine(ctx, h.officerOne(), storetest.Ref(testYear, 3), digest, "误传"), campaign.NotFound)
		})
		must(t, h.Quarantine(ctx, h.officerOne(), door.ref, digest, "误传工作秘密"))
		if _, err := h.Given(ctx, digest); campaign.KindOf(err) != campaign.TooLate {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// AN-6: a partner must be on the year's roster, and be another institution.
func TestAN6PartnersExist(t *testing.T) {
	h := newHouse(t)
	h.at(real)
	ref := h.to(1, campaign.Planning)
	v := h.visitor(ref, "act")
	with := func(code string) error {
		_, err := h.save(v, "joint", map[string]string{"kind": "支部联建", "title": "联建共学", "day": "2025-01-01", "role": "承办", "partner": code})
		return err
	}
	want(t, with(storetest.Code(77)), campaign.Invalid, "partner")
	want(t, with(ref.Code), campaign.Invalid, "partner")
	must(t, with(storetest.Code(2)))
	named, err := h.Store.NamedBy(t.Context(), storetest.Ref(testYear, 2), "joint", "partner")
	must(t, err)
	if len(named) != 1 || named[0].Code != ref.Code {
		t.Errorf("%+v", named)
	}
}

// AN-2: last year's content is taken over after it was confirmed again, with
// its files; nothing is uploaded twice, and nothing comes over by itself.
func TestAN2CarryOver(t *testing.T) {
	h := newHouse(t)
	c := storetest.Campaign(t, h.Store, testYear+1, true, 1)
	before, ref := storetest.Ref(testYear, 1), storetest.Ref(testYear+1, 1)
	must(t, h.Store.SetClock(t.Context(), testYear+1, c.Rules.Calendar.Launch.Morning(), real))
	const digest = "1111111111111111111111111111111111111111111111111111111111111111"
	row := campaign.Record{"title": "宣传工作管理办法", "issued": "2024-02-01", "file": digest}
	h.write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.AddRegisterFile(ctx, before, store.RegisterFile{Digest: digest, Name: "办法.pdf", Media: "application/pdf", Size: 9, ByName: "王", At: real}); err != nil {
			return err
		}
		if err := tx.SetStage(ctx, ref, campaign.Planning, c.Rules.Calendar.PlanDue, real); err != nil {
			return err
		}
		_, err := tx.AddRegister(ctx, before, store.RegisterVersion{Register: "rules", Schema: digest, Body: campaign.Filing{Rows: []campaign.Record{row}}, ByName: "王", At: real})
		return err
	})
	v := h.visitor(ref, "act")
	h.unchanged(func() {
		_, err := h.CarryRegister(t.Context(), v, "rules", false, true, signer)
		want(t, err, campaign.Invalid, "confirmed")
		_, err = h.CarryRegister(t.Context(), v, "goals", true, true, signer)
		want(t, err, campaign.NotFound)
	})
	if len(h.rowsOf(ref, "rules")) != 0 {
		t.Error("it came over by itself")
	}
	_, err := h.CarryRegister(t.Context(), v, "rules", true, true, signer)
	must(t, err)
	now, err := h.filed(t.Context(), h.Store.Reader, ref, "rules")
	must(t, err)
	if now.CarriedFrom == nil || *now.CarriedFrom != testYear || !maps.Equal(now.Body.Rows[0], row) {
		t.Errorf("%+v", now)
	}
	if _, err := h.Store.RegisterFile(t.Context(), ref, digest); err != nil {
		t.Errorf("the file was left behind: %v", err)
	}
}

// manuscripts makes a table of n good rows.
func manuscripts(n int) string {
	var b strings.Builder
	b.WriteString("稿件标题,报送日期,类别,报送渠道或媒体,机构申报是否采用,刊发网址\n")
	for i := range n {
		fmt.Fprintf(&b, "稿件之%d,2025/1/1,新闻,中国质量报,是,https://a.cn/%d\n", i, i)
	}
	return b.String()
}

func (h *house) importing(v Visitor, name string, data []byte, replace bool) (Imported, error) {
	return h.ImportRegister(h.t.Context(), v, Import{Register: "manuscripts", Name: name, Data: data, Replace: replace, NoState: true}, signer)
}

// AN-7: 200 rows and more come in one table, in every encoding Excel writes.
func TestAN7ImportOfTwoHundred(t *testing.T) {
	h := newHouse(t)
	h.at(real)
	ref := h.to(1, campaign.Planning)
	v := h.visitor(ref, "act")
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(manuscripts(210))
	must(t, err)
	cells, err := ReadTable("a.csv", []byte(manuscripts(210)))
	must(t, err)
	book, err := WriteExcel("稿件", cells)
	must(t, err)
	for name, data := range map[string]string{"gb.csv": gb, "bom.csv": "\ufeff" + manuscripts(210), "plain.csv": manuscripts(210), "book.xlsx": string(book)} {
		done, err := h.importing(v, name, []byte(data), true)
		must(t, err)
		if rows := h.rowsOf(ref, "manuscripts"); done.Taken != 210 || len(rows) != 210 || rows[209]["kind"] != "新闻稿件" || rows[0]["day"] != "2025-01-01" {
			t.Errorf("%s: %d taken, %d rows", name, done.Taken, len(rows))
		}
	}
	done, err := h.importing(v, "more.csv", []byte(manuscripts(212)), false)
	must(t, err)
	if done.Taken != 2 || done.Skipped != 210 {
		t.Errorf("added: %d taken, %d skipped", done.Taken, done.Skipped)
	}
}

// AN-7: a faulty row is named, nothing is half taken, and the table comes back
// with a column that says what to mend; mended it goes in.
func TestAN7FaultyRowsComeBack(t *testing.T) {
	h := newHouse(t)
	h.at(real)
	ref := h.to(1, campaign.Planning)
	v := h.visitor(ref, "act")
	text := manuscripts(200) + "坏日期,去年,新闻,报,是,https://a.cn/x\n,2025-01-01,小说,报,也许,=1+1\n"
	_, err := h.importing(v, "a.csv", []byte(text), false)
	want(t, err, campaign.Invalid, "table")
	faults, ok := errors.AsType[*TableFaults](err)
	if !ok || len(faults.Lines) != 2 || faults.Lines[0].Line != 202 || !strings.Contains(faults.Lines[0].Say, "报送日期") || !strings.Contains(faults.Lines[1].Say, "请填写稿件标题") || !strings.Contains(faults.Lines[1].Say, "类别") {
		t.Fatalf("%+v", faults)
	}
	if len(h.rowsOf(ref, "manuscripts")) != 0 {
		t.Error("half of it was taken")
	}
	data, err := h.FaultyTable(t.Context(), ref, "manuscripts")
	must(t, err)
	x, err := excelize.OpenReader(strings.NewReader(string(data)))
	must(t, err)
	rows, err := x.GetRows(x.GetSheetName(0))
	must(t, err)
	at := slices.Index(rows[0], "错误")
	if at < 0 || len(rows) != 203 || rows[201][at] == "" || rows[1][0] != "稿件之0" || len(rows[1]) > at && rows[1][at] != "" {
		t.Errorf("column %d, %d rows: %q", at, len(rows), rows[201])
	}
	if f, err := x.GetCellFormula(x.GetSheetName(0), "F203"); err != nil || f != "" {
		t.Errorf("a formula went in: %q %v", f, err) // S13
	}
	x.SetCellStr(x.GetSheetName(0), "B202", "2025-01-01")
	x.RemoveRow(x.GetSheetName(0), 203)
	mended, err := x.WriteToBuffer()
	must(t, err)
	done, err := h.importing(v, "mended.xlsx", mended.Bytes(), false)
	must(t, err)
	if done.Taken != 201 {
		t.Errorf("%d rows after mending", done.Taken)
	}
	if _, err := h.FaultyTable(t.Context(), ref, "manuscripts"); campaign.KindOf(err) != campaign.NotFound {
		t.Errorf("the mended table is still waiting: %v", err)
	}
}

func TestAN7RepeatsAreShown(t *testing.T) {
	h := newHouse(t)
	h.at(real)
	v := h.visitor(h.to(1, campaign.Planning), "act")
	done, err := h.importing(v, "a.csv", []byte(manuscripts(3)+"稿件 之 1,2025-01-01,新闻,报,否,https://b.cn\n"), false)
	must(t, err)
	if len(done.Repeats) != 1 || !strings.Contains(done.Repeats[0], "第 4 行与第 2 行稿件标题相同") {
		t.Errorf("%v", done.Repeats)
	}
}

func TestTablesThatAreRefused(t *testing.T) {
	h := newHouse(t)
	h.at(real)
	ref := h.to(1, campaign.Planning)
	v := h.visitor(ref, "act")
	for name, text := range map[string]string{
		"empty": "", "unknown column": "稿件标题,颜色\n", "missing column": "稿件标题\n甲\n", "twice": "稿件标题,稿件标题\n", "no rows": manuscripts(0), "too many": manuscripts(campaign.RegisterRows + 1),
	} {
		_, err := h.importing(v, "a.csv", []byte(text), false)
		if campaign.KindOf(err) != campaign.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := h.importing(v, "a.exe", []byte("MZ"), false)
	want(t, err, campaign.Invalid, "table")
	_, err = h.ImportRegister(t.Context(), v, Import{Register: "disclosure", Name: "a.csv", Data: []byte("x"), NoState: true}, signer)
	want(t, err, campaign.Invalid)
	if len(h.rowsOf(ref, "manuscripts")) != 0 {
		t.Error("something was taken")
	}
}

// S13: what a table opens is text; and an export can be imported again.
func TestExportsAreTextAndComeBack(t *testing.T) {
	reg, _ := campaign.KnownRegisters().Get("manuscripts")
	row := campaign.Record{"title": "=HYPERLINK(\"http://x\")", "day": "2025-01-01", "kind": "其他", "channel": "@报", "adopted": "否", "author": "-王"}
	cells := RegisterTable(reg, campaign.Filing{Rows: []campaign.Record{row}}, campaign.SeerReviewer, func(string) string { return "" })
	text := string(WriteCSV(cells))
	if !strings.HasPrefix(text, "\ufeff") || strings.Contains(text, ",=") || strings.Contains(text, "\"=") || strings.Contains(text, ",@") || strings.Contains(text, ",-") {
		t.Errorf("%q", text)
	}
	h := newHouse(t)
	h.at(real)
	ref := h.to(1, campaign.Planning)
	_, err := h.importing(h.visitor(ref, "act"), "export.csv", []byte(text), false)
	must(t, err)
	if got := h.rowsOf(ref, "manuscripts"); len(got) != 1 || !maps.Equal(got[0], row) {
		t.Errorf("%v", got)
	}
	budget, _ := campaign.KnownRegisters().Get("budget") // GL-26
	cells = RegisterTable(budget, campaign.Filing{Rows: []campaign.Record{{"budget": "123.45", "set": "是"}}}, campaign.SeerReviewer, nil)
	if strings.Contains(fmt.Sprint(cells), "123.45") {
		t.Errorf("a reviewer's table holds an amount: %v", cells)
	}
}

// AN-1: a mark with neither a reason nor anything handed in is refused; a
// register that serves the row is something, and row 3 needs no proof (AN-3).
func TestAN1NoMarkWithoutEvidenceOrReason(t *testing.T) {
	h := newHouse(t)
	h.at(real)
	ref := h.to(1, campaign.Planning)
	_, err := h.save(h.visitor(ref, "act"), "study", map[string]string{"kind": "学习贯彻", "title": "专题学习", "day": "2025-01-01"})
	must(t, err)
	marks := fullMarks()
	for i := range marks {
		row, _ := h.Table.Row(marks[i].Row)
		marks[i].Points, marks[i].Reason = row.Max, ""
	}
	c, err := h.Store.Campaign(t.Context(), testYear)
	must(t, err)
	rule, err := h.ReviewRule(t.Context(), h.Store.Reader, c, ref)
	must(t, err)
	f, _ := rule.Check(marks, true).(rubric.SheetErrors)
	of := func(row int) bool {
		return slices.ContainsFunc(f, func(e rubric.SheetError) bool { return e.Row == row })
	}
	if of(1) || of(3) || !of(7) || len(f) != 12 {
		t.Errorf("%v", f)
	}
}
