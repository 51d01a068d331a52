package audit

import (
	"encoding/json"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"xuanping/store"
)

// Fork is the evidence that the ledger told two histories: two heads with its
// signature, and what shows that neither continues the other. It convicts
// offline, whoever hands it over: the hashes prove which root the first records
// of the newer history really have, and it is not the one that was signed.
type Fork struct {
	Old    string      `json:"old"` // signed checkpoints, as they are
	New    string      `json:"new"`
	Prefix tlog.Hash   `json:"prefix"`          // root of the newer history cut to the length of the older
	Hashes []tlog.Hash `json:"hashes"`          // proof that Prefix belongs to New; none when both are of one length
	Short  bool        `json:"short,omitempty"` // the newer history is the shorter: records are missing
}

// ForkOf makes the evidence of two signed heads from the hashes of the history
// that is shown now, which is New's. Nil tells that both belong to one history.
func ForkOf(known Known, old, new string, hashes tlog.HashReader) (*Fork, error) {
	f := Fork{Old: old, New: new}
	_, from, err := ReadCheckpoint(old, known)
	if err != nil {
		return nil, fmt.Errorf("第一份检查点：%w", err)
	}
	_, to, err := ReadCheckpoint(new, known)
	if err != nil {
		return nil, fmt.Errorf("第二份检查点：%w", err)
	}
	switch {
	case to.Size < from.Size:
		f.Short = true
		return &f, nil
	case from.Size == 0 || from == to:
		return nil, nil
	case to.Size == from.Size:
		f.Prefix = to.Root
		return &f, nil
	}
	if f.Prefix, err = tlog.TreeHash(from.Size, hashes); err != nil {
		return nil, err
	}
	if f.Prefix == from.Root {
		return nil, nil
	}
	if f.Hashes, err = tlog.ProveTree(to.Size, from.Size, hashes); err != nil {
		return nil, err
	}
	if _, _, err := f.check(known); err != nil { // what is shown is not even New's history
		return nil, fmt.Errorf("所示账本与较新的检查点不符：%w", err)
	}
	return &f, nil
}

// CheckFork judges evidence with the ledger's public keys and nothing else: nil
// means that the ledger's key has signed two histories.
func CheckFork(data []byte, known Known) (f Fork, old, new store.Head, err error) {
	if err := json.Unmarshal(data, &f); err != nil || len(data) > 1<<20 {
		return f, old, new, errors.New("文件不是一份分叉证据，请使用 starter ledger fork 或 verify --evidence 的输出")
	}
	old, new, err = f.check(known)
	return f, old, new, err
}

func (f Fork) check(known Known) (old, new store.Head, err error) {
	if _, old, err = ReadCheckpoint(f.Old, known); err != nil {
		return old, new, err
	}
	if _, new, err = ReadCheckpoint(f.New, known); err != nil {
		return old, new, err
	}
	switch {
	case new.Size < old.Size:
		return old, new, nil // both are signed; what is missing must be produced
	case new.Size == old.Size:
		if new.Root == old.Root {
			return old, new, errors.New("两份检查点相同，不是分叉")
		}
		return old, new, nil
	case f.Prefix == old.Root:
		return old, new, errors.New("后一份检查点延续前一份，不是分叉")
	}
	if err := tlog.CheckTree(f.Hashes, new.Size, new.Root, old.Size, f.Prefix); err != nil {
		return old, new, errors.New("证明与较新的检查点不符，证据不成立")
	}
	return old, new, nil
}

// String says it with both signed heads, so that the text alone convicts.
func (f Fork) String() string {
	why := "两份检查点不属于同一部历史"
	if f.Short {
		why = "现在的账本短于已签署的检查点"
	}
	return "账本分叉：" + why + "。两份均有账本密钥的签名，请一并保存：\n\n" + f.Old + "\n" + f.New
}
