package rubric

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Bounds of a score sheet, generous for 14 marks and a year of events.
const (
	maxSheetBytes = 1 << 20
	maxSheetDepth = 8
	maxSheetItems = 2000 // in one list
	maxFields     = 16   // in one object
)

// node is one JSON value with its place, so that every refusal can point at it.
// encoding/json alone would match field names loosely, keep the last of two
// equal fields and lose the place of a wrong value.
type node struct {
	at     int    // byte offset in the file
	path   string // e.g. marks[0].points
	value  any    // string, json.Number, bool or nil; unset for the two below
	fields []field
	items  []*node
	kind   byte // '{', '[' or 'v'
}

type field struct {
	name string
	node *node
}

// reader walks one file and remembers the first fault.
type reader struct {
	data []byte
	dec  *json.Decoder
	err  error
}

// open checks size, encoding and syntax before anything is walked.
func open(data []byte) (*reader, error) {
	r := &reader{data: data}
	if len(data) > maxSheetBytes {
		return nil, fmt.Errorf("文件过大（%d 字节），评分表不应超过 %d 字节", len(data), maxSheetBytes)
	}
	if bytes.HasPrefix(data, []byte("\xef\xbb\xbf")) {
		return nil, errors.New("第1行第1列：文件带有 BOM 标记，请另存为不带 BOM 的 UTF-8")
	}
	if i := badUTF8(data); i >= 0 {
		return nil, fmt.Errorf("%s：不是 UTF-8 编码，请另存为 UTF-8", r.place(i))
	}
	var raw json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, r.syntax(err)
	}
	r.dec = json.NewDecoder(bytes.NewReader(data))
	r.dec.UseNumber()
	return r, nil
}

func badUTF8(data []byte) int {
	for i := 0; i < len(data); {
		c, n := utf8.DecodeRune(data[i:])
		if c == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

// syntax puts the standard library's message into Chinese, with the place.
func (r *reader) syntax(err error) error {
	var se *json.SyntaxError
	if !errors.As(err, &se) {
		return fmt.Errorf("文件无法读取，请检查 JSON 格式：%w", err)
	}
	at := max(int(se.Offset)-1, 0)
	switch {
	case strings.Contains(se.Error(), "unexpected end"):
		return fmt.Errorf("%s：文件在此中断，请检查是否缺少引号或括号", r.place(len(r.data)))
	case strings.Contains(se.Error(), "after top-level value"):
		return fmt.Errorf("%s：正文结束后还有多余内容，请删去", r.place(at))
	case at < len(r.data):
		c, _ := utf8.DecodeRune(r.data[at:])
		return fmt.Errorf("%s：JSON 语法有误，此处不应出现 %s", r.place(at), strconv.QuoteRune(c))
	}
	return fmt.Errorf("%s：JSON 语法有误", r.place(len(r.data)))
}

// place is line and column, both from 1, columns in characters.
func (r *reader) place(at int) string {
	before := r.data[:min(at, len(r.data))]
	line := bytes.Count(before, []byte("\n")) + 1
	column := utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
	return fmt.Sprintf("第%d行第%d列", line, column)
}

// fail keeps the first fault only: later ones often follow from it.
func (r *reader) fail(n *node, format string, args ...any) {
	if r.err != nil {
		return
	}
	where := r.place(n.at)
	if n.path != "" {
		where += "（" + n.path + "）"
	}
	r.err = errors.New(where + "：" + fmt.Sprintf(format, args...))
}

// next is where the coming token starts.
func (r *reader) next() int {
	at := int(r.dec.InputOffset())
	for at < len(r.data) && strings.IndexByte(" \t\r\n,:", r.data[at]) >= 0 {
		at++
	}
	return at
}

// token cannot fail: open has checked the syntax.
func (r *reader) token() json.Token {
	tok, err := r.dec.Token()
	if err != nil && r.err == nil {
		r.err = r.syntax(err)
	}
	return tok
}

// read takes one value; it stops going deeper at maxSheetDepth.
func (r *reader) read(path string, depth int) *node {
	n := &node{at: r.next(), path: path, kind: 'v'}
	if depth > maxSheetDepth {
		r.fail(n, "层次过深，评分表没有这样的内容")
		return n
	}
	switch tok := r.token(); tok {
	case json.Delim('{'):
		n.kind = '{'
		for r.err == nil && r.dec.More() {
			r.readField(n, depth)
		}
		r.token()
	case json.Delim('['):
		n.kind = '['
		for r.err == nil && r.dec.More() {
			n.items = append(n.items, r.read(fmt.Sprintf("%s[%d]", path, len(n.items)), depth+1))
			if len(n.items) > maxSheetItems {
				r.fail(n, "列表过长，最多 %d 项", maxSheetItems)
			}
		}
		r.token()
	default:
		n.value = tok
	}
	return n
}

func (r *reader) readField(n *node, depth int) {
	at := r.next()
	name, _ := r.token().(string)
	path := strings.TrimPrefix(n.path+"."+clip(name), ".")
	if n.field(name) != nil {
		r.fail(&node{at: at, path: path}, "字段重复，请只保留一个")
		return
	}
	child := r.read(path, depth+1)
	n.fields = append(n.fields, field{name, child})
	if len(n.fields) > maxFields {
		r.fail(n, "字段过多，评分表没有这样的内容")
	}
}

func (n *node) field(name string) *node {
	for _, f := range n.fields {
		if f.name == name {
			return f.node
		}
	}
	return nil
}

// object refuses anything but an object of exactly the known fields; those in
// optional may be missing.
func (r *reader) object(n *node, required, optional []string) {
	if n.kind != '{' {
		r.fail(n, "应为对象 {…}")
		return
	}
	for _, f := range n.fields {
		if !slices.Contains(required, f.name) && !slices.Contains(optional, f.name) {
			r.fail(f.node, "未知字段 %q，可用字段：%s", clip(f.name), strings.Join(slices.Concat(required, optional), "、"))
		}
	}
	for _, name := range required {
		if n.field(name) == nil {
			r.fail(n, "缺少字段 %q", name)
		}
	}
}

// text reads a string field; a missing optional one is "".
func (r *reader) text(n *node, name string) string {
	v := n.field(name)
	if v == nil {
		return ""
	}
	s, ok := v.value.(string)
	if !ok {
		r.fail(v, "应为带引号的文字")
	}
	return s
}

// whole reads a whole number.
func (r *reader) whole(n *node, name string) int {
	v := n.field(name)
	if v == nil {
		return 0
	}
	num, ok := v.value.(json.Number)
	i, err := strconv.Atoi(num.String())
	if !ok || err != nil {
		r.fail(v, "应为不带引号的整数")
	}
	return i
}

// flag reads true or false; a missing one is false.
func (r *reader) flag(n *node, name string) bool {
	v := n.field(name)
	if v == nil {
		return false
	}
	b, ok := v.value.(bool)
	if !ok {
		r.fail(v, "应为 true 或 false")
	}
	return b
}

// points reads points, written as text so that no program rounds them.
func (r *reader) points(n *node, name string) Points {
	v := n.field(name)
	if v == nil {
		return 0
	}
	s, ok := v.value.(string)
	if !ok {
		r.fail(v, `分值应写成带引号的文字，如 "9.5"`)
		return 0
	}
	p, err := ParsePoints(s)
	if err != nil {
		r.fail(v, "%s", err)
	}
	return p
}

// list reads an array field; a missing optional one is empty.
func (r *reader) list(n *node, name string) []*node {
	v := n.field(name)
	if v == nil {
		return nil
	}
	if v.kind != '[' {
		r.fail(v, "应为列表 […]")
	}
	return v.items
}
