package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"xuanping/audit/independent"
	"xuanping/rubric"
	"xuanping/store"
)

// archive is what an archive holds, read.
type archive struct {
	m        Manifest
	leaves   []store.Leaf
	signed   []string // checkpoints
	head     string
	rows     map[string][]string // by table, as they are written
	annex    []byte
	papers   map[string]string // name of a PDF to its sha256, from the manifest
	tellings map[string]string // name of a history to its sha256
	readFile func(name string) ([]byte, error)
}

// contents reads everything but histories and papers.
func (u *unsealer) contents() (*archive, error) {
	a := &archive{m: u.out.Manifest, rows: map[string][]string{}, papers: map[string]string{}, tellings: map[string]string{}, readFile: u.read}
	for _, e := range a.m.Entries {
		if strings.HasPrefix(e.Name, "papers/") {
			a.papers[e.Name] = e.SHA256
		}
		if strings.HasPrefix(e.Name, "histories/") {
			a.tellings[e.Name] = e.SHA256
		}
	}
	for _, t := range a.m.Tables {
		data, err := u.read("facts/" + t.Name + ".jsonl")
		if err != nil {
			return nil, fmt.Errorf("facts/%s.jsonl：%w", t.Name, err)
		}
		if a.rows[t.Name] = linesOf(data); len(a.rows[t.Name]) != t.Rows {
			u.out.fault("facts/"+t.Name+".jsonl", "清单为 %d 行，实有 %d 行", t.Rows, len(a.rows[t.Name]))
		}
	}
	var err error
	if a.annex, err = u.read("rubric/annex2.json"); err != nil {
		return nil, fmt.Errorf("rubric/annex2.json：%w", err)
	}
	if sum := sha256.Sum256(a.annex); hex.EncodeToString(sum[:]) != a.m.TableSHA256 {
		u.out.fault("rubric/annex2.json", "不是清单所写的指标版本")
	}
	return a, a.readLedger(u)
}

func linesOf(data []byte) []string {
	if len(data) == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
}

func (a *archive) readLedger(u *unsealer) error {
	head, err := u.read("ledger/head.txt")
	if err != nil {
		return fmt.Errorf("ledger/head.txt：%w", err)
	}
	a.head = string(head)
	signed, err := u.read("ledger/checkpoints.jsonl")
	if err != nil {
		return fmt.Errorf("ledger/checkpoints.jsonl：%w", err)
	}
	for _, l := range linesOf(signed) {
		var text string
		if err := json.Unmarshal([]byte(l), &text); err != nil {
			return fmt.Errorf("ledger/checkpoints.jsonl：%w", err)
		}
		a.signed = append(a.signed, text)
	}
	data, err := u.read("ledger/leaves.jsonl")
	if err != nil {
		return fmt.Errorf("ledger/leaves.jsonl：%w", err)
	}
	for _, l := range linesOf(data) {
		var one struct {
			Index  int64
			Hash   string
			Record json.RawMessage
		}
		if err := json.Unmarshal([]byte(l), &one); err != nil {
			return fmt.Errorf("ledger/leaves.jsonl：%w", err)
		}
		leaf := store.Leaf{Idx: one.Index, Record: string(one.Record)}
		leaf.Hash, _ = hex.DecodeString(one.Hash)
		var r struct {
			Kind, Code string
			Year       int
		}
		if err := json.Unmarshal(one.Record, &r); err != nil {
			return fmt.Errorf("ledger/leaves.jsonl：%w", err)
		}
		leaf.Kind, leaf.Code, leaf.Year = r.Kind, r.Code, r.Year
		a.leaves = append(a.leaves, leaf)
	}
	return nil
}

// checkLedger grows the tree from the records and holds it against the head and
// against every head that was signed during the year.
func (a *archive) checkLedger(out *ArchiveReport) {
	var t tree
	for i, l := range a.leaves {
		hash := tlog.RecordHash([]byte(l.Record))
		if l.Idx != int64(i) {
			out.Ledger.fault(int64(i), "缺失")
		}
		if !bytes.Equal(l.Hash, hash[:]) {
			out.Ledger.fault(l.Idx, "记录与所存哈希不一致")
		}
		if err := t.add(hash); err != nil {
			out.Ledger.fault(l.Idx, "%v", err)
			break
		}
	}
	out.Ledger.Size = t.size
	out.Ledger.Root, _ = t.root()
	known, err := Verifiers(append([]string{a.m.LogKey}, a.m.FormerKeys...)...)
	if err != nil {
		out.fault(manifestName, "%v", err)
		return
	}
	_, head, err := ReadCheckpoint(a.head, known)
	if err != nil || head.Size != t.size || head.Root != out.Ledger.Root || a.m.LedgerRoot != head.Root.String() || a.m.LedgerSize != head.Size {
		out.Ledger.fault(-1, "重算的账本根 %s 与签署的不一致", out.Ledger.Root)
	}
	var kept []Witness
	for i, text := range a.signed {
		name := fmt.Sprintf("ledger/checkpoints.jsonl 第 %d 行", i+1)
		_, h, err := ReadCheckpoint(text, known)
		if err != nil {
			out.Ledger.fault(-1, "%s：%v", name, err)
			continue
		}
		kept = append(kept, Witness{name, h, text})
	}
	faults, err := CompareWitnesses(a.leaves, kept)
	if err != nil {
		out.Ledger.fault(-1, "%v", err)
	}
	out.Ledger.Faults = append(out.Ledger.Faults, faults...)
	for _, f := range out.Ledger.Faults {
		out.fault("ledger/", "%s", f)
	}
}

// checkRows compares every row with the ledger's last word on it: that there is
// one, and with the row keys that it says the same. A row of the year that the
// ledger knows and the archive lacks is named too.
func (a *archive) checkRows(out *ArchiveReport) {
	words := lastWords(a.leaves)
	if erased := erasedYears(a.leaves); a.m.WithNames {
		for _, year := range []int{0, a.m.Year} {
			if a.m.RowKeys[year] == "" && !erased[year] {
				out.fault(manifestName, "%s", keyGone(year))
			}
		}
	}
	whole := map[string]bool{}
	for _, t := range a.m.Tables {
		whole[t.Name] = t.Whole
		for i, text := range a.rows[t.Name] {
			place := fmt.Sprintf("facts/%s.jsonl 第 %d 行", t.Name, i+1)
			row, err := rowOf(text)
			if err != nil {
				out.fault(place, "无法读取")
				continue
			}
			at := [2]string{t.Name, row.ledgerKey(t.PK)}
			w, known := words[at]
			delete(words, at)
			out.Rows++
			if !known {
				out.fault(place, "账本没有这一行的记录")
				continue
			}
			digest, ok := a.digest(t, row, text)
			if !ok {
				continue
			}
			if out.Compared++; digest != w.digest {
				out.fault(place, "内容与账本第 %d 条不一致", w.index)
			}
		}
	}
	year := a.yearsOfRows()
	for at, w := range words {
		all, carried := whole[at[0]]
		of := year(at[0], at[1], w.index)
		earlier := store.Carried(at[0]) && of > 0 && of < a.m.Year
		if all || of == a.m.Year || earlier {
			what := "缺少 " + at[1]
			if !carried {
				what = "缺少整张表，其中有 " + at[1]
			}
			out.fault("facts/"+at[0]+".jsonl", "%s：账本第 %d 条有记录", what, w.index)
		}
	}
}

// ofAYear is how a key begins that names a year.
var ofAYear = regexp.MustCompile(`^\["(\d{4})/`)

// yearsOfRows tells of the rows in the ledger to which year they belong, 0 where
// nothing tells it: by the row's key, by the record in which it stands, or, of
// the rows of an act with more than one record has room for, by that act.
func (a *archive) yearsOfRows() func(table, key string, index int64) int {
	column := map[string]int{} // where a table's key has the year
	for _, t := range a.m.Tables {
		column[t.Name] = slices.Index(t.PK, "year")
	}
	act := make([]int, len(a.leaves)) // by the place of a record
	place := make(map[int64]int, len(a.leaves))
	full := false
	for i, l := range a.leaves {
		var r struct {
			Rows []json.RawMessage
			Body struct{ Of int }
		}
		_ = json.Unmarshal([]byte(l.Record), &r) // contents has read it
		switch act[i] = l.Year; {
		case l.Kind != store.RowsLeaf || l.Year != 0:
		case full:
			act[i] = act[i-1]
		default:
			act[i] = r.Body.Of
		}
		place[l.Idx], full = i, len(r.Rows) == store.RowsPerLeaf
	}
	return func(table, key string, index int64) int {
		if at, known := column[table]; known && at >= 0 {
			var parts []json.RawMessage
			if json.Unmarshal([]byte(key), &parts) == nil && at < len(parts) {
				n, _ := strconv.Atoi(string(parts[at]))
				return n
			}
		}
		if m := ofAYear.FindStringSubmatch(key); m != nil && (table == "intent" || table == "paper") {
			n, _ := strconv.Atoi(m[1])
			return n
		}
		return act[place[index]]
	}
}

// checkLists makes the lists of letters and institutions again from the facts.
func (a *archive) checkLists(out *ArchiveReport) {
	made := newLists(a.m.WithNames)
	for table, rows := range a.rows {
		for _, text := range rows {
			row, err := rowOf(text)
			if err == nil {
				err = made.notice(table, row)
			}
			if err != nil {
				return // checkRows names the row
			}
		}
	}
	roster, err := made.roster()
	if err != nil {
		out.fault(rosterName, "%v", err)
		return
	}
	for name, want := range map[string][]string{mailsName: made.mails(), rosterName: roster} {
		data, err := a.readFile(name)
		if err != nil {
			out.fault(name, "缺失")
			continue
		}
		have := linesOf(data)
		for i := range max(len(have), len(want)) {
			if i >= len(have) || i >= len(want) || have[i] != want[i] {
				out.fault(fmt.Sprintf("%s 第 %d 行", name, i+1), "与 facts 中的数据不一致")
				break
			}
		}
	}
}

// digest computes a row's digest; only an archive with row keys can.
func (a *archive) digest(t ManifestTable, row rowMap, text string) (string, bool) {
	secret, err := hex.DecodeString(a.m.RowKeys[row.year()])
	if err != nil || len(secret) == 0 || len(t.Cut) > 0 {
		return "", false
	}
	if t.Name == "paper" {
		name := strings.TrimPrefix(row.text("pdf"), "@")
		data, err := a.readFile(name)
		if err != nil {
			return "", false // its row's digest column tells
		}
		text = strings.Replace(text, `"pdf": "@`+name+`"`, `"pdf": "\\x`+hex.EncodeToString(data)+`"`, 1)
	}
	sum := sha256.Sum256(append(secret, text...))
	return hex.EncodeToString(sum[:]), true
}

// facts are what the independent count reads.
func (a *archive) facts() independent.Facts {
	f := independent.Facts{Year: a.m.Year, Annex: a.annex, Hidden: !a.m.WithNames, Rows: map[string][]json.RawMessage{}}
	for table, rows := range a.rows {
		for _, r := range rows {
			f.Rows[table] = append(f.Rows[table], json.RawMessage(r))
		}
	}
	for _, l := range a.leaves {
		f.Records = append(f.Records, json.RawMessage(l.Record))
	}
	return f
}

// checkPlaces compares the ranks of the two counts.
func (a *archive) checkPlaces(out *ArchiveReport) {
	category := map[string]string{}
	for _, text := range a.rows["institution"] {
		if row, err := rowOf(text); err == nil {
			category[row.text("code")] = row.text("category")
		}
	}
	var totals []rubric.Points
	var categories []string
	var ranked []independent.Place
	for _, p := range out.Recount.Places {
		if p.Rank > 0 {
			ranked, totals, categories = append(ranked, p), append(totals, rubric.Points(p.Total)), append(categories, category[p.Code])
		}
	}
	reading := a.m.Readings.Reading()
	over, inside := reading.Ranks(totals), reading.RanksWithin(totals, categories)
	for i, p := range ranked {
		if over[i] != p.Rank || inside[i] != p.CategoryRank {
			out.fault("独立复算", "%s 名次：%d（类别内 %d），独立复算 %d（%d）", p.Code, over[i], inside[i], p.Rank, p.CategoryRank)
		}
	}
}

// checkHistories holds every history against the digest that the ledger has of
// it since its run ended (S9d).
func (a *archive) checkHistories(out *ArchiveReport) {
	for _, text := range a.rows["history"] {
		row, err := rowOf(text)
		if err != nil || row.year() != a.m.Year {
			continue
		}
		name := historyName(row.text("workflow"), row.text("run"))
		switch digest, has := a.tellings[name]; {
		case !has:
			out.fault(name, "缺失，账本记有这一流程办结时的历史")
		case digest != row.text("digest"):
			out.fault(name, "与流程办结时入账的历史不同")
		default:
			out.Noted++
		}
	}
}
