package rubric

import (
	"errors"
	"fmt"
	"strings"
)

// Points is a number of points in hundredths. Annex 2 counts in halves, the
// mean of two reviewers in quarters; integers hold both exactly.
type Points int

// Point is one whole point.
const Point = Points(100)

// Half is the smallest step Annex 2 knows (附件2 第15项: 每次加 0.5 分).
const Half = Point / 2

// maxDigits bounds what ParsePoints reads, far above any sum of a year.
const maxDigits = 6

// String prints at least one decimal: "87.5", "7.25", "-6.0".
func (p Points) String() string {
	sign, n := "", p
	if n < 0 {
		sign, n = "-", -n
	}
	whole, rest := n/Point, n%Point
	if rest%10 == 0 {
		return fmt.Sprintf("%s%d.%d", sign, whole, rest/10)
	}
	return fmt.Sprintf("%s%d.%02d", sign, whole, rest)
}

// ParsePoints reads "7.5", "10" or "-6.0". It refuses more than two decimals
// rather than round a person's figure.
func ParsePoints(s string) (Points, error) {
	text := strings.TrimSpace(s)
	if text == "" {
		return 0, errors.New("未填写分值，请填写数字，如 7.5")
	}
	digits, negative := strings.CutPrefix(text, "-")
	whole, rest, dotted := strings.Cut(digits, ".")
	if !allDigits(whole) || (dotted && !allDigits(rest)) {
		return 0, fmt.Errorf("分值 %q 不是数字，请填写如 7.5 的阿拉伯数字", clip(s))
	}
	if len(rest) > 2 {
		return 0, fmt.Errorf("分值 %q 的小数超过两位，请改为最多两位小数", clip(s))
	}
	if len(whole) > maxDigits {
		return 0, fmt.Errorf("分值 %q 过大，请核对", clip(s))
	}
	n := number(whole)*Point + number((rest + "00")[:2])
	if negative {
		n = -n
	}
	return n, nil
}

func allDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// number reads a short run of digits already checked by allDigits.
func number(digits string) Points {
	n := Points(0)
	for _, d := range digits {
		n = n*10 + Points(d-'0')
	}
	return n
}

// clip keeps a quoted input short enough for one line of an error.
func clip(s string) string {
	r := []rune(s)
	if len(r) > 24 {
		return string(r[:24]) + "…"
	}
	return s
}
