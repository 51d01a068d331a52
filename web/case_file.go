package web

import (
	"io"
	"mime/multipart"
	"net/http"
	"strconv"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/desk"
	"xuanping/store"
)

// ownCaseFile takes a file with the rectification (RW-6).
func (s *Server) ownCaseFile(w http.ResponseWriter, r ask) error {
	return s.attach(w, r, store.AboutRectification, "warning", func(f *form) (page, error) {
		p, _, err := s.caseShow(r, f)
		return p, err
	})
}

// ownAppealFile takes new evidence with one row of an appeal (AP-1).
func (s *Server) ownAppealFile(w http.ResponseWriter, r ask) error {
	return s.attach(w, r, store.AboutAppeal, "appeal", func(f *form) (page, error) {
		p, _, err := s.appealShow(r, f)
		return p, err
	})
}

// attach reads an upload as it arrives and leads back to the page it belongs
// to, which shows what was typed when the file could not be taken.
func (s *Server) attach(w http.ResponseWriter, r ask, about, name string, show func(*form) (page, error)) error {
	f := newForm("row", "file", "note", "declared", "name", "post")
	add := func(r ask, f *form, part *multipart.Part) (desk.Receipt, error) {
		row, _ := strconv.Atoi(f.Get("row")) // desk refuses 0 where a row is needed
		u := desk.Upload{Row: row, Name: part.FileName(), Note: f.Get("note"), NoState: f.Get("declared") == "1", File: part}
		return s.Desk.AddCaseFile(r.Context(), r.Visitor, about, u, signer(f))
	}
	none := func(f *form) error {
		faults := map[string]string{"file": "请选择要上传的文件"}
		if f.Get("declared") != "1" {
			faults["declared"] = "请先勾选保密声明（第五条）"
		}
		signerFaults(f, faults)
		return wrong(faults)
	}
	rec, err := takeFile(r, f, add, none)
	if err != nil {
		if isTooLarge(err) {
			w.Header().Set("Connection", "close")
			return errTooLarge
		}
		_, _ = io.Copy(io.Discard, r.Body) // a browser that is still sending would not read the answer; the limit holds
		p, e := show(f)
		if e != nil {
			return e
		}
		return s.again(w, r, name, p, err)
	}
	o, err := s.own(r)
	if err != nil {
		return err
	}
	return s.received(w, r, o, rec)
}

func (s *Server) ownFile(w http.ResponseWriter, r ask) error {
	return s.sendFile(w, r, r.Visitor.Ref, "")
}

// officeFile shows the office what came with a rectification.
func (s *Server) officeFile(w http.ResponseWriter, r ask) error {
	ref, err := r.ref()
	if err != nil {
		return err
	}
	return s.sendFile(w, r, ref, store.AboutRectification)
}

// appealFile shows the decider what came with an appeal.
func (s *Server) appealFile(w http.ResponseWriter, r ask) error {
	ref, err := r.ref()
	if err != nil {
		return err
	}
	if err := s.Desk.Decides(r.Context(), r.Staff, ref); err != nil {
		return err
	}
	return s.sendFile(w, r, ref, store.AboutAppeal)
}

// sendFile sends a case file of an institution; about limits the kind.
func (s *Server) sendFile(w http.ResponseWriter, r ask, ref contract.Ref, about string) error {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil {
		return errNoPage
	}
	c, err := s.store.CaseFile(r.Context(), ref, n)
	if campaign.KindOf(err) == campaign.NotFound && err != nil || err == nil && about != "" && c.About != about {
		return errNoPage
	}
	if err != nil {
		return err
	}
	f, err := s.Desk.Blobs.Open(c.Digest)
	if err != nil {
		return err
	}
	defer f.Close()
	w.Header().Set("Content-Type", c.Media)
	fileHeaders(w.Header(), c.Name, false)
	http.ServeContent(w, r.Request, "", c.At, f)
	return nil
}
