package templates

import "embed"

// Email is the folder email/: for each letter NAME.txt (first line is the subject)
// and NAME.html, both built on the shared layout.txt and layout.html.
//
//go:embed email
var Email embed.FS
