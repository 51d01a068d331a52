package app

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"xuanping/mail"
)

// the25 are the mails of the requirements, by their names there: the templates that write them, and the file that
// sends them. Each has a golden text and page in mail.
var the25 = []struct {
	name      string
	templates string
	sender    string
}{
	{"launch notice", "launch admitted", "activities/stage.go"}, {"task sheet", "launch admitted", "activities/noticepaper.go"},
	{"ack missing", "ack-missing", "activities/remind.go"}, {"plan reminder ×3 kinds", "plan-reminder plan-overdue", "activities/remind.go"},
	{"quarterly ×4", "quarter-reminder", "activities/stage.go"}, {"evidence ladder", "evidence-reminder", "activities/remind.go"},
	{"receipt of submission", "receipt", "desk/institution.go"}, {"returned for correction", "plan-returned", "desk/officer.go"},
	{"reviewer assignment", "reviewer-assigned", "activities/review.go"}, {"reviewer reminder", "reviewer-reminder", "activities/remind.go"},
	{"moderation call", "third-reviewer", "activities/review.go"}, {"result letter", "result-notice no-submission-result", "activities/result.go"},
	{"appeal receipt", "appeal-receipt", "desk/appeal.go"}, {"appeal decision", "appeal-decision", "activities/appeal.go"},
	{"final result", "final-result", "activities/appeal.go"}, {"certificate", "certificate", "activities/result.go"},
	{"risk notice (prior)", "warning-prior", "activities/warning.go"}, {"warning decision", "warning-decision", "activities/warning.go"},
	{"rectification reminder", "rectification-reminder rectification-overdue", "activities/remind.go"}, {"lifting", "warning-lifted", "activities/warning.go"},
	{"48-h receipt", "receipt", "desk/incident.go"}, {"48-h reminders", "incident-reminder", "activities/incident.go"},
	{"prior-approval receipt/decision", "receipt clearance-decision", "desk/clearance.go"}, {"bounce alert to regulator", "officer-alert", "desk/mailroom.go"},
	{"publication notice", "publication", "activities/result.go"},
}

// word is what a sender writes: most name the template, receipts and the task sheet are written by one function.
var word = map[string]string{"receipt": "receiptMail(", "task sheet": "taskSheet("}

func TestML1The25Mails(t *testing.T) {
	if len(the25) != 25 {
		t.Fatalf("%d mails", len(the25))
	}
	names := mail.Names()
	for _, m := range the25 {
		text, err := os.ReadFile(filepath.Join("..", m.sender))
		if err != nil {
			t.Fatal(err)
		}
		for template := range strings.FieldsSeq(m.templates) {
			if !slices.Contains(names, template) {
				t.Errorf("%s: no template %s", m.name, template)
			}
			sent := `"` + template + `"`
			for k, w := range word {
				if k == template || k == m.name {
					sent = w
				}
			}
			if !strings.Contains(string(text), sent) {
				t.Errorf("%s: %s does not send %s", m.name, m.sender, template)
			}
			for _, ext := range []string{".txt", ".html"} {
				if _, err := os.Stat(filepath.Join("..", "mail", "testdata", "golden", template+ext)); err != nil {
					t.Errorf("%s: %v", m.name, err)
				}
			}
		}
	}
}
