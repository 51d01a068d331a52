package audit

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"xuanping/campaign"
	"xuanping/store"
)

// ExportOptions say what of a year is written out, and how.
type ExportOptions struct {
	Year      int
	Format    string // csv, xlsx or json
	WithNames bool
	Write     func(name string, data []byte) error
}

// Exported counts what was written, and the papers that were not, for they quote people.
type Exported struct{ Tables, Rows, Papers, Withheld int }

// exportTable is a table on its way out.
type exportTable struct {
	Name    string         `json:"name"`
	PK      []string       `json:"key"`
	Columns []store.Column `json:"columns"`
	Rows    int            `json:"rows"`
	rows    []string       // JSON objects
}

// Export writes all facts of a year for other programs (SE-3, S13): a file of
// each table or one workbook, the schema beside them, and the papers.
func Export(ctx context.Context, s *store.Store, o ExportOptions) (out Exported, err error) {
	err = s.Snapshot(ctx, func(r store.Reader) error {
		if _, err := r.Campaign(ctx, o.Year); err != nil {
			return err
		}
		e := &exporter{ctx: ctx, r: r, o: o}
		if err := e.read(); err != nil {
			return err
		}
		out, err = e.write()
		return err
	})
	return out, err
}

type exporter struct {
	ctx    context.Context
	r      store.Reader
	o      ExportOptions
	hide   pseudonyms
	tables []exportTable
	papers []string

	withheld int
}

func (e *exporter) read() error {
	keys, err := e.r.RowKeys(e.ctx, e.o.Year)
	if err != nil {
		return err
	}
	if e.hide.secret, _ = hex.DecodeString(keys[e.o.Year]); len(e.hide.secret) == 0 && !e.o.WithNames {
		return campaign.Fail(campaign.Conflict, "%d 年度的密钥已销毁，不能再以代号导出", e.o.Year)
	}
	all, err := e.r.ArchiveTables(e.ctx)
	if err != nil {
		return err
	}
	for _, t := range all {
		if err := e.readTable(t); err != nil {
			return fmt.Errorf("%s：%w", t.Table, err)
		}
	}
	return nil
}

// unexported are columns that no export has: passwords, and bytes that lie beside as a file.
var unexported = map[string]string{"staff": "password", "paper": "pdf"}

func (e *exporter) readTable(t store.ArchiveTable) error {
	columns, err := e.r.Columns(e.ctx, t.Table)
	if err != nil {
		return err
	}
	columns = slices.DeleteFunc(columns, func(c store.Column) bool {
		return c.Name == unexported[t.Table] || slices.Contains(t.Skip, c.Name)
	})
	var all []line
	err = e.r.ArchiveRows(e.ctx, t, e.o.Year, func(text string) error {
		row, err := rowOf(text)
		if err != nil {
			return err
		}
		if t.Table == "paper" {
			if e.o.WithNames || !campaign.Paper(row.text("kind")).Withheld() {
				e.papers = append(e.papers, row.text("key"))
			} else {
				e.withheld++
			}
			delete(row, "pdf")
			b, err := json.Marshal(row)
			if err != nil {
				return err
			}
			text = string(b)
		}
		if !e.o.WithNames {
			if text, err = e.hide.row(t, text); err != nil {
				return err
			}
		}
		all = append(all, line{row.key(t.PK), text})
		return nil
	})
	slices.SortFunc(all, func(a, b line) int { return slices.CompareFunc(a.key, b.key, compareJSON) })
	out := exportTable{Name: t.Table, PK: t.PK, Columns: columns, Rows: len(all)}
	for _, l := range all {
		out.rows = append(out.rows, l.text)
	}
	e.tables = append(e.tables, out)
	return err
}

func (e *exporter) write() (out Exported, err error) {
	out.Withheld = e.withheld
	for _, t := range e.tables {
		out.Tables++
		out.Rows += t.Rows
		switch e.o.Format {
		case "csv":
			var data []byte
			if data, err = t.csv(); err == nil {
				err = e.o.Write(t.Name+".csv", data)
			}
		case "json":
			err = e.o.Write(t.Name+".json", []byte("[\n"+strings.Join(t.rows, ",\n")+"\n]\n"))
		}
		if err != nil {
			return out, err
		}
	}
	if e.o.Format == "xlsx" {
		data, err := workbook(e.tables)
		if err == nil {
			err = e.o.Write(fmt.Sprintf("%d.xlsx", e.o.Year), data)
		}
		if err != nil {
			return out, err
		}
	}
	schema, err := json.MarshalIndent(e.tables, "", " ")
	if err == nil {
		err = e.o.Write("schema.json", append(schema, '\n'))
	}
	if err != nil {
		return out, err
	}
	for _, key := range e.papers {
		p, err := e.r.PaperByKey(e.ctx, key)
		if err == nil {
			err = e.o.Write(paperName(key), p.PDF)
		}
		if err != nil {
			return out, err
		}
		out.Papers++
	}
	return out, nil
}

// csv writes a table for spreadsheets: with BOM, and no cell that one would take
// for a formula (S13).
func (t exportTable) csv() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("\xef\xbb\xbf")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	head := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		head[i] = c.Name
	}
	if err := w.Write(head); err != nil {
		return nil, err
	}
	for _, text := range t.rows {
		cells, err := t.cells(text)
		if err != nil {
			return nil, err
		}
		line := make([]string, len(cells))
		for i, c := range cells {
			line[i] = c.text
			if !c.number {
				line[i] = harmless(c.text)
			}
		}
		if err := w.Write(line); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// harmless keeps a text from being taken for a formula.
func harmless(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(text)[0]) {
		return "'" + text
	}
	return text
}

// value is one as a table shows it.
type value struct {
	text   string
	number bool
}

// cells are a row's values in the order of the columns; lists and objects stay JSON.
func (t exportTable) cells(text string) ([]value, error) {
	row, err := rowOf(text)
	if err != nil {
		return nil, err
	}
	out := make([]value, len(t.Columns))
	for i, c := range t.Columns {
		v := bytes.TrimSpace(row[c.Name])
		switch {
		case len(v) == 0 || string(v) == "null":
		case v[0] == '"':
			out[i].text = row.text(c.Name)
		case v[0] == '-' || v[0] >= '0' && v[0] <= '9':
			out[i] = value{string(v), true}
		default:
			out[i].text = string(v)
		}
	}
	return out, nil
}
