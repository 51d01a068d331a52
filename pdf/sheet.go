package pdf

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

const (
	mm      = 72 / 25.4
	a4Short = 210 * mm
	a4Long  = 297 * mm
)

// ink is a colour.
type ink struct{ r, g, b int }

var (
	black      = ink{0x1c, 0x1c, 0x1c}
	grey       = ink{0x6e, 0x6e, 0x6e}
	hair       = ink{0xc4, 0xc0, 0xb8}
	tint       = ink{0xf4, 0xf1, 0xea}
	seal       = ink{0xb3, 0x1b, 0x1b} // the one accent
	redHeadInk = ink{0xd8, 0x00, 0x0f} // the red of official heads
	gold       = ink{0xb0, 0x8a, 0x4a}
	faint      = ink{0xf2, 0xed, 0xeb}
)

// style is how a text looks.
type style struct {
	role role
	size float64
	ink  ink
	gap  float64 // added after each character
}

// Head is what every paper carries.
type Head struct {
	Issuer     string    // who issues the paper; shown as given
	Number     string    // 文号, such as 宣评告〔2026〕3号
	Date       time.Time // date of the paper, of its PDF metadata too
	VerifyURL  string    // address in the QR code; none when empty
	VerifyCode string    // short code to be typed on the verify page
	Ledger     Ledger    // head of the ledger at the foot of every page, and a proof; none when empty
	Rehearsal  bool      // marks every page 示例
	Mark       string    // marks every page otherwise, such as 自评; never an official paper
	PaperKey   string    // stable key of the paper, kept in the metadata
	For        string    // whom the paper is about, kept in the metadata; the printer of each paper fills it in
	Seal       []byte    // PNG of the issuer's seal, checked by CheckSeal; none when empty
	Signer     Signer    // seals the paper; none when nil
}

// beijing is the zone of every date on paper; fixed, since 1991 it has no summer time.
var beijing = time.FixedZone("CST", 8*3600)

// day writes a date as papers do: 2027年3月2日.
func day(t time.Time) string {
	t = t.In(beijing)
	return fmt.Sprintf("%d年%d月%d日", t.Year(), int(t.Month()), t.Day())
}

// sheet is a paper being laid out: pages of drawing steps. Nothing reaches gofpdf before the whole
// paper stands, so the number of pages and the characters used are known when printing begins.
type sheet struct {
	p       *Printer
	faces   map[faceKey]*face
	head    Head
	name    string // title in the metadata
	w, h    float64
	left    float64
	right   float64 // x of the right edge of the text
	top     float64
	bottom  float64 // y of the lower edge of the text
	y       float64 // cursor: top of what comes next
	pages   [][]step
	markY   float64 // baseline of the small mark 示例
	footer  func(s *sheet, page, of int)
	feet    map[int]foot // where the ledger's line goes, by page
	used    map[faceKey]map[rune]bool
	missing map[faceKey][]rune
	err     error
}

// step is one drawing act, replayed on the press.
type step func(*press)

func newSheet(p *Printer, h Head, name string) *sheet {
	s := &sheet{p: p, faces: *p.faces.Load(), head: h, name: name, w: a4Short, h: a4Long,
		used: map[faceKey]map[rune]bool{}, missing: map[faceKey][]rune{}, markY: 13 * mm, footer: plainFooter}
	s.margins(25*mm, 25*mm, 24*mm, 22*mm)
	return s
}

func (s *sheet) margins(left, right, top, bottom float64) {
	s.left, s.right, s.top, s.bottom = left, s.w-right, top, s.h-bottom
}

func (s *sheet) width() float64 { return s.right - s.left }

// page begins a new page.
func (s *sheet) page() {
	s.pages = append(s.pages, nil)
	s.y = s.top
	if mark := s.head.mark(); mark != "" {
		s.watermark(mark)
	}
}

// need begins a new page when less than h is left on this one.
func (s *sheet) need(h float64) {
	if s.y+h > s.bottom+1e-6 {
		s.page()
	}
}

func (s *sheet) do(one step) {
	last := len(s.pages) - 1
	s.pages[last] = append(s.pages[last], one)
}

// mark is the word over every page of a paper that is not official.
func (h Head) mark() string {
	if h.Rehearsal {
		return "示例"
	}
	return h.Mark
}

// watermark marks the page as not official twice: large and light for the eye, small for every text search.
func (s *sheet) watermark(mark string) {
	st := style{role: hei, size: 170, ink: faint}
	w := s.measure(st, mark)
	x, y := s.w/2-w/2, s.h/2+st.size*0.36
	for _, r := range s.runs(st, mark) {
		at := x
		s.do(func(p *press) { p.turned(32, s.w/2, s.h/2, func() { p.text(at, y, st, r.key, r.codes) }) })
		x += r.width
	}
	small := style{role: hei, size: 9, ink: seal}
	s.textCentre(s.w/2, s.markY, small, mark+" · 非官方文件")
}

// run is a stretch of text that one face can show.
type run struct {
	key   faceKey
	codes string // what the face knows the text by
	rare  string // the text itself when codes are private ones
	width float64
}

// runs splits text by the face that shows it and notes what is used and what is missing.
func (s *sheet) runs(st style, text string) []run {
	var out []run
	last := rune(-1)
	between := s.between(st)
	for _, r := range clean(text) {
		key, ok := s.p.fonts.key(st.role, r)
		if !ok {
			s.fail(fmt.Errorf("没有字体能显示“%c”（U+%04X）：请安装含该字的字体（如 fonts-hanazono），或改用规范汉字，再重新打印", r, r))
			continue
		}
		block, c := code(r)
		width := st.size + st.gap
		if f := s.faces[key]; f != nil && f.runes[r] {
			width = float64(f.advance(r))*st.size/1000 + st.gap
		} else {
			s.missing[key] = append(s.missing[key], r)
		}
		if s.used[key] == nil {
			s.used[key] = map[rune]bool{}
		}
		s.used[key][r] = true
		shift := between(last, r)
		if n := len(out); n == 0 || out[n-1].key != key || shift != 0 {
			out = append(out, run{key: key})
			if n > 0 {
				out[n-1].width += shift
			}
		}
		end := &out[len(out)-1]
		end.codes += string(rune(c))
		end.width += width
		if block > 0 {
			end.rare += string(r)
		}
		last = r
	}
	return out
}

func (s *sheet) fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

// advance is the width of one rune in a style.
func (s *sheet) advance(st style) func(rune) float64 {
	cache := map[rune]float64{}
	return func(r rune) float64 {
		w, ok := cache[r]
		if !ok {
			w = s.measure(st, string(r))
			cache[r] = w
		}
		return w
	}
}

func (s *sheet) measure(st style, text string) float64 {
	w := 0.0
	for _, r := range s.runs(st, text) {
		w += r.width
	}
	return w
}

// text draws a line with its baseline at y and returns its width.
func (s *sheet) text(x, y float64, st style, text string) float64 {
	from := x
	for _, r := range s.runs(st, text) {
		at := x
		s.do(func(p *press) {
			if r.rare != "" {
				p.spoken(r.rare, func() { p.text(at, y, st, r.key, r.codes) })
				return
			}
			p.text(at, y, st, r.key, r.codes)
		})
		x += r.width
	}
	return x - from
}

func (s *sheet) textRight(x, y float64, st style, text string) {
	s.text(x-s.measure(st, text)+st.gap, y, st, text)
}

func (s *sheet) textCentre(x, y float64, st style, text string) {
	s.text(x-(s.measure(st, text)-st.gap)/2, y, st, text)
}

// textFit draws centred text, smaller when it is wider than w.
func (s *sheet) textFit(x, y, w float64, st style, text string) {
	if have := s.measure(st, text); have > w {
		st.size, st.gap = st.size*w/have, st.gap*w/have
	}
	s.textCentre(x, y, st, text)
}

// lines breaks text, which may hold several paragraphs, into lines.
func (s *sheet) lines(st style, text string, indent, w float64) []string {
	var out []string
	adv := s.advance(st)
	for part := range strings.SplitSeq(clean(text), "\n") {
		out = append(out, Break(part, adv, s.between(st), w-indent, w)...)
	}
	return out
}

// paragraph draws text across s.left..s.right from the cursor on, over as many
// pages as it needs, justified, the first line indented.
func (s *sheet) paragraph(st style, leading, indent float64, text string) {
	for part := range strings.SplitSeq(clean(text), "\n") {
		lines := Break(part, s.advance(st), s.between(st), s.width()-indent, s.width())
		for i, line := range lines {
			x, w := s.left, s.width()
			if i == 0 {
				x, w = x+indent, w-indent
			}
			s.need(leading)
			s.justified(x, s.y+leading/2+st.size*0.36, w, st, line, i == len(lines)-1)
			s.y += leading
		}
	}
}

// justified draws a line out to width w, unless it is the last of its paragraph.
func (s *sheet) justified(x, y, w float64, st style, line string, last bool) {
	line = strings.TrimRight(line, " ")
	n := len([]rune(line)) - 1
	slack := w - s.measure(st, line)
	if !last && n > 0 && slack > 0 && slack/float64(n) < st.size*0.3 {
		st.gap += slack / float64(n)
		st.gap += (w + st.gap - s.measure(st, line)) / float64(n+1) // what spacing gave back
	}
	s.text(x, y, st, line)
}

// bookmark notes a heading that was just drawn.
func (s *sheet) bookmark(text string) {
	y := s.y - 28
	s.do(func(p *press) { p.bookmark(text, max(0, y)) })
}

func (s *sheet) line(x1, y1, x2, y2, width float64, c ink) {
	s.do(func(p *press) { p.line(x1, y1, x2, y2, width, c) })
}

// Line is part of canvas.
func (s *sheet) Line(x1, y1, x2, y2, width float64, c ink) { s.line(x1, y1, x2, y2, width, c) }

// Rect fills a rectangle.
func (s *sheet) Rect(x, y, w, h float64, fill ink) {
	s.do(func(p *press) { p.rect(x, y, w, h, fill) })
}

// Polygon draws a closed shape: filled when fill is given, outlined when stroke is.
func (s *sheet) Polygon(points []spot, fill, stroke *ink, width float64) {
	points = slices.Clone(points)
	s.do(func(p *press) { p.polygon(points, fill, stroke, width) })
}

// Text draws chart lettering; align is -1 left, 0 centre, 1 right of x.
func (s *sheet) Text(x, y float64, align int, size float64, c ink, text string) {
	st := style{role: hei, size: size, ink: c}
	switch align {
	case -1:
		s.text(x, y, st, text)
	case 0:
		s.textCentre(x, y, st, text)
	default:
		s.textRight(x, y, st, text)
	}
}

// plainFooter is the foot of working papers: the ledger's line and 第N页　共M页.
func plainFooter(s *sheet, page, of int) {
	st := style{role: song, size: 8.5, ink: grey}
	y := s.h - 12*mm
	s.line(s.left, y-11, s.right, y-11, 0.4, hair)
	s.textRight(s.right, y, st, fmt.Sprintf("第%d页　共%d页", page, of))
	s.footNote(y, 70)
}

// footNote draws the verify code in small print and keeps the place for the ledger's
// line behind it, leaving room at the right.
func (s *sheet) footNote(y, room float64) {
	st := style{role: song, size: 7, ink: grey}
	x := s.left
	if s.head.VerifyCode != "" {
		x += s.text(x, y, st, "验真码 "+s.head.VerifyCode) + 2*st.size
	}
	s.keepFoot(foot{x: x, y: y, size: st.size, most: s.right - room - x, role: st.role})
}
