package app

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"xuanping/audit"
	"xuanping/rubric"
	"xuanping/store/storetest"
)

// sealedYear writes an archive with the histories of the last release, as Seal does.
func sealedYear(t *testing.T) (file, key string, histories int) {
	t.Helper()
	s, _ := storetest.Open(t)
	storetest.Campaign(t, s, 2026, true, 3)
	k, err := audit.NewLogKey("xuanping.example/ledger", bytes.Repeat([]byte{3}, 32))
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("../workflows/testdata/history/*.json.gz")
	if err != nil || len(files) == 0 {
		t.Fatalf("%v %v", files, err)
	}
	var all []audit.History
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		h, err := audit.Load(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, h)
	}
	var b bytes.Buffer
	if _, err := audit.Seal(t.Context(), s, audit.SealOptions{Year: 2026, Build: build(), Key: k, Annex: rubric.Annex2File(), Readings: rubric.ReadingsFile(), Histories: all}, &b); err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "2026.zip")
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file, k.Public(), len(all)
}

func none(string) (string, bool) { return "", false }

// Feature 4: starter verify tells an archive from a paper, replays all its
// histories with this build, prints time, rate and memory, and names a flipped byte.
func TestVerifyFileOfAnArchive(t *testing.T) {
	file, key, n := sealedYear(t)
	var out bytes.Buffer
	last := 0
	if err := VerifyFile(file, []string{key}, nil, none, func(done, total int) {
		if last = done; total != n {
			t.Errorf("progress of %d, there are %d", total, n)
		}
	}, &out); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	for _, want := range []string{`卷宗完整，全部一致`, fmt.Sprintf(`重放：%d 个流程中 %d 个一致，[0-9.]+ 秒，每秒 \d+ 个`, n, n), `用时 [0-9.]+ 秒，内存峰值 .*\d+ MB`, `演练（示例）年度`} {
		if !regexp.MustCompile(want).MatchString(out.String()) {
			t.Errorf("%s is not said:\n%s", want, &out)
		}
	}
	if last != n || strings.Contains(out.String(), "没有给出信任的公钥") {
		t.Errorf("progress to %d of %d:\n%s", last, n, &out)
	}
	out.Reset()
	if err := VerifyFile(file, nil, nil, none, nil, &out); err != nil || !strings.Contains(out.String(), "没有给出信任的公钥") {
		t.Errorf("without a key: %v\n%s", err, &out)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(data, []byte(`"code":"CNCA-R-2002-002"`))
	data[at+10] ^= 1
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	out.Reset()
	if err := VerifyFile(file, []string{key}, nil, none, nil, &out); err == nil || !strings.Contains(out.String(), "facts/") || strings.Contains(out.String(), "全部一致") {
		t.Errorf("a flipped byte: %v\n%s", err, &out)
	}
}

// A paper still goes to the check of papers.
func TestVerifyFileOfAPaper(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(file, []byte("%PDF-1.7 nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := VerifyFile(file, nil, nil, none, nil, &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "拒绝") {
		t.Errorf("%v", err)
	}
}
