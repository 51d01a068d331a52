package desk

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

// hosting is a claim of 承办 in an activity that the CNCA organises (15.2a).
func hosting() ClaimForm {
	return ClaimForm{Title: "承办世界认可日主场活动", Source: "示例函〔2025〕1号", OccurredOn: today, NoState: true, Names: EventNames{Activity: "世界认可日", Role: campaign.PartOrganise}}
}

// reported is a claim of a report in a medium.
func reported(medium, url string) ClaimForm {
	return ClaimForm{Title: "绿色认证进社区", Source: "首发报道", OccurredOn: today, NoState: true, Names: EventNames{Medium: medium, URL: url}}
}

func (h *house) claim(ref campaign.Ref, f ClaimForm) (Receipt, store.Event) {
	h.t.Helper()
	rec, err := h.Claim(h.t.Context(), h.visitor(ref, "act"), f, signer)
	must(h.t, err)
	all, err := h.Store.Events(h.t.Context(), ref)
	must(h.t, err)
	own := OwnClaims(all)
	return rec, own[len(own)-1]
}

// PL-14, AN-15.2: a claim of 承办 waits at 0 points; confirmed by the approver
// it counts 3. Nobody else decides it, and the institution reads the reason.
func TestPL14ClaimOfHosting(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref := h.to(1, campaign.Planning)
	rec, e := h.claim(ref, hosting())
	if e.Clause != "15.2a" || e.Points != 300 || e.Confirmed != nil || !e.Claimed() || e.ByName != signer.line() {
		t.Fatalf("claimed: %+v", e)
	}
	if rec.Number != ref.ID()+"/claim/1" || rec.Digest != e.ClaimDigest() {
		t.Errorf("receipt %+v", rec)
	}
	if got := h.bonus(ref); got != 0 {
		t.Fatalf("an unconfirmed claim counts %s", got)
	}
	h.unchanged(func() {
		want(t, h.RuleEvent(ctx, officer, ref, e.ID, true, "属实"), campaign.Forbidden)
		want(t, h.RuleEvent(ctx, auditor, ref, e.ID, true, "属实"), campaign.Forbidden)
		want(t, h.RuleEvent(ctx, approver, ref, e.ID, true, " "), campaign.Invalid, "reason")
	})
	must(t, h.RuleEvent(ctx, approver, ref, e.ID, true, "承办函属实"))
	if got := h.bonus(ref); got != 300 {
		t.Errorf("confirmed: %s, want +3.0", got)
	}
	two := h.to(2, campaign.Planning)
	_, refused := h.claim(two, hosting())
	must(t, h.RuleEvent(ctx, approver, two, refused.ID, false, "没有承办单位的文件"))
	all, err := h.Store.Events(ctx, two)
	must(t, err)
	if h.bonus(two) != 0 || *all[0].Confirmed || *all[0].Reason != "没有承办单位的文件" || all[0].Withdrawn() {
		t.Errorf("refused: %+v", all[0])
	}
}

// AN-15.1 to 15.3: the catalogue and the directory decide the clause; what they
// do not bear is refused with the field, and adoption is never claimed (PL-3).
func TestAN15ClaimRefusals(t *testing.T) {
	h := newHouse(t)
	ref := h.to(1, campaign.Planning)
	v := h.visitor(ref, "act")
	with := func(f ClaimForm, change func(*ClaimForm)) ClaimForm { change(&f); return f }
	xinhua := reported("新华社", "https://www.xinhuanet.com/a.htm")
	for name, c := range map[string]struct {
		f     ClaimForm
		field string
	}{
		"no declaration":         {with(hosting(), func(f *ClaimForm) { f.NoState = false }), "declared"},
		"no title":               {with(hosting(), func(f *ClaimForm) { f.Title = " " }), "title"},
		"no source":              {with(hosting(), func(f *ClaimForm) { f.Source = "" }), "source"},
		"no day":                 {with(hosting(), func(f *ClaimForm) { f.OccurredOn = "" }), "occurred_on"},
		"tomorrow":               {with(hosting(), func(f *ClaimForm) { f.OccurredOn = "2025-12-31" }), "occurred_on"},
		"last year":              {with(hosting(), func(f *ClaimForm) { f.OccurredOn = "2024-12-31" }), "occurred_on"},
		"adoption":               {with(hosting(), func(f *ClaimForm) { f.Clause = "15.2d" }), "clause"},
		"a deduction":            {with(hosting(), func(f *ClaimForm) { f.Clause = "16.1" }), "clause"},
		"clause of a medium":     {with(hosting(), func(f *ClaimForm) { f.Clause = "15.3a" }), "clause"},
		"another clause":         {with(hosting(), func(f *ClaimForm) { f.Clause = "15.2b" }), "clause"},
		"unknown activity":       {with(hosting(), func(f *ClaimForm) { f.Names.Activity = "没有这项" }), "activity"},
		"no role":                {with(hosting(), func(f *ClaimForm) { f.Names.Role = "" }), "role"},
		"joining counts in row5": {with(hosting(), func(f *ClaimForm) { f.Names.Role = campaign.PartJoin }), "role"},
		"activity and medium":    {with(hosting(), func(f *ClaimForm) { f.Names.Medium = "新华社"; f.Names.URL = "https://a.cn/b" }), "activity"},
		"neither":                {with(hosting(), func(f *ClaimForm) { f.Names.Activity = "" }), "activity"},
		"report without address": {with(xinhua, func(f *ClaimForm) { f.Names.URL = "" }), "url"},
		"no address":             {with(xinhua, func(f *ClaimForm) { f.Names.URL = "新华网" }), "url"},
		"a reprint":              {with(xinhua, func(f *ClaimForm) { f.Names.Reprint = true }), "first"},
		"unknown medium":         {with(xinhua, func(f *ClaimForm) { f.Names.Medium = "某地日报" }), "clause"},
		"level of another":       {with(xinhua, func(f *ClaimForm) { f.Clause = "15.3c" }), "clause"},
	} {
		t.Run(name, func(t *testing.T) {
			h.unchanged(func() {
				_, err := h.Claim(t.Context(), v, c.f, signer)
				want(t, err, campaign.Invalid, c.field)
				_, err = h.CheckClaim(t.Context(), v, c.f, signer)
				want(t, err, campaign.Invalid, c.field)
			})
		})
	}
	view := h.visitor(ref, "view")
	h.unchanged(func() {
		_, err := h.Claim(t.Context(), v, hosting(), Signer{})
		want(t, err, campaign.Invalid, "name", "post")
		_, err = h.Claim(t.Context(), view, hosting(), signer)
		want(t, err, campaign.Forbidden)
	})
}

// Claims are taken until the self-score is due, in the stages that gather facts.
func TestAN15ClaimInTimeAndStage(t *testing.T) {
	h := newHouse(t)
	end := h.rules.Calendar.SelfScoreDue.End()
	h.at(end.Add(-time.Second))
	for _, stage := range []campaign.Stage{campaign.Scoring, campaign.Served, campaign.Final, campaign.Closed} {
		v := h.visitor(h.to(2, stage), "act")
		h.unchanged(func() {
			_, err := h.Claim(t.Context(), v, hosting(), signer)
			want(t, err, campaign.Conflict)
		})
	}
	for _, stage := range []campaign.Stage{campaign.Planning, campaign.Collecting, campaign.SelfScore} {
		must(t, h.MayClaim(t.Context(), h.visitor(h.to(1, stage), "act")))
	}
	ref := storetest.Ref(testYear, 1)
	h.claim(ref, hosting())
	h.at(end)
	v := h.visitor(ref, "act")
	h.unchanged(func() {
		_, err := h.Claim(t.Context(), v, reported("新华社", "https://www.xinhuanet.com/a.htm"), signer)
		want(t, err, campaign.TooLate)
	})
}

// The same form sent twice is one claim; another of the same is refused.
func TestAN15ClaimedOnce(t *testing.T) {
	h := newHouse(t)
	ref := h.to(1, campaign.Planning)
	v := h.visitor(ref, "act")
	first, _ := h.claim(ref, hosting())
	h.unchanged(func() {
		again, err := h.Claim(t.Context(), v, hosting(), signer)
		must(t, err)
		if again != first {
			t.Errorf("sent twice: %+v, want %+v", again, first)
		}
		other := hosting()
		other.Title = "又一次承办"
		_, err = h.Claim(t.Context(), v, other, signer)
		want(t, err, campaign.Invalid, "activity")
	})
	h.claim(ref, reported("新华社", "https://www.xinhuanet.com/a.htm"))
	h.unchanged(func() {
		other := reported("人民日报", "http://xinhuanet.com/a.htm?from=wx")
		other.Title = "换个标题"
		_, err := h.Claim(t.Context(), v, other, signer)
		want(t, err, campaign.Invalid, "url")
	})
}

// A claim can be taken back until it is decided, and then claimed anew.
func TestAN15ClaimWithdrawn(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref := h.to(1, campaign.Planning)
	v := h.visitor(ref, "act")
	h.claim(ref, hosting())
	elsewhere := h.visitor(h.to(2, campaign.Planning), "act")
	h.unchanged(func() {
		_, err := h.WithdrawClaim(ctx, v, 2, "填错", signer)
		want(t, err, campaign.NotFound)
		_, err = h.WithdrawClaim(ctx, v, 1, " ", signer)
		want(t, err, campaign.Invalid, "reason")
		_, err = h.WithdrawClaim(ctx, elsewhere, 1, "填错", signer)
		want(t, err, campaign.NotFound)
	})
	rec, err := h.WithdrawClaim(ctx, v, 1, "角色填错", signer)
	must(t, err)
	all, err := h.Store.Events(ctx, ref)
	must(t, err)
	e := all[0]
	if !e.Withdrawn() || *e.Confirmed || e.RuledName != signer.line() {
		t.Fatalf("withdrawn: %+v", e)
	}
	h.unchanged(func() {
		again, err := h.WithdrawClaim(ctx, v, 1, "角色填错", signer)
		must(t, err)
		if again.Number != rec.Number || !again.At.Equal(rec.At) {
			t.Errorf("sent twice: %+v, want %+v", again, rec)
		}
		want(t, h.RuleEvent(ctx, approver, ref, e.ID, true, "属实"), campaign.Conflict)
	})
	second, anew := h.claim(ref, hosting())
	if second.Number != ref.ID()+"/claim/2" {
		t.Errorf("claimed anew as %s", second.Number)
	}
	must(t, h.RuleEvent(ctx, approver, ref, anew.ID, true, "属实"))
	h.unchanged(func() {
		_, err := h.WithdrawClaim(ctx, v, 2, "不要了", signer)
		want(t, err, campaign.Conflict)
	})
	// what staff registered is not the institution's to take back
	id, err := h.RegisterEvent(ctx, officer, ref, report("新华社", "15.3a", "", "另一报道"))
	must(t, err)
	if err := h.Store.Write(ctx, func(tx *store.Tx) error { return tx.WithdrawClaim(ctx, ref, id, "撤回", "王", real) }); campaign.KindOf(err) != campaign.Conflict && campaign.KindOf(err) != campaign.Invalid {
		t.Errorf("the base lets an institution take back what staff registered: %v", err)
	}
}

// Feature 6 and §2 no. 10: two claims of one address are told of each other; a
// medium nobody knows waits until its level is decided for all.
func TestAN15ClaimsMeet(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	one, two := h.to(1, campaign.Planning), h.to(2, campaign.Planning)
	f := reported("某地日报", "https://www.paper.example/a.htm?utm_source=x")
	f.Clause = "15.3c"
	_, a := h.claim(one, f)
	f.Names.URL = "http://paper.example/a.htm"
	_, b := h.claim(two, f)
	for ref, e := range map[campaign.Ref]store.Event{one: a, two: b} {
		if shared, err := h.ClaimedElsewhere(ctx, h.Store.Reader, ref, []store.Event{e}); err != nil || !shared[e.ID] {
			t.Errorf("%s is not told of the other: %v", ref.Code, err)
		}
	}
	hint, err := h.ClaimHint(ctx, h.Store.Reader, a)
	must(t, err)
	if hint == "" {
		t.Error("the office is not told that the medium is unknown")
	}
	h.unchanged(func() { want(t, h.RuleEvent(ctx, approver, one, a.ID, true, "属实"), campaign.Conflict) })
	h.medium("某地日报", campaign.LevelCentral)
	must(t, h.RuleEvent(ctx, approver, one, a.ID, true, "属实"))
	if got := h.bonus(one); got != 100 {
		t.Errorf("the directory decides the points: %s, want 1.0", got)
	}
}

// §2 no. 8: work that stands in a base row too is flagged; the ruling says so,
// and it counts unless the year's reading lets it count once.
func TestAN15AlsoUsedInBase(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref := h.to(1, campaign.Planning)
	v := h.visitor(ref, "act")
	_, err := h.AddEvidence(ctx, v, Upload{Row: 5, Name: "世界认可日活动总结.pdf", NoState: true, File: strings.NewReader(pdfBytes)}, signer)
	must(t, err)
	_, e := h.claim(ref, hosting())
	rows, err := h.BaseRowsOf(ctx, h.Store.Reader, e)
	must(t, err)
	if len(rows) != 1 || rows[0] != 5 {
		t.Fatalf("also used in %v, want row 5", rows)
	}
	must(t, h.RuleBonus(ctx, approver, ref, e.ID, BonusRuling{Confirm: true, InBase: true, Reason: "属实"}))
	all, err := h.Store.Events(ctx, ref)
	must(t, err)
	if !all[0].InBase || !all[0].Rubric().AlsoInBase || h.bonus(ref) != 300 {
		t.Errorf("by default both count: %+v, bonus %s", all[0], h.bonus(ref))
	}
}

// A capture comes with its claim until that is decided.
func TestAN15ClaimFiles(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref := h.to(1, campaign.Planning)
	v := h.visitor(ref, "act")
	_, e := h.claim(ref, hosting())
	up := func(n int) Upload {
		return Upload{Claim: n, Name: "截图.pdf", NoState: true, File: strings.NewReader(pdfBytes)}
	}
	rec, err := h.AddCaseFile(ctx, v, store.AboutClaim, up(1), signer)
	must(t, err)
	files, err := h.Store.CaseFiles(ctx, ref, store.AboutClaim)
	must(t, err)
	if len(files) != 1 || files[0].Event != e.ID || files[0].Digest != rec.Digest {
		t.Fatalf("files %+v", files)
	}
	h.unchanged(func() {
		_, err := h.AddCaseFile(ctx, v, store.AboutClaim, up(0), signer)
		want(t, err, campaign.Invalid, "row")
		_, err = h.AddCaseFile(ctx, v, store.AboutClaim, up(2), signer)
		want(t, err, campaign.NotFound)
		again, err := h.AddCaseFile(ctx, v, store.AboutClaim, up(1), signer)
		must(t, err)
		if again != rec {
			t.Errorf("sent twice: %+v, want %+v", again, rec)
		}
	})
	must(t, h.RuleEvent(ctx, approver, ref, e.ID, false, "证明不足"))
	h.unchanged(func() {
		_, err := h.AddCaseFile(context.Background(), v, store.AboutClaim, up(1), signer)
		want(t, err, campaign.Conflict)
	})
}

// PL-14: the claimant is told what was decided on his claim, why, and how to
// contest it, once; what the regulator registered itself brings no such letter.
func TestPL14RulingIsTold(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref := h.to(1, campaign.Planning)
	_, yes := h.claim(ref, hosting())
	second := reported("某地日报", "https://www.paper.example/a.htm")
	second.Clause = "15.3c"
	_, no := h.claim(ref, second)
	left := h.left(func() { must(t, h.RuleEvent(ctx, approver, ref, yes.ID, true, "经核对主办单位函件属实")) })
	only(t, left, "", ref.ID()+"/claim/1/ruling")
	m := left[ref.ID()+"/claim/1/ruling"].Mail
	if m.Template != "claim-ruling" || m.To != "institution" || m.Scope != "act" || m.Path != "/i/"+ref.ID()+"/events" || m.Data["what"] != "经核对主办单位函件属实" || m.Data["title"] != yes.Title {
		t.Errorf("%+v", m)
	}
	if got := fmt.Sprint(m.Lines); !strings.Contains(got, "予以认定") || !strings.Contains(got, "15.2a") || !strings.Contains(got, "3.0 分") {
		t.Errorf("%s", got)
	}
	left = h.left(func() { must(t, h.RuleEvent(ctx, approver, ref, no.ID, false, "证明不足")) })
	if m := left[ref.ID()+"/claim/2/ruling"].Mail; m.Data["what"] != "证明不足" || !strings.Contains(fmt.Sprint(m.Lines), "不予认定") || strings.Contains(fmt.Sprint(m.Lines), "3.0 分") {
		t.Errorf("%+v", m)
	}
	h.unchanged(func() { want(t, h.RuleEvent(ctx, approver, ref, no.ID, false, "证明不足"), campaign.Conflict) })
}
