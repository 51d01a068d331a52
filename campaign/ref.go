package campaign

import "fmt"

// Ref names one institution's year.
type Ref struct {
	Year int    `json:"year"`
	Code string `json:"code"`
}

// ID is the institution's year in one word, which is also the id of its
// workflow: 2027/CNCA-R-2002-001.
func (r Ref) ID() string { return fmt.Sprintf("%d/%s", r.Year, r.Code) }

// WarningID is its case of Article 32, and the id of that workflow.
func (r Ref) WarningID() string { return r.ID() + "/warning" }

// Rules are what a campaign decides by: fixed at launch, changed only by a
// message, and kept in every history so that it explains itself.
type Rules struct {
	Calendar Calendar `json:"calendar"`
	Settings Settings `json:"settings"`
	Holidays Holidays `json:"holidays"` // the campaign's year and the next
}

// Have is what the score book holds of an institution's year. Steps answer
// with it, so that a message that came late or never cannot lose a fact.
type Have struct {
	Plan      int    `json:"plan"`       // newest plan version, 0 none
	PlanState string `json:"plan_state"` // "" | submitted | returned | accepted
	Evidence  int    `json:"evidence"`   // rows 1–14 with evidence
	SelfScore int    `json:"self_score"` // newest version, 0 none
	Sheets    int    `json:"sheets"`     // reviewers' sheets handed in by those who hold a seat
	Appeal    []int  `json:"appeal,omitempty"`
	Undecided []int  `json:"undecided,omitempty"`
	Still     int    `json:"still,omitempty"` // number of the suspension that lasts, 0 none (WF-4)

	Extended []Granted `json:"extended,omitempty"` // of each task the extension granted last (WF-4)
}

// Granted is the day to which a task was extended.
type Granted struct {
	Task Task `json:"task"`
	Day  Day  `json:"day"`
}

// Nothing tells that the institution handed in nothing at all (WF-5).
func (h Have) Nothing() bool { return h.Plan == 0 && h.Evidence == 0 && h.SelfScore == 0 }
