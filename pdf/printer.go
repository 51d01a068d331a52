package pdf

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// always is in every print run: ASCII, punctuation and the signs that figures need.
const always = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~" +
	"，。、；：？！（）《》〈〉“”‘’【】〔〕—…·％−×≤≥①②③④⑤⑥⑦⑧⑨⑩〇"

// faceKey names one subset in a print run. gofpdf has codes up to U+FFFF only, so the runes above are shown
// through private codes, 6,400 to a block: which code stands for a rune depends on the rune alone, and so the
// bytes of a paper do not depend on the other papers of the run.
type faceKey struct {
	font  *font
	block rune
}

const privateFirst, privateSize = 0xE000, 6400

// code returns the block of a rune and its code there.
func code(r rune) (block rune, c uint16) {
	if r < 0x10000 {
		return 0, uint16(r)
	}
	n := r - 0x10000
	return 1 + n/privateSize, uint16(privateFirst + n%privateSize)
}

// face is one subset of a print run, parsed; documents cut their own, smaller fonts from it.
// Read only once made.
type face struct {
	name   string
	source *outline
	runes  map[rune]bool
}

// advance is the width of a rune of the face in thousandths of the size.
func (f *face) advance(r rune) int {
	_, c := code(r)
	return f.source.advance(f.source.coverage.glyph(rune(c)))
}

// Printer prints papers with fonts cut down to the characters of one print run. Safe for concurrent use.
type Printer struct {
	fonts *Fonts
	mu    sync.Mutex // held while faces are rebuilt
	faces atomic.Pointer[map[faceKey]*face]
}

// Printer prepares a print run for papers that show texts. Characters that texts
// did not announce are added when a paper needs them; announcing them is only faster.
func (f *Fonts) Printer(texts []string) (*Printer, error) {
	p := &Printer{fonts: f}
	p.faces.Store(&map[faceKey]*face{})
	seen := map[rune]bool{}
	for _, text := range append([]string{always}, texts...) {
		for _, r := range clean(text) {
			seen[r] = true
		}
	}
	need := map[faceKey][]rune{}
	for _, r := range slices.Sorted(maps.Keys(seen)) {
		for one := range role(nRoles) {
			if key, ok := f.key(one, r); ok {
				need[key] = append(need[key], r)
			}
		}
	}
	return p, p.extend(need, nil)
}

// key names the face that shows r in a role; false when no font has it.
func (f *Fonts) key(one role, r rune) (faceKey, bool) {
	found := f.lookup(one, r)
	block, _ := code(r)
	return faceKey{found, block}, found != nil
}

// paper lays a paper out and presses it. When the run lacks characters of this paper
// they are added and the paper is laid out again, with their true widths.
func (p *Printer) paper(h Head, name string, draw func(*sheet)) ([]byte, error) {
	if h.Date.IsZero() { // gofpdf would take the clock's time, and no two printings would be equal
		return nil, fmt.Errorf("文书“%s”没有日期：请先确定成文日期再打印", name)
	}
	for {
		s := newSheet(p, h, name)
		draw(s)
		s.footers()
		if s.err != nil {
			return nil, s.err
		}
		if len(s.missing) == 0 {
			return s.press()
		}
		if err := p.extend(s.missing, s.used); err != nil {
			return nil, err
		}
	}
}

// extend rebuilds the faces that lack some of the runes needed. A face that has come to hold more
// than a font file can is begun anew with what one paper uses: a service prints for years.
func (p *Printer) extend(need map[faceKey][]rune, used map[faceKey]map[rune]bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	faces := maps.Clone(*p.faces.Load())
	for key, runes := range need {
		runes = slices.Clone(runes)
		if old := faces[key]; old != nil {
			runes = slices.AppendSeq(runes, maps.Keys(old.runes))
		}
		slices.Sort(runes)
		runes = slices.Compact(runes)
		if len(runes) > maxPairs && used != nil {
			runes = slices.Sorted(maps.Keys(used[key]))
		}
		if old := faces[key]; old != nil && len(old.runes) == len(runes) && len(runes) <= maxPairs && covered(old, runes) {
			continue
		}
		built, err := newFace(key, runes)
		if err != nil {
			return err
		}
		faces[key] = built
	}
	p.faces.Store(&faces)
	return nil
}

func covered(f *face, runes []rune) bool {
	return !slices.ContainsFunc(runes, func(r rune) bool { return !f.runes[r] })
}

func newFace(key faceKey, runes []rune) (*face, error) {
	source, err := readOutline(key.font.path)
	if err != nil {
		return nil, err
	}
	made := &face{name: key.font.name, runes: make(map[rune]bool, len(runes))}
	if key.block > 0 {
		made.name = fmt.Sprintf("%sRare%d", key.font.name, key.block)
	}
	pairs := make([]pair, 0, len(runes))
	for _, r := range runes {
		_, c := code(r)
		pairs = append(pairs, pair{c, r})
		made.runes[r] = true
	}
	data, err := subset(source, pairs)
	if err != nil {
		return nil, err
	}
	made.source, err = parseOutline(data)
	return made, err
}

// clean makes text printable: no control characters, tabs as spaces.
func clean(s string) string {
	if strings.IndexFunc(s, unprintable) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case unprintable(r):
			return -1
		}
		return r
	}, s)
}

// unprintable are controls and the invisible marks that turn or join text: a name must look like what it is.
func unprintable(r rune) bool {
	return r < 0x20 && r != '\n' || r >= 0x7f && r < 0xa0 || r == 0xfeff || r == 0xfffd ||
		r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202e || r >= 0x2060 && r <= 0x206f || r >= 0xfe00 && r <= 0xfe0f
}
