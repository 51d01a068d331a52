package web

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
	"xuanping/store/storetest"
)

func leaf(idx int64, kind string, body map[string]any) store.Leaf {
	b, err := json.Marshal(map[string]any{"kind": kind, "year": testYear, "body": body})
	if err != nil {
		panic(err)
	}
	return store.Leaf{Idx: idx, Year: testYear, Kind: kind, Record: string(b)}
}

// Each kind of leaf is a sentence; an unknown one is still told.
func TestTimelineSentences(t *testing.T) {
	names := map[string]string{"o1": "经办甲", "r1": "评审甲"}
	for _, c := range []struct {
		kind string
		body map[string]any
		want string
		tone string
	}{
		{"campaign", map[string]any{"by": "o1", "institutions": 6}, "经办甲启动年度评价，共 6 家机构", ""},
		{"entry", map[string]any{"joined": "2025-01-06"}, "列入本年度评价名单（2025年1月6日）", ""},
		{"stage", map[string]any{"stage": "planning", "due": "2025-03-12"}, "进入“计划填报”阶段，截止 2025年3月12日", ""},
		{"left", map[string]any{"how": "merged"}, "退出本年度评价（合并）", "bad"},
		{"extension", map[string]any{"task": "plan", "day": "2025-03-20", "by": "o1"}, "经办甲准予“年度宣传工作计划”延期至 2025年3月20日", ""},
		{"service", map[string]any{"key": "2025/CNCA-R-2002-001/event-notice/1/mail", "how": "paper", "day": "2025-07-09", "by": "o1"}, "经办甲登记书面送达《扣分事项告知》，期限至 2025年7月9日", ""},
		{"service", map[string]any{"key": "2025/CNCA-R-2002-001/event-notice/1/mail", "how": "mail", "day": "2025-07-09", "by": "o1"}, "经办甲重新送达《扣分事项告知》，期限至 2025年7月9日", ""},
		{"plan", map[string]any{"version": 2, "late": true}, "报送年度宣传工作计划（第 2 版），逾期", "bad"},
		{"plan-review", map[string]any{"version": 2, "accepted": true, "by": "o1"}, "经办甲审阅计划第 2 版：通过", "good"},
		{"evidence", map[string]any{"row": 5, "size": 2048}, "提交第 5 项证据材料（2 KB）", ""},
		{"register", map[string]any{"register": "accounts", "version": 2, "lines": 7}, "保存“宣传平台账号”（第 2 版，7 行）", ""},
		{"seat", map[string]any{"seat": 1, "reviewer": "r1", "due": "2026-02-28"}, "第 1 评审席由评审甲承担，截止 2026年2月28日", ""},
		{"event", map[string]any{"id": 7, "clause": "15.1", "points": 500, "by": "o1"}, "经办甲登记条款 15.1 的事项（编号 7，5.0 分）", ""},
		{"event-move", map[string]any{"id": 7, "act": "tell", "by": "o1", "due": "2025-07-09"}, "经办甲对事项 7：告知机构，陈述意见截止 2025年7月9日", ""},
		{"event-move", map[string]any{"id": 7, "act": "reply", "by": ""}, "机构对事项 7：机构陈述意见", ""},
		{"matter", map[string]any{"id": 1, "how": "merge", "by": "o1", "events": []int{7, 8}}, "经办甲合并同一事项（2 项登记）", ""},
		{"medium-request", map[string]any{"n": 1}, "申请将媒体列入目录（第 1 件）", ""},
		{"activity", map[string]any{"version": 1, "by": "o1"}, "经办甲修订活动目录", ""},
		{"medium", map[string]any{"version": 1, "by": "o1"}, "经办甲修订媒体目录", ""},
		{"appeal-ruling", map[string]any{"row": 3, "by": "r1", "before": 375, "after": 450}, "评审甲对第 3 项作出复核决定：由 3.75 分改为 4.5 分", "good"},
		{"result", map[string]any{"version": 1, "scored": true, "total": 8250}, "形成结果（第 1 版）：总分 82.5", ""},
		{"result", map[string]any{"version": 1, "total": 0}, "形成结果（第 1 版）：全年未提交，未打分", "bad"},
		{"warning-act", map[string]any{"act": "window", "role": "clock"}, "期限届满：陈述申辩期届满", ""},
		{"warning-act", map[string]any{"act": "reply", "role": ""}, "机构：陈述申辩", ""},
		{"warning-state", map[string]any{"state": "lifted"}, "风险警示案件：已解除", "good"},
		{"staff", map[string]any{"id": "r1", "by": "o1"}, "经办甲变更工作人员", ""},
		{"account-proposed", map[string]any{"n": 3, "id": "r1", "act": "change", "by": "o1"}, "经办甲提出账号变更", ""},
		{"account-decided", map[string]any{"n": 3, "id": "r1", "act": "change", "by": "o1"}, "经办甲办理账号变更", ""},
		{"readings", map[string]any{"n": 12}, "封存查阅记录 12 条", ""},
		{"factor", map[string]any{"id": "r1", "how": "on", "by": "r1"}, "评审甲变更动态验证码", ""},
		{"paper", map[string]any{"key": "2025/CNCA-R-2002-001/paper/result/1"}, "制作文书《得分告知书》", ""},
		{"paper-order", map[string]any{"key": "2025/CNCA-R-2002-001/paper/result/1"}, "决定制发文书《得分告知书》", ""},
		{"mail", map[string]any{"key": "2025/CNCA-R-2002-001/plan/1/receipt"}, "发出邮件：回执：年度宣传工作计划", ""},
		{"export", map[string]any{"by": "o1", "how": "csv", "accepted": true}, "经办甲导出年度数据（csv），含个人信息", ""},
		{"delivery", map[string]any{"key": "2025/CNCA-R-2002-001/result/1", "how": "bounced"}, "邮件回执（结果告知）：退信，未送达", ""},
		{"reply", map[string]any{"key": "2025/CNCA-R-2002-001/launch", "n": 1}, "来信留言（答复“启动通知”），附件 1 个", ""},
		{"of-a-later-build", map[string]any{}, "记录：of-a-later-build", ""},
	} {
		got := wholeTimeline([]store.Leaf{leaf(9, c.kind, c.body)}, names)
		if len(got) != 1 || got[0].Text != c.want || got[0].Tone != c.tone || got[0].Idx != 9 {
			t.Errorf("%s: %+v, want %q %q", c.kind, got, c.want, c.tone)
		}
	}
}

// AN-16: a lead that was never put to the institution leaves no trace in what it
// reads; what it was told of does, with its reply and its end.
func TestTimelineKeepsLeadsInside(t *testing.T) {
	leaves := []store.Leaf{
		leaf(1, "event", map[string]any{"id": 1, "clause": "16.1"}), leaf(2, "event-move", map[string]any{"id": 1, "act": "inquire", "by": "o1"}), leaf(3, "event-ruling", map[string]any{"id": 1}),
		leaf(4, "event", map[string]any{"id": 2, "clause": "16.2"}), leaf(5, "event-move", map[string]any{"id": 2, "act": "tell", "by": "o1"}), leaf(6, "event-move", map[string]any{"id": 2, "act": "reply"}),
		leaf(7, "event-move", map[string]any{"id": 2, "act": "refer", "by": "o1"}), leaf(8, "event-ruling", map[string]any{"id": 2}),
		leaf(9, "matter", map[string]any{"id": 1, "how": "merge", "events": []int{1, 2}}), leaf(10, "matter", map[string]any{"id": 2, "how": "merge", "events": []int{2}}),
	}
	if got := indices(timelineLines(leaves)); got != "4 5 6 8 10" {
		t.Errorf("it reads %s", got)
	}
}

// An institution reads its own year: nobody's name, nothing that is still weighed.
func TestTimelineOfInstitution(t *testing.T) {
	early := []store.Leaf{
		leaf(1, "entry", nil), leaf(2, "seat", map[string]any{"reviewer": "r1"}), leaf(3, "sheet", map[string]any{"reviewer": "r1"}), leaf(4, "decider", map[string]any{"reviewer": "r4"}),
		leaf(5, "event", map[string]any{"id": 1, "by": "o1"}), leaf(6, "event", map[string]any{"id": 2, "by": "o1"}), leaf(7, "event-ruling", map[string]any{"id": 2, "by": "a1"}),
		leaf(8, "result", map[string]any{"version": 1, "total": 100}), leaf(9, "appeal-ruling", map[string]any{"row": 1, "by": "r4"}),
		leaf(10, "warning", map[string]any{"number": 1}), leaf(11, "warning-state", map[string]any{"state": "proposed"}), leaf(12, "warning-state", map[string]any{"state": "noticed"}),
		leaf(13, "warning-act", map[string]any{"act": "sign", "role": "approver", "by": "a1"}), leaf(14, "outcome", map[string]any{"outcome": "warning"}),
		leaf(15, "mail", map[string]any{"key": "2025/X/decider/r4"}), leaf(16, "mail", map[string]any{"key": "2025/X/plan/1/receipt"}), leaf(17, "plan-review", map[string]any{"version": 1, "by": "o1"}),
	}
	if got := indices(timelineLines(early)); got != "1 6 7 12 16 17" {
		t.Errorf("while it is scored it reads %s", got)
	}
	late := append(early, leaf(18, "stage", map[string]any{"stage": "served"}), leaf(19, "stage", map[string]any{"stage": "final"}))
	lines := timelineLines(late)
	if got := indices(lines); got != "1 6 7 8 9 12 16 17 18 19" {
		t.Errorf("at the end it reads %s", got)
	}
	for _, l := range lines {
		for _, id := range []string{"o1", "r1", "r4", "a1"} {
			if strings.Contains(l.Text, id) {
				t.Errorf("line %d names %s: %s", l.Idx, id, l.Text)
			}
		}
	}
}

// AP-3, S8: of a decision that became void before it was told, and of what it made of
// events, the institution reads neither the one nor the other.
func TestAP3TimelineKeepsVoidRulings(t *testing.T) {
	late := time.Date(2026, 4, 9, 10, 0, 0, 0, campaign.Beijing)
	leaves := []store.Leaf{leaf(1, "event", map[string]any{"id": 1, "clause": "15.1"}), leaf(2, "stage", map[string]any{"stage": "served"}),
		leaf(3, "appeal-ruling", map[string]any{"row": 15, "n": 1, "by": "r4"}), leaf(4, "event-amendment", map[string]any{"row": 15, "id": 1, "by": "r4"}),
		leaf(5, "ruling-void", map[string]any{"row": 15, "n": 1}),
		leaf(6, "appeal-ruling", map[string]any{"row": 15, "n": 2, "by": "r4"}), leaf(7, "event-amendment", map[string]any{"row": 15, "id": 1, "by": "r4"}), leaf(8, "stage", map[string]any{"stage": "final"})}
	leaves[5].At, leaves[6].At = late, late // he decides again: the conflict was an error
	if got := indices(timelineLines(leaves)); got != "1 2 6 7 8" {
		t.Errorf("it reads %s", got)
	}
}

// A case that was closed before the institution was told of it stays unknown to it.
func TestTimelineKeepsUntoldCases(t *testing.T) {
	got := timelineLines([]store.Leaf{leaf(1, "warning", nil), leaf(2, "warning-act", map[string]any{"act": "dismiss", "role": "approver"}), leaf(3, "warning-state", map[string]any{"state": "dismissed"})})
	if len(got) != 0 {
		t.Errorf("it reads %+v", got)
	}
}

func TestLetters(t *testing.T) {
	const i = "2025/CNCA-R-2002-001/"
	for key, want := range map[string][2]string{
		i + "launch":                          {"启动通知", "institution"},
		i + "plan/1/receipt":                  {"回执：年度宣传工作计划", "institution"},
		i + "plan/1/review/mail":              {"年度宣传工作计划审阅意见", "institution"},
		i + "plan/remind/2025-03-12/2":        {"年度宣传工作计划提醒", "institution"},
		i + "evidence/remind/2026-01-14/1":    {"证据材料提醒", "institution"},
		i + "self-score/open":                 {"自评通知", "institution"},
		i + "appeal/1/receipt":                {"回执：评价复核申请", "institution"},
		i + "reply/remind/2026-06-01/1":       {"陈述申辩提醒", "institution"},
		i + "warning/2/receipt":               {"回执：风险警示程序", "institution"},
		i + "warning/noticed/1":               {"风险警示文书", "institution"},
		i + "score/remind/2026-02-28/1/r1":    {"评审打分提醒", "staff"},
		i + "seat/r1":                         {"评审任务", "staff"},
		i + "decider/r4":                      {"复核任务", "staff"},
		i + "alert/review-missing/1/o1":       {"提请办理", "staff"},
		"2025/campaign/rules/2/CNCA-R-1/mail": {"日历调整通知", "institution"},
		"2025/campaign/report/o1":             {"专题报告", "staff"},
		i + "of-a-later-build/1":              {"通知", ""},
		"nonsense":                            {"通知", ""},
	} {
		if word, to := letter(key); word != want[0] || to != want[1] {
			t.Errorf("%s is %q to %q, want %v", key, word, to, want)
		}
	}
}

func indices(all []line) string {
	s := make([]string, len(all))
	for i, l := range all {
		s[i] = fmt.Sprint(l.Idx)
	}
	return strings.Join(s, " ")
}

// Every leaf that a real year leaves is told as a sentence.
func TestEveryLeafIsTold(t *testing.T) {
	b := newBureau(t)
	leaves, err := b.store.Leaves(t.Context(), contract.Ref{Year: testYear})
	b.ok(err)
	for _, l := range wholeTimeline(leaves, map[string]string{}) {
		if strings.HasPrefix(l.Text, "记录：") {
			t.Errorf("leaf %d of kind %s has no sentence", l.Idx, l.Kind)
		}
	}
	own, err := b.store.Leaves(t.Context(), storetest.Ref(testYear, 2))
	b.ok(err)
	for _, l := range timelineLines(own) {
		if l.Kind == "sheet" || l.Kind == "seat" {
			t.Errorf("the institution reads %q", l.Text)
		}
	}
}
