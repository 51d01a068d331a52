package web

import (
	"context"
	"time"

	"xuanping/campaign"
	"xuanping/store"
)

// accountShots are the pages of accounts, logins and readings.
func (b *bureau) accountShots() []shot {
	b.write(func(ctx context.Context, tx *store.Tx) {
		for i, id := range []string{"xinren", "o2"} {
			act := []campaign.AccountAct{campaign.AccountAdd, campaign.AccountPassword}[i]
			c := store.AccountChange{Account: id, Act: act, Reason: "任免文件〔2026〕3号", By: "m1", At: b.day}
			if act == campaign.AccountAdd {
				c.Body = store.AccountBody{Name: "新任示例", Email: "xinren@staff.example", Role: campaign.Reviewer, Limit: 12}
			}
			n, err := tx.AddAccountChange(ctx, c)
			b.ok(err)
			if c.N = n; act == campaign.AccountPassword {
				b.ok(tx.AddAccountDecision(ctx, c, true, "", "a1", b.day))
			}
		}
		b.ok(tx.AddPublication(ctx, testYear, "o1", b.day, []int{}))
	})
	for i, kind := range []string{store.ReadFile, store.ReadInstitution, store.ReadExport} {
		b.ok(b.store.AddReading(b.t.Context(), store.Reading{Staff: []string{"o1", "r1", "u1"}[i], Kind: kind, Year: testYear, Code: "CNCA-R-2002-002", Item: "7", Page: "GET /office/{year}/i/{code}/evidence/{id}", At: b.day}))
	}
	return []shot{{"o1", "me", "/me"}, {"o1", "password", "/me/password"}, {"o1", "factor", "/me/factor"}, {"waiting", "code", "/login/code"},
		{"m1", "accounts", "/accounts"}, {"m1", "account-new", "/accounts/new"}, {"a1", "account-change", "/accounts/changes/1"},
		{"u1", "readings-log", "/audit/readings"}, {"h1", "association", "/association"}, {"h1", "association-year", "/association/2025"}}
}

// waiting is a login whose code is still to come.
func (b *bureau) waiting() *person { return b.session("o1", store.CodeSession, time.Now()) }
