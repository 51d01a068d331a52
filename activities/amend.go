package activities

import (
	"fmt"
	"strings"

	"xuanping/campaign"
	"xuanping/pdf"
	"xuanping/store"
)

// eventRulings are the decisions on the events of a row as the paper prints them.
func (r *Room) eventRulings(row int, all []store.Event) []pdf.EventRuling {
	var out []pdf.EventRuling
	for _, e := range all {
		if e.Amending(r.Table).Row != row {
			continue
		}
		out = append(out, pdf.EventRuling{Title: e.Title, Clause: e.Clause, On: campaign.Day(e.OccurredOn.Format("2006-01-02")).Chinese(), Words: strings.ReplaceAll(e.AmendedWords(r.Table), " ", ""), Reason: e.AmendedWhy})
	}
	return out
}

// amendedWord adds to a row's decision how many of its events count otherwise.
func amendedWord(row int, editions []store.Amendment) string {
	n := 0
	for _, a := range store.Changing(editions) {
		if a.Row == row {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("（%d 件事项的认定在复核中变更）", n)
}
