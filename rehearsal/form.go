package rehearsal

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"xuanping/rubric"
)

// fields is what a person means to fill in, by the names of the form's fields.
type fields map[string]string

// input is a control of a form.
type input struct {
	name, kind string // kind: hidden text radio checkbox select file button
	value      string
	on         bool // of a radio or checkbox
	options    []string
}

// form is a form as it stands on a page.
type form struct {
	action *url.URL
	post   bool
	multi  bool
	inputs []input
}

// upload is a file that a person picks.
type upload struct {
	field, name string
	data        []byte
}

// forms reads every form of a page.
func (p *page) forms() []form {
	var all []form
	for n := range p.doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == "form" {
			all = append(all, p.readForm(n))
		}
	}
	return all
}

func (p *page) readForm(n *html.Node) form {
	f := form{action: p.at, post: strings.EqualFold(attr(n, "method"), "post"), multi: attr(n, "enctype") == "multipart/form-data"}
	if u, err := p.at.Parse(attr(n, "action")); err == nil && has(n, "action") {
		f.action = u
	}
	for c := range n.Descendants() {
		if c.Type == html.ElementNode && attr(c, "name") != "" && !has(c, "disabled") {
			if in, ok := readInput(c); ok {
				f.inputs = append(f.inputs, in)
			}
		}
	}
	return f
}

func readInput(n *html.Node) (input, bool) {
	in := input{name: attr(n, "name"), value: attr(n, "value"), kind: attr(n, "type")}
	switch n.Data {
	case "textarea":
		in.kind, in.value = "text", strings.TrimPrefix(raw(n), "\n")
	case "select":
		in.kind = "select"
		for o := range n.Descendants() {
			if o.Type != html.ElementNode || o.Data != "option" {
				continue
			}
			v := attr(o, "value")
			if !has(o, "value") {
				v = words(o)
			}
			if in.options = append(in.options, v); len(in.options) == 1 || has(o, "selected") {
				in.value = v
			}
		}
	case "button":
		in.kind = "button"
	case "input":
		switch in.kind {
		case "hidden", "file":
		case "submit", "image":
			in.kind = "button"
		case "radio", "checkbox":
			in.on = has(n, "checked")
			if !has(n, "value") {
				in.value = "on"
			}
		default:
			in.kind = "text"
		}
	default:
		return in, false
	}
	return in, true
}

// raw is the text of a node as it stands.
func raw(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// find is the form that posts to a path and can take what the person wants to say.
func (p *page) find(path string, want fields) (form, bool) {
	for _, f := range p.forms() {
		if f.post && f.action.Path == path && f.takes(want) {
			return f, true
		}
	}
	return form{}, false
}

// ways lists where one can act from a page: the paths that match among what
// its forms post to and what its links lead to.
func (p *page) ways(path *regexp.Regexp) []string {
	var all []string
	for _, f := range p.forms() {
		if path.MatchString(f.action.Path) && !slices.Contains(all, f.action.Path) {
			all = append(all, f.action.Path)
		}
	}
	for _, a := range p.links(path) {
		if !slices.Contains(all, a.path) {
			all = append(all, a.path)
		}
	}
	return all
}

// reach finds a form on a page, or on the page of the form's own that it links to.
func (b *browser) reach(ctx context.Context, p *page, path string, want fields) (form, bool, error) {
	if f, ok := p.find(path, want); ok {
		return f, true, nil
	}
	if p.at.Path == path || len(p.links(regexp.MustCompile("^"+regexp.QuoteMeta(path)+"$"))) == 0 {
		return form{}, false, nil
	}
	own, err := b.get(ctx, path)
	if err != nil {
		return form{}, false, err
	}
	f, ok := own.find(path, want)
	return f, ok, nil
}

// takes tells whether each field can be filled in as wanted.
func (f form) takes(want fields) bool {
	for name, value := range want {
		if !slices.ContainsFunc(f.inputs, func(in input) bool { return in.name == name && in.takes(value) }) {
			return false
		}
	}
	return true
}

func (in input) takes(value string) bool {
	switch in.kind {
	case "hidden", "radio", "checkbox", "button":
		return same(in.value, value)
	case "select":
		return slices.ContainsFunc(in.options, func(o string) bool { return same(o, value) })
	}
	return in.kind == "text"
}

// same compares choices; 7.5 and 7.50 are one figure.
func same(a, b string) bool {
	if a == b {
		return true
	}
	x, err1 := rubric.ParsePoints(a)
	y, err2 := rubric.ParsePoints(b)
	return err1 == nil && err2 == nil && x == y
}

// button is the value of the button name=do that brings the form on its way:
// 提交 where there is one, else 检查; "" when the form has only one nameless button.
func (f form) button() string {
	for _, word := range []string{"submit", "check"} {
		if slices.ContainsFunc(f.inputs, func(in input) bool { return in.kind == "button" && in.name == "do" && in.value == word }) {
			return word
		}
	}
	return ""
}

// fill writes the wanted values over what the form shows, as a browser sends
// it: unticked boxes and buttons that were not pressed stay out.
func (f form) fill(want fields) ([][2]string, error) {
	var sent [][2]string
	done := map[string]bool{}
	add := func(name, value string) { sent = append(sent, [2]string{name, value}) }
	for _, in := range f.inputs {
		value, wanted := want[in.name]
		fits := wanted && in.takes(value)
		done[in.name] = done[in.name] || fits
		switch in.kind {
		case "hidden":
			add(in.name, in.value)
		case "text":
			if !wanted {
				value = in.value
			}
			add(in.name, value)
		case "select":
			i := slices.IndexFunc(in.options, func(o string) bool { return wanted && same(o, value) })
			if value = in.value; i >= 0 {
				value = in.options[i]
			}
			add(in.name, value)
		case "radio":
			if fits || !wanted && in.on {
				add(in.name, in.value)
			}
		case "checkbox":
			if fits || in.on {
				add(in.name, in.value)
			}
		case "button":
			if fits {
				add(in.name, in.value)
			}
		case "file":
			if f.multi {
				add(in.name, "")
			}
		}
	}
	for name, value := range want {
		if !done[name] {
			return nil, fmt.Errorf("表单没有可以填写“%s”的栏目 %s", clip(value, 20), name)
		}
	}
	return sent, nil
}

// encode makes the body of a POST, its parts in the order of the page as a browser sends them.
func (f form) encode(sent [][2]string, file *upload) (kind string, body []byte, err error) {
	if !f.multi {
		v := url.Values{}
		for _, s := range sent {
			v.Add(s[0], s[1])
		}
		return "application/x-www-form-urlencoded", []byte(v.Encode()), nil
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, s := range sent {
		if !slices.ContainsFunc(f.inputs, func(in input) bool { return in.kind == "file" && in.name == s[0] }) {
			err = w.WriteField(s[0], s[1])
		} else if file != nil && file.field == s[0] {
			err = writeFile(w, *file)
		} else { // nothing was picked
			err = writeFile(w, upload{field: s[0]})
		}
		if err != nil {
			return "", nil, err
		}
	}
	err = w.Close()
	return w.FormDataContentType(), b.Bytes(), err
}

func writeFile(w *multipart.Writer, file upload) error {
	part, err := w.CreateFormFile(file.field, file.name)
	if err != nil {
		return err
	}
	_, err = part.Write(file.data)
	return err
}
