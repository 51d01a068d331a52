package mail

import (
	"strings"
	"unicode"
)

// textWidth is the widest line of a text body, in columns; a Chinese character
// takes two.
const textWidth = 76

// Marks that must not begin or end a line (避头尾).
const (
	notFirst = "，。、；：！？）》〉】」』”’…—·,.;:!?)%"
	notLast  = "（《〈【「『“‘(¥"
)

// wrap folds long lines and drops runs of blank lines. It never cuts a line that
// holds a link or no Chinese at all: a folded link cannot be clicked, a folded
// checkpoint cannot be compared.
func wrap(text string) string {
	var out []string
	blank := true
	for _, line := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		line = strings.TrimRightFunc(line, unicode.IsSpace)
		if line == "" && blank {
			continue
		}
		blank = line == ""
		if strings.Contains(line, "://") || columns(line) == len(line) {
			out = append(out, line)
			continue
		}
		out = append(out, fold(line)...)
	}
	return strings.TrimRight(strings.Join(out, "\n"), "\n") + "\n"
}

// fold breaks one line between words; each Chinese character is a word that
// keeps its punctuation. A continued line keeps the indent of the first.
func fold(line string) []string {
	body := strings.TrimLeft(line, " ")
	indent := strings.Repeat(" ", len(line)-len(body))
	var out []string
	cur, width := indent, len(indent)
	for _, w := range words(body) {
		cols := columns(w)
		if width+cols > textWidth && width > len(indent) {
			out = append(out, strings.TrimRight(cur, " "))
			cur, width = indent, len(indent)
			w = strings.TrimLeft(w, " ")
			cols = columns(w)
		}
		cur += w
		width += cols
	}
	return append(out, strings.TrimRight(cur, " "))
}

// words cuts a line where it may be broken; a hash or a number stays whole
// whatever its length, so that it can be copied.
func words(s string) []string {
	var out []string
	var last rune
	for _, r := range s {
		if len(out) > 0 && sticks(last, r) {
			out[len(out)-1] += string(r)
		} else {
			out = append(out, string(r))
		}
		last = r
	}
	return out
}

func sticks(a, b rune) bool {
	return strings.ContainsRune(notFirst, b) || strings.ContainsRune(notLast, a) || narrow(a) && narrow(b)
}

func narrow(r rune) bool { return r > ' ' && r < 0x2000 }

func columns(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r >= 0x2000 {
			n++
		}
	}
	return n
}
