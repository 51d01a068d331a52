package store

import (
	"context"
	"encoding/json"
	"time"

	"xuanping/campaign"
)

// Survey is a version of a year's unscored questions (PL-9).
type Survey struct {
	Year      int
	Version   int
	Questions []campaign.Question
	Digest    string
	By        string
	At        time.Time
}

// Answers are an institution's newest answers: one list for each question of the version.
type Answers struct {
	Code    string
	Name    string
	N       int
	Version int
	Answers [][]string
	Digest  string
	ByName  string
	At      time.Time
}

// Surveys lists the versions of a year's questions, oldest first.
func (r Reader) Surveys(ctx context.Context, year int) ([]Survey, error) {
	return collect[Survey](ctx, r, `select year, version, questions, digest, by, at from survey where year = $1 order by version`, year)
}

// AddSurvey writes the next version of a year's questions.
func (tx *Tx) AddSurvey(ctx context.Context, year int, all []campaign.Question, by string, at time.Time) (int, error) {
	b, _ := json.Marshal(all)
	v, err := scalar[int](ctx, tx.Reader, `insert into survey (year, version, questions, digest, by, at)
		select $1::int, coalesce(max(version), 0) + 1, $2, $3, $4, $5 from survey where year = $1 returning version`, year, b, Digest(all), by, at)
	if err == nil {
		tx.record("survey", campaign.Ref{Year: year}, at, map[string]any{"version": v, "by": by, "digest": Digest(all)})
	}
	return v, err
}

// AddAnswers writes an institution's answers to a version of the questions.
func (tx *Tx) AddAnswers(ctx context.Context, ref campaign.Ref, version int, answers [][]string, byName string, at time.Time) (int, error) {
	b, _ := json.Marshal(answers)
	n, err := scalar[int](ctx, tx.Reader, `insert into survey_answer (year, code, n, version, answers, digest, by_name, at)
		select $1::int, $2::text, coalesce(max(n), 0) + 1, $3, $4, $5, $6, $7 from survey_answer where year = $1 and code = $2 returning n`,
		ref.Year, ref.Code, version, b, Digest(answers), byName, at)
	if err == nil {
		tx.record("survey-answer", ref, at, map[string]any{"n": n, "version": version, "digest": Digest(answers)})
	}
	return n, err
}

const answerColumns = `a.code, i.name, a.n, a.version, a.answers, a.digest, a.by_name, a.at`

// SurveyAnswers lists the newest answers of every institution by code.
func (r Reader) SurveyAnswers(ctx context.Context, year int) ([]Answers, error) {
	return collect[Answers](ctx, r, `select distinct on (a.code) `+answerColumns+` from survey_answer a join institution i using (code) where a.year = $1 order by a.code, a.n desc`, year)
}

// OwnAnswers are an institution's newest answers; NotFound when there are none.
func (r Reader) OwnAnswers(ctx context.Context, ref campaign.Ref) (Answers, error) {
	return one[Answers](ctx, r, `select `+answerColumns+` from survey_answer a join institution i using (code) where a.year = $1 and a.code = $2 order by a.n desc limit 1`, ref.Year, ref.Code)
}
