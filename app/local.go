package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"xuanping/campaign"
)

// LocalSet stores the indicator set of a year's local ranking from a file.
func (a *App) LocalSet(ctx context.Context, by string, year int, file string, out io.Writer) error {
	p, err := a.actor(ctx, by)
	if err != nil {
		return err
	}
	if _, err := a.campaign(ctx, year); err != nil {
		return err
	}
	b, err := readFile("指标集文件", file)
	if err != nil {
		return err
	}
	var set campaign.LocalSet
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&set); err != nil {
		return fmt.Errorf("%s 不是指标集（JSON：name、top、indicators）：%w", file, err)
	}
	if err := a.Desk.SetLocalSet(ctx, p, year, set); err != nil {
		return explainFields(err)
	}
	_, err = fmt.Fprintf(out, "已保存指标集“%s”（%d 项）。%s\n", set.Name, len(set.Indicators), campaign.LocalNote)
	return err
}

// LocalRank prints the comparison of local regulators: only the named ranks.
func (a *App) LocalRank(ctx context.Context, year int, out io.Writer) error {
	if _, err := a.campaign(ctx, year); err != nil {
		return err
	}
	r, err := a.Desk.RankLocal(ctx, year)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s\n指标集“%s”第 %d 版，%s 录入，%s\n", r.Note, r.Set.Body.Name, r.Set.Version, r.Set.By, r.Set.At.In(campaign.Beijing).Format("2006-01-02 15:04"))
	for _, x := range r.Top {
		fmt.Fprintf(out, "%3d  %s  %s 分\n", x.Rank, x.Province, x.ScoreWord())
	}
	_, err = fmt.Fprintf(out, "其余 %d 个地方不列名。%s\n", len(r.All)-len(r.Top), r.Note)
	return err
}
