package app

import (
	"context"
	"errors"

	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/mail"
)

// MailPlan prints every letter that a year will bring, before its launch or
// after: as a table for spreadsheets (ML-2). A year that was not created yet is
// planned with the default calendar for the whole roster.
func (a *App) MailPlan(ctx context.Context, year int, out io.Writer) error {
	rules, codes, err := a.planned(ctx, year)
	if err != nil {
		return err
	}
	rows := [][]string{{"日期", "星期", "工作日", "批准号", "邮件", "收件人", "何时不发", "编号"}}
	for _, m := range campaign.YearMailPlan(rules, codes) {
		worked := "是"
		if !rules.Holidays.Workday(m.Day) {
			worked = "否，请调整日历"
		}
		rows = append(rows, []string{string(m.Day), "星期" + string([]rune("日一二三四五六")[m.Day.Start().Weekday()]), worked, m.Code, m.What, m.To, m.Unless, m.Stem})
	}
	_, err = out.Write(desk.WriteCSV(rows))
	return err
}

func (a *App) planned(ctx context.Context, year int) (rules campaign.Rules, codes []string, err error) {
	c, err := a.Store.Campaign(ctx, year)
	if err == nil {
		entries, err := a.Store.Entries(ctx, year)
		for _, e := range entries {
			codes = append(codes, e.Code)
		}
		return c.Rules, codes, err
	}
	if campaign.KindOf(err) != campaign.NotFound {
		return rules, nil, err
	}
	known := campaign.KnownHolidays()
	if err := known.Covers(year, true); err != nil {
		return rules, nil, err
	}
	roster, err := a.Store.Roster(ctx)
	for _, i := range roster {
		codes = append(codes, i.Code)
	}
	if err == nil && len(codes) == 0 {
		err = errors.New("名册是空的，请先用 starter import 导入机构")
	}
	return campaign.Rules{Calendar: campaign.DefaultCalendar(year, known), Settings: campaign.DefaultSettings(year), Holidays: known}, codes, err
}

// HoldMail keeps the letters of a year back or lets them go; year 0 is every year.
func (a *App) HoldMail(ctx context.Context, by string, hold bool, year int, reason string, out io.Writer) error {
	p, err := a.actor(ctx, by)
	if err != nil {
		return err
	}
	if err := explainFields(a.Desk.HoldMail(ctx, p, hold, year, reason)); err != nil {
		return err
	}
	years, err := a.Store.Campaigns(ctx)
	for _, c := range years {
		if year != 0 && c.Year != year {
			continue
		}
		n, err := a.Store.Waiting(ctx, c.Year)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%d 年度：%s，%d 封邮件等候发出\n", c.Year, map[bool]string{true: "已暂停发信", false: "已恢复发信"}[hold], n)
	}
	return err
}

// Retell tells the workflows again what they were told since then, for an engine
// that was restored from a dump of that time beside a score book that was not lost.
func (a *App) Retell(ctx context.Context, by, since string, out io.Writer) error {
	p, err := a.actor(ctx, by)
	if err != nil {
		return err
	}
	t, err := time.ParseInLocation("2006-01-02 15:04", since, campaign.Beijing)
	if err != nil {
		return fmt.Errorf("时刻“%s”无法识别，请写成 \"2027-03-01 08:00\"（北京时间）", since)
	}
	n, err := a.Desk.Retell(ctx, p, t)
	if err == nil {
		fmt.Fprintf(out, "%s 以来的 %d 条流程消息将重新送达，听过的不会听第二次\n", since, n)
	}
	return err
}

// ReconcileMail reads a file of the provider's reports and notes them, so that
// what was sent after a backup was made is not sent again (R10).
func (a *App) ReconcileMail(ctx context.Context, by, file string, out io.Writer) error {
	if _, err := a.actor(ctx, by); err != nil {
		return err
	}
	raw, err := readFile("回执文件", file)
	if err != nil {
		return err
	}
	all, err := mail.ReadEvents(raw)
	if err != nil {
		return fmt.Errorf("%s：%w", file, err)
	}
	// Asked first: a letter that is asked for meanwhile may have missed its receipt.
	unknown, err := a.Store.UnknownMail(ctx, keysOf(all))
	if err != nil {
		return err
	}
	events, news := storeEvents(all), 0
	for len(events) > 0 { // a page at a time, so that no transaction is long
		n := min(len(events), 500)
		k, err := a.Desk.MailEvents(ctx, events[:n])
		if err != nil {
			return err
		}
		news, events = news+k, events[n:]
	}
	fmt.Fprintf(out, "读取回执 %d 条，其中新记录 %d 条\n", len(all), news)
	if unknown > 0 {
		fmt.Fprintf(out, "有 %d 封邮件不在记录中：由备份恢复的，请等流程补走（几分钟）后再核对一次，直到这个数不再减少；余下的是备份之后由人工办理引起的邮件\n", unknown)
	}
	return nil
}

func keysOf(all []mail.Event) (keys []string) {
	for _, e := range all {
		if e.Key != "" {
			keys = append(keys, e.Key)
		}
	}
	return keys
}

// ReadBounces reads reports of delivery (RFC 3464) from message files and the
// .eml files of folders, for a house that sends by SMTP and fetches the mailbox
// of its sender itself.
func (a *App) ReadBounces(ctx context.Context, by string, paths []string, out io.Writer) error {
	p, err := a.actor(ctx, by)
	if err != nil {
		return err
	}
	if p.Role != campaign.Officer {
		return campaign.Fail(campaign.Forbidden, "只有经办人员可以登记退信")
	}
	files, err := messageFiles(paths)
	if err != nil {
		return err
	}
	ours, news, left := 0, 0, 0
	for _, file := range files {
		raw, err := readFile("邮件", file)
		if err != nil {
			return err
		}
		all, err := mail.ReadReport(raw)
		if err != nil {
			left++
			fmt.Fprintf(out, "%s：未处理，%v\n", file, err)
			continue
		}
		f, err := a.Desk.TakeReturned(ctx, returned(all))
		if err != nil {
			return fmt.Errorf("%s：%w", file, err)
		}
		if f.Ours == 0 {
			left++
			fmt.Fprintf(out, "%s：未处理，与本系统发出的邮件和收件人对不上，或者不是退信\n", file)
		}
		ours, news = ours+f.Ours, news+f.News
	}
	fmt.Fprintf(out, "读取邮件 %d 封：退信和延迟报告 %d 条，其中新记录 %d 条；未处理 %d 封\n", len(files), ours, news, left)
	return nil
}

// messageFiles lists the files named, and the .eml files of the folders named.
func messageFiles(paths []string) (files []string, err error) {
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			return nil, fmt.Errorf("无法读取 %s，请检查文件夹或文件名", p)
		}
		if !info.IsDir() {
			files = append(files, p)
			continue
		}
		entries, err := os.ReadDir(p)
		if err != nil {
			return nil, fmt.Errorf("无法读取文件夹 %s：%w", p, err)
		}
		for _, e := range entries {
			if e.Type().IsRegular() && strings.EqualFold(filepath.Ext(e.Name()), ".eml") {
				files = append(files, filepath.Join(p, e.Name()))
			}
		}
	}
	return files, nil
}

// LinkLetters prints a letter with a QR code for each institution that mail does
// not reach, or for those named (ML-5), into a folder.
func (a *App) LinkLetters(ctx context.Context, by string, year int, codes []string, dir string, out io.Writer) error {
	p, err := a.actor(ctx, by)
	if err != nil {
		return err
	}
	if p.Role != campaign.Officer {
		return campaign.Fail(campaign.Forbidden, "只有经办人员可以打印办理链接")
	}
	if _, err := a.campaign(ctx, year); err != nil {
		return err
	}
	if len(codes) == 0 {
		if codes, err = a.Store.Unreached(ctx, year); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil { // the links in them let anybody act
		return fmt.Errorf("无法建立文件夹 %s，请换一个位置：%w", dir, err)
	}
	for _, code := range codes {
		pdf, err := a.Room.LinkLetter(ctx, Ref(year, code), p.ID)
		if err != nil {
			return fmt.Errorf("%s：%w", code, err)
		}
		file := filepath.Join(dir, fmt.Sprintf("办理通知-%d-%s.pdf", year, strings.ReplaceAll(code, "/", "_")))
		if err := os.WriteFile(file, pdf, 0o600); err != nil {
			return fmt.Errorf("无法写入 %s：%w", file, err)
		}
		fmt.Fprintln(out, file)
	}
	fmt.Fprintf(out, "共 %d 份。文中二维码可直接办理，请密封后直接交该机构\n", len(codes))
	return nil
}
