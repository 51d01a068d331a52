package store

import (
	"context"
	"encoding/json"
	"time"

	"xuanping/campaign"
)

// Incident is a happening that must be reported within 48 hours (Art. 20).
type Incident struct {
	Year       int
	Code       string
	Name       string // of the institution
	N          int    // within the institution's year
	What       string
	Activity   string // which certification activity, where
	OccurredAt time.Time
	Due        time.Time
	By         string // '' the institution, else the officer who opened it
	At         time.Time
	Acts       []IncidentAct
}

// Ref names the institution's year.
func (i Incident) Ref() campaign.Ref { return campaign.Ref{Year: i.Year, Code: i.Code} }

// IncidentBody is what was said with an act.
type IncidentBody struct {
	Text         string             `json:"text,omitempty"`
	What         string             `json:"what,omitempty"` // of a report
	Activity     string             `json:"activity,omitempty"`
	DiscoveredAt time.Time          `json:"discovered_at,omitzero"`
	Relevance    campaign.Relevance `json:"relevance,omitempty"`
	Steps        map[string]string  `json:"steps,omitempty"` // by campaign.HandlingStep.Key
}

// IncidentAct is something done about an incident.
type IncidentAct struct {
	N      int
	K      int
	Act    campaign.IncidentAct
	Role   string
	By     string
	Signer string
	Body   IncidentBody
	Digest string
	At     time.Time
}

// Facts is what the rules read of the incident.
func (i Incident) Facts() campaign.IncidentFacts {
	f := campaign.IncidentFacts{OccurredAt: i.OccurredAt}
	for _, a := range i.Acts {
		f.Past = append(f.Past, campaign.IncidentPast{Act: a.Act, Role: a.Role, Relevance: a.Body.Relevance, At: a.At})
	}
	return f
}

// State is where the acts lead.
func (i Incident) State() campaign.IncidentState { return i.Facts().State() }

// Find gives the first act of a kind; nil when there is none.
func (i Incident) Find(act campaign.IncidentAct) *IncidentAct {
	for n := range i.Acts {
		if i.Acts[n].Act == act {
			return &i.Acts[n]
		}
	}
	return nil
}

const incidentColumns = `x.year, x.code::text code, i.name, x.n, x.what, x.activity, x.occurred_at, x.due, x.by, x.at,
	coalesce((select jsonb_agg(jsonb_build_object('N', a.n, 'K', a.k, 'Act', a.act, 'Role', a.role, 'By', a.by, 'Signer', a.signer, 'Body', a.body, 'Digest', a.digest, 'At', a.at) order by a.k)
		from incident_act a where a.year = x.year and a.code = x.code and a.n = x.n), '[]') acts`

// Incident reads an incident with its acts; NotFound when there is none.
func (r Reader) Incident(ctx context.Context, ref campaign.Ref, n int) (Incident, error) {
	return one[Incident](ctx, r, `select `+incidentColumns+` from incident x join institution i using (code) where x.year = $1 and x.code = $2 and x.n = $3`, ref.Year, ref.Code, n)
}

// Incidents lists an institution's incidents, and with code "" the campaign's, oldest first.
func (r Reader) Incidents(ctx context.Context, ref campaign.Ref) ([]Incident, error) {
	return collect[Incident](ctx, r, `select `+incidentColumns+` from incident x join institution i using (code)
		where x.year = $1 and ($2 = '' or x.code = $2) order by x.occurred_at, x.code, x.n`, ref.Year, ref.Code)
}

// LateReports counts the incidents whose lateness counts as of an instant (附件2 is
// silent; 第三十二条 criteria of the year).
func (r Reader) LateReports(ctx context.Context, ref campaign.Ref, now time.Time) (int, error) {
	all, err := r.Incidents(ctx, ref)
	n := 0
	for _, i := range all {
		if i.Facts().Counts(now) {
			n++
		}
	}
	return n, err
}

// AddIncident opens an incident and returns its number in the institution's year.
func (tx *Tx) AddIncident(ctx context.Context, i Incident) (int, error) {
	n, err := scalar[int](ctx, tx.Reader, `insert into incident (year, code, n, what, activity, occurred_at, due, by, at)
		select $1::int, $2::text, coalesce(max(n), 0) + 1, $3, $4, $5, $6, $7, $8 from incident where year = $1 and code = $2 returning n`,
		i.Year, i.Code, i.What, i.Activity, i.OccurredAt, campaign.ReportDue(i.OccurredAt), i.By, i.At)
	if err == nil {
		tx.record("incident", i.Ref(), i.At, map[string]any{"n": n, "by": i.By, "occurred": i.OccurredAt.UTC(), "what": Digest([]string{i.What, i.Activity})})
	}
	return n, err
}

// AddIncidentAct writes an act and returns its number in the incident.
func (tx *Tx) AddIncidentAct(ctx context.Context, ref campaign.Ref, a IncidentAct, late bool) (int, error) {
	body, _ := json.Marshal(a.Body)
	k, err := scalar[int](ctx, tx.Reader, `insert into incident_act (year, code, n, k, act, role, by, signer, body, digest, at)
		select $1::int, $2::text, $3::int, coalesce(max(k), 0) + 1, $4, $5, $6, $7, $8, $9, $10 from incident_act where year = $1 and code = $2 and n = $3 returning k`,
		ref.Year, ref.Code, a.N, string(a.Act), a.Role, a.By, a.Signer, body, a.Digest, a.At)
	if err == nil {
		tx.record("incident-act", ref, a.At, map[string]any{"n": a.N, "number": k, "act": a.Act, "role": a.Role, "by": a.By, "digest": a.Digest, "late": late})
	}
	return k, err
}
