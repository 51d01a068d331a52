package mail

import (
	"context"
	"errors"
	"regexp"
	"time"
)

// Sender takes one letter on its way. A nil error means the provider took
// responsibility for it; any other error answers Temporary and Uncertain.
type Sender interface {
	Send(ctx context.Context, l Letter) (Receipt, error)
}

// Receipt is what the provider said when it took the letter.
type Receipt struct {
	ProviderID string // SendGrid's X-Message-Id, or the Message-ID elsewhere
	Withheld   bool   // guest mode or a sandbox kept the letter back: nobody received it
}

// Error is a failed attempt. Say is Chinese and names what to do; addresses a
// provider repeats are taken out of Say and Err, so both may be logged.
type Error struct {
	Say       string
	Code      int           // HTTP or SMTP status, 0 without one
	Retry     bool          // another attempt may succeed
	Unclear   bool          // the provider may have taken the letter already
	RetryWait time.Duration // the provider's wish, 0 without one
	Err       error
}

// Error gives the Chinese sentence.
func (e *Error) Error() string { return e.Say }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Temporary says whether the same letter should be tried again. An error from
// elsewhere counts as temporary: a resend carries the same Message-ID, a lost
// letter carries nothing.
func Temporary(err error) bool {
	var e *Error
	if errors.As(err, &e) {
		return e.Retry
	}
	return err != nil
}

// Uncertain says whether the provider may already have accepted the letter, so
// that a resend can double it and should wait.
func Uncertain(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Unclear
}

// RetryAfter is how long the provider asked to wait, 0 when it did not say.
func RetryAfter(err error) time.Duration {
	var e *Error
	if errors.As(err, &e) {
		return e.RetryWait
	}
	return 0
}

func final(code int, say string, err error) *Error {
	return &Error{Say: say, Code: code, Err: err}
}

func again(code int, say string, err error) *Error {
	return &Error{Say: say, Code: code, Retry: true, Err: err}
}

func unclear(say string, err error) *Error {
	return &Error{Say: say, Retry: true, Unclear: true, Err: err}
}

var addressLike = regexp.MustCompile(`[^\s<>"'(),;:（），；：。、]+@[^\s<>"'(),;:（），；：。、]+`)

func hideAddresses(s string) string { return addressLike.ReplaceAllString(s, "（地址略）") }

func withoutAddresses(err error) error { return errors.New(hideAddresses(err.Error())) }
