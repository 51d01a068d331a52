package app

import (
	"strings"
	"testing"
)

// OP-2: 36 articles, 16 rows and 7 boxes have a line each, and nothing is left to be built.
func TestTraceIsComplete(t *testing.T) {
	var out strings.Builder
	if err := Trace(true, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"指引条文 36/36", "附件2 指标 16/16", "专栏 7/7", "部分", "未建"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the check does not say %q:\n%s", want, out.String())
		}
	}
	var whole strings.Builder
	if err := Trace(false, &whole); err != nil || !strings.Contains(whole.String(), "GL-7   指引第七条\t已建\n\t规则或字段：desk.PlanForm.ApprovedBy") {
		t.Errorf("%v\n%s", err, whole.String())
	}
}

// Without the check the trace is printed, whatever is open in it.
func TestTracePrintsWhatIsOpen(t *testing.T) {
	var out strings.Builder
	if err := printTrace(traceFile+"X-1\tx\t未建\t\t\t以后\n", false, nil, &out); err != nil || !strings.Contains(out.String(), "X-1    x\t未建") {
		t.Errorf("%v\n%s", err, out.String())
	}
}

// A line that is lost, doubled, or says less than it must fails the check and is named.
func TestTraceCheckFails(t *testing.T) {
	lines := strings.Split(strings.Trim(traceFile, "\n"), "\n")
	without := func(id string) string {
		var kept []string
		for _, l := range lines {
			if !strings.HasPrefix(l, id+"\t") {
				kept = append(kept, l)
			}
		}
		return strings.Join(kept, "\n")
	}
	for name, c := range map[string]struct{ text, want string }{
		"no article":    {without("GL-36"), "缺少 1 项：GL-36"},
		"no row":        {without("AN-1"), "AN-1"},
		"no box":        {without("BOX-7"), "BOX-7"},
		"twice":         {traceFile + lines[1] + "\n", "出现了两次"},
		"cells":         {traceFile + "GL-99\tx\n", "应为 6 栏"},
		"no test":       {traceFile + "X-1\tx\t已建\trubric.Table\t\t\n", "至少一个测试"},
		"no reason":     {traceFile + "X-1\tx\t无软件义务\t\t\t\n", "须写明理由"},
		"unknown state": {traceFile + "X-1\tx\t差不多\t\t\t\n", "状态应为"},
		"not built":     {traceFile + "X-1\tx\t未建\t\t\t以后\n", "尚未建成 1 项：X-1"},
		"empty test":    {traceFile + "X-1\tx\t未建\t\tTestYear\t以后\n", "不能列出测试"},
	} {
		if err := printTrace(c.text, true, nil, &strings.Builder{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
