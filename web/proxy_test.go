package web

import (
	"net/http/httptest"
	"net/netip"
	"testing"
)

// Only a trusted proxy may say for whom it asks, and only its own word counts,
// not what the client wrote before it.
func TestBehindProxy(t *testing.T) {
	s := &Server{Options: Options{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}}}
	for _, c := range []struct {
		name, remote, want string
		forwarded          []string
	}{
		{"no proxy", "192.0.2.7:1", "192.0.2.7", []string{"198.51.100.1"}},
		{"one proxy", "10.1.1.1:1", "198.51.100.1", []string{"198.51.100.1"}},
		{"the client lies", "10.1.1.1:1", "198.51.100.1", []string{"127.0.0.1, 198.51.100.1"}},
		{"two headers", "10.1.1.1:1", "198.51.100.1", []string{"203.0.113.9", "198.51.100.1"}},
		{"two proxies", "10.1.1.1:1", "198.51.100.1", []string{"203.0.113.9, 198.51.100.1, 10.2.2.2"}},
		{"no list", "10.1.1.1:1", "10.1.1.1", nil},
		{"words", "10.1.1.1:1", "10.1.1.1", []string{"198.51.100.1, unknown"}},
		{"only proxies", "10.1.1.1:1", "10.1.1.1", []string{"10.3.3.3"}},
		{"mapped", "[::ffff:10.1.1.1]:1", "198.51.100.1", []string{"::ffff:198.51.100.1"}},
		{"six", "[fd00::1]:1", "2001:db8::5", []string{"2001:db8::5"}},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.remote
		for _, f := range c.forwarded {
			r.Header.Add("X-Forwarded-For", f)
		}
		if got := address(s.behindProxy(r)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if r.RemoteAddr != c.remote {
			t.Errorf("%s: the request itself was changed", c.name)
		}
	}
}
