package pdf

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rsc.io/qr"
)

// half is a plain measure: Latin half as wide as Chinese.
func half(r rune) float64 {
	if r < 0x2e80 {
		return 0.5
	}
	return 1
}

// apart adds nothing between neighbours.
func apart(rune, rune) float64 { return 0 }

func TestBreakLosesNothing(t *testing.T) {
	data, err := os.ReadFile("testdata/source.txt")
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for part := range strings.SplitSeq(string(data), "\n") {
		for width := 1.0; width <= 60; width += 0.5 {
			between := []func(a, b rune) float64{apart, spacing}[checked%2]
			lines := Break(part, half, between, max(1, width-2), width)
			if strings.Join(lines, "") != part {
				t.Fatalf("width %v lost text of %q", width, part)
			}
			for i, line := range lines {
				if line == "" {
					t.Fatalf("empty line in %q", part)
				}
				rs := []rune(line)
				if width >= 12 && i > 0 && strings.ContainsRune(notFirst, rs[0]) {
					t.Errorf("width %v: line begins with %q: %q", width, rs[0], line)
				}
				if width >= 12 && i < len(lines)-1 && strings.ContainsRune(notLast, rs[len(rs)-1]) {
					t.Errorf("width %v: line ends with %q: %q", width, rs[len(rs)-1], line)
				}
			}
			checked++
		}
	}
	if checked < 10000 {
		t.Errorf("only %d breakings checked", checked)
	}
}

func TestBreak(t *testing.T) {
	for _, c := range []struct {
		text  string
		width float64
		want  string
	}{
		{"认证机构宣传工作", 4, "认证机构|宣传工作"},
		{"认证机构，宣传工作", 4, "认证机|构，宣传|工作"},
		{"认证机《条例》", 4, "认证机|《条例》"},
		{"认证 GB/T 19001 标准", 6, "认证 GB/T |19001 标准"},
		{"编号CNCA-R-2002号", 5, "编号|CNCA-R-200|2号"},
		{"得分91.5分整", 4, "得分91.5|分整"},
		{"告知宣评告〔2026〕2号", 9.5, "告知宣评告〔2026〕|2号"},
		{"见附件第7项", 5, "见附件|第7项"},
		{"。。。。。。", 3, "。。。|。。。"},
		{"", 3, ""},
		{"宽", 0.1, "宽"},
	} {
		if got := strings.Join(Break(c.text, half, apart, c.width, c.width), "|"); got != c.want {
			t.Errorf("%q in %v: got %q, want %q", c.text, c.width, got, c.want)
		}
	}
}

func TestPoints(t *testing.T) {
	for n, want := range map[int]string{8800: "88.0", -350: "−3.5", 725: "7.25", 0: "0.0", -50: "−0.5", 11000: "110.0", 5: "0.05"} {
		if got := points(n); got != want {
			t.Errorf("points(%d) = %s, want %s", n, got, want)
		}
	}
	if signed(1350) != "+13.5" || signed(-300) != "−3.0" || signed(0) != "0.0" {
		t.Error("signed figures are wrong")
	}
}

func TestDayIsBeijing(t *testing.T) {
	if got := day(time.Date(2027, 3, 1, 16, 0, 0, 0, time.UTC)); got != "2027年3月2日" {
		t.Errorf("got %s", got)
	}
}

func TestOrdinal(t *testing.T) {
	for n, want := range map[int]string{1: "一", 9: "九", 10: "十", 11: "十一", 19: "十九", 20: "20"} {
		if got := ordinal(n); got != want {
			t.Errorf("ordinal(%d) = %s, want %s", n, got, want)
		}
	}
}

func TestRareCharactersArePrinted(t *testing.T) {
	for _, f := range []*Fonts{baseline(t), must(fonts())} {
		p, err := f.Printer(nil)
		if err != nil {
			t.Fatal(err)
		}
		in := sampleCertificate()
		in.Name = "𠮷林龘𫖮认证有限公司" // 𠮷 and 𫖮 lie above U+FFFF
		data, err := p.Certificate(in)
		if err != nil {
			t.Fatal(err)
		}
		if text := flat(textOf(t, data)); !strings.Contains(text, in.Name) {
			t.Errorf("the name does not read back: %s", text)
		}
		notice := sampleResult()
		notice.Rows[0].Reason = "审稿人为𠮷某，" + strings.Repeat("𫖮", 30)
		data, err = p.ResultNotice(notice)
		if err != nil {
			t.Fatal(err)
		}
		if text := flat(tool(t, data, "pdftotext", "-raw", "PAPER", "-")); !strings.Contains(text, notice.Rows[0].Reason) {
			t.Error("the reason does not read back")
		}
	}
}

func must(f *Fonts, err error) *Fonts {
	if err != nil {
		panic(err)
	}
	return f
}

func TestUnprintableTextIsRefusedWithReason(t *testing.T) {
	p := printer(t)
	in := sampleCertificate()
	in.Name = "\U0010FFFD认证"
	if _, err := p.Certificate(in); err == nil || !strings.Contains(err.Error(), "U+10FFFD") {
		t.Errorf("a character without glyph gave %v", err)
	}
	var row strings.Builder
	for r := rune(0x4e00); r < 0x4e00+3000; r++ {
		row.WriteRune(r)
	}
	notice, start := sampleResult(), time.Now()
	notice.Rows[0].Reason = row.String()
	if _, err := p.ResultNotice(notice); err == nil || !strings.Contains(err.Error(), "不像正常文本") {
		t.Errorf("hostile text gave %v", err)
	}
	if spent := time.Since(start); spent > 5*time.Second {
		t.Errorf("hostile text took %v", spent)
	}
	if _, err := p.Receipt(Receipt{}); err == nil || !strings.Contains(err.Error(), "没有日期") {
		t.Errorf("a paper without date gave %v", err)
	}
	if _, err := p.WarningNotice(WarningNotice{Kind: 7}); err == nil {
		t.Error("an unknown kind of warning was printed")
	}
}

func TestInvisibleMarksAreDropped(t *testing.T) {
	in := sampleCertificate()
	in.Name = "中\u202e检\u200b认\x00证\ufeff"
	data, err := printer(t).Certificate(in)
	if err != nil {
		t.Fatal(err)
	}
	if text := textOf(t, data); !strings.Contains(text, "中检认证") {
		t.Errorf("got %s", text)
	}
}

func TestLongTextStaysOnThePage(t *testing.T) {
	p := printer(t)
	name := strings.Repeat("中国质量认证检验检测", 8) + "有限责任公司"
	notice, cert, receipt, report := sampleResult(), sampleCertificate(), sampleReceipt(), sampleCampaign()
	notice.Institution, cert.Name, receipt.Institution, report.Excellent[3].Name = name, name, name, name
	notice.Issuer = strings.Repeat("国家认证认可监督管理委员会", 3)
	notice.Rows[4].Reason = strings.Repeat("举办活动的材料齐备，效果评估充分；", 200)
	notice.BonusItems[0].Note = strings.Repeat("ABCDEFGHIJ", 30)
	for i, make := range []func() ([]byte, error){
		func() ([]byte, error) { return p.ResultNotice(notice) },
		func() ([]byte, error) { return p.Certificate(cert) },
		func() ([]byte, error) { return p.Receipt(receipt) },
		func() ([]byte, error) { return p.CampaignReport(report) },
	} {
		data, err := make()
		if err != nil {
			t.Fatal(err)
		}
		inside(t, data)
		text := flat(tool(t, data, "pdftotext", "-raw", "PAPER", "-"))
		if !strings.Contains(text, name) {
			t.Errorf("paper %d: the long name does not read back", i)
		}
		if n := strings.Count(text, "评分理由"); i == 0 && n < 3 {
			t.Errorf("the head of the table is drawn %d times over many pages", n)
		}
	}
}

func TestWithoutFontsTheErrorSaysWhatToDo(t *testing.T) {
	if _, err := findFonts([]string{t.TempDir(), "no/such/folder", ""}); err == nil || !strings.Contains(err.Error(), "fonts-lxgw-wenkai") {
		t.Errorf("got %v", err)
	}
	for _, line := range must(fonts()).Report() {
		if !strings.Contains(line, "：") {
			t.Errorf("odd line %q", line)
		}
	}
}

// Whoever names a folder decides which fonts papers have, whatever the folders
// after it hold; within one, 仿宋 and 小标宋 come first, as GB/T 9704 asks.
func TestFoldersDecideFonts(t *testing.T) {
	real := baseline(t).chains[song][0].path
	folder := func(names ...string) string {
		dir := t.TempDir()
		for _, n := range names {
			if err := os.Symlink(real, filepath.Join(dir, n)); err != nil {
				t.Fatal(err)
			}
		}
		return dir
	}
	broken := folder()
	if err := os.WriteFile(filepath.Join(broken, "simfang.ttf"), []byte("no font"), 0o600); err != nil {
		t.Fatal(err)
	}
	kaiti := folder("LXGWWenKai-Regular.ttf")
	free, own := folder("NotoSerifSC_400Regular.ttf", "NotoSerifSC_700Bold.ttf"), folder("FZFSJW.TTF", "FZXBSJW.TTF", "simsun.ttf")
	for _, c := range []struct {
		dirs        []string
		body, title string
	}{
		{[]string{free}, "NotoSerifSC400Regular", "NotoSerifSC700Bold"},
		{[]string{own, free}, "FZFSJW", "FZXBSJW"},
		{[]string{free, own}, "NotoSerifSC400Regular", "NotoSerifSC700Bold"},
		{[]string{folder("simsun.ttf"), own}, "simsun", "simsun"},
		{[]string{folder("simsun.ttf", "simfang.ttf", "STFANGSO.TTF"), own}, "simfang", "simsun"},
		{[]string{folder("STFANGSO.TTF"), free}, "STFANGSO", "NotoSerifSC700Bold"},
		{[]string{broken, free}, "NotoSerifSC400Regular", "NotoSerifSC700Bold"},
	} {
		f, err := findFonts(append(c.dirs, kaiti))
		if err != nil {
			t.Fatal(err)
		}
		if body, head := f.chains[song][0].name, f.chains[title][0].name; body != c.body || head != c.title {
			t.Errorf("%v: body %s, titles %s; want %s, %s", c.dirs, body, head, c.body, c.title)
		}
		other := strings.HasPrefix(c.body, "Noto") || c.body == "simsun"
		if hint := strings.Contains(strings.Join(f.Report(), "\n"), "应为仿宋"); hint != other {
			t.Errorf("%s: hint %v", c.body, hint)
		}
	}
}

// The printed code is the code: every module of the page's picture is black where it must be.
func TestQRIsDrawnModuleByModule(t *testing.T) {
	const text, at, size, scale = "https://xuanping.example.cn/verify/7K3M-Q9TX-42HD", 100.0, 200.0, 3.0
	data, err := printer(t).paper(sampleHead(), "二维码", func(s *sheet) {
		s.footer = nil
		s.page()
		s.qr(at, at, size, text)
	})
	if err != nil {
		t.Fatal(err)
	}
	pgm := tool(t, data, "pdftoppm", "-gray", "-singlefile", "-r", "216", "PAPER")
	var w, h, top int
	if _, err := fmt.Sscanf(pgm, "P5\n%d %d\n%d\n", &w, &h, &top); err != nil {
		t.Fatal(err)
	}
	pixels := pgm[len(pgm)-w*h:]
	want, err := qr.Encode(text, qr.M)
	if err != nil {
		t.Fatal(err)
	}
	for row := range want.Size {
		for col := range want.Size {
			x := int((at + (float64(col)+0.5)*size/float64(want.Size)) * scale)
			y := int((at + (float64(row)+0.5)*size/float64(want.Size)) * scale)
			if black := pixels[y*w+x] < 128; black != want.Black(col, row) {
				t.Fatalf("module %d,%d is black=%v", col, row, black)
			}
		}
	}
}
