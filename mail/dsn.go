package mail

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	netmail "net/mail"
	"net/textproto"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Bounce is what a report of delivery (RFC 3464) says about one recipient of
// one letter. It is what a stranger says: it counts only for whoever can tell
// that MessageID is the one under which the letter went to one of To.
type Bounce struct {
	MessageID string   // of the letter, from the headers that came back; without brackets
	To        []string // Original-Recipient, Final-Recipient
	State     State    // Bounced or Deferred
	Status    string   // RFC 3463, e.g. 5.1.1
	Reason    string   // without addresses
	At        time.Time
}

// ErrNoReport tells that a letter is no report of delivery.
var ErrNoReport = errors.New("不是投递状态报告（RFC 3464）")

// maxRecipients bounds what one report speaks about; a letter of ours has one.
const maxRecipients = 50

// ReadReport reads a report of delivery from a message file.
func ReadReport(raw []byte) ([]Bounce, error) {
	if len(raw) > MaxInbound {
		return nil, errInbound
	}
	b := &bounds{}
	head, body := splitHead(raw)
	h, err := b.header(head)
	if err != nil {
		return nil, ErrNoReport
	}
	boundary, is := deliveryReport(h)
	if !is {
		return nil, ErrNoReport
	}
	return readReport(b, h, boundary, body)
}

// deliveryReport tells whether a letter says of itself that it is a report of
// delivery (RFC 6522), and where its parts end.
func deliveryReport(h netmail.Header) (boundary string, is bool) {
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	return params["boundary"], err == nil && kind == "multipart/report" && params["boundary"] != "" && strings.EqualFold(params["report-type"], "delivery-status")
}

// readReport reads the two parts that count: one report, and one letter or its
// headers that came back. Two of either are two readings, and none.
func readReport(b *bounds, h netmail.Header, boundary string, body []byte) ([]Bounce, error) {
	if len(h["Content-Type"]) > 1 {
		return nil, errInbound
	}
	var status, returned []byte
	parts := multipart.NewReader(bytes.NewReader(body), boundary)
	for {
		p, err := parts.NextRawPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, errInbound
		}
		if err := b.part(p.Header); err != nil {
			return nil, err
		}
		to := reportPart(p.Header, &status, &returned)
		if to == nil {
			continue
		}
		if *to != nil {
			return nil, errInbound
		}
		if *to, err = partBytes(p); err != nil {
			return nil, errInbound
		}
	}
	if len(status) == 0 || len(returned) == 0 {
		return nil, errInbound
	}
	id, err := returnedID(b, returned)
	if err != nil {
		return nil, err
	}
	return recipients(b, status, id, h)
}

// reportPart tells which part of a report this is; nil for words to people.
func reportPart(h textproto.MIMEHeader, status, returned *[]byte) *[]byte {
	kind, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	switch {
	case err != nil:
		return nil
	case kind == "message/delivery-status" || kind == "message/global-delivery-status":
		return status
	case kind == "message/rfc822" || kind == "text/rfc822-headers" || kind == "message/global" || kind == "message/global-headers":
		return returned
	}
	return nil
}

func partBytes(p *multipart.Part) ([]byte, error) {
	raw, err := io.ReadAll(p)
	if err != nil {
		return nil, err
	}
	out, err := transfer(p.Header.Get("Content-Transfer-Encoding"), raw)
	if err != nil {
		return nil, err
	}
	return append([]byte{}, out...), nil
}

// returnedID is the Message-ID of the letter that came back.
func returnedID(b *bounds, returned []byte) (string, error) {
	head, _ := splitHead(bytes.TrimLeft(returned, "\r\n"))
	h, err := b.header(head)
	if err != nil {
		return "", err
	}
	id, open := strings.CutPrefix(strings.TrimSpace(h.Get("Message-Id")), "<")
	id, closed := strings.CutSuffix(id, ">")
	if len(h["Message-Id"]) != 1 || !open || !closed || !ValidAddress(id) {
		return "", errInbound
	}
	return id, nil
}

// recipients reads what a report says of each recipient: groups of fields,
// parted by empty lines, the first of which is about the letter.
func recipients(b *bounds, status []byte, id string, outer netmail.Header) ([]Bounce, error) {
	var out []Bounce
	lines := bytes.ReplaceAll(status, []byte("\r\n"), []byte("\n"))
	for n, group := range groups(lines) {
		h, err := b.header(group)
		if err != nil || n > maxRecipients {
			return nil, errInbound
		}
		if n == 0 {
			if len(h["Reporting-Mta"]) != 1 {
				return nil, errInbound
			}
			continue
		}
		one, counts, err := recipient(h)
		if err != nil {
			return nil, err
		}
		if one.MessageID = id; one.At.IsZero() {
			one.At, _ = outer.Date()
		}
		if counts {
			out = append(out, one)
		}
	}
	return out, nil
}

func groups(status []byte) (all [][]byte) {
	for g := range bytes.SplitSeq(status, []byte("\n\n")) {
		if g = bytes.Trim(g, "\n"); len(bytes.TrimSpace(g)) > 0 {
			all = append(all, g)
		}
	}
	return all
}

var statusCode = regexp.MustCompile(`^[245]\.[0-9]{1,3}\.[0-9]{1,3}$`)

// recipient reads the fields about one recipient; counts is false for an action
// that is no failure, which the house does not ask to be told of.
func recipient(h netmail.Header) (one Bounce, counts bool, err error) {
	for _, name := range []string{"Action", "Status", "Final-Recipient"} {
		if len(h[name]) != 1 {
			return one, false, errInbound
		}
	}
	if len(h["Original-Recipient"]) > 1 || len(h["Diagnostic-Code"]) > 1 {
		return one, false, errInbound
	}
	final, ok := recipientOf(h.Get("Final-Recipient"))
	if one.Status = word(h.Get("Status")); !ok || !statusCode.MatchString(one.Status) {
		return one, false, errInbound
	}
	if original, ok := recipientOf(h.Get("Original-Recipient")); ok && !strings.EqualFold(original, final) {
		one.To = append(one.To, original)
	}
	one.To = append(one.To, final)
	one.Reason = brief(hideAddresses(strings.Join(strings.Fields(one.Status+" "+heading(h.Get("Diagnostic-Code"))), " ")))
	one.At, _ = netmail.ParseDate(h.Get("Last-Attempt-Date"))
	switch action := strings.ToLower(word(h.Get("Action"))); {
	case action == "failed" && one.Status[0] != '2':
		one.State = Bounced
	case action == "delayed" && one.Status[0] == '4':
		one.State = Deferred
	case slices.Contains([]string{"delivered", "relayed", "expanded"}, action):
		return one, false, nil
	default:
		return one, false, errInbound
	}
	return one, true, nil
}

// word is the first word of a field: what follows is a comment.
func word(s string) string {
	w, _, _ := strings.Cut(strings.TrimSpace(s), " ")
	return w
}

// recipientOf reads "rfc822; address".
func recipientOf(field string) (string, bool) {
	kind, to, ok := strings.Cut(field, ";")
	kind, to = strings.ToLower(strings.TrimSpace(kind)), strings.Trim(strings.TrimSpace(to), "<>")
	return to, ok && (kind == "rfc822" || kind == "utf-8") && ValidAddress(to)
}
