package web

import (
	"fmt"
	"html/template"
	"math"
	"strings"

	"xuanping/rubric"
)

// span is one line of a drawing of totals: where an institution stands, and
// where else it would or could stand.
type span struct {
	Label    string
	Low      rubric.Points
	High     rubric.Points
	At       rubric.Points // now
	To       rubric.Points // then; equal to At where there is none
	Hot      bool          // drawn in seal red
	Interval bool          // a band from Low to High instead of a step from At to To
}

// spansShown bounds a drawing; the table beside it has them all.
const spansShown = 40

// spans draws totals on one scale, a line each: a dumbbell from the figure now
// (hollow) to the figure then (full), or a band with the figure in it. The
// dashed line is the total from which an institution is excellent.
func spans(id, title string, all []span, line rubric.Points) template.HTML {
	const left, right, width, step, head = 196, 56, 640, 28, 36
	all = all[:min(len(all), spansShown)]
	low, high := scale(all, line)
	x := func(p rubric.Points) float64 {
		return left + float64(width-left-right)*float64(p-low)/float64(max(high-low, 1))
	}
	var b strings.Builder
	height := head + step*len(all) + 8
	for p := low; p <= high; p += grid(low, high) {
		fmt.Fprintf(&b, `<path d="M%.1f %dV%d" stroke="%s"/><text x="%.1f" y="20" text-anchor="middle" fill="%s" font-size="12">%d</text>`, x(p), head-6, height-4, svgLine, x(p), svgSoft, p/rubric.Point)
	}
	if line >= low && line <= high {
		fmt.Fprintf(&b, `<path d="M%.1f %dV%d" stroke="%s" stroke-dasharray="4 4"/>`, x(line), head-6, height-4, svgSeal)
	}
	said := make([]string, len(all))
	for i, s := range all {
		y := head + step*i + step/2
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end">%s</text>`, left-14, y+5, esc(cut(s.Label, 12)))
		said[i] = s.draw(&b, x, y, width-right+10)
	}
	return picture(id, title, strings.Join(said, "；"), width, height, b.String())
}

// draw puts one line on the drawing and says it in words.
func (s span) draw(b *strings.Builder, x func(rubric.Points) float64, y, edge int) string {
	colour := svgInk
	if s.Hot {
		colour = svgSeal
	}
	if s.Interval {
		fmt.Fprintf(b, `<path d="M%.1f %dH%.1f" stroke="%s" stroke-width="8" stroke-linecap="round" stroke-opacity=".3"/><circle cx="%.1f" cy="%d" r="4.5" fill="%s"/><text x="%d" y="%d" font-size="12" fill="%s">%s</text>`,
			x(s.Low), y, x(s.High), colour, x(s.At), y, colour, edge, y+4, svgSoft, s.At)
		return fmt.Sprintf("%s %s，区间 %s 至 %s", s.Label, s.At, s.Low, s.High)
	}
	fmt.Fprintf(b, `<path d="M%.1f %dH%.1f" stroke="%s" stroke-width="2"/><circle cx="%.1f" cy="%d" r="4.5" fill="#fff" stroke="%s" stroke-width="2"/><circle cx="%.1f" cy="%d" r="5" fill="%s"/><text x="%d" y="%d" font-size="12" fill="%s">%s</text>`,
		x(s.At), y, x(s.To), colour, x(s.At), y, svgInk, x(s.To), y, colour, edge, y+4, svgSoft, s.To)
	return fmt.Sprintf("%s 由 %s 到 %s", s.Label, s.At, s.To)
}

// scale rounds the range of a drawing out to whole fives.
func scale(all []span, line rubric.Points) (low, high rubric.Points) {
	low, high = line, line
	for _, s := range all {
		points := []rubric.Points{s.At, s.To}
		if s.Interval {
			points = []rubric.Points{s.At, s.Low, s.High}
		}
		for _, p := range points {
			low, high = min(low, p), max(high, p)
		}
	}
	const five = 5 * rubric.Point
	down := rubric.Points(math.Floor(float64(low)/float64(five))) * five
	up := rubric.Points(math.Ceil(float64(high)/float64(five))) * five
	if up == down {
		up += five
	}
	return down, up
}

// grid is the distance of the lines: at most eight of them.
func grid(low, high rubric.Points) rubric.Points {
	const five = 5 * rubric.Point
	step := five
	for (high-low)/step > 7 {
		step += five
	}
	return step
}

func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
