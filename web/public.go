package web

import (
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"xuanping/audit"
	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/rubric"
	"xuanping/store"
)

// publicRoutes registers what everybody may see.
func (s *Server) publicRoutes() {
	s.handle("GET /{$}", s.landing)
	s.handle("GET /healthz", s.healthz)
	s.handle("GET /static/style.css", s.style)
	s.handle("GET /t/{token}", s.enter)
	s.handle("GET /link", s.linkForm)
	s.handle("POST /link", s.linkPost(newGate()))
	s.handle("GET /v", s.verifyForm)
	s.handle("GET /v/{code}", s.verify)
	s.handle("GET /v/certificates.pem", s.certificates)
	s.handle("GET /static/verify.js", verifyScript.send)
	s.handle("GET /results/{year}", s.results)
	s.handle("GET /results/{year}/report", s.publicReport)
	s.handle("GET /results/{year}/report.pdf", s.publicReportPaper)
	s.handle("GET /rules", s.rules)
	s.handle("GET /rules/warning", s.warningRules)
	s.handle("GET /warnings/{year}", s.publicWarnings)
	if s.Mailbox != nil {
		s.mailboxRoutes()
	}
}

func (s *Server) landing(w http.ResponseWriter, r ask) error {
	all, err := s.store.Campaigns(r.Context())
	if err != nil {
		return err
	}
	reading, err := s.readingShown(r)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "landing", page{Title: "认证机构宣传工作年度评价", Wide: true, Data: map[string]any{"All": all, "Caps": reading.CapWords(s.Desk.Table)}})
}

func (s *Server) healthz(w http.ResponseWriter, r ask) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if err := s.store.Ping(r.Context()); err != nil {
		s.Log.Error("database away", "err", err)
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = fmt.Fprintln(w, "database away")
		return nil
	}
	_, _ = fmt.Fprintln(w, "ok")
	return nil
}

func (s *Server) style(w http.ResponseWriter, r ask) error {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable") // its address changes with its content
	_, _ = w.Write(styleSheet)
	return nil
}

// enter lets the bearer of a link in: the link goes into a cookie and out of
// the address. Nothing is written; mail programs that fetch links do no harm (ML-3).
func (s *Server) enter(w http.ResponseWriter, r ask) error {
	token := r.PathValue("token")
	v, err := s.openLink(r.Context(), token)
	if err != nil {
		return err
	}
	http.SetCookie(w, s.cookie(ticketCookie, token, "/i/"))
	http.Redirect(w, r.Request, ownPage(v.Ref, r.URL.Query().Get("next")), http.StatusSeeOther)
	return nil
}

// ownPage keeps a wished page inside the institution's own.
func ownPage(ref contract.Ref, next string) string {
	home := "/i/" + ref.ID()
	if next == "" || strings.ContainsAny(next, "\\?#") {
		return home
	}
	if !strings.HasPrefix(next, "/") {
		next = home + "/" + next
	}
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || path.Clean(u.Path) != u.Path || !strings.HasPrefix(u.Path+"/", home+"/") {
		return home
	}
	return u.Path
}

func (s *Server) verifyForm(w http.ResponseWriter, r ask) error {
	code := strings.ToUpper(strings.TrimSpace(r.URL.Query().Get("code")))
	if code != "" {
		http.Redirect(w, r.Request, "/v/"+url.PathEscape(strings.TrimSpace(r.URL.Query().Get("code"))), http.StatusSeeOther)
		return nil
	}
	return s.render(w, r, http.StatusOK, "verify", page{Title: "文书查验"})
}

// verified is what the page says about a paper: nothing that the paper does not say.
type verified struct {
	Code  string
	Paper *store.Paper
	Name  string
	State string
	Note  string
	Void  bool // of a rehearsal

	Report  string // page of the special report, when this is one
	Current bool   // and the one that stands

	Script string // holds a file against the digest; none when empty
}

// voidState is the state of every paper of a rehearsal (UX-2).
const voidState = "示例·演练，无效力"

func (s *Server) verify(w http.ResponseWriter, r ask) error {
	code := r.PathValue("code")
	v, status := verified{Code: code}, http.StatusOK
	p, err := s.findPaper(r, code)
	switch {
	case err == nil:
		c, err := s.campaign(r.Context(), p.Year)
		if err != nil {
			return err
		}
		r.Year, v.Paper, v.Void = p.Year, &p, c.Rehearsal // the banner is that of the paper's own year
		if v.Name, v.State, v.Note, err = s.paperState(r, p); err != nil {
			return err
		}
		if p.Kind == campaign.ReportPaper && c.PublishedAt != nil {
			v.Report, v.Current = reportPath(p.Year), v.Note == ""
		}
		if v.Void {
			v.State = voidState
		}
		v.Script = verifyScript.name
		w.Header().Set("Content-Security-Policy", policy+"; script-src 'self'")
	case campaign.KindOf(err) == campaign.NotFound:
		status = http.StatusNotFound
	default:
		return err
	}
	return s.render(w, r, status, "verify", page{Title: "文书查验", Data: v, Form: newForm().Set("code", code)})
}

// findPaper takes a verify code in either case, as people type it from paper.
func (s *Server) findPaper(r ask, code string) (store.Paper, error) {
	if len(code) > 64 || plain(code) != code {
		return store.Paper{}, campaign.Fail(campaign.NotFound, "未查询到")
	}
	p, err := s.store.PaperByVerify(r.Context(), code)
	for _, other := range []string{strings.ToUpper(code), strings.ToLower(code)} {
		if campaign.KindOf(err) == campaign.NotFound && err != nil && other != code {
			p, err = s.store.PaperByVerify(r.Context(), other)
		}
	}
	return p, err
}

// paperState says whether a paper still stands: a later one supersedes a notice
// of points, a lifted warning shows as lifted (RW-6).
func (s *Server) paperState(r ask, p store.Paper) (name, state, note string, err error) {
	ref := contract.Ref{Year: p.Year, Code: p.Code}
	if p.Kind == campaign.HonourPaper {
		return s.honourState(r, p)
	}
	if state, note, err = s.stands(r, p); err != nil {
		return "", "", "", err
	}
	if p.Code == "" {
		return "", state, note, nil
	}
	in, err := s.store.Institution(r.Context(), p.Code)
	if err != nil {
		return "", "", "", err
	}
	switch p.Kind {
	case campaign.PriorPaper, campaign.WarningPaper, campaign.DismissPaper, campaign.LiftPaper, campaign.LesserPaper, campaign.RevokePaper, campaign.ExpirePaper:
		w, err := s.store.Warning(r.Context(), ref)
		if err != nil {
			return "", "", "", err
		}
		state, note = w.State.Outside().Chinese(), "案件状态截至 "+stamp(w.StateAt)
	}
	return in.Name, state, note, nil
}

// published is what everybody sees of a year: the excellent and sums over all
// (PL-2); nobody below the threshold is named.
type published struct {
	Spots     string       // page of the spot checks; "" when none was committed
	Paper     *store.Paper // the special report; nil while it is being printed
	Year      int
	At        time.Time
	Threshold rubric.Points
	Excellent []listed
	Scored    int
	Mean      rubric.Points
	Chart     template.HTML
	Category  []mark
	Editions  []edition          // as published, the newest first (PL-13)
	Late      []store.LateHonour // honoured since the version that stands
}

// Version is the one that stands.
func (v published) Version() int {
	if len(v.Editions) == 0 {
		return 1
	}
	return v.Editions[0].Version
}

type listed struct {
	Code, Name, Province, Category string
	Total                          rubric.Points
	Rank, CategoryRank             int // over all and inside the category (PL-10); ties share a place
}

// publishedYear is the campaign of the path, once its results are public.
func (s *Server) publishedYear(r ask) (store.Campaign, error) {
	y, err := r.year()
	if err != nil {
		return store.Campaign{}, err
	}
	c, err := s.campaign(r.Context(), y)
	if err == nil && c.PublishedAt != nil || err != nil && campaign.KindOf(err) != campaign.NotFound {
		return c, err
	}
	return c, campaign.Fail(campaign.NotFound, "%d 年度的评价结果尚未公布", y)
}

func (s *Server) results(w http.ResponseWriter, r ask) error {
	c, err := s.publishedYear(r)
	if err != nil {
		return err
	}
	y := c.Year
	entries, err := s.store.Entries(r.Context(), y)
	if err != nil {
		return err
	}
	all, err := s.store.LatestResults(r.Context(), y)
	if err != nil {
		return err
	}
	honoured, err := s.store.Honoured(r.Context(), y)
	if err != nil {
		return err
	}
	places, err := audit.Places(r.Context(), s.store.Reader, y)
	if err != nil {
		return err
	}
	releases, err := s.store.OpenReleases(r.Context(), y)
	if err != nil {
		return err
	}
	lists, err := s.store.Lists(r.Context(), y)
	if err != nil {
		return err
	}
	if n := len(releases); n > 0 { // the list as it was reviewed; who was taken off it is not named
		honoured = map[string]bool{}
		for _, x := range releases[n-1].Body.Excellent {
			honoured[x.Code] = true
		}
	}
	v := publish(c, entries, all, honoured, len(lists.Once))
	v.Editions = editions(releases)
	if v.Late, err = s.lateHonours(r, y, honoured); err != nil {
		return err
	}
	if v.Paper, err = s.reportOf(r, y, v.Version()); err != nil {
		return err
	}
	for i := range v.Excellent {
		v.Excellent[i].place(places)
	}
	if said, err := s.spotCommit(r, y); err != nil {
		return err
	} else if said != nil {
		v.Spots = "/spots/" + strconv.Itoa(y)
	}
	return s.render(w, r, http.StatusOK, "results", page{Title: strconv.Itoa(y) + " 年度评价结果", Wide: true, Data: v})
}

// lateHonours are whoever was honoured since the list that stands, on which they are
// not yet: they count from their own day, the next version names them.
func (s *Server) lateHonours(r ask, year int, listed map[string]bool) ([]store.LateHonour, error) {
	all, err := s.store.LateHonours(r.Context(), year)
	return slices.DeleteFunc(all, func(h store.LateHonour) bool { return !h.Stands || listed[h.Code] }), err
}

// place adds the places of one who is named in any case.
func (l *listed) place(all []audit.Place) {
	for _, p := range all {
		if p.Code == l.Code {
			l.Rank, l.CategoryRank = p.Rank, p.CategoryRank
		}
	}
}

// publish makes what everybody sees; once is how many others were on an earlier
// version of the list, so that their points are known.
func publish(c store.Campaign, entries []store.Entry, all []store.Result, honoured map[string]bool, once int) published {
	v := published{Year: c.Year, At: *c.PublishedAt, Threshold: c.Rules.Settings.Excellent}
	byCode := map[string]store.Entry{}
	for _, e := range entries {
		byCode[e.Code] = e
	}
	var totals []rubric.Points
	count := map[string]int{}
	for _, one := range all {
		e, known := byCode[one.Code]
		if !known || e.Stage == campaign.Left || !one.Scored {
			continue
		}
		totals = append(totals, one.Total)
		if honoured[one.Code] {
			v.Excellent = append(v.Excellent, listed{Code: one.Code, Name: e.Name, Province: e.Province, Category: e.Category, Total: one.Total})
			count[e.Category]++
		}
	}
	slices.SortStableFunc(v.Excellent, func(a, b listed) int { return int(b.Total - a.Total) })
	v.Scored = len(totals)
	if share := (campaign.Share{Scored: v.Scored, Named: len(v.Excellent), Once: once}); !share.Tells() {
		v.Mean = rubric.Mean(totals)
		v.Chart = distribution("dist", "得分分布", totals, v.Threshold)
	}
	for k, n := range count {
		v.Category = append(v.Category, mark{Label: k, N: n})
	}
	slices.SortFunc(v.Category, func(a, b mark) int { return strings.Compare(a.Label, b.Label) })
	return v
}

func (s *Server) rules(w http.ResponseWriter, r ask) error {
	t := s.Desk.Table
	readings, year, err := s.publicReadings(r)
	if err != nil {
		return err
	}
	reading, err := s.readingShown(r)
	if err != nil {
		return err
	}
	limits := map[int]string{15: reading.LimitWords(t, 15) + "；" + reading.MatterWords(), 16: reading.LimitWords(t, 16) + "；" + reading.HappeningWords()}
	return s.render(w, r, http.StatusOK, "rules", page{Title: "评价指标", Data: map[string]any{"Limits": limits, "Table": t, "Groups": groupRows(t), "Lint": t.Lint(), "Readings": readings, "Year": year, "References": rubric.References(), "Errata": rubric.GuidelineErrata()}})
}

// rowGroup is a 一级指标 with its rows.
type rowGroup struct {
	Name, Weight string
	Rows         []rubric.Row
}

func groupRows(t *rubric.Table) []rowGroup {
	var all []rowGroup
	for _, r := range t.Rows {
		if n := len(all); n == 0 || all[n-1].Name != r.Group {
			all = append(all, rowGroup{Name: r.Group, Weight: r.Weight})
		}
		all[len(all)-1].Rows = append(all[len(all)-1].Rows, r)
	}
	return all
}
