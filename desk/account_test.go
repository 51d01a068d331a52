package desk

import (
	"context"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/store"
)

var admin = person("m1")

func newcomer(role campaign.Role) AccountForm {
	return AccountForm{Account: "newcomer", Act: campaign.AccountAdd, Reason: "任免文件", AccountBody: store.AccountBody{Name: "新人", Email: "newcomer@staff.example", Role: role}}
}

// S6: one person proposes, another confirms; only then the account is there, with
// a password for one login.
func TestS6AccountsTakeTwoPersons(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	for _, p := range []store.Staff{officer, approver, auditor, person("g1"), person("r1")} {
		_, err := h.ProposeAccount(ctx, p, newcomer(campaign.Officer))
		want(t, err, campaign.Forbidden)
	}
	n, err := h.ProposeAccount(ctx, admin, newcomer(campaign.Officer))
	must(t, err)
	if _, err := h.Store.Staff(ctx, "newcomer"); campaign.KindOf(err) != campaign.NotFound {
		t.Fatalf("the account is there before it was confirmed: %v", err)
	}
	_, err = h.ProposeAccount(ctx, admin, newcomer(campaign.Approver))
	want(t, err, campaign.Conflict) // one at a time
	for _, p := range []store.Staff{admin, officer, auditor} {
		h.unchanged(func() {
			_, err := h.DecideAccount(ctx, p, n, true, "")
			want(t, err, campaign.Forbidden)
		})
	}
	once, err := h.DecideAccount(ctx, approver, n, true, "")
	must(t, err)
	p, err := h.Store.Staff(ctx, "newcomer")
	must(t, err)
	if !p.Once || !p.Active || p.Role != campaign.Officer || len(once) != 16 {
		t.Errorf("%+v %q", p, once)
	}
	_, err = h.DecideAccount(ctx, person("a2"), n, true, "")
	want(t, err, campaign.Conflict)
	token, x, err := h.Login(ctx, "newcomer", once)
	must(t, err)
	if x.Level != store.ChangeSession {
		t.Errorf("a password for one login opens %s", x.Level)
	}
	_, _, err = h.ChangePassword(ctx, x, token, once, once)
	want(t, err, campaign.Invalid)
	_, x, err = h.ChangePassword(ctx, x, token, once, "a password of my own")
	must(t, err)
	if x.Level != store.FullSession {
		t.Errorf("after his own password: %s", x.Level)
	}
	_, _, err = h.Login(ctx, "newcomer", once)
	want(t, err, campaign.Forbidden)
	leaves, err := h.Store.Leaves(ctx, campaign.Ref{})
	must(t, err)
	var kinds []string
	for _, l := range leaves {
		if strings.Contains(l.Record, `"newcomer"`) {
			kinds = append(kinds, l.Kind)
			if strings.Contains(l.Record, "新人") || strings.Contains(l.Record, "staff.example") {
				t.Errorf("the ledger names him: %s", l.Record)
			}
		}
	}
	if got := strings.Join(kinds, " "); got != "account-proposed account-decided staff staff" {
		t.Errorf("ledger: %s", got)
	}
}

// Nobody proposes for himself and nobody confirms what is about himself or what
// he proposed, whatever role he has been given meanwhile.
func TestS6NobodyIsBothPersons(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	f := newcomer(campaign.Approver)
	f.Account, f.Act = "m1", campaign.AccountChange
	_, err := h.ProposeAccount(ctx, admin, f)
	want(t, err, campaign.Invalid)
	f.Account, f.Email = "a1", "a1@staff.example"
	n, err := h.ProposeAccount(ctx, admin, f)
	must(t, err)
	_, err = h.DecideAccount(ctx, approver, n, true, "") // about himself
	want(t, err, campaign.Forbidden)
	both := admin
	both.Role = campaign.Approver
	_, err = h.DecideAccount(ctx, both, n, true, "") // his own proposal
	want(t, err, campaign.Forbidden)
	err = h.Store.Write(ctx, func(tx *store.Tx) error { // and past the desk the database says no
		return tx.AddAccountDecision(ctx, store.AccountChange{N: n, Account: "a1"}, true, "", "m1", real)
	})
	want(t, err, campaign.Invalid)
	_, err = h.DecideAccount(ctx, person("a2"), n, false, " ")
	want(t, err, campaign.Invalid) // turned down without a word
	_, err = h.DecideAccount(ctx, person("a2"), n, false, "不同意")
	must(t, err)
}

// A role change, a closed account and a new password end the person's sessions at once.
func TestS7SessionsEndWithTheAccount(t *testing.T) {
	for name, change := range map[string]func(*AccountForm){
		"another role": func(f *AccountForm) {
			f.Act, f.AccountBody = campaign.AccountChange, store.AccountBody{Name: "经办乙", Email: "o2@staff.example", Role: campaign.Legal}
		},
		"closed":       func(f *AccountForm) { f.Act = campaign.AccountDisable },
		"new password": func(f *AccountForm) { f.Act = campaign.AccountPassword },
		"factor off":   func(f *AccountForm) { f.Act = campaign.AccountFactor },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			ctx := t.Context()
			for _, token := range []string{"here", "there"} {
				must(t, h.Store.AddSession(ctx, []byte(token), "o2", h.Clock()))
			}
			f := AccountForm{Account: "o2", Reason: "调离"}
			change(&f)
			n, err := h.ProposeAccount(ctx, admin, f)
			must(t, err)
			if _, err := h.Who(ctx, []byte("here")); err != nil {
				t.Fatalf("ended by a proposal: %v", err)
			}
			_, err = h.DecideAccount(ctx, approver, n, true, "")
			must(t, err)
			for _, token := range []string{"here", "there"} {
				if _, err := h.Who(ctx, []byte(token)); campaign.KindOf(err) != campaign.NotFound {
					t.Errorf("the session %s lives on: %v", token, err)
				}
			}
		})
	}
}

func TestS6AccountsAreChecked(t *testing.T) {
	h := newHouse(t)
	for field, change := range map[string]func(*AccountForm){
		"account":  func(f *AccountForm) { f.Account = "9lives" },
		"act":      func(f *AccountForm) { f.Act = "promote" },
		"reason":   func(f *AccountForm) { f.Reason = " " },
		"name":     func(f *AccountForm) { f.Name = "" },
		"email":    func(f *AccountForm) { f.Email = "a b@x" },
		"role":     func(f *AccountForm) { f.Role = "king" },
		"province": func(f *AccountForm) { f.Role = campaign.Local },
		"employer": func(f *AccountForm) { f.Employer = "91110000000000001X" },
		"limit":    func(f *AccountForm) { f.Limit = 3 },
	} {
		f := newcomer(campaign.Officer)
		change(&f)
		h.unchanged(func() {
			_, err := h.ProposeAccount(t.Context(), admin, f)
			if faults := fieldsOf(err); faults[field] == "" || field == "account" && !strings.Contains(faults[field], "工号") {
				t.Errorf("%s: %v %v", field, err, faults)
			}
		})
	}
	for account, act := range map[string]campaign.AccountAct{"o1": campaign.AccountAdd, "nobody": campaign.AccountDisable, "o2": campaign.AccountEnable} {
		f := newcomer(campaign.Officer)
		f.Account, f.Act = account, act
		_, err := h.ProposeAccount(t.Context(), admin, f)
		want(t, err, campaign.Invalid)
	}
}

func fieldsOf(err error) map[string]string {
	if e, ok := err.(*campaign.Error); ok {
		return e.Fields
	}
	return nil
}

// The command line makes accounts by one person until two can do it.
func TestS6BootstrapEndsWithTwo(t *testing.T) {
	h := newHouse(t) // its people include both
	want(t, h.Bootstrap(t.Context()), campaign.Forbidden)
	gone := admin
	gone.Active = false
	h.write(func(ctx context.Context, tx *store.Tx) error { return tx.PutStaff(ctx, gone, "setup", real) })
	must(t, h.Bootstrap(t.Context()))
}
