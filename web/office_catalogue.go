package web

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"xuanping/campaign"
	"xuanping/store"
)

var catalogueCrumb = link{Href: "/office/catalogue", Text: "活动目录"}

func (s *Server) cataloguePage(w http.ResponseWriter, r ask) error {
	all, err := s.Desk.Catalogue(r.Context(), s.store.Reader)
	if err != nil {
		return err
	}
	versions, err := s.store.ActivityVersions(r.Context())
	if err != nil {
		return err
	}
	names, err := s.store.StaffNames(r.Context())
	if err != nil {
		return err
	}
	slices.Reverse(versions)
	return s.render(w, r, http.StatusOK, "office-catalogue", page{Title: "活动目录", Crumbs: officeCrumbs(), Wide: true,
		Data: map[string]any{"All": all, "Versions": versions, "Names": names, "Done": doneWord(r), "Officer": r.Staff.Role == campaign.Officer}})
}

// lines reads one name a line.
func lines(s string) []string { return paragraphs(strings.ReplaceAll(s, "；", "\n")) }

func (s *Server) activityPage(w http.ResponseWriter, r ask) error {
	f := newForm()
	if key := plain(r.URL.Query().Get("key")); key != "" {
		all, err := s.Desk.Catalogue(r.Context(), s.store.Reader)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(a campaign.Activity) bool { return a.Key == key })
		if i < 0 {
			return errNoPage
		}
		a := all[i]
		f.Set("key", key).Set("name", a.Name).Set("aliases", strings.Join(a.Aliases, "\n")).Set("organiser", a.Organiser).Set("source", a.Source).Set("starts", string(a.Starts)).Set("ends", string(a.Ends))
		f.Set("award", ticked(a.Award)).Set("national", ticked(a.National)).Set("cnca", ticked(a.CNCA))
	}
	return s.showForm(w, r, http.StatusOK, activityForm(f), f)
}

func ticked(b bool) string {
	if b {
		return "1"
	}
	return ""
}

func activityForm(f *form) page {
	title := "列入活动目录"
	if f.Get("key") != "" {
		title = "修订：" + f.Get("key")
	}
	return page{Title: title, Crumbs: officeCrumbs(catalogueCrumb), Data: formPage{Action: "/office/catalogue/edit", Lead: "目录对全部机构一致。修订形成新的版本，原版本保留。",
		Carried: [][2]string{{"key", f.Get("key")}},
		Sections: []section{{Fields: []field{
			textField(f, "name", "名称", ""), areaField(f, "aliases", "别名", "每行一个", 3),
			tickField(f, "award", "这是奖项", "国家级重大奖项"), tickField(f, "national", "国家级", "附件2第15项第1点；须写明依据文件"),
			tickField(f, "cnca", "由国家认监委组织", "附件2第15项第2点"), textField(f, "organiser", "主办单位", ""),
			textField(f, "source", "依据文件", "文件名称和文号"), dayField(f, "starts", "开始日期", "选填"), dayField(f, "ends", "结束日期", "选填"),
			areaField(f, "reason", "修订理由", "", 3)}}}, Button: "检查并列入"}}
}

func (s *Server) putActivity(w http.ResponseWriter, r ask) error {
	f, err := readForm(r, "name", "aliases", "source", "reason")
	if err != nil {
		return err
	}
	a := campaign.Activity{Key: f.Get("key"), Name: f.Get("name"), Aliases: lines(f.Get("aliases")), Award: f.Get("award") == "1", National: f.Get("national") == "1", CNCA: f.Get("cnca") == "1",
		Organiser: f.Get("organiser"), Source: f.Get("source"), Starts: dayTyped(f, "starts"), Ends: dayTyped(f, "ends")}
	return s.perform(w, r, f, deed{
		page: always(activityForm),
		look: func() error {
			return wanting(f, map[string]string{"name": "请填写名称", "reason": "请填写修订理由"})
		},
		rows: func() [][2]string {
			kind := []string{}
			for word, yes := range map[string]bool{"奖项": a.Award, "国家级": a.National, "国家认监委组织": a.CNCA} {
				if yes {
					kind = append(kind, word)
				}
			}
			slices.Sort(kind)
			return [][2]string{{"名称", a.Name}, {"别名", strings.Join(a.Aliases, "、")}, {"性质", strings.Join(kind, "、")}, {"主办单位", a.Organiser}, {"依据文件", a.Source},
				{"起止日期", strings.TrimSpace(dayWords(a.Starts) + "　" + dayWords(a.Ends))}, {"修订理由", f.Get("reason")}}
		},
		title: "请核对活动目录", lead: "确认后对全部机构适用；已经认定的事项不变。", word: "确认",
		act:  func() error { return s.Desk.PutActivity(r.Context(), r.Staff, a, f.Get("reason")) },
		done: "/office/catalogue?done=catalogue",
	})
}

// wishView is an institution's request with what became of it.
type wishView struct {
	store.MediumRequest
	Word string
	Open bool
}

// wishes are the requests of all years with the directory's answer.
func wishes(all []store.MediumRequest, dir campaign.Directory) []wishView {
	var out []wishView
	for _, m := range all {
		v := wishView{MediumRequest: m, Word: "待确定", Open: true}
		if x, known := dir.On(m.Name, "9999-12-31"); known {
			v.Word, v.Open = campaign.WordOf(campaign.Levels(), string(x.Level)), false
		}
		out = append(out, v)
	}
	slices.SortStableFunc(out, func(a, b wishView) int { return cmp.Compare(ticked(b.Open), ticked(a.Open)) })
	return out
}
