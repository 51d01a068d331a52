package web

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

var look = flag.String("look", "", "folder for pictures of the pages (needs chromium)")

// narrowest is what a phone shows without scrolling sideways.
const narrowest = 375

// storybook lists every page of this half with canned data: name, path, who, form to post.
func storybook(t *testing.T) (*visitedSite, []story) {
	v := openSite(t, true, 8)
	served(v)
	warned(v)
	ref := storetest.Ref(siteYear, 1)
	v.write(func(tx *store.Tx) error {
		if _, err := tx.AddWarningAct(context.Background(), ref, store.WarningAct{Act: campaign.ActNotice, Role: "officer", By: "o1", Text: "依据第三十二条，拟对贵机构实施风险警示。", At: v.now}); err != nil {
			return err
		}
		return tx.SetWarningState(context.Background(), ref, campaign.Noticed, "2027-04-09", v.now)
	})
	v.write(func(tx *store.Tx) error {
		return tx.AddPublication(context.Background(), siteYear, "o1", v.now, []int{})
	})
	v.write(func(tx *store.Tx) error {
		_, err := tx.AddSurvey(context.Background(), siteYear, canSurvey, "o1", v.now)
		return err
	})
	v.write(func(tx *store.Tx) error { return addHonours(context.Background(), tx, siteYear, "2027-03-26") })
	v.write(func(tx *store.Tx) error { return told1(tx, ref, v.now) })
	v.write(func(tx *store.Tx) error { return cannedClaim(tx, ref, v.now) })
	if err := v.st.SetClock(context.Background(), siteYear, v.now, v.now); err != nil {
		t.Fatal(err)
	}
	v.write(func(tx *store.Tx) error { return cannedMatters(context.Background(), tx, ref, v.now.AddDate(0, 0, -1)) })
	v.write(func(tx *store.Tx) error { // a report that the regulator waits for, a letter that nobody signed for
		ctx, at := context.Background(), v.now.Add(-2*time.Hour)
		n, err := tx.AddIncident(ctx, store.Incident{Year: ref.Year, Code: ref.Code, What: "媒体报道虚假认证", Activity: "体系认证", OccurredAt: at.Add(-20 * time.Hour), By: "o1", At: at})
		if err == nil {
			_, err = tx.AddIncidentAct(ctx, ref, store.IncidentAct{N: n, Act: campaign.IncidentOpen, Role: "officer", By: "o1", Digest: store.Digest("open"), At: at}, false)
		}
		g := store.Guidance{Year: ref.Year, Title: "关于做好世界认可日宣传工作的指导意见", Text: "请组织", By: "o1", At: at}
		if err == nil {
			g.N, err = tx.AddGuidance(ctx, g)
		}
		if err == nil {
			_, err = tx.SendGuidance(ctx, g, ref, "o1", at)
		}
		return err
	})
	signHead(t, v.srv)
	v.srv.Contact = "评价工作组　010-0000 0000（工作日 9:00—17:00）"
	one, ended := who{ticket: v.link(1, "act", v.farAway())}, who{ticket: v.link(1, "act", v.now.AddDate(-1, 0, 0))}
	v.stageOf(8, campaign.SelfScore)
	scoring := who{ticket: v.link(8, "act", v.farAway())}
	marks := own1("self-score")[:len(own1("self-score"))-len("001/self-score")] + "008/self-score"
	return v, append(v.young(), []story{
		{"self-score", marks, scoring, nil}, {"self-score-wrong", marks, scoring, []string{"do", "check", "points-1", "九", "reason-1", "按计划开展", "points-2", "7.5"}},
		{"landing", "/", who{}, nil}, {"verify", "/v/XP26-001K7", who{}, nil}, {"verify-none", "/v/NOPE", who{}, nil}, {"rules", "/rules", who{}, nil}, {"ledger", "/ledger", who{}, nil},
		{"new-link", linkPath, who{}, nil}, {"new-link-wrong", linkPath, who{}, []string{"code", "2002-001", "email", "张三"}}, {"new-link-sent", linkPath, who{}, []string{"token", "x.y"}},
		{"link-ended", "/t/" + ended.ticket, who{}, nil}, {"link-lost", own1("plan"), who{}, nil}, {"link-ended-typed", own1("plan"), ended, append(planFields, "do", "save")}, {"missing-own", own1("evidence/99999"), one, nil},
		{"honours", "/honours/2026", who{}, nil}, {"self-evaluation", "/self-evaluation", who{}, nil}, {"self-evaluation-result", "/self-evaluation", who{}, []string{"do", "score", "institution", "某协会", "year", "2026", "points-1", "9", "clause-1", "15.1", "worth-1", "5", "on-1", "2026-03-01", "title-1", "奖项"}},
		{"self-evaluation-wrong", "/self-evaluation", who{}, []string{"do", "score", "points-3", "9"}},
		{"results", "/results/2026", who{}, nil}, {"report", "/results/2026/report", who{}, nil}, {"mailbox", "/mailbox", who{}, nil}, {"mail", "/mailbox/m1", who{}, nil}, {"missing", "/nothing", who{}, nil}, {"storybook", "/storybook", who{}, nil},
		{"desk", own1(""), one, nil}, {"own-honours", own1("honours"), one, nil}, {"survey", own1("survey"), one, nil}, {"survey-wrong", own1("survey"), one, []string{"do", "check", "version", "1"}}, {"evidence-shut", own1("evidence"), one, nil}, {"self-score-shut", own1("self-score"), one, nil},
		{"warning-files-shut", own1("warning/evidence"), one, nil}, {"warning-statement", own1("warning/statement"), one, nil}, {"appeal-files", own1("appeal/evidence"), one, nil}, {"rules-warning", "/rules/warning", who{}, nil}, {"public-warnings", fmt.Sprintf("/warnings/%d", siteYear), who{}, nil},
		{"incidents", own1("incidents"), one, nil}, {"incident-new", own1("incidents/new"), one, nil}, {"incident", own1("incidents/1"), one, nil}, {"incident-moved", own1("incidents/1"), one, reportFields}, {"incident-asked", own1("incidents/2"), one, nil}, {"clearances", own1("clearances"), one, nil},
		{"clearance-new", own1("clearances/new?kind=prior"), one, nil}, {"clearance", own1("clearances/1?act=attach"), one, nil}, {"press", own1("clearances/2?act=hold"), one, nil},
		{"result", own1("result"), one, nil}, {"receipt", own1("receipt"), one, nil}, {"proof", own1("proof"), one, nil}, {"appeal", own1("appeal"), one, nil}, {"warning", own1("warning"), one, nil},
		{"own-events", own1("events"), one, nil}, {"own-claim-shut", own1("claims/new"), one, nil}, {"own-claim-back", own1("claims/1/withdraw"), one, nil}, {"own-claim-files", own1("claims/evidence"), one, nil}, {"own-events-wish", own1("events?act=medium"), one, nil}, {"own-events-wrong", own1("events"), one, []string{"do", "check", "notice", "1", "name", "王经办"}},
		{"appeal-wrong", own1("appeal"), one, []string{"do", "check", "text-3", "有理由"}},
		{"appeal-check", own1("appeal"), one, []string{"do", "check", "row-3", "1", "text-3", "评分理由与材料不符：\n第一，制度已于三月印发。\n第二，培训记录见附件。", "name", "王经办", "post", "主任"}},
	}...)
}

// stageOf writes a stage past the rule that a year only goes forward, so that
// one score book shows all of them.
func (v *visitedSite) stageOf(i int, s campaign.Stage) {
	v.t.Helper()
	conn, err := pgx.Connect(context.Background(), v.url)
	if err != nil {
		v.t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(context.Background(), `update entry set stage = $1 where code = $2`, string(s), storetest.Code(i)); err != nil {
		v.t.Fatal(err)
	}
}

type story struct {
	name, path string
	by         who
	post       []string
}

// young adds an institution at the beginning of its year.
func (v *visitedSite) young() []story {
	const i = 9
	ref := storetest.Ref(siteYear, i)
	at := v.now
	v.now = campaign.Day("2026-03-10").Morning()
	v.write(func(tx *store.Tx) error {
		if _, _, err := tx.PutInstitutions(context.Background(), []campaign.Institution{storetest.Institution(i)}, "o1", v.now); err != nil {
			return err
		}
		return tx.AddEntry(context.Background(), ref, "2026-01-06", true, v.now)
	})
	v.stage(i, "2026-03-12", campaign.Planning)
	v.write(func(tx *store.Tx) error {
		body := campaign.Filing{Rows: []campaign.Record{{"platform": "门户网站", "account": "官网", "url": "https://example.cn", "owner": "赵责任", "opened": "2020-01-01", "last_post": "2026-01-02"}}}
		_, err := tx.AddRegister(context.Background(), ref, store.RegisterVersion{Register: "accounts", Schema: campaign.KnownRegisters().Digest, Body: body, ByName: "王经办（主任）", At: v.now})
		return err
	})
	v.now = at
	by, p := v.bearer(i), "/i/"+ref.ID()
	typed := claimFields("https://www.xinhuanet.com/b.htm")
	return []story{{"young-desk", p, by, nil}, {"young-claim", p + "/claims/new", by, nil}, {"young-claim-wrong", p + "/claims/new", by, []string{"do", "check", "title", "承办主场活动", "activity", "世界认可日"}},
		{"young-claim-check", p + "/claims/new", by, append(typed, "do", "check")}, {"young-claim-received", p + "/claims/new", by, append(typed, "do", "submit")},
		{"young-claim-file", p + "/claims/evidence", by, nil}, {"young-claim-back", p + "/claims/1/withdraw", by, nil}, {"young-events", p + "/events", by, nil}, {"young-plan", p + "/plan", by, nil}, {"young-evidence", p + "/evidence", by, nil},
		{"young-registers", p + "/registers", by, nil}, {"young-register", p + "/registers/accounts", by, nil}, {"young-register-wrong", p + "/registers/three-reviews", by, signed("three-reviews.title", "示例")},
		{"young-register-multi", p + "/registers/materials", by, nil}, {"young-register-none", p + "/registers/spokespersons", by, nil}, {"young-register-import", p + "/registers/manuscripts?by=import", by, nil}, {"young-register-file", p + "/registers/disclosure", by, nil},
		{"young-plan-wrong", p + "/plan", by, []string{"do", "check", "goals", "只有目标"}}, {"young-plan-check", p + "/plan", by, append(planFields, "do", "check")},
		{"young-received", p + "/plan", by, append(planFields, "do", "submit")}, {"young-plan-sent", p + "/plan", by, nil}}
}

// TestPagesDraw draws every page of the storybook: with -look also as pictures
// at two widths, where none may be wider than a phone.
func TestPagesDraw(t *testing.T) {
	v, all := storybook(t)
	for _, s := range all {
		t.Run(s.name, func(t *testing.T) {
			switch {
			case strings.HasPrefix(s.name, "young"):
				v.clock("2026-03-10")
			case s.name == "self-score" || s.name == "self-score-wrong":
				v.clock("2027-01-25")
			default:
				v.clock("2027-03-27")
			}
			a := v.get(s.path, s.by)
			if s.post != nil {
				a = v.post(s.path, s.by, s.post...)
			}
			for _, p := range []string{`lang="zh-CN"`, "示例·演练（非官方）", `class="skip"`, "<main", "<h1>", "</html>"} {
				if !strings.Contains(a.body, p) {
					t.Errorf("页面没有 %q：%.400s", p, a.body)
				}
			}
			a.body = strings.Replace(a.body, `<script src="`+verifyScript.name+`" defer></script>`, "", 1) // comes from the site itself
			if strings.Contains(a.body, " style=") || strings.Contains(a.body, "<script") || strings.Contains(a.body, "ZgotmplZ") {
				t.Error("页面含有安全策略不允许的内容")
			}
			if *look != "" {
				v.picture(t, s.name, a)
			}
		})
	}
}

func (v *visitedSite) clock(d campaign.Day) {
	v.now = d.Morning()
	if err := v.st.SetClock(context.Background(), siteYear, v.now, v.now); err != nil {
		v.t.Fatal(err)
	}
}

// picture writes NAME-1280.png and NAME-375.png and measures the narrow one.
func (v *visitedSite) picture(t *testing.T, name string, a answer) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/"+name || r.URL.Path == "/desk/"+name {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			if r.URL.Path == "/desk/"+name { // under the policy that the site sends
				w.Header().Set("Content-Security-Policy", a.head.Get("Content-Security-Policy"))
			}
			fmt.Fprint(w, a.body)
			return
		}
		if r.URL.Path == "/probe" { // the page in a frame of a phone's width, and how wide its content is
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprintf(w, `<iframe id=f width=%d height=3400 src="/%s"></iframe><p id=out></p><script>f.onload=()=>{let d=f.contentDocument.documentElement,w=[];for(const e of d.querySelectorAll("*")){const r=e.getBoundingClientRect();if(r.right>%d.5&&!e.closest(".scroll")&&!e.closest(".skip")&&!e.closest("svg"))w.push(e.tagName+"."+e.className)}out.textContent="width="+d.scrollWidth+" "+w.slice(0,5).join(",")}</script>`, narrowest, name, narrowest)
			return
		}
		v.srv.ServeHTTP(w, r)
	}))
	defer srv.Close()
	os.MkdirAll(*look, 0o755)
	for _, width := range []int{1280, narrowest} {
		height := 2600
		out := filepath.Join(*look, fmt.Sprintf("%s-%d.png", name, width))
		page := srv.URL + "/desk/" + name
		if width == narrowest {
			height, page = 3500, srv.URL+"/probe"
		}
		if b, err := headless("--screenshot="+out, fmt.Sprintf("--window-size=%d,%d", max(width, 500), height), page); err != nil {
			t.Fatalf("%v %s", err, b)
		}
	}
	b, err := headless("--dump-dom", srv.URL+"/probe")
	if err != nil {
		t.Fatalf("%v %s", err, b)
	}
	_, found, _ := strings.Cut(string(b), `<p id="out">`)
	found, _, _ = strings.Cut(found, "</p>")
	if !strings.HasPrefix(found, fmt.Sprintf("width=%d ", narrowest)) && found != fmt.Sprintf("width=%d", narrowest) {
		t.Errorf("在 %d 像素宽度下需要横向滚动：%s", narrowest, found)
	}
}

func headless(args ...string) ([]byte, error) {
	return exec.Command("chromium", append([]string{"--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--virtual-time-budget=4000"}, args...)...).Output()
}
