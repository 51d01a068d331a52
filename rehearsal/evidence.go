package rehearsal

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strings"

	"compress/zlib"
)

// exhibit makes the evidence of a row: small, whole and of its kind, and
// different for every institution and row.
func exhibit(code string, row int) upload {
	words := fmt.Sprintf("%s evidence of row %d", code, row)
	name := fmt.Sprintf("%s-%02d", strings.ToLower(code), row)
	switch row {
	case 2:
		return upload{"file", name + ".docx", docx(words)}
	case 8:
		return upload{"file", name + ".png", png(words)}
	}
	return upload{"file", name + ".pdf", pdf(words)}
}

// pdf writes a document of one page by hand.
func pdf(words string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	draw := "BT /F1 14 Tf 72 720 Td (" + words + ") Tj ET"
	var at []int
	for i, object := range []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(draw), draw),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
	} {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, n := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, table)
	return b.Bytes()
}

// png writes a picture of one dot whose text chunk tells it from others.
func png(words string) []byte {
	var b bytes.Buffer
	b.WriteString("\x89PNG\r\n\x1a\n")
	chunk := func(kind string, data []byte) {
		_ = binary.Write(&b, binary.BigEndian, uint32(len(data)))
		body := append([]byte(kind), data...)
		b.Write(body)
		_ = binary.Write(&b, binary.BigEndian, crc32.ChecksumIEEE(body))
	}
	chunk("IHDR", []byte{0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0})
	chunk("tEXt", []byte("Comment\x00"+words))
	var dot bytes.Buffer
	z := zlib.NewWriter(&dot)
	_, _ = z.Write([]byte{0, 200}) // no filter, one grey dot
	_ = z.Close()
	chunk("IDAT", dot.Bytes())
	chunk("IEND", nil)
	return b.Bytes()
}

// docx writes the smallest document that Word opens.
func docx(words string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, part := range [][2]string{
		{"[Content_Types].xml", `<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`},
		{"_rels/.rels", `<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`},
		{"word/document.xml", `<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>` + words + `</w:t></w:r></w:p></w:body></w:document>`},
	} {
		if w, err := z.Create(part[0]); err == nil { // a buffer takes everything
			_, _ = w.Write([]byte(part[1]))
		}
	}
	_ = z.Close()
	return b.Bytes()
}
