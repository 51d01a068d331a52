package audit

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store/storetest"
)

// GL-13, §3 no. 5: the same seed draws the same items twice, given or revealed,
// and what was recorded otherwise is named.
func TestSampleDrawsAgain(t *testing.T) {
	l := live(t)
	seed := campaign.RehearsalSeed(year)
	run := func(o SpotOptions) (string, int, error) {
		var b bytes.Buffer
		n, err := Sample(t.Context(), l.s.Reader, o, &b)
		return b.String(), n, err
	}
	given, n, err := run(SpotOptions{Year: year, Kind: campaign.SpotReviews, Seed: seed.String()})
	ok(t, err)
	again, m, err := run(SpotOptions{Year: year, Kind: campaign.SpotReviews})
	ok(t, err)
	if given != again || n != 0 || m != 0 || !strings.Contains(given, storetest.Code(1)+"\t共 5 件，抽中第 ") || !strings.Contains(given, "与记录一致") || !strings.Contains(given, storetest.Code(2)+"\t没有登记") {
		t.Errorf("%s\n%s", given, again)
	}
	for say, o := range map[string]SpotOptions{
		"两者不符":     {Year: year, Kind: campaign.SpotReviews, Seed: campaign.RehearsalSeed(1999).String()},
		"64 位十六进制": {Year: year, Kind: campaign.SpotReviews, Seed: "abc"},
		"种子还没有公布":  {Year: year + 1, Kind: campaign.SpotReviews},
		"没有承诺抽查种子": {Year: year + 9, Kind: campaign.SpotReviews},
	} {
		if _, _, err := run(o); err == nil || !strings.Contains(err.Error(), say) {
			t.Errorf("%v, want %q", err, say)
		}
	}
	tamper(t, l.url, `update spot_draw set lines = array[1, 2, 4]`)
	out, n, err := run(SpotOptions{Year: year, Kind: campaign.SpotReviews, Code: storetest.Code(1)})
	if ok(t, err); n != 1 || !strings.Contains(out, "不一致") {
		t.Errorf("%d: %s", n, out)
	}
}

// A sealed year says what was drawn and from what; the verifier draws again, with
// names at hand, and finds what was changed even by who signs the archive anew.
func TestArchiveDrawsAgain(t *testing.T) {
	l := live(t)
	seal := func(names bool) []byte {
		var b bytes.Buffer
		_, err := Seal(t.Context(), l.s, SealOptions{Year: year, WithNames: names, Build: "test", Key: l.key, Annex: rubric.Annex2File(), Readings: rubric.ReadingsFile(), Histories: recorded(t, "")}, &b)
		ok(t, err)
		return b.Bytes()
	}
	r := verify(t, seal(true))
	if d := r.Drawn; !r.Sound() || d.Draws != 1 || d.Closed != 0 {
		t.Errorf("%+v %v", d, r.Faults)
	}
	if r = verify(t, seal(false)); !r.Sound() || r.Drawn.Closed != 1 || r.Drawn.Draws != 0 {
		t.Errorf("without names: %+v %v", r.Drawn, r.Faults)
	}
	tamper(t, l.url, keep)
	for name, sql := range map[string]string{
		"a line":           `update spot_draw set lines = array[1, 2, 4]`,
		"the seed":         `update spot_reveal set seed = overlay(seed placing (case left(seed, 1) when '0' then '1' else '0' end) from 1 for 1)`,
		"what was listed":  `update register_version set body = jsonb_set(body, '{rows,0,title}', '"稿件x"') where register = 'three-reviews'`,
		"the commitment":   `update spot_commit set commitment = repeat('0', 64) where year = 2025`,
		"a version hidden": `delete from register_version where register = 'three-reviews'`,
	} {
		tamper(t, l.url, sql)
		if r := verify(t, seal(true)); !slices.ContainsFunc(r.Faults, func(f ArchiveFault) bool { return f.Place == "独立抽取" }) {
			t.Errorf("%s: not found by drawing again: %v", name, r.Faults)
		}
		tamper(t, l.url, putBack)
	}
}
