package web

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/desk"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

// totalled brings the bureau's year to its end with the points lost by row of
// each institution, and publishes it as the workflow of the year does.
func (b *bureau) totalled(lost ...rubric.Points) {
	b.t.Helper()
	b.concluded()
	for i, l := range lost {
		b.write(func(ctx context.Context, tx *store.Tx) {
			ref := storetest.Ref(testYear, i+1)
			results, err := tx.Results(ctx, ref)
			b.ok(err)
			card, err := rubric.Annex2().Score(testYear, sheetOfPoints(l, "见材料"), nil)
			b.ok(err)
			b.ok(tx.AddResult(ctx, ref, store.Result{Version: len(results) + 1, Scored: true, Total: card.Total, Card: card, At: b.day}))
		})
	}
	storetest.Reviewed(b.t, b.store, testYear, b.day)
	b.write(func(ctx context.Context, tx *store.Tx) {
		d, err := tx.LastDraft(ctx, testYear)
		b.ok(err)
		b.ok(tx.AddRelease(ctx, d, "o1", b.day))
		b.ok(tx.AddPublication(ctx, testYear, "o1", b.day, []int{}))
		var listed []string
		for _, n := range d.Body.Excellent {
			listed = append(listed, n.Code)
		}
		_, err = tx.Numbers(ctx, campaign.CertificatePaper.Series(), testYear, listed)
		b.ok(err)
	})
}

// prints records the report of a version; its bytes are the test's own.
func (b *bureau) prints(version int, verify, bytes string) {
	b.t.Helper()
	b.write(func(ctx context.Context, tx *store.Tx) {
		tx.Queue(store.Intent{Key: contract.ReportKey(testYear, version), Kind: store.PaperIntent, Ref: contract.Ref{Year: testYear}, Body: store.PaperBody{Kind: campaign.ReportPaper, N: version, Version: version, Date: campaign.DayOf(b.day)}})
	})
	b.write(func(ctx context.Context, tx *store.Tx) {
		b.ok(tx.AddPaper(ctx, store.Paper{Key: contract.ReportKey(testYear, version), Year: testYear, Kind: campaign.ReportPaper, Number: campaign.ReportPaper.Number(testYear, version), Verify: verify, PDF: []byte(bytes), At: b.day}))
	})
}

var (
	anchoredAt = regexp.MustCompile(`<(?:td|dd|span)[^>]*? id="([^"]+)"[^>]*>([^<]*)<`)
	figureRow  = regexp.MustCompile(`(?s)<tr id="([^"]+)">.*?data-label="值">([^<]*)</td>`)
	saidLine   = regexp.MustCompile(`<p>(?:[^<]|<a href="#[^>]*>|</a>)*</p>`)
)

// shownNumbers are the numbers of a page by the id under which they stand.
func shownNumbers(page string) map[string]string {
	out := map[string]string{}
	for _, m := range anchoredAt.FindAllStringSubmatch(page, -1) {
		out[m[1]] = m[2]
	}
	return out
}

// saidLines are the sentences of a page whose numbers are anchored.
func saidLines(page string) []string {
	return slices.DeleteFunc(saidLine.FindAllString(page, -1), func(p string) bool { return !strings.Contains(p, `href="#`) })
}

// PL-13: before the results are published nobody sees the special report; then
// everybody reads the numbers and sentences that the office does, and the paper
// as it is recorded.
func TestPL13ReportIsEverybodys(t *testing.T) {
	b := newBureau(t)
	public, path := b.as(""), reportPath(testYear)
	for _, p := range []string{path, path + ".pdf", "/results/2039/report", "/results/2039/report.pdf"} {
		if w := public.get(p); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "尚未公布") {
			t.Errorf("%s before publication: %d %s", p, w.Code, summaryOf(w.Body.String()))
		}
	}
	b.totalled(0, 150, 150, 150, 150, 200)
	office, page := b.as("a1").body(yearPath(testYear, "figures")), public.body(path)
	shown, read := shownNumbers(page), 0
	for _, m := range figureRow.FindAllStringSubmatch(office, -1) {
		id, want := m[1], m[2]
		if strings.HasPrefix(id, "province-") && !strings.HasPrefix(id, "province-all-") {
			want = "" // of few
		}
		if strings.HasPrefix(id, "rate-") {
			want += "%"
		}
		if read++; shown[id] != want {
			t.Errorf("%s: the office reads %q, everybody %q", id, want, shown[id])
		}
	}
	if read < 60 || shown["mean"] == "" || shown["row-16"] == "" || shown["excellent"] != "1" {
		t.Errorf("%d numbers at the office, everybody reads %v", read, shown)
	}
	if s := saidLines(page); len(s) < 2 || !slices.Equal(s, saidLines(office)) {
		t.Errorf("everybody reads %q, the office %q", s, saidLines(office))
	}
	for _, words := range []string{"参评情况", "总分分布", "一级指标平均得分", "各项指标平均得分", "分省情况", "存在的主要问题", "优秀单位名单", "更正记录", "第 1 版，没有更正", storetest.Institution(1).Name, "PDF 文本正在制作"} {
		if !strings.Contains(page, words) {
			t.Errorf("the page does not say %s", words)
		}
	}
	for _, row := range rubric.Annex2().Rows {
		if !strings.Contains(page, row.Title) {
			t.Errorf("the page has no row %d", row.No)
		}
	}
	for i := 2; i <= 6; i++ {
		if strings.Contains(page, storetest.Institution(i).Name) || strings.Contains(page, storetest.Code(i)) {
			t.Errorf("the page names one off the list: %s", storetest.Code(i))
		}
	}
	names, err := b.store.StaffNames(t.Context())
	b.ok(err)
	hidden := []string{"select ", "/office/", "待认定", "风险警示提请"}
	for _, n := range names {
		hidden = append(hidden, n)
	}
	for _, h := range hidden {
		if strings.Contains(page, h) {
			t.Errorf("the page shows %q", h)
		}
	}
	if w := public.get(path + ".pdf"); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "正在制作") {
		t.Errorf("the paper before it is printed: %d", w.Code)
	}
	if results := public.body("/results/" + itoa(testYear)); !strings.Contains(results, `href="`+path+`"`) || strings.Contains(results, `href="`+path+`.pdf"`) {
		t.Error("the results do not lead to the report, or lead to a paper that is not there")
	}
	const bytes = "%PDF-1.7\nthe report\n%%EOF\n"
	b.prints(1, "REPORT-1", bytes)
	w := public.get(path + ".pdf")
	h := w.Header()
	if w.Code != http.StatusOK || w.Body.String() != bytes || h.Get("Content-Type") != "application/pdf" || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Content-Length") != itoa(len(bytes)) ||
		!strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors 'self'") || !strings.HasPrefix(h.Get("Content-Disposition"), "inline; filename*=utf-8''") || !strings.HasSuffix(h.Get("Content-Disposition"), ".pdf") {
		t.Errorf("%d %v", w.Code, h)
	}
	for _, at := range []string{path, "/results/" + itoa(testYear), "/v/REPORT-1"} {
		if !strings.Contains(public.body(at), `href="`+path+`.pdf"`) {
			t.Errorf("%s does not lead to the paper", at)
		}
	}
}

// A correction makes a report of its own: the page says what it changes, the paper
// of before is not handed out any more, and its code leads to the one that stands.
func TestPL13ReportOfACorrection(t *testing.T) {
	b := newBureau(t)
	b.totalled(0, 50, 150, 150, 150, 150)
	b.prints(1, "REPORT-1", "%PDF-1.7 one")
	public, path := b.as(""), reportPath(testYear)
	if n := shownNumbers(public.body(path)); n["excellent"] != "2" || n["mean"] != "" || n["row-1"] != "" { // four are off the list
		t.Errorf("%v", n)
	}
	b.ok(b.desk.Correct(t.Context(), b.member("o1"), testYear, desk.CorrectionForm{Kind: "remove", Code: storetest.Code(2), Reason: "材料不实", Basis: "核查结论〔2026〕2号"}))
	b.write(func(ctx context.Context, tx *store.Tx) { // and a mean moves, which the record of corrections would tell
		ref := storetest.Ref(testYear, 3)
		results, err := tx.Results(ctx, ref)
		b.ok(err)
		card, err := rubric.Annex2().Score(testYear, sheetOfPoints(200, "见材料"), nil)
		b.ok(err)
		b.ok(tx.AddResult(ctx, ref, store.Result{Version: len(results) + 1, Scored: true, Total: card.Total, Card: card, At: b.day}))
	})
	storetest.Reviewed(t, b.store, testYear, b.day)
	b.ok(b.desk.Reissue(t.Context(), b.member("o1"), testYear))
	page := public.body(path)
	for _, words := range []string{"第 2 版", "材料不实", "去掉 " + storetest.Institution(2).Name, "为免推知个别机构的得分", "正在制作"} {
		if !strings.Contains(page, words) {
			t.Errorf("the page does not say %q", words)
		}
	}
	// five are off the list, but the points of one of them were on it
	if n := shownNumbers(page); n["excellent"] != "1" || n["mean"] != "" || strings.Contains(page, `id="bands-t"`) || strings.Contains(page, "平均得分由") {
		t.Errorf("%v", n)
	}
	if results := public.body("/results/" + itoa(testYear)); !strings.Contains(results, "材料不实") || strings.Contains(results, `id="dist-t"`) || strings.Contains(results, "平均得分由") {
		t.Error("the results give away what the report keeps back")
	}
	if w := public.get(path + ".pdf"); w.Code != http.StatusNotFound {
		t.Errorf("the paper of before is handed out: %d", w.Code)
	}
	b.day = b.day.AddDate(0, 0, 1)
	b.prints(2, "REPORT-2", "%PDF-1.7 two")
	if got := public.body(path + ".pdf"); got != "%PDF-1.7 two" {
		t.Errorf("%q", got)
	}
	if old := public.body("/v/REPORT-1"); !strings.Contains(old, campaign.ReportPaper.Number(testYear, 2)+" 代替") || !strings.Contains(old, "在线阅读现行的一版") || strings.Contains(old, path+".pdf") {
		t.Errorf("the code of the paper of before does not lead to the one that stands: %s", old)
	}
}
