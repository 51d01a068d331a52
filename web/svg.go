package web

import (
	"fmt"
	"html/template"
	"math"
	"strings"

	"xuanping/rubric"
)

// Colours of the drawings, the same as in style.css.
const (
	svgInk  = "#1c1b19"
	svgSoft = "#5b5852"
	svgLine = "#d9d4ca"
	svgSeal = "#a3271f"
	svgFill = "#efebe3"
)

// mark is one value of a drawing.
type mark struct {
	Label string
	N     int
	Text  string // shown instead of N
	Hot   bool   // drawn in seal red
}

func (m mark) text() string {
	if m.Text != "" {
		return m.Text
	}
	return fmt.Sprint(m.N)
}

// picture wraps a drawing with its title and description for screen readers.
func picture(id, title, desc string, w, h int, body string) template.HTML {
	return template.HTML(fmt.Sprintf(`<svg viewBox="0 0 %d %d" role="img" aria-labelledby="%s-t %s-d" font-size="14" fill="%s"><title id="%s-t">%s</title><desc id="%s-d">%s</desc>%s</svg>`,
		w, h, id, id, svgInk, id, esc(title), id, esc(desc), body))
}

func esc(s string) string { return template.HTMLEscapeString(s) }

// tell is the description of marks in words.
func tellMarks(all []mark) string {
	parts := make([]string, len(all))
	for i, m := range all {
		parts[i] = m.Label + " " + m.text()
	}
	return strings.Join(parts, "，")
}

func most(all []mark) int {
	top := 1
	for _, m := range all {
		top = max(top, m.N)
	}
	return top
}

// bar draws points against their maximum as one thin line; red for deductions.
func bar(got, of rubric.Points, red bool) template.HTML {
	width := 0.0
	if of > 0 {
		width = 200 * math.Min(1, math.Max(0, float64(got)/float64(of)))
	}
	colour := svgInk
	if red {
		colour = svgSeal
	}
	return template.HTML(fmt.Sprintf(`<svg class="bar" viewBox="0 0 200 10" preserveAspectRatio="none" role="img" aria-label="%s 分，满分 %s 分"><rect width="200" height="10" fill="%s"/><rect width="%.1f" height="10" fill="%s"/></svg>`,
		got, of, svgFill, width, colour))
}

// meter draws how many of all are done; id names the part that a script may move.
func meter(id, what string, done, all int) template.HTML {
	return template.HTML(fmt.Sprintf(`<svg class="bar" viewBox="0 0 200 10" preserveAspectRatio="none" role="img" aria-label="%s：%d / %d"><rect width="200" height="10" fill="%s"/><rect id="%s" width="%.1f" height="10" fill="%s"/></svg>`,
		esc(what), done, all, svgFill, esc(id), 200*float64(min(max(done, 0), all))/float64(max(all, 1)), svgInk))
}

// bars draws values as horizontal bars, one line each.
func bars(id, title string, all []mark) template.HTML {
	const left, width, step = 150, 640, 34
	var b strings.Builder
	top := most(all)
	for i, m := range all {
		y := i * step
		colour := svgInk
		if m.Hot {
			colour = svgSeal
		}
		w := float64(width-left-60) * float64(m.N) / float64(top)
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end">%s</text><rect x="%d" y="%d" width="%d" height="18" fill="%s"/><rect x="%d" y="%d" width="%.1f" height="18" fill="%s"/><text x="%.1f" y="%d">%s</text>`,
			left-12, y+19, esc(m.Label), left, y+5, width-left-60, svgFill, left, y+5, w, colour, float64(width-50), y+19, esc(m.text()))
	}
	return picture(id, title, tellMarks(all), width, len(all)*step+4, b.String())
}

// funnel draws how many stand at each stage, in the order of the year.
func funnel(id, title string, all []mark) template.HTML { return bars(id, title, all) }

// columns draws a distribution: one column per class.
func columns(id, title string, all []mark) template.HTML {
	const width, height, foot, head = 640, 260, 34, 24
	var b strings.Builder
	slot := float64(width) / float64(max(len(all), 1))
	top := most(all)
	for i, m := range all {
		x := float64(i) * slot
		h := float64(height-foot-head) * float64(m.N) / float64(top)
		y := float64(height-foot) - h
		colour := svgInk
		if m.Hot {
			colour = svgSeal
		}
		fmt.Fprintf(&b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>`, x+slot*.14, y, slot*.72, h, colour)
		if m.N > 0 {
			fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" text-anchor="middle">%s</text>`, x+slot/2, y-7, esc(m.text()))
		}
		fmt.Fprintf(&b, `<text x="%.1f" y="%d" text-anchor="middle" fill="%s">%s</text>`, x+slot/2, height-10, svgSoft, esc(m.Label))
	}
	fmt.Fprintf(&b, `<path d="M0 %d.5H%d" stroke="%s"/>`, height-foot, width, svgLine)
	return picture(id, title, tellMarks(all), width, height, b.String())
}

// distribution counts totals in classes of ten points; the classes from the
// threshold on are red.
func distribution(id, title string, totals []rubric.Points, from rubric.Points) template.HTML {
	classes := make([]mark, 0, 8)
	names := []string{"50以下", "50–60", "60–70", "70–80", "80–90", "90–100", "100以上"}
	for i, n := range names {
		classes = append(classes, mark{Label: n, Hot: from > 0 && rubric.Points(40+10*i)*rubric.Point >= from})
	}
	for _, t := range totals {
		i := int(math.Floor(float64(t)/float64(10*rubric.Point))) - 4
		classes[min(max(i, 0), len(classes)-1)].N++
	}
	return columns(id, title, classes)
}

// axis is one spoke of a radar: shares between 0 and 1.
type axis struct {
	Label      string
	Own, Other float64 // Other < 0: not drawn
}

// radar draws shares of the full points on spokes.
func radar(id, title string, all []axis) template.HTML {
	const size, r = 380, 160
	var b strings.Builder
	at := func(i int, share float64) string {
		a := 2*math.Pi*float64(i)/float64(len(all)) - math.Pi/2
		return fmt.Sprintf("%.1f,%.1f", size/2+r*share*math.Cos(a), size/2+r*share*math.Sin(a))
	}
	ring := func(share func(i int) float64) string {
		pts := make([]string, len(all))
		for i := range all {
			pts[i] = at(i, share(i))
		}
		return strings.Join(pts, " ")
	}
	for _, k := range []float64{.25, .5, .75, 1} {
		fmt.Fprintf(&b, `<polygon points="%s" fill="none" stroke="%s"/>`, ring(func(int) float64 { return k }), svgLine)
	}
	said := make([]string, len(all))
	compare := len(all) > 0
	for i, a := range all {
		said[i] = fmt.Sprintf("%s %.0f%%", a.Label, 100*a.Own)
		compare = compare && a.Other >= 0
		angle := 2*math.Pi*float64(i)/float64(len(all)) - math.Pi/2
		anchor := "middle"
		if c := math.Cos(angle); c > .2 {
			anchor = "start"
		} else if c < -.2 {
			anchor = "end"
		}
		fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" text-anchor="%s" fill="%s">%s</text>`, size/2+(r+14)*math.Cos(angle), size/2+(r+16)*math.Sin(angle)+5, anchor, svgSoft, esc(a.Label))
	}
	if compare {
		fmt.Fprintf(&b, `<polygon points="%s" fill="none" stroke="%s" stroke-width="2" stroke-dasharray="5 4"/>`, ring(func(i int) float64 { return all[i].Other }), svgSoft)
	}
	fmt.Fprintf(&b, `<polygon points="%s" fill="%s" fill-opacity=".14" stroke="%s" stroke-width="2"/>`, ring(func(i int) float64 { return all[i].Own }), svgSeal, svgSeal)
	return picture(id, title, strings.Join(said, "，"), size, size, b.String())
}

// yearBars draws a few years as bars, a line each, with room for the figure: a
// year without one says so.
func yearBars(id, title string, all []mark) template.HTML {
	const left, right, width, step = 64, 110, 420, 30
	var b strings.Builder
	top := most(all)
	for i, m := range all {
		y, colour := i*step, svgInk
		if m.Hot {
			colour = svgSeal
		}
		w := float64(width-left-right) * float64(m.N) / float64(top)
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end">%s</text><rect x="%d" y="%d" width="%d" height="14" fill="%s"/><rect x="%d" y="%d" width="%.1f" height="14" fill="%s"/><text x="%d" y="%d">%s</text>`,
			left-12, y+17, esc(m.Label), left, y+5, width-left-right, svgFill, left, y+5, w, colour, width-right+10, y+17, esc(m.text()))
	}
	return picture(id, title, tellMarks(all), width, len(all)*step+4, b.String())
}
