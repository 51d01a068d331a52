package campaign

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"syscall"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// drawSeats draws institutions and reviewers with bans, loads and limits.
func drawSeats(t *rapid.T, institutions, reviewers, need int) ([]Bench, []Bearer) {
	var benches []Bench
	var bearers []Bearer
	limits := rapid.Bool().Draw(t, "limits")
	for r := range rapid.IntRange(0, reviewers).Draw(t, "reviewers") {
		b := Bearer{ID: fmt.Sprintf("r%02d", r), Load: rapid.IntRange(0, 2).Draw(t, "load")}
		if limits && rapid.Bool().Draw(t, "limited") {
			b.Limit = rapid.IntRange(1, 4).Draw(t, "limit")
		}
		bearers = append(bearers, b)
	}
	for i := range rapid.IntRange(1, institutions).Draw(t, "institutions") {
		b := Bench{Code: fmt.Sprintf("i%02d", i), Need: rapid.IntRange(0, need).Draw(t, "need")}
		for _, r := range bearers {
			if rapid.IntRange(0, 3).Draw(t, "ban") == 0 {
				b.Banned = append(b.Banned, r.ID)
			}
		}
		benches = append(benches, b)
	}
	return benches, bearers
}

// failer is what a test and a rapid check have in common.
type failer interface {
	Helper()
	Fatalf(string, ...any)
}

// loadsOf counts the seats after an assignment, and how many were filled; it
// fails on a seat that must not be.
func loadsOf(t failer, given []Given, benches []Bench, bearers []Bearer) (loads []int, filled int) {
	t.Helper()
	load := map[string]int{}
	for i, g := range given {
		b := benches[i]
		if g.Code != b.Code || len(g.Reviewers) > b.Need {
			t.Fatalf("%s needs %d, %s got %v", b.Code, b.Need, g.Code, g.Reviewers)
		}
		for k, r := range g.Reviewers {
			if slices.Contains(b.Banned, r) || slices.Contains(g.Reviewers[:k], r) {
				t.Fatalf("%s: %v, banned %v", g.Code, g.Reviewers, b.Banned)
			}
			load[r]++
			filled++
		}
	}
	for _, b := range bearers {
		n := b.Load + load[b.ID]
		if b.Limit > 0 && load[b.ID] > 0 && n > b.Limit {
			t.Fatalf("%s bears %d of %d", b.ID, n, b.Limit)
		}
		loads = append(loads, n)
	}
	return loads, filled
}

func spread(loads []int) int {
	if len(loads) == 0 {
		return 0
	}
	return slices.Max(loads) - slices.Min(loads)
}

// brute tries every assignment: the most seats that can be filled, and the least spread then.
func brute(benches []Bench, bearers []Bearer) (most, least int) {
	loads := make([]int, len(bearers))
	for r, b := range bearers {
		loads[r] = b.Load
	}
	var try func(i, from, left, filled int)
	try = func(i, from, left, filled int) {
		if i == len(benches) {
			if s := spread(loads); filled > most || filled == most && s < least {
				most, least = filled, s
			}
			return
		}
		next := 0
		if i+1 < len(benches) {
			next = benches[i+1].Need
		}
		try(i+1, 0, next, filled)
		for r := from; r < len(bearers) && left > 0; r++ {
			if b := bearers[r]; !slices.Contains(benches[i].Banned, b.ID) && (b.Limit == 0 || loads[r] < b.Limit) {
				loads[r]++
				try(i, r+1, left-1, filled+1)
				loads[r]--
			}
		}
	}
	most, least = -1, 0
	try(0, 0, benches[0].Need, 0)
	return most, least
}

// The assignment fills as many seats as any does, with the least spread of all
// that do, and what it says of a shortage is true.
func TestRV1AssignmentIsOptimal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		benches, bearers := drawSeats(t, 4, 4, 3)
		given, short := Assign(benches, bearers)
		loads, filled := loadsOf(t, given, benches, bearers)
		most, least := brute(benches, bearers)
		if filled != most || spread(loads) != least {
			t.Fatalf("%d seats with spread %d, possible %d with %d: %v", filled, spread(loads), most, least, given)
		}
		need := 0
		for _, b := range benches {
			need += b.Need
		}
		if (short == nil) != (filled == need) {
			t.Fatalf("%d of %d filled, shortage %+v", filled, need, short)
		}
		if short != nil {
			checkShortage(t, *short, benches, bearers)
		}
	})
}

// checkShortage counts the witness anew: whoever is asked, its institutions stay short.
func checkShortage(t *rapid.T, w Shortage, benches []Bench, bearers []Bearer) {
	need, can, others := 0, 0, 0
	for _, b := range bearers {
		if slices.Contains(w.Reviewers, b.ID) {
			if b.Limit == 0 {
				t.Fatalf("%s has no limit and is no reason: %+v", b.ID, w)
			}
			can += max(b.Limit-b.Load, 0)
		}
	}
	for _, b := range benches {
		if slices.Contains(w.Institutions, b.Code) {
			need += b.Need
			for _, r := range bearers {
				if !slices.Contains(w.Reviewers, r.ID) && !slices.Contains(b.Banned, r.ID) {
					others++
				}
			}
		}
	}
	if need != w.Need || can != w.Can || others != w.Else || need <= can+others {
		t.Fatalf("need %d, can %d, else %d: %+v", need, can, others, w)
	}
}

// 5,000 random campaigns: never a conflicted seat; the loads differ by one at
// most wherever an even sharing exists, which is found without conflicts.
func TestRV1NoConflictedSeatInManyGraphs(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	even, short := 0, 0
	for range 5000 {
		var bearers []Bearer
		for i := range 4 + r.IntN(12) {
			bearers = append(bearers, Bearer{ID: fmt.Sprintf("r%02d", i)})
		}
		share := r.IntN(60)
		var benches []Bench
		for i := range 5 + r.IntN(40) {
			b := Bench{Code: fmt.Sprintf("i%02d", i), Need: 2}
			for _, p := range bearers {
				if r.IntN(100) < share {
					b.Banned = append(b.Banned, p.ID)
				}
			}
			benches = append(benches, b)
		}
		given, lack := Assign(benches, bearers)
		loads, filled := loadsOf(t, given, benches, bearers)
		if lack != nil {
			short++
		} else if filled != 2*len(benches) {
			t.Fatalf("%d of %d filled and no shortage", filled, 2*len(benches))
		}
		if share == 0 && spread(loads) > 1 {
			t.Fatalf("uneven without any conflict: %v", loads)
		}
		if !improvable(benches, bearers, given, loads) {
			even++
		}
		// a different order of the same facts is the same assignment
		slices.Reverse(benches)
		slices.Reverse(bearers)
		if again, _ := Assign(benches, bearers); !reflect.DeepEqual(given, again) {
			t.Fatal("the order of the input changed the assignment")
		}
	}
	t.Logf("5000 graphs: %d short, %d as even as can be", short, even)
	if even != 5000 {
		t.Errorf("%d of 5000 could be more even", 5000-even)
	}
}

// improvable asks, by a path-finding of its own, whether seats could be moved
// from a reviewer to one with at least two fewer.
func improvable(benches []Bench, bearers []Bearer, given []Given, loads []int) bool {
	n := len(bearers)
	reach := grid[bool](n, n)
	for i, g := range given {
		for a := range bearers {
			for b := range bearers {
				if slices.Contains(g.Reviewers, bearers[a].ID) && !slices.Contains(g.Reviewers, bearers[b].ID) && !slices.Contains(benches[i].Banned, bearers[b].ID) {
					reach[a][b] = true
				}
			}
		}
	}
	for k := range n {
		for a := range n {
			for b := range n {
				reach[a][b] = reach[a][b] || reach[a][k] && reach[k][b]
			}
		}
	}
	for a := range n {
		for b := range n {
			if reach[a][b] && loads[a] >= loads[b]+2 {
				return true
			}
		}
	}
	return false
}

// nation is the size of the whole country with a tenth of all pairs in conflict.
func nation() ([]Bench, []Bearer) {
	r := rand.New(rand.NewPCG(7, 7))
	benches, bearers := make([]Bench, 1500), make([]Bearer, 40)
	for i := range bearers {
		bearers[i] = Bearer{ID: fmt.Sprintf("r%02d", i), Limit: 80}
	}
	for i := range benches {
		benches[i] = Bench{Code: fmt.Sprintf("CNCA-R-2002-%04d", i), Need: 2}
		for _, b := range bearers {
			if r.IntN(10) == 0 {
				benches[i].Banned = append(benches[i].Banned, b.ID)
			}
		}
	}
	return benches, bearers
}

func TestRV1NationIsAssignedInTime(t *testing.T) {
	benches, bearers := nation()
	began := cpuTime(t)
	given, short := Assign(benches, bearers)
	took := cpuTime(t) - began
	loads, filled := loadsOf(t, given, benches, bearers)
	pairs := map[string]int{}
	for _, g := range given {
		pairs[fmt.Sprint(g.Reviewers)]++
	}
	most := 0
	for _, n := range pairs {
		most = max(most, n)
	}
	t.Logf("1500 × 2 seats among 40: %v, spread %d, %d different pairs, one pair shares at most %d", took, spread(loads), len(pairs), most)
	if short != nil || filled != 3000 || spread(loads) > 1 || took > 2*time.Second {
		t.Errorf("filled %d, spread %d, %v, %+v", filled, spread(loads), took, short)
	}
	if len(pairs) < 700 || most > 8 { // 780 pairs, 1.9 institutions each on average
		t.Errorf("%d pairs, %d in one", len(pairs), most)
	}
}

// cpuTime is what this process has worked so far, whatever else the machine does.
func cpuTime(t *testing.T) time.Duration {
	t.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func BenchmarkAssign(b *testing.B) {
	benches, bearers := nation()
	for b.Loop() {
		Assign(benches, bearers)
	}
}

func TestPick(t *testing.T) {
	if Pick(nil, Ref{2027, "CNCA-R-2002-001"}) != "" {
		t.Error("nobody is free and somebody was chosen")
	}
	count := map[string]int{}
	for i := range 400 {
		count[Pick([]string{"r1", "r2", "r3", "r4"}, Ref{2027, fmt.Sprintf("CNCA-R-2002-%03d", i)})]++
	}
	for who, n := range count {
		if n < 60 || n > 140 {
			t.Errorf("%s is chosen %d times of 400", who, n)
		}
	}
}
