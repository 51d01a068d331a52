package web

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
)

// oneTime is what a telephone shows (RFC 6238, RFC 4226), written for the test alone.
func oneTime(t *testing.T, secret string, at time.Time) string {
	t.Helper()
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ReplaceAll(secret, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	m := hmac.New(sha1.New, key)
	_ = binary.Write(m, binary.BigEndian, at.Unix()/30)
	sum := m.Sum(nil)
	n := binary.BigEndian.Uint32(sum[sum[19]&15:]) & 0x7fffffff
	return fmt.Sprintf("%06d", n%1_000_000)
}

// codesAround are those that are taken at a moment: of the step before, its own and the step after.
func codesAround(t *testing.T, secret string, now time.Time) (all []string) {
	t.Helper()
	for _, off := range []time.Duration{-30, 0, 30} {
		all = append(all, oneTime(t, secret, now.Add(off*time.Second)))
	}
	return all
}

// wrongOneTime is a code that is none of them.
func wrongOneTime(t *testing.T, secret string, now time.Time) string {
	t.Helper()
	for _, code := range []string{"123456", "000000", "111111"} {
		if !slices.Contains(codesAround(t, secret, now), code) {
			return code
		}
	}
	return "222222"
}

var (
	secretOn   = regexp.MustCompile(`id="factor-secret">([^<]+)<`)
	recoveryOn = regexp.MustCompile(`[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}`)
)

// S5: with a second factor the password alone opens nothing; the code of the
// telephone does, once, and so does each recovery code.
func TestS5CodeOpensTheHouse(t *testing.T) {
	b := newBureau(t)
	b.hire("zhou", campaign.Officer)
	now := time.Now()
	b.desk.Clock = func() time.Time { return now }
	p, _ := b.enter("zhou", goodPassword)
	m := secretOn.FindStringSubmatch(p.post("/me/factor", "do", "begin").Body.String())
	if m == nil {
		t.Fatal("no secret")
	}
	w := p.post("/me/factor", "do", "confirm", "code", oneTime(t, m[1], now))
	recovery := recoveryOn.FindAllString(w.Body.String(), -1)
	if w.Code != http.StatusOK || len(recovery) != 10 {
		t.Fatalf("%d, %d recovery codes: %s", w.Code, len(recovery), summaryOf(w.Body.String()))
	}
	with := func(code string) (*person, int, string) {
		p, w := b.enter("zhou", goodPassword)
		if w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/login/code") || p.inside() {
			t.Fatalf("the password alone: %d %q", w.Code, w.Header().Get("Location"))
		}
		half := p.cookies[0].Value
		w = p.post("/login/code", "code", code)
		for _, c := range w.Result().Cookies() {
			if c.Name == sessionCookie {
				p.cookies = []*http.Cookie{c}
			}
		}
		if w.Code == http.StatusSeeOther && p.cookies[0].Value == half {
			t.Error("the session of the half login goes on")
		}
		return p, w.Code, w.Header().Get("Location")
	}
	now = now.Add(time.Minute)
	for codes := codesAround(t, m[1], now); codes[1] == codes[2]; codes = codesAround(t, m[1], now) {
		now = now.Add(time.Minute) // one in a million: the code would be good a second time
	}
	code := oneTime(t, m[1], now)
	if p, status, to := with(code); status != http.StatusSeeOther || to != "/office" || !p.inside() {
		t.Errorf("the right code: %d %q", status, to)
	}
	if p, status, _ := with(code); status != http.StatusUnprocessableEntity || p.inside() {
		t.Errorf("the same code again: %d", status)
	}
	if p, status, _ := with(recovery[0]); status != http.StatusSeeOther || !p.inside() {
		t.Errorf("a recovery code: %d", status)
	}
	if p, status, _ := with(recovery[0]); status != http.StatusUnprocessableEntity || p.inside() {
		t.Errorf("a recovery code twice: %d", status)
	}
	before := now.Add(-10 * time.Minute)
	for slices.Contains(codesAround(t, m[1], now), oneTime(t, m[1], before)) {
		before = before.Add(-time.Minute)
	}
	if p, status, _ := with(oneTime(t, m[1], before)); status != http.StatusUnprocessableEntity || p.inside() {
		t.Errorf("a code of before: %d", status)
	}
}
