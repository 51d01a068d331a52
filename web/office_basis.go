package web

import (
	"fmt"
	"net/http"
	"strings"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/store"
)

// basisForm shows the marks that are there and both ways: wait for another sheet,
// or decide to form the result on these (RV-1, WF-5).
func basisForm(b desk.BasisState, names map[string]string, f *form) page {
	ref := b.Entry.Ref()
	p := formPage{Action: entryPath(ref, "basis"), Facts: [][2]string{{"机构", b.Entry.Name}, {"现有打分", b.Basis.Kind.Chinese()}}, Carried: [][2]string{{"seen", b.Seen()}}}
	if len(b.Basis.Rows) > 0 {
		p.Facts = append(p.Facts, [2]string{"差异超过阈值的指标", "第 " + strings.Trim(strings.ReplaceAll(fmt.Sprint(b.Basis.Rows), " ", "、"), "[]") + " 项"})
	}
	for _, x := range b.Seats {
		said := "未交打分，截止 " + campaign.Day(x.Due.Format("2006-01-02")).Chinese()
		if x.SheetAt != nil {
			said = "打分已提交"
		}
		p.Facts = append(p.Facts, [2]string{campaign.Seats([]int{x.Seat}), named(names, x.Reviewer) + "，" + said})
	}
	for _, seat := range b.Basis.Wanted {
		p.More = append(p.More, link{Href: entryPath(ref, "seat", itoa(seat)), Text: "改派" + campaign.Seats([]int{seat}) + "，等候打分"})
	}
	if d := b.Basis.Decision; d != nil {
		p.Facts = append(p.Facts, [2]string{"决定", named(names, d.By) + "，" + stamp(d.At)}, [2]string{"理由", d.Reason})
	}
	if b.Not != nil {
		p.Texts, p.More = [][2]string{{"现在没有待决定的事项", b.Not.Error()}}, nil
		return page{Title: "按现有打分形成结果", Crumbs: entryCrumbs(b.Entry), Data: p}
	}
	p.Lead = "结果暂缓告知。可以改派席位、等候打分，也可以写明理由，决定按现有打分形成结果。决定以后又收到打分、或者有打分作废的，决定失效。"
	p.Sections, p.Button = []section{{Fields: []field{areaField(f, "reason", "理由", "写入得分告知书，不写人员姓名", 3)}}}, "检查并决定"
	return page{Title: "按现有打分形成结果", Crumbs: entryCrumbs(b.Entry), Data: p}
}

// lookBasis reads an institution's marks as its form shows them.
func (s *Server) lookBasis(r ask) (b desk.BasisState, names map[string]string, err error) {
	ref, err := r.ref()
	if err != nil {
		return b, nil, err
	}
	if b, err = s.Desk.LookBasis(r.Context(), r.Staff, ref); err != nil {
		return b, nil, err
	}
	names, err = s.store.StaffNames(r.Context())
	return b, names, err
}

func (s *Server) basisPage(w http.ResponseWriter, r ask) error {
	b, names, err := s.lookBasis(r)
	if err != nil {
		return err
	}
	f := newForm()
	return s.showForm(w, r, http.StatusOK, basisForm(b, names, f), f)
}

// decideBasis lets the result be formed on the marks that are there.
func (s *Server) decideBasis(w http.ResponseWriter, r ask) error {
	b, names, err := s.lookBasis(r)
	if err != nil {
		return err
	}
	f, err := readForm(r, "reason", "seen")
	if err != nil {
		return err
	}
	return s.perform(w, r, f, deed{
		page: always(func(f *form) page { return basisForm(b, names, f) }),
		look: func() error { return wanting(f, map[string]string{"reason": "请填写决定的理由"}) },
		rows: func() [][2]string {
			return [][2]string{{"机构", b.Entry.Name}, {"现有打分", b.Basis.Kind.Chinese()}, {"理由", f.Get("reason")}}
		},
		title: "请核对决定", lead: "确认后记入台账，写入得分告知书；到结果告知日即按现有打分形成结果。", word: "确认决定",
		act: func() error {
			return s.Desk.DecideBasis(r.Context(), r.Staff, b.Entry.Ref(), f.Get("seen"), f.Get("reason"))
		},
		done: entryPath(b.Entry.Ref()) + "?done=basis",
	})
}

// weakBases are the institutions whose result waits for a sheet or for a decision,
// once scoring is closed; before that everybody may still score.
func (s *Server) weakBases(r ask, c store.Campaign, today campaign.Day) ([]store.WeakBasis, error) {
	if today <= c.Rules.Calendar.ScoringClose {
		return nil, nil
	}
	return s.store.WeakBases(r.Context(), c.Year)
}
