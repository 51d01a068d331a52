package web

import (
	"context"
	"net/http"
	"slices"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/desk"
	"xuanping/store"
)

// claimOfficeRoutes registers what the office sees of claims.
func (s *Server) claimOfficeRoutes() {
	s.handle("GET /office/{year}/claims", s.claimsPage)
	s.handle("GET /office/{year}/i/{code}/files/{n}", s.officeFile)
}

// claimLine is a claim that waits for its ruling, with what an officer checks
// first.
type claimLine struct {
	eventView
	Files  int
	Shared bool   // another institution claims the same
	Hint   string // what keeps it from being confirmed
	Uses   string // base rows in which the same work stands
	Days   int    // since it was claimed
}

// claimsPage is the queue of claims, oldest first.
func (s *Server) claimsPage(w http.ResponseWriter, r ask) error {
	c, _, err := s.campaignOf(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	all, err := s.store.Events(ctx, contract.Ref{Year: c.Year})
	if err != nil {
		return err
	}
	entries, err := s.store.Entries(ctx, c.Year)
	if err != nil {
		return err
	}
	called := map[string]string{}
	for _, e := range entries {
		called[e.Code] = e.Name
	}
	today := campaign.DayOf(c.Now(s.Desk.Clock()))
	done := map[string]int{}
	claims := viewEvents(desk.OwnClaims(all), called, nil, r.Staff, s.Desk.Table)
	var open []eventView
	for _, v := range claims {
		word := v.State
		if v.Amended == campaign.AmendConfirm {
			word = v.Amended.Chinese()
		}
		if done[word]++; v.Confirmed == nil {
			open = append(open, v)
		}
	}
	slices.SortStableFunc(open, func(a, b eventView) int { return a.At.Compare(b.At) })
	at := pageOf(r)
	pager := newPager(at, pageSize, len(open), func(n int) string { return yearPath(c.Year, "claims") + "?page=" + itoa(n) })
	var lines []claimLine
	for _, v := range open[min((at-1)*pageSize, len(open)):min(at*pageSize, len(open))] {
		l, err := s.claimLine(r, v, today)
		if err != nil {
			return err
		}
		lines = append(lines, l)
	}
	marks := []mark{{Label: "待确认", N: len(open), Hot: len(open) > 0}, {Label: "予以认定", N: done["予以认定"]}, {Label: "不予认定", N: done["不予认定"]}, {Label: "已撤回", N: done["已撤回"]}}
	return s.render(w, r, http.StatusOK, "office-claims", page{Title: "机构申报的加分事项", Crumbs: officeCrumbs(yearCrumb(c.Year)), Wide: true,
		Data: map[string]any{"Year": yearPath(c.Year), "Lines": lines, "Pager": pager, "Total": len(claims), "Chart": bars("claims", "机构申报按状态计数", marks)}})
}

// claimLine gathers what an officer checks of a claim first.
func (s *Server) claimLine(r ask, v eventView, today campaign.Day) (claimLine, error) {
	ctx, ref := r.Context(), campaign.Ref{Year: v.Year, Code: v.Code}
	l := claimLine{eventView: v, Days: campaign.DayOf(v.At).DaysUntil(today)}
	files, err := s.claimFiles(ctx, v.Event)
	if err != nil {
		return l, err
	}
	l.Files = len(files)
	shared, err := s.Desk.ClaimedElsewhere(ctx, s.store.Reader, ref, []store.Event{v.Event})
	if err != nil {
		return l, err
	}
	l.Shared = shared[v.ID]
	if l.Hint, err = s.Desk.ClaimHint(ctx, s.store.Reader, v.Event); err != nil {
		return l, err
	}
	l.Uses, err = s.usesOf(r, v.Event)
	return l, err
}

// claimFiles are the captures and proofs of a claim.
func (s *Server) claimFiles(ctx context.Context, e store.Event) ([]store.CaseFile, error) {
	if !e.Claimed() {
		return nil, nil
	}
	all, err := s.store.CaseFiles(ctx, campaign.Ref{Year: e.Year, Code: e.Code}, store.AboutClaim)
	return slices.DeleteFunc(all, func(f store.CaseFile) bool { return f.Event != e.ID }), err
}

// usesOf names the base rows in which the work of a bonus event stands too (§2 no. 8).
func (s *Server) usesOf(r ask, e store.Event) (string, error) {
	if c, _ := s.Desk.Table.Clause(e.Clause); c.Row != 15 {
		return "", nil
	}
	rows, err := s.Desk.BaseRowsOf(r.Context(), s.store.Reader, e)
	if len(rows) == 0 {
		return "", err
	}
	return rowList(rows), err
}
