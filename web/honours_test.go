package web

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"xuanping/audit"
	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

// canHonours, canSurvey: what the fixture shows of honours and survey.
var (
	canHonours = []store.Honour{
		{Kind: campaign.PersonHonour, Holder: "赵优秀", Title: "赵优秀讲认证", Text: "赵优秀同志常年进社区宣传。", Named: true},
		{Kind: campaign.CaseHonour, Code: storetest.Code(1), Holder: "示例认证机构1号", Title: "认证惠民生", Text: "走进社区，服务居民。", Named: true},
		{Kind: campaign.WarningCase, Code: storetest.Code(4), Holder: "示例认证机构4号", Title: "示例认证机构4号虚假宣传案", Text: "示例认证机构4号发布不实信息。"},
	}
	canSurvey = []campaign.Question{{Text: "专职宣传人员数量", Kind: campaign.AskOne, Options: []string{"5 人以下", "5 人及以上"}},
		{Text: "主要宣传渠道", Kind: campaign.AskMany, Options: []string{"官网", "公众号", "=HYPERLINK(1)"}}, {Text: "对宣传工作的建议", Kind: campaign.AskText}}
	canSet = campaign.LocalSet{Name: "示例指标集", Top: 1, Indicators: []campaign.LocalIndicator{{Name: "宣传活动场次", Weight: 60, Source: campaign.FromEntered}, {Name: "报送案例", Weight: 40, Source: campaign.FromCases}}}
)

// addHonours writes the fixture's nominations: the first is shown with an open objection, the others are awarded.
func addHonours(ctx context.Context, tx *store.Tx, year int, day campaign.Day) error {
	at := day.Morning()
	for i, h := range canHonours {
		h.Year, h.Source, h.By, h.ByName, h.At, h.Digest = year, "officer", "o1", "经办甲", at, store.Digest(h.Title)
		h.ShownTitle, h.ShownText = h.Title, h.Text
		if !h.Named {
			h.ShownTitle, h.ShownText = desk.Anonymise(h, storetest.Institutions(6))
		}
		var err error
		if h.N, err = tx.AddHonour(ctx, h); err != nil {
			return err
		}
		move := func(act campaign.HonourAct, by string, from, to campaign.Day) {
			if err == nil {
				err = tx.AddHonourMove(ctx, h, store.HonourMove{Act: act, Role: "officer", By: by, Reason: "理由充分", At: at}, from, to)
			}
		}
		move(campaign.HonourPass, "o2", "", "")
		move(campaign.HonourShow, "o1", day, day.Add(7))
		if i > 0 {
			move(campaign.HonourAward, "a1", "", "")
		} else if err == nil {
			_, err = tx.AddObjection(ctx, h, store.Objection{Source: "来信", Text: "事迹与事实不符", By: "o1", At: at})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *bureau) honoured(ctx context.Context, tx *store.Tx) {
	b.ok(addHonours(ctx, tx, testYear, campaign.DayOf(b.day)))
	_, err := tx.AddSurvey(ctx, testYear, canSurvey, "o1", b.day)
	b.ok(err)
	_, err = tx.AddAnswers(ctx, storetest.Ref(testYear, 1), 1, [][]string{{"5 人以下"}, {"官网", "=HYPERLINK(1)"}, {"=cmd()"}}, "吴示例（主任）", b.day)
	b.ok(err)
	_, err = tx.AddObservation(ctx, storetest.Ref(testYear, 2), 5, "六月现场看到宣传活动。", "l2", b.day)
	b.ok(err)
	_, err = tx.AddLocalSet(ctx, testYear, canSet, "o1", b.day)
	b.ok(err)
}

func (b *bureau) honourShots() []shot {
	y, l := yearPath(testYear), localPath(testYear)
	return []shot{{"o1", "honours", y + "/honours"}, {"o1", "nominate", y + "/honours/new"}, {"o1", "honour", y + "/honours/1"}, {"u1", "honour3", y + "/honours/3"}, {"a1", "honour-act", y + "/honours/1/act"},
		{"o2", "objection", y + "/honours/1/objection"}, {"o1", "survey", y + "/survey"}, {"o1", "questions", y + "/survey/questions"}, {"o1", "local-rank", y + "/local"}, {"o1", "local-set", y + "/local/set"},
		{"o1", "local-values", y + "/local/values"}, {"l2", "local-year", l}, {"l2", "local-one", l + "/i/" + storetest.Code(2)}, {"l2", "local-honours", l + "/honours"}, {"", "public-honours", "/honours/2025"}}
}

// body gives a page that must be there.
func (p *person) body(path string) string {
	p.b.t.Helper()
	w := p.get(path)
	if w.Code != http.StatusOK {
		p.b.t.Fatalf("%s: %d", path, w.Code)
	}
	return w.Body.String()
}

// PL-20: a person's name is masked for the public until the award; PL-15: a
// case without names shows none, and its warning state is what it was.
func TestPL20PublicSeesMaskedNames(t *testing.T) {
	b := newBureau(t)
	public := b.as("").body("/honours/2025")
	for _, want := range []string{"正在公示", "赵某某", "认证惠民生", "示例认证机构1号", "某认证机构虚假宣传案", "警示教育案例"} {
		if !strings.Contains(public, want) {
			t.Errorf("the public page does not say %q", want)
		}
	}
	for _, secret := range []string{"赵优秀", "示例认证机构4号", "事迹与事实不符", storetest.Code(4)} {
		if strings.Contains(public, secret) {
			t.Errorf("the public page says %q", secret)
		}
	}
	w, err := b.store.Warning(t.Context(), storetest.Ref(testYear, 4))
	if b.ok(err); w.State != campaign.Proposed {
		t.Errorf("the case moved to %s", w.State)
	}
	if !strings.Contains(b.as("o1").body(yearPath(testYear, "honours", "1")), "赵优秀") {
		t.Error("the office does not see the name")
	}
}

// PL-20 through the pages: an open objection keeps the approver from awarding;
// resolved, and the days over, the award goes through and queues the certificate.
func TestPL20AwardOnPages(t *testing.T) {
	b := newBureau(t)
	one := yearPath(testYear, "honours", "1")
	award := []string{"act", "award", "reason", "公示无异议", "do", "submit"}
	if w := b.as("a1").post(one+"/act", award...); w.Code != http.StatusConflict {
		t.Fatalf("award on the first day: %d", w.Code)
	}
	b.ok(b.store.SetClock(t.Context(), testYear, b.day.AddDate(0, 0, 9), time.Now()))
	if w := b.as("a1").post(one+"/act", award...); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "还有 1 件异议") || !strings.Contains(w.Body.String(), "公示无异议") {
		t.Fatalf("award with an open objection: %d", w.Code)
	}
	if w := b.as("o2").post(one+"/objection", "k", "1", "upheld", "no", "ruling", "经核实属实", "do", "submit"); w.Code != http.StatusSeeOther {
		t.Fatalf("ruling: %d %s", w.Code, w.Body)
	}
	if w := b.as("a1").post(one+"/act", append(award[:4:4], "do", "check")...); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "确认授予") {
		t.Fatalf("check page: %d", w.Code)
	}
	if w := b.as("a1").post(one+"/act", award...); w.Code != http.StatusSeeOther {
		t.Fatalf("award: %d", w.Code)
	}
	h, err := b.store.Honour(t.Context(), testYear, 1)
	if b.ok(err); h.State() != campaign.Awarded {
		t.Error(h.State())
	}
	if !strings.Contains(b.as("").body("/honours/2025"), "赵优秀") {
		t.Error("an awarded person is not named")
	}
}

// PL-16: the verify page shows kind, holder and year; a wrong code gets a neutral answer; a revoked honour says so.
func TestPL16VerifyHonour(t *testing.T) {
	b := newBureau(t)
	h, err := b.store.Honour(t.Context(), testYear, 2)
	b.ok(err)
	b.write(func(ctx context.Context, tx *store.Tx) {
		tx.Queue(store.Intent{Key: desk.HonourKey(h), Kind: store.PaperIntent, Ref: h.Ref(), Body: store.PaperBody{Kind: campaign.HonourPaper, N: 1, Honour: 2, Date: "2026-03-26"}})
	})
	b.write(func(ctx context.Context, tx *store.Tx) {
		b.ok(tx.AddPaper(ctx, store.Paper{Key: desk.HonourKey(h), Year: testYear, Code: h.Code, Kind: campaign.HonourPaper, Number: campaign.HonourPaper.Number(testYear, 1), Verify: "HON-0001", PDF: []byte("%PDF-1.4\n%%EOF"), At: b.day}))
	})
	page := b.as("").body("/v/HON-0001")
	for _, want := range []string{"荣誉证书", "获誉对象", "示例认证机构1号", "典型案例", "2025 年度", "宣评誉〔2025〕1号", "示例·演练，无效力"} {
		if !strings.Contains(page, want) {
			t.Errorf("the verify page does not say %q", want)
		}
	}
	w := b.as("").get("/v/HON-0002")
	if w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "未查询到") || strings.Contains(w.Body.String(), "示例认证机构1号") {
		t.Errorf("a wrong code: %d", w.Code)
	}
	if page := b.ticket(1).body("/i/2025/" + storetest.Code(1) + "/honours"); !strings.Contains(page, "papers/HON-0001") {
		t.Error("the institution does not find its certificate")
	}
	c, err := b.store.Campaign(t.Context(), testYear)
	b.ok(err)
	c.Rehearsal = false
	p, err := b.store.PaperByVerify(t.Context(), "HON-0001")
	b.ok(err)
	b.ok(b.desk.MoveHonour(t.Context(), storetest.People()[7], testYear, 2, campaign.HonourRevoke, "材料造假", ""))
	_, state, _, err := b.site.paperState(ask{Request: request("GET", "/v/HON-0001")}, p)
	if b.ok(err); state != "已撤销荣誉" {
		t.Errorf("a revoked honour is %s", state)
	}
}

// PL-9: answers of the survey change no score: results, totals and a recount are identical.
func TestPL9SurveyNeverScores(t *testing.T) {
	b := newBureau(t)
	look := func() (out []any) {
		all, err := b.store.LatestResults(t.Context(), testYear)
		b.ok(err)
		re, err := audit.Recount(t.Context(), b.store.Reader, rubric.Annex2(), testYear)
		b.ok(err)
		st, err := b.store.Standings(t.Context(), testYear)
		b.ok(err)
		return []any{store.Digest(all), store.Digest(re), store.Digest(st), len(all)}
	}
	before := look()
	if before[3].(int) == 0 {
		t.Fatal("no result to compare")
	}
	path := "/i/2025/" + storetest.Code(3) + "/survey"
	fields := []string{"version", "1", "a-1", "5 人及以上", "a-2-1", "1", "a-2-2", "1", "a-3", "多交流", "name", "王示例", "post", "主任"}
	if w := b.ticket(3).post(path, append(fields, "do", "check")...); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "官网") {
		t.Fatalf("check: %d", w.Code)
	}
	if w := b.ticket(3).post(path, append(fields, "do", "submit")...); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "专题调研已收到") || !strings.Contains(w.Body.String(), "本次回执不另发邮件") || strings.Contains(w.Body.String(), "发往登记的邮箱") {
		t.Fatalf("submit: %d %s", w.Code, w.Body)
	}
	if w := b.ticket(3).post(path, "version", "1", "a-3", "只有文字", "do", "check"); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "只有文字") {
		t.Errorf("a faulty form: %d", w.Code)
	}
	after := look()
	for i := range before {
		if before[i] != after[i] {
			t.Errorf("the survey changed %d: %v, %v", i, before[i], after[i])
		}
	}
	office := b.as("u1").body(yearPath(testYear, "survey"))
	for _, want := range []string{"2<small>家，共 6 家", "5 人及以上", "多交流", "<svg"} {
		if !strings.Contains(office, want) {
			t.Errorf("the office does not see %q", want)
		}
	}
}

// S13, SE-3: the file starts with a mark, and no cell is a formula.
func TestS13SurveyFileIsSafe(t *testing.T) {
	b := newBureau(t)
	got := b.as("o1").body(yearPath(testYear, "survey", "answers.csv"))
	if !strings.HasPrefix(got, "\uFEFF") || !strings.Contains(got, `'=cmd()`) || regexp.MustCompile(`(?m)(^|,)"?[=+@-]`).MatchString(strings.TrimPrefix(got, "\uFEFF")) {
		t.Errorf("%q", got)
	}
	for in, want := range map[string]string{"=1+1": "'=1+1", " =1": "' =1", "\t1": "'\t1", "＝1": "'＝1", `a"b`: `a"b`, "-5": "'-5", "": ""} {
		if got := desk.Guarded(in); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}

// PL-11: another province's institution is not found, not forbidden; no figure
// on the page counts it; officers and the institution's reviewers read the observation.
func TestPL11LocalSeesOwnProvince(t *testing.T) {
	b := newBureau(t)
	l2, l1 := b.as("l2"), b.as("l1") // 广东省: 2; 上海市: 1 and 6
	if w := l2.get(localPath(testYear, "i", storetest.Code(1))); w.Code != http.StatusNotFound {
		t.Errorf("another province: %d", w.Code)
	}
	if w := l2.post(localPath(testYear, "i", storetest.Code(1)), "text", "越界", "do", "submit"); w.Code != http.StatusNotFound {
		t.Errorf("writing about another province: %d", w.Code)
	}
	page := l2.body(localPath(testYear))
	if !strings.Contains(page, "共 1 家") || strings.Contains(page, "示例认证机构1号") || !strings.Contains(l1.body(localPath(testYear)), "共 2 家") {
		t.Error("the lists count other provinces")
	}
	path := localPath(testYear, "i", storetest.Code(2))
	if w := l2.post(path, "text", "官网栏目更新及时。", "row", "9", "do", "check"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "建设宣传平台阵地") {
		t.Errorf("check: %d", w.Code)
	}
	if w := l2.post(path, "text", "官网栏目更新及时。", "row", "9", "do", "submit"); w.Code != http.StatusSeeOther {
		t.Fatalf("observe: %d", w.Code)
	}
	for who, at := range map[string]string{"o1": yearPath(testYear, "i", storetest.Code(2)), "r1": reviewPath(2), "l2": path} {
		if !strings.Contains(b.as(who).body(at), "官网栏目更新及时。") {
			t.Errorf("%s does not read the observation", who)
		}
	}
	if w := l2.post(path, "row", "9", "do", "check"); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("an empty observation: %d", w.Code)
	}
	if w := l2.post(localPath(testYear, "honours"), "kind", "case", "holder", "本地单位", "title", "一城一策", "text", "事迹", "do", "submit"); w.Code != http.StatusSeeOther {
		t.Fatalf("nominate: %d", w.Code)
	}
	if !strings.Contains(l2.body(localPath(testYear, "honours")), "一城一策") || strings.Contains(l1.body(localPath(testYear, "honours")), "一城一策") {
		t.Error("a place reads another's nominations, or not its own")
	}
}

// PL-12 on pages: the words, the named ones only; without a set the reason why there is no ranking.
func TestPL12RankingPage(t *testing.T) {
	b := newBureau(t)
	o1 := b.as("o1")
	if w := o1.post(yearPath(testYear, "local", "values"), "v-1-1", "2", "v-2-1", "9", "do", "submit"); w.Code != http.StatusSeeOther {
		t.Fatalf("values: %d %s", w.Code, w.Body)
	}
	page := o1.body(yearPath(testYear, "local"))
	for _, want := range []string{campaign.LocalNote, "示例指标集", "经办甲", "广东省", "其余 1 个地方不列名"} {
		if !strings.Contains(page, want) {
			t.Errorf("the ranking does not say %q", want)
		}
	}
	if strings.Contains(page, "上海市") == strings.Contains(page, "广东省") {
		t.Error("more than the top is named")
	}
	if w := o1.post(yearPath(testYear, "local", "set"), "name", "新集", "top", "1", "name-3", "活动", "weight-3", "50", "source-3", "entered", "do", "check"); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `href="#f-weight-3"`) {
		t.Errorf("a set that does not sum to 100: %d", w.Code)
	}
	storetest.Campaign(t, b.store, testYear+1, true, 2)
	if page := b.as("o1").body(yearPath(testYear+1, "local")); !strings.Contains(page, "还没有地方评价的指标集") || strings.Contains(page, "满分 100") {
		t.Error("a ranking without a set")
	}
}

// PL-19: the same engine, marked 自评/非官方, nothing stored, no code to verify.
func TestPL19SelfEvaluation(t *testing.T) {
	b := newBureau(t)
	var printed rubric.Scorecard
	b.site.SelfPaper = func(_ rubric.Sheet, c rubric.Scorecard, _ time.Time) ([]byte, error) {
		printed = c
		return []byte("%PDF-1.4"), nil
	}
	fields := []string{"institution", "某协会", "year", "2025", "clause-1", "15.1", "worth-1", "5", "title-1", "国家级奖项", "on-1", "2025-05-01"}
	for _, m := range sheetOfPoints(100, "理由") {
		fields = append(fields, "points-"+itoa(m.Row), m.Points.String(), "reason-"+itoa(m.Row), m.Reason)
	}
	before := b.head()
	w := b.as("").post("/self-evaluation", append(fields, "do", "score")...)
	page := w.Body.String()
	for _, want := range []string{"自评 · 非官方", "91.0", "国家级奖项", `id="self-t"`, `class="bar"`} {
		if w.Code != http.StatusOK || !strings.Contains(page, want) {
			t.Errorf("%d: the result does not say %q", w.Code, want)
		}
	}
	want, err := rubric.Annex2().Score(2025, sheetOfPoints(100, "理由"), []rubric.Event{{ID: "1", Clause: "15.1", Points: 500, Title: "国家级奖项", OccurredOn: "2025-05-01", State: rubric.Confirmed}})
	b.ok(err)
	if w := b.as("").post("/self-evaluation", append(fields, "do", "pdf")...); w.Header().Get("Content-Type") != "application/pdf" || store.Digest(printed) != store.Digest(want) {
		t.Errorf("%s: the paper's card is not the engine's: %+v", w.Header().Get("Content-Type"), printed)
	}
	if w := b.as("").post("/self-evaluation", append(fields, "points-1", "10.7", "worth-1", "4", "do", "score")...); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "第 1 项：得分应在") || !strings.Contains(w.Body.String(), "某协会") {
		t.Errorf("faults: %d", w.Code)
	}
	if after := b.head(); after != before {
		t.Error("a self-evaluation was stored")
	}
	var refused int
	for range 40 {
		if w := b.as("").post("/self-evaluation", append(fields, "do", "pdf")...); w.Code == http.StatusConflict {
			refused++
		}
	}
	if refused == 0 {
		t.Error("papers are printed without end")
	}
	if strings.Contains(page, "验真码 ") {
		t.Error("a self-evaluation carries a code")
	}
}

// PL-5: an institution chooses the pictures of its case among its own evidence;
// the check page names them and the nomination keeps them.
func TestPL5PicturesAreChosen(t *testing.T) {
	v, by := atPlanning(t)
	v.upload(own1("evidence"), by, "现场.png", pngDot, "row", "5", "note", "现场", "declared", "1", "name", "王经办", "post", "主任")
	files, err := v.st.EvidenceOf(t.Context(), storetest.Ref(siteYear, 1))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v %v", files, err)
	}
	name := pictureName(files[0])
	want(t, v.get(own1("honours"), by), 200, "案例图片：现场.png", `name="`+name+`"`)
	form := []string{"kind", "case", "holder", "示例认证机构1号", "title", "认证惠民生", "text", "走进社区", "name", "王经办", "post", "主任", name, "1"}
	want(t, v.post(own1("honours"), by, append(form, "do", "check")...), 200, "案例图片", "现场.png", `name="`+name+`"`)
	want(t, v.post(own1("honours"), by, append(form, "do", "submit")...), 200)
	if h, err := v.st.Honour(t.Context(), siteYear, 1); err != nil || len(h.Pictures) != 1 || h.Pictures[0] != files[0].ID {
		t.Errorf("%v %v", h.Pictures, err)
	}
	want(t, v.post("/office/2026/honours/new", v.signIn("o1"), "kind", "case", "holder", "示例", "title", "案例", "text", "内容", "code", storetest.Code(1), "pictures", "9999", "do", "submit"), 422, "编号 9999 不是本机构证据材料中的图片")
}
