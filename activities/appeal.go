package activities

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// appealLetter puts the decision on 评价复核 and its letter in the outbox, when
// every row that was asked about is decided or stands (AP-3); "" without an appeal.
func (r *Room) appealLetter(ctx context.Context, tx *store.Tx, ref contract.Ref, at time.Time, appeals []store.Appeal) (string, error) {
	if len(appeals) == 0 {
		return "", nil
	}
	codes, err := tx.Appealing(ctx, ref.Year)
	if err != nil {
		return "", err
	}
	numbers, err := tx.Numbers(ctx, campaign.AppealPaper.Series(), ref.Year, codes)
	if err != nil {
		return "", err
	}
	editions, err := tx.Amendments(ctx, ref)
	if err != nil {
		return "", err
	}
	n := numbers[ref.Code]
	paper := queuePaper(tx, ref, store.PaperBody{Kind: campaign.AppealPaper, N: n, Date: campaign.DayOf(at)}, "1")
	var words []string
	for _, a := range appeals {
		words = append(words, fmt.Sprintf("第 %d 项%s", a.Row, rulingWord(a)+amendedWord(a.Row, editions)))
	}
	return queueOwn(tx, ref, "appeal-decision", store.MailBody{Template: "appeal-decision", To: "institution", Scope: "act", Path: "appeal", Date: at, Papers: []string{paper},
		Lines: [][2]string{{"文号", campaign.AppealPaper.Number(ref.Year, n)}}, Data: map[string]string{"what": strings.Join(words, "；") + "。"}}), nil
}

// finalLetter puts the final notice and its letter in the outbox; what it says is
// fixed from then on.
func (r *Room) finalLetter(ctx context.Context, tx *store.Tx, ref contract.Ref, at time.Time, last store.Result, appeals []store.Appeal, editions []store.Amendment) (string, error) {
	n, err := numberOf(ctx, tx, campaign.FinalPaper, ref)
	if err != nil {
		return "", err
	}
	paper := queuePaper(tx, ref, store.PaperBody{Kind: campaign.FinalPaper, N: n, Version: last.Version, Date: campaign.DayOf(at)}, strconv.Itoa(last.Version))
	lines := [][2]string{{"文号", campaign.FinalPaper.Number(ref.Year, n)}}
	if last.Scored {
		lines = append(lines, [2]string{"最终总分", last.Total.String()})
	} else {
		lines = append(lines, [2]string{"登记结果", "未提交"})
	}
	for _, a := range appeals {
		lines = append(lines, [2]string{fmt.Sprintf("第 %d 项复核", a.Row), rulingWord(a) + amendedWord(a.Row, editions)})
	}
	return queueOwn(tx, ref, "final", store.MailBody{Template: "final-result", To: "institution", Scope: "act", Path: "result", Date: at, Papers: []string{paper}, Lines: lines}), nil
}

func rulingWord(a store.Appeal) string {
	if a.After == nil {
		return "未在期限内作出决定，维持原得分"
	}
	return campaign.RowWords(a.Row, *a.Before, *a.After)
}
