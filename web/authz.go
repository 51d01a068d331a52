package web

import (
	_ "embed"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/store"
)

//go:embed authz.tsv
var authzText string

// grant is what a row of the authorisation table says to one kind of reader.
type grant string

// The cells, from the narrowest to the widest; authz.tsv explains them.
const (
	cellNo   grant = "-"
	cellAct  grant = "act"
	cellOwn  grant = "own"
	cellDemo grant = "demo"
	cellAll  grant = "all"

	cellFresh grant = "fresh" // narrower than all
)

// The columns of the table: two kinds of reader without an account, then the roles.
const (
	colPublic = "public"
	colLink   = "link"
)

func authzColumns() []string {
	all := []string{colPublic, colLink}
	for _, r := range []campaign.Role{campaign.Officer, campaign.Reviewer, campaign.Approver, campaign.Legal, campaign.Local, campaign.Auditor, campaign.Admin, campaign.Association} {
		all = append(all, string(r))
	}
	return all
}

// Rights is a row of the table: the cell of every column, and under "reads"
// what is read there.
type Rights map[string]grant

const colReads = "reads"

// Reads is what a member of the staff reads on a page, for the log; "" for none.
func (x Rights) Reads() string {
	if c := x.of(colReads); c != cellNo {
		return string(c)
	}
	return ""
}

// of is the row's answer to a column; a column that is not there is refused.
func (x Rights) of(column string) grant {
	if c, ok := x[column]; ok {
		return c
	}
	return cellNo
}

// Public tells whether everybody may use a route.
func (x Rights) Public() bool { return x.of(colPublic) == cellAll }

// Link tells whether a route is an institution's, by its link.
func (x Rights) Link() bool { return !x.Public() && x.of(colLink) != cellNo }

// May tells whether a role may use a route at all.
func (x Rights) May(r campaign.Role) bool { return x.of(string(r)) != cellNo }

// authz is the table: rights by route.
type authz map[string]Rights

// parseAuthz reads the table; every fault is named with its line.
func parseAuthz(text string) (authz, error) {
	all, columns := authz{}, authzColumns()
	var faults []error
	head := "route\t" + strings.Join(columns, "\t") + "\t" + colReads
	for i, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		if line == head || strings.HasPrefix(line, "#") {
			continue
		}
		if why := all.add(strings.Split(line, "\t"), columns); why != "" {
			faults = append(faults, fmt.Errorf("authz.tsv:%d: %s", i+1, why))
		}
	}
	return all, errors.Join(faults...)
}

// add takes one row and says what is wrong with it.
func (a authz) add(parts, columns []string) string {
	if len(parts) != len(columns)+2 {
		return fmt.Sprintf("%d cells, want a route, %d rights and what is read there", len(parts), len(columns))
	}
	if _, twice := a[parts[0]]; twice {
		return parts[0] + " stands twice"
	}
	row := Rights{}
	for i, c := range columns {
		v := grant(parts[i+1])
		if !slices.Contains([]grant{cellNo, cellAct, cellOwn, cellDemo, cellFresh, cellAll}, v) {
			return fmt.Sprintf("%s: no cell %q", c, v)
		}
		row[c] = v
	}
	reads := parts[len(parts)-1]
	if !slices.Contains([]string{"-", store.ReadFile, store.ReadPaper, store.ReadExport, store.ReadInstitution, store.ReadPerson}, reads) {
		return fmt.Sprintf("nothing is called %q that is read", reads)
	}
	row[colReads] = grant(reads)
	if row.Reads() != "" && (row.Public() || row.Link()) {
		return "only what the staff reads is noted"
	}
	if row.Link() && row.of(colLink) == cellAll {
		return "a link is never for more than its own institution"
	}
	a[parts[0]] = row
	return ""
}

// authzTable is the table of this build; a faulty one stops the program.
func authzTable() authz {
	a, err := parseAuthz(authzText)
	if err != nil {
		panic(err)
	}
	return a
}

// hurdle is one question of the admission of a request; the first that refuses decides.
type hurdle struct {
	name   string
	refuse func(s *Server, q *ask, row Rights) error
}

// linkChecks are asked of whoever comes to an institution's route.
var linkChecks = []hurdle{
	{"holds a link that is valid now", func(s *Server, q *ask, _ Rights) (err error) {
		if q.Story {
			return nil
		}
		q.Visitor, err = s.visitor(q.Request)
		q.Own = q.Visitor.Ref
		return err
	}},
	{"pages of another institution do not exist", func(_ *Server, q *ask, _ Rights) error {
		if ref, err := q.ref(); err != nil || ref != q.Visitor.Ref {
			q.Visitor = desk.Visitor{} // here he is nobody
			return errNoPage
		}
		return nil
	}},
	{"a link for looking does not act", func(_ *Server, q *ask, row Rights) error {
		if row.of(colLink) == cellAct && !q.Visitor.Act {
			return errOnlyLook
		}
		return nil
	}},
}

// staffChecks are asked of whoever comes to a route of the staff.
var staffChecks = []hurdle{
	{"is signed in", func(_ *Server, q *ask, _ Rights) error {
		if q.Session.ID == "" {
			return errSignIn
		}
		return nil
	}},
	{"has finished signing in", func(_ *Server, q *ask, _ Rights) error {
		if to, waits := waitsAt[q.Session.Level]; waits && q.URL.Path != to && q.URL.Path != "/logout" {
			return &unfinished{to}
		}
		q.Staff = q.Session.Staff
		return nil
	}},
	{"has a role that may", func(_ *Server, q *ask, row Rights) error {
		if !row.May(q.Staff.Role) {
			return campaign.Fail(campaign.Forbidden, "您的角色（%s）不能使用此页面", q.Staff.Role.Chinese())
		}
		return nil
	}},
	{"has shown again who he is, before an act of two persons", func(s *Server, q *ask, row Rights) error {
		if row.of(string(q.Staff.Role)) != cellFresh || q.Method != http.MethodPost {
			return nil
		}
		return s.shownAgain(q)
	}},
	{"holds a seat or an appeal there, without conflict", func(s *Server, q *ask, row Rights) error {
		if q.Staff.Role != campaign.Reviewer || row.of(string(campaign.Reviewer)) != cellOwn {
			return nil
		}
		ref, err := q.ref()
		if err != nil {
			return err
		}
		return s.Desk.MayReview(q.Context(), q.Staff, ref)
	}},
	{"belongs to the institution's province", func(s *Server, q *ask, row Rights) error {
		if q.Staff.Role != campaign.Local || row.of(string(campaign.Local)) != cellOwn {
			return nil
		}
		ref, err := q.ref()
		if err == nil {
			_, err = s.Desk.LocalEntry(q.Context(), q.Staff, ref)
		}
		return err
	}},
}

// admit checks the rights of a request against the route's row.
func (s *Server) admit(r *http.Request, row Rights) (ask, error) {
	q := ask{Request: r}
	if x, ok := r.Context().Value(inStory{}).(ask); ok { // only storyPage puts it there
		q = x
		q.Request = r
		err := s.refuses(&q, row)
		return q, err
	}
	x, err := s.session(r)
	switch {
	case err == nil:
		if q.Session = x; x.Level == store.FullSession {
			q.Staff = x.Staff
		}
	case !errors.Is(err, errNoSession) && !row.open(s) && !row.Link():
		return q, err
	}
	err = s.refuses(&q, row)
	return q, err
}

// open tells whether a route asks nobody who he is.
func (x Rights) open(s *Server) bool { return x.Public() || x.of(colPublic) == cellDemo && s.OpenMail }

// refuses asks the checks of a row in turn; what they find out stays with the request.
func (s *Server) refuses(q *ask, row Rights) error {
	if row.open(s) {
		return nil
	}
	checks := s.staffChecks
	if row.Link() {
		checks = s.linkChecks
	}
	for _, c := range checks {
		if err := c.refuse(s, q, row); err != nil {
			return err
		}
	}
	return nil
}

var (
	errNoSession = errors.New("no session")
	errSignIn    = &campaign.Error{Kind: campaign.Forbidden, Say: "请先登录"}
	errOnlyLook  = campaign.Fail(campaign.Forbidden, "此链接只能查看，请使用任务邮件中的链接办理")
)
