package app

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"xuanping/audit"
	"xuanping/campaign"
	"xuanping/store"
)

// exporter finds who takes data out: an officer or an auditor, whose name the
// ledger keeps with what he took.
func (a *App) exporter(ctx context.Context, by string, year int) (store.Staff, error) {
	p, err := a.actor(ctx, by)
	if err != nil {
		return p, err
	}
	if !p.Active || p.Role != campaign.Officer && p.Role != campaign.Auditor {
		return p, fmt.Errorf("只有经办人员和审计人员可以导出数据")
	}
	_, err = a.campaign(ctx, year)
	return p, err
}

// record notes an export before anything leaves the house: as a fact of the
// year, and in the log of who read what (SE-2).
func (a *App) record(ctx context.Context, year int, by, what string, names bool) error {
	if err := a.Store.AddReading(ctx, store.Reading{Staff: by, Kind: store.ReadExport, Year: year, Item: what, Page: "starter export", At: time.Now()}); err != nil {
		return err
	}
	return a.Store.Write(ctx, func(tx *store.Tx) error {
		tx.AddExport(year, by, what, names, time.Now())
		return nil
	})
}

// Export writes all facts of a year into a folder: csv, xlsx or json.
func (a *App) Export(ctx context.Context, by string, year int, format, dir string, names bool, out io.Writer) error {
	p, err := a.exporter(ctx, by, year)
	if err != nil {
		return err
	}
	if err := a.record(ctx, year, p.ID, format, names); err != nil {
		return err
	}
	n, err := audit.Export(ctx, a.Store, audit.ExportOptions{Year: year, Format: format, WithNames: names, Write: func(name string, data []byte) error {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return fmt.Errorf("无法建立文件夹 %s，请换一个位置：%w", filepath.Dir(file), err)
		}
		return os.WriteFile(file, data, 0o600)
	}})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "已导出 %d 张表 %d 行、文书 %d 份到 %s；各列见 schema.json 和 docs/export.md。本次导出已记入账本\n", n.Tables, n.Rows, n.Papers, dir)
	if n.Withheld > 0 {
		fmt.Fprintf(out, "涉及个人或引用个人书写文字的文书 %d 份没有导出；需要全部内容请用 --with-names\n", n.Withheld)
	}
	return nil
}

// Yearbook writes material for the yearbook (PL-5).
func (a *App) Yearbook(ctx context.Context, by string, year int, file string, out io.Writer) error {
	p, err := a.exporter(ctx, by, year)
	if err != nil {
		return err
	}
	if err := a.record(ctx, year, p.ID, "yearbook", false); err != nil {
		return err
	}
	f, err := os.Create(file)
	if err != nil {
		return fmt.Errorf("无法写入 %s，请换一个位置：%w", file, err)
	}
	n, pictures, err := audit.Yearbook(ctx, a.Store, a.Desk.Blobs, year, f)
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "年鉴素材：典型案例 %d 件、图片 %d 张，已写入 %s；各文件的摘要见其中的清单.json\n", n, pictures, file)
	return nil
}
