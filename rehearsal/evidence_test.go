package rehearsal

import (
	"archive/zip"
	"bytes"
	stdpng "image/png"
	"path"
	"testing"
)

func TestExhibitsAreWhatTheirNamesSay(t *testing.T) {
	seen := map[string]bool{}
	for _, code := range []string{"CNCA-R-2026-901", "CNCA-R-2026-902"} {
		for row := 1; row <= 14; row++ {
			f := exhibit(code, row)
			if seen[string(f.data)] || seen[f.name] {
				t.Errorf("%s is like another", f.name)
			}
			seen[string(f.data)], seen[f.name] = true, true
			switch path.Ext(f.name) {
			case ".pdf":
				if !bytes.HasPrefix(f.data, []byte("%PDF-")) || !bytes.HasSuffix(f.data, []byte("%%EOF\n")) {
					t.Errorf("%s is no PDF", f.name)
				}
			case ".png":
				if _, err := stdpng.Decode(bytes.NewReader(f.data)); err != nil {
					t.Errorf("%s: %v", f.name, err)
				}
			case ".docx":
				z, err := zip.NewReader(bytes.NewReader(f.data), int64(len(f.data)))
				if err != nil {
					t.Fatal(err)
				}
				if _, err := z.Open("word/document.xml"); err != nil {
					t.Errorf("%s: %v", f.name, err)
				}
			default:
				t.Errorf("%s is of no kind that is taken", f.name)
			}
		}
	}
}
