package pdf

import (
	"strings"
	"unicode"
)

// Characters that must not begin or end a line (避头尾, GB/T 15834).
const (
	notFirst = "，。、；：？！）》〉」』】〕］｝”’…—·％%℃°,.;:?!)]}"
	notLast  = "（《〈「『【〔［｛“‘([{￥¥№"
)

// Break splits s into lines: the first no wider than first, the others no wider than rest.
// Between is what is added between neighbours on a line. A word or number stays whole when it fits
// a line. Joined again, the lines are s: no character is ever lost.
func Break(s string, advance func(rune) float64, between func(a, b rune) float64, first, rest float64) []string {
	rs := []rune(s)
	var lines []string
	for start := 0; start < len(rs); {
		limit := rest
		if len(lines) == 0 {
			limit = first
		}
		end := lineEnd(rs, start, limit, advance, between)
		lines = append(lines, string(rs[start:end]))
		start = end
	}
	return lines
}

// lineEnd finds where the line that begins at start has to end.
func lineEnd(rs []rune, start int, limit float64, advance func(rune) float64, between func(a, b rune) float64) int {
	const slack = 1e-6 // sums of equal widths must fit their own sum
	used, legal := 0.0, 0
	for i := start; i < len(rs); i++ {
		if i > start && mayBreak(rs[i-1], rs[i]) {
			legal = i
		}
		if i > start {
			used += between(rs[i-1], rs[i])
		}
		used += advance(rs[i])
		if used <= limit+slack || rs[i] == ' ' { // spaces hang over the edge
			continue
		}
		if legal > start {
			return legal
		}
		return max(i, start+1)
	}
	return len(rs)
}

// mayBreak tells whether a line may end between a and b.
func mayBreak(a, b rune) bool {
	switch {
	case b == ' ' || strings.ContainsRune(notFirst, b) || strings.ContainsRune(notLast, a):
		return false
	case b == '\u00a0' || a == '\u00a0':
		return false
	case digit(a) && strings.ContainsRune("号项条", b), digit(b) && a == '第':
		return false // a number is not torn from 第 or 号
	case a == '/' || a == ' ':
		return true
	}
	return !inWord(a) || !inWord(b)
}

func digit(r rune) bool { return r >= '0' && r <= '9' }

// inWord tells whether r belongs to a run that reads badly when split: Latin words, numbers, codes, addresses.
func inWord(r rune) bool {
	return r < 0x2e80 && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_.@:/&=?#+−%", r))
}
