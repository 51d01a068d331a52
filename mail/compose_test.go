package mail_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"xuanping/mail"
	"xuanping/mail/mailtest"
)

var update = flag.Bool("update", false, "write the golden files")

// TestGolden shows every letter as it is sent; a changed word is seen in review.
func TestGolden(t *testing.T) {
	if n := len(mail.Names()); n != 56 {
		t.Errorf("%d templates, want 56", n)
	}
	for _, name := range mail.Names() {
		t.Run(name, func(t *testing.T) {
			subject, text, html, version, err := mail.Compose(name, mailtest.Sample(name))
			if err != nil {
				t.Fatal(err)
			}
			if !regexp.MustCompile(`^` + name + `@[0-9a-f]{12}$`).MatchString(version) {
				t.Errorf("version %q", version)
			}
			golden(t, name+".txt", subject+"\n\n"+text)
			golden(t, name+".html", html)
		})
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	path := filepath.Join("testdata", "golden", file)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs from the golden; run with -update and read the diff:\n%s", file, got)
	}
}

// A letter says only what happened: an extension that nobody asked for is no
// answer, and a third reviewer scores all rows, be the rows that differ known or not.
func TestLettersThatTellTwoCases(t *testing.T) {
	for _, k := range []struct {
		template    string
		change      func(*mail.Data)
		says, keeps string
	}{
		{"extension", func(*mail.Data) {}, "延期申请已经批准", "经主管部门决定"},
		{"extension", func(d *mail.Data) { d.Lines = nil }, "截止时间予以延长", "申请已经批准"},
		{"third-reviewer", func(*mail.Data) {}, "下列指标的评分差异", "评审只涉及所列指标"},
		{"third-reviewer", func(d *mail.Data) { d.Rows = nil }, "第1至14项都要评分", "下列指标"},
	} {
		d := mailtest.Sample(k.template)
		k.change(&d)
		_, text, html, _, err := mail.Compose(k.template, d)
		if err != nil {
			t.Fatal(err)
		}
		text = strings.ReplaceAll(text, "\n", "")
		for _, body := range []string{text, html} {
			if !strings.Contains(body, k.says) || strings.Contains(body, k.keeps) {
				t.Errorf("%s: %s", k.template, body)
			}
		}
	}
}

func TestNoStrayGoldens(t *testing.T) {
	files, err := filepath.Glob("testdata/golden/*")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 2*len(mail.Names()) {
		t.Errorf("%d golden files for %d templates", len(files), len(mail.Names()))
	}
}

// Both bodies of a letter must say the same things and be fit for old clients.
func TestEveryLetter(t *testing.T) {
	remote := regexp.MustCompile(`(?i)<(img|link|script|style|iframe)|url\(|@import|src=`)
	for _, name := range mail.Names() {
		d := mailtest.Sample(name)
		d.Rehearsal = true
		subject, text, html, _, err := mail.Compose(name, d)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !strings.HasPrefix(subject, "【示例·非官方】") || !strings.Contains(html, "示例·非官方") || strings.Count(text, "示例·非官方") < 2 {
			t.Errorf("%s: a rehearsal is not marked", name)
		}
		if n := len([]rune(subject)); n > 45 {
			t.Errorf("%s: subject of %d characters", name, n)
		}
		for _, must := range []string{d.Issuer, d.Contact, d.Checkpoint} {
			if !strings.Contains(strings.Join(strings.Fields(text), ""), strings.Join(strings.Fields(must), "")) || !strings.Contains(html, strings.ReplaceAll(must, "+", "&#43;")) {
				t.Errorf("%s: %q is missing", name, must)
			}
		}
		if d.Link != "" && (!strings.Contains(text, d.Link) || !strings.Contains(html, d.Link)) || strings.Count(html, "bgcolor=\"#9e1b1e\"") > 1 {
			t.Errorf("%s: the bodies differ in links, or there is more than one button", name)
		}
		if strings.Contains(text, d.Until) != strings.Contains(html, d.Until) {
			t.Errorf("%s: the bodies differ in the date", name)
		}
		if m := remote.FindString(html); m != "" {
			t.Errorf("%s: %s in the HTML", name, m)
		}
		if strings.Contains(text+html, "no value") || strings.Contains(text, "{{") || strings.Contains(html, "{{") {
			t.Errorf("%s: an unfilled place", name)
		}
		for _, line := range strings.Split(text, "\n") {
			if wide(line) > 78 && !strings.Contains(line, "://") && wide(line) != len(line) {
				t.Errorf("%s: line of %d columns: %s", name, wide(line), line)
			}
		}
	}
}

func wide(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r >= 0x2000 {
			n++
		}
	}
	return n
}

// A letter with a hole is an error, for each field a template uses.
func TestMissingFieldRefused(t *testing.T) {
	blank := map[string]func(*mail.Data){
		"Issuer": func(d *mail.Data) { d.Issuer = " " }, "Contact": func(d *mail.Data) { d.Contact = "" },
		"Institution": func(d *mail.Data) { d.Institution = "" }, "Person": func(d *mail.Data) { d.Person = "" },
		"Year": func(d *mail.Data) { d.Year = 0 }, "Title": func(d *mail.Data) { d.Title = "" },
		"What": func(d *mail.Data) { d.What = "" }, "Until": func(d *mail.Data) { d.Until = "" },
		"Link": func(d *mail.Data) { d.Link = "" }, "Rows": func(d *mail.Data) { d.Rows = nil }, "Lines": func(d *mail.Data) { d.Lines = nil },
	}
	for _, c := range []struct{ template, fields string }{
		{"launch", "Issuer Contact Institution Year Until Link"},
		{"admitted", "Issuer Contact Institution Year Until Link"},
		{"plan-returned", "What Until Link"},
		{"quarter-reminder", "Title Rows Until Link"},
		{"receipt", "Title Lines Link"},
		{"reviewer-assigned", "Person Institution Until Link"},
		{"result-notice", "Lines Until Link"},
		{"warning-prior", "What Until Link"},
		{"warning-lesser", "Title What Lines"},
		{"warning-revoked", "What Lines"},
		{"warning-expired", "Lines"},
		{"appeal-decision", "Year Lines What Link"},
		{"event-ended", "Title What Lines Link"},
		{"withdrawn", "Title What"}, {"suspended", "What"}, {"resumed", "What"},
		{"officer-alert", "Person Title What Until Link"},
	} {
		for _, field := range strings.Fields(c.fields) {
			d := mailtest.Sample(c.template)
			blank[field](&d)
			if _, _, _, _, err := mail.Compose(c.template, d); err == nil || !strings.Contains(err.Error(), field) {
				t.Errorf("%s without %s: %v", c.template, field, err)
			}
		}
	}
	if _, _, _, _, err := mail.Compose("layout", mail.Data{}); err == nil {
		t.Error("the layout is not a letter")
	}
}

func TestHTMLIsEscaped(t *testing.T) {
	d := mailtest.Sample("plan-returned")
	d.Institution = `<script>alert(1)</script>甲`
	d.What = `"><img src=x onerror=alert(1)> & 乙`
	_, text, html, _, err := mail.Compose("plan-returned", d)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(html, "<script>") || strings.Contains(html, "<img") {
		t.Error("markup of a person reached the HTML")
	}
	if !strings.Contains(text, d.Institution) {
		t.Error("the text body must not be escaped")
	}
}

func TestUnsafeDataRefused(t *testing.T) {
	for _, link := range []string{"javascript:alert(1)", "data:text/html,x", "//evil.example/", "/t/abc", "https://a.example/\r\nBcc: x", "https://a.example/\" onclick=\"x"} {
		d := mailtest.Sample("launch")
		d.Link = link
		if _, _, _, _, err := mail.Compose("launch", d); err == nil {
			t.Errorf("link %q accepted", link)
		}
	}
	d := mailtest.Sample("receipt")
	d.Title = "计划\r\nBcc: all@evil.example"
	if _, _, _, _, err := mail.Compose("receipt", d); err == nil {
		t.Error("a line break reached the subject")
	}
}

func TestConsequenceReplacesTheDefault(t *testing.T) {
	d := mailtest.Sample("plan-reminder")
	_, before, _, _, _ := mail.Compose("plan-reminder", d)
	d.Consequence = "按本年度特别规定处理。"
	_, after, html, _, err := mail.Compose("plan-reminder", d)
	if err != nil || !strings.Contains(after, d.Consequence) || !strings.Contains(html, d.Consequence) || strings.Contains(before, d.Consequence) {
		t.Errorf("%v:\n%s", err, after)
	}
}
