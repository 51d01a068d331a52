package store

// Unrecorded drops the act's leaves: what an act costs without the ledger.
func (tx *Tx) Unrecorded() { tx.silent = true }
