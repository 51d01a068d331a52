package audit

import (
	"regexp"
	"strings"
)

// phones find numbers of persons in what people wrote: mobiles, and landlines
// with their area code; service numbers (12315, 400) are nobody's own.
var phones = []*regexp.Regexp{
	regexp.MustCompile(`(?:(?:\+|00)?86[-  ]?)?1[3-9]\d(?:[-. ]?\d{4}){2}`),
	regexp.MustCompile(`(?:(?:\+|00)?86[-  ]?)?[（(]?0(?:10|2\d|[3-9]\d{2})[)）]?[-—－– ]?[2-9]\d{2,3}[- ]?\d{4}(?:(?:[-—－转]|分机){1,2}\d{1,6})?`),
}

// mailAddress finds addresses in what people wrote.
var mailAddress = regexp.MustCompile(`[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`)

// withoutContacts takes numbers and addresses out: a yearbook prints none (PL-5).
func withoutContacts(text string) string {
	plain := strings.Map(halfWidth, text)
	for _, p := range phones {
		plain = withoutPhones(plain, p)
	}
	if plain = mailAddress.ReplaceAllString(plain, "（邮箱略）"); plain == strings.Map(halfWidth, text) {
		return text // full-width digits stay where they are no number of a person
	}
	return plain
}

// halfWidth makes digits of any width ones that a pattern finds.
func halfWidth(r rune) rune {
	if r >= '０' && r <= '９' {
		return r - '０' + '0'
	}
	return r
}

// withoutPhones replaces what is a number by itself: part of a longer one, such
// as a file number or an identity number, stays.
func withoutPhones(text string, p *regexp.Regexp) string {
	digit := func(i int) bool { return i >= 0 && i < len(text) && text[i] >= '0' && text[i] <= '9' }
	var b strings.Builder
	last := 0
	for _, at := range p.FindAllStringIndex(text, -1) {
		if digit(at[0]-1) || digit(at[1]) {
			continue
		}
		b.WriteString(text[last:at[0]] + "（电话略）")
		last = at[1]
	}
	return b.String() + text[last:]
}
