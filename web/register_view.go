package web

import (
	"context"
	"fmt"
	"html/template"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/desk"
	"xuanping/store"
)

// registerBook is what an institution's year holds in registers, read once for
// a page.
type registerBook struct {
	ref    contract.Ref
	today  campaign.Day // marks look at this day: no later than the evidence closed
	filed  map[string]store.RegisterVersion
	before map[string]campaign.Filing
	files  map[string]store.RegisterFile
	named  []store.Naming
	called map[string]string // names of the institutions that rows name
	events []store.Event     // of the institution's year
}

// checkBook is a book for the checklist: without files and other institutions.
func (s *Server) checkBook(ctx context.Context, ref contract.Ref, today campaign.Day, c campaign.Calendar) (registerBook, error) {
	b := registerBook{ref: ref, today: min(today, c.EvidenceClose), filed: map[string]store.RegisterVersion{}, before: map[string]campaign.Filing{}, files: map[string]store.RegisterFile{}}
	now, before, err := s.store.RegistersOfTwo(ctx, ref)
	for _, v := range now {
		b.filed[v.Register] = v
	}
	for _, v := range before {
		b.before[v.Register] = v.Body
	}
	return b, err
}

func (s *Server) registerBook(ctx context.Context, ref contract.Ref, today campaign.Day, c campaign.Calendar) (registerBook, error) {
	b, err := s.checkBook(ctx, ref, today, c)
	if err != nil {
		return b, err
	}
	files, err := s.store.RegisterFiles(ctx, ref)
	if err != nil {
		return b, err
	}
	for _, f := range files {
		b.files[f.Digest] = f
	}
	if b.named, err = s.store.NamedBy(ctx, ref, "joint", "partner"); err != nil {
		return b, err
	}
	return b, s.beside(ctx, &b)
}

func (b registerBook) filings() map[string]campaign.Filing {
	all := map[string]campaign.Filing{}
	for id, v := range b.filed {
		all[id] = v.Body
	}
	return all
}

func (b registerBook) checklist() []campaign.CheckItem {
	return campaign.KnownRegisters().Checklist(b.filings(), b.before, b.today)
}

// registerView is one register as a reader sees it.
type registerView struct {
	campaign.Register
	Last    *store.RegisterVersion
	Heads   []string
	Lines   []registerLine
	Whole   []campaign.Remark
	Counts  template.HTML
	Unlike  int // rows that are not repeated
	Lacks   []string
	Others  []registerLine // joint activities that another institution filed
	Years   []yearPair
	Amounts bool // the reader may see money
	Href    string
	Marked  int

	Departments string // how many took part (第十条)
	Unique      string // how many manuscripts are distinct and how many adopted (§2 no. 41)
}

// registerLine is a row with its remarks; From names the institution that filed it.
type registerLine struct {
	No    int
	From  string
	Cells []registerCell
	Marks []campaign.Remark
	Edit  string
}

// registerCell is a value under its label; Href leads to the page or file it names.
type registerCell struct {
	Label, Text, Href string
	File, Gone        bool
	Tone              string // of a word that the regulator says
}

// yearPair is a figure of this year beside last year's (GL-26).
type yearPair struct {
	Label, Now, Before, Change string
	Drawn                      template.HTML
}

// view makes a register ready for a reader; base is the address that the
// files and the register's own page stand under.
func (b registerBook) view(reg campaign.Register, to campaign.Seer, base string) registerView {
	v := registerView{Register: reg, Href: base + "/registers/" + reg.ID, Lacks: reg.Missing(b.filed[reg.ID].Body)}
	fields := used(reg, b.filed[reg.ID].Body.Rows, reg.Visible(to))
	for _, f := range fields {
		v.Heads = append(v.Heads, f.Label)
	}
	last, ok := b.filed[reg.ID]
	if ok {
		v.Last = &last
	}
	remarks := map[int][]campaign.Remark{}
	for _, m := range reg.Marks(last.Body, campaign.Book{Today: b.today, Of: func(id string) []campaign.Record { return b.filed[id].Body.Rows }}) {
		remarks[m.Row] = append(remarks[m.Row], m)
		v.Marked++
	}
	v.Whole = remarks[-1]
	for i, row := range last.Body.Rows {
		v.Lines = append(v.Lines, registerLine{No: i + 1, Cells: b.cells(fields, row, base), Marks: remarks[i]})
	}
	v.Unlike = reg.Distinct(last.Body.Rows)
	if all := campaign.Departments(last.Body.Rows); len(all) > 0 {
		v.Departments = fmt.Sprintf("参与部门 %d 个：%s", len(all), campaign.TallyWords(all, "项"))
	}
	if t := reg.Tallies(last.Body.Rows); len(t) > 0 {
		marks := make([]mark, len(t))
		for i, x := range t {
			marks[i] = mark{Label: x.Value, N: x.N}
		}
		v.Counts = bars("count-"+reg.ID, reg.Title+"：按"+reg.Label(reg.Count)+"计数", marks)
	}
	if reg.ID == campaign.ManuscriptRegister {
		b.verified(&v, last.Body.Rows)
	}
	if reg.ID == "joint" {
		v.Others = b.joint(reg.Visible(to), last.Body.Rows)
	}
	v.Years = b.years(reg, to, last.Body)
	return v
}

// used leaves out the columns of a list that no row fills.
func used(reg campaign.Register, rows []campaign.Record, fields []campaign.Field) []campaign.Field {
	if !reg.Many() || len(rows) == 0 {
		return fields
	}
	return slices.DeleteFunc(fields, func(f campaign.Field) bool {
		return !slices.ContainsFunc(rows, func(r campaign.Record) bool { return r[f.Key] != "" })
	})
}

func (b registerBook) cells(fields []campaign.Field, row campaign.Record, base string) []registerCell {
	all := make([]registerCell, 0, len(fields))
	for _, f := range fields {
		c := registerCell{Label: f.Label, Text: row[f.Key]}
		switch {
		case c.Text == "":
		case f.Type == "url":
			c.Href = c.Text
		case f.Type == "institution" && b.called[c.Text] != "":
			c.Text = b.called[c.Text] + "（" + c.Text + "）"
		case f.Key == "clearance":
			c.Href = clearanceHref(base, c.Text)
		case f.Type == "time":
			c.Text = strings.Replace(c.Text, "T", " ", 1)
		case f.Type == "file" && b.files[c.Text].Leaked:
			c.Text, c.Gone = "已隔离（摘要 "+shortHex(c.Text)+"…）", true
		case f.Type == "file":
			c.File, c.Href = true, base+"/register-files/"+c.Text
			if c.Text = b.files[row[f.Key]].Name; c.Text == "" {
				c.Text = "文件"
			}
		}
		all = append(all, c)
	}
	return all
}

// clearanceHref leads to the matter that a release names; reviewers have no such page.
func clearanceHref(base, n string) string {
	if own, ok := strings.CutPrefix(base, "/i/"); ok {
		return "/i/" + own + "/clearances/" + n
	}
	if p := strings.Split(base, "/"); len(p) == 5 && p[1] == "office" {
		return "/office/" + p[2] + "/clearances/" + p[4] + "/" + n
	}
	return ""
}

// joint lists what other institutions filed with this one: an activity that
// both filed stands once (AN-6).
func (b registerBook) joint(fields []campaign.Field, own []campaign.Record) []registerLine {
	var all []registerLine
	reg, _ := campaign.KnownRegisters().Get("joint")
	for _, n := range b.named {
		for _, row := range n.Body.Rows {
			if row["partner"] != b.ref.Code || reg.Stands(own, row, "title", "day") {
				continue
			}
			all = append(all, registerLine{From: n.Name + "（" + n.Code + "）", Cells: b.cells(plainFields(fields), row, "")})
		}
	}
	return all
}

// plainFields leaves files out: those of another institution stay with it.
func plainFields(fields []campaign.Field) []campaign.Field {
	var all []campaign.Field
	for _, f := range fields {
		if f.Type != "file" {
			all = append(all, f)
		}
	}
	return all
}

// years sets figures beside last year's, for a reader who may see them.
func (b registerBook) years(reg campaign.Register, to campaign.Seer, f campaign.Filing) []yearPair {
	if len(reg.Compare) == 0 || len(f.Rows) == 0 {
		return nil
	}
	var before campaign.Record
	if rows := b.before[reg.ID].Rows; len(rows) > 0 {
		before = rows[0]
	}
	var all []yearPair
	for _, k := range reg.Compare {
		x, _ := reg.Field(k)
		if !x.Shows(to) || f.Rows[0][k] == "" {
			continue
		}
		p := yearPair{Label: x.Label, Now: f.Rows[0][k], Before: before[k], Change: change(before[k], f.Rows[0][k])}
		if before[k] != "" {
			p.Drawn = bars("years-"+k, x.Label, []mark{{Label: "上一年度", N: cents(p.Before), Text: p.Before}, {Label: "本年度", N: cents(p.Now), Text: p.Now, Hot: true}})
		}
		all = append(all, p)
	}
	return all
}

func cents(v string) int {
	n, _ := strconv.ParseFloat(v, 64) // the schema let only numbers in
	return int(math.Round(n * 100))
}

// change is how much a figure moved, in words.
func change(before, now string) string {
	was, is := cents(before), cents(now)
	switch {
	case before == "":
		return "上一年度没有填写"
	case was == 0 || was == is:
		return map[bool]string{true: "与上一年度持平", false: "上一年度为零"}[was == is]
	}
	percent := strconv.FormatFloat(math.Abs(float64(is-was))*100/float64(was), 'f', 1, 64) + "%"
	if is > was {
		return "比上一年度增加 " + percent
	}
	return "比上一年度减少 " + percent
}

// byRow are the registers that serve a row of Annex 2 and hold something.
func (b registerBook) byRow(row int, to campaign.Seer, base string) []registerView {
	var all []registerView
	for _, reg := range campaign.KnownRegisters().ForRow(row) {
		v := b.view(reg, to, base)
		if row != reg.Rows[0] {
			v.Counts = "" // drawn once, at the first row that the register serves
		}
		if v.Last != nil || len(v.Others) > 0 || reg.Force == "M" {
			all = append(all, v)
		}
	}
	return all
}

// registerTable sends a register as a table.
func (s *Server) registerTable(w http.ResponseWriter, r ask, b registerBook, to campaign.Seer) error {
	reg, ok := campaign.KnownRegisters().Get(r.PathValue("register"))
	if !ok {
		return errNoPage
	}
	cells := desk.RegisterTable(reg, b.filed[reg.ID].Body, to, func(d string) string { return b.files[d].Name + "（摘要 " + shortHex(d) + "）" })
	return sendTable(w, r.URL.Query().Get("as"), reg.Title+" "+b.ref.Code, cells)
}

// sendTable sends cells as CSV or Excel.
func sendTable(w http.ResponseWriter, as, name string, cells [][]string) error {
	data, media, ending := desk.WriteCSV(cells), "text/csv; charset=utf-8", ".csv"
	if as == "xlsx" {
		var err error
		media, ending = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"
		if data, err = desk.WriteExcel(name, cells); err != nil {
			return err
		}
	}
	return sendBytes(w, media, name+ending, data)
}

func sendBytes(w http.ResponseWriter, media, name string, data []byte) error {
	w.Header().Set("Content-Type", media)
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	fileHeaders(w.Header(), name, false)
	_, _ = w.Write(data)
	return nil
}

// sendRegisterFile sends a file that a register of the given year names.
func (s *Server) sendRegisterFile(w http.ResponseWriter, r ask, ref contract.Ref) error {
	f, err := s.store.RegisterFile(r.Context(), ref, r.PathValue("digest"))
	if err != nil {
		if k := campaign.KindOf(err); k == campaign.NotFound || k == campaign.Invalid {
			return errNoPage
		}
		return err
	}
	file, err := s.Desk.Given(r.Context(), f.Digest)
	if err != nil {
		return err
	}
	defer file.Close()
	w.Header().Set("Content-Type", f.Media)
	fileHeaders(w.Header(), f.Name, false)
	http.ServeContent(w, r.Request, "", f.At, file)
	return nil
}
