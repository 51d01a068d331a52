package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"xuanping/campaign"
)

// form is what a person typed and what is wrong with it.
type form struct {
	Values map[string]string
	Faults map[string]string
	Say    string   // sentence above the summary
	Order  []string // of the fields, for the summary; others follow by name
}

func newForm(order ...string) *form { return &form{Values: map[string]string{}, Order: order} }

// readForm takes the fields of a POST (not those of the address). Line ends
// become \n and signs that PostgreSQL cannot hold are dropped.
func readForm(r ask, order ...string) (*form, error) {
	if err := r.ParseForm(); err != nil {
		if isTooLarge(err) {
			return nil, err
		}
		return nil, &campaign.Error{Kind: campaign.Invalid, Say: "表单无法读取，请返回后重新提交", Err: err}
	}
	f := newForm(order...)
	for k, v := range r.PostForm {
		f.Values[k] = plain(v[0])
	}
	return f, nil
}

func plain(s string) string {
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\r\n", "\n"), "")
	return strings.ReplaceAll(s, "\x00", "")
}

// Get is the value of a field.
func (f *form) Get(name string) string { return f.Values[name] }

// Set fills a field; it returns the form so that calls chain.
func (f *form) Set(name, value string) *form {
	f.Values[name] = value
	return f
}

// Fault is the sentence of a faulty field.
func (f *form) Fault(name string) string { return f.Faults[name] }

// Faulty tells whether the summary is shown.
func (f *form) Faulty() bool { return f.Say != "" || len(f.Faults) > 0 }

// Summary lists the faults in the order of the fields.
func (f *form) Summary() []link {
	var all []link
	done := map[string]bool{}
	rest := make([]string, 0, len(f.Faults))
	for k := range f.Faults {
		rest = append(rest, k)
	}
	slices.SortFunc(rest, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b) // row-2 before row-10
		}
		return strings.Compare(a, b)
	})
	for _, k := range slices.Concat(f.Order, rest) {
		if say, bad := f.Faults[k]; bad && !done[k] {
			done[k] = true
			all = append(all, link{Href: "#f-" + k, Text: say})
		}
	}
	return all
}

// Hidden lists the fields for a check page; do and names given are left out.
func (f *form) Hidden(but ...string) [][2]string {
	names := make([]string, 0, len(f.Values))
	for k := range f.Values {
		if k != "do" && k != trap && !slices.Contains(but, k) {
			names = append(names, k)
		}
	}
	slices.Sort(names)
	all := make([][2]string, len(names))
	for i, k := range names {
		all[i] = [2]string{k, f.Values[k]}
	}
	return all
}

// check is a check-your-answers page: template "check" in parts.html.
type check struct {
	Action string      // where the form posts to
	Lead   string      // what submitting means
	Rows   [][2]string // label, answer; lines of an answer stay apart
	Hidden [][2]string // the form again, from form.Hidden
	Button string      // e.g. 确认提交
	Danger bool        // red button
	Fields []field     // of an act with legal effect: its code and its box
	Resend bool        // the code can be mailed again
	Trap   bool        // of a link's holder (S1a)

	Mails *campaign.MailPreview // what the act will send; nil when it sends nothing to many
}

// field is one labelled control: template "field" in parts.html.
type field struct {
	Kind, Name, Label, Hint string
	Value, Fault, Accept    string
	Rows                    int
	Options                 []option
	Auto                    string // autocomplete
}

// Open tells whether a select has a choice of its own for nothing chosen.
func (f field) Open() bool { return len(f.Options) > 0 && f.Options[0].Value == "" }

// ID is the id of the control; the summary links to it.
func (f field) ID() string { return "f-" + f.Name }

// option is a choice of a select or of radio buttons.
type option struct {
	Value, Text, Hint string
	Picked            bool
}

func makeField(f *form, kind, name, label, hint string) field {
	return field{Kind: kind, Name: name, Label: label, Hint: hint, Value: f.Get(name), Fault: f.Fault(name)}
}

func textField(f *form, name, label, hint string) field {
	x := makeField(f, "text", name, label, hint)
	x.Auto = map[string]string{"name": "name", "post": "organization-title", "account": "username"}[name]
	return x
}

func emailField(f *form, name, label, hint string) field {
	x := makeField(f, "email", name, label, hint)
	x.Auto = "email"
	return x
}

func areaField(f *form, name, label, hint string, rows int) field {
	x := makeField(f, "area", name, label, hint)
	x.Rows = rows
	return x
}

func dayField(f *form, name, label, hint string) field {
	return makeField(f, "date", name, label, hint)
}
func tickField(f *form, name, label, hint string) field {
	return makeField(f, "tick", name, label, hint)
}

func numberField(f *form, name, label, hint string) field {
	return makeField(f, "number", name, label, hint)
}

func secretField(f *form, name, label, hint string) field {
	x := makeField(f, "password", name, label, hint)
	x.Value, x.Auto = "", "current-password"
	return x
}

func fileField(f *form, name, label, hint, accept string) field {
	x := makeField(f, "file", name, label, hint)
	x.Accept = accept
	return x
}

func chooseField(f *form, name, label, hint string, all []option) field {
	return pick(makeField(f, "select", name, label, hint), all)
}

func radioField(f *form, name, label, hint string, all []option) field {
	return pick(makeField(f, "radio", name, label, hint), all)
}

func pick(x field, all []option) field {
	x.Options = slices.Clone(all)
	for i := range x.Options {
		x.Options[i].Picked = x.Options[i].Value == x.Value
	}
	return x
}

// How long a POST may take to arrive: a form, and a file over a slow line.
const (
	formTime = 30 * time.Second
	fileTime = 15 * time.Minute
	formSize = 1 << 20
)

// bodyTime is how long the sender may take, so that nobody holds a connection
// open by sending byte by byte.
func bodyTime(r *http.Request) time.Duration {
	if bodyLimit(r) > formSize {
		return fileTime
	}
	return formTime
}

// bodyLimit is how much a POST may carry: files where files are taken, else a
// form; least where nobody has shown who he is.
func bodyLimit(r *http.Request) int64 {
	switch {
	case r.URL.Path == "/login", r.URL.Path == linkPath:
		return 8 << 10
	case strings.HasSuffix(r.URL.Path, "/evidence"), strings.HasSuffix(r.URL.Path, "/files"), strings.HasPrefix(r.URL.Path, "/i/") && strings.Contains(r.URL.Path, "/registers/"):
		return 52 << 20
	case r.URL.Path == "/office/roster":
		return 17 << 20
	case r.URL.Path == "/hooks/sendgrid/events":
		return eventLimit
	case r.URL.Path == "/hooks/sendgrid/inbound":
		return inboundLimit
	}
	return formSize
}
