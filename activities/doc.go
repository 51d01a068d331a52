// Package activities does: one function per step of the contract, and the relay
// that executes the intents of the outbox. A step loads, decides with the pure
// rooms, and commits facts and intents in one transaction.
// It may use store, mail and pdf; it turns errors into another try or a final no.
// It never waits for a day, never hears a person, and never sends what is not an intent.
package activities
