package campaign

// ConflictKind is why a reviewer must keep away from an institution (RV-1).
type ConflictKind string

// The kinds of conflict: the first six are said by a person, the last two are
// found in the roster.
const (
	ConflictEmployment ConflictKind = "employment"
	ConflictAdvice     ConflictKind = "advice"
	ConflictShares     ConflictKind = "shares"
	ConflictFamily     ConflictKind = "family"
	ConflictCompetitor ConflictKind = "competitor"
	ConflictOther      ConflictKind = "other"
	ConflictEmployer   ConflictKind = "employer" // his employer's 统一社会信用代码 is the institution's
	ConflictDomain     ConflictKind = "domain"   // their e-mail addresses are of one domain
)

// SaidConflicts lists the kinds that a person can say.
func SaidConflicts() []ConflictKind {
	return []ConflictKind{ConflictEmployment, ConflictAdvice, ConflictShares, ConflictFamily, ConflictCompetitor, ConflictOther}
}

// Chinese is the one word for the kind.
func (k ConflictKind) Chinese() string {
	switch k {
	case ConflictEmployment:
		return "三年内任职"
	case ConflictAdvice:
		return "咨询"
	case ConflictShares:
		return "持股"
	case ConflictFamily:
		return "亲属"
	case ConflictCompetitor:
		return "竞争机构"
	case ConflictOther:
		return "其他"
	case ConflictEmployer:
		return "现任职单位"
	case ConflictDomain:
		return "邮箱域名相同"
	}
	return string(k)
}

// SeatEnd is why the holding of a seat ended before the result was formed.
type SeatEnd string

// The ends of a holding.
const (
	SeatDeclined   SeatEnd = "declined"   // the reviewer asked to be released
	SeatConflict   SeatEnd = "conflict"   // a conflict came to light: his marks there are void
	SeatLate       SeatEnd = "late"       // his day passed without a sheet
	SeatReassigned SeatEnd = "reassigned" // an officer gave the seat to another
)

// Chinese is the one word for the end.
func (e SeatEnd) Chinese() string {
	switch e {
	case SeatDeclined:
		return "申请退出"
	case SeatConflict:
		return "利益冲突"
	case SeatLate:
		return "逾期未交"
	case SeatReassigned:
		return "人工改派"
	}
	return string(e)
}

// RefillDays are the working days that whoever takes over a seat has at least,
// be it beyond the close of scoring: a result on one person's marks would not
// withstand a challenge.
const RefillDays = 5
