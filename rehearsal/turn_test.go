package rehearsal

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// A whole cast has somebody for every turn and every end; the six that every
// rehearsal has show the late conflict, the reviewer who declines and the honour.
func TestWholeCastLivesEveryTurn(t *testing.T) {
	ends, turns := map[string]int{}, map[string]int{}
	p, err := newPlay(Config{BaseURL: "http://127.0.0.1:1", Year: 2027, Seed: 7, Institutions: Fictional(wholeCast), Officer: []Account{{ID: "o"}},
		Reviewers: make([]Account, 6), Local: []Account{{ID: "l", Province: "北京市"}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range p.players {
		if x.kind != Silent && x.kind != Leaving {
			p.sheets[x.Code] = []int{0, 1}
		}
		ends[x.expected()]++
		for _, turn := range p.turns(x) {
			turns[turn.name]++
		}
	}
	for _, w := range wanted {
		if ends[w]+turns[w] == 0 {
			t.Errorf("nobody among %d lives %s", wholeCast, w)
		}
	}
	if turns[turnVoided.name] != 1 || turns[turnDeclined.name] != 1 || ends[endKept] != 1 || ends[endLeft] != 1 || turns[turnHonoured.name] != 1 {
		t.Errorf("ends %v, turns %v", ends, turns)
	}
	few := sampleCast(6)
	if !slices.ContainsFunc(few, role.voids) || !slices.ContainsFunc(few, role.declines) || !slices.ContainsFunc(few, role.nominates) {
		t.Error("the six that every rehearsal has lack a late conflict, a released reviewer or an honour")
	}
	for _, r := range sampleCast(72) {
		if (r.voids() || r.declines()) && r.disputed() {
			t.Errorf("%s: a third reviewer would hide who took over", r.Code)
		}
	}
}

// A turn that the timeline does not tell is a failure with its name.
func TestTurnsAreReadOffTheTimeline(t *testing.T) {
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		show(w, 200, `<main><ol><li>提交专题调研（第 1 版问题，不计分）</li><li>第 2 评审席：评审示例3不再承担（利益冲突）</li></ol></main>`)
	})
	p, err := b.get(t.Context(), "/office/2027/i/X")
	if err != nil {
		t.Fatal(err)
	}
	if names, err := turned(p, []turn{turnSurvey, turnVoided}); err != nil || names != "答复调研、迟报利益冲突" {
		t.Errorf("%q, %v", names, err)
	}
	if _, err := turned(p, []turn{turnSurvey, turnDeclined, turnHonoured}); err == nil || !strings.HasSuffix(err.Error(), "：评审专家退出、荣誉授予") {
		t.Errorf("%v", err)
	}
	all := []Outcome{{Got: endCertificate, Turns: "答复调研、荣誉授予"}, {Got: endReport}}
	if lost := missed(all); len(lost) != len(wanted)-4 || slices.Contains(lost, endReport) || slices.Contains(lost, turnHonoured.name) {
		t.Errorf("missed %v", lost)
	}
}

// A sheet that a late conflict voided counts no more, and who took over does.
func TestVoidedSheetCountsNoMore(t *testing.T) {
	p, err := newPlay(staff())
	if err != nil {
		t.Fatal(err)
	}
	x := p.players[2]
	p.scored(x.Code, 3)
	p.scored(x.Code, 1)
	p.voided(x.Code, 3)
	p.scored(x.Code, 0)
	card, err := p.expectedCard(x, false)
	if want := sum(t, x.role, p.seed, []int{0, 1}, nil); err != nil || card.Total != want || !x.voids() || p.reviews(x) != 2 {
		t.Errorf("%s, want %s, %v", card.Total, want, err)
	}
}

// In a large cast one name begins another: what a conflict hides is told apart.
func TestNamesAreTakenWhole(t *testing.T) {
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		show(w, 200, `<main><select name="code"><option>示例认证中心甲2　CNCA-R-2026-931</option><option>示例认证中心乙　CNCA-R-2026-902</option></select></main>`)
	})
	p, err := b.get(t.Context(), "/review/2027/conflicts")
	if err != nil {
		t.Fatal(err)
	}
	if p.names("示例认证中心甲") || !p.names("示例认证中心甲2") || !p.names("示例认证中心乙") {
		t.Error("names are mixed up")
	}
}
