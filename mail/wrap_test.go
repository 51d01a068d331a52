package mail

import (
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestWrap(t *testing.T) {
	han := strings.Repeat("认", 38)
	for _, c := range []struct{ name, in, want string }{
		{"short", "通知\n", "通知\n"},
		{"blank runs", "\n\na\n\n\n\nb\n\n", "a\n\nb\n"},
		{"just fits", han, han + "\n"},
		{"one more", han + "证", han + "\n证\n"},
		{"mark never first", han + "。", strings.Repeat("认", 37) + "\n认。\n"},
		{"opening never last", strings.Repeat("认", 37) + "《证》", strings.Repeat("认", 37) + "\n《证》\n"},
		{"indent kept", "  " + han, "  " + han[:37*3] + "\n  认\n"},
		{"link whole", "见" + "https://a.example/" + strings.Repeat("x", 90), "见" + "https://a.example/" + strings.Repeat("x", 90) + "\n"},
		{"checkpoint whole", "a 1 " + strings.Repeat("x", 90), "a 1 " + strings.Repeat("x", 90) + "\n"},
		{"number whole", strings.Repeat("认", 36) + "2025年", strings.Repeat("认", 36) + "2025\n年\n"},
	} {
		if got := wrap(c.in); got != c.want {
			t.Errorf("%s:\ngot  %q\nwant %q", c.name, got, c.want)
		}
	}
}

// Folding may only change white space, whatever the text.
func TestWrapLosesNothing(t *testing.T) {
	files, err := os.ReadDir("testdata/golden")
	if err != nil || len(files) == 0 {
		t.Fatal("no goldens to read", err)
	}
	squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
	for _, f := range files {
		raw, err := os.ReadFile("testdata/golden/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		long := strings.Join(strings.Fields(string(raw)), " ")
		for _, s := range []string{string(raw), long} {
			if squeeze(wrap(s)) != squeeze(s) {
				t.Errorf("%s: wrap changed the text", f.Name())
			}
		}
	}
}

func FuzzWrap(f *testing.F) {
	f.Add("  （认证）2025年，“传递信任”……\n\n\nhttps://a.example/")
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) || strings.Contains(s, "\x00") {
			return // a template never yields these
		}
		squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if squeeze(wrap(s)) != squeeze(s) {
			t.Errorf("wrap changed %q", s)
		}
	})
}
