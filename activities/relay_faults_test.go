package activities

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"

	"xuanping/campaign"
	"xuanping/mail"
	"xuanping/store"
	"xuanping/store/storetest"
)

// plain is a letter that is always wanted.
func (o *office) plain(key string) string {
	return o.queue(key, store.MailBody{Template: "withdrawn", To: "institution", Scope: "view", Date: o.rules.Calendar.Launch.Morning(), Data: map[string]string{"title": "评价", "what": "并入"}})
}

// An answer that got lost is not asked for again at once, neither by the relay
// nor by the step that waits for the letter: the letter may be there already.
func TestLostAnswerWaits(t *testing.T) {
	o := newOffice(t, true, 1)
	key := o.plain("unclear")
	o.fail = &mail.Error{Say: "未收到答复", Retry: true, Unclear: true}
	o.drain()
	if j := o.job(key); j.State != "queued" || j.Waits < 14*time.Minute || j.Error != "结果不明：未收到答复" {
		t.Errorf("%+v", j)
	}
	o.fail = nil
	_, err := o.Store.TakeOne(t.Context(), key)
	wantKind(t, err, campaign.Conflict)
	o.due(key, 1)
	must(t, o.deliver(t.Context(), key))
	if o.sent != 1 {
		t.Errorf("%d letters", o.sent)
	}
}

// Guest mode keeps letters back; no record may say that they were sent.
func TestWithheldLetter(t *testing.T) {
	o := newOffice(t, true, 1)
	guest, err := mail.NewGuest(o.Sender, []string{"@nobody.example"})
	must(t, err)
	o.Sender = guest
	key := o.plain("kept")
	must(t, o.deliver(t.Context(), key))
	ref := storetest.Ref(testYear, 1)
	parcels, err := o.Store.Parcels(t.Context(), ref)
	must(t, err)
	letters, err := o.Store.LettersTo(t.Context(), ref)
	must(t, err)
	listed, err := o.Store.Letters(t.Context(), ref, store.Withheld, 0, 9)
	must(t, err)
	if len(parcels) != 1 || parcels[0].State != store.Withheld || len(letters) != 1 || letters[0].State != store.Withheld || len(listed) != 1 || o.sent != 0 {
		t.Errorf("%+v %+v %+v", parcels, letters, listed)
	}
	rows, err := o.deliveries(t.Context(), ref, campaign.DayOf(letters[0].Date).Add(1))
	must(t, err)
	if len(rows) != 1 || rows[0].State != "未发送（试运行名单之外）" {
		t.Errorf("%+v", rows)
	}
}

// A letter that is sent again after its links were ended carries a live one,
// and the same one however often it is tried.
func TestLinkAfterRevocation(t *testing.T) {
	o := newOffice(t, true, 1)
	ref := storetest.Ref(testYear, 1)
	key := o.queue("again", store.MailBody{Template: "new-link", To: "institution", Scope: "act", Date: o.rules.Calendar.Launch.Morning(), Until: o.rules.Calendar.PlanDue, Data: map[string]string{"title": "评价"}})
	link := func() string {
		t.Helper()
		must(t, exec(o, "update intent set state = 'queued', not_before = now() where key = $1", key))
		o.drain()
		text := o.letter(key).Text
		_, after, found := strings.Cut(text, "/t/")
		if !found {
			t.Fatal(text)
		}
		return strings.Fields(after)[0]
	}
	revoke := func() {
		o.write(func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.RevokeTickets(ctx, ref, "o1", o.rules.Calendar.PlanDue.Morning())
			return err
		})
	}
	first := link()
	if again := link(); again != first {
		t.Errorf("%s, then %s", first, again)
	}
	revoke()
	second := link()
	if again := link(); again != second || second == first {
		t.Errorf("%s, then %s, then %s", first, second, again)
	}
	revoke()
	third := link()
	if third == second || third == first {
		t.Errorf("%s after %s and %s", third, first, second)
	}
	uses, err := o.Store.TicketUses(t.Context(), ref)
	must(t, err)
	live := 0
	for _, u := range uses {
		if u.RevokedAt == nil {
			live++
		}
	}
	if len(uses) != 3 || live != 1 {
		t.Errorf("%d links, %d live", len(uses), live)
	}
}

// slow is a sender that loses its job to another worker while it sends.
type slow struct {
	mail.Sender
	meanwhile func()
}

func (s slow) Send(ctx context.Context, l mail.Letter) (mail.Receipt, error) {
	s.meanwhile()
	return s.Sender.Send(ctx, l)
}

type broken struct{ err error }

func (b broken) Send(context.Context, mail.Letter) (mail.Receipt, error) {
	return mail.Receipt{}, b.err
}

// A worker that was taken for dead does not end the job of its successor.
func TestStaleWorker(t *testing.T) {
	o := newOffice(t, true, 1)
	key := o.plain("stale")
	o.Sender = slow{o.Sender, func() {
		must(t, exec(o, "update intent set taken_at = now() - interval '11 seconds' where key = $1", key))
		_, err := o.Store.TakeOne(t.Context(), key)
		must(t, err)
	}}
	must(t, o.deliver(t.Context(), key))
	if j := o.job(key); j.State != "sending" || j.Tries != 2 {
		t.Errorf("%+v", j)
	}
	if !strings.Contains(o.log.String(), "another worker") {
		t.Error("nothing in the log")
	}
}

// What a fault says may hold a name: histories and logs get a fixed sentence
// and the type of its cause.
func TestFaultsSayNoName(t *testing.T) {
	secret := fmt.Errorf("print: %w", errors.New("no glyph 𬭚 of 联系人1"))
	var log bytes.Buffer
	_, err := border(slog.New(slog.NewTextHandler(&log, nil)), func(context.Context, int) (int, error) { return 0, secret })(t.Context(), 1)
	app, is := errors.AsType[*temporal.ApplicationError](err)
	if !is || app.Message() != "内部错误，请查看日志" || app.NonRetryable() || strings.Contains(log.String(), "联系人") || !strings.Contains(log.String(), "*errors.errorString") {
		t.Errorf("%v; %s", err, log.String())
	}
	for _, e := range []error{secret, errors.Join(secret, nil), &campaign.Error{Say: "请重试", Err: secret}} {
		if got := cause(e); got != "*errors.errorString" {
			t.Errorf("%v: %s", e, got)
		}
	}
	if got := cause(campaign.Fail(campaign.Conflict, "请重试")); got != "*campaign.Error" {
		t.Error(got)
	}
	o := newOffice(t, true, 1)
	key := o.plain("named")
	o.Sender = broken{secret}
	o.drain()
	if j := o.job(key); j.Error != "内部错误，请查看日志" {
		t.Errorf("%+v", j)
	}
}
