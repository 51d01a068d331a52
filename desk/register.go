package desk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
)

// RegisterEdit is one save of a register's form: a row added, written anew or
// taken out, or the answer that there is none.
type RegisterEdit struct {
	Register string
	Based    int  // version that the person looked at; rows are counted in it
	Row      int  // from 0; −1 adds one
	Drop     bool // takes the row out
	Record   map[string]string
	None     string // why there is none, in place of a row
	NoState  bool   // 已声明不含国家秘密、工作秘密、商业秘密和他人隐私 (Art. 5, GL-5)
	FileName string
	File     io.Reader // nil: none came, and what was there stays
}

// pendingFile stands for a file whose bytes are still on their way while the
// other fields are checked.
var pendingFile = strings.Repeat("0", 64)

// registerOf finds a register of the schema.
func registerOf(id string) (campaign.Register, error) {
	if r, ok := campaign.KnownRegisters().Get(id); ok {
		return r, nil
	}
	return campaign.Register{}, campaign.Fail(campaign.NotFound, "没有这个登记项目")
}

// SaveRegister takes one save of a register: the row is checked by the schema,
// then its file, then the whole is written as a new version.
func (d *Desk) SaveRegister(ctx context.Context, v Visitor, e RegisterEdit, by Signer) (Receipt, error) {
	reg, err := registerOf(e.Register)
	if err != nil {
		return Receipt{}, err
	}
	row := reg.Clean(e.Record)
	delete(row, reg.FileField()) // only bytes that came through this door make a file
	old, err := d.filed(ctx, d.Store.Reader, v.Ref, reg.ID)
	if err != nil {
		return Receipt{}, err
	}
	if err := d.precheck(ctx, v, reg, old, row, e, by); err != nil {
		return Receipt{}, err
	}
	file, err := d.keepRegisterFile(ctx, v, reg, e, by)
	if err != nil {
		return Receipt{}, err
	}
	if file != nil {
		row[reg.FileField()] = file.Digest
	}
	return d.newVersion(ctx, v, reg, by, file, nil, func(now store.RegisterVersion) (campaign.Filing, error) {
		return edited(reg, now, row, e)
	})
}

// precheck looks at everything but the bytes, so that nobody sends a file for
// nothing.
func (d *Desk) precheck(ctx context.Context, v Visitor, reg campaign.Register, old store.RegisterVersion, row campaign.Record, e RegisterEdit, by Signer) error {
	if !v.Act {
		return campaign.Fail(campaign.Forbidden, "此链接只能查看，请使用任务邮件中的链接办理")
	}
	s, err := d.scene(ctx, d.Store.Reader, v.Ref)
	if err != nil {
		return err
	}
	if err := d.evidenceOpen(ctx, d.Store.Reader, s); err != nil {
		return err
	}
	f := map[string]string{}
	switch {
	case e.Drop:
	case e.None != "" && reg.None == "":
		f["none"] = "本项不能以“没有”答复"
	case e.None != "":
		if len([]rune(e.None)) > 300 {
			f["none"] = "理由不能超过 300 字"
		}
	default:
		if key := reg.FileField(); key != "" && e.File != nil {
			row[key] = pendingFile
		} else if key != "" && e.Row >= 0 && e.Row < len(old.Body.Rows) && e.Based == old.Version {
			if had := old.Body.Rows[e.Row][key]; had != "" {
				row[key] = had
			}
		}
		maps.Copy(f, reg.Check(row, campaign.DayOf(s.Now)))
		if err := d.partners(ctx, reg, row, v.Ref, f); err != nil {
			return err
		}
		if key := reg.FileField(); row[key] == pendingFile {
			if _, ok := media[strings.ToLower(filepath.Ext(cleanName(e.FileName)))]; !ok {
				f[key] = "只接受 " + Kinds + " 文件，请转换格式后上传"
			}
		}
	}
	declared(e.NoState, f)
	by.check(f)
	return faulty(f)
}

func declared(yes bool, f map[string]string) {
	if !yes {
		f["declared"] = "请先勾选保密声明（第五条）"
	}
}

// partners refuses a joint activity with an institution that is not there, or
// with oneself (AN-6).
func (d *Desk) partners(ctx context.Context, reg campaign.Register, row campaign.Record, ref campaign.Ref, f map[string]string) error {
	for _, x := range reg.Fields {
		code := row[x.Key]
		if x.Type != "institution" || code == "" || f[x.Key] != "" {
			continue
		}
		if code == ref.Code {
			f[x.Key] = "请填写对方机构的批准号，不是本机构的"
			continue
		}
		switch _, err := d.Store.Entry(ctx, campaign.Ref{Year: ref.Year, Code: code}); {
		case campaign.KindOf(err) == campaign.NotFound:
			f[x.Key] = "本年度名单中没有批准号 " + code
		case err != nil:
			return err
		}
	}
	return nil
}

// filed is the newest version of a register; version 0 when there is none.
func (d *Desk) filed(ctx context.Context, r store.Reader, ref campaign.Ref, id string) (store.RegisterVersion, error) {
	all, err := r.RegistersOf(ctx, ref)
	if err != nil {
		return store.RegisterVersion{}, err
	}
	if i := slices.IndexFunc(all, func(v store.RegisterVersion) bool { return v.Register == id }); i >= 0 {
		return all[i], nil
	}
	return store.RegisterVersion{Register: id}, nil
}

// keepRegisterFile puts the file of a row on disk; nil when none came.
func (d *Desk) keepRegisterFile(ctx context.Context, v Visitor, reg campaign.Register, e RegisterEdit, by Signer) (*store.RegisterFile, error) {
	if e.File == nil || e.Drop || e.None != "" || reg.FileField() == "" {
		return nil, nil
	}
	used, err := d.Store.HandedSize(ctx, v.Ref)
	if err != nil {
		return nil, err
	}
	name := cleanName(e.FileName)
	ext := strings.ToLower(filepath.Ext(name))
	digest, size, err := d.Blobs.Put(e.File, FileLimit, func(file *os.File, size int64) error {
		if err := fits(used, size); err != nil {
			return err
		}
		return genuine(file, size, ext)
	})
	if err == nil {
		err = d.notLeaked(ctx, digest)
	}
	if err != nil {
		return nil, renamedFault(err, "file", reg.FileField())
	}
	return &store.RegisterFile{Digest: digest, Name: name, Media: media[ext], Size: size, ByName: by.line()}, nil
}

// renamedFault moves a fault to the field as the register calls it; one that
// names no field is about the file as well.
func renamedFault(err error, from, to string) error {
	e, ok := errors.AsType[*campaign.Error](err)
	if !ok || e.Kind != campaign.Invalid {
		return err
	}
	c := *e
	c.Fields = maps.Clone(e.Fields)
	if c.Fields == nil {
		c.Fields = map[string]string{from: e.Say}
	}
	if say, bad := c.Fields[from]; bad {
		delete(c.Fields, from)
		c.Fields[to] = say
	}
	return &c
}

// edited is a register after one save of its form.
func edited(reg campaign.Register, now store.RegisterVersion, row campaign.Record, e RegisterEdit) (campaign.Filing, error) {
	rows := slices.Clone(now.Body.Rows)
	stale := campaign.Fail(campaign.Conflict, "这份登记在您填写期间有了新的版本，请核对后重新提交，填写的内容已保留")
	switch {
	case e.None != "":
		return campaign.Filing{None: e.None, Rows: []campaign.Record{}}, nil
	case !reg.Many() && e.Drop:
		return campaign.Filing{}, campaign.Fail(campaign.Invalid, "本项只能修改，不能删除")
	case !reg.Many():
		if e.Based != now.Version && !(len(rows) == 1 && maps.Equal(rows[0], row)) {
			return campaign.Filing{}, stale
		}
		rows = []campaign.Record{row}
	case e.Row < 0:
		if n := len(rows); n > 0 && maps.Equal(rows[n-1], row) {
			return now.Body, nil // the same form sent twice is one row
		}
		rows = append(rows, row)
	case e.Based != now.Version || e.Row >= len(rows):
		return campaign.Filing{}, stale
	case e.Drop:
		rows = slices.Delete(rows, e.Row, e.Row+1)
	default:
		rows[e.Row] = row
	}
	return campaign.Filing{Rows: rows}, nil
}

// newVersion writes what make gives as the next version; what stands already
// is acknowledged once more.
func (d *Desk) newVersion(ctx context.Context, v Visitor, reg campaign.Register, by Signer, file *store.RegisterFile, from *int,
	make func(now store.RegisterVersion) (campaign.Filing, error)) (Receipt, error) {
	var rec Receipt
	err := d.visit(ctx, v, func(tx *store.Tx, s scene) error {
		if err := d.evidenceOpen(ctx, tx.Reader, s); err != nil {
			return err
		}
		now, err := d.filed(ctx, tx.Reader, v.Ref, reg.ID)
		if err != nil {
			return err
		}
		body, err := make(now)
		if err != nil {
			return err
		}
		if err := fitting(reg, body); err != nil {
			return err
		}
		if now.Version > 0 && now.Digest == store.Digest(body) {
			rec = registerReceipt(v.Ref, reg, now)
			return nil
		}
		if file != nil {
			file.At = s.Now
			if err := tx.AddRegisterFile(ctx, v.Ref, *file); err != nil {
				return err
			}
		}
		if err := d.keepsToItsFiles(ctx, tx, v.Ref, reg, body); err != nil {
			return err
		}
		now, err = tx.AddRegister(ctx, v.Ref, store.RegisterVersion{Register: reg.ID, Schema: campaign.KnownRegisters().Digest, Body: body, CarriedFrom: from, ByName: by.line(), At: s.Now})
		if err != nil {
			return err
		}
		rec = registerReceipt(v.Ref, reg, now)
		return tx.DropDraft(ctx, "institution", v.Ref, importDraft(reg.ID))
	})
	return rec, err
}

// fitting refuses what no single row can show: too many, or one item twice.
func fitting(reg campaign.Register, body campaign.Filing) error {
	if n := len(body.Rows); n > campaign.RegisterRows {
		return campaign.Fail(campaign.Invalid, "“%s”最多登记 %d 行，现有 %d 行", reg.Title, campaign.RegisterRows, n)
	}
	if at, value := reg.Twice(body.Rows); at >= 0 {
		say := fmt.Sprintf("“%s”已经登记过，请修改原有的一行", value)
		return &campaign.Error{Kind: campaign.Invalid, Say: say, Fields: map[string]string{reg.Once: say}}
	}
	return nil
}

// keepsToItsFiles refuses a row that names a file which was not handed in here
// or was taken into quarantine meanwhile.
func (d *Desk) keepsToItsFiles(ctx context.Context, tx *store.Tx, ref campaign.Ref, reg campaign.Register, body campaign.Filing) error {
	key := reg.FileField()
	if key == "" {
		return nil
	}
	files, err := tx.RegisterFiles(ctx, ref)
	if err != nil {
		return err
	}
	for _, row := range body.Rows {
		if d := row[key]; d != "" && !slices.ContainsFunc(files, func(f store.RegisterFile) bool { return f.Digest == d }) {
			return campaign.Fail(campaign.Conflict, "登记中的文件不在本年度材料里，请重新上传")
		}
	}
	return nil
}

func registerReceipt(ref campaign.Ref, reg campaign.Register, v store.RegisterVersion) Receipt {
	return Receipt{key(ref, "register", reg.ID, strconv.Itoa(v.Version)), reg.Title, v.Digest, v.At, false}
}

// CarryRegister takes last year's version over after it was looked through and
// confirmed again (AN-2): nothing is uploaded twice, and nothing is taken over
// by itself.
func (d *Desk) CarryRegister(ctx context.Context, v Visitor, id string, confirmed, noState bool, by Signer) (Receipt, error) {
	reg, err := registerOf(id)
	if err != nil {
		return Receipt{}, err
	}
	f := map[string]string{}
	if !confirmed {
		f["confirmed"] = "请核对后勾选确认"
	}
	declared(noState, f)
	by.check(f)
	if err := faulty(f); err != nil {
		return Receipt{}, err
	}
	last := campaign.Ref{Year: v.Ref.Year - 1, Code: v.Ref.Code}
	before, err := d.filed(ctx, d.Store.Reader, last, id)
	if err != nil {
		return Receipt{}, err
	}
	if before.Version == 0 {
		return Receipt{}, campaign.Fail(campaign.NotFound, "上一年度没有“%s”可以沿用", reg.Title)
	}
	if err := d.stillRight(ctx, v.Ref, reg, before.Body); err != nil {
		return Receipt{}, err
	}
	if err := d.copyFiles(ctx, v, last, reg, before.Body, by); err != nil {
		return Receipt{}, err
	}
	return d.newVersion(ctx, v, reg, by, nil, &last.Year, func(now store.RegisterVersion) (campaign.Filing, error) {
		if now.Version > 0 && now.Digest != before.Digest {
			return campaign.Filing{}, campaign.Fail(campaign.Conflict, "本年度已经填写过“%s”，不能再沿用上一年度的内容", reg.Title)
		}
		return before.Body, nil
	})
}

// stillRight checks last year's rows by this year's schema.
func (d *Desk) stillRight(ctx context.Context, ref campaign.Ref, reg campaign.Register, body campaign.Filing) error {
	c, err := d.Store.Campaign(ctx, ref.Year)
	if err != nil {
		return err
	}
	for i, row := range body.Rows {
		for key, say := range reg.Check(row, campaign.DayOf(c.Now(d.Clock()))) {
			return campaign.Fail(campaign.Invalid, "上一年度的第 %d 行（%s）：%s。请改为重新填写", i+1, reg.Label(key), say)
		}
	}
	return nil
}

// copyFiles notes last year's files for this year; their bytes are there. What
// is in quarantine is not carried over.
func (d *Desk) copyFiles(ctx context.Context, v Visitor, last campaign.Ref, reg campaign.Register, body campaign.Filing, by Signer) error {
	key := reg.FileField()
	if key == "" {
		return nil
	}
	return d.visit(ctx, v, func(tx *store.Tx, s scene) error {
		if err := d.evidenceOpen(ctx, tx.Reader, s); err != nil {
			return err
		}
		for _, row := range body.Rows {
			if row[key] == "" {
				continue
			}
			if err := d.notLeaked(ctx, row[key]); err != nil {
				return err
			}
			f, err := tx.RegisterFile(ctx, last, row[key])
			if err != nil {
				return err
			}
			f.ByName, f.At = by.line(), s.Now
			if err := tx.AddRegisterFile(ctx, v.Ref, f); err != nil {
				return err
			}
		}
		return nil
	})
}

// Quarantine takes a leaked file out of everybody's hands (Art. 5, GL-5): its
// digest and the reason stay, its content goes. Doing it again removes what a
// crash may have left.
func (d *Desk) Quarantine(ctx context.Context, p store.Staff, ref campaign.Ref, digest, reason string) error {
	if err := need(p, campaign.Officer); err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	if n := len([]rune(reason)); n == 0 || n > 300 {
		return faulty(map[string]string{"reason": "请填写隔离理由（不超过 300 字），不要写出涉密内容"})
	}
	err := d.commit(ctx, func(tx *store.Tx) error {
		held, err := tx.Holds(ctx, ref, digest)
		if err != nil {
			return err
		}
		if !held {
			return campaign.Fail(campaign.NotFound, "该机构没有提交过这个文件")
		}
		if _, err := tx.Quarantined(ctx, digest); err == nil {
			return nil
		}
		c, err := tx.Campaign(ctx, ref.Year)
		if err != nil {
			return err
		}
		return tx.AddQuarantine(ctx, store.Quarantined{Digest: digest, Year: ref.Year, Code: ref.Code, Reason: reason, By: p.ID, At: c.Now(d.Clock())})
	})
	if err != nil {
		return err
	}
	return d.Blobs.Remove(digest)
}

// notLeaked refuses a file that was taken into quarantine, and removes the
// bytes that have just come again.
func (d *Desk) notLeaked(ctx context.Context, digest string) error {
	_, err := d.Store.Quarantined(ctx, digest)
	switch {
	case campaign.KindOf(err) == campaign.NotFound:
		return nil
	case err != nil:
		return err
	}
	if err := d.Blobs.Remove(digest); err != nil {
		return err
	}
	return campaign.Fail(campaign.Invalid, "该文件已被主管部门隔离（第五条），不能再提交；涉密的证明材料请只填写文号")
}

// Given opens a file for a reader who may have it; one in quarantine is gone.
func (d *Desk) Given(ctx context.Context, digest string) (*os.File, error) {
	q, err := d.Store.Quarantined(ctx, digest)
	switch {
	case err == nil:
		return nil, campaign.Fail(campaign.TooLate, "该文件已于 %s 被主管部门隔离（第五条），内容已移除，仅保留摘要和理由", campaign.DayOf(q.At).Chinese())
	case campaign.KindOf(err) != campaign.NotFound:
		return nil, err
	}
	return d.Blobs.Open(digest)
}

// unfounded names the rows that were marked without a reason though neither
// evidence nor a register stands behind them (AN-1).
func unfounded(ctx context.Context, r store.Reader, ref campaign.Ref, marks []rubric.Mark, f map[string]string) error {
	missing, err := r.Missing(ctx, ref)
	if err != nil {
		return err
	}
	filed, err := r.RegistersOf(ctx, ref)
	if err != nil {
		return err
	}
	founded := func(row int) bool {
		return !slices.Contains(missing, row) || slices.ContainsFunc(filed, func(v store.RegisterVersion) bool {
			reg, ok := campaign.KnownRegisters().Get(v.Register)
			return ok && !v.Body.Empty() && slices.Contains(reg.Rows, row)
		})
	}
	for _, row := range campaign.Unfounded(marks, founded) {
		if f[markField(row)] == "" {
			f[markField(row)] = fmt.Sprintf("第 %d 项没有材料，请说明评分的理由", row)
		}
	}
	return nil
}
