package store_test

import (
	"context"
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

// everyFact is a score book with a row in every table of facts.
func everyFact(t *testing.T) (*store.Store, string) {
	t.Helper()
	s, url := storetest.Open(t)
	l := life(t, s)
	reviewFacts(t, s, l.ref)
	matters(t, s, l.ref)
	write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.AddLiaison(ctx, l.ref, "o2", "o1", at) })
	consoleFacts(t, s, l.ref)
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		err := tx.AddHistory(ctx, store.HistoryNote{Year: year, Workflow: l.ref.ID(), Run: "run", Code: l.ref.Code, Events: 5, Digest: store.Digest("h"), At: at})
		return errors.Join(err, tx.AddErasure(ctx, store.Erasure{OfYear: year, Act: store.EraseProposed, Reason: "期满", By: "o1", At: at}))
	})
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		return tx.AddPaper(ctx, store.Paper{Key: "k/paper", Year: year, Code: l.ref.Code, Kind: campaign.ResultPaper, Number: "1", Verify: "V1", PDF: []byte("%PDF"), At: at})
	})
	accounts(t, s)
	head, err := s.Head(t.Context())
	ok(t, err)
	ok(t, s.AddCheckpoint(t.Context(), store.Checkpoint{Size: head.Size, Root: head.Root[:], Note: "n", At: at}))
	postal(t, s, l.ref)
	spots(t, s, l.ref)
	guided(t, s, l.ref)
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		q := store.ExtensionRequest{Task: campaign.PlanTask, Day: at, Reason: "系统迁移", Digest: digest, ByName: "张三（主任）", At: at}
		n, err := tx.AddExtensionRequest(ctx, l.ref, q)
		q.N = n
		return errors.Join(err, tx.AnswerExtensionRequest(ctx, l.ref, q, 0, "材料已齐", "o1", at))
	})
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		return tx.AddService(ctx, l.ref, "k/postal", store.ByPaper, "2026-06-16", "邮寄签收", "o1", at)
	})
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.AddBasisDecision(ctx, l.ref, store.BasisDecision{Kind: campaign.SingleSheet, Reviewers: []string{"r1"}, Reason: "没有可改派的专家", By: "o1", At: at})
		return err
	})
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.VoidRulingsOf(ctx, l.ref, "r4", at)
		if err == nil {
			_, err = tx.AddLateHonour(ctx, l.ref, at)
		}
		return err
	})
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		d := campaign.Amendment{Outcome: campaign.AmendKeep, Reason: "认定无误"}
		return errors.Join(tx.AddAppeal(ctx, l.ref, 15, "请复核", "张三", at), tx.AddAmendment(ctx, l.ref, store.AmendmentOf(l.ruled, 15, "r4", d, at)))
	})
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		n, err := tx.AddSuspension(ctx, l.ref, "停业整顿", "o1", at)
		return errors.Join(err, tx.EndSuspension(ctx, l.ref, n, 0, "整顿期满", "o1", at))
	})
	return s, url
}

// leafKinds are the kinds of leaf that the rows of a table have in the ledger.
var leafKinds = map[string]string{
	"campaign": "campaign", "rules": "campaign rules", "institution": "roster", "entry": "entry", "extension": "extension", "extension_request": "extension-request",
	"extension_answer": "extension-answer", "suspension": "suspension", "suspension_end": "suspension-end", "service": "service", "staff": "staff", "plan": "plan", "plan_review": "plan-review", "evidence": "evidence", "self_score": "self-score", "seat": "seat", "seat_end": "seat-end", "basis_decision": "basis-decision",
	"sheet": "sheet", "event": "event", "event_move": "event-move", "event_ruling": "event-ruling", "event_amendment": "event-amendment", "matter_act": "matter", "matter_place": "matter", "activity": "activity", "medium": "medium",
	"medium_request": "medium-request", "result": "result", "appeal": "appeal", "decider": "decider", "appeal_ruling": "appeal-ruling", "ruling_void": "ruling-void", "late_honour": "late-honour", "publication": "publication", "warning": "warning",
	"warning_act": "warning-act", "warning_skip": "warning-skip", "case_file": "case-file", "intent": "mail paper-order", "paper": "paper", "interpretation": "interpretation",
	"interpretation_force": "interpretation-force", "declaration": "declaration", "conflict": "conflict", "conflict_withdrawal": "conflict-withdrawal", "honour": "honour", "honour_move": "honour-move",
	"objection": "objection", "objection_ruling": "objection-ruling", "survey": "survey", "survey_answer": "survey-answer", "observation": "observation", "local_set": "local-set", "local_value": "local-value",
	"mail_event": "delivery", "outbox_gate": "outbox", "reply": "reply", "register_version": "register", "quarantine": "quarantine", "incident": "incident", "incident_act": "incident-act",
	"clearance": "clearance", "clearance_act": "clearance-act", "clearance_file": "clearance-file", "liaison": "liaison", "account_change": "account-proposed", "account_decision": "account-decided",
	"reading_seal": "readings", "act_code": "act-code", "act_code_try": "act-code-try", "file_scan": "file-scan", "release_draft": "release-draft", "release_step": "release-step", "release": "release",
	"correction": "correction", "office_plan": "office-plan", "office_plan_mark": "office-plan-mark", "nudge": "nudge", "local_measure": "local-measure", "spot_commit": "spot-commit", "spot_draw": "spot-draw",
	"spot_check": "spot-check", "spot_reveal": "spot-reveal", "guidance": "guidance", "guidance_file": "guidance-file", "guidance_to": "guidance-sent", "guidance_receipt": "guidance-receipt",
	"history": "history", "erasure": "erasure",
}

// leafless are the tables without a kind of leaf of their own, and why. The rows of
// those that stand in row_rule have their digests in the last leaf of their act.
var leafless = map[string]string{
	"number": "a number is allocated in the act that needs it, whose leaf names it", "ticket": "a link is made with its letter, whose leaf names the key", "reply_file": "in the digest of its reply",
	"register_file": "in the body of the version that names it", "session": working1, "draft": working1, "oidc_login": working1, "factor": "a secret; turning it on or off has the leaf factor",
	"recovery": "secrets; made and used up with a factor", "reading": "too many for a leaf each: sealed by reading_seal, with the leaf readings", "leaf": "the ledger itself", "leaf_hash": "the ledger itself",
	"checkpoint": "the signed head of the ledger itself", "row_key": "keys of the digests; destroyed by an erasure, which has a leaf", "row_rule": "written by migrations alone", "goose_db_version": "written by migrations alone",
	"sealed.spot_seed": "sealed until it is revealed; its SHA-256 is in the leaf spot-commit",
}

const working1 = "working memory: nothing follows from it"

// unasked are the tables that no invariant of its own looks at, and why the digest
// of every row in the ledger is enough.
var unasked = map[string]string{
	"mail_event":    "a provider's word that may come again, or late; what follows from it is asked of the letter",
	"outbox_gate":   "holding and letting go of letters; nothing is lost meanwhile",
	"register_file": "F-79 looks at every file that a fact names", "reply_file": "F-79 looks at every file that a fact names",
}

// unerased are the tables with words that the erasure of a year does not reach, and why.
var unerased = map[string]string{
	"institution": roster, "staff": roster, "account_change": roster, "account_decision": roster,
	"activity": "the catalogue of public activities", "medium": "the catalogue of media", "erasure": "the reason of the erasure itself",
	"matter_place": "what is one matter over the years is kept, as the event's own matter is",
}

const roster = "who is in the house belongs to no year"

// Review of the tables (S9, SE-3, S11): every table of the database has its kinds
// of leaf, an invariant that looks at it, its place in the export with all its
// columns documented, and the words of people in it go with their year; or a
// reason stands here. A new table has neither, and the test says so.
func TestEveryTableIsCovered(t *testing.T) {
	s, url := everyFact(t)
	c := owner(t, url)
	tables := column[string](t, c, `select case n.nspname when 'public' then '' else n.nspname || '.' end || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') order by 1`)
	covered := column[string](t, c, `select tbl from row_rule`)
	kinds := column[string](t, c, `select distinct kind from leaf`)
	doc, err := os.ReadFile("../docs/export.md")
	ok(t, err)
	asked := ""
	for _, i := range slices.Concat(store.Invariants(), store.LateInvariants()) {
		asked += i.SQL() + "\n"
	}
	for _, table := range tables {
		want, leafed := leafKinds[table]
		why := leafless[table]
		if leafed == (why != "") {
			t.Errorf("%s: has neither a kind of leaf nor a reason to have none, or both", table)
		}
		for kind := range strings.FieldsSeq(want) {
			if !slices.Contains(kinds, kind) {
				t.Errorf("%s: no leaf %s was written with its row", table, kind)
			}
		}
		if !slices.Contains(covered, table) {
			if leafed {
				t.Errorf("%s: the digests of its rows are not in the ledger", table)
			}
			continue // working memory is neither exported nor asked for
		}
		if named := regexp.MustCompile(`\b` + table + `\b`).MatchString(asked); named == (unasked[table] != "") {
			t.Errorf("%s: no invariant looks at it and no reason is given, or both", table)
		}
		line := regexp.MustCompile("(?m)^\\| `" + table + "` \\|.*$").FindString(string(doc))
		if line == "" {
			t.Errorf("%s: docs/export.md does not know it", table)
		}
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			words, reached, err := tx.Words(ctx, table)
			if err == nil && (len(words) > 0 && !reached) != (unerased[table] != "") {
				t.Errorf("%s: the erasure of a year does not reach %v and no reason is given, or both", table, words)
			}
			return err
		})
	}
	for _, list := range []map[string]string{leafKinds, leafless, unasked, unerased} {
		for table := range list {
			if !slices.Contains(tables, table) {
				t.Errorf("%s is no table", table)
			}
		}
	}
	t.Logf("%d tables, %d of them in the ledger row by row", len(tables), len(covered))
}
