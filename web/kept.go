package web

import (
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"xuanping/campaign"
)

// kept is what a person typed into a form that could not be taken now: carried
// along in full, and shown in words where a field has a name.
type kept struct {
	Action string
	Fields [][2]string
	Shown  [][2]string
	Login  string // where to sign in first; "" when that is not what is missing
	Link   bool   // what is missing is a link out of a letter
	File   bool   // it was a form with a file, which cannot be kept
}

// saved keeps the fields of a POST for its page of failure; nil when nothing
// was typed. Only a request that reached a route is kept: one that came from
// another site is not offered again. A form with a password is never given back.
func saved(w http.ResponseWriter, r ask, signIn bool) *kept {
	plain, file := strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded"), withFile(r.Request)
	if r.Method != http.MethodPost || r.Pattern == "" || !plain && !file {
		return nil
	}
	if file && r.PostForm == nil {
		readFields(w, r.Request)
	}
	f, err := readForm(r)
	if _, secret := f.value("password"); err != nil || secret {
		return nil
	}
	k := &kept{Action: r.URL.Path, Fields: f.Hidden(), Shown: typedRows(f), File: file}
	if !slices.ContainsFunc(k.Fields, func(x [2]string) bool { return x[1] != "" }) {
		return nil
	}
	if do, sent := f.value("do"); sent {
		k.Fields = append(k.Fields, [2]string{"do", do})
	}
	if signIn {
		k.Login = loginFor(r)
	}
	return k
}

// The form of a file carries fields too: at most so many, of such a length.
const (
	mostFields = 100
	fieldSize  = 16 << 10
)

func withFile(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data")
}

// readFields takes the fields of a form with a file that no page has read, and
// passes over its files: a browser that is still sending would not read the
// answer. Who sends slower than a form does is not waited for.
func readFields(w http.ResponseWriter, r *http.Request) {
	r.PostForm = url.Values{}
	if w.Header().Get("Connection") == "close" { // refused before it has arrived
		return
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(formTime))
	parts, err := r.MultipartReader()
	for n := 0; err == nil && n < mostFields; n++ {
		var part *multipart.Part
		if part, err = parts.NextPart(); err == nil && part.FileName() == "" {
			var b []byte
			if b, err = io.ReadAll(io.LimitReader(part, fieldSize)); err == nil {
				r.PostForm.Set(part.FormName(), string(b))
			}
		}
	}
}

// value is a field and whether it was sent; a form that was not read has none.
func (f *form) value(name string) (string, bool) {
	if f == nil {
		return "", false
	}
	v, sent := f.Values[name]
	return v, sent
}

// shut is a page's data whose form may be gone; while it is, what was typed
// is listed instead.
type shut interface{ shut() bool }

func isShut(data any) bool {
	d, ok := data.(shut)
	return ok && d.shut()
}

func (v planView) shut() bool     { return !v.Open }
func (v selfView) shut() bool     { return !v.Open }
func (v evidenceView) shut() bool { return !v.Open }
func (v sheetView) shut() bool    { return !v.Open }
func (v rulingView) shut() bool   { return len(v.Open) == 0 }
func (v formPage) shut() bool     { return v.Button == "" }
func (v caseView) shut() bool     { return len(v.Options) == 0 }

// A matter may have moved on to another act than the one that was filled in.
func (v matterView) shut() bool { return v.Act == nil || v.Gone }

// The form of one reply is not that of another.
func (v ownEventsView) shut() bool { return v.Gone }

// A case that has moved on may ask for something without words.
func (v ownCaseView) shut() bool {
	return v.Asks != campaign.ActReply && v.Asks != campaign.ActRectify
}

// A row that was filed before has no field any more.
func (v pleaView) shut() bool {
	return !v.Open || slices.ContainsFunc(v.Rows, func(x pleaRow) bool { return x.Filed != nil && x.Text != "" })
}

var errShut = campaign.Fail(campaign.TooLate, "当前不接收填报，草稿没有保存。填写的内容列在下面，需要的请自行留存，并联系经办人员")

// typedRows lists the answers of a form in words, in the order of the pages.
func typedRows(f *form) [][2]string {
	var all [][2]string
	fields := f.Hidden()
	place := func(name string) int { // those that the form orders come first
		if i := slices.Index(f.Order, name); i >= 0 {
			return i
		}
		return len(f.Order)
	}
	slices.SortStableFunc(fields, func(a, b [2]string) int { return place(a[0]) - place(b[0]) })
	for _, x := range fields {
		label := typedLabel(x[0])
		if beside, ok := typedBeside[x[0]]; ok {
			if _, there := f.value(beside[0]); there {
				label = beside[1]
			}
		}
		if label != "" && strings.TrimSpace(x[1]) != "" {
			all = append(all, [2]string{label, typedWord(x[0], x[1])})
		}
	}
	slices.SortStableFunc(all, func(a, b [2]string) int { return typedPlace(a[0]) - typedPlace(b[0]) })
	return all
}

var typedWords = map[string]string{
	"name": "姓名", "post": "职务", "text": "内容", "note": "说明", "reason": "理由", "title": "事项名称", "matter": "同一事项标识",
	"source": "依据", "points": "分值", "occurred_on": "发生日期", "day": "日期", "code": "批准号",
	"medium": "媒体", "url": "网址", "activity": "活动", "clause": "条款", "none": "没有的理由",
	"what": "事件概况", "occurred": "发生时间", "discovered": "发现时间", "measures": "已采取的措施", "relevance": "与认证活动的相关性",
	"content": "拟发布的内容", "channel": "渠道或地点", "planned": "拟定日期", "urgent_reason": "紧急的理由",
	"head": "宣传负责人", "principal": "主要负责人", "speaker": "新闻发言人或者宣传负责人", "override_reason": "不按顺序办理的理由", "conditions": "条件",
}

// typedBeside are names that mean something else beside another field.
var typedBeside = map[string][2]string{"subject": {"content", "事项名称"}, "activity": {"what", "地点和涉及的认证活动"}}

// typedWord is a value as its form has it in words.
func typedWord(name, value string) string {
	if name == "relevance" && campaign.Relevance(value).Chinese() != "" {
		return campaign.Relevance(value).Chinese()
	}
	if t, err := time.Parse("2006-01-02T15:04", value); err == nil {
		return t.Format("2006-01-02 15:04")
	}
	id, key, _ := strings.Cut(name, ".")
	key, tick, ticked := strings.Cut(key, ".")
	n, err := strconv.Atoi(tick)
	if reg, known := campaign.KnownRegisters().Get(id); known && ticked && err == nil {
		if f, ok := reg.Field(key); ok && n >= 0 && n < len(f.Values()) {
			return f.Values()[n]
		}
	}
	return value
}

var typedParts = map[string]string{"points": "得分", "reason": "理由", "text": "复核理由", "after": "复核后得分"}

// typedLabel is the name of a field on the pages; "" for what no person typed.
func typedLabel(name string) string {
	if label := planLabels[name]; label != "" {
		return label
	}
	if label := registerTyped(name); label != "" {
		return label
	}
	for _, st := range campaign.HandlingSteps() {
		if st.Key == name {
			return st.Chinese
		}
	}
	if part, n, ok := strings.Cut(name, "-"); ok && typedParts[part] != "" {
		return "第 " + n + " 项" + typedParts[part]
	}
	return typedWords[name]
}

// typedPlace sorts the plan's fields as on the form, rows by number, the rest last.
func typedPlace(label string) int {
	for i, k := range planOrder {
		if planLabels[k] == label {
			return i
		}
	}
	n := 0
	for _, c := range strings.TrimPrefix(label, "第 ") {
		if c < '0' || c > '9' {
			break
		}
		n = 10*n + int(c-'0')
	}
	if n == 0 {
		return 1000
	}
	return 100 + n
}
