package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
)

// EventNames is what an event of row 15 names: the activity and the role in it,
// or the medium, whose first publication it must be.
type EventNames struct {
	URL      string
	Activity string // any name of it
	Role     campaign.Part
	Medium   string // any name of it
	Reprint  bool   // not the first publication
}

// name checks what an event names against the catalogue and the directory, and
// writes it into the event; the role or the level decides the clause (AN-15.1 to 15.3).
func (d *Desk) name(ctx context.Context, r store.Reader, e *store.Event, n EventNames, bad map[string]string) error {
	c, ok := d.Table.Clause(e.Clause)
	if e.URL = strings.TrimSpace(n.URL); e.URL != "" && campaign.NormalURL(e.URL) == "" {
		bad["url"] = "请填写以 http:// 或 https:// 开头的网址，或者不填"
	}
	switch {
	case !ok || c.Row != 15:
		return nil
	case c.Media:
		return d.nameMedium(ctx, r, e, n, bad)
	case n.Activity != "" || slices.Contains([]string{"15.1", "15.2a", "15.2b"}, c.ID):
		return d.nameActivity(ctx, r, e, n, bad)
	}
	return nil
}

func (d *Desk) nameActivity(ctx context.Context, r store.Reader, e *store.Event, n EventNames, bad map[string]string) error {
	all, err := d.Catalogue(ctx, r)
	if err != nil {
		return err
	}
	a, known := all.Find(n.Activity)
	if !known {
		bad["activity"] = "请从活动目录中选择；目录中没有的，请先列入目录"
		return nil
	}
	if campaign.WordOf(campaign.Parts(), string(n.Role)) == "" {
		bad["role"] = "请选择机构在活动中的角色"
		return nil
	}
	if want := campaign.ClauseOf(a, n.Role); want != e.Clause {
		bad["clause"] = clauseFault(fmt.Sprintf("“%s”中%s", a.Name, campaign.WordOf(campaign.Parts(), string(n.Role))), want)
	}
	e.Activity, e.Role = a.Key, n.Role
	own, err := r.Events(ctx, campaign.Ref{Year: e.Year, Code: e.Code})
	if slices.ContainsFunc(own, func(o store.Event) bool { return o.Activity == a.Key && (o.Confirmed == nil || *o.Confirmed) }) {
		bad["activity"] = "该机构本年度已登记过这项活动，同一活动只计一次"
	}
	return err
}

func (d *Desk) nameMedium(ctx context.Context, r store.Reader, e *store.Event, n EventNames, bad map[string]string) error {
	dir, err := d.Directory(ctx, r)
	if err != nil {
		return err
	}
	wordy(bad, "medium", n.Medium, "媒体名称", 60)
	if n.Reprint {
		bad["first"] = "转载不计分，只登记首发的报道"
	}
	e.Medium = strings.TrimSpace(n.Medium)
	m, known := dir.On(n.Medium, campaign.Day(e.OccurredOn.Format("2006-01-02")))
	switch {
	case !known: // it waits until the regulator has decided about the medium
	case m.Level == campaign.LevelNone:
		bad["medium"] = "“" + m.Name + "”不属于计分媒体"
	case m.Level.Clause() != e.Clause:
		bad["clause"] = clauseFault("“"+m.Name+"”属于"+campaign.WordOf(campaign.Levels(), string(m.Level)), m.Level.Clause())
	}
	return nil
}

func clauseFault(why, want string) string {
	if want == "" {
		return why + "，不属于加分条款（只在第 5 项计分）"
	}
	return why + "，应选条款 " + want
}

// defaultPoints fills in what a clause leaves no choice about; for a deduction
// the figure is decided with the determination, and the least stands until then.
func (d *Desk) defaultPoints(clause string, p rubric.Points) rubric.Points {
	c, ok := d.Table.Clause(clause)
	if ok && p == 0 {
		return c.Min
	}
	return p
}

// standing is the clause that a bonus event falls under on the day of its
// ruling: the catalogue and the directory as they are now decide.
func (d *Desk) standing(ctx context.Context, r store.Reader, e store.Event) (string, error) {
	switch {
	case e.Medium != "":
		dir, err := d.Directory(ctx, r)
		if err != nil {
			return "", err
		}
		m, known := dir.On(e.Medium, campaign.Day(e.OccurredOn.Format("2006-01-02")))
		if !known {
			return "", campaign.Fail(campaign.Conflict, "“%s”尚未列入媒体目录，请经办人员先确定其级别，再认定", e.Medium)
		}
		if m.Level == campaign.LevelNone {
			return "", campaign.Fail(campaign.Conflict, "“%s”不属于计分媒体，不能认定", m.Name)
		}
		return m.Level.Clause(), nil
	case e.Activity != "":
		all, err := d.Catalogue(ctx, r)
		if err != nil {
			return "", err
		}
		a, _ := all.Find(e.Activity)
		clause := campaign.ClauseOf(a, e.Role)
		if clause == "" {
			return "", campaign.Fail(campaign.Conflict, "按现行活动目录，“%s”不属于加分条款，不能认定", e.Activity)
		}
		return clause, nil
	}
	return e.Clause, nil
}

// confirm writes the ruling on a bonus event with the clause it now falls under.
func (d *Desk) confirm(ctx context.Context, tx *store.Tx, s scene, e store.Event, inBase bool, reason string, p store.Staff) error {
	clause, err := d.standing(ctx, tx.Reader, e)
	if err != nil {
		return err
	}
	if clause == e.Clause {
		return tx.ConfirmEvent(ctx, s.ref(), e.ID, "", 0, inBase, reason, p.ID, s.Now)
	}
	points, _ := campaign.PointsOf(d.Table, clause)
	return tx.ConfirmEvent(ctx, s.ref(), e.ID, clause, points, inBase, reason, p.ID, s.Now)
}

// AdoptionForm registers that a channel of the regulator took something over (PL-3).
type AdoptionForm struct {
	Kind          campaign.Adoption
	Title, Source string
	AdoptedOn     campaign.Day
}

// RegisterAdoption registers an adoption: the institution need not claim it,
// another person confirms it, the points follow from the kind.
func (d *Desk) RegisterAdoption(ctx context.Context, p store.Staff, ref campaign.Ref, f AdoptionForm) (int64, error) {
	clause := f.Kind.Clause()
	if clause == "" {
		return 0, &campaign.Error{Kind: campaign.Invalid, Say: "请选择采用的种类", Fields: map[string]string{"kind": "请选择采用的种类"}}
	}
	return d.RegisterEvent(ctx, p, ref, EventForm{Clause: clause, Title: f.Title, Source: f.Source, OccurredOn: f.AdoptedOn, adoption: f.Kind})
}
