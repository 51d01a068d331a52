package web

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/desk"
	"xuanping/store"
)

// storyRoutes registers the storybook: tokens, components and every page, for
// people who look at the product. Only a site whose letters everybody may read
// has it: there all data are invented and every role is open to everybody.
func (s *Server) storyRoutes() {
	s.handle("GET /storybook", s.storybook)
	s.handle("POST /storybook", s.storyAct)
	s.handle("GET /storybook/{page}", s.storyPage)
}

// pageStory is one page of the storybook. It is drawn by the page's own
// handler, for the reader named, at an address filled from what the
// demonstration holds; a page that only answers a form has canned data instead.
type pageStory struct {
	Page, Title string // templates/page/PAGE.html
	Reader      campaign.Role
	At          place
	Path        string // {year} {code} {n} are filled in
	Canned      func() any
}

// ofInstitution and ofPublic are the readers without an account.
const (
	ofInstitution campaign.Role = "institution"
	ofPublic      campaign.Role = ""
)

// spot is what a story's address speaks of.
type spot struct {
	ref   contract.Ref
	n     string
	staff string // who has to do with it
}

// place finds a spot in a year; the second result is false while there is none.
type place func(ctx context.Context, st *store.Store, year int) (spot, bool, error)

// inStory is the key under which a request of the storybook carries its reader.
type inStory struct{}

var errNoStory = campaign.Fail(campaign.NotFound, "演练还没有走到这一页，请先推进年度评价，再来查看")

func (s *Server) storybook(w http.ResponseWriter, r ask) error {
	if !s.OpenMail {
		return errNoPage
	}
	return s.render(w, r, http.StatusOK, "storybook", page{Title: "样例册", Wide: true, Form: cannedForm(), Data: map[string]any{"Tokens": tokens(), "Groups": storyGroups(), "Parts": cannedParts()}})
}

// storyAct answers the buttons of the components, which do nothing.
func (s *Server) storyAct(w http.ResponseWriter, r ask) error {
	if !s.OpenMail {
		return errNoPage
	}
	return seeOther(w, r, "/storybook")
}

// storyPage draws a page for its reader. The reader goes with the request
// itself: no cookie is made, and the forms of the page are refused.
func (s *Server) storyPage(w http.ResponseWriter, r ask) error {
	i := slices.IndexFunc(stories, func(x pageStory) bool { return x.Page == r.PathValue("page") })
	if !s.OpenMail || i < 0 {
		return errNoPage
	}
	x := stories[i]
	if x.Canned != nil {
		r.Story = true
		return s.render(w, r, http.StatusOK, x.Page, page{Title: x.Title, Data: x.Canned()})
	}
	q, path, err := s.stage(r, x)
	if err != nil {
		return err
	}
	to := r.Clone(context.WithValue(r.Context(), inStory{}, q))
	to.URL = path
	s.mux.ServeHTTP(w, to)
	return nil
}

// stage finds the reader of a story and its address.
func (s *Server) stage(r ask, x pageStory) (ask, *url.URL, error) {
	q := ask{Story: true}
	c, err := s.shown(r.Context(), ask{Request: r.Request})
	if err != nil {
		return q, nil, err
	}
	at := spot{}
	if x.At != nil {
		found := false
		if at, found, err = x.At(r.Context(), s.store, c.Year); err != nil {
			return q, nil, err
		}
		if !found {
			return q, nil, errNoStory
		}
	}
	switch x.Reader {
	case ofPublic:
	case ofInstitution:
		q.Visitor = desk.Visitor{Ref: at.ref, Act: true, ID: []byte("storybook"), Until: c.Now(s.Desk.Clock()).AddDate(0, 1, 0)}
	default:
		if q.Staff, err = s.storyStaff(r.Context(), x.Reader, at.staff); err != nil {
			return q, nil, err
		}
		q.Session = store.Session{Staff: q.Staff, Level: store.FullSession, Checked: s.Desk.Clock()}
	}
	path := strings.NewReplacer("{year}", itoa(c.Year), "{code}", at.ref.Code, "{n}", at.n).Replace(x.Path)
	to, err := url.Parse(path)
	return q, to, err
}

// storyStaff is the person named, or the first of a role.
func (s *Server) storyStaff(ctx context.Context, role campaign.Role, id string) (store.Staff, error) {
	if id != "" {
		return s.store.Staff(ctx, id)
	}
	all, err := s.store.StaffOf(ctx, role)
	if err == nil && len(all) == 0 {
		err = errNoStory
	}
	if err != nil {
		return store.Staff{}, err
	}
	return all[0], nil
}

// storyGroup is the pages of one kind of reader.
type storyGroup struct {
	Name  string
	Pages []pageStory
}

func storyGroups() []storyGroup {
	var all []storyGroup
	for _, x := range stories {
		name := "公众"
		switch x.Reader {
		case ofPublic:
		case ofInstitution:
			name = "认证机构"
		default:
			name = x.Reader.Chinese()
		}
		i := slices.IndexFunc(all, func(g storyGroup) bool { return g.Name == name })
		if i < 0 {
			i, all = len(all), append(all, storyGroup{Name: name})
		}
		all[i].Pages = append(all[i].Pages, x)
	}
	return all
}

// token is a colour of the stylesheet.
type token struct{ Name, Value string }

var tokenLine = regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{3,6});`)

// tokens are read from the stylesheet itself, so that both agree.
func tokens() []token {
	var all []token
	for _, m := range tokenLine.FindAllSubmatch(styleSheet, -1) {
		all = append(all, token{string(m[1]), string(m[2])})
	}
	return all
}
