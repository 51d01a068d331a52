package desk

import (
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/store/storetest"
)

var guidanceForm = GuidanceForm{Title: "关于世界认可日宣传的指导意见", Text: "请组织活动。", Numbered: true}

// GL-12: one letter to one, several or all by filter; each gets it once, a named
// person receives it, who has not is reminded once.
func TestGL12GuidanceLetters(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	h.at(real)
	one := h.to(1, campaign.Planning)
	n, err := h.WriteGuidance(ctx, officer, testYear, guidanceForm)
	must(t, err)
	must(t, h.AttachGuidance(ctx, officer, testYear, n, Upload{Name: "要点.pdf", NoState: true, File: strings.NewReader(pdfBytes)}))
	left := h.left(func() {
		sent, err := h.SendGuidance(ctx, officer, testYear, n, GuidanceTo{Codes: []string{one.Code}})
		if must(t, err); sent != 1 {
			t.Errorf("sent to %d", sent)
		}
	})
	m, ok := left[one.ID()+"/guidance/1/mail"]
	if len(left) != 1 || !ok || m.Mail.Template != "guidance" || m.Mail.Path != "guidance/1" || m.Mail.Lines[0][1] != "宣指导〔2025〕1号" || m.Mail.Lines[1][1] != "1 件，请在链接中下载" {
		t.Errorf("%+v", left)
	}
	h.unchanged(func() {
		_, err := h.SendGuidance(ctx, officer, testYear, n, GuidanceTo{Codes: []string{one.Code}})
		want(t, err, campaign.Conflict)
		want(t, h.AttachGuidance(ctx, officer, testYear, n, Upload{Name: "再.pdf", NoState: true, File: strings.NewReader(pdfBytes)}), campaign.Conflict)
	})
	if sent, err := h.SendGuidance(ctx, officer, testYear, n, GuidanceTo{Category: storetest.Institution(2).Category}); err != nil || sent < 1 {
		t.Errorf("by category: %d %v", sent, err)
	}
	v := h.visitor(one, "act")
	rec, err := h.ReceiveGuidance(ctx, v, n, signer)
	if must(t, err); rec.Number != one.ID()+"/guidance/1/receipt" {
		t.Errorf("%+v", rec)
	}
	h.unchanged(func() {
		again, err := h.ReceiveGuidance(ctx, v, n, signer)
		if must(t, err); !again.At.Equal(rec.At) || again.Digest != rec.Digest {
			t.Errorf("%+v", again)
		}
	})
	g, err := h.Store.Guidance(ctx, campaign.Ref{Year: testYear}, n)
	if must(t, err); g.Received() != 1 || *g.To[0].ByName != signer.line() {
		t.Errorf("%+v", g)
	}
	unread := len(g.To) - 1
	left = h.left(func() {
		reminded, err := h.RemindGuidance(ctx, officer, testYear, n)
		if must(t, err); reminded != unread || unread == 0 {
			t.Errorf("reminded %d of %d", reminded, unread)
		}
	})
	if _, too := left[one.ID()+"/guidance-reminder/1/mail"]; too || len(left) != unread {
		t.Errorf("%+v", left)
	}
	h.unchanged(func() {
		_, err := h.RemindGuidance(ctx, officer, testYear, n)
		want(t, err, campaign.Conflict)
	})
}

// guided sends a guidance letter to institutions and gives its number.
func (h *house) guided(codes ...string) int {
	h.t.Helper()
	n, err := h.WriteGuidance(h.t.Context(), officer, testYear, guidanceForm)
	must(h.t, err)
	_, err = h.SendGuidance(h.t.Context(), officer, testYear, n, GuidanceTo{Codes: codes})
	must(h.t, err)
	return n
}

func TestGL12GuidanceDoors(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	h.at(real)
	one, two := h.to(1, campaign.Planning), h.to(2, campaign.Planning)
	n := h.guided(one.Code)
	others, looks, acts := h.visitor(two, "act"), h.visitor(one, "view"), h.visitor(one, "act")
	h.unchanged(func() {
		_, err := h.WriteGuidance(ctx, approver, testYear, guidanceForm)
		want(t, err, campaign.Forbidden)
		_, err = h.WriteGuidance(ctx, officer, testYear, GuidanceForm{})
		want(t, err, campaign.Invalid, "title", "text")
		cites := guidanceForm
		cites.Text = "依据《中华人民共和国新闻出版法》，请组织活动。" // GL-34: no basis until it is approved
		_, err = h.WriteGuidance(ctx, officer, testYear, cites)
		want(t, err, campaign.Invalid, "text")
		_, err = h.SendGuidance(ctx, approver, testYear, n, GuidanceTo{})
		want(t, err, campaign.Forbidden)
		_, err = h.SendGuidance(ctx, officer, testYear, n, GuidanceTo{Codes: []string{"CNCA-R-1999-001"}})
		want(t, err, campaign.Invalid, "codes")
		_, err = h.SendGuidance(ctx, officer, testYear, 9, GuidanceTo{})
		want(t, err, campaign.NotFound)
		_, err = h.RemindGuidance(ctx, auditor, testYear, n)
		want(t, err, campaign.Forbidden)
		want(t, h.AttachGuidance(ctx, officer, testYear, n, Upload{Name: "x.exe", File: strings.NewReader("MZ")}), campaign.Invalid, "declared", "file")
		_, err = h.ReceiveGuidance(ctx, others, n, signer)
		want(t, err, campaign.NotFound)
		_, err = h.ReceiveGuidance(ctx, looks, n, signer)
		want(t, err, campaign.Forbidden)
		_, err = h.ReceiveGuidance(ctx, acts, n, Signer{})
		want(t, err, campaign.Invalid, "name", "post")
	})
}
