package activities

import (
	"context"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// alertStaff writes to every officer, or to the approvers or legal checkers where theirs is the turn.
func (r *Room) alertStaff(ctx context.Context, s scene, ref contract.Ref, about string, at time.Time, path, seq string) error {
	return r.write(ctx, func(tx *store.Tx) error { return queueAlert(ctx, tx, s, ref, about, at, path, seq) })
}

// queueAlert is alertStaff within an act.
func queueAlert(ctx context.Context, tx *store.Tx, s scene, ref contract.Ref, about string, at time.Time, path, seq string) error {
	words, ok := alerts[about]
	if !ok {
		return campaign.Fail(campaign.Invalid, "没有“%s”这种提请", about)
	}
	role := campaign.Officer
	if about == contract.AlertSignaturesDue || about == contract.AlertEventsUnruled {
		role = campaign.Approver
	}
	if about == contract.AlertLegalDue {
		role = campaign.Legal
	}
	people, err := tx.StaffOf(ctx, role)
	until := s.rules().Holidays.AddWorkdays(campaign.DayOf(at), 3)
	for _, p := range people {
		body := store.MailBody{Template: "officer-alert", To: "staff:" + p.ID, Path: path, Date: at, Until: until, Data: map[string]string{"title": words[0], "what": words[1], "consequence": words[2]}}
		if ref.Code != "" {
			body.Lines = [][2]string{{"机构", s.institution.Name}, {"批准号", ref.Code}}
		}
		queueMail(tx, ref, "alert/"+about+"/"+seq+"/"+p.ID, body)
	}
	return err
}

// write commits an act and wakes the relay for its intents.
func (r *Room) write(ctx context.Context, do func(tx *store.Tx) error) error {
	err := r.Store.Write(ctx, do)
	if err == nil {
		r.Kick()
	}
	return err
}

// queueMail puts a letter in the outbox under a key derived from what it is for.
func queueMail(tx *store.Tx, ref contract.Ref, what string, body store.MailBody) string {
	return queue(tx, ref, store.MailIntent, what, body, 0)
}

// queueOwn is queueMail for a step that delivers the letter itself at once:
// the relay leaves it alone for a while, and takes it over if the step died.
func queueOwn(tx *store.Tx, ref contract.Ref, what string, body store.MailBody) string {
	return queue(tx, ref, store.MailIntent, what, body, takeover)
}

// queuePaper puts a paper in the outbox; the letter that carries it makes it.
func queuePaper(tx *store.Tx, ref contract.Ref, body store.PaperBody, seq string) string {
	return queue(tx, ref, store.PaperIntent, "paper/"+string(body.Kind)+"/"+seq, body, takeover)
}

const takeover = 20 * time.Second

func queue(tx *store.Tx, ref contract.Ref, kind, what string, body any, after time.Duration) string {
	k := contract.CampaignID(ref.Year) + "/" + what
	if ref.Code != "" {
		k = ref.ID() + "/" + what
	}
	var due time.Time
	if after > 0 {
		due = time.Now().Add(after)
	}
	tx.Queue(store.Intent{Key: k, Kind: kind, Ref: ref, Body: body, NotBefore: due})
	return k
}
