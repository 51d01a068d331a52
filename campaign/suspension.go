package campaign

// Suspendable tells whether an institution's year can be suspended in a stage
// (暂停, WF-4): while something is asked of it, or its result is being formed.
func (s Stage) Suspendable() bool {
	return s == Planning || s == Collecting || s == SelfScore || s == Scoring
}

// ResumeDays are the working days that an institution has for its task at most
// by right when its year goes on: a task whose day is far off loses nothing.
const ResumeDays = 10

// Resumed is the day that a task has after a suspension which began on from and
// ends today: at least as many working days are left as there were then, though
// no more than ResumeDays and no fewer than one (WF-4). What was over by then
// stays over.
func (h Holidays) Resumed(last, from, today Day) Day {
	if last < from {
		return last
	}
	left := 0
	for d := from; d < last; {
		if d = d.Add(1); h.Workday(d) {
			left++
		}
	}
	return max(last, h.AddWorkdays(today, min(max(left, 1), ResumeDays)))
}

// Resumption is Resumed within the calendar: the day given back lies before the
// next stage's day. Where no day is left before it, that day is moved
// first, if it is still to come, or the institution leaves the year.
func (c Calendar) Resumption(h Holidays, t Task, last, from, today Day) (Day, error) {
	day, next := h.Resumed(last, from, today), c.next(t)
	if day == last {
		return last, nil
	}
	if day = min(day, next.Add(-1)); day <= today {
		way := "请按暂停期间中止评价办理退出"
		if next > today {
			way = "请先推迟下一阶段的日程，或按暂停期间中止评价办理退出"
		}
		return "", Fail(Conflict, "“%s”距下一阶段的 %s 已没有可补的时间，不能恢复：%s", t.Chinese(), next.Chinese(), way)
	}
	return max(day, last), nil
}
