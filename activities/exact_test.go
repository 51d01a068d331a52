package activities

import (
	"context"
	"crypto/ecdsa"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/mail"
	"xuanping/mail/mailtest"
	"xuanping/store"
	"xuanping/store/storetest"
)

// exact is a year's outbox between a relay that is killed again and again and a
// SendGrid that fails in every way it can.
type exact struct {
	*office
	fake    *mailtest.SendGrid
	hook    *mailtest.Hook
	keys    []*ecdsa.PublicKey
	desk    *desk.Desk
	faulty  map[string]mailtest.Mode // of the first attempt
	mu      sync.Mutex
	tried   map[string]int
	arrived map[string][]string // Message-IDs by key
	after   int                 // letters of a finished task that went out after it
	late    time.Time           // when the task was surely known to be finished
	calls   []json.RawMessage   // receipts on their way
	bounced []string            // keys of letters that came back
	slow    bool                // whether bounces come only when no letter is on its way any more
}

func newExact(t *testing.T, intents, faults int, receipts bool) *exact {
	e := &exact{office: newOffice(t, true, 20), faulty: map[string]mailtest.Mode{}, tried: map[string]int{}, arrived: map[string][]string{}}
	e.Room.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	var err error
	e.hook, err = mailtest.NewHook()
	must(t, err)
	key, err := mail.ParseEventKey(e.hook.Public())
	must(t, err)
	e.keys = []*ecdsa.PublicKey{key}
	e.desk = &desk.Desk{Store: e.Store, Clock: time.Now, Kick: func() {}}
	must(t, exec(e.office, `insert into intent (key, kind, year, code, body, digest, not_before, created_at)
		select $1 || '/' || c || '/x/' || n, 'mail', $1::int, c, case when c = $3 then $5::jsonb else $4::jsonb end, repeat('0', 64), now(), now()
		from (select n, 'CNCA-R-2002-' || lpad((n % 20 + 1)::text, 3, '0') c from generate_series(1, $2) n) x`,
		fmt.Sprint(testYear), intents, storetest.Code(20), body("withdrawn", ""), body("plan-reminder", campaign.PlanTask)))
	modes := []mailtest.Mode{mailtest.Broken, mailtest.Busy, mailtest.Hang, mailtest.LostAnswer, mailtest.TooLarge, mailtest.BadJSON, mailtest.LostAnswer}
	r := rand.New(rand.NewPCG(7, uint64(intents)))
	for i, n := range r.Perm(intents)[:faults] {
		e.faulty[fmt.Sprintf("%d/%s/x/%d", testYear, storetest.Code((n+1)%20+1), n+1)] = modes[i%len(modes)]
	}
	e.fake = mailtest.NewSendGrid("key")
	t.Cleanup(e.fake.Close)
	e.fake.Wait, e.fake.Pick, e.fake.Took = "0", e.pick, func(d mailtest.Delivered) { e.took(d, receipts) }
	e.Room.Sender, err = mail.NewSendGrid(mail.SendGridConfig{Key: "key", From: mail.Address{Addr: "x@mail.example"}, Domain: "mail.example", BaseURL: e.fake.URL, Timeout: 500 * time.Millisecond})
	must(t, err)
	e.Room.Unclear = 15 * time.Second // by then the receipt of a letter whose answer was late is surely there
	return e
}

func body(template string, task campaign.Task) string {
	b, err := json.Marshal(store.MailBody{Template: template, To: "institution", Scope: "view", Task: task, Date: time.Date(testYear, 3, 3, 9, 0, 0, 0, campaign.Beijing), Until: "2025-03-31",
		Data: map[string]string{"title": "评价", "what": "并入"}})
	if err != nil {
		panic(err)
	}
	return string(b)
}

// pick gives a letter its fault, on its first attempt only.
func (e *exact) pick(d mailtest.Delivered) mailtest.Mode {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.tried[d.Key]++
	if e.tried[d.Key] > 1 {
		return mailtest.OK
	}
	return e.faulty[d.Key]
}

// took notes an accepted letter and writes its receipts, before the answer goes out.
func (e *exact) took(d mailtest.Delivered, receipts bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.arrived[d.Key] = append(e.arrived[d.Key], d.MessageID)
	if strings.Contains(d.Key, storetest.Code(20)) && !e.late.IsZero() && time.Now().After(e.late) {
		e.after++
	}
	if !receipts {
		return
	}
	end := "delivered"
	if len(e.arrived)%50 == 0 {
		end = "bounce"
		e.bounced = append(e.bounced, d.Key)
	}
	for _, kind := range []string{"processed", end} {
		one, _ := json.Marshal(map[string]any{"event": kind, "sg_event_id": d.ProviderMessageID + kind, "sg_message_id": d.ProviderMessageID, "key": d.Key, "timestamp": 1740790800})
		e.calls = append(e.calls, one)
	}
}

// post carries receipts as the webhook would: reordered, one in ten lost, one in
// five told five times; of a letter's two at least one comes. It tells how many
// it found on their way; without bounces, those stay there, and slow ones all come.
func (e *exact) post(ctx context.Context, r *rand.Rand, bounces bool) (found int, err error) {
	e.mu.Lock()
	all := e.calls
	e.calls = nil
	if !bounces {
		is := func(c json.RawMessage) bool { return strings.Contains(string(c), `"bounce"`) }
		for _, c := range all {
			if is(c) {
				e.calls = append(e.calls, c)
			}
		}
		all = slices.DeleteFunc(all, is)
	}
	e.mu.Unlock()
	var out []json.RawMessage
	for i, c := range all {
		times := 1
		switch n := r.IntN(10); {
		case n == 0 && i%2 == 0 && !e.slow:
			times = 0
		case n < 3:
			times = 5
		}
		for range times {
			out = append(out, c)
		}
	}
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	for len(out) > 0 {
		n := min(len(out), 200)
		raw, err := json.Marshal(out[:n])
		if err != nil {
			return 0, err
		}
		sig, err := e.hook.Sign("1740790802", raw)
		if err != nil {
			return 0, err
		}
		events, err := mail.Events(e.keys, "1740790802", sig, raw)
		if err != nil {
			return 0, err
		}
		told := make([]store.MailEvent, len(events))
		for i, v := range events {
			told[i] = store.MailEvent{ID: v.ID, Key: v.Key, Kind: v.Kind, State: store.Delivery(v.State.String()), Provider: v.ProviderID, Reason: v.Reason, At: v.At}
		}
		if _, err := e.desk.MailEvents(ctx, told); err != nil {
			return 0, err
		}
		out = out[n:]
	}
	return len(all), nil
}

// live runs the relay, killing it a number of times, until nothing is on its
// way: no letter, and no receipt either, for a bounce makes letters of its own.
func (e *exact) live(kills int) {
	t, ctx := e.t, e.t.Context()
	r := rand.New(rand.NewPCG(1, 2))
	var couriers sync.WaitGroup
	stop := make(chan struct{})
	couriers.Go(func() {
		for {
			_, err := e.post(ctx, r, !e.slow)
			must(t, err)
			select {
			case <-stop:
				return
			case <-time.After(100 * time.Millisecond):
			}
		}
	})
	for i := 0; ; i++ {
		if i == kills/2 { // no relay runs: none has looked at the task already and sends a letter of it only now
			e.write(func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.AddPlan(ctx, storetest.Ref(testYear, 20), map[string]string{"goals": "目标"}, "王经办", false, e.rules.Calendar.PlanDue.Morning())
				return err
			})
			e.mu.Lock()
			e.late = time.Now().Add(time.Second) // what was on its way at that moment has arrived by then
			e.mu.Unlock()
		}
		life, kill := context.WithCancel(ctx)
		var relay sync.WaitGroup
		relay.Go(func() { e.Room.Run(life) })
		if i < kills {
			time.Sleep(time.Duration(150+r.IntN(300)) * time.Millisecond)
			kill() // nothing that was under way gets to write how it went
			relay.Wait()
			continue
		}
		close(stop)
		couriers.Wait()
		for open, found := 1, 1; open+found > 0; time.Sleep(100 * time.Millisecond) { // in this order: a letter's receipts are there before it ends
			must(t, e.conn.QueryRow(ctx, `select count(*) from intent where state in ('queued','sending') and starts_with(key, $1)`, fmt.Sprintf("%d/CNCA", testYear)).Scan(&open))
			var err error
			found, err = e.post(ctx, r, !e.slow || open == 0)
			must(t, err)
		}
		kill()
		relay.Wait()
		return
	}
}

// figures counts what became of the letters, and of the calls to the officers
// about those that came back.
func (e *exact) figures() (lost, doubled, visible, dropped int) {
	rows, err := e.conn.Query(e.t.Context(), `select key, state from intent where key like '%/x/%'`)
	must(e.t, err)
	defer rows.Close()
	for rows.Next() {
		var key, state string
		must(e.t, rows.Scan(&key, &state))
		ids := e.arrived[key]
		switch {
		case state == "failed":
			visible++
		case state == "refused":
			dropped++
		case len(ids) == 0:
			lost++
			e.t.Errorf("%s: %s, but the provider never took it", key, state)
		}
		doubled += max(len(ids)-1, 0)
		for _, id := range ids {
			if id != ids[0] {
				e.t.Errorf("%s: a resend changed the Message-ID", key)
			}
		}
	}
	must(e.t, rows.Err())
	return
}

var exactly = flag.Int("exactly", 2_000, "letters of TestR3MailExactness; the figures of G2 are those of 10,000")

// R3, G2: with receipts nothing is lost and nothing doubled, though one letter
// in ten meets a fault and the relay is killed thirty times.
func TestR3MailExactness(t *testing.T) {
	e := newExact(t, *exactly, *exactly/10, true)
	start := time.Now()
	e.live(30)
	lost, doubled, visible, dropped := e.figures()
	t.Logf("%d intents, %d faults, 30 kills, receipts on: lost %d, doubled %d, failed visibly %d, not sent because done %d; %.0f s", *exactly, *exactly/10, lost, doubled, visible, dropped, time.Since(start).Seconds())
	if lost != 0 || doubled != 0 || e.after != 0 || visible == 0 || dropped == 0 {
		t.Errorf("lost %d, doubled %d, after its task was done %d", lost, doubled, e.after)
	}
}

// R3: a bounce that is told when no letter is on its way any more still calls
// the officers, and their letters go out.
func TestR3LateBounceCalls(t *testing.T) {
	e := newExact(t, 150, 0, true)
	e.slow = true
	e.live(0)
	officers, err := e.Store.StaffOf(t.Context(), campaign.Officer)
	must(t, err)
	letters := 0
	for _, key := range e.bounced {
		institution, rest, found := strings.Cut(key, "/x/")
		if !found || strings.Contains(key, "/alert/") {
			continue // a call that comes back calls nobody
		}
		letters++
		for _, p := range officers {
			if call := institution + "/alert/missed/x/" + rest + "/" + p.ID; len(e.arrived[call]) != 1 {
				t.Errorf("%s arrived %d times", call, len(e.arrived[call]))
			}
		}
	}
	if lost, doubled, _, _ := e.figures(); lost != 0 || doubled != 0 || letters == 0 || len(officers) == 0 {
		t.Errorf("lost %d, doubled %d, %d letters came back to %d officers", lost, doubled, letters, len(officers))
	}
}

// cutOff counts the answers that got lost though no fault was planned: on a busy machine one may be late.
type cutOff struct {
	mail.Sender
	e *exact
	n int
}

func (c *cutOff) Send(ctx context.Context, l mail.Letter) (mail.Receipt, error) {
	r, err := c.Sender.Send(ctx, l)
	if mail.Uncertain(err) && ctx.Err() == nil { // those that a kill cut off are counted with it
		c.e.mu.Lock()
		defer c.e.mu.Unlock()
		if m := c.e.faulty[l.Key]; c.e.tried[l.Key] > 1 || m != mailtest.Hang && m != mailtest.LostAnswer {
			c.n++
		}
	}
	return r, err
}

// G2 with receipts off: still nothing is lost, and what is doubled is at most
// what was cut off between acceptance and answer; the number is printed.
func TestR3WithoutReceipts(t *testing.T) {
	e := newExact(t, 1_000, 200, false)
	late := &cutOff{Sender: e.Room.Sender, e: e}
	e.Room.Sender = late
	e.live(5)
	lost, doubled, visible, _ := e.figures()
	open := 5*relayBatch + late.n // under way at each kill
	for _, m := range e.faulty {
		if m == mailtest.LostAnswer {
			open++
		}
	}
	t.Logf("1,000 intents, 200 faults, 5 kills, receipts off: lost %d, doubled %d of at most %d, failed visibly %d", lost, doubled, open, visible)
	if lost != 0 || doubled > open || e.after != 0 {
		t.Errorf("lost %d, doubled %d", lost, doubled)
	}
}
