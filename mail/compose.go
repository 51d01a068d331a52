package mail

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	htmltemplate "html/template"
	"io/fs"
	"net/url"
	"sort"
	"strings"
	"sync"
	texttemplate "text/template"

	"xuanping/templates"
)

// Data is everything a letter can say. Dates come as finished Chinese words, so
// that a template never decides a zone or a format. A field a template uses
// must be filled; a template that can do without says so itself.
type Data struct {
	Issuer      string      // 发信单位，署名用
	Institution string      // 机构名称；评审类邮件中为被评审机构
	Person      string      // 收件人姓名
	Year        int         // 评价年度
	Title       string      // 事项名称，如“年度宣传工作计划”“第一季度”
	What        string      // 意见、事由、决定或情况，一段文字
	Until       string      // 截止时间，如“2025年3月31日（星期一）24:00”
	Link        string      // 唯一按钮的链接
	Consequence string      // 不办理的后果；不填用模板自带的说法
	Contact     string      // 联系人和电话
	Rows        []string    // 指标或事项名称
	Lines       [][2]string // 名目和内容，如 受理编号、摘要、得分
	Number      string      // 文号
	Checkpoint  string      // 存证检查点一行
	Rehearsal   bool        // 演练：加“示例·非官方”
	Last        bool        // 本事项的最后一次提醒：在正文后说明
}

// Compose fills one template and returns the subject, both bodies and the
// version as name@hash for Letter.Template; the hash covers the letter's two
// files and the layout, so a changed word is a new version.
func Compose(template string, data Data) (subject, text, html string, version string, err error) {
	all, err := library()
	if err != nil {
		return "", "", "", "", err
	}
	t, ok := all[template]
	if !ok {
		return "", "", "", "", fmt.Errorf("没有名为“%s”的邮件模板", template)
	}
	if data.Link != "" && !webLink(data.Link) {
		return "", "", "", "", fmt.Errorf("邮件链接无效：必须是完整的网址，请检查系统的公开网址设置")
	}
	subject, text, html, err = t.fill(data)
	if err != nil {
		return "", "", "", "", fmt.Errorf("邮件模板“%s”缺少内容，请补全后重试：%w", template, err)
	}
	return subject, text, html, t.version, nil
}

// Names lists all templates in order.
func Names() []string {
	all, err := library()
	if err != nil {
		panic(err) // embedded files that do not parse: no build that passed its tests gets here
	}
	names := make([]string, 0, len(all))
	for n := range all {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

type letterTemplate struct {
	text    *texttemplate.Template
	html    *htmltemplate.Template
	version string
}

var library = sync.OnceValues(func() (map[string]*letterTemplate, error) {
	return load(templates.Email)
})

// load parses every NAME.txt with its NAME.html over the shared layout.
func load(files fs.FS) (map[string]*letterTemplate, error) {
	dir, err := fs.Sub(files, "email")
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(dir, "*.txt")
	if err != nil {
		return nil, err
	}
	all := map[string]*letterTemplate{}
	for _, file := range names {
		name := strings.TrimSuffix(file, ".txt")
		if name == "layout" {
			continue
		}
		if all[name], err = loadOne(dir, name); err != nil {
			return nil, fmt.Errorf("邮件模板“%s”无法读取：%w", name, err)
		}
	}
	return all, nil
}

func loadOne(dir fs.FS, name string) (*letterTemplate, error) {
	var src [4]string
	sum := sha256.New()
	for i, file := range []string{"layout.txt", name + ".txt", "layout.html", name + ".html"} {
		b, err := fs.ReadFile(dir, file)
		if err != nil {
			return nil, err
		}
		src[i] = string(b)
		sum.Write(b)
		sum.Write([]byte{0})
	}
	subject, body, _ := strings.Cut(src[1], "\n")
	text, err := texttemplate.New(name).Funcs(funcs).Option("missingkey=error").Parse(src[0])
	if err != nil {
		return nil, err
	}
	if text, err = text.Parse(`{{define "subject"}}` + subject + `{{end}}` + body); err != nil {
		return nil, err
	}
	html, err := htmltemplate.New(name).Funcs(funcs).Option("missingkey=error").Parse(src[2])
	if err != nil {
		return nil, err
	}
	if html, err = html.Parse(src[3]); err != nil {
		return nil, err
	}
	return &letterTemplate{text, html, name + "@" + hex.EncodeToString(sum.Sum(nil))[:12]}, nil
}

func (t *letterTemplate) fill(d Data) (subject, text, html string, err error) {
	values := d.values()
	if subject, err = t.run("subject", values); err != nil {
		return "", "", "", err
	}
	if strings.TrimSpace(subject) == "" || !oneLine(subject) {
		return "", "", "", fmt.Errorf("主题为空、换行或含控制字符")
	}
	values["Subject"] = subject
	if text, err = t.run("layout", values); err != nil {
		return "", "", "", err
	}
	var out strings.Builder
	if err = t.html.ExecuteTemplate(&out, "layout", values); err != nil {
		return "", "", "", err
	}
	if d.Rehearsal {
		mark, err := t.run("mark", values)
		if err != nil {
			return "", "", "", err
		}
		subject = mark + subject
	}
	return subject, wrap(text), out.String(), nil
}

func (t *letterTemplate) run(block string, values map[string]any) (string, error) {
	var out strings.Builder
	err := t.text.ExecuteTemplate(&out, block, values)
	return out.String(), err
}

// values leaves empty fields out of the map: with missingkey=error a template
// that uses one of them fails instead of sending a letter with a hole.
func (d Data) values() map[string]any {
	v := map[string]any{"Rehearsal": d.Rehearsal}
	for name, s := range map[string]string{
		"Issuer": d.Issuer, "Institution": d.Institution, "Person": d.Person, "Title": d.Title,
		"What": d.What, "Until": d.Until, "Link": d.Link, "Consequence": d.Consequence,
		"Contact": d.Contact, "Number": d.Number, "Checkpoint": d.Checkpoint,
	} {
		if strings.TrimSpace(s) != "" {
			v[name] = s
		}
	}
	if d.Last {
		v["Last"] = true
	}
	if d.Year != 0 {
		v["Year"] = d.Year
	}
	if len(d.Rows) > 0 {
		v["Rows"] = d.Rows
	}
	if len(d.Lines) > 0 {
		v["Lines"] = d.Lines
	}
	return v
}

// labelled is what the layout's parts (due, button, note …) take.
type labelled struct {
	Label string
	Value any
}

var funcs = map[string]any{
	"say": func(label string, value any) labelled { return labelled{label, value} },
	"has": func(v map[string]any, key string) bool { _, ok := v[key]; return ok },
	"either": func(v map[string]any, key, otherwise string) any {
		if s, ok := v[key]; ok {
			return s
		}
		return otherwise
	},
}

func webLink(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && !strings.ContainsAny(s, " \"<>") && oneLine(s)
}
