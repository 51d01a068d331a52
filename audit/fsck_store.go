package audit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"xuanping/campaign"
	"xuanping/store"
)

// storeChecks are about the evidence store and the ledger.
var storeChecks = []invariant{
	{store.Invariant{ID: "F-79", Says: "登记的每份材料都在材料库中，字节数和摘要相符", Rule: "R9、OP-1", Grave: true}, filesAreThere},
	{store.Invariant{ID: "F-80", Says: "材料库中没有无主的文件", Rule: "OP-1"}, filesHaveFacts},
	{store.Invariant{ID: "F-81", Says: "账本各条记录、哈希和账本根一致", Rule: "R6、S9", Grave: true}, ledgerSound},
	{store.Invariant{ID: "F-82", Says: "签署的检查点都是现在账本的前缀", Rule: "R6、S9", Grave: true}, checkpointsHold},
	{store.Invariant{ID: "F-83", Says: "数据库的每一行与账本中的摘要一致", Rule: "R6、S9", Grave: true}, rowsSound},
	{store.Invariant{ID: "F-92", Says: "查阅记录与账本中的封存摘要一致", Rule: "SE-2", Grave: true}, readingsSound},
}

// readingsSound holds the log of who read what against its seals, and the seals
// against the ledger by their rows (F-83).
func readingsSound(ctx context.Context, in *inspection) error {
	bad, err := in.Book.BrokenSeals(ctx)
	for _, upto := range bad {
		in.say("reading", "到第 %d 条为止的查阅记录与封存时不同", upto)
	}
	return err
}

func filesAreThere(ctx context.Context, in *inspection) error {
	refs, err := in.Book.BlobRefs(ctx, in.year)
	if err != nil {
		return err
	}
	seen := map[string]string{} // what was found of a file
	for _, r := range refs {
		key := fmt.Sprint(r.Digest, r.Size)
		what, known := seen[key]
		if !known {
			if what, err = fileFault(in.Blobs, r); err != nil {
				return err
			}
			seen[key] = what
		}
		if what != "" {
			in.say(r.Place, "%s", what)
		}
	}
	return nil
}

// fileFault tells what is wrong with a stored file; "" nothing.
func fileFault(b *store.Blobs, r store.BlobRef) (string, error) {
	f, err := b.Open(r.Digest)
	if campaign.KindOf(err) == campaign.NotFound {
		return "材料库中没有文件 " + r.Digest[:12] + "…", nil
	}
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, f)
	switch {
	case err != nil:
		return fmt.Sprintf("文件 %s… 无法读出", r.Digest[:12]), nil
	case n != r.Size:
		return fmt.Sprintf("文件 %s… 为 %d 字节，登记为 %d 字节", r.Digest[:12], n, r.Size), nil
	case hex.EncodeToString(h.Sum(nil)) != r.Digest:
		return fmt.Sprintf("文件 %s… 的内容与摘要不符", r.Digest[:12]), nil
	}
	return "", nil
}

func filesHaveFacts(ctx context.Context, in *inspection) error {
	held, err := in.Blobs.Digests() // first: what is named meanwhile is not an orphan
	if err != nil {
		return err
	}
	refs, err := in.Book.BlobRefs(ctx, 0)
	if err != nil {
		return err
	}
	named := map[string]bool{}
	for _, r := range refs {
		named[r.Digest] = true
	}
	for _, d := range held {
		if !named[d] {
			in.say("材料库", "文件 %s… 没有登记", d[:12])
		}
	}
	return nil
}

func ledgerSound(ctx context.Context, in *inspection) error {
	r, err := CheckLedger(ctx, in.Book)
	for _, f := range r.Faults {
		in.say("账本", "%s", f)
	}
	return err
}

// checkpointsHold says what the checkpoints add to the check of the ledger itself.
func checkpointsHold(ctx context.Context, in *inspection) error {
	own, err := CheckLedger(ctx, in.Book)
	if err != nil {
		return err
	}
	known := map[Fault]bool{}
	for _, f := range own.Faults {
		known[f] = true
	}
	r, err := in.ledger(ctx)
	for _, f := range r.Faults {
		if !known[f] {
			in.say("账本", "%s", f)
		}
	}
	return err
}

func rowsSound(ctx context.Context, in *inspection) error {
	r, err := in.ledger(ctx)
	for _, f := range r.RowFaults {
		in.say("账本", "%s", f)
	}
	return err
}
