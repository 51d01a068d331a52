package rehearsal

import (
	"strings"
	"unicode"
)

// plain are the fields that mean something else when a word is added to them:
// names that are looked up, titles that are compared, what a year is launched with.
var plain = map[string]bool{"name": true, "title": true, "medium": true, "activity": true, "matter": true, "issuer": true, "account": true, "password": true}

// marked adds a mark to a free text, if the people of this play add marks.
func (b *browser) marked(f form, field, text string) string {
	if b.mark == nil || plain[field] || !strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return text
	}
	for _, in := range f.inputs {
		if in.name == field && in.kind == "text" {
			return text + b.mark()
		}
	}
	return text
}

// markedFile marks the name of a file.
func (b *browser) markedFile(u *upload) *upload {
	if b.mark == nil || u == nil {
		return u
	}
	m := *u
	m.name = b.mark() + "-" + m.name
	return &m
}
