package pdf

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
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

// baseline is the chain every installation gets: LXGW WenKai for all roles. Goldens are
// made with it, so that they do not depend on which better fonts a machine has.
func baseline(t testing.TB) *Fonts {
	t.Helper()
	f, err := fonts()
	if err != nil {
		t.Fatal(err)
	}
	base := &Fonts{}
	for r, chain := range f.chains {
		for _, one := range chain {
			if one.name == "LXGWWenKaiRegular" {
				base.chains[r] = append(base.chains[r], one)
			}
		}
		if len(base.chains[r]) == 0 {
			t.Fatal("fonts-lxgw-wenkai is not installed")
		}
	}
	return base
}

func TestGolden(t *testing.T) {
	p, err := baseline(t).Printer(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range storybook() {
		t.Run(one.name, func(t *testing.T) {
			data, err := one.make(p)
			if err != nil {
				t.Fatal(err)
			}
			text, golden := textOf(t, data), filepath.Join("testdata", one.name+".txt")
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
		})
	}
}

func TestPapersAreSoundAndEqual(t *testing.T) {
	p, warm := printer(t), printer(t, "另一批文书的文字：龘鑫𠮷")
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
			if n := bytes.Count(data, []byte("(D:20270302090000)")); n != 2 {
				t.Errorf("%d of 2 dates in the metadata are the date of the paper", n)
			}
			for i := range 5 {
				with := p
				if i == 4 {
					with = warm // what else is printed in a run must not show
				}
				again, err := one.make(with)
				if err != nil || !bytes.Equal(again, data) {
					t.Fatalf("printing %d: same input, other bytes (%v)", i+2, err)
				}
			}
			inside(t, data)
		})
	}
}

var (
	pageBox = regexp.MustCompile(`<page width="([0-9.]+)" height="([0-9.]+)"`)
	wordBox = regexp.MustCompile(`<word xMin="([-0-9.]+)" yMin="([-0-9.]+)" xMax="([-0-9.]+)" yMax="([-0-9.]+)">(.*)</word>`)
)

// inside checks that no word leaves the margins of its page.
func inside(t *testing.T, data []byte) {
	t.Helper()
	const margin = 40
	var w, h float64
	num := func(s string) float64 { v, _ := strconv.ParseFloat(s, 64); return v }
	words := 0
	for line := range strings.Lines(tool(t, data, "pdftotext", "-bbox", "PAPER", "-")) {
		if m := pageBox.FindStringSubmatch(line); m != nil {
			w, h = num(m[1]), num(m[2])
		}
		m := wordBox.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		words++
		if num(m[1]) < margin || num(m[3]) > w-margin || num(m[2]) < 20 || num(m[4]) > h-15 {
			t.Errorf("outside of the page: %s", line)
		}
	}
	if words == 0 {
		t.Error("no words at all")
	}
}

func pages(t *testing.T, data []byte) int {
	t.Helper()
	n, err := strconv.Atoi(strings.TrimSpace(tool(t, data, "qpdf", "--show-npages", "PAPER")))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestPageCounts(t *testing.T) {
	p := printer(t)
	for name, want := range map[string][2]int{"certificate": {1, 1}, "receipt": {1, 1}, "letter": {1, 2}, "warning-lifted": {1, 2},
		"result": {3, 5}, "campaign-report": {4, 6}, "institution-report": {3, 5}} {
		for _, one := range storybook() {
			if one.name != name {
				continue
			}
			data, err := one.make(p)
			if err != nil {
				t.Fatal(err)
			}
			if n := pages(t, data); n < want[0] || n > want[1] {
				t.Errorf("%s has %d pages, want %v", name, n, want)
			}
		}
	}
}

// The text of a notice reads back exactly: cells are drawn line after line, so the raw order joins to what was given.
func TestResultNoticeReadsBack(t *testing.T) {
	in := sampleResult()
	data, err := printer(t).ResultNotice(in)
	if err != nil {
		t.Fatal(err)
	}
	text := flat(tool(t, data, "pdftotext", "-raw", "PAPER", "-"))
	want := []string{in.Institution, in.Code, in.Number, "2027年3月2日", "2027年3月17日", "91.5", "84.5", "+10.0", "−3.0", "未封顶+13.5", "释义W-01", in.VerifyCode, in.Ledger.Line}
	for _, r := range in.Rows {
		want = append(want, r.Title, r.Reason, strconv.Itoa(r.No)+r.Title)
	}
	for _, item := range append(in.BonusItems, in.DeductionItems...) {
		want = append(want, item.Title, item.Rule, item.Note)
	}
	for _, w := range append(want, in.Notes...) {
		if !strings.Contains(text, flat(w)) {
			t.Errorf("missing: %s", w)
		}
	}
}

func TestRehearsalIsMarkedOnEveryPage(t *testing.T) {
	p := printer(t)
	campaign, report := sampleCampaign(), sampleReport()
	cert, warning, receipt := sampleCertificate(), sampleWarning(WarningDecision), sampleReceipt()
	campaign.Rehearsal, report.Rehearsal, cert.Rehearsal, warning.Rehearsal = true, true, true, true
	receipt.Mark = "自评"
	for i, make := range []func() ([]byte, error){
		func() ([]byte, error) { return p.CampaignReport(campaign) },
		func() ([]byte, error) { return p.InstitutionReport(report) },
		func() ([]byte, error) { return p.Certificate(cert) },
		func() ([]byte, error) { return p.WarningNotice(warning) },
		func() ([]byte, error) { return p.Receipt(receipt) },
	} {
		data, err := make()
		if err != nil {
			t.Fatal(err)
		}
		word := map[bool]string{true: "自评", false: "示例"}[i == 4]
		for page := 1; page <= pages(t, data); page++ {
			n := strconv.Itoa(page)
			text := tool(t, data, "pdftotext", "-f", n, "-l", n, "PAPER", "-")
			if !strings.Contains(text, word+" · 非官方文件") {
				t.Errorf("paper %d page %d lacks %s", i, page, word)
			}
		}
	}
	official, err := p.Certificate(sampleCertificate())
	if err != nil || strings.Contains(textOf(t, official), "示例") {
		t.Errorf("an official paper is marked as rehearsal (%v)", err)
	}
}

func TestManyPrintersAtOnce(t *testing.T) {
	p := printer(t)
	want, err := p.Certificate(sampleCertificate())
	if err != nil {
		t.Fatal(err)
	}
	table := standard(t)
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			for k := range 3 {
				got, err := p.Certificate(sampleCertificate())
				if err != nil || !bytes.Equal(got, want) {
					t.Errorf("printing at once changed the paper (%v)", err)
				}
				in := sampleCertificate()
				in.Name = string(table[100*i+k]) + "认证有限公司" // new characters while others print
				if _, err := p.Certificate(in); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func BenchmarkCertificate(b *testing.B) {
	in := sampleCertificate()
	p := printer(b, in.Name, in.Rating)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Certificate(in); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "certs/s")
}

func BenchmarkPrinter(b *testing.B) {
	f, err := fonts()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := f.Printer([]string{sampleName}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkResultNotice(b *testing.B) {
	p, in := printer(b), sampleResult()
	for b.Loop() {
		if _, err := p.ResultNotice(in); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCampaignReport(b *testing.B) {
	p, in := printer(b), sampleCampaign()
	for b.Loop() {
		if _, err := p.CampaignReport(in); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFindFonts(b *testing.B) {
	for b.Loop() {
		if _, err := FindFonts([]string{"../fonts/node_modules"}); err != nil {
			b.Fatal(err)
		}
	}
}
