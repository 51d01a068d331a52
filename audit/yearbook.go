package audit

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"regexp"
	"strings"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
)

// phone finds mobile and landline numbers in what people wrote.
var phone = regexp.MustCompile(`(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}|0\d{2,3}[- ]\d{7,8}`)

// mailAddress finds addresses in what people wrote.
var mailAddress = regexp.MustCompile(`[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`)

// withoutContacts takes numbers and addresses out: a yearbook prints none (PL-5).
func withoutContacts(text string) string {
	return mailAddress.ReplaceAllString(phone.ReplaceAllString(text, "（电话略）"), "（邮箱略）")
}

// Yearbook writes material for the yearbook (四(一)4 年鉴稿件来源, PL-5): a folder for
// each awarded case, as the public reads it, and the figures of the year. It
// tells how many cases there are.
func Yearbook(ctx context.Context, s *store.Store, year int, out io.Writer) (cases int, err error) {
	err = s.Snapshot(ctx, func(r store.Reader) error {
		figures, err := yearFigures(ctx, r, year)
		if err != nil {
			return err
		}
		all, err := r.Honours(ctx, year)
		if err != nil {
			return err
		}
		z := zip.NewWriter(out)
		if err := entry(z, "年度数据.txt", figures); err != nil {
			return err
		}
		for _, h := range all {
			if h.Kind != campaign.CaseHonour || h.State() != campaign.Awarded {
				continue
			}
			cases++
			if err := entry(z, fmt.Sprintf("典型案例/%02d/稿件.txt", cases), caseText(h)); err != nil {
				return err
			}
		}
		return z.Close()
	})
	return cases, err
}

// entry adds a text for people: with BOM and the line ends of Windows.
func entry(z *zip.Writer, name, text string) error {
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
	if err == nil {
		_, err = io.WriteString(w, "\xef\xbb\xbf"+strings.ReplaceAll(text, "\n", "\r\n"))
	}
	return err
}

func caseText(h store.Honour) string {
	title, text := h.ShownTitle, h.ShownText
	if title == "" {
		title = h.Title
	}
	if text == "" {
		text = h.Text
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", withoutContacts(title))
	if h.Named && h.Holder != "" {
		fmt.Fprintf(&b, "报送：%s\n", withoutContacts(h.Holder))
	}
	if a := h.Awarded(); a != nil {
		fmt.Fprintf(&b, "授予：%s\n", campaign.DayOf(a.At).Chinese())
	}
	fmt.Fprintf(&b, "编号：%d 年度第 %d 号\n\n%s\n", h.Year, h.N, withoutContacts(text))
	return b.String()
}

func yearFigures(ctx context.Context, r store.Reader, year int) (string, error) {
	if _, err := r.Campaign(ctx, year); err != nil {
		return "", err
	}
	n, err := r.Participation(ctx, year)
	if err != nil {
		return "", err
	}
	results, err := r.LatestResults(ctx, year)
	if err != nil {
		return "", err
	}
	var totals []rubric.Points
	for _, v := range results {
		if v.Scored {
			totals = append(totals, v.Total)
		}
	}
	papers, err := r.PaperCounts(ctx, year)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%d 年度认证机构宣传工作评价\n\n参加机构：%d 家\n报送计划：%d 家\n提交自评：%d 家\n证据材料：%d 件\n", year, n.Institutions, n.Plans, n.SelfScores, n.Evidence)
	fmt.Fprintf(&b, "完成评审：%d 家\n平均得分：%s\n评价复核申请：%d 项\n", len(totals), rubric.Mean(totals), n.Appeals)
	for _, kind := range []campaign.Paper{campaign.CertificatePaper, campaign.ReportPaper} {
		fmt.Fprintf(&b, "%s：%d 份\n", kind.Chinese(), papers[string(kind)])
	}
	return b.String(), nil
}
