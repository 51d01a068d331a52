package audit

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"xuanping/store"
)

// Witness is a head of the ledger that somebody outside kept: the line of a
// letter, or a signed checkpoint.
type Witness struct {
	From string // file name
	Head store.Head
	Note string // the signed checkpoint; "" for a head without a signature
}

// How letters and papers carry the head and the newest signed one; see
// store.Reader.Stamp. Lines may have been folded on the way.
var (
	headLine   = regexp.MustCompile(`账本\s+(\d{1,12})\s+·\s+([A-Za-z0-9+/]{43}=)`)
	signedLine = regexp.MustCompile(`签署\s+(\S+)\s+(\d{1,12})\s+([A-Za-z0-9+/]{43}=)\s+—\s+(\S+)\s+([A-Za-z0-9+/]{80,128}=*)`)
)

// Bounds of what a folder of letters may hold.
const (
	maxLetterBytes = 64 << 20
	maxParts       = 200
	maxPartDepth   = 10
)

// Witnesses reads the heads that the files of a folder carry: letters as .eml with
// the papers attached to them, papers, texts, and checkpoints whose signature known
// accepts. Files without any are counted; a checkpoint with a bad signature is an
// error, because somebody made it. proofIn takes the proof out of a paper (PDF).
func Witnesses(dir fs.FS, known Known, proofIn func([]byte) ([]byte, error)) (all []Witness, without int, err error) {
	err = fs.WalkDir(dir, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		f, err := dir.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		data, err := io.ReadAll(io.LimitReader(f, maxLetterBytes))
		if err != nil {
			return err
		}
		found, err := headsIn(name, data, known, proofIn)
		if err != nil {
			return fmt.Errorf("%s：%w", name, err)
		}
		if len(found) == 0 {
			without++
		}
		all = append(all, found...)
		return nil
	})
	return all, without, err
}

func headsIn(name string, data []byte, known Known, proofIn func([]byte) ([]byte, error)) (all []Witness, err error) {
	if isPaper(data) {
		return headOfPaper(name, data, known, proofIn)
	}
	if known != nil && bytes.HasSuffix(data, []byte("\n")) && strings.Contains(string(data), "\n\n\u2014 ") {
		_, h, err := ReadCheckpoint(string(data), known)
		if err != nil {
			return nil, err
		}
		return []Witness{{name, h, string(data)}}, nil
	}
	var readable []string
	for _, text := range texts(data) {
		if !isPaper([]byte(text)) {
			readable = append(readable, text)
			continue
		}
		found, err := headOfPaper(name, []byte(text), known, proofIn)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	found, err := Heads(name, readable, known)
	return append(all, found...), err
}

// Heads finds the heads that readable texts carry, whatever they were part of:
// a letter, or a paper whose text somebody extracted. A signed one that known
// does not accept is an error, because somebody made it.
func Heads(name string, texts []string, known Known) (all []Witness, err error) {
	seen := map[Witness]bool{}
	add := func(w Witness) {
		if !seen[w] {
			seen[w] = true
			all = append(all, w)
		}
	}
	for _, text := range texts {
		for _, m := range signedLine.FindAllStringSubmatch(text, -1) {
			note := m[1] + "\n" + m[2] + "\n" + m[3] + "\n\n— " + m[4] + " " + m[5] + "\n"
			if known == nil {
				continue
			}
			_, h, err := ReadCheckpoint(note, known)
			if err != nil {
				return nil, err
			}
			add(Witness{name, h, note})
		}
		for _, m := range headLine.FindAllStringSubmatch(text, -1) {
			size, err := strconv.ParseInt(m[1], 10, 64)
			if err != nil {
				continue
			}
			if root, err := tlog.ParseHash(m[2]); err == nil {
				add(Witness{From: name, Head: store.Head{Size: size, Root: root}})
			}
		}
	}
	return all, nil
}

func isPaper(data []byte) bool { return strings.HasPrefix(string(data), "%PDF-") }

// headOfPaper is the signed head in the proof that a paper carries; none in one
// without. A proof that does not hold is an error: the paper's seal is not asked
// here, only what the ledger's key has signed counts.
func headOfPaper(name string, data []byte, known Known, proofIn func([]byte) ([]byte, error)) ([]Witness, error) {
	if proofIn == nil {
		return nil, nil
	}
	proof, err := proofIn(data)
	if err != nil || len(proof) == 0 {
		return nil, err
	}
	p, h, err := CheckProof(proof, known)
	return []Witness{{name, h, p.Checkpoint}}, err
}

// texts gives the readable parts of a letter and the papers attached to it; of any other file, the file.
func texts(data []byte) []string {
	m, err := mail.ReadMessage(strings.NewReader(string(data)))
	if err != nil || m.Header.Get("Content-Type") == "" {
		return []string{string(data)}
	}
	var all []string
	left := maxParts
	collectTexts(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body, 0, &left, &all)
	return all
}

func collectTexts(kind, encoding string, body io.Reader, depth int, left *int, all *[]string) {
	if *left--; *left < 0 || depth > maxPartDepth {
		return
	}
	media, params, err := mime.ParseMediaType(kind)
	if err != nil {
		return
	}
	if strings.HasPrefix(media, "multipart/") {
		parts := multipart.NewReader(body, params["boundary"])
		for {
			p, err := parts.NextRawPart()
			if err != nil {
				return
			}
			collectTexts(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p, depth+1, left, all)
		}
	}
	if !strings.HasPrefix(media, "text/") && media != "application/pdf" {
		return
	}
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	if text, err := io.ReadAll(io.LimitReader(body, maxLetterBytes)); err == nil {
		if *all = append(*all, string(text)); media == "text/html" {
			(*all)[len(*all)-1] = html.UnescapeString(string(text)) // a plus sign is written as an entity there
		}
	}
}
