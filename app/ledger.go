package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strconv"
	"time"

	"xuanping/audit"
	"xuanping/pdf"
	"xuanping/store"
	"xuanping/ticket"
)

// logKey makes the key that signs the ledger's heads; without one of its own
// it is derived, so that there is always a signature.
func logKey(c Config, keys ticket.Keys) (audit.LogKey, error) {
	u, err := url.Parse(c.BaseURL)
	if err != nil {
		return audit.LogKey{}, err
	}
	seed := c.LedgerKey
	if len(seed) == 0 {
		seed = keys.Sign("ledger-key", u.Host)
	}
	return audit.NewLogKey(u.Host+"/ledger", seed)
}

// signEvery is how often the service looks whether a head is to be signed.
const signEvery = 5 * time.Second

// signHeads signs the ledger's head at least hourly and soon after every
// issuance, until ctx ends.
func (a *App) signHeads(ctx context.Context) {
	tick := time.NewTicker(signEvery)
	defer tick.Stop()
	for {
		if _, err := audit.Checkpoint(ctx, a.Store, a.LogKey, time.Now()); err != nil && ctx.Err() == nil {
			a.Log.Error("checkpoint not signed", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// sealEvery is how often what the staff read is sealed in the ledger (SE-2).
const sealEvery = time.Hour

// sealReadings seals what the staff read since the last time, every hour, until
// ctx ends. The lines themselves are written one by one, before what they tell of
// is shown, so a stop loses none.
func (a *App) sealReadings(ctx context.Context) {
	tick := time.NewTicker(sealEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if _, err := a.Store.SealReadings(ctx, time.Now()); err != nil && ctx.Err() == nil {
			a.Log.Error("readings not sealed", "error", err)
		}
	}
}

// LedgerKey prints the public key of the ledger, and those before it.
func (a *App) LedgerKey(out io.Writer) {
	fmt.Fprintln(out, a.LogKey.Public())
	for _, k := range a.Config.LedgerFormer {
		fmt.Fprintln(out, "更换前：", k)
	}
}

// ledgerKeys are the keys whose signatures this house believes: its own, those
// before it, and what the command line adds.
func (a *App) ledgerKeys(more ...string) (audit.Known, error) {
	return audit.Verifiers(append(append([]string{a.LogKey.Public()}, a.Config.LedgerFormer...), more...)...)
}

// prove proves a record for a paper; see activities.Room.
func (a *App) prove(ctx context.Context, index, size int64) (store.Head, []byte, error) {
	c, err := audit.Cover(ctx, a.Store, a.LogKey, index, size, time.Now())
	if err != nil {
		return store.Head{}, nil, err
	}
	p, err := audit.ProveIn(ctx, a.Store.Reader, c, index)
	if err != nil {
		return store.Head{}, nil, err
	}
	text, err := json.Marshal(p)
	return c.Head(), text, err
}

// proofInPaper takes the proof out of a paper that somebody kept. One whose seal
// is broken is no witness but a forgery; one without a seal still carries what
// the ledger's key signed.
func proofInPaper(file []byte) ([]byte, error) {
	s, err := pdf.Verify(file, nil)
	switch {
	case errors.Is(err, pdf.ErrUntrusted) || err == nil:
		return s.Ledger.Proof, nil
	case errors.Is(err, pdf.ErrUnsigned), errors.Is(err, pdf.ErrNotPaper):
		return pdf.ProofIn(file), nil
	}
	return nil, err
}

// Prove prints the proof of a record: its index, or the key of a letter or paper.
func (a *App) Prove(ctx context.Context, record string, out io.Writer) error {
	index, err := strconv.ParseInt(record, 10, 64)
	if err != nil {
		if index, err = a.indexOf(ctx, record); err != nil {
			return err
		}
	}
	if _, err := audit.Checkpoint(ctx, a.Store, a.LogKey, time.Now()); err != nil {
		return err
	}
	p, err := audit.Prove(ctx, a.Store.Reader, index)
	if err != nil {
		return err
	}
	text, err := p.Text()
	if err == nil {
		_, err = out.Write(text)
	}
	return err
}

func (a *App) indexOf(ctx context.Context, key string) (int64, error) {
	for _, kind := range []string{"paper", "mail"} {
		if l, err := a.Store.LeafOf(ctx, kind, key); err == nil {
			return l.Idx, nil
		}
	}
	return 0, fmt.Errorf("账本中没有“%s”：请给出记录编号，或邮件、文书的键", key)
}

func printJSON(out io.Writer, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err == nil {
		fmt.Fprintln(out, string(b))
	}
	return err
}

// verifiers are the keys given, or the house's own when none are.
func verifiers(keys []string) (audit.Known, error) {
	if len(keys) == 0 {
		return nil, fmt.Errorf("请用 --key 给出账本公钥（网站“账本”页面或 starter ledger key）")
	}
	return audit.Verifiers(keys...)
}

// CheckProof checks offline what this program proved: that a record is in the
// ledger, that one head continues another, or that it does not (a fork).
func CheckProof(file string, keys []string, out io.Writer) error {
	known, err := verifiers(keys)
	if err != nil {
		return err
	}
	data, err := readFile("证明文件", file)
	if err != nil {
		return err
	}
	var kind struct {
		Old    string
		Prefix *string
	}
	_ = json.Unmarshal(data, &kind) // the check itself says what is wrong
	switch {
	case kind.Prefix != nil:
		f, old, now, err := audit.CheckFork(data, known)
		if err != nil {
			return err
		}
		if f.Short {
			fmt.Fprintf(out, "属实：账本密钥签署过 %d 条的账本，之后出示的只有 %d 条；缺少的记录应由账本方出示\n%s\n", old.Size, now.Size, f)
			return nil
		}
		fmt.Fprintf(out, "属实：账本密钥签署了两部不同的历史（%d 条与 %d 条）\n%s\n", old.Size, now.Size, f)
		return nil
	case kind.Old != "":
		old, now, err := audit.CheckContinuation(data, known)
		if err == nil {
			fmt.Fprintf(out, "一致：%d 条的账本是 %d 条的账本的开头\n", old.Size, now.Size)
		}
		return err
	}
	p, h, err := audit.CheckProof(data, known)
	if err == nil {
		fmt.Fprintf(out, "属实：第 %d 条在 %s 中，证明用了 %d 个哈希\n%s\n", p.Index, h.Line(), len(p.Hashes), p.Record)
	}
	return err
}

// ProveConsistency prints the proof that one signed head continues another. When
// it does not, the evidence of the fork is written to a file, if one is named.
func (a *App) ProveConsistency(ctx context.Context, older, newer string, keys []string, evidence string, out io.Writer) error {
	known, err := a.ledgerKeys(keys...)
	if err != nil {
		return err
	}
	notes, err := readNotes(older, newer)
	if err != nil {
		return err
	}
	c, err := audit.ProveContinuation(ctx, a.Store.Reader, known, notes[0], notes[1])
	if fork, is := errors.AsType[*audit.ForkError](err); is && evidence != "" {
		if e := writeEvidence(evidence, []audit.Fork{fork.Fork}, out); e != nil {
			return e
		}
	}
	if err != nil {
		return err
	}
	return printJSON(out, c)
}

func readNotes(files ...string) (notes []string, err error) {
	for _, file := range files {
		b, err := readFile("检查点文件", file)
		if err != nil {
			return nil, err
		}
		notes = append(notes, string(b))
	}
	return notes, nil
}

// writeEvidence keeps a fork, or several, each in a file that check-proof reads.
func writeEvidence(file string, forks []audit.Fork, out io.Writer) error {
	for i, f := range forks {
		name := file
		if i > 0 {
			name = fmt.Sprintf("%s.%d", file, i+1)
		}
		b, err := json.MarshalIndent(f, "", "  ")
		if err == nil {
			err = os.WriteFile(name, append(b, '\n'), 0o644)
		}
		if err != nil {
			return fmt.Errorf("证据未能写入 %s：%w", name, err)
		}
		fmt.Fprintf(out, "证据已写入 %s，可用 starter ledger check-proof %s --key 公钥 离线核对\n", name, name)
	}
	return nil
}

// VerifyLedger computes the ledger again and holds it against every signed head
// and against what others kept: letters, texts, checkpoints in a folder.
func (a *App) VerifyLedger(ctx context.Context, kept string, keys []string, evidence string, out io.Writer) error {
	known, err := a.ledgerKeys(keys...)
	if err != nil {
		return err
	}
	var witnesses []audit.Witness
	if kept != "" {
		var without int
		if witnesses, without, err = audit.Witnesses(os.DirFS(kept), known, proofInPaper); err != nil {
			return err
		}
		fmt.Fprintf(out, "见证 %d 份，另有 %d 个文件未载账本信息\n", len(witnesses), without)
	}
	r, err := audit.VerifyLedger(ctx, a.Store.Reader, known, witnesses)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, r)
	if evidence != "" {
		if err := writeEvidence(evidence, r.Forks, out); err != nil {
			return err
		}
	}
	if !r.Sound() {
		return fmt.Errorf("账本有 %d 处不一致", len(r.Faults)+len(r.RowFaults))
	}
	return nil
}
