package audit

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"xuanping/rubric"
)

// The two entries that close an archive; all others stand before them, by name.
const (
	manifestName  = "manifest.json"
	signatureName = "manifest.sig"
	archiveFormat = "xuanping-archive-1"
)

// Manifest says what a sealed archive (卷宗) holds. Its fields and the order of
// its entries are fixed, so that equal contents are equal bytes; no clock is in it.
type Manifest struct {
	Format      string          `json:"format"`
	Year        int             `json:"year"`
	Rehearsal   bool            `json:"rehearsal"`
	WithNames   bool            `json:"with_names"`
	Build       string          `json:"build"`
	Table       string          `json:"table"`
	TableSHA256 string          `json:"table_sha256"`
	Readings    rubric.Choices  `json:"readings"`
	Rules       int             `json:"rules"` // newest version of calendar and settings
	LedgerSize  int64           `json:"ledger_size"`
	LedgerRoot  string          `json:"ledger_root"`
	LogKey      string          `json:"log_key"`
	FormerKeys  []string        `json:"former_keys,omitempty"`
	Histories   int             `json:"histories"`
	Papers      int             `json:"papers"`
	Withheld    []string        `json:"withheld,omitempty"` // papers that name or quote people, left out without names
	Tables      []ManifestTable `json:"tables"`
	RowKeys     map[int]string  `json:"row_keys,omitempty"` // with names only: they tie the ledger's digests to rows
	Entries     []ArchiveEntry  `json:"entries"`
}

// ManifestTable is a table of facts: its key, the columns without a digest, the
// columns left out, and how many rows there are.
type ManifestTable struct {
	Name  string   `json:"name"`
	PK    []string `json:"pk"`
	Skip  []string `json:"skip,omitempty"`
	Cut   []string `json:"cut,omitempty"`
	Whole bool     `json:"whole,omitempty"`
	Rows  int      `json:"rows"`
}

// ArchiveEntry is a file of the archive.
type ArchiveEntry struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// binder writes an archive: a ZIP whose files are stored as they are, with one
// fixed time and nothing else that could differ.
type binder struct {
	zip     *zip.Writer
	entries []ArchiveEntry
}

func newBinder(out io.Writer) *binder { return &binder{zip: zip.NewWriter(out)} }

// add appends a file; files come in the order of their names.
func (b *binder) add(name string, data []byte) error {
	if n := len(b.entries); n > 0 && b.entries[n-1].Name >= name {
		return fmt.Errorf("卷宗条目次序错误：%s 在 %s 之后", name, b.entries[n-1].Name)
	}
	sum := sha256.Sum256(data)
	b.entries = append(b.entries, ArchiveEntry{name, int64(len(data)), hex.EncodeToString(sum[:])})
	return b.put(name, data)
}

func (b *binder) put(name string, data []byte) error {
	const firstOfJanuary1980 = 1<<5 | 1 // the beginning of a ZIP's calendar
	//lint:ignore SA1019 CreateRaw writes the old field, and no time zone can move it
	w, err := b.zip.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Store, ModifiedDate: firstOfJanuary1980, CRC32: crc32.ChecksumIEEE(data),
		CompressedSize64: uint64(len(data)), UncompressedSize64: uint64(len(data))})
	if err == nil {
		_, err = w.Write(data)
	}
	return err
}

// close adds the manifest with all entries, and its signature.
func (b *binder) close(m Manifest, k LogKey) error {
	m.Entries = b.entries
	text, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return err
	}
	sig, err := k.signManifest(text, m.Year)
	if err != nil {
		return err
	}
	if err := b.put(manifestName, text); err != nil {
		return err
	}
	if err := b.put(signatureName, []byte(sig)); err != nil {
		return err
	}
	return b.zip.Close()
}

// signManifest signs with the ledger's key. The second line keeps the note from
// being taken for a checkpoint, whose second line is a number.
func (k LogKey) signManifest(manifest []byte, year int) (string, error) {
	text, err := note.Sign(&note.Note{Text: manifestText(k.Origin, manifest, year)}, k.signer)
	return string(text), err
}

func manifestText(origin string, manifest []byte, year int) string {
	sum := sha256.Sum256(manifest)
	return fmt.Sprintf("%s\nxuanping archive\n%d\n%s\n", origin, year, base64.StdEncoding.EncodeToString(sum[:]))
}

// checkManifest checks the signature over a manifest with the given keys.
func checkManifest(manifest []byte, year int, sig string, known Known) error {
	n, err := note.Open([]byte(sig), known)
	var unknown *note.UnverifiedNoteError
	switch {
	case errors.As(err, &unknown):
		return errors.New("卷宗不是由给定的账本公钥签署的")
	case err != nil:
		return errors.New("卷宗的签名无效")
	}
	origin, _, _ := strings.Cut(n.Text, "\n")
	if n.Text != manifestText(origin, manifest, year) {
		return errors.New("签名所指的不是这份清单")
	}
	return nil
}

// IsArchive tells from its first bytes whether a file may be a sealed archive.
func IsArchive(head []byte) bool { return strings.HasPrefix(string(head), "PK\x03\x04") }
