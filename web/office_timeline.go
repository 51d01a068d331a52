package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"xuanping/audit"
	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// Timeline tells an institution's year from histories, score book and ledger.
type Timeline func(context.Context, contract.Ref) (audit.Story, error)

func (s *Server) timelineRoutes() {
	s.handle("GET /office/{year}/i/{code}/timeline", s.timelinePage)
	s.handle("GET /office/{year}/i/{code}/timeline.txt", s.timelineText)
}

// told leaves out a result before it is served: nobody of the office reads it earlier.
func told(leaves []store.Leaf, at campaign.Stage) []store.Leaf {
	if servedYet(at) {
		return leaves
	}
	return slices.DeleteFunc(slices.Clone(leaves), func(l store.Leaf) bool { return l.Kind == "result" })
}

// storyOf tells the year of the path, without a result that is not served yet.
func (s *Server) storyOf(r ask) (store.Campaign, store.Entry, audit.Story, error) {
	c, e, err := s.about(r)
	if err != nil {
		return c, e, audit.Story{}, err
	}
	tell := s.Timeline
	if tell == nil {
		tell = func(ctx context.Context, ref contract.Ref) (audit.Story, error) {
			story, err := audit.TellStory(ctx, s.store.Reader, ref, nil)
			story.Away = "本系统没有连接流程引擎"
			return story, err
		}
	}
	story, err := tell(r.Context(), e.Ref())
	if !servedYet(e.Stage) {
		story.Lines = slices.DeleteFunc(story.Lines, func(l audit.Line) bool {
			return l.Leaf != nil && l.Leaf.Kind == "result" || l.Leaf == nil && strings.Contains(l.Told, "总分")
		})
	}
	return c, e, story, err
}

// timelineText is what starter history prints.
func (s *Server) timelineText(w http.ResponseWriter, r ask) error {
	_, e, story, err := s.storyOf(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="timeline-%d-%s.txt"`, e.Year, e.Code))
	return raw(w, "text/plain; charset=utf-8", []byte(story.Text(false)))
}

// moment is a line of the year as the page shows it.
type moment struct {
	At                         time.Time
	Text, Tone                 string
	Who, Letter, Reading       string
	Leaf, Proof, Event, Engine string
	Differ                     string
}

// timelineView is an institution's year on one page.
type timelineView struct {
	C                   store.Campaign
	E                   store.Entry
	Path                string
	Moments             []moment
	All                 bool // the engine's own events too
	Mismatches          []mismatchView
	Away, Cut, Unlinked string
}

type mismatchView struct {
	audit.Mismatch
	Proof, Engine string
}

func (s *Server) timelinePage(w http.ResponseWriter, r ask) error {
	c, e, story, err := s.storyOf(r)
	if err != nil {
		return err
	}
	people, err := s.store.Accounts(r.Context())
	if err != nil {
		return err
	}
	t := timelineView{C: c, E: e, Path: entryPath(e.Ref(), "timeline"), All: r.URL.Query().Get("events") == "all", Away: story.Away, Cut: story.Cut}
	if s.TemporalUI == "" {
		t.Unlinked = "没有配置流程引擎的查看页面，事件不能点开"
	}
	names, roles := map[string]string{}, map[string]campaign.Role{}
	for _, p := range people {
		names[p.ID], roles[p.ID] = p.Name, p.Role
	}
	for _, l := range story.Lines {
		if l.Moved || l.Leaf == nil && !t.All && l.Differ == "" {
			continue
		}
		t.Moments = append(t.Moments, s.momentOf(l, e.Ref(), names, roles))
	}
	for _, m := range story.Mismatches {
		t.Mismatches = append(t.Mismatches, mismatchView{m, proofLink(e.Ref(), m.Leaf), s.eventURL(m.Event)})
	}
	return s.render(w, r, http.StatusOK, "office-timeline", page{Title: e.Name + "的年度时间线", Crumbs: entryCrumbs(e), Wide: true, Data: t})
}

func (s *Server) momentOf(l audit.Line, ref contract.Ref, names map[string]string, roles map[string]campaign.Role) moment {
	m := moment{At: l.At, Text: l.Told, Reading: l.Reading, Differ: l.Differ, Event: l.Beside, Engine: s.eventURL(l.Event)}
	if l.Leaf == nil {
		m.Who, m.Event = "系统", l.Source
		m.Leaf = strings.TrimPrefix(l.Beside, "账本 ")
		return m
	}
	told := wholeTimeline([]store.Leaf{*l.Leaf}, names)[0]
	m.Text, m.Tone, m.Leaf, m.Proof = told.Text, told.Tone, fmt.Sprint(l.Leaf.Idx), proofLink(ref, l.Leaf.Idx)
	if l.Mail != "" {
		m.Letter = letterWord(l.Mail)
	}
	m.Who = whoActed(*l.Leaf, names, roles)
	return m
}

// byInstitution are the records that are made by what an institution does.
var byInstitution = []string{"plan", "evidence", "register", "self-score", "appeal", "extension-request", "case-file", "clearance", "clearance-file", "survey-answer", "reply",
	"guidance-receipt", "medium-request", "links-replaced", "act-code", "act-code-try"}

// whoActed is who made a record, with the role in which he did.
func whoActed(l store.Leaf, names map[string]string, roles map[string]campaign.Role) string {
	b := parseRecord(l).Body
	who := b.By
	if who == "" && (l.Kind == "sheet" || l.Kind == "declaration") {
		who = b.Reviewer
	}
	acts := []string{"warning-act", "incident", "incident-act", "clearance-act", "event-move", "event-ruling", "event", "honour"}
	switch {
	case who != "" && who != "clock":
		if role := roles[who]; role != "" {
			return named(names, who) + "（" + role.Chinese() + "）"
		}
		return named(names, who)
	case slices.Contains(byInstitution, l.Kind), slices.Contains(acts, l.Kind) && b.Role != "clock":
		return "机构"
	}
	return "系统"
}

func proofLink(ref contract.Ref, leaf int64) string {
	if leaf < 0 {
		return ""
	}
	return entryPath(ref, "proof") + fmt.Sprintf("?index=%d", leaf)
}

// eventURL is an event in the engine's own pages; "" when there are none.
func (s *Server) eventURL(e audit.Event) string {
	if s.TemporalUI == "" || e.ID == 0 {
		return ""
	}
	return fmt.Sprintf("%s/%s/history/events/%d", s.engineURL(e.Workflow), url.PathEscape(e.Run), e.ID)
}
