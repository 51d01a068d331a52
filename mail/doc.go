// Package mail is the room that SENDs: it composes a letter from a template and hands it to SendGrid, to an SMTP server or to the built-in mailbox.
// It may read the embedded templates and talk to a mail provider, and it is the only room that knows sendgrid-go and go-mail.
// It never decides who is written to or when, never stores a fact, never believes that a failed answer means a letter was not sent.
package mail
