package activities

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/mail"
	"xuanping/store"
)

// Relay tries: how often, and how long apart.
const (
	relayTick  = time.Second
	relayBatch = 16
	maxTries   = 500 // about two days: an outage of the provider may last a night
	goneTries  = 40  // of messages to a workflow that is not there
	// A message told to a restored engine may find its workflow not there yet where it was right.
	toldTries = 40
	toldPause = 4 * time.Second
	holdEvery = 3 * time.Second
	// A letter whose answer got lost may be in the mailbox already: its copy
	// waits, so that a short trouble of the line does not double a whole batch, and
	// the provider's receipt can end it first.
	unclearPause = 15 * time.Minute
)

// Kick wakes the relay; it never blocks.
func (r *Room) Kick() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Run executes the intents of the outbox until ctx ends. Several workers may
// run it at once; each intent is taken by one.
func (r *Room) Run(ctx context.Context) {
	tick := time.NewTicker(relayTick)
	defer tick.Stop()
	for ctx.Err() == nil {
		busy := false
		for _, kind := range []string{store.MessageIntent, store.PaperIntent, store.MailIntent} {
			n, err := r.round(ctx, kind)
			if err != nil && ctx.Err() == nil {
				r.Log.Warn("relay", "kind", kind, "error", say(err), "cause", cause(err))
			}
			busy = busy || n == relayBatch
		}
		if busy {
			continue
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		case <-r.wake:
		}
	}
}

// round takes one batch of a kind and executes it side by side.
func (r *Room) round(ctx context.Context, kind string) (int, error) {
	jobs, err := r.Store.Take(ctx, kind, relayBatch)
	var all sync.WaitGroup
	for _, line := range lines(jobs) {
		all.Go(func() {
			for _, j := range line {
				r.execute(ctx, j)
			}
		})
	}
	all.Wait()
	return len(jobs), err
}

// lines sorts jobs into those that may go side by side: the messages about one
// institution are told one after the other, in the order of its acts.
func lines(jobs []store.Job) [][]store.Job {
	var all [][]store.Job
	at := map[campaign.Ref]int{}
	for _, j := range jobs {
		if i, ok := at[j.Ref()]; ok && j.Kind == store.MessageIntent {
			all[i] = append(all[i], j)
			continue
		}
		at[j.Ref()] = len(all)
		all = append(all, []store.Job{j})
	}
	return all
}

// errOrder says that an earlier message is not told yet.
var errOrder = campaign.Fail(campaign.Internal, "先前的消息尚未送达，稍后再送")

// inOrder holds a message back while an earlier one to the same workflow is
// still on its way: after an absence of the engine a signature must not
// overtake the notice it follows, and be refused for good.
func (r *Room) inOrder(ctx context.Context, j store.Job) error {
	if j.Code == "" {
		return nil
	}
	all, err := r.Store.Parcels(ctx, j.Ref())
	to := func(key string) string { return workflowOf(j.Ref(), key) }
	for _, p := range all {
		if p.Key == j.Key {
			break
		}
		if p.Kind == store.MessageIntent && (p.State == "queued" || p.State == "sending") && to(p.Key) == to(j.Key) {
			return errOrder
		}
	}
	return err
}

// workflowOf reads out of a message's key which workflow of an institution's
// year it goes to.
func workflowOf(ref campaign.Ref, key string) string {
	parts := strings.Split(strings.TrimPrefix(key, ref.ID()+"/"), "/")
	switch {
	case parts[0] == "warning":
		return "warning"
	case len(parts) > 1 && (parts[0] == "incident" || parts[0] == "clearance"):
		return parts[0] + "/" + parts[1]
	}
	return ""
}

// execute does one job and writes how it went. A job that the process does
// not live to write about is taken again later: executing twice changes nothing.
func (r *Room) execute(ctx context.Context, j store.Job) error {
	defer r.hold(ctx, j)()
	var provider string
	var err error
	switch j.Kind {
	case store.MessageIntent:
		err = r.pass(ctx, j)
	case store.PaperIntent:
		err = r.print(ctx, j)
	case store.MailIntent:
		if j.Cut && r.Unclear > 0 { // its worker died after handing it over
			return r.Store.Later(ctx, j, store.Unclear+"：上次发送被中断", r.Unclear)
		}
		provider, err = r.send(ctx, j)
	}
	state, why := "accepted", ""
	switch kind := campaign.KindOf(err); {
	case err == nil:
	case errors.Is(err, errDropped):
		state, why = "refused", "任务已办结，不再发送"
		if d, is := errors.AsType[dropped](err); is {
			why = d.Error()
		}
	case errors.Is(err, errTaken):
		return nil // its receipt came first, or another worker has it
	case ctx.Err() != nil:
		return err // the process ends; another takes it over
	case kind == campaign.Conflict && j.Kind == store.MessageIntent && (!j.Told || j.Tries >= toldTries):
		state, why = "refused", say(err)
		r.Log.Error("message refused", "key", j.Key, "error", why, "cause", cause(err))
	case kind == campaign.Invalid, r.hopeless(ctx, j, kind):
		state, why = "failed", say(err)
		r.Log.Error("intent given up", "key", j.Key, "state", state, "tries", j.Tries, "error", why, "cause", cause(err))
	default:
		pause := min(time.Second<<min(j.Tries, 9), 5*time.Minute)
		if errors.Is(err, errOrder) {
			pause = min(pause, 5*time.Second)
		}
		if j.Told && kind == campaign.Conflict {
			pause = min(pause, toldPause)
		}
		if after := mail.RetryAfter(err); after > pause {
			pause = after
		}
		quiet, isQuiet := errors.AsType[*quietError](err)
		if isQuiet {
			pause = quiet.wait
		}
		why = say(err)
		if mail.Uncertain(err) {
			pause, why = max(pause, r.Unclear), store.Unclear+"："+why
		}
		level := slog.LevelWarn
		if isQuiet {
			level = slog.LevelInfo // nothing is wrong
		}
		r.Log.Log(ctx, level, "intent postponed", "key", j.Key, "tries", j.Tries, "pause", pause, "error", why, "cause", cause(err))
		return errors.Join(err, r.Store.Later(ctx, j, why, pause))
	}
	ours, e := r.Store.Done(ctx, j, state, provider, why, r.Clock())
	if e != nil {
		return e
	}
	if !ours {
		r.Log.Warn("intent ended by another worker", "key", j.Key, "state", state, "tries", j.Tries)
	}
	if state == "failed" {
		if ours && j.Kind == store.MailIntent && store.ServedAgain(j.Key) {
			err = errors.Join(err, r.callForFailed(ctx, j))
		}
		return err
	}
	return nil
}

// hopeless tells when to stop trying. What a person was told "received" for is
// told to the engine as long as it takes; only a workflow that has ended, which
// its row shows, never hears it.
func (r *Room) hopeless(ctx context.Context, j store.Job, kind campaign.Kind) bool {
	if j.Kind != store.MessageIntent {
		return j.Tries >= maxTries
	}
	if kind != campaign.NotFound || j.Tries < goneTries {
		return false
	}
	if j.Code == "" {
		c, err := r.Store.Campaign(ctx, j.Year)
		return err == nil && c.PublishedAt != nil
	}
	e, err := r.Store.Entry(ctx, j.Ref())
	return err == nil && (e.Stage == campaign.Closed || e.Stage == campaign.Left)
}

// hold keeps a job claimed until the returned function is called.
func (r *Room) hold(ctx context.Context, j store.Job) (release func()) {
	ctx, release = context.WithCancel(ctx)
	go func() {
		for tick := time.Tick(holdEvery); ; {
			select {
			case <-ctx.Done():
				return
			case <-tick:
				if err := r.Store.Hold(ctx, j); err != nil && ctx.Err() == nil {
					r.Log.Warn("intent not held", "key", j.Key, "error", say(err), "cause", cause(err))
				}
			}
		}
	}()
	return release
}

// pass delivers a message to its workflow.
func (r *Room) pass(ctx context.Context, j store.Job) error {
	var e contract.Envelope
	if err := json.Unmarshal(j.Body, &e); err != nil {
		return campaign.Fail(campaign.Invalid, "消息无法读取")
	}
	if err := r.inOrder(ctx, j); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	return contract.Deliver(ctx, r.Engine, e)
}

// deliver executes one letter now and returns when it was accepted for
// delivery; the step that asks is tried again until it is.
func (r *Room) deliver(ctx context.Context, key string) error {
	j, err := r.Store.TakeOne(ctx, key)
	for wait := time.Now(); err != nil && campaign.KindOf(err) == campaign.Conflict && time.Since(wait) < 5*time.Second && ctx.Err() == nil; {
		time.Sleep(50 * time.Millisecond) // another hand is at it
		j, err = r.Store.TakeOne(ctx, key)
	}
	if err != nil {
		return err
	}
	switch j.State {
	case "accepted", "refused":
		return nil
	case "failed":
		return r.undeliverable(ctx, j)
	}
	if err = r.execute(ctx, j); campaign.KindOf(err) == campaign.Invalid {
		return r.undeliverable(ctx, j)
	}
	return err
}

// undeliverable calls the officers and lets the step try again. It is never final:
// one refused letter may not end an institution's year, and with it everybody's
// publication. The step goes on when they have put the cause right and given the
// letter another chance.
func (r *Room) undeliverable(ctx context.Context, j store.Job) error {
	if err := r.callForFailed(ctx, j); err != nil {
		return err
	}
	if j.Kind == store.PaperIntent {
		return campaign.Fail(campaign.Conflict, "文书 %s 未能制成，请经办人员处理后重试", j.Key)
	}
	return campaign.Fail(campaign.Conflict, "邮件 %s 未能发出，请经办人员处理后重试", j.Key)
}

// callForFailed tells the officers, once for each letter, that a person must look.
func (r *Room) callForFailed(ctx context.Context, j store.Job) error {
	s, err := r.scene(ctx, j.Ref())
	if err != nil {
		return err
	}
	what := strings.TrimPrefix(strings.TrimPrefix(j.Key, j.Ref().ID()+"/"), contract.CampaignID(j.Year)+"/")
	return r.alertStaff(ctx, s, j.Ref(), contract.AlertUndeliverable, s.campaign.Now(r.Clock()), fmt.Sprintf("/office/%d/mails?state=failed", j.Year), what)
}

// makePaper executes one paper now.
func (r *Room) makePaper(ctx context.Context, key string) error { return r.deliver(ctx, key) }

// say is an error as logs and histories may carry it: no cause, no person.
func say(err error) string {
	if e, ok := errors.AsType[*campaign.Error](err); ok {
		return e.Say
	}
	if e, ok := errors.AsType[*mail.Error](err); ok {
		return e.Error()
	}
	if e, ok := errors.AsType[*quietError](err); ok {
		return e.Error()
	}
	if err == nil {
		return ""
	}
	return "内部错误，请查看日志"
}

// cause names the kind of fault behind an error for the log: its type only,
// for its words may hold a name or an address.
func cause(err error) string {
	for {
		switch e := err.(type) {
		case interface{ Unwrap() []error }:
			err = e.Unwrap()[0]
		case interface{ Unwrap() error }:
			next := e.Unwrap()
			if next == nil {
				return fmt.Sprintf("%T", err)
			}
			err = next
		default:
			return fmt.Sprintf("%T", err)
		}
	}
}
