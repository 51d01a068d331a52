package store

import (
	"context"
	"time"

	"xuanping/campaign"
)

// RegisterVersion is one save of a register by an institution.
type RegisterVersion struct {
	Register    string
	Version     int
	Schema      string // digest of the schema that it was checked by
	Body        campaign.Filing
	Digest      string
	CarriedFrom *int // the year before, when it was confirmed again and not typed
	ByName      string
	At          time.Time
}

// RegisterFile is a file that a row of a register names by its digest.
type RegisterFile struct {
	Digest string
	Name   string
	Media  string
	Size   int64
	ByName string
	At     time.Time
	Leaked bool // in quarantine
}

// Quarantined is a file that nobody is given any more (Art. 5, GL-5).
type Quarantined struct {
	Digest string
	Year   int
	Code   string
	Reason string
	By     string
	At     time.Time
}

const registerColumns = `register, version, schema, body, digest, carried_from, by_name, at`

// AddRegister writes the next version of a register. Only a declared one is
// kept: the caller has seen the declaration (GL-5).
func (tx *Tx) AddRegister(ctx context.Context, ref campaign.Ref, v RegisterVersion) (RegisterVersion, error) {
	v.Digest = Digest(v.Body)
	var err error
	v.Version, err = scalar[int](ctx, tx.Reader, `insert into register_version (year, code, register, version, schema, body, digest, declared, carried_from, by_name, at)
		select $1::int, $2::text, $3::text, coalesce(max(version), 0) + 1, $4, $5, $6, true, $7, $8, $9 from register_version where year = $1 and code = $2 and register = $3 returning version`,
		ref.Year, ref.Code, v.Register, v.Schema, v.Body, v.Digest, v.CarriedFrom, v.ByName, v.At)
	if err == nil {
		body := map[string]any{"register": v.Register, "version": v.Version, "lines": len(v.Body.Rows), "digest": v.Digest}
		if v.CarriedFrom != nil {
			body["carried"] = *v.CarriedFrom
		}
		tx.record("register", ref, v.At, body)
	}
	return v, err
}

// RegistersOf gives the newest version of each register of an institution's year.
func (r Reader) RegistersOf(ctx context.Context, ref campaign.Ref) ([]RegisterVersion, error) {
	return collect[RegisterVersion](ctx, r, `select distinct on (register) `+registerColumns+` from register_version
		where year = $1 and code = $2 order by register, version desc`, ref.Year, ref.Code)
}

// RegisterVersions gives every version of one register, newest first.
func (r Reader) RegisterVersions(ctx context.Context, ref campaign.Ref, register string) ([]RegisterVersion, error) {
	return collect[RegisterVersion](ctx, r, `select `+registerColumns+` from register_version
		where year = $1 and code = $2 and register = $3 order by version desc`, ref.Year, ref.Code, register)
}

// RegistersOfTwo gives the newest versions of this year and of the year before.
func (r Reader) RegistersOfTwo(ctx context.Context, ref campaign.Ref) (now, before []RegisterVersion, err error) {
	type version struct {
		Year int
		RegisterVersion
	}
	all, err := collect[version](ctx, r, `select distinct on (year, register) year, `+registerColumns+` from register_version
		where year in ($1::int, $1::int - 1) and code = $2 order by year, register, version desc`, ref.Year, ref.Code)
	for _, v := range all {
		if v.Year == ref.Year {
			now = append(now, v.RegisterVersion)
		} else {
			before = append(before, v.RegisterVersion)
		}
	}
	return now, before, err
}

// Naming is the newest version of another institution's register in which a
// row names this one.
type Naming struct {
	Code, Name string
	Body       campaign.Filing
}

// NamedBy finds where other institutions of the year name this one in a field
// of a register (AN-6).
func (r Reader) NamedBy(ctx context.Context, ref campaign.Ref, register, field string) ([]Naming, error) {
	return collect[Naming](ctx, r, `select v.code, i.name, v.body from register_version v join institution i using (code)
		where v.year = $1 and v.register = $3 and v.code <> $2 and v.body -> 'rows' @> jsonb_build_array(jsonb_build_object($4::text, $2::text))
		and not exists (select from register_version n where n.year = v.year and n.code = v.code and n.register = v.register and n.version > v.version)
		order by v.code`, ref.Year, ref.Code, register, field)
}

// AddRegisterFile notes a file; its bytes are in Blobs already. The same file
// again is the same file.
func (tx *Tx) AddRegisterFile(ctx context.Context, ref campaign.Ref, f RegisterFile) error {
	_, err := tx.exec(ctx, `insert into register_file (year, code, digest, name, media, size, by_name, at) values ($1,$2,$3,$4,$5,$6,$7,$8) on conflict do nothing`,
		ref.Year, ref.Code, f.Digest, f.Name, f.Media, f.Size, f.ByName, f.At)
	return err
}

// RegisterFiles lists the files that the registers of an institution's year name.
func (r Reader) RegisterFiles(ctx context.Context, ref campaign.Ref) ([]RegisterFile, error) {
	return collect[RegisterFile](ctx, r, `select digest, name, media, size, by_name, at, exists (select from quarantine q where q.digest = f.digest) leaked
		from register_file f where year = $1 and code = $2 order by digest`, ref.Year, ref.Code)
}

// RegisterFile finds one of them.
func (r Reader) RegisterFile(ctx context.Context, ref campaign.Ref, digest string) (RegisterFile, error) {
	return one[RegisterFile](ctx, r, `select digest, name, media, size, by_name, at, exists (select from quarantine q where q.digest = f.digest) leaked
		from register_file f where year = $1 and code = $2 and digest = $3`, ref.Year, ref.Code, digest)
}

// HandedSize sums what an institution has handed in, as evidence, in registers
// and with what it asks to be cleared, in bytes.
func (r Reader) HandedSize(ctx context.Context, ref campaign.Ref) (int64, error) {
	return scalar[int64](ctx, r, `select ((select coalesce(sum(size), 0) from evidence where year = $1 and code = $2)
		+ (select coalesce(sum(size), 0) from register_file where year = $1 and code = $2)
		+ (select coalesce(sum(size), 0) from clearance_file where year = $1 and code = $2))::bigint`, ref.Year, ref.Code)
}

// AddQuarantine takes a file out of everybody's hands; the caller removes its
// bytes once this is committed.
func (tx *Tx) AddQuarantine(ctx context.Context, q Quarantined) error {
	ref := campaign.Ref{Year: q.Year, Code: q.Code}
	_, err := tx.exec(ctx, `insert into quarantine (digest, year, code, reason, by, at) values ($1,$2,$3,$4,$5,$6)`, q.Digest, q.Year, q.Code, q.Reason, q.By, q.At)
	if err == nil {
		tx.record("quarantine", ref, q.At, map[string]any{"digest": q.Digest, "by": q.By, "reason": Digest(q.Reason)})
	}
	return err
}

// Quarantined finds why a file is not given out; NotFound when it is.
func (r Reader) Quarantined(ctx context.Context, digest string) (Quarantined, error) {
	return one[Quarantined](ctx, r, `select digest, year, code, reason, by, at from quarantine where digest = $1`, digest)
}

// Holds tells whether a file with this digest came from an institution in its
// year, whatever with, or was sent to it.
func (r Reader) Holds(ctx context.Context, ref campaign.Ref, digest string) (bool, error) {
	return scalar[bool](ctx, r, `select exists (select from (`+heldFiles+`) f where f.year = $1 and f.code = $2 and f.digest = $3)`, ref.Year, ref.Code, digest)
}
