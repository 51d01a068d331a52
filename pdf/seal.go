package pdf

import (
	"bytes"
	"fmt"
	"image/png"
)

// sealSize is the width of a seal's picture on paper: 42 mm.
const sealSize = 42 * 72 / 25.4

// maxSealPixels bounds each side of the picture.
const maxSealPixels = 3000

// CheckSeal tells whether a file can be the picture of a seal: a PNG, about as
// wide as high, preferably with a transparent ground.
func CheckSeal(file []byte) error {
	c, err := png.DecodeConfig(bytes.NewReader(file))
	switch {
	case err != nil:
		return fmt.Errorf("印章图片应为 PNG 文件：%w", err)
	case c.Width > maxSealPixels || c.Height > maxSealPixels || c.Width < 100 || c.Height < 100:
		return fmt.Errorf("印章图片为 %d×%d 像素，每边应在 100 至 %d 像素之间", c.Width, c.Height, maxSealPixels)
	case max(c.Width, c.Height)*10 > min(c.Width, c.Height)*15:
		return fmt.Errorf("印章图片为 %d×%d 像素，应接近正方形", c.Width, c.Height)
	}
	if _, err := png.Decode(bytes.NewReader(file)); err != nil {
		return fmt.Errorf("印章图片已损坏：%w", err)
	}
	return nil
}

// stampSeal draws the seal with its middle at x, y, below the words that follow
// so that they stay legible. Papers of a rehearsal never carry one (UX-2).
func (s *sheet) stampSeal(x, y float64) {
	file := s.head.Seal
	if len(file) == 0 || s.head.Rehearsal {
		return
	}
	s.do(func(p *press) { p.picture("seal", file, x-sealSize/2, y-sealSize/2, sealSize, sealSize) })
}
