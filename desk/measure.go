package desk

import (
	"context"
	"slices"
	"strings"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// MeasureForm is what a local regulator laid down for his place.
type MeasureForm struct {
	Title, Text, Number string
	Day                 campaign.Day
}

// AddMeasure records a local regulator's measures for his province (五(一):
// 地方制定具体措施, PL-18).
func (d *Desk) AddMeasure(ctx context.Context, p store.Staff, year int, f MeasureForm) error {
	if err := need(p, campaign.Local); err != nil {
		return err
	}
	m := store.LocalMeasure{Year: year, Province: p.Province, Title: strings.TrimSpace(f.Title), Text: strings.TrimSpace(f.Text), Number: strings.TrimSpace(f.Number), By: p.ID}
	bad := map[string]string{}
	if n := len([]rune(m.Title)); n == 0 || n > 100 {
		bad["title"] = "请填写措施名称（不超过 100 字）"
	}
	if n := len([]rune(m.Text)); n == 0 || n > 20_000 {
		bad["text"] = "请填写措施全文或要点（不超过 20000 字）"
	}
	if len([]rune(m.Number)) > 60 {
		bad["number"] = "文号不超过 60 字"
	}
	if _, err := campaign.ParseDay(string(f.Day)); err != nil {
		bad["day"] = "请填写发布日期，格式 2026-03-15"
	}
	if err := faulty(bad); err != nil {
		return err
	}
	return d.commit(ctx, func(tx *store.Tx) error {
		if err := tx.Lock(ctx, contract.Ref{Year: year}); err != nil {
			return err
		}
		c, err := tx.Campaign(ctx, year)
		if err != nil {
			return err
		}
		m.At = c.Now(d.Clock())
		past, err := tx.LocalMeasures(ctx, year, p.Province)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(past, func(o store.LocalMeasure) bool { return o.Title == m.Title && o.Text == m.Text && o.On() == f.Day }) {
			return nil // the same form sent twice is one act
		}
		_, err = tx.AddLocalMeasure(ctx, m, f.Day)
		return err
	})
}
