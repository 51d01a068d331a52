package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

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

// capped is a body that ends at its limit. What comes beyond it can be thrown away,
// so that a browser that is still sending gets to read the answer.
type capped struct {
	io.ReadCloser
	whole io.Reader
}

// drainMost is how much of a file that nobody wants is read and thrown away, and
// drainTime for how long.
const (
	drainMost = 256 << 20
	drainTime = 30 * time.Second
)

// drain reads what a browser still sends: one that is still sending would not read
// the answer, and some lose it when the connection is cut.
func drain(w http.ResponseWriter, r ask) {
	_, err := io.Copy(io.Discard, r.Body)
	if c, ok := r.Body.(*capped); ok && isTooLarge(err) && r.ContentLength <= drainMost {
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(drainTime)) // only a connection has one
		_, _ = io.Copy(io.Discard, io.LimitReader(c.whole, drainMost))
	}
}

// keepsForm tells whether a body that is too large is left to its handler: an
// institution's upload, whose typed fields stand before the file and are shown again.
func keepsForm(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/i/") && bodyLimit(r) > formSize && strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data")
}

// over tells whether a body says that it is larger than is taken.
func over(r ask) bool { return r.ContentLength > bodyLimit(r.Request) }

// again413 makes a file that is too large the fault of its field, so that its form
// is shown again with what was typed; other errors stay as they are.
func again413(r ask, err error, field, say string) error {
	if !over(r) && !isTooLarge(err) && !errors.Is(err, errTooLarge) {
		return err
	}
	return &campaign.Error{Kind: campaign.Invalid, Say: say, Fields: map[string]string{field: say}, Err: errTooLarge}
}

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
