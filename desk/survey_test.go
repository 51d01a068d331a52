package desk

import (
	"testing"
	"time"

	"xuanping/campaign"
)

var questions = []campaign.Question{{Text: "专职人数", Kind: campaign.AskOne, Options: []string{"5 人以下", "5 人及以上"}}, {Text: "建议", Kind: campaign.AskText}}

// PL-9: versioned questions, answers to the newest version, nothing else touched.
func TestPL9Survey(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ref := h.to(1, campaign.Planning)
	by := h.visitor(ref, "act")
	_, err := h.AnswerSurvey(ctx, by, 1, [][]string{{"5 人以下"}, {""}}, signer)
	want(t, err, campaign.NotFound)
	want(t, h.SetSurvey(ctx, approver, testYear, questions), campaign.Forbidden)
	want(t, h.SetSurvey(ctx, officer, testYear, nil), campaign.Invalid, "text-1")
	must(t, h.SetSurvey(ctx, officer, testYear, questions))
	must(t, h.SetSurvey(ctx, officer, testYear, questions)) // the same again is no version
	before := h.dump()
	rec, err := h.AnswerSurvey(ctx, by, 1, [][]string{{"5 人以下"}, {"多培训"}}, signer)
	must(t, err)
	again, err := h.AnswerSurvey(ctx, by, 1, [][]string{{"5 人以下"}, {"多培训"}}, signer)
	must(t, err)
	if rec.Number != ref.ID()+"/survey/1" || again.Number != rec.Number {
		t.Errorf("%+v, %+v", rec, again)
	}
	after := h.dump()
	for table := range before {
		if table != "survey_answer" && table != "leaf" && table != "leaf_hash" && before[table] != after[table] {
			t.Errorf("an answer changed %s", table)
		}
	}
	_, err = h.AnswerSurvey(ctx, by, 1, [][]string{{"六人"}}, signer)
	want(t, err, campaign.Invalid, "a-1")
	must(t, h.SetSurvey(ctx, officer, testYear, questions[:1]))
	_, err = h.AnswerSurvey(ctx, by, 1, [][]string{{"5 人以下"}, {""}}, signer)
	want(t, err, campaign.Conflict)
	all, err := h.Store.SurveyAnswers(ctx, testYear)
	must(t, err)
	if len(all) != 1 || all[0].Version != 1 || all[0].Answers[1][0] != "多培训" || time.Since(all[0].At) < 0 {
		t.Errorf("%+v", all)
	}
}
