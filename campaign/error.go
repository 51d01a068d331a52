package campaign

import (
	"errors"
	"fmt"
)

// Kind says what a person or a caller can do about an error.
type Kind string

// The kinds of error that cross rooms. Only three borders translate them:
// store (PostgreSQL to Kind), activities (Kind to retry or final) and web
// (Kind to status and page).
const (
	Invalid   Kind = "invalid"   // the input is wrong; saying it again will not help
	NotFound  Kind = "not-found" // no such thing, or not for this person
	Forbidden Kind = "forbidden" // the person may not do this
	Conflict  Kind = "conflict"  // the state has moved on; look again
	TooLate   Kind = "too-late"  // the recorded deadline has passed
	Internal  Kind = "internal"  // ours to mend
)

// Error is an error for a person: Say is Chinese and says what to do; Fields
// names faulty form fields; Err is the cause, for the log only.
type Error struct {
	Kind   Kind
	Say    string
	Fields map[string]string
	Err    error
}

func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s（%v）", e.Say, e.Err)
	}
	return e.Say
}

func (e *Error) Unwrap() error { return e.Err }

// Fail makes an Error of the kind with a Chinese sentence for its reader.
func Fail(k Kind, format string, args ...any) *Error {
	return &Error{Kind: k, Say: fmt.Sprintf(format, args...)}
}

// KindOf finds the kind of an error; an unknown error is Internal.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}
