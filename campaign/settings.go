package campaign

import (
	"time"

	"xuanping/rubric"
)

func month(m int) time.Month { return time.Month(m) }

// Settings are the regulator's own choices, fixed at launch. The source gives
// none of them; pages and papers print them as settings.
type Settings struct {
	Issuer       string          `json:"issuer"`        // issuing name on letters (requirements §2 no. 38)
	Threshold    rubric.Points   `json:"threshold"`     // two marks of a row that differ by more call a third reviewer
	Excellent    rubric.Points   `json:"excellent"`     // total from which an institution is listed as excellent
	AppealDays   int             `json:"appeal_days"`   // working days for 评价复核, from service (AP-2)
	DecisionDays int             `json:"decision_days"` // working days to decide it
	ReplyDays    int             `json:"reply_days"`    // working days to answer a prior notice (RW-4)
	AckDays      int             `json:"ack_days"`      // working days after which a served warning counts as received
	RectifyDays  int             `json:"rectify_days"`  // calendar days for rectification (RW-6)
	SignDays     int             `json:"sign_days"`     // working days the signatories have before the officer is alerted
	Criteria     rubric.Criteria `json:"criteria"`      // Art. 32 criteria, in force before launch (RW-1)
	// HideSelfScore keeps the self-score from reviewers until they have scored (GL-29).
	HideSelfScore bool `json:"hide_self_score,omitempty"`
	RankedUntil   Day  `json:"ranked_until"` // joined after this day: 不参加排名 (requirements §2 no. 32)
}

// DefaultSettings proposes settings for a year.
func DefaultSettings(year int) Settings {
	return Settings{
		Issuer: "", Threshold: 150, Excellent: 90 * rubric.Point,
		AppealDays: 10, DecisionDays: 10, ReplyDays: 5, AckDays: 5, RectifyDays: 30, SignDays: 5,
		Criteria:    rubric.Criteria{Version: "示例标准-1", MinTotal: 60 * rubric.Point, UncappedDeduction: 10 * rubric.Point, LateReports: 2},
		RankedUntil: NewDay(year, 7, 1),
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
	if s.Threshold < 0 || s.Threshold > 10*rubric.Point {
		f["threshold"] = "分差阈值应在 0 至 10 分之间"
	}
	if s.Criteria.Version == "" {
		f["criteria"] = "风险警示标准须在启动前编号确定（第三十二条）"
	}
	if len(f) > 0 {
		return &Error{Kind: Invalid, Say: "年度设置有误，请按提示逐项修改", Fields: f}
	}
	return nil
}

// Honours tells whether a result earns the certificate: scored, ranked, and
// at least the total that was set before launch.
func (s Settings) Honours(scored, ranked bool, total rubric.Points) bool {
	return scored && ranked && total >= s.Excellent
}
