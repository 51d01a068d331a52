package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/rubric"
	"xuanping/store"
)

// pleaView is the request for 评价复核: all 16 rows, each on its own (AP-1).
type pleaView struct {
	own
	Open  bool
	Until campaign.Day
	State string
	Rows  []pleaRow
	Filed int
}

type pleaRow struct {
	rubric.RowScore
	Title       string
	Picked      bool
	Text, Fault string
	Event       bool // points come from events, which are decided one by one
	Decided     []string
	Filed       *store.Appeal
	Ruled       bool // and may be told
	Files       []store.CaseFile
}

func (s *Server) appealShow(r ask, f *form) (page, own, error) {
	o, err := s.own(r)
	if err != nil {
		return page{}, o, err
	}
	k, err := s.known(r.Context(), o)
	if err != nil {
		return page{}, o, err
	}
	v := pleaView{own: o, Until: o.Entry.DueDay(), State: k.appeal().State, Filed: len(k.appeals)}
	v.Open = o.Act && o.Entry.Stage == campaign.Served && v.Until != "" && o.Now.Before(v.Until.End())
	if f == nil {
		f = newForm()
	}
	res, served, err := s.ownResult(r, o)
	if err != nil {
		return page{}, o, err
	}
	if served {
		decided, err := s.decidedWords(r.Context(), o.Ref)
		if err != nil {
			return page{}, o, err
		}
		files, err := s.store.CaseFiles(r.Context(), o.Ref, store.AboutAppeal)
		if err != nil {
			return page{}, o, err
		}
		for _, row := range res.Card.Rows {
			x := s.pleaRow(row, f, k)
			x.Files = slices.DeleteFunc(slices.Clone(files), func(c store.CaseFile) bool { return c.Row != row.Row })
			if x.Ruled {
				x.Decided = decided[row.Row]
			}
			v.Rows = append(v.Rows, x)
		}
	}
	return page{Title: campaign.AppealTask.Chinese(), Crumbs: o.crumbs(), Form: f, Data: v}, o, nil
}

func (s *Server) pleaRow(row rubric.RowScore, f *form, k known) pleaRow {
	t, _ := s.Desk.Table.Row(row.Row)
	n := fmt.Sprint(row.Row)
	out := pleaRow{RowScore: row, Title: t.Title, Picked: f.Get("row-"+n) == "1", Text: f.Get("text-" + n), Fault: f.Fault("row-" + n), Event: row.Row > 14}
	for i, a := range k.appeals {
		if a.Row == row.Row {
			out.Filed = &k.appeals[i]
			out.Ruled = a.RuledAt != nil && k.at(campaign.Final, campaign.Closed)
		}
	}
	return out
}

func (s *Server) appealPage(w http.ResponseWriter, r ask) error {
	p, _, err := s.appealShow(r, nil)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "appeal", p)
}

// readAppeal takes the rows that were ticked. A reason without a tick is
// pointed out instead of being lost.
func readAppeal(f *form) ([]desk.AppealRow, map[string]string) {
	var rows []desk.AppealRow
	faults := map[string]string{}
	for n := 1; n <= 16; n++ {
		text := strings.TrimSpace(f.Get(fmt.Sprintf("text-%d", n)))
		key := fmt.Sprintf("row-%d", n)
		switch {
		case f.Get(key) == "1":
			rows = append(rows, desk.AppealRow{Row: n, Text: text})
			if size := len([]rune(text)); size == 0 || size > 1000 {
				faults[key] = fmt.Sprintf("第 %d 项请填写复核理由（不超过 1000 字）", n)
			}
		case text != "":
			faults[key] = fmt.Sprintf("第 %d 项填写了理由但没有勾选，请勾选或清空理由", n)
		}
	}
	if len(rows) == 0 {
		faults["rows"] = "请至少选择一项指标"
	}
	return rows, faults
}

func (s *Server) appealPost(w http.ResponseWriter, r ask) error {
	f, err := readForm(r, append([]string{"rows"}, rowOrder(16)...)...)
	if err != nil {
		return err
	}
	rows, faults := readAppeal(f)
	signerFaults(f, faults)
	if f.Get("do") != "edit" {
		f.Faults = faults
	}
	p, o, err := s.appealShow(r, f)
	if err != nil {
		return err
	}
	if f.Get("do") == "edit" {
		return s.render(w, r, http.StatusOK, "appeal", p)
	}
	if err := wrong(faults); err != nil {
		return s.again(w, r, "appeal", p, err)
	}
	return s.confirm(w, r, o, f, effect{act: desk.AppealAct, content: rows, title: "核对评价复核申请",
		page:  check{Lead: "提交后由未参与评分的评审专家办理。每项指标只能申请一次。", Rows: append(s.appealCheck(rows), signerRows(f))},
		do:    func(by desk.Signer) (desk.Receipt, error) { return s.Desk.FileAppeal(r.Context(), r.Visitor, rows, by) },
		again: func(err error) error { return s.again(w, r, "appeal", p, err) }})
}

func (s *Server) appealCheck(rows []desk.AppealRow) [][2]string {
	var all [][2]string
	for _, row := range rows {
		t, _ := s.Desk.Table.Row(row.Row)
		all = append(all, [2]string{fmt.Sprintf("%d. %s", row.Row, t.Title), row.Text})
	}
	return all
}
