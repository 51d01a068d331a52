package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/desk"
	"xuanping/store"
)

// mailroomRoutes registers what is done about letters that did not arrive and
// those that came back.
func (s *Server) mailroomRoutes() {
	s.handle("GET /office/{year}/mails/again", s.againPage)
	s.handle("POST /office/{year}/mails/again", s.againPost)
	s.handle("GET /office/{year}/replies", s.repliesPage)
	s.handle("GET /i/{year}/{code}/mail", s.ownMailPage)
	s.handle("POST /i/{year}/{code}/mail", s.ownMailPost)
}

// postView is what the list of mails says above its lines.
type postView struct {
	Held                     bool
	Waiting, Missed, Replies int
}

func (s *Server) postOf(r ask, year int) (v postView, err error) {
	if v.Held, err = s.store.Held(r.Context(), year); err != nil {
		return v, err
	}
	if v.Waiting, err = s.store.Waiting(r.Context(), year); err != nil {
		return v, err
	}
	if v.Missed, err = s.store.Missed(r.Context(), year); err != nil {
		return v, err
	}
	v.Replies, err = s.store.ReplyCount(r.Context(), year)
	return v, err
}

func (s *Server) againPage(w http.ResponseWriter, r ask) error {
	f := newForm("email", "paper", "reason").Set("key", r.URL.Query().Get("key"))
	p, err := s.againForm(r, f)
	if err != nil {
		return err
	}
	return s.showForm(w, r, http.StatusOK, p, f)
}

// againForm is the form to serve a letter that did not arrive once more.
func (s *Server) againForm(r ask, f *form) (page, error) {
	c, now, err := s.campaignOf(r)
	if err != nil {
		return page{}, err
	}
	m, err := s.store.MailForOffice(r.Context(), f.Get("key"))
	if err != nil || m.Year != c.Year || m.Code == "" || m.Body.To != "institution" {
		return page{}, campaign.Fail(campaign.NotFound, "没有找到这封邮件")
	}
	i, err := s.store.Institution(r.Context(), m.Code)
	if err != nil {
		return page{}, err
	}
	facts := [][2]string{{"机构", i.Name}, {"邮件", letterWord(m.Key)}, {"状态", stateWords[cmp.Or(string(m.Delivery), m.State)]}, {"登记的邮箱", i.Email}, {"联系人", i.Contact + "　" + i.Mobile}}
	lead := "退信视为没有送达。请先电话核对，再填写机构现在使用的邮箱；更正的邮箱写入名册，以后的邮件都寄往新地址。"
	if strings.HasPrefix(m.Key, contract.Ref{Year: m.Year, Code: m.Code}.ID()+"/result/1") {
		if until, err := desk.Rewindow(c.Rules.Calendar, c.Rules.Holidays, c.Rules.Settings, c.MailTime(now)); err == nil {
			facts = append(facts, [2]string{"重新送达后，复核申请至", until.Chinese()})
		} else {
			facts = append(facts, [2]string{"复核申请期限", err.Error()})
		}
	}
	ref := contract.Ref{Year: m.Year, Code: m.Code}
	if until := desk.NoticeUntil(c.Rules, ref, m.Key, campaign.DayOf(now)); until != "" {
		facts = append(facts, [2]string{"今天送达的，期限至", until.Chinese()})
		lead += "期限自送达之日起重新计算，写入重新寄出的邮件" + map[bool]string{true: "和事先告知书", false: ""}[strings.HasPrefix(m.Key, store.PriorNotice(ref))] + "；书面送达的，请在交付的当天登记，并在交付的文书上写明下列期限。"
	}
	fields := []field{textField(f, "email", "现在使用的邮箱", "书面送达的不必填写")}
	if desk.OnPaper(ref, m.Key) {
		fields = append(fields, tickField(f, "paper", "已书面送达", letterWord(m.Key)+"已当面交付或邮寄签收，不再寄邮件"))
	}
	fields = append(fields, textField(f, "reason", "核对经过", "例如：3月12日与该机构办公室电话核实"))
	return page{Title: "更正地址后重新送达", Crumbs: officeCrumbs(yearCrumb(c.Year), link{Href: yearPath(c.Year, "mails"), Text: "邮件与消息"}), Form: f, Data: formPage{
		Action: yearPath(c.Year, "mails", "again"), Lead: lead, Facts: facts, Carried: [][2]string{{"key", m.Key}}, Button: "下一步：核对",
		Sections: []section{{Fields: fields}}}}, nil
}

func (s *Server) againPost(w http.ResponseWriter, r ask) error {
	f, err := readForm(r, "key", "email", "paper", "reason")
	if err != nil {
		return err
	}
	year, err := r.year()
	if err != nil {
		return err
	}
	return s.perform(w, r, f, deed{
		page: func(f *form) (page, error) { return s.againForm(r, f) }, title: "核对后重新送达", lead: "重新送达后，邮件以新的链接寄往下列邮箱，并记入台账。",
		look: func() error {
			if f.Get("paper") != "" {
				return wanting(f, map[string]string{"reason": "请写明送达经过，例如邮寄签收的日期和签收人"})
			}
			return wanting(f, map[string]string{"email": "请填写邮箱；已书面送达的请勾选“已书面送达”", "reason": "请写明核对经过"})
		},
		rows: func() [][2]string {
			return [][2]string{{"邮件", letterWord(f.Get("key"))}, {"送达方式", sentTo(f)}, {"核对经过", f.Get("reason")}}
		},
		word: "重新送达", done: yearPath(year, "mails") + "?state=queued",
		act: func() error {
			return s.Desk.Redeliver(r.Context(), r.Staff, year, desk.Redelivery{Key: f.Get("key"), Email: f.Get("email"), Reason: f.Get("reason"), Paper: f.Get("paper") != ""})
		},
	})
}

func sentTo(f *form) string {
	if f.Get("paper") != "" {
		return "已书面送达，不再寄邮件"
	}
	return "寄往 " + f.Get("email")
}

// replyView is a letter that came back, with its files.
type replyView struct {
	store.Reply
	Word  string
	Files []replyFile
}

// replyFile is a file of it; Filed is the row it was handed in for, 0 for none.
type replyFile struct {
	store.ReplyFile
	Filed int
}

func (s *Server) replies(r ask, ref contract.Ref) ([]replyView, error) {
	all, err := s.store.Replies(r.Context(), ref)
	if err != nil {
		return nil, err
	}
	files, err := s.store.ReplyFiles(r.Context(), ref)
	if err != nil {
		return nil, err
	}
	evidence := map[string][]store.Evidence{}
	var out []replyView
	for _, p := range all {
		if _, read := evidence[p.Code]; !read {
			if evidence[p.Code], err = s.store.EvidenceOf(r.Context(), contract.Ref{Year: p.Year, Code: p.Code}); err != nil {
				return nil, err
			}
		}
		v := replyView{Reply: p, Word: letterWord(p.Thread)}
		for _, f := range files {
			if f.Message != p.Message {
				continue
			}
			file := replyFile{ReplyFile: f}
			if i := slices.IndexFunc(evidence[p.Code], func(e store.Evidence) bool { return e.Digest == f.Digest }); i >= 0 {
				file.Filed = evidence[p.Code][i].Row
			}
			v.Files = append(v.Files, file)
		}
		out = append(out, v)
	}
	return out, nil
}

func (s *Server) repliesPage(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	all, err := s.replies(r, contract.Ref{Year: c.Year})
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "office-replies", page{Title: "来信留言", Crumbs: officeCrumbs(yearCrumb(c.Year), link{Href: yearPath(c.Year, "mails"), Text: "邮件与消息"}), Data: map[string]any{"C": c, "All": all}})
}

// ownMail is what came back by mail, as its institution sees it.
type ownMail struct {
	own
	All     []replyView
	Open    bool
	Waiting []option // files that were not handed in yet
	Options []option // rows
	Receipt *desk.Receipt
}

func (s *Server) ownMailShow(r ask, f *form) (page, error) {
	o, err := s.own(r)
	if err != nil {
		return page{}, err
	}
	k, err := s.known(r.Context(), o)
	if err != nil {
		return page{}, err
	}
	v := ownMail{own: o}
	v.Open = o.Act && k.at(campaign.Planning, campaign.Collecting) && o.Now.Before(k.due(campaign.EvidenceTask).End())
	if v.All, err = s.replies(r, o.Ref); err != nil {
		return page{}, err
	}
	for _, p := range v.All {
		for _, file := range p.Files {
			if file.Refused == "" && file.Filed == 0 {
				v.Waiting = append(v.Waiting, option{Value: file.Message + "/" + strconv.Itoa(file.N), Text: file.Name})
			}
		}
	}
	for _, row := range s.Desk.Table.Rows {
		if row.No <= 14 {
			v.Options = append(v.Options, option{Value: strconv.Itoa(row.No), Text: strconv.Itoa(row.No) + ". " + row.Title})
		}
	}
	for _, rec := range k.receipts() {
		if id := r.URL.Query().Get("receipt"); id != "" && rec.Number == o.Ref.ID()+"/evidence/"+id {
			v.Receipt = &rec
		}
	}
	if f == nil {
		f = newForm("which", "row", "note", "declared", "name", "post")
	}
	return page{Title: "来信与附件", Crumbs: o.crumbs(), Form: f, Data: v}, nil
}

func (s *Server) ownMailPage(w http.ResponseWriter, r ask) error {
	p, err := s.ownMailShow(r, nil)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "own-mail", p)
}

// ownMailPost hands a file that came by mail in as evidence.
func (s *Server) ownMailPost(w http.ResponseWriter, r ask) error {
	f, err := readForm(r, "which", "row", "note", "declared", "name", "post")
	if err != nil {
		return err
	}
	message, n, _ := strings.Cut(f.Get("which"), "/")
	number, _ := strconv.Atoi(n)
	row, _ := strconv.Atoi(f.Get("row"))
	if err = wanting(f, map[string]string{"which": "请选择附件"}); err == nil {
		var rec desk.Receipt
		if rec, err = s.Desk.FileReply(r.Context(), r.Visitor, message, number, desk.Upload{Row: row, Note: f.Get("note"), NoState: f.Get("declared") == "1"}, signer(f)); err == nil {
			return seeOther(w, r, r.URL.Path+"?receipt="+rec.Number[strings.LastIndexByte(rec.Number, '/')+1:])
		}
	}
	p, e := s.ownMailShow(r, f)
	if e != nil {
		return e
	}
	return s.again(w, r, "own-mail", p, err)
}
