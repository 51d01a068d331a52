package rehearsal

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"

	"xuanping/campaign"
	"xuanping/rubric"
)

// Temperament is how an institution lives through its year.
type Temperament string

// The temperaments of a rehearsal.
const (
	Excellent Temperament = "excellent" // 优秀: early, complete, praised
	Average   Temperament = "average"   // 普通: after the first reminder, most rows
	Late      Temperament = "late"      // 拖延: after every day, on the last one
	Silent    Temperament = "silent"    // 沉默: opens its letters and does nothing
	Appealing Temperament = "appealing" // 复核: scored too low on a row, and says so
	Incident  Temperament = "incident"  // 事件: deductions, a warning, rectification
	Midyear   Temperament = "midyear"   // 年中: approved in the year, joins in July
	Leaving   Temperament = "leaving"   // 退出: leaves the evaluation in the course of the year
)

// Chinese is the one word for the temperament in the outcome table.
func (t Temperament) Chinese() string {
	return map[Temperament]string{Excellent: "优秀", Average: "普通", Late: "拖延", Silent: "沉默", Appealing: "复核", Incident: "事件", Midyear: "年中", Leaving: "退出"}[t]
}

// parts is the round of temperaments: the first six show one of each, and with
// one that joins mid-year the round makes 24.
var parts = []Temperament{
	Excellent, Average, Late, Silent, Appealing, Incident,
	Average, Excellent, Average, Late, Average, Excellent, Appealing, Average, Excellent,
	Leaving, Silent, Incident, Appealing, Incident, Excellent, Late, Average,
}

// Temperaments gives n institutions, in the order of their codes, a temperament
// each. The last of them join mid-year: none below 7, then one of every 24.
func Temperaments(n int, seed uint64) []Temperament { return temperaments(n, latecomers(n)) }

func latecomers(n int) int {
	if n <= len(parts)/4+1 {
		return 0
	}
	return max(n/24, 1)
}

func temperaments(n, late int) []Temperament {
	all := make([]Temperament, n)
	for i := range all {
		if all[i] = parts[i%len(parts)]; i >= n-late {
			all[i] = Midyear
		}
	}
	return all
}

// role is an institution's part in the play: who it is and what it is like.
type role struct {
	campaign.Institution
	kind  Temperament
	place int // in the order of codes
	nth   int // among those of its kind
}

func cast(all []campaign.Institution, late int) []role {
	kinds := temperaments(len(all), late)
	count := map[Temperament]int{}
	roles := make([]role, len(all))
	for i, in := range all {
		roles[i] = role{in, kinds[i], i, count[kinds[i]]}
		count[kinds[i]]++
	}
	return roles
}

// wakes tells which of the silent answer at last: every other one, from the first.
func (r role) wakes() bool { return r.kind == Silent && r.nth%2 == 0 }

// suspended tells whose year stands still for a while (WF-4).
func (r role) suspended() bool { return r.kind == Late && r.nth == 0 }

// granted tells whose day for evidence is moved on request (WF-4).
func (r role) granted() bool { return r.kind == Late && r.nth == 0 }

// withdrawn tells whose case is withdrawn after the reply, talkedTo whose ends
// with 约谈 instead of a warning; rectifies who is warned and puts things right.
func (r role) withdrawn() bool { return r.kind == Incident && r.nth%4 == 1 }
func (r role) talkedTo() bool  { return r.kind == Incident && r.nth%4 == 2 }
func (r role) rectifies() bool { return r.kind == Incident && !r.withdrawn() && !r.talkedTo() }

// disputed tells on whose sheets two reviewers are far apart: every sixth.
func (r role) disputed() bool { return r.place%6 == 1 }

// dice is chance that is the same every time: the same seed, institution and
// matter give the same number below n.
func dice(seed uint64, n int, matter ...any) int {
	h := fnv.New64a()
	_ = binary.Write(h, binary.BigEndian, seed)
	_, _ = fmt.Fprint(h, matter...)
	x := h.Sum64()
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	return int(x % uint64(n))
}

// rows lists the rows for which the institution has evidence.
func (r role) rows(seed uint64) []int {
	count := 0
	switch r.kind {
	case Silent:
		return nil
	case Excellent:
		count = 14
	case Late:
		count = 9
	default:
		count = 9 + dice(seed, 4, r.Code, "rows")
	}
	skip := map[int]bool{}
	for n := 0; len(skip) < 14-count; n++ {
		skip[1+dice(seed, 14, r.Code, "skip", n)] = true
	}
	var rows []int
	for no := 1; no <= 14; no++ {
		if !skip[no] {
			rows = append(rows, no)
		}
	}
	return rows
}

// batch is the part of the rows that an institution hands in after a quarter,
// q from 0 to n-1.
func batch(rows []int, q, n int) []int { return rows[len(rows)*q/n : len(rows)*(q+1)/n] }

// The rows that matter to the story: an appealing institution is scored low on
// lowRow and asks about keptRow as well; reviewers differ on disputedRow.
const (
	disputedRow = 5
	spareRow    = 8 // tells reviewers apart when there are more than four
	lowRow      = 7
	keptRow     = 9
	outcomeRow  = 11 // 舆情: its outcome part falls for a determined event (AN-3)
	reportRow   = 12 // 突发事件: late 48-hour reports are considered (AN-12)
)

// lowered is by how much reviewers lower that outcome part.
const lowered = rubric.Point

var (
	lowMark    = 3 * rubric.Point
	raisedMark = 7 * rubric.Point
)

// mark is what a reviewer, by his place among them, gives a row.
func (r role) mark(seed uint64, row rubric.Row, reviewer int, evidence bool) rubric.Points {
	some := rubric.Half * rubric.Points(dice(seed, 2, r.Code, "mark", row.No, reviewer))
	switch {
	case r.kind == Appealing && row.No == lowRow:
		return lowMark
	case r.disputed() && row.No == disputedRow:
		return row.Max - rubric.Half - 2*rubric.Point*rubric.Points(reviewer%4)
	case r.disputed() && row.No == spareRow:
		return row.Max - rubric.Half - 2*rubric.Point*rubric.Points(reviewer/4%4)
	case r.kind == Excellent:
		return row.Max - some
	case r.kind == Incident && row.No == outcomeRow:
		return 3*rubric.Point + some
	}
	full := row.Max*3/4 + some // 7.5 of 10
	if row.Max < 10*rubric.Point {
		full = row.Max*4/5 + some // 4 of 5
	}
	if r.kind == Late {
		full -= rubric.Half
		if row.Max == 10*rubric.Point {
			full -= rubric.Half
		}
	}
	if !evidence {
		full -= rubric.Half
	}
	return full
}

// matter is an event that the officer registers.
type matter struct {
	clause, matter, title string
	points                rubric.Points
	activity, medium      string // that it names
	adoption              string // registered as an adoption (PL-3)
	claimed, refused      bool   // by the institution itself; and what becomes of it
	unrelated             bool   // as 评价复核 finds
	url                   string
}

// matters are the events of an institution's year.
func (r role) matters(year int) []matter {
	return append(r.claimsOf(year), r.registered(year)...)
}

// registered are the events that the officer registers.
func (r role) registered(year int) []matter {
	switch {
	case r.kind == Excellent:
		press := fmt.Sprintf("%s绿色认证宣传报道（%d年）", r.Name, year) // a matter counts once over the years
		all := []matter{
			{clause: "15.3a", matter: press, title: "中央媒体：" + press, points: 2 * rubric.Point, medium: "新华社"},
			{clause: "15.3b", matter: press, title: "其他中央媒体：" + press, points: rubric.Point, medium: "央广网"},
		}
		if r.merges() {
			all = append(all, matter{clause: "15.2d", title: fmt.Sprintf("%s绿色认证知识长图（%d年）", r.Name, year), points: rubric.Half, adoption: string(campaign.AdoptedSite)})
		}
		return all
	case r.contests():
		return []matter{{clause: "16.4", title: r.Name + "办公场所消防处罚", points: 3 * rubric.Point, unrelated: true}}
	case r.kind == Incident && r.nth%2 == 0:
		return []matter{
			{clause: "16.1", title: r.Name + "受到行政处罚并造成严重负面影响", points: 5 * rubric.Point},
			{clause: "16.2", title: r.Name + "获证产品质量事件引发负面舆情", points: 5 * rubric.Point},
		}
	case r.kind == Incident:
		return []matter{
			{clause: "16.1", title: r.Name + "受到行政处罚并造成严重负面影响", points: 5 * rubric.Point},
			{clause: "16.3", title: r.Name + "宣传内容违反新闻宣传纪律", points: 3 * rubric.Point},
			{clause: "16.4", title: r.Name + "发布信息失实", points: 3 * rubric.Point},
		}
	}
	return nil
}

// The ends of a year, as the outcome table names them.
const (
	endCertificate = "优秀单位证书"
	endReport      = "年度评价报告"
	endRaised      = "年度评价报告，复核提高"
	endKept        = "年度评价报告，复核维持"
	endLeft        = "已退出"
	endWarning     = "风险警示："
)

// expected is the end that the temperament leads to.
func (r role) expected() string {
	switch {
	case r.kind == Excellent:
		return endCertificate
	case r.kind == Leaving:
		return endLeft
	case r.loses():
		return endKept
	case r.kind == Appealing:
		return endRaised
	case r.withdrawn():
		return endWarning + campaign.Dismissed.Chinese()
	case r.talkedTo():
		return endWarning + campaign.Lesser.Chinese()
	case r.kind == Incident, r.wakes():
		return endWarning + campaign.Lifted.Chinese()
	case r.kind == Silent:
		return endWarning + campaign.Unrectified.Chinese()
	}
	return endReport
}

// papers is how many papers the year brings: the notice of the evaluation and
// the receipt of the self-score; then what is issued.
func (r role) papers() int { return r.enclosed() + r.issued() }

// enclosed are the papers that come with letters of every year: the notice, and
// the receipt of what was handed in.
func (r role) enclosed() int {
	if r.kind == Silent || r.kind == Leaving {
		return 1
	}
	return 2
}

// issued is how many papers are issued: the notices of the result and of
// the final result and the year's report; a certificate; the decision on an
// appeal; the three of a warning, or two of a case that ends with less.
func (r role) issued() int {
	more := r.matterPapers()
	switch {
	case r.kind == Leaving:
		return 0
	case r.nominates(): // and the certificate of the honour
		return 5 + more
	case r.kind == Excellent, r.kind == Appealing:
		return 4 + more
	case r.withdrawn(), r.talkedTo():
		return 5
	case r.kind == Incident, r.wakes():
		return 6
	case r.kind == Silent:
		return 5
	}
	return 3 + more
}

// letters is the least number of letters: the invitation, the call for the
// self-score, one for each paper, and a receipt for each act that gets one.
func (r role) letters() int {
	least := 2 + r.issued() + r.matterLetters()
	switch {
	case r.kind == Leaving: // plan, notice of the departure
		return least + 1
	case r.kind == Late: // two versions of the plan, self-score
		return least + 3
	case r.kind == Appealing: // plan, self-score, appeal
		return least + 3
	case r.withdrawn(), r.talkedTo(): // plan, self-score, reply
		return least + 3
	case r.kind == Incident: // plan, self-score, reply, acknowledgement, rectification plan, two reports
		return least + 7
	case r.wakes(): // acknowledgement, report
		return least + 2
	case r.kind == Silent:
		return least
	case r.kind == Midyear:
		return least + 1
	}
	return least + 2
}
