package web

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// A browser sends the parts of a form in the order of the page, and an upload is
// taken as soon as its file arrives: whatever is asked beside a file stands
// before it. Registers read all parts first.
func TestFieldsStandBeforeTheFile(t *testing.T) {
	v, all := storybook(t)
	seen := 0
	for _, p := range all {
		if len(p.post) > 0 || strings.Contains(p.path, "/registers/") {
			continue
		}
		doc, err := html.Parse(strings.NewReader(v.get(p.path, p.by).body))
		if err != nil {
			t.Fatal(err)
		}
		for n := range doc.Descendants() {
			if n.Type != html.ElementNode || n.Data != "form" {
				continue
			}
			file := ""
			for c := range n.Descendants() {
				name := attrOf(c, "name")
				switch {
				case c.Type != html.ElementNode || name == "" || c.Data == "button":
				case attrOf(c, "type") == "file":
					file, seen = name, seen+1
				case file != "":
					t.Errorf("%s: %s stands after the file of its form", p.path, name)
				}
			}
		}
	}
	if seen < 4 {
		t.Errorf("%d forms with a file were looked at", seen)
	}
}

func attrOf(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}
