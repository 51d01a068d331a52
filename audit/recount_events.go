package audit

import (
	"context"

	"xuanping/campaign"
	"xuanping/store"
)

// indexEarlier reads when the events of earlier years came into the ledger; their ids are global.
func (f *facts) indexEarlier(ctx context.Context, r store.Reader) error {
	read := map[int]bool{}
	for _, e := range f.earlier {
		if read[e.Year] {
			continue
		}
		read[e.Year] = true
		ref := campaign.Ref{Year: e.Year, Code: e.Code}
		leaves, err := r.Leaves(ctx, ref)
		if err != nil {
			return err
		}
		for _, l := range leaves {
			switch l.Kind {
			case "event", "event-ruling", "event-amendment", "matter":
				f.learn(l)
			case "result":
				if bodyOf(l).Version > 1 { // from then on its amendments stand
					f.known[key("stands", e.Year)] = l.Idx
				}
			}
		}
		amended, err := r.Amendments(ctx, ref)
		if err != nil {
			return err
		}
		f.amended = append(f.amended, amended...)
	}
	return nil
}

// amend gives an event the last edition that the ledger knew: of the year itself
// the first version knew none (AP-4), those of earlier years stand from their
// second version on.
func (f facts) amend(idx int64, e store.Event) store.Event {
	e = e.Unamended()
	if e.Year != f.ref.Year && !f.before(idx, "stands", e.Year) {
		return e
	}
	for _, a := range f.amended {
		if a.Event == e.ID && f.before(idx, key("event-amendment", a.Event), a.N) {
			e = e.Amend(a)
		}
	}
	return e
}
