package audit

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"xuanping/store"
)

// rowMap is a row with its columns as they are written.
type rowMap map[string]json.RawMessage

func rowOf(text string) (row rowMap, err error) {
	err = json.Unmarshal([]byte(text), &row)
	return row, err
}

// text is a column of words; "" when it is none.
func (r rowMap) text(column string) string {
	var s string
	_ = json.Unmarshal(r[column], &s)
	return s
}

func (r rowMap) key(pk []string) []json.RawMessage {
	all := make([]json.RawMessage, len(pk))
	for i, c := range pk {
		all[i] = r[c]
	}
	return all
}

// ledgerKey is the row's key as the ledger spells it.
func (r rowMap) ledgerKey(pk []string) string {
	parts := make([]string, len(pk))
	for i, k := range r.key(pk) {
		parts[i] = string(k)
	}
	return compactKey("[" + strings.Join(parts, ",") + "]")
}

// year is the year whose key digests the row.
func (r rowMap) year() int {
	n, _ := strconv.Atoi(string(r["year"]))
	return n
}

// compareJSON orders numbers by their value and all else by its bytes, on every
// machine alike.
func compareJSON(a, b json.RawMessage) int {
	x, errX := strconv.ParseInt(string(a), 10, 64)
	y, errY := strconv.ParseInt(string(b), 10, 64)
	if errX == nil && errY == nil {
		return cmp.Compare(x, y)
	}
	return bytes.Compare(a, b)
}

// pseudonyms stand for people and for what people wrote. Equal words have equal
// pseudonyms; only who holds the year's key can tie one to a word.
type pseudonyms struct{ secret []byte }

func (p pseudonyms) of(s string) string {
	h := hmac.New(sha256.New, p.secret)
	h.Write([]byte("archive\x00" + s))
	return "~" + hex.EncodeToString(h.Sum(nil)[:8])
}

// plainNames are the tables whose name is that of no person.
var plainNames = []string{"institution", "activity", "medium"}

// aDay is how dates and times are written; they are never hidden.
var aDay = regexp.MustCompile(`^\d{4}-\d\d-\d\d([T ][0-9:.+Z-]{2,24})?$`)

// row hides the words of a row. Its key stays: the ledger has it in plain too.
func (p pseudonyms) row(t store.ArchiveTable, text string) (string, error) {
	if slices.Contains(store.PlainTables, t.Table) {
		return text, nil
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var row map[string]any
	if err := d.Decode(&row); err != nil {
		return "", err
	}
	for column, v := range row {
		named := slices.Contains(plainNames, t.Table) && (column == "name" || column == "uscc")
		if !named && !slices.Contains(t.PK, column) {
			plain := store.PlainColumns
			if !store.PlainColumn(t.Table, column) {
				plain = nil
			}
			row[column] = p.value(column, v, plain)
		}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(row)
	return strings.TrimSuffix(b.String(), "\n"), err
}

func (p pseudonyms) value(name string, v any, plain []string) any {
	switch v := v.(type) {
	case string:
		if v == "" || slices.Contains(plain, name) || aDay.MatchString(v) {
			return v
		}
		return p.of(v)
	case []any:
		if slices.Contains(plain, name) {
			return v
		}
		for i := range v {
			v[i] = p.value(name, v[i], store.PlainFields)
		}
	case map[string]any:
		for k := range v {
			v[k] = p.value(k, v[k], store.PlainFields)
		}
	}
	return v
}
