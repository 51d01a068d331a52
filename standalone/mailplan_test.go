package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/store"
)

// unplannable are the letters that answer what people do at times of their own choosing; the plan cannot have them
// (see campaign.MailPlan). Any other letter that the plan does not name is a fault of the plan.
var unplannable = []struct {
	stem *regexp.Regexp
	why  string
}{
	{regexp.MustCompile(`/receipt$`), "回执"}, {regexp.MustCompile(`^plan/\d+/review/mail$`), "计划审阅"}, {regexp.MustCompile(`^extension/`), "延期"}, {regexp.MustCompile(`^suspension/`), "暂停与恢复"},
	{regexp.MustCompile(`^alert/`), "提请工作人员"}, {regexp.MustCompile(`^(decider|decide/remind|appeal|appeal-decision)\b`), "评价复核"},
	{regexp.MustCompile(`^warning/|^(reply|ack|rectify)/remind/`), "风险警示"}, {regexp.MustCompile(`^certificate$`), "证书"}, {regexp.MustCompile(`/decider$`), "复核追加"},
	{regexp.MustCompile(`honour`), "荣誉"}, {regexp.MustCompile(`^event-(notice|ended)/`), "扣分事项告知、认定结果"}, {regexp.MustCompile(`^claim/\d+/ruling$`), "加分事项认定"}, {regexp.MustCompile(`^incident/`), "48小时报告"}, {regexp.MustCompile(`^clearance/`), "事前审批"},
	{regexp.MustCompile(`^act-code/`), "办理验证码"}, {regexp.MustCompile(`^guidance(-reminder)?/`), "业务指导函"}, {regexp.MustCompile(`^nudge/`), "人工提醒"},
	{regexp.MustCompile(`^comment/`), "来信"}, {regexp.MustCompile(`^(new-)?link`), "重发链接"}, {regexp.MustCompile(`^leave\b`), "退出"}, {regexp.MustCompile(`^rules-`), "日程调整"}, {regexp.MustCompile(`/again/\d+$`), "重新送达"},
}

// mailsAgainstPlan compares the letters of a year that was played with `starter mails plan`: those of the plan minus
// those whose task was answered, plus the unplannable. Every deviation is named.
func (y *year) mailsAgainstPlan(t *testing.T, of int) {
	t.Helper()
	ctx := t.Context()
	c, err := y.app.Store.Campaign(ctx, of)
	if err != nil {
		t.Fatal(err)
	}
	entries, err := y.app.Store.Entries(ctx, of)
	if err != nil {
		t.Fatal(err)
	}
	sum := map[string]int{}
	for _, e := range entries {
		letters, err := y.app.Store.Parcels(ctx, e.Ref())
		if err != nil {
			t.Fatal(err)
		}
		planned := map[string]campaign.PlannedMail{}
		for _, m := range campaign.MailPlan(c.Rules, e.Code, max(c.Rules.Calendar.Launch, e.JoinedDay())) {
			planned[m.Stem] = m
		}
		sent := map[string]bool{}
		for _, l := range letters {
			stem := planStem(strings.TrimPrefix(l.Key, e.Ref().ID()+"/"))
			if l.Kind != store.MailIntent || l.State == "refused" { // dropped: its task was answered before it went
				continue
			}
			sent[stem] = true
			if _, is := planned[stem]; is {
				continue
			}
			why := y.moved(t, e, stem)
			for _, u := range unplannable {
				if why == "" && u.stem.MatchString(stem) {
					why = u.why
				}
			}
			if why == "" {
				t.Errorf("%s: a letter that no plan names: %s", e.Code, l.Key)
			}
			sum["另有："+why]++
		}
		for stem, m := range planned {
			if sent[stem] {
				sum["如期"]++
				continue
			}
			why := y.answered(t, e, m)
			if why == "" {
				t.Errorf("%s: planned for %s and not sent: %s", e.Code, m.Day, stem)
			}
			sum["免发："+why]++
		}
	}
	t.Logf("ML-2: %v", sum)
}

// planStem is a key as the plan names it: without the reviewer's id.
func planStem(stem string) string {
	parts := strings.Split(stem, "/")
	switch {
	case parts[0] == "seat":
		return "seat"
	case parts[0] == "score" && len(parts) == 5:
		return strings.Join(parts[:4], "/")
	}
	return stem
}

// moved tells that a reminder belongs to a day that an extension moved.
func (y *year) moved(t *testing.T, e store.Entry, stem string) string {
	all, err := y.app.Store.Extensions(t.Context(), e.Ref())
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range all {
		if strings.HasPrefix(stem, fmt.Sprintf("%s/remind/%s/", x.Task, x.Day.Format("2006-01-02"))) {
			return "延期后的提醒"
		}
	}
	if strings.HasPrefix(stem, "plan/remind/") && e.JoinedDay() > "" { // a plan sent back is due anew
		plans, err := y.app.Store.Plans(t.Context(), e.Ref())
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range plans {
			if p.Accepted != nil && !*p.Accepted {
				return "退回修改后的提醒"
			}
		}
	}
	return ""
}

// answered says why a planned letter did not go; "" when nothing explains it.
func (y *year) answered(t *testing.T, e store.Entry, m campaign.PlannedMail) string {
	t.Helper()
	ctx, s := t.Context(), y.app.Store
	by := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	if e.Stage == campaign.Left {
		return "机构退出"
	}
	selfScores, err := s.SelfScores(ctx, e.Ref())
	by(err)
	files, err := s.EvidenceOf(ctx, e.Ref())
	by(err)
	switch stem, _, _ := strings.Cut(m.Stem, "/"); stem {
	case "plan":
		plans, err := s.Plans(ctx, e.Ref())
		by(err)
		if len(plans) > 0 && !plans[0].At.After(m.Day.End()) {
			return "计划已报送"
		}
	case "quarter", "evidence":
		rows := map[int]bool{}
		for _, f := range files {
			if !f.At.After(m.Day.End()) && f.Row <= 14 {
				rows[f.Row] = true
			}
		}
		if len(rows) == 14 {
			return "材料齐全"
		}
	case "self-score":
		if len(selfScores) > 0 && !selfScores[0].At.After(m.Day.End()) {
			return "自评已提交"
		}
	case "seat", "score":
		if len(selfScores) == 0 && len(files) == 0 {
			return "全年没有提交任何材料"
		}
		seats, err := s.Seats(ctx, e.Ref())
		by(err)
		done := 0
		for _, seat := range seats {
			if seat.SheetAt != nil && !seat.SheetAt.After(m.Day.End()) {
				done++
			}
		}
		if stem == "score" && done >= 2 {
			return "打分表已提交"
		}
	}
	all, err := s.Extensions(ctx, e.Ref())
	by(err)
	for _, x := range all {
		if strings.HasPrefix(m.Stem, string(x.Task)+"/remind/") {
			return "已延期"
		}
	}
	return ""
}
