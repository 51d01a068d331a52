package desk

import (
	"encoding/hex"
	"net/url"
	"strings"
	"testing"
	"time"
)

// The vectors of RFC 6238, appendix B, for SHA-1: their last six digits.
func TestS5OneTimeCodesOfTheStandard(t *testing.T) {
	secret := []byte("12345678901234567890")
	for at, want := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
		if got := totpAt(secret, at/totpStep); got != want {
			t.Errorf("at %d: %s, want %s", at, got, want)
		}
	}
}

// A code is good in its own step and in those beside it, and no longer.
func TestS5CodeAndClocks(t *testing.T) {
	secret, now := []byte("12345678901234567890"), time.Unix(1234567890, 0)
	code := totpAt(secret, now.Unix()/totpStep)
	for off, want := range map[time.Duration]bool{0: true, -totpStep * time.Second: true, totpStep * time.Second: true, 2 * totpStep * time.Second: false, -2 * totpStep * time.Second: false, time.Hour: false} {
		if _, ok := totpMatch(secret, code, now.Add(off)); ok != want {
			t.Errorf("%v away: %v, want %v", off, ok, want)
		}
	}
	for _, bad := range []string{"", "00592", "0059244", "abcdef", code + " "} {
		if _, ok := totpMatch(secret, bad, now); ok {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestS5EnrolmentAddress(t *testing.T) {
	e := enrolment("宣评 示例", "zhou", []byte("12345678901234567890"))
	u, err := url.Parse(e.URI)
	if err != nil || u.Scheme != "otpauth" || u.Host != "totp" || u.Path != "/宣评 示例:zhou" || u.Query().Get("secret") != "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" || u.Query().Get("issuer") != "宣评 示例" {
		t.Errorf("%s: %v", e.URI, err)
	}
	if e.Secret != "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ" {
		t.Error(e.Secret)
	}
}

// A sealed secret is of one account and one house.
func TestS5SecretsAreSealed(t *testing.T) {
	d := &Desk{FactorKey: []byte(strings.Repeat("k", 32))}
	sealed, err := d.seal("zhou", []byte("secret"))
	must(t, err)
	if plain, err := d.unseal("zhou", sealed); err != nil || string(plain) != "secret" || strings.Contains(hex.EncodeToString(sealed), hex.EncodeToString([]byte("secret"))) {
		t.Errorf("%q %v", plain, err)
	}
	other := &Desk{FactorKey: []byte(strings.Repeat("x", 32))}
	for name, open := range map[string]func() ([]byte, error){
		"another account": func() ([]byte, error) { return d.unseal("wang", sealed) },
		"another house":   func() ([]byte, error) { return other.unseal("zhou", sealed) },
		"cut":             func() ([]byte, error) { return d.unseal("zhou", sealed[:5]) },
		"changed": func() ([]byte, error) {
			return d.unseal("zhou", append(sealed[:len(sealed)-1:len(sealed)-1], sealed[len(sealed)-1]^1))
		},
	} {
		if plain, err := open(); err == nil {
			t.Errorf("%s reads %q", name, plain)
		}
	}
}

func TestS5RecoveryCodes(t *testing.T) {
	codes, hashes := recoveryCodes()
	seen := map[string]bool{}
	for i, c := range codes {
		seen[c] = true
		if len(c) != 19 || string(recoveryHash(" "+strings.ToUpper(c))) != string(hashes[i]) {
			t.Errorf("%q", c)
		}
	}
	if len(seen) != recoveries {
		t.Errorf("%d different codes", len(seen))
	}
}
