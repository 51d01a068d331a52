package web

import (
	"net/http"
	"strconv"
	"strings"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/store"
)

// accountRoutes registers who may work here (S6): whoever keeps the accounts
// proposes, an approver confirms, an auditor reads.
func (s *Server) accountRoutes() {
	s.handle("GET /accounts", s.accountsPage)
	s.handle("GET /accounts/new", s.proposeAccountPage)
	s.handle("POST /accounts/new", s.proposeAccount)
	s.handle("GET /accounts/changes/{n}", s.accountChangePage)
	s.handle("POST /accounts/changes/{n}", s.decideAccount)
}

// accountLine is an account or a proposal in a list.
type accountLine struct {
	store.Staff
	Href string // to propose a change
}

type accountChangeLine struct {
	store.AccountChange
	Word, Who, Decider string
}

func (s *Server) accountsPage(w http.ResponseWriter, r ask) error {
	people, err := s.store.Accounts(r.Context())
	if err != nil {
		return err
	}
	changes, err := s.store.AccountChanges(r.Context())
	if err != nil {
		return err
	}
	names := map[string]string{}
	var all []accountLine
	admin := r.Staff.Role == campaign.Admin
	for _, p := range people {
		names[p.ID] = p.Name
		l := accountLine{Staff: p}
		if admin && p.ID != r.Staff.ID {
			l.Href = "/accounts/new?account=" + p.ID
		}
		all = append(all, l)
	}
	var open, done []accountChangeLine
	for _, c := range changes {
		if l := viewChange(c, names); c.Open() {
			open = append(open, l)
		} else {
			done = append(done, l)
		}
	}
	return s.render(w, r, http.StatusOK, "accounts", page{Title: "账号管理", Wide: true, Data: map[string]any{
		"All": all, "Open": open, "Past": done, "Admin": admin,
		"Done": map[string]string{"proposed": "已提出，等待审批人员确认。", "returned": "已退回。"}[r.URL.Query().Get("done")]}})
}

func viewChange(c store.AccountChange, names map[string]string) accountChangeLine {
	l := accountChangeLine{AccountChange: c, Word: "待确认", Who: names[c.By]}
	if !c.Open() {
		l.Decider = names[*c.DecidedBy]
		l.Word = "退回"
		if *c.Confirmed {
			l.Word = "已确认"
		}
	}
	return l
}

var accountFields = []string{"account", "act", "name", "email", "role", "province", "employer", "limit", "subject", "reason"}

func (s *Server) proposeAccountPage(w http.ResponseWriter, r ask) error {
	f := newForm(accountFields...)
	if id := r.URL.Query().Get("account"); id != "" {
		p, err := s.store.Staff(r.Context(), id)
		if err != nil {
			return err
		}
		for name, v := range map[string]string{"account": p.ID, "name": p.Name, "email": p.Email, "role": string(p.Role), "province": p.Province, "employer": p.Employer, "subject": p.Subject} {
			f.Set(name, v)
		}
		if p.Limit > 0 {
			f.Set("limit", itoa(p.Limit))
		}
	} else {
		f.Set("act", string(campaign.AccountAdd))
	}
	return s.showForm(w, r, http.StatusOK, accountForm(f), f)
}

func accountForm(f *form) page {
	var acts, roles []option
	for _, a := range campaign.AccountActs() {
		acts = append(acts, option{Value: string(a), Text: a.Chinese()})
	}
	for _, x := range campaign.Roles() {
		roles = append(roles, option{Value: string(x), Text: x.Chinese()})
	}
	return page{Title: "提出账号变更", Crumbs: []link{{Href: "/accounts", Text: "账号管理"}}, Data: formPage{Action: "/accounts/new",
		Lead: "变更由另一人（审批人员）确认后生效，同时结束该账号的全部登录。新增和重置密码时，系统生成只能使用一次的密码，只显示给确认人。",
		Sections: []section{
			{Fields: []field{textField(f, "account", "账号", "请用工号，如 p1024，不用姓名或拼音：账号记入账本，删除个人信息时也不删除。小写字母、数字或连字符，以字母开头"), radioField(f, "act", "变更内容", "", acts), areaField(f, "reason", "理由", "如：任免文件、本人申请", 3)}},
			{Title: "账号资料", Hint: "新增账号和变更资料时填写；其他变更不看这一部分", Fields: []field{textField(f, "name", "姓名", ""), textField(f, "email", "邮箱", ""), chooseField(f, "role", "角色", "", roles),
				textField(f, "province", "省份", "只有地方监管人员填写，与名册写法一致"), textField(f, "employer", "现任职单位的统一社会信用代码", "只有评审专家填写，用于回避"),
				numberField(f, "limit", "一个年度最多承担的席位", "只有评审专家填写；空为不限"), textField(f, "subject", "统一身份认证的用户标识", "由统一身份认证登录的填写（sub）")}},
		}, Button: "检查并提交"}}
}

func accountOf(f *form) (desk.AccountForm, error) {
	n := 0
	if v := strings.TrimSpace(f.Get("limit")); v != "" {
		var err error
		if n, err = strconv.Atoi(v); err != nil {
			return desk.AccountForm{}, wrong(map[string]string{"limit": "应为整数"})
		}
	}
	return desk.AccountForm{Account: f.Get("account"), Act: campaign.AccountAct(f.Get("act")), Reason: f.Get("reason"), AccountBody: store.AccountBody{
		Name: f.Get("name"), Email: f.Get("email"), Role: campaign.Role(f.Get("role")), Province: strings.TrimSpace(f.Get("province")), Employer: strings.TrimSpace(f.Get("employer")), Limit: n, Subject: f.Get("subject")}}, nil
}

func (s *Server) proposeAccount(w http.ResponseWriter, r ask) error {
	f, err := readForm(r, accountFields...)
	if err != nil {
		return err
	}
	form, bad := accountOf(f)
	look := func() error {
		if bad != nil {
			return bad
		}
		return s.Desk.CheckAccount(r.Context(), r.Staff, form)
	}
	return s.perform(w, r, f, deed{
		page: always(accountForm), look: look,
		rows: func() [][2]string {
			return append([][2]string{{"账号", form.Account}, {"变更内容", form.Act.Chinese()}, {"理由", form.Reason}}, accountRows(form.Act, form.AccountBody)...)
		},
		title: "请核对账号变更", lead: "提交后由审批人员确认，确认后生效。", word: "提出变更",
		act: func() error {
			_, err := s.Desk.ProposeAccount(r.Context(), r.Staff, form)
			return err
		},
		done: "/accounts?done=proposed",
	})
}

// accountRows tells an account as it is to be.
func accountRows(act campaign.AccountAct, b store.AccountBody) [][2]string {
	if act != campaign.AccountAdd && act != campaign.AccountChange {
		return nil
	}
	rows := [][2]string{{"姓名", b.Name}, {"邮箱", b.Email}, {"角色", b.Role.Chinese()}}
	for _, x := range [][2]string{{"省份", b.Province}, {"现任职单位", b.Employer}, {"用户标识", b.Subject}} {
		if x[1] != "" {
			rows = append(rows, x)
		}
	}
	if b.Limit > 0 {
		rows = append(rows, [2]string{"席位上限", itoa(b.Limit)})
	}
	return rows
}

func (s *Server) changeOf(r ask) (store.AccountChange, error) {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil {
		return store.AccountChange{}, errNoPage
	}
	return s.store.AccountChange(r.Context(), n)
}

func (s *Server) accountChangePage(w http.ResponseWriter, r ask) error {
	c, err := s.changeOf(r)
	if err != nil {
		return err
	}
	p, err := s.changeForm(r, c, newForm("decision", "note"))
	if err != nil {
		return err
	}
	return s.showForm(w, r, http.StatusOK, p, p.Form)
}

var accountDecisions = []option{{Value: "confirm", Text: "确认", Hint: "立即生效"}, {Value: "return", Text: "退回", Hint: "须写明理由"}}

func (s *Server) changeForm(r ask, c store.AccountChange, f *form) (page, error) {
	names, err := s.store.StaffNames(r.Context())
	if err != nil {
		return page{}, err
	}
	l := viewChange(c, names)
	facts := append([][2]string{{"账号", c.Account}, {"变更内容", c.Act.Chinese()}, {"理由", c.Reason}, {"提出", l.Who + "，" + stamp(c.At)}, {"状态", l.Word}}, accountRows(c.Act, c.Body)...)
	if was, err := s.store.Staff(r.Context(), c.Account); err == nil && c.Open() {
		facts = append(facts, [2]string{"现在的角色", was.Role.Chinese()})
	}
	if !c.Open() {
		facts = append(facts, [2]string{"办理", l.Decider + "，" + stamp(*c.DecidedAt)}, [2]string{"意见", *c.Note})
	}
	fp := formPage{Action: "/accounts/changes/" + itoa(c.N), Facts: facts}
	if c.Open() && r.Staff.Role == campaign.Approver && c.By != r.Staff.ID && c.Account != r.Staff.ID {
		fp.Sections = []section{{Fields: []field{radioField(f, "decision", "办理意见", "", accountDecisions), areaField(f, "note", "意见", "退回时必填", 3)}}}
		fp.Button = "检查并提交"
	}
	return page{Title: "账号变更第 " + itoa(c.N) + " 号", Crumbs: []link{{Href: "/accounts", Text: "账号管理"}}, Form: f, Data: fp}, nil
}

// decideAccount confirms or turns down a proposal. The password for one login
// is on the answer and nowhere else.
func (s *Server) decideAccount(w http.ResponseWriter, r ask) error {
	c, err := s.changeOf(r)
	if err != nil {
		return err
	}
	f, err := readForm(r, "decision", "note")
	if err != nil {
		return err
	}
	confirm, once := f.Get("decision") == "confirm", ""
	d := deed{
		page: func(f *form) (page, error) { return s.changeForm(r, c, f) },
		look: func() error {
			if labelled(accountDecisions, f.Get("decision")) == "" {
				return wrong(map[string]string{"decision": "请选择办理意见"})
			}
			return nil
		},
		rows: func() [][2]string {
			return append([][2]string{{"账号", c.Account}, {"变更内容", c.Act.Chinese()}, {"办理意见", labelled(accountDecisions, f.Get("decision"))}, {"意见", f.Get("note")}}, accountRows(c.Act, c.Body)...)
		},
		title: "请核对办理意见", lead: "确认后立即生效，并结束该账号的全部登录。", word: "提交",
		act: func() (err error) {
			once, err = s.Desk.DecideAccount(r.Context(), r.Staff, c.N, confirm, f.Get("note"))
			return err
		},
		done: "/accounts?done=returned",
	}
	if do := f.Get("do"); confirm && do != "check" && do != "edit" {
		if err := d.act(); err != nil {
			f.Faults = faultsOf(err)
			p, bad := d.page(f)
			if bad != nil {
				return bad
			}
			p.Form = f
			return s.again(w, r, "office-form", p, err)
		}
		return s.render(w, r, http.StatusOK, "account-done", page{Title: "账号变更已生效", Crumbs: []link{{Href: "/accounts", Text: "账号管理"}}, Data: map[string]any{"C": c, "Once": once}})
	}
	return s.perform(w, r, f, d)
}
