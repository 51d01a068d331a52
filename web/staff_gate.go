package web

import (
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Of one address and account gateTries attempts are taken at once and then one
// each gatePause; of one address over all accounts gateWide.
const (
	gateTries = 8
	gateWide  = 120
	gatePause = time.Minute
	gateSize  = 4096
	gateName  = 32 // no account is longer; what is longer is not remembered
)

// gate slows down guessing of passwords. What it remembers is bounded.
type gate struct {
	mu  sync.Mutex
	all map[string]*rate.Limiter
}

func newGate() *gate { return &gate{all: map[string]*rate.Limiter{}} }

// pass takes one attempt of an address at an account, when one is left.
func (g *gate) pass(r *http.Request, account string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	ip := address(r)
	if !g.limiter(ip, gateWide).Allow() {
		return false // an address that is out of attempts leaves nothing more to remember
	}
	return g.limiter(ip+" "+account, gateTries).Allow()
}

// forget gives a person who did sign in his attempts back.
func (g *gate) forget(r *http.Request, account string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.all, address(r)+" "+account)
}

func (g *gate) limiter(key string, tries int) *rate.Limiter {
	if l, known := g.all[key]; known {
		return l
	}
	if len(g.all) >= gateSize {
		g.shed()
	}
	l := rate.NewLimiter(rate.Every(gatePause/time.Duration(tries/gateTries)), tries)
	g.all[key] = l
	return l
}

// shed drops those who have waited long enough, and one more if there is none.
func (g *gate) shed() {
	for k, l := range g.all {
		if l.Tokens() >= float64(l.Burst()) {
			delete(g.all, k)
		}
	}
	for k := range g.all {
		if len(g.all) < gateSize {
			return
		}
		delete(g.all, k)
	}
}

func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
