// Package pdf prints the papers of a campaign: certificates, result notices, warnings, reports and receipts.
// It may read fonts from disk and turn plain, already decided figures and words into the bytes of a PDF.
// It never decides a score, a date or a number of a paper, never reads a store, and never sends anything.
package pdf
