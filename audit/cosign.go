package audit

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
)

// cosignatureAlgorithm is that of C2SP tlog-cosignature: a witness signs the
// checkpoint's text together with the time at which it saw it.
const cosignatureAlgorithm = 4

// Cosigner is a witness: it signs the heads that it found to continue one
// another, so that a head can be believed without believing the house.
type Cosigner struct {
	name string
	key  ed25519.PrivateKey
}

// NewCosigner makes a witness of a name and a seed of 32 bytes.
func NewCosigner(name string, seed []byte) (Cosigner, error) {
	if len(seed) != ed25519.SeedSize || name == "" || strings.ContainsAny(name, " +\n\t") {
		return Cosigner{}, errors.New("见证人须有名称（不含空格和加号）和 32 字节的密钥")
	}
	return Cosigner{name, ed25519.NewKeyFromSeed(seed)}, nil
}

func cosignerID(name string, public []byte) []byte {
	sum := sha256.Sum256(append(append([]byte(name+"\n"), cosignatureAlgorithm), public...))
	return sum[:4]
}

func (c Cosigner) public() []byte { return c.key.Public().(ed25519.PublicKey) }

// Public is the key that verifies, in the form of a note's key.
func (c Cosigner) Public() string {
	return fmt.Sprintf("%s+%x+%s", c.name, cosignerID(c.name, c.public()), base64.StdEncoding.EncodeToString(append([]byte{cosignatureAlgorithm}, c.public()...)))
}

// Cosign adds the witness's signature to a signed checkpoint.
func (c Cosigner) Cosign(note string, at time.Time) (string, error) {
	text, _, ok := strings.Cut(note, "\n\n")
	if !ok || !strings.HasSuffix(note, "\n") {
		return "", errors.New("这不是一份签署过的检查点")
	}
	sig := binary.BigEndian.AppendUint64(cosignerID(c.name, c.public()), uint64(at.Unix()))
	sig = append(sig, ed25519.Sign(c.key, cosigned(text+"\n", at.Unix()))...)
	return note + "— " + c.name + " " + base64.StdEncoding.EncodeToString(sig) + "\n", nil
}

// cosigned is the message that a cosignature is over.
func cosigned(text string, at int64) []byte {
	return fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", at, text)
}

// Cosignature is a witness's word on a checkpoint.
type Cosignature struct {
	Name string
	At   time.Time
}

// Cosignatures gives the good signatures of the witnesses whose keys are given.
// Others are no fault: anybody may add a line.
func Cosignatures(note string, keys ...string) (all []Cosignature, err error) {
	text, lines, _ := strings.Cut(note, "\n\n")
	for _, key := range keys {
		name, id, public, err := readCosigner(key)
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(lines) {
			word, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "— "+name+" ")
			sig, err := base64.StdEncoding.DecodeString(word)
			if !ok || err != nil || len(sig) != 4+8+ed25519.SignatureSize || !bytes.Equal(sig[:4], id) {
				continue
			}
			at := int64(binary.BigEndian.Uint64(sig[4:12]))
			if ed25519.Verify(public, cosigned(text+"\n", at), sig[12:]) {
				all = append(all, Cosignature{name, time.Unix(at, 0).UTC()})
			}
		}
	}
	return all, nil
}

func readCosigner(key string) (name string, id []byte, public ed25519.PublicKey, err error) {
	parts := strings.SplitN(strings.TrimSpace(key), "+", 3)
	bad := fmt.Errorf("“%.40s”不是见证人的公钥，应形如 名称+8 位十六进制+Base64", key)
	if len(parts) != 3 {
		return "", nil, nil, bad
	}
	raw, err := base64.StdEncoding.DecodeString(parts[2])
	if id, _ = hex.DecodeString(parts[1]); err != nil || len(raw) != 1+ed25519.PublicKeySize || raw[0] != cosignatureAlgorithm || !bytes.Equal(id, cosignerID(parts[0], raw[1:])) {
		return "", nil, nil, bad
	}
	return parts[0], id, raw[1:], nil
}
