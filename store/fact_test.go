package store_test

import (
	"context"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

// behind writes the facts behind points: a determination under way, a matter,
// an entry of each list.
func (l *told) behind(ctx context.Context, tx *store.Tx) error {
	return first(
		func() error { return move(ctx, tx, l.ref, l.open, campaign.EventInquire, "o2", nil) },
		func() error { return move(ctx, tx, l.ref, l.open, campaign.EventTell, "o2", nil) },
		func() error {
			_, err := tx.AddMatterAct(ctx, store.MatterAct{Kind: store.MergeMatters, Reason: "同一篇报道", By: "o1", At: at,
				Places: []store.MatterPlace{{Event: l.ruled, Year: l.ref.Year, Code: l.ref.Code, Now: "报道"}}})
			return err
		},
		func() error {
			return tx.AddActivity(ctx, campaign.Activity{Key: "某论坛", Name: "某论坛", National: true, Source: "国办函1号"}, "总局来函", "o1", at)
		},
		func() error {
			return tx.AddMedium(ctx, campaign.Medium{Key: "某日报", Name: "某日报", Level: campaign.LevelProvincial, Source: "省委机关报", ValidFrom: "2025-01-01"}, "o1", at)
		},
		func() error {
			_, _, err := tx.AddMediumRequest(ctx, store.MediumRequest{Year: l.ref.Year, Code: l.ref.Code, Name: "某晚报", Reason: "刊发了报道", ByName: "张三", At: at})
			return err
		},
	)
}

// move writes a step; change spoils it.
func move(ctx context.Context, tx *store.Tx, ref campaign.Ref, event int64, act campaign.EventAct, by string, change func(*store.EventMove)) error {
	points := 3 * rubric.Point
	m := store.EventMove{Event: event, Act: act, State: campaign.EventInquiry, By: by, Text: "见案卷", At: at,
		SourceKind: campaign.SourcePenalty, Relevance: campaign.Relevant, Severity: "影响较大", Points: &points}
	if change != nil {
		change(&m)
	}
	_, err := tx.AddEventMove(ctx, ref, m, "2025-06-10")
	return err
}

// AN-16: two persons, whole points, relevance, more than media reports; §2 no. 9:
// 国家级 by a document. The schema refuses what a fault in the code would let by.
func TestAN16SchemaRefuses(t *testing.T) {
	s, _ := storetest.Open(t)
	l := life(t, s)
	establish := func(by string, change func(*store.EventMove)) func(context.Context, *store.Tx) error {
		return func(ctx context.Context, tx *store.Tx) error {
			return move(ctx, tx, l.ref, l.open, campaign.EventEstablish, by, func(m *store.EventMove) {
				m.State = campaign.EventEstablished
				if change != nil {
					change(m)
				}
			})
		}
	}
	points := func(p rubric.Points) func(*store.EventMove) { return func(m *store.EventMove) { m.Points = &p } }
	for _, c := range []refusal{
		{"registrar establishes", establish("o1", nil), campaign.Conflict, "登记、调查和告知的人员不能作出认定"},
		{"inquirer establishes", establish("o2", nil), campaign.Conflict, "登记、调查和告知的人员不能作出认定"},
		{"media reports alone", establish("a1", func(m *store.EventMove) { m.SourceKind = campaign.SourceMedia }), campaign.Conflict, "认定须有"},
		{"irrelevant", establish("a1", func(m *store.EventMove) { m.Relevance = campaign.Undecided }), campaign.Conflict, "认定须有"},
		{"no severity", establish("a1", func(m *store.EventMove) { m.Severity = "" }), campaign.Conflict, "认定须有"},
		{"no points", establish("a1", func(m *store.EventMove) { m.Points = nil }), campaign.Conflict, "认定须有"},
		{"quarter points", establish("a1", points(325)), campaign.Invalid, invalid},
		{"six points", establish("a1", points(600)), campaign.Invalid, invalid},
		{"without words", establish("a1", func(m *store.EventMove) { m.Text = "" }), campaign.Invalid, invalid},
		{"reply of nobody", func(ctx context.Context, tx *store.Tx) error {
			return move(ctx, tx, l.ref, l.open, campaign.EventReply, "", nil)
		}, campaign.Invalid, invalid},
		{"national without a document", func(ctx context.Context, tx *store.Tx) error {
			return tx.AddActivity(ctx, campaign.Activity{Key: "论坛", Name: "论坛", National: true}, "理由", "o1", at)
		}, campaign.Conflict, "列为国家级须写明依据文件"},
		{"merge without a reason", func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddMatterAct(ctx, store.MatterAct{Kind: store.MergeMatters, By: "o1", At: at})
			return err
		}, campaign.Invalid, invalid},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := try(s, c.do); err == nil || campaign.KindOf(err) != c.kind {
				t.Fatalf("%v, want %s", err, c.kind)
			}
		})
	}
	write(t, s, establish("a1", nil)) // the good one is taken
}

// The newest decision places an event; undoing it puts the event back, and an
// institution's Reader tells the matter and what it was registered as.
func TestMatterPlacesAreReversible(t *testing.T) {
	s, _ := storetest.Open(t)
	l := life(t, s)
	matter := func() string {
		all, err := s.Events(t.Context(), l.ref)
		ok(t, err)
		return all[0].Matter
	}
	if matter() != "报道" {
		t.Fatalf("after merging: %q", matter())
	}
	acts, err := s.MatterActs(t.Context(), year)
	ok(t, err)
	undo := func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.AddMatterAct(ctx, store.MatterAct{Kind: store.UndoMatter, Undoes: &acts[0].ID, Reason: "并非同一篇", By: "o2", At: at.Add(time.Hour),
			Places: []store.MatterPlace{{Event: l.ruled, Year: l.ref.Year, Code: l.ref.Code, Was: "报道", Now: acts[0].Places[0].Was}}})
		return err
	}
	write(t, s, undo)
	if matter() != "" {
		t.Errorf("after undoing: %q", matter())
	}
	if err := try(s, undo); campaign.KindOf(err) != campaign.Conflict {
		t.Errorf("undone twice: %v", err)
	}
	if acts, err = s.MatterActs(t.Context(), year); err != nil || len(acts) != 2 || acts[0].Kind != store.UndoMatter || len(acts[1].Places) != 1 {
		t.Errorf("history %+v, %v", acts, err)
	}
}

// A ruling may fix clause and points; before it the event stands as registered.
func TestRulingFixesClause(t *testing.T) {
	s, _ := storetest.Open(t)
	l := life(t, s)
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		return tx.RuleEventAs(ctx, l.ref, l.open, "16.2", 400, "查实", "a1", at)
	})
	all, err := s.Events(t.Context(), l.ref)
	ok(t, err)
	e := all[1]
	if e.Clause != "16.2" || e.Points != 400 || e.State != campaign.EventInquiry {
		t.Errorf("ruled: %+v", e)
	}
	if u := e.Unruled(); u.Clause != "16.1" || u.Points != 300 || u.Confirmed != nil {
		t.Errorf("as registered: %+v", u)
	}
}
