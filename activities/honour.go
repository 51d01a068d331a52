package activities

import (
	"context"
	"fmt"

	"xuanping/campaign"
	"xuanping/pdf"
	"xuanping/store"
)

// citations say what a certificate is for; the kind itself is the rating.
var citations = map[campaign.HonourKind]string{
	campaign.CaseHonour:        "报送的“%s”，经评审和公示，评定为%d年度质量认证宣传",
	campaign.InstitutionHonour: "在“%s”中表现突出，经评审和公示，评定为%d年度质量认证宣传",
	campaign.PersonHonour:      "在“%s”中表现突出，经评审和公示，评定为%d年度质量认证宣传",
	campaign.BaseHonour:        "申报的“%s”，经评审和公示，评定为%d年度质量认证",
	campaign.CourseHonour:      "制作的“%s”，经评审和公示，评定为%d年度质量认证",
}

// honour prints the certificate of an awarded nomination (PL-16).
func (r *Room) honour(ctx context.Context, head pdf.Head, year int, b store.PaperBody) ([]byte, error) {
	h, err := r.Store.Honour(ctx, year, b.Honour)
	if err != nil {
		return nil, err
	}
	if h.Awarded() == nil || !h.Kind.Certified() {
		return nil, campaign.Fail(campaign.Invalid, "该提名没有授予，不能制作证书")
	}
	return r.Printer.Certificate(pdf.Certificate{Head: head, Name: h.Holder, Year: h.Year, Rating: h.Kind.Chinese(),
		Citation: fmt.Sprintf(citations[h.Kind], h.Title, h.Year)})
}
