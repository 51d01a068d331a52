package pdf

import (
	"strings"
	"testing"
)

// AP-3: the opening of the decision says of a row that it was looked at again
// only when somebody decided it; a row that stands by silence is named as such.
func TestAP3OpeningSaysWhatHappened(t *testing.T) {
	decided, standing := AppealRuling{No: 7, After: 400, Before: 400}, AppealRuling{No: 12, Before: 350, Standing: true}
	for name, c := range map[string]struct {
		rows        []AppealRuling
		says, never []string
	}{
		"all decided": {[]AppealRuling{decided, {No: 9}}, []string{"评审专家已逐项复核"}, []string{"期限内没有"}},
		"one stands":  {[]AppealRuling{decided, standing}, []string{"评审专家已复核第7项", "第12项期限内没有评审专家作出复核决定", "未经复核，维持原得分"}, []string{"逐项复核"}},
		"all stand":   {[]AppealRuling{standing, {No: 3, Standing: true}}, []string{"期限内没有评审专家作出复核决定", "所申请各项未经复核"}, []string{"逐项复核", "已复核", "第12项"}},
	} {
		got := AppealDecision{Rows: c.rows}.done()
		for _, want := range c.says {
			if !strings.Contains(got, want) {
				t.Errorf("%s: no %q in %s", name, want, got)
			}
		}
		for _, bad := range c.never {
			if strings.Contains(got, bad) {
				t.Errorf("%s: %q in %s", name, bad, got)
			}
		}
	}
}
