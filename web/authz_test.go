package web

import (
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

// auditorPosts are all that an auditor may post: what is his own.
var auditorPosts = map[string]bool{"POST /logout": true, "POST /me/password": true, "POST /me/factor": true}

// twoPersons are the acts that ask once more who it is: two persons answer for them.
var twoPersons = []string{"POST /office/{year}/warnings/{code}", "POST /office/{year}/i/{code}/event/{id}", "POST /office/interpretation", "POST /office/interpretations", "POST /accounts/changes/{n}"}

// others are the acts under /office that are not, or not only, an officer's;
// o officer, a approver, g legal checker.
var others = map[string]string{
	"POST /office/{year}/i/{code}/event/{id}":    "a", // a deduction is confirmed by another person than its registrar
	"POST /office/interpretation":                "a",
	"POST /office/interpretations":               "a",
	"POST /office/{year}/clearances/{code}/{n}":  "a", // Art. 31
	"POST /office/{year}/honours/{id}/act":       "oa",
	"POST /office/{year}/honours/{id}/objection": "oa",
	"POST /office/{year}/warnings/{code}":        "oag", // which act is whose: campaign.Move
	"POST /office/{year}/release/step":           "oag", // three reviews, three proofreadings, as many persons (PL-4)
}

// lists are pages about many institutions at once that show people.
var lists = map[string]bool{"/office/roster": true, "/office/roster/table": true, "/office/{year}/institutions": true, "/office/{year}/institutions/table": true, "/office/{year}/mails": true, "/office/{year}/mails/again": true, "/office/{year}/replies": true,
	"/office/{year}/conflicts": true, "/office/{year}/conflicts/withdraw": true, "/office/{year}/reviewers": true, "/office/{year}/local/values": true,
	"/office/{year}/honours": true, "/office/{year}/honours/new": true, "/office/{year}/honours/{id}": true, "/office/{year}/honours/{id}/act": true, "/office/{year}/honours/{id}/objection": true, "/local/{year}/honours": true}

var roleOf = map[byte]campaign.Role{'o': campaign.Officer, 'a': campaign.Approver, 'g': campaign.Legal, 'u': campaign.Auditor, 'm': campaign.Admin}

// rule is one thing that must hold for every row of the table.
type rule struct {
	name  string
	wrong func(table authz, method, path string, row Rights) bool
}

// only tells whether a row gives the named columns exactly these cells and all others nothing.
func only(row Rights, want map[string]grant) bool {
	for _, c := range authzColumns() {
		w, named := want[c]
		if !named {
			w = cellNo
		}
		if row.of(c) != w {
			return false
		}
	}
	return true
}

func alike(c grant, letter string) map[string]grant {
	want := map[string]grant{}
	for i := range len(letter) {
		want[string(roleOf[letter[i]])] = c
	}
	return want
}

func under(path string, all ...string) bool {
	return slices.ContainsFunc(all, func(p string) bool { return path == p || strings.HasPrefix(path, p+"/") })
}

// rules are what the table must hold, written by hand and without looking at it (S6).
var rules = []rule{
	{"what is not private is everybody's, and nothing private is", func(_ authz, _, path string, row Rights) bool {
		private := under(path, "/i", "/office", "/review", "/local", "/staff", "/logout", "/mailbox", "/me", "/accounts", "/association", "/audit")
		return row.Public() == private
	}},
	{"a public page is public for all", func(_ authz, _, _ string, row Rights) bool {
		return row.Public() && slices.ContainsFunc(authzColumns(), func(c string) bool { return row.of(c) != cellAll })
	}},
	{"an institution's pages are its own, and acts need a link for acts", func(_ authz, method, path string, row Rights) bool {
		want := cellOwn
		if method == http.MethodPost {
			want = cellAct
		}
		return under(path, "/i") && !only(row, map[string]grant{colLink: want})
	}},
	{"nobody without an account, and no link, comes to the staff's pages", func(_ authz, _, path string, row Rights) bool {
		return under(path, "/office", "/review", "/local", "/staff", "/logout", "/me", "/accounts", "/association", "/audit") && (row.of(colPublic) != cellNo || row.of(colLink) != cellNo)
	}},
	{"under /review are reviewers only, at institutions of their own", func(_ authz, _, path string, row Rights) bool {
		return under(path, "/review") && !only(row, map[string]grant{string(campaign.Reviewer): ownOrAll(path)})
	}},
	{"under /local are local regulators only, at institutions of their own", func(_ authz, _, path string, row Rights) bool {
		return under(path, "/local") && !only(row, map[string]grant{string(campaign.Local): ownOrAll(path)})
	}},
	{"an act of the office is the officer's, but for those named", func(_ authz, method, path string, row Rights) bool {
		who := others[method+" "+path]
		if who == "" {
			who = "o"
		}
		return under(path, "/office") && method == http.MethodPost && !only(row, alike(acting(method, path), who))
	}},
	{"a page of the office is read by the whole office, or by those whose act it is for", func(table authz, method, path string, row Rights) bool {
		if !under(path, "/office") || method != http.MethodGet {
			return false
		}
		act, hasAct := table["POST "+path]
		return !only(row, alike(cellAll, "oagu")) && !(hasAct && only(row, unhurried(act)))
	}},
	{"letters are read by officers, and by all in a demonstration", func(_ authz, _, path string, row Rights) bool {
		return under(path, "/mailbox") && !only(row, map[string]grant{colPublic: cellDemo, string(campaign.Officer): cellAll})
	}},
	{"the way in and out is every member's", func(_ authz, _, path string, row Rights) bool {
		return under(path, "/staff", "/logout", "/me") && slices.ContainsFunc(campaign.Roles(), func(r campaign.Role) bool { return row.of(string(r)) != cellAll })
	}},
	{"an act that two persons answer for asks once more who it is, and no other act does", func(_ authz, method, path string, row Rights) bool {
		asks := slices.ContainsFunc(authzColumns(), func(c string) bool { return row.of(c) == cellFresh })
		return asks != slices.Contains(twoPersons, method+" "+path)
	}},
	{"accounts: whoever keeps them proposes, an approver confirms, an auditor reads", func(_ authz, method, path string, row Rights) bool {
		want := alike(cellAll, "amu")
		switch {
		case path == "/accounts/new":
			want = alike(cellAll, "m")
		case method == http.MethodPost:
			want = alike(cellFresh, "a")
		}
		return under(path, "/accounts") && !only(row, want)
	}},
	{"an association reads its own pages only", func(_ authz, _, path string, row Rights) bool {
		return under(path, "/association") && !only(row, map[string]grant{string(campaign.Association): cellAll})
	}},
	{"the log of readings is the auditor's", func(_ authz, method, path string, row Rights) bool {
		return under(path, "/audit") && (method != http.MethodGet || !only(row, alike(cellAll, "u")))
	}},
	{"an auditor changes nothing but what is his own", func(_ authz, method, path string, row Rights) bool {
		return method == http.MethodPost && !row.Public() && row.May(campaign.Auditor) && !auditorPosts[method+" "+path]
	}},
	{"what the staff reads of an institution, of files, of people is noted (SE-2)", func(_ authz, method, path string, row Rights) bool {
		of := strings.Contains(path, "{code}") || strings.HasPrefix(path, "/accounts") || strings.HasPrefix(path, "/audit") || strings.HasPrefix(path, "/mailbox/")
		file := strings.Contains(path, "files/") || strings.Contains(path, "/papers/") || strings.Contains(path, "entries/") || strings.HasSuffix(path, ".csv") || strings.HasSuffix(path, ".xlsx") || strings.HasSuffix(path, ".json")
		return method == http.MethodGet && !row.Public() && !row.Link() && (of || file) != (row.Reads() != "") && !lists[path]
	}},
	{"whoever keeps the accounts sees no evidence, file, paper or register", func(_ authz, _, path string, row Rights) bool {
		file := strings.Contains(path, "/evidence") || strings.Contains(path, "files") || strings.Contains(path, "/papers") || strings.Contains(path, "/registers")
		return file && row.May(campaign.Admin)
	}},
}

// acting is the cell of an act.
func acting(method, path string) grant {
	if slices.Contains(twoPersons, method+" "+path) {
		return cellFresh
	}
	return cellAll
}

// unhurried is a row without the question who it is: looking asks nothing.
func unhurried(row Rights) Rights {
	all := maps.Clone(row)
	for c, g := range all {
		if g == cellFresh {
			all[c] = cellAll
		}
	}
	return all
}

func ownOrAll(path string) grant {
	if strings.Contains(path, "{code}") {
		return cellOwn
	}
	return cellAll
}

// broken lists the rules that a table breaks.
func broken(table authz) (all []string) {
	for pattern, row := range table {
		method, path, _ := strings.Cut(pattern, " ")
		for _, r := range rules {
			if r.wrong(table, method, path, row) {
				all = append(all, pattern+": "+r.name)
			}
		}
	}
	return all
}

func TestS6TableKeepsTheRules(t *testing.T) {
	for _, fault := range broken(authzTable()) {
		t.Error(fault)
	}
}

// Every cell of the table that is widened breaks a rule: no right can be added
// by one edit alone.
func TestS6EveryWidenedCellIsFound(t *testing.T) {
	order := []grant{cellNo, cellAct, cellOwn, cellDemo, cellFresh, cellAll}
	tried := 0
	table := authzTable()
	for pattern, row := range table {
		for _, col := range authzColumns() {
			for _, wider := range order[slices.Index(order, row.of(col))+1:] {
				was := row[col]
				row[col] = wider
				tried++
				if len(broken(authz{pattern: row, "POST" + strings.TrimPrefix(pattern, "GET"): twin(table, pattern)})) == 0 {
					t.Errorf("%s: %s may be widened from %s to %s", pattern, col, was, wider)
				}
				row[col] = was
			}
		}
	}
	if tried < 3000 {
		t.Errorf("only %d cells were widened", tried)
	}
}

// twin is the act that a page is for; a pattern that is an act is its own.
func twin(table authz, pattern string) Rights {
	if row, ok := table["POST"+strings.TrimPrefix(pattern, "GET")]; ok {
		return row
	}
	return table[pattern]
}

func TestS6TableAndRoutesAgree(t *testing.T) {
	b := newBureau(t)
	o := b.site.Options
	o.Mailbox = cannedMail{}
	seen := map[string]bool{}
	for _, r := range New(o).Routes() {
		seen[r.Pattern] = true
	}
	for pattern := range authzTable() {
		if !seen[pattern] {
			t.Errorf("%s has a row and no route", pattern)
		}
	}
	defer func() {
		if p := recover(); p == nil || !strings.Contains(p.(string), "GET /nowhere has no row") {
			t.Errorf("a route without a row: %v", p)
		}
	}()
	b.site.handle("GET /nowhere", b.site.landing)
}

func TestS6TableIsRead(t *testing.T) {
	head := "route\t" + strings.Join(authzColumns(), "\t") + "\treads\n"
	for text, want := range map[string]string{
		head + "GET /x\tall\n":                                            "2 cells",
		head + "GET /x" + strings.Repeat("\tyes", 11):                     `no cell "yes"`,
		head + "GET /x\t-\tall" + strings.Repeat("\t-", 9):                "never for more than its own",
		head + strings.Repeat("GET /x"+strings.Repeat("\t-", 11)+"\n", 2): "stands twice",
	} {
		if _, err := parseAuthz(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	if cell := (Rights{}).of("officer"); cell != cellNo {
		t.Errorf("a row without a column gives %q", cell)
	}
}

// reader is somebody who comes to a page: as what, and whether the page's
// institution is his.
type reader struct {
	name, column string
	own          bool
	act          bool
	stale        bool   // showed who he is a while ago
	waits        string // where a login that is not finished is led
	bad          int    // the answer to whoever holds a link that is not good; 0: it is
	client       func() *person
}

// readers are all kinds of them, at an address of the bureau.
func (b *bureau) readers(path string) []reader {
	code := storetest.Code(2)
	for i := 1; i <= 6; i++ {
		if strings.Contains(path, storetest.Code(i)) {
			code = storetest.Code(i)
		}
	}
	ref := campaign.Ref{Year: testYear, Code: code}
	other := campaign.Ref{Year: testYear, Code: storetest.Code(1)}
	if code == other.Code {
		other.Code = storetest.Code(2)
	}
	link := func(ref campaign.Ref, scope string, until time.Duration, revoke bool) func() *person {
		return func() *person { return b.bearer(ref, scope, until, revoke) }
	}
	all := []reader{ // the revoked link first: revoking ends all links of an institution
		{name: "a revoked link", column: colLink, bad: http.StatusGone, client: link(ref, "act", time.Hour, true)},
		{name: "nobody", column: colPublic, client: func() *person { return b.as("") }},
		{name: "its link", column: colLink, own: true, act: true, client: link(ref, "act", time.Hour, false)},
		{name: "its link for looking", column: colLink, own: true, client: link(ref, "view", time.Hour, false)},
		{name: "another's link", column: colLink, act: true, client: link(other, "act", time.Hour, false)},
		{name: "an expired link", column: colLink, bad: http.StatusGone, client: link(ref, "act", -time.Minute, false)},
	}
	signedIn := func(name, id, role string, own bool) {
		all = append(all, reader{name: name, column: role, own: own, client: func() *person { return b.as(id) }})
	}
	for id, role := range map[string]campaign.Role{"o1": campaign.Officer, "a1": campaign.Approver, "g1": campaign.Legal, "u1": campaign.Auditor, "m1": campaign.Admin, "h1": campaign.Association} {
		signedIn(string(role), id, string(role), true)
	}
	seated, away := "r1", "r4" // institutions 2 and 3 have r1; r4 decides the appeal of 3
	if strings.HasSuffix(path, "/appeal") || strings.Contains(path, "/files/") {
		seated, away = "r4", "r2"
	}
	signedIn("its reviewer "+seated, seated, string(campaign.Reviewer), true)
	signedIn("another reviewer "+away, away, string(campaign.Reviewer), false)
	signedIn("a reviewer in conflict", "r3", string(campaign.Reviewer), false)
	signedIn("its province", "l2", string(campaign.Local), storetest.Institution(2).Province == "广东省" && code == storetest.Code(2))
	signedIn("another province", "l1", string(campaign.Local), false)
	for level, to := range waitsAt {
		all = append(all, reader{name: "an officer at " + to, column: string(campaign.Officer), own: true, waits: to, client: func() *person { return b.session("o2", level, time.Now()) }})
	}
	all = append(all, reader{name: "an approver who went away", column: string(campaign.Approver), own: true, stale: true, client: func() *person { return b.session("a2", store.FullSession, time.Now().Add(-20*time.Minute)) }})
	return all
}

// bearer is a client that came through a link of an institution.
func (b *bureau) bearer(ref campaign.Ref, scope string, until time.Duration, revoke bool) *person {
	b.t.Helper()
	b.links++
	intent := ref.ID() + "/authz/" + itoa(b.links)
	token, id := b.desk.Tickets.Issue(intent)
	b.ok(b.store.AddTicket(b.t.Context(), id, store.Ticket{Year: ref.Year, Code: ref.Code, Scope: scope, Intent: intent, IssuedAt: b.day.AddDate(0, -1, 0), ExpiresAt: b.day.Add(until)}))
	if revoke {
		b.ok(b.desk.Store.Write(b.t.Context(), func(tx *store.Tx) error {
			_, err := tx.RevokeTickets(b.t.Context(), ref, "o1", b.day)
			return err
		}))
	}
	return &person{b: b, cookies: []*http.Cookie{{Name: ticketCookie, Value: token}}}
}

// come makes a reader's client: one for each visit, for logging out is a visit
// too, or, where pages do nothing, one for each institution.
func (b *bureau) come(x reader, path string) *person {
	if b.known == nil {
		return x.client()
	}
	key := x.name
	if i := strings.Index(path, "CNCA-"); i > 0 && x.column == colLink {
		key += path[i : i+len(storetest.Code(1))]
	}
	if b.known[key] == nil {
		b.known[key] = x.client()
	}
	return b.known[key]
}

// differs holds an answer against the table's cell; "" when it is as the cell says.
func (x reader) differs(row Rights, path string, w *httptest.ResponseRecorder) string {
	code, location, asked := w.Code, w.Header().Get("Location"), strings.Contains(w.Body.String(), `name="again"`)
	login := code == http.StatusSeeOther && strings.HasPrefix(location, "/login?next=")
	let := !asked && code != http.StatusForbidden && code < 500 && !login
	is := func(ok bool, want string) string {
		if ok {
			return ""
		}
		return want
	}
	if row.Public() {
		return is(let, "open to all")
	}
	if row.Link() {
		switch {
		case x.column != colLink:
			return is(code == http.StatusForbidden, "403 without a link")
		case x.bad != 0:
			return is(code == x.bad, "410")
		case !x.own:
			return is(code == http.StatusNotFound, "404: another's page")
		case row.of(colLink) == cellAct && !x.act:
			return is(code == http.StatusForbidden, "403: a link for looking")
		}
		return is(let, "let in")
	}
	switch c := row.of(x.column); {
	case x.waits != "" && path != x.waits && path != "/logout":
		return is(code == http.StatusSeeOther && location == x.waits, "led to "+x.waits)
	case x.stale && c == cellFresh:
		return is(code == http.StatusOK && asked, "asked again who he is")
	case x.column == colPublic || x.column == colLink:
		return is(login, "the login page")
	case c == cellNo:
		return is(code == http.StatusForbidden, "403")
	case c == cellOwn && !x.own:
		return is(code == http.StatusNotFound, "404: not his")
	}
	return is(let, "let in")
}

// walk visits every route as every reader and lists what is not as the table says.
func (b *bureau) walk(site *Server, table authz, only func(Rights) bool) (faults []string, visits int) {
	before := b.site
	defer func() { b.site = before }()
	b.site = site
	for _, route := range site.Routes() {
		row := table[route.Pattern]
		if only != nil && !only(row) {
			continue
		}
		method, path := b.address(route.Pattern)
		for _, x := range b.readers(path) {
			visits++
			w := b.come(x, path).do(request(method, path))
			if want := x.differs(row, path, w); want != "" {
				faults = append(faults, route.Pattern+" as "+x.name+": "+itoa(w.Code)+", want "+want)
			}
		}
	}
	return faults, visits
}

// authzBureau is a bureau in which r3 is in conflict with institutions 2 and 3.
func authzBureau(t *testing.T) *bureau {
	b := newBureau(t)
	b.write(func(ctx context.Context, tx *store.Tx) {
		for _, i := range []int{2, 3, 4, 5} {
			_, err := tx.AddConflict(ctx, storetest.Ref(testYear, i), "r3", campaign.ConflictShares, "经核查持股", "o2", b.day)
			b.ok(err)
		}
	})
	return b
}

// SE-1, S6: every route answers every kind of reader as the table says.
func TestSE1EveryRouteAndEveryReader(t *testing.T) {
	b := authzBureau(t)
	faults, visits := b.walk(b.site, authzTable(), nil)
	for _, f := range faults {
		t.Error(f)
	}
	t.Logf("%d visits", visits)
	if visits < 3000 {
		t.Errorf("only %d visits", visits)
	}
}

// bare is the admission of the site without its pages: who is let in gets 204.
func (b *bureau) bare() *Server {
	b.known = map[string]*person{}
	s := &Server{Options: b.site.Options, store: b.store, mux: http.NewServeMux(), rights: authzTable(), linkChecks: linkChecks, staffChecks: staffChecks, codes: newGate()}
	for _, r := range b.site.Routes() {
		s.handle(r.Pattern, func(w http.ResponseWriter, _ ask) error {
			w.WriteHeader(http.StatusNoContent)
			return nil
		})
	}
	return s
}

// Every check of the admission that is left out is noticed by the walk, also
// where the desk would have refused in its turn.
func TestS6EveryCheckIsNeeded(t *testing.T) {
	b := authzBureau(t)
	private := func(row Rights) bool { return !row.Public() }
	if faults, _ := b.walk(b.bare(), authzTable(), private); len(faults) != 0 {
		t.Fatalf("with all checks: %v", faults)
	}
	without := func(all []hurdle, i int) []hurdle { return slices.Delete(slices.Clone(all), i, i+1) }
	found := func(s *Server, name string) {
		t.Helper()
		if faults, _ := b.walk(s, authzTable(), private); len(faults) == 0 {
			t.Errorf("without “%s” nothing is noticed", name)
		}
	}
	for i, c := range linkChecks {
		s := b.bare()
		s.linkChecks = without(linkChecks, i)
		found(s, c.name)
	}
	for i, c := range staffChecks {
		s := b.bare()
		s.staffChecks = without(staffChecks, i)
		found(s, c.name)
	}
}

// Every cell that is opened in the running site is noticed at its page by the
// readers of its column: the site obeys the table and nothing else.
func TestS6EveryOpenedCellIsNoticed(t *testing.T) {
	b := authzBureau(t)
	s, table := b.bare(), authzTable()
	b.site = s
	opened := 0
	for _, route := range s.Routes() {
		method, path := b.address(route.Pattern)
		row := s.rights[route.Pattern]
		for _, x := range b.readers(path) {
			c := table[route.Pattern].of(x.column)
			if x.waits != "" || x.stale || c == cellAll || c == cellFresh || c == cellDemo || row.Link() && (x.column != colLink || x.bad != 0 || x.own) || c == cellOwn && x.own || x.column == colLink && c == cellNo {
				continue
			}
			was := row[x.column]
			if row[x.column] = cellAll; row.Link() {
				row[colPublic] = cellAll
			}
			opened++
			w := b.come(x, path).do(request(method, path))
			if x.differs(table[route.Pattern], path, w) == "" {
				t.Errorf("%s opened to %s: nobody notices", route.Pattern, x.name)
			}
			row[x.column], row[colPublic] = was, table[route.Pattern].of(colPublic)
		}
	}
	t.Logf("%d cells opened", opened)
	if opened < 900 {
		t.Errorf("only %d cells were opened", opened)
	}
}
