package mail

import (
	"context"
	"errors"
)

// Keep stores one letter in the built-in mailbox; keeping the same Key twice
// must change nothing.
type Keep func(ctx context.Context, l Letter) error

// Mailbox is the built-in mailbox: letters are kept for people to read on a
// page, nothing leaves the house.
type Mailbox struct {
	keep   Keep
	domain string
}

// NewMailbox makes a Mailbox that hands letters to keep.
func NewMailbox(keep Keep, domain string) *Mailbox {
	return &Mailbox{keep: keep, domain: domain}
}

// Send keeps the letter.
func (m *Mailbox) Send(ctx context.Context, l Letter) (Receipt, error) {
	if err := l.Check(); err != nil {
		return Receipt{}, err
	}
	if err := ctx.Err(); err != nil {
		return Receipt{}, again(0, "发送被中断，稍后将自动重试。", err)
	}
	if err := m.keep(ctx, l); err != nil {
		var e *Error
		if errors.As(err, &e) {
			return Receipt{}, e
		}
		return Receipt{}, again(0, "内置信箱暂时无法保存邮件，稍后将自动重试。", err)
	}
	return Receipt{ProviderID: l.messageID(m.domain)}, nil
}
