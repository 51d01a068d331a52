package pdf

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"unicode/utf16"

	"github.com/jung-kurt/gofpdf"
)

// spot is a point on a page.
type spot struct{ x, y float64 }

// longestRun bounds the consecutive characters in one font of one paper: gofpdf
// takes cubic time in them. No real text comes near it.
const longestRun = 600

// press replays a laid out sheet on gofpdf. It is the only type that knows gofpdf, and it keeps away from everything
// there that loses or garbles text: MultiCell, Write, runes above U+FFFF, missing glyphs, shared font bytes.
type press struct {
	pdf   *gofpdf.Fpdf
	names map[faceKey]string
	key   faceKey
	size  float64
	gap   float64
}

// press turns the sheet into the bytes of a PDF. Same sheet, same bytes.
func (s *sheet) press() (out []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			out, err = nil, fmt.Errorf("打印“%s”失败：请检查其中的特殊字符后重试（%v）", s.name, r)
		}
	}()
	p, err := s.newPress()
	if err != nil {
		return nil, err
	}
	for _, steps := range s.pages {
		p.pdf.AddPage()
		p.key, p.gap = faceKey{}, 0
		for _, one := range steps {
			one(p)
		}
	}
	var buf bytes.Buffer
	if err := p.pdf.Output(&buf); err != nil {
		return nil, fmt.Errorf("打印“%s”失败：%w", s.name, err)
	}
	return s.finish(buf.Bytes())
}

// footers draws the foot of every page, now that their number is known.
func (s *sheet) footers() {
	if s.footer == nil {
		return
	}
	all := s.pages
	for i := range all {
		s.pages = all[:i+1]
		s.footer(s, i+1, len(all))
	}
	s.pages = all
}

func (s *sheet) newPress() (*press, error) {
	pdf := gofpdf.NewCustom(&gofpdf.InitType{UnitStr: "pt", Size: gofpdf.SizeType{Wd: s.w, Ht: s.h}})
	pdf.SetMargins(0, 0, 0)
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(s.head.Date.In(beijing))
	pdf.SetModificationDate(s.head.Date.In(beijing))
	pdf.SetTitle(clean(s.name), true)
	pdf.SetAuthor(clean(s.head.Issuer), true)
	pdf.SetSubject(clean(s.head.Number), true)
	pdf.SetKeywords(clean(s.head.PaperKey), true)
	pdf.SetCreator("宣评", true)
	p := &press{pdf: pdf, names: map[faceKey]string{}}
	keys := slices.SortedFunc(maps.Keys(s.used), func(a, b faceKey) int {
		return bytes.Compare([]byte(s.faces[a].name), []byte(s.faces[b].name))
	})
	for i, key := range keys {
		data, err := s.cut(key)
		if err != nil {
			return nil, err
		}
		p.names[key] = fmt.Sprintf("%s%d", s.faces[key].name, i)
		pdf.AddUTF8FontFromBytes(p.names[key], "", data)
	}
	return p, pdf.Error()
}

// cut makes the font of this paper: only its own characters, its own bytes.
func (s *sheet) cut(key faceKey) ([]byte, error) {
	pairs := make([]pair, 0, len(s.used[key]))
	row, last := 0, rune(-1)
	for _, r := range slices.Sorted(maps.Keys(s.used[key])) {
		if row++; r != last+1 {
			row = 0
		}
		if last = r; row > longestRun {
			return nil, fmt.Errorf("“%s”的文字不像正常文本（连续编码的字符过多），不予打印", s.name)
		}
		_, c := code(r)
		pairs = append(pairs, pair{c, rune(c)})
	}
	return subset(s.faces[key].source, pairs)
}

func (p *press) text(x, y float64, st style, key faceKey, codes string) {
	if p.key != key || p.size != st.size {
		p.pdf.SetFont(p.names[key], "", st.size)
		p.key, p.size = key, st.size
	}
	if p.gap != st.gap {
		p.pdf.RawWriteStr(fmt.Sprintf("%.4f Tc\n", st.gap))
		p.gap = st.gap
	}
	p.pdf.SetTextColor(st.ink.r, st.ink.g, st.ink.b)
	p.pdf.Text(x, y, codes)
}

// picture draws a PNG; drawn twice it is kept once.
func (p *press) picture(name string, file []byte, x, y, w, h float64) {
	o := gofpdf.ImageOptions{ImageType: "PNG"}
	p.pdf.RegisterImageOptionsReader(name, o, bytes.NewReader(file))
	p.pdf.ImageOptions(name, x, y, w, h, false, o, 0, "")
}

// spoken draws what private codes show while programs that copy or read aloud get the true text.
func (p *press) spoken(text string, draw func()) {
	p.pdf.RawWriteStr("/Span <</ActualText <FEFF")
	for _, u := range utf16.Encode([]rune(text)) {
		p.pdf.RawWriteStr(fmt.Sprintf("%04X", u))
	}
	p.pdf.RawWriteStr(">>> BDC\n")
	draw()
	p.pdf.RawWriteStr("EMC\n")
}

func (p *press) turned(angle, x, y float64, draw func()) {
	p.pdf.TransformBegin()
	p.pdf.TransformRotate(angle, x, y)
	draw()
	p.pdf.TransformEnd()
	p.key, p.gap = faceKey{}, 0 // the end of the turn restored the state before it
	p.pdf.RawWriteStr("0 Tc\n")
}

func (p *press) line(x1, y1, x2, y2, width float64, c ink) {
	p.pdf.SetLineWidth(width)
	p.pdf.SetDrawColor(c.r, c.g, c.b)
	p.pdf.Line(x1, y1, x2, y2)
}

func (p *press) rect(x, y, w, h float64, c ink) {
	p.pdf.SetFillColor(c.r, c.g, c.b)
	p.pdf.Rect(x, y, w, h, "F")
}

func (p *press) polygon(points []spot, fill, stroke *ink, width float64) {
	mode := ""
	if fill != nil {
		p.pdf.SetFillColor(fill.r, fill.g, fill.b)
		mode = "F"
	}
	if stroke != nil {
		p.pdf.SetDrawColor(stroke.r, stroke.g, stroke.b)
		p.pdf.SetLineWidth(width)
		mode += "D"
	}
	if mode == "" || len(points) < 2 {
		return
	}
	p.pdf.MoveTo(points[0].x, points[0].y)
	for _, pt := range points[1:] {
		p.pdf.LineTo(pt.x, pt.y)
	}
	p.pdf.ClosePath()
	p.pdf.DrawPath(mode)
}

// bookmark enters a heading, drawn before, into the outline that readers show beside the pages.
func (p *press) bookmark(text string, y float64) { p.pdf.Bookmark(clean(text), 0, y) }

// raw writes finished operators, kept apart from the state of everything else.
func (p *press) raw(operators string) { p.pdf.RawWriteStr("q\n" + operators + "Q\n") }
