package mailtest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

const goodBody = `{"from":{"email":"a@b.example"},"subject":"通知","personalizations":[{"to":[{"email":"c@d.example","name":"张"}]}],
"content":[{"type":"text/plain","value":"甲"},{"type":"text/html","value":"<p>甲</p>"}],
"headers":{"Message-ID":"<1@d.example>"},"custom_args":{"key":"k"}}`

// The fake is only worth something when it refuses what SendGrid refuses.
func TestFakeSendGrid(t *testing.T) {
	swap := func(old, new string) string {
		if !strings.Contains(goodBody, old) {
			t.Fatalf("%q is not in the good body", old)
		}
		return strings.Replace(goodBody, old, new, 1)
	}
	for _, c := range []struct {
		name, method, path, key, kind, body string
		code                                int
	}{
		{"good", "POST", "/v3/mail/send", "SG.x", "application/json", goodBody, 202},
		{"wrong key", "POST", "/v3/mail/send", "SG.y", "application/json", goodBody, 401},
		{"wrong path", "POST", "/v2/mail", "SG.x", "application/json", goodBody, 404},
		{"GET", "GET", "/v3/mail/send", "SG.x", "application/json", "", 405},
		{"form", "POST", "/v3/mail/send", "SG.x", "text/plain", goodBody, 415},
		{"too large", "POST", "/v3/mail/send", "SG.x", "application/json", strings.Repeat(" ", 30<<20+1), 413},
		{"not JSON", "POST", "/v3/mail/send", "SG.x", "application/json", "{", 400},
		{"unknown field", "POST", "/v3/mail/send", "SG.x", "application/json", swap(`"subject"`, `"topic"`), 400},
		{"no subject", "POST", "/v3/mail/send", "SG.x", "application/json", swap("通知", ""), 400},
		{"bad address", "POST", "/v3/mail/send", "SG.x", "application/json", swap("c@d.example", "c"), 400},
		{"double address", "POST", "/v3/mail/send", "SG.x", "application/json", swap(`"personalizations":[{`, `"personalizations":[{"cc":[{"email":"C@d.example"}],`), 400},
		{"HTML first", "POST", "/v3/mail/send", "SG.x", "application/json", swap("text/plain", "text/html"), 400},
		{"empty content", "POST", "/v3/mail/send", "SG.x", "application/json", swap("<p>甲</p>", ""), 400},
		{"reserved header", "POST", "/v3/mail/send", "SG.x", "application/json", swap("Message-ID", "Bcc"), 400},
		{"header break", "POST", "/v3/mail/send", "SG.x", "application/json", swap("<1@d.example>", `x\r\nBcc: y`), 400},
		{"bad base64", "POST", "/v3/mail/send", "SG.x", "application/json", swap(`"custom_args"`, `"attachments":[{"content":"%","filename":"a"}],"custom_args"`), 400},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := NewSendGrid("SG.x")
			defer f.Close()
			req, err := http.NewRequest(c.method, f.URL+c.path, strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", "Bearer "+c.key)
			req.Header.Set("Content-Type", c.kind)
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			raw, _ := io.ReadAll(resp.Body)
			if resp.StatusCode != c.code {
				t.Fatalf("status %d, want %d: %s", resp.StatusCode, c.code, raw)
			}
			if c.code == 202 {
				if len(raw) != 0 || resp.Header.Get("X-Message-Id") == "" || len(f.Delivered()) != 1 {
					t.Errorf("accepted with body %q, id %q", raw, resp.Header.Get("X-Message-Id"))
				}
				return
			}
			var e struct {
				Errors []struct{ Message string }
			}
			if json.Unmarshal(raw, &e) != nil || len(e.Errors) != 1 || e.Errors[0].Message == "" || len(f.Delivered()) != 0 {
				t.Errorf("refused with %q, kept %d", raw, len(f.Delivered()))
			}
		})
	}
}

// Each dialogue is typed to the fake line by line; "" waits for nothing.
func TestFakeSMTP(t *testing.T) {
	message := "From: a@b.example\r\nTo: c@d.example\r\nSubject: x\r\nDate: Sat, 01 Mar 2025 09:00:00 +0800\r\nMessage-ID: <1@d.example>\r\nContent-Type: text/plain\r\n\r\n..dot\r\n."
	for _, c := range []struct {
		name, user string
		mode       Mode
		talk       [][2]string // send, code awaited
		arrived    int
		faults     int
	}{
		{"good", "", OK, [][2]string{{"EHLO me", "250"}, {"MAIL FROM:<a@b.example>", "250"}, {"RCPT TO:<c@d.example>", "250"}, {"DATA", "354"}, {message, "250"}, {"QUIT", "221"}}, 1, 0},
		{"no hello", "", OK, [][2]string{{"MAIL FROM:<a@b.example>", "503"}}, 0, 1},
		{"no recipient", "", OK, [][2]string{{"EHLO me", "250"}, {"MAIL FROM:<a@b.example>", "250"}, {"DATA", "503"}}, 0, 1},
		{"bad recipient", "", OK, [][2]string{{"EHLO me", "250"}, {"MAIL FROM:<a@b.example>", "250"}, {"RCPT TO:<>", "503"}}, 0, 1},
		{"other envelope", "", OK, [][2]string{{"EHLO me", "250"}, {"MAIL FROM:<a@b.example>", "250"}, {"RCPT TO:<z@d.example>", "250"}, {"DATA", "354"}, {message, "503"}}, 0, 1},
		{"login needed", "u", OK, [][2]string{{"EHLO me", "250"}, {"MAIL FROM:<a@b.example>", "530"}}, 0, 0},
		{"login in the clear", "u", OK, [][2]string{{"EHLO me", "250"}, {"AUTH PLAIN AHUAcA==", "503"}}, 0, 1},
		{"busy", "", Busy, [][2]string{{"EHLO me", "250"}, {"MAIL FROM:<a@b.example>", "250"}, {"RCPT TO:<c@d.example>", "450"}}, 0, 0},
		{"refuse", "", Refuse, [][2]string{{"EHLO me", "250"}, {"MAIL FROM:<a@b.example>", "250"}, {"RCPT TO:<c@d.example>", "550"}}, 0, 0},
		{"broken", "", Broken, [][2]string{{"EHLO me", "250"}, {"MAIL FROM:<a@b.example>", "250"}, {"RCPT TO:<c@d.example>", "250"}, {"DATA", "354"}, {message, "451"}}, 0, 0},
		{"lost answer", "", LostAnswer, [][2]string{{"EHLO me", "250"}, {"MAIL FROM:<a@b.example>", "250"}, {"RCPT TO:<c@d.example>", "250"}, {"DATA", "354"}, {message, "EOF"}}, 1, 0},
		{"nonsense", "", OK, [][2]string{{"TURN", "502"}, {"NOOP", "250"}, {"RSET", "250"}}, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := NewSMTP(c.user, "p", false)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			f.Set(c.mode)
			conn, err := net.Dial("tcp", net.JoinHostPort(f.Host, strconv.Itoa(f.Port)))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			in := bufio.NewReader(conn)
			if got := reply(in); got != "220" {
				t.Fatalf("greeting %s", got)
			}
			for _, step := range c.talk {
				fmt.Fprintf(conn, "%s\r\n", step[0])
				if got := reply(in); got != step[1] {
					t.Fatalf("%.40q: got %s, want %s", step[0], got, step[1])
				}
			}
			got := f.Delivered()
			if len(got) != c.arrived || len(f.Faults()) != c.faults {
				t.Errorf("%d arrived, faults %q", len(got), f.Faults())
			}
			if len(got) > 0 && (got[0].Text != ".dot\n" || got[0].MessageID != "1@d.example") {
				t.Errorf("got %+v", got[0])
			}
		})
	}
}

func reply(in *bufio.Reader) string {
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return err.Error()
		}
		if len(line) > 3 && line[3] == ' ' {
			return line[:3]
		}
	}
}
