package audit

import (
	"bytes"
	"strings"
	"testing"

	"xuanping/campaign"
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
