package store_test

import (
	"context"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

// spots commits a seed, draws, checks and opens: one of everything of spot checks.
func spots(t testing.TB, s *store.Store, ref campaign.Ref) {
	t.Helper()
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		return first(
			func() error { return tx.CommitSpot(ctx, ref.Year, 3, campaign.RehearsalSeed(ref.Year), "o1", at) },
			func() error {
				_, err := tx.AddRegister(ctx, ref, registerVersion("three-reviews", "一", "二", "三"))
				return err
			},
			func() error { return tx.AddSpotDraw(ctx, spotDraw(ref, 2)) },
			func() error { return tx.AddSpotCheck(ctx, spotCheck(ref, 2, campaign.SpotSound, "")) },
			func() error { return tx.RevealSpot(ctx, ref.Year, at) },
		)
	})
}

func spotDraw(ref campaign.Ref, lines ...int) store.SpotDraw {
	return store.SpotDraw{Year: ref.Year, Code: ref.Code, Kind: campaign.SpotReviews, Version: 1, Total: 3, Lines: lines, By: "o1", At: at}
}

func spotCheck(ref campaign.Ref, line int, f campaign.SpotFinding, note string) store.SpotCheck {
	return store.SpotCheck{Year: ref.Year, Code: ref.Code, Kind: campaign.SpotReviews, Line: line, Finding: f, Note: note, By: "r1", At: at}
}

// §3 no. 5: until the results are public nobody reads the seed through the
// house; the key of one list, which a draw needs, does not tell it.
func TestSpotSeedIsSealed(t *testing.T) {
	s, url := storetest.Open(t)
	storetest.Campaign(t, s, year, false, 1)
	ref, seed := storetest.Ref(year, 1), campaign.RehearsalSeed(year)
	write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.CommitSpot(ctx, year, 3, seed, "o1", at) })
	app := owner(t, url)
	sql(t, app, "set role xuanping_app")
	for _, text := range []string{"select seed from sealed.spot_seed", "select * from sealed.spot_seed", "update sealed.spot_seed set seed = seed", "delete from sealed.spot_seed", "truncate sealed.spot_seed"} {
		refused(t, "application", app, text, "permission denied")
	}
	for _, text := range []string{"update sealed.spot_seed set seed = seed", "delete from sealed.spot_seed", "truncate sealed.spot_seed"} {
		refused(t, "owner", owner(t, url), text, "append-only")
	}
	if got := column[*string](t, app, "select spot_open($1)", year); got[0] != nil {
		t.Errorf("open before the results: %s", *got[0])
	}
	key, err := s.SpotKey(t.Context(), ref, campaign.SpotReviews)
	if ok(t, err); key != seed.Key(ref, campaign.SpotReviews) {
		t.Errorf("PostgreSQL and the house derive different keys")
	}
	if err := try(s, func(ctx context.Context, tx *store.Tx) error { return tx.RevealSpot(ctx, year, at) }); err == nil {
		t.Error("revealed before the results")
	}
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		return first(func() error { return tx.AddPublication(ctx, year, "o1", at, nil) }, func() error { return tx.RevealSpot(ctx, year, at) })
	})
	c, err := s.SpotCommit(t.Context(), year)
	if ok(t, err); c.Seed == nil || *c.Seed != seed.String() || c.Commitment != seed.Commitment() || c.Items != 3 {
		t.Errorf("%+v", c)
	}
	for _, table := range []string{"leaf", "intent"} {
		if n := column[int](t, owner(t, url), "select count(*)::int from "+table+" x where x::text like '%' || $1 || '%'", seed.String())[0]; n != 0 {
			t.Errorf("the seed stands in %s", table)
		}
	}
}

// A seed that was exchanged is noticed and cannot be opened as the committed one.
func TestSpotSeedExchanged(t *testing.T) {
	s, url := storetest.Open(t)
	storetest.Campaign(t, s, year, false, 1)
	if sound, err := s.SpotSound(t.Context(), year); err != nil || !sound {
		t.Errorf("a year without a seed: %v %v", sound, err)
	}
	if err := try(s, func(ctx context.Context, tx *store.Tx) error {
		return first(func() error { return tx.CommitSpot(ctx, year, 3, campaign.RehearsalSeed(year), "o1", at) },
			func() error { return tx.CommitSpot(ctx, year, 3, campaign.RehearsalSeed(year), "o1", at) })
	}); err == nil {
		t.Error("committed twice")
	}
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		return tx.CommitSpot(ctx, year, 3, campaign.RehearsalSeed(year), "o1", at)
	})
	boss := owner(t, url)
	sql(t, boss, "set session_replication_role = replica")
	sql(t, boss, "update sealed.spot_seed set seed = sha256(seed)")
	if sound, err := s.SpotSound(t.Context(), year); err != nil || sound {
		t.Errorf("exchanged: %v %v", sound, err)
	}
	err := try(s, func(ctx context.Context, tx *store.Tx) error {
		return first(func() error { return tx.AddPublication(ctx, year, "o1", at, nil) }, func() error { return tx.RevealSpot(ctx, year, at) })
	})
	if campaign.KindOf(err) != campaign.Conflict || !strings.Contains(err.Error(), "与启动时公布的承诺不符") {
		t.Errorf("%v", err)
	}
	if c, err := s.Campaign(t.Context(), year); err != nil || c.PublishedAt != nil {
		t.Errorf("published: %v %v", c.PublishedAt, err)
	}
}

// A list is drawn once; only drawn lines are looked at; what was found first stays.
func TestSpotDrawsAndChecks(t *testing.T) {
	s, _ := storetest.Open(t)
	l := life(t, s)
	spots(t, s, l.ref)
	for say, do := range map[string]func(ctx context.Context, tx *store.Tx) error{
		"该清单已经抽取": func(ctx context.Context, tx *store.Tx) error { return tx.AddSpotDraw(ctx, spotDraw(l.ref, 1)) },
		"该行没有被抽中": func(ctx context.Context, tx *store.Tx) error {
			return tx.AddSpotCheck(ctx, spotCheck(l.ref, 1, campaign.SpotSound, ""))
		},
		"请写明情况": func(ctx context.Context, tx *store.Tx) error {
			return tx.AddSpotCheck(ctx, spotCheck(l.ref, 2, campaign.SpotDead, ""))
		},
		"内容不符合要求": func(ctx context.Context, tx *store.Tx) error {
			return tx.AddSpotDraw(ctx, store.SpotDraw{Year: year, Code: l.ref.Code, Kind: campaign.SpotDisclosure, Version: 7, Total: 1, Lines: []int{1}, By: "o1", At: at})
		},
	} {
		if err := try(s, do); err == nil || !strings.Contains(err.Error(), say) {
			t.Errorf("%v, want %q", err, say)
		}
	}
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		return tx.AddSpotCheck(ctx, spotCheck(l.ref, 2, campaign.SpotAbsent, "没有终审记录"))
	})
	all, err := s.SpotDraws(t.Context(), campaign.Ref{Year: year})
	ok(t, err)
	if len(all) != 1 || len(all[0].Checks) != 2 || all[0].Open() != 0 || all[0].Check(2).Finding != campaign.SpotAbsent || all[0].Checks[0].Finding != campaign.SpotSound {
		t.Errorf("%+v", all)
	}
	leaves, err := s.Leaves(t.Context(), l.ref)
	ok(t, err)
	for _, leaf := range leaves {
		if strings.Contains(leaf.Record, "终审记录") {
			t.Errorf("the ledger holds words: %s", leaf.Record)
		}
	}
}
