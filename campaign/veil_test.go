package campaign

import (
	"slices"
	"strings"
	"testing"

	"xuanping/rubric"
)

// PL-2: a mean is not published where the public totals of those on the list can
// be taken out of it, so that one of the others is left.
func TestPL2VeilTellsNothingAboutOne(t *testing.T) {
	for _, x := range []struct {
		Share
		tells bool
	}{{Share{}, true}, {Share{1, 1, 0}, false}, {Share{9, 9, 0}, false}, {Share{10, 9, 0}, true}, {Share{10, 6, 0}, true}, {Share{4, 0, 0}, true}, {Share{5, 0, 0}, false}, {Share{8, 3, 0}, false},
		{Share{8, 3, 1}, true}, {Share{9, 3, 1}, false}, {Share{9, 9, 1}, false}} {
		if x.Tells() != x.tells {
			t.Errorf("%+v: tells %v", x.Share, !x.tells)
		}
	}
	all := []string{"scored", "excellent", "institutions", "mean", "band-0", "row-1", "group-1", "rate-3", "before-scored", "before-mean", "before-row-2", "mean-up", "mean-down",
		"province-all-北京", "province-self-北京", "province-scored-河北", "province-mean-北京", "province-mean-河北", "robust-ranks", "item-15.1", "late-plans"}
	for _, x := range []struct {
		name      string
		now, old  Share
		provinces map[string]Share
		all       map[string]int
		hidden    string
		notes     int
	}{
		{"many", Share{40, 10, 0}, Share{30, 8, 0}, map[string]Share{"北京": {20, 5, 0}, "河北": {20, 5, 0}}, map[string]int{"北京": 20, "河北": 20}, "", 0},
		{"two unnamed", Share{10, 8, 0}, Share{30, 8, 0}, map[string]Share{"北京": {5, 5, 0}, "河北": {5, 3, 0}}, nil,
			"mean band-0 row-1 group-1 rate-3 mean-up mean-down province-mean-北京 province-mean-河北 robust-ranks", 1},
		{"three named and nobody else", Share{3, 3, 0}, Share{30, 8, 0}, map[string]Share{"北京": {3, 3, 0}}, nil, "row-1 group-1 rate-3 province-mean-北京", 2},
		{"the year before", Share{40, 10, 0}, Share{10, 8, 0}, map[string]Share{"北京": {20, 5, 0}, "河北": {20, 5, 0}}, nil, "before-mean before-row-2 mean-up mean-down", 0},
		{"one province of few", Share{40, 10, 0}, Share{30, 8, 0}, map[string]Share{"北京": {20, 10, 0}, "河北": {11, 2, 0}, "天津": {9, 5, 0}}, nil, "province-mean-北京 province-mean-河北", 1},
		{"two provinces of few", Share{40, 10, 0}, Share{30, 8, 0}, map[string]Share{"北京": {20, 10, 0}, "河北": {9, 5, 0}, "天津": {9, 5, 0}}, nil, "province-mean-河北", 1},
		{"one of three", Share{40, 10, 0}, Share{30, 8, 0}, map[string]Share{"北京": {37, 10, 0}}, map[string]int{"北京": 40, "河北": 3}, "province-self-北京 province-scored-河北", 1},
		{"two of three", Share{40, 10, 0}, Share{30, 8, 0}, map[string]Share{"北京": {37, 10, 0}}, map[string]int{"北京": 40, "河北": 3, "天津": 3}, "province-scored-河北", 1},
	} {
		v := NewVeil(x.now, x.old, x.provinces, x.all)
		var hidden []string
		for _, id := range all {
			if v.Hides(id) {
				hidden = append(hidden, id)
			}
		}
		if got := strings.Join(hidden, " "); got != x.hidden || len(v.Notes()) != x.notes {
			t.Errorf("%s: keeps back %s, wanted %s; says %q", x.name, got, x.hidden, v.Notes())
		}
	}
}

func TestVeilOfFiguresAndLists(t *testing.T) {
	named := func(codes ...string) (all []Named) {
		for _, c := range codes {
			all = append(all, Named{Code: c, Province: "北京"})
		}
		return all
	}
	l := ListsOf(named("a", "b", "c"), named("a", "b"))
	if len(l.Now) != 2 || len(l.Once) != 1 || l.Once[0].Code != "c" || len(ListsOf().Now) != 0 {
		t.Fatalf("%+v", l)
	}
	figures := []Figure{{ID: "scored", Value: 7}, {ID: "mean", Value: 8000}, {ID: "province-scored-北京", Value: 7}, {ID: "province-mean-北京", Value: 8000}, {ID: "before-scored", Value: 9}, {ID: "before-mean", Value: 7900, Points: true}}
	ids := func(all []Figure) (out []string) {
		for _, f := range all {
			out = append(out, f.ID)
		}
		return out
	}
	// c was once on the list: his total is known, and four are left
	if got := ids(VeilOf(figures, l, ListsOf(named("a"))).Open(figures)); !slices.Equal(got, []string{"scored", "province-scored-北京", "before-scored", "before-mean"}) {
		t.Errorf("%v", got)
	}
	if got := ids(VeilOf(figures, ListsOf(named("a", "b")), ListsOf(named("a"))).Open(figures)); len(got) != len(figures) {
		t.Errorf("%v", got)
	}
	open := VeilOf(figures, l, ListsOf(named("a"))).Open(figures)
	open = append(open, Derived(open, rubric.Annex2(), 9000)...)
	said := ""
	for _, s := range append(ValuesOf(open).Summary(2026), ValuesOf(open).Problems(rubric.Annex2(), nil)...) {
		said += s.String()
	}
	if want := "2026年度认证机构宣传工作评价共有家机构参加，7家完成评审，家列入优秀单位名单（总分90.0分及以上）。上年度（2025年度）9家完成评审，平均得分79.0分。"; said != want {
		t.Errorf("%s\nwanted %s", said, want)
	}
}
