package pdf

import "strings"

// column is a column of a table.
type column struct {
	head  string
	w     float64
	align int // -1 left, 0 centre, 1 right
}

// table draws rows under a head that is repeated on every page. Lines of a long
// cell flow over to the next page; nothing is cut off.
type table struct {
	s       *sheet
	cols    []column
	body    style
	leading float64
	pad     float64
}

func (s *sheet) table(size float64, cols ...column) *table {
	total := 0.0
	for _, c := range cols {
		total += c.w
	}
	for i := range cols {
		cols[i].w *= s.width() / total // widths are proportions
	}
	return &table{s: s, cols: cols, body: style{role: song, size: size, ink: black}, leading: size * 1.5, pad: size * 0.5}
}

// head draws the column heads, with room kept for at least two lines below.
func (t *table) head() {
	st := style{role: hei, size: t.body.size, ink: black}
	t.s.need(4*t.leading + 4*t.pad)
	h := t.leading + 2*t.pad
	t.s.Rect(t.s.left, t.s.y, t.s.width(), h, tint)
	t.s.line(t.s.left, t.s.y, t.s.right, t.s.y, 0.9, black)
	x := t.s.left
	for _, c := range t.cols {
		t.place(x, t.s.y+t.pad, c, st, c.head)
		x += c.w
	}
	t.s.y += h
	t.s.line(t.s.left, t.s.y, t.s.right, t.s.y, 0.5, black)
}

// place draws one line of a cell whose top is y.
func (t *table) place(x, y float64, c column, st style, line string) {
	base := y + t.leading/2 + st.size*0.36
	line = strings.TrimRight(line, " ")
	switch c.align {
	case -1:
		t.s.text(x+t.pad, base, st, line)
	case 0:
		t.s.textCentre(x+c.w/2, base, st, line)
	default:
		t.s.textRight(x+c.w-t.pad, base, st, line)
	}
}

// row draws one row; a figure that is not there is a dash, a remark may be none.
func (t *table) row(cells ...string) {
	for i, c := range cells {
		if c == "" && t.cols[i].align >= 0 {
			cells[i] = "—"
		}
	}
	t.styled(t.body, cells...)
}

// sum draws a row that stands out.
func (t *table) sum(cells ...string) {
	st := t.body
	st.role = hei
	t.styled(st, cells...)
}

func (t *table) styled(st style, cells ...string) {
	broken := make([][]string, len(t.cols))
	rest := 1
	for i, c := range t.cols {
		if i < len(cells) {
			broken[i] = t.s.lines(st, cells[i], 0, c.w-2*t.pad)
		}
		rest = max(rest, len(broken[i]))
	}
	for from := 0; rest > 0; {
		fit := int((t.s.bottom - t.s.y - 2*t.pad + 0.01) / t.leading)
		if fit < min(rest, 2) || fit < rest && rest <= 6 { // short rows stay whole
			t.s.page()
			t.head()
			fit = int((t.s.bottom - t.s.y - 2*t.pad) / t.leading)
		}
		take := max(1, min(fit, rest))
		t.slice(st, broken, from, take)
		from, rest = from+take, rest-take
	}
}

// slice draws n lines of a row.
func (t *table) slice(st style, cells [][]string, from, n int) {
	x := t.s.left
	for i, c := range t.cols {
		for k := from; k < from+n && k < len(cells[i]); k++ {
			t.place(x, t.s.y+t.pad+float64(k-from)*t.leading, c, st, cells[i][k])
		}
		x += c.w
	}
	t.s.y += float64(n)*t.leading + 2*t.pad
	t.s.line(t.s.left, t.s.y, t.s.right, t.s.y, 0.4, hair)
}

// end closes the table.
func (t *table) end() {
	t.s.line(t.s.left, t.s.y, t.s.right, t.s.y, 0.9, black)
	t.s.y += t.leading
}
