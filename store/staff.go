package store

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"xuanping/campaign"
)

// Staff is a person on the regulator's side.
type Staff struct {
	ID       string
	Name     string
	Email    string
	Role     campaign.Role
	Password string // argon2id, encoded
	Active   bool
	Employer string // 统一社会信用代码 of where a reviewer works; "" when not known
	Limit    int    // seats of one campaign at most; 0: no limit
	Province string // of a local regulator; "" for all others
	Subject  string // at the identity provider; "" when he has none
	Once     bool   // the password is for one login
}

// staffColumns are those of Staff, from a staff table called p.
const staffColumns = `p.id, p.name, p.email, p.role, p.password, p.active, coalesce(p.employer_uscc, '') employer, coalesce(p.load_limit, 0) "limit", p.province, p.subject, p.once`

// PutStaff adds a person or changes him.
func (tx *Tx) PutStaff(ctx context.Context, p Staff, by string, at time.Time) error {
	_, err := tx.exec(ctx, `insert into staff (id, name, email, role, password, active, employer_uscc, load_limit, province, subject, once) values ($1,$2,$3,$4,$5,$6,nullif($7,''),nullif($8,0),$9,$10,$11)
		on conflict (id) do update set name = $2, email = $3, role = $4, password = $5, active = $6, employer_uscc = nullif($7,''), load_limit = nullif($8,0), province = $9, subject = $10, once = $11`,
		p.ID, p.Name, p.Email, string(p.Role), p.Password, p.Active, p.Employer, p.Limit, p.Province, p.Subject, p.Once)
	if err == nil { // a new password or role ends what the old one opened (S5)
		_, err = tx.exec(ctx, `delete from session where staff = $1`, p.ID)
	}
	if err == nil {
		tx.record("staff", campaign.Ref{}, at, map[string]any{"id": p.ID, "role": p.Role, "active": p.Active, "by": by})
	}
	return err
}

// Staff reads one person by id.
func (r Reader) Staff(ctx context.Context, id string) (Staff, error) {
	return one[Staff](ctx, r, `select `+staffColumns+` from staff p where id = $1`, id)
}

// StaffOf lists the active people of a role by id; "" lists everybody.
func (r Reader) StaffOf(ctx context.Context, role campaign.Role) ([]Staff, error) {
	return collect[Staff](ctx, r, `select `+staffColumns+` from staff p where active and ($1 = '' or role = $1) order by id`, string(role))
}

// Ticket is what a link in a letter allows.
type Ticket struct {
	Year      int
	Code      string
	Scope     string // "act" or "view"
	Intent    string
	IssuedAt  time.Time
	ExpiresAt time.Time
	RevokedAt *time.Time
}

// AddTicket writes a link's ticket under the hash of its id; again is no error.
func (tx *Tx) AddTicket(ctx context.Context, id []byte, t Ticket) error {
	h := sha256.Sum256(id)
	_, err := tx.exec(ctx, `insert into ticket (id_hash, year, code, scope, intent, issued_at, expires_at) values ($1,$2,$3,$4,$5,$6,$7) on conflict do nothing`,
		h[:], t.Year, t.Code, t.Scope, t.Intent, t.IssuedAt, t.ExpiresAt)
	tx.rowsOf = t.Year
	return err
}

// AddTicket writes one link's ticket, as Tx.AddTicket does among other things.
func (s *Store) AddTicket(ctx context.Context, id []byte, t Ticket) error {
	return s.Write(ctx, func(tx *Tx) error { return tx.AddTicket(ctx, id, t) })
}

// LinkName is what the next link of a letter is derived from (see ticket.Issue):
// the letter's key, or a further name when links of it were ended.
func (r Reader) LinkName(ctx context.Context, intent string) (string, error) {
	dead, err := r.Revoked(ctx, intent)
	if err != nil || dead == 0 {
		return intent, err
	}
	return fmt.Sprintf("%s#%d", intent, dead), nil
}

// Revoked counts the links of a letter that were ended.
func (r Reader) Revoked(ctx context.Context, intent string) (int, error) {
	return scalar[int](ctx, r, `select count(*) from ticket where intent = $1 and revoked_at is not null`, intent)
}

// Ticket finds a link's ticket.
func (r Reader) Ticket(ctx context.Context, id []byte) (Ticket, error) {
	h := sha256.Sum256(id)
	return one[Ticket](ctx, r, `select year, code, scope, intent, issued_at, expires_at, revoked_at from ticket where id_hash = $1`, h[:])
}

// UseTicket notes when a ticket was first and last used for an act. Its first
// act ends the links of the other letters that ask for the same task: a
// reminder left lying about opens nothing any more (S1g). One that was ended
// meanwhile, in this process or another, acts no more.
func (tx *Tx) UseTicket(ctx context.Context, id []byte, at time.Time) error {
	h := sha256.Sum256(id)
	t, err := one[struct {
		Year    int
		Code    string
		Fresh   bool
		Revoked bool
	}](ctx, tx.Reader, `select year, code, first_used is null fresh, revoked_at is not null revoked from ticket where id_hash = $1 for update`, h[:])
	switch {
	case campaign.KindOf(err) == campaign.NotFound && err != nil:
		return nil
	case err != nil:
		return err
	case t.Revoked:
		return campaign.Fail(campaign.TooLate, "链接已停用。请使用最新一封邮件中的链接，或联系经办人员重新发送")
	}
	if _, err = tx.exec(ctx, `update ticket set first_used = coalesce(first_used, $2), last_used = $2 where id_hash = $1`, h[:], at); err != nil || !t.Fresh {
		return err
	}
	n, err := tx.exec(ctx, `update ticket t set revoked_at = $2 from ticket mine join intent asked on asked.key = mine.intent, intent other
		where mine.id_hash = $1 and asked.body ->> 'task' <> '' and other.key = t.intent and other.body ->> 'task' = asked.body ->> 'task'
		and (t.year, t.code) = (mine.year, mine.code) and t.scope = 'act' and t.id_hash <> $1 and t.revoked_at is null`, h[:], at)
	if err == nil && n > 0 {
		tx.record("links-replaced", campaign.Ref{Year: t.Year, Code: t.Code}, at, map[string]any{"n": n})
	}
	return err
}

// LinkLetterMark stands in the intent of a link that was printed on paper (ML-5).
const LinkLetterMark = "/link-letter/"

// RevokeTickets ends all links of an institution's year and tells how many.
func (tx *Tx) RevokeTickets(ctx context.Context, ref campaign.Ref, by string, at time.Time) (int64, error) {
	n, err := tx.exec(ctx, `update ticket set revoked_at = $3 where year = $1 and code = $2 and revoked_at is null`, ref.Year, ref.Code, at)
	if err == nil {
		tx.record("tickets-revoked", ref, at, map[string]any{"n": n, "by": by})
	}
	return n, err
}

// ActedByLink tells whether anybody has handed in anything by one of the links of
// an institution's year. Who only opened one is not known: opening writes nothing (ML-3).
func (r Reader) ActedByLink(ctx context.Context, ref campaign.Ref) (bool, error) {
	return scalar[bool](ctx, r, `select exists (select from ticket where year = $1 and code = $2 and first_used is not null)`, ref.Year, ref.Code)
}
