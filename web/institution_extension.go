package web

import (
	"net/http"
	"strings"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/store"
)

var askOrder = []string{"task", "day", "reason", "name", "post"}

// requestDay is the wished day: a date of the database, not an instant.
func requestDay(q store.ExtensionRequest) campaign.Day {
	return campaign.Day(q.Day.Format("2006-01-02"))
}

// requestLine tells a request and what was answered.
func requestLine(q store.ExtensionRequest) [2]string {
	words := "希望延至 " + requestDay(q).Chinese() + "，" + stamp(q.At) + " 提出。" + q.State()
	if q.Granted != nil {
		words += "，延至 " + campaign.Day(q.Granted.Format("2006-01-02")).Chinese()
	}
	if q.Answer != nil {
		words += "：" + *q.Answer
	}
	return [2]string{"第 " + itoa(q.N) + " 件　" + q.Task.Chinese(), words}
}

// askShow is the page on which an institution asks for more time (WF-4).
func (s *Server) askShow(r ask, f *form) (page, own, error) {
	o, err := s.own(r)
	if err != nil {
		return page{}, o, err
	}
	more, err := s.store.MoreTime(r.Context(), o.Ref)
	if err != nil {
		return page{}, o, err
	}
	k := known{own: o, granted: more.Extensions, asked: more}
	fp := formPage{Trap: true, Action: o.Path + "/extensions", Lead: "因特殊情况不能按期完成的，可以在截止日前申请延期。批准以前，原截止日不变。"}
	var open []option
	for _, t := range desk.Extendables {
		if k.mayAsk(t) {
			open = append(open, option{Value: string(t), Text: t.Chinese() + "（现截止日 " + k.due(t).Chinese() + "）"})
		}
	}
	for _, q := range more.Requests {
		fp.Facts = append(fp.Facts, requestLine(q))
	}
	switch {
	case !o.Act:
		fp.Texts = [][2]string{{"只能查看", "此链接只能查看，请使用任务邮件中的链接办理"}}
	case len(open) == 0:
		fp.Texts = [][2]string{{"当前没有可以申请延期的事项", "事项已经截止或者尚未开始，或者已有申请待批。"}}
	default:
		fp.Button = "下一步：核对"
		fp.Sections = []section{
			{Fields: []field{radioField(f, "task", "要延期的事项", "", open), dayField(f, "day", "希望的截止日", "应晚于现截止日，早于下一阶段开始"), areaField(f, "reason", "理由", "写明原因和需要的时间，不超过 500 字", 3)}},
			{Title: "经办人", Fields: []field{textField(f, "name", "姓名", ""), textField(f, "post", "职务", "")}},
		}
	}
	return page{Title: "申请延期", Crumbs: o.crumbs(), Form: f, Data: fp}, o, nil
}

func (s *Server) askPage(w http.ResponseWriter, r ask) error {
	f := newForm(askOrder...).Set("task", r.URL.Query().Get("task"))
	p, _, err := s.askShow(r, f)
	if err != nil {
		return err
	}
	return s.showForm(w, r, http.StatusOK, p, f)
}

// askPost shows the request for checking and takes it; nothing typed is lost.
func (s *Server) askPost(w http.ResponseWriter, r ask) error {
	f, err := readForm(r, askOrder...)
	if err != nil {
		return err
	}
	in := desk.ExtensionForm{Task: campaign.Task(f.Get("task")), Day: dayTyped(f, "day"), Reason: strings.TrimSpace(f.Get("reason"))}
	var bad error
	switch f.Get("do") {
	case "edit":
	case "check":
		if bad = s.Desk.CheckExtension(r.Context(), r.Visitor, in, signer(f)); bad == nil {
			o, err := s.own(r)
			if err != nil {
				return err
			}
			rows := [][2]string{{"要延期的事项", in.Task.Chinese()}, {"希望的截止日", in.Day.Chinese()}, {"理由", in.Reason}, signerRows(f)}
			return s.checked(w, r, o, "请核对延期申请", check{Lead: "提交后由主管部门答复，不能修改。批准以前，原截止日不变。", Rows: rows, Hidden: f.Hidden(), Button: "确认申请"})
		}
	default:
		var rec desk.Receipt
		if rec, bad = s.Desk.AskExtension(r.Context(), r.Visitor, in, signer(f)); bad == nil {
			o, err := s.own(r)
			if err != nil {
				return err
			}
			return s.received(w, r, o, rec)
		}
	}
	f.Faults = faultsOf(bad)
	p, _, err := s.askShow(r, f)
	if err != nil {
		return err
	}
	if bad == nil {
		return s.showForm(w, r, http.StatusOK, p, f)
	}
	return s.again(w, r, "office-form", p, bad)
}

// taskOpen are the stages in which an institution works on a task.
var taskOpen = map[campaign.Task][]campaign.Stage{
	campaign.PlanTask:      {campaign.Planning},
	campaign.EvidenceTask:  {campaign.Planning, campaign.Collecting},
	campaign.SelfScoreTask: {campaign.SelfScore},
}

// mayAsk tells whether the page offers to ask for more time for a task.
func (k known) mayAsk(t campaign.Task) bool {
	end := k.due(t)
	if t == campaign.PlanTask {
		end = k.planEnd()
	}
	return k.Act && k.Entry.SuspendedAt == nil && k.at(taskOpen[t]...) && k.Now.Before(end.End()) && k.asked.Open(t) == nil
}

// offerTime adds to an unfinished task that more time may be asked for, or was.
func (k known) offerTime(line *taskLine, t campaign.Task) {
	if q := k.asked.Open(t); q != nil {
		line.Asked = "已申请延至 " + requestDay(*q).Chinese() + "，待批"
	} else if k.mayAsk(t) && (line.State == taskNew || line.State == taskBegun || line.State == taskReturned) {
		line.More = k.Path + "/extensions?task=" + string(t)
	}
}

// mayRedo tells whether a self-score that was handed in may be taken up again.
func (k known) mayRedo() bool {
	return k.Act && k.at(campaign.SelfScore) && k.Now.Before(k.due(campaign.SelfScoreTask).End())
}
