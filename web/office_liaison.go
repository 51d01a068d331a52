package web

import (
	"net/http"

	"xuanping/campaign"
	"xuanping/store"
)

// liaisonRoutes registers who is an institution's contact (PL-10).
func (s *Server) liaisonRoutes() {
	s.handle("GET /office/{year}/i/{code}/liaison", s.liaisonPage)
	s.handle("POST /office/{year}/i/{code}/liaison", s.setLiaison)
}

func (s *Server) liaisonPage(w http.ResponseWriter, r ask) error {
	_, e, err := s.about(r)
	if err != nil {
		return err
	}
	f := newForm()
	if now, err := s.store.Liaison(r.Context(), e.Ref()); err == nil {
		f.Set("officer", now.ID)
	} else if campaign.KindOf(err) != campaign.NotFound {
		return err
	}
	p, err := s.liaisonForm(r, e, f)
	if err != nil {
		return err
	}
	return s.showForm(w, r, http.StatusOK, p, f)
}

func (s *Server) liaisonForm(r ask, e store.Entry, f *form) (page, error) {
	officers, err := s.store.StaffOf(r.Context(), campaign.Officer)
	if err != nil {
		return page{}, err
	}
	var all []option
	for _, p := range officers {
		all = append(all, option{Value: p.ID, Text: p.Name})
	}
	return page{Title: "定点联络人", Crumbs: entryCrumbs(e), Data: formPage{Action: entryPath(e.Ref(), "liaison"), Facts: [][2]string{{"机构", e.Name}},
		Lead:     "机构的办理页面显示联络人的姓名和邮箱；逾期催报和最后一次提醒同时告知联络人。",
		Sections: []section{{Fields: []field{chooseField(f, "officer", "联络人", "", all)}}}, Button: "检查并提交"}}, nil
}

func (s *Server) setLiaison(w http.ResponseWriter, r ask) error {
	_, e, err := s.about(r)
	if err != nil {
		return err
	}
	f, err := readForm(r, "officer")
	if err != nil {
		return err
	}
	return s.perform(w, r, f, deed{
		page: func(f *form) (page, error) { return s.liaisonForm(r, e, f) },
		look: func() error { return wanting(f, map[string]string{"officer": "请选择联络人"}) },
		rows: func() [][2]string {
			return [][2]string{{"机构", e.Name}, {"联络人", s.personName(r, f.Get("officer"))}}
		},
		title: "请核对定点联络人", word: "确定",
		act:  func() error { return s.Desk.SetLiaison(r.Context(), r.Staff, e.Ref(), f.Get("officer")) },
		done: entryPath(e.Ref()) + "?done=liaison",
	})
}

func (s *Server) personName(r ask, id string) string {
	p, err := s.store.Staff(r.Context(), id)
	if err != nil {
		return "没有这个账号"
	}
	return p.Name
}
