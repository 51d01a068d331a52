package audit

import (
	"testing"
)

// A house in which everybody kept to the rules gives no finding (R9).
func TestR9CleanHouse(t *testing.T) {
	l := live(t)
	f, err := Inspect(t.Context(), l.house(l.s, l.blobs, nil), 0)
	ok(t, err)
	if !f.Clean() || len(f.Unasked) != 0 || f.Checked != len(Invariants()) || f.Checked < 40 {
		t.Errorf("%s\n%s", f, f.lines())
	}
}
