// Package desk receives: every act of a person enters here, from a page, the
// command line or a mail. It checks who, scope and stage, commits the fact with
// its ledger leaf and its intents, and lets the workflow be told.
// It may use store, ticket, contract and the pure rooms.
// It never writes a stage, never sends a mail and never waits for the engine.
package desk
