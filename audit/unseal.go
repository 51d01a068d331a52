package audit

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/worker"

	"xuanping/audit/independent"
)

// ArchiveOptions say how an archive is verified.
type ArchiveOptions struct {
	Keys     []string // public keys of the ledger that are trusted; none: the archive's own
	Register func(worker.WorkflowRegistry)
	Parallel int
	Progress func(done, total int) // of the replay; may be nil
}

// ArchiveReport is what the verification of an archive found.
type ArchiveReport struct {
	Manifest Manifest
	Trusted  bool // the signature is of a key that was given
	Faults   []ArchiveFault

	Ledger   LedgerReport
	Rows     int // known to the ledger, of them Compared with their digests
	Compared int
	Facts    int // figures of rows compared with the records of the ledger
	Replayed int
	Noted    int           // histories that are those the ledger noted when their runs ended
	Took     time.Duration // the replay
	Recount  independent.Report
	Drawn    independent.Drawn
}

// ArchiveFault is something wrong, and the place of it.
type ArchiveFault struct{ Place, Say string }

// String is the fault as a line of a report.
func (f ArchiveFault) String() string { return f.Place + "：" + f.Say }

// Sound tells that nothing was found.
func (r ArchiveReport) Sound() bool { return len(r.Faults) == 0 }

func (r *ArchiveReport) fault(place, form string, args ...any) {
	r.Faults = append(r.Faults, ArchiveFault{place, fmt.Sprintf(form, args...)})
}

// VerifyArchive checks a sealed archive with nothing but itself and, when given,
// the public keys of the ledger: every byte, the signature, the ledger's tree,
// the facts against it, the papers, all histories with the code of this build,
// every result with the independent count and every spot check with a second draw.
func VerifyArchive(file io.ReaderAt, size int64, o ArchiveOptions) (ArchiveReport, error) {
	var out ArchiveReport
	u := &unsealer{file: file, size: size, out: &out}
	if !u.open(o.Keys) || !u.wholeFile() {
		return out, nil // contents that are not what was sealed prove nothing
	}
	a, err := u.contents()
	if err != nil {
		return out, err
	}
	a.checkLedger(&out)
	a.checkRows(&out)
	a.checkLists(&out)
	a.checkFacts(&out)
	a.checkHistories(&out)
	if out.Recount, err = independent.Recount(a.facts()); err != nil {
		out.fault("独立复算", "%v", err)
	}
	for _, d := range out.Recount.Differences {
		out.fault("独立复算", "%s", d)
	}
	a.checkPlaces(&out)
	if out.Drawn, err = independent.Redraw(a.facts()); err != nil {
		out.fault("独立抽取", "%v", err)
	}
	for _, d := range out.Drawn.Differences {
		out.fault("独立抽取", "%s", d)
	}
	u.replay(o)
	return out, nil
}

// unsealer reads the container.
type unsealer struct {
	file    io.ReaderAt
	size    int64
	out     *ArchiveReport
	entries map[string]*zip.File
	closing [2][]byte // the manifest and its signature
}

// open reads the directory, the manifest and its signature, and compares every
// entry with its digest.
func (u *unsealer) open(keys []string) bool {
	z, err := zip.NewReader(u.file, u.size)
	if err != nil {
		u.out.fault("容器目录", "文件末尾的目录损坏，无法打开：%v", err)
		return false
	}
	u.entries = map[string]*zip.File{}
	for _, f := range z.File {
		if u.entries[f.Name] != nil {
			u.out.fault(f.Name, "条目重复")
		}
		u.entries[f.Name] = f
	}
	for i, name := range []string{manifestName, signatureName} {
		if u.closing[i], err = u.read(name); err != nil {
			u.out.fault(name, "%v", err)
		}
	}
	if !u.out.Sound() {
		u.digestsByTrial()
		return false
	}
	if err := json.Unmarshal(u.closing[0], &u.out.Manifest); err != nil || u.out.Manifest.Format != archiveFormat {
		u.out.fault(manifestName, "无法读取，或不是本程序的卷宗格式")
		return false
	}
	u.signature(keys)
	u.digests()
	return u.out.Sound()
}

// read gives an entry; what is not stored as it is was not written by Seal.
func (u *unsealer) read(name string) ([]byte, error) {
	f := u.entries[name]
	if f == nil {
		return nil, errors.New("缺失")
	}
	if f.Method != zip.Store || f.UncompressedSize64 != f.CompressedSize64 || f.UncompressedSize64 > uint64(u.size) {
		return nil, errors.New("容器中的条目信息被改动")
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("容器中的条目头部被改动：%w", err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, errors.New("内容被改动（校验和不符）")
	}
	return data, nil
}

// digestsByTrial looks, without a manifest to believe, whether other entries are damaged too.
func (u *unsealer) digestsByTrial() {
	for name := range u.entries {
		if _, err := u.read(name); err != nil && name != manifestName && name != signatureName {
			u.out.fault(name, "%v", err)
		}
	}
}

func (u *unsealer) signature(keys []string) {
	m := u.out.Manifest
	if u.out.Trusted = len(keys) > 0; !u.out.Trusted {
		keys = []string{m.LogKey}
	}
	known, err := Verifiers(keys...)
	if err == nil {
		err = checkManifest(u.closing[0], m.Year, string(u.closing[1]), known)
	}
	if err != nil {
		u.out.fault(signatureName, "%v", err)
	}
}

func (u *unsealer) digests() {
	listed := map[string]bool{manifestName: true, signatureName: true}
	for _, e := range u.out.Manifest.Entries {
		listed[e.Name] = true
		data, err := u.read(e.Name)
		if err != nil {
			u.out.fault(e.Name, "%v", err)
			continue
		}
		if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != e.SHA256 {
			u.out.fault(e.Name, "内容与清单的摘要不一致")
		}
	}
	for name := range u.entries {
		if !listed[name] {
			u.out.fault(name, "清单中没有这个条目")
		}
	}
}

// wholeFile writes the container again and compares every byte: also what lies
// between the entries, of which no digest tells.
func (u *unsealer) wholeFile() bool {
	same := &sameBytes{file: u.file, at: -1}
	b := newBinder(same)
	put := func(name string) {
		data, err := u.read(name)
		if err == nil {
			err = b.put(name, data)
		}
		if err != nil && same.at < 0 {
			u.out.fault(name, "%v", err)
		}
	}
	for _, e := range u.out.Manifest.Entries {
		put(e.Name)
	}
	put(manifestName)
	put(signatureName)
	if err := b.zip.Close(); err != nil && same.at < 0 {
		u.out.fault("容器", "%v", err)
	}
	switch {
	case same.at >= 0:
		u.out.fault(u.region(same.at), "第 %d 字节被改动", same.at)
	case same.n != u.size:
		u.out.fault("容器末尾", "多出 %d 字节", u.size-same.n)
	}
	return u.out.Sound()
}

// region names what lies at an offset: the head of an entry, or the directory.
func (u *unsealer) region(at int64) string {
	all := make([]*zip.File, 0, len(u.entries))
	for _, f := range u.entries {
		all = append(all, f)
	}
	start := func(f *zip.File) int64 { n, _ := f.DataOffset(); return n }
	slices.SortFunc(all, func(a, b *zip.File) int { return int(start(a) - start(b)) })
	for _, f := range all {
		if at < start(f) {
			return "容器中 " + f.Name + " 的头部"
		}
	}
	return "容器目录"
}

// sameBytes compares what is written with a file; at is the first place that differs.
type sameBytes struct {
	file io.ReaderAt
	n    int64
	at   int64
	room []byte
}

// Write implements io.Writer.
func (s *sameBytes) Write(p []byte) (int, error) {
	if s.at >= 0 {
		return len(p), nil
	}
	s.room = slices.Grow(s.room[:0], len(p))[:len(p)]
	n, _ := s.file.ReadAt(s.room, s.n)
	if !bytes.Equal(s.room[:n], p) {
		for i := range p {
			if i >= n || s.room[i] != p[i] {
				s.at = s.n + int64(i)
				break
			}
		}
	}
	s.n += int64(len(p))
	return len(p), nil
}

// replay tells all histories again.
func (u *unsealer) replay(o ArchiveOptions) {
	var names []string
	for _, e := range u.out.Manifest.Entries {
		if strings.HasPrefix(e.Name, "histories/") {
			names = append(names, e.Name)
		}
	}
	began := time.Now()
	errs := ReplayEach(len(names), func(i int) (History, error) {
		data, err := u.read(names[i])
		if err != nil {
			return History{}, err
		}
		return Load(bytes.NewReader(data))
	}, o.Register, o.Parallel, o.Progress)
	u.out.Took = time.Since(began)
	for i, err := range errs {
		var f Failure
		switch {
		case err == nil:
			u.out.Replayed++
		case errors.As(err, &f):
			u.out.fault("流程历史", "%s", f)
		default:
			u.out.fault(names[i], "%v", err)
		}
	}
}
