package activities

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/temporal"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/mail"
	"xuanping/store"
	"xuanping/store/storetest"
)

// job is an intent as its row tells it.
type job struct {
	State, Error string
	Tries        int
	Waits        time.Duration
}

func (o *office) job(key string) job {
	o.t.Helper()
	var j job
	var seconds float64
	must(o.t, o.conn.QueryRow(o.t.Context(), `select state, error, tries, extract(epoch from not_before - now())::float8 from intent where key = $1`, key).Scan(&j.State, &j.Error, &j.Tries, &seconds))
	j.Waits = time.Duration(seconds * float64(time.Second))
	return j
}

// due lets an intent be taken now, as if it had waited, after so many tries.
func (o *office) due(key string, tries int) {
	o.t.Helper()
	must(o.t, exec(o, "update intent set not_before = now(), tries = $2 where key = $1", key, tries))
}

func (o *office) queue(key string, body store.MailBody) string {
	ref := storetest.Ref(testYear, 1)
	o.write(func(_ context.Context, tx *store.Tx) error {
		key = queueMail(tx, ref, key, body)
		return nil
	})
	return key
}

func (o *office) say(m contract.Envelope) {
	o.write(func(_ context.Context, tx *store.Tx) error {
		tx.Queue(store.Intent{Key: m.UpdateID, Kind: store.MessageIntent, Ref: storetest.Ref(testYear, 1), Body: m})
		return nil
	})
}

func TestRelayMail(t *testing.T) {
	o := newOffice(t, true, 1)
	at := o.rules.Calendar.Launch.Morning()
	body := store.MailBody{Template: "plan-reminder", To: "institution", Scope: "act", Path: "plan", Date: at, Until: o.rules.Calendar.PlanDue, Task: campaign.PlanTask}
	first := o.queue("first", body)
	o.fail = &mail.Error{Say: "发信服务暂时不可用", Retry: true, RetryWait: 9 * time.Minute}
	o.drain()
	if j := o.job(first); j.State != "queued" || j.Tries != 1 || j.Waits < 8*time.Minute || j.Error != "发信服务暂时不可用" {
		t.Errorf("%+v", j)
	}
	o.fail = errors.New("reset")
	o.due(first, 100) // a night
	o.drain()
	if j := o.job(first); j.State != "queued" || j.Waits > 5*time.Minute || j.Waits < 4*time.Minute {
		t.Errorf("%+v", j)
	}
	o.fail = nil
	o.due(first, 2)
	o.drain()
	if j := o.job(first); j.State != "accepted" || !strings.Contains(o.letter(first).Text, "https://xuanping.example/t/T") {
		t.Errorf("%+v", j)
	}

	refused := o.queue("refused", body)
	o.fail = &mail.Error{Say: "收件地址不存在"}
	o.drain()
	if j := o.job(refused); j.State != "failed" || j.Error != "收件地址不存在" {
		t.Errorf("%+v", j)
	}
	wantKind(t, o.deliver(t.Context(), refused), campaign.Conflict) // a step says that a person must look
	o.fail = nil

	hole := o.queue("hole", store.MailBody{Template: "plan-reminder", To: "institution", Scope: "act", Date: at})
	unknown := o.queue("unknown", store.MailBody{Template: "nonsense", To: "institution", Scope: "act", Date: at})
	done := o.queue("done", body)
	o.planned(1)
	o.drain()
	for key, state := range map[string]string{hole: "failed", unknown: "failed", done: "refused"} {
		if j := o.job(key); j.State != state || j.Error == "" {
			t.Errorf("%s: %+v", key, j)
		}
	}
	if o.sent != 3 { // the first, and one to each officer about the refused
		t.Errorf("%d letters", o.sent)
	}
	must(t, o.deliver(t.Context(), done)) // dropped is done
	last := o.queue("last", store.MailBody{Template: "withdrawn", To: "institution", Scope: "view", Date: at, Data: map[string]string{"title": "评价", "what": "并入"}})
	o.fail = errors.New("reset")
	o.due(last, maxTries)
	o.drain()
	if j := o.job(last); j.State != "failed" {
		t.Errorf("%+v", j)
	}
}

// A letter is not dropped because the database could not say whether it is wanted.
func TestDoubtDropsNothing(t *testing.T) {
	o := newOffice(t, true, 1)
	key := o.queue("warned", store.MailBody{Template: "rectification-reminder", To: "institution", Scope: "act", Date: o.rules.Calendar.Launch.Morning(), Until: o.rules.Calendar.PlanDue, Task: campaign.RectifyTask})
	o.drain() // there is no case: the question has no answer
	if j := o.job(key); j.State != "queued" {
		t.Errorf("%+v", j)
	}
}

// R10: what was told once and is told again to a restored engine is not given up
// because its workflow is not there yet, and may be told a third time.
func TestR10ToldAgain(t *testing.T) {
	o := newOffice(t, true, 1)
	ref := storetest.Ref(testYear, 1)
	m, err := contract.LeaveMsg.To(ref.ID(), "k", contract.Leaving{How: "merged", By: "o1"})
	must(t, err)
	o.say(m)
	o.drain()
	again := func(of string) {
		t.Helper()
		o.write(func(ctx context.Context, tx *store.Tx) error {
			n, err := tx.Retell(ctx, o.Clock().Add(-time.Hour), "o1", o.Clock())
			if n != 1 {
				t.Errorf("%s: %d messages are told again", of, n)
			}
			return err
		})
		o.drain()
	}
	o.engine.answer = temporal.NewNonRetryableApplicationError("尚未到这一步", contract.Refused, nil)
	again("accepted")
	if j := o.job("k"); j.State != "queued" || j.Error != "尚未到这一步" || j.Waits > toldPause {
		t.Errorf("%+v", j)
	}
	o.due("k", toldTries-1)
	o.drain()
	if j := o.job("k"); j.State != "refused" {
		t.Errorf("%+v", j)
	}
	o.engine.answer = nil
	again("refused")
	if j := o.job("k"); j.State != "accepted" || len(o.engine.told) != 2 {
		t.Errorf("%+v %v", j, o.engine.told)
	}
}

func TestRelayMessages(t *testing.T) {
	o := newOffice(t, true, 1)
	ref := storetest.Ref(testYear, 1)
	send := func(key string) job {
		m, err := contract.LeaveMsg.To(ref.ID(), key, contract.Leaving{How: "merged", By: "o1"})
		must(t, err)
		o.say(m)
		o.drain()
		return o.job(key)
	}
	if j := send("k1"); j.State != "accepted" || len(o.engine.told) != 1 || o.engine.told[0] != ref.ID()+" Leave k1" {
		t.Errorf("%+v %v", j, o.engine.told)
	}
	o.engine.answer = temporal.NewNonRetryableApplicationError("已经公布", contract.Refused, nil)
	if j := send("k2"); j.State != "refused" || j.Error != "已经公布" {
		t.Errorf("%+v", j)
	}
	o.engine.answer = serviceerror.NewNotFound("workflow not found")
	if j := send("k3"); j.State != "queued" {
		t.Errorf("%+v", j)
	}
	o.due("k3", 3*goneTries) // the year has not started yet: it is told when it does
	o.drain()
	if j := o.job("k3"); j.State != "queued" {
		t.Errorf("%+v", j)
	}
	o.engine.answer = serviceerror.NewUnavailable("engine away")
	o.due("k3", 2*maxTries) // nor is an act lost to an engine that is long away
	o.drain()
	if j := o.job("k3"); j.State != "queued" {
		t.Errorf("%+v", j)
	}
	o.engine.answer = serviceerror.NewNotFound("workflow not found")
	o.to(1, append(toScoring, campaign.Served, campaign.Final, campaign.Closed)...)
	o.due("k3", goneTries)
	o.drain()
	if j := o.job("k3"); j.State != "failed" {
		t.Errorf("%+v", j)
	}
	o.engine.answer = nil
	start, err := contract.StartEnvelope(contract.CampaignID(testYear)+"/start", contract.CampaignInput{Rules: o.rules})
	must(t, err)
	o.say(start)
	o.drain()
	if len(o.engine.started) != 1 || o.engine.started[0] != contract.CampaignID(testYear) {
		t.Errorf("%v", o.engine.started)
	}
}

// Run sleeps until it is kicked, and ends when it is told to.
func TestRun(t *testing.T) {
	o := newOffice(t, true, 1)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { o.Run(ctx); close(ended) }()
	key := o.queue("w", store.MailBody{Template: "withdrawn", To: "institution", Scope: "view", Date: o.rules.Calendar.Launch.Morning(), Data: map[string]string{"title": "评价", "what": "并入"}})
	o.Kick()
	o.Kick()
	for end := time.Now().Add(20 * time.Second); o.job(key).State != "accepted"; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%+v", o.job(key))
		}
	}
	stop()
	<-ended
}

func TestBorder(t *testing.T) {
	secret := errors.New("cb1@institution.example")
	for kind, final := range map[campaign.Kind]bool{campaign.Invalid: true, campaign.Conflict: false, campaign.NotFound: false, campaign.TooLate: false, campaign.Internal: false} {
		_, err := border(slog.New(slog.DiscardHandler), func(context.Context, int) (int, error) {
			return 0, &campaign.Error{Kind: kind, Say: "请重试", Err: secret}
		})(t.Context(), 1)
		app, ok := errors.AsType[*temporal.ApplicationError](err)
		if !ok || app.NonRetryable() != final || strings.Contains(err.Error(), "@") || !strings.Contains(err.Error(), "请重试") {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

// After an absence of the engine a case hears its acts in their order, though
// the first was put off and the others were not.
func TestMessagesKeepTheirOrder(t *testing.T) {
	o := newOffice(t, true, 1)
	ref := storetest.Ref(testYear, 1)
	say := func(m contract.Envelope, err error) {
		must(t, err)
		o.say(m)
	}
	say(contract.WarningDoneMsg.To(ref.WarningID(), ref.ID()+"/warning/1", contract.WarningDone{Act: campaign.ActNotice}))
	o.engine.answer = serviceerror.NewUnavailable("engine away")
	o.drain()
	o.engine.answer = nil
	for _, n := range []string{"2", "3"} {
		say(contract.WarningDoneMsg.To(ref.WarningID(), ref.ID()+"/warning/"+n, contract.WarningDone{Act: campaign.ActReply}))
	}
	say(contract.LeaveMsg.To(ref.ID(), ref.ID()+"/leave", contract.Leaving{How: "merged"})) // another workflow waits for nobody
	o.drain()
	if len(o.engine.told) != 1 || !strings.HasSuffix(o.engine.told[0], "/leave") {
		t.Fatalf("%v", o.engine.told)
	}
	for range 3 {
		for _, n := range []string{"3", "1", "2"} {
			o.due(ref.ID()+"/warning/"+n, 1)
		}
		o.drain()
	}
	var told []string
	for _, m := range o.engine.told[1:] {
		told = append(told, m[len(m)-1:])
	}
	if strings.Join(told, "") != "123" {
		t.Errorf("%v", o.engine.told)
	}
}
