package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/store"
)

// coded is a house whose year wants codes, with real time that the test sets.
type coded struct {
	*house
	now time.Time
	v   Visitor
}

func newCoded(t *testing.T) *coded {
	h := newHouse(t)
	h.rules.Settings.NoCodes = false
	h.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.AddRules(ctx, testYear, h.rules, "o1", real)
	})
	c := &coded{house: h, now: real}
	h.Desk.Clock = func() time.Time { return c.now }
	ref := h.to(1, campaign.Planning)
	c.v = h.visitor(ref, "act")
	c.clock()
	return c
}

func (c *coded) clock() {
	must(c.t, c.Store.SetClock(c.t.Context(), testYear, c.rules.Calendar.PlanDue.Morning(), c.now))
}

// mailed are the codes that letters of the outbox bring, oldest first.
func (c *coded) mailed() (all []string) {
	c.t.Helper()
	for n := 1; ; n++ {
		_, err := c.Store.MailByKey(c.t.Context(), codeKey(c.v, n))
		if campaign.KindOf(err) == campaign.NotFound && err != nil {
			return all
		}
		must(c.t, err)
		all = append(all, c.Tickets.Code(codeKey(c.v, n)))
	}
}

func (c *coded) ask(p PlanForm, again bool) CodeAsked {
	c.t.Helper()
	asked, err := c.AskCode(c.t.Context(), c.v, PlanAct, p, signer, again)
	must(c.t, err)
	return asked
}

func (c *coded) submit(p PlanForm, code string) error {
	by := signer
	by.Code = code
	_, err := c.SubmitPlan(c.t.Context(), c.v, p, by)
	return err
}

func wrongCode(right string) string {
	if right == "000000" {
		return "111111"
	}
	return "000000"
}

// An act with legal effect wants the code that was mailed for just this content,
// this person and this link.
func TestS1CodeOfAnAct(t *testing.T) {
	c := newCoded(t)
	p := planForm()
	want(t, c.submit(p, ""), campaign.Invalid, "code")
	asked := c.ask(p, false)
	if !asked.Needed || !asked.Until.Equal(c.now.Add(codeLife)) || !strings.HasPrefix(asked.To, "c***@") {
		t.Errorf("%+v", asked)
	}
	if c.ask(p, false); len(c.mailed()) != 1 {
		t.Fatal("asked again for the same, another letter was sent")
	}
	code := c.mailed()[0]
	want(t, c.submit(p, wrongCode(code)), campaign.Invalid, "code")
	other := p
	other.Goals += "又"
	want(t, c.submit(other, code), campaign.Invalid, "code")
	by := Signer{Name: "他人", Post: "主任", Code: code}
	_, err := c.SubmitPlan(t.Context(), c.v, p, by)
	want(t, err, campaign.Invalid, "code")
	token, id := c.Tickets.Issue("another letter")
	must(t, c.Store.AddTicket(t.Context(), id, store.Ticket{Year: testYear, Code: c.v.Ref.Code, Scope: "act", Intent: "k", IssuedAt: real, ExpiresAt: real.AddDate(9, 0, 0)}))
	stranger, err := c.Open(t.Context(), token)
	must(t, err)
	_, err = c.SubmitPlan(t.Context(), stranger, p, Signer{Name: signer.Name, Post: signer.Post, Code: code})
	want(t, err, campaign.Invalid, "code")
	if n := c.count("plan"); n != 0 {
		t.Fatalf("%d plans without a code", n)
	}
	must(t, c.submit(p, " "+code[:3]+" "+code[3:]))
	must(t, c.submit(p, code)) // sent twice is one submission
	if n := c.count("plan"); n != 1 {
		t.Errorf("%d plans", n)
	}
}

func TestS1CodeExpiresAndLocks(t *testing.T) {
	c := newCoded(t)
	p := planForm()
	c.ask(p, false)
	code := c.mailed()[0]
	for _, late := range []time.Duration{0, time.Second} {
		c.now = real.Add(codeLife + late)
		want(t, c.submit(p, code), campaign.Invalid, "code")
	}
	c.ask(p, false)
	second := c.mailed()[1]
	for i := range codeTries {
		err := c.submit(p, wrongCode(second))
		want(t, err, campaign.Invalid, "code")
		if say := fmt.Sprintf("还可以再试 %d 次", codeTries-1-i); !strings.Contains(err.Error(), say) {
			t.Errorf("try %d says %v", i, err)
		}
	}
	want(t, c.submit(p, second), campaign.Invalid, "code") // right, too late
	if n := c.count("plan"); n != 0 {
		t.Fatalf("%d plans", n)
	}
	c.ask(p, false)
	third := c.mailed()[2]
	c.now = c.now.Add(codeLife - time.Second)
	must(t, c.submit(p, third))
}

func TestS1CodeIsRationed(t *testing.T) {
	c := newCoded(t)
	p := planForm()
	c.ask(p, false)
	if c.ask(p, true); len(c.mailed()) != 1 {
		t.Error("sent again within a minute")
	}
	c.now = c.now.Add(codePause)
	if c.ask(p, true); len(c.mailed()) != 2 {
		t.Error("not sent again after a minute")
	}
	for i := range codeByLink - 2 {
		p.Goals = fmt.Sprint("目标", i)
		c.ask(p, false)
	}
	p.Goals = "目标其他"
	_, err := c.AskCode(t.Context(), c.v, PlanAct, p, signer, false)
	want(t, err, campaign.Conflict)
	c.now = c.now.Add(time.Hour)
	if c.ask(p, false); len(c.mailed()) != codeByLink+1 {
		t.Errorf("%d letters", len(c.mailed()))
	}
}

// A link on paper came because mail does not arrive; a year may do without codes.
func TestS1CodeIsNotForPaper(t *testing.T) {
	c := newCoded(t)
	token, id := c.Tickets.Issue("paper")
	must(t, c.Store.AddTicket(t.Context(), id, store.Ticket{Year: testYear, Code: c.v.Ref.Code, Scope: "act", Intent: c.v.Ref.ID() + store.LinkLetterMark + "2025-03-01", IssuedAt: real, ExpiresAt: real.AddDate(9, 0, 0)}))
	paper, err := c.Open(t.Context(), token)
	must(t, err)
	asked, err := c.AskCode(t.Context(), paper, PlanAct, planForm(), signer, false)
	must(t, err)
	if asked.Needed || len(c.mailed()) != 0 {
		t.Errorf("%+v", asked)
	}
	_, err = c.SubmitPlan(t.Context(), paper, planForm(), signer)
	must(t, err)
}

// A code stands nowhere in the database: whoever reads all of it cannot act.
func TestS1CodeStandsNowhere(t *testing.T) {
	c := newCoded(t)
	p := planForm()
	c.ask(p, false)
	code := c.mailed()[0]
	must(t, c.submit(p, code))
	tables := c.dump()
	for _, drawn := range []string{"leaf", "leaf_hash", "row_key", "ticket"} { // random digits, and nothing that was typed
		delete(tables, drawn)
	}
	for table, rows := range tables {
		for _, row := range strings.Split(rows, "\n") {
			var fields map[string]any
			if json.Unmarshal([]byte(row), &fields) != nil {
				continue
			}
			if table == "intent" {
				delete(fields, "created_at") // now, to the microsecond
			}
			if strings.Contains(fmt.Sprint(fields), code) {
				t.Errorf("%s holds the code: %s", table, row)
			}
		}
	}
}

// The same form from a hundred windows at once is one record with one receipt;
// different ones count up without a gap (S1e).
func TestS1eHundredAtOnce(t *testing.T) {
	c := newCoded(t)
	p := planForm()
	c.ask(p, false)
	code := c.mailed()[0]
	by := signer
	by.Code = code
	receipts := make([]Receipt, 100)
	var all sync.WaitGroup
	for i := range receipts {
		all.Go(func() {
			var err error
			if receipts[i], err = c.SubmitPlan(t.Context(), c.v, p, by); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, r := range receipts {
		if r.Number != receipts[0].Number || r.Digest != receipts[0].Digest || !r.At.Equal(receipts[0].At) {
			t.Fatalf("receipts differ: %+v, %+v", receipts[0], r)
		}
	}
	if n := c.count("plan"); n != 1 {
		t.Errorf("%d plans", n)
	}
	two := make([]PlanForm, 2)
	codes := make([]string, 2)
	for i := range two {
		two[i] = p
		two[i].Goals = fmt.Sprint("另一目标", i)
		c.ask(two[i], false)
		codes[i] = c.mailed()[1+i]
	}
	for i := range two {
		all.Go(func() {
			if err := c.submit(two[i], codes[i]); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	plans, err := c.Store.Plans(t.Context(), c.v.Ref)
	must(t, err)
	for i, plan := range plans {
		if plan.Version != i+1 || len(plans) != 3 {
			t.Errorf("versions %+v", plans)
		}
	}
}

// The first act with one reminder's link ends those of the others for the same
// task, whichever comes first; letters about other things keep theirs (S1g).
func TestS1gFirstActEndsSiblings(t *testing.T) {
	for _, first := range []int{0, 1} {
		h := newHouse(t)
		ref := h.to(1, campaign.Planning)
		h.at(h.rules.Calendar.PlanDue.Morning())
		open := func(name string, task campaign.Task) (string, Visitor) {
			k := key(ref, name)
			h.write(func(ctx context.Context, tx *store.Tx) error {
				tx.Queue(store.Intent{Key: k, Kind: store.MailIntent, Ref: ref, Body: store.MailBody{Template: "plan-reminder", To: "institution", Scope: "act", Task: task, Date: real}})
				return nil
			})
			token, id := h.Tickets.Issue(k)
			must(t, h.Store.AddTicket(t.Context(), id, store.Ticket{Year: ref.Year, Code: ref.Code, Scope: "act", Intent: k, IssuedAt: real, ExpiresAt: real.AddDate(9, 0, 0)}))
			v, err := h.Open(t.Context(), token)
			must(t, err)
			return token, v
		}
		var tokens [2]string
		var gen [2]Visitor
		tokens[0], gen[0] = open("plan-reminder/1", campaign.PlanTask)
		tokens[1], gen[1] = open("plan-reminder/2", campaign.PlanTask)
		other, _ := open("evidence-reminder/1", campaign.EvidenceTask)
		_, err := h.SubmitPlan(t.Context(), gen[first], planForm(), signer)
		must(t, err)
		_, err = h.Open(t.Context(), tokens[1-first])
		want(t, err, campaign.TooLate)
		p := planForm()
		p.Goals = "另一份"
		_, err = h.SubmitPlan(t.Context(), gen[1-first], p, signer) // a window that was open already
		want(t, err, campaign.TooLate)
		for _, token := range []string{tokens[first], other} {
			_, err = h.Open(t.Context(), token)
			must(t, err)
		}
		if _, err = h.SubmitPlan(t.Context(), gen[first], p, signer); err != nil {
			t.Error(err)
		}
	}
}
