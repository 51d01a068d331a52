package web

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
)

// line is one record of the ledger as a sentence; Idx is its place there.
type line struct {
	Idx  int64
	At   time.Time
	Kind string
	Text string
	Tone string // "good", "bad" or ""
}

// record is what the leaves hold, over all kinds.
type record struct {
	Body struct {
		Version, N, ID, Row, Seat, Number, Institutions int
		Events                                          []int
		By, Reviewer, How, Key, Clause, Outcome, Role   string
		Register, Digest                                string
		Lines, Carried                                  int
		Stage                                           campaign.Stage
		Honour                                          campaign.HonourKind
		State                                           campaign.WarningState
		Act                                             campaign.WarningAct
		Task                                            campaign.Task
		Due, Day, Joined                                campaign.Day
		Accepted, Confirmed, Late, Scored, Rehearsal    bool
		Size                                            int64
		Total, Points, Before, After                    rubric.Points
	}
}

// reached tells how much of its result an institution has been told, from its leaves.
func reached(leaves []store.Leaf) (t teller) {
	t.open, t.hidden, t.void = map[int]bool{}, map[int]bool{}, map[ruled]bool{}
	rulings := map[[2]int]ruled{}
	for _, l := range leaves {
		r := parseRecord(l)
		switch l.Kind {
		case "stage":
			t.served = t.served || r.Body.Stage == campaign.Served
			t.final = t.final || r.Body.Stage == campaign.Final
		case "warning-state":
			t.noticed = t.noticed || r.Body.State == campaign.Noticed
		case "event":
			t.hidden[r.Body.ID] = strings.HasPrefix(r.Body.Clause, "16")
			t.open[r.Body.ID] = r.Body.By == "" // its own claim
		case "event-move":
			t.hidden[r.Body.ID] = t.hidden[r.Body.ID] && campaign.EventAct(r.Body.Act) != campaign.EventTell
		case "event-ruling":
			t.open[r.Body.ID] = true
			t.hidden[r.Body.ID] = t.hidden[r.Body.ID] && !r.Body.Confirmed
		case "appeal-ruling":
			rulings[[2]int{r.Body.Row, r.Body.N}] = ruledBy(l, r)
		case "ruling-void": // it was told of neither (AP-3, S8)
			t.void[rulings[[2]int{r.Body.Row, r.Body.N}]] = true
		}
	}
	return t
}

// hands tells whether a paper may be in the institution's hands: a notice of a
// result is printed before it is served, and waits until then.
func (t teller) hands(kind campaign.Paper) bool {
	switch kind {
	case campaign.ResultPaper:
		return t.served
	case campaign.FinalPaper, campaign.AppealPaper:
		return t.final
	}
	return true
}

// handed leaves out the papers that have not reached the institution.
func handed(papers []store.Paper, leaves []store.Leaf) []store.Paper {
	t := reached(leaves)
	return slices.DeleteFunc(papers, func(p store.Paper) bool { return !t.hands(p.Kind) })
}

// timelineLines tells an institution its own year: what it did and what
// reached it. Who scores, what is still weighed and letters between staff stay out.
func timelineLines(leaves []store.Leaf) []line {
	t := reached(leaves)
	return t.tell(slices.DeleteFunc(slices.Clone(leaves), func(l store.Leaf) bool { return !t.forInstitution(l) }))
}

// wholeTimeline tells staff everything; names turns ids into names.
func wholeTimeline(leaves []store.Leaf, names map[string]string) []line {
	return teller{staff: true, names: names}.tell(leaves)
}

// teller turns leaves into sentences for one kind of reader.
type teller struct {
	staff         bool
	names         map[string]string
	served, final bool         // what has reached the institution
	noticed       bool         // a case that it was told of (RW-4)
	open          map[int]bool // events that have been ruled on
	hidden        map[int]bool // leads that it was never told of (AN-16)
	void          map[ruled]bool
}

// ruled is a decision of 评价复核 on a row, with what it made of the row's events.
type ruled struct {
	row int
	by  string
	at  int64
}

func ruledBy(l store.Leaf, r record) ruled { return ruled{r.Body.Row, r.Body.By, l.At.UnixNano()} }

func parseRecord(l store.Leaf) (r record) {
	// a field of another type, as the id of a person, is left out; the rest is told
	_ = json.Unmarshal([]byte(l.Record), &r)
	return r
}

func (t teller) tell(leaves []store.Leaf) []line {
	out := make([]line, 0, len(leaves))
	for _, l := range leaves {
		r := parseRecord(l)
		text, tone := t.sentence(l.Kind, r)
		out = append(out, line{Idx: l.Idx, At: l.At, Kind: l.Kind, Text: text, Tone: tone})
	}
	return out
}

// forInstitution is the institution's right to see a leaf.
func (t teller) forInstitution(l store.Leaf) bool {
	r := parseRecord(l)
	b := r.Body
	switch l.Kind {
	case "entry", "extension", "extension-request", "extension-answer", "suspension", "suspension-end", "service", "left", "stage", "tickets-revoked", "links-replaced", "act-code", "act-code-try", "plan", "plan-review", "evidence", "register", "quarantine", "self-score", "appeal", "survey-answer",
		"incident", "incident-act", "clearance", "clearance-act", "clearance-file", "guidance-sent", "guidance-receipt":
		return true
	case "file-scan":
		return !b.Confirmed
	case "paper":
		return t.hands(paperKind(b.Key))
	case "basis-decision":
		return t.served
	case "result":
		return t.served && (b.Version == 1 || t.final)
	case "appeal-ruling":
		return t.final && !t.void[ruledBy(l, r)]
	case "event-amendment":
		return t.final && !t.hidden[b.ID] && !t.void[ruledBy(l, r)]
	case "event", "event-ruling":
		return t.open[b.ID] && !t.hidden[b.ID]
	case "event-move":
		return campaign.EventAct(b.Act) == campaign.EventTell || campaign.EventAct(b.Act) == campaign.EventReply
	case "matter":
		return !slices.ContainsFunc(b.Events, func(id int) bool { return t.hidden[id] })
	case "medium-request":
		return true
	case "late-honour":
		return true
	case "outcome":
		return b.Outcome != "warning" // a proposal is weighed first; the prior notice tells it (RW-4)
	case "warning-state":
		return t.noticed && b.State != campaign.Proposed && b.State.Outside() == b.State
	case "warning-act":
		return t.noticed && !b.Act.Inside()
	case "warning-served":
		return t.noticed
	case "case-file":
		return true
	case "mail":
		return letterFor(b.Key) == "institution"
	case "delivery":
		return letterFor(b.Key) == "institution"
	case "reply", "link-letter":
		return true
	}
	return false
}

// by names who acted: to staff with his name, to the institution as the office.
func (t teller) by(id string) string {
	switch {
	case !t.staff:
		return "主管部门"
	case id == "":
		return "系统"
	}
	return cmp.Or(t.names[id], id)
}
