package web

import (
	"net/http"
	"strings"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
)

// ownCaseView is the institution's side of a case of Article 32.
type ownCaseView struct {
	own
	Case  store.Warning
	State campaign.WarningState
	Due   campaign.Day
	Acts  []actLine
	Asks  campaign.WarningAct // the act that is awaited; "" for none
	Facts []rubric.Ground
}

type actLine struct {
	store.WarningAct
	Who, What string
}

// awaited says which act of the institution a state waits for.
var awaited = map[campaign.WarningState]campaign.WarningAct{
	campaign.Noticed: campaign.ActReply, campaign.Issued: campaign.ActAck,
	campaign.Received: campaign.ActRectify, campaign.Unrectified: campaign.ActRectify,
}

func (s *Server) caseShow(r ask, f *form) (page, own, error) {
	o, err := s.own(r)
	if err != nil {
		return page{}, o, err
	}
	w, acts, err := s.ownCase(r.Context(), o)
	if err != nil {
		return page{}, o, err
	}
	if w == nil {
		return page{}, o, errNoPage
	}
	v := ownCaseView{own: o, Case: *w, State: told(w.State), Due: w.DueDay(), Facts: w.Grounds}
	if o.Act {
		v.Asks = awaited[w.State]
	}
	for _, a := range acts {
		if a.Act == campaign.ActSign {
			continue // who signs, and when, is inside the office
		}
		who := "主管部门"
		if a.Role == "" {
			who = o.Entry.Name
		} else if a.Role == "clock" {
			who = "期限届满"
		}
		v.Acts = append(v.Acts, actLine{a, who, warningActWord(a.Act)})
	}
	if f == nil {
		f = newForm("text", "name", "post")
	}
	return page{Title: "风险警示案件", Crumbs: o.crumbs(), Form: f, Data: v}, o, nil
}

// told is the state outside the office, where one signature of two is nothing yet.
func told(s campaign.WarningState) campaign.WarningState {
	if s == campaign.Signed {
		return campaign.Replied
	}
	return s
}

func (s *Server) ownCasePage(w http.ResponseWriter, r ask) error {
	p, _, err := s.caseShow(r, nil)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "warning", p)
}

// warnLeads say what each act of the institution means.
var warnLeads = map[campaign.WarningAct]string{
	campaign.ActReply:   "陈述申辩意见提交后不能修改，将与案件材料一并交签批人审阅。",
	campaign.ActWaive:   "放弃陈述申辩后，不能再就本次事先告知提出意见。",
	campaign.ActAck:     "签收表示已收到风险警示决定书，不表示同意其内容。整改期限自签收起算。",
	campaign.ActRectify: "整改报告提交后由主管部门复查。",
}

func (s *Server) ownCasePost(w http.ResponseWriter, r ask) error {
	f, err := readForm(r, "text", "name", "post")
	if err != nil {
		return err
	}
	p, o, err := s.caseShow(r, f)
	if err != nil {
		return err
	}
	act := campaign.WarningAct(f.Get("act"))
	lead, known := warnLeads[act]
	if !known {
		return campaign.Fail(campaign.Invalid, "请在页面上选择要办理的事项")
	}
	if f.Get("do") == "edit" {
		return s.render(w, r, http.StatusOK, "warning", p)
	}
	faults := map[string]string{}
	if (act == campaign.ActReply || act == campaign.ActRectify) && strings.TrimSpace(f.Get("text")) == "" {
		faults["text"] = "请填写" + warningActWord(act) + "的内容"
	}
	signerFaults(f, faults)
	if err := wrong(faults); err != nil {
		return s.again(w, r, "warning", p, err)
	}
	if f.Get("do") == "check" {
		rows := [][2]string{{"办理事项", warningActWord(act)}}
		if f.Get("text") != "" {
			rows = append(rows, [2]string{"内容", f.Get("text")})
		}
		return s.checked(w, r, o, "核对"+warningActWord(act), check{Lead: lead, Rows: append(rows, signerRows(f)), Hidden: f.Hidden(), Button: "确认提交", Danger: act == campaign.ActWaive})
	}
	rec, err := s.Desk.WarnByInstitution(r.Context(), r.Visitor, act, f.Get("text"), signer(f))
	if err != nil {
		return s.again(w, r, "warning", p, err)
	}
	return s.received(w, r, o, rec)
}
