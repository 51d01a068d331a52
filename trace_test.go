package xuanping

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// tree is what the Go files of the house declare.
type tree struct {
	tests map[string]bool // names of test functions
	names map[string]bool // room.Name and room.Type.Member
	pages string          // the source of web, where routes are registered
}

func grow(t *testing.T) tree {
	t.Helper()
	x := tree{tests: map[string]bool{}, names: map[string]bool{}}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "fonts" || d.Name() == "tools") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, src, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		room := filepath.ToSlash(filepath.Dir(path))
		if isTest := strings.HasSuffix(path, "_test.go"); isTest {
			x.addTests(f)
		} else {
			x.addNames(room, f)
		}
		if room == "web" && !strings.HasSuffix(path, "_test.go") {
			x.pages += string(src)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func (x tree) addTests(f *ast.File) {
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && strings.HasPrefix(fn.Name.Name, "Test") && fn.Name.Name != "TestMain" {
			x.tests[fn.Name.Name] = true
		}
	}
}

func (x tree) addNames(room string, f *ast.File) {
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			name := d.Name.Name
			if d.Recv != nil {
				name = receiver(d.Recv.List[0].Type) + "." + name
			}
			x.names[room+"."+name] = true
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				x.addSpec(room, spec)
			}
		}
	}
}

func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.IndexListExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

func (x tree) addSpec(room string, spec ast.Spec) {
	switch s := spec.(type) {
	case *ast.ValueSpec:
		for _, n := range s.Names {
			x.names[room+"."+n.Name] = true
		}
	case *ast.TypeSpec:
		x.names[room+"."+s.Name.Name] = true
		if st, ok := s.Type.(*ast.StructType); ok {
			for _, field := range st.Fields.List {
				for _, n := range field.Names {
					x.names[room+"."+s.Name.Name+"."+n.Name] = true
				}
			}
		}
	}
}

// page tells whether a route of the path is registered.
func (x tree) page(path string) bool {
	own, isOwn := strings.CutPrefix(path, "/i/{year}/{code}")
	return strings.Contains(x.pages, `"GET `+path+`"`) || isOwn && strings.Contains(x.pages, `own+"`+own+`"`)
}

// traced reads the trace's lines: id, status, identifiers and pages, tests.
func traced(t *testing.T) [][]string {
	t.Helper()
	b, err := os.ReadFile("app/trace.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var all [][]string
	for _, line := range strings.Split(strings.Trim(string(b), "\n"), "\n")[1:] {
		cells := strings.Split(line, "\t")
		if len(cells) != 6 {
			t.Fatalf("%d cells in %q", len(cells), line)
		}
		all = append(all, cells)
	}
	return all
}

// OP-2: every test and every identifier or page that the trace names exists.
func TestTraceNamesWhatExists(t *testing.T) {
	x := grow(t)
	for _, cells := range traced(t) {
		for _, test := range strings.Fields(cells[4]) {
			if !x.tests[test] {
				t.Errorf("%s names the test %s, which does not exist", cells[0], test)
			}
		}
		for _, rule := range strings.Fields(cells[3]) {
			if strings.HasPrefix(rule, "/") && !x.page(rule) || !strings.HasPrefix(rule, "/") && !x.names[rule] {
				t.Errorf("%s names %s, which does not exist", cells[0], rule)
			}
		}
	}
	if x.page("/no/such/page") || x.names["rubric.NoSuchThing"] || !x.names["desk.PlanForm.Goals"] || !x.names["campaign.MoveHonour"] || !x.page("/i/{year}/{code}/plan") {
		t.Error("the tree is not read as it stands")
	}
}

// A requirement that tests name by its id is not listed as not built.
func TestTraceKnowsItsTests(t *testing.T) {
	x := grow(t)
	status := map[string]string{}
	for _, cells := range traced(t) {
		status[cells[0]] = cells[2]
	}
	for id, s := range status {
		name := "Test" + strings.ReplaceAll(id, "-", "")
		for test := range x.tests {
			rest, named := strings.CutPrefix(test, name)
			if named && rest != "" && !strings.ContainsAny(rest[:1], "0123456789") && !slices.Contains([]string{"已建", "部分"}, s) {
				t.Errorf("%s holds %s, which the trace lists as %s", test, id, s)
			}
		}
	}
}
