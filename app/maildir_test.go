package app

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/mail"
	"xuanping/mail/mailtest"
)

const testDomain = "xp.example"

func openTestMaildir(t testing.TB, dir string) *Maildir {
	t.Helper()
	m, err := OpenMaildir(dir, mail.Address{Name: "示例认证监督管理机关", Addr: "desk@" + testDomain}, testDomain)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// letter is the i-th of a run: an hour later than the one before.
func letter(i int) mail.Letter {
	l := mailtest.Letter(fmt.Sprintf("2026/CB-%04d/launch/1/liaison", i))
	l.To = fmt.Sprintf("liaison@cb%04d.example", i)
	l.Subject = fmt.Sprintf("第%d号通知", i)
	l.Date = time.Date(2026, 3, 1, 9, 0, 0, 0, campaign.Beijing).Add(time.Duration(i) * time.Hour)
	return l
}

func keep(t testing.TB, m *Maildir, letters ...mail.Letter) {
	t.Helper()
	for _, l := range letters {
		if err := m.Keep(context.Background(), l); err != nil {
			t.Fatal(err)
		}
	}
}

func subjects(t testing.TB, m *Maildir, match string, from, n int) ([]string, int) {
	t.Helper()
	page, total, err := m.List(match, from, n)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, h := range page {
		all = append(all, h.Subject)
	}
	return all, total
}

// The mailbox is a Sender like the others: whole letters, once each, none unsafe.
func TestMaildirConforms(t *testing.T) {
	mailtest.Conform(t, func(t *testing.T) mailtest.Rig {
		dir := t.TempDir()
		m := openTestMaildir(t, dir)
		return mailtest.Rig{Sender: mail.NewMailbox(m.Keep, testDomain), Idempotent: true, Set: func(mailtest.Mode) {}, Delivered: func() []mailtest.Delivered {
			files, err := filepath.Glob(filepath.Join(dir, "*.eml"))
			if err != nil {
				t.Fatal(err)
			}
			var all []mailtest.Delivered
			for _, name := range files {
				b, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				d, err := mailtest.Parse(b)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, d)
			}
			return all
		}}
	})
}

func TestKeptTwiceIsKeptOnce(t *testing.T) {
	m := openTestMaildir(t, t.TempDir())
	second := letter(1)
	second.Subject = "同一编号的另一封"
	keep(t, m, letter(1), letter(1), second, letter(2))
	if got, total := subjects(t, m, "", 0, 10); total != 2 || !slices.Equal(got, []string{"第2号通知", "第1号通知"}) {
		t.Errorf("%q of %d: the first one stays", got, total)
	}
	if n, err := m.Count(); n != 2 || err != nil {
		t.Errorf("%d letters, %v", n, err)
	}
	again := openTestMaildir(t, m.dir)
	keep(t, again, letter(1))
	if n, _ := again.Count(); n != 2 {
		t.Errorf("%d letters after a restart", n)
	}
}

// Letters are kept and looked at from many sides at once; none is seen half.
func TestKeepConcurrently(t *testing.T) {
	dir := t.TempDir()
	m := openTestMaildir(t, dir)
	const different, writers = 20, 8
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			for i := range different {
				if err := m.Keep(t.Context(), letter(i)); err != nil {
					t.Error(err)
				}
			}
		})
		all.Go(func() {
			for range different {
				page, _, err := m.List("", 0, 100)
				if err != nil {
					t.Error(err)
				}
				for _, h := range page {
					if mail, err := m.Read(h.ID); err != nil || h.Subject == "" || mail.HTML != strings.TrimSpace(letter(0).HTML) {
						t.Errorf("%+v %v", h, err)
					}
				}
			}
		})
	}
	all.Wait()
	if n, err := m.Count(); n != different || err != nil {
		t.Errorf("%d letters, %v", n, err)
	}
	files, _ := os.ReadDir(dir)
	if len(files) != different {
		t.Errorf("%d files for %d letters: something was left lying", len(files), different)
	}
}

func TestListInPages(t *testing.T) {
	m := openTestMaildir(t, t.TempDir())
	for _, i := range []int{3, 0, 4, 1, 2} {
		keep(t, m, letter(i))
	}
	for _, c := range []struct {
		match   string
		from, n int
		want    []string
		total   int
	}{
		{"", 0, 2, []string{"第4号通知", "第3号通知"}, 5},
		{"", 2, 2, []string{"第2号通知", "第1号通知"}, 5},
		{"", 4, 2, []string{"第0号通知"}, 5},
		{"", 5, 2, nil, 5},
		{"", 99, 2, nil, 5},
		{"", -3, 1, []string{"第4号通知"}, 5},
		{"", 0, 0, nil, 5},
		{"cb0003.example", 0, 9, []string{"第3号通知"}, 1},
		{"LIAISON@CB0001", 0, 9, []string{"第1号通知"}, 1},
		{"  第2号 ", 0, 9, []string{"第2号通知"}, 1},
		{"号通知", 3, 9, []string{"第1号通知", "第0号通知"}, 5},
		{"没有这样的主题", 0, 9, nil, 0},
		{"张示例", 0, 9, nil, 0}, // the name is not searched, only address and subject
	} {
		if got, total := subjects(t, m, c.match, c.from, c.n); total != c.total || !slices.Equal(got, c.want) {
			t.Errorf("%q from %d, %d: %q of %d, want %q of %d", c.match, c.from, c.n, got, total, c.want, c.total)
		}
	}
}

// Letters of one moment keep one order, or pages would overlap.
func TestListSameMoment(t *testing.T) {
	m := openTestMaildir(t, t.TempDir())
	for i := range 6 {
		l := letter(i)
		l.Date = letter(0).Date
		keep(t, m, l)
	}
	whole, _ := subjects(t, m, "", 0, 6)
	var pages []string
	for from := 0; from < 6; from += 2 {
		page, _ := subjects(t, m, "", from, 2)
		pages = append(pages, page...)
	}
	if !slices.Equal(whole, pages) {
		t.Errorf("%q in one page, %q in three", whole, pages)
	}
}

func TestReadWhole(t *testing.T) {
	m := openTestMaildir(t, t.TempDir())
	l := mailtest.Letter("2026/CB-A/result/1/liaison")
	every := make([]byte, 4096)
	for i := range every {
		every[i] = byte(i * 7)
	}
	l.Attachments = append(l.Attachments,
		mail.Attachment{Name: "评价明细 — 示例甲（𠮷）认证有限公司2025年度第一季度宣传工作报告.xlsx", MediaType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Bytes: every},
		mail.Attachment{Name: "说明.html", MediaType: "text/html", Bytes: []byte("<p>附件，不是正文</p>")})
	keep(t, m, l)
	heads, _, err := m.List("", 0, 1)
	if err != nil || len(heads) != 1 {
		t.Fatal(heads, err)
	}
	got, err := m.Read(heads[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if got.MailHead != heads[0] || got.To != l.To || got.Subject != l.Subject || !got.Date.Equal(l.Date) || got.Date.Format("15:04") != "09:00" {
		t.Errorf("%+v, listed as %+v", got.MailHead, heads[0])
	}
	if norm(got.Text) != norm(l.Text) || norm(got.HTML) != norm(l.HTML) {
		t.Errorf("bodies %q %q", got.Text, got.HTML)
	}
	if len(got.Attachments) != len(l.Attachments) {
		t.Fatalf("%d attachments, want %d", len(got.Attachments), len(l.Attachments))
	}
	for i, a := range got.Attachments {
		want := l.Attachments[i]
		if a.Name != want.Name || a.Media != want.MediaType || !bytes.Equal(a.Bytes, want.Bytes) {
			t.Errorf("%q %s %d bytes, want %q %s %d bytes", a.Name, a.Media, len(a.Bytes), want.Name, want.MediaType, len(want.Bytes))
		}
	}
}

func norm(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }

// What is not an id of the mailbox is not found, wherever it points.
func TestReadRefusesPaths(t *testing.T) {
	dir := t.TempDir()
	m := openTestMaildir(t, filepath.Join(dir, "box"))
	keep(t, m, letter(1))
	b, err := mail.EML(letter(2), m.from, m.domain)
	if err != nil {
		t.Fatal(err)
	}
	outside := strings.Repeat("ab", 16)
	for _, name := range []string{filepath.Join(dir, outside+".eml"), filepath.Join(dir, "box", "note.eml")} {
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range []string{
		"", ".", "..", outside, "../" + outside, "..%2f" + outside, filepath.Join(dir, outside), "note", "../box/note",
		strings.Repeat("0", 32), strings.Repeat("0", 31), strings.Repeat("0", 33), strings.Repeat("g", 32), strings.Repeat("a", 31) + "\x00", "../../../../../../../etc/passwd",
	} {
		if got, err := m.Read(id); err == nil || campaign.KindOf(err) != campaign.NotFound {
			t.Errorf("%q: %+v %v", id, got.MailHead, err)
		}
	}
	if n, err := m.Count(); n != 1 || err != nil {
		t.Errorf("%d letters, %v: a file of another name is listed", n, err)
	}
}

// What a crash leaves behind is neither listed nor in the way.
func TestHalfWrittenIsNotListed(t *testing.T) {
	dir := t.TempDir()
	m := openTestMaildir(t, dir)
	b, err := mail.EML(letter(1), m.from, m.domain)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, ".new-123"), b[:len(b)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	if n, err := m.Count(); n != 0 || err != nil {
		t.Errorf("%d letters, %v", n, err)
	}
	keep(t, m, letter(1))
	if got, total := subjects(t, m, "", 0, 9); total != 1 || got[0] != "第1号通知" {
		t.Errorf("%q of %d", got, total)
	}
}

// A letter taken away by hand is gone, without an error for the others.
func TestListAfterRemoval(t *testing.T) {
	m := openTestMaildir(t, t.TempDir())
	keep(t, m, letter(1), letter(2))
	heads, _, err := m.List("第2号", 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(m.dir, heads[0].ID+".eml")); err != nil {
		t.Fatal(err)
	}
	if got, total := subjects(t, m, "", 0, 9); total != 1 || got[0] != "第1号通知" {
		t.Errorf("%q of %d", got, total)
	}
}

func TestKeepSaysWhyNot(t *testing.T) {
	dir := t.TempDir()
	m := openTestMaildir(t, filepath.Join(dir, "box"))
	if err := os.RemoveAll(m.dir); err != nil {
		t.Fatal(err)
	}
	if err := m.Keep(t.Context(), letter(1)); err == nil {
		t.Error("kept in a folder that is gone")
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenMaildir(file, m.from, m.domain); err == nil {
		t.Error("a file was opened as a mailbox")
	}
}

// A year of 5,000 letters is searched in well under 200 ms once it was read.
func BenchmarkMaildirSearch(b *testing.B) {
	const letters = 5000
	m := openTestMaildir(b, b.TempDir())
	for i := range letters {
		keep(b, m, letter(i))
	}
	if _, total := subjects(b, m, "", 0, 50); total != letters {
		b.Fatalf("%d letters", total)
	}
	for b.Loop() {
		if _, total := subjects(b, m, "号通知", 0, 50); total != letters {
			b.Fatalf("%d letters", total)
		}
	}
}
