package rubric

import "strings"

// Sheet is a score sheet as a file: what `starter score --sheet FILE` reads.
type Sheet struct {
	Year        int
	Institution string
	Marks       []Mark
	Events      []Event
}

// The years a sheet may name; the guideline is of 2024.
const firstYear, lastYear = 2000, 2100

// ReadSheet reads a score sheet strictly: unknown, missing or doubled fields, wrong
// types and trailing text are refused with line, column, field path and reason.
// It checks the form only; ValidateSheet and Score check the points.
func ReadSheet(data []byte) (Sheet, error) {
	r, err := open(data)
	if err != nil {
		return Sheet{}, err
	}
	root := r.read("", 0)
	if r.err != nil {
		return Sheet{}, r.err
	}
	s := r.sheet(root)
	if r.err != nil {
		return Sheet{}, r.err
	}
	return s, nil
}

func (r *reader) sheet(root *node) Sheet {
	r.object(root, []string{"year", "institution", "marks"}, []string{"events"})
	if r.err != nil {
		return Sheet{}
	}
	s := Sheet{Year: r.whole(root, "year"), Institution: r.text(root, "institution")}
	if s.Year < firstYear || s.Year > lastYear {
		r.fail(root.field("year"), "年度应在 %d 至 %d 之间", firstYear, lastYear)
	}
	if strings.TrimSpace(s.Institution) == "" {
		r.fail(root.field("institution"), "请填写机构代码或名称")
	}
	for _, n := range r.list(root, "marks") {
		s.Marks = append(s.Marks, r.mark(n))
	}
	for _, n := range r.list(root, "events") {
		s.Events = append(s.Events, r.event(n))
	}
	return s
}

func (r *reader) mark(n *node) Mark {
	r.object(n, []string{"row", "points"}, []string{"reason", "lowered", "event", "considered"})
	m := Mark{Row: r.whole(n, "row"), Points: r.points(n, "points"), Reason: r.text(n, "reason"), Event: r.text(n, "event"), Considered: r.flag(n, "considered")}
	if n.field("lowered") != nil {
		m.Lowered = r.points(n, "lowered")
	}
	return m
}

func (r *reader) event(n *node) Event {
	r.object(n, []string{"id", "clause", "points", "on", "state"}, []string{"matter", "title", "also_in_base"})
	return Event{ID: r.text(n, "id"), Clause: r.text(n, "clause"), Matter: r.text(n, "matter"), Title: r.text(n, "title"),
		Points: r.points(n, "points"), OccurredOn: r.text(n, "on"), State: State(r.text(n, "state")), AlsoInBase: r.flag(n, "also_in_base")}
}
