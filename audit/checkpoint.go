package audit

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"xuanping/campaign"
	"xuanping/store"
)

// LogKey signs the ledger's heads. Origin names the ledger in every checkpoint.
type LogKey struct {
	Origin string
	signer note.Signer
	public string
}

// NewLogKey makes the key of a ledger from a seed of 32 bytes.
func NewLogKey(origin string, seed []byte) (LogKey, error) {
	if len(seed) != ed25519.SeedSize {
		return LogKey{}, fmt.Errorf("账本签名密钥应为 %d 字节，实为 %d 字节", ed25519.SeedSize, len(seed))
	}
	public := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
	vkey, err := note.NewEd25519VerifierKey(origin, public)
	if err != nil {
		return LogKey{}, fmt.Errorf("账本名称“%s”不能用于签名：%w", origin, err)
	}
	// The format of x/mod/sumdb/note: algorithm 1 is Ed25519, and a key's hash covers name and public key.
	const ed25519Algorithm = 1
	sum := sha256.Sum256(append([]byte(origin+"\n"+string(rune(ed25519Algorithm))), public...))
	skey := fmt.Sprintf("PRIVATE+KEY+%s+%08x+%s", origin, binary.BigEndian.Uint32(sum[:]),
		base64.StdEncoding.EncodeToString(append([]byte{ed25519Algorithm}, seed...)))
	signer, err := note.NewSigner(skey)
	return LogKey{origin, signer, vkey}, err
}

// Public is the key that verifies, as people pass it on.
func (k LogKey) Public() string { return k.public }

// Known are the keys whose signatures a reader accepts.
type Known = note.Verifiers

// Verifiers accepts the heads signed by any of the keys, so that keys rotate
// while old checkpoints stay good.
func Verifiers(keys ...string) (Known, error) {
	var all []note.Verifier
	for _, k := range keys {
		v, err := note.NewVerifier(strings.TrimSpace(k))
		if err != nil {
			return nil, fmt.Errorf("“%.40s”不是账本的公钥，应形如 名称+8 位十六进制+Base64", k)
		}
		all = append(all, v)
	}
	return note.VerifierList(all...), nil
}

// Sign signs a head as a checkpoint.
func (k LogKey) Sign(h store.Head) (string, error) {
	text, err := note.Sign(&note.Note{Text: checkpointText(k.Origin, h)}, k.signer)
	return string(text), err
}

// checkpointText is the body of a C2SP tlog-checkpoint.
func checkpointText(origin string, h store.Head) string {
	return fmt.Sprintf("%s\n%d\n%s\n", origin, h.Size, base64.StdEncoding.EncodeToString(h.Root[:]))
}

// ReadCheckpoint checks a checkpoint's signature and gives the head it signs.
func ReadCheckpoint(text string, known Known) (origin string, h store.Head, err error) {
	n, err := note.Open([]byte(text), known)
	var unknown *note.UnverifiedNoteError
	switch {
	case errors.As(err, &unknown):
		return "", h, errors.New("检查点不是由给定的账本公钥签署的")
	case err != nil:
		return "", h, errors.New("检查点的签名无效，内容可能被改动")
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) < 4 {
		return "", h, errors.New("检查点的格式不对，应有名称、条数和账本根三行")
	}
	if _, err := fmt.Sscanf(lines[1], "%d", &h.Size); err != nil || h.Size < 0 || fmt.Sprint(h.Size) != lines[1] {
		return "", h, errors.New("检查点的条数无法读取")
	}
	if h.Root, err = tlog.ParseHash(lines[2]); err != nil {
		return "", h, errors.New("检查点的账本根无法读取")
	}
	return lines[0], h, nil
}

// Checkpoint signs the ledger's head when one is due: at least hourly, and soon
// after every issuance. It tells whether it signed.
func Checkpoint(ctx context.Context, s *store.Store, k LogKey, now time.Time) (bool, error) {
	due, err := s.CheckpointDue(ctx, now)
	if err != nil || !due {
		return false, err
	}
	c, err := sign(ctx, s, k, now)
	return c.Size > 0, err
}

// sign signs the head as it is now; nothing when the ledger is empty. The last
// signed head is read before it: of what another process signs meanwhile, it
// need not be the continuation.
func sign(ctx context.Context, s *store.Store, k LogKey, now time.Time) (store.Checkpoint, error) {
	last, err := s.LastCheckpoint(ctx)
	signed := err == nil
	if err != nil && campaign.KindOf(err) != campaign.NotFound {
		return store.Checkpoint{}, err
	}
	h, err := s.Head(ctx)
	if err != nil || h.Size == 0 {
		return store.Checkpoint{}, err
	}
	if signed {
		if err := follows(ctx, s.Reader, last.Head(), h); err != nil {
			return store.Checkpoint{}, err // never sign a history that forgot what was signed before
		}
	}
	text, err := k.Sign(h)
	if err != nil {
		return store.Checkpoint{}, err
	}
	c := store.Checkpoint{Size: h.Size, Root: h.Root[:], Note: text, At: now}
	return c, s.AddCheckpoint(ctx, c)
}

// Cover gives a signed head that holds a record: with a size the one of that
// size, else the newest, which is signed now if it does not hold the record yet.
func Cover(ctx context.Context, s *store.Store, k LogKey, index, size int64, now time.Time) (store.Checkpoint, error) {
	if size > 0 {
		return s.CheckpointAt(ctx, size)
	}
	c, err := s.LastCheckpoint(ctx)
	if err == nil && c.Size > index || err != nil && campaign.KindOf(err) != campaign.NotFound {
		return c, err
	}
	if c, err = sign(ctx, s, k, now); err == nil && c.Size <= index {
		err = fmt.Errorf("账本没有第 %d 条", index)
	}
	return c, err
}

// follows proves from the stored hashes that the head h continues old.
func follows(ctx context.Context, r store.Reader, old, h store.Head) error {
	if h.Size < old.Size {
		return fmt.Errorf("账本只有 %d 条，短于已签署的检查点（%d 条）", h.Size, old.Size)
	}
	proof, err := tlog.ProveTree(h.Size, old.Size, r.Hashes(ctx))
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, h.Size, h.Root, old.Size, old.Root); err != nil {
		return fmt.Errorf("账本前 %d 条与已签署的检查点不一致", old.Size)
	}
	return nil
}
