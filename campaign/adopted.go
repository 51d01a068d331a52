package campaign

import "slices"

// ManuscriptRegister is the list of what an institution sent to channels (附件2第7项).
const ManuscriptRegister = "manuscripts"

// AdoptedBy tells whether the regulator's register of adoptions holds a
// manuscript: the same page, or the same title. What the institution says of it
// itself counts for nothing (AN-7).
func AdoptedBy(register []Claim, manuscript Record) bool {
	page, title := NormalURL(manuscript["url"]), alike(manuscript["title"])
	return slices.ContainsFunc(register, func(c Claim) bool {
		return page != "" && NormalURL(c.URL) == page || title != "" && alike(c.Title) == title
	})
}

// Distinct is how many rows stand when those like an earlier one count once (§2 no. 41).
func (r Register) Distinct(rows []Record) int { return len(rows) - len(r.Repeated(rows)) }
