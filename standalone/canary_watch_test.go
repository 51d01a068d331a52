package main

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	enginelog "go.temporal.io/server/common/log"
	"go.temporal.io/server/common/metrics"
)

// tags are the engine's metrics as far as they can name anybody: every name of
// a metric and every value of a tag that was ever recorded, once.
type tags struct {
	mu   *sync.Mutex
	seen map[string]bool
}

func newTags() tags { return tags{&sync.Mutex{}, map[string]bool{}} }

func (t tags) note(name string, all []metrics.Tag) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.seen[name] = true
	for _, x := range all {
		t.seen[x.Key+"="+x.Value] = true
	}
}

func (t tags) WithTags(all ...metrics.Tag) metrics.Handler { t.note("", all); return t }
func (t tags) Counter(name string) metrics.CounterIface {
	return metrics.CounterFunc(func(_ int64, all ...metrics.Tag) { t.note(name, all) })
}
func (t tags) Gauge(name string) metrics.GaugeIface {
	return metrics.GaugeFunc(func(_ float64, all ...metrics.Tag) { t.note(name, all) })
}
func (t tags) Timer(name string) metrics.TimerIface {
	return metrics.TimerFunc(func(_ time.Duration, all ...metrics.Tag) { t.note(name, all) })
}
func (t tags) Histogram(name string, _ metrics.MetricUnit) metrics.HistogramIface {
	return metrics.HistogramFunc(func(_ int64, all ...metrics.Tag) { t.note(name, all) })
}
func (t tags) Stop(enginelog.Logger)                  {}
func (t tags) StartBatch(string) metrics.BatchHandler { return t }
func (t tags) Close() error                           { return nil }

// text is what a scrape would hold, without the figures.
func (t tags) text() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	var b bytes.Buffer
	for s := range t.seen {
		fmt.Fprintln(&b, s)
	}
	return b.Bytes()
}

// front stands before the site as a proxy does, and keeps an access log: method,
// address with its query, where a reader was sent, from which address he came. What
// the players look for in the built-in mailbox, which stands for the mail programs
// of their own and is open to demonstrations only, is not of the site.
func front(t *testing.T, site func() *url.URL, log *noted) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	line := func(q *http.Request, code int, to string) {
		if !strings.HasPrefix(q.URL.Path, "/mailbox") {
			fmt.Fprintf(log, "%s %s %d %q %q\n", q.Method, q.URL.RequestURI(), code, to, q.Referer())
		}
	}
	p := &httputil.ReverseProxy{
		Rewrite:        func(r *httputil.ProxyRequest) { r.SetURL(site()); r.Out.Host = r.In.Host },
		ModifyResponse: func(a *http.Response) error { line(a.Request, a.StatusCode, a.Header.Get("Location")); return nil },
		ErrorHandler: func(w http.ResponseWriter, q *http.Request, _ error) { // a proxy logs what it cannot pass on, too
			line(q, http.StatusBadGateway, "")
			w.WriteHeader(http.StatusBadGateway)
		},
	}
	srv := &http.Server{Handler: p, ReadHeaderTimeout: time.Minute}
	go srv.Serve(l)
	t.Cleanup(func() { srv.Close() })
	return l.Addr().String()
}

// caughtOutside is the positive control of what is searched beside databases and
// logs: a word in the query of an address, and one in a tag of a metric.
func caughtOutside(t *testing.T, h *house, all []string, access *noted, m tags) {
	t.Helper()
	if a, err := http.Get(h.env["XUANPING_BASE_URL"] + "/rules?q=" + url.QueryEscape(all[0])); err == nil {
		a.Body.Close()
	}
	m.WithTags(metrics.NamespaceTag(all[2])).Counter("planted").Record(1)
	for name, text := range map[string]string{all[0]: access.String(), all[2]: string(m.text())} {
		n := weave(all)
		if err := n.search("planted", strings.NewReader(text)); err != nil || !strings.Contains(strings.Join(n.hits, "\n"), name) {
			t.Errorf("%s was planted and not found: %v %v", name, n.hits, err)
		}
	}
}
