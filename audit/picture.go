package audit

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
)

// pictureMost bounds the points of a picture, so that a small file does not
// open into all the memory.
const pictureMost = 64 << 20

var errPicture = errors.New("图片无法读取或尺寸过大")

// barePicture draws a picture anew, so that nothing but its points is left: no
// place, no device, no time, no comment (PL-5). It stands as it was held.
func barePicture(data []byte) (bare []byte, ending string, err error) {
	head, kind, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || head.Width*head.Height > pictureMost || head.Width*head.Height == 0 {
		return nil, "", errPicture
	}
	picture, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, "", errPicture
	}
	var b bytes.Buffer
	if kind == "png" {
		err = png.Encode(&b, picture)
		return b.Bytes(), ".png", err
	}
	err = jpeg.Encode(&b, upright(picture, held(data)), &jpeg.Options{Quality: 90})
	return b.Bytes(), ".jpg", err
}

// held reads from a JPEG how the camera was held: 1 to 8 as EXIF has it, 1 when
// it does not say.
func held(data []byte) int {
	for at := 2; at+4 <= len(data) && data[at] == 0xff; {
		size := int(binary.BigEndian.Uint16(data[at+2:]))
		if data[at+1] == 0xda || size < 2 || at+2+size > len(data) {
			break
		}
		if part := data[at+4 : at+2+size]; data[at+1] == 0xe1 && bytes.HasPrefix(part, []byte("Exif\x00\x00")) {
			return orientation(part[6:])
		}
		at += 2 + size
	}
	return 1
}

// orientation finds the tag 0x0112 in the first directory of a TIFF head.
func orientation(tiff []byte) int {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	if tiff[0] == 'M' {
		order = binary.BigEndian
	}
	at := int(order.Uint32(tiff[4:]))
	if at < 8 || at+2 > len(tiff) {
		return 1
	}
	for i, n := 0, int(order.Uint16(tiff[at:])); i < n && at+14+12*i <= len(tiff); i++ {
		if tag := tiff[at+2+12*i:]; order.Uint16(tag) == 0x0112 {
			if v := int(order.Uint16(tag[8:])); v >= 1 && v <= 8 {
				return v
			}
		}
	}
	return 1
}

// upright turns and mirrors a picture as EXIF's eight ways ask.
func upright(in image.Image, way int) image.Image {
	if way == 1 {
		return in
	}
	from := in.Bounds()
	w, h := from.Dx(), from.Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if way >= 5 {
		out = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			var tx, ty int
			switch way {
			case 2:
				tx, ty = w-1-x, y
			case 3:
				tx, ty = w-1-x, h-1-y
			case 4:
				tx, ty = x, h-1-y
			case 5:
				tx, ty = y, x
			case 6:
				tx, ty = h-1-y, x
			case 7:
				tx, ty = h-1-y, w-1-x
			case 8:
				tx, ty = y, w-1-x
			}
			out.Set(tx, ty, in.At(from.Min.X+x, from.Min.Y+y))
		}
	}
	return out
}

// readPicture reads a stored file whole, within the limit of an upload.
func readPicture(r io.Reader) ([]byte, error) {
	const most = 50 << 20
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && len(data) > most {
		err = fmt.Errorf("%w：超过 50 MB", errPicture)
	}
	return data, err
}
