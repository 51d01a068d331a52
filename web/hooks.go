package web

import (
	"errors"
	"io"
	"net/http"
	"time"

	"golang.org/x/time/rate"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/store"
)

// Hooks are what a mail provider calls. Each reads a call after it has checked
// its signature, and answers campaign.Forbidden to one without; nil is not there.
type Hooks struct {
	Events  func(timestamp, signature string, body []byte) ([]store.MailEvent, error)
	Inbound func(timestamp, signature, contentType string, body []byte) (desk.Incoming, error)
}

// Bounds of the hooks: bytes of a call, calls a second, letters read at once.
const (
	eventLimit   = 1 << 20
	inboundLimit = 25 << 20
	hookRate     = 50
	hookBurst    = 200
	inboundAtOne = 2
)

// hookRoutes registers the provider's doors: public, with a proof of their own,
// and slowed down for all together, since a provider calls from many addresses.
func (s *Server) hookRoutes() {
	events, inbound := rate.NewLimiter(hookRate, hookBurst), rate.NewLimiter(hookRate, hookBurst)
	reading := make(chan struct{}, inboundAtOne)
	s.handle("POST /hooks/sendgrid/events", slowed(events, s.mailEvents))
	s.handle("POST /hooks/sendgrid/inbound", slowed(inbound, func(w http.ResponseWriter, r ask) error {
		select {
		case reading <- struct{}{}:
			defer func() { <-reading }()
			return s.mailInbound(w, r)
		case <-time.After(10 * time.Second):
			return hookAnswer(w, http.StatusServiceUnavailable)
		}
	}))
}

func slowed(l *rate.Limiter, h handler) handler {
	return func(w http.ResponseWriter, r ask) error {
		if !l.Allow() {
			w.Header().Set("Retry-After", "5")
			return hookAnswer(w, http.StatusTooManyRequests)
		}
		return h(w, r)
	}
}

// hookAnswer is for machines: a status and no page.
func hookAnswer(w http.ResponseWriter, status int) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, err := io.WriteString(w, http.StatusText(status)+"\n")
	return err
}

const (
	hookTimestamp = "X-Twilio-Email-Event-Webhook-Timestamp"
	hookSignature = "X-Twilio-Email-Event-Webhook-Signature"
)

// mailEvents takes reports about letters. Nothing of the body is logged.
func (s *Server) mailEvents(w http.ResponseWriter, r ask) error {
	if s.Hooks.Events == nil {
		return hookAnswer(w, http.StatusUnauthorized)
	}
	body, err := hookBody(r, eventLimit)
	if err != nil {
		return hookAnswer(w, http.StatusRequestEntityTooLarge)
	}
	all, err := s.Hooks.Events(r.Header.Get(hookTimestamp), r.Header.Get(hookSignature), body)
	if err != nil {
		return hookRefusal(w, err)
	}
	news, err := s.Desk.MailEvents(r.Context(), all)
	if err != nil {
		s.Log.Error("mail events not noted", "events", len(all), "kind", campaign.KindOf(err))
		return hookAnswer(w, http.StatusServiceUnavailable) // the provider tells them again
	}
	s.Log.Info("mail events", "events", len(all), "news", news)
	return hookAnswer(w, http.StatusOK)
}

// mailInbound takes a letter that came back. Whoever proves to be the provider
// gets the same answer for every letter, kept or not.
func (s *Server) mailInbound(w http.ResponseWriter, r ask) error {
	if s.Hooks.Inbound == nil {
		return hookAnswer(w, http.StatusUnauthorized)
	}
	body, err := hookBody(r, inboundLimit)
	if err != nil {
		return hookAnswer(w, http.StatusRequestEntityTooLarge)
	}
	in, err := s.Hooks.Inbound(r.Header.Get(hookTimestamp), r.Header.Get(hookSignature), r.Header.Get("Content-Type"), body)
	if campaign.KindOf(err) == campaign.Invalid && err != nil {
		return hookAnswer(w, http.StatusOK) // it would be no better the next time
	}
	if err != nil {
		return hookRefusal(w, err)
	}
	if in.Returned != nil {
		return s.mailReturned(w, r, in.Returned)
	}
	kept, err := s.Desk.TakeReply(r.Context(), in)
	if err != nil {
		s.Log.Error("inbound letter not kept", "kind", campaign.KindOf(err))
		return hookAnswer(w, http.StatusServiceUnavailable)
	}
	s.Log.Info("inbound letter", "kept", kept, "auto", in.Auto, "files", len(in.Files))
	return hookAnswer(w, http.StatusOK)
}

// mailReturned takes a report that a letter of ours did not arrive.
func (s *Server) mailReturned(w http.ResponseWriter, r ask, all []desk.Returned) error {
	f, err := s.Desk.TakeReturned(r.Context(), all)
	if err != nil {
		s.Log.Error("report of delivery not noted", "kind", campaign.KindOf(err))
		return hookAnswer(w, http.StatusServiceUnavailable)
	}
	s.Log.Info("report of delivery", "recipients", len(all), "ours", f.Ours, "news", f.News)
	return hookAnswer(w, http.StatusOK)
}

func hookRefusal(w http.ResponseWriter, err error) error {
	if campaign.KindOf(err) == campaign.Forbidden {
		return hookAnswer(w, http.StatusUnauthorized)
	}
	return hookAnswer(w, http.StatusBadRequest)
}

// hookBody reads a call whole: the signature is over its raw bytes. Without a
// signature header not even that is done.
func hookBody(r ask, limit int64) ([]byte, error) {
	if r.Header.Get(hookSignature) == "" || r.Header.Get(hookTimestamp) == "" {
		return nil, nil
	}
	if r.ContentLength > limit {
		return nil, errTooLarge
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	if err == nil && int64(len(body)) > limit {
		err = errors.New("too large")
	}
	return body, err
}
