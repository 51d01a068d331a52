package web

import (
	"encoding/json"
	"net/http"
	"strings"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/desk"
	"xuanping/rubric"
)

// ungiven marks a row of a draft that has a reason but no points yet.
const ungiven = rubric.Points(-1)

// sheetPage shows the sheet: the draft to go on with, or what was handed in.
func (s *Server) sheetPage(w http.ResponseWriter, r ask) error {
	v, err := s.sheetOf(r)
	if desk.IsUndeclared(err) {
		return seeOther(w, r, "/review/"+r.PathValue("year")+"/conflicts")
	}
	if err != nil {
		return err
	}
	f := newForm()
	if v.Open {
		d, err := s.store.Draft(r.Context(), r.Staff.ID, v.E.Ref(), string(campaign.ScoreTask))
		if err != nil {
			return err
		}
		if d.Body != nil {
			var marks []rubric.Mark
			if err := json.Unmarshal(d.Body, &marks); err != nil {
				return err
			}
			fillMarks(f, marks)
			v.DraftAt = stamp(d.At)
		}
	}
	allowScript(w, v)
	return s.render(w, r, http.StatusOK, "review-sheet", sheetForm(v, f))
}

func fillMarks(f *form, marks []rubric.Mark) {
	for _, m := range marks {
		if m.Points != ungiven {
			f.Set("points-"+itoa(m.Row), m.Points.String())
		}
		f.Set("reason-"+itoa(m.Row), m.Reason)
		writeParts(f, m)
	}
}

func sheetForm(v sheetView, f *form) page {
	hint := "低于满分或高于自评时必填"
	if v.Hidden {
		hint = "低于满分时必填"
	}
	v.Progress = progressOf(v, f)
	for i, x := range v.Rows {
		n := itoa(x.Row.No)
		v.Rows[i].Points = numberField(f, "points-"+n, "得分", "0 至 "+x.Row.Max.String())
		v.Rows[i].Reason = areaField(f, "reason-"+n, "理由", hint, 2)
		v.Rows[i].fields(f, n)
		v.Rows[i].Bad = f.Fault("points-"+n) != "" || f.Fault("lowered-"+n) != ""
	}
	return page{Title: "评审打分：" + v.E.Name, Crumbs: []link{{Href: "/review", Text: "评审任务"}}, Form: f, Wide: true, Data: v}
}

// readSheet takes the marks as typed. A blank row is left out, and with a
// reason only it is kept for a draft as ungiven.
func readSheet(v sheetView, f *form) (marks []rubric.Mark, err error) {
	bad := map[string]string{}
	for _, x := range v.Rows {
		n := itoa(x.Row.No)
		points, reason := strings.TrimSpace(f.Get("points-"+n)), strings.TrimSpace(f.Get("reason-"+n))
		m := rubric.Mark{Row: x.Row.No, Points: ungiven, Reason: reason}
		if say := x.readParts(f, n, &m); say != "" {
			bad["lowered-"+n] = say
		}
		switch p, err := rubric.ParsePoints(points); {
		case points == "" && reason == "" && m.Event == "" && m.Lowered == 0 && !m.Considered:
		case points == "":
			marks = append(marks, m)
		case err != nil:
			bad["points-"+n] = "第 " + n + " 项：" + err.Error()
		default:
			m.Points = p
			marks = append(marks, m)
		}
	}
	return marks, wrong(bad)
}

// given leaves the rows without points out.
func given(marks []rubric.Mark) []rubric.Mark {
	var all []rubric.Mark
	for _, m := range marks {
		if m.Points != ungiven {
			all = append(all, m)
		}
	}
	return all
}

// handInSheet saves the marks, shows them for checking, or hands them in, once.
func (s *Server) handInSheet(w http.ResponseWriter, r ask) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	v, err := s.sheetOf(r)
	if err != nil {
		return err
	}
	allowScript(w, v)
	if f.Get("do") == "edit" {
		return s.render(w, r, http.StatusOK, "review-sheet", sheetForm(v, f))
	}
	ref := v.E.Ref()
	marks, err := readSheet(v, f)
	if f.Get("do") == "autosave" {
		return s.autosave(w, r, v, marks)
	}
	if err == nil && f.Get("do") == "save" {
		if err = s.saveSheet(r, v, marks); err == nil {
			return seeOther(w, r, v.Action+"?done=saved")
		}
	}
	if err == nil && f.Get("do") == "check" {
		if err = s.sheetFaults(r, ref, given(marks)); err == nil {
			return s.checkSheet(w, r, v, f, marks)
		}
	}
	var rec desk.Receipt
	if err == nil {
		rec, err = s.Desk.HandInSheet(r.Context(), r.Staff, ref, given(marks))
	}
	if err != nil {
		err = renamed(err, rowField("points-"))
		f.Faults = faultsOf(err)
		return s.again(w, r, "review-sheet", sheetForm(v, f), err)
	}
	return s.render(w, r, http.StatusOK, "review-receipt", page{Title: "评审打分", Crumbs: []link{{Href: "/review", Text: "评审任务"}}, Data: rec})
}

func (s *Server) saveSheet(r ask, v sheetView, marks []rubric.Mark) error {
	if !v.Open {
		return campaign.Fail(campaign.Conflict, "打分表已经提交或不在打分阶段，不能再保存")
	}
	return s.Desk.SaveSheet(r.Context(), r.Staff, v.E.Ref(), marks)
}

// sheetFaults are the faults that handing in would find, under desk's names.
func (s *Server) sheetFaults(r ask, ref contract.Ref, marks []rubric.Mark) error {
	c, err := s.campaign(r.Context(), ref.Year)
	if err != nil {
		return err
	}
	rule, err := s.Desk.ReviewRule(r.Context(), s.store.Reader, c, ref)
	if err != nil {
		return err
	}
	faults, ok := rule.Check(marks, true).(rubric.SheetErrors)
	if !ok {
		return nil
	}
	bad := map[string]string{}
	for _, e := range faults {
		bad["row-"+itoa(e.Row)] = "第 " + itoa(e.Row) + " 项：" + e.Say
	}
	return wrong(bad)
}

func (s *Server) checkSheet(w http.ResponseWriter, r ask, v sheetView, f *form, marks []rubric.Mark) error {
	total := rubric.Points(0)
	rows := [][2]string{{"机构", v.E.Name}}
	for _, m := range marks {
		total += m.Points
		row, _ := s.Desk.Table.Row(m.Row)
		rows = append(rows, [2]string{itoa(m.Row) + "　" + row.Title, m.Points.String() + " / " + row.Max.String() + "\n" + m.Reason + "\n" + partWords(m, v.found())})
	}
	rows = append(rows, [2]string{"基础分合计", total.String()})
	return s.render(w, r, http.StatusOK, "check", page{Title: "请核对打分表", Crumbs: []link{{Href: "/review", Text: "评审任务"}}, Data: check{
		Action: v.Action, Lead: "提交后不能修改。两位评审专家相互独立，互不可见。", Rows: rows, Hidden: f.Hidden(), Button: "确认提交"}})
}

// rowField turns desk's name of a row's fault, row-7, into a field of a page.
func rowField(field string) func(string) string {
	return func(key string) string {
		if n, ok := strings.CutPrefix(key, "row-"); ok {
			return field + n
		}
		return key
	}
}
