package workflows

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// R5: a question about a changed order has its name in versions.go, is asked
// somewhere, and is asked nowhere else.
func TestVersionsAreNamedQuestions(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	questions, names, calls := map[string]bool{}, map[string]bool{}, map[string]int{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, src, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if fn, is := d.(*ast.FuncDecl); is && file == "versions.go" {
				questions[fn.Name.Name] = true
			}
		}
		ast.Inspect(f, func(n ast.Node) bool {
			call, is := n.(*ast.CallExpr)
			if !is {
				return true
			}
			switch fn := call.Fun.(type) {
			case *ast.Ident:
				calls[fn.Name]++
			case *ast.SelectorExpr:
				if fn.Sel.Name != "GetVersion" {
					return true
				}
				name, literal := call.Args[1].(*ast.BasicLit)
				switch {
				case file != "versions.go":
					t.Errorf("%s asks for a version: questions stand in versions.go", file)
				case !literal || names[name.Value]:
					t.Errorf("a question of versions.go has no name of its own")
				default:
					names[name.Value] = true
				}
			}
			return true
		})
	}
	for q := range questions {
		if calls[q] == 0 {
			t.Errorf("nobody asks %s", q)
		}
	}
	if len(names) != len(questions) {
		t.Errorf("%d names for %d questions", len(names), len(questions))
	}
}
