package main

import (
	"bytes"
	"fmt"
	"os/exec"
	"path"
	"regexp"
	"strings"
	"testing"

	"xuanping/campaign"
)

// outcome is what must be equal between two runs: scores, results' versions,
// document numbers, the papers but for the head of the ledger at their foot (byte for
// byte, see pdf.Substance), and the multiset of letters.
func (y *year) outcome(t *testing.T, of int) map[string]string {
	t.Helper()
	ctx := t.Context()
	out := map[string]string{}
	results, err := y.app.Store.LatestResults(ctx, of)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range results {
		out["result "+v.Code] = fmt.Sprintf("v%d %v %s", v.Version, v.Scored, v.Total)
	}
	entries, err := y.app.Store.Entries(ctx, of)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		out["stage "+e.Code] = string(e.Stage)
		papers, err := y.app.Store.Papers(ctx, e.Ref())
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range papers {
			full, err := y.app.Store.PaperByKey(ctx, p.Key)
			if err != nil || p.Substance == nil {
				t.Fatal(p.Key, err)
			}
			if err := y.app.CheckPaper(full.PDF); err != nil {
				t.Errorf("%s: %v", p.Key, err)
			}
			out["paper "+p.Key] = p.Number + " " + *p.Substance
			if campaign.Paper(path.Base(path.Dir(p.Key))) == campaign.ReceiptPaper {
				out["paper "+p.Key] = p.Number + " " + receiptWords(t, full.PDF)
			}
		}
		letters, err := y.app.Store.Parcels(ctx, e.Ref())
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range letters {
			out[l.Kind+" "+l.Key] = l.State
		}
	}
	warnings, err := y.app.Store.Warnings(ctx, of)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range warnings {
		out["warning "+w.Code] = fmt.Sprintf("%d %s", w.Number, w.State)
	}
	return out
}

// receiptWords is what a receipt says but for the second at which the form was sent, in which two
// years may differ, and the ledger's head at its foot.
func receiptWords(t *testing.T, file []byte) string {
	t.Helper()
	cmd := exec.Command("pdftotext", "-layout", "-", "-")
	cmd.Stdin = bytes.NewReader(file)
	words, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if !receivedAt.Match(words) || !ledgerFoot.Match(words) {
		t.Fatalf("not a receipt:\n%s", words)
	}
	words = ledgerFoot.ReplaceAll(receivedAt.ReplaceAll(words, nil), nil)
	return strings.Join(strings.Fields(string(words)), " ") // columns give way to a head's width
}

var (
	receivedAt = regexp.MustCompile(`收到时间.*`)
	ledgerFoot = regexp.MustCompile(`账本 \d+ · \S+`)
)
