package web

import (
	"context"

	"xuanping/contract"
)

// decidedWords tells, row by row, what 评价复核 decided about events and why. An
// institution is told with its final result.
func (s *Server) decidedWords(ctx context.Context, ref contract.Ref) (map[int][]string, error) {
	events, err := s.store.DecidedEvents(ctx, ref)
	all := map[int][]string{}
	for _, e := range events {
		row := e.Amending(s.Desk.Table).Row
		all[row] = append(all[row], "“"+e.Title+"”："+e.AmendedWords(s.Desk.Table)+"。理由："+e.AmendedWhy)
	}
	return all, err
}
