package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"xuanping/audit"
	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// proofRoutes registers the inclusion proofs (账本证明): of a result for the
// institution itself and for the office, of his own sheet for a reviewer. The
// file is what starter ledger prove prints, and ledger check-proof checks it.
func (s *Server) proofRoutes() {
	for at, of := range map[string]func(ask) (proofView, error){
		"/i/{year}/{code}/proof": s.ownProof, "/office/{year}/i/{code}/proof": s.officeProof, "/review/{year}/{code}/proof": s.sheetProof,
	} {
		s.handle("GET "+at, func(w http.ResponseWriter, r ask) error {
			v, err := of(r)
			if err != nil {
				return err
			}
			return s.render(w, r, http.StatusOK, "proof", page{Title: "账本证明", Crumbs: v.crumbs, Data: v})
		})
		s.handle("GET "+at+".json", func(w http.ResponseWriter, r ask) error {
			v, err := of(r)
			if err != nil {
				return err
			}
			w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="proof-%d.json"`, v.P.Index))
			return raw(w, "application/json; charset=utf-8", []byte(v.Text))
		})
	}
}

// proofView is the proof of one record as a page.
type proofView struct {
	P              audit.Proof
	Of, Text, File string // the record in words, the file's text and address
	Key            string
	crumbs         []link
}

// provenIn finds the newest record of a reference that is the one meant, and
// proves it against the newest signed head.
func (s *Server) provenIn(r ask, ref contract.Ref, kind string, meant func(record) bool) (proofView, error) {
	leaves, err := s.store.Leaves(r.Context(), ref)
	if err != nil {
		return proofView{}, err
	}
	for _, l := range slices.Backward(leaves) {
		if l.Kind == kind && meant(parseRecord(l)) {
			return s.proven(r, l)
		}
	}
	return proofView{}, errNoPage
}

func (s *Server) proven(r ask, l store.Leaf) (proofView, error) {
	p, err := audit.Prove(r.Context(), s.store.Reader, l.Idx)
	if err != nil {
		return proofView{}, err
	}
	text, err := p.Text()
	return proofView{P: p, Text: string(text), File: strings.TrimSuffix(r.URL.Path, ".json") + ".json", Key: s.LedgerKey}, err
}

// resultProof is the proof of a version of a result; 0 is the newest.
func (s *Server) resultProof(r ask, ref contract.Ref, name string, version int) (proofView, error) {
	v, err := s.provenIn(r, ref, "result", func(x record) bool { return version == 0 || x.Body.Version == version })
	if version > 0 {
		v.File += "?version=" + itoa(version)
		name += "　结果第 " + itoa(version) + " 版"
	}
	v.Of = itoa(ref.Year) + " 年度　" + name
	return v, err
}

func (s *Server) ownProof(r ask) (proofView, error) {
	o, version, _, err := s.ownVersion(r)
	if err != nil {
		return proofView{}, err
	}
	v, err := s.resultProof(r, o.Ref, o.Entry.Name, version)
	v.crumbs = append(o.crumbs(), link{Href: o.Path + "/receipt?version=" + itoa(version), Text: "得分依据"})
	return v, err
}

func (s *Server) officeProof(r ask) (proofView, error) {
	_, e, err := s.about(r)
	if err != nil {
		return proofView{}, err
	}
	if at := r.URL.Query().Get("index"); at != "" {
		return s.recordProof(r, e, at)
	}
	if !servedYet(e.Stage) {
		return proofView{}, campaign.Fail(campaign.Conflict, "结果告知机构以后，才能查看账本证明")
	}
	v, err := s.resultProof(r, e.Ref(), e.Name, versionAsked(r))
	v.crumbs = officeCrumbs(yearCrumb(e.Year), link{Href: entryPath(e.Ref()), Text: e.Name}, link{Href: entryPath(e.Ref(), "receipt"), Text: "得分依据"})
	return v, err
}

// recordProof is any record of the institution's year, as its timeline lists them.
func (s *Server) recordProof(r ask, e store.Entry, at string) (proofView, error) {
	leaves, err := s.store.Leaves(r.Context(), e.Ref())
	if err != nil {
		return proofView{}, err
	}
	for _, l := range told(leaves, e.Stage) {
		if at != strconv.FormatInt(l.Idx, 10) {
			continue
		}
		v, err := s.proven(r, l)
		v.File += "?index=" + at
		v.Of = itoa(e.Year) + " 年度　" + e.Name + "　账本第 " + at + " 条"
		v.crumbs = append(entryCrumbs(e), link{Href: entryPath(e.Ref(), "timeline"), Text: "年度时间线"})
		return v, err
	}
	return proofView{}, errNoPage
}

// sheetProof is a reviewer's own sheet; nobody else's can be asked for.
func (s *Server) sheetProof(r ask) (proofView, error) {
	_, e, err := s.about(r)
	if err != nil {
		return proofView{}, err
	}
	v, err := s.provenIn(r, e.Ref(), "sheet", func(x record) bool { return x.Body.Reviewer == r.Staff.ID })
	v.Of = itoa(e.Year) + " 年度　" + e.Name + "　本人的打分表"
	v.crumbs = []link{{Href: "/review", Text: "评审任务"}, {Href: "/review/" + e.Ref().ID(), Text: e.Name}}
	return v, err
}
