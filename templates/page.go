package templates

import "embed"

// Page holds the pages: layout.html, one file per page, and what they are dressed in.
//
//go:embed page
var Page embed.FS
