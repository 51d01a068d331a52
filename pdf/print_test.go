package pdf

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// standard is 通用规范汉字表 (国发〔2013〕23号) in its order, as Unihan 15 (kTGH) has it.
func standard(t testing.TB) []rune {
	t.Helper()
	data, err := os.ReadFile("testdata/tgh8105.txt")
	if err != nil {
		t.Fatal(err)
	}
	all := []rune(strings.Join(strings.Fields(string(data)), ""))
	if len(all) != 8105 {
		t.Fatalf("%d characters in the list", len(all))
	}
	return all
}

// All 8,105 characters of 通用规范汉字表 can be printed in every role, in the fonts that every installation
// gets and in those of this machine: none without a glyph, each with an outline of its own.
func TestStandardCharactersHaveGlyphs(t *testing.T) {
	for name, f := range map[string]*Fonts{"baseline": baseline(t), "machine": must(fonts())} {
		empty := 0
		for r := range role(nRoles) {
			open := map[*font]*outline{}
			for _, char := range standard(t) {
				one := f.lookup(r, char)
				if one == nil {
					t.Errorf("%s: %s has no %c (U+%04X)", name, roleNames[r], char, char)
					continue
				}
				if open[one] == nil {
					o, err := readOutline(one.path)
					if err != nil {
						t.Fatal(err)
					}
					open[one] = o
				}
				glyph, err := open[one].raw(open[one].coverage.glyph(char))
				if err != nil || len(glyph) == 0 {
					empty++
					t.Errorf("%s: %s draws nothing for %c", name, one.name, char)
				}
			}
		}
		t.Logf("%s: 8105 × %d roles, %d empty", name, nRoles, empty)
	}
}

// The same characters printed and read back, in the order given, 300 to a paper as reasons of rows.
func TestStandardCharactersReadBack(t *testing.T) {
	p := printer(t)
	all := standard(t)
	for len(all) > 0 {
		n := min(len(all), 1620)
		part := all[:n]
		all = all[n:]
		in := Letter{Head: sampleHead(), Title: "通用规范汉字表"}
		for len(part) > 0 {
			k := min(len(part), 540)
			in.Opening = append(in.Opening, string(part[:k]))
			part = part[k:]
		}
		data, err := p.Letter(in)
		if err != nil {
			t.Fatal(err)
		}
		text := flat(tool(t, data, "pdftotext", "PAPER", "-"))
		text = regexp.MustCompile(`—\d+—验真码[-0-9A-Z]+账本10482·[A-Za-z0-9+/]{43}=`).ReplaceAllString(text, "")
		for _, want := range in.Opening {
			if !strings.Contains(text, want) {
				t.Errorf("does not read back: %s…", string([]rune(want)[:20]))
			}
		}
	}
}

// The code that a telephone reads is the address that is printed, and ends in the code that a person reads (S10).
func TestS10QRReadsAsPrinted(t *testing.T) {
	p := printer(t)
	for _, one := range storybook() {
		if !slices.Contains([]string{"certificate", "result", "warning-lifted", "letter", "receipt"}, one.name) {
			continue // the others close as one of these does
		}
		data, err := one.make(p)
		if err != nil {
			t.Fatal(err)
		}
		dir, last := t.TempDir(), strconv.Itoa(pages(t, data))
		paper := filepath.Join(dir, "paper.pdf")
		if err := os.WriteFile(paper, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("pdftoppm", "-gray", "-r", "150", "-f", last, "-png", paper, filepath.Join(dir, "page")).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		pages, _ := filepath.Glob(filepath.Join(dir, "page-*.png"))
		out, err := exec.Command("zbarimg", append([]string{"--quiet", "--raw"}, pages...)...).Output()
		h := sampleHead()
		read := strings.Fields(string(out))
		if err != nil || !slices.Contains(read, h.VerifyURL) || !strings.HasSuffix(h.VerifyURL, "/"+h.VerifyCode) {
			t.Errorf("%s: the codes read as %q, want %s", one.name, read, h.VerifyURL)
		}
		if text := textOf(t, data); !strings.Contains(text, h.VerifyCode) {
			t.Errorf("%s: the code is not printed", one.name)
		}
	}
}

// Title, author, number and language stand in the file; long papers have an outline; no tags are promised.
func TestMetadataAndOutline(t *testing.T) {
	p := printer(t)
	for _, one := range storybook() {
		data, err := one.make(p)
		if err != nil {
			t.Fatal(err)
		}
		h, info := sampleHead(), tool(t, data, "pdfinfo", "PAPER")
		for _, want := range []string{"Author:          " + h.Issuer, "Tagged:          no", "Metadata Stream: yes", "PDF version:     1.7", "CreationDate:"} {
			if !strings.Contains(info, want) {
				t.Errorf("%s: pdfinfo does not say %q:\n%s", one.name, want, info)
			}
		}
		whole := tool(t, data, "qpdf", "--json", "PAPER")
		var file struct{ Outlines []struct{ Title string } }
		if err := json.Unmarshal([]byte(whole), &file); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(whole, `"/Lang": "u:zh-CN"`) {
			t.Errorf("%s: no language", one.name)
		}
		if pages(t, data) > 2 && len(file.Outlines) < 3 {
			t.Errorf("%s: %d entries in the outline of a long paper", one.name, len(file.Outlines))
		}
		for _, o := range file.Outlines {
			if !strings.Contains(flat(textOf(t, data)), flat(o.Title)) {
				t.Errorf("%s: no heading %s", one.name, o.Title)
			}
		}
	}
}

// mayGrow is the share by which the heap may grow from a tenth of the papers to all
// of them: what lies about by chance, not what is kept of each.
const mayGrow = 0.05

// Memory stays flat over many papers: the heap after the last is that after the first tenth.
func TestMemoryIsFlat(t *testing.T) { flatOver(t, 200) }

func BenchmarkMemoryOver10000Papers(b *testing.B) {
	for b.Loop() {
		start, end := flatOver(b, 10_000)
		b.ReportMetric(start, "MB-at-1000")
		b.ReportMetric(end, "MB-at-10000")
		b.ReportMetric(100*(end-start)/start, "%-grown")
	}
	b.ReportMetric(0, "ns/op")
}

// flatOver prints n papers and gives the heap in MB after a tenth of them and after all.
func flatOver(t testing.TB, n int) (start, end float64) {
	p := printer(t, sampleName)
	heap := func() float64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC() // pools give up what they hold in the second
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc) / 1e6
	}
	in := sampleCertificate()
	in.Signer = rehearsal(t)
	for i := range n {
		if _, err := p.Certificate(in); err != nil {
			t.Fatal(err)
		}
		if i+1 == n/10 {
			start = heap()
		}
	}
	end = heap()
	t.Logf("heap %.2f MB after %d papers, %.2f MB after %d", start, n/10, end, n)
	if end > start*(1+mayGrow) {
		t.Errorf("the heap grew from %.2f to %.2f MB, more than %.0f %%", start, end, 100*mayGrow)
	}
	return start, end
}

// BenchmarkLedgerOnCertificate prints the same sealed certificate with the ledger's head and
// proof and without, in turn, and tells what they cost (decision 0006).
func BenchmarkLedgerOnCertificate(b *testing.B) {
	with := sampleCertificate()
	p := printer(b, with.Name, with.Rating)
	with.Signer = rehearsal(b)
	without := with
	without.Ledger = Ledger{}
	if _, err := p.Certificate(with); err != nil { // cuts the font of the line, once for a process
		b.Fatal(err)
	}
	var spent [2]time.Duration
	var size [2]int
	for b.Loop() {
		for i, in := range []Certificate{with, without} {
			from := time.Now()
			data, err := p.Certificate(in)
			if err != nil {
				b.Fatal(err)
			}
			spent[i] += time.Since(from)
			size[i] = len(data)
		}
	}
	each := func(i int) float64 { return spent[i].Seconds() * 1000 / float64(b.N) }
	b.ReportMetric(each(0), "ms-with")
	b.ReportMetric(each(1), "ms-without")
	b.ReportMetric(100*(each(0)-each(1))/each(1), "%-ledger")
	b.ReportMetric(float64(size[0]-size[1])/1000, "KB-ledger")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkSealedCertificate is BenchmarkCertificate with a signature.
func BenchmarkSealedCertificate(b *testing.B) {
	in := sampleCertificate()
	p := printer(b, in.Name, in.Rating)
	in.Signer = rehearsal(b)
	for b.Loop() {
		if _, err := p.Certificate(in); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "certs/s")
}

// BenchmarkVerify checks a paper of several pages (G9: under a second).
func BenchmarkVerify(b *testing.B) {
	by := rehearsal(b)
	data := sealed(b, by)
	for b.Loop() {
		if _, err := Verify(data, by.Certificates()); err != nil {
			b.Fatal(err)
		}
	}
}
