package desk

import (
	"context"
	"slices"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/ticket"
)

// Desk takes in what people do. It is safe for concurrent use.
type Desk struct {
	Store   *store.Store
	Blobs   *store.Blobs
	Tickets ticket.Keys
	Table   *rubric.Table
	Clock   func() time.Time // real time
	Kick    func()           // tells the relay that there is work; never blocks
	Scanned bool             // files are given out only when a scanner found them clean (S2)

	FactorKey  []byte // seals the secrets of second factors; 32 bytes
	NeedFactor bool   // staff with a password here must have a second factor
}

// Receipt is what a person is shown after an act: it is kept, whatever happens next.
type Receipt struct {
	Number string    // reference number, the key of what was kept
	What   string    // Chinese name of the act
	Digest string    // sha256 of what was kept
	At     time.Time // recorded time, on the campaign's clock
	Late   bool
}

// commit runs an act and then wakes the relay.
func (d *Desk) commit(ctx context.Context, do func(tx *store.Tx) error) error {
	err := d.Store.Write(ctx, do)
	if err == nil && d.Kick != nil {
		d.Kick()
	}
	return err
}

// scene is what every act about an institution's year looks at first.
type scene struct {
	Campaign store.Campaign
	Entry    store.Entry
	Now      time.Time
}

func (s scene) ref() contract.Ref           { return s.Entry.Ref() }
func (s scene) cal() campaign.Calendar      { return s.Campaign.Rules.Calendar }
func (s scene) days() campaign.Holidays     { return s.Campaign.Rules.Holidays }
func (s scene) settings() campaign.Settings { return s.Campaign.Rules.Settings }

func (d *Desk) scene(ctx context.Context, r store.Reader, ref contract.Ref) (scene, error) {
	c, err := r.Campaign(ctx, ref.Year)
	if err != nil {
		return scene{}, err
	}
	e, err := r.Entry(ctx, ref)
	return scene{c, e, c.Now(d.Clock())}, err
}

// inYear runs an act about an institution's year with its row locked, so that
// two acts do not interleave, and with the scene read inside the transaction.
func (d *Desk) inYear(ctx context.Context, ref contract.Ref, act func(tx *store.Tx, s scene) error) error {
	return d.commit(ctx, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, ref); err != nil {
			return err
		}
		s, err := d.scene(ctx, tx.Reader, ref)
		if err != nil {
			return err
		}
		return act(tx, s)
	})
}

// Due is the last day of an institution's task: the calendar's, or a later
// one that it was granted (WF-4).
func Due(t campaign.Task, c campaign.Calendar, granted []store.Extension) campaign.Day {
	due := c.Due(t)
	for _, e := range slices.Backward(granted) {
		if e.Task == t { // a calendar moved for everybody never leaves one institution with less
			return max(due, campaign.Day(e.Day.Format("2006-01-02")))
		}
	}
	return due
}

// open tells until when a task's act is taken; a suspended year stands still.
func (d *Desk) open(ctx context.Context, r store.Reader, s scene, t campaign.Task) (due, last campaign.Day, err error) {
	due, last, err = d.closes(ctx, r, s, t)
	if t.LastStage() != "" {
		due, last = Still(s.Campaign, s.Entry, s.Now, due), Still(s.Campaign, s.Entry, s.Now, last)
	}
	return due, last, err
}

// stands adds to a letter that names a day that the day does not run now.
func (s scene) stands(b store.MailBody) store.MailBody {
	if s.Entry.SuspendedAt != nil {
		if b.Data == nil {
			b.Data = map[string]string{}
		}
		b.Data["consequence"] = "贵机构的评价暂停中，不计期限；恢复时另行通知截止时间。"
	}
	return b
}

// Still is the last day of a task as it stands at a moment: while the year is
// suspended the working days that were left then are left still (WF-4).
func Still(c store.Campaign, e store.Entry, now time.Time, last campaign.Day) campaign.Day {
	if e.SuspendedAt == nil {
		return last
	}
	return c.Rules.Holidays.Resumed(last, campaign.DayOf(*e.SuspendedAt), campaign.DayOf(now))
}

// closes gives the day of a task and until when its act is taken: plans a while
// beyond their day.
func (d *Desk) closes(ctx context.Context, r store.Reader, s scene, t campaign.Task) (due, last campaign.Day, err error) {
	granted, err := r.Extensions(ctx, s.ref())
	due = Due(t, s.cal(), granted)
	if joined := s.Entry.JoinedDay(); t == campaign.PlanTask && err == nil && joined > s.cal().PlanDue {
		var first campaign.Day
		if first, err = r.FirstLaunch(ctx, s.ref().Year); joined != first { // a launch moved to an earlier day is nobody's late entry
			due = max(due, s.cal().PlanClose) // who joined after the day has until plans close
		}
	}
	if last = due; t == campaign.PlanTask {
		last = max(due, s.cal().PlanClose)
	}
	return due, last, err
}

// need refuses people of other roles.
func need(p store.Staff, roles ...campaign.Role) error {
	for _, r := range roles {
		if p.Active && p.Role == r {
			return nil
		}
	}
	return campaign.Fail(campaign.Forbidden, "该操作不属于您的职责（您的角色：%s）", p.Role.Chinese())
}

// unfrozen refuses what would change a result that was formed already: it is
// being served, though the stage does not say so yet.
func unfrozen(ctx context.Context, tx *store.Tx, ref contract.Ref) error {
	results, err := tx.Results(ctx, ref)
	if err == nil && len(results) > 0 {
		return campaign.Fail(campaign.Conflict, "结果已经形成，正在告知机构，不能再变更其依据")
	}
	return err
}

// undecided refuses what can no longer reach the final result: its notice is
// drawn up already, though the stage does not say so yet.
func undecided(ctx context.Context, tx *store.Tx, ref contract.Ref, say string) error {
	_, err := tx.MailByKey(ctx, key(ref, "final"))
	switch {
	case err == nil:
		return campaign.Fail(campaign.Conflict, "%s", say)
	case campaign.KindOf(err) == campaign.NotFound:
		return nil
	}
	return err
}

// tell queues a message to a workflow under a key derived from the act.
func tell[In, Out any](tx *store.Tx, m contract.Message[In, Out], ref contract.Ref, workflow, key string, in In) error {
	e, err := m.To(workflow, key, in)
	if err == nil {
		tx.Queue(message(e, ref))
	}
	return err
}

// key derives the key of an intent of an institution's year.
func key(ref contract.Ref, parts ...string) string {
	k := ref.ID()
	for _, p := range parts {
		k += "/" + p
	}
	return k
}

// message makes the intent that delivers an envelope; the key is the update id.
func message(e contract.Envelope, ref contract.Ref) store.Intent {
	return store.Intent{Key: e.UpdateID, Kind: store.MessageIntent, Ref: ref, Body: e}
}
