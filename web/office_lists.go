package web

import (
	"net/http"
	"net/url"

	"xuanping/audit"
	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/rubric"
	"xuanping/store"
)

// eventView is an event of rows 15 or 16 with the words around it.
type eventView struct {
	store.Event
	Name       string // of the institution
	ClauseText string
	Minus      bool
	State      string
	Registrar  string
	Ruler      string
	MayRule    bool
	Again      string // what 评价复核 made of it; "" while nothing stands
}

// claimedBy stands where the registrar of an event is named, when its
// institution claimed it.
const claimedBy = "机构申报"

func viewEvents(all []store.Event, called, names map[string]string, reader store.Staff, t *rubric.Table) []eventView {
	out := make([]eventView, 0, len(all))
	for _, e := range all {
		v := eventView{Event: e, Name: called[e.Code], Registrar: named(names, e.By), State: "待确认"}
		if c, ok := t.Clause(e.Clause); ok {
			v.ClauseText, v.Minus = c.Clean(), c.Row == 16
		}
		if v.Minus {
			v.State = negativeState(e.Unamended())
		}
		if e.Claimed() {
			v.Registrar = claimedBy
		}
		if e.Withdrawn() {
			v.State = "已撤回"
		} else if found := e.Unamended().Confirmed; found != nil {
			v.Ruler = named(names, *e.RuledBy)
			if !v.Minus {
				v.State = map[bool]string{true: "予以认定", false: "不予认定"}[*found]
			}
		}
		v.State, v.Again = e.Amended.After(v.State), e.AmendedWords(t)
		v.MayRule = e.Confirmed == nil && reader.Role == campaign.Approver && reader.ID != e.By
		out = append(out, v)
	}
	return out
}

func named(names map[string]string, id string) string {
	if n := names[id]; n != "" {
		return n
	}
	return id
}

// eventsPage lists what was registered in a year: what waits for an approver first.
func (s *Server) eventsPage(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	at := pageOf(r)
	all, total, err := s.store.EventPage(r.Context(), c.Year, (at-1)*pageSize, pageSize)
	if err != nil {
		return err
	}
	names, err := s.store.StaffNames(r.Context())
	if err != nil {
		return err
	}
	var codes []string
	for _, e := range all {
		codes = append(codes, e.Code)
	}
	called, err := s.store.NamesOf(r.Context(), codes)
	if err != nil {
		return err
	}
	policy, err := s.policyCount(r, c.Year)
	if err != nil {
		return err
	}
	views := viewEvents(all, called, names, r.Staff, s.Desk.Table)
	return s.render(w, r, http.StatusOK, "office-events", page{Title: "加分与扣分事项", Crumbs: officeCrumbs(yearCrumb(c.Year)), Wide: true,
		Data: map[string]any{"C": c, "All": views, "Pager": newPager(at, pageSize, total, func(n int) string { return yearPath(c.Year, "events") + "?page=" + itoa(n) }), "Policy": policy, "Done": doneWord(r), "Approver": r.Staff.Role == campaign.Approver}})
}

// pageSize is how many lines a long list shows at once.
const pageSize = 50

// letterView is a mail or message as the office sees it.
type letterView struct {
	store.Letter
	Word, For string
	Redeliver string // page to serve it again; "" when there is nothing to put right
}

// Missed tells that the letter did not reach its reader and was not served again.
func (l letterView) Missed() bool { return store.Delivery(l.State).Missed() && !l.Again }

// stateWords give each state of an intent its word.
var stateWords = map[string]string{"queued": "待发", "sending": "发送中", "uncertain": "结果不明，等待回执", "accepted": "已发", "delivered": "已送达", "bounced": "未送达（退信）", "dropped": "未送达（被丢弃）",
	store.Withheld: "未发送（试运行名单之外）", "refused": "失败", "failed": "失败"}

// StateWord is the one word for the letter's state.
func (l letterView) StateWord() string { return stateWords[l.State] }

func viewLetters(all []store.Letter, names map[string]string) []letterView {
	out := make([]letterView, 0, len(all))
	for _, l := range all {
		v := letterView{Letter: l, Word: letterWord(l.Key), For: l.To}
		if l.Kind == store.MessageIntent {
			v.Word, v.For = "流程消息："+audit.MessageName(l.Template), "流程引擎"
		}
		if l.Kind == store.MailIntent {
			v.For = recipient(l.To, names)
			if (v.Missed() || l.State == "failed" && (l.Template == "event-notice" || store.ServedAgain(l.Key)) && !l.Again) && l.To == "institution" {
				v.Redeliver = "mails/again?" + url.Values{"key": {l.Key}}.Encode()
			}
		}
		out = append(out, v)
	}
	return out
}

// recipient says who a letter is for.
func recipient(to string, names map[string]string) string {
	const person, role = "staff:", "role:"
	switch {
	case to == "institution":
		return "机构"
	case len(to) > len(person) && to[:len(person)] == person:
		return named(names, to[len(person):])
	case len(to) > len(role) && to[:len(role)] == role:
		return campaign.Role(to[len(role):]).Chinese()
	}
	return to
}

// mailsPage lists the letters and messages of a year with their state.
func (s *Server) mailsPage(w http.ResponseWriter, r ask) error {
	const size = pageSize
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	state, at := r.URL.Query().Get("state"), pageOf(r)
	if stateWords[state] == "" && state != store.MissedState {
		state = ""
	}
	out, err := s.store.Outbox(r.Context(), c.Year)
	if err != nil {
		return err
	}
	total, failedPapers := 0, 0
	for _, o := range out {
		missed := state == store.MissedState && store.Delivery(o.State).Missed()
		switch {
		case o.Kind == store.PaperIntent && o.State == "failed":
			failedPapers = o.N
		case o.Kind != store.PaperIntent && (state == "" || o.State == state || missed):
			total += o.N
		}
	}
	post, err := s.postOf(r, c.Year)
	if err != nil {
		return err
	}
	letters, err := s.store.Letters(r.Context(), contract.Ref{Year: c.Year}, state, (at-1)*size, size)
	if err != nil {
		return err
	}
	names, err := s.store.StaffNames(r.Context())
	if err != nil {
		return err
	}
	here := yearPath(c.Year, "mails")
	href := func(n int) string { return here + "?" + url.Values{"state": {state}, "page": {itoa(n)}}.Encode() }
	var tabs []link
	for _, k := range []string{"", "queued", "sending", "uncertain", "accepted", "delivered", store.MissedState, store.Withheld, "refused", "failed"} {
		word := map[string]string{"": "全部", store.MissedState: "未送达", "refused": "被拒收", "failed": "失败"}[k]
		if word == "" {
			word = stateWords[k]
		}
		tabs = append(tabs, link{Href: here + "?state=" + k, Text: word, Here: k == state})
	}
	return s.render(w, r, http.StatusOK, "office-mails", page{Title: "邮件与消息", Crumbs: officeCrumbs(yearCrumb(c.Year)), Wide: true,
		Data: map[string]any{"C": c, "MayRequeue": r.Staff.Role == campaign.Officer && state == "failed" && total+failedPapers > 0, "FailedPapers": failedPapers, "Post": post, "Officer": r.Staff.Role == campaign.Officer, "All": viewLetters(letters, names), "Outbox": outboxLines(out), "Tabs": tabs, "Pager": newPager(at, size, total, href)}})
}

// requeue sends the failed letters of a year again, or lets held letters go.
func (s *Server) requeue(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	if f, err := readForm(r, "do", "reason"); err != nil {
		return err
	} else if f.Get("do") == "release" {
		if err := s.Desk.HoldMail(r.Context(), r.Staff, false, c.Year, f.Get("reason")); err != nil {
			return err
		}
		return seeOther(w, r, yearPath(c.Year, "mails")+"?state=queued")
	}
	if _, err := s.Desk.Requeue(r.Context(), r.Staff, c.Year); err != nil {
		return err
	}
	return seeOther(w, r, yearPath(c.Year, "mails")+"?state=queued")
}

// officePaper shows a paper of the campaign or of one of its institutions.
func (s *Server) officePaper(w http.ResponseWriter, r ask) error {
	year, err := r.year()
	if err != nil {
		return err
	}
	p, err := s.findPaper(r, r.PathValue("verify"))
	if err != nil {
		return err
	}
	return s.sendPaper(w, r, contract.Ref{Year: year, Code: p.Code}, p.Verify)
}
