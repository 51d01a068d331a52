package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/desk"
	"xuanping/store"
)

// institutionRoutes registers the pages behind the link in a letter.
func (s *Server) institutionRoutes() {
	const own = "/i/{year}/{code}"
	s.handle("GET "+own, s.ownDesk)
	s.handle("GET "+own+"/plan", s.planPage)
	s.handle("POST "+own+"/plan", s.planPost)
	s.handle("GET "+own+"/evidence", s.evidencePage)
	s.handle("POST "+own+"/evidence", s.evidencePost)
	s.handle("GET "+own+"/evidence/{id}", s.ownEvidence)
	s.handle("GET "+own+"/self-score", s.selfScorePage)
	s.handle("POST "+own+"/self-score", s.selfScorePost)
	s.handle("GET "+own+"/result", s.resultPage)
	s.handle("GET "+own+"/appeal", s.appealPage)
	s.handle("POST "+own+"/appeal", s.appealPost)
	s.handle("GET "+own+"/warning", s.ownCasePage)
	s.handle("POST "+own+"/warning", s.ownCasePost)
	s.handle("GET "+own+"/warning/evidence", s.ownFiles(store.AboutRectification))
	s.handle("POST "+own+"/warning/evidence", s.attach(store.AboutRectification))
	s.handle("GET "+own+"/warning/statement", s.ownFiles(store.AboutReply))
	s.handle("POST "+own+"/warning/statement", s.attach(store.AboutReply))
	s.handle("GET "+own+"/appeal/evidence", s.ownFiles(store.AboutAppeal))
	s.handle("POST "+own+"/appeal/evidence", s.attach(store.AboutAppeal))
	s.handle("GET "+own+"/files/{n}", s.ownFile)
	s.handle("GET "+own+"/events", s.ownEventsPage)
	s.handle("POST "+own+"/events", s.ownEventsPost)
	s.handle("GET "+own+"/papers/{verify}", s.ownPaper)
	s.handle("GET "+own+"/extensions", s.askPage)
	s.handle("POST "+own+"/extensions", s.askPost)
	s.claimRoutes()
}

// own is an institution's year as all its pages know it.
type own struct {
	Ref      contract.Ref
	Entry    store.Entry
	Campaign store.Campaign
	Now      time.Time
	Act      bool // the link may act, not only look
	Path     string
}

// Today is the day on the campaign's clock.
func (o own) Today() campaign.Day { return campaign.DayOf(o.Now) }

// crumbs lead back to the desk page.
func (o own) crumbs() []link { return []link{{Href: o.Path, Text: o.Entry.Name}} }

func (s *Server) own(r ask) (own, error) {
	ref := r.Visitor.Ref
	c, err := s.campaign(r.Context(), ref.Year)
	if err != nil {
		return own{}, err
	}
	e, err := s.store.Entry(r.Context(), ref)
	return own{ref, e, c, c.Now(s.Desk.Clock()), r.Visitor.Act, "/i/" + ref.ID()}, err
}

// signer reads who acts.
func signer(f *form) desk.Signer {
	return desk.Signer{Name: f.Get("name"), Post: f.Get("post"), Robot: f.Get(trap) != ""}
}

// trap is a field of every form that no person sees or reaches: a mail gateway
// that fills in whatever it finds gives itself away (S1a).
const trap = "website"

// signerFaults names a missing person before the answers are checked.
func signerFaults(f *form, faults map[string]string) {
	if f.Get(trap) != "" {
		faults["name"] = desk.ByRobot
	}
	for k, label := range map[string]string{"name": "姓名", "post": "职务"} {
		if strings.TrimSpace(f.Get(k)) == "" {
			faults[k] = "请填写经办人" + label
		}
	}
}

// wrong makes the error that shows a form again; nil when nothing is wrong.
func wrong(faults map[string]string) error {
	if len(faults) == 0 {
		return nil
	}
	return &campaign.Error{Kind: campaign.Invalid, Say: fmt.Sprintf("有 %d 处需要修改，填写的内容已保留", len(faults)), Fields: faults}
}

// signerRows are the signer's lines of a check page.
func signerRows(f *form) [2]string {
	return [2]string{"经办人", f.Get("name") + "（" + f.Get("post") + "）"}
}

// received shows the receipt of an act, and whether it goes by mail too; next is what may follow.
func (s *Server) received(w http.ResponseWriter, r ask, o own, rec desk.Receipt, next ...link) error {
	mailed, err := s.Desk.ReceiptMailed(r.Context(), rec)
	if err != nil {
		return err
	}
	data := map[string]any{"Receipt": rec, "Own": o, "Mailed": mailed}
	if len(next) > 0 {
		data["Next"] = next[0]
	}
	return s.render(w, r, http.StatusOK, "received", page{Title: "提交成功", Crumbs: o.crumbs(), Data: data})
}

// checked shows the answers once more before an act with effect.
func (s *Server) checked(w http.ResponseWriter, r ask, o own, title string, c check) error {
	c.Action, c.Trap = r.URL.Path, true
	return s.render(w, r, http.StatusOK, "check", page{Title: title, Crumbs: o.crumbs(), Data: c})
}

// deskView is an institution's whole year on one page.
type deskView struct {
	own
	Track    []stageMark
	Tasks    []taskLine
	Receipts []desk.Receipt
	Papers   []store.Paper
	Lacking  []checkLine
	Planned  plannedView
	History  []line
	Asks     store.Staff
	Until    time.Time
	Merged   []campaign.Named // those that this institution carries on
}

// stageMark is a stop of the stage track.
type stageMark struct{ Name, Class string }

func track(at campaign.Stage) []stageMark {
	var all []stageMark
	class := "done"
	for _, st := range campaign.Stages() {
		switch {
		case st == campaign.Left:
			continue
		case st == at:
			all, class = append(all, stageMark{st.Chinese(), "now"}), ""
			continue
		}
		all = append(all, stageMark{st.Chinese(), class})
	}
	return all
}

func (s *Server) ownDesk(w http.ResponseWriter, r ask) error {
	o, err := s.own(r)
	if err != nil {
		return err
	}
	v := deskView{own: o, Until: r.Visitor.Until}
	if o.Entry.Stage != campaign.Left {
		v.Track = track(o.Entry.Stage)
	}
	k, err := s.known(r.Context(), o)
	if err != nil {
		return err
	}
	first, rest, err := s.openTasks(r.Context(), k)
	if err != nil {
		return err
	}
	v.Tasks, v.Receipts, v.Merged = slices.Concat(first, k.tasks(), rest), k.receipts(), k.asked.Merged
	book, err := s.checkBook(r.Context(), o.Ref, o.Today(), o.Campaign.Rules.Calendar)
	if err != nil {
		return err
	}
	v.Lacking = lacking(checkLines(book.checklist(), o.Path))
	if v.Planned, err = s.viewPlanned(r.Context(), book, k.plans, o.Path, k.registersOpen()); err != nil {
		return err
	}
	leaves, err := s.store.Leaves(r.Context(), o.Ref)
	if err != nil {
		return err
	}
	v.Receipts = append(v.Receipts, registerReceipts(o.Ref.ID(), leaves)...)
	papers, err := s.store.Papers(r.Context(), o.Ref)
	if err != nil {
		return err
	}
	v.Papers = handed(papers, leaves)
	v.History = timelineLines(leaves)
	slices.Reverse(v.History)
	if p, err := s.store.Liaison(r.Context(), o.Ref); err == nil { // PL-10
		v.Asks = p
	} else if p, err := s.store.Staff(r.Context(), o.Campaign.CreatedBy); err == nil && p.Active {
		v.Asks = p
	}
	return s.render(w, r, http.StatusOK, "desk", page{Title: o.Entry.Name, Wide: true, Data: v})
}

// ownPaper shows a paper of the institution, once it may have it.
func (s *Server) ownPaper(w http.ResponseWriter, r ask) error {
	leaves, err := s.store.Leaves(r.Context(), r.Visitor.Ref)
	if err != nil {
		return err
	}
	p, err := s.findPaper(r, r.PathValue("verify"))
	if err == nil && !reached(leaves).hands(p.Kind) {
		return errNoPage
	}
	return s.sendPaper(w, r, r.Visitor.Ref, r.PathValue("verify"))
}

// sendPaper sends a paper of the given institution's year as a PDF.
func (s *Server) sendPaper(w http.ResponseWriter, r ask, ref contract.Ref, verify string) error {
	head, err := s.findPaper(r, verify)
	if err != nil {
		if campaign.KindOf(err) == campaign.NotFound {
			return errNoPage
		}
		return err
	}
	if head.Year != ref.Year || head.Code != ref.Code {
		return errNoPage
	}
	p, err := s.store.PaperByKey(r.Context(), head.Key)
	if err != nil {
		return err
	}
	name := p.Kind.Chinese() + ".pdf"
	if p.Number != "" {
		name = p.Kind.Chinese() + " " + p.Number + ".pdf"
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Length", strconv.Itoa(len(p.PDF)))
	fileHeaders(w.Header(), name, true)
	_, _ = w.Write(p.PDF)
	return nil
}

// sendEvidence sends a file of the given institution's year, to be saved.
func (s *Server) sendEvidence(w http.ResponseWriter, r ask, ref contract.Ref) error {
	e, f, err := s.evidenceFile(r, ref)
	if err != nil {
		return err
	}
	defer f.Close()
	w.Header().Set("Content-Type", e.Media)
	fileHeaders(w.Header(), e.Name, false)
	http.ServeContent(w, r.Request, "", e.At, f)
	return nil
}
