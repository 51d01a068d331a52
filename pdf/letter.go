package pdf

import (
	"fmt"
	"strings"
)

// Body of a letter as GB/T 9704 sets it: 28 characters to the line, 22 lines to the page.
const (
	letterLeft    = 28 * mm
	letterTop     = 37 * mm
	letterWidth   = 156 * mm
	letterHeight  = 225 * mm
	letterSize    = letterWidth / 28
	letterLeading = letterHeight / 22
)

// signatureHeight is kept free below the last words, so that no signature stands alone on a page.
const signatureHeight = 3.1 * letterLeading

var letterBody = style{role: song, size: letterSize, ink: black}

// Section is a headed part of a letter. A section without heading is plain paragraphs.
type Section struct {
	Heading string   // numbered by the printer: 一、…
	Text    []string // paragraphs
}

// Letter is an official letter of any kind: 评价通知书, 复核决定书, 批复 and so on.
type Letter struct {
	Head
	Title    string   // title as printed; a line break in it shows where a long title is to be broken
	To       string   // whom it is addressed to
	Opening  []string // paragraphs before the first section
	Sections []Section
	Closing  []string // paragraphs after the last section
	Contact  string   // contact line below the date; none when empty
	Link     string   // address behind a second QR code, for institutions that mail does not reach
	LinkNote string   // what the link is for
}

// Letter prints an official letter with a red head.
func (p *Printer) Letter(in Letter) ([]byte, error) {
	in.For = in.To
	return p.paper(in.Head, strings.ReplaceAll(in.Title, "\n", ""), func(s *sheet) {
		s.redHead(in.Title, in.To)
		for _, text := range in.Opening {
			s.body(text)
		}
		for i, part := range in.Sections {
			if i == len(in.Sections)-1 && in.Link == "" {
				s.keepEnd(part, in.Closing, in.Contact)
			}
			s.section(i+1, part)
		}
		s.linkBox(in.Link, in.LinkNote)
		for i, text := range in.Closing {
			if i == len(in.Closing)-1 {
				s.need(float64(len(s.lines(letterBody, text, 2*letterSize, s.width())))*letterLeading + s.signatureRoom(in.Contact))
			}
			s.body(text)
		}
		s.signature(in.Contact)
	})
}

// keepEnd turns the page before a short last section, when only the closing words would
// stand above the signature on the next one.
func (s *sheet) keepEnd(part Section, closing []string, contact string) {
	n := 0
	for _, text := range part.Text {
		n += len(s.lines(letterBody, text, 2*letterSize, s.width()))
	}
	if part.Heading != "" {
		n++
	}
	for _, text := range closing {
		n += len(s.lines(letterBody, text, 2*letterSize, s.width()))
	}
	if n <= 7 {
		s.need(float64(n)*letterLeading + s.signatureRoom(contact))
	}
}

// linkBox draws a QR code with its purpose and its address, to be scanned or typed.
func (s *sheet) linkBox(link, note string) {
	if link == "" {
		return
	}
	const size, h = 84.0, 108.0
	s.need(h)
	s.y += 8
	s.Rect(s.left, s.y, s.width(), h-16, tint)
	s.qr(s.left+8, s.y+6, size-4, link)
	x, y, w := s.left+size+20, s.y+24, s.width()-size-30
	for _, part := range []struct {
		st   style
		text string
	}{{style{role: hei, size: 11, ink: black}, note}, {style{role: song, size: 9, ink: grey}, link}} {
		for _, line := range s.lines(part.st, part.text, 0, w) {
			s.text(x, y, part.st, line)
			y += part.st.size * 1.5
		}
	}
	s.y += h
}

// redHead opens the first page: issuer in red, number, red line, title, addressee.
func (s *sheet) redHead(name, to string) {
	s.left, s.right = letterLeft, letterLeft+letterWidth
	s.top, s.bottom = letterTop, letterTop+letterHeight
	s.footer = letterFooter
	s.page()
	s.redMark()
	s.heading(name)
	if to != "" {
		s.paragraph(letterBody, letterLeading, 0, to+"：")
	}
}

// redMark draws issuer, number and red line where GB/T 9704 7.2 has them: the issuer's upper edge 35 mm
// below that of the text, two empty lines to the number, the line 4 mm below it, two empty lines to the title.
func (s *sheet) redMark() {
	middle := (s.left + s.right) / 2
	s.y += 35 * mm
	if s.head.Issuer != "" {
		st := style{role: title, size: 34, ink: redHeadInk, gap: 2}
		if n := len([]rune(s.head.Issuer)); n > 12 {
			st.size, st.gap = 28, 1
		}
		s.textFit(middle, s.y+0.86*st.size, s.width(), st, s.head.Issuer)
		s.y += st.size
	}
	s.y += 2 * letterLeading
	if s.head.Number != "" {
		s.textCentre(middle, s.y+letterSize*0.86, letterBody, s.head.Number)
	}
	s.y += letterSize + 4*mm
	s.line(s.left, s.y, s.right, s.y, 1.6, redHeadInk)
	s.y += 2 * letterLeading
}

// heading draws the title of a letter, over several lines when it is long: where the
// caller broke it, else into lines of about one length.
func (s *sheet) heading(text string) {
	st := style{role: title, size: 22, ink: black}
	w := s.width() - 40
	lines := s.lines(st, text, 0, w)
	if n := len(lines); n > 1 && !strings.Contains(text, "\n") {
		for ; len(s.lines(st, text, 0, w-st.size)) == n; w -= st.size {
		}
		lines = s.lines(st, text, 0, w)
	}
	for _, line := range lines {
		s.textCentre((s.left+s.right)/2, s.y+24, st, line)
		s.y += 33
	}
	s.y += letterLeading // one empty line above the addressee
}

// body draws a paragraph of a letter.
func (s *sheet) body(text string) { s.paragraph(letterBody, letterLeading, 2*letterSize, text) }

func (s *sheet) section(n int, part Section) {
	if part.Heading != "" {
		s.need(2 * letterLeading)
		st := style{role: hei, size: letterSize, ink: black}
		s.paragraph(st, letterLeading, 2*letterSize, ordinal(n)+"、"+part.Heading)
		s.bookmark(ordinal(n) + "、" + part.Heading)
	}
	for _, text := range part.Text {
		s.body(text)
	}
}

// signature draws issuer and date at the right, the QR code at the left, kept together on one page.
func (s *sheet) signature(contact string) {
	s.need(s.signatureRoom(contact))
	s.y += letterLeading
	s.verifyBlock(s.left, s.y-6)
	date := day(s.head.Date)
	right := s.right - 4*letterSize // 右空四字
	middle := right - s.measure(letterBody, date)/2
	s.stampSeal(middle, s.y+letterLeading*0.7)
	if s.head.Issuer != "" {
		room := s.width() - 155 // right of the QR code
		w := min(s.measure(letterBody, s.head.Issuer), room)
		s.textFit(min(middle, s.right-w/2), s.y+letterSize, room, letterBody, s.head.Issuer)
	}
	s.textRight(right, s.y+letterLeading+letterSize, letterBody, date)
	s.y += 2.6 * letterLeading
	if contact != "" {
		s.body(note(contact))
	}
}

// note is 附注 in round brackets, two characters in, below the date (GB/T 9704 7.3.6).
func note(contact string) string { return "（" + strings.TrimSpace(contact) + "）" }

func (s *sheet) signatureRoom(contact string) float64 {
	if contact == "" {
		return signatureHeight
	}
	return signatureHeight + letterLeading*float64(len(s.lines(letterBody, note(contact), 2*letterSize, s.width())))
}

// verifyBlock draws the QR code and the short code beside it.
func (s *sheet) verifyBlock(x, y float64) {
	const size = 58
	small := style{role: song, size: 8, ink: grey}
	if s.head.VerifyURL == "" {
		return
	}
	s.qr(x, y, size, s.head.VerifyURL)
	s.text(x+size+8, y+size-14, small, "扫码验真")
	if s.head.VerifyCode != "" {
		s.text(x+size+8, y+size-3, small, "验真码 "+s.head.VerifyCode)
	}
}

// letterFooter is the foot of letters: — 1 —, at the outer edge, with the ledger's line below.
func letterFooter(s *sheet, page, of int) {
	st := style{role: song, size: 14, ink: black}
	y := letterTop + letterHeight + 7*mm + 10
	text := fmt.Sprintf("— %d —", page)
	if page%2 == 1 {
		s.textRight(s.right-14, y, st, text)
	} else {
		s.text(s.left+14, y, st, text)
	}
	s.footNote(y+20, 0)
}
