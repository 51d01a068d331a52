package campaign

import (
	"time"

	"xuanping/rubric"
)

func month(m int) time.Month { return time.Month(m) }

// Settings are the regulator's own choices, fixed at launch. The source gives
// none of them; pages and papers print them as settings.
type Settings struct {
	Issuer         string          `json:"issuer"`                     // issuing name on letters (requirements §2 no. 38)
	Threshold      rubric.Points   `json:"threshold"`                  // two marks of a row that differ by more call a third reviewer
	Excellent      rubric.Points   `json:"excellent"`                  // total from which an institution is listed as excellent
	AppealDays     int             `json:"appeal_days"`                // working days for 评价复核, from service (AP-2)
	DecisionDays   int             `json:"decision_days"`              // working days to decide it
	ReplyDays      int             `json:"reply_days"`                 // working days to answer a prior notice (RW-4)
	AckDays        int             `json:"ack_days"`                   // working days after which a served warning counts as received
	RectifyDays    int             `json:"rectify_days"`               // calendar days for rectification (RW-6)
	SignDays       int             `json:"sign_days"`                  // working days the signatories have before the officer is alerted
	Criteria       rubric.Criteria `json:"criteria"`                   // Art. 32 criteria, in force before launch (RW-1)
	RankedUntil    Day             `json:"ranked_until"`               // joined after this day: 不参加排名 (requirements §2 no. 32)
	Readings       rubric.Choices  `json:"readings,omitempty"`         // 口径 in force, frozen at launch (GL-35); none: all defaults
	WarnMonths     int             `json:"warn_months"`                // months a warning stands; 0: until it is lifted (RW-6)
	ReviewDays     int             `json:"review_days"`                // calendar days from service before a warning may be public (RW-7)
	HonourDays     int             `json:"honour_days"`                // working days of 公示 before an honour (PL-20)
	EventReplyDays int             `json:"event_reply_days,omitempty"` // working days to reply to a negative event (AN-16); 0: the default
	SpotItems      int             `json:"spot_items,omitempty"`       // items drawn of each list for spot checks; 0: the default
	Bases          []string        `json:"bases,omitempty"`            // laws and rules that letters may cite, approved by the legal unit (GL-34)
	EffectiveOn    Day             `json:"effective_on,omitempty"`     // facts before it are not judged by the guideline (第三十六条); "": the default
	// HideSelfScore keeps the self-score from reviewers until they have scored (GL-29).
	HideSelfScore bool `json:"hide_self_score,omitempty"`
	// NoCodes takes an institution's acts with legal effect without a code sent to its mailbox (S1).
	NoCodes bool `json:"no_codes,omitempty"`
}

// What holds where a year was launched before these settings existed. The source
// gives no day of publication: the plan's first year is taken, as a setting.
const (
	defaultEventReply = 5
	defaultSpotItems  = 3
	defaultEffective  = Day("2024-01-01")
)

// EventReply is how many working days an institution has to reply to a negative event.
func (s Settings) EventReply() int {
	if s.EventReplyDays > 0 {
		return s.EventReplyDays
	}
	return defaultEventReply
}

// Spots is how many items of each list are drawn.
func (s Settings) Spots() int {
	if s.SpotItems > 0 {
		return s.SpotItems
	}
	return defaultSpotItems
}

// Effective is the first day whose facts the guideline judges (GL-36).
func (s Settings) Effective() Day {
	if s.EffectiveOn != "" {
		return s.EffectiveOn
	}
	return defaultEffective
}

// DefaultSettings proposes settings for a year.
func DefaultSettings(year int) Settings {
	return Settings{
		Issuer: "", Threshold: 150, Excellent: 90 * rubric.Point,
		AppealDays: 10, DecisionDays: 10, ReplyDays: 5, AckDays: 5, RectifyDays: 30, SignDays: 5, WarnMonths: 12, ReviewDays: 60, HonourDays: defaultHonourDays,
		Criteria:    rubric.Criteria{Version: "示例标准-1", InForce: string(NewDay(year-1, 12, 1)), MinTotal: 60 * rubric.Point, UncappedDeduction: 10 * rubric.Point, LateReports: 2},
		RankedUntil: NewDay(year, 7, 1), EventReplyDays: defaultEventReply, SpotItems: defaultSpotItems, EffectiveOn: defaultEffective,
	}
}

// Check names every setting that cannot work.
func (s Settings) Check() error {
	f := map[string]string{}
	positive := func(key string, n int) {
		if n < 1 || n > 366 {
			f[key] = "请填写 1 至 366 之间的天数"
		}
	}
	positive("appeal_days", s.AppealDays)
	positive("decision_days", s.DecisionDays)
	positive("reply_days", s.ReplyDays)
	positive("ack_days", s.AckDays)
	positive("rectify_days", s.RectifyDays)
	positive("sign_days", s.SignDays)
	positive("review_days", s.ReviewDays)
	if s.WarnMonths < 0 || s.WarnMonths > 60 {
		f["warn_months"] = "警示期限应在 0 至 60 个月之间，0 表示不设期限"
	}
	if s.HonourDays != 0 {
		positive("honour_days", s.HonourDays)
	}
	positive("event_reply_days", s.EventReply())
	if s.EventReplyDays < 0 {
		f["event_reply_days"] = "请填写 1 至 366 之间的天数"
	}
	if s.SpotItems < 0 || s.SpotItems > 20 {
		f["spot_items"] = "每份清单抽查 1 至 20 件"
	}
	if _, err := ParseDay(string(s.Effective())); err != nil {
		f["effective_on"] = "请填写施行日，格式 2026-03-15（第三十六条）"
	}
	if s.Threshold < 0 || s.Threshold > 10*rubric.Point {
		f["threshold"] = "分差阈值应在 0 至 10 分之间"
	}
	if s.Criteria.Version == "" {
		f["criteria"] = "风险警示标准须在启动前编号确定（第三十二条）"
	}
	if err := s.Readings.Check(); err != nil {
		f["readings"] = err.Error()
	}
	if len(f) > 0 {
		return &Error{Kind: Invalid, Say: "年度设置有误，请按提示逐项修改", Fields: f}
	}
	return nil
}

// CriteriaBefore refuses criteria that were not in force before the launch, so
// that nobody is measured by what was decided afterwards (RW-1).
func (s Settings) CriteriaBefore(launch Day) error {
	f := map[string]string{}
	from := Day(s.Criteria.InForce)
	if _, err := ParseDay(string(from)); err != nil {
		f["criteria_from"] = "请填写标准的施行日期，格式 2026-03-15；标准须在启动前施行"
	} else if from >= launch {
		f["criteria_from"] = "标准的施行日期（" + from.Chinese() + "）应早于启动日（" + launch.Chinese() + "）"
	}
	if len(s.Criteria.Items()) == 0 {
		f["min_total"] = "风险警示标准至少应启用一项（第三十二条）"
	}
	if len(f) > 0 {
		return &Error{Kind: Invalid, Say: "风险警示标准有误，请按提示修改", Fields: f}
	}
	return nil
}

// Honours tells whether a result earns the certificate: scored, ranked, and
// at least the total that was set before launch.
func (s Settings) Honours(scored, ranked bool, total rubric.Points) bool {
	return scored && ranked && total >= s.Excellent
}
