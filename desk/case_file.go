package desk

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"xuanping/campaign"
	"xuanping/store"
)

// AddCaseFile takes a file with a statement (RW-4) or a rectification (RW-6), with one row of an
// appeal (AP-1) or with a claim (AN-15.1 to 15.3). It is checked as evidence is; the bytes are on disk before the
// fact is committed.
func (d *Desk) AddCaseFile(ctx context.Context, v Visitor, about string, u Upload, by Signer) (Receipt, error) {
	f := map[string]string{}
	by.check(f)
	switch about {
	case store.AboutAppeal:
		if u.Row < 1 || u.Row > 16 {
			f["row"] = "请选择对应的指标（1 至 16 项）"
		}
	case store.AboutClaim:
		u.Row = 0
		if u.Claim < 1 {
			f["row"] = "请选择对应的申报"
		}
	default:
		u.Row = 0
	}
	declared(u.NoState, f)
	if len([]rune(u.Note)) > 300 {
		f["note"] = "说明不能超过 300 字"
	}
	name := cleanName(u.Name)
	kind, ok := media[strings.ToLower(filepath.Ext(name))]
	if !ok {
		f["file"] = "只接受 " + Kinds + " 文件，请转换格式后上传"
	}
	if err := faulty(f); err != nil {
		return Receipt{}, err
	}
	no := u.Row
	if about == store.AboutClaim {
		no = u.Claim
	}
	used, err := d.mayAttach(ctx, v, about, no)
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
	file := store.CaseFile{About: about, Row: u.Row, Name: name, Media: kind, Size: size, Digest: digest, Note: strings.TrimSpace(u.Note), ByName: by.line()}
	var rec Receipt
	err = d.visit(ctx, v, func(tx *store.Tx, s scene) error {
		if err := d.attachable(ctx, tx.Reader, s, about, no); err != nil {
			return err
		}
		if about == store.AboutClaim {
			e, err := ownClaim(ctx, tx.Reader, v.Ref, no)
			if err != nil {
				return err
			}
			file.Event = e.ID
		}
		all, err := tx.CaseFiles(ctx, v.Ref, about)
		if err != nil {
			return err
		}
		for _, old := range all { // the same form sent twice is one file
			if file.N, file.At = old.N, old.At; file == old {
				rec = fileReceipt(v.Ref, old, no)
				return nil
			}
		}
		if used, err := tx.CaseFileSize(ctx, v.Ref); err != nil || used+size > YearLimit {
			return firstErr(err, fits(used, size))
		}
		file.At = s.Now
		file.N, err = tx.AddCaseFile(ctx, v.Ref, file)
		rec = fileReceipt(v.Ref, file, no)
		return err
	})
	return rec, err
}

func firstErr(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// fileReceipt names what a file belongs to: row no of an appeal, claim no.
func fileReceipt(ref campaign.Ref, f store.CaseFile, no int) Receipt {
	what := "整改证明材料"
	switch f.About {
	case store.AboutAppeal:
		what = fmt.Sprintf("第 %d 项评价复核的新证据", no)
	case store.AboutReply:
		what = "陈述申辩的证据"
	case store.AboutClaim:
		what = fmt.Sprintf("第 %d 件加分申报的证明材料", no)
	}
	return Receipt{key(ref, "file", strconv.Itoa(f.N)), what, f.Digest, f.At, false}
}

// mayAttach asks before the bytes are read, and tells how much was handed in
// with cases already.
func (d *Desk) mayAttach(ctx context.Context, v Visitor, about string, no int) (used int64, err error) {
	if !v.Act {
		return 0, campaign.Fail(campaign.Forbidden, "此链接只能查看，请使用任务邮件中的链接办理")
	}
	s, err := d.scene(ctx, d.Store.Reader, v.Ref)
	if err != nil {
		return 0, err
	}
	if err := d.attachable(ctx, d.Store.Reader, s, about, no); err != nil {
		return 0, err
	}
	if used, err = d.Store.CaseFileSize(ctx, v.Ref); err != nil {
		return 0, err
	}
	return used, fits(used, 1)
}

// MayAttach tells why an institution may not add files now; nil when it may.
func (d *Desk) MayAttach(ctx context.Context, v Visitor, about string) error {
	_, err := d.mayAttach(ctx, v, about, 0)
	return err
}

// attachable tells whether files are taken now: with a rectification while it
// is awaited, with a statement while its window is open, with row no of an appeal within the window until it is decided,
// with claim no until it is decided.
func (d *Desk) attachable(ctx context.Context, r store.Reader, s scene, about string, no int) error {
	ref := s.ref()
	if about == store.AboutClaim {
		return d.provable(ctx, r, s, no)
	}
	if about == store.AboutRectification || about == store.AboutReply {
		w, err := r.Warning(ctx, ref)
		if err != nil {
			return err
		}
		acts, err := r.WarningActs(ctx, ref)
		if err != nil {
			return err
		}
		takes, what := []campaign.WarningState{campaign.Received, campaign.Planned, campaign.Unrectified}, "整改材料"
		if about == store.AboutReply {
			takes, what = []campaign.WarningState{campaign.Noticed}, "陈述申辩的证据"
		}
		if state := w.Ladder.Replay(store.PastActs(acts)); !slices.Contains(takes, state) {
			return campaign.Fail(campaign.Conflict, "案件处于“%s”，不接收%s", state.Outside().Chinese(), what)
		}
		return nil
	}
	if s.Entry.Stage != campaign.Served {
		return campaign.Fail(campaign.Conflict, "当前为“%s”阶段，不接收评价复核的证据", s.Entry.Stage.Chinese())
	}
	if until := s.Entry.DueDay(); !s.Now.Before(until.End()) {
		return campaign.Fail(campaign.TooLate, "评价复核申请已于 %s 截止", until.Chinese())
	}
	appeals, err := r.Appeals(ctx, ref)
	for _, a := range appeals {
		if a.Row == no && a.RuledAt != nil {
			return campaign.Fail(campaign.Conflict, "第 %d 项的复核已有决定，不再接收证据", no)
		}
	}
	return err
}
