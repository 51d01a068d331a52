package app

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"xuanping/audit"
	"xuanping/campaign"
	"xuanping/pdf"
)

// tellLedger checks what a good paper carries of the ledger: that the order for
// this very paper stands in a head that the ledger's key signed. Without keys the
// one that the paper names is taken: the authority's seal vouches for it.
func tellLedger(out io.Writer, s pdf.Sealed, keys []string) error {
	if len(s.Ledger.Proof) == 0 {
		fmt.Fprintln(out, "账本：这份文书没有载明账本的位置")
		return nil
	}
	from := "按给定的账本公钥"
	if len(keys) == 0 {
		keys, from = strings.Fields(s.Ledger.Key), "账本公钥由文书载明，随签名一并保证"
	}
	known, err := audit.Verifiers(keys...)
	if err != nil {
		return fmt.Errorf("拒绝：%w", err)
	}
	p, head, err := audit.CheckProof(s.Ledger.Proof, known)
	if err != nil {
		return fmt.Errorf("拒绝：文书所载的账本证明不成立：%w", err)
	}
	var record struct {
		Kind string
		Year int
		Code string
		Body struct{ Key string }
	}
	if err := json.Unmarshal(p.Record, &record); err != nil || record.Kind != "paper-order" || record.Body.Key != s.Key {
		return fmt.Errorf("拒绝：文书所载的账本证明不是制发这份文书的记录")
	}
	if s.Ledger.Line != head.Line() {
		return fmt.Errorf("拒绝：页脚所载的账本位置与证明不一致")
	}
	subject := fmt.Sprintf("%d 年度", record.Year)
	if campaign.ValidCode(record.Code) {
		subject += "，" + record.Code
	}
	fmt.Fprintf(out, "账本：制发本文书的记录（第 %d 条，%s）在 %d 条的账本之中，证明用了 %d 个哈希；检查点签名有效（%s）\n", p.Index, subject, head.Size, len(p.Hashes), from)
	fmt.Fprintf(out, "账本公钥：%s\n", strings.Join(keys, "；"))
	return nil
}
