package web

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"

	"xuanping/campaign"
	"xuanping/store"
)

// localRoutes registers the pages of local regulators (PL-11) and the office's
// comparison of them (PL-12).
func (s *Server) localRoutes() {
	s.handle("GET /local", s.localHome)
	s.handle("GET /local/{year}", s.localYear)
	s.handle("GET /local/{year}/i/{code}", s.localInstitution)
	s.handle("POST /local/{year}/i/{code}", s.observe)
	s.handle("GET /local/{year}/honours", s.localHonours)
	s.handle("POST /local/{year}/honours", s.localNominate)
	s.handle("GET /office/{year}/local", s.localRanking)
	s.handle("GET /office/{year}/local/set", s.localSetPage)
	s.handle("POST /office/{year}/local/set", s.setLocalSet)
	s.handle("GET /office/{year}/local/values", s.localValuesPage)
	s.handle("POST /office/{year}/local/values", s.enterLocal)
}

func localPath(year int, more ...string) string {
	return strings.Join(append([]string{"/local", itoa(year)}, more...), "/")
}

func localCrumbs(year int) []link {
	return []link{{Href: "/local", Text: "本地机构"}, {Href: localPath(year), Text: yearTitle(year)}}
}

// localHome leads to the newest year.
func (s *Server) localHome(w http.ResponseWriter, r ask) error {
	all, err := s.store.Campaigns(r.Context())
	if err != nil {
		return err
	}
	if len(all) > 0 {
		return seeOther(w, r, localPath(all[0].Year))
	}
	return s.render(w, r, http.StatusOK, "local-year", page{Title: "本地机构", Data: map[string]any{}})
}

// localYear lists the institutions of the regulator's own province; no figure
// on the page counts any other (PL-11).
func (s *Server) localYear(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	entries, err := s.store.EntriesIn(r.Context(), c.Year, r.Staff.Province)
	if err != nil {
		return err
	}
	marks := map[campaign.Stage]int{}
	for _, e := range entries {
		marks[e.Stage]++
	}
	var chart []mark
	for _, st := range campaign.Stages() {
		if marks[st] > 0 {
			chart = append(chart, mark{Label: st.Chinese(), N: marks[st]})
		}
	}
	return s.render(w, r, http.StatusOK, "local-year", page{Title: r.Staff.Province + "：" + yearTitle(c.Year), Wide: true, Data: map[string]any{
		"C": c, "All": entries, "Chart": bars("stages", "各阶段机构数", chart), "Path": localPath(c.Year)}})
}

// localView is an institution as its local regulator sees it.
type localView struct {
	E      store.Entry
	Seen   []store.Observation
	Fields []field
	Action string
	Done   string
	Open   bool
}

func (v localView) shut() bool { return !v.Open }

func (s *Server) localShow(r ask, f *form) (page, error) {
	ref, err := r.ref()
	if err != nil {
		return page{}, err
	}
	e, err := s.Desk.LocalEntry(r.Context(), r.Staff, ref)
	if err != nil {
		return page{}, err
	}
	v := localView{E: e, Action: localPath(ref.Year, "i", ref.Code), Open: e.Stage != campaign.Closed && e.Stage != campaign.Left}
	if v.Seen, err = s.store.Observations(r.Context(), ref); err != nil {
		return page{}, err
	}
	if r.URL.Query().Get("done") == "observed" {
		v.Done = "观察已记录。"
	}
	v.Fields = []field{areaField(f, "text", "监管观察", "所见事实；供经办人员和评审专家参考，不计分", 5), chooseField(f, "row", "相关指标", "可以不选", s.rowOptions())}
	return page{Title: e.Name, Crumbs: localCrumbs(ref.Year), Form: f, Data: v}, nil
}

func (s *Server) rowOptions() []option {
	var all []option
	for _, row := range s.Desk.Table.Rows {
		all = append(all, option{Value: itoa(row.No), Text: itoa(row.No) + ". " + row.Title})
	}
	return all
}

func (s *Server) localInstitution(w http.ResponseWriter, r ask) error {
	p, err := s.localShow(r, newForm())
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "local-institution", p)
}

// observe records an observation after it was looked over.
func (s *Server) observe(w http.ResponseWriter, r ask) error {
	f, err := readForm(r, "text", "row")
	if err != nil {
		return err
	}
	p, err := s.localShow(r, f)
	if err != nil || f.Get("do") == "edit" {
		if err == nil {
			err = s.render(w, r, http.StatusOK, "local-institution", p)
		}
		return err
	}
	v := p.Data.(localView)
	row, _ := strconv.Atoi(cmp.Or(f.Get("row"), "0"))
	err = wanting(f, map[string]string{"text": "请填写观察内容"})
	if err == nil && f.Get("do") == "check" {
		return s.render(w, r, http.StatusOK, "check", page{Title: "请核对", Crumbs: p.Crumbs, Data: check{Action: v.Action, Lead: "记录后不能修改。", Hidden: f.Hidden(), Button: "确认记录",
			Rows: [][2]string{{"机构", v.E.Name}, {"监管观察", f.Get("text")}, {"相关指标", labelled(s.rowOptions(), f.Get("row"))}}}})
	}
	if err == nil {
		if err = s.Desk.Observe(r.Context(), r.Staff, v.E.Ref(), row, f.Get("text")); err == nil {
			return seeOther(w, r, v.Action+"?done=observed")
		}
	}
	f.Faults = faultsOf(err)
	if p, bad := s.localShow(r, f); bad == nil {
		return s.again(w, r, "local-institution", p, err)
	}
	return err
}

// localHonours lists the cases that this place submitted, with the form for another.
func (s *Server) localHonours(w http.ResponseWriter, r ask) error {
	p, err := s.localHonourForm(r, newForm())
	if err != nil {
		return err
	}
	return s.showForm(w, r, http.StatusOK, p, p.Form)
}

func (s *Server) localHonourForm(r ask, f *form) (page, error) {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return page{}, err
	}
	all, err := s.store.Honours(r.Context(), c.Year)
	if err != nil {
		return page{}, err
	}
	d := formPage{Action: localPath(c.Year, "honours"), Lead: "报送的案例由主管部门评审，公示后授予或发布。", Button: "检查并报送",
		Sections: []section{{Fields: append(nominationFields(f, campaign.HonourKinds()),
			textField(f, "code", "机构批准号", "属于本地参评机构的填写"),
			tickField(f, "named", "警示教育案例实名公开", "不勾选时，公开的文字自动隐去名册中的机构名称、批准号和人员姓名"))}}}
	var sent []string
	for _, h := range all {
		if h.Source == string(campaign.Local) && h.Province == r.Staff.Province {
			sent = append(sent, h.Kind.Chinese()+"“"+h.Title+"”："+honourWord(h))
		}
	}
	if len(sent) > 0 {
		d.Texts = [][2]string{{"已报送", strings.Join(sent, "\n")}}
	}
	return page{Title: "报送案例", Crumbs: localCrumbs(c.Year), Form: f, Data: d}, nil
}

func (s *Server) localNominate(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	f, err := readForm(r, "kind", "holder", "title", "text", "code")
	if err != nil {
		return err
	}
	in := readNomination(f)
	return s.perform(w, r, f, deed{
		page: func(f *form) (page, error) { return s.localHonourForm(r, f) },
		look: func() error { return wanting(f, nominationWords) },
		rows: func() [][2]string { return nominationRows(in) }, title: "请核对报送内容", lead: "报送后不能修改。", word: "确认报送",
		act: func() error {
			_, err := s.Desk.Nominate(r.Context(), r.Staff, c.Year, in)
			return err
		},
		done: localPath(c.Year, "honours"),
	})
}
