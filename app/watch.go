package app

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"xuanping/audit"
	"xuanping/campaign"
	"xuanping/store"
)

// WatchOptions say which ledger is followed from outside, and what is believed.
type WatchOptions struct {
	URL      string   // of the site
	Keys     []string // public keys of the ledger
	Kept     string   // file with the checkpoint that was kept last; made at the first visit
	Evidence string   // file for the evidence of a fork
	Name     string   // of the witness who cosigns what he keeps; "" does not
	Seed     string   // file with his key, 64 hex digits
}

// Watch visits a ledger once, as a witness does who has neither account nor
// database: it reads the signed head and the tiles, and keeps the head when it
// continues the one kept before. Otherwise it leaves the evidence.
func Watch(ctx context.Context, o WatchOptions, out io.Writer) error {
	known, err := verifiers(o.Keys)
	if err != nil {
		return err
	}
	site := strings.TrimRight(o.URL, "/") + "/ledger/"
	now, err := fetched(ctx, site+"checkpoint")
	if err != nil {
		return err
	}
	_, h, err := audit.ReadCheckpoint(string(now), known)
	if err != nil {
		return err
	}
	signed, err := o.cosigned(now)
	if err != nil {
		return err
	}
	kept, err := os.ReadFile(o.Kept)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		fmt.Fprintf(out, "首次查看：%s，已保存\n", h.Line())
		return keepNote(o.Kept, signed)
	case err != nil:
		return fmt.Errorf("无法读取 %s：%w", o.Kept, err)
	}
	tiles := audit.PublicHashes(ctx, h, func(ctx context.Context, path string) ([]byte, error) { return fetched(ctx, site+"tile/"+path) })
	fork, err := audit.ForkOf(known, string(kept), string(now), tiles)
	if err != nil {
		return err
	}
	if fork != nil {
		if err := writeEvidence(o.Evidence, []audit.Fork{*fork}, out); err != nil {
			return err
		}
		return errors.New(fork.String())
	}
	_, was, err := audit.ReadCheckpoint(string(kept), known)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "一致：%s，延续所保存的 %d 条\n", store.Head(h).Line(), was.Size)
	return keepNote(o.Kept, signed)
}

// cosigned adds the witness's signature, when he has a key.
func (o WatchOptions) cosigned(note []byte) ([]byte, error) {
	if o.Name == "" {
		return note, nil
	}
	text, err := readFile("见证人的密钥文件", o.Seed)
	if err != nil {
		return nil, err
	}
	seed, _ := hex.DecodeString(strings.TrimSpace(string(text))) // of another length it is refused
	w, err := audit.NewCosigner(o.Name, seed)
	if err != nil {
		return nil, err
	}
	out, err := w.Cosign(string(note), time.Now())
	return []byte(out), err
}

// Cosigned tells which witnesses have signed a kept checkpoint, and when.
func Cosigned(file string, keys, witnesses []string, out io.Writer) error {
	known, err := verifiers(keys)
	if err != nil {
		return err
	}
	note, err := readFile("检查点文件", file)
	if err != nil {
		return err
	}
	_, h, err := audit.ReadCheckpoint(string(note), known)
	if err != nil {
		return err
	}
	all, err := audit.Cosignatures(string(note), witnesses...)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, h.Line())
	for _, c := range all {
		fmt.Fprintf(out, "见证：%s，%s\n", c.Name, c.At.In(campaign.Beijing).Format("2006-01-02 15:04:05"))
	}
	if len(all) < len(witnesses) {
		return fmt.Errorf("给出 %d 位见证人，其中 %d 位的签名有效", len(witnesses), len(all))
	}
	return nil
}

// keepNote replaces what was kept in one step.
func keepNote(file string, note []byte) error {
	tmp := filepath.Join(filepath.Dir(file), "."+filepath.Base(file)+".new")
	err := os.WriteFile(tmp, note, 0o644)
	if err == nil {
		err = os.Rename(tmp, file)
	}
	if err != nil {
		return fmt.Errorf("无法写入 %s：%w", file, err)
	}
	return nil
}

// maxTile bounds an answer: a full tile has 8 KiB.
const maxTile = 64 << 10

func fetched(ctx context.Context, url string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, fmt.Errorf("网址无法识别，应形如 https://xp.example.gov.cn：%w", err)
	}
	a, err := http.DefaultClient.Do(q)
	if err != nil {
		return nil, fmt.Errorf("网站暂时无法连接：%w", err)
	}
	defer a.Body.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(io.LimitReader(a.Body, maxTile)); err != nil {
		return nil, fmt.Errorf("网站应答中断：%w", err)
	}
	if a.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s：网站答复 %s", url, a.Status)
	}
	return b.Bytes(), nil
}
