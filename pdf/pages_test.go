package pdf

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A page as a coarse picture: grey cells, a hexadecimal digit each. So small that another version of poppler or of a
// library draws the same, and large enough to show a moved heading, a lost table or an empty page.
const cellsWide, cellsHigh = 24, 34

// pagePictures draws every page of a paper coarsely.
func pagePictures(t *testing.T, data []byte) []string {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "paper.pdf")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	const fine = 8 // pixels of a cell, averaged
	tool(t, data, "pdftoppm", "-gray", "-scale-to-x", fmt.Sprint(cellsWide*fine), "-scale-to-y", fmt.Sprint(cellsHigh*fine), file, filepath.Join(dir, "page"))
	files, err := filepath.Glob(filepath.Join(dir, "page*.pgm"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%v %v", files, err)
	}
	var all []string
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		head := fmt.Appendf(nil, "P5\n%d %d\n255\n", cellsWide*fine, cellsHigh*fine)
		if !bytes.HasPrefix(raw, head) || len(raw) != len(head)+cellsWide*cellsHigh*fine*fine {
			t.Fatalf("%s is no such picture: %.20q, %d bytes", f, raw, len(raw))
		}
		raw = raw[len(head):]
		var b strings.Builder
		for y := range cellsHigh {
			for x := range cellsWide {
				ink := 0 // from white, stretched: text is thin
				for dy := range fine {
					for dx := range fine {
						ink += 255 - int(raw[(y*fine+dy)*cellsWide*fine+x*fine+dx])
					}
				}
				fmt.Fprintf(&b, "%x", min(15, ink*30/(255*fine*fine)))
			}
		}
		all = append(all, b.String())
	}
	return all
}

// The pages of every paper look as they did when somebody last looked at them; run with -update and look with -out
// when one is meant to look otherwise.
func TestPagesLookAsBefore(t *testing.T) {
	p, err := baseline(t).Printer(nil)
	if err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/pages.golden"
	var now strings.Builder
	for _, one := range storybook() {
		data, err := one.make(p)
		if err != nil {
			t.Fatal(err)
		}
		for i, picture := range pagePictures(t, data) {
			fmt.Fprintf(&now, "%s %d %s\n", one.name, i+1, picture)
		}
	}
	if *update {
		if err := os.WriteFile(golden, []byte(now.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	was := map[string]string{}
	for line := range strings.Lines(string(text)) {
		i := strings.LastIndex(line, " ")
		was[line[:i]] = strings.TrimSpace(line[i:])
	}
	n := 0
	for line := range strings.Lines(now.String()) {
		i := strings.LastIndex(line, " ")
		n++
		if off, most := unlike(was[line[:i]], strings.TrimSpace(line[i:])); off > 0.35 || most > 6 {
			t.Errorf("%s looks otherwise: cells differ by %.2f of 15 on average, by %d at most", line[:i], off, most)
		}
	}
	if n != len(was) {
		t.Errorf("%d pages, %d before", n, len(was))
	}
}

// unlike is how much two pictures differ, on average and at most.
func unlike(a, b string) (mean float64, most int) {
	if len(a) != len(b) || len(a) == 0 {
		return 15, 15
	}
	sum := 0
	for i := range a {
		d := strings.IndexByte("0123456789abcdef", a[i]) - strings.IndexByte("0123456789abcdef", b[i])
		d = max(d, -d)
		sum, most = sum+d, max(most, d)
	}
	return float64(sum) / float64(len(a)), most
}

// The comparison sees what it is for: another paper, a page without its table, a shifted page.
func TestPagePicturesDiffer(t *testing.T) {
	p, err := baseline(t).Printer(nil)
	if err != nil {
		t.Fatal(err)
	}
	draw := func(in Receipt) string {
		data, err := p.Receipt(in)
		if err != nil {
			t.Fatal(err)
		}
		return pagePictures(t, data)[0]
	}
	whole, less := sampleReceipt(), sampleReceipt()
	less.Items = nil
	a := draw(whole)
	if off, most := unlike(a, draw(whole)); off != 0 || most != 0 {
		t.Errorf("the same page differs by %.2f", off)
	}
	for name, b := range map[string]string{"no table": draw(less), "shifted": a[3*cellsWide:] + strings.Repeat("0", 3*cellsWide)} {
		if off, most := unlike(a, b); off <= 0.35 && most <= 6 {
			t.Errorf("%s: not seen (%.2f, %d)", name, off, most)
		}
	}
}

// The 12 papers of the requirements, each with a page in the storybook and so with golden text and pictures.
func TestTwelvePapers(t *testing.T) {
	have := map[string]bool{}
	for _, one := range storybook() {
		have[one.name] = true
	}
	for name, samples := range map[string][]string{
		"评价通知书": {"letter"}, "提交回执": {"receipt"}, "得分告知书": {"result", "result-absent"}, "复核决定书": {"appeal-decision", "appeal-standing"}, "机构年度评价报告": {"institution-report", "institution-report-absent"},
		"荣誉/典型案例证书": {"certificate", "honour-certificate"}, "风险警示事先告知书": {"warning-prior"}, "风险警示决定书": {"warning-decision"}, "解除通知书": {"warning-lifted"},
		"48小时报告回执": {"incident-receipt"}, "事前审批批复": {"clearance"}, "专题报告+结果公告": {"campaign-report", "announcement"},
	} {
		for _, s := range samples {
			if !have[s] {
				t.Errorf("%s: no sample %s", name, s)
			}
		}
	}
}
