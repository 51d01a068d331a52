package store_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"xuanping/campaign"
	"xuanping/store"
)

func blobs(t *testing.T) (*store.Blobs, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "a", "blobs")
	b, err := store.OpenBlobs(dir)
	ok(t, err)
	return b, dir
}

// files lists what lies in the folder.
func files(t *testing.T, dir string) (all []string) {
	t.Helper()
	ok(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all = append(all, path)
		}
		return err
	}))
	return all
}

func TestBlobComesBack(t *testing.T) {
	b, dir := blobs(t)
	content := bytes.Repeat([]byte("证据"), 50_000)
	sum := sha256.Sum256(content)
	for range 2 { // the same content again is the same file
		digest, size, err := b.Put(bytes.NewReader(content), 1<<20, nil)
		ok(t, err)
		if digest != hex.EncodeToString(sum[:]) || size != int64(len(content)) {
			t.Errorf("%s %d", digest, size)
		}
	}
	if all := files(t, dir); len(all) != 1 {
		t.Errorf("%v", all)
	}
	f, err := b.Open(hex.EncodeToString(sum[:]))
	ok(t, err)
	defer f.Close()
	got, err := io.ReadAll(f)
	ok(t, err)
	info, err := f.Stat()
	ok(t, err)
	if !bytes.Equal(got, content) || info.Mode().Perm() != 0o600 {
		t.Errorf("%d bytes, mode %v", len(got), info.Mode())
	}
}

func TestBlobRefusals(t *testing.T) {
	boom := errors.New("the line broke")
	for name, c := range map[string]struct {
		r    io.Reader
		kind campaign.Kind
		say  string
	}{
		"empty":         {strings.NewReader(""), campaign.Invalid, "文件是空的"},
		"one too many":  {bytes.NewReader(make([]byte, 2<<20+1)), campaign.Invalid, "超过 2 MB"},
		"far too long":  {io.LimitReader(zeros{}, 1<<40), campaign.Invalid, "超过 2 MB"},
		"broken upload": {io.MultiReader(strings.NewReader("half"), iotest.ErrReader(boom)), campaign.Internal, "the line broke"},
	} {
		b, dir := blobs(t)
		_, _, err := b.Put(c.r, 2<<20, nil)
		if err == nil || campaign.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.say) {
			t.Errorf("%s: %v", name, err)
		}
		if left := files(t, dir); len(left) != 0 {
			t.Errorf("%s left %v", name, left)
		}
	}
	b, _ := blobs(t)
	if _, size, err := b.Put(bytes.NewReader(make([]byte, 2<<20)), 2<<20, nil); err != nil || size != 2<<20 {
		t.Errorf("exactly the limit: %d %v", size, err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestBlobNamesLeadNowhereElse(t *testing.T) {
	b, dir := blobs(t)
	secret := filepath.Join(filepath.Dir(dir), "secret")
	ok(t, os.WriteFile(secret, []byte("s"), 0o600))
	digest, _, err := b.Put(strings.NewReader("x"), 9, nil)
	ok(t, err)
	pad := func(s string) string { return s + strings.Repeat("/", 64-len(s)) }
	for _, name := range []string{"", "x", "..", strings.Repeat("0", 64), strings.Repeat("0", 65), digest + "/", strings.ToUpper(digest), digest[:63] + "\n",
		pad("../secret"), pad("../../secret"), pad("/etc/passwd"), "./" + strings.Repeat("/", 45) + "../../../../secret", digest[:62] + "\x00\x00"} {
		f, err := b.Open(name)
		if err == nil {
			f.Close()
		}
		if err == nil || campaign.KindOf(err) != campaign.NotFound || err.Error() == "" {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestSameBlobConcurrently(t *testing.T) {
	b, dir := blobs(t)
	content := bytes.Repeat([]byte("x"), 300_000)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			digest, _, err := b.Put(iotest.HalfReader(bytes.NewReader(content)), 1<<20, nil)
			if err != nil {
				t.Error(err)
				return
			}
			f, err := b.Open(digest)
			if err != nil {
				t.Error(err)
				return
			}
			defer f.Close()
			if got, err := io.ReadAll(f); err != nil || !bytes.Equal(got, content) {
				t.Errorf("%d bytes, %v", len(got), err)
			}
		})
	}
	wg.Wait()
	if all := files(t, dir); len(all) != 1 {
		t.Errorf("%v", all)
	}
}

// childDir tells the test binary that it is the one to be killed in the middle of a file.
const childDir = "XUANPING_BLOBS_CHILD"

// A program killed in the middle of a file leaves no half of it under its digest.
func TestBlobAfterKill(t *testing.T) {
	half := strings.Repeat("half", 10_000)
	if dir := os.Getenv(childDir); dir != "" {
		b, err := store.OpenBlobs(dir)
		ok(t, err)
		_, _, err = b.Put(io.MultiReader(strings.NewReader(half), forever{}), 1<<20, nil)
		t.Fatalf("the upload ended: %v", err)
	}
	b, dir := blobs(t)
	cmd := exec.Command(os.Args[0], "-test.run=^TestBlobAfterKill$")
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	ok(t, cmd.Start())
	for end := time.Now().Add(30 * time.Second); written(t, dir) < len(half); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			cmd.Process.Kill()
			t.Fatal("the child wrote nothing")
		}
	}
	ok(t, cmd.Process.Kill())
	cmd.Wait()
	sum := sha256.Sum256([]byte(half))
	if _, err := b.Open(hex.EncodeToString(sum[:])); campaign.KindOf(err) != campaign.NotFound || err == nil {
		t.Errorf("half a file has a name: %v", err)
	}
	for _, f := range files(t, dir) {
		if !strings.HasPrefix(filepath.Base(f), "tmp-") {
			t.Errorf("left %s", f)
		}
	}
}

func written(t *testing.T, dir string) (n int) {
	for _, f := range files(t, dir) {
		if info, err := os.Stat(f); err == nil {
			n += int(info.Size())
		}
	}
	return n
}

// forever never answers, as a sender that hangs.
type forever struct{}

func (forever) Read([]byte) (int, error) { select {} }

// A caller's check sees all bytes before they are kept; what it refuses is gone.
func TestBlobCheck(t *testing.T) {
	b, dir := blobs(t)
	no := campaign.Fail(campaign.Invalid, "内容不符")
	var seen string
	check := func(f *os.File, size int64) error {
		all, err := io.ReadAll(io.NewSectionReader(f, 0, size))
		ok(t, err)
		seen = string(all)
		if left := files(t, dir); len(left) != 1 || !strings.HasPrefix(filepath.Base(left[0]), "tmp-") {
			t.Errorf("kept before it was checked: %v", left)
		}
		if seen == "bad" {
			return no
		}
		return nil
	}
	if _, _, err := b.Put(strings.NewReader("bad"), 9, check); !errors.Is(err, no) || seen != "bad" {
		t.Errorf("%v, saw %q", err, seen)
	}
	if left := files(t, dir); len(left) != 0 {
		t.Errorf("left %v", left)
	}
	if _, size, err := b.Put(strings.NewReader("good"), 9, check); err != nil || size != 4 {
		t.Errorf("%d, %v", size, err)
	}
}
