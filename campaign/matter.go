package campaign

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// Claim is an event as the search for one matter (同一事项) reads it.
type Claim struct {
	ID     int64
	Code   string
	URL    string
	Title  string
	On     Day
	Matter string
}

// Suggestion says why two claims may be one matter; a person decides.
type Suggestion struct {
	A, B int64 // A < B
	Why  []string
}

// What makes titles alike: of a hundred parts of two signs, so many in common.
const (
	alikePercent = 60
	longestTitle = 200
	longestURL   = 2000
)

// SuggestMatters finds pairs that may be one matter and are not yet: the same
// address, or titles alike within so many days. Order of the claims is no matter.
func SuggestMatters(claims []Claim, days int) []Suggestion {
	all := slices.Clone(claims)
	slices.SortFunc(all, func(a, b Claim) int { return cmp.Or(cmp.Compare(a.On, b.On), cmp.Compare(a.ID, b.ID)) })
	found := map[[2]int64][]string{}
	note := func(a, b Claim, why string) {
		if a.Matter != "" && a.Matter == b.Matter || a.ID == b.ID {
			return
		}
		k := [2]int64{min(a.ID, b.ID), max(a.ID, b.ID)}
		found[k] = append(found[k], why)
	}
	first := map[string]Claim{}
	parts, day := make([]map[string]bool, len(all)), make([]int, len(all))
	for i, c := range all {
		parts[i], day[i] = titleParts(c.Title), all[0].On.DaysUntil(c.On)
		if u := NormalURL(c.URL); u != "" {
			if o, known := first[u]; known {
				note(o, c, "网址相同")
			} else {
				first[u] = c
			}
		}
	}
	for i, a := range all {
		for k := i + 1; k < len(all) && day[k]-day[i] <= days; k++ {
			if n := likeness(parts[i], parts[k]); n >= alikePercent {
				note(a, all[k], fmt.Sprintf("名称相近（%d%%），相隔 %d 天", n, day[k]-day[i]))
			}
		}
	}
	out := make([]Suggestion, 0, len(found))
	for k, why := range found {
		out = append(out, Suggestion{k[0], k[1], why})
	}
	slices.SortFunc(out, func(a, b Suggestion) int { return cmp.Or(cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B)) })
	return out
}

// ClaimedElsewhere tells which claims another institution has too: the same
// matter, or the same address (feature 6; never by whom).
func ClaimedElsewhere(claims []Claim) map[int64]bool {
	by := map[string][]Claim{}
	for _, c := range claims {
		if c.Matter != "" {
			by["m"+c.Matter] = append(by["m"+c.Matter], c)
		}
		if u := NormalURL(c.URL); u != "" {
			by["u"+u] = append(by["u"+u], c)
		}
	}
	shared := map[int64]bool{}
	for _, same := range by {
		for _, c := range same {
			if slices.ContainsFunc(same, func(o Claim) bool { return o.Code != c.Code }) {
				shared[c.ID] = true
			}
		}
	}
	return shared
}

// NormalURL brings addresses of one page to one form: without scheme, www. or
// m., fragment, tracking parameters and a last slash; "" when it is no web address.
func NormalURL(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > longestURL {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return ""
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	for _, prefix := range []string{"www.", "m.", "wap."} {
		host = strings.TrimPrefix(host, prefix)
	}
	if p := u.Port(); p != "" && p != "80" && p != "443" {
		host += ":" + p
	}
	q := u.Query()
	for k := range q {
		if low := strings.ToLower(k); strings.HasPrefix(low, "utm_") || slices.Contains([]string{"from", "spm", "share", "share_token", "source", "isappinstalled"}, low) {
			q.Del(k)
		}
	}
	out := host + strings.TrimRight(u.EscapedPath(), "/")
	if e := q.Encode(); e != "" { // sorted by key
		out += "?" + e
	}
	return out
}

// FirstURL finds the first web address in a text, such as the source of an event.
func FirstURL(text string) string {
	for _, scheme := range []string{"https://", "http://"} {
		if i := strings.Index(text, scheme); i >= 0 {
			end := strings.IndexFunc(text[i:], func(r rune) bool {
				return unicode.IsSpace(r) || r > unicode.MaxASCII || strings.ContainsRune(`<>"'`, r)
			})
			if end < 0 {
				return text[i:]
			}
			return text[i : i+end]
		}
	}
	return ""
}

// TitleLikeness compares two titles in percent: how many pairs of neighbouring
// signs they have in common; case, spaces and punctuation do not matter.
func TitleLikeness(a, b string) int { return likeness(titleParts(a), titleParts(b)) }

func titleParts(s string) map[string]bool {
	var runes []rune
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			runes = append(runes, unicode.ToLower(r))
		}
		if len(runes) == longestTitle {
			break
		}
	}
	parts := map[string]bool{}
	for i := 0; i+1 < len(runes); i++ {
		parts[string(runes[i:i+2])] = true
	}
	if len(runes) == 1 {
		parts[string(runes)] = true
	}
	return parts
}

func likeness(a, b map[string]bool) int {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	if len(b) < len(a) {
		a, b = b, a
	}
	common := 0
	for p := range a {
		if b[p] {
			common++
		}
	}
	return 200 * common / (len(a) + len(b))
}
