package desk

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/rubric"
	"xuanping/store"
)

// shown gives an institution evidence in the rows of some marks.
func (h *house) shown(ref contract.Ref, marks []rubric.Mark) {
	h.t.Helper()
	h.write(func(ctx context.Context, tx *store.Tx) error {
		for _, m := range marks {
			e := store.Evidence{Row: m.Row, Name: fmt.Sprintf("材料%d.pdf", m.Row), Media: "application/pdf", Size: 9, Digest: store.Digest(m.Row), ByName: "王经办", At: real}
			if _, err := tx.AddEvidence(ctx, ref, e); err != nil {
				return err
			}
		}
		return nil
	})
}

// AN-1: full points for a row in which nothing was shown are refused without a
// reason; with a reason, with evidence, or as no points at all they are not.
func TestAN1PointsWithoutEvidenceNeedAReason(t *testing.T) {
	h := newHouse(t)
	ctx, ref := t.Context(), h.seated(1)
	marks := fullMarks()
	for i := range marks {
		row, _ := h.Table.Row(marks[i].Row)
		marks[i].Points, marks[i].Reason = row.Max, ""
	}
	h.shown(ref, slices.Delete(slices.Clone(marks), 3, 4))
	marks[0].Reason = "材料齐全"
	h.unchanged(func() {
		_, err := h.HandInSheet(ctx, person("r1"), ref, marks)
		want(t, err, campaign.Invalid, "row-4")
		marks[3].Reason = " 　"
		_, err = h.HandInSheet(ctx, person("r1"), ref, marks)
		want(t, err, campaign.Invalid, "row-4")
	})
	rule, err := h.ReviewRule(ctx, h.Store.Reader, store.Campaign{}, ref)
	must(t, err)
	none := []rubric.Mark{{Row: 4, Points: 0}} // below full wants its reason, once
	if faults, _ := rule.Check(none, false).(rubric.SheetErrors); len(faults) != 1 || faults[0].Row != 4 {
		t.Errorf("no points, no reason: %v", faults)
	}
	marks[3].Reason = "官网已核对，公开信息完整"
	_, err = h.HandInSheet(ctx, person("r1"), ref, marks)
	must(t, err)
}

// determined registers a deduction of an institution and has it determined.
func (h *house) determined(ref contract.Ref) int64 {
	h.t.Helper()
	ctx := h.t.Context()
	id, err := h.RegisterEvent(ctx, officer, ref, EventForm{Clause: "16.2", Title: "公众号信息失实", Source: "核查结论", OccurredOn: today})
	must(h.t, err)
	must(h.t, h.MoveEvent(ctx, officer, ref, id, EventMoveForm{Act: campaign.EventInquire, Text: "立项"}))
	must(h.t, h.MoveEvent(ctx, officer, ref, id, EventMoveForm{Act: campaign.EventTell, Text: "拟认定", Finding: campaign.Finding{Source: campaign.SourceInspection, Relevance: campaign.Relevant, Points: 300, Severity: "影响较广"}}))
	moves, err := h.Store.EventMoves(ctx, ref)
	must(h.t, err)
	_, err = h.ReplyEvent(ctx, h.visitor(ref, "act"), *moves[len(moves)-1].Notice, "已更正", signer)
	must(h.t, err)
	must(h.t, h.MoveEvent(ctx, approver, ref, id, EventMoveForm{Act: campaign.EventEstablish, Text: "事实清楚"}))
	return id
}

func markAt(marks []rubric.Mark, row int, change func(*rubric.Mark)) []rubric.Mark {
	out := slices.Clone(marks)
	change(&out[row-1])
	return out
}

// AN-3, R-17: rows 3, 11 and 13 keep their outcome part unless a determined
// event of that institution is chosen; handed in, as a draft and from a file alike.
func TestAN3OutcomeLoweredForADeterminedEventOnly(t *testing.T) {
	h := newHouse(t)
	ctx, ref, other := t.Context(), h.seated(1), h.seated(2)
	r1 := person("r1")
	id, theirs := strconv.FormatInt(h.determined(ref), 10), strconv.FormatInt(h.determined(other), 10)
	lowered := func(event string) []rubric.Mark {
		return markAt(fullMarks(), 3, func(m *rubric.Mark) {
			*m = rubric.Mark{Row: 3, Points: 150, Lowered: 250, Event: event, Reason: "信息失实"}
		})
	}
	h.unchanged(func() {
		_, err := h.HandInSheet(ctx, r1, ref, markAt(fullMarks(), 3, func(m *rubric.Mark) { m.Points, m.Reason = 200, "不太好" }))
		want(t, err, campaign.Invalid, "row-3")
		_, err = h.HandInSheet(ctx, r1, ref, lowered(theirs))
		want(t, err, campaign.Invalid, "row-3")
	})
	out, err := h.SheetFile(ctx, r1, ref)
	must(t, err)
	rows, err := readExcel(out)
	must(t, err)
	if !strings.Contains(rows[4][4], "认定事项 "+id) || !strings.Contains(rows[4][4], "第16项已扣 3.0 分") {
		t.Errorf("the file does not list the determined event: %q", rows[4][4])
	}
	back, err := h.TakeSheetFile(ctx, r1, ref, filled(t, out, map[string]any{"F5": 1.5, "G5": "信息失实", "F13": 3, "G13": "处置迟缓", "H13": 1, "I13": theirs}))
	must(t, err)
	back2, err := readExcel(back)
	must(t, err)
	if !strings.Contains(back2[4][columnSay], "没有选定认定的事项不得降低") || !strings.Contains(back2[12][columnSay], "不是本机构已经认定") {
		t.Errorf("the file came back with %q, %q", back2[4], back2[12])
	}
	again, err := h.TakeSheetFile(ctx, r1, ref, filled(t, back, map[string]any{"H5": 2.5, "I5": id, "H13": "", "I13": ""}))
	if err != nil || again != nil {
		t.Fatalf("mended: %d bytes, %v", len(again), err)
	}
	draft, err := h.DraftMarks(ctx, r1, ref)
	must(t, err)
	if draft[0] != lowered(id)[2] {
		t.Errorf("read from the file: %+v, want %+v", draft[0], lowered(id)[2])
	}
	_, err = h.HandInSheet(ctx, r1, ref, lowered(id))
	must(t, err)
	sheets, err := h.Store.SheetsOf(ctx, ref)
	must(t, err)
	if sheets[0].Marks[2] != lowered(id)[2] {
		t.Errorf("kept: %+v", sheets[0].Marks[2])
	}
}

// AN-12: the reason of row 12 names each late 48-hour report or ticks 已考虑, on
// the page and in the file; it is stored with the mark.
func TestAN12LateReportsInDeskAndFile(t *testing.T) {
	h := newHouse(t)
	ctx, ref, r1 := t.Context(), h.seated(1), person("r1")
	h.write(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.AddIncident(ctx, lateIncident(ref))
		return err
	})
	h.unchanged(func() {
		_, err := h.HandInSheet(ctx, r1, ref, fullMarks())
		want(t, err, campaign.Invalid, "row-12")
	})
	out, err := h.SheetFile(ctx, r1, ref)
	must(t, err)
	rows, err := readExcel(out)
	must(t, err)
	if !strings.Contains(rows[13][4], "逾期的48小时报告：1 号") {
		t.Errorf("the file does not name the late report: %q", rows[13])
	}
	back, err := h.TakeSheetFile(ctx, r1, ref, filled(t, out, map[string]any{"F14": 5, "G14": "机制健全"}))
	must(t, err)
	if got, err := readExcel(back); err != nil || !strings.Contains(got[13][columnSay], "第 1 号") {
		t.Errorf("silent about the late report: %v %v", got, err)
	}
	if again, err := h.TakeSheetFile(ctx, r1, ref, filled(t, back, map[string]any{"J14": "是"})); err != nil || again != nil {
		t.Fatalf("ticked: %d bytes, %v", len(again), err)
	}
	_, err = h.HandInSheet(ctx, r1, ref, markAt(fullMarks(), 12, func(m *rubric.Mark) { m.Considered = true }))
	must(t, err)
	sheets, err := h.Store.SheetsOf(ctx, ref)
	must(t, err)
	if !sheets[0].Marks[11].Considered {
		t.Error("the tick is not kept with the mark")
	}
	two := h.seated(2)
	h.write(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.AddIncident(ctx, lateIncident(two))
		return err
	})
	_, err = h.HandInSheet(ctx, r1, two, markAt(fullMarks(), 12, func(m *rubric.Mark) { m.Reason = "第 1 号报告逾期，机制健全" }))
	must(t, err)
}

// lateIncident is an incident whose report came a day too late.
func lateIncident(ref contract.Ref) store.Incident {
	return store.Incident{Year: ref.Year, Code: ref.Code, What: "系统故障", Activity: "产品认证", OccurredAt: real.Add(-72 * time.Hour), At: real}
}
