package audit

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"slices"
	"testing"
)

// photo is a picture of 16 by 8 whose left half is red, as a telephone would
// keep it: with a place in its EXIF and the way that it was held.
func photo(t testing.TB, way uint16) []byte {
	t.Helper()
	in := image.NewRGBA(image.Rect(0, 0, 16, 8))
	for y := range 8 {
		for x := range 16 {
			c := color.RGBA{255, 0, 0, 255}
			if x >= 8 {
				c = color.RGBA{0, 0, 255, 255}
			}
			in.Set(x, y, c)
		}
	}
	var b bytes.Buffer
	ok(t, jpeg.Encode(&b, in, &jpeg.Options{Quality: 100}))
	exif := []byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00GPS 39.9042N 116.4074E HUAWEI")
	binary.BigEndian.PutUint16(exif[6+8+2+8:], way)
	part := append([]byte{0xff, 0xe1, 0, byte(len(exif) + 2)}, exif...)
	return append(append([]byte{0xff, 0xd8}, part...), b.Bytes()[2:]...)
}

// PL-5: a picture is drawn anew: its place, device and comments are gone, its
// points are not, and it stands upright. The same picture gives the same bytes.
func TestPL5PictureIsBare(t *testing.T) {
	red := func(data []byte, x, y int) bool {
		p, _, err := image.Decode(bytes.NewReader(data))
		ok(t, err)
		r, _, b, _ := p.At(x, y).RGBA()
		return r > b
	}
	corner := map[uint16][4]bool{ // top left, top right, bottom left, bottom right
		1: {true, false, true, false}, 2: {false, true, false, true}, 3: {false, true, false, true}, 4: {true, false, true, false},
		5: {true, true, false, false}, 6: {true, true, false, false}, 7: {false, false, true, true}, 8: {false, false, true, true},
	}
	for way, want := range corner {
		in := photo(t, way)
		if !bytes.Contains(in, []byte("HUAWEI")) || held(in) != int(way) {
			t.Fatalf("the sample does not say %d", way)
		}
		out, ending, err := barePicture(in)
		ok(t, err)
		if ending != ".jpg" || bytes.Contains(out, []byte("Exif")) || bytes.Contains(out, []byte("GPS")) || bytes.Contains(out, []byte("HUAWEI")) {
			t.Errorf("%d: something beside the points is left", way)
		}
		head, _, err := image.DecodeConfig(bytes.NewReader(out))
		ok(t, err)
		w, h := head.Width, head.Height
		if (way >= 5) != (h > w) {
			t.Errorf("%d: %d × %d", way, w, h)
		}
		if got := [4]bool{red(out, 1, 1), red(out, w-2, 1), red(out, 1, h-2), red(out, w-2, h-2)}; got != want {
			t.Errorf("%d: %v, wanted %v", way, got, want)
		}
		if again, _, _ := barePicture(in); !bytes.Equal(out, again) {
			t.Errorf("%d: twice is not once", way)
		}
	}
}

func TestPL5OtherPictures(t *testing.T) {
	var b bytes.Buffer
	ok(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 3, 2))))
	said := []byte("tEXtAuthor\x00Zhang")
	chunk := binary.BigEndian.AppendUint32(append(binary.BigEndian.AppendUint32(nil, uint32(len(said)-4)), said...), crc32.ChecksumIEEE(said))
	at := bytes.Index(b.Bytes(), []byte("IDAT")) - 4
	out, ending, err := barePicture(slices.Concat(b.Bytes()[:at], chunk, b.Bytes()[at:]))
	if err != nil || ending != ".png" || bytes.Contains(out, []byte("Zhang")) {
		t.Errorf("%v: the author stands in %q", err, out)
	}
	for name, data := range map[string][]byte{"no picture": []byte("%PDF-1.4"), "cut": photo(t, 1)[:120], "empty": nil} {
		if _, _, err := barePicture(data); err == nil {
			t.Errorf("%s is a picture", name)
		}
	}
	for name, data := range map[string][]byte{"short": []byte("MM"), "far": []byte("MM\x00*\xff\xff\xff\xff"), "no tag": []byte("II*\x00\x08\x00\x00\x00\x00\x00")} {
		if orientation(data) != 1 {
			t.Errorf("%s says how it was held", name)
		}
	}
}
