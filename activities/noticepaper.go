package activities

import (
	"context"
	"fmt"
	"strings"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/pdf"
	"xuanping/rubric"
	"xuanping/store"
)

// taskSheet lists what the year asks of an institution and by when, from its own first day on.
func taskSheet(c campaign.Calendar, from campaign.Day) (lines [][2]string) {
	add := func(what string, until campaign.Day, word string) {
		if until >= from {
			lines = append(lines, [2]string{what, until.Chinese() + word})
		}
	}
	if from <= c.PlanClose {
		add("报送年度宣传工作计划", c.PlanDue, "前")
	}
	add("提交各项指标的证据材料", c.EvidenceClose, "前（全年随时提交，每季度提醒一次）")
	add("提交自评", c.SelfScoreDue, "前")
	add("得分告知", c.Result, "")
	add("结果公布", c.Publication, "")
	return lines
}

// since is the first day of an institution's year: the launch, or the day it joined.
func (s scene) since() campaign.Day {
	return max(s.rules().Calendar.Launch, s.entry.JoinedDay())
}

// notice prints 评价通知书: what is judged, by which days, and what the institution may do.
func (r *Room) notice(ctx context.Context, head pdf.Head, s scene) ([]byte, error) {
	c, year := s.rules().Calendar, s.campaign.Year
	var days []string
	for _, l := range taskSheet(c, s.since()) {
		days = append(days, l[0]+"："+l[1]+"。")
	}
	in := pdf.Letter{
		Head: head, Title: fmt.Sprintf("关于开展%d年度\n认证机构宣传工作评价的通知书", year), To: s.institution.Name,
		Opening: []string{fmt.Sprintf("为更好彰显质量认证“传递信任，服务发展”的作用和价值，依据《认证机构宣传工作指引》第一条、第三十二条，现对你机构（批准号 %s）开展%d年度宣传工作评价，有关事项通知如下。", s.entry.Code, year)},
		Sections: []pdf.Section{
			{Heading: "评价内容", Text: []string{"按照《认证机构宣传工作评价指标》（附件2）16项指标评价，其中基础指标14项、满分100分，加分项、扣分项各不超过10分。"}},
			{Heading: "时间安排", Text: days},
			{Heading: "办理方式", Text: []string{"通知邮件载有本机构专用的办理链接，填报、提交和查询均通过该链接进行；每次提交均出具回执。不能接收邮件的，可以向发文单位索取书面办理链接。"}},
			{Heading: "告知与复核", Text: []string{fmt.Sprintf("得分将书面告知。对得分有异议的，可以自告知送达之日起%d个工作日内申请评价复核；评价复核是发文单位为公平评价设定的程序，不是《指引》条款。", s.rules().Settings.AppealDays)}},
		},
		Closing: []string{"特此通知。"}, Contact: "联系咨询：" + r.Contact,
	}
	commit, err := r.Store.SpotCommit(ctx, year)
	if err == nil {
		in.Sections = append(in.Sections, pdf.Section{Heading: "抽查承诺", Text: []string{"三审三校、信息公开和稿件网址的抽查，由已封存的随机种子决定。种子的 SHA-256 为 " + commit.Commitment + "，种子随结果公布，任何人都可以据此重新抽取、核对。"}})
	} else if campaign.KindOf(err) != campaign.NotFound {
		return nil, err
	}
	return r.Printer.Letter(in)
}

// submissionReceipt prints 提交回执: what the year's materials were when the self-score was handed in.
func (r *Room) submissionReceipt(ctx context.Context, head pdf.Head, s scene, b store.PaperBody) ([]byte, error) {
	ref := s.entry.Ref()
	all, err := r.Store.SelfScores(ctx, ref)
	if err != nil {
		return nil, err
	}
	if b.Version < 1 || b.Version > len(all) {
		return nil, campaign.Fail(campaign.Conflict, "自评第 %d 版尚未提交", b.Version)
	}
	given := all[b.Version-1]
	in := pdf.Receipt{Head: head, Institution: s.institution.Name, Code: ref.Code, What: fmt.Sprintf("%d年度自评（第%d版）及截至当时的证据材料", ref.Year, b.Version),
		At: given.At, By: "机构宣传主管负责人签认", Digest: given.Digest, Items: []pdf.Received{{Name: "自评表", Row: "第1至14项", Digest: given.Digest}}}
	files, err := r.Store.EvidenceOf(ctx, ref)
	for _, e := range files {
		if !e.At.After(given.At) {
			in.Items = append(in.Items, pdf.Received{Name: e.Name, Row: fmt.Sprintf("第%d项", e.Row), Digest: e.Digest, Size: sizeWord(e.Size)})
		}
	}
	if err != nil {
		return nil, err
	}
	return r.Printer.Receipt(in)
}

// sizeWord writes a size as people read it.
func sizeWord(n int64) string {
	switch {
	case n < 1<<10:
		return fmt.Sprintf("%d B", n)
	case n < 1<<20:
		return fmt.Sprintf("%.1f KB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
}

// announcement prints 结果公告: who is excellent, and the year in aggregate. Nobody else is named (PL-2).
func (r *Room) announcement(ctx context.Context, head pdf.Head, c store.Campaign) ([]byte, error) {
	entries, err := r.Store.Entries(ctx, c.Year)
	if err != nil {
		return nil, err
	}
	results, err := r.Store.LatestResults(ctx, c.Year)
	if err != nil {
		return nil, err
	}
	codes, err := r.Store.Honoured(ctx, c.Year)
	if err != nil {
		return nil, err
	}
	if _, err := r.corrected(ctx, c.Year, 1, codes); err != nil { // whoever is honoured later is not announced here
		return nil, err
	}
	latest, results := map[string]store.Result{}, staying(results, entries)
	var totals []rubric.Points
	for _, v := range results {
		latest[v.Code] = v
		if v.Scored {
			totals = append(totals, v.Total)
		}
	}
	var names []string
	for _, e := range honoured(c.Rules.Settings.Readings.Reading(), codes, entries, latest) {
		names = append(names, e.Name)
	}
	list := "本年度没有机构列入名单。"
	if len(names) > 0 {
		list = strings.Join(names, "、") + "。"
	}
	return r.Printer.Letter(pdf.Letter{
		Head: head, Title: fmt.Sprintf("%d年度认证机构宣传工作评价\n结果公告", c.Year),
		Opening: []string{fmt.Sprintf("依据《认证机构宣传工作指引》第三十二条，%d年度认证机构宣传工作评价已经完成，现将结果公告如下。", c.Year)},
		Sections: []pdf.Section{
			{Heading: "总体情况", Text: []string{fmt.Sprintf("参加评价的机构%d家，完成评审%d家，平均得分%s。", len(results), len(totals), rubric.Mean(totals))}},
			{Heading: fmt.Sprintf("优秀单位（%d家，排名不分先后）", len(names)), Text: []string{list}},
			{Heading: "说明", Text: []string{"本公告只列优秀单位；各机构的得分已分别书面告知，作为实施行政管理的参考依据。公告后发现事实有误的，更正以新版本公布，并保留原版本。"}},
		},
		Closing: []string{"特此公告。"}, Contact: "联系咨询：" + r.Contact,
	})
}

// queueNotice gives the whole roster its numbers of the notice, by code, and orders the institution's.
func queueNotice(ctx context.Context, tx *store.Tx, ref contract.Ref, day campaign.Day) (key, number string, err error) {
	n, err := numberOf(ctx, tx, campaign.NoticePaper, ref)
	if err != nil {
		return "", "", err
	}
	return queuePaper(tx, ref, store.PaperBody{Kind: campaign.NoticePaper, N: n, Date: day}, "1"), campaign.NoticePaper.Number(ref.Year, n), nil
}
