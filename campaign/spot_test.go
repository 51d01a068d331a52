package campaign

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func spotRows(n int) []Record {
	all := make([]Record, n)
	for i := range all {
		all[i] = Record{"title": fmt.Sprintf("稿件%d", i+1), "url": fmt.Sprintf("https://a.example/%d", i+1)}
	}
	return all
}

func linesOf(all []SpotItem) []int {
	var lines []int
	for _, it := range all {
		lines = append(lines, it.Line)
	}
	return lines
}

var spotRef = Ref{Year: 2026, Code: "CNCA-R-2002-001"}

// §3 no. 5: the same seed draws the same items, another seed, institution or
// list others, and the order of entry has no part in it.
func TestSpotDrawIsDeterministic(t *testing.T) {
	seed, items := RehearsalSeed(2026), SpotReviews.Items(spotRows(40))
	first := linesOf(seed.Key(spotRef, SpotReviews).Draw(items, 5))
	if len(first) != 5 || !slices.IsSorted(first) || !slices.Equal(first, linesOf(seed.Key(spotRef, SpotReviews).Draw(items, 5))) {
		t.Fatalf("drawn %v", first)
	}
	for name, other := range map[string]SpotKey{
		"seed": RehearsalSeed(2027).Key(spotRef, SpotReviews), "list": seed.Key(spotRef, SpotLinks), "institution": seed.Key(Ref{2026, "CNCA-R-2002-002"}, SpotReviews),
	} {
		if slices.Equal(linesOf(other.Draw(items, 5)), first) {
			t.Errorf("another %s draws the same", name)
		}
	}
	shuffled := spotRows(40)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	var titles, again []string
	for _, it := range seed.Key(spotRef, SpotReviews).Draw(items, 5) {
		titles = append(titles, it.Row["title"])
	}
	for _, it := range seed.Key(spotRef, SpotReviews).Draw(SpotReviews.Items(shuffled), 5) {
		again = append(again, it.Row["title"])
	}
	slices.Sort(titles)
	slices.Sort(again)
	if !slices.Equal(titles, again) {
		t.Errorf("the order of entry changed the draw: %v, %v", titles, again)
	}
}

// Another item can only take the place of one, never choose among the others.
func TestSpotDrawCannotBeSteered(t *testing.T) {
	key := RehearsalSeed(2026).Key(spotRef, SpotReviews)
	before := linesOf(key.Draw(SpotReviews.Items(spotRows(30)), 4))
	for i := range 50 {
		rows := append(spotRows(30), Record{"title": fmt.Sprintf("凑数%d", i)})
		stay := 0
		for _, l := range linesOf(key.Draw(SpotReviews.Items(rows), 4)) {
			if slices.Contains(before, l) {
				stay++
			}
		}
		if stay < 3 {
			t.Errorf("one more item moved %d of 4", 4-stay)
		}
	}
}

// Every item has the same chance: drawn from many seeds none is favoured.
func TestSpotDrawIsFair(t *testing.T) {
	count := make([]int, 11)
	for y := 2000; y < 3000; y++ {
		for _, l := range linesOf(RehearsalSeed(y).Key(spotRef, SpotReviews).Draw(SpotReviews.Items(spotRows(10)), 3)) {
			count[l]++
		}
	}
	for line, n := range count[1:] {
		if n < 230 || n > 370 { // 300 expected, σ about 14
			t.Errorf("line %d was drawn %d times of 1000", line+1, n)
		}
	}
}

// An independent recount from the published rule alone gives the same lines.
func TestSpotDrawRecounted(t *testing.T) {
	seed, rows := RehearsalSeed(2026), spotRows(25)
	rows[3] = rows[4] // two lines alike are told apart by their number
	key := sha256.Sum256(append(slices.Clone(seed[:]), "2026/CNCA-R-2002-001/three-reviews"...))
	var weights []string
	times := map[string]int{}
	for i, r := range rows {
		text, _ := json.Marshal(r)
		times[string(text)]++
		sum := sha256.Sum256([]byte(string(key[:]) + string(text) + "#" + fmt.Sprint(times[string(text)])))
		weights = append(weights, fmt.Sprintf("%x %02d", sum, i+1))
	}
	slices.Sort(weights)
	var want []int
	for _, w := range weights[:6] {
		n := 0
		fmt.Sscanf(w[len(w)-2:], "%d", &n)
		want = append(want, n)
	}
	slices.Sort(want)
	if got := linesOf(seed.Key(spotRef, SpotReviews).Draw(SpotReviews.Items(rows), 6)); !slices.Equal(got, want) {
		t.Errorf("drawn %v, recounted %v", got, want)
	}
}

func TestSpotSeedAndKinds(t *testing.T) {
	seed := RehearsalSeed(2026)
	back, err := ParseSpotSeed(" " + seed.String() + "\n")
	sum := sha256.Sum256(seed[:])
	if err != nil || back != seed || seed.Commitment() != hex.EncodeToString(sum[:]) {
		t.Errorf("%v %v", back, err)
	}
	for _, bad := range []string{"", "xyz", seed.String()[2:], seed.String() + "00"} {
		if _, err := ParseSpotSeed(bad); KindOf(err) != Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, k := range SpotKinds() {
		if reg, ok := KnownRegisters().Get(k.Register()); !ok || reg.Kind != ListShape {
			t.Errorf("%s: no such list", k)
		}
		if got, err := ParseSpotKind(k.Chinese()); got != k || err != nil {
			t.Errorf("%s: %v", got, err)
		}
		for _, f := range k.SpotFindings() {
			if f.Chinese() == "" {
				t.Errorf("%s has no word", f)
			}
		}
	}
	if _, err := ParseSpotKind("抽奖"); KindOf(err) != Invalid {
		t.Errorf("%v", err)
	}
	if got := SpotLinks.Items([]Record{{"title": "甲"}, {"title": "乙", "url": "https://b.example"}}); len(got) != 1 || got[0].Line != 2 || !strings.Contains(SpotLinks.Name(got[0].Row), "乙") {
		t.Errorf("%v", got)
	}
	if got := RehearsalSeed(2026).Key(spotRef, SpotReviews).Draw(SpotReviews.Items(spotRows(2)), 5); len(got) != 2 {
		t.Errorf("of two items %d were drawn", len(got))
	}
}
