package desk

import (
	"bytes"
	"encoding/binary"
	"io"
	"os"

	"xuanping/campaign"
)

// Bounds of what a picture, a film or a document may claim to be (S2): what
// lies beyond them is made to break the program that opens it.
const (
	maxSide    = 20_000
	maxPixels  = 200_000_000
	maxParts   = 100_000 // chunks of a PNG, segments of a JPEG, boxes of a film
	maxTail    = 64 << 10
	maxPDFPage = 20_000
)

// genuine refuses a file whose bytes are not what its name says, or whose
// structure is made to do harm, before it is kept: a refused file leaves
// nothing behind. Nothing here is decoded; memory stays small whatever comes.
func genuine(file *os.File, size int64, ext string) error {
	fault := ""
	switch ext {
	case ".pdf":
		fault = pdfFault(file, size)
	case ".jpg", ".jpeg":
		fault = jpegFault(file, size)
	case ".png":
		fault = pngFault(file, size)
	case ".mp4":
		fault = filmFault(file, size)
	case ".docx", ".xlsx", ".pptx":
		fault = officeFault(file, size, ext)
	default:
		fault = notSo
	}
	if fault == "" {
		return nil
	}
	bad := campaign.Fail(campaign.Invalid, "%s；只接受 %s", fault, Kinds)
	if fault == notSo {
		bad = campaign.Fail(campaign.Invalid, "文件内容与扩展名“%s”不符，请确认文件没有损坏或改名；只接受 %s", ext, Kinds)
	}
	bad.Fields = map[string]string{"file": bad.Say}
	return bad
}

// notSo is the fault of a file that is not of its kind, or is damaged.
const notSo = "-"

const tooLargePicture = "图片的尺寸过大（边长不超过 20000 像素，总数不超过 2 亿像素），请缩小后上传"

// head reads the first bytes; fewer when there are fewer.
func head(f io.ReaderAt, n int) []byte {
	b := make([]byte, n)
	k, _ := f.ReadAt(b, 0)
	return b[:k]
}

// pngFault walks the chunks of a picture from its size to its end.
func pngFault(f io.ReaderAt, size int64) string {
	if !bytes.HasPrefix(head(f, 8), []byte("\x89PNG\r\n\x1a\n")) {
		return notSo
	}
	var b [16]byte
	at := int64(8)
	for n := range maxParts {
		k, _ := f.ReadAt(b[:], at)
		if k < 8 {
			return notSo
		}
		length, kind := int64(binary.BigEndian.Uint32(b[:4])), string(b[4:8])
		switch {
		case n == 0 && (kind != "IHDR" || length != 13 || k < 16):
			return notSo
		case n == 0:
			if fault := pictureFault(binary.BigEndian.Uint32(b[8:12]), binary.BigEndian.Uint32(b[12:16])); fault != "" {
				return fault
			}
		}
		if at += 12 + length; at > size {
			return notSo
		}
		if kind == "IEND" {
			if size-at > maxTail {
				return notSo
			}
			return ""
		}
	}
	return notSo
}

func pictureFault(w, h uint32) string {
	switch {
	case w == 0 || h == 0:
		return notSo
	case w > maxSide || h > maxSide || uint64(w)*uint64(h) > maxPixels:
		return tooLargePicture
	}
	return ""
}

// jpegFault walks the segments of a picture to the one that tells its size, and
// wants an end after it.
func jpegFault(f io.ReaderAt, size int64) string {
	if !bytes.HasPrefix(head(f, 3), []byte{0xff, 0xd8, 0xff}) {
		return notSo
	}
	var b [9]byte
	at := int64(2)
	for range maxParts {
		k, _ := f.ReadAt(b[:], at)
		if k < 4 || b[0] != 0xff {
			return notSo
		}
		switch m := b[1]; {
		case m == 0xff: // fill
			at++
			continue
		case m == 0x01 || m >= 0xd0 && m <= 0xd7:
			at += 2
			continue
		case m == 0xda || m == 0xd9: // the picture begins, or ends, before its size was told
			return notSo
		case m >= 0xc0 && m <= 0xcf && m != 0xc4 && m != 0xc8 && m != 0xcc:
			if k < 9 || !endsLate(f, size, at, []byte{0xff, 0xd9}) {
				return notSo
			}
			return pictureFault(uint32(binary.BigEndian.Uint16(b[7:9])), uint32(binary.BigEndian.Uint16(b[5:7])))
		}
		length := int64(binary.BigEndian.Uint16(b[2:4]))
		if at += 2 + length; length < 2 || at > size {
			return notSo
		}
	}
	return notSo
}

// endsLate looks for an end mark in the last bytes, after a place.
func endsLate(f io.ReaderAt, size, after int64, mark []byte) bool {
	from := max(size-maxTail, after)
	tail := make([]byte, size-from)
	n, _ := f.ReadAt(tail, from)
	return bytes.Contains(tail[:n], mark)
}

// filmFault walks the boxes of a film: its kind first, and an index among them.
func filmFault(f io.ReaderAt, size int64) string {
	var b [16]byte
	index := false
	at := int64(0)
	for n := 0; at < size; n++ {
		k, _ := f.ReadAt(b[:], at)
		if k < 8 || n == maxParts {
			return notSo
		}
		length, kind := uint64(binary.BigEndian.Uint32(b[:4])), string(b[4:8])
		switch {
		case length == 1 && k == 16:
			length = binary.BigEndian.Uint64(b[8:16])
		case length == 0:
			length = uint64(size - at)
		}
		if n == 0 && kind != "ftyp" || length < 8 || length > uint64(size-at) {
			return notSo
		}
		index = index || kind == "moov"
		at += int64(length)
	}
	if !index {
		return notSo
	}
	return ""
}
