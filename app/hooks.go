package app

import (
	"errors"
	"time"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/mail"
	"xuanping/store"
	"xuanping/ticket"
	"xuanping/web"
)

// hooks are what the provider calls: each proves itself by a signature before
// anything is read. A hook without keys is not there.
func (c Config) hooks() (h web.Hooks) {
	if len(c.EventKeys) > 0 {
		h.Events = func(timestamp, signature string, body []byte) ([]store.MailEvent, error) {
			all, err := mail.Events(c.EventKeys, timestamp, signature, body)
			return storeEvents(all), hookError(err)
		}
	}
	if len(c.InboundKeys) > 0 && c.ReplyDomain != "" {
		h.Inbound = func(timestamp, signature, contentType string, body []byte) (desk.Incoming, error) {
			in, err := mail.Receive(c.InboundKeys, c.ReplyDomain, timestamp, signature, contentType, body)
			return incoming(in), hookError(err)
		}
	}
	return h
}

// hookError tells a stranger's call from one that cannot be read.
func hookError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, mail.ErrUnsigned):
		return campaign.Fail(campaign.Forbidden, "签名无效")
	}
	return &campaign.Error{Kind: campaign.Invalid, Say: "内容无法读取", Err: err}
}

func storeEvents(all []mail.Event) []store.MailEvent {
	var out []store.MailEvent
	for _, e := range all {
		if e.Key != "" {
			out = append(out, store.MailEvent{ID: e.ID, Key: e.Key, Kind: e.Kind, State: store.Delivery(e.State.String()), Provider: e.ProviderID, Reason: e.Reason, At: e.At})
		}
	}
	return out
}

func incoming(in mail.Inbound) desk.Incoming {
	out := desk.Incoming{Local: in.Local, Message: in.MessageID, Sender: in.Sender, Proof: in.Proof, Subject: in.Subject, Text: in.Text, Auto: in.Auto}
	out.Returned = returned(in.Bounces)
	for _, f := range in.Files {
		out.Files = append(out.Files, desk.IncomingFile{Name: f.Name, Bytes: f.Bytes})
	}
	return out
}

// returned is what a report of delivery says, as desk takes it.
func returned(all []mail.Bounce) []desk.Returned {
	var out []desk.Returned
	for _, b := range all {
		out = append(out, desk.Returned{Message: b.MessageID, To: b.To, State: store.Delivery(b.State.String()), Status: b.Status, Reason: b.Reason, At: b.At})
	}
	return out
}

// replyAddress makes the address for answers to a letter; nil without a domain.
func replyAddress(keys ticket.Keys, domain string) func(id []byte) string {
	if domain == "" {
		return nil
	}
	return func(id []byte) string { return keys.Reply(id) + "@" + domain }
}

// reach is whom the pages tell people to ask: as it was configured, for the words
// that letters fall back on name nobody who could be reached.
func (c Config) reach() string {
	if c.Contact == noContact {
		return ""
	}
	return c.Contact
}

// unclear is how long a letter that may have arrived waits for its receipt: the
// built-in mailbox knows its letters by key, so there nothing waits.
func (c Config) unclear() time.Duration {
	if c.Mail == "mailbox" {
		return -1
	}
	return 0
}
