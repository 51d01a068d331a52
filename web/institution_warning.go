package web

import (
	"net/http"
	"slices"
	"strings"

	"xuanping/campaign"
	"xuanping/desk"
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
	Said  bool                // it has stated its case; the window is open for more (RW-4)
	Proof []store.CaseFile    // with the statement
	Files []store.CaseFile    // with the rectification
	Takes bool                // more files are taken
	Ends  campaign.Day        // last day of the term
	Facts []rubric.Ground
	// Unserved is the letter that did not arrive, or has not yet (AP-2).
	Unserved *unserved
}

type actLine struct {
	store.WarningAct
	Who, What string
}

// awaited says which act of the institution a state of the ladder waits
// for; the first edition knew no plan (RW-6).
func awaited(w store.Warning) campaign.WarningAct {
	if w.Ladder == campaign.ShortLadder && w.State == campaign.Received {
		return campaign.ActRectify
	}
	return map[campaign.WarningState]campaign.WarningAct{
		campaign.Noticed: campaign.ActReply, campaign.Issued: campaign.ActAck,
		campaign.Received: campaign.ActPlan, campaign.Planned: campaign.ActRectify, campaign.Unrectified: campaign.ActRectify,
	}[w.State]
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
	v := ownCaseView{own: o, Case: *w, State: w.State.Outside(), Due: w.DueDay(), Facts: w.Grounds}
	if o.Act {
		v.Asks = awaited(*w)
	}
	v.Takes = v.Asks == campaign.ActPlan || v.Asks == campaign.ActRectify
	v.Said = v.Asks == campaign.ActReply && slices.ContainsFunc(acts, func(a store.WarningAct) bool { return a.Act == campaign.ActReply })
	if v.Proof, err = s.store.CaseFiles(r.Context(), o.Ref, store.AboutReply); err != nil {
		return page{}, o, err
	}
	if v.Files, err = s.store.CaseFiles(r.Context(), o.Ref, store.AboutRectification); err != nil {
		return page{}, o, err
	}
	if w.Ladder != campaign.ShortLadder {
		v.Ends = o.Campaign.Rules.Settings.TermEnds(w.ServedDay())
	}
	if v.Unserved, err = s.unserved(r.Context(), *w, acts); err != nil {
		return page{}, o, err
	}
	for _, a := range acts {
		if a.Act.Inside() {
			continue // who checks and signs, and when, is inside the office
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
		f = newForm("file", "text", "name", "post")
	}
	return page{Title: "风险警示案件", Crumbs: o.crumbs(), Form: f, Data: v}, o, nil
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
	campaign.ActReply:   "陈述申辩意见提交后不能修改，将与案件材料一并审阅；期限届满前可以补充意见和证据。",
	campaign.ActWaive:   "放弃后，不能再就本次事先告知提出意见和证据；已经提出的照常审阅。",
	campaign.ActAck:     "签收表示已收到风险警示决定书，不表示同意其内容。整改期限自签收起算。",
	campaign.ActPlan:    "整改方案提交后，在整改期限内完成整改并报送报告和证明材料；提交方案不延长期限。",
	campaign.ActRectify: "整改报告和已上传的证明材料提交后由主管部门复查。",
}

func (s *Server) ownCasePost(w http.ResponseWriter, r ask) error {
	f, err := readForm(r, "file", "text", "name", "post")
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
	if (act == campaign.ActReply || act == campaign.ActPlan || act == campaign.ActRectify) && strings.TrimSpace(f.Get("text")) == "" {
		faults["text"] = "请填写" + warningActWord(act) + "的内容"
	}
	signerFaults(f, faults)
	if err := wrong(faults); err != nil {
		return s.again(w, r, "warning", p, err)
	}
	rows := [][2]string{{"办理事项", warningActWord(act)}}
	if f.Get("text") != "" {
		rows = append(rows, [2]string{"内容", f.Get("text")})
	}
	return s.confirm(w, r, o, f, effect{act: desk.WarningAct, content: desk.WarningContent(act, f.Get("text")), title: "核对" + warningActWord(act),
		page: check{Lead: lead, Rows: append(rows, signerRows(f)), Danger: act == campaign.ActWaive},
		do: func(by desk.Signer) (desk.Receipt, error) {
			return s.Desk.WarnByInstitution(r.Context(), r.Visitor, act, f.Get("text"), by)
		},
		again: func(err error) error { return s.again(w, r, "warning", p, err) }})
}
