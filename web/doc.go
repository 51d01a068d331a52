// Package web speaks: the pages for institution, reviewer, regulator, auditor
// and the public, in Chinese, drawn on the server.
// It may ask desk to act and store and audit to tell; authz.tsv states who may use which route.
// It never decides, never sends, and a GET never changes anything.
package web
