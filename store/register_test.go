package store_test

import (
	"context"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

func registerVersion(id string, titles ...string) store.RegisterVersion {
	v := store.RegisterVersion{Register: id, Schema: campaign.KnownRegisters().Digest, Body: campaign.Filing{Rows: []campaign.Record{}}, ByName: "张三（主任）", At: at}
	for _, t := range titles {
		v.Body.Rows = append(v.Body.Rows, campaign.Record{"title": t})
	}
	return v
}

func registerFile(digest string) store.RegisterFile {
	return store.RegisterFile{Digest: digest, Name: "截图.png", Media: "image/png", Size: 9, ByName: "张三（主任）", At: at}
}

// Every save is a version: the newest stands, the others can be shown again.
func TestRegisterVersions(t *testing.T) {
	s, _ := storetest.Open(t)
	l := life(t, s)
	var last store.RegisterVersion
	for _, titles := range [][]string{{"一"}, {"一", "二"}, {}} {
		write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			last, err = tx.AddRegister(ctx, l.ref, registerVersion("media", titles...))
			return err
		})
	}
	all, err := s.RegisterVersions(t.Context(), l.ref, "media")
	ok(t, err)
	if len(all) != 3 || all[0].Version != 3 || len(all[1].Body.Rows) != 2 || all[0].Digest != last.Digest || all[1].Digest != store.Digest(all[1].Body) {
		t.Errorf("%+v", all)
	}
	now, err := s.RegistersOf(t.Context(), l.ref)
	ok(t, err)
	if len(now) != 2 || now[0].Register != "accounts" || now[1].Version != 3 {
		t.Errorf("newest: %+v", now)
	}
	next := campaign.Ref{Year: year + 1, Code: l.ref.Code}
	if here, before, err := s.RegistersOfTwo(t.Context(), next); err != nil || len(here) != 0 || len(before) != 2 || before[1].Version != 3 {
		t.Errorf("of two years: %v %v %v", here, before, err)
	}
	leaves, err := s.Leaves(t.Context(), l.ref)
	ok(t, err)
	n := 0
	for _, leaf := range leaves {
		if leaf.Kind == "register" {
			n++
			if strings.Contains(leaf.Record, "张三") || strings.Contains(leaf.Record, "官网") {
				t.Errorf("the ledger holds a name: %s", leaf.Record) // S11
			}
		}
	}
	if n != 4 {
		t.Errorf("%d leaves of registers", n)
	}
}

// AN-6: only the newest version of another institution names this one.
func TestNamedBy(t *testing.T) {
	s, _ := storetest.Open(t)
	l := life(t, s)
	other := storetest.Ref(year, 2)
	joint := registerVersion("joint", "联建")
	joint.Body.Rows[0]["partner"] = l.ref.Code
	save := func(v store.RegisterVersion) {
		write(t, s, func(ctx context.Context, tx *store.Tx) error { _, err := tx.AddRegister(ctx, other, v); return err })
	}
	named := func() int {
		all, err := s.NamedBy(t.Context(), l.ref, "joint", "partner")
		ok(t, err)
		return len(all)
	}
	if save(joint); named() != 1 {
		t.Errorf("named %d times, want once", named())
	}
	if save(registerVersion("joint")); named() != 0 {
		t.Error("an old version still names it")
	}
}

func TestRegisterConstraints(t *testing.T) {
	s, url := storetest.Open(t)
	l := life(t, s)
	nobody := campaign.Ref{Year: year, Code: storetest.Code(99)}
	for name, do := range map[string]func(ctx context.Context, tx *store.Tx) error{
		"of nobody": func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddRegister(ctx, nobody, registerVersion("media"))
			return err
		},
		"a faulty id": func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddRegister(ctx, l.ref, registerVersion("../x"))
			return err
		},
		"signed by nobody": func(ctx context.Context, tx *store.Tx) error {
			v := registerVersion("media")
			v.ByName = ""
			_, err := tx.AddRegister(ctx, l.ref, v)
			return err
		},
		"carried from itself": func(ctx context.Context, tx *store.Tx) error {
			v, y := registerVersion("media"), year
			v.CarriedFrom = &y
			_, err := tx.AddRegister(ctx, l.ref, v)
			return err
		},
		"an empty file": func(ctx context.Context, tx *store.Tx) error {
			f := registerFile(strings.Repeat("7", 64))
			f.Size = 0
			return tx.AddRegisterFile(ctx, l.ref, f)
		},
		"no reason": func(ctx context.Context, tx *store.Tx) error {
			return tx.AddQuarantine(ctx, store.Quarantined{Digest: digest, Year: year, Code: l.ref.Code, By: "o1", At: at})
		},
		"quarantined twice": func(ctx context.Context, tx *store.Tx) error {
			return tx.AddQuarantine(ctx, store.Quarantined{Digest: strings.Repeat("9", 64), Year: year, Code: l.ref.Code, Reason: "再次", By: "o1", At: at})
		},
	} {
		if err := try(s, do); err == nil || campaign.KindOf(err) == campaign.Internal {
			t.Errorf("%s: %v", name, err)
		}
	}
	// GL-5: past the house, too, nothing is kept without the declaration
	if _, err := owner(t, url).Exec(t.Context(), `insert into register_version select year, code, register, version + 1, schema, body, digest, false, carried_from, by_name, at from register_version`); err == nil {
		t.Error("an undeclared version was kept")
	}
}

func TestQuarantineIsFound(t *testing.T) {
	s, _ := storetest.Open(t)
	l := life(t, s)
	if f, err := s.RegisterFile(t.Context(), l.ref, digest); err != nil || f.Leaked {
		t.Errorf("%v %v", f, err)
	}
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		return tx.AddQuarantine(ctx, store.Quarantined{Digest: digest, Year: year, Code: l.ref.Code, Reason: "泄密", By: "o1", At: at})
	})
	q, err := s.RegisterFiles(t.Context(), l.ref)
	ok(t, err)
	if len(q) != 1 || !q[0].Leaked {
		t.Errorf("%v", q)
	}
	if held, err := s.Holds(t.Context(), storetest.Ref(year, 2), digest); err != nil || held {
		t.Errorf("held by another: %v %v", held, err)
	}
}
