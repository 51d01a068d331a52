package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/store"
)

// HonourForm nominates somebody or something.
type HonourForm struct {
	Kind   campaign.HonourKind
	Code   string // of an institution of the year; "" none
	Holder string
	Title  string
	Text   string
	Named  bool // of a case that warns: with names
	// numbers of the institution's evidence that shows the case, for the yearbook (PL-5)
	Pictures []int64 `json:",omitempty"`
}

func (f HonourForm) check() map[string]string {
	bad := map[string]string{}
	if !f.Kind.Known() {
		bad["kind"] = "请选择类别"
	}
	for _, c := range []struct {
		field, value, label string
		most                int
	}{{"holder", f.Holder, "获誉对象（案例所属单位、基地、课程或人员）", 60}, {"title", f.Title, "名称", 80}, {"text", f.Text, "事迹或案情", 5000}} {
		if n := len([]rune(strings.TrimSpace(c.value))); n == 0 || n > c.most {
			bad[c.field] = fmt.Sprintf("请填写%s（不超过 %d 字）", c.label, c.most)
		}
	}
	return bad
}

// Nominate is a nomination by an officer, or by a local regulator for his province.
func (d *Desk) Nominate(ctx context.Context, p store.Staff, year int, f HonourForm) (int, error) {
	if err := need(p, campaign.Officer, campaign.Local); err != nil {
		return 0, err
	}
	h := store.Honour{Year: year, Source: string(p.Role), By: p.ID, ByName: p.Name, Province: p.Province}
	var n int
	err := d.commit(ctx, func(tx *store.Tx) error {
		c, err := tx.Campaign(ctx, year)
		if err != nil {
			return err
		}
		if f.Code != "" && p.Role == campaign.Local {
			if _, err := d.inProvince(ctx, tx.Reader, p, contract.Ref{Year: year, Code: f.Code}); err != nil {
				return &campaign.Error{Kind: campaign.Invalid, Say: "没有找到该机构，请核对批准号", Fields: map[string]string{"code": "没有找到该机构，请核对批准号"}}
			}
		}
		n, err = nominate(ctx, tx, h, f, c.Now(d.Clock()))
		return err
	})
	return n, err
}

// NominateByInstitution is a nomination that an institution makes of its own.
func (d *Desk) NominateByInstitution(ctx context.Context, v Visitor, f HonourForm, by Signer) (Receipt, error) {
	bad := f.check()
	by.check(bad)
	if f.Kind == campaign.WarningCase {
		bad["kind"] = "警示教育案例由主管部门提出"
	}
	if err := faulty(bad); err != nil {
		return Receipt{}, err
	}
	f.Code = v.Ref.Code
	var rec Receipt
	err := d.visit(ctx, v, func(tx *store.Tx, s scene) error {
		h := store.Honour{Year: v.Ref.Year, Source: "institution", ByName: by.line()}
		n, err := nominate(ctx, tx, h, f, s.Now)
		if err == nil {
			rec = Receipt{key(v.Ref, "nomination", fmt.Sprint(n)), "提名（" + f.Kind.Chinese() + "）", store.Digest(f), s.Now, false}
			tx.Queue(receiptMail(v.Ref, rec))
		}
		return err
	})
	return rec, err
}

func nominate(ctx context.Context, tx *store.Tx, h store.Honour, f HonourForm, now time.Time) (int, error) {
	bad := f.check()
	if f.Code != "" {
		if _, err := tx.Entry(ctx, contract.Ref{Year: h.Year, Code: f.Code}); err != nil {
			bad["code"] = "没有找到该机构，请核对批准号"
		}
	}
	if say, err := picturesFault(ctx, tx.Reader, contract.Ref{Year: h.Year, Code: f.Code}, f); err != nil {
		return 0, err
	} else if say != "" {
		bad["pictures"] = say
	}
	if err := faulty(bad); err != nil {
		return 0, err
	}
	h.Pictures = f.Pictures
	h.Kind, h.Code, h.Holder, h.Title, h.Text = f.Kind, f.Code, strings.TrimSpace(f.Holder), strings.TrimSpace(f.Title), strings.TrimSpace(f.Text)
	h.Named = f.Named || f.Kind != campaign.WarningCase
	h.ShownTitle, h.ShownText, h.At, h.Digest = h.Title, h.Text, now, store.Digest(f)
	if !h.Named {
		roster, err := tx.Roster(ctx)
		if err != nil {
			return 0, err
		}
		h.ShownTitle, h.ShownText = Anonymise(h, roster)
	}
	return tx.AddHonour(ctx, h)
}

// mostPictures is how many pictures a case may have.
const mostPictures = 10

// picturesFault says why the pictures of a nomination are refused: they are
// pictures among the evidence of its institution's year, of a case that praises.
func picturesFault(ctx context.Context, r store.Reader, ref contract.Ref, f HonourForm) (string, error) {
	switch {
	case len(f.Pictures) == 0:
		return "", nil
	case f.Kind != campaign.CaseHonour || f.Code == "":
		return "只有参评机构的典型案例可以附图片", nil
	case len(f.Pictures) > mostPictures:
		return fmt.Sprintf("最多选择 %d 张图片", mostPictures), nil
	}
	for i, id := range f.Pictures {
		e, err := r.OneEvidence(ctx, ref, id)
		switch {
		case err != nil && campaign.KindOf(err) != campaign.NotFound:
			return "", err
		case err != nil || !IsPicture(e) || slices.Contains(f.Pictures[:i], id):
			return fmt.Sprintf("编号 %d 不是本机构证据材料中的图片，或者重复", id), nil
		}
	}
	return "", nil
}

// IsPicture tells whether a file of evidence is a picture.
func IsPicture(e store.Evidence) bool { return strings.HasPrefix(e.Media, "image/") }

// Anonymise gives title and text of a case without the names of the roster (PL-15).
func Anonymise(h store.Honour, roster []campaign.Institution) (title, text string) {
	names, persons := []string{h.Holder}, []string{}
	for _, i := range roster {
		names = append(names, i.Name, i.USCC)
		persons = append(persons, i.Head, i.Contact, i.Email, i.Mobile)
	}
	return campaign.Anonymous(h.Title, names, persons), campaign.Anonymous(h.Text, names, persons)
}

// inHonour runs an act in a nomination, alone in its year.
func (d *Desk) inHonour(ctx context.Context, year, n int, act func(tx *store.Tx, c store.Campaign, h store.Honour, now time.Time) error) error {
	return d.commit(ctx, func(tx *store.Tx) error {
		if err := tx.LockHonours(ctx, year); err != nil {
			return err
		}
		c, err := tx.Campaign(ctx, year)
		if err != nil {
			return err
		}
		h, err := tx.Honour(ctx, year, n)
		if err != nil {
			return err
		}
		return act(tx, c, h, c.Now(d.Clock()))
	})
}

// MoveHonour is an act of the office in a nomination; start is the first day of 公示.
func (d *Desk) MoveHonour(ctx context.Context, p store.Staff, year, n int, act campaign.HonourAct, reason string, start campaign.Day) error {
	if err := need(p, campaign.Officer, campaign.Approver); err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	bad := map[string]string{}
	if l := len([]rune(reason)); l == 0 || l > 1000 {
		bad["reason"] = "请填写理由（不超过 1000 字）"
	}
	if _, err := campaign.ParseDay(string(start)); act == campaign.HonourShow && err != nil {
		bad["starts"] = "请填写公示开始日，格式 2026-03-01"
	}
	if err := faulty(bad); err != nil {
		return err
	}
	return d.inHonour(ctx, year, n, func(tx *store.Tx, c store.Campaign, h store.Honour, now time.Time) error {
		today := campaign.DayOf(now)
		if _, err := campaign.MoveHonour(act, p.Role, p.ID, h.Facts(today)); err != nil {
			return err
		}
		var ends campaign.Day
		if act == campaign.HonourShow {
			if start < today {
				return faulty(map[string]string{"starts": "公示开始日不能早于今天"})
			}
			ends = c.Rules.Settings.HonourEnd(start, c.Rules.Holidays)
		} else {
			start = ""
		}
		if err := tx.AddHonourMove(ctx, h, store.HonourMove{Act: act, Role: string(p.Role), By: p.ID, Reason: reason, At: now}, start, ends); err != nil {
			return err
		}
		if act == campaign.HonourAward && h.Kind.Certified() {
			return certify(ctx, tx, h, now)
		}
		return nil
	})
}

// certify gives an awarded honour its number, certificate and letter (PL-16).
func certify(ctx context.Context, tx *store.Tx, h store.Honour, now time.Time) error {
	own := fmt.Sprintf("%04d", h.N)
	numbers, err := tx.Numbers(ctx, campaign.HonourPaper.Series(), h.Year, []string{own})
	if err != nil {
		return err
	}
	body := store.PaperBody{Kind: campaign.HonourPaper, N: numbers[own], Honour: h.N, Date: campaign.DayOf(now)}
	paper := HonourKey(h)
	tx.Queue(store.Intent{Key: paper, Kind: store.PaperIntent, Ref: h.Ref(), Body: body})
	if h.Code != "" {
		tx.Queue(store.Intent{Key: paper + "/mail", Kind: store.MailIntent, Ref: h.Ref(), Body: store.MailBody{
			Template: "honour", To: "institution", Scope: "view", Path: "honours", Date: now, Papers: []string{paper},
			Data:  map[string]string{"title": h.Kind.Chinese()},
			Lines: [][2]string{{"类别", h.Kind.Chinese()}, {"名称", h.Title}, {"证书编号", campaign.HonourPaper.Number(h.Year, body.N)}}}})
	}
	return nil
}

// HonourKey is the key of a nomination's certificate.
func HonourKey(h store.Honour) string {
	about := contract.CampaignID(h.Year)
	if h.Code != "" {
		about = h.Ref().ID()
	}
	return fmt.Sprintf("%s/honours/%d/%s", about, h.N, campaign.HonourPaper)
}

// Object records an objection that reached the office during 公示, with its source.
func (d *Desk) Object(ctx context.Context, p store.Staff, year, n int, source, text string) error {
	if err := need(p, campaign.Officer); err != nil {
		return err
	}
	bad := map[string]string{}
	if l := len([]rune(strings.TrimSpace(source))); l == 0 || l > 100 {
		bad["source"] = "请填写异议来源（来信、来电、来访等，不超过 100 字）"
	}
	if l := len([]rune(strings.TrimSpace(text))); l == 0 || l > 2000 {
		bad["text"] = "请填写异议内容（不超过 2000 字）"
	}
	if err := faulty(bad); err != nil {
		return err
	}
	return d.inHonour(ctx, year, n, func(tx *store.Tx, _ store.Campaign, h store.Honour, now time.Time) error {
		if h.State() != campaign.Shown {
			return campaign.Fail(campaign.Conflict, "该提名处于“%s”，只有公示中的可以登记异议", h.State().Chinese())
		}
		_, err := tx.AddObjection(ctx, h, store.Objection{Source: strings.TrimSpace(source), Text: strings.TrimSpace(text), By: p.ID, At: now})
		return err
	})
}

// RuleObjection resolves an objection; never who nominated.
func (d *Desk) RuleObjection(ctx context.Context, p store.Staff, year, n, k int, upheld bool, reason string) error {
	if err := need(p, campaign.Officer, campaign.Approver); err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	if l := len([]rune(reason)); l == 0 || l > 1000 {
		return faulty(map[string]string{"ruling": "请填写核查情况和理由（不超过 1000 字）"})
	}
	return d.inHonour(ctx, year, n, func(tx *store.Tx, _ store.Campaign, h store.Honour, now time.Time) error {
		switch {
		case k < 1 || k > len(h.Objections):
			return campaign.Fail(campaign.NotFound, "没有找到该异议")
		case h.Objections[k-1].Upheld != nil:
			return campaign.Fail(campaign.Conflict, "该异议已经处理")
		case h.By == p.ID:
			return campaign.Fail(campaign.Forbidden, "提名人不能处理对自己提名的异议")
		}
		return tx.AddObjectionRuling(ctx, h, k, upheld, reason, p.ID, now)
	})
}
