package rehearsal

import "testing"

// S11a: what people type freely can be marked, what is looked up or chosen is not.
func TestS11aMarks(t *testing.T) {
	f := form{inputs: []input{{name: "text", kind: "text"}, {name: "title", kind: "text"}, {name: "act", kind: "hidden", value: "意见"}}}
	b := &browser{mark: func() string { return "雀" }}
	for _, c := range [][3]string{{"text", "意见", "意见雀"}, {"text", "3.5", "3.5"}, {"title", "活动", "活动"}, {"act", "意见", "意见"}, {"none", "意见", "意见"}} {
		if got := b.marked(f, c[0], c[1]); got != c[2] {
			t.Errorf("%s %q: %q, want %q", c[0], c[1], got, c[2])
		}
	}
	u := upload{name: "材料.pdf"}
	if m := b.markedFile(&u); m.name != "雀-材料.pdf" || u.name != "材料.pdf" {
		t.Errorf("%q, %q", m.name, u.name)
	}
	if none := new(browser); none.marked(f, "text", "意见") != "意见" || none.markedFile(&u) != &u || none.markedFile(nil) != nil {
		t.Error("marks where nobody marks")
	}
}
