package activities

import (
	"bytes"
	"fmt"
	"testing"

	"xuanping/pdf"
	"xuanping/store"
)

// A paper keeps what it carried of the ledger, so that it can be made again to the byte from the same input; in
// another head it is another file of the same substance. An order from before such records prints without.
func TestPaperIsMadeAgainFromItsHead(t *testing.T) {
	o := newOffice(t, true, 1)
	ref := o.scored(1, 50)
	run(o, o.serve, o.at(ref, o.rules.Calendar.Result))
	all, err := o.Store.Papers(t.Context(), ref)
	must(t, err)
	if len(all) != 1 || all[0].Head == nil || *all[0].Leaf >= *all[0].Head {
		t.Fatalf("%+v", all)
	}
	kept, err := o.Store.PaperByKey(t.Context(), all[0].Key)
	must(t, err)
	var body []byte
	must(t, o.conn.QueryRow(t.Context(), "select body from intent where key = $1", kept.Key).Scan(&body))
	j := store.Job{Key: kept.Key, Kind: store.PaperIntent, Year: kept.Year, Code: kept.Code, Body: body}
	again, err := o.render(t.Context(), j, *kept.Head)
	must(t, err)
	if !bytes.Equal(again.PDF, kept.PDF) {
		t.Error("made again from the same input: other bytes")
	}
	later, err := o.render(t.Context(), j, 0)
	must(t, err)
	if *later.Head <= *kept.Head || bytes.Equal(later.PDF, kept.PDF) || *later.Substance != *kept.Substance {
		t.Errorf("in a later head: %d after %d, substance %s and %s", *later.Head, *kept.Head, *later.Substance, *kept.Substance)
	}
	if got, err := pdf.Substance(kept.PDF); err != nil || got != *kept.Substance {
		t.Errorf("substance %s, kept %s (%v)", got, *kept.Substance, err)
	}
	if string(pdf.ProofIn(kept.PDF)) != fmt.Sprintf(`{"index":%d}`, *kept.Leaf) {
		t.Error("no proof in the paper")
	}
	p := store.Paper{Key: "ordered/before", Year: ref.Year, Code: ref.Code}
	if l, err := o.ledger(t.Context(), &p, 0); err != nil || l.Line != "" || p.Head != nil {
		t.Errorf("ordered before there were orders: %+v %v", l, err)
	}
}
