package pdf

import (
	"fmt"
	"strconv"
	"time"
)

// Received is one thing handed in.
type Received struct {
	Name   string
	Row    string // which row of 附件2 it serves; none when empty
	Digest string // SHA-256, hex
	Size   string // as shown, such as 1.2 MB
}

// Receipt is 提交回执: proof of what was received and when.
type Receipt struct {
	Head
	Title       string // 提交回执 when empty
	Institution string
	Code        string
	What        string    // such as 2026年度自评材料
	At          time.Time // when it was received
	Late        bool      // after the deadline
	Deadline    time.Time // none when zero
	By          string    // role of the person, never a name
	Digest      string    // digest over the whole submission
	Items       []Received
}

// Receipt prints proof of a submission.
func (p *Printer) Receipt(in Receipt) ([]byte, error) {
	name := in.Title
	if name == "" {
		name = "提交回执"
	}
	in.For = named(in.Institution, in.Code)
	return p.paper(in.Head, name, func(s *sheet) {
		s.page()
		s.cover(name, named(in.Institution, in.Code))
		s.pair("提交内容", in.What)
		s.pair("收到时间", in.At.In(beijing).Format("2006年1月2日 15:04:05")+"（北京时间）")
		if !in.Deadline.IsZero() {
			state := "在期限内"
			if in.Late {
				state = "已超过期限"
			}
			s.pair("截止时间", in.Deadline.In(beijing).Format("2006年1月2日 15:04:05")+"，"+state)
		}
		s.pair("提交人身份", in.By)
		s.pair("材料件数", fmt.Sprintf("%d件", len(in.Items)))
		s.pair("总摘要", halves(in.Digest))
		s.y += 10
		if len(in.Items) > 0 {
			t := s.table(9, column{"序号", 7, 0}, column{"材料名称", 32, -1}, column{"对应指标", 17, 0}, column{"大小", 11, 1}, column{"摘要（SHA-256）", 46, -1})
			t.head()
			for i, item := range in.Items {
				t.row(strconv.Itoa(i+1), item.Name, item.Row, item.Size, halves(item.Digest))
			}
			t.end()
		}
		s.paragraph(style{role: song, size: 9, ink: grey}, 15, 0,
			"本回执证明所列材料已按上述时间收到并存证，不代表对材料内容的认可。页脚所载存证点可用于日后核对记录未被改动或删减，请妥善保存。")
		s.imprint()
	})
}

// halves sets a SHA-256 digest in two equal lines.
func halves(digest string) string {
	if len(digest) != 64 {
		return digest
	}
	return digest[:32] + "\n" + digest[32:]
}

// pair draws a label and its value, the value over several lines when needed.
func (s *sheet) pair(label, value string) {
	if value == "" {
		return
	}
	const room = 84
	lines := s.lines(reportBody, value, 0, s.width()-room)
	s.need(float64(len(lines)) * reportLeading)
	s.text(s.left, s.y+reportLeading*0.7, style{role: hei, size: 10, ink: grey}, label)
	for _, line := range lines {
		s.text(s.left+room, s.y+reportLeading*0.7, reportBody, line)
		s.y += reportLeading
	}
	s.y += 3
}
