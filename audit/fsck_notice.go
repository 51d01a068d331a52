package audit

import (
	"context"
	"fmt"
	"strings"

	"xuanping/campaign"
	"xuanping/store"
)

// notice is one that opens days for the institution, as the ledger follows it:
// its newest letter, whether that came back, and what was done about it.
type notice struct {
	letter string
	lost   bool         // the letter came back, and nothing was done about it yet
	handed bool         // on paper
	until  campaign.Day // last day since it was served once more; "" when it was not
	heard  bool         // the institution replied, or waived
}

// noticesServed walks the ledger of each institution's year: order there is what
// clocks and states of letters cannot tell afterwards.
func noticesServed(ctx context.Context, in *inspection) error {
	return in.entries(ctx, func(c store.Campaign, e store.Entry) error {
		leaves, err := in.Book.Leaves(ctx, e.Ref())
		if err != nil {
			return err
		}
		w := noticeWalk{inspection: in, c: c, ref: e.Ref(), all: map[string]*notice{}, told: map[int64]string{}}
		for _, l := range leaves {
			if err := w.leaf(ctx, l); err != nil {
				return err
			}
		}
		return nil
	})
}

type noticeWalk struct {
	*inspection
	c    store.Campaign
	ref  campaign.Ref
	all  map[string]*notice // by the beginning of the keys of its letters
	told map[int64]string   // the newest notice of an event
	n    int                // notices of events so far
}

func (w *noticeWalk) leaf(ctx context.Context, l store.Leaf) error {
	b := bodyOf(l)
	switch l.Kind {
	case "mail":
		if n := w.of(b.Key); n != nil {
			n.letter, n.lost, n.handed = b.Key, false, false
		}
	case "delivery":
		if n := w.of(b.Key); n != nil && n.letter == b.Key && !n.handed && store.Delivery(b.How).Missed() {
			n.lost = true
		}
	case "service":
		if n := w.of(b.Key); n != nil {
			n.lost, n.handed, n.until = false, b.How == store.ByPaper, b.Day
		}
	case "event-move":
		switch campaign.EventAct(b.Act) {
		case campaign.EventTell:
			w.n++
			w.told[b.id()] = store.EventNotice(w.ref, w.n)
			w.at(w.told[b.id()])
		case campaign.EventReply:
			w.at(w.told[b.id()]).heard = true
		case campaign.EventEstablish:
			return w.check(ctx, l, w.told[b.id()], fmt.Sprintf("事项 %d 的认定", b.id()))
		}
	case "warning-act":
		return w.caseAct(ctx, l, b.Act)
	}
	return nil
}

// caseAct follows what the institution shows to have, and checks what was done to it.
func (w *noticeWalk) caseAct(ctx context.Context, l store.Leaf, act campaign.WarningAct) error {
	letters := func(s campaign.WarningState) string { return store.CaseLetters(w.ref, s) }
	switch act {
	case campaign.ActReply, campaign.ActWaive:
		w.at(letters(campaign.Noticed)).heard = true
	case campaign.ActAck, campaign.ActPlan, campaign.ActRectify:
		for _, s := range []campaign.WarningState{campaign.Issued, campaign.Received, campaign.Planned} {
			w.at(letters(s)).heard = true
		}
	case campaign.ActReturn: // its letter opens days of its own
		delete(w.all, letters(campaign.Received))
		delete(w.all, letters(campaign.Planned))
	case campaign.ActWindow, campaign.ActPass, campaign.ActSign, campaign.ActTalk, campaign.ActRemind:
		return w.check(ctx, l, letters(campaign.Noticed), "案件的“"+act.Chinese()+"”")
	case campaign.ActDeemed:
		if err := w.check(ctx, l, letters(campaign.Issued), "案件的“"+act.Chinese()+"”"); err != nil {
			return err
		}
		return w.deemed(ctx, l)
	case campaign.ActLapse:
		for _, s := range []campaign.WarningState{campaign.Issued, campaign.Received, campaign.Planned} {
			if err := w.check(ctx, l, letters(s), "案件的“"+act.Chinese()+"”"); err != nil {
				return err
			}
		}
	}
	return nil
}

// deemed holds a decision that counts as received against the full days from the
// service of its letter (RW-5); of paper the record of service has them.
func (w *noticeWalk) deemed(ctx context.Context, l store.Leaf) error {
	n := w.at(store.CaseLetters(w.ref, campaign.Issued))
	if n.letter == "" || n.lost || n.handed {
		return nil
	}
	m, err := w.Book.MailByKey(ctx, n.letter)
	if campaign.KindOf(err) == campaign.NotFound || err == nil && m.State != "accepted" {
		return nil // said already
	}
	v := store.Service{Body: m.Body, State: m.State, DoneAt: m.DoneAt}
	end := v.Opens(w.c.Rehearsal, func(served campaign.Day) campaign.Day {
		return w.c.Rules.Settings.ServedDue(w.c.Rules.Holidays, campaign.Issued, served)
	})
	if err == nil && campaign.DayOf(l.At) <= end {
		w.say(place(w.ref), "视为签收于 %s，决定书 %s 送达后的期限到 %s", campaign.DayOf(l.At), n.letter, end)
	}
	return err
}

// of finds the notice that a letter brings; nil for other letters.
func (w *noticeWalk) of(letter string) *notice {
	if s := store.CaseLetter(w.ref, letter); s != "" {
		return w.at(store.CaseLetters(w.ref, s))
	}
	first, _, _ := strings.Cut(letter, "/again/")
	if strings.HasPrefix(first, w.ref.ID()+"/event-notice/") && strings.HasSuffix(first, "/mail") {
		return w.at(first)
	}
	return nil
}

func (w *noticeWalk) at(key string) *notice {
	if w.all[key] == nil {
		w.all[key] = &notice{}
	}
	return w.all[key]
}

// check says what was done to the institution before its days were over.
func (w *noticeWalk) check(ctx context.Context, l store.Leaf, key, what string) error {
	n := w.at(key)
	if n.heard || n.letter == "" { // years of before have no such letter on record
		return nil
	}
	if n.lost {
		w.say(place(w.ref), "%s时，告知 %s 已退回而没有重新送达（账本第 %d 条）", what, n.letter, l.Idx)
		return nil
	}
	if n.until != "" && campaign.DayOf(l.At) <= n.until {
		w.say(place(w.ref), "%s于 %s，告知重新送达后的期限到 %s", what, campaign.DayOf(l.At), n.until)
		return nil
	}
	m, err := w.Book.MailByKey(ctx, n.letter)
	if campaign.KindOf(err) == campaign.NotFound {
		return nil // F-48 asks for it
	}
	if err == nil && !n.handed && m.State != "accepted" {
		w.say(place(w.ref), "%s时，告知 %s 没有送达（账本第 %d 条）", what, n.letter, l.Idx)
	}
	return err
}
