package desk

import (
	"maps"
	"testing"

	"xuanping/campaign"
)

// GL-15: a release names its way and, when it is major, the principal; the
// matter that it names is one of the institution's own.
func TestGL15ReleaseNamesItsMatter(t *testing.T) {
	h := newHouse(t)
	h.at(campaign.Day("2025-03-10").Morning())
	v := h.visitor(h.to(1, campaign.Collecting), "act")
	release := map[string]string{"kind": "接受采访", "title": "认证有效性访谈", "day": "2025-03-08", "channel": "电视台", "speaker": "陈发言", "major": "否", "gate": "周把关"}
	h.unchanged(func() {
		_, err := h.save(v, "releases", map[string]string{"title": "认证有效性访谈"})
		want(t, err, campaign.Invalid, "kind", "day", "channel", "speaker", "major", "gate")
		major := maps.Clone(release)
		major["major"] = "是"
		_, err = h.save(v, "releases", major)
		want(t, err, campaign.Invalid, "principal")
		for _, n := range []string{"1", "7", "999999999999"} {
			named := maps.Clone(release)
			named["clearance"] = n
			_, err = h.save(v, "releases", named)
			want(t, err, campaign.Invalid, "clearance")
		}
	})
	_, _, err := h.ApplyClearance(t.Context(), v, applyForm(campaign.PriorApproval), signer)
	must(t, err)
	release["clearance"] = "1"
	_, err = h.save(v, "releases", release)
	must(t, err)
	if rows := h.rowsOf(v.Ref, "releases"); len(rows) != 1 || rows[0]["kind"] != "组织或接受媒体记者采访" || rows[0]["clearance"] != "1" {
		t.Errorf("%v", rows)
	}
}
