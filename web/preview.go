package web

import (
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/rubric"
	"xuanping/store"
)

// previewRoutes registers the evidence as a reviewer reads it beside the sheet.
func (s *Server) previewRoutes() {
	s.handle("GET /review/{year}/{code}/evidence/{id}/view", s.previewEvidence)
}

const pdfType = "application/pdf"

// drawn by a browser itself, and nothing that could run
var previewable = []string{pdfType, "image/png", "image/jpeg"}

// shownFile is a piece of evidence on the sheet.
type shownFile struct {
	store.Evidence
	Href string
	View string // where it is drawn; "" for what can only be saved
}

// Drawing tells whether the file is a picture.
func (f shownFile) Drawing() bool { return f.View != "" && f.Media != pdfType }

func shownFiles(all []store.Evidence, row int, base string) []shownFile {
	var out []shownFile
	for _, e := range all {
		if e.Row != row {
			continue
		}
		f := shownFile{Evidence: e, Href: base + "/evidence/" + strconv.FormatInt(e.ID, 10)}
		if slices.Contains(previewable, e.Media) {
			f.View = f.Href + "/view"
		}
		out = append(out, f)
	}
	return out
}

// previewEvidence shows a picture or a PDF inside the sheet. What is inside it
// can neither run nor load anything, and no other site can frame it. A PDF goes
// without sandbox, in which no browser draws one.
func (s *Server) previewEvidence(w http.ResponseWriter, r ask) error {
	ref, err := s.mayRead(r)
	if err != nil {
		return err
	}
	e, f, err := s.evidenceFile(r, ref)
	if err != nil {
		return err
	}
	defer f.Close()
	start := make([]byte, 512)
	n, err := io.ReadFull(f, start)
	if err != nil && err != io.ErrUnexpectedEOF {
		return err
	}
	if !slices.Contains(previewable, e.Media) || http.DetectContentType(start[:n]) != e.Media {
		return errNoPage
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", e.Media)
	fileHeaders(h, e.Name, true)
	h.Set("Content-Security-Policy", previewPolicy(e.Media))
	h.Set("X-Frame-Options", "SAMEORIGIN")
	http.ServeContent(w, r.Request, "", e.At, f)
	return nil
}

// previewPolicy: the viewer of a PDF is a page of the browser's own with an
// embedded object and styles, under the policy of the file.
func previewPolicy(media string) string {
	const rule = "default-src 'none'; script-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
	if media == pdfType {
		return rule + "; object-src 'self'; style-src 'unsafe-inline'"
	}
	return rule + "; sandbox"
}

// evidenceFile opens a file of the given institution's year.
func (s *Server) evidenceFile(r ask, ref contract.Ref) (store.Evidence, *os.File, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return store.Evidence{}, nil, errNoPage
	}
	e, err := s.store.OneEvidence(r.Context(), ref, id)
	if err != nil {
		if campaign.KindOf(err) == campaign.NotFound {
			err = errNoPage
		}
		return e, nil, err
	}
	f, err := s.Desk.Given(r.Context(), e.Digest)
	return e, f, err
}

// progress is how far a reviewer has come: rows with points, and their sum.
type progress struct {
	Done, All int
	Sum       rubric.Points
	Most      rubric.Points
}

// Percent is the part that is done.
func (p progress) Percent() int {
	if p.All == 0 {
		return 0
	}
	return 100 * p.Done / p.All
}

// progressOf counts the rows that have points in the form.
func progressOf(v sheetView, f *form) progress {
	p := progress{All: len(v.Rows)}
	for i, x := range v.Rows {
		p.Most += x.Row.Max
		points, err := rubric.ParsePoints(f.Get("points-" + itoa(x.Row.No)))
		if x.Mark != nil {
			points, err = x.Mark.Points, nil
		}
		if err == nil {
			p.Done, p.Sum, v.Rows[i].Given = p.Done+1, p.Sum+points, true
		}
	}
	return p
}
