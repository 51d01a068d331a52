package store_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

func queue(t testing.TB, s *store.Store, all ...store.Intent) {
	t.Helper()
	write(t, s, func(_ context.Context, tx *store.Tx) error { tx.Queue(all...); return nil })
}

func keys(jobs []store.Job) []string {
	var out []string
	for _, j := range jobs {
		out = append(out, j.Key)
	}
	return out
}

func done(t testing.TB, s *store.Store, j store.Job, state, provider, why string) {
	t.Helper()
	if ours, err := s.Done(t.Context(), j, state, provider, why, time.Now()); err != nil || !ours {
		t.Fatalf("%s: ours %v, %v", j.Key, ours, err)
	}
}

func TestSameKeyIsOneIntent(t *testing.T) {
	s, _ := storetest.Open(t)
	ref := storetest.Ref(year, 1)
	queue(t, s, mail(ref, "k"), mail(ref, "k"))
	before, err := s.Head(t.Context())
	ok(t, err)
	changed := mail(ref, "k")
	changed.Body = store.MailBody{Template: "other"}
	queue(t, s, changed)
	after, err := s.Head(t.Context())
	ok(t, err)
	parcels, err := s.Parcels(t.Context(), ref)
	ok(t, err)
	if before.Size != 1 || after != before || len(parcels) != 1 {
		t.Errorf("ledger %v then %v, %d parcels", before, after, len(parcels))
	}
	jobs, err := s.Take(t.Context(), store.MailIntent, 9)
	ok(t, err)
	var body store.MailBody
	ok(t, json.Unmarshal(jobs[0].Body, &body))
	if len(jobs) != 1 || body.Template != "launch" || jobs[0].Ref() != ref || jobs[0].Tries != 1 || jobs[0].State != "sending" {
		t.Errorf("%+v", jobs)
	}
}

// The same key asked for by many at once is one letter, and nobody fails.
func TestSameKeyConcurrently(t *testing.T) {
	s, _ := storetest.Open(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if err := try(s, func(_ context.Context, tx *store.Tx) error {
				tx.Queue(mail(storetest.Ref(year, 1), "a"), mail(storetest.Ref(year, 1), "b"))
				return nil
			}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	h, err := s.Head(t.Context())
	ok(t, err)
	if h.Size != 2 {
		t.Errorf("%d leaves for two letters", h.Size)
	}
}

func TestTakeInOrderAndKind(t *testing.T) {
	s, _ := storetest.Open(t)
	ref := storetest.Ref(year, 1)
	later := mail(ref, "future")
	later.NotBefore = time.Now().Add(time.Hour)
	second := mail(ref, "a-second")
	second.NotBefore = time.Now().Add(-time.Minute)
	queue(t, s, second, mail(ref, "z-first"), later)
	queue(t, s, store.Intent{Key: "msg", Kind: store.MessageIntent, Ref: ref, Body: map[string]string{"name": "Published"}})
	for _, c := range []struct {
		kind string
		n    int
		want []string
	}{{store.MailIntent, 1, []string{"z-first"}}, {store.MailIntent, 9, []string{"a-second"}}, {store.MailIntent, 9, nil}, {store.MessageIntent, 9, []string{"msg"}}, {store.PaperIntent, 9, nil}} {
		jobs, err := s.Take(t.Context(), c.kind, c.n)
		ok(t, err)
		if got := keys(jobs); !slices.Equal(got, c.want) {
			t.Errorf("take %s %d: %v, want %v", c.kind, c.n, got, c.want)
		}
	}
}

// Many workers share the outbox: every job goes to exactly one.
func TestTwoWorkersNeverTakeTheSame(t *testing.T) {
	s, _ := storetest.Open(t)
	const n = 120
	for i := range n {
		queue(t, s, mail(storetest.Ref(year, 1), fmt.Sprintf("k%03d", i)))
	}
	var mu sync.Mutex
	seen := map[string]int{}
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			for {
				jobs, err := s.Take(context.Background(), store.MailIntent, 7)
				if err != nil {
					t.Error(err)
					return
				}
				if len(jobs) == 0 {
					return
				}
				if len(jobs) > 7 {
					t.Errorf("took %d, asked for 7", len(jobs))
				}
				mu.Lock()
				for _, j := range jobs {
					seen[j.Key]++
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(seen) != n {
		t.Errorf("%d of %d jobs taken", len(seen), n)
	}
	for key, times := range seen {
		if times != 1 {
			t.Errorf("%s taken %d times", key, times)
		}
	}
}

func TestDeadWorkersJobIsTakenAgain(t *testing.T) {
	s, url := storetest.Open(t)
	c := owner(t, url)
	queue(t, s, mail(storetest.Ref(year, 1), "k"))
	for _, step := range []struct {
		age  string // since it was taken; "" not yet
		want int
	}{{"", 1}, {"0 seconds", 0}, {"5 seconds", 0}, {"11 seconds", 1}} {
		if step.age != "" {
			sql(t, c, `update intent set taken_at = now() - $1::text::interval`, step.age)
		}
		jobs, err := s.Take(t.Context(), store.MailIntent, 5)
		ok(t, err)
		if len(jobs) != step.want {
			t.Errorf("after %q: %d jobs", step.age, len(jobs))
		}
	}
	if tries := column[int32](t, c, "select tries from intent")[0]; tries != 2 {
		t.Errorf("%d tries", tries)
	}
}

func TestTakeOne(t *testing.T) {
	s, url := storetest.Open(t)
	future := mail(storetest.Ref(year, 1), "k")
	future.NotBefore = time.Now().Add(time.Hour)
	queue(t, s, future)
	if _, err := s.TakeOne(t.Context(), "nothing"); err == nil || campaign.KindOf(err) != campaign.NotFound {
		t.Errorf("unknown key: %v", err)
	}
	j, err := s.TakeOne(t.Context(), "k")
	ok(t, err)
	if j.State != "sending" || j.Tries != 1 {
		t.Errorf("%+v", j)
	}
	if _, err := s.TakeOne(t.Context(), "k"); err == nil || campaign.KindOf(err) != campaign.Conflict {
		t.Errorf("held by another: %v", err)
	}
	sql(t, owner(t, url), `update intent set taken_at = now() - interval '11 seconds'`)
	if j, err = s.TakeOne(t.Context(), "k"); err != nil || j.Tries != 2 {
		t.Errorf("after its worker died: %+v %v", j, err)
	}
	stale := j
	stale.Tries = 1 // the worker that was thought dead comes back
	ok(t, s.Hold(t.Context(), stale))
	ok(t, s.Later(t.Context(), stale, "late", time.Hour))
	if ours, err := s.Done(t.Context(), stale, "failed", "", "late", time.Now()); err != nil || ours {
		t.Errorf("the worker who lost the job ended it: %v", err)
	}
	done(t, s, j, "accepted", "smtp", "")
	if j, err = s.TakeOne(t.Context(), "k"); err != nil || j.State != "accepted" || j.Tries != 2 {
		t.Errorf("when done: %+v %v", j, err)
	}
}

func TestLater(t *testing.T) {
	s, url := storetest.Open(t)
	ref, c := storetest.Ref(year, 1), owner(t, url)
	queue(t, s, mail(ref, "k"))
	ok(t, s.Later(t.Context(), store.Job{Key: "k"}, "too early to say", time.Hour)) // nobody has taken it: nothing to put back
	jobs, err := s.Take(t.Context(), store.MailIntent, 1)
	ok(t, err)
	if len(jobs) != 1 {
		t.Fatal("putting back what was not taken moved it")
	}
	ok(t, s.Later(t.Context(), jobs[0], "邮件服务器忙", 90*time.Second))
	parcels, err := s.Parcels(t.Context(), ref)
	ok(t, err)
	if p := parcels[0]; p.State != "queued" || p.Error != "邮件服务器忙" || p.DoneAt != nil || p.Tries != 1 {
		t.Errorf("%+v", p)
	}
	if wait := column[float64](t, c, `select extract(epoch from not_before - now())::float8 from intent`)[0]; wait < 80 || wait > 90 {
		t.Errorf("put back for %v s, want 90", wait)
	}
	jobs, err = s.Take(t.Context(), store.MailIntent, 1)
	ok(t, err)
	if len(jobs) != 0 {
		t.Error("taken before the pause was over")
	}
	sql(t, c, `update intent set not_before = now()`)
	if jobs, err = s.Take(t.Context(), store.MailIntent, 1); err != nil || len(jobs) != 1 || jobs[0].Tries != 2 {
		t.Errorf("%+v %v", jobs, err)
	}
}

func TestDone(t *testing.T) {
	s, _ := storetest.Open(t)
	ref := storetest.Ref(year, 1)
	for _, state := range []string{"accepted", "refused", "failed"} {
		queue(t, s, mail(ref, state))
		if ours, err := s.Done(t.Context(), store.Job{Key: state}, state, "smtp", "too early", time.Now()); err != nil || ours {
			t.Errorf("ended before it was taken: %v", err)
		}
		j, err := s.TakeOne(t.Context(), state)
		ok(t, err)
		if _, err := s.Done(t.Context(), j, "lost", "", "", time.Now()); err == nil || campaign.KindOf(err) != campaign.Invalid {
			t.Errorf("state of no house: %v", err)
		}
		done(t, s, j, state, "smtp", "原因")
		if ours, err := s.Done(t.Context(), j, "failed", "other", "第二次", time.Now()); err != nil || ours {
			t.Errorf("done is not done: %v", err)
		}
	}
	parcels, err := s.Parcels(t.Context(), ref)
	ok(t, err)
	for _, p := range parcels {
		if p.State != p.Key || p.Error != "原因" || p.DoneAt == nil {
			t.Errorf("%+v", p)
		}
	}
	if jobs, err := s.Take(t.Context(), store.MailIntent, 9); err != nil || len(jobs) != 0 {
		t.Errorf("done jobs came back: %v %v", keys(jobs), err)
	}
	box, err := s.Outbox(t.Context(), year)
	ok(t, err)
	want := []store.OutboxState{{Kind: "mail", State: "accepted", N: 1}, {Kind: "mail", State: "failed", N: 1}, {Kind: "mail", State: "refused", N: 1}}
	if !slices.Equal(box, want) {
		t.Errorf("%+v", box)
	}
}
