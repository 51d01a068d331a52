package web

import (
	"errors"
	"io"
	"mime/multipart"
	"net/url"
	"strconv"
	"strings"

	"xuanping/campaign"
	"xuanping/desk"
)

// nameOf is the name of a register's field on its form.
func nameOf(reg campaign.Register, key string) string { return reg.ID + "." + key }

// registerOrder is the order of the fields, those that stand before the file.
func registerOrder(reg campaign.Register) []string {
	var all []string
	for _, f := range reg.Fields {
		if f.Type != "file" {
			all = append(all, nameOf(reg, f.Key))
		}
	}
	return append(all, "none", "confirmed", "declared", "name", "post", "table", nameOf(reg, reg.FileField()))
}

// registerTyped finds the label of a register's field by its name on the form.
func registerTyped(name string) string {
	id, key, ok := strings.Cut(name, ".")
	reg, known := campaign.KnownRegisters().Get(id)
	if !ok || !known {
		return ""
	}
	key, _, _ = strings.Cut(key, ".")
	if f, ok := reg.Field(key); ok {
		return f.Label
	}
	return ""
}

// formHints tell the form of what browsers without a control of its own take as plain text.
var formHints = map[string]string{"day": "格式 2026-03-01", "year-month": "格式 2026-03", "time": "格式 2026-03-01 09:30"}

func formHint(kind, hint string) string {
	if form := formHints[kind]; form != "" {
		return strings.TrimPrefix(hint+"。"+form, "。")
	}
	return hint
}

// drawn makes the controls of a register's form.
func drawn(reg campaign.Register, f *form) []registerPart {
	all := make([]registerPart, 0, len(reg.Fields))
	for _, x := range reg.Fields {
		name, hint := nameOf(reg, x.Key), x.Hint
		if hint == "" && !x.Required {
			hint = "选填"
		}
		hint = formHint(x.Type, hint)
		p := registerPart{Group: x.Group}
		switch x.Type {
		case "long":
			p.Field = areaField(f, name, x.Label, hint, 4)
		case "day":
			p.Field = dayField(f, name, x.Label, hint)
		case "year-month":
			p.Field = makeField(f, "month", name, x.Label, hint)
		case "time":
			p.Field = makeField(f, "datetime-local", name, x.Label, hint)
		case "number", "money":
			p.Field = numberField(f, name, x.Label, hint)
		case "url":
			p.Field = makeField(f, "url", name, x.Label, hint)
		case "choice":
			p.Field = chooseField(f, name, x.Label, hint, choices(x.Values()))
		case "yesno":
			p.Field = radioField(f, name, x.Label, hint, choices(x.Values()))
		case "file":
			p.Field = fileField(f, name, x.Label, strings.TrimPrefix(hint+"。"+desk.Kinds+"，单个不超过 50 MB", "。"), ".pdf,.docx,.xlsx,.pptx,.jpg,.jpeg,.png,.mp4")
		case "multi":
			p.Field = makeField(f, "ticks", name, x.Label, hint)
			for i, v := range x.Values() {
				t := tickField(f, name+"."+strconv.Itoa(i), v, "")
				if t.Value == "" && strings.Contains("、"+f.Get(name)+"、", "、"+v+"、") {
					t.Value = "1"
				}
				p.Ticks = append(p.Ticks, t)
			}
		default:
			p.Field = makeField(f, "text", name, x.Label, hint)
		}
		all = append(all, p)
	}
	return all
}

func choices(values []string) []option {
	all := make([]option, len(values))
	for i, v := range values {
		all[i] = option{Value: v, Text: v}
	}
	return all
}

// recordOf reads the row out of a form.
func recordOf(reg campaign.Register, f *form) map[string]string {
	row := map[string]string{}
	for _, x := range reg.Fields {
		name := nameOf(reg, x.Key)
		row[x.Key] = f.Get(name)
		if x.Type == "multi" {
			var all []string
			for i, v := range x.Values() {
				if f.Get(name+"."+strconv.Itoa(i)) == "1" {
					all = append(all, v)
				}
			}
			row[x.Key] = strings.Join(all, "、")
		}
	}
	return row
}

// readParts reads a form, plain or with a file; the file's part is left to be
// read by whoever keeps it, for it stands last.
func (s *Server) readParts(r ask, file string) (*form, *multipart.Part, error) {
	if !withFile(r.Request) {
		f, err := readForm(r)
		return f, nil, err
	}
	f := newForm()
	r.PostForm = url.Values{} // what a page of failure keeps
	unread := func(err error) error {
		if isTooLarge(err) {
			return err
		}
		return &campaign.Error{Kind: campaign.Invalid, Say: "上传中断或表单无法读取，请重新上传", Err: err}
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return f, nil, unread(err)
	}
	for fields := 0; ; fields++ {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return f, nil, nil
		}
		if err != nil || fields > mostFields {
			return f, nil, unread(err)
		}
		if part.FormName() == file && part.FileName() != "" {
			if over(r) {
				return f, nil, errTooLarge // before its bytes go to disk
			}
			return f, part, nil
		}
		b, err := io.ReadAll(io.LimitReader(part, fieldSize))
		if err != nil {
			return f, nil, unread(err)
		}
		if part.FileName() == "" && part.FormName() != file {
			f.Set(part.FormName(), plain(string(b)))
			r.PostForm.Set(part.FormName(), string(b))
		}
	}
}
