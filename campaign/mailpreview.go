package campaign

import "strings"

// MailPreview is what an act of an officer will mail, shown before it is done:
// which letters, to whom, when, and how some of them will read.
type MailPreview struct {
	Letters []LetterPreview
	Plan    []PlannedMail // what one institution that does nothing gets from then on
}

// LetterPreview is one kind of letter of an act.
type LetterPreview struct {
	What    string // 启动通知
	When    string // the day it goes, in words
	Shift   string // why it does not go on the day that one would expect; "" otherwise
	Papers  []Paper
	To      []MailTo
	Samples []LetterSample
}

// MailTo is somebody whom a letter is for.
type MailTo struct {
	Code, Name string
	Lacks      string // of what is needed to reach him; "" nothing
}

// LetterSample is a letter as it will be read, but for its link.
type LetterSample struct{ Name, Subject, Text string }

// Lacking counts those whom the letter may not reach.
func (l LetterPreview) Lacking() int {
	n := 0
	for _, t := range l.To {
		if t.Lacks != "" {
			n++
		}
	}
	return n
}

// Lacking names what an institution's contact lacks; "" nothing (第二十八条).
func (i Institution) Lacking() string {
	var all []string
	for _, c := range [][2]string{{i.Contact, "联系人"}, {i.Email, "邮箱"}, {i.Mobile, "手机"}} {
		if strings.TrimSpace(c[0]) == "" {
			all = append(all, "缺"+c[1])
		}
	}
	return strings.Join(all, "、")
}

// SampleOf picks up to three of n things: the first, the middle and the last.
func SampleOf(n int) []int {
	switch {
	case n <= 0:
		return nil
	case n == 1:
		return []int{0}
	case n == 2:
		return []int{0, 1}
	}
	return []int{0, n / 2, n - 1}
}
