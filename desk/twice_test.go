package desk

import (
	"context"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/store"
)

// same checks that the second receipt is the first one.
func same(t *testing.T, first, again Receipt) {
	t.Helper()
	if again.Number != first.Number || again.What != first.What || again.Digest != first.Digest || !again.At.Equal(first.At) || again.Late != first.Late {
		t.Errorf("%+v, then %+v", first, again)
	}
}

// A form that is sent twice is one act: the second click shows the receipt of
// the first, also when the year has moved on meanwhile, and writes nothing.
func TestSentTwice(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref := h.seated(1)
	v := h.visitor(ref, "act")
	twice := func(later func(), do func() (Receipt, error)) {
		t.Helper()
		first, err := do()
		must(t, err)
		later()
		h.unchanged(func() {
			again, err := do()
			must(t, err)
			same(t, first, again)
		})
	}
	nothing := func() {}
	sheet := func(who string) func() (Receipt, error) {
		return func() (Receipt, error) { return h.HandInSheet(ctx, person(who), ref, fullMarks()) }
	}
	twice(nothing, sheet("r1"))
	twice(func() { h.frozen(ref) }, sheet("r2")) // the second sheet sets the year going
	h.to(1, campaign.Served)
	appeal := func(rows ...AppealRow) func() (Receipt, error) {
		return func() (Receipt, error) { return h.FileAppeal(ctx, v, rows, signer) }
	}
	two := appeal(AppealRow{2, " 一 "}, AppealRow{5, "二"})
	twice(nothing, two)
	h.at(h.now().Add(time.Minute))
	twice(func() { h.at(h.rules.Calendar.Result.End()) }, appeal(AppealRow{3, "三"}))
	twice(nothing, two)
	h.unchanged(func() {
		for _, rows := range [][]AppealRow{{{2, "一"}}, {{2, "一"}, {3, "三"}}, {{2, "一"}, {5, "另"}}, {{2, "一"}, {2, "一"}}} {
			_, err := appeal(rows...)()
			want(t, err, campaign.Conflict)
		}
		_, err := h.FileAppeal(ctx, v, []AppealRow{{2, "一"}, {5, "二"}}, Signer{Name: "他人", Post: "主任"})
		want(t, err, campaign.Conflict)
	})
}

func TestFileSentTwice(t *testing.T) {
	h := newHouse(t)
	v := h.visitor(h.to(1, campaign.Collecting), "act")
	first, err := h.upload(v, "a.pdf", pdfBytes)
	must(t, err)
	h.unchanged(func() {
		again, err := h.upload(v, "a.pdf", pdfBytes)
		must(t, err)
		same(t, first, again)
	})
}

func TestWarningActSentTwice(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref := h.accused(1)
	v := h.visitor(ref, "act")
	staff := func(id string, act campaign.WarningAct, text string) func() (Receipt, error) {
		return func() (Receipt, error) { return h.WarnByStaff(ctx, person(id), ref, act, text) }
	}
	body := func(act campaign.WarningAct, text string) func() (Receipt, error) {
		return func() (Receipt, error) { return h.WarnByInstitution(ctx, v, act, text, signer) }
	}
	upload := func() (Receipt, error) {
		return h.AddCaseFile(ctx, v, store.AboutRectification, Upload{Name: "证明.pdf", NoState: true, File: strings.NewReader(pdfBytes)}, signer)
	}
	var receipts []Receipt
	for _, do := range []func() (Receipt, error){
		staff("o1", campaign.ActNotice, "事由"), body(campaign.ActReply, "已经改正"), body(campaign.ActWaive, ""), staff("g1", campaign.ActPass, "合法"), staff("a1", campaign.ActSign, "同意"), staff("a2", campaign.ActSign, "同意"),
		body(campaign.ActAck, ""), body(campaign.ActPlan, "三周完成"), upload, body(campaign.ActRectify, "整改完毕"), staff("o2", campaign.ActReturn, "证据不足"), body(campaign.ActRectify, "整改完毕"), staff("o2", campaign.ActLift, "符合要求"),
	} {
		rec, err := do()
		must(t, err)
		receipts = append(receipts, rec)
		h.unchanged(func() {
			again, err := do()
			must(t, err)
			same(t, rec, again)
			if rec.Number == ref.ID()+"/warning/6" { // the other signed meanwhile
				again, err = staff("a1", campaign.ActSign, "同意")()
				must(t, err)
				same(t, receipts[4], again)
			}
		})
	}
	if n := h.count("warning_act"); n != 12 || receipts[9].Number == receipts[11].Number {
		t.Errorf("%d acts: %+v", n, receipts)
	}
}

// Once the final notice is drawn up a ruling or a request would be receipted
// and heard by nobody.
func TestNothingReachesADrawnUpResult(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref := h.appealed(1)
	h.write(func(_ context.Context, tx *store.Tx) error {
		tx.Queue(store.Intent{Key: ref.ID() + "/final", Kind: store.MailIntent, Ref: ref, Body: store.MailBody{Template: "final-result", To: "institution", Date: real}})
		return nil
	})
	h.unchanged(func() {
		_, err := h.DecideAppeal(ctx, person("r3"), ref, []Ruling{{2, 1000, "材料属实"}})
		want(t, err, campaign.Conflict)
		if !strings.Contains(err.Error(), "结果正在确定") {
			t.Error(err)
		}
		_, err = h.FileAppeal(ctx, h.visitor(ref, "act"), []AppealRow{{5, "补充"}}, signer)
		want(t, err, campaign.Conflict)
	})
}

// What is refused leaves no bytes behind: else a link could fill the disk.
func TestRefusedFilesLeaveNothing(t *testing.T) {
	h := newHouse(t)
	dir := t.TempDir()
	var err error
	h.Blobs, err = store.OpenBlobs(dir)
	must(t, err)
	v := h.visitor(h.to(1, campaign.Collecting), "act")
	must(t, exec(h, `insert into evidence (year, code, row, name, media, size, digest, note, by_name, at) values ($1,$2,1,'x','x',$3,repeat('a',64),'','x',now())`, testYear, v.Ref.Code, YearLimit-10))
	for name, data := range map[string]string{"假.pdf": "MZ", "断.pdf": "%PDF-1.4\n", "图.png": jpgBytes, "包.docx": "PK\x03\x04no", "真.pdf": pdfBytes} {
		_, err := h.upload(v, name, data)
		want(t, err, campaign.Invalid)
	}
	must(t, fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			t.Errorf("left %s", path)
		}
		return err
	}))
}
