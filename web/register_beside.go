package web

import (
	"context"
	"fmt"

	"xuanping/campaign"
)

// beside reads what others say of the rows: the names of institutions that are
// named (AN-6), and what of the manuscripts the regulator has adopted (AN-7).
func (s *Server) beside(ctx context.Context, b *registerBook) error {
	var err error
	if b.events, err = s.store.Events(ctx, b.ref); err != nil {
		return err
	}
	if codes := b.partners(); len(codes) > 0 {
		b.called, err = s.store.NamesOf(ctx, codes)
	}
	return err
}

// adoptions is the regulator's register: what a second person has confirmed.
func (b registerBook) adoptions() []campaign.Claim {
	var all []campaign.Claim
	for _, e := range b.events {
		if e.Adoption != "" && e.Confirmed != nil && *e.Confirmed {
			all = append(all, e.Claim())
		}
	}
	return all
}

// partners are the codes that rows of this institution, and those of others
// that name it, give.
func (b registerBook) partners() []string {
	var codes []string
	for _, reg := range campaign.KnownRegisters().All {
		for _, f := range reg.Fields {
			if f.Type != "institution" {
				continue
			}
			for _, row := range b.filed[reg.ID].Body.Rows {
				if c := row[f.Key]; c != "" {
					codes = append(codes, c)
				}
			}
		}
	}
	if len(b.named) > 0 {
		codes = append(codes, b.ref.Code)
	}
	return codes
}

// verified sets beside each manuscript whether the regulator has adopted it.
func (b registerBook) verified(v *registerView, rows []campaign.Record) {
	if len(rows) == 0 {
		return
	}
	adopted, register := 0, b.adoptions()
	v.Heads = append(v.Heads, "主管部门核实")
	for i, row := range rows {
		c := registerCell{Label: "主管部门核实", Text: "未核实"}
		if campaign.AdoptedBy(register, row) {
			c.Text, c.Tone = "已采用（主管部门核实）", "green"
			adopted++
		}
		v.Lines[i].Cells = append(v.Lines[i].Cells, c)
	}
	v.Unique = fmt.Sprintf("稿件不重复的 %d 篇，共 %d 篇；主管部门核实采用 %d 篇", v.Unlike, len(rows), adopted)
}
