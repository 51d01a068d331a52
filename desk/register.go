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
		if x.Key == "clearance" && code != "" && f[x.Key] == "" { // a release names its matter (GL-15)
			n, _ := strconv.Atoi(code) // what is no number names no matter
			if n > 1<<20 {
				n = 0
			}
			if _, err := d.Store.Clearance(ctx, ref, n); campaign.KindOf(err) == campaign.NotFound {
				f[x.Key] = "本机构没有第 " + code + " 号申请，请核对“事前审批与新闻发布会”页面"
			} else if err != nil {
				return err
			}
		}
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
			used, err := tx.HandedSize(ctx, v.Ref)
			if err == nil {
				err = fits(used, file.Size)
			}
			if err != nil {
				return err
			}
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
