package app

import (
	"context"
	"fmt"
	"io"

	"xuanping/campaign"
)

// Quarantined lists the files in quarantine for whoever keeps the backups: the
// house removed their content from its own store, copies it cannot reach (GL-5).
func (a *App) Quarantined(ctx context.Context, out io.Writer) error {
	all, err := a.Store.Leaks(ctx)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		fmt.Fprintln(out, "没有隔离的文件，备份无需清理")
		return nil
	}
	fmt.Fprintf(out, "隔离的文件 %d 个。材料库中的内容已经移除；下列时段内制作的备份（文件夹、磁盘快照、异地副本）仍含该文件，须人工删除。\n", len(all))
	fmt.Fprintln(out, "数据库备份只含摘要和登记，不含文件内容；该时段内封存的卷宗也不含材料文件。")
	for _, q := range all {
		fmt.Fprintf(out, "\n%s\n", q.Digest)
		fmt.Fprintf(out, "  在备份中的位置  材料库/%s/%s\n", q.Digest[:2], q.Digest)
		fmt.Fprintf(out, "  须清理的备份    %s 至 %s 之间制作的全部备份\n", q.Since.In(campaign.Beijing).Format("2006-01-02 15:04"), q.At.In(campaign.Beijing).Format("2006-01-02 15:04"))
		fmt.Fprintf(out, "  机构年度        %d %s，登记 %d 处\n", q.Year, q.Code, q.Places)
		fmt.Fprintf(out, "  隔离            %s，%s\n", q.By, q.Reason)
		if f, err := a.Desk.Blobs.Open(q.Digest); err == nil {
			f.Close()
			fmt.Fprintln(out, "  注意            材料库中仍有内容，请在网页上对该文件再办理一次隔离")
		}
	}
	fmt.Fprintln(out, "\n清理后请记录清理人和日期；恢复旧备份后请再次运行本命令和 starter fsck。")
	return nil
}
