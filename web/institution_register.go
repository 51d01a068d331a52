package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"io"

	"xuanping/campaign"
	"xuanping/desk"
)

// registerRoutes registers the pages of the registers for an institution: all
// of them are drawn from the schema.
func (s *Server) registerRoutes() {
	const own = " /i/{year}/{code}"
	s.handle("GET"+own+"/registers", s.registersPage)
	s.handle("GET"+own+"/registers/{register}", s.registerPage)
	s.handle("POST"+own+"/registers/{register}", s.registerPost)
	s.handle("POST"+own+"/registers/{register}/import", s.registerImport)
	s.handle("POST"+own+"/registers/{register}/carry", s.registerCarry)
	s.handle("GET"+own+"/registers/{register}/table", s.ownRegisterTable)
	s.handle("GET"+own+"/register-files/{digest}", s.ownRegisterFile)
}

// checkLine is a line of the checklist with its page.
type checkLine struct {
	campaign.CheckItem
	Href, State string
	Parts       string // what is missing, when it is not the whole
}

func checkLines(all []campaign.CheckItem, base string) []checkLine {
	out := make([]checkLine, len(all))
	for i, x := range all {
		out[i] = checkLine{CheckItem: x, Href: base + "/registers/" + x.Register.ID}
		if len(x.Missing) != 1 || x.Missing[0] != x.Register.Title {
			out[i].Parts = strings.Join(x.Missing, "、")
		}
		switch {
		case x.Carry:
			out[i].State = "待确认"
		case !x.Filed:
			out[i].State = taskNew
		case x.Open():
			out[i].State = taskBegun
		default:
			out[i].State = taskDone
		}
	}
	return out
}

// lacking are the lines on which something is missing by name.
func lacking(all []checkLine) []checkLine {
	var out []checkLine
	for _, x := range all {
		if x.Open() {
			out = append(out, x)
		}
	}
	return out
}

// ownBook reads the registers of the visitor's own year.
func (s *Server) ownBook(r ask, o own) (registerBook, error) {
	return s.registerBook(r.Context(), o.Ref, o.Today(), o.Campaign.Rules.Calendar)
}

// ownLacking names what the visitor's registers miss.
func (s *Server) ownLacking(r ask, o own) ([]checkLine, error) {
	b, err := s.checkBook(r.Context(), o.Ref, o.Today(), o.Campaign.Rules.Calendar)
	return lacking(checkLines(b.checklist(), o.Path)), err
}

func (s *Server) registersPage(w http.ResponseWriter, r ask) error {
	o, err := s.own(r)
	if err != nil {
		return err
	}
	b, err := s.checkBook(r.Context(), o.Ref, o.Today(), o.Campaign.Rules.Calendar)
	if err != nil {
		return err
	}
	files, err := s.store.EvidenceOf(r.Context(), o.Ref)
	if err != nil {
		return err
	}
	lines := checkLines(b.checklist(), o.Path)
	heads := s.heads(lines, files, func(row int) string { return o.Path + "/evidence?row=" + strconv.Itoa(row) })
	return s.render(w, r, http.StatusOK, "registers", page{Title: fileTitle, Crumbs: o.crumbs(), Data: map[string]any{"Heads": heads, "Lacking": lacking(lines), "Own": o, "Spots": o.Path + "/spots"}})
}

// registerForm is the page of one register with its form.
type registerForm struct {
	own
	View    registerView
	Open    bool
	Due     campaign.Day
	Row     int // that is written anew; −1: a row is added
	Based   int
	Parts   []registerPart
	None    bool   // the answer that there is none is offered
	Mode    string // what is asked: row, import or carry
	Multi   bool   // the form carries a file
	Carry   *campaign.Filing
	Before  []registerLine // last year's rows, to be looked through
	Saved   *desk.Receipt
	Word    string
	Faulty  []desk.LineFault
	Refused bool // a table waits to be mended
	Repeats []string
}

func (v registerForm) shut() bool { return !v.Open }

// registerPart is a field of the form, or the ticks of a multi field.
type registerPart struct {
	Group string
	Field field
	Ticks []field
}

// registerShow is the page of a register; f nil takes the row that the address
// names, or the only one there is.
func (s *Server) registerShow(r ask, f *form) (page, registerForm, error) {
	var v registerForm
	reg, ok := campaign.KnownRegisters().Get(r.PathValue("register"))
	if !ok {
		return page{}, v, errNoPage
	}
	o, err := s.own(r)
	if err != nil {
		return page{}, v, err
	}
	k, err := s.known(r.Context(), o)
	if err != nil {
		return page{}, v, err
	}
	b, err := s.ownBook(r, o)
	if err != nil {
		return page{}, v, err
	}
	v = registerForm{own: o, View: b.view(reg, campaign.SeerInstitution, o.Path), Due: k.due(campaign.EvidenceTask), Row: -1, None: reg.None != "", Multi: reg.FileField() != ""}
	v.Open = k.registersOpen()
	v.Based = b.filed[reg.ID].Version
	if before, had := b.before[reg.ID]; had && v.Based == 0 && !before.Empty() {
		v.Carry = &before
		for i, row := range before.Rows {
			v.Before = append(v.Before, registerLine{No: i + 1, Cells: b.cells(plainFields(reg.Fields), row, "")})
		}
	}
	for i := range v.View.Lines {
		v.View.Lines[i].Edit = v.View.Href + "?row=" + itoa(i+1) + "#form"
	}
	v.Mode = v.mode(r)
	f = s.fillRegister(r, reg, b, &v, f)
	f.Order = registerOrder(reg)
	v.Parts = drawn(reg, f)
	s.tellImport(r, reg, &v)
	return page{Title: reg.Title, Crumbs: append(o.crumbs(), link{Href: o.Path + "/registers", Text: fileTitle}), Form: f, Wide: true, Data: v}, v, nil
}

// mode says which form the page shows; there is one at a time.
func (v registerForm) mode(r ask) string {
	asked := r.URL.Query().Get("by")
	switch {
	case strings.HasSuffix(r.URL.Path, "/import") || asked == "import" && v.View.Importable():
		return "import"
	case v.Carry != nil && asked != "row" && r.URL.Path != v.View.Href || v.Carry != nil && asked == "" && r.Method == http.MethodGet:
		return "carry"
	}
	return "row"
}

// fillRegister says which row the form is about, and fills it.
func (s *Server) fillRegister(r ask, reg campaign.Register, b registerBook, v *registerForm, f *form) *form {
	rows := b.filed[reg.ID].Body.Rows
	at := r.URL.Query().Get("row")
	if f != nil {
		at = f.Get("row")
		v.Based, _ = strconv.Atoi(f.Get("based"))
	}
	if n, err := strconv.Atoi(at); err == nil && n >= 1 && n <= len(rows) {
		v.Row = n - 1
	}
	if !reg.Many() && len(rows) > 0 {
		v.Row = 0
	}
	if f != nil {
		return f
	}
	f = prefilled(r, reg).Set("none", b.filed[reg.ID].Body.None)
	if v.Row >= 0 {
		for key, value := range rows[v.Row] {
			f.Set(nameOf(reg, key), value)
		}
	}
	return f
}

// tellImport says what the last save or table did.
func (s *Server) tellImport(r ask, reg campaign.Register, v *registerForm) {
	q := r.URL.Query()
	if n, err := strconv.Atoi(q.Get("receipt")); err == nil && v.View.Last != nil && v.View.Last.Version == n {
		v.Saved = &desk.Receipt{Number: v.Ref.ID() + "/register/" + reg.ID + "/" + itoa(n), What: reg.Title, Digest: v.View.Last.Digest, At: v.View.Last.At}
		if q.Get("taken") != "" {
			v.Word = "从表格导入 " + q.Get("taken") + " 行"
			if skipped := q.Get("skipped"); skipped != "0" {
				v.Word += "，跳过已有的 " + skipped + " 行"
			}
		}
	}
	if v.Saved != nil || v.Word != "" {
		for _, l := range v.View.Lines {
			for _, m := range l.Marks {
				if strings.HasPrefix(m.Say, "与第") && len(v.Repeats) < 20 && q.Get("taken") != "" {
					v.Repeats = append(v.Repeats, "第 "+itoa(l.No)+" 行"+m.Say)
				}
			}
		}
	}
}

func (s *Server) registerPage(w http.ResponseWriter, r ask) error {
	p, _, err := s.registerShow(r, nil)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "register", p)
}

// registerPost takes one save of the form: a row, its removal, or that there
// is none. Its file is read as it arrives.
func (s *Server) registerPost(w http.ResponseWriter, r ask) error {
	reg, ok := campaign.KnownRegisters().Get(r.PathValue("register"))
	if !ok {
		return errNoPage
	}
	f, part, err := s.readParts(r, nameOf(reg, reg.FileField()))
	if err != nil {
		return s.registerAgain(w, r, f, err)
	}
	e := desk.RegisterEdit{Register: reg.ID, Row: -1, Drop: f.Get("do") == "drop", Record: recordOf(reg, f), NoState: f.Get("declared") == "1"}
	e.Based, _ = strconv.Atoi(f.Get("based"))
	if n, err := strconv.Atoi(f.Get("row")); err == nil && n > 0 {
		e.Row = n - 1
	}
	if f.Get("do") == "none" {
		if e.None = strings.TrimSpace(f.Get("none")); e.None == "" {
			return s.registerAgain(w, r, f, wrong(map[string]string{"none": "请填写理由"}))
		}
	}
	if part != nil {
		e.FileName, e.File = part.FileName(), part
	}
	rec, err := s.Desk.SaveRegister(r.Context(), r.Visitor, e, signer(f))
	if err != nil {
		return s.registerAgain(w, r, f, renamed(err, registerField(reg)))
	}
	return seeOther(w, r, r.URL.Path+"?receipt="+lastPart(rec.Number))
}

// registerField gives desk's faults the names of the form.
func registerField(reg campaign.Register) func(string) string {
	return func(key string) string {
		if _, own := reg.Field(key); own {
			return nameOf(reg, key)
		}
		return key
	}
}

func lastPart(number string) string { return number[strings.LastIndexByte(number, '/')+1:] }

// registerAgain shows the form once more with all that was typed.
func (s *Server) registerAgain(w http.ResponseWriter, r ask, f *form, err error) error {
	drain(w, r)
	err = registerTooLarge(r, err)
	if f == nil {
		f = newForm()
	}
	f.Faults = faultsOf(err) // before the page is made: its fields show their faults
	p, v, bad := s.registerShow(r, f)
	if bad != nil {
		return bad
	}
	if t, ok := errors.AsType[*desk.TableFaults](err); ok {
		v.Refused, v.Faulty = true, t.Lines
		if len(v.Faulty) > 20 {
			v.Faulty = v.Faulty[:20]
		}
		p.Data = v
	}
	return s.again(w, r, "register", p, err)
}

// registerTooLarge names the limit of what was sent: a document of a row, or a table.
func registerTooLarge(r ask, err error) error {
	if strings.HasSuffix(r.URL.Path, "/import") {
		return again413(r, err, "table", "表格超过 16 MB，请拆分后导入")
	}
	reg, _ := campaign.KnownRegisters().Get(r.PathValue("register"))
	return again413(r, err, nameOf(reg, reg.FileField()), errTooLarge.Say)
}

// registerImport takes a table (AN-7).
func (s *Server) registerImport(w http.ResponseWriter, r ask) error {
	reg, ok := campaign.KnownRegisters().Get(r.PathValue("register"))
	if !ok {
		return errNoPage
	}
	f, part, err := s.readParts(r, "table")
	if err == nil && part == nil {
		err = wrong(map[string]string{"table": "请选择要导入的表格"})
	}
	if err != nil {
		return s.registerAgain(w, r, f, err)
	}
	data, err := io.ReadAll(io.LimitReader(part, 16<<20+1))
	if err != nil {
		return s.registerAgain(w, r, f, err)
	}
	done, err := s.Desk.ImportRegister(r.Context(), r.Visitor, desk.Import{Register: reg.ID, Name: part.FileName(), Data: data, Replace: f.Get("replace") == "1", NoState: f.Get("declared") == "1"}, signer(f))
	if err != nil {
		return s.registerAgain(w, r, f, err)
	}
	return seeOther(w, r, strings.TrimSuffix(r.URL.Path, "/import")+"?receipt="+lastPart(done.Receipt.Number)+"&taken="+itoa(done.Taken)+"&skipped="+itoa(done.Skipped))
}

// registerCarry takes last year's version over (AN-2).
func (s *Server) registerCarry(w http.ResponseWriter, r ask) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	rec, err := s.Desk.CarryRegister(r.Context(), r.Visitor, r.PathValue("register"), f.Get("confirmed") == "1", f.Get("declared") == "1", signer(f))
	if err != nil {
		return s.registerAgain(w, r, f, err)
	}
	return seeOther(w, r, strings.TrimSuffix(r.URL.Path, "/carry")+"?receipt="+lastPart(rec.Number))
}

// ownRegisterTable sends the register as a table, or the refused one back.
func (s *Server) ownRegisterTable(w http.ResponseWriter, r ask) error {
	o, err := s.own(r)
	if err != nil {
		return err
	}
	if id := r.PathValue("register"); r.URL.Query().Get("as") == "faults" {
		data, err := s.Desk.FaultyTable(r.Context(), o.Ref, id)
		if err != nil {
			return err
		}
		return sendBytes(w, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "需要修改的表格.xlsx", data)
	}
	b, err := s.ownBook(r, o)
	if err != nil {
		return err
	}
	return s.registerTable(w, r, b, campaign.SeerInstitution)
}

func (s *Server) ownRegisterFile(w http.ResponseWriter, r ask) error {
	return s.sendRegisterFile(w, r, r.Visitor.Ref)
}
