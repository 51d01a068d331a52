package store

import (
	"context"
	"fmt"
	"time"

	"xuanping/campaign"
)

// Held tells whether a year's letters are kept back.
func (r Reader) Held(ctx context.Context, year int) (bool, error) {
	return scalar[bool](ctx, r, `select mail_held($1)`, year)
}

// SetHold keeps a year's letters back or lets them go; year 0 is every year.
func (tx *Tx) SetHold(ctx context.Context, hold bool, year int, by, reason string, at time.Time) error {
	act := "release"
	if hold {
		act = "hold"
	}
	var of any
	if year != 0 {
		of = year
	}
	_, err := tx.exec(ctx, `insert into outbox_gate (act, year, home, by, reason, at) values ($1,$2,'',$3,$4,$5)`, act, of, by, reason, at)
	if err == nil {
		tx.record("outbox", campaign.Ref{Year: year}, at, map[string]any{"how": act, "by": by})
	}
	return err
}

// home names the database that the score book lives in: that of its cluster
// and its own within it. A dump that is restored elsewhere finds another.
const home = `select (select system_identifier::text from pg_control_system()) || '/' || (select oid::text from pg_database where datname = current_database())`

// Settle looks whether the score book was moved since letters last went out:
// a restored backup does not know what was sent after it was made. Then every
// year's letters are kept back until somebody releases them (R10), and the
// workflows are told again what they were told in the last day before the dump:
// that of the engine was made a little earlier. Who has heard it before, hears it once.
func (s *Store) Settle(ctx context.Context, at time.Time) (moved bool, err error) {
	err = s.Write(ctx, func(tx *Tx) error {
		if _, err := tx.exec(ctx, `select pg_advisory_xact_lock(hashtext('outbox_gate'), 0)`); err != nil {
			return err
		}
		here, err := scalar[string](ctx, tx.Reader, home)
		if err != nil {
			return err
		}
		known, err := scalar[string](ctx, tx.Reader, `select coalesce((select home from outbox_gate where act = 'home' order by id desc limit 1), '')`)
		if err != nil || known == here {
			return err
		}
		moved = known != ""
		if _, err := tx.exec(ctx, `insert into outbox_gate (act, home, by, reason, at) values ('home',$1,'house','数据库所在位置',$2)`, here, at); err != nil || !moved {
			return err
		}
		last, err := scalar[time.Time](ctx, tx.Reader, `select coalesce(max(done_at), now()) from intent where kind = 'message'`)
		if err != nil {
			return err
		}
		n, err := tx.Retell(ctx, last.AddDate(0, 0, -1), "house", at)
		if err != nil {
			return err
		}
		return tx.SetHold(ctx, true, 0, "house", fmt.Sprintf("数据库已恢复到新的位置，核对前暂停发信；转储前一日内的 %d 条流程消息重新送达", n), at)
	})
	return moved && err == nil, err
}

// retold is the provider of a message that was accepted once and is told again, or
// follows such a one: its workflow may not be there yet.
const retold = "retold"

// Retell queues the messages again that were accepted since then, and tells how
// many: an engine restored from a dump may not have heard them. Who has heard one
// hears it once. They keep their places before those that wait already.
func (tx *Tx) Retell(ctx context.Context, since time.Time, by string, at time.Time) (int64, error) {
	if _, err := tx.exec(ctx, `update intent set provider = $1 where kind = 'message' and state in ('queued','sending')`, retold); err != nil {
		return 0, err
	}
	n, err := tx.exec(ctx, `update intent set state = 'queued', tries = 0, error = '', done_at = null, provider = $2
		where kind = 'message' and done_at >= $1 and (state = 'accepted' or state in ('refused','failed') and provider = $2)`, since, retold)
	if err == nil && n > 0 {
		tx.record("retell", campaign.Ref{}, at, map[string]any{"n": n, "by": by})
	}
	return n, err
}

// Waiting counts a year's letters that are due and not yet sent.
func (r Reader) Waiting(ctx context.Context, year int) (int, error) {
	return scalar[int](ctx, r, `select count(*) from intent where year = $1 and kind = 'mail' and state in ('queued','sending')`, year)
}
