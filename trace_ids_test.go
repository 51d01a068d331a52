package xuanping

import (
	"strings"
	"testing"
)

// namedIDs are the requirements whose tests are found by their names: the rows
// of Annex 2 with their points and caps, Article 32, review and 评价复核.
var namedIDs = []string{
	"AN-1", "AN-2", "AN-3", "AN-4", "AN-5", "AN-6", "AN-7", "AN-8", "AN-9", "AN-10", "AN-11", "AN-12", "AN-13", "AN-14",
	"AN-15.1", "AN-15.2", "AN-15.3", "AN-15 Cap", "AN-16.1", "AN-16 Cap",
	"RW-1", "RW-2", "RW-3", "RW-4", "RW-5", "RW-6", "RW-7", "RW-8", "RV-1", "RV-2", "AP-1", "AP-2", "AP-3", "AP-4",
}

// namedBy tells whether a test's name carries an id: AN-15.1 is AN15Point1.
func namedBy(test, id string) bool {
	id = strings.NewReplacer("-", "", ".", "Point", " ", "").Replace(id)
	for at := strings.Index(test, id); at >= 0; {
		rest := test[at+len(id):]
		if rest == "" || !strings.ContainsAny(rest[:1], "0123456789") {
			return true
		}
		next := strings.Index(rest, id)
		if next < 0 {
			return false
		}
		at += len(id) + next
	}
	return false
}

// Each of these ids has a test that carries it in its name.
func TestTraceIDsAreInTestNames(t *testing.T) {
	x := grow(t)
	without := func(tests map[string]bool) (all []string) {
		for _, id := range namedIDs {
			found := false
			for test := range tests {
				found = found || namedBy(test, id)
			}
			if !found {
				all = append(all, id)
			}
		}
		return all
	}
	if all := without(x.tests); len(all) > 0 {
		t.Errorf("no test is named for %s", strings.Join(all, ", "))
	}
	if all := without(map[string]bool{"TestAN15CapBothShown": true, "TestRW22Other": true}); len(all) != len(namedIDs)-1 {
		t.Errorf("two tests seem to carry all but %v", all)
	}
	if !namedBy("TestAN11AN12Ledger", "AN-12") || namedBy("TestAN12Ledger", "AN-1") {
		t.Error("names are not read as they stand")
	}
}
