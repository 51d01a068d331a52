package web

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"xuanping/activities"
	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

// composes gives the site the room that renders letters, as the service does.
func (b *bureau) composes() {
	room := activities.Room{Store: b.store, Table: rubric.Annex2(), BaseURL: "https://xuanping.example", Issuer: "示例发文机关", Contact: "评价工作组 010-00000000", Clock: b.desk.Clock}
	b.site.Letters = room.Preview
}

// Whoever is about to mail many sees to whom, when, and three letters as they
// will be read; nothing is written, and no link in them works.
func TestLettersBeforeTheAct(t *testing.T) {
	b := newBureau(t)
	b.composes()
	o1 := b.as("o1")
	c, err := b.store.Campaign(t.Context(), testYear)
	b.ok(err)
	moved := []string{"day-publication", string(c.Rules.Calendar.Publication.Add(1)), "do", "check"}
	year, running := testYear+2, 0
	entries, err := b.store.Entries(t.Context(), testYear)
	b.ok(err)
	for _, e := range entries {
		if e.Stage != campaign.Closed && e.Stage != campaign.Left {
			running++
		}
	}
	for _, x := range []struct {
		name, path string
		fields     []string
		want       []string
		samples    int
	}{
		{"launch", "/office/launch", append(launchFields(t, year), "rehearsal", "1", "do", "check"), []string{"启动通知", "6 个", "上午 9:00", "评价通知书", "（发出时编号）", "还会收到的邮件"}, 3},
		{"calendar", yearPath(testYear, "calendar"), moved, []string{"日程变动通知", itoa(running) + " 个", "改为"}, 3},
		{"publish", yearPath(testYear, "publish"), []string{"do", "check"}, []string{"结果公布通知", "机构年度评价报告", "6 个"}, 6},
		{"nudge a reviewer", yearPath(testYear, "nudge"), []string{"code", storetest.Code(2), "reviewer", "r1", "do", "check"}, []string{"评审打分催办", "1 个", "评审甲"}, 1},
		{"nudge", yearPath(testYear, "nudge"), []string{"code", storetest.Code(1), "do", "check"}, nil, 0},
	} {
		before := b.head()
		w := o1.post(x.path, x.fields...)
		body := w.Body.String()
		if x.want == nil { // a plan that is in is no reason to remind
			if w.Code != http.StatusConflict {
				t.Errorf("%s: %d", x.name, w.Code)
			}
			continue
		}
		if w.Code != http.StatusOK || b.head() != before {
			t.Errorf("%s: %d %s", x.name, w.Code, summaryOf(body))
		}
		for _, want := range append(x.want, "将发送的邮件") {
			if !strings.Contains(body, want) {
				t.Errorf("%s does not say %s", x.name, want)
			}
		}
		if n := strings.Count(body, `<pre class="letter">`); n != x.samples {
			t.Errorf("%s: %d samples, want %d", x.name, n, x.samples)
		}
		if m := regexp.MustCompile(`/t/[0-9A-Za-z_.-]+`).FindString(body); m != "" {
			t.Errorf("%s shows a live link %s", x.name, m)
		}
	}
	if w := o1.post(yearPath(testYear, "nudge"), "code", storetest.Code(2), "reviewer", "r1", "do", "submit"); w.Code != http.StatusSeeOther {
		t.Errorf("nudged: %d %s", w.Code, summaryOf(w.Body.String()))
	}
	if w := o1.post(yearPath(testYear, "nudge"), "code", storetest.Code(2), "reviewer", "r1", "do", "check"); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "每天最多一次") {
		t.Errorf("a second time on the day: %d", w.Code)
	}
	if w := b.as("a1").post(yearPath(testYear, "nudge"), "code", storetest.Code(2), "reviewer", "r1", "do", "check"); w.Code != http.StatusForbidden {
		t.Errorf("an approver: %d", w.Code)
	}
}

// A 业务指导函 and its reminder show the same: only who has not got it gets it.
func TestGuidanceBeforeItIsSent(t *testing.T) {
	b := newBureau(t)
	b.composes()
	o1, y := b.as("o1"), yearPath(testYear, "guidance")
	if w := o1.post(y+"/new", "title", "关于世界认可日宣传的指导意见", "text", "请组织活动。", "numbered", "1"); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, summaryOf(w.Body.String()))
	}
	look := func(path, codes string, samples int, want ...string) {
		t.Helper()
		before := b.head()
		body := b.shows(o1.post(path, "codes", codes, "do", "check"), http.StatusOK, append(want, "将发送的邮件")...)
		if n := strings.Count(body, `<pre class="letter">`); n != samples || b.head() != before {
			t.Errorf("%s: %d samples, want %d; written %t", path, n, samples, b.head() != before)
		}
	}
	both := storetest.Code(1) + "\n" + storetest.Code(2)
	look(y+"/1/send", both, 2, "业务指导函", "2 个", "（发出时编号）", storetest.Institution(2).Name)
	if w := o1.post(y+"/1/send", "codes", storetest.Code(1)); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, summaryOf(w.Body.String()))
	}
	look(y+"/1/send", both, 1, "1 个", "宣指导〔2025〕1号")
	look(y+"/1/remind", "", 1, "业务指导函签收提醒", "1 个", "确认提醒")
	if w := o1.post(y+"/1/remind", "do", "submit"); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, summaryOf(w.Body.String()))
	}
	b.shows(o1.post(y+"/1/remind", "do", "check"), http.StatusConflict, "已经提醒过一次")
}

// Whom a letter may not reach is marked in the list.
func TestLettersMarkMissingContacts(t *testing.T) {
	b := newBureau(t)
	p := campaign.MailPreview{Letters: []campaign.LetterPreview{{What: "启动通知", When: "今天", To: []campaign.MailTo{{Code: "C1", Name: "甲"}, {Code: "C2", Name: "乙", Lacks: campaign.Institution{Contact: "张"}.Lacking()}}}}}
	b.site.Letters = func(_ context.Context, act store.MailAct) (campaign.MailPreview, error) {
		if act.Kind != store.AdmitAct || act.Code != storetest.Code(1) {
			t.Errorf("asked for %+v", act)
		}
		return p, nil
	}
	body := b.as("o1").post(yearPath(testYear, "admit"), "code", storetest.Code(1), "do", "check").Body.String()
	if !strings.Contains(body, "1 个可能无法送达") || !strings.Contains(body, "缺邮箱、缺手机") || strings.Count(body, "缺邮箱") != 1 {
		t.Errorf("%s", summaryOf(body))
	}
}
