package mail

import (
	"context"
	"fmt"
	"strings"
)

// Guest wraps a Sender for trial runs: only listed addresses receive anything
// (requirement ML-2, guest-list mode).
type Guest struct {
	next Sender
	list map[string]bool
}

// NewGuest lets letters through to the listed addresses; an entry "@example.org"
// lists a whole domain. An empty list withholds everything.
func NewGuest(next Sender, list []string) (*Guest, error) {
	g := &Guest{next: next, list: map[string]bool{}}
	for _, entry := range list {
		entry = strings.ToLower(strings.TrimSpace(entry))
		if !ValidAddress(entry) && !(strings.HasPrefix(entry, "@") && ValidAddress("x"+entry)) {
			return nil, fmt.Errorf("测试收件名单中有无效的地址：%q，请填写完整邮箱或“@域名”", entry)
		}
		g.list[entry] = true
	}
	return g, nil
}

// Send passes the letter on without unlisted copies, or withholds it whole.
func (g *Guest) Send(ctx context.Context, l Letter) (Receipt, error) {
	if err := l.Check(); err != nil {
		return Receipt{}, err
	}
	if !g.listed(l.To) {
		return Receipt{Withheld: true}, nil
	}
	var cc []Address
	for _, c := range l.Cc {
		if g.listed(c.Addr) {
			cc = append(cc, c)
		}
	}
	l.Cc = cc
	return g.next.Send(ctx, l)
}

func (g *Guest) listed(addr string) bool {
	addr = strings.ToLower(addr)
	return g.list[addr] || g.list[addr[strings.LastIndex(addr, "@"):]]
}
