package web

import (
	"net/http"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/store"
)

func suspendForm(e store.Entry, f *form) page {
	return page{Title: "登记暂停", Crumbs: entryCrumbs(e), Data: formPage{Action: entryPath(e.Ref(), "suspend"),
		Lead:     "适用于批准资格被暂停、停业整顿等情形。暂停期间不催办，不计期限，不告知结果；机构仍可报送材料。恢复时，暂停时剩余的工作日予以补足（至多十个工作日）。",
		Facts:    [][2]string{{"机构", e.Name}, {"当前阶段", e.Stage.Chinese()}, {"现截止日", dayWords(e.DueDay())}},
		Sections: []section{{Fields: []field{areaField(f, "reason", "理由", "写明文件或文号；将随通知发给机构", 3)}}}, Button: "检查并提交"}}
}

func (s *Server) suspendPage(w http.ResponseWriter, r ask) error {
	_, e, err := s.about(r)
	if err != nil {
		return err
	}
	f := newForm()
	return s.showForm(w, r, http.StatusOK, suspendForm(e, f), f)
}

// suspend lets an institution's year stand still.
func (s *Server) suspend(w http.ResponseWriter, r ask) error {
	_, e, err := s.about(r)
	if err != nil {
		return err
	}
	f, err := readForm(r, "reason")
	if err != nil {
		return err
	}
	return s.perform(w, r, f, deed{
		page:  always(func(f *form) page { return suspendForm(e, f) }),
		look:  func() error { return wanting(f, map[string]string{"reason": "请填写暂停理由"}) },
		rows:  func() [][2]string { return [][2]string{{"机构", e.Name}, {"理由", f.Get("reason")}} },
		title: "请核对暂停", lead: "确认后记入台账，并通知机构。", word: "确认暂停",
		act:  func() error { return s.Desk.Suspend(r.Context(), r.Staff, e.Ref(), f.Get("reason")) },
		done: entryPath(e.Ref()) + "?done=suspended",
	})
}

// resumeForm shows what a suspension gives back; where nothing can be given back
// it says what to do first.
func resumeForm(e store.Entry, back desk.Resumption, refused error, f *form) page {
	p := formPage{Action: entryPath(e.Ref(), "resume"), Facts: [][2]string{{"机构", e.Name}, {"当前阶段", e.Stage.Chinese()}}}
	if e.SuspendedAt != nil {
		p.Facts = append(p.Facts, [2]string{"暂停时间", stamp(*e.SuspendedAt)})
	}
	if refused != nil {
		p.Texts = [][2]string{{"现在不能恢复", refused.Error()}}
		return page{Title: "恢复", Crumbs: entryCrumbs(e), Data: p}
	}
	reason := areaField(f, "reason", "理由", "将随通知发给机构", 3)
	p.Lead, p.Button, p.Sections = "恢复后流程从暂停处继续，机构会收到通知。", "检查并提交", []section{{Fields: []field{reason}}}
	if back.Task != "" {
		p.Facts = append(p.Facts, [2]string{"事项", back.Task.Chinese()}, [2]string{"暂停前的截止日", back.Last.Chinese()}, [2]string{"补足后的截止日", back.Day.Chinese()})
		if back.Task == campaign.EvidenceTask && back.Day != back.Last {
			p.Lead += "自评的截止日不随之顺延，时间不足的，请另行准予延期。"
		}
		p.Sections[0].Fields = []field{dayField(f, "day", "恢复后的截止日", "不早于补足后的截止日，早于下一阶段开始"), reason}
	}
	return page{Title: "恢复", Crumbs: entryCrumbs(e), Data: p}
}

// resumption reads what is given back; refused says why it cannot be resumed.
func (s *Server) resumption(r ask) (e store.Entry, back desk.Resumption, refused, err error) {
	if _, e, err = s.about(r); err != nil {
		return
	}
	back, err = s.Desk.Resumption(r.Context(), s.store.Reader, e.Ref())
	if campaign.KindOf(err) == campaign.Conflict {
		refused, err = err, nil
	}
	return
}

func (s *Server) resumePage(w http.ResponseWriter, r ask) error {
	e, back, refused, err := s.resumption(r)
	if err != nil {
		return err
	}
	f := newForm().Set("day", string(back.Day))
	return s.showForm(w, r, http.StatusOK, resumeForm(e, back, refused, f), f)
}

// resume lets the year go on.
func (s *Server) resume(w http.ResponseWriter, r ask) error {
	e, back, refused, err := s.resumption(r)
	if err != nil {
		return err
	}
	f, err := readForm(r, "day", "reason")
	if err != nil {
		return err
	}
	return s.perform(w, r, f, deed{
		page: always(func(f *form) page { return resumeForm(e, back, refused, f) }),
		look: func() error { return wanting(f, map[string]string{"reason": "请填写恢复理由"}) },
		rows: func() [][2]string {
			rows := [][2]string{{"机构", e.Name}}
			if back.Task != "" {
				rows = append(rows, [2]string{"事项", back.Task.Chinese()}, [2]string{"恢复后的截止日", dayWords(dayTyped(f, "day"))})
			}
			return append(rows, [2]string{"理由", f.Get("reason")})
		},
		title: "请核对恢复", lead: "确认后记入台账，并通知机构。", word: "确认恢复",
		act: func() error {
			return s.Desk.Resume(r.Context(), r.Staff, e.Ref(), desk.ResumeForm{Day: dayTyped(f, "day"), Reason: f.Get("reason")})
		},
		done: entryPath(e.Ref()) + "?done=resumed",
	})
}
