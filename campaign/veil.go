package campaign

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Fewest is how many institutions without a name a sum needs, so that it tells
// nothing about one of them: the points of those on the list are public and can
// be taken out of it (PL-2).
const Fewest = 5

// Share is how many institutions were scored, how many of them are on the
// published list, so that their totals are known, and how many were once on it:
// those may be among the scored or not.
type Share struct{ Scored, Named, Once int }

// Tells whether a sum over a share would give away what is not public.
func (s Share) Tells() bool {
	unnamed := s.Scored - s.Named
	return s.Scored == 0 || unnamed > 0 && unnamed-s.Once < Fewest
}

// few tells that marks by row, which are public of nobody, are of too few.
func (s Share) few() bool { return s.Scored < Fewest }

// Veil is what a published report keeps back (PL-2, PL-13).
type Veil struct {
	Means, Rows             bool            // mean and distribution of totals; means by row and group
	OldMean, OldRows, Moved bool            // of the year before, and what lies between the two
	Provinces               map[string]bool // their means
	Few                     map[string]bool // provinces of so few that a count would tell who handed in nothing
}

// NewVeil decides it from the shares of a year, of the year before it and of
// every province, and how many institutions take part there.
func NewVeil(now, old Share, provinces map[string]Share, all map[string]int) Veil {
	v := Veil{Means: now.Tells(), OldMean: old.Tells(), Provinces: map[string]bool{}, Few: map[string]bool{}}
	v.Rows, v.OldRows, v.Moved = v.Means || now.few(), v.OldMean || old.few(), v.Means || v.OldMean
	var rest Share // what is left when the means that are shown are taken out of the whole
	for name, p := range provinces {
		if v.Provinces[name] = v.Means || p.Tells() || p.few(); v.Provinces[name] {
			rest.Scored, rest.Named, rest.Once = rest.Scored+p.Scored, rest.Named+p.Named, rest.Once+p.Once
		}
	}
	if rest.Scored > 0 && rest.Tells() {
		for name := range v.Provinces {
			v.Provinces[name] = true
		}
	}
	few := 0
	for name, n := range all {
		if v.Few[name] = n < Fewest; v.Few[name] {
			few += n
		}
	}
	if few > 0 && few < Fewest { // the counts of the others can be taken out of those of the whole
		for name := range v.Few {
			v.Few[name] = true
		}
	}
	return v
}

// Lists are who is on the published list of a year, and who was on an earlier
// version of it.
type Lists struct{ Now, Once []Named }

// ListsOf sorts the versions of a list, the oldest first.
func ListsOf(versions ...[]Named) (l Lists) {
	holds := func(list []Named, n Named) bool {
		return slices.ContainsFunc(list, func(o Named) bool { return o.Code == n.Code })
	}
	if len(versions) > 0 {
		l.Now = versions[len(versions)-1]
	}
	for _, list := range versions {
		for _, n := range list {
			if !holds(l.Now, n) && !holds(l.Once, n) {
				l.Once = append(l.Once, n)
			}
		}
	}
	return l
}

func (l Lists) of(scored int) Share { return Share{scored, len(l.Now), len(l.Once)} }

// VeilOf decides it from a report's figures, and the lists of its year and of the
// year before.
func VeilOf(figures []Figure, now, old Lists) Veil {
	by := map[string]int{}
	provinces, all := map[string]Share{}, map[string]int{}
	for _, f := range figures {
		by[f.ID] = int(f.Value)
		if name, ok := strings.CutPrefix(f.ID, "province-all-"); ok {
			all[name] = int(f.Value)
		}
		if name, ok := strings.CutPrefix(f.ID, "province-scored-"); ok {
			provinces[name] = Share{Scored: int(f.Value)}
		}
	}
	for name, p := range provinces {
		elsewhere := func(n Named) bool { return n.Province != name }
		here := Lists{slices.DeleteFunc(slices.Clone(now.Now), elsewhere), slices.DeleteFunc(slices.Clone(now.Once), elsewhere)}
		provinces[name] = here.of(p.Scored)
	}
	return NewVeil(now.of(by["scored"]), old.of(by["before-scored"]), provinces, all)
}

// Hides tells whether a figure is kept back.
func (v Veil) Hides(id string) bool {
	of := func(prefix string) bool {
		n, ok := strings.CutPrefix(id, prefix)
		_, err := strconv.Atoi(n)
		return ok && err == nil
	}
	province, mean := strings.CutPrefix(id, "province-mean-")
	switch {
	case strings.HasPrefix(id, "province-self-"):
		return v.Few[strings.TrimPrefix(id, "province-self-")]
	case strings.HasPrefix(id, "province-scored-"):
		return v.Few[strings.TrimPrefix(id, "province-scored-")]
	case mean:
		return v.Means || v.Provinces[province]
	case id == "mean" || of("band-") || strings.HasPrefix(id, "robust-"):
		return v.Means
	case of("row-") || of("group-") || of("rate-"):
		return v.Rows
	case id == "before-mean":
		return v.OldMean
	case of("before-row-"):
		return v.OldRows
	case id == "mean-up" || id == "mean-down":
		return v.Moved
	}
	return false
}

// Open are the figures that everybody may read.
func (v Veil) Open(all []Figure) []Figure {
	return slices.DeleteFunc(slices.Clone(all), func(f Figure) bool { return v.Hides(f.ID) })
}

// Notes say in the report what it keeps back, and why.
func (v Veil) Notes() (all []string) {
	switch {
	case v.Means:
		all = append(all, "完成评审而未列入名单的机构不足5家，为免推知个别机构的得分，不公布平均得分、得分分布和各项指标平均得分。")
	case v.Rows:
		all = append(all, "完成评审的机构不足5家，不公布各项指标平均得分。")
	}
	if !v.Means && slices.Contains(slices.Collect(maps.Values(v.Provinces)), true) {
		all = append(all, "完成评审的机构较少、可能推知个别机构得分的省份，不公布平均得分。")
	}
	if slices.Contains(slices.Collect(maps.Values(v.Few)), true) {
		all = append(all, "参评机构较少的省份，不公布提交自评和完成评审的家数。")
	}
	return all
}
