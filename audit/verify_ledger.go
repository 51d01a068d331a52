package audit

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"xuanping/store"
)

// CompareWitnesses holds heads that others kept against the records as they are
// now: a cut-off end or a rewritten beginning is found by one kept letter, even
// when the hashes were recomputed and signed again with the stolen key.
func CompareWitnesses(leaves []store.Leaf, kept []Witness) ([]Fault, error) {
	t, err := treeOf(leaves)
	if err != nil {
		return nil, err
	}
	var out LedgerReport
	_, err = t.contradicted(kept, &out)
	return out.Faults, err
}

func treeOf(leaves []store.Leaf) (*tree, error) {
	var t tree
	for _, l := range leaves {
		if err := t.add(tlog.RecordHash([]byte(l.Record))); err != nil {
			return nil, err
		}
	}
	return &t, nil
}

// contradicted names the kept heads that are not heads of this tree, and gives
// those of them that are signed.
func (t *tree) contradicted(kept []Witness, out *LedgerReport) (signed []Witness, err error) {
	for _, w := range kept {
		switch {
		case w.Head.Size > t.size:
			out.fault(-1, "历史短于见证：%s 载有 %d 条的账本，现在只有 %d 条，末尾被删去", w.From, w.Head.Size, t.size)
		case w.Head.Size == 0:
			continue
		default:
			root, err := tlog.TreeHash(w.Head.Size, t.read())
			if err != nil {
				return nil, err
			}
			if root == w.Head.Root {
				continue
			}
			out.fault(-1, "与见证不符：%s 所载前 %d 条的账本根为 %s，现有记录得出 %s，历史被改写", w.From, w.Head.Size, w.Head.Root, root)
		}
		if w.Note != "" {
			signed = append(signed, w)
		}
	}
	return signed, nil
}

// VerifyLedger checks the ledger against itself, against every signed head that
// it stores, against what others kept, and every row of every fact against it.
// A kept head with a signature that contradicts a stored one gives the evidence
// of a fork.
func VerifyLedger(ctx context.Context, r store.Reader, known Known, kept []Witness) (LedgerReport, error) {
	out, err := CheckLedger(ctx, r)
	if err != nil {
		return out, err
	}
	stored, err := r.Checkpoints(ctx)
	if err != nil {
		return out, err
	}
	var own []Witness
	for _, c := range stored {
		name := fmt.Sprintf("检查点 %d", c.Size)
		_, h, err := ReadCheckpoint(c.Note, known)
		if err != nil {
			out.fault(-1, "%s：%v", name, err)
			continue
		}
		if h != c.Head() {
			out.fault(-1, "%s：所存条数和根与签署的不同", name)
		}
		own = append(own, Witness{name, h, c.Note})
	}
	leaves, err := ledger(ctx, r)
	if err != nil {
		return out, err
	}
	t, err := treeOf(leaves)
	if err != nil {
		return out, err
	}
	if _, err := t.contradicted(own, &out); err != nil {
		return out, err
	}
	signed, err := t.contradicted(kept, &out)
	if err != nil {
		return out, err
	}
	for _, w := range signed {
		for i := len(own) - 1; i >= 0; i-- { // the newest stored one that shows it
			if f, err := ForkOf(known, w.Note, own[i].Note, t.read()); err == nil && f != nil {
				out.Forks = append(out.Forks, *f)
				break
			}
		}
	}
	out.Rows, out.Sealed, out.RowFaults, err = CheckRows(ctx, r)
	return out, err
}
