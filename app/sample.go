package app

import (
	"context"
	"fmt"
	"io"

	"xuanping/audit"
	"xuanping/campaign"
)

// Sample draws a year's spot checks again from the revealed seed, or one that is
// given, and fails when a recorded draw differs (requirements §3 no. 5).
func (a *App) Sample(ctx context.Context, list string, year int, seed, code string, out io.Writer) error {
	kind, err := campaign.ParseSpotKind(list)
	if err != nil {
		return err
	}
	if _, err := a.campaign(ctx, year); err != nil {
		return err
	}
	differ, err := audit.Sample(ctx, a.Store.Reader, audit.SpotOptions{Year: year, Kind: kind, Seed: seed, Code: code}, out)
	if err == nil && differ > 0 {
		err = fmt.Errorf("有 %d 家机构的抽取记录与种子不一致", differ)
	}
	return err
}
