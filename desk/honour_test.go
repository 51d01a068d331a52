package desk

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

var (
	officer2, approver2  = person("o2"), person("a2")
	shanghai, guangdong  = person("l1"), person("l2")
	caseForm             = HonourForm{Kind: campaign.CaseHonour, Holder: "示例认证机构1号", Title: "认证惠民生", Text: "走进社区宣传质量认证。"}
	monday, nextMonday   = campaign.Day("2025-06-02"), campaign.Day("2025-06-09") // Monday is 端午: day one is not counted anyway
	afterwards, honourAt = campaign.Day("2025-06-10"), campaign.Day("2025-05-30")
)

func (h *house) nominated(f HonourForm) int {
	h.t.Helper()
	h.at(honourAt.Morning())
	n, err := h.Nominate(h.t.Context(), officer, testYear, f)
	must(h.t, err)
	return n
}

func (h *house) moved(p store.Staff, n int, act campaign.HonourAct) {
	h.t.Helper()
	must(h.t, h.MoveHonour(h.t.Context(), p, testYear, n, act, "理由充分", monday))
}

func (h *house) honour(n int) store.Honour {
	h.t.Helper()
	x, err := h.Store.Honour(h.t.Context(), testYear, n)
	must(h.t, err)
	return x
}

// PL-20: the whole way; refused before the days have elapsed, with open and with upheld objections.
func TestPL20AwardAfterPublicity(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	f := caseForm
	f.Code = storetest.Code(1)
	n := h.nominated(f)
	award := func() error {
		return h.MoveHonour(ctx, approver, testYear, n, campaign.HonourAward, "公示无异议", "")
	}
	want(t, h.MoveHonour(ctx, officer, testYear, n, campaign.HonourPass, "同意", ""), campaign.Forbidden)
	want(t, h.MoveHonour(ctx, officer2, testYear, n, campaign.HonourPass, " ", ""), campaign.Invalid, "reason")
	want(t, award(), campaign.Conflict)
	h.moved(officer2, n, campaign.HonourPass)
	want(t, h.MoveHonour(ctx, officer, testYear, n, campaign.HonourShow, "开始公示", "2025-05-29"), campaign.Invalid, "starts")
	want(t, h.MoveHonour(ctx, officer, testYear, n, campaign.HonourShow, "开始公示", ""), campaign.Invalid, "starts")
	want(t, h.Object(ctx, officer, testYear, n, "来信", "不实"), campaign.Conflict)
	h.moved(officer, n, campaign.HonourShow)
	if got := h.honour(n).Shown().EndDay(); got != nextMonday {
		t.Fatalf("公示至 %s", got)
	}
	h.at(nextMonday.End().Add(-1))
	want(t, award(), campaign.Conflict)
	must(t, h.Object(ctx, officer, testYear, n, "来信", "数据不实"))
	h.at(afterwards.Morning())
	want(t, award(), campaign.Conflict)
	want(t, h.RuleObjection(ctx, officer, testYear, n, 1, false, "已核实"), campaign.Forbidden)
	want(t, h.RuleObjection(ctx, approver, testYear, n, 2, false, "已核实"), campaign.NotFound)
	must(t, h.RuleObjection(ctx, approver2, testYear, n, 1, false, "经核实，数据属实"))
	want(t, h.RuleObjection(ctx, approver2, testYear, n, 1, true, "改判"), campaign.Conflict)
	k := fmt.Sprintf("%d/%s/honours/%d/honour", testYear, f.Code, n)
	only(t, h.left(func() { must(t, award()) }), "", k, k+"/mail")
	if got := h.honour(n); got.State() != campaign.Awarded {
		t.Error(got.State())
	}
	want(t, award(), campaign.Conflict)
	must(t, h.MoveHonour(ctx, approver2, testYear, n, campaign.HonourRevoke, "材料造假", ""))
	if got := h.honour(n); got.State() != campaign.HonourOff {
		t.Error(got.State())
	}
}

// An upheld objection ends the way to the award; numbers are given in the
// order of awards and have no gaps.
func TestPL20UpheldObjectionAndNumbers(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	for range 3 {
		n := h.nominated(caseForm)
		h.moved(officer2, n, campaign.HonourPass)
		h.moved(officer, n, campaign.HonourShow)
	}
	must(t, h.Object(ctx, officer2, testYear, 1, "来电", "不属实"))
	must(t, h.RuleObjection(ctx, approver, testYear, 1, 1, true, "属实"))
	h.at(afterwards.Morning())
	want(t, h.MoveHonour(ctx, approver, testYear, 1, campaign.HonourAward, "x", ""), campaign.Conflict)
	h.moved(approver, 1, campaign.HonourDecline)
	for _, n := range []int{3, 2} {
		h.moved(approver, n, campaign.HonourAward)
	}
	for n, no := range map[string]int{"0003": 1, "0002": 2} {
		if got, err := h.Store.NumberOf(ctx, campaign.HonourPaper.Series(), campaign.Ref{Year: testYear, Code: n}); err != nil || got != no {
			t.Errorf("%s has number %d, %v", n, got, err)
		}
	}
}

// PL-20: an institution nominates its own, a place its own institutions; the fields are checked.
func TestPL20WhoNominates(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref := h.to(1, campaign.Planning) // of 上海市
	rec, err := h.NominateByInstitution(ctx, h.visitor(ref, "act"), caseForm, signer)
	must(t, err)
	if got := h.honour(1); got.Code != ref.Code || got.Source != "institution" || got.By != "" || rec.Number != ref.ID()+"/nomination/1" {
		t.Errorf("%+v, %+v", got, rec)
	}
	_, err = h.NominateByInstitution(ctx, h.visitor(ref, "view"), caseForm, signer)
	want(t, err, campaign.Forbidden)
	_, err = h.NominateByInstitution(ctx, h.visitor(ref, "act"), HonourForm{Kind: campaign.WarningCase}, Signer{})
	want(t, err, campaign.Invalid, "kind", "holder", "title", "text", "name", "post")
	f := caseForm
	f.Code = ref.Code
	_, err = h.Nominate(ctx, shanghai, testYear, f)
	must(t, err)
	if got := h.honour(2); got.Province != "上海市" || got.Source != "local" {
		t.Errorf("%+v", got)
	}
	_, err = h.Nominate(ctx, guangdong, testYear, f)
	want(t, err, campaign.Invalid, "code")
	_, err = h.Nominate(ctx, approver, testYear, f)
	want(t, err, campaign.Forbidden)
}

// PL-15: publishing a case that warns leaves every warning state as it is, makes
// no certificate, and what is shown holds no name of the roster.
func TestPL15CaseLeavesWarningsAlone(t *testing.T) {
	h := newHouse(t)
	ref := h.to(2, campaign.Planning)
	h.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.AddWarning(ctx, store.Warning{Year: testYear, Code: ref.Code, Number: 1, StateAt: real})
	})
	before := h.dump()
	f := HonourForm{Kind: campaign.WarningCase, Code: ref.Code, Holder: "示例认证机构2号", Title: "示例认证机构2号虚假宣传案", Text: "示例认证机构2号（" + ref.Code + "）的联系人2发布不实信息，负责人2知情。"}
	n := h.nominated(f)
	h.moved(officer2, n, campaign.HonourPass)
	h.moved(officer, n, campaign.HonourShow)
	h.at(afterwards.Morning())
	got := h.left(func() { h.moved(approver, n, campaign.HonourAward) })
	if len(got) != 0 {
		t.Errorf("publishing a case left %v", got)
	}
	after := h.dump()
	for _, table := range []string{"warning", "warning_act", "entry", "event", "result", "number"} {
		if before[table] != after[table] {
			t.Errorf("%s changed", table)
		}
	}
	x := h.honour(n)
	if x.State() != campaign.Awarded || strings.Contains(x.ShownTitle+x.ShownText, "示例认证机构") || strings.Contains(x.ShownText, "人2") || strings.Contains(x.ShownText, "CNCA") {
		t.Errorf("%s: %s %s", x.State(), x.ShownTitle, x.ShownText)
	}
	f.Named = true
	if x := h.honour(h.nominated(f)); x.ShownTitle != f.Title {
		t.Error("a case published with its name lost it")
	}
}

// Nothing personal in the ledger: codes, kinds, days and digests only (S11).
func TestHonourLedgerHoldsNoNames(t *testing.T) {
	h := newHouse(t)
	n := h.nominated(HonourForm{Kind: campaign.PersonHonour, Holder: "赵优秀", Title: "讲好认证故事", Text: "赵优秀同志长期从事宣传。"})
	h.moved(officer2, n, campaign.HonourPass)
	h.moved(officer, n, campaign.HonourShow)
	must(t, h.Object(t.Context(), officer, testYear, n, "李来信", "钱某不同意"))
	must(t, h.RuleObjection(t.Context(), approver, testYear, n, 1, false, "不成立，赵优秀符合条件"))
	for _, table := range []string{"leaf", "intent"} {
		for _, personal := range []string{"赵优秀", "李来信", "钱某", "讲好认证故事", "理由充分"} {
			if strings.Contains(h.dump()[table], personal) {
				t.Errorf("%s holds %s", table, personal)
			}
		}
	}
}
