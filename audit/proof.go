package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"xuanping/campaign"
	"xuanping/store"
)

// Proof shows offline that a record stands in the ledger at its index: the
// record itself, the hashes that lead to the root, and the signed head.
type Proof struct {
	Index      int64           `json:"index"`
	Record     json.RawMessage `json:"record"`
	Hashes     []tlog.Hash     `json:"hashes"`
	Checkpoint string          `json:"checkpoint"`
}

// Prove makes the proof of a record against the newest signed head.
func Prove(ctx context.Context, r store.Reader, index int64) (Proof, error) {
	c, err := r.LastCheckpoint(ctx)
	if campaign.KindOf(err) == campaign.NotFound {
		return Proof{}, campaign.Fail(campaign.Conflict, "账本还没有签署过检查点，服务运行后一小时内会签署第一份")
	}
	if err != nil {
		return Proof{}, err
	}
	return ProveIn(ctx, r, c, index)
}

// ProveIn makes the proof of a record against a signed head.
func ProveIn(ctx context.Context, r store.Reader, c store.Checkpoint, index int64) (Proof, error) {
	if index < 0 || index >= c.Size {
		return Proof{}, campaign.Fail(campaign.Conflict, "最新检查点只有 %d 条（编号 0 至 %d），没有第 %d 条；新记录请稍后再取", c.Size, c.Size-1, index)
	}
	leaves, err := r.LeavesFrom(ctx, index, 1)
	if err != nil {
		return Proof{}, err
	}
	if len(leaves) != 1 || leaves[0].Idx != index {
		return Proof{}, fmt.Errorf("账本缺失第 %d 条", index)
	}
	hashes, err := tlog.ProveRecord(c.Size, index, r.Hashes(ctx))
	return Proof{index, json.RawMessage(leaves[0].Record), hashes, c.Note}, err
}

// Text is the proof as it is handed out, the same by a command and on a page.
func (p Proof) Text() ([]byte, error) {
	b, err := json.MarshalIndent(p, "", "  ")
	return append(b, '\n'), err
}

// LeafHash is what the record is in the ledger's tree.
func (p Proof) LeafHash() tlog.Hash { return tlog.RecordHash(compact(p.Record)) }

// CheckProof checks a proof with the ledger's public keys and nothing else; it
// tells the head that the record is in.
func CheckProof(data []byte, known Known) (Proof, store.Head, error) {
	var p Proof
	if len(data) > 1<<20 {
		return p, store.Head{}, errors.New("文件过大，不是一份证明")
	}
	if err := json.Unmarshal(data, &p); err != nil {
		return p, store.Head{}, errors.New("文件不是一份证明，请使用 starter ledger prove 的输出")
	}
	_, h, err := ReadCheckpoint(p.Checkpoint, known)
	if err != nil {
		return p, h, err
	}
	if p.Index < 0 || p.Index >= h.Size {
		return p, h, fmt.Errorf("编号 %d 不在检查点的 %d 条之内", p.Index, h.Size)
	}
	if err := tlog.CheckRecord(p.Hashes, h.Size, h.Root, p.Index, p.LeafHash()); err != nil {
		return p, h, fmt.Errorf("第 %d 条记录不在这个账本中：内容或证明被改动", p.Index)
	}
	return p, h, nil
}

// compact undoes what printing a proof did to its record: the ledger hashes
// the record as encoding/json wrote it, without spaces.
func compact(record json.RawMessage) []byte {
	var b bytes.Buffer
	if json.Compact(&b, record) != nil {
		return record
	}
	return b.Bytes()
}

// Continuation proves that the ledger of new continues the ledger of old.
type Continuation struct {
	Old    string      `json:"old"`
	New    string      `json:"new"`
	Hashes []tlog.Hash `json:"hashes"`
}

// ProveContinuation makes the proof between two signed heads of this ledger.
// When they do not belong to one history it gives the evidence: both heads.
func ProveContinuation(ctx context.Context, r store.Reader, known Known, old, new string) (Continuation, error) {
	out := Continuation{Old: old, New: new}
	_, from, err := ReadCheckpoint(old, known)
	if err != nil {
		return out, fmt.Errorf("较早的检查点：%w", err)
	}
	_, to, err := ReadCheckpoint(new, known)
	if err != nil {
		return out, fmt.Errorf("较新的检查点：%w", err)
	}
	if from.Size > to.Size {
		return out, fmt.Errorf("次序颠倒：第一份有 %d 条，第二份只有 %d 条", from.Size, to.Size)
	}
	head, err := r.Head(ctx)
	if err != nil {
		return out, err
	}
	if to.Size > head.Size {
		return out, shorter(ctx, r, new, head.Size, to.Size)
	}
	if f, err := ForkOf(known, old, new, r.Hashes(ctx)); err != nil {
		return out, err
	} else if f != nil {
		return out, &ForkError{*f, fmt.Sprintf("前 %d 条不同", from.Size)}
	}
	if out.Hashes, err = tlog.ProveTree(to.Size, max(from.Size, 1), r.Hashes(ctx)); err != nil {
		return out, err
	}
	if _, _, err := checkContinuation(out, known); err != nil {
		return out, err
	}
	return out, nil
}

// shorter is that the ledger ends before a head that its key signed.
func shorter(ctx context.Context, r store.Reader, signed string, is, was int64) error {
	why := fmt.Sprintf("现有账本只有 %d 条，短于检查点的 %d 条", is, was)
	c, err := r.LastCheckpoint(ctx)
	if err != nil || c.Size >= was {
		return errors.New(why)
	}
	return &ForkError{Fork{Old: signed, New: c.Note, Short: true}, why}
}

// CheckContinuation checks such a proof offline.
func CheckContinuation(data []byte, known Known) (old, new store.Head, err error) {
	var c Continuation
	if err := json.Unmarshal(data, &c); err != nil || len(data) > 1<<20 {
		return old, new, errors.New("文件不是一份一致性证明，请使用 starter ledger consistency 的输出")
	}
	return checkContinuation(c, known)
}

func checkContinuation(c Continuation, known Known) (old, new store.Head, err error) {
	if _, old, err = ReadCheckpoint(c.Old, known); err != nil {
		return old, new, err
	}
	if _, new, err = ReadCheckpoint(c.New, known); err != nil {
		return old, new, err
	}
	if err := tlog.CheckTree(c.Hashes, new.Size, new.Root, old.Size, old.Root); err != nil {
		return old, new, fmt.Errorf("证明不成立：不能表明前 %d 条相同", old.Size)
	}
	return old, new, nil
}

// ForkError is that two signed heads do not belong to one history, with the
// evidence of it.
type ForkError struct {
	Fork
	Why string
}

// Error says it with both signed heads.
func (e *ForkError) Error() string { return e.Fork.String() + "\n（" + e.Why + "）" }
