package pdf

import (
	"math"
	"strconv"
	"sync"
)

// guilloche is the woven border and the pale rosette of certificates, as finished
// drawing operators: they are the same on every certificate, so they are computed once.
var guilloche = sync.OnceValue(func() string {
	var g []byte
	w, h := a4Long, a4Short
	g = rosette(g, w/2, h/2, 168)
	for _, strand := range []struct {
		inset, height, waves float64
		c                    ink
	}{{34, 9, 84, gold}, {34, 9, 126, ink{0xcf, 0xb1, 0x7c}}, {34, 5, 168, seal}} {
		for phase := range 3 {
			g = weave(g, w, h, strand.inset, strand.height, strand.waves, float64(phase)*2*math.Pi/3, strand.c)
		}
	}
	for _, f := range []struct{ inset, width float64 }{{22, 1.4}, {46, 0.5}, {50, 1.1}} {
		g = stroke(g, gold, f.width)
		g = number(number(number(number(g, f.inset), f.inset), w-2*f.inset), h-2*f.inset)
		g = append(g, "re S\n"...)
	}
	return string(g)
})

func number(g []byte, v float64) []byte {
	return append(strconv.AppendFloat(g, v, 'f', 2, 64), ' ')
}

func stroke(g []byte, c ink, width float64) []byte {
	g = number(number(number(g, float64(c.r)/255), float64(c.g)/255), float64(c.b)/255)
	g = append(g, "RG "...)
	return append(number(g, width), "w\n"...)
}

// path closes and strokes the points of a curve.
func path(g []byte, n int, at func(i int) (x, y float64)) []byte {
	for i := range n {
		x, y := at(i)
		g = number(number(g, x), y)
		if i == 0 {
			g = append(g, "m\n"...)
		} else {
			g = append(g, "l\n"...)
		}
	}
	return append(g, "s\n"...)
}

// weave is one strand: a wave along a rectangle with round corners.
func weave(g []byte, w, h, inset, height, waves, phase float64, c ink) []byte {
	const radius = 26
	long, short := w-2*inset-2*radius, h-2*inset-2*radius
	arc := radius * math.Pi / 2
	around := 2*(long+short) + 4*arc
	n := int(waves) * 9
	return path(stroke(g, c, 0.32), n, func(i int) (float64, float64) {
		t := float64(i) / float64(n)
		off := height * math.Sin(2*math.Pi*waves*t+phase)
		d := t * around
		cx, cy, turn := inset+radius, inset+radius, 0.0
		for side, straight := range []float64{long, short, long, short} {
			turn = float64(side) * math.Pi / 2
			fx, fy := math.Cos(turn), math.Sin(turn)
			if d <= straight {
				r := radius + off
				return cx + fx*d + fy*r, cy + fy*d - fx*r
			}
			cx, cy, d = cx+fx*straight, cy+fy*straight, d-straight
			if d <= arc {
				a := turn - math.Pi/2 + d/radius
				return cx + (radius+off)*math.Cos(a), cy + (radius+off)*math.Sin(a)
			}
			d -= arc
		}
		return cx, cy
	})
}

// rosette is the pale figure behind the text.
func rosette(g []byte, x, y, r float64) []byte {
	g = stroke(g, ink{0xf1, 0xe9, 0xd8}, 0.45)
	for ring := range 9 {
		lift := float64(ring) / 9
		g = path(g, 720, func(i int) (float64, float64) {
			a := 2 * math.Pi * float64(i) / 720
			d := r * (0.42 + 0.46*lift + 0.12*math.Cos(16*a+float64(ring%2)*math.Pi))
			return x + d*math.Cos(a), y + d*math.Sin(a)
		})
	}
	return g
}
