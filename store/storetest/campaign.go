package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/store"
)

// People are the staff of every campaign made here: two of each role that must
// be able to disagree, four reviewers for three seats and a decider; two places of two provinces.
func People() []store.Staff {
	person := func(id, name string, r campaign.Role) store.Staff {
		return store.Staff{ID: id, Name: name, Email: id + "@staff.example", Role: r, Password: "-", Active: true}
	}
	local := func(id, name, province string) store.Staff {
		p := person(id, name, campaign.Local)
		p.Province = province
		return p
	}
	return []store.Staff{
		person("o1", "经办甲", campaign.Officer), person("o2", "经办乙", campaign.Officer),
		person("r1", "评审甲", campaign.Reviewer), person("r2", "评审乙", campaign.Reviewer),
		person("r3", "评审丙", campaign.Reviewer), person("r4", "评审丁", campaign.Reviewer),
		person("a1", "审批甲", campaign.Approver), person("a2", "审批乙", campaign.Approver),
		person("u1", "审计甲", campaign.Auditor), person("g1", "法制甲", campaign.Legal),
		local("l1", "地方甲", "上海市"), local("l2", "地方乙", "广东省"),
		person("m1", "管理甲", campaign.Admin), person("h1", "协会甲", campaign.Association),
	}
}

// Code is the approval number of the i-th institution, counted from 1.
func Code(i int) string { return fmt.Sprintf("CNCA-R-2002-%03d", i) }

// Institution makes the i-th institution, with data that passes its checks.
func Institution(i int) campaign.Institution {
	provinces := []string{"北京市", "上海市", "广东省", "浙江省", "四川省"}
	categories := []string{"管理体系", "产品", "服务"}
	return campaign.Institution{
		Code: Code(i), Name: fmt.Sprintf("示例认证机构%d号", i), USCC: uscc(i),
		Province: provinces[i%len(provinces)], Category: categories[i%len(categories)],
		Head: fmt.Sprintf("负责人%d", i), Contact: fmt.Sprintf("联系人%d", i),
		Email: fmt.Sprintf("cb%d@institution.example", i), Mobile: fmt.Sprintf("138%08d", i),
	}
}

// uscc finds the check sign by trying, so that it leans on the rule it is checked by.
func uscc(i int) string {
	body := fmt.Sprintf("91110000%09d", i)
	for _, c := range "0123456789ABCDEFGHJKLMNPQRTUWXY" {
		if s := body + string(c); campaign.ValidUSCC(s) {
			return s
		}
	}
	panic("no check sign fits " + body)
}

// Institutions makes the first n.
func Institutions(n int) []campaign.Institution {
	all := make([]campaign.Institution, n)
	for i := range all {
		all[i] = Institution(i + 1)
	}
	return all
}

// Ref names the i-th institution's year.
func Ref(year, i int) campaign.Ref { return campaign.Ref{Year: year, Code: Code(i)} }

// Rules are the default calendar and settings of a year, with its holidays and the next year's.
func Rules(t testing.TB, year int) campaign.Rules {
	t.Helper()
	known := campaign.KnownHolidays()
	if err := known.Covers(year, true); err != nil {
		t.Fatal(err)
	}
	h := campaign.Holidays{year: known[year], year + 1: known[year+1]}
	settings := campaign.DefaultSettings(year)
	settings.NoCodes = true // tests of other things read no mail for a code
	return campaign.Rules{Calendar: campaign.DefaultCalendar(year, h), Settings: settings, Holidays: h}
}

// Campaign writes a campaign with n institutions and the people of this
// package, created on the morning of its launch by o1, with every reading that
// changes figures interpreted by its default.
func Campaign(t testing.TB, s *store.Store, year int, rehearsal bool, n int) store.Campaign {
	t.Helper()
	ctx := context.Background()
	rules := Rules(t, year)
	at := rules.Calendar.Launch.Morning()
	err := s.Write(ctx, func(tx *store.Tx) error {
		for _, p := range People() {
			if err := tx.PutStaff(ctx, p, "o1", at); err != nil {
				return err
			}
		}
		if _, _, err := tx.PutInstitutions(ctx, Institutions(n), "o1", at); err != nil {
			return err
		}
		codes := make([]string, n)
		for i := range codes {
			codes[i] = Code(i + 1)
		}
		choices, err := Interpreted(ctx, tx, year, at)
		if err != nil {
			return err
		}
		rules.Settings.Readings = choices
		return tx.AddCampaign(ctx, blank(year, rehearsal, rules, at), codes)
	})
	if err != nil {
		t.Fatalf("写入测试用年度：%v", err)
	}
	c, err := s.Campaign(ctx, year)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func blank(year int, rehearsal bool, rules campaign.Rules, at time.Time) store.Campaign {
	const digest = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0"
	c := store.Campaign{Year: year, Rehearsal: rehearsal, Rubric: "annex2-2024", RubricSHA256: digest, CreatedBy: "o1", CreatedAt: at, Rules: rules}
	if rehearsal {
		c.ClockAt, c.ClockSet = &at, &at
	}
	return c
}

// Declare has every reviewer declare that he has no conflict of interest.
func Declare(t testing.TB, s *store.Store, year int, at time.Time) {
	t.Helper()
	ctx := context.Background()
	err := s.Write(ctx, func(tx *store.Tx) error {
		for _, p := range People() {
			if p.Role != campaign.Reviewer {
				continue
			}
			if _, err := tx.AddDeclaration(ctx, year, p.ID, at); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatalf("写入利益冲突申报：%v", err)
	}
}
