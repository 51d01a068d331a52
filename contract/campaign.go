package contract

import (
	"time"

	"xuanping/campaign"
)

// CampaignInput starts a campaign.
type CampaignInput struct {
	Rules Rules `json:"rules"`
	// Told is set when the workflow continues as new: what has been done.
	Launched  bool `json:"launched,omitempty"`
	Assigned  bool `json:"assigned,omitempty"`
	Published bool `json:"published,omitempty"`
}

// CampaignOutcome is how a campaign ended.
type CampaignOutcome struct {
	Institutions int `json:"institutions"`
	Certificates int `json:"certificates"`
	Warnings     int `json:"warnings"` // cases proposed
}

// PageIn asks for one page of the campaign's institutions, in the order of codes.
type PageIn struct {
	Year  int       `json:"year"`
	After string    `json:"after"` // code of the last one of the page before
	At    time.Time `json:"at"`
}

// PageOut tells how far a page went.
type PageOut struct {
	Last  string `json:"last"` // "" when there is no further page
	Done  int    `json:"done"`
	Total int    `json:"total"`
}

// LaunchIn starts the years of one page of institutions.
type LaunchIn struct {
	Page  PageIn `json:"page"`
	Rules Rules  `json:"rules"`
}

// TellIn passes a message on to one page of running years: the new rules, or
// that results are published when Published is set.
type TellIn struct {
	Page      PageIn `json:"page"`
	Rules     *Rules `json:"rules,omitempty"`
	Published bool   `json:"published,omitempty"`
	Key       string `json:"key"` // makes the update ids of this telling
}

// AdmitIn starts the year of a mid-year entrant.
type AdmitIn struct {
	Ref   Ref       `json:"ref"`
	Rules Rules     `json:"rules"`
	At    time.Time `json:"at"`
}

// CampaignAt is a step about the whole campaign at an instant.
type CampaignAt struct {
	Year int          `json:"year"`
	At   time.Time    `json:"at"`
	Due  campaign.Day `json:"due,omitempty"`
	By   string       `json:"by,omitempty"` // id of the officer who asked
}

// PublishOut counts what publication brought.
type PublishOut struct {
	Institutions int `json:"institutions"`
	Outstanding  int `json:"outstanding"` // not final: nothing was published
	Certificates int `json:"certificates"`
	Warnings     int `json:"warnings"`
	// Unreviewed: 三审三校 of what would be published is not complete, or void (PL-4): nothing was published.
	Unreviewed bool `json:"unreviewed,omitempty"`
}

// The steps of a campaign.
var (
	Launch       = Step[LaunchIn, PageOut]{Name: "Launch", Say: "分页启动机构年度流程", Try: 2 * time.Minute, Beat: 30 * time.Second}
	Tell         = Step[TellIn, PageOut]{Name: "Tell", Say: "分页通知各机构流程", Try: 2 * time.Minute, Beat: 30 * time.Second}
	Admit        = Step[AdmitIn, None]{Name: "Admit", Say: "纳入年中新增机构", Try: 10 * time.Second}
	AssignAll    = Step[CampaignAt, None]{Name: "AssignAll", Say: "指派全部评审专家", Try: 30 * time.Second}
	Publish      = Step[CampaignAt, PublishOut]{Name: "Publish", Say: "公布结果", Try: time.Minute}
	Report       = Step[CampaignAt, None]{Name: "Report", Say: "编制专题报告", Try: 2 * time.Minute}
	CampaignCall = Step[AlertCampaign, None]{Name: "CampaignCall", Say: "提请经办人员处理", Try: 10 * time.Second}
)

// AlertCampaign tells the officers that the campaign needs them.
type AlertCampaign struct {
	Year  int       `json:"year"`
	About string    `json:"about"`
	Step  int       `json:"step"`
	At    time.Time `json:"at"`
}

// PublishAsk asks the campaign to publish; By is the officer's id.
type PublishAsk struct {
	By string `json:"by"`
}

// AdmitAsk asks the campaign to take in a mid-year entrant.
type AdmitAsk struct {
	Code string `json:"code"`
	By   string `json:"by"`
}

// The messages that a campaign hears, besides RulesMovedMsg.
var (
	PublishMsg = Message[PublishAsk, None]{"Publish"}
	AdmitMsg   = Message[AdmitAsk, None]{"Admit"}
)
