package desk

import (
	"context"
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
	"xuanping/store/storetest"
)

// staffed writes people without a campaign.
func (h *house) staffed(people ...store.Staff) {
	h.write(func(ctx context.Context, tx *store.Tx) error {
		for _, p := range people {
			if err := tx.PutStaff(ctx, p, "setup", real); err != nil {
				return err
			}
		}
		return nil
	})
}

func rosterFile(n int) []byte {
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.Write(campaign.RosterColumns())
	for _, i := range storetest.Institutions(n) {
		w.Write([]string{i.Code, i.Name, i.USCC, i.Province, i.Category, i.Head, i.Contact, i.Email, i.Mobile})
	}
	w.Flush()
	return []byte(b.String())
}

func launchForm(t *testing.T, year int, rehearsal bool) LaunchForm {
	r := storetest.Rules(t, year)
	return LaunchForm{Year: year, Rehearsal: rehearsal, Calendar: r.Calendar, Settings: r.Settings}
}

func TestImportRoster(t *testing.T) {
	h := emptyHouse(t)
	ctx := t.Context()
	_, _, _, err := h.ImportRoster(ctx, approver, "名册.csv", rosterFile(3))
	want(t, err, campaign.Forbidden)
	bad := strings.Replace(string(rosterFile(3)), "cb2@institution.example", "not an address", 1)
	h.unchanged(func() {
		_, _, faults, err := h.ImportRoster(ctx, officer, "名册.csv", []byte(bad))
		want(t, err, campaign.Invalid)
		if len(faults) != 1 || faults[0].Line != 3 || faults[0].Column != "邮箱" {
			t.Errorf("%v", faults)
		}
	})
	added, changed, _, err := h.ImportRoster(ctx, officer, "名册.csv", rosterFile(3))
	if err != nil || added != 3 || changed != 0 {
		t.Errorf("%d %d %v", added, changed, err)
	}
	h.unchanged(func() {
		added, changed, _, err := h.ImportRoster(ctx, officer, "名册.csv", rosterFile(3))
		if err != nil || added != 0 || changed != 0 {
			t.Errorf("%d %d %v", added, changed, err)
		}
	})
	moved := strings.Replace(string(rosterFile(4)), "cb2@institution.example", "new@institution.example", 1)
	if added, changed, _, err = h.ImportRoster(ctx, officer, "名册.csv", []byte(moved)); err != nil || added != 1 || changed != 1 {
		t.Errorf("%d %d %v", added, changed, err)
	}
}

func TestLaunchPreflight(t *testing.T) {
	h := emptyHouse(t)
	ctx := t.Context()
	form := launchForm(t, testYear, false)
	refused := func(f LaunchForm, kind campaign.Kind, say string, fields ...string) {
		t.Helper()
		h.unchanged(func() {
			_, err := h.Launch(ctx, officer, f)
			want(t, err, kind, fields...)
			if !strings.Contains(err.Error(), say) {
				t.Errorf("%q does not speak of %q", err, say)
			}
		})
	}
	h.staffed(person("o1"), person("r1"), person("r2"), person("r3"), person("a1"))
	refused(form, campaign.Invalid, "名册为空")
	_, _, _, err := h.ImportRoster(ctx, officer, "名册.csv", rosterFile(3))
	must(t, err)
	refused(form, campaign.Invalid, "评审专家")
	h.staffed(person("r4"))
	refused(form, campaign.Invalid, "审批人员")
	gone := person("a2")
	gone.Active = false
	h.staffed(gone)
	refused(form, campaign.Invalid, "审批人员")
	h.staffed(person("a2"))
	refused(form, campaign.Invalid, "法制审核人员") // RW-3
	h.staffed(person("g1"))
	refused(form, campaign.Conflict, "11 项影响得分的口径没有生效的解释，不能启动（第三十五条）：R-02 20% 与累计不超过10分、") // GL-35
	h.interpreted(testYear)
	late := form
	late.Settings.Criteria.InForce = string(form.Calendar.Launch) // RW-1: in force before the launch
	refused(late, campaign.Invalid, "标准", "criteria_from")

	provisional := 0
	for year := testYear; year < 2030; year++ {
		if table, ok := campaign.KnownHolidays()[year]; ok && !table.Official() {
			provisional = year
			break
		}
	}
	if provisional == 0 {
		t.Fatal("every known year is official: choose another way to test a provisional one")
	}
	refused(launchForm(t, provisional, false), campaign.Invalid, "暂定")
	refused(LaunchForm{Year: 2099, Rehearsal: true, Calendar: form.Calendar, Settings: form.Settings}, campaign.Invalid, "节假日表")
	mixed := form
	mixed.Year = testYear + 1
	refused(mixed, campaign.Invalid, "不能用于")
	disordered := form
	disordered.Calendar.Result = form.Calendar.Launch
	refused(disordered, campaign.Invalid, "日历有误", "result")
	unset := form
	unset.Settings.Criteria.Version, unset.Settings.AppealDays = "", 0
	refused(unset, campaign.Invalid, "年度设置", "criteria", "appeal_days")
	someone := form
	someone.Codes = []string{"CNCA-R-2002-999"}
	refused(someone, campaign.Invalid, "")
	h.Clock = func() time.Time { return form.Calendar.Launch.End() }
	refused(form, campaign.Invalid, "已过", "launch")
	h.Clock = func() time.Time { return form.Calendar.Launch.End().Add(-time.Second) }
	_, err = h.Launch(ctx, approver, form)
	want(t, err, campaign.Forbidden)

	id := contract.CampaignID(testYear)
	only(t, h.left(func() { _, err = h.Launch(ctx, officer, form) }), id, id+"/start")
	must(t, err)
	refused(form, campaign.Conflict, "已经存在")
	if n := h.count("entry"); n != 3 {
		t.Errorf("%d entries", n)
	}
	c, err := h.Launch(ctx, officer, launchForm(t, provisional, true))
	if err != nil || c.ClockAt == nil {
		t.Errorf("a rehearsal of a provisional year: %v", err)
	}
}

func TestAdmit(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	c := h.rules.Calendar
	h.write(func(ctx context.Context, tx *store.Tx) error {
		_, _, err := tx.PutInstitutions(ctx, storetest.Institutions(5), "o1", real)
		return err
	})
	four, five := storetest.Ref(testYear, 4), storetest.Ref(testYear, 5)
	for _, now := range []time.Time{c.Launch.Start().Add(-time.Second), c.EvidenceClose.Start()} {
		h.at(now)
		h.unchanged(func() { want(t, h.Admit(ctx, officer, four), campaign.TooLate) })
	}
	h.at(h.rules.Settings.RankedUntil.End().Add(-time.Second))
	want(t, h.Admit(ctx, approver, four), campaign.Forbidden)
	want(t, h.Admit(ctx, officer, storetest.Ref(testYear, 9)), campaign.NotFound)
	only(t, h.left(func() { must(t, h.Admit(ctx, officer, four)) }), contract.CampaignID(testYear), four.ID()+"/admit")
	h.unchanged(func() { want(t, h.Admit(ctx, officer, four), campaign.Conflict) })
	h.at(h.rules.Settings.RankedUntil.End())
	must(t, h.Admit(ctx, officer, five))
	for ref, ranked := range map[campaign.Ref]bool{four: true, five: false} {
		if e, err := h.Store.Entry(ctx, ref); err != nil || e.Ranked != ranked {
			t.Errorf("%s ranked %v, %v", ref.ID(), e.Ranked, err)
		}
	}
}

func TestLogin(t *testing.T) {
	h := emptyHouse(t)
	ctx := t.Context()
	p := person("o1")
	want(t, h.AddStaff(ctx, p, "123456789", "setup"), campaign.Invalid)
	must(t, h.AddStaff(ctx, p, "correct horse", "setup"))
	gone := person("o2")
	must(t, h.AddStaff(ctx, gone, "correct horse", "setup"))
	gone, err := h.Store.Staff(ctx, "o2")
	must(t, err)
	gone.Active = false
	h.staffed(gone, person("a1")) // a1 has no password that anybody could know

	var says []string
	for _, c := range [][2]string{{"o1", "wrong horse!"}, {"nobody", "correct horse"}, {"o2", "correct horse"}, {"a1", "-"}, {"", ""}, {"o1' or '1'='1", "x"}, {"o1", ""}} {
		h.unchanged(func() {
			token, who, err := h.Login(ctx, c[0], c[1])
			want(t, err, campaign.Forbidden)
			if token != nil || who.ID != "" {
				t.Errorf("%v: %v %v", c, token, who)
			}
			says = append(says, err.Error())
		})
	}
	for _, s := range says {
		if s != says[0] {
			t.Errorf("%q tells more than %q", s, says[0])
		}
	}
	token, who, err := h.Login(ctx, "  O1 ", "correct horse")
	if err != nil || who.ID != "o1" {
		t.Fatal(who, err)
	}
	if who, err = h.Who(ctx, token); err != nil || who.ID != "o1" {
		t.Error(who, err)
	}
	h.Clock = func() time.Time { return real.Add(31 * time.Minute) }
	_, err = h.Who(ctx, token)
	want(t, err, campaign.NotFound)
}

func TestPasswords(t *testing.T) {
	one, two := HashPassword("correct horse"), HashPassword("correct horse")
	if one == two || strings.Contains(one, "correct") || !strings.HasPrefix(one, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("%s %s", one, two)
	}
	for _, c := range []struct {
		hash, password string
		same           bool
	}{
		{one, "correct horse", true}, {two, "correct horse", true}, {one, "correct horse ", false}, {one, "", false},
		{"-", "-", false}, {"", "", false}, {"$argon2id$v=19$m=1$!$!", "x", false}, {one + "A", "correct horse", false},
	} {
		if samePassword(c.hash, c.password) != c.same {
			t.Errorf("%q %q: not %v", c.hash, c.password, c.same)
		}
	}
}
