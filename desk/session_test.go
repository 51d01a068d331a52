package desk

import (
	"slices"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/store"
)

const longPassword = "correct horse battery"

// enrolled gives o1 a password and a second factor; its secret and recovery codes.
func (h *house) enrolled() (secret []byte, codes []string) {
	h.t.Helper()
	h.FactorKey = []byte(strings.Repeat("f", 32))
	now := time.Now()
	h.Clock = func() time.Time { return now } // a code computed here is still one of now when it is checked
	must(h.t, h.AddStaff(h.t.Context(), officer, longPassword, "setup"))
	token, x, err := h.Login(h.t.Context(), "o1", longPassword)
	must(h.t, err)
	_, err = h.BeginFactor(h.t.Context(), x.Staff, "宣评")
	must(h.t, err)
	secret, err = h.waitingSecret(h.t.Context(), "o1")
	must(h.t, err)
	if has, err := h.HasFactor(h.t.Context(), "o1"); has || err != nil {
		h.t.Fatalf("in use before a code was shown: %v %v", has, err)
	}
	for codes := codesAround(secret, now); codes[0] == codes[1] || codes[1] == codes[2] || codes[0] == codes[2]; codes = codesAround(secret, now) {
		now = now.Add(time.Minute) // one in 300,000: the code of a step would be taken for another's
	}
	_, _, _, err = h.ConfirmFactor(h.t.Context(), x, token, wrongTOTP(secret, now))
	want(h.t, err, campaign.Invalid)
	codes, fresh, next, err := h.ConfirmFactor(h.t.Context(), x, token, totpAt(secret, now.Unix()/totpStep-1))
	must(h.t, err)
	if next.Level != store.FullSession || len(codes) != recoveries {
		h.t.Fatalf("%+v %d codes", next, len(codes))
	}
	if _, err := h.Who(h.t.Context(), token); err == nil {
		h.t.Error("the session before the second factor lives on")
	}
	if _, err := h.Who(h.t.Context(), fresh); err != nil {
		h.t.Error(err)
	}
	return secret, codes
}

// codesAround are those that are taken at a moment: of the step before, its own and the step after.
func codesAround(secret []byte, now time.Time) (all []string) {
	for step := now.Unix()/totpStep - 1; len(all) < 3; step++ {
		all = append(all, totpAt(secret, step))
	}
	return all
}

// wrongTOTP is a code that is none of them.
func wrongTOTP(secret []byte, now time.Time) string {
	for _, code := range []string{"123456", "000000", "111111"} {
		if !slices.Contains(codesAround(secret, now), code) {
			return code
		}
	}
	return "222222"
}

// S5: the code comes after the password, counts once, and a recovery code as well.
func TestS5CodesCountOnce(t *testing.T) {
	h := newHouse(t)
	secret, codes := h.enrolled()
	ctx := t.Context()
	login := func() ([]byte, store.Session) {
		t.Helper()
		token, x, err := h.Login(ctx, "o1", longPassword)
		must(t, err)
		if x.Level != store.CodeSession {
			t.Fatalf("the password alone opens %s", x.Level)
		}
		return token, x
	}
	code := totpAt(secret, h.Clock().Unix()/totpStep)
	token, x := login()
	next, y, err := h.LoginCode(ctx, x, token, code)
	must(t, err)
	if y.Level != store.FullSession || string(next) == string(token) {
		t.Errorf("%+v", y)
	}
	if _, err := h.Who(ctx, token); campaign.KindOf(err) != campaign.NotFound {
		t.Errorf("the session that waited lives on: %v", err)
	}
	token, x = login()
	_, _, err = h.LoginCode(ctx, x, token, code) // over the shoulder, within its 30 seconds
	want(t, err, campaign.Invalid)
	_, _, err = h.LoginCode(ctx, x, token, codes[0])
	must(t, err)
	token, x = login()
	_, _, err = h.LoginCode(ctx, x, token, codes[0])
	want(t, err, campaign.Invalid)
	for range 4 {
		_, _, err = h.LoginCode(ctx, x, token, wrongTOTP(secret, h.Clock()))
		want(t, err, campaign.Invalid)
	}
	if _, err := h.Who(ctx, token); campaign.KindOf(err) != campaign.NotFound {
		t.Errorf("five wrong codes and the login still waits: %v", err)
	}
	if token, x = login(); x.Level != store.CodeSession { // the person himself is not locked out
		t.Error(x.Level)
	}
	_, _, err = h.LoginCode(ctx, x, token, codes[1])
	must(t, err)
}

// Where the house asks for a second factor, nobody comes further than to its enrolment.
func TestS5SecondFactorIsAskedFor(t *testing.T) {
	h := newHouse(t)
	must(t, h.AddStaff(t.Context(), officer, longPassword, "setup"))
	h.NeedFactor = true
	_, x, err := h.Login(t.Context(), "o1", longPassword)
	must(t, err)
	if x.Level != store.EnrolSession {
		t.Errorf("%s", x.Level)
	}
}

// S5: an account that is not there, one that is closed and one without a
// password here cost the same work as a wrong password.
func TestS5UnknownAccountsCostTheSameWork(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	must(t, h.AddStaff(ctx, officer, longPassword, "setup"))
	gone := person("o2")
	must(t, h.AddStaff(ctx, gone, longPassword, "setup"))
	gone, err := h.Store.Staff(ctx, "o2")
	must(t, err)
	gone.Active = false
	must(t, h.Store.Write(ctx, func(tx *store.Tx) error { return tx.PutStaff(ctx, gone, "setup", real) }))
	nobody() // made once
	for _, account := range []string{"o1", "o2", "nobody", "r1"} {
		before := argonRuns.Load()
		_, _, err := h.Login(ctx, account, "wrong password")
		if err != errLogin {
			t.Errorf("%s: %v", account, err)
		}
		if n := argonRuns.Load() - before; n != 1 {
			t.Errorf("%s: %d rounds of work, want 1", account, n)
		}
	}
}

// Showing again who one is takes the password or a fresh code, and lasts.
func TestS5Recheck(t *testing.T) {
	h := newHouse(t)
	secret, _ := h.enrolled()
	ctx := t.Context()
	must(t, h.Store.OpenSession(ctx, []byte("t"), "o1", store.FullSession, store.ViaPassword, time.Now().Add(-20*time.Minute)))
	x, err := h.Who(ctx, []byte("t"))
	must(t, err)
	if h.Fresh(x, 5*time.Minute) {
		t.Fatal("fresh after twenty minutes")
	}
	want(t, h.Recheck(ctx, x, []byte("t"), "not the password"), campaign.Invalid)
	must(t, h.Recheck(ctx, x, []byte("t"), totpAt(secret, h.Clock().Unix()/totpStep)))
	if x, err = h.Who(ctx, []byte("t")); err != nil || !h.Fresh(x, 5*time.Minute) {
		t.Errorf("not fresh: %v", err)
	}
	must(t, h.Recheck(ctx, x, []byte("t"), longPassword))
	for range 5 {
		want(t, h.Recheck(ctx, x, []byte("t"), "guess"), campaign.Invalid)
	}
	if _, err := h.Who(ctx, []byte("t")); err == nil {
		t.Error("five wrong answers and the session goes on")
	}
}
