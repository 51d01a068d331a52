package web

import (
	"net/http"
	"strconv"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/store"
)

// ownEvent is an event as its institution sees it.
type ownEvent struct {
	eventView
	Shared  bool // another institution has registered it too; never which
	Notices []ownNotice
	Asks    int // number of the notice that may be answered; 0 none
	Claim   int // number of the institution's claim; 0 when staff registered it
	Files   []store.CaseFile
	Uses    string // base rows in which the same work stands
}

// ownNotice is a step that the institution was told of, or took itself.
type ownNotice struct{ moveView }

type ownEventsView struct {
	own
	All    []ownEvent
	Wishes []wishView
	Notice int  // whose reply form is shown; one form at a time
	Wish   bool // the form of a wish is shown instead
	Claims bool // claims are taken now
	Gone   bool // the reply that was typed can be given no more
}

// ownEvents gathers what an institution may see: every bonus event, and a
// negative one from the day on which it was told of it.
func (s *Server) ownEvents(r ask, o own) (ownEventsView, error) {
	v := ownEventsView{own: o}
	ctx := r.Context()
	all, err := s.store.Events(ctx, o.Ref)
	if err != nil {
		return v, err
	}
	moves, err := s.store.EventMoves(ctx, o.Ref)
	if err != nil {
		return v, err
	}
	shared, err := s.Desk.ClaimedElsewhere(ctx, s.store.Reader, o.Ref, all)
	if err != nil {
		return v, err
	}
	v.Claims = s.Desk.MayClaim(ctx, r.Visitor) == nil
	n := 0
	for _, e := range viewEvents(all, nil, nil, store.Staff{}, s.Desk.Table) {
		x := ownEvent{eventView: e, Shared: shared[e.ID]}
		if e.Claimed() {
			n++
			x.Claim = n
		}
		if x.Files, err = s.claimFiles(ctx, e.Event); err != nil {
			return v, err
		}
		if x.Uses, err = s.usesOf(r, e.Event); err != nil {
			return v, err
		}
		var own []store.EventMove
		for _, m := range moves {
			if m.Event == e.ID {
				own = append(own, m)
			}
		}
		told, h, err := desk.HearingOf(ctx, s.store.Reader, o.Campaign, o.Ref, own)
		if err != nil {
			return v, err
		}
		if e.Minus && told.Notice == nil && (e.Confirmed == nil || !*e.Confirmed) {
			continue // a lead that was never put to the institution
		}
		for _, m := range viewMoves(own, e.ID, func(m store.EventMove) string {
			if m.By == "" {
				return m.ByName
			}
			return "主管部门"
		}) {
			if m.Act == campaign.EventTell || m.Act == campaign.EventReply || m.Act.Ends() {
				if m.Notice != nil && *m.Notice == *told.Notice { // the days run from service
					due := h.Due.Start()
					m.Due = &due
				}
				x.Notices = append(x.Notices, ownNotice{m})
			}
		}
		if o.Act && e.Stand() == campaign.EventTold {
			x.Asks = *told.Notice
		}
		v.All = append(v.All, x)
	}
	asked, err := s.store.MediumRequests(ctx, o.Ref)
	if err != nil {
		return v, err
	}
	dir, err := s.Desk.Directory(ctx, s.store.Reader)
	v.Wishes = wishes(asked, dir)
	return v, err
}

func (s *Server) ownEventsShow(r ask, f *form) (page, own, error) {
	o, err := s.own(r)
	if err != nil {
		return page{}, o, err
	}
	v, err := s.ownEvents(r, o)
	notice, wish := r.URL.Query().Get("notice"), r.URL.Query().Get("act") == "medium"
	typed := f != nil
	if !typed {
		f = newForm()
	} else {
		notice, wish = f.Get("notice"), f.Get("act") == "medium"
	}
	v.Wish = wish && o.Act
	for _, e := range v.All {
		if !v.Wish && e.Asks > 0 && (v.Notice == 0 && !typed || notice == strconv.Itoa(e.Asks)) {
			v.Notice = e.Asks
		}
	}
	v.Gone = typed && !wish && v.Notice == 0
	return page{Title: "加分与扣分事项", Crumbs: o.crumbs(), Form: f, Data: v}, o, err
}

func (s *Server) ownEventsPage(w http.ResponseWriter, r ask) error {
	p, _, err := s.ownEventsShow(r, nil)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "own-events", p)
}

var errNoReply = campaign.Fail(campaign.Conflict, "该事项已经认定或者另有告知，不能再按原告知陈述意见。填写的内容列在下面，需要的请自行留存")

// ownEventsPost takes a reply to a notice, or a wish about the media directory.
func (s *Server) ownEventsPost(w http.ResponseWriter, r ask) error {
	f, err := readForm(r, "text", "medium", "url", "reason", "name", "post")
	if err != nil {
		return err
	}
	p, o, err := s.ownEventsShow(r, f)
	if err != nil {
		return err
	}
	notice, _ := strconv.Atoi(f.Get("notice"))
	wish := f.Get("act") == "medium"
	if !wish && notice < 1 {
		return campaign.Fail(campaign.Invalid, "请在页面上选择要办理的事项")
	}
	if f.Get("do") == "edit" {
		return s.render(w, r, http.StatusOK, "own-events", p)
	}
	faults, want := map[string]string{}, map[string]string{"text": "请填写陈述意见"}
	rows := [][2]string{{"办理事项", "陈述意见"}, {"内容", f.Get("text")}}
	if wish {
		want = map[string]string{"medium": "请填写媒体名称", "reason": "请填写说明"}
		rows = [][2]string{{"办理事项", "申请将媒体列入目录"}, {"媒体名称", f.Get("medium")}, {"网址", f.Get("url")}, {"说明", f.Get("reason")}}
	}
	for k, say := range want {
		if len(paragraphs(f.Get(k))) == 0 {
			faults[k] = say
		}
	}
	signerFaults(f, faults)
	err = wrong(faults)
	if p.Data.(ownEventsView).Gone && (err != nil || f.Get("do") == "check") {
		err = errNoReply
	}
	if err != nil {
		return s.again(w, r, "own-events", p, err)
	}
	if f.Get("do") == "check" {
		return s.checked(w, r, o, "请核对", check{Lead: "提交后不能修改，将随事项一并交主管部门审阅。", Rows: append(rows, signerRows(f)), Hidden: f.Hidden(), Button: "确认提交"})
	}
	var rec desk.Receipt
	if wish {
		rec, err = s.Desk.RequestMedium(r.Context(), r.Visitor, desk.MediumWish{Name: f.Get("medium"), URL: f.Get("url"), Reason: f.Get("reason")}, signer(f))
	} else {
		rec, err = s.Desk.ReplyEvent(r.Context(), r.Visitor, notice, f.Get("text"), signer(f))
	}
	if err != nil {
		return s.again(w, r, "own-events", p, err)
	}
	return s.received(w, r, o, rec)
}
