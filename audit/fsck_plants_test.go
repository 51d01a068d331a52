package audit

import (
	"os"
	"path/filepath"

	enumspb "go.temporal.io/api/enums/v1"
)

// plant is a violation of one invariant, put into the house past all its doors.
type plant struct {
	sql   []string
	files func(dir string) error
	runs  func(map[string]enumspb.WorkflowExecutionStatus)
}

func sql(all ...string) plant { return plant{sql: all} }

const (
	p1 = `'CNCA-R-2002-001'`
	p2 = `'CNCA-R-2002-002'`
	p3 = `'CNCA-R-2002-003'`
	p4 = `'CNCA-R-2002-004'`
	p5 = `'CNCA-R-2002-005'`
)

// further are violations of what an invariant says besides.
var further = []struct {
	id string
	plant
}{
	{"F-153", sql(`update sheet set marks = jsonb_set(marks, '{0,points}', '0') where code = ` + p2 + ` and reviewer = 'r2'`)},
	{"F-154", sql(`update basis_decision set by = 'a1'`)},
	{"F-156", sql(`update ruling_void set at = '2026-04-01'`)},
	{"F-156", sql(`update leaf set record = replace(record, '001/launch"', '001/final"') where kind = 'mail'`)},
	{"F-48", sql(`delete from leaf where kind = 'paper-order'`)},
	{"F-145", sql(`update service set until = '2026-06-10'`, `update leaf set record = replace(record, '2026-06-09', '2026-06-10') where kind = 'service'`)},
	{"F-145", sql(`delete from leaf where kind = 'event-move' and record like '%"act":"reply"%'`, `update intent set state = 'failed' where key like '%/event-notice/1/mail'`)},
	{"F-145", sql(`delete from leaf where (kind = 'service' and record like '%/warning/issued/%' or kind = 'mail' and record like '%/warning/issued/6/again/1%')`)},
	{"F-145", sql(`update intent set state = 'failed' where key like '%/warning/issued/6/again/1'`)},
	{"F-145", sql(`update leaf set at = '2026-06-25' where kind = 'warning-act' and record like '%"act":"deemed"%'`)},
	{"F-145", sql(`update intent set done_at = '2026-06-30', body = jsonb_set(body, '{date}', '"2026-06-30T09:00:00+08:00"') where key like '%/warning/issued/6/again/1'`)},
	{"F-146", sql(`update interpretation_force set at = '2025-06-01' where id = '释-2025-03'`)},
	{"F-146", sql(`update interpretation set option = 'item' where id = '释-2025-03'`)},
	{"F-146", sql(`update interpretation set from_year = 2026 where id = '释-2025-03'`)},
	{"F-146", sql(`delete from interpretation_force where id = '释-2025-03'`, `delete from interpretation where id = '释-2025-03'`)},
	{"F-49", sql(`update paper set leaf = leaf - 1 where kind = 'certificate'`)},
	{"F-13", sql(`alter table appeal_ruling drop constraint appeal_ruling_favours`, `update appeal_ruling set after = 400 where row = 16`)},
	{"F-15", sql(`update appeal_ruling set after = before`, `delete from result where version = 2`)},
	{"F-149", sql(`delete from appeal where row = 16`)},
	{"F-150", sql(`update event_amendment set reviewer = 'r1'`)},
	{"F-151", sql(`update event_ruling set confirmed = false where event = 2`)},
}

// plants has a violation of every invariant.
var plants = map[string]plant{
	"F-01":  sql(`update rules set version = 2 where year = 2025`),
	"F-02":  sql(`update result set version = 3 where version = 2`),
	"F-03":  sql(`delete from warning_act where code = ` + p1 + ` and act = 'reply'`),
	"F-04":  sql(`delete from number where series = '宣评告' and n = 2`),
	"F-05":  sql(`update interpretation set n = 99 where n = 2`),
	"F-06":  sql(`delete from honour_move where act = 'show'`),
	"F-07":  sql(`update result set card = jsonb_set(card, '{rows,0,points}', '100') where version = 1 and code = ` + p1),
	"F-08":  sql(`update result set total = total + 100 where version = 1 and code = ` + p2),
	"F-09":  sql(`update result set card = jsonb_set(card, '{rows,4,points}', '99900') where version = 2`),
	"F-10":  sql(`update campaign set rubric_sha256 = repeat('0', 64) where year = 2025`),
	"F-11":  sql(`update result set scored = true where code = ` + p3),
	"F-12":  sql(`update appeal set at = '2026-03-01'`),
	"F-13":  sql(`update appeal_ruling set before = 300`),
	"F-14":  sql(`update appeal_ruling set reviewer = 'r2'`),
	"F-15":  sql(`delete from result where version = 2`),
	"F-16":  sql(`update publication set totals = jsonb_set(totals, '{CNCA-R-2002-002}', '100')`),
	"F-17":  sql(`update decider set reviewer = 'r1'`),
	"F-18":  sql(`insert into sheet select year, code, 'r1', marks, digest, at from sheet where code = ` + p2 + ` and reviewer = 'r2'`),
	"F-19":  sql(`delete from conflict_withdrawal where by = 'o2'`),
	"F-20":  sql(`delete from seat where code = ` + p1 + ` and reviewer = 'r2'`),
	"F-21":  sql(`update sheet set marks = marks - 3 where code = ` + p1 + ` and reviewer = 'r1'`),
	"F-22":  sql(`update staff set role = 'officer' where id = 'r4'`),
	"F-23":  sql(`insert into seat select year, code, 3, 1, 'r3', due, at from seat where code = ` + p1 + ` and seat = 1`),
	"F-153": sql(`delete from sheet where code = ` + p2 + ` and reviewer = 'r2'`),
	"F-154": sql(`update basis_decision set reviewers = '{r4}'`),
	"F-155": sql(`delete from ruling_void`, `update leaf set record = replace(record, '001/warning/issued/5"', '001/final"') where kind = 'mail'`),
	"F-156": sql(`update appeal_ruling set reviewer = 'r3' where n = 2`),
	"F-157": sql(`insert into late_honour values (2025, ` + p3 + `, 2, '2026-06-20')`),
	"F-158": sql(`delete from number where series = '宣评证'`, `update warning set code = `+p2+`, state = 'dismissed' where code = `+p3),
	"F-24":  sql(`update conflict_withdrawal set by = 'u1' where by = 'o2'`),
	"F-25":  sql(`update plan_review set at = '2025-02-01' where version = 2`),
	"F-26":  sql(`update interpretation_force set by = 'o1'`),
	"F-27":  sql(`update extension set by = 'nobody' where n = 1`),
	"F-28":  sql(`update observation set by = 'l2'`),
	"F-29":  sql(`update event_ruling set by = 'o1' where event = 1`),
	"F-30":  sql(`update event_move set at = '2025-06-20' where act = 'reply'`, `update event_move set n = 9 where act = 'reply'`),
	"F-31":  sql(`update event_move set by = 'o1' where act = 'establish'`),
	"F-32":  sql(`update event_ruling set points = 500 where event = 2`),
	"F-33":  sql(`update matter_act set undoes = 2 where id = 2`),
	"F-34":  sql(`update matter_place set matter = '丙' where act = 1`),
	"F-35":  sql(`update event set occurred_on = '2025-07-01' where id = 1`),
	"F-36":  sql(`update warning_act set act = 'talk' where code = ` + p3 + ` and act = 'pass'`),
	"F-37":  sql(`update warning_act set by = 'g1' where code = ` + p3 + ` and by = 'a2' and act = 'sign'`),
	"F-38":  sql(`update warning_act set by = 'a2' where act = 'open'`),
	"F-39":  sql(`update warning set served = '2026-06-09' where code = ` + p1),
	"F-40":  sql(`update warning set number = 7 where code = ` + p3),
	"F-41":  sql(`update rules set body = jsonb_set(body, '{settings,criteria,in_force}', '"2025-06-01"') where year = 2025`),
	"F-42":  sql(`update paper set kind = 'final' where kind = 'certificate'`),
	"F-43":  sql(`update paper set pdf = pdf || '%%EOF'::bytea where kind = 'certificate'`),
	"F-44":  sql(`update paper set pdf = ''::bytea, digest = encode(sha256(''), 'hex') where kind = 'warning'`),
	"F-45":  sql(`delete from paper where kind = 'warning'`),
	"F-46":  sql(`update paper set number = '宣评告〔2025〕3号' where code = ` + p1 + ` and kind = 'result'`),
	"F-47":  sql(`update intent set body = jsonb_set(body, '{papers}', '["2025/x"]') where key like '%/certificate' and kind = 'mail'`),
	"F-48":  sql(`insert into intent (key, kind, year, code, body, digest, not_before, created_at) select key || '/x', kind, year, code, body, digest, not_before, created_at from intent where key like '%001/launch'`),
	"F-49":  sql(`update paper set pdf = '%PDF-1.4 forged %%EOF'::bytea, digest = encode(sha256('%PDF-1.4 forged %%EOF'), 'hex') where kind = 'certificate'`),
	"F-50":  sql(`delete from evidence`),
	"F-51":  sql(`update ticket set revoked_at = null where code = ` + p4),
	"F-52":  sql(`update intent set body = jsonb_set(body, '{date}', '"2025-06-01T09:00:00+08:00"') where key like '%004/launch'`),
	"F-53":  sql(`update ticket set last_used = expires_at where first_used is not null`),
	"F-54":  sql(`update ticket set scope = 'act' where scope = 'view'`),
	"F-55":  sql(`update reply set code = ` + p2),
	"F-56":  sql(`insert into intent (key, kind, year, code, body, digest, state, not_before, created_at) values ('2025/m', 'message', 2025, ` + p1 + `, '{}', repeat('0', 64), 'failed', now(), now())`),
	"F-57":  sql(`delete from result where code = ` + p5),
	"F-58":  sql(`update entry set outcome = null where code = ` + p5),
	"F-59":  sql(`update entry set stage = 'served' where code = ` + p5),
	"F-60":  sql(`update entry set ranked = false where code = ` + p2),
	"F-61":  sql(`update entry set outcome = 'certificate' where code = ` + p5),
	"F-62":  sql(`update entry set ranked = true where code = ` + p5),
	"F-63":  sql(`update objection_ruling set upheld = true`),
	"F-64":  sql(`update honour_move set by = 'o2' where act = 'award'`),
	"F-65":  sql(`update number set code = '0009' where series = '宣评誉'`),
	"F-66":  sql(`update extension set day = '2025-03-13' where n = 2`),
	"F-67":  sql(`update entry set due = '2026-12-31' where code = ` + p5),
	"F-68":  sql(`update survey_answer set version = 2`),
	"F-69":  sql(`update rules set body = jsonb_set(body, '{calendar,final}', '"2026-04-01"') where year = 2025`),
	"F-70":  sql(`update entry set stage = 'collecting' where year = 2026`),
	"F-71":  sql(`update warning set state = 'cleared' where code = ` + p3),
	"F-72":  sql(`delete from event_move where act = 'inquire'`),
	"F-73":  sql(`update warning_act set at = '2026-06-03' where act = 'window'`),
	"F-74":  sql(`update warning_act set at = '2026-07-01' where act = 'publish'`),
	"F-75":  sql(`update honour_move set ends = starts + 1 where act = 'show'`),
	"F-76":  sql(`update appeal set at = '2026-04-20'`),
	"F-77":  sql(`update sheet set marks = jsonb_set(marks, '{0,points}', '9900') where reviewer = 'r1'`),
	"F-78":  sql(`update event_ruling set confirmed = false where event = 1`),
	"F-149": sql(`update event_amendment set at = at + interval '1 hour'`),
	"F-150": sql(`update event_move set by = 'r4' where act = 'inquire'`),
	"F-151": sql(`update event_amendment set outcome = 'lower', clause = '16.1', points = 300`),
	"F-152": sql(`update result set card = jsonb_set(card, '{rows,15,points}', '300') where version = 2`),
	"F-110": sql(`delete from release_step where k = 6 and year = 2025`),
	"F-111": sql(`update release_step set alone = '' where k = 6 and year = 2025`),
	"F-112": sql(`update release set version = 2 where year = 2025`),
	"F-145": sql(`delete from leaf where kind = 'service'`),
	"F-79":  {files: func(dir string) error { return spoil(dir, 0) }},
	"F-80": {files: func(dir string) error {
		name := "ab" + string(make64('c'))
		if err := os.MkdirAll(filepath.Join(dir, "ab"), 0o700); err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, "ab", name), []byte("x"), 0o600)
	}},
	"F-81":  sql(`update leaf set record = record || ' ' where idx = 7`),
	"F-82":  sql(`update checkpoint set size = size - 1`),
	"F-83":  sql(`update institution set mobile = '13900000000' where code = ` + p1),
	"F-120": sql(`update spot_reveal set seed = encode(sha256(decode(seed, 'hex')), 'hex')`),
	"F-121": sql(`update spot_draw set lines = array[1, 2, 4]`),
	"F-84":  {runs: func(all map[string]enumspb.WorkflowExecutionStatus) { delete(all, "2026/CNCA-R-2002-001") }},
	"F-85":  {runs: set("2025/CNCA-R-2002-002", enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING)},
	"F-86":  {runs: set("2025/CNCA-R-2002-003/warning", enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED)},
	"F-87":  {runs: set("2025/campaign", enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED)},
	"F-88": {runs: func(all map[string]enumspb.WorkflowExecutionStatus) {
		if _, mine := all["2025/campaign"]; mine {
			all["2025/CNCA-R-2002-099"] = enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING
		}
	}},
	"F-89":  sql(`insert into erasure (of_year, n, act, forced, reason, by, at) values (2025, 1, 'propose', false, '期满', 'o1', '2031-01-02'), (2025, 2, 'confirm', false, '同意', 'a1', '2031-01-03')`),
	"F-90":  sql(`insert into erasure (of_year, n, act, forced, reason, by, at) values (2025, 1, 'propose', false, '期满', 'o1', '2031-01-02'), (2025, 2, 'confirm', false, '同意', 'o1', '2031-01-03')`),
	"F-93":  sql(`update extension_request set at = '2026-12-31' where n = 1`),
	"F-122": sql(`update suspension_end set at = '2025-05-01'`),
	"F-123": sql(`update leaf set record = replace(record, '/receipt/meanwhile', '/plan/remind/2025-05-10/1') where kind = 'mail'`),
	"F-124": sql(`update leaf set code = ` + p1 + ` where kind = 'suspension'`),
	"F-146": sql(`update rules set body = jsonb_set(body, '{settings,readings}', (body #> '{settings,readings}') - 2) where year = 2025`),
	"F-141": sql(`delete from row_key where year = 2026`),
	"F-142": sql(`update intent set state = 'accepted', done_at = '2025-05-10' where key like '%/receipt/meanwhile'`),
	"F-91":  sql(`delete from row_key where year = 2025`, `insert into erasure (of_year, n, act, forced, reason, by, at) values (2025, 1, 'propose', false, '期满', 'o1', '2031-01-02'), (2025, 2, 'confirm', false, '同意', 'a1', '2031-01-03')`),
	"F-92":  sql(`update reading set item = '8' where item = '7'`),
}

// set says another status of a workflow that the engine has.
func set(id string, status enumspb.WorkflowExecutionStatus) func(map[string]enumspb.WorkflowExecutionStatus) {
	return func(all map[string]enumspb.WorkflowExecutionStatus) {
		if _, ok := all[id]; ok {
			all[id] = status
		}
	}
}

func make64(c byte) []byte {
	b := make([]byte, 62)
	for i := range b {
		b[i] = c
	}
	return b
}

// files lists the stored files.
func files(dir string) (all []string) {
	all, _ = filepath.Glob(filepath.Join(dir, "??", "*"))
	return all
}

// spoil flips a bit of a stored file.
func spoil(dir string, n int) error {
	name := files(dir)[n]
	b, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	b[len(b)/2] ^= 1
	return os.WriteFile(name, b, 0o600)
}
