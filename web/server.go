package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime"
	"runtime/debug"
	"slices"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/desk"
	"xuanping/store"
)

// Options is what the pages need. Mailbox is nil unless letters stay in the
// built-in mailbox; TemporalUI is "" when there is no Web UI to link to.
type Options struct {
	Desk       *desk.Desk
	Log        *slog.Logger
	BaseURL    string // e.g. https://xp.example.gov.cn; decides the cookies' Secure flag
	Issuer     string
	Contact    string // whom to ask, on every page; "" when nobody was named
	Mailbox    Mailbox
	OpenMail   bool           // everybody may read the mailbox: demonstrations only, for letters carry links
	Proxies    []netip.Prefix // in front of this site; only they may say for whom they ask
	LedgerKey  string         // the public key that verifies the ledger's checkpoints
	FormerKeys []string       // those that did before it
	TemporalUI string         // e.g. http://127.0.0.1:8233/namespaces/default
	Demo       []DemoAccount
	Timeline   Timeline // nil: an institution's year is told without the engine's histories

	Certificates []byte    // PEM: those that papers are or were signed with, for checks without this site
	SelfPaper    SelfPaper // nil: pages offer no PDF of a self-evaluation
	Hooks        Hooks     // what a mail provider calls
	Letters      Letters   // nil: acts that mail many are checked without their letters

	OIDC  *OIDC         // nil: no identity provider
	Again time.Duration // acts of two persons ask who it is when it was last shown so long ago; 0: never
}

// Letters renders what an act will mail; app wires it, for pages compose no mail.
type Letters func(ctx context.Context, act store.MailAct) (campaign.MailPreview, error)

// DemoAccount is shown on the login page of a demonstration.
type DemoAccount struct{ ID, Password, Role string }

// Mailbox is the built-in mailbox as its pages read it.
type Mailbox interface {
	List(match string, from, n int) (mails []MailHead, total int, err error) // newest first; match is searched in To and Subject
	Read(id string) (Mail, error)
}

// MailHead is a line of the mailbox.
type MailHead struct {
	ID, To, Subject string
	Date            time.Time
}

// Mail is a letter in the mailbox.
type Mail struct {
	MailHead
	Text, HTML  string
	Attachments []MailFile
}

// MailFile is an attachment of a letter.
type MailFile struct {
	Name, Media string
	Bytes       []byte
}

// Server answers all pages.
type Server struct {
	Options
	store  *store.Store
	mux    *http.ServeMux
	routes []Route
	drawn  func(page string) // a test watches which page answers
	rights authz

	linkChecks, staffChecks []hurdle

	uploads uploads
	codes   *gate // slows down guessing of one-time codes
}

// Route is a page of the site and who may use it.
type Route struct {
	Pattern string
	Rights  Rights
}

// ask is a request whose rights have been checked.
type ask struct {
	*http.Request
	Visitor desk.Visitor  // of an institution route
	Staff   store.Staff   // of a staff route, or of a public one when signed in
	Session store.Session // that the request brings; its login may not be finished
	Own     contract.Ref  // of the link that the request brings, though the page is not the institution's: the way back
	Year    int           // that the page is about, when its address does not say
	Failed  bool          // the page of a failure, which is none of the site's places
	Story   bool          // shown by the storybook, which nobody can act in
}

type handler func(w http.ResponseWriter, r ask) error

// New builds the pages; its ServeHTTP is the whole site.
func New(o Options) *Server {
	s := &Server{Options: o, store: o.Desk.Store, mux: http.NewServeMux(),
		rights: authzTable(), linkChecks: linkChecks, staffChecks: staffChecks, codes: newGate()}
	s.publicRoutes()
	s.ledgerRoutes()
	s.institutionRoutes()
	s.incidentRoutes()
	s.clearanceRoutes()
	s.registerRoutes()
	s.staffRoutes()
	s.honourRoutes()
	s.surveyRoutes()
	s.localRoutes()
	s.selfRoutes()
	s.hookRoutes()
	s.mailroomRoutes()
	s.storyRoutes()
	s.spotRoutes()
	s.guidanceRoutes()
	s.readingLogRoutes()
	s.timelineRoutes()
	return s
}

// Routes lists the pages, in the order of registration.
func (s *Server) Routes() []Route { return slices.Clone(s.routes) }

// handle is the only way to a route. One without a row in authz.tsv would be
// open to nobody or to everybody; the site does not start with it.
func (s *Server) handle(pattern string, h handler) {
	row, ok := s.rights[pattern]
	if !ok {
		panic("web: " + pattern + " has no row in authz.tsv")
	}
	s.routes = append(s.routes, Route{pattern, row})
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet { // one reading of the campaign serves the whole page
			r = r.WithContext(context.WithValue(r.Context(), readOnce{}, map[int]store.Campaign{}))
		}
		q := ask{Request: r}
		defer func() {
			if p := recover(); p != nil {
				s.panicked(w, q, p)
			}
		}()
		q, err := s.admit(r, s.rights[pattern])
		if err == nil {
			var done func()
			if done, err = s.uploads.begin(q); err == nil {
				defer done()
				err = s.noted(w, q, s.rights[pattern], h)
			} else {
				w.Header().Set("Connection", "close") // the answer comes before the file has
			}
		}
		if err != nil {
			s.fail(w, q, err)
		}
	})
}

// panicked logs where a handler broke and answers like any internal error. The
// value of the panic may quote what a person typed; only a runtime error is
// known not to.
func (s *Server) panicked(w http.ResponseWriter, q ask, p any) {
	if p == http.ErrAbortHandler {
		panic(p)
	}
	what := fmt.Sprintf("panic of type %T", p)
	if e, ok := p.(runtime.Error); ok {
		what = e.Error()
	}
	s.Log.Error("handler panicked", "method", q.Method, "route", q.Pattern, "panic", what, "stack", string(debug.Stack()))
	if w.Header().Get("Content-Type") != "" {
		panic(http.ErrAbortHandler) // the answer has begun; only breaking off tells the reader
	}
	s.fail(w, q, errors.New(what))
}
