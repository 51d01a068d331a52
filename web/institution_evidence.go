package web

import (
	"errors"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/store"
)

// evidenceOrder is the order of the fields, which stand before the file so
// that they are known when its bytes arrive.
var evidenceOrder = []string{"row", "own", "note", "declared", "name", "post", "file"}

// evidenceView is the list of what was handed in, by row, and the form.
type evidenceView struct {
	own
	Open    bool
	Due     campaign.Day
	Rows    []fileRow
	Missing string
	Used    int64
	Receipt *desk.Receipt
	Options []option
	Kinds   string
	Checks  map[string]string // what the scanner says of files, by digest; clean ones are not in it
	Also    map[int64]string  // files: other rows in which their activity stands (AN-6)
}

type fileRow struct {
	No    int
	Title string
	Files []store.Evidence
	Regs  []link // registers that serve the row
}

func (s *Server) evidenceShow(r ask, f *form) (page, own, error) {
	o, err := s.own(r)
	if err != nil {
		return page{}, o, err
	}
	k, err := s.known(r.Context(), o)
	if err != nil {
		return page{}, o, err
	}
	v := evidenceView{own: o, Due: k.due(campaign.EvidenceTask), Kinds: desk.Kinds}
	v.Open = o.Act && k.at(campaign.Planning, campaign.Collecting) && o.Now.Before(v.Due.End())
	if len(k.missing) > 0 && len(k.missing) < 14 {
		v.Missing = rowList(k.missing)
	}
	for _, row := range s.Desk.Table.Rows {
		if row.No > 14 {
			continue
		}
		line := fileRow{No: row.No, Title: row.Title}
		for _, e := range k.evidence {
			if e.Row == row.No {
				line.Files, v.Used = append(line.Files, e), v.Used+e.Size
			}
		}
		for _, reg := range campaign.KnownRegisters().ForRow(row.No) {
			line.Regs = append(line.Regs, link{Href: o.Path + "/registers/" + reg.ID, Text: reg.Title})
		}
		v.Rows = append(v.Rows, line)
		v.Options = append(v.Options, option{Value: strconv.Itoa(row.No), Text: strconv.Itoa(row.No) + ". " + row.Title})
	}
	if v.Checks, err = s.fileChecks(r.Context(), o.Ref, k.evidence); err != nil {
		return page{}, o, err
	}
	events, err := s.store.Events(r.Context(), o.Ref)
	if err != nil {
		return page{}, o, err
	}
	if v.Also, err = s.alsoUsed(r, k.evidence, events); err != nil {
		return page{}, o, err
	}
	for _, rec := range k.receipts() {
		if id := r.URL.Query().Get("receipt"); id != "" && rec.Number == o.Ref.ID()+"/evidence/"+id {
			v.Receipt = &rec
		}
	}
	if f == nil {
		f = newForm(evidenceOrder...).Set("row", r.URL.Query().Get("row"))
	}
	return page{Title: campaign.EvidenceTask.Chinese(), Crumbs: o.crumbs(), Form: f, Data: v}, o, nil
}

func (s *Server) evidencePage(w http.ResponseWriter, r ask) error {
	p, _, err := s.evidenceShow(r, nil)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "evidence", p)
}

// evidencePost reads the form as it arrives; the file goes to disk without
// being held in memory.
func (s *Server) evidencePost(w http.ResponseWriter, r ask) error {
	f := newForm(evidenceOrder...)
	rec, err := takeFile(r, f, s.addFile, noFile)
	if err != nil {
		drain(w, r)
		err = again413(r, err, "file", errTooLarge.Say)
		p, _, e := s.evidenceShow(r, f)
		if e != nil {
			return e
		}
		return s.again(w, r, "evidence", p, err)
	}
	id := rec.Number[strings.LastIndexByte(rec.Number, '/')+1:]
	http.Redirect(w, r.Request, r.URL.Path+"?receipt="+id, http.StatusSeeOther)
	return nil
}

// takeFile reads the fields of an upload and hands its file on as it arrives;
// none names what is missing when there is no file.
func takeFile(r ask, f *form, add func(ask, *form, *multipart.Part) (desk.Receipt, error), none func(*form) error) (desk.Receipt, error) {
	unread := func(err error) error {
		if isTooLarge(err) {
			return err
		}
		return &campaign.Error{Kind: campaign.Invalid, Say: "上传中断或表单无法读取，请重新上传", Err: err}
	}
	if !withFile(r.Request) { // posted again from a page of failure, which keeps no file
		typed, err := readForm(r)
		if err != nil {
			return desk.Receipt{}, err
		}
		maps.Copy(f.Values, typed.Values)
		return desk.Receipt{}, none(f)
	}
	r.PostForm = url.Values{}
	parts, err := r.MultipartReader()
	if err != nil {
		return desk.Receipt{}, unread(err)
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return desk.Receipt{}, none(f)
		}
		if err != nil {
			return desk.Receipt{}, unread(err)
		}
		if part.FormName() == "file" {
			if part.FileName() == "" {
				return desk.Receipt{}, none(f)
			}
			if over(r) {
				return desk.Receipt{}, errTooLarge // before its bytes go to disk
			}
			return add(r, f, part)
		}
		b, err := io.ReadAll(io.LimitReader(part, 8<<10))
		if err != nil {
			return desk.Receipt{}, unread(err)
		}
		f.Set(part.FormName(), plain(string(b)))
		r.PostForm.Set(part.FormName(), string(b))
	}
}

func (s *Server) addFile(r ask, f *form, part *multipart.Part) (desk.Receipt, error) {
	row, _ := strconv.Atoi(f.Get("row")) // desk refuses 0
	return s.Desk.AddEvidence(r.Context(), r.Visitor, desk.Upload{Row: row, Name: part.FileName(), Note: f.Get("note"), Own: campaign.Day(strings.TrimSpace(f.Get("own"))), NoState: f.Get("declared") == "1", File: part}, signer(f))
}

// noFile names everything that is missing beside the file.
func noFile(f *form) error {
	faults := map[string]string{"file": "请选择要上传的文件"}
	if n, _ := strconv.Atoi(f.Get("row")); n < 1 || n > 14 {
		faults["row"] = "请选择对应的指标（1 至 14 项）"
	}
	if f.Get("declared") != "1" {
		faults["declared"] = "请先勾选保密声明（第五条）"
	}
	signerFaults(f, faults)
	return wrong(faults)
}

func (s *Server) ownEvidence(w http.ResponseWriter, r ask) error {
	return s.sendEvidence(w, r, r.Visitor.Ref)
}
