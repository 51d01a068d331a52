package web

import (
	"slices"

	"xuanping/campaign"
	"xuanping/store"
)

const fileTitle = "机构宣传档案"

// headView is a head of an institution's file (PL-7): its registers and the
// evidence of its rows.
type headView struct {
	Name  string
	Lines []checkLine
	Rows  []headRow
}

// headRow is a row of Annex 2 with how much evidence there is.
type headRow struct {
	No    int
	Title string
	Files int
	Href  string
}

// heads sorts an institution's file under the eight heads; at leads to the
// evidence of a row.
func (s *Server) heads(lines []checkLine, files []store.Evidence, at func(row int) string) []headView {
	var all []headView
	for _, h := range campaign.Heads() {
		v := headView{Name: h.Name}
		for _, id := range h.Registers {
			if i := slices.IndexFunc(lines, func(l checkLine) bool { return l.Register.ID == id }); i >= 0 {
				v.Lines = append(v.Lines, lines[i])
			}
		}
		for _, n := range h.Rows {
			row, _ := s.Desk.Table.Row(n)
			line := headRow{No: n, Title: row.Title, Href: at(n)}
			for _, f := range files {
				if f.Row == n {
					line.Files++
				}
			}
			v.Rows = append(v.Rows, line)
		}
		all = append(all, v)
	}
	return all
}
