package activities

import (
	"context"
	"os"
	command "os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

// read gives the words of an institution's paper of a kind as they are laid out.
func (o *office) read(ref campaign.Ref, kind campaign.Paper) string {
	o.t.Helper()
	papers, err := o.Store.Papers(o.t.Context(), ref)
	must(o.t, err)
	for _, p := range papers {
		if p.Kind != kind {
			continue
		}
		full, err := o.Store.PaperByKey(o.t.Context(), p.Key)
		must(o.t, err)
		file := filepath.Join(o.t.TempDir(), "paper.pdf")
		must(o.t, os.WriteFile(file, full.PDF, 0o600))
		text, err := command.Command("pdftotext", "-layout", file, "-").Output()
		must(o.t, err)
		return string(text)
	}
	o.t.Fatalf("%v has no %s", ref, kind.Chinese())
	return ""
}

// says looks for words in a paper, whatever its lines break.
func (o *office) says(text string, words ...string) {
	o.t.Helper()
	flat := strings.Join(strings.Fields(text), "")
	for _, w := range words {
		if !strings.Contains(flat, strings.Join(strings.Fields(w), "")) {
			o.t.Errorf("no %q in\n%s", w, text)
		}
	}
}

// The special report and the public page publish the same figures: who has left
// is in none of them, and the mean is rounded in one way.
func TestReportLeavesOutWhoLeft(t *testing.T) {
	o := newOffice(t, true, 6)
	c := o.rules.Calendar
	for i, less := range map[int]rubric.Points{1: 50, 2: 0, 3: 0, 4: 0, 5: 0, 6: 300} {
		run(o, o.serve, o.at(o.scored(i, less), c.Result))
	}
	o.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.SetLeft(ctx, storetest.Ref(testYear, 6), "merged", c.Result.Add(1).Morning())
	})
	run(o, o.report, contract.CampaignAt{Year: testYear, At: c.Publication.Morning()})
	o.says(o.read(campaign.Ref{Year: testYear}, campaign.ReportPaper), "共有5家机构参加，5家完成评审，平均得分98.6分", "29.6/30.0")
}

// Feature 10: the report says how far the places hold, without a name, and
// nothing over so few that it would point at somebody; nor does it print a mean
// that would (PL-2): everybody may read it.
func TestReportTellsHowFarPlacesHold(t *testing.T) {
	for n, told := range map[int]bool{fewestPeers: true, fewestPeers - 1: false} {
		o := newOffice(t, true, n)
		c := o.rules.Calendar
		for i := range n {
			run(o, o.serve, o.at(o.scored(i+1, rubric.Points(50*i)), c.Result))
		}
		run(o, o.report, contract.CampaignAt{Year: testYear, At: c.Publication.Morning()})
		text := strings.Join(strings.Fields(o.read(campaign.Ref{Year: testYear}, campaign.ReportPaper)), "")
		if got := regexp.MustCompile(`结果稳健性：.*种情形下重新计算，\d+家机构的名次会有变化`).MatchString(text); got != told {
			t.Errorf("%d institutions: told %v, want %v\n%s", n, got, told, text)
		}
		numbers, err := o.ReportNumbers(t.Context(), testYear) // PL-13: those inside sentences too
		must(t, err)
		anchored, printed := map[string]bool{}, 0
		for _, x := range numbers {
			if x.Printed != "" {
				printed++
			}
			if anchored[x.ID] = x.Printed != ""; !x.Holds() {
				t.Errorf("%s: the report prints %q, the query answers %s", x.ID, x.Printed, x.Figure)
			}
		}
		if told != (printed >= 40) {
			t.Errorf("%d institutions: %d numbers of the report have an anchor", n, printed)
		}
		for id, there := range map[string]bool{"threshold": true, "mean": told, "robust-scenarios": told, "robust-ranks": told, "robust-warnings": told} {
			if anchored[id] != there {
				t.Errorf("%d institutions: %s is anchored: %v", n, id, anchored[id])
			}
		}
	}
}

// RV-1: when two sheets are too far apart and the third seat gave none, the notice
// says so and names the rows; the mean is what counts.
func TestRV1UnresolvedDifferenceIsTold(t *testing.T) {
	o := newOffice(t, true, 2)
	c := o.rules.Calendar
	apart, near := o.to(1, toScoring...), o.scored(2, 50)
	o.write(func(ctx context.Context, tx *store.Tx) error {
		for n, who := range []string{"r1", "r2"} {
			given := marks(50)
			given[2].Points -= rubric.Points(n) * 200
			given[6].Points -= rubric.Points(n) * 200
			given[7].Points -= rubric.Points(n) * o.rules.Settings.Threshold // at the threshold, not beyond it
			if err := tx.AddSeat(ctx, apart, n+1, who, c.ScoringDue, c.SelfScoreDue.Morning()); err != nil {
				return err
			}
			if _, err := tx.AddSheet(ctx, apart, who, given, c.ScoringDue.Morning()); err != nil {
				return err
			}
		}
		return tx.AddSeat(ctx, apart, 3, "r3", c.ScoringClose, c.ScoringDue.Morning()) // silent
	})
	o.waits(apart, "两份打分的差异未决")
	o.decided(apart, "没有可指派的第三名专家")
	for ref, told := range map[campaign.Ref]bool{apart: true, near: false} {
		run(o, o.serve, o.at(ref, c.Result))
		text := strings.Join(strings.Fields(o.read(ref, campaign.ResultPaper)), "")
		if got := strings.Contains(text, "未决差异：评审中第3、7项两名评审专家的打分差异超过设定的阈值（1.5分）"); got != told {
			t.Errorf("%v: told %v\n%s", ref, got, text)
		}
	}
}

// Handing in nothing is not zero points (WF-5), on none of the three papers.
func TestPapersOfWhoHandedInNothing(t *testing.T) {
	o := newOffice(t, true, 1)
	c := o.rules.Calendar
	ref := o.to(1, campaign.Planning, campaign.Collecting, campaign.SelfScore)
	run(o, o.serve, o.at(ref, c.Result))
	run(o, o.finalize, o.at(ref, c.Final))
	o.to(1, campaign.Served, campaign.Final)
	run(o, o.conclude, o.at(ref, c.Publication))
	for _, kind := range []campaign.Paper{campaign.ResultPaper, campaign.FinalPaper, campaign.YearReportPaper} {
		text := o.read(ref, kind)
		o.says(text, "未提交")
		if n := len(regexp.MustCompile(`\s—\s`).FindAllString(text, -1)); n != 15 {
			t.Errorf("%s: %d rows and totals without a figure, want 15\n%s", kind.Chinese(), n, text)
		}
	}
}

// The item of an earlier year that takes this year's points is named on the paper.
func TestPaperNamesTheEarlierPublication(t *testing.T) {
	o := newOffice(t, false, 1)
	next := testYear + 1
	storetest.Campaign(t, o.Store, next, false, 1)
	day := time.Date(testYear, 6, 3, 12, 0, 0, 0, campaign.Beijing)
	for year, title := range map[int]string{testYear: "首次报道", next: "再次报道"} {
		o.write(func(ctx context.Context, tx *store.Tx) error {
			ref := storetest.Ref(year, 1)
			id, err := tx.AddEvent(ctx, store.Event{Year: year, Code: ref.Code, Clause: "15.3a", Points: 200, Matter: "专访", Title: title, Source: "报纸",
				OccurredOn: day.AddDate(year-testYear, 0, 0), By: "o1", At: day})
			if err != nil {
				return err
			}
			return tx.AddEventRuling(ctx, ref, id, true, "材料齐全", "a1", day)
		})
	}
	ref := storetest.Ref(next, 1)
	o.write(func(ctx context.Context, tx *store.Tx) error {
		for _, s := range toScoring[:3] {
			if err := tx.SetStage(ctx, ref, s, "", day); err != nil {
				return err
			}
		}
		return nil
	})
	at := storetest.Rules(t, next).Calendar.Result
	o.Clock = at.Morning
	run(o, o.serve, o.at(ref, at))
	text := o.read(ref, campaign.ResultPaper)
	o.says(text, "首次报道", "再次报道")
	if strings.Contains(text, "如适用于整个加分项") {
		t.Error("the other reading gives the same total and is told as if it did not")
	}
}

// A decision gives the reasons of those who signed it, not a sentence of its own (RW-5).
func TestDecisionQuotesItsSignatories(t *testing.T) {
	o := newOffice(t, true, 1)
	ref, day := o.accused(1), o.rules.Calendar.Publication
	o.did(ref, campaign.ActNotice, string(campaign.Officer), "o1", "事由")
	o.did(ref, campaign.ActReply, "", "", "已经改正\n—— 王经办（主任）")
	o.did(ref, campaign.ActSign, string(campaign.Approver), "a1", "改正属实但影响已经造成")
	o.did(ref, campaign.ActSign, string(campaign.Approver), "a2", "同意实施警示")
	run(o, o.warn, contract.WarnIn{Ref: ref, Case: 7, State: campaign.Issued, Act: campaign.ActSign, Round: 5, At: day.Add(20).Morning(), Due: day.Add(30)})
	text := o.read(ref, campaign.WarningPaper)
	o.says(text, "你机构提出了陈述申辩：“已经改正”。", "签批意见", "1. 改正属实但影响已经造成", "2. 同意实施警示")
	for _, no := range []string{"不影响对事实的认定", "王经办", "审批甲", "审批乙"} {
		if strings.Contains(strings.Join(strings.Fields(text), ""), no) {
			t.Errorf("%q is in\n%s", no, text)
		}
	}
}
