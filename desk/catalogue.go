package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"xuanping/campaign"
	"xuanping/store"
)

// Catalogue is the activity catalogue in force: what the source names, under
// what the regulator decided about it.
func (d *Desk) Catalogue(ctx context.Context, r store.Reader) (campaign.Catalogue, error) {
	versions, err := r.ActivityVersions(ctx)
	all := campaign.Catalogue(campaign.NamedActivities())
	for _, v := range versions {
		if i := slices.IndexFunc(all, func(a campaign.Activity) bool { return a.Key == v.Key }); i >= 0 {
			all[i] = v.Activity
		} else {
			all = append(all, v.Activity)
		}
	}
	return all, err
}

// Directory is the media directory with all its versions.
func (d *Desk) Directory(ctx context.Context, r store.Reader) (campaign.Directory, error) {
	versions, err := r.MediumVersions(ctx)
	all := campaign.Directory(campaign.NamedMedia())
	for _, v := range versions {
		all = append(all, v.Medium)
	}
	return all, err
}

// PutActivity adds an activity to the catalogue or a new version of one.
func (d *Desk) PutActivity(ctx context.Context, p store.Staff, a campaign.Activity, reason string) error {
	if err := need(p, campaign.Officer); err != nil {
		return err
	}
	a.Name, a.Organiser, a.Source, a.Aliases = strings.TrimSpace(a.Name), strings.TrimSpace(a.Organiser), strings.TrimSpace(a.Source), trimmed(a.Aliases)
	return d.commit(ctx, func(tx *store.Tx) error {
		in, err := d.Catalogue(ctx, tx.Reader)
		if err != nil {
			return err
		}
		if a.Key == "" {
			a.Key = a.Name
		} else if !slices.ContainsFunc(in, func(o campaign.Activity) bool { return o.Key == a.Key }) {
			return campaign.Fail(campaign.NotFound, "活动目录中没有“%s”", a.Key)
		}
		bad := a.Check(in)
		if a.Key == a.Name {
			if o, taken := in.Find(a.Key); taken && o.Key != a.Key {
				bad["name"] = fmt.Sprintf("“%s”已是目录中另一项的名称", a.Name)
			}
		}
		wordy(bad, "reason", reason, "修订理由", 500)
		wordy(bad, "organiser", "有"+a.Organiser, "主办单位", 100)
		wordy(bad, "source", "有"+a.Source, "依据文件", 300)
		for field, day := range map[string]campaign.Day{"starts": a.Starts, "ends": a.Ends} {
			if _, err := campaign.ParseDay(string(day)); day != "" && err != nil {
				bad[field] = "请填写日期，格式 2026-03-15，或者不填"
			}
		}
		if err := faulty(bad); err != nil {
			return err
		}
		return tx.AddActivity(ctx, a, strings.TrimSpace(reason), p.ID, d.Clock())
	})
}

// PutMedium decides about a medium, once for all, from a day on.
func (d *Desk) PutMedium(ctx context.Context, p store.Staff, m campaign.Medium) error {
	if err := need(p, campaign.Officer); err != nil {
		return err
	}
	m.Name, m.Source, m.Aliases = strings.TrimSpace(m.Name), strings.TrimSpace(m.Source), trimmed(m.Aliases)
	return d.commit(ctx, func(tx *store.Tx) error {
		in, err := d.Directory(ctx, tx.Reader)
		if err != nil {
			return err
		}
		if m.Key == "" {
			m.Key = m.Name
			if o, known := in.On(m.Name, "9999-12-31"); known {
				m.Key = o.Key // another version of what is there
			}
		} else if !slices.ContainsFunc(in, func(o campaign.Medium) bool { return o.Key == m.Key }) {
			return campaign.Fail(campaign.NotFound, "媒体目录中没有“%s”", m.Key)
		}
		bad := m.Check(in)
		wordy(bad, "source", m.Source, "依据或理由", 500)
		if err := faulty(bad); err != nil {
			return err
		}
		return tx.AddMedium(ctx, m, p.ID, d.Clock())
	})
}

// MediumWish is an institution's request to have a medium in the directory.
type MediumWish struct{ Name, URL, Reason string }

// RequestMedium takes a wish; the regulator decides it once for all.
func (d *Desk) RequestMedium(ctx context.Context, v Visitor, f MediumWish, by Signer) (Receipt, error) {
	bad := map[string]string{}
	wordy(bad, "medium", f.Name, "媒体名称", 60)
	wordy(bad, "reason", f.Reason, "说明", 500)
	if u := strings.TrimSpace(f.URL); u != "" && campaign.NormalURL(u) == "" {
		bad["url"] = "请填写以 http:// 或 https:// 开头的网址，或者不填"
	}
	by.check(bad)
	if err := faulty(bad); err != nil {
		return Receipt{}, err
	}
	var rec Receipt
	err := d.visit(ctx, v, func(tx *store.Tx, s scene) error {
		dir, err := d.Directory(ctx, tx.Reader)
		if err != nil {
			return err
		}
		if m, known := dir.On(f.Name, campaign.DayOf(s.Now)); known {
			return &campaign.Error{Kind: campaign.Conflict, Say: fmt.Sprintf("“%s”已在媒体目录中：%s", m.Name, campaign.WordOf(campaign.Levels(), string(m.Level)))}
		}
		n, digest, err := tx.AddMediumRequest(ctx, store.MediumRequest{Year: v.Ref.Year, Code: v.Ref.Code, Name: strings.TrimSpace(f.Name), URL: strings.TrimSpace(f.URL),
			Reason: strings.TrimSpace(f.Reason), ByName: by.line(), At: s.Now})
		rec = Receipt{key(v.Ref, "medium", fmt.Sprint(n)), "申请将媒体列入目录", digest, s.Now, false}
		if err == nil {
			tx.Queue(receiptMail(v.Ref, rec))
		}
		return err
	})
	return rec, err
}

// wordy wants a text that is there and not too long, without control signs.
func wordy(bad map[string]string, field, text, label string, most int) {
	n := len([]rune(strings.TrimSpace(text)))
	if n == 0 || n > most || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }) {
		bad[field] = fmt.Sprintf("请填写%s（不超过 %d 字）", label, most)
	}
}

func trimmed(all []string) []string {
	out := []string{}
	for _, s := range all {
		if s = strings.TrimSpace(s); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
