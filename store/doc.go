// Package store remembers: all SQL, migrations, grants, the outbox and the
// ledger rows, and the folder of evidence files.
// It may know pgx and commits a fact, its ledger leaf and the intents that follow in one transaction.
// It never decides what follows from what, never sends, and never changes a fact once written.
package store
