package web

import (
	"net/http"
	"strings"
	"testing"

	"xuanping/store/storetest"
)

// GL-34: everybody reads the list of Article 34 as it stands, with what is wrong in it.
func TestGL34OnTheRules(t *testing.T) {
	b := newBureau(t)
	b.shows(b.as("").get("/rules"), 200, "(一)《中华人民共和国新闻出版法》", "须经法制审核", "编号由（二）跳到（四），原文如此", "“宣传work负责人”作“宣传工作负责人”")
}

// GL-12: written, attached, sent by filter, received by a named person; the
// office sees who has not.
func TestGL12GuidancePages(t *testing.T) {
	b := newBureau(t)
	o, y := b.as("o1"), yearPath(testYear, "guidance")
	b.shows(o.get(y), 200, "还没有业务指导函", "起草业务指导函")
	b.shows(o.post(y+"/new", "title", "", "text", "x"), 422, "请填写标题")
	text := []string{"title", "关于世界认可日宣传的指导意见", "text", "请组织活动。\n活动情况请登记。", "numbered", "1"}
	b.shows(o.post(y+"/new", append(text, "do", "check")...), 200, "首次发出时取号")
	if w := o.post(y+"/new", text...); w.Header().Get("Location") != y+"/1?done=written" {
		t.Fatalf("%d %s", w.Code, w.Header().Get("Location"))
	}
	b.shows(o.get(y+"/1"), 200, "未发出", "增加附件", "活动情况请登记")
	b.shows(o.upload(y+"/1/files", "要点.exe", "MZ", "declared", "1"), 422, "只接受")
	b.shows(o.upload(y+"/1/files", "要点.pdf", string(pdfBytes)), 422, "请先勾选保密声明")
	if w := o.upload(y+"/1/files", "要点.pdf", string(pdfBytes), "declared", "1"); w.Header().Get("Location") != y+"/1?done=file" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	b.shows(o.post(y+"/1/send", "codes", "CNCA-R-1999-001"), 422, "没有批准号 CNCA-R-1999-001")
	codes := storetest.Code(1) + "\n" + storetest.Code(2)
	b.shows(o.post(y+"/1/send", "codes", codes, "do", "check"), 200, "2 家", storetest.Institution(1).Name)
	if w := o.post(y+"/1/send", "codes", codes); w.Header().Get("Location") != y+"/1?done=sent&n=2" {
		t.Fatalf("%d %s", w.Code, w.Header().Get("Location"))
	}
	page := b.shows(o.get(y+"/1"), 200, "发给 2 家，已签收 0 家", "宣指导〔2025〕1号", "提醒未签收的 2 家")
	if strings.Contains(page, "增加附件") {
		t.Error("after sending one may still attach")
	}
	mine, own := b.ticket(1), "/i/"+storetest.Ref(testYear, 1).ID()+"/guidance"
	b.shows(mine.get(own), 200, "关于世界认可日宣传的指导意见", "待签收")
	b.shows(mine.get(own+"/1"), 200, "活动情况请登记", "签收", own+"/1/files/1")
	if w := mine.get(own + "/1/files/1"); w.Code != http.StatusOK || w.Body.String() != string(pdfBytes) || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") {
		t.Errorf("%d %s", w.Code, w.Header())
	}
	b.shows(mine.get(own+"/1/files/2"), 404)
	b.shows(mine.post(own+"/1", "name", "王经办"), 422, "职务")
	b.shows(mine.post(own+"/1", "name", "王经办", "post", "主任"), 200, "业务指导函签收")
	b.shows(mine.get(own+"/1"), 200, "王经办（主任） 已于")
	third := b.ticket(3)
	b.shows(third.get("/i/"+storetest.Ref(testYear, 3).ID()+"/guidance"), 200, "没有收到业务指导函")
	b.shows(third.get("/i/"+storetest.Ref(testYear, 3).ID()+"/guidance/1"), 404)
	b.shows(o.get(y+"/1"), 200, "已签收 1 家", "王经办（主任）", storetest.Institution(2).Name)
	if w := o.post(y + "/1/remind"); w.Header().Get("Location") != y+"/1?done=remind&n=1" {
		t.Fatalf("%d %s", w.Code, w.Header().Get("Location"))
	}
	b.shows(o.post(y+"/1/remind"), 409, "已经提醒过一次")
}
