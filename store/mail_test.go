package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

// postal writes one of everything that has to do with mail, under the letter k/mail.
func postal(t testing.TB, s *store.Store, ref campaign.Ref) {
	t.Helper()
	queue(t, s, mail(ref, "k/postal"))
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		if _, _, err := tx.AddMailEvent(ctx, report("e1", "k/postal", store.Delivered), at); err != nil {
			return err
		}
		if err := tx.SetHold(ctx, true, 0, "o1", "恢复备份", at); err != nil {
			return err
		}
		_, err := tx.AddReply(ctx, store.Reply{Year: ref.Year, Code: ref.Code, Message: digest, Thread: "k/postal", Body: "已收到", At: at},
			[]store.ReplyFile{{N: 1, Name: "a.exe", Refused: "只接受 PDF"}})
		return err
	})
}

func report(id, key string, state store.Delivery) store.MailEvent {
	return store.MailEvent{ID: id, Key: key, Kind: "test", State: state, Provider: "sg-" + key, At: at}
}

var reports = []store.Delivery{store.Unreported, store.Sent, store.Deferred, store.Delivered, store.Dropped, store.Bounced}

// S4: the join of reports is commutative, associative and idempotent, so any
// order and repetition of a set ends alike.
func TestS4DeliveryIsALattice(t *testing.T) {
	any := rapid.SampledFrom(reports)
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := any.Draw(t, "a"), any.Draw(t, "b"), any.Draw(t, "c")
		if store.Further(a, b) != store.Further(b, a) || store.Further(a, store.Further(b, c)) != store.Further(store.Further(a, b), c) || store.Further(a, a) != a {
			t.Fatalf("%q %q %q", a, b, c)
		}
		all := rapid.SliceOfN(any, 1, 12).Draw(t, "reports")
		end := func(all []store.Delivery) (d store.Delivery) {
			for _, r := range all {
				d = store.Further(d, r)
			}
			return d
		}
		if mixed := rapid.Permutation(append(append([]store.Delivery{}, all...), all...)).Draw(t, "again"); end(all) != end(mixed) {
			t.Fatalf("%v ends %q, %v ends %q", all, end(all), mixed, end(mixed))
		}
	})
}

// S4 in the score book: permutations and repetitions of the same reports leave
// the same letter, the same events and the same set of ledger records, but for
// the rows' digests, which cover the key and so differ between two letters.
func TestS4OrderAndRepetition(t *testing.T) {
	s, url := storetest.Open(t)
	storetest.Campaign(t, s, year, false, 1)
	ref, boss := storetest.Ref(year, 1), owner(t, url)
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		if n++; n > 25 {
			return // each draws a letter of its own; the pure lattice above has the long run
		}
		set := rapid.SliceOfN(rapid.SampledFrom(reports[1:]), 1, 5).Draw(rt, "set")
		var ends [2]string
		for side := range ends {
			key := fmt.Sprintf("2025/x/%d/%d", n, side)
			queue(t, s, mail(ref, key))
			order := rapid.Permutation(append(index(set), index(set)...)).Draw(rt, "order")
			for _, i := range order {
				write(t, s, func(ctx context.Context, tx *store.Tx) error {
					_, _, err := tx.AddMailEvent(ctx, report(fmt.Sprintf("%s-%d", key, i), key, set[i]), at)
					return err
				})
			}
			ends[side] = strings.ReplaceAll(strings.Join(append(
				column[string](t, boss, `select state || ' ' || delivery from intent where key = $1`, key),
				column[string](t, boss, `select (record::jsonb - 'rows')::text r from leaf where kind = 'delivery' and record like '%' || $1 || '%' order by r`, key)...), "\n"), key, "K")
		}
		if ends[0] != ends[1] {
			rt.Fatalf("%v ends\n%s\nand\n%s", set, ends[0], ends[1])
		}
	})
}

func index[T any](all []T) (out []int) {
	for i := range all {
		out = append(out, i)
	}
	return out
}

// S4: 1,000 replays of one report are one effect; one about another's letter,
// or of a kind that says nothing about delivery, is none.
func TestS4ReplayIsOneEffect(t *testing.T) {
	s, url := storetest.Open(t)
	storetest.Campaign(t, s, year, false, 1)
	queue(t, s, mail(storetest.Ref(year, 1), "k"))
	effects := 0
	tell := func(e store.MailEvent) (f store.Fate) {
		write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			var news bool
			f, news, err = tx.AddMailEvent(ctx, e, at)
			if news {
				effects++
			}
			return err
		})
		return f
	}
	tell(report("other", "2099/stranger", store.Bounced))
	tell(report("spam", "k", store.Unreported))
	for i := range 1000 {
		if f := tell(report("e1", "k", store.Bounced)); f.Lost() != (i == 0) {
			t.Fatalf("replay %d: %+v", i, f)
		}
	}
	boss := owner(t, url)
	leaves := column[int64](t, boss, `select count(*) from leaf where kind = 'delivery'`)[0]
	if events := column[int64](t, boss, `select count(*) from mail_event`)[0]; effects != 1 || leaves != 1 || events != 2 {
		t.Errorf("%d effects, %d leaves, %d events", effects, leaves, events)
	}
}

// R3: a receipt ends what nobody got an answer for, and the worker that was
// still at it neither sends nor ends it again.
func TestR3EarlyReceiptEndsALetter(t *testing.T) {
	s, _ := storetest.Open(t)
	storetest.Campaign(t, s, year, false, 1)
	queue(t, s, mail(storetest.Ref(year, 1), "k"))
	jobs, err := s.Take(t.Context(), store.MailIntent, 9)
	ok(t, err)
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		_, _, err := tx.AddMailEvent(ctx, report("e1", "k", store.Sent), at)
		return err
	})
	if ours, err := s.SentAs(t.Context(), jobs[0], "launch@1"); ours || err != nil {
		t.Errorf("handed over again: %v %v", ours, err)
	}
	if ours, err := s.Done(t.Context(), jobs[0], "failed", "", "x", at); ours || err != nil {
		t.Errorf("ended again: %v %v", ours, err)
	}
	m, err := s.MailForOffice(t.Context(), "k")
	ok(t, err)
	if m.State != "accepted" || m.Delivery != store.Sent {
		t.Errorf("%+v", m)
	}
}

// A letter whose worker died is told apart: before it was handed over it may go
// at once, after that it may have arrived.
func TestR3CutOff(t *testing.T) {
	s, url := storetest.Open(t)
	storetest.Campaign(t, s, year, false, 1)
	boss := owner(t, url)
	queue(t, s, mail(storetest.Ref(year, 1), "k"))
	for _, c := range []struct{ handed, cut bool }{{false, false}, {true, false}, {false, true}} {
		jobs, err := s.Take(t.Context(), store.MailIntent, 9)
		ok(t, err)
		if len(jobs) != 1 || jobs[0].Cut != c.cut {
			t.Fatalf("%+v, want cut %v", jobs, c.cut)
		}
		if c.handed {
			if ours, err := s.SentAs(t.Context(), jobs[0], "launch@1"); !ours || err != nil {
				t.Fatal(ours, err)
			}
		}
		sql(t, boss, `update intent set taken_at = now() - interval '11 seconds'`)
	}
	j, err := s.TakeOne(t.Context(), "k")
	if ok(t, err); !j.Cut {
		t.Errorf("%+v", j)
	}
}

// R10: a dump restored elsewhere sends nothing until somebody has looked.
func TestR10HoldAfterRestore(t *testing.T) {
	s, url := storetest.Open(t)
	storetest.Campaign(t, s, year, false, 1)
	queue(t, s, mail(storetest.Ref(year, 1), "k"))
	settle := func() bool { moved, err := s.Settle(t.Context(), at); ok(t, err); return moved }
	taken := func() int {
		jobs, err := s.Take(t.Context(), store.MailIntent, 9)
		ok(t, err)
		for _, j := range jobs {
			ok(t, s.Later(t.Context(), j, "", 0))
		}
		return len(jobs)
	}
	if first, again := settle(), settle(); first || again || taken() != 1 {
		t.Error("held where it was made")
	}
	told := func(key string, ago time.Duration) string { // "" reads
		if ago > 0 {
			queue(t, s, store.Intent{Key: key, Kind: store.MessageIntent, Ref: storetest.Ref(year, 1), Body: map[string]string{}})
			j, err := s.TakeOne(t.Context(), key)
			ok(t, err)
			_, err = s.Done(t.Context(), j, "accepted", "", "", at.Add(-ago))
			ok(t, err)
		}
		j, err := s.TakeOne(t.Context(), key)
		ok(t, err)
		return j.State
	}
	if told("last", time.Minute) != "accepted" || told("today", 20*time.Hour) != "accepted" || told("before", 25*time.Hour) != "accepted" {
		t.Fatal("told")
	}
	sql(t, owner(t, url), `alter table outbox_gate disable trigger all; update outbox_gate set home = 'elsewhere'; alter table outbox_gate enable trigger all`)
	if first, again := settle(), settle(); !first || again {
		t.Error("a move is noticed once")
	}
	if _, err := s.TakeOne(t.Context(), "k"); taken() != 0 || campaign.KindOf(err) != campaign.Conflict {
		t.Errorf("letters go out before anybody looked: %v", err)
	}
	if told("last", 0) != "sending" || told("today", 0) != "sending" || told("before", 0) != "accepted" {
		t.Error("the engine's dump is older: it is told again what it was told in the last day before, and nothing older")
	}
	queue(t, s, store.Intent{Key: "m", Kind: store.MessageIntent, Ref: storetest.Ref(year, 1), Body: map[string]string{}})
	if jobs, err := s.Take(t.Context(), store.MessageIntent, 9); err != nil || len(jobs) != 1 {
		t.Errorf("messages are held too: %v %v", jobs, err)
	}
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		return tx.SetHold(ctx, false, year, "o1", "已核对", at)
	})
	if held, err := s.Held(t.Context(), year); held || err != nil || taken() != 1 {
		t.Errorf("still held: %v %v", held, err)
	}
	if held, err := s.Held(t.Context(), year+1); !held || err != nil {
		t.Errorf("another year was let go: %v", err)
	}
}

// S3: the same message is one comment, whatever comes with it.
func TestS3SameReplyOnce(t *testing.T) {
	s, url := storetest.Open(t)
	storetest.Campaign(t, s, year, false, 1)
	ref := storetest.Ref(year, 1)
	postal(t, s, ref)
	news := 0
	for range 100 {
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			again, err := tx.AddReply(ctx, store.Reply{Year: ref.Year, Code: ref.Code, Message: digest, Thread: "k/postal", Body: "改过", At: at.Add(time.Hour)}, nil)
			if again {
				news++
			}
			return err
		})
	}
	boss := owner(t, url)
	if n := column[int64](t, boss, `select count(*) from leaf where kind = 'reply'`)[0]; news != 0 || n != 1 || column[string](t, boss, `select body from reply`)[0] != "已收到" {
		t.Errorf("%d effects, %d leaves", news, n)
	}
}
