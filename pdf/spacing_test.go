package pdf

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func TestSpacing(t *testing.T) {
	for pair, want := range map[string]float64{
		"）：": -0.5, "》（": -0.5, "，“": -0.5, "（《": -0.5, "”。": -0.5, "。”": -0.5, "。。": 0, "中，": 0, "，中": 0, "（中": 0, "中（": 0, "！”": 0,
		"年2": air, "2年": air, "A标": air, "2.": 0, "中文": 0, "−3": 0, "中 ": 0,
	} {
		rs := []rune(pair)
		if got := spacing(rs[0], rs[1]); got != want {
			t.Errorf("%s: %v, want %v", pair, got, want)
		}
	}
	if spacing(-1, '（') != 0 {
		t.Error("the first character of a line is moved")
	}
}

// Squeezed punctuation makes room for more on a line, and no line is wider than it may be.
func TestBreakCountsWhatIsSqueezed(t *testing.T) {
	between := func(a, b rune) float64 { return min(0, spacing(a, b)) }
	if got := strings.Join(Break("认证（《条例》）。", half, between, 7.5, 7.5), "|"); got != "认证（《条例》）。" {
		t.Errorf("got %s", got)
	}
	if got := strings.Join(Break("认证（《条例》）。", half, apart, 7.5, 7.5), "|"); got == "认证（《条例》）。" {
		t.Error("without squeezing it fits as well")
	}
}

// GB/T 9704: 22 lines of 28 characters on a page of text, the issuer's mark 35 mm below the
// upper edge of the text, the line across the whole width, the date four characters from the right.
func TestLettersFollowGBT9704(t *testing.T) {
	in := Letter{Head: sampleHead(), Title: "通知", To: sampleName, Opening: []string{strings.Repeat("宣传工作评价", 300)}}
	in.Rehearsal = false
	data, err := printer(t).Letter(in)
	if err != nil {
		t.Fatal(err)
	}
	xml := tool(t, data, "pdftotext", "-bbox-layout", "-f", "2", "-l", "2", "PAPER", "-")
	full, lines := 0, 0
	for _, m := range regexp.MustCompile(`(?s)<line xMin="([0-9.]+)" yMin="([0-9.]+)" xMax="([0-9.]+)" yMax="([0-9.]+)">(.*?)</line>`).FindAllStringSubmatch(xml, -1) {
		text := strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(m[5], "")), "")
		if n := len([]rune(text)); strings.HasPrefix(text, "宣") || strings.Contains(text, "传工作评价宣") {
			lines++
			if n == 28 {
				full++
			}
			left, _ := strconv.ParseFloat(m[1], 64)
			right, _ := strconv.ParseFloat(m[3], 64)
			if math.Abs(left-28*mm) > 2 || math.Abs(right-184*mm) > 3 {
				t.Errorf("a line runs from %.1f to %.1f mm", left/mm, right/mm)
			}
		}
	}
	if lines != 22 || full != 22 {
		t.Errorf("%d lines on a full page, %d of them of 28 characters", lines, full)
	}
	box := func(page int, word string) (x1, y1, x2 float64) {
		t.Helper()
		n := fmt.Sprint(page)
		for line := range strings.Lines(tool(t, data, "pdftotext", "-bbox", "-f", n, "-l", n, "PAPER", "-")) {
			if m := wordBox.FindStringSubmatch(line); m != nil && strings.Contains(m[5], word) {
				a, _ := strconv.ParseFloat(m[1], 64)
				b, _ := strconv.ParseFloat(m[2], 64)
				c, _ := strconv.ParseFloat(m[3], 64)
				return a, b, c
			}
		}
		t.Fatalf("no %s", word)
		return
	}
	if _, top, _ := box(1, in.Issuer); top < (37+30)*mm || top > (37+37)*mm {
		t.Errorf("the issuer's mark begins %.1f mm from the edge of the page", top/mm)
	}
	if left, _, right := box(pages(t, data), "2027年3月2日"); math.Abs(right-(184*mm-4*letterSize)) > 3 || left < 105*mm {
		t.Errorf("the date ends %.1f mm from the left", right/mm)
	}
}

// Over many widths, tables repeat their head on each page and lose nothing.
func TestTablesRepeatTheirHead(t *testing.T) {
	in := sampleResult()
	for i := range in.Rows {
		in.Rows[i].Reason = strings.Repeat("材料（《指引》第三条）齐备，现场抽查与填报一致；", 2+i)
	}
	data, err := printer(t).ResultNotice(in)
	if err != nil {
		t.Fatal(err)
	}
	heads := 0
	for page := 1; page <= pages(t, data); page++ {
		n := fmt.Sprint(page)
		text := flat(tool(t, data, "pdftotext", "-f", n, "-l", n, "-raw", "PAPER", "-"))
		if strings.Contains(text, "现场抽查与填报一致") && !strings.Contains(text, "序号二级指标分值得分评分理由") {
			t.Errorf("page %d has rows and no head", page)
		} else if strings.Contains(text, "序号二级指标") {
			heads++
		}
	}
	if heads < 3 {
		t.Errorf("the table has a head on %d pages", heads)
	}
	text := flat(tool(t, data, "pdftotext", "-raw", "PAPER", "-"))
	if got, want := strings.Count(text, "现场抽查与填报一致；"), (2+17)*16/2; got < want-40 { // a page's end may lie inside
		t.Errorf("%d of %d sentences read back", got, want)
	}
}
