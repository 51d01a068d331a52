package store_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

type refusal struct {
	name string
	do   func(ctx context.Context, tx *store.Tx) error
	kind campaign.Kind
	say  string
}

const (
	exists  = "已经存在"
	invalid = "内容不符合要求"
)

// Every rule that the schema holds refuses what it must, with a sentence for
// the person, and leaves no leaf behind.
func TestConstraints(t *testing.T) {
	s, _ := storetest.Open(t)
	l := life(t, s)
	before, err := s.Head(t.Context())
	ok(t, err)
	for _, c := range append(append(l.personRules(), l.handInRules()...), l.rosterRules(t)...) {
		t.Run(c.name, func(t *testing.T) {
			err := try(s, c.do)
			if err == nil {
				t.Fatal("was taken")
			}
			if campaign.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.say) {
				t.Errorf("%s: %v, want %s with %q", campaign.KindOf(err), err, c.kind, c.say)
			}
		})
	}
	after, err := s.Head(t.Context())
	ok(t, err)
	if after != before {
		t.Errorf("refused acts moved the ledger from %v to %v", before, after)
	}
}

func (l told) personRules() []refusal {
	return []refusal{
		{"registrar rules on his own event", func(ctx context.Context, tx *store.Tx) error {
			return tx.AddEventRuling(ctx, l.ref, l.open, true, "属实", "o1", at)
		}, campaign.Conflict, "登记人不能认定自己登记的事项"},
		{"event ruled twice", func(ctx context.Context, tx *store.Tx) error {
			return tx.AddEventRuling(ctx, l.ref, l.ruled, false, "再议", "a2", at)
		}, campaign.Conflict, "该事项已有认定结论"},
		{"ruling without a reason", func(ctx context.Context, tx *store.Tx) error {
			return tx.AddEventRuling(ctx, l.ref, l.open, true, "", "a1", at)
		}, campaign.Invalid, invalid},
		{"scorer becomes decider", func(ctx context.Context, tx *store.Tx) error {
			return tx.AddDecider(ctx, l.ref, "r1", "2026-04-20", at)
		}, campaign.Conflict, "评分人不能办理同一机构的复核"},
		{"scorer rules on an appeal", func(ctx context.Context, tx *store.Tx) error {
			return tx.AddAppealRuling(ctx, l.ref, 4, "r2", 300, 300, "维持", at)
		}, campaign.Conflict, "评分人不能办理同一机构的复核"},
		{"who noticed signs", func(ctx context.Context, tx *store.Tx) error {
			return act(ctx, tx, l.ref, campaign.ActSign, "o1")
		}, campaign.Conflict, "签批人不得与告知人"},
		{"who signed signs again", func(ctx context.Context, tx *store.Tx) error {
			return act(ctx, tx, l.ref, campaign.ActSign, "a1")
		}, campaign.Conflict, "签批人不得与告知人"},
		{"nobody signs", func(ctx context.Context, tx *store.Tx) error {
			return act(ctx, tx, l.ref, campaign.ActSign, "")
		}, campaign.Invalid, invalid},
		{"reviewer seated twice", func(ctx context.Context, tx *store.Tx) error {
			return tx.AddSeat(ctx, l.ref, 3, "r1", "2026-03-10", at)
		}, campaign.Conflict, "该评审专家已承担过这家机构的评审"},
		{"fourth seat", func(ctx context.Context, tx *store.Tx) error {
			return tx.AddSeat(ctx, l.ref, 4, "r3", "2026-03-10", at)
		}, campaign.Invalid, invalid},
		{"seat for nobody", func(ctx context.Context, tx *store.Tx) error {
			return tx.AddSeat(ctx, l.ref, 3, "ghost", "2026-03-10", at)
		}, campaign.Invalid, invalid},
		{"sheet twice", func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddSheet(ctx, l.ref, "r1", marks(100), at)
			return err
		}, campaign.Conflict, "打分表已经提交"},
		{"sheet without a seat", func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddSheet(ctx, l.ref, "r3", marks(100), at)
			return err
		}, campaign.Invalid, invalid},
		{"appeal of a row twice", func(ctx context.Context, tx *store.Tx) error {
			return tx.AddAppeal(ctx, l.ref, 3, "再次", "张三", at)
		}, campaign.Conflict, "该指标已申请过复核"},
		{"appeal without words", func(ctx context.Context, tx *store.Tx) error {
			return tx.AddAppeal(ctx, l.ref, 5, "", "张三", at)
		}, campaign.Invalid, invalid},
		{"appeal of row 17", func(ctx context.Context, tx *store.Tx) error {
			return tx.AddAppeal(ctx, l.ref, 17, "多出一行", "张三", at)
		}, campaign.Invalid, invalid},
		{"appeal lowers", func(ctx context.Context, tx *store.Tx) error {
			return tx.AddAppealRuling(ctx, l.ref, 4, "r4", 300, 250, "应予降低", at)
		}, campaign.Invalid, invalid},
		{"appeal ruled twice", func(ctx context.Context, tx *store.Tx) error {
			return tx.AddAppealRuling(ctx, l.ref, 3, "r4", 300, 350, "再议", at)
		}, campaign.Conflict, "该指标的复核已有决定"},
		{"ruling without an appeal", func(ctx context.Context, tx *store.Tx) error {
			return tx.AddAppealRuling(ctx, l.ref, 9, "r4", 300, 350, "无申请", at)
		}, campaign.Invalid, invalid},
	}
}

func (l told) handInRules() []refusal {
	file := func(row int, change func(*store.Evidence)) func(context.Context, *store.Tx) error {
		return func(ctx context.Context, tx *store.Tx) error {
			e := evidence(row, digest)
			change(&e)
			_, err := tx.AddEvidence(ctx, l.ref, e)
			return err
		}
	}
	return []refusal{
		{"file twice in a row", file(1, func(*store.Evidence) {}), campaign.Conflict, "这份材料已经上传过"},
		{"file for row 15", file(15, func(*store.Evidence) {}), campaign.Invalid, invalid},
		{"empty file", file(2, func(e *store.Evidence) { e.Size = 0 }), campaign.Invalid, invalid},
		{"file without a digest", file(2, func(e *store.Evidence) { e.Digest = "abc" }), campaign.Invalid, invalid},
		{"file from nobody", file(2, func(e *store.Evidence) { e.ByName = "" }), campaign.Invalid, invalid},
		{"plan reviewed twice", func(ctx context.Context, tx *store.Tx) error {
			return tx.AddPlanReview(ctx, l.ref, 1, true, "", "o2", at)
		}, campaign.Conflict, exists},
		{"plan returned in silence", func(ctx context.Context, tx *store.Tx) error {
			return tx.AddPlanReview(ctx, l.ref, 2, false, "", "o2", at)
		}, campaign.Invalid, invalid},
		{"review of a plan that is not there", func(ctx context.Context, tx *store.Tx) error {
			return tx.AddPlanReview(ctx, l.ref, 7, true, "", "o2", at)
		}, campaign.Invalid, invalid},
		{"plan of an institution not in the year", func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddPlan(ctx, campaign.Ref{Year: year, Code: "CNCA-R-2009-999"}, "x", "张三", false, at)
			return err
		}, campaign.Invalid, invalid},
		{"event without points", func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddEvent(ctx, event(l.ref, "15.1", 0))
			return err
		}, campaign.Invalid, invalid},
		{"extension without a reason", func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddExtension(ctx, l.ref, campaign.PlanTask, "2025-04-01", "", "o1", at)
			return err
		}, campaign.Invalid, invalid},
		{"second suspension before the first ends", func(ctx context.Context, tx *store.Tx) error {
			if _, err := tx.AddSuspension(ctx, l.ref, "停业整顿", "o1", at); err != nil {
				return err
			}
			_, err := tx.AddSuspension(ctx, l.ref, "停业整顿", "o1", at)
			return err
		}, campaign.Invalid, invalid},
		{"end of a suspension that is not there", func(ctx context.Context, tx *store.Tx) error {
			return tx.EndSuspension(ctx, l.ref, 9, 0, "整顿期满", "o1", at)
		}, campaign.Invalid, invalid},
		{"paper without its intent", func(ctx context.Context, tx *store.Tx) error {
			return tx.AddPaper(ctx, store.Paper{Key: "never/asked", Year: year, Code: l.ref.Code, Kind: campaign.ResultPaper, Verify: "V", PDF: []byte("x"), At: at})
		}, campaign.Invalid, invalid},
	}
}

func (l told) rosterRules(t *testing.T) []refusal {
	rules := storetest.Rules(t, 2026)
	open := func(c store.Campaign) func(context.Context, *store.Tx) error {
		return func(ctx context.Context, tx *store.Tx) error {
			c.Rubric, c.RubricSHA256, c.CreatedBy, c.CreatedAt, c.Rules = "annex2-2024", digest, "o1", at, rules
			return tx.AddCampaign(ctx, c, nil)
		}
	}
	put := func(change func(*campaign.Institution)) func(context.Context, *store.Tx) error {
		return func(ctx context.Context, tx *store.Tx) error {
			i := storetest.Institution(9)
			change(&i)
			_, _, err := tx.PutInstitutions(ctx, []campaign.Institution{i}, "o1", at)
			return err
		}
	}
	hire := func(change func(*store.Staff)) func(context.Context, *store.Tx) error {
		return func(ctx context.Context, tx *store.Tx) error {
			p := store.Staff{ID: "o9", Name: "经办", Email: "o9@staff.example", Role: campaign.Officer, Active: true}
			change(&p)
			return tx.PutStaff(ctx, p, "o1", at)
		}
	}
	when := at
	return []refusal{
		{"year opened twice", open(store.Campaign{Year: year}), campaign.Conflict, "该年度的评价已经存在"},
		{"year of another age", open(store.Campaign{Year: 1999}), campaign.Invalid, invalid},
		{"real year with a clock", open(store.Campaign{Year: 2026, ClockAt: &when, ClockSet: &when}), campaign.Invalid, invalid},
		{"clock never set", open(store.Campaign{Year: 2026, Rehearsal: true, ClockAt: &when}), campaign.Invalid, invalid},
		{"results published twice", func(ctx context.Context, tx *store.Tx) error {
			return tx.AddPublication(ctx, year, "o2", at, 1)
		}, campaign.Conflict, "该年度结果已经公布"},
		{"code of no authority", put(func(i *campaign.Institution) { i.Code = "CNAS-1" }), campaign.Invalid, invalid},
		{"credit code of another", put(func(i *campaign.Institution) { i.USCC = storetest.Institution(2).USCC }), campaign.Conflict, "统一社会信用代码与另一家机构重复"},
		{"credit code too short", put(func(i *campaign.Institution) { i.USCC = "91" }), campaign.Invalid, invalid},
		{"no address", put(func(i *campaign.Institution) { i.Email = "nobody" }), campaign.Invalid, invalid},
		{"no name", put(func(i *campaign.Institution) { i.Name = "" }), campaign.Invalid, invalid},
		{"entered twice", func(ctx context.Context, tx *store.Tx) error {
			return tx.AddEntry(ctx, l.ref, "2025-01-06", true, at)
		}, campaign.Conflict, exists},
		{"entered without being on the roster", func(ctx context.Context, tx *store.Tx) error {
			return tx.AddEntry(ctx, storetest.Ref(year, 77), "2025-01-06", true, at)
		}, campaign.Invalid, invalid},
		{"left without a way", func(ctx context.Context, tx *store.Tx) error {
			return tx.SetStage(ctx, l.ref, campaign.Left, "", at)
		}, campaign.Invalid, invalid},
		{"left in an unknown way", func(ctx context.Context, tx *store.Tx) error {
			return tx.SetLeft(ctx, l.ref, "eaten", at)
		}, campaign.Invalid, invalid},
		{"unknown outcome", func(ctx context.Context, tx *store.Tx) error {
			return tx.SetOutcome(ctx, l.ref, "medal", at)
		}, campaign.Invalid, invalid},
		{"stage jumps", func(ctx context.Context, tx *store.Tx) error {
			return tx.SetStage(ctx, l.ref, campaign.Served, "", at)
		}, campaign.Conflict, "不能进入“结果告知”"},
		{"second case", func(ctx context.Context, tx *store.Tx) error {
			return tx.AddWarning(ctx, store.Warning{Year: year, Code: l.ref.Code, Number: 2, StateAt: at})
		}, campaign.Conflict, exists},
		{"case number of another", func(ctx context.Context, tx *store.Tx) error {
			return tx.AddWarning(ctx, store.Warning{Year: year, Code: storetest.Code(2), Number: 1, StateAt: at})
		}, campaign.Conflict, exists},
		{"address of a colleague", hire(func(p *store.Staff) { p.Email = "o1@staff.example" }), campaign.Conflict, exists},
		{"role of no house", hire(func(p *store.Staff) { p.Role = "king" }), campaign.Invalid, invalid},
		{"id in capitals", hire(func(p *store.Staff) { p.ID = "O9" }), campaign.Invalid, invalid},
	}
}

// The stage and the way of leaving belong together, whoever writes them.
func TestStageAndLeaving(t *testing.T) {
	s, url := storetest.Open(t)
	storetest.Campaign(t, s, year, false, 1)
	c := owner(t, url)
	for _, text := range []string{
		"update entry set stage = 'left'", "update entry set left_how = 'merged'", "update entry set stage = 'lost', left_how = 'merged'",
	} {
		if _, err := c.Exec(t.Context(), text); err == nil {
			t.Errorf("%s was taken", text)
		}
	}
	sql(t, c, "update entry set stage = 'left', left_how = 'merged'")
}

func TestTicketRules(t *testing.T) {
	s, _ := storetest.Open(t)
	storetest.Campaign(t, s, year, false, 1)
	good := store.Ticket{Year: year, Code: storetest.Code(1), Scope: "act", Intent: "k", IssuedAt: at, ExpiresAt: at.Add(time.Hour)}
	for name, change := range map[string]func(*store.Ticket){
		"scope":   func(k *store.Ticket) { k.Scope = "own" },
		"expired": func(k *store.Ticket) { k.ExpiresAt = k.IssuedAt },
		"nobody":  func(k *store.Ticket) { k.Code = "CNCA-R-2009-999" },
	} {
		bad := good
		change(&bad)
		if err := s.AddTicket(t.Context(), []byte(name), bad); campaign.KindOf(err) != campaign.Invalid || err == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	ok(t, s.AddTicket(t.Context(), []byte("good"), good))
}
