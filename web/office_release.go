package web

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/store"
)

// releaseRoutes registers 三审三校 of what the regulator publishes (PL-4) and
// the versions of it (PL-13).
func (s *Server) releaseRoutes() {
	const here = " /office/{year}/release"
	s.handle("GET"+here, s.releasePage)
	s.handle("GET"+here+"/lay", s.layPage)
	s.handle("POST"+here+"/lay", s.lay)
	s.handle("GET"+here+"/step", s.stepPage)
	s.handle("POST"+here+"/step", s.step)
	s.handle("GET"+here+"/correct", s.correctPage)
	s.handle("POST"+here+"/correct", s.correct)
	s.handle("GET"+here+"/reissue", s.reissuePage)
	s.handle("POST"+here+"/reissue", s.reissue)
	s.handle("GET /office/{year}/figures", s.figuresPage)
	s.handle("GET /office/goals", s.goalsPage)
}

func releasePath(year int, more ...string) string {
	return yearPath(year, append([]string{"release"}, more...)...)
}

func releaseCrumbs(year int) []link {
	return officeCrumbs(yearCrumb(year), link{Href: releasePath(year), Text: "公布与三审三校"})
}

// releaseView is where the publication of a year stands.
type releaseView struct {
	C       store.Campaign
	S       desk.ReleaseState
	Steps   []releaseStep // of the newest draft
	State   string
	Missing string
	Past    []pastDraft
	Edits   []edition
	Fixes   []store.Correction // registered, and not public yet
	Names   map[string]string
	Lay     bool // an officer may lay a draft before the reviewers
	Step    bool // the next step is the reader's
	Reissue bool
	Officer bool
	Done    string
}

// releaseStep is a step on the track.
type releaseStep struct {
	Name, Class, State string
	By, Reason, Alone  string
	At                 *time.Time
}

// pastDraft is an earlier draft and what came of it.
type pastDraft struct {
	store.ReleaseDraft
	Word string
}

// edition is a version that was published, and what it put right (更正记录).
type edition struct {
	Version int
	At      time.Time
	Digest  string
	Changes []string
	Reasons []string
}

func editions(all []store.Release) []edition {
	var out []edition
	for i, r := range all {
		e := edition{Version: r.Version, At: r.At, Digest: r.Digest}
		if i > 0 {
			e.Changes = r.Body.Against(all[i-1].Body)
			e.Reasons = r.Body.Notes[min(len(all[i-1].Body.Notes), len(r.Body.Notes)):]
		}
		out = append(out, e)
	}
	slices.Reverse(out)
	return out
}

func (s *Server) releasePage(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	v := releaseView{C: c, Officer: r.Staff.Role == campaign.Officer, Done: doneWord(r)}
	if v.S, err = s.Desk.Release(r.Context(), s.store.Reader, c.Year); err != nil {
		return err
	}
	if v.Names, err = s.store.StaffNames(r.Context()); err != nil {
		return err
	}
	releases, err := s.store.Releases(r.Context(), c.Year)
	if err != nil {
		return err
	}
	drafts, err := s.store.ReleaseDrafts(r.Context(), c.Year)
	if err != nil {
		return err
	}
	open, err := s.Desk.Outstanding(r.Context(), s.store.Reader, c.Year)
	if err != nil {
		return err
	}
	if v.Fixes, err = s.store.Corrections(r.Context(), c.Year); err != nil {
		return err
	}
	if n := len(releases); n > 0 {
		v.Fixes = v.Fixes[min(len(releases[n-1].Body.Notes), len(v.Fixes)):]
	}
	v.Edits = editions(releases)
	v.fill(drafts, releases, len(open) == 0, r.Staff)
	return s.render(w, r, http.StatusOK, "office-release", page{Title: "公布与三审三校", Crumbs: officeCrumbs(yearCrumb(c.Year)), Wide: true, Data: v})
}

// fill says in words where the newest draft stands and whose turn it is.
func (v *releaseView) fill(drafts []store.ReleaseDraft, releases []store.Release, final bool, p store.Staff) {
	d := v.S.Draft
	public := slices.ContainsFunc(releases, func(r store.Release) bool { return r.Draft == d.N })
	fresh := v.C.PublishedAt == nil || len(v.Fixes) > 0
	stale := d.N == 0 || public || v.S.Void() || d.Facts().Returned()
	v.Lay = v.Officer && final && fresh && stale
	switch {
	case d.N == 0:
		v.State = "尚未送审"
	case public:
		v.State = "已公布"
	case v.S.Void():
		v.State = "审校作废"
	case d.Facts().Returned():
		v.State = "已退回"
	case d.Facts().Ready() == nil:
		v.State = "审校完成"
		v.Reissue = v.Officer && v.C.PublishedAt != nil
	default:
		v.State = "审校中"
		next := d.Facts().Next()
		v.Missing = campaign.ReleaseWords(d.Facts().Missing())
		v.Step = d.Facts().Move(next, p.Role, p.ID, "—") == nil
	}
	if d.N > 0 {
		v.Steps = releaseSteps(d, v.Names)
	}
	for _, old := range drafts[:max(len(drafts)-1, 0)] {
		word := "未完成，另行送审"
		switch {
		case slices.ContainsFunc(releases, func(r store.Release) bool { return r.Draft == old.N }):
			word = "已公布"
		case old.Facts().Returned():
			word = "已退回"
		}
		v.Past = append(v.Past, pastDraft{old, word})
	}
	slices.Reverse(v.Past)
}

// releaseSteps are the six steps of a draft, taken and to come.
func releaseSteps(d store.ReleaseDraft, names map[string]string) []releaseStep {
	var all []releaseStep
	next := d.Facts().Next()
	for i, step := range campaign.ReleaseSteps() {
		x := releaseStep{Name: step.Chinese(), State: "待办"}
		switch {
		case i < len(d.Steps):
			t := d.Steps[i]
			x.By, x.Reason, x.Alone, x.At, x.Class, x.State = named(names, t.By), t.Reason, t.Alone, &t.At, "done", "通过"
			if !t.Pass {
				x.Class, x.State = "now", "退回"
			}
		case step == next:
			x.Class = "now"
		default:
			x.State = "未开始"
		}
		all = append(all, x)
	}
	return all
}

// releaseFacts tell an act what it is about.
func releaseFacts(c store.Campaign, s desk.ReleaseState) [][2]string {
	m := s.Now
	facts := [][2]string{{"版次", "第 " + itoa(m.Version) + " 版"}, {"优秀单位名单", itoa(len(m.Excellent)) + " 家，" + m.Threshold.String() + " 分起"}, {"专题报告", itoa(len(m.Figures)) + " 个数字，各有出处"}, {"内容摘要（SHA-256）", s.Digest}}
	if m.Version == 1 {
		facts = append(facts, [2]string{"公布日", c.Rules.Calendar.Publication.Chinese()})
	}
	return facts
}

func (s *Server) layForm(r ask, c store.Campaign, f *form) (page, error) {
	st, err := s.Desk.Release(r.Context(), s.store.Reader, c.Year)
	return page{Title: "公布稿送审", Crumbs: releaseCrumbs(c.Year), Data: formPage{
		Action: releasePath(c.Year, "lay"), Lead: "公布稿由系统按现有事实生成：优秀单位名单和专题报告的全部数字。送审后内容有任何变化，已有的审校作废。",
		Facts: releaseFacts(c, st), More: []link{{Href: releasePath(c.Year), Text: "公布稿全文"}, {Href: yearPath(c.Year, "figures"), Text: "专题报告的数字和出处"}},
		Sections: []section{{Fields: []field{areaField(f, "note", "送审说明", "可以不填", 3)}}}, Button: "核对并送审"}}, err
}

func (s *Server) layPage(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	f := newForm()
	p, err := s.layForm(r, c, f)
	if err != nil {
		return err
	}
	return s.showForm(w, r, http.StatusOK, p, f)
}

func (s *Server) lay(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	f, err := readForm(r, "note")
	if err != nil {
		return err
	}
	return s.perform(w, r, f, deed{
		page:  func(f *form) (page, error) { return s.layForm(r, c, f) },
		rows:  func() [][2]string { return [][2]string{{"年度", yearTitle(c.Year)}, {"送审说明", f.Get("note")}} },
		title: "请核对", lead: "送审后依次进行一审、二审、三审、一校、二校、三校。送审人不参加审核。", word: "确认送审",
		act: func() error {
			_, err := s.Desk.LayDraft(r.Context(), r.Staff, c.Year, f.Get("note"))
			return err
		},
		done: releasePath(c.Year) + "?done=laid",
	})
}

var stepVerdicts = []option{{Value: "pass", Text: "通过"}, {Value: "return", Text: "退回", Hint: "须写明理由；退回后须改正并重新送审，六个步骤重新进行"}}

func (s *Server) stepForm(r ask, c store.Campaign, f *form) (page, error) {
	st, err := s.Desk.Release(r.Context(), s.store.Reader, c.Year)
	next := st.Draft.Facts().Next()
	p := page{Title: "审校公布稿", Crumbs: releaseCrumbs(c.Year), Data: formPage{Facts: releaseFacts(c, st), Lead: "没有等待审校的公布稿。"}}
	if err != nil || st.Draft.N == 0 || next == "" || st.Void() {
		return p, err
	}
	if f.Get("draft") == "" {
		f.Set("draft", itoa(st.Draft.N)).Set("step", string(next))
	}
	d := formPage{Action: releasePath(c.Year, "step"), Lead: "请对照公布稿全文办理。审核：政治导向、事实依据、名单和得分、保密和个人信息；校对：文字、数字、标点和格式。",
		Facts: append([][2]string{{"步骤", "第 " + itoa(st.Draft.N) + " 稿　" + next.Chinese()}}, releaseFacts(c, st)...), More: []link{{Href: releasePath(c.Year), Text: "公布稿全文"}, {Href: yearPath(c.Year, "figures"), Text: "专题报告的数字和出处"}},
		Carried: [][2]string{{"draft", f.Get("draft")}, {"step", f.Get("step")}}, Button: "核对并提交"}
	fields := []field{radioField(f, "verdict", next.Chinese(), "", stepVerdicts), areaField(f, "reason", "意见", "退回时必填，记入台账", 4)}
	if !next.Reviews() && slices.ContainsFunc(st.Draft.Steps, func(x store.ReleaseStep) bool { return x.By == r.Staff.ID }) {
		fields = append(fields, areaField(f, "alone", "人员不足的说明", "您已参加审核。审核和校对应由不同的人承担，确因人员不足的写明原因，将随记录显示", 2))
	}
	d.Sections = []section{{Fields: fields}}
	p.Title, p.Data = next.Chinese(), d
	return p, nil
}

func (s *Server) stepPage(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	f := newForm()
	p, err := s.stepForm(r, c, f)
	if err != nil {
		return err
	}
	return s.showForm(w, r, http.StatusOK, p, f)
}

func (s *Server) step(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	f, err := readForm(r, "verdict", "reason", "alone")
	if err != nil {
		return err
	}
	n, _ := strconv.Atoi(f.Get("draft"))
	in := desk.ReleaseForm{Draft: n, Step: campaign.ReleaseStep(f.Get("step")), Pass: f.Get("verdict") == "pass", Reason: f.Get("reason"), Alone: f.Get("alone")}
	return s.perform(w, r, f, deed{
		page: func(f *form) (page, error) { return s.stepForm(r, c, f) },
		look: func() error { return wanting(f, map[string]string{"verdict": "请选择通过或退回"}) },
		rows: func() [][2]string {
			rows := [][2]string{{"步骤", "第 " + f.Get("draft") + " 稿　" + in.Step.Chinese()}, {"结论", labelled(stepVerdicts, f.Get("verdict"))}, {"意见", in.Reason}}
			if in.Alone != "" {
				rows = append(rows, [2]string{"人员不足的说明", in.Alone})
			}
			return rows
		},
		title: "请核对", lead: "以您的姓名记入三审三校记录，不能修改。", word: "确认", red: !in.Pass,
		act:  func() error { return s.Desk.StepRelease(r.Context(), r.Staff, c.Year, in) },
		done: releasePath(c.Year) + "?done=stepped",
	})
}
