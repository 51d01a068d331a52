// Package mailtest stands in for the outside of mail: a fake SendGrid, a fake SMTP server, sample letters and the suite every Sender must pass.
// It may listen on loopback and be used by the tests of other rooms and by rehearsals.
// It never sends anything out of the machine and is not linked into the service.
package mailtest
