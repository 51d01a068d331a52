package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"
)

// Invariant is something that always holds in the score book, whatever people
// and machines did. SQL finds the places where it does not.
type Invariant struct {
	ID    string // F-01…
	Says  string // what holds, in a sentence
	Rule  string // the clause or rule that it follows from
	Grave bool   // a breach touches a result, a right or a proof

	sql string // of $1, a year or 0 for all: place, what
}

// Breach is a place where an invariant does not hold, and how. Both say codes,
// numbers and days: a report of an audit names nobody.
type Breach struct {
	Place string
	What  string
}

// Invariants lists what is asked of the score book in SQL.
func Invariants() []Invariant {
	var all []Invariant
	for _, part := range [][]Invariant{countInvariants, scoreInvariants, reviewInvariants, eventInvariants, warningInvariants, paperInvariants, yearInvariants, releaseInvariants, amendmentInvariants} {
		all = append(all, part...)
	}
	return all
}

// Breaches looks for breaches of an invariant in a year, or with 0 in all.
func (r Reader) Breaches(ctx context.Context, i Invariant, year int) ([]Breach, error) {
	all, err := collect[Breach](ctx, r, `select coalesce(place, '') place, coalesce(what, '') what from (`+i.sql+`) b(place, what) order by place, what`, year)
	if err != nil {
		return nil, fmt.Errorf("%s：%w", i.ID, err)
	}
	return all, nil
}

// countInvariants are about numbers that count: versions, acts, 文号.
var countInvariants = []Invariant{
	{"F-01", "各年度的规则版本自 1 起连续，至少一版", "WF-4", true, `
		select c.year::text, count(r.version) || ' 版，最大 ' || coalesce(max(r.version), 0) from campaign c left join rules r using (year)
		where $1::int in (0, c.year) group by c.year having count(r.version) = 0 or count(r.version) <> max(r.version)`},
	{"F-02", "计划、自评、结果、问卷、激励指标的版本自 1 起连续", "第十一条、第二十九条、AP-4", true,
		gaps("版本", "version", "plan year code", "self_score year code", "result year code", "survey year", "local_set year", "local_value year")},
	{"F-03", "各类事项的序号自 1 起连续，没有被抽走的一项", "第三十二条、RW-3", true,
		gaps("序号", "n", "warning_act year code", "extension year code", "extension_request year code", "suspension year code", "service year code", "decider year code", "appeal_ruling year code row", "warning_skip year code", "case_file year code",
			"observation year code", "medium_request year code", "survey_answer year code", "seat year code seat", "basis_decision year code", "conflict year code reviewer", "event_move year code event", "event_amendment year code event", "honour year", "guidance year")},
	{"F-04", "文号在每一序列、每一年度内自 1 起不断号", "design 真实性：文号", true,
		gaps("文号", "n", "number year series")},
	{"F-05", "口径解释的编号在每一年度内自 1 起不断号", "第三十五条、GL-35", false,
		gaps("编号", "n", "interpretation year")},
	{"F-06", "荣誉办理步骤、异议的序号自 1 起连续", "行动方案五(四)", false,
		`select * from (` + gaps("步骤", "m", "honour_move year n") + `) a union all select * from (` + gaps("异议", "k", "objection year n") + `) b`},
}

// gaps asks tables, each with the columns within which it counts, for numbers
// that do not run from 1 without a gap.
func gaps(word, number string, tables ...string) string {
	var all []string
	for _, t := range tables {
		f := strings.Fields(t)
		place := strings.Join(f[1:], ` || '/' || `)
		all = append(all, fmt.Sprintf(`select %[1]s::text, '%[2]s %[3]s：%[4]s ' || count(*) || ' 项，最大 ' || max(%[5]s) from %[3]s where $1::int in (0, year)
			group by %[6]s having count(*) <> max(%[5]s) or min(%[5]s) <> 1`, place, word, f[0], "共", number, strings.Join(f[1:], ", ")))
	}
	return strings.Join(all, ` union all `)
}

// facts are the tables each row of which has one leaf of a kind, and where a
// row's year and code stand.
var factLeaves = [][2]string{
	{"entry", "entry"}, {"plan", "plan"}, {"plan_review", "plan-review"}, {"evidence", "evidence"}, {"self_score", "self-score"}, {"extension", "extension"}, {"extension_request", "extension-request"}, {"extension_answer", "extension-answer"}, {"suspension", "suspension"}, {"suspension_end", "suspension-end"}, {"service", "service"},
	{"seat", "seat"}, {"seat_end", "seat-end"}, {"basis_decision", "basis-decision"}, {"sheet", "sheet"}, {"event", "event"}, {"event_move", "event-move"}, {"event_amendment", "event-amendment"}, {"result", "result"},
	{"appeal", "appeal"}, {"appeal_ruling", "appeal-ruling"}, {"ruling_void", "ruling-void"}, {"decider", "decider"}, {"warning", "warning"}, {"late_honour", "late-honour"}, {"warning_act", "warning-act"},
	{"warning_skip", "warning-skip"}, {"case_file", "case-file"}, {"conflict", "conflict"}, {"conflict_withdrawal", "conflict-withdrawal"},
	{"medium_request", "medium-request"}, {"observation", "observation"}, {"survey_answer", "survey-answer"}, {"reply", "reply"}, {"paper", "paper"},
	{"incident", "incident"}, {"incident_act", "incident-act"}, {"clearance", "clearance"}, {"clearance_act", "clearance-act"}, {"clearance_file", "clearance-file"},
	{"history", "history"}, {"quarantine", "quarantine"}, {"liaison", "liaison"}, {"file_scan", "file-scan"}, {"act_code", "act-code"}, {"act_code_try", "act-code-try"},
	{"spot_draw", "spot-draw"}, {"spot_check", "spot-check"},
	{"guidance_to", "guidance-sent"}, {"guidance_receipt", "guidance-receipt"}, {"nudge", "nudge"},
}

// yearLeaves are the same of the campaign itself, houseLeaves those that belong to no year.
var (
	yearLeaves = [][2]string{{"release_draft", "release-draft"}, {"release_step", "release-step"}, {"release", "release"}, {"correction", "correction"}, {"local_measure", "local-measure"},
		{"declaration", "declaration"}, {"guidance", "guidance"}, {"guidance_file", "guidance-file"}, {"office_plan", "office-plan"}, {"office_plan_mark", "office-plan-mark"}, {"survey", "survey"},
		{"local_set", "local-set"}, {"local_value", "local-value"}, {"spot_commit", "spot-commit"}, {"spot_reveal", "spot-reveal"}, {"publication", "publication"}}
	houseLeaves = [][2]string{{"account_change", "account-proposed"}, {"account_decision", "account-decided"}, {"activity", "activity"}, {"medium", "medium"}, {"reading_seal", "readings"},
		{"interpretation", "interpretation"}, {"interpretation_force", "interpretation-force"}}
)

// leavesOfFacts compares how many rows there are of each kind of fact with how
// many leaves the ledger has of it.
func leavesOfFacts() string {
	var rows, kinds []string
	for _, f := range factLeaves {
		rows = append(rows, fmt.Sprintf(`select year, code::text, '%s' kind from %s`, f[1], f[0]))
		kinds = append(kinds, `'`+f[1]+`'`)
	}
	for _, t := range yearLeaves {
		rows, kinds = append(rows, `select year, '', '`+t[1]+`' kind from `+t[0]), append(kinds, `'`+t[1]+`'`)
	}
	for _, t := range houseLeaves {
		rows, kinds = append(rows, `select 0, '', '`+t[1]+`' kind from `+t[0]), append(kinds, `'`+t[1]+`'`)
	}
	rows = append(rows, `select e.year, e.code::text, 'event-ruling' from event_ruling g join event e on e.id = g.event`)
	kinds = append(kinds, `'event-ruling'`)
	return `select coalesce(f.year, l.year) || '/' || coalesce(f.code, l.code), coalesce(f.kind, l.kind) || '：数据 ' || coalesce(f.n, 0) || ' 项，账本 ' || coalesce(l.n, 0) || ' 条'
		from (select year, code, kind, count(*) n from (` + strings.Join(rows, ` union all `) + `) r where $1::int in (0, year) group by 1, 2, 3) f
		full join (select year, code, kind, count(*) n from leaf where kind in (` + strings.Join(kinds, `, `) + `) and $1::int in (0, year) group by 1, 2, 3) l
			on f.year = l.year and f.code = l.code and f.kind = l.kind
		where f.n is distinct from l.n`
}

// BlobRef is a file that a fact names: evidence, a file of a case, or one that
// came with a reply.
type BlobRef struct {
	Place  string
	Year   int
	Digest string
	Size   int64
}

// BlobRefs lists the files that the facts of a year name, or with 0 of all years.
func (r Reader) BlobRefs(ctx context.Context, year int) ([]BlobRef, error) {
	return collect[BlobRef](ctx, r, `select place, year, digest, size from (
		select year || '/' || code || ' 证据 ' || row place, year, digest::text digest, size from evidence
		union all select year || '/' || code || ' 办案材料 ' || n, year, digest::text, size from case_file
		union all select year || '/' || code || ' 登记材料', year, digest::text, size from register_file
		union all select year || '/' || code || ' 申请 ' || n || ' 附件 ' || k, year, digest::text, size from clearance_file
		union all select year || ' 业务指导函 ' || n || ' 附件 ' || k, year, digest::text, size from guidance_file
		union all select year || '/' || code || ' 来信附件 ' || n, year, digest, size from reply_file where refused = '') f
		where $1::int in (0, year) and digest not in (select q.digest::text from quarantine q)
		and year not in (select of_year from erasure where act = 'confirm') order by place, digest`, year)
}

// Before lists the files that were last written before a moment, half-written
// ones among them.
func (b *Blobs) Before(t time.Time) ([]string, error) {
	var all []string
	err := fs.WalkDir(b.root.FS(), ".", func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !digestForm.MatchString(d.Name()) && !strings.HasPrefix(d.Name(), "tmp-") {
			return err
		}
		i, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil && i.ModTime().Before(t) {
			all = append(all, d.Name())
		}
		return err
	})
	return all, err
}

// Discard removes a file that Before named.
func (b *Blobs) Discard(name string) error {
	if strings.HasPrefix(name, "tmp-") {
		if err := b.root.Remove(name); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	return b.Remove(name)
}

// Digests lists the files that the folder holds, by the names they are kept under.
func (b *Blobs) Digests() ([]string, error) {
	var all []string
	err := fs.WalkDir(b.root.FS(), ".", func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && digestForm.MatchString(d.Name()) {
			all = append(all, d.Name())
		}
		return err
	})
	return all, err
}
