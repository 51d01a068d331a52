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

// withCodes makes the year one whose acts want codes.
func withCodes(v *visitedSite) {
	v.t.Helper()
	c, err := v.st.Campaign(context.Background(), siteYear)
	if err != nil {
		v.t.Fatal(err)
	}
	c.Rules.Settings.NoCodes = false
	v.write(func(tx *store.Tx) error { return tx.AddRules(context.Background(), siteYear, c.Rules, "o1", v.now) })
}

// codes are those that the letters of the outbox bring to an institution, oldest first.
func (v *visitedSite) codes(i int) (all []string) {
	v.t.Helper()
	for n := 1; ; n++ {
		k := storetest.Ref(siteYear, i).ID() + "/act-code/" + itoa(n)
		if _, err := v.st.MailByKey(context.Background(), k); campaign.KindOf(err) == campaign.NotFound && err != nil {
			return all
		} else if err != nil {
			v.t.Fatal(err)
		}
		all = append(all, v.srv.Desk.Tickets.Code(k))
	}
}

// confirmPage checks what every check page of an act with effect has.
func confirmPage(t *testing.T, a answer) {
	t.Helper()
	want(t, a, 200, "邮件确认码", "one-time-code", "c***@", `name="agree"`, "重新发送确认码")
}

func TestS1PlanWithItsCode(t *testing.T) {
	v, by := atPlanning(t)
	withCodes(v)
	form := func(more ...string) []string { return append(slices.Clone(planFields), more...) }
	v.post(own1("plan"), by, form("do", "check", "goals", "")...)
	if n := len(v.codes(1)); n != 0 {
		t.Errorf("%d letters for a form with faults", n)
	}
	confirmPage(t, v.post(own1("plan"), by, form("do", "check")...))
	code := v.codes(1)
	if len(code) != 1 {
		t.Fatalf("%d letters", len(code))
	}
	want(t, v.post(own1("plan"), by, form("do", "submit")...), 422, "6 位确认码", "核对年度宣传工作计划", `value="董〔2026〕1号"`)
	want(t, v.post(own1("plan"), by, form("do", "submit", "code", code[0], "agree", "")...), 422, "请先勾选确认")
	bad := "000000"
	if code[0] == bad {
		bad = "000001"
	}
	want(t, v.post(own1("plan"), by, form("do", "submit", "code", bad)...), 422, "还可以再试 4 次")
	other := form("do", "submit", "code", code[0])
	other[1] = "改过的目标"
	want(t, v.post(own1("plan"), by, other...), 422, "请先获取确认码")
	want(t, v.post(own1("plan"), by, form("do", "resend")...), 200, "核对年度宣传工作计划")
	if n := len(v.codes(1)); n != 1 {
		t.Errorf("%d letters within a minute", n)
	}
	v.now = v.now.Add(time.Minute)
	want(t, v.post(own1("plan"), by, form("do", "resend")...), 200)
	code = v.codes(1)
	if len(code) != 2 {
		t.Fatalf("%d letters", len(code))
	}
	a := v.post(own1("plan"), by, form("do", "submit", "code", code[1])...)
	want(t, a, 200, "提交成功", "回执编号")
	want(t, v.post(own1("plan"), by, form("do", "submit", "code", code[1])...), 200, regexp.MustCompile(`receipt-number">[^<]+`).FindString(a.body))
	want(t, v.get(own1(""), by), 200, "邮件确认码核对正确")
	if strings.Contains(v.log.String(), code[1]) {
		t.Error("the code stands in the log")
	}
}

func TestS1OtherActsWithTheirCodes(t *testing.T) {
	v := openSite(t, false, 2)
	served(v)
	withCodes(v)
	by := v.bearer(1)
	fields := []string{"row-7", "1", "text-7", "本项材料未计入", "name", "王经办", "post", "主任"}
	confirmPage(t, v.post(own1("appeal"), by, append(fields, "do", "check")...))
	want(t, v.post(own1("appeal"), by, append(fields, "do", "submit", "code", "12345")...), 422, "请填写邮件中的 6 位确认码")
	want(t, v.post(own1("appeal"), by, append(fields, "do", "submit", "code", v.codes(1)[0])...), 200, "评价复核申请")
	warned(v)
	v.write(func(tx *store.Tx) error {
		return tx.SetWarningState(context.Background(), storetest.Ref(siteYear, 1), campaign.Noticed, "2027-04-20", v.now)
	})
	waive := []string{"act", string(campaign.ActWaive), "name", "王经办", "post", "主任"}
	confirmPage(t, v.post(own1("warning"), by, append(waive, "do", "check")...))
	want(t, v.post(own1("warning"), by, append(waive, "do", "submit", "code", v.codes(1)[0])...), 422, "确认码不正确") // that of another act
}
