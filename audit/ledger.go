package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"xuanping/store"
)

// LedgerReport is what a check of the ledger found. Size and Root are to be
// compared with the heads that letters carry: only a head outside shows an end cut off.
type LedgerReport struct {
	Size   int64
	Root   tlog.Hash
	Faults []Fault

	// Rows of the score book compared with their digests; Sealed ones belong to
	// a year whose key was destroyed.
	Rows, Sealed int
	RowFaults    []RowFault

	// Forks are the evidence, when a kept head with the ledger's signature
	// contradicts the one that is stored now.
	Forks []Fork
}

// Fault is something wrong at an index of the ledger; Index is -1 for the ledger as a whole.
type Fault struct {
	Index int64
	Say   string
}

// String is the fault as a line of a report.
func (f Fault) String() string {
	if f.Index < 0 {
		return "账本整体：" + f.Say
	}
	return fmt.Sprintf("账本第 %d 条：%s", f.Index, f.Say)
}

func (r *LedgerReport) fault(index int64, form string, args ...any) {
	r.Faults = append(r.Faults, Fault{index, fmt.Sprintf(form, args...)})
}

// Sound tells that nothing was found.
func (r LedgerReport) Sound() bool { return len(r.Faults)+len(r.RowFaults) == 0 }

// String is the report in one line, or the faults one a line.
func (r LedgerReport) String() string {
	head := store.Head{Size: r.Size, Root: r.Root}.Line()
	if r.Rows > 0 || r.Sealed > 0 {
		head += fmt.Sprintf("，核对数据 %d 行", r.Rows)
	}
	if r.Sealed > 0 {
		head += fmt.Sprintf("（另有 %d 行所属年度的密钥已销毁，不再核对）", r.Sealed)
	}
	if r.Sound() {
		return head + "：全部一致"
	}
	lines := []string{fmt.Sprintf("%s：发现 %d 处不一致", head, len(r.Faults)+len(r.RowFaults))}
	for _, f := range r.Faults {
		lines = append(lines, f.String())
	}
	for _, f := range r.RowFaults {
		lines = append(lines, f.String())
	}
	for _, f := range r.Forks {
		lines = append(lines, f.String())
	}
	return strings.Join(lines, "\n")
}

// CheckLedger reads the whole ledger and computes it again from its records.
func CheckLedger(ctx context.Context, r store.Reader) (LedgerReport, error) {
	head, headErr := r.Head(ctx) // first: what is appended meanwhile is not looked at
	leaves, err := ledger(ctx, r)
	if err != nil {
		return LedgerReport{}, err
	}
	stored, err := r.Tree(ctx)
	if err != nil {
		return LedgerReport{}, err
	}
	var out LedgerReport
	var tree tree
	next := int64(0)
	for _, l := range leaves {
		if headErr == nil && l.Idx >= head.Size {
			break
		}
		for ; next < l.Idx; next++ {
			out.fault(next, "缺失")
		}
		checkLeaf(l, &out)
		hash := tlog.RecordHash([]byte(l.Record))
		if !bytes.Equal(l.Hash, hash[:]) || stored[tlog.StoredHashIndex(0, l.Idx)] != hash {
			out.fault(l.Idx, "记录与所存哈希不一致")
		}
		if err := tree.add(hash); err != nil {
			return out, err
		}
		next = l.Idx + 1
	}
	for ; next < head.Size; next++ {
		out.fault(next, "缺失")
	}
	out.Size = next
	if out.Root, err = tree.root(); err != nil {
		return out, err
	}
	if len(out.Faults) == 0 { // else inner hashes differ in consequence
		tree.compare(stored, &out)
	}
	switch {
	case headErr != nil:
		out.fault(-1, "所存哈希不全，无法得出账本根：%v", headErr)
	case head.Root != out.Root:
		out.fault(-1, "所存哈希得出的账本根 %s 与按记录重算的根 %s 不一致", head.Root, out.Root)
	}
	return out, nil
}

// page is how many records are read at once.
const page = 10_000

// ledger reads all leaves in the order of the ledger: those of the roster and
// of people (year 0) and those of every campaign.
func ledger(ctx context.Context, r store.Reader) (all []store.Leaf, err error) {
	for from := int64(0); ; from = all[len(all)-1].Idx + 1 {
		some, err := r.LeavesFrom(ctx, from, page)
		if all = append(all, some...); err != nil || len(some) < page {
			return all, err
		}
	}
}

// checkLeaf compares the columns by which a leaf is found with its record.
func checkLeaf(l store.Leaf, out *LedgerReport) {
	var r struct {
		Kind string
		Year int
		Code string
		At   time.Time
	}
	if err := json.Unmarshal([]byte(l.Record), &r); err != nil {
		out.fault(l.Idx, "记录无法读取")
		return
	}
	if r.Kind != l.Kind || r.Year != l.Year || r.Code != l.Code || !r.At.Equal(l.At) {
		out.fault(l.Idx, "记录与其索引列不一致（记录为 %s %d %s %s）", r.Kind, r.Year, r.Code, r.At.Format(time.RFC3339))
	}
}

// tree is a transparency log in memory, grown leaf by leaf.
type tree struct {
	size   int64
	hashes []tlog.Hash
}

func (t *tree) add(h tlog.Hash) error {
	more, err := tlog.StoredHashesForRecordHash(t.size, h, t.read())
	t.hashes = append(t.hashes, more...)
	t.size++
	return err
}

// compare looks at the stored inner hashes, of which a root uses only some.
func (t *tree) compare(stored map[int64]tlog.Hash, out *LedgerReport) {
	for pos, h := range t.hashes {
		if stored[int64(pos)] != h {
			level, n := tlog.SplitStoredHashIndex(int64(pos))
			out.fault(n<<level, "树中第 %d 层的哈希与重算不一致", level)
		}
	}
}

func (t *tree) read() tlog.HashReader {
	return tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(at))
		for i, pos := range at {
			if pos < 0 || pos >= int64(len(t.hashes)) {
				return nil, fmt.Errorf("账本树缺少位置 %d", pos)
			}
			out[i] = t.hashes[pos]
		}
		return out, nil
	})
}

func (t *tree) root() (tlog.Hash, error) {
	if t.size == 0 {
		return tlog.Hash{}, nil
	}
	return tlog.TreeHash(t.size, t.read())
}
