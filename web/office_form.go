package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"xuanping/campaign"
	"xuanping/store"
)

func itoa(n int) string { return strconv.Itoa(n) }

// formPage is a page with one form, template office-form.html.
type formPage struct {
	Action   string
	Lead     string
	Facts    [][2]string // what the decision is about
	Texts    [][2]string // longer texts: heading, words
	Sections []section
	Carried  [][2]string // hidden values
	Button   string      // "" when there is nothing to do
	More     []link      // what to look at before deciding
	Trap     bool        // filled in with a link of an institution (S1a)
}

// section is a group of fields with a heading of its own.
type section struct {
	Title, Hint string
	Facts       [][2]string // what its fields are about
	Fields      []field
}

// deed is an act of staff with its form: shown, checked, done.
type deed struct {
	page  func(f *form) (page, error) // the form's page, for typing and typing again
	look  func() error                // what can be said before the act; may be nil
	rows  func() [][2]string          // the answers in words, for the check page
	title string                      // of the check page
	lead  string                      // what submitting means
	word  string                      // on the button of the check page
	red   bool
	act   func() error  // what desk does
	done  string        // where to go then
	then  func() string // the same, where the act decides it

	mails func() (store.MailAct, error) // what it will send, for the check page; nil for an act that mails nobody else
}

// perform runs a deed: do=check shows the answers, do=edit the form again,
// anything else acts.
func (s *Server) perform(w http.ResponseWriter, r ask, f *form, d deed) error {
	if f.Get("do") == "edit" {
		p, err := d.page(f)
		if err != nil {
			return err
		}
		return s.showForm(w, r, http.StatusOK, p, f)
	}
	err := error(nil)
	if d.look != nil {
		err = d.look()
	}
	if err == nil && f.Get("do") == "check" {
		return s.showCheck(w, r, f, d)
	}
	if err == nil {
		err = d.act()
	}
	if err == nil && d.then != nil {
		return seeOther(w, r, d.then())
	}
	if err == nil {
		return seeOther(w, r, d.done)
	}
	f.Faults = faultsOf(err) // before the page is made: its fields show their faults
	p, bad := d.page(f)
	if bad != nil {
		return bad
	}
	p.Form = f
	return s.again(w, r, "office-form", p, err)
}

// showCheck shows the answers of a deed, and the letters that it will send.
func (s *Server) showCheck(w http.ResponseWriter, r ask, f *form, d deed) error {
	p, err := d.page(f)
	if err != nil {
		return err
	}
	c := check{Action: p.Data.(formPage).Action, Lead: d.lead, Rows: d.rows(), Hidden: f.Hidden(), Button: d.word, Danger: d.red}
	if d.mails != nil && s.Letters != nil {
		act, err := d.mails()
		if err != nil {
			return err
		}
		all, err := s.Letters(r.Context(), act)
		if err != nil {
			return err
		}
		c.Mails = &all
	}
	return s.render(w, r, http.StatusOK, "check", page{Title: d.title, Crumbs: p.Crumbs, Data: c})
}

// mailing is what a deed sends that needs nothing more than the act.
func mailing(act store.MailAct) func() (store.MailAct, error) {
	return func() (store.MailAct, error) { return act, nil }
}

// always is the page of a deed that needs nothing but the form.
func always(make func(f *form) page) func(*form) (page, error) {
	return func(f *form) (page, error) { return make(f), nil }
}

func (s *Server) showForm(w http.ResponseWriter, r ask, status int, p page, f *form) error {
	p.Form = f
	return s.render(w, r, status, "office-form", p)
}

// faultsOf are the faulty fields that an error names.
func faultsOf(err error) map[string]string {
	if e, ok := errors.AsType[*campaign.Error](err); ok {
		return e.Fields
	}
	return nil
}

// renamed gives the faults of an error the names of this page's fields.
func renamed(err error, name func(key string) string) error {
	e, ok := errors.AsType[*campaign.Error](err)
	if !ok || len(e.Fields) == 0 {
		return err
	}
	c := *e
	c.Fields = make(map[string]string, len(e.Fields))
	for k, say := range e.Fields {
		c.Fields[name(k)] = say
	}
	return &c
}

// wanting refuses a form with empty fields; says maps each to what to do.
func wanting(f *form, says map[string]string) error {
	bad := map[string]string{}
	for name, say := range says {
		if strings.TrimSpace(f.Get(name)) == "" {
			bad[name] = say
		}
	}
	return wrong(bad)
}

// labelled finds the words of a chosen option.
func labelled(all []option, value string) string {
	for _, o := range all {
		if o.Value == value {
			return o.Text
		}
	}
	return value
}

// dayOf reads a day that a person typed; a faulty one stays as it is, so that
// the rules that need it say what is wrong.
func dayTyped(f *form, name string) campaign.Day { return campaign.Day(strings.TrimSpace(f.Get(name))) }

func dayWords(d campaign.Day) string {
	if _, err := campaign.ParseDay(string(d)); err != nil {
		return string(d)
	}
	return d.Chinese()
}
