package web

import (
	"errors"
	"io"
	"net/http"

	"xuanping/campaign"
	"xuanping/rubric"
)

// offlineRoutes registers what helps a reviewer over a long sheet: the draft
// that saves itself, and the sheet as a file.
func (s *Server) offlineRoutes() {
	s.handle("GET /static/review.js", sheetScript.send)
	s.handle("GET /review/{year}/{code}/sheet.xlsx", s.sheetFile)
	s.handle("POST /review/{year}/{code}/sheet", s.readSheetFile)
}

// allowScript lets the open sheet run its script and talk to the site; a
// verified paper runs another, no other page may run anything. Every sheet may frame the evidence.
func allowScript(w http.ResponseWriter, v sheetView) {
	rule := policy + "; frame-src 'self'"
	if v.Script != "" {
		rule += "; script-src 'self'; connect-src 'self'"
	}
	w.Header().Set("Content-Security-Policy", rule)
}

// autosave keeps as much of what was typed as can be read, and answers with the
// time. What cannot be read stays on the page until its writer mends it.
func (s *Server) autosave(w http.ResponseWriter, r ask, v sheetView, marks []rubric.Mark) error {
	if err := s.saveSheet(r, v, marks); err != nil {
		return err
	}
	now, err := s.Desk.Now(r.Context(), v.E.Year)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, now.In(campaign.Beijing).Format("15:04"))
	return nil
}

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// sheetFile sends the sheet as a file to fill in without a connection.
func (s *Server) sheetFile(w http.ResponseWriter, r ask) error {
	ref, err := r.ref()
	if err != nil {
		return err
	}
	data, err := s.Desk.SheetFile(r.Context(), r.Staff, ref)
	if err != nil {
		return err
	}
	return sendWorkbook(w, ref.Code, data)
}

func sendWorkbook(w http.ResponseWriter, name string, data []byte) error {
	w.Header().Set("Content-Type", xlsxType)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`.xlsx"`)
	_, _ = w.Write(data)
	return nil
}

// readSheetFile takes the filled file back: good rows go into the draft. Faulty
// ones come back in the same file, with what is wrong beside each: as an answer of
// 200, because a browser saves no file that comes with the status of an error.
func (s *Server) readSheetFile(w http.ResponseWriter, r ask) error {
	_, data, err := rosterFile(r)
	if isTooLarge(err) {
		return err
	}
	v, bad := s.sheetOf(r)
	if bad != nil {
		return bad
	}
	var back []byte
	if err == nil {
		back, err = s.Desk.TakeSheetFile(r.Context(), r.Staff, v.E.Ref(), data)
	} else {
		err = &campaign.Error{Kind: campaign.Invalid, Say: "请选择本页下载的打分表文件", Fields: map[string]string{"file": "请选择 .xlsx 文件"}}
	}
	switch {
	case err == nil && back != nil:
		return sendWorkbook(w, v.E.Code+"-faults", back)
	case err == nil:
		return seeOther(w, r, v.Action+"?done=sheet")
	}
	f := newForm()
	if d, e := s.draftMarks(r, v); e == nil {
		fillMarks(f, d)
	}
	if e, ok := errors.AsType[*campaign.Error](err); ok && len(e.Fields) == 0 && e.Kind == campaign.Invalid {
		e.Fields = map[string]string{"file": e.Say}
	}
	f.Faults = faultsOf(err)
	allowScript(w, v)
	return s.again(w, r, "review-sheet", sheetForm(v, f), err)
}

// draftMarks are those of the reviewer's draft.
func (s *Server) draftMarks(r ask, v sheetView) ([]rubric.Mark, error) {
	return s.Desk.DraftMarks(r.Context(), r.Staff, v.E.Ref())
}
