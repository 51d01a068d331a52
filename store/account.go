package store

import (
	"context"
	"time"

	"xuanping/campaign"
)

// AccountBody is an account as it is to be; what an act does not touch is empty.
type AccountBody struct {
	Name     string        `json:"name,omitempty"`
	Email    string        `json:"email,omitempty"`
	Role     campaign.Role `json:"role,omitempty"`
	Province string        `json:"province,omitempty"`
	Employer string        `json:"employer,omitempty"`
	Limit    int           `json:"limit,omitempty"`
	Subject  string        `json:"subject,omitempty"` // at the identity provider
}

// AccountChange is what one person proposed for an account and, once another
// has decided, what he decided.
type AccountChange struct {
	N       int
	Account string
	Act     campaign.AccountAct
	Body    AccountBody
	Reason  string
	By      string
	At      time.Time

	Confirmed *bool
	Note      *string
	DecidedBy *string
	DecidedAt *time.Time
}

// Open tells whether nobody has decided yet.
func (c AccountChange) Open() bool { return c.Confirmed == nil }

const accountColumns = `c.n, c.account, c.act, c.body, c.reason, c.by, c.at, d.confirmed, d.note, d.by decided_by, d.at decided_at`

// AddAccountChange records a proposal and gives its number.
func (tx *Tx) AddAccountChange(ctx context.Context, c AccountChange) (int, error) {
	n, err := scalar[int](ctx, tx.Reader, `insert into account_change (n, account, act, body, reason, by, at)
		select coalesce(max(n), 0) + 1, $1, $2, $3, $4, $5, $6 from account_change returning n`, c.Account, string(c.Act), c.Body, c.Reason, c.By, c.At)
	if err == nil {
		tx.record("account-proposed", campaign.Ref{}, c.At, map[string]any{"n": n, "id": c.Account, "act": c.Act, "role": c.Body.Role, "by": c.By})
	}
	return n, err
}

// AddAccountDecision records what another person decided about a proposal.
func (tx *Tx) AddAccountDecision(ctx context.Context, c AccountChange, confirmed bool, note, by string, at time.Time) error {
	_, err := tx.exec(ctx, `insert into account_decision (n, confirmed, note, by, at) values ($1,$2,$3,$4,$5)`, c.N, confirmed, note, by, at)
	if err == nil {
		tx.record("account-decided", campaign.Ref{}, at, map[string]any{"n": c.N, "id": c.Account, "act": c.Act, "confirmed": confirmed, "by": by})
	}
	return err
}

// AccountChanges lists the proposals, the newest first.
func (r Reader) AccountChanges(ctx context.Context) ([]AccountChange, error) {
	return collect[AccountChange](ctx, r, `select `+accountColumns+` from account_change c left join account_decision d using (n) order by c.n desc`)
}

// AccountChange reads one proposal.
func (r Reader) AccountChange(ctx context.Context, n int) (AccountChange, error) {
	return one[AccountChange](ctx, r, `select `+accountColumns+` from account_change c left join account_decision d using (n) where c.n = $1`, n)
}

// Accounts lists all accounts, also those that are closed.
func (r Reader) Accounts(ctx context.Context) ([]Staff, error) {
	return collect[Staff](ctx, r, `select `+staffColumns+` from staff p order by p.id`)
}
