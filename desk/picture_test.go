package desk

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"

	"xuanping/campaign"
)

// PL-5: the pictures of a case are pictures among the evidence of its own
// institution; the nomination's digest covers them.
func TestPL5PicturesOfACase(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	one, two := h.to(1, campaign.Planning), h.to(2, campaign.Planning)
	var dot bytes.Buffer
	must(t, png.Encode(&dot, image.NewGray(image.Rect(0, 0, 2, 2))))
	up := func(ref campaign.Ref, name, data string) int64 {
		_, err := h.AddEvidence(ctx, h.visitor(ref, "act"), Upload{Row: 5, Name: name, NoState: true, File: strings.NewReader(data)}, signer)
		must(t, err)
		all, err := h.Store.EvidenceOf(ctx, ref)
		must(t, err)
		return all[len(all)-1].ID
	}
	paper, picture, foreign := up(one, "总结.pdf", pdfBytes), up(one, "现场.png", dot.String()), up(two, "别家.png", dot.String())
	f := caseForm
	f.Code = one.Code
	v := h.visitor(one, "act")
	for name, ids := range map[string][]int64{"no picture": {paper}, "another institution's": {foreign}, "twice": {picture, picture}, "no number": {0}, "too many": make([]int64, mostPictures+1)} {
		bad := f
		bad.Pictures = ids
		h.unchanged(func() {
			_, err := h.Nominate(ctx, officer, testYear, bad)
			want(t, err, campaign.Invalid, "pictures")
			_, err = h.NominateByInstitution(ctx, v, bad, signer)
			want(t, err, campaign.Invalid, "pictures")
		})
		_ = name
	}
	person := f
	person.Kind, person.Pictures = campaign.PersonHonour, []int64{picture}
	h.unchanged(func() {
		_, err := h.Nominate(ctx, officer, testYear, person)
		want(t, err, campaign.Invalid, "pictures")
	})
	f.Pictures = []int64{picture}
	_, err := h.NominateByInstitution(ctx, v, f, signer)
	must(t, err)
	if x := h.honour(1); len(x.Pictures) != 1 || x.Pictures[0] != picture {
		t.Errorf("pictures %v", x.Pictures)
	}
}
