package web

import (
	"net/http"
	"strings"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

func (s *Server) mediaPage(w http.ResponseWriter, r ask) error {
	dir, err := s.Desk.Directory(r.Context(), s.store.Reader)
	if err != nil {
		return err
	}
	all, err := s.store.Campaigns(r.Context())
	if err != nil {
		return err
	}
	var asked []store.MediumRequest
	waiting := map[string]int{}
	for _, c := range all {
		m, err := s.store.MediumRequests(r.Context(), contract.Ref{Year: c.Year})
		if err != nil {
			return err
		}
		asked = append(asked, m...)
		events, err := s.store.Events(r.Context(), contract.Ref{Year: c.Year})
		if err != nil {
			return err
		}
		for _, e := range events {
			if _, known := dir.On(e.Medium, campaign.DayOf(e.OccurredOn)); e.Medium != "" && e.Confirmed == nil && !known {
				waiting[e.Medium]++
			}
		}
	}
	return s.render(w, r, http.StatusOK, "office-media", page{Title: "媒体目录", Crumbs: officeCrumbs(), Wide: true,
		Data: map[string]any{"All": viewMedia(dir), "Wishes": wishes(asked, dir), "Waiting": ranked(waiting), "Done": doneWord(r), "Officer": r.Staff.Role == campaign.Officer}})
}

type mediumView struct {
	campaign.Medium
	Word string
}

func viewMedia(dir campaign.Directory) []mediumView {
	var out []mediumView
	for _, m := range dir {
		out = append(out, mediumView{m, campaign.WordOf(campaign.Levels(), string(m.Level))})
	}
	return out
}

func (s *Server) mediumPage(w http.ResponseWriter, r ask) error {
	q := r.URL.Query()
	f := newForm().Set("name", plain(q.Get("name")))
	if key := plain(q.Get("key")); key != "" {
		dir, err := s.Desk.Directory(r.Context(), s.store.Reader)
		if err != nil {
			return err
		}
		m, known := dir.On(key, "9999-12-31")
		if !known || m.Key != key {
			return errNoPage
		}
		f.Set("key", key).Set("name", m.Name).Set("aliases", strings.Join(m.Aliases, "\n")).Set("level", string(m.Level))
	}
	return s.showForm(w, r, http.StatusOK, mediumForm(f), f)
}

func mediumForm(f *form) page {
	title := "列入媒体目录"
	if f.Get("key") != "" {
		title = "修订：" + f.Get("key")
	}
	return page{Title: title, Crumbs: officeCrumbs(link{Href: "/office/media", Text: "媒体目录"}), Data: formPage{Action: "/office/media/edit",
		Lead: "级别一次确定，对全部机构一致；自生效之日起发布的报道适用。已经认定的事项不变。", Carried: [][2]string{{"key", f.Get("key")}},
		Sections: []section{{Fields: []field{
			textField(f, "name", "媒体名称", ""), areaField(f, "aliases", "别名", "每行一个；客户端、网站、公众号等新媒体账号也写在这里", 3),
			radioField(f, "level", "级别（附件2第15项第3点）", "", options(campaign.Levels())), dayField(f, "valid_from", "生效日期", "报道发布日在此日及以后的适用"),
			areaField(f, "source", "依据或理由", "", 3)}}}, Button: "检查并列入"}}
}

func (s *Server) putMedium(w http.ResponseWriter, r ask) error {
	f, err := readForm(r, "name", "aliases", "level", "valid_from", "source")
	if err != nil {
		return err
	}
	m := campaign.Medium{Key: f.Get("key"), Name: f.Get("name"), Aliases: lines(f.Get("aliases")), Level: campaign.Level(f.Get("level")), Source: f.Get("source"), ValidFrom: dayTyped(f, "valid_from")}
	return s.perform(w, r, f, deed{
		page: always(mediumForm),
		look: func() error {
			return wanting(f, map[string]string{"name": "请填写媒体名称", "level": "请选择媒体级别", "valid_from": "请填写生效日期", "source": "请填写依据或理由"})
		},
		rows: func() [][2]string {
			return [][2]string{{"媒体名称", m.Name}, {"别名", strings.Join(m.Aliases, "、")}, {"级别", campaign.WordOf(campaign.Levels(), string(m.Level))}, {"生效日期", dayWords(m.ValidFrom)}, {"依据或理由", m.Source}}
		},
		title: "请核对媒体目录", lead: "确认后对全部机构适用。", word: "确认",
		act:  func() error { return s.Desk.PutMedium(r.Context(), r.Staff, m) },
		done: "/office/media?done=media",
	})
}
