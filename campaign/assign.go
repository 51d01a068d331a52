package campaign

import (
	"cmp"
	"hash/fnv"
	"slices"
)

// Bearer is a reviewer as the assignment of seats sees him.
type Bearer struct {
	ID    string
	Load  int // seats he holds already
	Limit int // at most, with those he holds; 0: no limit
}

func (b Bearer) room() bool { return b.Limit == 0 || b.Load < b.Limit }

// Bench is an institution whose seats are to be given.
type Bench struct {
	Code   string
	Need   int      // seats to give, each to another reviewer
	Banned []string // reviewers kept away: conflicts, and those who sat here before
}

// Given is who got the seats of an institution, in their order.
type Given struct {
	Code      string
	Reviewers []string
}

// Shortage proves that seats stay empty whoever is asked: the institutions
// need Need seats, the reviewers named can take Can of them and no more, and
// nobody else may take Else more. Need > Can + Else.
type Shortage struct {
	Institutions []string // their seats cannot all be filled
	Reviewers    []string // all of them at their limits, none when nobody is free of conflict
	Need         int
	Can          int // what the limits of the reviewers leave
	Else         int // what others, free there, can take: one seat each at an institution
}

// Assign gives every institution the seats it needs. As many seats as possible
// are filled; of all ways to do so one with the least spread between the loads
// is chosen, and reviewers who share few institutions are put together. The
// order of the input changes nothing, and no clock or chance takes part.
// A shortage is nil unless seats stay empty.
func Assign(benches []Bench, bearers []Bearer) ([]Given, *Shortage) {
	a := newAssigner(benches, bearers)
	short := -1
	for _, i := range a.scarceFirst() {
		for range a.benches[i].Need {
			if !a.give(i) && short < 0 {
				short = i
			}
		}
	}
	a.level()
	var lack *Shortage
	if short >= 0 {
		lack = a.witness(short)
	}
	return a.given(), lack
}

// assigner is the assignment under way: reviewers and institutions by index,
// both sorted by name.
type assigner struct {
	benches []Bench
	bearers []Bearer
	base    []int    // loads before
	may     [][]bool // institution, reviewer: no ban
	has     [][]bool // … and holds a seat of it now
	at      [][]int  // reviewer: the institutions he holds now
	paired  [][]int  // how many institutions two reviewers share
}

func newAssigner(benches []Bench, bearers []Bearer) *assigner {
	a := &assigner{benches: slices.Clone(benches), bearers: slices.Clone(bearers)}
	slices.SortFunc(a.benches, func(x, y Bench) int { return cmp.Compare(x.Code, y.Code) })
	slices.SortFunc(a.bearers, func(x, y Bearer) int { return cmp.Compare(x.ID, y.ID) })
	n := len(a.bearers)
	a.at, a.paired = make([][]int, n), grid[int](n, n)
	a.may, a.has = grid[bool](len(a.benches), n), grid[bool](len(a.benches), n)
	for _, b := range a.bearers {
		a.base = append(a.base, b.Load)
	}
	for i, bench := range a.benches {
		for r, b := range a.bearers {
			a.may[i][r] = !slices.Contains(bench.Banned, b.ID)
		}
	}
	return a
}

func grid[T any](rows, columns int) [][]T {
	all := make([][]T, rows)
	for i := range all {
		all[i] = make([]T, columns)
	}
	return all
}

// scarceFirst orders the institutions by how many may sit there.
func (a *assigner) scarceFirst() []int {
	order, free := make([]int, len(a.benches)), make([]int, len(a.benches))
	for i := range order {
		order[i] = i
		for _, ok := range a.may[i] {
			if ok {
				free[i]++
			}
		}
	}
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(free[x], free[y]) })
	return order
}

// give fills one seat: by the least loaded who has room, the one among them who
// shares least with those already there, or else by moving seats of others along.
func (a *assigner) give(i int) bool {
	best, bestShared := -1, 0
	for r, b := range a.bearers {
		if !a.may[i][r] || a.has[i][r] || !b.room() {
			continue
		}
		shared := a.shared(i, r)
		if best < 0 || cmp.Or(cmp.Compare(b.Load, a.bearers[best].Load), cmp.Compare(shared, bestShared)) < 0 {
			best, bestShared = r, shared
		}
	}
	if best >= 0 {
		a.seat(i, best)
		return true
	}
	return a.makeRoom(i)
}

func (a *assigner) shared(i, r int) (n int) {
	for o, sits := range a.has[i] {
		if sits {
			n += a.paired[r][o]
		}
	}
	return n
}

func (a *assigner) seat(i, r int) {
	for o, sits := range a.has[i] {
		if sits {
			a.paired[r][o]++
			a.paired[o][r]++
		}
	}
	a.has[i][r] = true
	a.at[r] = append(a.at[r], i)
	a.bearers[r].Load++
}

func (a *assigner) unseat(i, r int) {
	a.has[i][r] = false
	a.at[r] = slices.DeleteFunc(a.at[r], func(j int) bool { return j == i })
	a.bearers[r].Load--
	for o, sits := range a.has[i] {
		if sits {
			a.paired[r][o]--
			a.paired[o][r]--
		}
	}
}

// step is how a search came to a reviewer: from another, over an institution.
type step struct{ from, over int }

// search spreads from some reviewers over seats that could move from one to the
// next, until goal; it gives the way there, or everybody who can be reached.
func (a *assigner) search(start []int, goal func(r int) bool) (end int, way map[int]step) {
	way = map[int]step{}
	for _, r := range start {
		way[r] = step{-1, -1}
	}
	for todo := slices.Clone(start); len(todo) > 0; todo = todo[1:] {
		r := todo[0]
		if goal(r) {
			return r, way
		}
		for _, i := range a.at[r] {
			for next, ok := range a.may[i] {
				if _, seen := way[next]; ok && !seen && !a.has[i][next] {
					way[next] = step{r, i}
					todo = append(todo, next)
				}
			}
		}
	}
	return -1, way
}

// shift moves a seat along every step of the way that ends at a reviewer, and
// tells where it began.
func (a *assigner) shift(end int, way map[int]step) int {
	for way[end].from >= 0 {
		s := way[end]
		a.unseat(s.over, s.from)
		a.seat(s.over, end)
		end = s.from
	}
	return end
}

// makeRoom fills a seat of an institution whose people are all at their limits,
// by moving seats of theirs to others.
func (a *assigner) makeRoom(i int) bool {
	end, way := a.search(a.open(i), func(r int) bool { return a.bearers[r].room() })
	if end < 0 {
		return false
	}
	a.seat(i, a.shift(end, way))
	return true
}

// open lists who may take a further seat at an institution, room or not.
func (a *assigner) open(i int) (all []int) {
	for r := range a.bearers {
		if a.may[i][r] && !a.has[i][r] {
			all = append(all, r)
		}
	}
	return all
}

// level moves seats from the loaded to those with at least two fewer until no
// way does: then the loads are as even as any assignment makes them, because
// the loads of all assignments form the bases of a discrete polymatroid.
func (a *assigner) level() {
	for {
		order := make([]int, len(a.bearers))
		for r := range order {
			order[r] = r
		}
		slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(a.bearers[y].Load, a.bearers[x].Load) })
		moved := false
		for _, r := range order {
			end, way := a.search([]int{r}, func(o int) bool { return a.bearers[o].Load <= a.bearers[r].Load-2 && a.bearers[o].room() })
			if end >= 0 {
				a.shift(end, way)
				moved = true
				break
			}
		}
		if !moved {
			return
		}
	}
}

// witness names the institutions and reviewers that prove the shortage: all
// that a search for room for one more seat comes to.
func (a *assigner) witness(i int) *Shortage {
	_, way := a.search(a.open(i), func(int) bool { return false })
	w := &Shortage{}
	inside := map[int]bool{i: true}
	for r, b := range a.bearers {
		if _, reached := way[r]; reached {
			w.Reviewers = append(w.Reviewers, b.ID)
			w.Can += max(b.Limit-a.base[r], 0)
			for _, j := range a.at[r] {
				inside[j] = true
			}
		}
	}
	for j, bench := range a.benches {
		if !inside[j] {
			continue
		}
		w.Institutions = append(w.Institutions, bench.Code)
		w.Need += bench.Need
		for r := range a.bearers {
			if _, reached := way[r]; !reached && a.may[j][r] {
				w.Else++
			}
		}
	}
	return w
}

func (a *assigner) given() []Given {
	all := make([]Given, len(a.benches))
	for i, b := range a.benches {
		all[i].Code = b.Code
		for r, sits := range a.has[i] {
			if sits {
				all[i].Reviewers = append(all[i].Reviewers, a.bearers[r].ID)
			}
		}
	}
	return all
}

// Pick chooses one of those who may take a later seat or a decision, by the
// institution's code: the choice is even over all institutions and does not
// depend on what happens at others at the same time. Nobody free gives "".
func Pick(free []string, ref Ref) string {
	if len(free) == 0 {
		return ""
	}
	h := fnv.New32a()
	h.Write([]byte(ref.ID()))
	return free[int(h.Sum32()%uint32(len(free)))]
}
