package pdf

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// be is the byte order of every number in a TrueType file.
var be = binary.BigEndian

// errFont is returned for every font that is broken or of a kind gofpdf cannot embed.
var errFont = errors.New("字体文件不可用")

func fontError(why string) error { return fmt.Errorf("%w：%s", errFont, why) }

// outline is one parsed TrueType face with glyf outlines.
type outline struct {
	tab        map[string][]byte
	upm        int
	glyphs     int // number of glyphs
	metrics    int // number of full entries in hmtx
	longLoca   bool
	loca, glyf []byte
	hmtx       []byte
	coverage   *coverage
}

// coverage is the cmap of a face: which glyph stands for a rune.
type coverage struct {
	bmp    []uint16
	astral map[rune]uint16
}

func (c *coverage) glyph(r rune) uint16 {
	if r >= 0 && r < 0x10000 {
		return c.bmp[r]
	}
	return c.astral[r]
}

// required lists the tables without which gofpdf would read outside of the file.
var required = []string{"head", "hhea", "maxp", "hmtx", "loca", "glyf", "cmap"}

// parseOutline reads a TrueType file or the first face of a collection. Every
// offset is checked: a broken file is an error, never a panic.
func parseOutline(data []byte) (*outline, error) {
	tab, err := directory(data)
	if err != nil {
		return nil, err
	}
	for _, name := range required {
		if tab[name] == nil {
			return nil, fontError("缺少 " + name + " 表（仅支持 TrueType 轮廓，不支持 CFF）")
		}
	}
	f := &outline{tab: tab, loca: tab["loca"], glyf: tab["glyf"], hmtx: tab["hmtx"]}
	if len(tab["head"]) < 54 || len(tab["hhea"]) < 36 || len(tab["maxp"]) < 6 {
		return nil, fontError("表头过短")
	}
	f.upm = int(be.Uint16(tab["head"][18:]))
	f.longLoca = be.Uint16(tab["head"][50:]) == 1
	f.metrics = int(be.Uint16(tab["hhea"][34:]))
	f.glyphs = int(be.Uint16(tab["maxp"][4:]))
	width := 2
	if f.longLoca {
		width = 4
	}
	switch {
	case f.upm < 16 || f.upm > 16384:
		return nil, fontError("单位数不合理")
	case f.glyphs == 0 || f.metrics == 0 || f.metrics > f.glyphs:
		return nil, fontError("字形数不合理")
	case len(f.loca) < width*(f.glyphs+1):
		return nil, fontError("loca 表过短")
	case len(f.hmtx) < 4*f.metrics+2*(f.glyphs-f.metrics):
		return nil, fontError("hmtx 表过短")
	}
	f.coverage, err = readCmap(tab["cmap"], f.glyphs)
	return f, err
}

// directory splits a font file into its tables.
func directory(data []byte) (map[string][]byte, error) {
	off := 0
	if len(data) >= 16 && string(data[:4]) == "ttcf" {
		off = int(be.Uint32(data[12:]))
	}
	if off < 0 || off+12 > len(data) {
		return nil, fontError("文件过短")
	}
	if v := be.Uint32(data[off:]); v != 0x00010000 && v != 0x74727565 {
		return nil, fontError("不是 TrueType 字体")
	}
	n := int(be.Uint16(data[off+4:]))
	if off+12+16*n > len(data) {
		return nil, fontError("目录过短")
	}
	tab := make(map[string][]byte, n)
	for i := range n {
		rec := data[off+12+16*i:]
		from, size := uint64(be.Uint32(rec[8:])), uint64(be.Uint32(rec[12:]))
		if from+size > uint64(len(data)) {
			return nil, fontError("表超出文件")
		}
		tab[string(rec[:4])] = data[from : from+size : from+size]
	}
	return tab, nil
}

// readCmap reads the Unicode map, format 12 when there is one, else format 4.
func readCmap(cm []byte, glyphs int) (*coverage, error) {
	if len(cm) < 4 {
		return nil, fontError("cmap 表过短")
	}
	var four, twelve []byte
	for i := range int(be.Uint16(cm[2:])) {
		if 4+8*i+8 > len(cm) {
			return nil, fontError("cmap 目录过短")
		}
		off := uint64(be.Uint32(cm[8+8*i:]))
		if off+2 > uint64(len(cm)) {
			continue
		}
		switch be.Uint16(cm[off:]) {
		case 4:
			four = cm[off:]
		case 12:
			twelve = cm[off:]
		}
	}
	c := &coverage{bmp: make([]uint16, 0x10000), astral: map[rune]uint16{}}
	switch {
	case len(twelve) >= 16:
		return c, c.fromGroups(twelve, glyphs)
	case len(four) >= 16:
		return c, c.fromSegments(four, glyphs)
	}
	return nil, fontError("没有 Unicode 字符表")
}

// maxMapped bounds the work on a cmap whose segments overlap, as only broken fonts have them.
const maxMapped = 1 << 18

func (c *coverage) put(r rune, g uint32, glyphs int) {
	if g == 0 || g >= uint32(glyphs) {
		return
	}
	if r < 0x10000 {
		c.bmp[r] = uint16(g)
	} else {
		c.astral[r] = uint16(g)
	}
}

func (c *coverage) fromGroups(t []byte, glyphs int) error {
	n := uint64(be.Uint32(t[12:]))
	if 16+12*n > uint64(len(t)) {
		return fontError("cmap 分组过短")
	}
	left := maxMapped
	for i := range int(n) {
		g := t[16+12*i:]
		from, to, gid := be.Uint32(g), be.Uint32(g[4:]), be.Uint32(g[8:])
		if from > to || to > 0x10ffff {
			continue
		}
		if left -= int(min(to-from, uint32(glyphs))) + 1; left < 0 {
			return fontError("cmap 重复过多")
		}
		for r := from; r <= to && gid < uint32(glyphs); r, gid = r+1, gid+1 {
			c.put(rune(r), gid, glyphs)
		}
	}
	return nil
}

func (c *coverage) fromSegments(t []byte, glyphs int) error {
	n := int(be.Uint16(t[6:])) / 2
	if 16+8*n > len(t) {
		return fontError("cmap 分段过短")
	}
	left := maxMapped
	for i := range n {
		end, start := int(be.Uint16(t[14+2*i:])), int(be.Uint16(t[16+2*n+2*i:]))
		delta, back := be.Uint16(t[16+4*n+2*i:]), int(be.Uint16(t[16+6*n+2*i:]))
		if left -= max(0, end-start) + 1; left < 0 {
			return fontError("cmap 重复过多")
		}
		for r := start; r <= end && r != 0xffff; r++ {
			gid := uint16(r) + delta
			if back != 0 {
				at := 16 + 6*n + 2*i + back + 2*(r-start)
				if at+2 > len(t) {
					break
				}
				if gid = be.Uint16(t[at:]); gid != 0 {
					gid += delta
				}
			}
			c.put(rune(r), uint32(gid), glyphs)
		}
	}
	return nil
}

// advance is the width of a glyph in thousandths of the size, rounded as gofpdf rounds.
func (f *outline) advance(g uint16) int {
	i := min(int(g), f.metrics-1)
	return (int(be.Uint16(f.hmtx[4*i:]))*1000 + f.upm/2) / f.upm
}

// metric returns the four bytes of hmtx for a glyph, also for glyphs after the last full entry.
func (f *outline) metric(g uint16) [4]byte {
	var m [4]byte
	i := int(g)
	if i < f.metrics {
		copy(m[:], f.hmtx[4*i:])
		return m
	}
	copy(m[:2], f.hmtx[4*f.metrics-4:])
	copy(m[2:], f.hmtx[4*f.metrics+2*(i-f.metrics):][:2])
	return m
}

// raw returns the outline data of a glyph; empty for a space.
func (f *outline) raw(g uint16) ([]byte, error) {
	var from, to uint64
	if i := int(g); f.longLoca {
		from, to = uint64(be.Uint32(f.loca[4*i:])), uint64(be.Uint32(f.loca[4*i+4:]))
	} else {
		from, to = 2*uint64(be.Uint16(f.loca[2*i:])), 2*uint64(be.Uint16(f.loca[2*i+2:]))
	}
	if from > to || to > uint64(len(f.glyf)) {
		return nil, fontError("字形数据越界")
	}
	return f.glyf[from:to:to], nil
}
