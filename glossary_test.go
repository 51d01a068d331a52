package xuanping

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"xuanping/campaign"
)

var entry = regexp.MustCompile(`(?m)^//\t(\p{Han}.*?) {2,}(\S+)\.(\S+)$`)

// Each word of the glossary names an exported type that exists.
func TestGlossary(t *testing.T) {
	entries := entry.FindAllStringSubmatch(file(t, "doc.go"), -1)
	if len(entries) < 10 {
		t.Fatalf("the glossary in doc.go has %d entries", len(entries))
	}
	word := map[string]string{}
	for _, e := range entries {
		zh, room, name := e[1], e[2], e[3]
		if other := word[zh]; other != "" {
			t.Errorf("%s means both %s and %s.%s", zh, other, room, name)
		}
		word[zh] = room + "." + name
		if !types(t, room)[name] {
			t.Errorf("%s: no type %s in %s", zh, name, room)
		}
	}
}

// Each state and role is called in doc.go what pages call it, in their order.
func TestGlossaryStates(t *testing.T) {
	doc := file(t, "doc.go")
	for name, words := range map[string][]string{
		"评价阶段":   chinese(campaign.Stages()),
		"风险警示状态": chinese(campaign.WarningStates()),
		"岗位":     chinese(campaign.Roles()),
	} {
		line := regexp.MustCompile(`(?m)^//\t` + name + ` +` + strings.Join(words, " ") + `$`)
		if !line.MatchString(doc) {
			t.Errorf("doc.go does not list %s as %s", name, strings.Join(words, " "))
		}
	}
}

func chinese[T interface{ Chinese() string }](all []T) (words []string) {
	for _, one := range all {
		words = append(words, one.Chinese())
	}
	return words
}

// types lists the exported types a room declares.
func types(t *testing.T, room string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(room + "/*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			gen, ok := d.(*ast.GenDecl)
			for i := 0; ok && i < len(gen.Specs); i++ {
				if spec, isType := gen.Specs[i].(*ast.TypeSpec); isType {
					found[spec.Name.Name] = true
				}
			}
		}
	}
	return found
}

// rowAsLine is a row of Annex 2 called 行. People read 第N项 everywhere: the
// source numbers its rows 序号, and 行 is a line of a table or a file.
var rowAsLine = regexp.MustCompile(`附件2[^\n「」“”"']{0,12}第 ?[0-9、至]+ ?行|第 ?(?:\d+、)*1[56] ?行|Row\.No}} ?行|整行|行号`)

// What is about lines of a file or of a register keeps 行.
var aboutLines = regexp.MustCompile(`^(app/trace\.go|rubric/(json\.go|sheet_test\.go)|glossary_test\.go|campaign/register|templates/page/register)`)

// A row of Annex 2 has one word wherever people read of it: pages, mails,
// papers, messages, data, goldens and documents.
func TestGlossaryOneWordForARow(t *testing.T) {
	if !strings.Contains(file(t, "doc.go"), "附件2 的一行称“第N项”") {
		t.Error("doc.go does not say how a row of Annex 2 is called")
	}
	eachLine(t, aboutLines, func(place, line string) {
		if found := rowAsLine.FindString(line); found != "" {
			t.Errorf("%s says %q; a row of Annex 2 is 第N项", place, found)
		}
	})
}

// otherWords are second words for what the glossary has a word for.
var otherWords = map[string]string{"佐证": "证据材料", "评审人员": "评审专家", "复议": "评价复核 or 警示复核"}

// inTheRule are the files that say which words are not used.
var inTheRule = regexp.MustCompile(`^(doc|glossary_test)\.go$`)

// Mails, pages, papers, messages, data and documents call evidence, reviewers
// and reviews by the one word that the glossary has for each.
func TestGlossaryNoSecondWord(t *testing.T) {
	for word := range otherWords {
		if !strings.Contains(file(t, "doc.go"), "不称“"+word+"”") {
			t.Errorf("doc.go does not say that %s is not used", word)
		}
	}
	eachLine(t, inTheRule, func(place, line string) {
		for word, instead := range otherWords {
			if strings.Contains(line, word) {
				t.Errorf("%s says %s; the word is %s", place, word, instead)
			}
		}
	})
}

// eachLine reads every line that people may come to read, but those of some files.
func eachLine(t *testing.T, but *regexp.Regexp, look func(place, line string)) {
	t.Helper()
	read := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || but.MatchString(path) || !slices.Contains([]string{".go", ".html", ".txt", ".json", ".md", ".tsv", ".txtar"}, filepath.Ext(path)) {
			return err
		}
		read++
		for i, line := range strings.Split(file(t, path), "\n") {
			look(fmt.Sprintf("%s:%d", path, i+1), line)
		}
		return nil
	})
	if err != nil || read < 500 {
		t.Errorf("%d files read: %v", read, err)
	}
}
