package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"xuanping/store"
)

// RowFault is a row of the score book that differs from what the ledger
// recorded of it, or of which the ledger does not know.
type RowFault struct {
	Table, Key string
	Index      int64 // of the ledger's last word on the row; -1 when there is none
	Say        string
}

// String is the fault as a line of a report.
func (f RowFault) String() string {
	if f.Index < 0 {
		return fmt.Sprintf("表 %s %s：%s", f.Table, f.Key, f.Say)
	}
	return fmt.Sprintf("表 %s %s：%s（账本第 %d 条）", f.Table, f.Key, f.Say, f.Index)
}

// rowWord is the ledger's last word on a row.
type rowWord struct {
	digest string
	index  int64
}

// CheckRows computes the digest of every row of every fact again and compares
// it with the ledger (S9): an edited cell, a row taken out and a row put in past
// the house are found and named. Rows of a year whose key was destroyed are
// only counted, when the ledger says that the year was erased: a key that is
// merely gone, and a row that was moved to a year without one, are faults.
func CheckRows(ctx context.Context, r store.Reader) (checked, sealed int, faults []RowFault, err error) {
	leaves, err := ledger(ctx, r)
	if err != nil {
		return 0, 0, nil, err
	}
	words, erased := lastWords(leaves), erasedYears(leaves)
	rules, faults, err := rowRules(ctx, r)
	if err != nil {
		return 0, 0, nil, err
	}
	for _, rule := range rules {
		lines, err := r.RowLines(ctx, rule.Table)
		if err != nil {
			return checked, sealed, faults, err
		}
		for _, l := range lines {
			key := compactKey(l.Key)
			w, known := words[[2]string{l.Table, key}]
			delete(words, [2]string{l.Table, key})
			switch {
			case !known:
				faults = append(faults, RowFault{l.Table, key, -1, "账本没有这一行的记录"})
			case l.Digest == "" && erased[l.Year]:
				sealed++
				continue
			case l.Digest == "":
				faults = append(faults, RowFault{l.Table, key, w.index, keyGone(l.Year)})
			case w.digest != l.Digest:
				faults = append(faults, RowFault{l.Table, key, w.index, "内容与账本不一致"})
			}
			checked++
		}
	}
	var gone []RowFault
	for k, w := range words {
		gone = append(gone, RowFault{k[0], k[1], w.index, "账本有记录，数据库中已不存在"})
	}
	slices.SortFunc(gone, func(a, b RowFault) int { return int(a.Index - b.Index) })
	return checked, sealed, append(faults, gone...), nil
}

// skipped are the only columns that the ledger leaves out, by table; written
// here a second time, because the database could be told to leave out more.
var skipped = map[string][]string{
	"intent":   {"state", "not_before", "tries", "error", "provider", "taken_at", "done_at"},
	"ticket":   {"first_used", "last_used"},
	"campaign": {"clock_at", "clock_set"},
}

// rowRules reads what is covered, and finds tables and columns that are not.
func rowRules(ctx context.Context, r store.Reader) ([]store.RowRule, []RowFault, error) {
	rules, err := r.RowRules(ctx)
	if err != nil {
		return nil, nil, err
	}
	var faults []RowFault
	for _, rule := range rules {
		for _, c := range rule.Skip {
			if !slices.Contains(skipped[rule.Table], c) {
				faults = append(faults, RowFault{rule.Table, "", -1, "账本被设为不记 " + c + " 一列"})
			}
		}
	}
	bare, err := r.Uncovered(ctx)
	for _, t := range bare {
		faults = append(faults, RowFault{t, "", -1, "账本不记这张表"})
	}
	return rules, faults, err
}

// erasedYears are the years whose erasure the ledger holds as confirmed.
func erasedYears(leaves []store.Leaf) map[int]bool {
	years := map[int]bool{}
	for _, l := range leaves {
		if l.Kind == "erasure" && string(bodyOf(l).Act) == store.EraseConfirmed {
			years[l.Year] = true
		}
	}
	return years
}

// keyGone says that a row of a year cannot be checked, and should be.
func keyGone(year int) string {
	what := fmt.Sprintf("%d 年度", year)
	if year == 0 {
		what = "不分年度的数据"
	}
	return "无法核对：" + what + "没有行密钥，账本也没有确认删除个人信息的记录；行密钥须从备份恢复"
}

func lastWords(leaves []store.Leaf) map[[2]string]rowWord {
	words := map[[2]string]rowWord{}
	for _, l := range leaves {
		var r struct{ Rows []store.RowLine }
		if json.Unmarshal([]byte(l.Record), &r) != nil {
			continue // CheckLedger reports it
		}
		for _, row := range r.Rows {
			words[[2]string{row.Table, compactKey(row.Key)}] = rowWord{row.Digest, l.Idx}
		}
	}
	return words
}

// compactKey makes one spelling of the database's and of encoding/json's.
func compactKey(key string) string {
	var b bytes.Buffer
	if json.Compact(&b, []byte(key)) != nil {
		return key
	}
	b2, err := json.Marshal(json.RawMessage(b.Bytes())) // the same escapes as in a leaf
	if err != nil {
		return key
	}
	return string(b2)
}
