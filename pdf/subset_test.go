package pdf

import (
	"bytes"
	"testing"
)

// small is the subset of a real font with composite glyphs, the seed of the fuzzing.
func small(t testing.TB, runes string) []byte {
	t.Helper()
	f, err := readOutline(must(fonts()).chains[kai][0].path)
	if err != nil {
		t.Fatal(err)
	}
	var pairs []pair
	for _, r := range runes {
		_, c := code(r)
		pairs = append(pairs, pair{c, r})
	}
	data, err := subset(f, pairs)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestSubsetKeepsGlyphs(t *testing.T) {
	const text = "宣传工作评价Aéü10，𠮷"
	whole, err := readOutline(must(fonts()).chains[kai][0].path)
	if err != nil {
		t.Fatal(err)
	}
	cut, err := parseOutline(small(t, text))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range text {
		_, c := code(r)
		from, to := whole.coverage.glyph(r), cut.coverage.glyph(rune(c))
		if to == 0 || whole.advance(from) != cut.advance(to) {
			t.Errorf("%c: glyph %d, width %d instead of %d", r, to, cut.advance(to), whole.advance(from))
		}
		a, _ := whole.raw(from)
		b, _ := cut.raw(to)
		if spots, _ := parts(a); len(spots) == 0 && !bytes.HasPrefix(b, a) {
			t.Errorf("%c: outline changed", r)
		}
	}
	if cut.coverage.glyph('质') != 0 {
		t.Error("a character that was not asked for is there")
	}
	again, err := subset(cut, []pair{{'宣', '宣'}, {'é', 'é'}})
	if err != nil || len(again) > 8000 {
		t.Errorf("subset of a subset: %d bytes, %v", len(again), err)
	}
}

func TestCodesOfRareRunesNeverMeet(t *testing.T) {
	seen := map[faceKey]map[uint16]bool{}
	for r := rune(0x10000); r < 0x34000; r++ {
		block, c := code(r)
		key := faceKey{nil, block}
		if seen[key] == nil {
			seen[key] = map[uint16]bool{}
		}
		if c < 0xE000 || c > 0xF8FF || seen[key][c] {
			t.Fatalf("U+%X has code %X in block %d", r, c, block)
		}
		seen[key][c] = true
	}
}

// FuzzSubset feeds broken fonts: an error is right, a panic is not.
func FuzzSubset(f *testing.F) {
	seed := small(f, "宣é1")
	f.Add(seed)
	f.Add(seed[:len(seed)/2])
	f.Add([]byte("ttcf\x00\x01\x00\x00\x00\x00\x00\x01\x00\x00\x00\x0c"))
	f.Fuzz(func(t *testing.T, data []byte) {
		font, err := parseOutline(data)
		if err != nil {
			return
		}
		var pairs []pair
		for r := rune(1); r < 0x10000 && len(pairs) < 50; r++ {
			if font.coverage.glyph(r) != 0 {
				pairs = append(pairs, pair{uint16(r), r})
			}
		}
		cut, err := subset(font, pairs)
		if err != nil {
			return
		}
		if _, err := parseOutline(cut); err != nil {
			t.Errorf("the subset of a readable font is not readable: %v", err)
		}
	})
}
