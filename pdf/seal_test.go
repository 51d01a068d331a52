package pdf

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// roundSeal draws a plain red ring with a star-like core on a clear ground: enough to see where it lies.
func roundSeal(t testing.TB, w, h int) []byte {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			dx, dy := 2*x-w, 2*y-h
			if d := dx*dx + dy*dy; d < w*w && d > w*w*8/10 || d < w*w/20 {
				m.Set(x, y, color.NRGBA{200, 20, 20, 220})
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// The seal lies on official papers and on none of a rehearsal (UX-2); the paper
// stays sound, signed, equal byte for byte, and its words stay readable.
func TestSeal(t *testing.T) {
	p := printer(t)
	picture := roundSeal(t, 300, 300)
	if err := CheckSeal(picture); err != nil {
		t.Fatal(err)
	}
	c, w := sampleCertificate(), sampleWarning(WarningDecision)
	c.Head.Rehearsal, w.Head.Rehearsal = false, false
	prints := map[string]func(seal []byte, rehearsal bool) ([]byte, error){
		"certificate": func(seal []byte, rehearsal bool) ([]byte, error) {
			c.Head.Seal, c.Head.Rehearsal = seal, rehearsal
			return p.Certificate(c)
		},
		"warning": func(seal []byte, rehearsal bool) ([]byte, error) {
			w.Head.Seal, w.Head.Rehearsal = seal, rehearsal
			return p.WarningNotice(w)
		},
	}
	for name, print := range prints {
		bare, err := print(nil, false)
		check(t, err)
		sealed, err := print(picture, false)
		check(t, err)
		again, err := print(picture, false)
		check(t, err)
		if !bytes.Equal(sealed, again) || bytes.Count(sealed, []byte("/Subtype /Image")) < 1 || len(sealed) <= len(bare) {
			t.Errorf("%s: %d bytes with the seal, %d without, equal again %v", name, len(sealed), len(bare), bytes.Equal(sealed, again))
		}
		of, err := print(picture, true)
		check(t, err)
		if bytes.Contains(of, []byte("/Subtype /Image")) {
			t.Errorf("%s: a rehearsal's paper carries the seal", name)
		}
		tool(t, sealed, "qpdf", "--check", "PAPER")
		if *out != "" {
			check(t, os.WriteFile(filepath.Join(*out, "seal-"+name+".pdf"), sealed, 0o600))
		}
		if words, plain := textOf(t, sealed), textOf(t, bare); words != plain {
			t.Errorf("%s: the seal changed the words:\n%s", name, words)
		}
	}
}

func TestSealIsChecked(t *testing.T) {
	good := roundSeal(t, 300, 300)
	for name, c := range map[string]struct {
		file []byte
		say  string
	}{
		"no picture": {[]byte("GIF89a"), "应为 PNG 文件"}, "small": {roundSeal(t, 60, 60), "每边应在"},
		"a bar": {roundSeal(t, 600, 200), "接近正方形"}, "cut off": {good[:len(good)/2], "已损坏"},
	} {
		if err := CheckSeal(c.file); err == nil || !strings.Contains(err.Error(), c.say) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
