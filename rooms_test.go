package xuanping

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "xuanping"

// rooms is the plan of the house, from the ground up. It is policy: a build
// that fails here is mended in the code, not in this table.
//
// A room may import the rooms listed for it, the standard library, and the
// outside modules it owns. A folder inside a room belongs to that room.
var rooms = []room{
	{"rubric", "", ""},
	{"ticket", "", ""},
	{"templates", "", ""},
	{"campaign", "rubric", ""},

	{"contract", "campaign rubric", "go.temporal.io/sdk/client go.temporal.io/sdk/workflow go.temporal.io/sdk/temporal " +
		"go.temporal.io/sdk/activity go.temporal.io/sdk/worker go.temporal.io/api/enums go.temporal.io/api/serviceerror"},
	{"store", "campaign rubric", "github.com/jackc/pgx/v5 github.com/pressly/goose/v3 golang.org/x/mod/sumdb"},
	{"mail", "campaign rubric ticket templates", "github.com/sendgrid/sendgrid-go github.com/sendgrid/rest github.com/wneessen/go-mail " +
		"golang.org/x/text/encoding"}, // letters that come in are written in GB18030, GBK and Big5 (assurance S3),
	{"pdf", "campaign rubric templates", "github.com/jung-kurt/gofpdf rsc.io/qr"},

	{"workflows", "contract campaign rubric", "go.temporal.io/sdk/workflow go.temporal.io/sdk/temporal"},
	{"activities", "contract store mail pdf campaign rubric", "go.temporal.io/sdk/activity go.temporal.io/sdk/temporal go.temporal.io/sdk/worker"},
	{"desk", "contract store campaign rubric ticket", "github.com/xuri/excelize/v2 golang.org/x/crypto/argon2 golang.org/x/text"},
	{"audit", "contract store campaign rubric ticket", "go.temporal.io/sdk/worker go.temporal.io/sdk/client go.temporal.io/api golang.org/x/mod/sumdb github.com/xuri/excelize/v2"},

	{"web", "desk audit store contract campaign rubric ticket templates", "rsc.io/qr golang.org/x/time/rate " +
		"github.com/coreos/go-oidc/v3/oidc golang.org/x/oauth2"}, // staff sign in at the identity provider (S5): signatures of tokens are not for us to write again
	{"rehearsal", "campaign rubric", "golang.org/x/net/html github.com/schollz/progressbar/v3"},

	{"app", "rubric ticket templates campaign contract store mail pdf workflows activities desk audit web rehearsal",
		"go.temporal.io/sdk go.temporal.io/api google.golang.org/grpc google.golang.org/protobuf golang.org/x/sync/errgroup"},
	{"worker", "app", "github.com/alecthomas/kong github.com/schollz/progressbar/v3"},
	{"starter", "app", "github.com/alecthomas/kong github.com/schollz/progressbar/v3"},
}

// elsewhere are folders that are modules of their own, or hold no Go of ours.
var elsewhere = []string{"standalone", "tools", "fonts", "testdata"}

// sharedModules are the outside packages with more than one home: the Temporal
// SDK is listed package by package above, the others by what they are used for.
var sharedModules = []string{
	"go.temporal.io/", "google.golang.org/", "golang.org/x/mod/sumdb", "github.com/xuri/excelize/v2",
	"rsc.io/qr", "github.com/alecthomas/kong", "github.com/schollz/progressbar/v3",
}

// forbidden names standard packages a room must not import: the pure rooms
// touch nothing, and workflow code may not reach for the world.
var forbidden = map[string]string{
	"rubric":    "context net net/http os os/exec database/sql math/rand math/rand/v2 log log/slog",
	"campaign":  "context net net/http os os/exec database/sql math/rand math/rand/v2 log log/slog",
	"ticket":    "context net net/http os os/exec database/sql math/rand math/rand/v2 log log/slog",
	"templates": "context net net/http os os/exec database/sql math/rand math/rand/v2 log log/slog text/template html/template",
	"workflows": "context net net/http os os/exec database/sql math/rand math/rand/v2 sync crypto/rand log log/slog",
}

// homes names standard packages that only some rooms may import.
var homes = map[string]string{
	"net/http":          "web rehearsal mail app",
	"net/http/httptest": "mail",
	"html/template":     "web mail",
	"database/sql":      "store",
}

// names lists identifiers with a home: reading the environment belongs to app,
// answering HTTP to web and to the fake servers mail is tested against.
var names = map[string]string{
	"os.Getenv": "app", "os.LookupEnv": "app", "os.Environ": "app", "os.ExpandEnv": "app",
	"net/http.ResponseWriter": "web mail/mailtest", "net/http.HandlerFunc": "web mail/mailtest", "net/http.HandleFunc": "web mail/mailtest",
}

func TestRooms(t *testing.T) {
	for _, src := range sources(t) {
		name, _, inRoom := strings.Cut(src.path, "/")
		if !inRoom {
			continue // the plan itself
		}
		i := slices.IndexFunc(rooms, func(r room) bool { return r.name == name })
		if i < 0 {
			t.Errorf("%s: no such room on the plan", src.path)
			continue
		}
		for _, imp := range src.imports {
			if why := rooms[i].refuses(imp); why != "" {
				t.Errorf("%s imports %s: %s", src.path, imp, why)
			}
		}
		for _, name := range src.names {
			if home := names[name]; !inside(src.path, home) {
				t.Errorf("%s uses %s: that lives in %s", src.path, name, home)
			}
		}
	}
}

// The plan itself must refuse what design forbids, or TestRooms proves nothing.
func TestPlanRefuses(t *testing.T) {
	for _, c := range []struct {
		room, imp string
		refused   bool
	}{
		{"workflows", "xuanping/contract", false},
		{"workflows", "xuanping/activities", true},
		{"activities", "xuanping/workflows", true},
		{"workflows", "xuanping/store", true},
		{"workflows", "os", true},
		{"workflows", "time", false},
		{"workflows", "go.temporal.io/sdk/client", true},
		{"store", "github.com/jackc/pgx/v5/pgxpool", false},
		{"desk", "github.com/jackc/pgx/v5", true},
		{"store", "xuanping/mail", true},
		{"mail", "xuanping/pdf", true},
		{"mail", "xuanping/mail/mailtest", false},
		{"web", "xuanping/workflows", true},
		{"web", "xuanping/mail", true},
		{"web", "html/template", false},
		{"pdf", "html/template", true},
		{"desk", "net/http", true},
		{"mail", "net/http", false},
		{"rubric", "xuanping/campaign", true},
		{"rubric", "context", true},
		{"campaign", "xuanping/rubric", false},
		{"desk", "xuanping/app", true},
		{"starter", "xuanping/desk", true},
		{"rehearsal", "xuanping/store", true},
		{"pdf", "github.com/jung-kurt/gofpdfx", true},
	} {
		i := slices.IndexFunc(rooms, func(r room) bool { return r.name == c.room })
		if i < 0 {
			t.Fatalf("no room %s", c.room)
		}
		if why := rooms[i].refuses(c.imp); (why != "") != c.refused {
			t.Errorf("%s imports %s: refused %q, want refused %v", c.room, c.imp, why, c.refused)
		}
	}
}

// Arrows only go down: a room may only lean on rooms listed before it.
func TestPlanGoesDown(t *testing.T) {
	below := map[string]bool{}
	for _, r := range rooms {
		for _, to := range strings.Fields(r.may) {
			if !below[to] {
				t.Errorf("%s leans on %s, which does not lie below it", r.name, to)
			}
		}
		below[r.name] = true
	}
}

// Every outside module has one home, except the shared ones.
func TestOneHomePerModule(t *testing.T) {
	home := map[string]string{}
	for _, r := range rooms {
		for _, own := range strings.Fields(r.owns) {
			if slices.ContainsFunc(sharedModules, func(p string) bool { return strings.HasPrefix(own, p) }) {
				continue
			}
			if home[own] != "" {
				t.Errorf("%s lives in %s and in %s", own, home[own], r.name)
			}
			home[own] = r.name
		}
	}
}

// Excel is kept behind one small file in each of its two rooms.
func TestExcelBehindOneFile(t *testing.T) {
	files := map[string][]string{}
	for _, src := range sources(t) {
		if slices.Contains(src.imports, "github.com/xuri/excelize/v2") {
			room, _, _ := strings.Cut(src.path, "/")
			files[room] = append(files[room], src.path)
		}
	}
	for room, f := range files {
		if len(f) > 1 {
			t.Errorf("%s knows excelize in %d files: %v", room, len(f), f)
		}
	}
}

// A room's may and owns are lists, separated by spaces.
type room struct{ name, may, owns string }

func (r room) refuses(imp string) string {
	first, _, _ := strings.Cut(imp, "/")
	switch {
	case imp == module || strings.HasPrefix(imp, module+"/"):
		to, _, _ := strings.Cut(strings.TrimPrefix(imp, module+"/"), "/")
		if to != r.name && !slices.Contains(strings.Fields(r.may), to) {
			return "that arrow does not go down"
		}
	case !strings.Contains(first, "."):
		if slices.Contains(strings.Fields(forbidden[r.name]), imp) {
			return "the room does without it"
		}
		if home, limited := homes[imp]; limited && !slices.Contains(strings.Fields(home), r.name) {
			return "that package lives in " + home
		}
	case !slices.ContainsFunc(strings.Fields(r.owns), func(own string) bool { return under(imp, own) }):
		return "the room does not own that module"
	}
	return ""
}

// under tells whether p is dir or lies in it.
func under(p, dir string) bool { return p == dir || strings.HasPrefix(p, dir+"/") }

// inside tells whether the file lies in one of the folders.
func inside(file, folders string) bool {
	return slices.ContainsFunc(strings.Fields(folders), func(dir string) bool { return under(file, dir) })
}

type source struct {
	path    string   // from the root of the module, with slashes
	imports []string // as written
	names   []string // identifiers of the table names that the file uses
}

// sources reads every Go file that is not a test. It parses the files itself,
// rather than asking the go command, so that the go command's test cache
// knows what this test depends on.
func sources(t *testing.T) (all []source) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if path != "." && (strings.HasPrefix(d.Name(), ".") || slices.Contains(elsewhere, path) || d.Name() == "testdata") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		all = append(all, read(filepath.ToSlash(path), f))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// read notes what a file imports and which names with a home it uses.
func read(file string, f *ast.File) source {
	s, local := source{path: file}, map[string]string{}
	for _, imp := range f.Imports {
		p, _ := strconv.Unquote(imp.Path.Value)
		s.imports = append(s.imports, p)
		if imp.Name != nil {
			local[imp.Name.Name] = p
		} else {
			local[path.Base(p)] = p
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := sel.X.(*ast.Ident); ok && local[x.Name] != "" {
			if name := local[x.Name] + "." + sel.Sel.Name; names[name] != "" {
				s.names = append(s.names, name)
			}
		}
		return true
	})
	return s
}

func TestReadFindsNames(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "x.go",
		"package x\nimport (e \"os\"; \"net/http\")\nvar a = e.Getenv(`A`)\nfunc f(w http.ResponseWriter) { e.Exit(1) }", parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	if got := read("x.go", f).names; !slices.Equal(got, []string{"os.Getenv", "net/http.ResponseWriter"}) {
		t.Errorf("found %v", got)
	}
}
