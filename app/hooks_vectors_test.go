package app

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"strings"
	"testing"

	"xuanping/mail/mailtest"
	"xuanping/store"
)

// S4: the fourteen vectors of the event webhook, through the door. A call that
// is refused, or that says nothing new of a letter of ours, changes nothing.
func TestS4FourteenVectors(t *testing.T) {
	p := openPost(t)
	k := p.letter("launch")
	const path = "/hooks/sendgrid/events"
	stranger, err := mailtest.NewHook()
	ok(t, err)
	by := func(h *mailtest.Hook, at string, body []byte) string {
		sig, err := h.Sign(at, body)
		ok(t, err)
		return sig
	}
	list := func(all ...string) []byte { return []byte("[" + strings.Join(all, ",") + "]") }
	good := list(eventOf("v1", "delivered", k))
	sig := by(p.hook, stamp, good)
	der, err := base64.StdEncoding.DecodeString(sig)
	ok(t, err)
	flipped := bytes.Clone(der)
	flipped[len(flipped)-1] ^= 1
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write(good)
	ok(t, z.Close())
	custom := []byte(strings.Replace(string(list(eventOf("v2", "delivered", k))), `{"event"`, `{"tenant":{"a":[1,null]},"campaign":"2099","key2":"x","event"`, 1))
	foreign := list(eventOf("v3", "bounce", "2099/"+p.ref.Code+"/launch"))
	const zero, old = "0" + stamp, "1000000000"
	all := []struct {
		name, at, sig string
		body          []byte
		code          int
		state         store.Delivery // of the letter after it
	}{
		{"body flipped", stamp, sig, bytes.Replace(good, []byte("delivered"), []byte("deliveree"), 1), 401, ""},
		{"timestamp flipped", "1740790803", sig, good, 401, ""},
		{"signature flipped", stamp, base64.StdEncoding.EncodeToString(flipped), good, 401, ""},
		{"another's key", stamp, by(stranger, stamp, good), good, 401, ""},
		{"boundary shifted", stamp[:9], sig, append([]byte(stamp[9:]), good...), 401, ""},
		{"bytes after the DER", stamp, base64.StdEncoding.EncodeToString(append(bytes.Clone(der), 0)), good, 401, ""},
		{"leading zero", zero, by(p.hook, zero, good), good, 401, ""},
		{"empty", stamp, by(p.hook, stamp, nil), nil, 401, ""},
		{"gzip", stamp, by(p.hook, stamp, packed.Bytes()), packed.Bytes(), 401, ""},
		{"another campaign's id", stamp, by(p.hook, stamp, foreign), foreign, 200, ""},
		{"valid", stamp, sig, good, 200, store.Delivered},
		{"the former key", stamp, by(p.late, stamp, good), good, 200, store.Delivered},
		{"2001, with an event that is known", old, by(p.hook, old, good), good, 200, store.Delivered},
		{"unknown custom_args", stamp, by(p.hook, stamp, custom), custom, 200, store.Delivered},
	}
	if len(all) != 14 {
		t.Fatalf("%d vectors", len(all))
	}
	news := map[string]bool{"valid": true, "unknown custom_args": true} // two reports, each told once
	for _, v := range all {
		before, err := p.st.Head(t.Context())
		ok(t, err)
		if code := p.call(path, v.at, v.sig, "application/json", v.body); code != v.code {
			t.Errorf("%s: %d, want %d", v.name, code, v.code)
		}
		after, err := p.st.Head(t.Context())
		if ok(t, err); (after != before) != news[v.name] {
			t.Errorf("%s: the ledger went from %v to %v", v.name, before, after)
		}
		if got := p.delivery(k); got != v.state {
			t.Errorf("%s: the letter is %q, want %q", v.name, got, v.state)
		}
	}
	for i := range der { // every byte of a signature counts
		b := bytes.Clone(der)
		b[i] ^= 1 << (i % 8)
		if code := p.call(path, stamp, base64.StdEncoding.EncodeToString(b), "application/json", good); code != 401 {
			t.Fatalf("byte %d flipped: %d", i, code)
		}
	}
}
