package web

import (
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

// S10: of several papers of one institution the last of its kind stands; certificates stand side by side.
func TestS10Standing(t *testing.T) {
	day := func(d string) time.Time { return campaign.Day(d).Morning() }
	first := store.Paper{Key: "r/1", Kind: campaign.ResultPaper, Number: "宣评告〔2026〕1号", At: day("2027-03-25")}
	second := store.Paper{Key: "r/2", Kind: campaign.ResultPaper, Number: "宣评告〔2026〕9号", At: day("2027-03-28")}
	final := store.Paper{Key: "f/2", Kind: campaign.FinalPaper, Number: "宣评终〔2026〕1号", At: day("2027-04-20")}
	early := store.Paper{Key: "f/1", Kind: campaign.FinalPaper, Number: "宣评终〔2026〕0号", At: day("2027-03-26")}
	cert := store.Paper{Key: "c/1", Kind: campaign.CertificatePaper, At: day("2027-05-01")}
	other := store.Paper{Key: "c/2", Kind: campaign.CertificatePaper, At: day("2027-05-02")}
	all := []store.Paper{first, second, final, cert, other}
	for _, c := range []struct {
		paper       store.Paper
		all         []store.Paper
		state, note string
	}{
		{first, []store.Paper{first, cert}, "有效", ""}, {first, []store.Paper{first, second}, "已更新", "9号"}, {second, []store.Paper{first, second}, "有效", ""},
		{first, all, "已更新", final.Kind.Chinese()}, {second, all, "已更新", final.Number}, {final, all, "有效", ""},
		{second, []store.Paper{first, early, second}, "已更新", early.Number}, {early, []store.Paper{early, final}, "已更新", final.Number},
		{cert, all, "有效", ""}, {other, all, "有效", ""},
	} {
		state, note := standing(c.paper, c.all)
		if state != c.state || !strings.Contains(note, c.note) || (note == "") != (c.note == "") {
			t.Errorf("%s among %d: %s %s, want %s %s", c.paper.Key, len(c.all), state, note, c.state, c.note)
		}
	}
}

// S10: a superseded notice says so as soon as the later paper exists, and a copied code shows the
// institution it was issued to.
func TestS10VerifyPage(t *testing.T) {
	v := openSite(t, false, 2)
	served(v)
	v.srv.Certificates = []byte("-----BEGIN CERTIFICATE-----\n")
	a := v.get("/v/XP26-002K7", who{})
	want(t, a, 200, "示例认证机构2号", ">有效<")
	if strings.Contains(a.body, "示例认证机构1号") {
		t.Error("another institution is named")
	}
	ref := storetest.Ref(siteYear, 2)
	key := ref.ID() + "/final/2"
	v.write(func(tx *store.Tx) error {
		tx.Queue(store.Intent{Key: key, Kind: store.PaperIntent, Ref: ref, Body: store.PaperBody{Kind: campaign.FinalPaper, N: 2, Version: 2, Date: "2027-04-20"}})
		return nil
	})
	v.write(func(tx *store.Tx) error {
		return tx.AddPaper(t.Context(), store.Paper{Key: key, Year: siteYear, Code: ref.Code, Kind: campaign.FinalPaper, Number: campaign.FinalPaper.Number(2027, 2), Verify: "FFFF-2222", PDF: []byte("%PDF-1.4"), At: v.now})
	})
	want(t, v.get("/v/XP26-002K7", who{}), 200, ">有效<") // printed, not served yet
	v.stage(2, "", campaign.Final)
	want(t, v.get("/v/XP26-002K7", who{}), 200, "已更新", "最终结果告知书", "代替")
	want(t, v.get("/v/FFFF-2222", who{}), 200, ">有效<", "示例认证机构2号")
	want(t, v.get("/v/XP26-001K7", who{}), 200, ">有效<")
	want(t, v.get("/v/certificates.pem", who{}), 200, "BEGIN CERTIFICATE")
	v.srv.Certificates = nil
	want(t, v.get("/v/certificates.pem", who{}), 404)
}
