package main

import (
	"bytes"
	"strings"
	"testing"
)

// storiesPair holds every institution's year, as it was really played, against
// itself (issue 6): histories, score book and ledger say the same, every record of
// the ledger stands beside the event that told or asked for it unless its kind is
// none of a workflow's business, and starter history prints the same lines. Where
// the engine lost a part of its histories, the records of that part stand alone,
// and the story says so.
func (y *year) storiesPair(t *testing.T, of int) {
	t.Helper()
	entries, err := y.app.Store.Entries(t.Context(), of)
	if err != nil || len(entries) == 0 {
		t.Fatal(err, len(entries))
	}
	leaves, paired, letters, alone := 0, 0, 0, 0
	stands := func(what string, args ...any) {
		if alone++; !y.lost {
			t.Errorf(what, args...)
		}
	}
	for _, e := range entries {
		s, err := y.app.Story(t.Context(), e.Ref())
		if err != nil || s.Away != "" || s.Cut != "" {
			t.Fatalf("%s: %v %s %s", e.Code, err, s.Away, s.Cut)
		}
		for _, d := range s.Mismatches {
			stands("%s: %s", e.Code, d)
		}
		for _, l := range s.Lines {
			if l.Unpaired() {
				stands("%s: no event beside %s", e.Code, l)
			}
			if l.Leaf == nil {
				continue
			}
			leaves++
			if l.Beside != "" {
				paired++
			}
			if l.Mail != "" {
				letters++
			}
		}
		var out bytes.Buffer
		if err := y.app.History(t.Context(), e.Ref(), false, &out); err != nil || !strings.HasSuffix(out.String(), s.Text(false)) {
			t.Errorf("%s: starter history says something else: %v\n%s", e.Code, err, &out)
		}
	}
	if paired*2 < leaves || letters == 0 || alone*5 > leaves {
		t.Errorf("only %d of %d records stand beside an event, %d have a letter", paired, leaves, letters)
	}
	t.Logf("%d years, %d records of the ledger, %d beside an event, %d with a letter; %d differences", len(entries), leaves, paired, letters, alone)
}
