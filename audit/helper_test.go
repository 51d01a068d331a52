package audit

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files")

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		ok(t, os.WriteFile(path, got, 0o644))
	}
	want, err := os.ReadFile(path)
	ok(t, err)
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; got:\n%s", path, got)
	}
}

// recorded loads the histories of a folder of testdata, by file name.
func recorded(t testing.TB, dir string) []History {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", dir, "*.json"))
	ok(t, err)
	if len(files) == 0 {
		t.Fatalf("no history in testdata/%s", dir)
	}
	all := make([]History, len(files))
	for i, file := range files {
		all[i] = load(t, file)
	}
	return all
}

func load(t testing.TB, file string) History {
	t.Helper()
	f, err := os.Open(file)
	ok(t, err)
	defer f.Close()
	h, err := Load(f)
	ok(t, err)
	return h
}
