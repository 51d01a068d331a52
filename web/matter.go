package web

import (
	"cmp"
	"html/template"
	"net/http"
	"strconv"
	"time"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/store"
)

// matterView is the page of one incident or of one matter to be cleared,
// template matter.html, for both sides.
type matterView struct {
	Key     string
	Tags    []string
	Notices []string // findings
	Chart   template.HTML
	Facts   [][2]string
	Steps   []stepLine
	Files   []store.ClearanceFile
	Action  string
	Act     *matterAct // the one form; nil when nothing is to do
	Gone    bool       // it is another one than was filled in
	Hint    string
	Links   []link // other acts, and pages that belong here
	Lines   []matterLine
	Done    string
}

// matterAct is the form of one act.
type matterAct struct {
	Title, Lead, Button string
	Do, Sub             string // the button's value; what follows the page's address
	Hidden              [][2]string
	Fields              []field
	Signer, File        bool
}

// matterLine is something that was done.
type matterLine struct {
	At        time.Time
	What, Who string
	Texts     []string
	Tone      string
}

// stepLine is one of the four steps of a press conference.
type stepLine struct {
	No                         int
	What, State, Who, At, Note string
}

// mattersView is a list of either, template matters.html.
type mattersView struct {
	Lead    string
	Buttons []link
	Chart   template.HTML
	Caption string
	Heads   []string
	Rows    []matterRow
	Empty   string
}

type matterRow struct {
	Href, Title, Note string
	Tags, Cells       []string
}

// numberIn reads the number of an incident or a matter from the address.
func (r ask) numberIn() (int, error) {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil || n < 1 || n > 1<<20 {
		return 0, errNoPage
	}
	return n, nil
}

// missingPage turns a record that is not there into a page that is not there.
func missingPage(err error) error {
	if campaign.KindOf(err) == campaign.NotFound {
		return errNoPage
	}
	return err
}

// hourField is a field for a date with its time.
func hourField(f *form, name, label, hint string) field {
	return makeField(f, "datetime-local", name, label, formHint("time", hint))
}

// chosen is the act that a page shows: the one asked for when it may be done, else the first.
func chosen(r ask, f *form, may []string) string {
	asked := cmp.Or(f.Get("act"), r.URL.Query().Get("act"))
	for _, a := range may {
		if a == asked {
			return a
		}
	}
	if len(may) > 0 {
		return may[0]
	}
	return ""
}

// chosenForm is chosen with the form to fill in. An act that was filled in but
// may not be done any more leaves a form of its own, so that its words do not
// stand in the next one.
func chosenForm(r ask, f *form, may []string) (act string, fill *form, gone bool) {
	act = chosen(r, f, may)
	if asked, sent := f.value("act"); sent && asked != act {
		return act, newForm(), true
	}
	return act, f, false
}

var errMoved = campaign.Fail(campaign.Conflict, "情况已有变化，不能再办理填写的这一步。填写的内容列在下面，需要的请自行留存")

// showMatter renders a matter with the form typed so far; where that form is
// gone, what is wrong with its fields can be mended by nobody.
func (s *Server) showMatter(w http.ResponseWriter, r ask, p page, err error) error {
	if err != nil {
		if isShut(p.Data) && campaign.KindOf(err) == campaign.Invalid {
			err = errMoved
		}
		return s.again(w, r, "matter", p, err)
	}
	return s.render(w, r, http.StatusOK, "matter", p)
}

// matterReceipts are those of claims, incidents and matters to be cleared.
func (k known) matterReceipts() []desk.Receipt {
	var all []desk.Receipt
	for i, e := range k.claims {
		all = append(all, desk.ClaimReceipt(e, i+1))
	}
	for _, i := range k.incidents {
		for _, a := range i.Acts {
			if a.Role == "" {
				all = append(all, desk.IncidentReceipt(i, a))
			}
		}
	}
	for _, c := range k.clearances {
		all = append(all, desk.ClearanceReceipt(c, nil))
		for _, a := range c.Acts {
			if a.Role == "" {
				all = append(all, desk.ClearanceReceipt(c, &a))
			}
		}
	}
	return all
}
