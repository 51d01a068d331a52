package web

import (
	"mime/multipart"
	"net/http"
	"strconv"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/store"
)

// clearanceRoutes registers prior approvals and press conferences for both sides (Art. 14, 16).
func (s *Server) clearanceRoutes() {
	const own = " /i/{year}/{code}/clearances"
	s.handle("GET"+own, s.ownClearances)
	s.handle("GET"+own+"/new", s.applyPage)
	s.handle("POST"+own+"/new", s.applyPost)
	s.handle("GET"+own+"/{n}", s.ownClearance)
	s.handle("POST"+own+"/{n}", s.ownClearancePost)
	s.handle("POST"+own+"/{n}/files", s.clearanceFilePost)
	s.handle("GET"+own+"/{n}/files/{k}", s.ownClearanceFile)
	s.handle("GET /office/{year}/clearances", s.officeClearances)
	s.handle("GET /office/{year}/clearances/{code}/{n}", s.officeClearance)
	s.handle("POST /office/{year}/clearances/{code}/{n}", s.decideClearance)
	s.handle("GET /office/{year}/clearances/{code}/{n}/files/{k}", s.officeClearanceFile)
}

func clearanceTags(c store.Clearance) []string {
	all := []string{c.State().Chinese()}
	if c.Urgent {
		all = append(all, "紧急")
	}
	if c.Important {
		all = append(all, "重要")
	}
	if c.Early() {
		all = append(all, "先发布后批准")
	}
	return all
}

func (s *Server) ownClearances(w http.ResponseWriter, r ask) error {
	o, err := s.own(r)
	if err != nil {
		return err
	}
	all, err := s.store.Clearances(r.Context(), o.Ref)
	if err != nil {
		return err
	}
	v := mattersView{Lead: "涉及认证认可工作的重要或敏感宣传内容，不得擅自接受采访或对外发布信息，须事前报批（第十四条）。未批复不视为同意。新闻发布会按四个步骤依次办理（第十六条）。",
		Heads: []string{"事项", "状态", "类别", "日期"}, Empty: "没有提出过申请"}
	if o.Act {
		v.Buttons = []link{{Href: o.Path + "/clearances/new?kind=prior", Text: "申请事前审批"}, {Href: o.Path + "/clearances/new?kind=press", Text: "申请新闻发布会"}}
	}
	for _, c := range all {
		v.Rows = append(v.Rows, matterRow{Href: o.Path + "/clearances/" + itoa(c.N), Title: "第 " + itoa(c.N) + " 号　" + head(c.Subject), Tags: clearanceTags(c), Cells: []string{c.Kind.Chinese(), plannedDay(c).Chinese()}})
	}
	return s.render(w, r, http.StatusOK, "matters", page{Title: "事前审批与新闻发布会", Crumbs: o.crumbs(), Data: v})
}

// plannedDay is the day of the plan: a date of the database, not an instant.
func plannedDay(c store.Clearance) campaign.Day {
	return campaign.Day(c.Planned.Format("2006-01-02"))
}

var applyOrder = []string{"kind", "subject", "content", "channel", "planned", "important", "urgent", "urgent_reason", "name", "post"}

func applyAct(f *form, kind campaign.ClearanceKind) *matterAct {
	a := &matterAct{Title: kind.Chinese() + "申请", Button: "下一步：核对", Do: "check", Signer: true, Hidden: [][2]string{{"kind", string(kind)}}, Lead: "提交后可以上传附件。请勿填写国家秘密、工作秘密（第五条）。",
		Fields: []field{textField(f, "subject", "事项名称", ""), areaField(f, "content", "拟发布的内容", "写明口径和要点，不超过 5000 字", 6)}}
	if kind == campaign.PressConference {
		a.Fields = append(a.Fields, textField(f, "channel", "地点和拟邀媒体", ""), dayField(f, "planned", "拟召开日期", ""), tickField(f, "important", "属于重要内容", "口径须报本机构主要负责人审定同意（第十六条）"))
		return a
	}
	a.Fields = append(a.Fields, textField(f, "channel", "发布渠道", "媒体、账号或者场合"), dayField(f, "planned", "拟发布日期", ""),
		tickField(f, "urgent", "情况紧急", "立即通知值班人员；仍须等待批复"), textField(f, "urgent_reason", "紧急的理由", "勾选情况紧急时必填"))
	return a
}

func applyKind(r ask, f *form) campaign.ClearanceKind {
	if k := campaign.ClearanceKind(f.Get("kind")); k.Chinese() != "" {
		return k
	}
	if k := campaign.ClearanceKind(r.URL.Query().Get("kind")); k.Chinese() != "" {
		return k
	}
	return campaign.PriorApproval
}

func (s *Server) newClearance(r ask, f *form) (page, own, error) {
	o, err := s.own(r)
	kind := applyKind(r, f)
	v := matterView{Action: o.Path + "/clearances/new", Act: applyAct(f, kind)}
	if !o.Act {
		v.Act, v.Hint = nil, "此链接只能查看，请使用任务邮件中的链接办理"
	}
	return page{Title: kind.Chinese() + "申请", Crumbs: append(o.crumbs(), link{Href: o.Path + "/clearances", Text: "事前审批与新闻发布会"}), Form: f, Data: v}, o, err
}

func (s *Server) applyPage(w http.ResponseWriter, r ask) error {
	p, _, err := s.newClearance(r, newForm(applyOrder...))
	if err != nil {
		return err
	}
	return s.showMatter(w, r, p, nil)
}

func applyOf(f *form, k campaign.ClearanceKind) desk.ApplyForm {
	return desk.ApplyForm{Kind: k, Subject: f.Get("subject"), Content: f.Get("content"), Channel: f.Get("channel"), Planned: dayTyped(f, "planned"),
		Important: f.Get("important") == "1", Urgent: f.Get("urgent") == "1", UrgentReason: f.Get("urgent_reason")}
}

func (s *Server) applyPost(w http.ResponseWriter, r ask) error {
	f, err := readForm(r, applyOrder...)
	if err != nil {
		return err
	}
	p, o, err := s.newClearance(r, f)
	if err != nil {
		return err
	}
	if f.Get("do") == "edit" {
		return s.showMatter(w, r, p, nil)
	}
	a := applyOf(f, applyKind(r, f))
	faults := a.Faults(o.Today())
	signerFaults(f, faults)
	err = wrong(faults)
	if err == nil && f.Get("do") == "check" {
		rows := [][2]string{{"类别", a.Kind.Chinese()}, {"事项名称", a.Subject}, {"拟发布的内容", a.Content}, {"渠道或地点", a.Channel}, {"日期", a.Planned.Chinese()}}
		if a.Urgent {
			rows = append(rows, [2]string{"紧急的理由", a.UrgentReason})
		}
		if a.Important {
			rows = append(rows, [2]string{"重要内容", "是"})
		}
		return s.checked(w, r, o, "核对申请", check{Lead: "提交后不能修改。未批复不视为同意，不得发布。", Rows: append(rows, signerRows(f)), Hidden: f.Hidden(), Button: "确认提交"})
	}
	if err == nil {
		var rec desk.Receipt
		if rec, _, err = s.Desk.ApplyClearance(r.Context(), r.Visitor, a, signer(f)); err == nil {
			return s.received(w, r, o, rec)
		}
	}
	f.Faults = faultsOf(err)
	if p, _, bad := s.newClearance(r, f); bad == nil {
		return s.showMatter(w, r, p, err)
	}
	return err
}

// ownSteps are the acts that are left to the institution; attach is one of the
// page only. Steps out of their order are offered last, with their reason.
func ownSteps(c store.Clearance) []string {
	var now, early []string
	for _, a := range []campaign.ClearanceAct{campaign.PressSettle, campaign.PressHold, campaign.PressArticle, campaign.ClearancePublish, campaign.ClearanceWithdraw} {
		if c.Find(a) != nil {
			continue
		}
		if _, err := campaign.MoveClearance(c.Kind, c.State(), a, "", false); err == nil {
			now = append(now, string(a))
		} else if _, err := campaign.MoveClearance(c.Kind, c.State(), a, "", true); err == nil {
			early = append(early, string(a))
		}
	}
	if !c.State().Ended() && c.State() != campaign.ClearanceApproved {
		now = append(now, "attach")
	}
	return append(now, early...)
}

func stepWord(act string) string {
	if act == "attach" {
		return "上传附件"
	}
	return campaign.ClearanceAct(act).Chinese()
}

func stepAct(c store.Clearance, act string, f *form) *matterAct {
	a := &matterAct{Title: stepWord(act), Button: "提交", Do: "submit", Signer: true, Hidden: [][2]string{{"act", act}}}
	switch campaign.ClearanceAct(act) {
	case "attach":
		a.File, a.Sub, a.Button = true, "/files", "上传"
		a.Fields = []field{fileField(f, "file", "附件", "只接受 "+desk.Kinds, "")}
		return a
	case campaign.ClearancePublish:
		a.Lead = "登记实际发布的日期。早于批准日期的，记为“先发布后批准”。"
		a.Fields = []field{dayField(f, "day", "发布日期", ""), areaField(f, "text", "发布情况", "网址、媒体名称等，可以不填", 3)}
	case campaign.ClearanceWithdraw:
		a.Fields = []field{areaField(f, "text", "撤回的理由", "", 3)}
	case campaign.PressSettle:
		a.Lead = "第二步：口径、内容和新闻通稿报本机构宣传负责人审定同意，重要内容报主要负责人审定同意。"
		a.Fields = []field{textField(f, "head", "审定的宣传负责人", "姓名和职务"), textField(f, "principal", "审定的主要负责人", map[bool]string{true: "重要内容，必填", false: "重要内容必填"}[c.Important]), areaField(f, "text", "审定的口径", "可以不填", 4)}
	case campaign.PressHold:
		a.Lead = "第三步：由新闻发言人或者宣传负责人牵头组织召开。"
		a.Fields = []field{textField(f, "speaker", "新闻发言人或者宣传负责人", "姓名和职务"), areaField(f, "text", "召开情况", "可以不填", 3)}
	case campaign.PressArticle:
		a.Lead = "第四步：媒体拟刊发的稿件由宣传负责人审核。"
		a.Fields = []field{textField(f, "head", "审核的宣传负责人", "姓名和职务"), tickField(f, "secrecy", "已严把保密关", ""), tickField(f, "ideology", "已严把意识形态关", ""), areaField(f, "text", "审核意见", "可以不填", 3)}
	default:
		return nil
	}
	if _, err := campaign.MoveClearance(c.Kind, c.State(), campaign.ClearanceAct(act), "", false); err != nil {
		a.Lead += "前面的步骤尚未办理；不按顺序办理的须说明理由，记入档案。"
		a.Fields = append(a.Fields, tickField(f, "override", "不按顺序办理", ""), textField(f, "override_reason", "不按顺序办理的理由", ""))
	}
	return a
}

func (s *Server) ownClearanceShow(r ask, f *form) (page, own, store.Clearance, error) {
	o, err := s.own(r)
	if err != nil {
		return page{}, o, store.Clearance{}, err
	}
	n, err := r.numberIn()
	if err != nil {
		return page{}, o, store.Clearance{}, err
	}
	c, err := s.store.Clearance(r.Context(), o.Ref, n)
	if err != nil {
		return page{}, o, c, missingPage(err)
	}
	v := clearancePage(c, func(role, _, signer string) string {
		if role == "" {
			return signer
		}
		return "主管部门"
	})
	v.Action = o.Path + "/clearances/" + itoa(n)
	if err := s.pressPage(r, c, &v, o.Path); err != nil {
		return page{}, o, c, err
	}
	may := ownSteps(c)
	if act, fill, gone := chosenForm(r, f, may); o.Act && act != "" {
		v.Act, v.Gone = stepAct(c, act, fill), gone
		for _, other := range may {
			if other != act {
				v.Links = append(v.Links, link{Href: v.Action + "?act=" + other, Text: stepWord(other)})
			}
		}
	} else {
		v.Hint = "没有需要贵机构办理的事项。"
	}
	return page{Title: "第 " + itoa(n) + " 号申请：" + c.Subject, Crumbs: append(o.crumbs(), link{Href: o.Path + "/clearances", Text: "事前审批与新闻发布会"}), Form: f, Data: v}, o, c, nil
}

func (s *Server) ownClearance(w http.ResponseWriter, r ask) error {
	p, _, _, err := s.ownClearanceShow(r, newForm())
	if err != nil {
		return err
	}
	return s.showMatter(w, r, p, nil)
}

func (s *Server) ownClearancePost(w http.ResponseWriter, r ask) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	n, err := r.numberIn()
	if err != nil {
		return err
	}
	x := desk.StepForm{Act: campaign.ClearanceAct(f.Get("act")), Text: f.Get("text"), Day: dayTyped(f, "day"), Head: f.Get("head"), Principal: f.Get("principal"), Speaker: f.Get("speaker"),
		Secrecy: f.Get("secrecy") == "1", Ideology: f.Get("ideology") == "1", Override: f.Get("override") == "1", OverrideReason: f.Get("override_reason")}
	rec, err := s.Desk.StepClearance(r.Context(), r.Visitor, n, x, signer(f))
	return s.clearanceAnswer(w, r, f, rec, err)
}

// clearanceAnswer shows the receipt, or the form again with its faults.
func (s *Server) clearanceAnswer(w http.ResponseWriter, r ask, f *form, rec desk.Receipt, err error) error {
	if err == nil {
		o, err := s.own(r)
		if err != nil {
			return err
		}
		return s.received(w, r, o, rec)
	}
	f.Faults = faultsOf(err)
	p, _, _, bad := s.ownClearanceShow(r, f)
	if bad != nil {
		return bad
	}
	return s.showMatter(w, r, p, err)
}

func (s *Server) clearanceFilePost(w http.ResponseWriter, r ask) error {
	n, err := r.numberIn()
	if err != nil {
		return err
	}
	f := newForm("file", "declared", "name", "post").Set("act", "attach")
	rec, err := takeFile(r, f, func(r ask, f *form, part *multipart.Part) (desk.Receipt, error) {
		return s.Desk.AttachClearance(r.Context(), r.Visitor, n, desk.Upload{Name: part.FileName(), NoState: f.Get("declared") == "1", File: part}, signer(f))
	}, func(f *form) error {
		faults := map[string]string{"file": "请选择要上传的文件"}
		if f.Get("declared") != "1" {
			faults["declared"] = "请先勾选保密声明（第五条）"
		}
		signerFaults(f, faults)
		return wrong(faults)
	})
	if err != nil {
		drain(w, r)
		err = again413(r, err, "file", errTooLarge.Say)
	}
	return s.clearanceAnswer(w, r, f, rec, err)
}

func (s *Server) ownClearanceFile(w http.ResponseWriter, r ask) error {
	return s.sendClearanceFile(w, r, r.Visitor.Ref)
}

// sendClearanceFile sends a document of a matter, to be saved.
func (s *Server) sendClearanceFile(w http.ResponseWriter, r ask, ref campaign.Ref) error {
	n, err := r.numberIn()
	if err != nil {
		return err
	}
	k, err := strconv.Atoi(r.PathValue("k"))
	if err != nil {
		return errNoPage
	}
	c, err := s.store.Clearance(r.Context(), ref, n)
	if err != nil {
		return missingPage(err)
	}
	for _, file := range c.Files {
		if file.K != k {
			continue
		}
		f, err := s.Desk.Given(r.Context(), file.Digest)
		if err != nil {
			return err
		}
		defer f.Close()
		w.Header().Set("Content-Type", file.Media)
		fileHeaders(w.Header(), file.Name, false)
		http.ServeContent(w, r.Request, "", file.At, f)
		return nil
	}
	return errNoPage
}
