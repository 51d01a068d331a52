package mail

import (
	"context"
	"sync"
	"time"
)

// pace spreads letters evenly, so that a whole campaign's letters of one
// morning do not run into the provider's limit.
type pace struct {
	every time.Duration
	mu    sync.Mutex
	next  time.Time
}

func every(perSecond int) time.Duration {
	if perSecond <= 0 {
		return 0
	}
	return time.Second / time.Duration(perSecond)
}

// wait returns when the letter's turn has come, or ctx ends.
func (p *pace) wait(ctx context.Context) error {
	if p.every == 0 {
		return ctx.Err()
	}
	p.mu.Lock()
	turn := p.next
	if now := time.Now(); turn.Before(now) {
		turn = now
	}
	p.next = turn.Add(p.every)
	p.mu.Unlock()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Until(turn)):
		return nil
	}
}
