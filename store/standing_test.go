package store

import "testing"

// The filters of a list combine; the word is looked for in what the list shows.
func TestNarrowFits(t *testing.T) {
	f := Face{Code: "CNCA-R-2002-001", Name: "示例认证机构 Alpha", Province: "北京市", Category: "产品认证", Stage: "planning", Late: true}
	for _, c := range []struct {
		n    Narrow
		want bool
	}{
		{Narrow{}, true},
		{Narrow{Word: "ALPHA"}, true},
		{Narrow{Word: "2002-001", Stage: "planning", Province: "北京市", Category: "产品认证", Late: true}, true},
		{Narrow{Province: "北京"}, false},
		{Narrow{Category: "服务认证"}, false},
		{Narrow{Stage: "scoring"}, false},
		{Narrow{Unreached: true}, false},
		{Narrow{Late: true, Word: "贝塔"}, false},
	} {
		if got := c.n.Fits(f); got != c.want {
			t.Errorf("%+v: %v", c.n, got)
		}
	}
	f.Late, f.Bare = false, true
	if (Narrow{Late: true}).Fits(f) || !(Narrow{Unreached: true}).Fits(f) {
		t.Error("late and unreached are mixed up")
	}
}
