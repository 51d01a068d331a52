package desk

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"xuanping/campaign"
	"xuanping/store"
)

// Limits of evidence (S2).
const (
	FileLimit = 50 << 20  // bytes of one file
	YearLimit = 500 << 20 // bytes of an institution's year
)

// media gives the media type of each kind that may be handed in.
var media = map[string]string{
	".pdf": "application/pdf", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".mp4": "video/mp4",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}

// Kinds is the sentence that names what may be handed in.
const Kinds = "PDF、Word（docx）、Excel（xlsx）、PowerPoint（pptx）、JPG、PNG、MP4"

// Upload is a file on its way in.
type Upload struct {
	Row     int
	Claim   int    // number of the claim that it proves; 0 for other files
	Name    string // as the client says; for display only
	Note    string
	Own     campaign.Day // the material's own date; "" when none was given
	NoState bool         // 已声明不含国家秘密、工作秘密、商业秘密和他人隐私 (Art. 5, GL-5)
	File    io.Reader
}

// AddEvidence takes a file for a row: extension, first bytes and structure
// must agree. The bytes are on disk before the fact is committed.
func (d *Desk) AddEvidence(ctx context.Context, v Visitor, u Upload, by Signer) (Receipt, error) {
	f := map[string]string{}
	by.check(f)
	if u.Row < 1 || u.Row > 14 {
		f["row"] = "请选择对应的指标（1 至 14 项）"
	}
	if !u.NoState {
		f["declared"] = "请先勾选保密声明（第五条）"
	}
	if len([]rune(u.Note)) > 300 {
		f["note"] = "说明不能超过 300 字"
	}
	if _, err := campaign.ParseDay(string(u.Own)); u.Own != "" && err != nil {
		f["own"] = "请填写材料日期，格式 2026-03-01；不清楚的可以不填"
	}
	name := cleanName(u.Name)
	kind, ok := media[strings.ToLower(filepath.Ext(name))]
	if !ok {
		f["file"] = "只接受 " + Kinds + " 文件，请转换格式后上传"
	}
	if err := faulty(f); err != nil {
		return Receipt{}, err
	}
	used, err := d.mayUpload(ctx, v, u.Own)
	if err != nil {
		return Receipt{}, err
	}
	digest, size, err := d.Blobs.Put(u.File, FileLimit, func(file *os.File, size int64) error {
		if err := fits(used, size); err != nil {
			return err
		}
		return genuine(file, size, strings.ToLower(filepath.Ext(name)))
	})
	if err != nil {
		return Receipt{}, err
	}
	if err := d.notLeaked(ctx, digest); err != nil {
		return Receipt{}, err
	}
	e := store.Evidence{Row: u.Row, Name: name, Media: kind, Size: size, Digest: digest, Note: strings.TrimSpace(u.Note), Own: u.Own, ByName: by.line()}
	var rec Receipt
	err = d.visit(ctx, v, func(tx *store.Tx, s scene) error {
		if err := d.evidenceOpen(ctx, tx.Reader, s); err != nil {
			return err
		}
		all, err := tx.EvidenceOf(ctx, v.Ref)
		if err != nil {
			return err
		}
		for _, old := range all {
			if e.ID, e.At = old.ID, old.At; e == old { // the same form sent twice is one file
				rec = evidenceReceipt(v.Ref, old)
				return nil
			}
		}
		used, err := tx.HandedSize(ctx, v.Ref)
		if err != nil {
			return err
		}
		if err := fits(used, size); err != nil {
			return err
		}
		e.At = s.Now
		e.ID, err = tx.AddEvidence(ctx, v.Ref, e)
		rec = evidenceReceipt(v.Ref, e)
		return err
	})
	return rec, err
}

func evidenceReceipt(ref campaign.Ref, e store.Evidence) Receipt {
	return Receipt{key(ref, "evidence", strconv.FormatInt(e.ID, 10)), fmt.Sprintf("第 %d 项证据材料", e.Row), e.Digest, e.At, false}
}

// mayUpload asks before the bytes are read, so that nobody waits for nothing,
// and tells how much the institution has handed in already.
func (d *Desk) mayUpload(ctx context.Context, v Visitor, own campaign.Day) (used int64, err error) {
	if !v.Act {
		return 0, campaign.Fail(campaign.Forbidden, "此链接只能查看，请使用任务邮件中的链接办理")
	}
	s, err := d.scene(ctx, d.Store.Reader, v.Ref)
	if err != nil {
		return 0, err
	}
	if err := d.evidenceOpen(ctx, d.Store.Reader, s); err != nil {
		return 0, err
	}
	if own > campaign.DayOf(s.Now) {
		return 0, faulty(map[string]string{"own": "材料日期不能晚于今天"})
	}
	if used, err = d.Store.HandedSize(ctx, v.Ref); err != nil {
		return 0, err
	}
	return used, fits(used, 1)
}

// fits refuses what would go beyond the limit of an institution's year.
func fits(used, size int64) error {
	if used+size > YearLimit {
		return campaign.Fail(campaign.Invalid, "本年度材料合计不能超过 %d MB，目前已用 %d MB", YearLimit>>20, used>>20)
	}
	return nil
}

func (d *Desk) evidenceOpen(ctx context.Context, r store.Reader, s scene) error {
	if s.Entry.Stage != campaign.Planning && s.Entry.Stage != campaign.Collecting {
		return campaign.Fail(campaign.Conflict, "当前为“%s”阶段，不接收证据材料", s.Entry.Stage.Chinese())
	}
	due, _, err := d.open(ctx, r, s, campaign.EvidenceTask)
	if err == nil && !s.Now.Before(due.End()) {
		return campaign.Fail(campaign.TooLate, "证据材料已于 %s 截止提交", due.Chinese())
	}
	return err
}

// cleanName makes a client's file name fit for display: no path, no control or
// direction marks, at most 120 signs.
func cleanName(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	s = norm.NFC.String(s)
	s = strings.TrimSpace(s[strings.LastIndexAny(s, `/\`)+1:])
	rs := []rune(s)
	if len(rs) > 120 {
		ext := []rune(filepath.Ext(s))
		if len(ext) > 10 {
			ext = nil
		}
		rs = append(rs[:120-len(ext)], ext...)
	}
	return strings.TrimSpace(string(rs))
}
