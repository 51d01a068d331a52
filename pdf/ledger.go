package pdf

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Ledger is where the house's ledger stood when a paper was made. The line is printed at the foot of
// every page, the proof lies in the paper as a file: hundreds of desks then hold a witness that no
// administrator can edit. It is an input like any other: the same again gives the same bytes.
type Ledger struct {
	Line  string // head of the ledger, as letters carry it
	Proof []byte // that the order for this paper stands in it, with the signed head; JSON, none when empty
	Key   string // public keys of the ledger, the newest first; the head is signed with one of them
}

// proofName is what readers call the file that lies in a paper.
const proofName = "ledger-proof.json"

// proofMark begins that file. Nothing else in a paper is an embedded file.
const proofMark = "/Type/EmbeddedFile/Subtype/application#2Fjson"

// foot is where the line of a page goes.
type foot struct {
	x, y, size, most float64 // left end of the line, or its middle
	role             role
	centre           bool
}

// noFiles is what gofpdf writes when it attached none.
const noFiles = "/Names <<\n/EmbeddedFiles << /Names [\n  \n] >>\n>>"

// keepFoot reserves a place for the line on the current page.
func (s *sheet) keepFoot(f foot) {
	if s.feet == nil {
		s.feet = map[int]foot{}
	}
	s.feet[len(s.pages)] = f
}

// addLedger writes the line under every page and the proof into the file. All of it stands in what is added
// to the finished file, so that equal papers are equal up to there whatever the ledger had to say.
func (r *revision) addLedger(s *sheet) error {
	l := s.head.Ledger
	if l.Line != "" {
		if err := r.addFeet(s); err != nil {
			return err
		}
	}
	if len(l.Proof) == 0 {
		return nil
	}
	file, spec := r.add(), r.add()
	r.write(file, fmt.Sprintf("<<%s/Params<</Size %d>>/Length %d>>\nstream\n%s\nendstream", proofMark, len(l.Proof), len(l.Proof), l.Proof))
	r.write(spec, fmt.Sprintf("<</Type/Filespec/F(%s)/UF(%s)/AFRelationship/Supplement/Desc%s/EF<</F %d 0 R/UF %d 0 R>>>>",
		proofName, proofName, wide("账本证明：本文书的制发记录在账本之中"), file, file))
	return r.amend(r.root, func(catalog string) (string, bool) {
		ours := fmt.Sprintf("/Names<</EmbeddedFiles<</Names[(%s)%d 0 R]>>>>/AF[%d 0 R]", proofName, spec, spec)
		return strings.Replace(catalog, noFiles, ours, 1), strings.Count(catalog, "/Names") == 2 && strings.Contains(catalog, noFiles)
	})
}

// addFeet draws the line on the pages that have a place for it.
func (r *revision) addFeet(s *sheet) error {
	numbers := map[role]int{}
	for n := 1; n <= len(s.pages); n++ {
		at, ok := s.feet[n]
		if !ok {
			continue
		}
		f, err := s.p.fonts.lineFont(at.role)
		if err != nil {
			return err
		}
		codes, wide, err := f.codes(s.head.Ledger.Line)
		if err != nil {
			return err
		}
		size, x := at.size, at.x
		if w := wide * size; w > at.most {
			size *= at.most / w
		}
		if at.centre {
			x -= wide * size / 2
		}
		name := fmt.Sprintf("XPL%d", at.role)
		if numbers[at.role] == 0 {
			numbers[at.role] = r.addFont(f)
			err := r.amend(resources, func(d string) (string, bool) {
				return strings.Replace(d, "/Font <<\n", fmt.Sprintf("/Font <<\n/%s %d 0 R\n", name, numbers[at.role]), 1), strings.Count(d, "/Font <<\n") == 1
			})
			if err != nil {
				return err
			}
		}
		steps := fmt.Sprintf("q\nBT\n/%s %.3f Tf\n0 Tc 0 Tw 100 Tz 0 Ts 0 Tr\n%.3f %.3f %.3f rg\n1 0 0 1 %.2f %.2f Tm\n<%s> Tj\nET\nQ\n",
			name, size, float64(grey.r)/255, float64(grey.g)/255, float64(grey.b)/255, x, s.h-at.y, codes)
		content := r.add()
		r.write(content, fmt.Sprintf("<</Length %d>>\nstream\n%sendstream", len(steps), steps))
		err = r.amend(firstPage+2*(n-1), func(page string) (string, bool) {
			m := pageContent.FindStringSubmatch(page)
			return pageContent.ReplaceAllString(page, fmt.Sprintf("/Contents [${1} 0 R %d 0 R]", content)), m != nil && strings.Contains(page, "/Type /Page\n")
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// resources is the number gofpdf gives to the dictionary of fonts and pictures of all pages.
const resources = 2

var pageContent = regexp.MustCompile(`/Contents (\d+) 0 R`)

// ProofIn reads the proof that lies in a paper; none when there is none. Of a paper that Verify
// did not pass it is worth what the ledger's key has signed in it.
func ProofIn(file []byte) []byte {
	at := bytes.LastIndex(file, []byte(proofMark))
	if at < 0 {
		return nil
	}
	head, rest, ok := bytes.Cut(file[at:], []byte(">>\nstream\n"))
	_, length, has := bytes.Cut(head, []byte("/Length "))
	n, err := strconv.Atoi(string(length))
	if !ok || !has || err != nil || n < 0 || n > len(rest) {
		return nil
	}
	return slices.Clone(rest[:n])
}

// Substance is the digest of what a paper says apart from the ledger's line and proof and from its
// signature: of the bytes before all that was added. Two years that took the same course have papers
// of the same substance, in whatever order the ledger took their records.
func Substance(file []byte) (string, error) {
	n, err := substanceEnd(file)
	sum := sha256.Sum256(file[:n])
	return hex.EncodeToString(sum[:]), err
}

var lastPrev = regexp.MustCompile(`/Prev (\d+)/ID\[`)

// substanceEnd is where gofpdf ended the file: after the first table of objects, to which the added one points back.
func substanceEnd(file []byte) (int, error) {
	end := []byte("%%EOF\n")
	all := lastPrev.FindAllSubmatch(file, -1)
	if len(all) == 0 {
		return 0, errBase
	}
	from, err := strconv.Atoi(string(all[len(all)-1][1]))
	if err != nil || from > len(file) {
		return 0, cmp.Or(err, errBase)
	}
	at := bytes.Index(file[from:], end)
	if at < 0 || !bytes.HasPrefix(file[from:], []byte("xref\n")) {
		return 0, errBase
	}
	return from + at + len(end), nil
}
