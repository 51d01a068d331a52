package pdf

import (
	"strings"
	"unicode"
)

// Punctuation that stands in one half of its square: of two neighbours, one empty half is taken out (GB/T 15834, 标点挤压).
const (
	leftHalf  = "，。、；：）》〉」』】〕］｝”’" // the right half is empty
	rightHalf = "（《〈「『【〔［｛“‘"      // the left half is empty
)

// Between Chinese and Latin or digits stands a little air; less than what programs
// that extract text take for a space.
const air, space = 0.08, 0.095

// spacing is what is added between two neighbours, in ems.
func spacing(a, b rune) float64 {
	switch {
	case strings.ContainsRune(leftHalf, a) && a != b && strings.ContainsRune(leftHalf+rightHalf, b),
		strings.ContainsRune(rightHalf, a) && strings.ContainsRune(rightHalf, b):
		return -0.5
	case unicode.Is(unicode.Han, a) && western(b), western(a) && unicode.Is(unicode.Han, b):
		return air
	}
	return 0
}

func western(r rune) bool {
	return r < 0x250 && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// between is spacing in a style. Nothing is taken from punctuation that a font draws
// narrow already.
func (s *sheet) between(st style) func(a, b rune) float64 {
	return func(a, b rune) float64 {
		k := spacing(a, b)
		if k < 0 && (s.narrow(st, a) || s.narrow(st, b)) {
			return 0
		}
		if k > 0 { // on a line that is drawn out, both together must not look like a space
			k = min(k, max(0, space-st.gap/st.size))
		}
		return k * st.size
	}
}

// narrow tells whether the font of a style has r on less than a full square.
func (s *sheet) narrow(st style, r rune) bool {
	key, ok := s.p.fonts.key(st.role, r)
	f := s.faces[key]
	return ok && f != nil && f.runes[r] && f.advance(r) < 900
}
