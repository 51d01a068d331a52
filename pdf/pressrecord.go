package pdf

import "fmt"

// PressStep is one of the four steps of a press conference (第十六条).
type PressStep struct {
	What string
	Who  string // name and post, as recorded; none when the step was not taken
	At   string
	Note string
}

// PressRecord is 新闻发布会记录: the four steps with names and times.
type PressRecord struct {
	Head
	Institution string
	Code        string
	Subject     string
	Place       string
	Planned     string
	Important   bool
	Steps       []PressStep
	Marks       []string // what a reader should look at
}

// PressRecord prints the record of a press conference.
func (p *Printer) PressRecord(in PressRecord) ([]byte, error) {
	const name = "新闻发布会记录"
	in.For = named(in.Institution, in.Code)
	return p.paper(in.Head, name, func(s *sheet) {
		s.page()
		s.cover(name, named(in.Institution, in.Code))
		s.pair("事项名称", in.Subject)
		s.pair("地点和媒体", in.Place)
		s.pair("拟召开日期", in.Planned)
		if in.Important {
			s.pair("内容性质", "重要内容，口径须报主要负责人审定同意")
		}
		s.y += 10
		t := s.table(9, column{"步骤", 8, 0}, column{"事项", 20, -1}, column{"办理人", 30, -1}, column{"时间", 22, -1}, column{"说明", 33, -1})
		t.head()
		for i, x := range in.Steps {
			t.row(fmt.Sprint(i+1), x.What, x.Who, x.At, x.Note)
		}
		s.y += 10
		for _, m := range in.Marks {
			s.pair("提示", m)
		}
		s.pair("依据", "《认证机构宣传工作指引》第十六条。各步骤由机构登记，时间为系统收到的时间（北京时间）。")
	})
}
