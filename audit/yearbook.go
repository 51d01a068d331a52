package audit

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
)

// Yearbook writes material for the yearbook (四(一)4 年鉴稿件来源, PL-5): a folder for
// each awarded case with its text, as the public reads it, and its pictures, the
// figures of the year, and a list of all with their digests. It tells how many
// cases and pictures there are. The same year gives the same bytes.
func Yearbook(ctx context.Context, s *store.Store, blobs *store.Blobs, year int, out io.Writer) (cases, pictures int, err error) {
	err = s.Snapshot(ctx, func(r store.Reader) error {
		figures, err := yearFigures(ctx, r, year)
		if err != nil {
			return err
		}
		all, err := r.Honours(ctx, year)
		if err != nil {
			return err
		}
		y := yearbook{zip: zip.NewWriter(out)}
		if err := y.text("年度数据.txt", figures); err != nil {
			return err
		}
		for _, h := range all {
			if h.Kind != campaign.CaseHonour || h.State() != campaign.Awarded {
				continue
			}
			cases++
			folder := fmt.Sprintf("典型案例/%02d/", cases)
			if err := y.text(folder+"稿件.txt", caseText(h)); err != nil {
				return err
			}
			n, err := y.pictures(ctx, r, blobs, h, folder)
			if err != nil {
				return err
			}
			pictures += n
		}
		return y.close()
	})
	return cases, pictures, err
}

// yearbook is a yearbook's archive on its way out, with what it holds so far.
type yearbook struct {
	zip  *zip.Writer
	list []yearbookFile
}

// yearbookFile is a line of the list of a yearbook.
type yearbookFile struct {
	File   string `json:"file"`
	Size   int    `json:"size"`
	Digest string `json:"sha256"`
	From   string `json:"from,omitempty"` // digest of the evidence that a picture was drawn from
	Left   string `json:"left,omitempty"` // why a picture is not here
}

// add puts a file into the archive, without a time: the same year gives the same bytes.
func (y *yearbook) add(name string, data []byte, from string) error {
	w, err := y.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
	if err != nil {
		return err
	}
	sum := sha256.Sum256(data)
	y.list = append(y.list, yearbookFile{File: name, Size: len(data), Digest: hex.EncodeToString(sum[:]), From: from})
	_, err = w.Write(data)
	return err
}

// text adds a text for people: with BOM and the line ends of Windows.
func (y *yearbook) text(name, text string) error {
	return y.add(name, []byte("\xef\xbb\xbf"+strings.ReplaceAll(text, "\n", "\r\n")), "")
}

// pictures adds a case's pictures, each drawn anew; one that cannot be read or
// was taken into quarantine is named in the list.
func (y *yearbook) pictures(ctx context.Context, r store.Reader, blobs *store.Blobs, h store.Honour, folder string) (n int, err error) {
	for i, id := range h.Pictures {
		e, err := r.OneEvidence(ctx, h.Ref(), id)
		if err != nil {
			return n, err
		}
		name := fmt.Sprintf("%s图片%02d", folder, i+1)
		bare, ending, why, err := drawnAnew(ctx, r, blobs, e.Digest)
		if err != nil {
			return n, err
		}
		if why != "" {
			y.list = append(y.list, yearbookFile{File: name, From: e.Digest, Left: why})
			continue
		}
		if err := y.add(name+ending, bare, e.Digest); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// drawnAnew reads a stored picture and draws it anew; why says what keeps it out.
func drawnAnew(ctx context.Context, r store.Reader, blobs *store.Blobs, digest string) (bare []byte, ending, why string, err error) {
	if _, err := r.Quarantined(ctx, digest); err == nil {
		return nil, "", "已隔离", nil
	} else if campaign.KindOf(err) != campaign.NotFound {
		return nil, "", "", err
	}
	f, err := blobs.Open(digest)
	if err != nil {
		return nil, "", "", err
	}
	defer f.Close()
	data, err := readPicture(f)
	if err == nil {
		bare, ending, err = barePicture(data)
	}
	if errors.Is(err, errPicture) {
		return nil, "", errPicture.Error(), nil
	}
	return bare, ending, "", err
}

// close writes the list of what the archive holds and ends it.
func (y *yearbook) close() error {
	b, err := json.MarshalIndent(y.list, "", " ")
	if err != nil {
		return err
	}
	if err := y.add("清单.json", append(b, '\n'), ""); err != nil {
		return err
	}
	return y.zip.Close()
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
