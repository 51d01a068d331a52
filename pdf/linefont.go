package pdf

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"slices"
	"strings"
)

// lineRunes is all that the ledger's line is written with; see store.Head.Line.
const lineRunes = "账本 0123456789·+/=ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// lineFont is a font of those characters, made once: the line is set after gofpdf has closed the file.
type lineFont struct {
	glyphs     map[rune]int // numbers of glyphs
	widths     []int        // in thousandths, by glyph from 1 on
	data       []byte       // packed font file
	size       int          // of the font file before packing
	name       string
	descriptor string
	unicode    string // glyphs back to characters
}

// lineFont finds the first font of a role that has every character of the line.
func (f *Fonts) lineFont(r role) (*lineFont, error) {
	for _, one := range f.chains[r] {
		if covers(one.coverage, lineRunes) {
			return one.line()
		}
	}
	return nil, fmt.Errorf("没有字体能显示账本的存证行：请安装 fonts-lxgw-wenkai 后重新打印")
}

func newLineFont(f *font) (*lineFont, error) {
	source, err := readOutline(f.path)
	if err != nil {
		return nil, err
	}
	all := []rune(lineRunes)
	slices.Sort(all)
	out := &lineFont{glyphs: map[rune]int{}, name: "XPLEDG+" + f.name}
	var pairs []pair
	var back strings.Builder
	for i, r := range all {
		pairs = append(pairs, pair{uint16(r), r})
		out.glyphs[r] = i + 1
		out.widths = append(out.widths, source.advance(source.coverage.glyph(r)))
		fmt.Fprintf(&back, "<%04X> <%04X>\n", i+1, r)
	}
	data, err := subset(source, pairs)
	if err != nil {
		return nil, err
	}
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	out.data, out.size = packed.Bytes(), len(data)
	head, hhea := source.tab["head"], source.tab["hhea"]
	thousandth := func(b []byte) int { return int(int16(be.Uint16(b))) * 1000 / source.upm }
	out.descriptor = fmt.Sprintf("/Type/FontDescriptor/FontName/%s/Flags 4/FontBBox[%d %d %d %d]/ItalicAngle 0/Ascent %d/Descent %d/CapHeight %d/StemV 80",
		out.name, thousandth(head[36:]), thousandth(head[38:]), thousandth(head[40:]), thousandth(head[42:]), thousandth(hhea[4:]), thousandth(hhea[6:]), thousandth(hhea[4:]))
	out.unicode = "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n/CMapName /XPL def\n/CMapType 2 def\n" +
		"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n" + fmt.Sprintf("%d beginbfchar\n%sendbfchar\n", len(all), back.String()) + "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
	return out, nil
}

// codes writes a text as the font numbers it, and tells its width in ems.
func (f *lineFont) codes(text string) (hex string, wide float64, err error) {
	var out strings.Builder
	for _, r := range text {
		g := f.glyphs[r]
		if g == 0 {
			return "", 0, fmt.Errorf("账本的存证行中有不应出现的字符“%c”", r)
		}
		fmt.Fprintf(&out, "%04X", g)
		wide += float64(f.widths[g-1]) / 1000
	}
	return out.String(), wide, nil
}

// addFont writes the font into the file and returns its number.
func (r *revision) addFont(f *lineFont) int {
	file, descriptor, cid, back, whole := r.add(), r.add(), r.add(), r.add(), r.add()
	r.write(file, fmt.Sprintf("<</Filter/FlateDecode/Length1 %d/Length %d>>\nstream\n%s\nendstream", f.size, len(f.data), f.data))
	r.write(descriptor, fmt.Sprintf("<<%s/FontFile2 %d 0 R>>", f.descriptor, file))
	r.write(cid, fmt.Sprintf("<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor %d 0 R/CIDToGIDMap/Identity/DW 1000/W[1%s]>>",
		f.name, descriptor, fmt.Sprint(f.widths)))
	r.write(back, fmt.Sprintf("<</Length %d>>\nstream\n%sendstream", len(f.unicode), f.unicode))
	r.write(whole, fmt.Sprintf("<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>", f.name, cid, back))
	return whole
}
