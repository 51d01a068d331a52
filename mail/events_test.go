package mail_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"xuanping/mail"
)

func newKey(t *testing.T, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func sign(t *testing.T, k *ecdsa.PrivateKey, timestamp, body string) []byte {
	t.Helper()
	h := sha256.Sum256([]byte(timestamp + body))
	sig, err := ecdsa.SignASN1(rand.Reader, k, h[:])
	if err != nil {
		t.Fatal(err)
	}
	return sig
}

const eventBody = `[{"email":"liaison@cb-a.example","timestamp":1740790800,"event":"bounce","sg_event_id":"e1","sg_message_id":"fake-000001.filter0001","key":"2025/CB-A/launch/1/liaison","reason":"550 <liaison@cb-a.example> unknown"},
{"email":"x@y.example","timestamp":1740790801,"event":"spamreport","sg_event_id":"e2","sg_message_id":"other"},{"event":"delivered"}]`

func TestEvents(t *testing.T) {
	now, old, stranger := newKey(t, elliptic.P256()), newKey(t, elliptic.P256()), newKey(t, elliptic.P256())
	keys := []*ecdsa.PublicKey{&now.PublicKey, &old.PublicKey}
	const ts = "1740790802"
	b64 := base64.StdEncoding.EncodeToString
	good := sign(t, now, ts, eventBody)
	for _, c := range []struct{ name, ts, sig, body, want string }{
		{"valid", ts, b64(good), eventBody, "ok"},
		{"old key during rotation", ts, b64(sign(t, old, ts, eventBody)), eventBody, "ok"},
		{"old timestamp, replay harmless by id", "1000000000", b64(sign(t, now, "1000000000", eventBody)), eventBody, "ok"},
		{"other key", ts, b64(sign(t, stranger, ts, eventBody)), eventBody, "unsigned"},
		{"body changed", ts, b64(good), strings.Replace(eventBody, "bounce", "deliver", 1), "unsigned"},
		{"timestamp changed", "1740790803", b64(good), eventBody, "unsigned"},
		{"boundary shifted", ts[:9], b64(good), ts[9:] + eventBody, "unsigned"},
		{"boundary shifted the other way", ts + "[", b64(sign(t, now, ts, "["+eventBody)), eventBody, "unsigned"},
		{"leading zero", "0" + ts, b64(sign(t, now, "0"+ts, eventBody)), eventBody, "unsigned"},
		{"trailing bytes after the signature", ts, b64(append(append([]byte{}, good...), 1, 2, 3)), eventBody, "unsigned"},
		{"signature not base64", ts, "%%%", eventBody, "unsigned"},
		{"signature with line break", ts, b64(good) + "\n!", eventBody, "unsigned"},
		{"no signature", ts, "", eventBody, "unsigned"},
		{"empty body", ts, b64(sign(t, now, ts, "")), "", "unsigned"},
		{"gzip", ts, b64(sign(t, now, ts, "\x1f\x8b\x08")), "\x1f\x8b\x08", "unsigned"},
		{"object", ts, b64(sign(t, now, ts, "{}")), "{}", "unsigned"},
		{"too large", ts, b64(sign(t, now, ts, "["+strings.Repeat(" ", mail.MaxEvents))), "[" + strings.Repeat(" ", mail.MaxEvents), "unsigned"},
		{"signed nonsense", ts, b64(sign(t, now, ts, "[1]")), "[1]", "unreadable"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := mail.Events(keys, c.ts, c.sig, []byte(c.body))
			switch c.want {
			case "unsigned":
				if !errors.Is(err, mail.ErrUnsigned) || got != nil {
					t.Errorf("got %v, %v", got, err)
				}
			case "unreadable":
				if err == nil || errors.Is(err, mail.ErrUnsigned) {
					t.Errorf("got %v, %v", got, err)
				}
			default:
				if err != nil || len(got) != 2 {
					t.Fatalf("got %v, %v", got, err)
				}
				e := got[0]
				if e.ID != "e1" || e.Key != "2025/CB-A/launch/1/liaison" || e.ProviderID != "fake-000001" || e.State != mail.Bounced ||
					e.At.Unix() != 1740790800 || e.Reason != "550 <（地址略）> unknown" {
					t.Errorf("got %+v", e)
				}
				if got[1].State != mail.Unknown || got[1].Kind != "spamreport" || got[1].Key != "" {
					t.Errorf("got %+v", got[1])
				}
			}
		})
	}
	if _, err := mail.Events(nil, ts, b64(good), []byte(eventBody)); !errors.Is(err, mail.ErrUnsigned) {
		t.Errorf("without keys: %v", err)
	}
}

func TestParseEventKey(t *testing.T) {
	text := func(pub any) string {
		der, err := x509.MarshalPKIXPublicKey(pub)
		if err != nil {
			t.Fatal(err)
		}
		return base64.StdEncoding.EncodeToString(der)
	}
	k := newKey(t, elliptic.P256())
	if got, err := mail.ParseEventKey(text(k.Public()) + "\n"); err != nil || !got.Equal(k.Public()) {
		t.Errorf("P-256: %v", err)
	}
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]string{"P-384": text(newKey(t, elliptic.P384()).Public()), "RSA": text(r.Public()), "nonsense": "AAAA", "not base64": "%", "empty": ""} {
		if _, err := mail.ParseEventKey(s); err == nil {
			t.Errorf("%s accepted", name)
		}
	}
}

// Doubled and shuffled reports end in the same state.
func TestFurtherIgnoresOrder(t *testing.T) {
	merge := func(all []mail.State) mail.State {
		s := mail.Unknown
		for _, e := range all {
			s = mail.Further(s, e)
		}
		return s
	}
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOf(rapid.SampledFrom([]mail.State{mail.Sent, mail.Deferred, mail.Delivered, mail.Dropped, mail.Bounced})).Draw(t, "reports")
		mixed := rapid.Permutation(append(append([]mail.State{}, all...), all...)).Draw(t, "doubled and shuffled")
		if merge(all) != merge(mixed) {
			t.Fatalf("%v gives %v, %v gives %v", all, merge(all), mixed, merge(mixed))
		}
	})
	if got := merge([]mail.State{mail.Bounced, mail.Delivered}); got != mail.Bounced {
		t.Errorf("bounce then delivered: %v", got)
	}
}
