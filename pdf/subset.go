package pdf

import (
	"cmp"
	"slices"
)

// Flags of a component in a composite glyph.
const (
	wordArgs  = 1 << 0
	oneScale  = 1 << 3
	moreParts = 1 << 5
	twoScales = 1 << 6
	fourScale = 1 << 7
)

// pair says that code shall show the glyph that the font has for char. They
// differ only above U+FFFF, where gofpdf has no codes (see faceKey).
type pair struct {
	code uint16
	char rune
}

// maxPairs keeps the length of a format 4 cmap within its 16 bits.
const maxPairs = 8000

// subset builds a TrueType file with only the glyphs of pairs, in order of their codes,
// plus the parts of composite glyphs. It is what makes a paper cheap:
// gofpdf parses the font twice for each document.
func subset(f *outline, pairs []pair) ([]byte, error) {
	if len(pairs) > maxPairs {
		return nil, fontError("一次打印的不同字符过多")
	}
	pairs = slices.Clone(pairs)
	slices.SortFunc(pairs, func(a, b pair) int { return cmp.Compare(a.code, b.code) })
	pairs = slices.CompactFunc(pairs, func(a, b pair) bool { return a.code == b.code })
	old := []uint16{0} // old glyph of each new glyph; 0 is .notdef
	for _, p := range pairs {
		g := f.coverage.glyph(p.char)
		if g == 0 {
			return nil, fontError("没有字符 " + string(p.char))
		}
		old = append(old, g)
	}
	old, part, err := closure(f, old)
	if err != nil {
		return nil, err
	}
	glyf, loca, hmtx, err := copyGlyphs(f, old, part)
	if err != nil {
		return nil, err
	}
	head := slices.Clone(f.tab["head"][:54])
	be.PutUint32(head[8:], 0)
	be.PutUint16(head[50:], 1)
	hhea := slices.Clone(f.tab["hhea"][:36])
	be.PutUint16(hhea[34:], uint16(len(old)))
	maxp := slices.Clone(f.tab["maxp"])
	be.PutUint16(maxp[4:], uint16(len(old)))
	tables := map[string][]byte{
		"head": head, "hhea": hhea, "maxp": maxp, "hmtx": hmtx, "loca": loca, "glyf": glyf,
		"cmap": segments(pairs), "name": {0, 0, 0, 0, 0, 6}, "post": plainPost(f.tab["post"]),
	}
	for _, keep := range []string{"OS/2", "cvt ", "fpgm", "prep"} {
		if b := f.tab[keep]; len(b) > 0 {
			tables[keep] = b
		}
	}
	return assemble(tables), nil
}

// closure adds the parts of composite glyphs behind the glyphs asked for and
// says where each part went.
func closure(f *outline, old []uint16) ([]uint16, map[uint16]uint16, error) {
	part := map[uint16]uint16{}
	for i := 0; i < len(old); i++ {
		g, err := f.raw(old[i])
		if err != nil {
			return nil, nil, err
		}
		spots, err := parts(g)
		if err != nil {
			return nil, nil, err
		}
		for _, at := range spots {
			c := be.Uint16(g[at:])
			if int(c) >= f.glyphs {
				return nil, nil, fontError("部件字形越界")
			}
			if _, ok := part[c]; !ok {
				if len(old) >= 0xffff {
					return nil, nil, fontError("字形过多")
				}
				part[c] = uint16(len(old))
				old = append(old, c)
			}
		}
	}
	return old, part, nil
}

// parts returns the positions of the component glyph numbers in a composite glyph.
func parts(g []byte) ([]int, error) {
	if len(g) == 0 {
		return nil, nil
	}
	if len(g) < 10 {
		return nil, fontError("字形过短")
	}
	if int16(be.Uint16(g)) >= 0 {
		return nil, nil
	}
	var spots []int
	for at := 10; ; {
		if at+4 > len(g) {
			return nil, fontError("复合字形过短")
		}
		flags := be.Uint16(g[at:])
		spots = append(spots, at+2)
		at += 6
		if flags&wordArgs != 0 {
			at += 2
		}
		switch {
		case flags&oneScale != 0:
			at += 2
		case flags&twoScales != 0:
			at += 4
		case flags&fourScale != 0:
			at += 8
		}
		if flags&moreParts == 0 {
			return spots, nil
		}
	}
}

func copyGlyphs(f *outline, old []uint16, part map[uint16]uint16) (glyf, loca, hmtx []byte, err error) {
	for _, o := range old {
		g, err := f.raw(o)
		if err != nil {
			return nil, nil, nil, err
		}
		spots, err := parts(g)
		if err != nil {
			return nil, nil, nil, err
		}
		m := f.metric(o)
		hmtx = append(hmtx, m[:]...)
		loca = be.AppendUint32(loca, uint32(len(glyf)))
		start := len(glyf)
		glyf = append(glyf, g...)
		for _, at := range spots {
			be.PutUint16(glyf[start+at:], part[be.Uint16(g[at:])])
		}
		for len(glyf)&3 != 0 {
			glyf = append(glyf, 0)
		}
	}
	return glyf, be.AppendUint32(loca, uint32(len(glyf))), hmtx, nil
}

// segments writes a format 4 cmap. Glyph i+1 belongs to pairs[i], so each run of
// consecutive codes is one segment with a delta and no glyph array.
func segments(pairs []pair) []byte {
	type run struct{ from, to, delta uint16 }
	var runs []run
	for i, p := range pairs {
		if n := len(runs); n > 0 && runs[n-1].to+1 == p.code {
			runs[n-1].to = p.code
			continue
		}
		runs = append(runs, run{p.code, p.code, uint16(i+1) - p.code})
	}
	if n := len(runs); n == 0 || runs[n-1].to != 0xffff {
		runs = append(runs, run{0xffff, 0xffff, 1})
	}
	n := len(runs)
	span, steps := 2, uint16(0)
	for span*2 <= 2*n {
		span, steps = span*2, steps+1
	}
	out := []byte{0, 0, 0, 1, 0, 3, 0, 1, 0, 0, 0, 12}
	for _, v := range []uint16{4, uint16(16 + 8*n), 0, uint16(2 * n), uint16(span), steps, uint16(2*n - span)} {
		out = be.AppendUint16(out, v)
	}
	for _, r := range runs {
		out = be.AppendUint16(out, r.to)
	}
	out = be.AppendUint16(out, 0)
	for _, r := range runs {
		out = be.AppendUint16(out, r.from)
	}
	for _, r := range runs {
		out = be.AppendUint16(out, r.delta)
	}
	for range runs {
		out = be.AppendUint16(out, 0)
	}
	return out
}

// plainPost is a post table without glyph names; gofpdf reads 16 bytes of it.
func plainPost(post []byte) []byte {
	out := make([]byte, 32)
	if len(post) >= 16 {
		copy(out[:16], post)
	}
	be.PutUint32(out, 0x00030000)
	return out
}

// assemble writes the tables as a font file with their checksums.
func assemble(tables map[string][]byte) []byte {
	names := make([]string, 0, len(tables))
	for name := range tables {
		names = append(names, name)
	}
	slices.Sort(names)
	span, steps := 16, uint16(0)
	for span*2 <= 16*len(names) {
		span, steps = span*2, steps+1
	}
	out := be.AppendUint32(nil, 0x00010000)
	for _, v := range []uint16{uint16(len(names)), uint16(span), steps, uint16(16*len(names) - span)} {
		out = be.AppendUint16(out, v)
	}
	off, headAt := 12+16*len(names), 0
	for _, name := range names {
		if name == "head" {
			headAt = off
		}
		out = append(out, name...)
		for _, v := range []uint32{checksum(tables[name]), uint32(off), uint32(len(tables[name]))} {
			out = be.AppendUint32(out, v)
		}
		off += (len(tables[name]) + 3) &^ 3
	}
	for _, name := range names {
		out = append(out, tables[name]...)
		for len(out)&3 != 0 {
			out = append(out, 0)
		}
	}
	be.PutUint32(out[headAt+8:], 0xB1B0AFBA-checksum(out))
	return out
}

func checksum(b []byte) uint32 {
	var sum uint32
	for ; len(b) >= 4; b = b[4:] {
		sum += be.Uint32(b)
	}
	var tail [4]byte
	copy(tail[:], b)
	return sum + be.Uint32(tail[:])
}
