package web

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

// taskList are the lines under 要办的事: each with its class, link, words and day.
var (
	taskItem  = regexp.MustCompile(`(?s)<li( class="urgent")?><div class="task-main"><a href="([^"]*)">(.*?)</a>(.*?)</li>`)
	tagsOfAny = regexp.MustCompile(`<[^>]*>`)
)

type shownTask struct {
	urgent           bool
	href, name, rest string
}

func (v *visitedSite) tasksOf(by who) []shownTask {
	v.t.Helper()
	_, body, _ := strings.Cut(v.get(own1(""), by).body, "要办的事</h2>")
	body, _, _ = strings.Cut(body, "</ul>")
	var all []shownTask
	for _, m := range taskItem.FindAllStringSubmatch(body, -1) {
		all = append(all, shownTask{m[1] != "", strings.TrimPrefix(m[2], own1("")), m[3], tagsOfAny.ReplaceAllString(m[4], " ")})
	}
	return all
}

func taskNamed(all []shownTask, name string) (shownTask, int) {
	i := slices.IndexFunc(all, func(x shownTask) bool { return x.name == name })
	if i < 0 {
		return shownTask{}, -1
	}
	return all[i], i
}

// Everything open has a line: what the regulator waits for first, each with its
// day, what is missing and the way to its page; none is left once it is done.
func TestDeskListsEveryOpenTask(t *testing.T) {
	v, by := atPlanning(t)
	ref, ctx := storetest.Ref(siteYear, 1), context.Background()
	at := v.now
	v.write(func(tx *store.Tx) error {
		if err := told1(tx, ref, at); err != nil {
			return err
		}
		if err := cannedMatters(ctx, tx, ref, at); err != nil { // incident 1 reported 47 hours after it, requests 1 and 2
			return err
		}
		if _, err := tx.AddIncident(ctx, store.Incident{Year: ref.Year, Code: ref.Code, What: "媒体报道虚假认证", Activity: "体系认证", OccurredAt: at.Add(-3 * time.Hour), By: "o1", At: at}); err != nil {
			return err
		}
		if _, err := tx.AddIncidentAct(ctx, ref, store.IncidentAct{N: 2, Act: campaign.IncidentOpen, Role: "officer", By: "o1", Digest: store.Digest("open"), At: at}, false); err != nil {
			return err
		}
		g := store.Guidance{Year: ref.Year, Title: "世界认可日宣传", Text: "请组织", By: "o1", At: at}
		var err error
		if g.N, err = tx.AddGuidance(ctx, g); err == nil {
			_, err = tx.SendGuidance(ctx, g, ref, "o1", at)
		}
		return err
	})
	all := v.tasksOf(by)
	if len(all) == 0 || !all[0].urgent || all[0].name != "48小时报告：媒体报道虚假认证" || all[0].href != "/incidents/2" {
		t.Fatalf("the report that is waited for is not the first: %+v", all)
	}
	for name, want := range map[string][]string{
		"48小时报告：媒体报道虚假认证":        {"/incidents/2", "待报告", "还有 45 小时 0 分", stamp(at.Add(45 * time.Hour)), "五项基本情况"},
		"48小时报告：获证产品被媒体报道存在质量问题": {"/incidents/1?act=details", "待补报", "还有 1 小时 0 分", "处置情况"},
		"陈述意见：公众号发布信息失实":         {"/events?notice=1", "待陈述意见", campaign.DayOf(at).Add(7).Chinese(), "还有 7 天", "16.2", "拟扣 3.0 分"},
		"业务指导函：世界认可日宣传":          {"/guidance/1", "待签收", campaign.DayOf(at).Chinese() + "发来"},
		"审定发布口径：认证有效性访谈":         {"/clearances/2?act=settle", "已申请", "第二步", "还有 9 天"},
	} {
		x, i := taskNamed(all, name)
		if i < 0 {
			t.Errorf("no line %q", name)
			continue
		}
		for _, w := range want[1:] {
			if x.href != want[0] || !strings.Contains(x.rest, w) {
				t.Errorf("%s leads to %s and says %q, not %q", name, x.href, x.rest, w)
			}
		}
		if a := v.get(own1("")+want[0], by); a.code != 200 {
			t.Errorf("%s: %d", want[0], a.code)
		}
	}
	if _, details := taskNamed(all, "48小时报告：获证产品被媒体报道存在质量问题"); details != 1 {
		t.Errorf("the details stand at %d", details)
	}
	if _, i := taskNamed(all, "登记发布：认证有效性访谈"); i >= 0 {
		t.Error("a request that waits for the office is asked of the institution")
	}
	v.now = at.Add(46 * time.Hour)
	all = v.tasksOf(by)
	if x, _ := taskNamed(all, "48小时报告：媒体报道虚假认证"); !strings.Contains(x.rest, "已逾期 1 小时 0 分") {
		t.Errorf("late: %q", x.rest)
	}
	if x, _ := taskNamed(all, "48小时报告：获证产品被媒体报道存在质量问题"); !strings.Contains(x.rest, "已逾期 45 小时 0 分") {
		t.Errorf("late details: %q", x.rest)
	}

	for after, says := range map[time.Duration]string{0: "还有 0 小时 0 分", time.Minute: "已逾期 0 小时 1 分", 71 * time.Hour: "已逾期 71 小时 0 分", 100 * time.Hour: "已逾期 4 天"} {
		if left, soon := hoursLeft(at.Add(after), at); left != says || !soon {
			t.Errorf("%v after: %s", after, left)
		}
	}

	// the receipt of the five fields leads on to what follows
	hour := at.In(campaign.Beijing).Format("2006-01-02T15:04")
	report := append(slices.Clone(reportFields), "occurred", hour, "discovered", hour)
	want(t, v.post(own1("incidents/2"), by, report...), 200, `class="receipt"`, own1("incidents/2?act=details")+`">补报详情</a>`)
	want(t, v.post(own1("incidents/new"), by, report...), 200, own1("incidents/3?act=details")+`">补报详情</a>`)
	v.write(func(tx *store.Tx) error {
		_, err := tx.AddClearanceAct(ctx, ref, store.ClearanceAct{N: 1, Act: campaign.ClearanceApprove, Role: "approver", By: "a1", Digest: store.Digest("yes"), At: v.now})
		return err
	})
	want(t, v.post(own1("events"), by, "do", "submit", "notice", "1", "text", "已经更正", "name", "王", "post", "主任"), 200)
	want(t, v.post(own1("guidance/1"), by, "name", "王", "post", "主任"), 200)
	details := []string{"do", "submit", "act", "details", "relevance", "partly", "collect", "来源", "consult", "会商", "assess", "研判", "respond", "回应", "evaluate", "评估", "name", "王", "post", "主任"}
	want(t, v.post(own1("incidents/1"), by, details...), 200)
	all = v.tasksOf(by)
	for name, says := range map[string]string{"登记发布：认证有效性访谈": "已批准", "陈述意见：公众号发布信息失实": "等待认定", "48小时报告：获证产品被媒体报道存在质量问题": "处置中"} {
		if x, i := taskNamed(all, name); i < 0 || !strings.Contains(x.rest, says) || strings.Contains(x.rest, "已逾期") {
			t.Errorf("%s: %d %q", name, i, x.rest)
		}
	}
	if _, i := taskNamed(all, "业务指导函：世界认可日宣传"); i >= 0 {
		t.Error("a letter that was signed for is still asked for")
	}
	want(t, v.post(own1("clearances/1"), by, "do", "submit", "act", "publish", "day", string(campaign.DayOf(v.now)), "name", "王", "post", "主任"), 200)
	if _, i := taskNamed(v.tasksOf(by), "登记发布：认证有效性访谈"); i >= 0 {
		t.Error("a publication that was registered is still asked for")
	}
}

// Browsers without a control for date and time show plain text: its form is told.
func TestHoursTellTheirForm(t *testing.T) {
	v, by := atPlanning(t)
	a := v.get(own1("incidents/new"), by)
	if want(t, a, 200, "按钟点连续计算。格式 2026-03-01 09:30"); strings.Count(a.body, "格式 2026-03-01 09:30") != 2 {
		t.Error("one of the two times does not tell its form")
	}
	css := string(styleSheet)
	rule := css[:strings.Index(css, "{ width: 100%; max-width: 100%; background: var(--paper)")]
	rule = rule[strings.LastIndex(rule, "}"):]
	for _, kind := range []string{"datetime-local", "month", "url", "tel", "number"} {
		if !strings.Contains(rule, "input[type="+kind+"]") {
			t.Errorf("a field of type %s keeps the browser's own size", kind)
		}
	}
}
