// Package audit recalls: what a year was, from its engine histories, its facts and its ledger.
// It may read all of them, replay histories, recount results and check hashes, for whoever holds the auditor's role.
// It never writes a fact, moves a workflow or believes a stored figure that it can compute again.
package audit
