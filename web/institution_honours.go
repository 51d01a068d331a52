package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/desk"
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
	if err != nil {
		return page{}, o, err
	}
	held, err := s.pictures(r, o.Ref)
	fields := append(nominationFields(f, ownKinds()), pictureTicks(f, held)...)
	return page{Title: "荣誉与案例", Crumbs: o.crumbs(), Form: f, Data: ownHonoursView{own: o, All: all, Fields: fields}}, o, err
}

// pictures are the pictures among an institution's evidence.
func (s *Server) pictures(r ask, ref contract.Ref) ([]store.Evidence, error) {
	all, err := s.store.EvidenceOf(r.Context(), ref)
	return slices.DeleteFunc(all, func(e store.Evidence) bool { return !desk.IsPicture(e) }), err
}

// pictureTicks lets an institution choose the pictures of a case (PL-5).
func pictureTicks(f *form, held []store.Evidence) []field {
	all := make([]field, len(held))
	for i, e := range held {
		all[i] = tickField(f, pictureName(e), "案例图片："+e.Name, "已交的第 "+itoa(e.Row)+" 项证据材料。典型案例授予后用作年鉴素材，可不选")
	}
	return all
}

func pictureName(e store.Evidence) string { return "picture." + strconv.FormatInt(e.ID, 10) }

// picturesTicked reads which pictures were chosen, and their names.
func picturesTicked(f *form, held []store.Evidence) (ids []int64, names []string) {
	for _, e := range held {
		if f.Get(pictureName(e)) == "1" {
			ids, names = append(ids, e.ID), append(names, e.Name)
		}
	}
	return ids, names
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
	held, err := s.pictures(r, r.Visitor.Ref)
	if err != nil {
		return err
	}
	var named []string
	in.Pictures, named = picturesTicked(f, held)
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
		return s.checked(w, r, o, "核对提名", check{Lead: "提名由主管部门评审，公示后授予。提名与年度评价得分无关。", Rows: append(pictureRows(nominationRows(in), named), signerRows(f)), Hidden: f.Hidden(), Button: "确认提名"})
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
