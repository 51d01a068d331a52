package web

import (
	"context"
	"net/http"
	"sync"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// uploadsAtOnce is how many files a link may be sending at the same time (S2).
const uploadsAtOnce = 2

// uploads counts what the links are sending now.
type uploads struct {
	mu  sync.Mutex
	now map[string]int
}

// begin takes a place for a link's request when it may carry a file; done gives
// it back. A request beyond the limit is refused before its body is read.
func (u *uploads) begin(r ask) (done func(), err error) {
	id := string(r.Visitor.ID)
	if r.Method != http.MethodPost || id == "" || bodyLimit(r.Request) <= formSize {
		return func() {}, nil
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.now == nil {
		u.now = map[string]int{}
	}
	if u.now[id] >= uploadsAtOnce {
		return nil, errBusyLink
	}
	u.now[id]++
	return func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		if u.now[id]--; u.now[id] == 0 {
			delete(u.now, id)
		}
	}, nil
}

var errBusyLink = campaign.Fail(campaign.Conflict, "同一链接同时只能上传 %d 个文件，请等前面的文件上传完毕后再试", uploadsAtOnce)

// The words of what the scanner says of a file.
const (
	checkWaits = "安全检查中"
	checkBad   = "未通过安全检查"
)

// fileChecks tells what the scanner says of an institution's files; nothing
// when there is no scanner, or they are clean.
func (s *Server) fileChecks(ctx context.Context, ref contract.Ref, all []store.Evidence) (map[string]string, error) {
	if !s.Desk.Scanned {
		return nil, nil
	}
	known, err := s.store.FileScans(ctx, ref)
	out := map[string]string{}
	for _, e := range all {
		switch scan, done := known[e.Digest]; {
		case !done:
			out[e.Digest] = checkWaits
		case !scan.Clean:
			out[e.Digest] = checkBad
		}
	}
	return out, err
}
