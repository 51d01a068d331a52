package pdf

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

var (
	barInk   = ink{0x8f, 0x2d, 0x2a}
	paleInk  = ink{0xe9, 0xe3, 0xd8}
	radarInk = ink{0xf0, 0xdb, 0xd6}
	restInk  = ink{0xcb, 0xb9, 0xb0}
)

// Bar is one bar of a chart. Value, Mean and Max share a unit.
type Bar struct {
	No    int // row of 附件2; none when 0
	Label string
	Value int
	Max   int // full length; the largest value when 0
	Mean  int // a mark for comparison; none when 0
	Low   int // ends of the line that shows the middle half; none when both are 0
	High  int
	Own   bool // drawn darker than the others
	Shown string
	Key   string // what it counts, for those who check the figures; not printed
}

const barPitch, leastPitch = 19.0, 16.5

// bars draws horizontal bars, labels at the left and figures at the right edge; it returns the height.
func bars(c canvas, x, y, w, labels, pitch float64, list []Bar) float64 {
	const figures = 62
	room := w - labels - figures
	top := 1
	for _, b := range list {
		top = max(top, b.Value, b.Max)
	}
	for i, b := range list {
		at := y + float64(i)*pitch
		full := b.Max
		if full == 0 {
			full = top
		}
		if b.No > 0 {
			c.Text(x+11, at+12.5, 1, 8.5, grey, fmt.Sprint(b.No))
			c.Text(x+18, at+12.5, -1, 8.5, black, b.Label)
		} else {
			c.Text(x, at+12.5, -1, 8.5, black, b.Label)
		}
		c.Rect(x+labels, at+4, room, 11, paleInk)
		c.Rect(x+labels, at+4, room*share(b.Value, full), 11, barInk)
		if b.Mean > 0 {
			m := x + labels + room*share(b.Mean, full)
			c.Line(m, at+1.5, m, at+pitch-1.5, 1.1, black)
		}
		if b.High > 0 {
			from, to := x+labels+room*share(b.Low, full), x+labels+room*share(b.High, full)
			c.Line(from, at+9.5, to, at+9.5, 0.9, gold)
			for _, end := range []float64{from, to} {
				c.Line(end, at+6.5, end, at+12.5, 0.9, gold)
			}
		}
		c.Text(x+w, at+12.5, 1, 9, black, b.Shown)
	}
	return float64(len(list)) * pitch
}

// share is part/whole within 0..1.
func share(part, whole int) float64 {
	if whole <= 0 {
		return 0
	}
	return min(1, max(0, float64(part)/float64(whole)))
}

// histogram draws upright columns with their counts above and their ranges below.
func histogram(c canvas, x, y, w, h float64, list []Bar) {
	if len(list) == 0 {
		return
	}
	top, own := 1, false
	for _, b := range list {
		top, own = max(top, b.Value), own || b.Own
	}
	base, step := y+h-18, w/float64(len(list))
	room := h - 18 - 16
	for i := 1; i <= 4; i++ {
		at := base - room*float64(i)/4
		c.Line(x, at, x+w, at, 0.4, paleInk)
	}
	for i, b := range list {
		left := x + float64(i)*step
		tall := room * share(b.Value, top)
		colour := barInk
		if own && !b.Own {
			colour = restInk
		}
		c.Rect(left+step*0.16, base-tall, step*0.68, tall, colour)
		c.Text(left+step/2, base-tall-4, 0, 9, black, fmt.Sprint(b.Value))
		c.Text(left+step/2, base+13, 0, 8.5, grey, b.Label)
	}
	c.Line(x, base, x+w, base, 0.8, black)
}

// radar draws one closed figure over axes of equal length; each value against its own maximum.
func radar(c canvas, x, y, r float64, list []Bar) {
	n := len(list)
	if n < 3 {
		return
	}
	at := func(i int, part float64) spot {
		turn := 2*math.Pi*float64(i)/float64(n) - math.Pi/2
		return spot{x + r*part*math.Cos(turn), y + r*part*math.Sin(turn)}
	}
	ring := func(part func(int) float64) []spot {
		var points []spot
		for i := range n {
			points = append(points, at(i, part(i)))
		}
		return points
	}
	value := ring(func(i int) float64 { return share(list[i].Value, list[i].Max) })
	c.Polygon(value, &radarInk, nil, 0)
	for step := 1; step <= 4; step++ {
		c.Polygon(ring(func(int) float64 { return float64(step) / 4 }), nil, &hair, 0.4)
	}
	for i, b := range list {
		end, word := at(i, 1), at(i, 1.1)
		c.Line(x, y, end.x, end.y, 0.4, hair)
		align := 0
		if word.x > x+r*0.1 {
			align = -1
		} else if word.x < x-r*0.1 {
			align = 1
		}
		if align == 0 && word.y < y {
			word.y -= 12 // above the topmost corner
		}
		lines := strings.Split(b.Label, "，") // an indicator's name is long: a clause a line
		if word.y -= 11 * float64(len(lines)-1); word.y > y && align == 0 {
			word.y += 11 * float64(len(lines)-1)
		}
		for i, l := range lines {
			if i < len(lines)-1 {
				l += "，"
			}
			c.Text(word.x, word.y+1+11*float64(i), align, 9, black, l)
		}
		c.Text(word.x, word.y+1+11*float64(len(lines)), align, 8.5, grey, b.Shown)
	}
	if slices.ContainsFunc(list, func(b Bar) bool { return b.Mean > 0 }) {
		c.Polygon(ring(func(i int) float64 { return share(list[i].Mean, list[i].Max) }), nil, &gold, 1.1)
	}
	c.Polygon(value, nil, &seal, 1.3)
	for _, v := range value {
		c.Rect(v.x-1.6, v.y-1.6, 3.2, 3.2, seal)
	}
}

// funnel draws centred bars that show how many came how far; it returns the height.
func funnel(c canvas, x, y, w float64, list []Bar) float64 {
	const labels, pitch = 120, 25
	if len(list) == 0 {
		return 0
	}
	first := max(1, list[0].Value)
	room := w - 2*labels
	for i, b := range list {
		at := y + float64(i)*pitch
		wide := max(1, room*share(b.Value, first))
		c.Text(x+labels-10, at+14, 1, 9.5, black, b.Label)
		c.Rect(x+w/2-room/2, at+2, room, pitch-7, tint)
		c.Rect(x+w/2-wide/2, at+2, wide, pitch-7, barInk)
		c.Text(x+w-labels+10, at+14, -1, 9.5, black, fmt.Sprintf("%d家（%d%%）", b.Value, (b.Value*200+first)/(2*first)))
	}
	return float64(len(list)) * pitch
}
