package audit

import (
	"context"
	"encoding/base64"
	"fmt"
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
}

// headLine is how letters carry the head; see store.Head.Line.
var headLine = regexp.MustCompile(`账本 (\d{1,12}) · ([A-Za-z0-9+/]{43}=)`)

// Bounds of what a folder of letters may hold.
const (
	maxLetterBytes = 64 << 20
	maxParts       = 200
	maxPartDepth   = 10
)

// Witnesses reads the heads that the files of a folder carry: letters as .eml,
// texts, and checkpoints whose signature known accepts. Files without any are
// counted; a checkpoint with a bad signature is an error, because somebody made it.
func Witnesses(dir fs.FS, known Known) (all []Witness, without int, err error) {
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
		found, err := headsIn(name, data, known)
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

func headsIn(name string, data []byte, known Known) (all []Witness, err error) {
	if known != nil && strings.Contains(string(data), "\n\n\u2014 ") {
		_, h, err := ReadCheckpoint(string(data), known)
		if err != nil {
			return nil, err
		}
		return []Witness{{name, h}}, nil
	}
	seen := map[store.Head]bool{}
	for _, text := range texts(data) {
		for _, m := range headLine.FindAllStringSubmatch(text, -1) {
			size, err := strconv.ParseInt(m[1], 10, 64)
			if err != nil {
				continue
			}
			root, err := tlog.ParseHash(m[2])
			if h := (store.Head{Size: size, Root: root}); err == nil && !seen[h] {
				seen[h] = true
				all = append(all, Witness{name, h})
			}
		}
	}
	return all, nil
}

// texts gives the readable parts of a letter; of any other file, the file.
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
	if !strings.HasPrefix(media, "text/") {
		return
	}
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	if text, err := io.ReadAll(io.LimitReader(body, maxLetterBytes)); err == nil {
		*all = append(*all, string(text))
	}
}

// CompareWitnesses holds heads that others kept against the records as they are
// now: a cut-off end or a rewritten beginning is found by one kept letter, even
// when the hashes were recomputed and signed again with the stolen key.
func CompareWitnesses(leaves []store.Leaf, kept []Witness) ([]Fault, error) {
	var t tree
	for _, l := range leaves {
		if err := t.add(tlog.RecordHash([]byte(l.Record))); err != nil {
			return nil, err
		}
	}
	var out LedgerReport
	for _, w := range kept {
		switch {
		case w.Head.Size > t.size:
			out.fault(-1, "历史短于见证：%s 载有 %d 条的账本，现在只有 %d 条，末尾被删去", w.From, w.Head.Size, t.size)
		case w.Head.Size == 0:
		default:
			root, err := tlog.TreeHash(w.Head.Size, t.read())
			if err != nil {
				return nil, err
			}
			if root != w.Head.Root {
				out.fault(-1, "与见证不符：%s 所载前 %d 条的账本根为 %s，现有记录得出 %s，历史被改写", w.From, w.Head.Size, w.Head.Root, root)
			}
		}
	}
	return out.Faults, nil
}

// VerifyLedger checks the ledger against itself, against every signed head that
// it stores, against what others kept, and every row of every fact against it.
func VerifyLedger(ctx context.Context, r store.Reader, known Known, kept []Witness) (LedgerReport, error) {
	out, err := CheckLedger(ctx, r)
	if err != nil {
		return out, err
	}
	signed, err := r.Checkpoints(ctx)
	if err != nil {
		return out, err
	}
	for _, c := range signed {
		name := fmt.Sprintf("检查点 %d", c.Size)
		_, h, err := ReadCheckpoint(c.Note, known)
		if err != nil {
			out.fault(-1, "%s：%v", name, err)
			continue
		}
		if h != c.Head() {
			out.fault(-1, "%s：所存条数和根与签署的不同", name)
		}
		kept = append(kept, Witness{name, h})
	}
	leaves, err := ledger(ctx, r)
	if err != nil {
		return out, err
	}
	faults, err := CompareWitnesses(leaves, kept)
	if err != nil {
		return out, err
	}
	out.Faults = append(out.Faults, faults...)
	out.Rows, out.Sealed, out.RowFaults, err = CheckRows(ctx, r)
	return out, err
}
