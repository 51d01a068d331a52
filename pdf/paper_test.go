package pdf

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

var (
	update = flag.Bool("update", false, "rewrite the golden texts")
	out    = flag.String("out", "", "folder to leave the papers in, to be looked at")
)

// fonts are found once for all tests: the project's own first, as in production.
var fonts = sync.OnceValues(func() (*Fonts, error) { return FindFonts([]string{"../fonts/node_modules"}) })

func printer(t testing.TB, texts ...string) *Printer {
	t.Helper()
	f, err := fonts()
	if err != nil {
		t.Fatal(err)
	}
	p, err := f.Printer(texts)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// tool runs a program on a PDF and returns what it prints.
func tool(t testing.TB, data []byte, name string, args ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "paper.pdf")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	for i, a := range args {
		args[i] = strings.ReplaceAll(a, "PAPER", path)
	}
	got, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, got)
	}
	return string(got)
}

func textOf(t testing.TB, data []byte) string {
	return tool(t, data, "pdftotext", "-layout", "PAPER", "-")
}

// flat is the text of a paper without the white space and breaks of its layout.
func flat(text string) string { return strings.Join(strings.Fields(text), "") }

func TestPapers(t *testing.T) {
	p := printer(t)
	for _, one := range storybook() {
		t.Run(one.name, func(t *testing.T) {
			data, err := one.make(p)
			if err != nil {
				t.Fatal(err)
			}
			if *out != "" {
				if err := os.WriteFile(filepath.Join(*out, one.name+".pdf"), data, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if got := tool(t, data, "qpdf", "--check", "PAPER"); !strings.Contains(got, "No syntax or stream encoding errors") {
				t.Errorf("qpdf: %s", got)
			}
			text := textOf(t, data)
			golden := filepath.Join("testdata", one.name+".txt")
			if *update {
				if err := os.WriteFile(golden, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if flat(text) != flat(string(want)) {
				t.Errorf("text differs from %s; look at it and run with -update when it is right:\n%s", golden, text)
			}
			for range 4 {
				again, err := one.make(p)
				if err != nil || !bytes.Equal(again, data) {
					t.Fatalf("same input, other bytes (%v)", err)
				}
			}
		})
	}
}
