package pdf

import "fmt"

// Certificate is an honour given to an institution, a base, a case or a person.
type Certificate struct {
	Head
	Title    string // 荣誉证书 when empty
	Name     string // who receives it
	Year     int
	Rating   string // the honour in words, given by the regulator
	Citation string // the sentence; a standard one when empty
}

// Certificate prints a certificate: A4 across, with a woven border.
func (p *Printer) Certificate(in Certificate) ([]byte, error) {
	if in.Title == "" {
		in.Title = "荣誉证书"
	}
	if in.Citation == "" {
		in.Citation = fmt.Sprintf("在%d年度认证机构宣传工作评价中成绩突出，评定为", in.Year)
	}
	in.For = in.Name
	return p.paper(in.Head, in.Title+" "+in.Name, func(s *sheet) {
		s.w, s.h = a4Long, a4Short
		s.margins(44*mm, 44*mm, 30*mm, 24*mm)
		s.footer = nil
		s.markY = 70 // inside of the border
		s.page()
		border := guilloche()
		s.do(func(p *press) { p.raw(border) })
		s.honour(in)
		s.awarded()
	})
}

// honour draws title, name, sentence and rating down the middle.
func (s *sheet) honour(in Certificate) {
	middle := s.w / 2
	s.textFit(middle, 136, s.width(), style{role: title, size: 44, ink: seal, gap: 14}, in.Title)
	s.line(middle-130, 160, middle-12, 160, 0.8, gold)
	s.line(middle+12, 160, middle+130, 160, 0.8, gold)
	d := []spot{{middle, 155.5}, {middle + 4.5, 160}, {middle, 164.5}, {middle - 4.5, 160}}
	s.Polygon(d, &gold, nil, 0)
	name := style{role: kai, size: 30, ink: black, gap: 2}
	if s.measure(name, in.Name) > s.width()*1.35 {
		name.size, name.gap = 22, 0
	}
	lines := s.lines(name, in.Name, 0, s.width())
	y := 232.0
	for _, line := range lines {
		s.textCentre(middle, y, name, line)
		y += name.size * 1.4
	}
	cite := style{role: kai, size: 20, ink: black, gap: 0.6}
	y += 16
	for _, line := range s.lines(cite, in.Citation, 0, s.width()) {
		s.textCentre(middle, y, cite, line)
		y += 32
	}
	s.textFit(middle, y+34, s.width(), style{role: title, size: 38, ink: seal, gap: 6}, in.Rating)
}

// awarded draws the code at the lower left, issuer, date and number at the lower right.
func (s *sheet) awarded() {
	// only two fonts on a certificate: each costs gofpdf milliseconds
	small := style{role: kai, size: 9, ink: grey}
	x, base := 66.0, s.h-68
	if s.head.VerifyURL != "" {
		s.qr(x, base-64, 64, s.head.VerifyURL)
		x += 74
	}
	if s.head.VerifyCode != "" {
		s.text(x, base-30, small, "扫码或凭验真码核对真伪")
		s.text(x, base-16, style{role: kai, size: 11, ink: black}, "验真码 "+s.head.VerifyCode)
	}
	if s.head.Number != "" {
		s.text(x, base-2, small, "证书编号 "+s.head.Number)
	}
	at := s.w - 200.0
	s.stampSeal(at, base-44) // clear of the border
	s.textFit(at, base-30, 250, style{role: kai, size: 18, ink: black, gap: 1}, s.head.Issuer)
	s.textCentre(at, base-2, style{role: kai, size: 16, ink: black, gap: 0.5}, day(s.head.Date))
	s.keepFoot(foot{x: s.w / 2, y: s.h - 56.5, size: 6.5, most: s.w - 130, role: kai, centre: true})
}
