package rehearsal

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"xuanping/rubric"
)

const table = `<main><table><tbody>
<tr><th><a href="/office/2027/i/CNCA-R-2026-901">示例认证中心甲</a></th><td>已归档</td><td>12/14</td><td>第 1 版</td><td>2/2</td><td><b>104.0</b></td><td></td></tr>
<tr><th><a href="/office/2027/i/CNCA-R-2026-904">示例认证中心丁</a></th><td>已归档</td><td>0/14</td><td>—</td><td>—</td><td></td><td>已解除</td></tr>
</tbody></table></main>`

func TestTotalIsReadFromTheLine(t *testing.T) {
	b := serve(t, func(w http.ResponseWriter, r *http.Request) { show(w, 200, table) })
	p, err := b.get(t.Context(), "/office/2027/institutions")
	if err != nil {
		t.Fatal(err)
	}
	for code, want := range map[string]string{"CNCA-R-2026-901": "104.0", "CNCA-R-2026-904": unscored} {
		row := p.lineOf("/office/2027/i/" + code)
		if row == nil {
			t.Fatalf("%s has no line", code)
		}
		if got := total(row); got != want {
			t.Errorf("%s: total %s, want %s", code, got, want)
		}
	}
	if p.lineOf("/office/2027/i/CNCA-R-2026-90") != nil {
		t.Error("a code that only begins alike was found")
	}
}

// staff are accounts enough for a play.
func staff() Config {
	four := []Account{{ID: "a"}, {ID: "b"}, {ID: "c"}, {ID: "d"}}
	return Config{BaseURL: "http://127.0.0.1:1", Year: 2027, Seed: 1, Institutions: Fictional(6), Officer: four[:1], Approvers: four[:2], Reviewers: four, Legal: four[:1],
		Move: func(context.Context, time.Time) error { return nil }}
}

func TestConfigNamesEveryFault(t *testing.T) {
	if err := staff().Check(); err != nil {
		t.Error(err)
	}
	c := staff()
	c.Move, c.Reviewers, c.Year = nil, c.Reviewers[:2], 2099
	slices.Reverse(c.Institutions)
	err := c.Check()
	for _, want := range []string{"Move", "评审专家", "批准号排序", "2099"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not mention %s", err, want)
		}
	}
}

// A clerk who cannot sign in ends the play at once, with his account's name.
func TestRunEndsWhenNobodySignsIn(t *testing.T) {
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		status := http.StatusOK
		if r.Method == http.MethodPost {
			status = http.StatusUnprocessableEntity
		}
		show(w, status, `<main><p role="alert">账号或密码不正确</p><form method="post" action="/login"><input name="account"><input name="password"><button>登录</button></form></main>`)
	})
	c := staff()
	c.BaseURL = b.base.String()
	rep, err := Run(t.Context(), c)
	if err == nil || !strings.Contains(err.Error(), "账号 a") || !strings.Contains(err.Error(), "账号或密码不正确") || rep.Institutions != 6 {
		t.Errorf("report %+v, error %v", rep, err)
	}
}

// The score is computed from the sheets that were handed in, not from the site.
func TestExpectedCardFollowsTheSheets(t *testing.T) {
	p, err := newPlay(staff())
	if err != nil {
		t.Fatal(err)
	}
	x := p.players[4]
	if card, err := p.expectedCard(x, false); err != nil || x.kind != Appealing || card.Base != 0 {
		t.Errorf("%s without sheets: %s, %v", x.kind, card.Base, err)
	}
	p.scored(x.Code, 2)
	p.scored(x.Code, 0)
	before, err1 := p.expectedCard(x, false)
	after, err2 := p.expectedCard(x, true)
	want, more := sum(t, x.role, p.seed, []int{0, 2}, nil), raisedMark-lowMark+3*rubric.Point // the row, and the deduction that is taken back
	if err1 != nil || err2 != nil || before.Total != want || after.Total != want+more {
		t.Errorf("before %s, after %s, want %s and %s more", before.Total, after.Total, want, more)
	}
	if low := before.Rows[lowRow-1]; low.Row != lowRow || low.Points != lowMark || low.Max != 10*rubric.Point {
		t.Errorf("the low row is %+v", low)
	}
}

func TestTogetherKeepsWithinItsSlots(t *testing.T) {
	p := &play{slots: make(chan struct{}, 3)}
	var mu sync.Mutex
	at, most := 0, 0
	err := p.together(t.Context(), 20, func(i int) error {
		mu.Lock()
		at++
		most = max(most, at)
		mu.Unlock()
		time.Sleep(time.Millisecond)
		mu.Lock()
		at--
		mu.Unlock()
		if i%10 == 3 {
			return errors.New("fault")
		}
		return nil
	})
	if most != 3 || err == nil || strings.Count(err.Error(), "fault") != 2 {
		t.Errorf("%d at once, error %v", most, err)
	}
}

// A reviewer's page that shows another's words is a failure of the site (RV-1).
func TestBlindnessIsChecked(t *testing.T) {
	other := false
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body := "<main>" + hand(0)
		if other {
			body += hand(1)
		}
		show(w, 200, body+"</main>")
	})
	c := &clerk{place: 0}
	for range 2 {
		p, err := b.get(t.Context(), "/review/2027/X")
		if err != nil {
			t.Fatal(err)
		}
		if err := c.blind(p); (err != nil) != other {
			t.Errorf("other's words shown %v: %v", other, err)
		}
		other = true
	}
}

// Letters are read once, oldest first, over all pages; each link is looked at
// twice and by HEAD, and never posted to.
func TestLettersAreReadOnce(t *testing.T) {
	var mu sync.Mutex
	asked := map[string]int{}
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked[r.Method+" "+r.URL.Path]++
		mu.Unlock()
		switch {
		case r.URL.Path == "/mailbox" && r.URL.Query().Get("page") == "2":
			show(w, 200, `<main><a href="/mailbox/m1">一</a></main>`)
		case r.URL.Path == "/mailbox":
			show(w, 200, `<main><a href="/mailbox/m3">三</a><a href="/mailbox/m2">二</a><a rel="next" href="/mailbox?q=x&amp;page=2">下一页</a></main>`)
		case strings.HasPrefix(r.URL.Path, "/mailbox/m") && !strings.HasSuffix(r.URL.Path, "html"):
			show(w, 200, `<main><a href="`+r.URL.Path+`/0">文书.pdf</a><pre>请打开
http://elsewhere.example/t/`+r.URL.Path[9:]+`?next=plan
谢谢</pre></main>`)
		default:
			show(w, 200, "页面")
		}
	})
	p := &player{reader: reader{browser: b, play: &play{}, search: "x@y.example", seen: map[string]bool{}}}
	for range 2 {
		if err := reads(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"http://elsewhere.example/t/m1?next=plan", "http://elsewhere.example/t/m2?next=plan", "http://elsewhere.example/t/m3?next=plan"}
	if !slices.Equal(p.reader.links, want) || p.files != 3 || p.mails.Load() != 3 {
		t.Errorf("links %v, %d files, %d mails", p.reader.links, p.files, p.mails.Load())
	}
	for _, m := range []string{"m1", "m2", "m3"} {
		if asked["GET /mailbox/"+m] != 1 || asked["GET /t/"+m] != 2 || asked["HEAD /t/"+m] != 1 {
			t.Errorf("%s: asked %v", m, asked)
		}
	}
	for a, n := range asked {
		if strings.HasPrefix(a, "POST") {
			t.Errorf("%s was asked %d times", a, n)
		}
	}
}
