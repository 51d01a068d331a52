package campaign

import (
	"slices"
	"testing"
)

// GL-19, GL-24, GL-27, GL-30: lists that are kept and counted; only those that
// the guideline demands are missed, and “we have none” answers them.
func TestListsAreCountedAndMissed(t *testing.T) {
	for _, c := range []struct {
		clause, id, field string
		values            []string
		want              []Tally
		missed            bool // when nothing was filed
	}{
		{"GL-24", "media", "kind", []string{"中央媒体", "自媒体", "新兴媒体"}, []Tally{{"中央媒体", 1}, {"新兴媒体", 2}}, true},
		{"GL-27", "carriers", "kind", []string{"线下", "线上", "线上"}, []Tally{{"线上", 2}, {"线下", 1}}, false},
		{"GL-30", "rewards", "kind", []string{"奖励", "问责", "表彰"}, []Tally{{"表彰奖励", 2}, {"责任追究", 1}}, false},
		{"GL-19", "experts", "person", []string{"甲", "乙", "丙"}, nil, true},
	} {
		r := registerNamed(t, c.id)
		if r.Clause != c.clause {
			t.Errorf("%s is of %s", c.id, r.Clause)
		}
		var rows []Record
		for i, v := range c.values {
			row := full(r)
			for _, same := range r.Same {
				row[same] += string(rune('一' + i))
			}
			row[c.field] = v
			rows = append(rows, r.Clean(row))
		}
		if got := r.Tallies(rows); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.id, got, c.want)
		}
		missed := func(filed map[string]Filing) bool {
			return slices.ContainsFunc(KnownRegisters().Checklist(filed, nil, "2026-12-01"), func(i CheckItem) bool { return i.Register.ID == c.id && i.Open() })
		}
		if missed(nil) != c.missed || missed(map[string]Filing{c.id: {Rows: rows}}) {
			t.Errorf("%s: missed %v without anything", c.id, missed(nil))
		}
		if c.missed && missed(map[string]Filing{c.id: {None: "没有条件"}}) {
			t.Errorf("%s: the answer does not count", c.id)
		}
	}
}
