package audit

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
)

// SealOptions say what an archive is made of besides the score book.
type SealOptions struct {
	Year      int
	WithNames bool // people, texts, row keys; without: pseudonyms
	Build     string
	Key       LogKey
	Former    []string // public keys that signed earlier heads of the ledger
	Annex     []byte   // the data file of 附件2
	Readings  []byte   // the register of readings
	Histories []History
}

// Seal writes a year's archive (卷宗): everything by which somebody without this
// house can tell again what happened, in one file. Twice the same year is twice
// the same bytes.
func Seal(ctx context.Context, s *store.Store, o SealOptions, out io.Writer) (m Manifest, err error) {
	err = s.Snapshot(ctx, func(r store.Reader) error {
		m, err = seal(ctx, r, o, out)
		return err
	})
	return m, err
}

func seal(ctx context.Context, r store.Reader, o SealOptions, out io.Writer) (Manifest, error) {
	c, err := r.Campaign(ctx, o.Year)
	if err != nil {
		return Manifest{}, err
	}
	head, err := r.Head(ctx)
	if err != nil {
		return Manifest{}, err
	}
	t := rubric.Annex2()
	m := Manifest{Format: archiveFormat, Year: o.Year, Rehearsal: c.Rehearsal, WithNames: o.WithNames, Build: o.Build, Table: t.Version, TableSHA256: t.SHA256,
		Readings: c.Rules.Settings.Readings, Rules: c.RulesVersion, LedgerSize: head.Size, LedgerRoot: head.Root.String(), LogKey: o.Key.Public(), FormerKeys: o.Former, Histories: len(o.Histories)}
	if m.Readings == nil {
		m.Readings = rubric.Choices{}
	}
	w := &sealer{ctx: ctx, r: r, o: o, m: &m, b: newBinder(out)}
	for _, part := range []func() error{w.facts, w.histories, w.ledger, w.mails, w.papers, w.roster, w.rules} { // in the order of their names
		if err := part(); err != nil {
			return m, err
		}
	}
	err = w.b.close(m, o.Key)
	m.Entries = w.b.entries
	return m, err
}

// sealer writes the parts of one archive.
type sealer struct {
	ctx       context.Context
	r         store.Reader
	o         SealOptions
	m         *Manifest
	b         *binder
	hide      pseudonyms
	paperKeys []string
	lists     *lists
}

// facts writes every table, a row a line, in the order of the rows' keys.
func (w *sealer) facts() error {
	keys, err := w.r.RowKeys(w.ctx, 0, w.o.Year)
	if err != nil {
		return err
	}
	secret, _ := hex.DecodeString(keys[w.o.Year])
	if w.hide.secret = secret; len(secret) == 0 && !w.o.WithNames {
		return campaign.Fail(campaign.Conflict, "%d 年度的密钥已销毁，不能再封存", w.o.Year)
	}
	if w.o.WithNames {
		w.m.RowKeys = keys
	}
	w.lists = newLists(w.o.WithNames)
	tables, err := w.r.ArchiveTables(w.ctx)
	if err != nil {
		return err
	}
	for _, t := range tables {
		if err := w.table(t); err != nil {
			return fmt.Errorf("%s：%w", t.Table, err)
		}
	}
	return nil
}

// line is a row on its way into the archive.
type line struct {
	key  []json.RawMessage
	text string
}

func (w *sealer) table(t store.ArchiveTable) error {
	mt := ManifestTable{Name: t.Table, PK: t.PK, Skip: t.Skip, Whole: t.Whole}
	if t.Table == "staff" {
		mt.Cut = []string{"password"} // a secret, not a fact
	}
	var all []line
	err := w.r.ArchiveRows(w.ctx, t, w.o.Year, func(text string) error {
		row, err := rowOf(text)
		if err != nil {
			return err
		}
		if t.Table == "paper" {
			text = w.takePaper(row, text)
			delete(row, "pdf")
		}
		if err := w.lists.notice(t.Table, row); err != nil {
			return err
		}
		if !w.o.WithNames {
			if text, err = w.hide.row(t, text); err != nil {
				return err
			}
		}
		all = append(all, line{row.key(t.PK), text})
		return nil
	})
	if err != nil {
		return err
	}
	slices.SortFunc(all, func(a, b line) int { return slices.CompareFunc(a.key, b.key, compareJSON) })
	var b bytes.Buffer
	for _, l := range all {
		b.WriteString(l.text + "\n")
	}
	mt.Rows = len(all)
	w.m.Tables = append(w.m.Tables, mt)
	return w.b.add("facts/"+t.Table+".jsonl", b.Bytes())
}

// takePaper leaves a reference where a row holds a paper's bytes. Without names
// what quotes somebody stays out with them; the row keeps its digest.
func (w *sealer) takePaper(row rowMap, text string) string {
	const before = `"pdf": "`
	from := strings.Index(text, before) + len(before)
	to := from + strings.IndexByte(text[from:], '"')
	key := row.text("key")
	name := paperName(key)
	if !w.o.WithNames && campaign.Paper(row.text("kind")).Withheld() {
		w.m.Withheld = append(w.m.Withheld, name)
	} else {
		w.paperKeys = append(w.paperKeys, key)
	}
	return text[:from] + "@" + name + text[to:]
}

// paperName is where a paper lies; keys hold no other sign that a file name may not have.
func paperName(key string) string { return "papers/" + fileName(key) + ".pdf" }

func fileName(s string) string { return strings.NewReplacer("/", "_", ":", "_", " ", "_").Replace(s) }

// historyName is where a history lies.
func historyName(workflow, run string) string {
	return "histories/" + fileName(workflow) + "_" + fileName(run) + ".json"
}

func (w *sealer) histories() error {
	type file struct {
		name string
		data []byte
	}
	var all []file
	for _, h := range w.o.Histories {
		b, err := h.Plain()
		if err != nil {
			return err
		}
		all = append(all, file{historyName(h.WorkflowID, h.RunID), b})
	}
	slices.SortFunc(all, func(a, b file) int { return strings.Compare(a.name, b.name) })
	for _, f := range all {
		if err := w.b.add(f.name, f.data); err != nil {
			return err
		}
	}
	return nil
}

// ledger writes all signed heads, the head now, and every record of every year:
// the tree is computed from all of them.
func (w *sealer) ledger() error {
	signed, err := w.r.Checkpoints(w.ctx)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	for _, c := range signed {
		text, err := json.Marshal(c.Note)
		if err != nil {
			return err
		}
		b.Write(append(text, '\n'))
	}
	if err := w.b.add("ledger/checkpoints.jsonl", b.Bytes()); err != nil {
		return err
	}
	head, err := w.r.Head(w.ctx)
	if err != nil {
		return err
	}
	now, err := w.o.Key.Sign(head)
	if err != nil {
		return err
	}
	if err := w.b.add("ledger/head.txt", []byte(now)); err != nil {
		return err
	}
	leaves, err := ledger(w.ctx, w.r)
	if err != nil {
		return err
	}
	b.Reset()
	for _, l := range leaves { // the record is hashed as it stands, so it is not printed anew
		fmt.Fprintf(&b, `{"index":%d,"hash":"%x","record":%s}`+"\n", l.Idx, l.Hash, l.Record)
	}
	return w.b.add("ledger/leaves.jsonl", b.Bytes())
}

func (w *sealer) mails() error { return w.b.add(mailsName, []byte(joinLines(w.lists.mails()))) }

func (w *sealer) papers() error {
	slices.SortFunc(w.paperKeys, func(a, b string) int { return strings.Compare(paperName(a), paperName(b)) })
	for _, key := range w.paperKeys {
		p, err := w.r.PaperByKey(w.ctx, key)
		if err != nil {
			return err
		}
		if err := w.b.add(paperName(key), p.PDF); err != nil {
			return err
		}
		w.m.Papers++
	}
	return nil
}

func (w *sealer) roster() error {
	lines, err := w.lists.roster()
	if err != nil {
		return err
	}
	return w.b.add(rosterName, []byte(joinLines(lines)))
}

func (w *sealer) rules() error {
	if err := w.b.add("rubric/annex2.json", w.o.Annex); err != nil {
		return err
	}
	return w.b.add("rubric/readings.json", w.o.Readings)
}

func joinLines(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	return strings.Join(lines, "\n") + "\n"
}
