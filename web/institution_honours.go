package web

import (
	"net/http"
	"slices"
	"strings"

	"xuanping/campaign"
	"xuanping/store"
)

// ownHonoursView is the institution's page of its nominations.
type ownHonoursView struct {
	own
	All    []honourLine
	Fields []field
}

func (v ownHonoursView) shut() bool { return !v.Act }

// ownKinds are what an institution may nominate: a case that warns is the regulator's.
func ownKinds() []campaign.HonourKind {
	return slices.DeleteFunc(campaign.HonourKinds(), func(k campaign.HonourKind) bool { return k == campaign.WarningCase })
}

func (s *Server) ownHonoursShow(r ask, f *form) (page, own, error) {
	o, err := s.own(r)
	if err != nil {
		return page{}, o, err
	}
	all, err := s.officeLines(r, o.Campaign, func(h store.Honour) bool {
		return h.Code == o.Ref.Code && (h.Source == "institution" || h.Awarded() != nil) && h.Kind != campaign.WarningCase
	})
	return page{Title: "荣誉与案例", Crumbs: o.crumbs(), Form: f, Data: ownHonoursView{own: o, All: all, Fields: nominationFields(f, ownKinds())}}, o, err
}

func (s *Server) ownHonours(w http.ResponseWriter, r ask) error {
	p, _, err := s.ownHonoursShow(r, newForm())
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "own-honours", p)
}

func (s *Server) nominateOwn(w http.ResponseWriter, r ask) error {
	f, err := readForm(r, "kind", "holder", "title", "text", "name", "post")
	if err != nil {
		return err
	}
	in, faults := readNomination(f), map[string]string{}
	in.Code = ""
	for k, say := range nominationWords {
		if strings.TrimSpace(f.Get(k)) == "" {
			faults[k] = say
		}
	}
	signerFaults(f, faults)
	if f.Get("do") != "edit" {
		f.Faults = faults
	}
	p, o, err := s.ownHonoursShow(r, f)
	if err != nil {
		return err
	}
	if f.Get("do") == "edit" {
		return s.render(w, r, http.StatusOK, "own-honours", p)
	}
	if err := wrong(faults); err != nil {
		return s.again(w, r, "own-honours", p, err)
	}
	if f.Get("do") == "check" {
		return s.checked(w, r, o, "核对提名", check{Lead: "提名由主管部门评审，公示后授予。提名与年度评价得分无关。", Rows: append(nominationRows(in), signerRows(f)), Hidden: f.Hidden(), Button: "确认提名"})
	}
	rec, err := s.Desk.NominateByInstitution(r.Context(), r.Visitor, in, signer(f))
	if err != nil {
		f.Faults = faultsOf(err)
		if p, _, e := s.ownHonoursShow(r, f); e == nil {
			return s.again(w, r, "own-honours", p, err)
		}
		return err
	}
	return s.received(w, r, o, rec)
}
