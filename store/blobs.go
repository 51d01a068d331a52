package store

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path"
	"regexp"
	"syscall"

	"xuanping/campaign"
)

// Blobs is the folder of evidence files, each under its sha256. A file is
// written completely and synced before the fact that names it is committed.
type Blobs struct{ root *os.Root }

var digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// OpenBlobs opens the folder and makes it when it is missing.
func OpenBlobs(dir string) (*Blobs, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	return &Blobs{root}, err
}

// Put stores what r gives, at most limit bytes, and returns its sha256 in hex
// and its size. Longer input is refused as Invalid, and check, where there is
// one, sees the bytes before they are kept: what is refused leaves nothing behind.
func (b *Blobs) Put(r io.Reader, limit int64, check func(f *os.File, size int64) error) (digest string, size int64, err error) {
	tmp := "tmp-" + randomHex()
	f, err := b.root.OpenFile(tmp, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return "", 0, full(err)
	}
	defer b.root.Remove(tmp)
	h := sha256.New()
	size, err = io.Copy(io.MultiWriter(f, h), io.LimitReader(r, limit+1))
	switch {
	case err != nil:
	case size > limit:
		err = campaign.Fail(campaign.Invalid, "文件超过 %d MB 的上限，请压缩或拆分后再上传", limit>>20)
	case size == 0:
		err = campaign.Fail(campaign.Invalid, "文件是空的，请重新选择")
	case check != nil:
		err = check(f, size)
	}
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return "", 0, full(err)
	}
	digest = hex.EncodeToString(h.Sum(nil))
	if err := b.root.Mkdir(digest[:2], 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return "", 0, full(err)
	}
	if err := b.root.Rename(tmp, path.Join(digest[:2], digest)); err != nil {
		return "", 0, full(err)
	}
	return digest, size, full(errors.Join(b.sync(digest[:2]), b.sync(".")))
}

// sync makes the names in a folder as durable as the bytes they name.
func (b *Blobs) sync(dir string) error {
	f, err := b.root.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// Open reads a stored file.
func (b *Blobs) Open(digest string) (*os.File, error) {
	if !digestForm.MatchString(digest) {
		return nil, campaign.Fail(campaign.NotFound, "没有找到该文件")
	}
	f, err := b.root.Open(path.Join(digest[:2], digest))
	if errors.Is(err, os.ErrNotExist) {
		return nil, &campaign.Error{Kind: campaign.NotFound, Say: "没有找到该文件", Err: err}
	}
	return f, err
}

func full(err error) error {
	if errors.Is(err, syscall.ENOSPC) {
		return &campaign.Error{Kind: campaign.Internal, Say: "服务器存储空间不足，文件未保存，请稍后再试或联系经办人员", Err: err}
	}
	return err
}

// Remove takes the content of a file away; what is gone already is fine.
func (b *Blobs) Remove(digest string) error {
	if !digestForm.MatchString(digest) {
		return campaign.Fail(campaign.NotFound, "没有找到该文件")
	}
	if err := b.root.Remove(path.Join(digest[:2], digest)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	err := b.sync(digest[:2])
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}
