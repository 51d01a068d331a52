package web

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// behindProxy gives a request the address of the client that a trusted proxy
// received it from, so that limits by address do not lump everybody together.
// The list is read from the right: what stands left of the first stranger was
// written by him.
func (s *Server) behindProxy(r *http.Request) *http.Request {
	if len(s.Proxies) == 0 || !s.proxy(address(r)) {
		return r
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		hop = strings.TrimSpace(hop)
		ip, err := netip.ParseAddr(hop)
		if err != nil {
			return r // a proxy that writes no list, or somebody's words: the proxy's own address stands
		}
		if !s.proxy(hop) {
			r = r.WithContext(r.Context())
			r.RemoteAddr = net.JoinHostPort(ip.Unmap().String(), "0")
			return r
		}
	}
	return r
}

// proxy tells whether an address is one of the proxies in front of this site.
func (s *Server) proxy(address string) bool {
	ip, err := netip.ParseAddr(address)
	return err == nil && slices.ContainsFunc(s.Proxies, func(p netip.Prefix) bool { return p.Contains(ip.Unmap()) })
}
