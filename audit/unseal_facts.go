package audit

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
)

// told ties the records of a kind to the rows that they tell of: which columns
// find the row, and which must say the same. A column is written with the name
// that the record has for it after a colon, when that is another.
type told struct{ kind, table, id, same string }

var tellings = []told{
	{"result", "result", "code version", "scored total"},
	{"sheet", "sheet", "code reviewer", "digest"},
	{"self-score", "self_score", "code version", "digest"},
	{"plan", "plan", "code version", "digest late"},
	{"plan-review", "plan_review", "code version", "accepted by"},
	{"seat", "seat", "code seat reviewer", "due"},
	{"seat-end", "seat_end", "code seat n", "reviewer why:how"},
	{"basis-decision", "basis_decision", "code n", "kind:how reviewers by"},
	{"event", "event", "id", "clause points occurred_on:on by"},
	{"event-ruling", "event_ruling", "event:id", "confirmed by"},
	{"event-move", "event_move", "event:id n", "act state by"},
	{"event-amendment", "event_amendment", "event:id n", "row outcome reviewer:by"},
	{"appeal", "appeal", "code row", "digest"},
	{"appeal-ruling", "appeal_ruling", "code row n", "before after reviewer:by"},
	{"ruling-void", "ruling_void", "code row n", "why:how"},
	{"warning", "warning", "code", "number ladder hand"},
	{"late-honour", "late_honour", "code", "number"},
	{"warning-act", "warning_act", "code n", "act role by"},
	{"paper", "paper", "key", "digest"},
	{"mail", "intent", "key", "digest"},
	{"paper-order", "intent", "key", "digest"},
}

// checkFacts compares what the records of the year say with the rows, digests of
// what only rows hold among it, and every paper with the ledger.
func (a *archive) checkFacts(out *ArchiveReport) {
	for _, t := range tellings {
		a.checkTelling(t, out)
	}
	a.checkDigests(out)
	for _, text := range a.rows["paper"] {
		row, err := rowOf(text)
		if err != nil {
			continue // checkRows names it
		}
		name := strings.TrimPrefix(row.text("pdf"), "@")
		sum, has := a.papers[name]
		switch withheld := slices.Contains(a.m.Withheld, name); {
		case !has && !withheld:
			out.fault(name, "缺失")
		case withheld && (a.m.WithNames || !campaign.Paper(row.text("kind")).Withheld()):
			out.fault(name, "没有收入，而这种文书应当收入")
		case has && sum != row.text("digest"):
			out.fault(name, "与登记的摘要不一致")
		}
	}
}

func (a *archive) checkTelling(t told, out *ArchiveReport) {
	rows := map[string]rowMap{}
	for _, text := range a.rows[t.table] {
		row, err := rowOf(text)
		if err != nil {
			continue
		}
		parts := []string{}
		for c := range strings.FieldsSeq(t.id) {
			column, _, _ := strings.Cut(c, ":")
			parts = append(parts, string(row[column]))
		}
		if row["year"] == nil || row.year() == a.m.Year {
			rows[strings.Join(parts, " ")] = row
		}
	}
	for _, l := range a.leaves {
		if l.Kind != t.kind || l.Year != a.m.Year {
			continue
		}
		said := said(l)
		var parts []string
		for c := range strings.FieldsSeq(t.id) {
			parts = append(parts, string(said[nameOf(c)]))
		}
		row, found := rows[strings.Join(parts, " ")]
		if !found {
			out.fault("facts/"+t.table+".jsonl", "缺少账本第 %d 条（%s）所记的一行", l.Idx, t.kind)
			continue
		}
		for c := range strings.FieldsSeq(t.same) {
			column, _, _ := strings.Cut(c, ":")
			if out.Facts++; string(said[nameOf(c)]) != string(row[column]) {
				out.fault("facts/"+t.table+".jsonl", "%s 的 %s 为 %s，账本第 %d 条为 %s", strings.Join(parts, " "), column, row[column], l.Idx, said[nameOf(c)])
			}
		}
	}
}

func nameOf(column string) string {
	if _, name, other := strings.Cut(column, ":"); other {
		return name
	}
	return column
}

// said is what a record says, with its code.
func said(l store.Leaf) rowMap {
	var r struct{ Body rowMap }
	_ = json.Unmarshal([]byte(l.Record), &r)
	if r.Body == nil {
		r.Body = rowMap{}
	}
	r.Body["code"] = json.RawMessage(strconv.Quote(l.Code))
	return r.Body
}

// checkDigests computes digests of whole contents again: of calendar and
// settings and of the published totals always, of cards and sheets with names.
func (a *archive) checkDigests(out *ArchiveReport) {
	compare := func(table, kind string, id string, digest func(row rowMap) string) {
		have := map[string]string{}
		for i, text := range a.rows[table] {
			row, err := rowOf(text)
			if err != nil || row.year() != a.m.Year {
				continue
			}
			at := strconv.Itoa(i)
			if id != "" {
				at = string(row["code"]) + string(row[id])
			}
			have[at] = digest(row)
		}
		n := 0
		for _, l := range a.leaves {
			if l.Kind != kind || l.Year != a.m.Year {
				continue
			}
			s := said(l)
			at := strconv.Itoa(n)
			if id != "" {
				at = string(s["code"]) + string(s[id])
			}
			n++
			if out.Facts++; strconv.Quote(have[at]) != string(s["digest"]) {
				out.fault("facts/"+table+".jsonl", "%s 的内容与账本第 %d 条的摘要不一致", at, l.Idx)
			}
		}
	}
	compare("rules", "rules", "", func(row rowMap) string { return digestAs[campaign.Rules](row["body"]) })
	compare("publication", "publication", "", func(row rowMap) string { return digestAs[map[string]rubric.Points](row["totals"]) })
	if a.m.WithNames {
		compare("result", "result", "version", func(row rowMap) string { return digestAs[rubric.Scorecard](row["card"]) })
		compare("sheet", "sheet", "reviewer", func(row rowMap) string { return digestAs[[]rubric.Mark](row["marks"]) })
	}
}

// digestAs is the digest of a value of the house that was written as JSON.
func digestAs[T any](text json.RawMessage) string {
	var v T
	if json.Unmarshal(text, &v) != nil {
		return ""
	}
	return store.Digest(v)
}
