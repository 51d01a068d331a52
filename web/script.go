package web

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/http"

	"xuanping/templates"
)

// script is a small file that a page may run; without it the page works too.
type script struct {
	name string // address, which changes with the content
	text []byte
}

// The two scripts of the site: the sheet that saves itself, and the check of a file at a verified paper.
var (
	sheetScript  = mustScript("review.js")
	verifyScript = mustScript("verify.js")
)

func mustScript(file string) script {
	js, err := fs.ReadFile(templates.Page, "page/"+file)
	if err != nil {
		panic(err)
	}
	sum := sha256.Sum256(js)
	return script{"/static/" + file + "?v=" + hex.EncodeToString(sum[:6]), js}
}

func (s script) send(w http.ResponseWriter, _ ask) error {
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write(s.text) // a reader who went away is no fault of ours
	return nil
}
