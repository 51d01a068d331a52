package activities

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/mail"
	"xuanping/rubric"
	"xuanping/store"
)

// errDropped says that a letter is no longer wanted: its task is done.
var errDropped = errors.New("dropped")

// errTaken says that a letter is no longer this worker's to send.
var errTaken = errors.New("taken")

// quietError puts an ordinary letter off until letters go out again (ML-4).
type quietError struct{ wait time.Duration }

func (quietError) Error() string { return "夜间和节假日不发送，顺延至工作日" }

// pressing are the letters that ask an institution for something of its year.
var pressing = map[string]bool{"plan-reminder": true, "plan-overdue": true, "ack-missing": true, "quarter-reminder": true, "evidence-reminder": true, "selfscore-open": true, "selfscore-reminder": true, "selfscore-last": true, "guidance-reminder": true}

// quiet tells whether a letter is to wait for the morning of a working day: all
// but 48-hour matters and what answers a person (ML-4). A time that runs from
// service runs from the acceptance of the letter, after the wait.
func quiet(c store.Campaign, b store.MailBody, now time.Time) error {
	if b.AtOnce() {
		return nil
	}
	if from := c.MailTime(now); from.After(now) {
		return &quietError{from.Sub(now)}
	}
	return nil
}

// errOverdue drops a reminder whose day has passed, errNewer one that a later one
// takes the place of, errExtended one that says overdue of what has more time now.
var (
	errOverdue  = dropped("期限已过，不再发送")
	errNewer    = dropped("已有更近的提醒，不再发送")
	errExtended = dropped("期限已延长，不再发送")
)

// dropped is an errDropped with its reason.
type dropped string

func (d dropped) Error() string   { return string(d) }
func (dropped) Is(err error) bool { return err == errDropped }

// stale tells why a reminder that is sent late would not be true any more: the
// relay or the provider was away for days, or an officer gave it another chance.
func (r *Room) stale(ctx context.Context, j store.Job, b store.MailBody, s scene) error {
	now := s.campaign.Now(r.Clock())
	today := max(campaign.DayOf(now), campaign.DayOf(b.Date)) // a rehearsal's clock is behind the workflows that it moves
	if b.Reminder() && b.Until != "" {
		switch before := campaign.DayOf(b.Date) <= b.Until; {
		case before && today > b.Until:
			return errOverdue
		case !before && s.entry.Stage == b.Task.LastStage() && s.entry.DueDay() >= today:
			return errExtended
		}
	}
	if over(b.Task, s, today) {
		return errOverdue
	}
	newer, err := r.Store.NewerReminder(ctx, j, b, now)
	if err == nil && newer {
		err = errNewer
	}
	return err
}

// over tells that nothing that is handed in for a task is taken any more. It goes
// by the calendar, which is there when the engine is not.
func over(t campaign.Task, s scene, today campaign.Day) bool {
	cal := s.rules().Calendar
	switch t {
	case campaign.ScoreTask:
		return s.entry.Stage.Passed(campaign.Scoring) && today > cal.ScoringClose
	case campaign.DecideTask:
		return s.entry.Stage.Passed(campaign.Served) && today >= cal.Final
	}
	stage := t.LastStage()
	if stage == "" || s.entry.SuspendedAt != nil {
		return false
	}
	due := cal.Due(t)
	if s.entry.Stage == stage {
		due = max(due, s.entry.DueDay())
	}
	return today > cal.LastDay(t, due)
}

func rowTitle(row rubric.Row) string { return fmt.Sprintf("第%d项 %s", row.No, row.Title) }

// send turns a mail intent into a letter and hands it to the transport.
func (r *Room) send(ctx context.Context, j store.Job) (provider string, err error) {
	var b store.MailBody
	if err := json.Unmarshal(j.Body, &b); err != nil {
		return "", campaign.Fail(campaign.Invalid, "邮件内容无法读取")
	}
	s, err := r.scene(ctx, j.Ref())
	if err != nil {
		return "", err
	}
	who, isStaff := b.Staff()
	if b.Task != "" && s.entry.Stage == campaign.Left && !isStaff && b.Task != campaign.RectifyTask {
		return "", errDropped // who left is asked for nothing more, but for what a warning still obliges him to
	}
	if s.entry.SuspendedAt != nil && !isStaff && pressing[b.Template] {
		return "", errDropped // nothing is asked of it meanwhile (WF-4)
	}
	if b.Task != "" {
		wanted, err := open(ctx, r.Store.Reader, j.Ref(), b.Task, who)
		if err != nil {
			return "", err
		}
		if !wanted {
			return "", errDropped
		}
		if err := r.stale(ctx, j, b, s); err != nil {
			return "", err
		}
	}
	if err := quiet(s.campaign, b, r.Clock()); err != nil {
		return "", err
	}
	reached, err := r.reached(ctx, s)
	if err != nil {
		return "", err
	}
	if day := campaign.DayOf(r.served(s.campaign, b.Date)); day > campaign.DayOf(b.Date) {
		renamed(&b, s.rules(), day)
	}
	letter := mail.Letter{Key: j.Key, To: reached.Email, ToName: reached.Contact, Date: b.Date}
	if !b.AtOnce() {
		letter.Date = s.campaign.MailTime(b.Date) // when it went out at the earliest; the same when it is sent again
	}
	if isStaff {
		p, err := r.Store.Staff(ctx, who)
		if err != nil {
			return "", err
		}
		letter.To, letter.ToName = p.Email, p.Name
	}
	if letter.Attachments, err = r.attach(ctx, b.Papers); err != nil {
		return "", err
	}
	data, reply, err := r.data(ctx, j, b, s, letter.ToName)
	if err != nil {
		return "", err
	}
	if letter.Subject, letter.Text, letter.HTML, letter.Template, err = mail.Compose(b.Template, data); err != nil {
		return "", &campaign.Error{Kind: campaign.Invalid, Say: "邮件模板“" + b.Template + "”缺少内容", Err: err}
	}
	letter.ReplyTo = reply
	if r.Stamp != nil {
		letter.Stamp = r.Stamp(j.Key, letter.To)
	}
	ours, err := r.Store.SentAs(ctx, j, letter.Template)
	if err == nil && !ours {
		err = errTaken
	}
	if err != nil {
		return "", err
	}
	rec, err := r.Sender.Send(ctx, letter)
	if err != nil && !mail.Temporary(err) {
		return "", &campaign.Error{Kind: campaign.Invalid, Say: say(err), Err: err}
	}
	if rec.Withheld {
		return store.Withheld, err
	}
	return rec.ProviderID, err
}

// renamed puts into a letter that was held the days that count when it is served on
// a day: they run from its acceptance.
func renamed(b *store.MailBody, rules contract.Rules, day campaign.Day) {
	h, set := rules.Holidays, rules.Settings
	switch {
	case b.Template == "warning-prior":
		b.Until = max(b.Until, set.ServedDue(h, campaign.Noticed, day))
	case b.Template == "rectification-reminder" && b.Task == "": // that it was sent back
		b.Until = max(b.Until, set.ServedDue(h, campaign.Planned, day))
	case b.Template == "event-notice":
		b.Until = max(b.Until, h.AddWorkdays(day, set.EventReply()))
	case b.Template == "warning-decision":
		b.Until, b.Lines = max(b.Until, day.Add(set.RectifyDays)), set.DecisionLines(set.ServedDue(h, campaign.Issued, day))
	}
}

// reached is whose contact gets an institution's letters: after a merger the
// successor's, or its successor's (WF-4). What the letters say stays about the
// one that was merged.
func (r *Room) reached(ctx context.Context, s scene) (campaign.Institution, error) {
	if s.entry.Successor == nil {
		return s.institution, nil
	}
	return r.Store.Heir(ctx, s.entry.Ref())
}

func (r *Room) attach(ctx context.Context, papers []string) ([]mail.Attachment, error) {
	var all []mail.Attachment
	for _, key := range papers {
		p, err := r.Store.PaperByKey(ctx, key)
		if campaign.KindOf(err) == campaign.NotFound {
			if err = r.makePaper(ctx, key); err == nil {
				p, err = r.Store.PaperByKey(ctx, key)
			}
		}
		if err != nil {
			return nil, err
		}
		all = append(all, mail.Attachment{Name: p.Kind.Chinese() + ".pdf", MediaType: "application/pdf", Bytes: p.PDF})
	}
	return all, nil
}

// data fills a letter's fields from the intent and the roster.
func (r *Room) data(ctx context.Context, j store.Job, b store.MailBody, s scene, person string) (d mail.Data, reply string, err error) {
	link, reply, err := r.link(ctx, j, b, s)
	if err != nil {
		return d, "", err
	}
	stamp, err := r.Store.Stamp(ctx)
	if err != nil {
		return d, "", err
	}
	d = r.words(b, s, person, link, stamp)
	if b.Template == store.CodeTemplate {
		d.What, d.Link = r.Code(j.Key), ""
	}
	return d, reply, nil
}

// words are a letter's fields; its preview has the same, but for the link.
func (r *Room) words(b store.MailBody, s scene, person, link, stamp string) mail.Data {
	d := mail.Data{
		Issuer: r.issuer(s.campaign), Institution: s.institution.Name, Person: person, Year: s.campaign.Year,
		Title: b.Data["title"], What: b.Data["what"], Consequence: b.Data["consequence"], Number: b.Data["number"],
		Link: link, Contact: r.Contact, Rows: r.rowTitles(b.Rows), Lines: b.Lines, Checkpoint: stamp, Rehearsal: s.campaign.Rehearsal, Last: b.Last,
	}
	if b.Until != "" {
		day := weekday(b.Until)
		if b.Reminder() && campaign.DayOf(b.Date) == b.Until { // sent later it is not true any more, and not sent
			day = "今天"
		}
		d.Until = b.Until.Chinese() + "（" + day + "）24:00"
	}
	if u := b.Data["until"]; u != "" { // an hour, where 24:00 would be wrong (Art. 20)
		d.Until = u
	}
	return d
}

func weekday(d campaign.Day) string {
	return "星期" + string([]rune("日一二三四五六")[d.Start().Weekday()])
}

func (r *Room) issuer(c store.Campaign) string {
	if i := c.Rules.Settings.Issuer; i != "" {
		return i
	}
	return r.Issuer
}

// link makes the address behind a letter's button. An institution's carries a
// ticket; staff sign in. With a link that may act comes the address for answers.
func (r *Room) link(ctx context.Context, j store.Job, b store.MailBody, s scene) (link, reply string, err error) {
	if b.Scope == "" {
		return r.BaseURL + b.Path, "", nil
	}
	name, err := r.Store.LinkName(ctx, j.Key)
	if err != nil {
		return "", "", err
	}
	token, id := r.Link(name)
	err = r.Store.AddTicket(ctx, id, store.Ticket{Year: j.Year, Code: j.Code, Scope: b.Scope, Intent: j.Key, IssuedAt: b.Date, ExpiresAt: s.rules().Calendar.LinkExpiry(b.Date)})
	if err != nil {
		return "", "", err
	}
	address := r.BaseURL + "/t/" + token
	if b.Path != "" {
		address += "?next=" + url.QueryEscape(b.Path)
	}
	if r.Reply != nil && b.Scope == "act" {
		reply = r.Reply(id)
	}
	return address, reply, nil
}
