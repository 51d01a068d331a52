package web

import (
	"cmp"
	"net/http"

	"xuanping/campaign"
	"xuanping/store"
)

// noted runs a handler and notes what a member of the staff reads there (SE-2),
// before the first byte of it leaves. What could not be noted is not shown: the
// log is in the same database as what is read, so waiting for it costs nobody
// a page that he could have had, and an evidence file read without a trace is
// worse than one asked for twice.
func (s *Server) noted(w http.ResponseWriter, q ask, row Rights, h handler) error {
	kind := row.Reads()
	if kind == "" || q.Staff.ID == "" || q.Story {
		return h(w, q)
	}
	n := &notingWriter{ResponseWriter: w, note: func() error {
		x := store.Reading{Staff: q.Staff.ID, Kind: kind, Page: q.Pattern, At: s.Desk.Clock(), Code: q.PathValue("code")}
		x.Year, _ = q.year() // pages of no year have none
		x.Item = cmp.Or(q.PathValue("k"), q.PathValue("id"), q.PathValue("verify"), q.PathValue("digest"), q.PathValue("n"), q.PathValue("register"), q.PathValue("path"))
		return s.store.AddReading(q.Context(), x)
	}}
	err := h(n, q)
	if n.failed == nil {
		return err
	}
	s.Log.Error("reading not noted", "route", q.Pattern, "err", n.failed)
	clear(w.Header()) // of the page that is not shown
	s.headers(w.Header())
	return &campaign.Error{Kind: campaign.Internal, Say: "查阅记录暂时无法写入，不能显示", Err: n.failed}
}

// notingWriter notes when a page is about to be shown; pages of failure and
// redirections show nothing.
type notingWriter struct {
	http.ResponseWriter
	note   func() error
	begun  bool
	failed error
}

func (w *notingWriter) WriteHeader(status int) {
	if !w.begun {
		w.begun = true
		if status == http.StatusOK || status == http.StatusPartialContent {
			w.failed = w.note()
		}
	}
	if w.failed == nil {
		w.ResponseWriter.WriteHeader(status)
	}
}

func (w *notingWriter) Write(b []byte) (int, error) {
	if !w.begun {
		w.WriteHeader(http.StatusOK)
	}
	if w.failed != nil {
		return 0, w.failed
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *notingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
