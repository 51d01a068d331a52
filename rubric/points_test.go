package rubric

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestPointsString(t *testing.T) {
	for p, want := range map[Points]string{
		0: "0.0", 5: "0.05", 50: "0.5", 725: "7.25", 750: "7.5", 1000: "10.0", 8750: "87.5",
		-600: "-6.0", -25: "-0.25", -50: "-0.5", 11000: "110.0",
	} {
		if got := p.String(); got != want {
			t.Errorf("Points(%d) = %q, want %q", int(p), got, want)
		}
	}
}

func TestParsePoints(t *testing.T) {
	good := map[string]Points{"7.5": 750, "10": 1000, "0": 0, "0.5": 50, "7.25": 725, "-6.0": -600, " 3 ": 300, "-0.25": -25, "009": 900}
	for in, want := range good {
		if got, err := ParsePoints(in); err != nil || got != want {
			t.Errorf("ParsePoints(%q) = %v, %v, want %v", in, got, err, want)
		}
	}
	bad := map[string]string{
		"": "未填写", "  ": "未填写", "7.555": "超过两位", "7.": "不是数字", ".5": "不是数字", "+1": "不是数字",
		"1e3": "不是数字", "七": "不是数字", "7,5": "不是数字", "--1": "不是数字", "NaN": "不是数字", "0x10": "不是数字",
		"７": "不是数字", "1.2.3": "不是数字", "-": "不是数字", "99999999999999999999": "过大", "1234567": "过大",
	}
	for in, say := range bad {
		if got, err := ParsePoints(in); err == nil || !strings.Contains(err.Error(), say) {
			t.Errorf("ParsePoints(%q) = %v, %v, want an error with %q", in, got, err, say)
		}
	}
	long := strings.Repeat("9", 500)
	if _, err := ParsePoints(long); err == nil || len(err.Error()) > 200 {
		t.Errorf("a long input must give a short error, got %v", err)
	}
}

func TestPointsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Points(rapid.IntRange(-99999, 99999).Draw(t, "hundredths"))
		got, err := ParsePoints(p.String())
		if err != nil || got != p {
			t.Fatalf("%d printed as %s read as %d, %v", int(p), p, int(got), err)
		}
	})
}
