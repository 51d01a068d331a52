package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// sure is what a person adds on a check page before the button: the box ticked,
// and the code out of the letter that came this moment (S1).
func (b *browser) sure(ctx context.Context, f form) (fields, error) {
	want := fields{"do": "submit"}
	asks := func(name string) bool {
		return slices.ContainsFunc(f.inputs, func(in input) bool { return in.name == name && in.kind != "hidden" })
	}
	if asks("agree") {
		want["agree"] = "1"
	}
	if !asks("code") {
		return want, nil
	}
	if b.code == nil {
		return nil, errors.New("核对页面要求邮件确认码，但此人没有邮箱")
	}
	code, err := b.code(ctx)
	want["code"] = code
	return want, err
}

const (
	codeWord = "确认码"
	codeWait = 20 * time.Second // until a letter that was asked for must have come
)

var codeDigits = regexp.MustCompile(`确认码\s*[：:]?\s*(\d{6})`)

// newCode waits for the letter with the code. When none comes, because the same
// page was asked for before, the code read last still holds.
func (r *reader) newCode(ctx context.Context) (string, error) {
	for until := time.Now().Add(codeWait); ; {
		letter, err := r.newestUnread(ctx, codeWord)
		if err != nil {
			return "", err
		}
		if letter != "" {
			p, err := r.get(ctx, letter)
			if err != nil {
				return "", err
			}
			found := codeDigits.FindStringSubmatch(p.words())
			if found == nil {
				return "", fmt.Errorf("邮件 %s 中没有确认码", letter)
			}
			r.seen[letter] = true
			r.mails.Add(1)
			r.lastCode = found[1]
			return r.lastCode, nil
		}
		if time.Now().After(until) {
			if r.lastCode != "" {
				return r.lastCode, nil
			}
			return "", errors.New("没有收到确认码邮件")
		}
		if err := rest(ctx); err != nil {
			return "", err
		}
	}
}

// newestUnread is the newest letter not read yet whose line says a word; "" for none.
func (r *reader) newestUnread(ctx context.Context, word string) (string, error) {
	p, err := r.get(ctx, "/mailbox?"+(url.Values{"q": {r.search}}).Encode())
	if err != nil {
		return "", err
	}
	for _, a := range p.links(letterPath) {
		if !r.seen[a.path] && strings.Contains(words(a.row), word) {
			return a.path, nil
		}
	}
	return "", nil
}
