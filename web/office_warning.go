package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/desk"
	"xuanping/store"
)

// warningsPage lists the cases of a year under Article 32.
func (s *Server) warningsPage(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	all, err := s.store.Warnings(r.Context(), c.Year)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "office-warnings", page{Title: "风险警示", Crumbs: officeCrumbs(yearCrumb(c.Year)), Wide: true,
		Data: map[string]any{"C": c, "All": all}})
}

// caseView is a case with what the reader may do in it.
type caseView struct {
	C        store.Campaign
	W        store.Warning
	Acts     []actView
	Options  []option // acts of this reader's role in this state
	Hint     string   // why there is nothing to do
	Papers   []store.Paper
	Proof    []store.CaseFile // with the statement (RW-4)
	Files    []store.CaseFile // with the rectification (RW-6)
	Ends     campaign.Day     // last day of the term
	Opens    campaign.Day     // first day on which it may be made public (RW-7)
	Public   bool
	Unserved *unserved // the letter whose days wait for its service (AP-2)
	Action   string
	Done     string
	Engine   string
	Year     string
	F        *form
}

// unserved is a letter of a case that was not served: what it is, which days do not
// run, what does not follow meanwhile, and where it is put right.
type unserved struct {
	Word, Days, Until string
	Lost              bool // else it is on its way
	Href              string
	key               string
	again             bool // an officer may serve it again; else its step waits for it
}

// withheld is what does not follow while a letter of a case is not served.
var withheld = map[campaign.WarningState]string{campaign.Noticed: "不能审核、签批", campaign.Issued: "期满不视为签收", campaign.Received: "期满不作逾期", campaign.Planned: "期满不作逾期"}

// unserved tells which letter of a case waits for its service; nil for none.
func (s *Server) unserved(ctx context.Context, w store.Warning, acts []store.WarningAct) (*unserved, error) {
	v, err := s.store.CaseServiceOf(ctx, w, acts)
	if err != nil || !v.Waits() {
		return nil, err
	}
	out := unserved{Until: withheld[v.Letter], Lost: v.Lost(), key: v.Key, again: v.Delivery.Missed() || v.Lost() && store.ServedAgain(v.Key), Href: yearPath(w.Year, "mails") + "?state=missed"}
	out.Word, out.Days = desk.NoticeWords(w.Ref(), v.Key)
	if out.Lost && !v.Delivery.Missed() {
		out.Href = yearPath(w.Year, "mails") + "?state=failed"
	}
	return &out, nil
}

type actView struct {
	store.WarningAct
	Who, Word string
}

func (s *Server) caseOf(r ask) (caseView, error) {
	ref, err := r.ref()
	if err != nil {
		return caseView{}, err
	}
	v := caseView{Action: yearPath(ref.Year, "warnings", ref.Code), Year: yearPath(ref.Year, "i", ref.Code), Done: doneWord(r), Engine: s.engineURL(ref.WarningID())}
	ctx := r.Context()
	if v.C, err = s.campaign(ctx, ref.Year); err != nil {
		return v, err
	}
	if v.W, err = s.store.Warning(ctx, ref); err != nil {
		return v, err
	}
	acts, err := s.store.WarningActs(ctx, ref)
	if err != nil {
		return v, err
	}
	names, err := s.store.StaffNames(ctx)
	if err != nil {
		return v, err
	}
	t := teller{staff: true, names: names}
	for _, a := range acts {
		v.Acts = append(v.Acts, actView{a, t.actor(a.Role, a.By), warningActWord(a.Act)})
	}
	partial, err := s.store.Partial(ctx, ref, r.Staff.ID)
	if err != nil {
		return v, err
	}
	v.Options, v.Hint = warningOptions(v.W, acts, r.Staff, partial)
	if v.Proof, err = s.store.CaseFiles(ctx, ref, store.AboutReply); err != nil {
		return v, err
	}
	if v.Files, err = s.store.CaseFiles(ctx, ref, store.AboutRectification); err != nil {
		return v, err
	}
	if served, set := v.W.ServedDay(), v.C.Rules.Settings; served != "" && v.W.Ladder != campaign.ShortLadder {
		v.Ends, v.Opens = set.TermEnds(served), served.Add(set.ReviewDays+1)
	}
	if v.Unserved, err = s.unserved(ctx, v.W, acts); err != nil {
		return v, err
	}
	if v.Unserved != nil && v.Unserved.again && r.Staff.Role == campaign.Officer {
		v.Unserved.Href = yearPath(ref.Year, "mails", "again") + "?" + url.Values{"key": {v.Unserved.key}}.Encode()
	}
	v.Public = v.W.Ladder.Public(v.W.State, store.PastActs(acts))
	papers, err := s.store.Papers(ctx, ref)
	for _, p := range papers {
		switch p.Kind {
		case campaign.PriorPaper, campaign.WarningPaper, campaign.DismissPaper, campaign.LiftPaper, campaign.LesserPaper, campaign.RevokePaper, campaign.ExpirePaper:
			v.Papers = append(v.Papers, p)
		}
	}
	return v, err
}

// warningOptions are the acts that the ladder leaves to a person now (RW-3),
// and why there are none.
func warningOptions(w store.Warning, acts []store.WarningAct, p store.Staff, partial bool) ([]option, string) {
	past := store.PastActs(acts)
	state, hint := w.Ladder.Replay(past), ""
	var all []option
	for _, m := range w.Ladder.Steps() {
		if m.From != state || m.Actor != string(p.Role) || m.Act == campaign.ActPropose {
			continue
		}
		if _, err := w.Ladder.Move(state, campaign.WarningBy{Act: m.Act, Role: string(p.Role), By: p.ID, Partial: partial}, past); err == nil {
			all = append(all, option{Value: string(m.Act), Text: m.Act.Chinese(), Hint: actHints[m.Act]})
		} else if hint == "" {
			hint = err.Error()
		}
	}
	if len(all) == 0 && hint == "" {
		hint = "案件目前处于“" + state.Chinese() + "”，没有需要您办理的事项。"
	}
	return all, hint
}

var actHints = map[campaign.WarningAct]string{
	campaign.ActNotice:     "送达事先告知书，机构可以陈述申辩",
	campaign.ActPass:       "合法性审核通过，送两名审批人员签批",
	campaign.ActRemand:     "退回经办人员，由其补充材料或撤回案件",
	campaign.ActSupplement: "说明和补充已告知的事实，再送法制审核；不得增加未经告知的事实",
	campaign.ActWithdraw:   "不再继续，通知机构不予警示；理由写入决定书",
	campaign.ActSign:       "须两位审批人员分别签批，均不得经办、审核过本案或评审过该机构",
	campaign.ActTalk:       "不作风险警示，改作约谈；理由写入通知书",
	campaign.ActRemind:     "不作风险警示，改作提醒；理由写入通知书",
	campaign.ActDismiss:    "终止本案，不作出风险警示；理由写入决定书",
	campaign.ActReturn:     "整改不充分，请机构继续整改",
	campaign.ActLift:       "整改到位，解除风险警示",
	campaign.ActError:      "决定有误，提请撤销；须另一位审批人员撤销",
	campaign.ActRevoke:     "同意提请，撤销风险警示决定，通知机构",
	campaign.ActOpen:       "复核期满后提请对外公开；须另一位审批人员同意",
	campaign.ActPublish:    "同意提请，在公开页面列出该警示及其现状",
}

func (s *Server) caseDesk(w http.ResponseWriter, r ask) error {
	v, err := s.caseOf(r)
	if err != nil {
		return err
	}
	return s.showCase(w, r, http.StatusOK, v, newForm("act", "text"))
}

func (s *Server) showCase(w http.ResponseWriter, r ask, status int, v caseView, f *form) error {
	return s.render(w, r, status, "office-warning", casePage(v, f))
}

func casePage(v caseView, f *form) page {
	v.F = f
	return page{Title: "风险警示案件：" + v.W.Name, Crumbs: officeCrumbs(yearCrumb(v.W.Year), link{Href: yearPath(v.W.Year, "warnings"), Text: "风险警示"}), Form: f, Wide: true, Data: v}
}

// warningAct takes a step in a case; the words are checked once more before it.
func (s *Server) warningAct(w http.ResponseWriter, r ask) error {
	f, err := readForm(r, "act", "text")
	if err != nil {
		return err
	}
	v, err := s.caseOf(r)
	if err != nil {
		return err
	}
	act, text := campaign.WarningAct(f.Get("act")), strings.TrimSpace(f.Get("text"))
	says := map[string]string{"act": "请选择要办理的事项", "text": "请填写意见"}
	switch f.Get("do") {
	case "edit":
		return s.showCase(w, r, http.StatusOK, v, f)
	case "check":
		if err := wanting(f, says); err != nil {
			return s.again(w, r, "office-warning", casePageWith(v, f, err), err)
		}
		return s.render(w, r, http.StatusOK, "check", page{Title: "请核对", Crumbs: casePage(v, f).Crumbs, Data: check{
			Action: v.Action, Lead: "办理后记入案件，不能撤回。", Hidden: f.Hidden(), Button: "确认" + warningActWord(act), Danger: act == campaign.ActSign || act == campaign.ActRevoke || act == campaign.ActPublish,
			Rows: [][2]string{{"机构", v.W.Name}, {"事项", warningActWord(act)}, {"意见", text}}}})
	}
	ref := contract.Ref{Year: v.W.Year, Code: v.W.Code}
	if err = wanting(f, map[string]string{"act": says["act"]}); err == nil {
		_, err = s.Desk.WarnByStaff(r.Context(), r.Staff, ref, act, text)
	}
	if err != nil {
		return s.again(w, r, "office-warning", casePageWith(v, f, err), err)
	}
	return seeOther(w, r, v.Action+"?done=warning")
}

// casePageWith shows the faults of an error at their fields.
func casePageWith(v caseView, f *form, err error) page {
	f.Faults = faultsOf(err)
	return casePage(v, f)
}
