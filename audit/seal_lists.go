package audit

import (
	"encoding/json"
	"maps"
	"slices"

	"xuanping/store"
)

// The lists that an archive holds for readers, beside the facts from which they
// are made: whoever verifies makes them again.
const (
	mailsName  = "mails/mails.jsonl"
	rosterName = "roster.jsonl"
)

// lists makes the lists of letters and of institutions from the rows of facts.
type lists struct {
	names   bool
	letters []string
	entries map[string]json.RawMessage
	bodies  map[string]json.RawMessage
}

func newLists(names bool) *lists {
	return &lists{names: names, entries: map[string]json.RawMessage{}, bodies: map[string]json.RawMessage{}}
}

// notice keeps what the lists need of a row.
func (l *lists) notice(table string, row rowMap) error {
	switch table {
	case "entry", "institution":
		to := l.entries
		if table == "institution" {
			to = l.bodies
		}
		b, err := json.Marshal(row)
		to[row.text("code")] = b
		return err
	case "intent":
		if row.text("kind") != store.MailIntent {
			return nil
		}
		var body struct {
			Template, To string
			Date         string
		}
		_ = json.Unmarshal(row["body"], &body) // an empty head says so
		head := map[string]any{"template": body.Template, "to": body.To, "date": body.Date}
		for _, c := range []string{"key", "code", "digest", "state", "delivery", "created_at"} {
			if v, has := row[c]; has {
				head[c] = v
			}
		}
		if l.names {
			head["body"] = row["body"]
		}
		b, err := json.Marshal(head)
		l.letters = append(l.letters, string(b))
		return err
	}
	return nil
}

// mails are the heads of letters, a line each.
func (l *lists) mails() []string { return slices.Sorted(slices.Values(l.letters)) }

// rosterColumns are what the roster says of an institution without naming people.
var rosterColumns = []string{"code", "name", "uscc", "province", "category"}

// roster lists the institutions of the year, a line each.
func (l *lists) roster() (lines []string, err error) {
	columns := rosterColumns
	if l.names {
		columns = slices.Concat(columns, []string{"head", "contact", "email", "mobile"})
	}
	for _, code := range slices.Sorted(maps.Keys(l.entries)) {
		row, all := rowMap{}, rowMap{}
		if body, has := l.bodies[code]; has {
			if err := json.Unmarshal(body, &all); err != nil {
				return nil, err
			}
		}
		for _, c := range columns {
			row[c] = all[c]
		}
		if err := json.Unmarshal(l.entries[code], &all); err != nil {
			return nil, err
		}
		for _, c := range []string{"joined", "ranked", "stage", "left_how", "outcome", "successor"} {
			row[c] = all[c]
		}
		b, err := json.Marshal(row)
		if err != nil {
			return nil, err
		}
		lines = append(lines, string(b))
	}
	return lines, nil
}
