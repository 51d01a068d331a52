package store

import (
	"context"
	"crypto/sha256"
	"time"

	"xuanping/campaign"
)

// Level says how far a login has come.
type Level string

// The levels of a session: all but the full one open one page each.
const (
	FullSession   Level = "full"
	CodeSession   Level = "code"   // the password was right, the one-time code is still to come
	ChangeSession Level = "change" // the password was for one login: he chooses his own
	EnrolSession  Level = "enrol"  // the house asks for a second factor and he has none
)

// How a session was opened.
const (
	ViaPassword = "password"
	ViaOIDC     = "oidc"
)

// Session is who is signed in and how.
type Session struct {
	Staff
	Level   Level
	Via     string
	Checked time.Time // when he last showed who he is
	Seen    time.Time // when the session was last noted as used
}

// Sessions end after half an hour without use and after eight hours in all (S5);
// one that is not full after ten minutes.
const (
	sessionIdle = 30 * time.Minute
	sessionLife = 8 * time.Hour
	sessionHalf = 10 * time.Minute
	wrongTries  = 5
)

func hashed(token []byte) []byte {
	h := sha256.Sum256(token)
	return h[:]
}

// AddSession opens a full session under the hash of its token.
func (s *Store) AddSession(ctx context.Context, token []byte, staff string, now time.Time) error {
	return s.OpenSession(ctx, token, staff, FullSession, ViaPassword, now)
}

// OpenSession opens a session under the hash of its token.
func (s *Store) OpenSession(ctx context.Context, token []byte, staff string, level Level, via string, now time.Time) error {
	return s.Write(ctx, func(tx *Tx) error {
		if _, err := tx.exec(ctx, `delete from session where seen_at < $1`, now.Add(-sessionLife)); err != nil {
			return err
		}
		_, err := tx.exec(ctx, `insert into session (token_hash, staff, created_at, seen_at, level, via) values ($1,$2,$3,$3,$4,$5)`, hashed(token), staff, now, string(level), via)
		return err
	})
}

// SessionOf finds who a session belongs to and notes that it was used.
func (s *Store) SessionOf(ctx context.Context, token []byte, now time.Time) (Session, error) {
	h := hashed(token)
	x, err := one[Session](ctx, s.Reader, `select `+staffColumns+`, s.level, s.via, coalesce(s.checked_at, s.created_at) checked, s.seen_at seen from session s join staff p on p.id = s.staff
		where s.token_hash = $1 and p.active and s.seen_at > $2 and s.created_at > $3 and (s.level = 'full' or s.created_at > $4)`,
		h, now.Add(-sessionIdle), now.Add(-sessionLife), now.Add(-sessionHalf))
	if err != nil || !x.Seen.Before(now.Add(-time.Minute)) { // noted once a minute: most requests write nothing
		return x, err
	}
	_, err = s.pool.Exec(ctx, `update session set seen_at = $2 where token_hash = $1 and seen_at < $2`, h, now)
	return x, translate(err)
}

// EndSession ends one session.
func (s *Store) EndSession(ctx context.Context, token []byte) error {
	_, err := s.pool.Exec(ctx, `delete from session where token_hash = $1`, hashed(token))
	return translate(err)
}

// WrongTry counts a wrong answer; the fifth ends the session.
func (s *Store) WrongTry(ctx context.Context, token []byte) error {
	_, err := s.pool.Exec(ctx, `with u as (update session set tries = tries + 1 where token_hash = $1 and tries < $2 returning token_hash)
		delete from session where token_hash = $1 and not exists (select from u)`, hashed(token), wrongTries-1)
	return translate(err)
}

// Rechecked notes that a person has shown once more who he is.
func (s *Store) Rechecked(ctx context.Context, token []byte, now time.Time) error {
	_, err := s.pool.Exec(ctx, `update session set checked_at = $2, tries = 0 where token_hash = $1`, hashed(token), now)
	return translate(err)
}

// Factor is a person's second factor; its secret is sealed.
type Factor struct {
	Secret      []byte
	ConfirmedAt *time.Time
	LastStep    int64
}

// Factor reads a person's second factor; NotFound when he has none.
func (r Reader) Factor(ctx context.Context, staff string) (Factor, error) {
	return one[Factor](ctx, r, `select secret, confirmed_at, last_step from factor where staff = $1`, staff)
}

// PutFactor keeps a secret that is not in use yet; one in use stays.
func (s *Store) PutFactor(ctx context.Context, staff string, secret []byte, now time.Time) error {
	_, err := s.pool.Exec(ctx, `insert into factor (staff, secret, made_at) values ($1,$2,$3)
		on conflict (staff) do update set secret = $2, made_at = $3 where factor.confirmed_at is null`, staff, secret, now)
	return translate(err)
}

// ConfirmFactor takes a second factor into use, with its recovery codes.
func (tx *Tx) ConfirmFactor(ctx context.Context, staff string, step int64, codes [][]byte, at time.Time) error {
	if _, err := tx.exec(ctx, `update factor set confirmed_at = $2, last_step = $3 where staff = $1 and confirmed_at is null`, staff, at, step); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, `delete from recovery where staff = $1`, staff); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, `insert into recovery (staff, hash) select $1, unnest($2::bytea[])`, staff, codes); err != nil {
		return err
	}
	tx.recordFactor(staff, "on", staff, at)
	return nil
}

// DropFactor takes a person's second factor out of use.
func (tx *Tx) DropFactor(ctx context.Context, staff, by string, at time.Time) error {
	if _, err := tx.exec(ctx, `delete from recovery where staff = $1`, staff); err != nil {
		return err
	}
	n, err := tx.exec(ctx, `delete from factor where staff = $1`, staff)
	if err == nil && n > 0 {
		tx.recordFactor(staff, "off", by, at)
	}
	return err
}

func (tx *Tx) recordFactor(staff, how, by string, at time.Time) {
	tx.record("factor", campaign.Ref{}, at, map[string]any{"id": staff, "how": how, "by": by})
}

// UseStep takes the time step of a code, once: false when it or a later one was taken.
func (s *Store) UseStep(ctx context.Context, staff string, step int64) (bool, error) {
	tag, err := s.pool.Exec(ctx, `update factor set last_step = $2 where staff = $1 and last_step < $2 and confirmed_at is not null`, staff, step)
	return tag.RowsAffected() == 1, translate(err)
}

// UseRecovery takes a recovery code, once.
func (s *Store) UseRecovery(ctx context.Context, staff string, hash []byte, at time.Time) (bool, error) {
	tag, err := s.pool.Exec(ctx, `update recovery set used_at = $3 where staff = $1 and hash = $2 and used_at is null`, staff, hash, at)
	return tag.RowsAffected() == 1, translate(err)
}

// OIDCLogin is a login on its way to the identity provider and back.
type OIDCLogin struct {
	Nonce    string
	Verifier string
	Next     string
	Again    bool
	At       time.Time
}

// AddOIDCLogin remembers a login that goes to the identity provider.
func (s *Store) AddOIDCLogin(ctx context.Context, state []byte, l OIDCLogin) error {
	if _, err := s.pool.Exec(ctx, `delete from oidc_login where at < $1`, l.At.Add(-sessionHalf)); err != nil {
		return translate(err)
	}
	_, err := s.pool.Exec(ctx, `insert into oidc_login (state_hash, nonce, verifier, next, again, at) values ($1,$2,$3,$4,$5,$6)`, hashed(state), l.Nonce, l.Verifier, l.Next, l.Again, l.At)
	return translate(err)
}

// TakeOIDCLogin finds a login that comes back, once.
func (s *Store) TakeOIDCLogin(ctx context.Context, state []byte, now time.Time) (OIDCLogin, error) {
	return one[OIDCLogin](ctx, s.Reader, `delete from oidc_login where state_hash = $1 and at > $2 returning nonce, verifier, next, again, at`, hashed(state), now.Add(-sessionHalf))
}

// StaffBySubject finds who a person of the identity provider is here.
func (r Reader) StaffBySubject(ctx context.Context, subject string) (Staff, error) {
	return one[Staff](ctx, r, `select `+staffColumns+` from staff p where subject = $1 and subject <> '' and active`, subject)
}
