package pdf

import (
	"errors"

	"rsc.io/qr"
)

// qr draws text as a QR code with its upper left corner at x, y.
func (s *sheet) qr(x, y, size float64, text string) {
	grid, err := qr.Encode(text, qr.M)
	if err != nil {
		s.fail(errors.New("验真网址过长，无法生成二维码：请缩短对外网址后重新打印"))
		return
	}
	cell := size / float64(grid.Size)
	for row := range grid.Size {
		for from := 0; from < grid.Size; from++ {
			n := 0
			for from+n < grid.Size && grid.Black(from+n, row) {
				n++
			}
			if n > 0 { // runs of modules, a hair wider so that no seam shows
				s.Rect(x+float64(from)*cell, y+float64(row)*cell, float64(n)*cell+0.05, cell+0.05, black)
				from += n
			}
		}
	}
}
