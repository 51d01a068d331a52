package campaign

import (
	"slices"
	"strings"
)

// MaySpeak tells whether a press conference was led by whom 第十六条 names: a
// 新闻发言人 whose mandate (第九条) covers the day, or the 宣传负责人 who approved
// the message. People type name and post into one field, so the name must begin it.
func MaySpeak(spokespersons []Record, speaker, head string, on Day) bool {
	said := alike(speaker)
	if name := alike(head); name != "" && (strings.HasPrefix(said, name) || strings.HasPrefix(name, said) && said != "") {
		return true
	}
	return slices.ContainsFunc(spokespersons, func(r Record) bool {
		name := alike(r["person"])
		return name != "" && strings.HasPrefix(said, name) && Mandated([]Record{r}, r["person"], on)
	})
}

// UnmandatedSpeaker is the mark of a press conference that somebody else led.
const UnmandatedSpeaker = "召开发布会的人员当日不在新闻发言人任期内，也不是审定口径的宣传负责人（第九条、第十六条）。"

// TallyWords writes counts in a sentence: 市场部 3 项、技术部 2 项.
func TallyWords(all []Tally, unit string) string {
	parts := make([]string, len(all))
	for i, t := range all {
		parts[i] = t.Value + " " + itoa(t.N) + " " + unit
	}
	return strings.Join(parts, "、")
}

// Departments counts in how many rows of 宣传活动 a department took part
// (第十条), by name; they are typed with 、 between them.
func Departments(rows []Record) []Tally {
	var all []Tally
	at := map[string]int{}
	for _, row := range rows {
		seen := map[string]bool{}
		for _, name := range strings.FieldsFunc(row["departments"], func(c rune) bool { return strings.ContainsRune("、，,；;/ ", c) }) {
			k := alike(name)
			if k == "" || seen[k] {
				continue
			}
			seen[k] = true
			i, known := at[k]
			if !known {
				i = len(all)
				at[k] = i
				all = append(all, Tally{Value: strings.TrimSpace(name)})
			}
			all[i].N++
		}
	}
	slices.SortStableFunc(all, func(a, b Tally) int {
		if a.N != b.N {
			return b.N - a.N
		}
		return strings.Compare(a.Value, b.Value)
	})
	return all
}
