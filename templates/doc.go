// Package templates holds the WORDS people read: mails, pages and papers as embedded text files.
// It may use nothing but embed, and other rooms may read its file systems.
// It never decides, formats or sends anything; there is no logic here.
package templates
