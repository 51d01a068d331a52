package desk

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"xuanping/campaign"
	"xuanping/store"
)

// faultColumn is where a table says what is wrong with its rows.
const faultColumn = "错误"

// importDraft is the name under which a table with faults waits for its owner.
func importDraft(id string) string { return "register-" + id }

// Import is a table on its way into a register.
type Import struct {
	Register string
	Name     string // of the file; its ending says what it is
	Data     []byte
	Replace  bool // the table takes the place of what stands; otherwise it is added
	NoState  bool
}

// Imported says what an import did.
type Imported struct {
	Receipt Receipt
	Taken   int
	Skipped int      // rows that stood there already, cell by cell
	Repeats []string // rows like an earlier one by address or title, in words
}

// TableFaults are the faulty rows of a table; nothing of it was taken.
type TableFaults struct {
	Lines []LineFault
}

// LineFault is what is wrong with a line of a table; the heading is line 1.
type LineFault struct {
	Line int
	Say  string
}

func (f *TableFaults) Error() string { return fmt.Sprintf("%d 行有误", len(f.Lines)) }

// ImportRegister reads a table into a list (AN-7): all of it or nothing. A
// table with faults is kept as a draft, so that its owner can fetch it back
// with a column that names them.
func (d *Desk) ImportRegister(ctx context.Context, v Visitor, in Import, by Signer) (Imported, error) {
	reg, err := registerOf(in.Register)
	if err != nil {
		return Imported{}, err
	}
	if !reg.Importable() {
		return Imported{}, campaign.Fail(campaign.Invalid, "“%s”不能用表格导入，请逐行填写", reg.Title)
	}
	f := map[string]string{}
	declared(in.NoState, f)
	by.check(f)
	if err := faulty(f); err != nil {
		return Imported{}, err
	}
	if err := d.precheck(ctx, v, reg, store.RegisterVersion{}, nil, RegisterEdit{Drop: true, NoState: true}, by); err != nil {
		return Imported{}, err
	}
	cells, err := ReadTable(in.Name, in.Data)
	if err != nil {
		return Imported{}, renamedFault(err, "file", "table")
	}
	rows, err := d.readRows(ctx, v.Ref, reg, cells)
	if err != nil {
		if e := d.keepFaulty(ctx, v.Ref, reg, cells); e != nil {
			return Imported{}, e
		}
		return Imported{}, err
	}
	return d.takeRows(ctx, v, reg, rows, in.Replace, by)
}

func (d *Desk) takeRows(ctx context.Context, v Visitor, reg campaign.Register, rows []campaign.Record, replace bool, by Signer) (Imported, error) {
	var out Imported
	var err error
	out.Receipt, err = d.newVersion(ctx, v, reg, by, nil, nil, func(now store.RegisterVersion) (campaign.Filing, error) {
		all := []campaign.Record{}
		if !replace {
			all = slices.Clone(now.Body.Rows)
		}
		stood := len(all)
		out.Taken, out.Skipped, out.Repeats = 0, 0, nil
		for _, row := range rows {
			if slices.ContainsFunc(all[:stood], func(o campaign.Record) bool { return maps.Equal(o, row) }) {
				out.Skipped++
				continue
			}
			all = append(all, row)
			out.Taken++
		}
		for _, r := range reg.Repeated(all) {
			out.Repeats = append(out.Repeats, fmt.Sprintf("第 %d 行与第 %d 行%s相同", r.Row+1, r.Of+1, reg.Label(r.Field)))
		}
		return campaign.Filing{Rows: all}, nil
	})
	return out, err
}

// keepFaulty keeps a table whose rows were refused, for FaultyTable.
func (d *Desk) keepFaulty(ctx context.Context, ref campaign.Ref, reg campaign.Register, cells [][]string) error {
	c, err := d.Store.Campaign(ctx, ref.Year)
	if err != nil {
		return err
	}
	clean := make([][]string, len(cells))
	for i, line := range cells {
		for _, v := range line {
			clean[i] = append(clean[i], strings.ReplaceAll(strings.ToValidUTF8(v, ""), "\x00", ""))
		}
	}
	return d.Store.SaveDraft(ctx, "institution", ref, importDraft(reg.ID), clean, c.Now(d.Clock()))
}

// FaultyTable gives the refused table back as a workbook: as it was sent, with
// the column 错误 beside.
func (d *Desk) FaultyTable(ctx context.Context, ref campaign.Ref, id string) ([]byte, error) {
	reg, err := registerOf(id)
	if err != nil {
		return nil, err
	}
	kept, err := d.Store.Draft(ctx, "institution", ref, importDraft(id))
	if err != nil {
		return nil, err
	}
	var cells [][]string
	if kept.Body == nil || json.Unmarshal(kept.Body, &cells) != nil {
		return nil, campaign.Fail(campaign.NotFound, "没有等待修改的表格")
	}
	say := map[int]string{}
	if _, err := d.readRows(ctx, ref, reg, cells); err != nil {
		if e, ok := err.(*campaign.Error); ok {
			if t, ok := e.Err.(*TableFaults); ok {
				for _, l := range t.Lines {
					say[l.Line] = l.Say
				}
			}
		}
	}
	return WriteExcel(reg.Title, withFaults(cells, say))
}

// withFaults sets the column of faults right of the widest line; one from an
// earlier round is written anew.
func withFaults(cells [][]string, say map[int]string) [][]string {
	at := -1
	wide := 0
	for i, line := range cells {
		if i == 0 {
			at = slices.Index(line, faultColumn)
		}
		wide = max(wide, len(line))
	}
	if at < 0 {
		at = wide
	}
	out := make([][]string, len(cells))
	for i, line := range cells {
		out[i] = append(slices.Clone(line), make([]string, max(0, at+1-len(line)))...)
		out[i][at] = say[i+1]
	}
	if len(out) > 0 {
		out[0][at] = strings.Trim(faultColumn+"："+say[1], "：")
	}
	return out
}

// readRows turns cells into rows of a register, or names every faulty line.
func (d *Desk) readRows(ctx context.Context, ref campaign.Ref, reg campaign.Register, cells [][]string) ([]campaign.Record, error) {
	c, err := d.Store.Campaign(ctx, ref.Year)
	if err != nil {
		return nil, err
	}
	if len(cells) == 0 {
		return nil, &campaign.Error{Kind: campaign.Invalid, Say: "表格是空的，请先下载模板", Fields: map[string]string{"table": "表格是空的，请先下载模板"}}
	}
	keys, say := columns(reg, cells[0])
	if say != "" {
		return nil, refusedTable([]LineFault{{1, say}})
	}
	today := campaign.DayOf(c.Now(d.Clock()))
	var rows []campaign.Record
	var faults []LineFault
	for i, line := range cells[1:] {
		raw := map[string]string{}
		for j, v := range line {
			if j < len(keys) && keys[j] != "" {
				raw[keys[j]] = unguarded(v)
			}
		}
		row := reg.Clean(raw)
		if len(row) == 0 {
			continue // an empty line
		}
		bad := reg.Check(row, today)
		if err := d.partners(ctx, reg, row, ref, bad); err != nil {
			return nil, err
		}
		if len(bad) > 0 {
			faults = append(faults, LineFault{i + 2, inWords(reg, bad)})
		}
		rows = append(rows, row)
	}
	if at, value := reg.Twice(rows); at >= 0 && len(faults) == 0 {
		faults = append(faults, LineFault{at + 2, "“" + value + "”登记了两次"})
	}
	switch {
	case len(faults) > 0:
		return nil, refusedTable(faults)
	case len(rows) == 0:
		return nil, refusedTable([]LineFault{{1, "表格中没有数据"}})
	case len(rows) > campaign.RegisterRows:
		return nil, refusedTable([]LineFault{{campaign.RegisterRows + 2, fmt.Sprintf("最多 %d 行", campaign.RegisterRows)}})
	}
	return rows, nil
}

func refusedTable(lines []LineFault) error {
	say := fmt.Sprintf("表格有 %d 处需要修改，没有导入任何内容", len(lines))
	return &campaign.Error{Kind: campaign.Invalid, Say: say, Fields: map[string]string{"table": say}, Err: &TableFaults{lines}}
}

// inWords joins the faults of a row in the order of its fields.
func inWords(reg campaign.Register, bad map[string]string) string {
	var all []string
	for _, f := range reg.Fields {
		if bad[f.Key] != "" {
			all = append(all, bad[f.Key])
		}
	}
	return strings.Join(all, "；")
}

// columns maps the heading of a table to keys by label; say names what it
// lacks or what is unknown.
func columns(reg campaign.Register, head []string) (keys []string, say string) {
	keys = make([]string, len(head))
	var unknown []string
	for i, h := range head {
		h = strings.Trim(strings.TrimSpace(unguarded(h)), "*＊ ")
		if h == "" || strings.HasPrefix(h, faultColumn) || h == numberColumn {
			continue
		}
		f := slices.IndexFunc(reg.Fields, func(f campaign.Field) bool { return f.Label == h || f.Key == h })
		switch {
		case f < 0:
			unknown = append(unknown, h)
		case slices.Contains(keys, reg.Fields[f].Key):
			return nil, "“" + h + "”一列出现了两次"
		case reg.Fields[f].Type != "file": // a file cannot come in a table
			keys[i] = reg.Fields[f].Key
		}
	}
	if len(unknown) > 0 {
		return nil, "不认识的列：" + strings.Join(unknown, "、") + "。请按模板的列名填写"
	}
	for _, f := range reg.Fields {
		if f.Required && !slices.Contains(keys, f.Key) {
			return nil, "缺少“" + f.Label + "”一列"
		}
	}
	return keys, ""
}

const numberColumn = "序号"

// Guarded makes a cell that no spreadsheet takes for a formula (S13). One that
// only looks guarded gets a guard of its own, so that taking one off gives back
// what was there.
func Guarded(v string) string {
	if guardable(v) {
		return "'" + v
	}
	return v
}

// unguarded takes the guard off again, so that an export can be imported.
func unguarded(v string) string {
	if strings.HasPrefix(v, "'") && guardable(v) {
		return v[1:]
	}
	return v
}

func guardable(v string) bool { return formula(strings.TrimLeft(v, "'")) }

// formula tells whether a table program might compute a cell: some skip blanks
// before the sign, some read the wide forms too.
func formula(v string) bool {
	t := strings.TrimLeft(v, " \t\r\n")
	return t != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(t)[0]) || v != "" && strings.ContainsAny(v[:1], "\t\r")
}

// RegisterTable is a register as cells, for a reader who may see these fields.
// file names what stands for a file.
func RegisterTable(reg campaign.Register, f campaign.Filing, to campaign.Seer, file func(digest string) string) [][]string {
	fields := reg.Visible(to)
	head := []string{numberColumn}
	for _, x := range fields {
		head = append(head, x.Label)
	}
	all := [][]string{head}
	for i, row := range f.Rows {
		line := []string{strconv.Itoa(i + 1)}
		for _, x := range fields {
			v := row[x.Key]
			if x.Type == "file" && v != "" {
				v = file(v)
			}
			line = append(line, v)
		}
		all = append(all, line)
	}
	return all
}

// WriteCSV writes cells for Excel in China: UTF-8 with BOM, CRLF, no formulas.
func WriteCSV(cells [][]string) []byte {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	for _, line := range cells {
		safe := make([]string, len(line))
		for i, v := range line {
			safe[i] = Guarded(v)
		}
		_ = w.Write(safe) // a buffer takes everything
	}
	w.Flush()
	return b.Bytes()
}
