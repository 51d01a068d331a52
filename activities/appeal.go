package activities

import (
	"context"
	"fmt"
	"strings"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// appealLetter puts the decision on 评价复核 and its letter in the outbox, when
// every row that was asked about is decided or stands (AP-3); "" without an appeal.
func (r *Room) appealLetter(ctx context.Context, tx *store.Tx, in contract.AtIn, appeals []store.Appeal) (string, error) {
	if len(appeals) == 0 {
		return "", nil
	}
	codes, err := tx.Appealing(ctx, in.Ref.Year)
	if err != nil {
		return "", err
	}
	numbers, err := tx.Numbers(ctx, campaign.AppealPaper.Series(), in.Ref.Year, codes)
	if err != nil {
		return "", err
	}
	editions, err := tx.Amendments(ctx, in.Ref)
	if err != nil {
		return "", err
	}
	n := numbers[in.Ref.Code]
	paper := queuePaper(tx, in.Ref, store.PaperBody{Kind: campaign.AppealPaper, N: n, Date: campaign.DayOf(in.At)}, "1")
	var words []string
	for _, a := range appeals {
		words = append(words, fmt.Sprintf("第 %d 项%s", a.Row, rulingWord(a)+amendedWord(a.Row, editions)))
	}
	return queueOwn(tx, in.Ref, "appeal-decision", store.MailBody{Template: "appeal-decision", To: "institution", Scope: "act", Path: "appeal", Date: in.At, Papers: []string{paper},
		Lines: [][2]string{{"文号", campaign.AppealPaper.Number(in.Ref.Year, n)}}, Data: map[string]string{"what": strings.Join(words, "；") + "。"}}), nil
}
