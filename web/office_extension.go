package web

import (
	"net/http"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/store"
)

var timeAnswers = []option{{Value: "grant", Text: "批准延期"}, {Value: "refuse", Text: "不予批准"}}

// requestOf is the request that the address names.
func (s *Server) requestOf(r ask) (store.Campaign, store.Entry, store.MoreTime, store.ExtensionRequest, error) {
	var none store.ExtensionRequest
	c, e, err := s.about(r)
	if err != nil {
		return c, e, store.MoreTime{}, none, err
	}
	n, err := r.numberIn()
	if err != nil {
		return c, e, store.MoreTime{}, none, err
	}
	more, err := s.store.MoreTime(r.Context(), e.Ref())
	if err != nil {
		return c, e, more, none, err
	}
	if n > len(more.Requests) {
		return c, e, more, none, errNoPage
	}
	return c, e, more, more.Requests[n-1], nil
}

func answerForm(c store.Campaign, e store.Entry, more store.MoreTime, q store.ExtensionRequest, f *form) page {
	p := formPage{Action: entryPath(e.Ref(), "extensions", itoa(q.N)), Lead: "批准的，只对这一家机构延期；不予批准的，写明理由。机构会收到通知。",
		Facts: [][2]string{{"机构", e.Name}, {"事项", q.Task.Chinese()}, {"现截止日", desk.Due(q.Task, c.Rules.Calendar, more.Extensions).Chinese()}, {"希望的截止日", requestDay(q).Chinese()},
			{"理由", q.Reason}, {"申请人", q.ByName + "，" + stamp(q.At)}, {"状态", q.State()}}}
	if q.AnsweredAt != nil {
		p.Facts = append(p.Facts, [2]string{"答复", *q.Answer})
	} else {
		p.Button = "检查并提交"
		p.Sections = []section{{Fields: []field{radioField(f, "decision", "答复", "", timeAnswers), dayField(f, "day", "新的截止日", "批准的填写；应晚于现截止日，早于下一阶段开始"), areaField(f, "reason", "理由", "将随通知发给机构", 3)}}}
	}
	return page{Title: "延期申请", Crumbs: entryCrumbs(e), Data: p}
}

func (s *Server) requestPage(w http.ResponseWriter, r ask) error {
	c, e, more, q, err := s.requestOf(r)
	if err != nil {
		return err
	}
	f := newForm().Set("day", string(requestDay(q)))
	return s.showForm(w, r, http.StatusOK, answerForm(c, e, more, q, f), f)
}

// answerRequest grants a request or refuses it.
func (s *Server) answerRequest(w http.ResponseWriter, r ask) error {
	c, e, more, q, err := s.requestOf(r)
	if err != nil {
		return err
	}
	f, err := readForm(r, "decision", "day", "reason")
	if err != nil {
		return err
	}
	grant := f.Get("decision") == "grant"
	done := "?done=refused"
	if grant {
		done = "?done=extend"
	}
	return s.perform(w, r, f, deed{
		page: always(func(f *form) page { return answerForm(c, e, more, q, f) }),
		look: func() error {
			bad := map[string]string{}
			if _, err := campaign.ParseDay(string(dayTyped(f, "day"))); grant && err != nil {
				bad["day"] = "请填写新的截止日，格式 2026-03-15"
			}
			if !grant && f.Get("decision") != "refuse" {
				bad["decision"] = "请选择答复"
			}
			if err := wanting(f, map[string]string{"reason": "请填写理由"}); err != nil {
				bad["reason"] = "请填写理由"
			}
			return wrong(bad)
		},
		rows: func() [][2]string {
			rows := [][2]string{{"机构", e.Name}, {"事项", q.Task.Chinese()}, {"答复", labelled(timeAnswers, f.Get("decision"))}}
			if grant {
				rows = append(rows, [2]string{"新的截止日", dayWords(dayTyped(f, "day"))})
			}
			return append(rows, [2]string{"理由", f.Get("reason")})
		},
		title: "请核对答复", lead: "确认后记入台账，并通知机构。", word: "确认",
		act: func() error {
			return s.Desk.AnswerExtension(r.Context(), r.Staff, e.Ref(), q.N, desk.ExtensionAnswer{Grant: grant, Day: dayTyped(f, "day"), Reason: f.Get("reason")})
		},
		done: entryPath(e.Ref()) + done,
	})
}
