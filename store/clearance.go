package store

import (
	"context"
	"encoding/json"
	"time"

	"xuanping/campaign"
)

// Clearance is a matter that needs leave before it reaches the public.
type Clearance struct {
	Year         int
	Code         string
	Name         string // of the institution
	N            int    // within the institution's year
	Kind         campaign.ClearanceKind
	Subject      string
	Content      string
	Channel      string
	Planned      time.Time
	Important    bool
	Urgent       bool
	UrgentReason string
	Signer       string
	Digest       string
	At           time.Time
	Acts         []ClearanceAct
	Files        []ClearanceFile
}

// Ref names the institution's year.
func (c Clearance) Ref() campaign.Ref { return campaign.Ref{Year: c.Year, Code: c.Code} }

// ClearanceBody is what was said with an act.
type ClearanceBody struct {
	Text       string `json:"text,omitempty"`       // reason, wording, result
	Conditions string `json:"conditions,omitempty"` // of an approval
	Number     int    `json:"number,omitempty"`     // of a decision, in its series
	Head       string `json:"head,omitempty"`       // 宣传负责人 who approved or reviewed
	Principal  string `json:"principal,omitempty"`  // 主要负责人
	Speaker    string `json:"speaker,omitempty"`    // 新闻发言人
	Secrecy    bool   `json:"secrecy,omitempty"`    // 保密关
	Ideology   bool   `json:"ideology,omitempty"`   // 意识形态关
}

// ClearanceAct is something done in a matter after it was asked for.
type ClearanceAct struct {
	N        int
	K        int
	Act      campaign.ClearanceAct
	Role     string
	By       string
	Signer   string
	Override string
	Day      campaign.Day
	Body     ClearanceBody
	Digest   string
	At       time.Time
}

// ClearanceFile is a document handed in with a matter.
type ClearanceFile struct {
	K      int
	Name   string
	Media  string
	Size   int64
	Digest string
	Signer string
	At     time.Time
}

// State is where the acts lead.
func (c Clearance) State() campaign.ClearanceState {
	past := []campaign.ClearancePast{{Act: campaign.ClearanceApply}}
	for _, a := range c.Acts {
		past = append(past, campaign.ClearancePast{Act: a.Act, Role: a.Role, Override: a.Override != ""})
	}
	return campaign.ReplayClearance(c.Kind, past)
}

// Find gives an act of the matter; nil when it was not done.
func (c Clearance) Find(act campaign.ClearanceAct) *ClearanceAct {
	for i := range c.Acts {
		if c.Acts[i].Act == act {
			return &c.Acts[i]
		}
	}
	return nil
}

// Decision is the regulator's; nil while there is none.
func (c Clearance) Decision() *ClearanceAct {
	if a := c.Find(campaign.ClearanceApprove); a != nil {
		return a
	}
	return c.Find(campaign.ClearanceRefuse)
}

// Early is the finding of Article 14: published before it was approved, or
// without approval.
func (c Clearance) Early() bool {
	p := c.Find(campaign.ClearancePublish)
	if c.Kind != campaign.PriorApproval || p == nil {
		return false
	}
	decided := campaign.Day("")
	if a := c.Find(campaign.ClearanceApprove); a != nil {
		decided = campaign.DayOf(a.At)
	}
	return campaign.PublishedEarly(p.Day, decided)
}

// SpokenWithMandate tells whether a press conference was led by a spokesperson
// with a mandate that day, or by who approved the message (第九条, 第十六条); true
// while it was not held.
func SpokenWithMandate(c Clearance, registers []RegisterVersion) bool {
	held := c.Find(campaign.PressHold)
	if c.Kind != campaign.PressConference || held == nil {
		return true
	}
	head := ""
	if a := c.Find(campaign.PressSettle); a != nil {
		head = a.Body.Head
	}
	var list []campaign.Record
	for _, v := range registers {
		if v.Register == "spokespersons" {
			list = v.Body.Rows
		}
	}
	return campaign.MaySpeak(list, held.Body.Speaker, head, campaign.DayOf(held.At))
}

const clearanceColumns = `x.year, x.code::text code, i.name, x.n, x.kind, x.subject, x.content, x.channel, x.planned, x.important, x.urgent, x.urgent_reason, x.signer, x.digest, x.at,
	coalesce((select jsonb_agg(jsonb_build_object('N', a.n, 'K', a.k, 'Act', a.act, 'Role', a.role, 'By', a.by, 'Signer', a.signer, 'Override', a.override, 'Day', coalesce(a.day::text, ''), 'Body', a.body, 'Digest', a.digest, 'At', a.at) order by a.k)
		from clearance_act a where a.year = x.year and a.code = x.code and a.n = x.n), '[]') acts,
	coalesce((select jsonb_agg(jsonb_build_object('K', f.k, 'Name', f.name, 'Media', f.media, 'Size', f.size, 'Digest', f.digest, 'Signer', f.signer, 'At', f.at) order by f.k)
		from clearance_file f where f.year = x.year and f.code = x.code and f.n = x.n), '[]') files`

// Clearance reads a matter with its acts and files; NotFound when there is none.
func (r Reader) Clearance(ctx context.Context, ref campaign.Ref, n int) (Clearance, error) {
	return one[Clearance](ctx, r, `select `+clearanceColumns+` from clearance x join institution i using (code) where x.year = $1 and x.code = $2 and x.n = $3`, ref.Year, ref.Code, n)
}

// Clearances lists an institution's matters, and with code "" the campaign's, oldest first.
func (r Reader) Clearances(ctx context.Context, ref campaign.Ref) ([]Clearance, error) {
	return collect[Clearance](ctx, r, `select `+clearanceColumns+` from clearance x join institution i using (code)
		where x.year = $1 and ($2 = '' or x.code = $2) order by x.at, x.code, x.n`, ref.Year, ref.Code)
}

// AddClearance opens a matter and returns its number in the institution's year.
func (tx *Tx) AddClearance(ctx context.Context, c Clearance) (int, error) {
	n, err := scalar[int](ctx, tx.Reader, `insert into clearance (year, code, n, kind, subject, content, channel, planned, important, urgent, urgent_reason, signer, digest, at)
		select $1::int, $2::text, coalesce(max(n), 0) + 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13 from clearance where year = $1 and code = $2 returning n`,
		c.Year, c.Code, string(c.Kind), c.Subject, c.Content, c.Channel, c.Planned, c.Important, c.Urgent, c.UrgentReason, c.Signer, c.Digest, c.At)
	if err == nil {
		tx.record("clearance", c.Ref(), c.At, map[string]any{"n": n, "how": c.Kind, "digest": c.Digest})
	}
	return n, err
}

// AddClearanceAct writes an act and returns its number in the matter.
func (tx *Tx) AddClearanceAct(ctx context.Context, ref campaign.Ref, a ClearanceAct) (int, error) {
	body, _ := json.Marshal(a.Body)
	k, err := scalar[int](ctx, tx.Reader, `insert into clearance_act (year, code, n, k, act, role, by, signer, override, day, body, digest, at)
		select $1::int, $2::text, $3::int, coalesce(max(k), 0) + 1, $4, $5, $6, $7, $8, $9::date, $10, $11, $12 from clearance_act where year = $1 and code = $2 and n = $3 returning k`,
		ref.Year, ref.Code, a.N, string(a.Act), a.Role, a.By, a.Signer, a.Override, date(a.Day), body, a.Digest, a.At)
	if err == nil {
		tx.record("clearance-act", ref, a.At, map[string]any{"n": a.N, "number": k, "act": a.Act, "role": a.Role, "by": a.By, "digest": a.Digest, "early": a.Override != "", "day": a.Day})
	}
	return k, err
}

// AddClearanceFile keeps a document of a matter and returns its number there.
func (tx *Tx) AddClearanceFile(ctx context.Context, ref campaign.Ref, n int, f ClearanceFile) (int, error) {
	k, err := scalar[int](ctx, tx.Reader, `insert into clearance_file (year, code, n, k, name, media, size, digest, signer, at)
		select $1::int, $2::text, $3::int, coalesce(max(k), 0) + 1, $4, $5, $6, $7, $8, $9 from clearance_file where year = $1 and code = $2 and n = $3 returning k`,
		ref.Year, ref.Code, n, f.Name, f.Media, f.Size, f.Digest, f.Signer, f.At)
	if err == nil {
		tx.record("clearance-file", ref, f.At, map[string]any{"n": n, "number": k, "digest": f.Digest})
	}
	return k, err
}
