package web

import (
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"xuanping/audit"
	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/rubric"
)

// receiptRoutes registers a total opened into its tree (得分依据), for the
// institution itself and for the office; both may take the receipt away.
func (s *Server) receiptRoutes() {
	s.handle("GET /i/{year}/{code}/receipt", s.ownReceiptPage)
	s.handle("GET /i/{year}/{code}/receipt.json", s.ownReceiptFile)
	s.handle("GET /office/{year}/i/{code}/receipt", s.officeReceiptPage)
	s.handle("GET /office/{year}/i/{code}/receipt.json", s.officeReceiptFile)
	s.proofRoutes()
}

// receiptView is a score receipt as a page.
type receiptView struct {
	R        rubric.Receipt
	Name     string
	Rows     []receiptRow
	Versions []link
	File     string
	Proof    string            // the page that shows the result in the ledger
	Readings map[string]string // id to words
}

type receiptRow struct {
	rubric.ReceiptRow
	Bar    template.HTML
	Minus  bool
	Events []receiptEvent
}

// receiptEvent is an event with the rule that counted or dropped it in words.
type receiptEvent struct {
	rubric.ReceiptEvent
	Words string
}

func (s *Server) viewReceipt(r rubric.Receipt, name, path string, versions int) receiptView {
	v := receiptView{R: r, Name: name, File: path + ".json?version=" + itoa(r.Version), Proof: strings.TrimSuffix(path, "receipt") + "proof?version=" + itoa(r.Version), Readings: map[string]string{}}
	for _, row := range r.Rows {
		t, _ := s.Desk.Table.Row(row.Row)
		minus := t.Kind() == rubric.Deduction
		x := receiptRow{ReceiptRow: row, Minus: minus, Bar: bar(rubric.Points(row.Points), rubric.Points(row.Max), minus)}
		for _, e := range row.Events {
			x.Events = append(x.Events, receiptEvent{e, rubric.RuleText(e.Rule)})
		}
		v.Rows = append(v.Rows, x)
	}
	for _, one := range r.Readings {
		v.Readings[one.ID] = one.Words()
	}
	for n := 1; n <= versions && versions > 1; n++ {
		v.Versions = append(v.Versions, link{Href: path + "?version=" + itoa(n), Text: "第 " + itoa(n) + " 版", Here: n == r.Version})
	}
	return v
}

// versionAsked reads the wished version; 0 is the newest.
func versionAsked(r ask) int {
	n, err := strconv.Atoi(r.URL.Query().Get("version"))
	if err != nil || n < 1 {
		return 0
	}
	return n
}

// officeReceipt opens a result once it has been served: before that nobody
// weighs sheets against each other.
func (s *Server) officeReceipt(r ask) (rubric.Receipt, string, int, error) {
	_, e, err := s.about(r)
	if err != nil {
		return rubric.Receipt{}, "", 0, err
	}
	if !servedYet(e.Stage) {
		return rubric.Receipt{}, "", 0, campaign.Fail(campaign.Conflict, "结果告知机构以后，才能查看得分依据")
	}
	all, err := s.store.Results(r.Context(), e.Ref())
	if err != nil {
		return rubric.Receipt{}, "", 0, err
	}
	out, err := audit.Explain(r.Context(), s.store.Reader, s.Desk.Table, e.Ref(), versionAsked(r))
	return out, e.Name, len(all), err
}

func (s *Server) officeReceiptPage(w http.ResponseWriter, r ask) error {
	out, name, versions, err := s.officeReceipt(r)
	if err != nil {
		return err
	}
	ref := contract.Ref{Year: out.Year, Code: out.Institution}
	return s.render(w, r, http.StatusOK, "receipt", page{Title: "得分依据", Wide: true, Crumbs: officeCrumbs(yearCrumb(out.Year), link{Href: entryPath(ref), Text: name}),
		Data: s.viewReceipt(out, name, entryPath(ref, "receipt"), versions)})
}

func (s *Server) officeReceiptFile(w http.ResponseWriter, r ask) error {
	out, _, _, err := s.officeReceipt(r)
	if err != nil {
		return err
	}
	return sendReceipt(w, out)
}

// ownReceipt is the institution's own: its served version, or any once the
// result is final; what is still looked into is not in it.
func (s *Server) ownReceipt(r ask) (rubric.Receipt, own, int, error) {
	o, version, newest, err := s.ownVersion(r)
	if err != nil {
		return rubric.Receipt{}, o, 0, err
	}
	out, err := audit.ExplainTold(r.Context(), s.store.Reader, s.Desk.Table, o.Ref, version)
	if err != nil && campaign.KindOf(err) == campaign.Conflict {
		s.Log.Error("receipt differs from the result", "year", o.Ref.Year, "code", o.Ref.Code, "version", version)
		err = campaign.Fail(campaign.Conflict, "得分依据与存档不一致，正在核对，请与经办人员联系")
	}
	return out, o, newest, err
}

// ownVersion is the version of its result that an institution asks for, of those
// that it has been told.
func (s *Server) ownVersion(r ask) (o own, version, newest int, err error) {
	if o, err = s.own(r); err != nil {
		return o, 0, 0, err
	}
	res, served, err := s.ownResult(r, o)
	if err != nil {
		return o, 0, 0, err
	}
	if !served {
		return o, 0, 0, campaign.Fail(campaign.Conflict, "结果尚未告知。告知后，可以在此查看得分依据")
	}
	if version = versionAsked(r); version == 0 || version > res.Version {
		version = res.Version
	}
	return o, version, res.Version, nil
}

func (s *Server) ownReceiptPage(w http.ResponseWriter, r ask) error {
	out, o, versions, err := s.ownReceipt(r)
	if err != nil {
		return err
	}
	crumbs := append(o.crumbs(), link{Href: o.Path + "/result", Text: "评价结果"})
	return s.render(w, r, http.StatusOK, "receipt", page{Title: "得分依据", Crumbs: crumbs, Wide: true, Data: s.viewReceipt(out, o.Entry.Name, o.Path+"/receipt", versions)})
}

func (s *Server) ownReceiptFile(w http.ResponseWriter, r ask) error {
	out, _, _, err := s.ownReceipt(r)
	if err != nil {
		return err
	}
	return sendReceipt(w, out)
}

func sendReceipt(w http.ResponseWriter, r rubric.Receipt) error {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="receipt-`+itoa(r.Year)+"-"+r.Institution+"-v"+itoa(r.Version)+`.json"`)
	_, _ = w.Write(r.JSON()) // a reader who went away is no fault of ours
	return nil
}
