package contract

import (
	"time"

	"xuanping/campaign"
	"xuanping/rubric"
)

// YearInput starts an institution's year.
type YearInput struct {
	Ref    Ref          `json:"ref"`
	Rules  Rules        `json:"rules"`
	Joined campaign.Day `json:"joined"` // the launch day, or later for a mid-year entrant
}

// YearOutcome is how an institution's year ended.
type YearOutcome struct {
	Stage campaign.Stage `json:"stage"` // Closed or Left
	Kind  string         `json:"kind"`  // OutcomeCertificate, OutcomeReport, OutcomeWarning; "" when Left
	Case  int            `json:"case,omitempty"`
	Total rubric.Points  `json:"total"`
}

// The ends of a year.
const (
	OutcomeCertificate = "certificate"
	OutcomeReport      = "report"
	OutcomeWarning     = "warning"
)

// EnterIn moves an institution to a stage: the stage is written, its tasks are
// opened with their due day and the letters of the stage are put in the outbox.
type EnterIn struct {
	Ref   Ref            `json:"ref"`
	Stage campaign.Stage `json:"stage"`
	At    time.Time      `json:"at"`
	Due   campaign.Day   `json:"due,omitempty"` // of the stage's task
}

// RemindIn asks for one rung of a task's ladder. The step looks whether the
// task is still open and sends nothing when it is not.
type RemindIn struct {
	Ref   Ref           `json:"ref"`
	Task  campaign.Task `json:"task"`
	Step  int           `json:"step"`
	After bool          `json:"after,omitempty"`
	Last  bool          `json:"last,omitempty"`
	First bool          `json:"first,omitempty"` // by the ladders of before 1.1
	Due   campaign.Day  `json:"due"`
	At    time.Time     `json:"at"`
}

// QuarterIn asks for the quarterly letter that names the rows without evidence.
type QuarterIn struct {
	Ref     Ref          `json:"ref"`
	Quarter int          `json:"quarter"` // 1…4
	At      time.Time    `json:"at"`
	Due     campaign.Day `json:"due"` // the close of evidence, with the institution's extension
}

// QuarterOut lists the rows 1–14 that still had no evidence.
type QuarterOut struct {
	Missing []int `json:"missing,omitempty"`
}

// SeatIn fills a reviewer's seat: 1 and 2 score blind, 3 is called when they
// differ. A filled seat whose reviewer is late is given to another.
type SeatIn struct {
	Ref  Ref          `json:"ref"`
	Seat int          `json:"seat"`
	At   time.Time    `json:"at"`
	Due  campaign.Day `json:"due"`
	// Vacated: somebody left a seat of the institution; a holder whose own day is not over keeps his.
	Vacated bool `json:"vacated,omitempty"`
}

// SeatOut names the reviewer by his id; empty when nobody is free of conflict.
type SeatOut struct {
	Reviewer string `json:"reviewer"`
}

// SheetsOut is the state of the double review.
type SheetsOut struct {
	Late   []int `json:"late,omitempty"`   // seats without a sheet
	Differ []int `json:"differ,omitempty"` // rows whose two marks differ by more than the threshold
	Third  bool  `json:"third,omitempty"`  // a third sheet is in
}

// AtIn is a step about an institution at an instant.
type AtIn struct {
	Ref Ref       `json:"ref"`
	At  time.Time `json:"at"`
}

// Served is a result that has reached the institution: its mail was accepted
// by the transport at the instant At, and the window for 评价复核 runs from it (AP-2).
type Served struct {
	Version int           `json:"version"`
	Scored  bool          `json:"scored"` // false: 未提交 (WF-5)
	Total   rubric.Points `json:"total"`
	At      time.Time     `json:"at"`
	Until   campaign.Day  `json:"until,omitempty"` // last day for 评价复核
}

// Outcome is what publication means for an institution.
type Outcome struct {
	Kind string `json:"kind"`
	Case int    `json:"case,omitempty"` // number of the proposed warning case
}

// AlertIn tells the officers that a silence needs them.
type AlertIn struct {
	Ref   Ref       `json:"ref"`
	About string    `json:"about"` // one of the Alert… codes
	At    time.Time `json:"at"`
}

// What officers are alerted to.
const (
	AlertReviewMissing  = "review-missing"  // a seat stayed silent after a substitute
	AlertBasis          = "basis"           // one sheet or an open difference: an officer decides, or another sheet comes
	AlertAppealSilent   = "appeal-silent"   // no decision in time: the marks stand
	AlertNoReviewer     = "no-reviewer"     // nobody is free of conflict
	AlertRulingVoid     = "ruling-void"     // rows whose decision became void wait for another, who may be missing
	AlertSeatsShort     = "seats-short"     // conflicts and limits leave seats empty
	AlertLateConflict   = "late-conflict"   // a conflict of a scorer, known after the result was formed
	AlertPublishDue     = "publish-due"     // publication day has come
	AlertNoticeDue      = "notice-due"      // a proposed case waits for its prior notice
	AlertSignaturesDue  = "signatures-due"  // a case waits for its signatures
	AlertRecheckDue     = "recheck-due"     // a rectification waits for its re-check
	AlertNotRectified   = "not-rectified"   // the day for rectification has passed in silence
	AlertPlanUnreviewed = "plan-unreviewed" // a plan was noted without review
	AlertUndeliverable  = "undeliverable"   // a letter or paper that a step waits for was refused
	AlertEventsUnruled  = "events-unruled"  // registered events wait for a ruling before the result
)

// How often officers are called to one thing; their letters say so.
const (
	PublishCalls = 10 // to publish: then their list of alerts is what remains; results are published by a person or not at all
	WarningCalls = 6  // to one turn of a case: then it waits without a timer; no silence decides it (RW-2)
)

// DepartIn ends a year early.
type DepartIn struct {
	Ref Ref       `json:"ref"`
	How string    `json:"how"` // withdrawn | revoked | merged
	At  time.Time `json:"at"`

	Successor string `json:"successor,omitempty"` // code of the institution that carries on
}

// The steps of an institution's year.
var (
	Enter     = Step[EnterIn, Have]{Name: "Enter", Say: "进入阶段", Try: 10 * time.Second}
	Remind    = Step[RemindIn, Have]{Name: "Remind", Say: "提醒", Try: 10 * time.Second}
	Quarter   = Step[QuarterIn, QuarterOut]{Name: "Quarter", Say: "季度提醒", Try: 10 * time.Second}
	Seat      = Step[SeatIn, SeatOut]{Name: "Seat", Say: "指派评审专家", Try: 10 * time.Second}
	Sheets    = Step[AtIn, SheetsOut]{Name: "Sheets", Say: "比对评审打分", Try: 10 * time.Second}
	Serve     = Step[AtIn, Served]{Name: "Serve", Say: "告知结果", Try: 30 * time.Second}
	Decider   = Step[SeatIn, SeatOut]{Name: "Decider", Say: "指派复核人", Try: 10 * time.Second}
	Finalize  = Step[AtIn, Served]{Name: "Finalize", Say: "确定结果", Try: 30 * time.Second}
	Conclude  = Step[AtIn, Outcome]{Name: "Conclude", Say: "年度收尾", Try: 30 * time.Second}
	Alert     = Step[AlertIn, None]{Name: "Alert", Say: "提请经办人员处理", Try: 10 * time.Second}
	Departing = Step[DepartIn, None]{Name: "Depart", Say: "退出本年度", Try: 10 * time.Second}
)

// PlanIn tells that a plan was submitted; PlanDecided that it was reviewed.
type (
	PlanIn struct {
		Version int       `json:"version"`
		Digest  string    `json:"digest"`
		At      time.Time `json:"at"`
	}
	PlanDecided struct {
		Version  int       `json:"version"`
		Accepted bool      `json:"accepted"`
		At       time.Time `json:"at"`
	}
	// SelfScoreIn tells that a self-score was certified.
	SelfScoreIn struct {
		Version int       `json:"version"`
		Digest  string    `json:"digest"`
		At      time.Time `json:"at"`
	}
	// SheetIn tells that a reviewer handed in his marks.
	SheetIn struct {
		Reviewer string    `json:"reviewer"`
		Seat     int       `json:"seat"`
		Digest   string    `json:"digest"`
		At       time.Time `json:"at"`
	}
	// VacatedIn tells that a seat's holder is gone, by declining, by a conflict
	// or by an officer's hand; marks he had given there count no more.
	VacatedIn struct {
		Seat int       `json:"seat"`
		How  string    `json:"how"`
		At   time.Time `json:"at"`
	}
	// AppealIn tells that 评价复核 was asked for, row by row.
	AppealIn struct {
		Rows   []int     `json:"rows"`
		Digest string    `json:"digest"`
		At     time.Time `json:"at"`
	}
	// AppealDecided tells that rows were decided.
	AppealDecided struct {
		Rows   []int     `json:"rows"`
		Digest string    `json:"digest"`
		At     time.Time `json:"at"`
	}
	// Extension moves one task's due day for one institution (WF-4).
	Extension struct {
		Task campaign.Task `json:"task"`
		Day  campaign.Day  `json:"day"`
		By   string        `json:"by"`
		At   time.Time     `json:"at"`
	}
	// Suspension tells that the institution's year stands still: nothing is asked
	// of it and none of its days runs out (WF-4).
	Suspension struct {
		N  int       `json:"n"` // the first of a year is 1
		By string    `json:"by"`
		At time.Time `json:"at"`
	}
	// Resumption tells that it goes on, with the day that its task is given back
	// to, where one was left.
	Resumption struct {
		N    int           `json:"n"` // of the suspension that ends
		By   string        `json:"by"`
		At   time.Time     `json:"at"`
		Task campaign.Task `json:"task,omitempty"`
		Day  campaign.Day  `json:"day,omitempty"`
	}
	// Unserved tells that the notice of the result did not reach the institution
	// after all: what bounced was not served, and the window stands still (AP-2).
	Unserved struct {
		At time.Time `json:"at"`
	}
	// Leaving ends the year early (WF-4).
	Leaving struct {
		How string `json:"how"`
		By  string `json:"by"`

		Successor string `json:"successor,omitempty"` // of one that is merged
	}
	// PublishedNow tells that results were published.
	PublishedNow struct {
		At time.Time `json:"at"`
	}
)

// The messages that an institution's year hears.
var (
	PlanInMsg        = Message[PlanIn, None]{"PlanIn"}
	PlanDecidedMsg   = Message[PlanDecided, None]{"PlanDecided"}
	SelfScoreInMsg   = Message[SelfScoreIn, None]{"SelfScoreIn"}
	SheetInMsg       = Message[SheetIn, None]{"SheetIn"}
	SeatVacatedMsg   = Message[VacatedIn, None]{"SeatVacated"}
	AppealInMsg      = Message[AppealIn, None]{"AppealIn"}
	AppealDecidedMsg = Message[AppealDecided, None]{"AppealDecided"}
	UnservedMsg      = Message[Unserved, None]{"Unserved"}
	ExtendMsg        = Message[Extension, None]{"Extend"}
	SuspendMsg       = Message[Suspension, None]{"Suspend"}
	ResumeMsg        = Message[Resumption, None]{"Resume"}
	LeaveMsg         = Message[Leaving, None]{"Leave"}
	RulesMovedMsg    = Message[Rules, None]{"RulesMoved"} // also heard by the campaign
	PublishedMsg     = Message[PublishedNow, None]{"Published"}
)
