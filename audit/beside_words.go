package audit

import (
	"strings"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// wrote are the records that a step leaves at the instant that it is asked for,
// letters by the first word of their keys.
var wrote = map[string][]string{
	contract.Enter.Name:     {"stage", "mail:launch", "mail:self-score", "mail:alert", "seat", "mail:seat"},
	contract.Remind.Name:    {"mail:remind", "mail:alert"},
	contract.Quarter.Name:   {"mail:quarter"},
	contract.Seat.Name:      {"seat", "mail:seat", "seat-end"},
	contract.Serve.Name:     {"result:1", "mail:result", "seat", "mail:seat", "mail:alert"},
	contract.Decider.Name:   {"decider", "mail:decider"},
	contract.Finalize.Name:  {"result:2", "mail:final", "mail:appeal-decision", "decider", "mail:decider", "mail:alert"},
	contract.Conclude.Name:  {"outcome", "mail:report", "mail:certificate", "mail:published"},
	contract.Alert.Name:     {"mail:alert"},
	contract.Departing.Name: {"left", "tickets-revoked"},
	contract.Warn.Name:      {"warning-state", "warning-act", "warning-served", "mail:warning", "late-honour", "mail:certificate"},

	contract.IncidentRemind.Name: {"mail:incident"}, contract.IncidentBreach.Name: {"mail:alert", "incident-act"}, contract.ClearanceCall.Name: {"mail:clearance", "mail:alert"},

	contract.AssignAll.Name: {"seat", "mail:seat", "mail:alert"}, contract.Publish.Name: {"warning", "mail:published"}, contract.Tell.Name: {"mail:rules"},
}

// printed are the papers that a step orders, on its day.
var printed = map[string][]campaign.Paper{
	contract.Enter.Name: {campaign.NoticePaper}, contract.Serve.Name: {campaign.ResultPaper}, contract.Finalize.Name: {campaign.FinalPaper, campaign.AppealPaper},
	contract.Conclude.Name: {campaign.YearReportPaper, campaign.CertificatePaper},
	contract.Warn.Name:     {campaign.PriorPaper, campaign.WarningPaper, campaign.LiftPaper, campaign.DismissPaper, campaign.LesserPaper, campaign.RevokePaper, campaign.ExpirePaper, campaign.CertificatePaper},
}

// alone are the kinds of records, and the letters and papers by the first word of
// their keys, that no history need tell of, and why.
var alone = map[string]string{
	"evidence": inquired, "register": inquired, "file-scan": inquired, "quarantine": inquired, "case-file": inquired, "clearance-file": inquired, "survey-answer": inquired, "observation": inquired,
	"event": inquired, "event-move": inquired, "event-ruling": inquired, "event-amendment": alongRuling, "matter": inquired, "medium-request": inquired, "honour": inquired, "honour-move": inquired, "objection": inquired, "objection-ruling": inquired,
	"guidance-sent": inquired, "guidance-receipt": inquired, "spot-draw": inquired, "spot-check": inquired, "liaison": inquired, "nudge": inquired, "conflict": inquired, "conflict-withdrawal": inquired, "declaration": inquired,
	"extension-request": inquired, "extension-answer": inquired, "warning-skip": inquired, "seat-end": inquired, "basis-decision": inquired, "ruling-void": inquired, "seat": reseated,
	"incident-act:follow-up": inquired, "incident-act:relevance": inquired, "incident-act:excuse": inquired, "clearance-act:publish": "流程已在批准时办结",

	"act-code": passing, "act-code-try": passing, "links-replaced": passing, "tickets-revoked": passing, "link-letter": passing, "export": passing, "requeue": passing, "retell": passing, "delivery": passing, "service": passing, "reply": passing, "outbox": passing, "rows": passing, "roster": passing,

	"mail:act-code": passing, "mail:new-link": passing, "mail:comment": passing, "mail:guidance": along, "mail:guidance-reminder": along, "mail:claim": along, "mail:nomination": along, "mail:honours": along,
	"mail:event-notice": along, "mail:event-ended": along, "mail:medium": along, "mail:extension-request": along, "mail:extension-refused": along, "mail:suspension": along, "mail:nudge": along, "mail:incident": along, "mail:clearance": along, "mail:alert": along, "mail:seat": reseated,

	"paper:receipt": along, "paper:incident-receipt": along, "paper:clearance": along, "paper:press-record": along, "paper:honour": along, "paper:prior/again": along,
}

const (
	inquired = "流程在需要时查询，不逐件告知"
	passing  = "访问、收发或导出的记录，不推进流程"
	along    = "随受理的事项一并发出"
	reseated = "经办人员改派"

	alongRuling = "随该项的复核决定一并作出"
)

// Unpaired tells of a line of the ledger whether a history must have its moment
// and has not; the year of an institution that was really played has no such line.
func (l Line) Unpaired() bool {
	if l.Leaf == nil || l.Beside != "" {
		return false
	}
	return alone[aloneWord(*l.Leaf)] == ""
}

func aloneWord(l store.Leaf) string {
	parts := strings.Split(bodyOf(l).Key, "/")
	switch {
	case l.Kind == "mail" && len(parts) > 2:
		return "mail:" + parts[2]
	case l.Kind == "paper" || l.Kind == "paper-order":
		if len(parts) > 4 && parts[4] == "again" { // with a notice that is served once more
			return "paper:" + parts[3] + "/again"
		}
		if len(parts) > 3 && parts[2] == "paper" {
			return "paper:" + parts[3]
		}
		return "paper:" + parts[len(parts)-1]
	case l.Kind == "incident-act" || l.Kind == "clearance-act":
		return l.Kind + ":" + string(bodyOf(l).Act)
	}
	return l.Kind
}
