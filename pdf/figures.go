package pdf

import (
	"fmt"
	"strings"
)

// points writes hundredths of a point with one decimal, two when needed, and a true minus sign: 88.0, −3.5, 7.25.
func points(hundredths int) string {
	sign, n := "", hundredths
	if n < 0 {
		sign, n = "−", -n
	}
	text := fmt.Sprintf("%s%d.%02d", sign, n/100, n%100)
	return strings.TrimSuffix(text, "0")
}

// signed writes points with their sign also when positive.
func signed(hundredths int) string {
	if hundredths > 0 {
		return "+" + points(hundredths)
	}
	return points(hundredths)
}

// ordinal writes list numbers of official papers: 一、二、… 十一.
func ordinal(n int) string {
	digits := []rune("〇一二三四五六七八九")
	switch {
	case n < 10:
		return string(digits[n])
	case n < 20:
		return "十" + strings.TrimPrefix(string(digits[n%10]), "〇")
	}
	return fmt.Sprint(n)
}
