package rubric

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// The guideline (认证机构宣传工作指引) as it was handed over, what is wrong in it,
// and the text that is read: the seed is never touched, the clean text is the
// seed with the errata applied, and a test holds that (requirements §2 no. 39).
var (
	//go:embed data/guideline.txt
	guidelineSeed string
	//go:embed data/guideline-clean.txt
	guidelineClean string
	//go:embed data/guideline-errata.json
	guidelineErrata []byte
)

// TextErratum is a slip of a text: its line, what stands there, what it means
// and why. One without Was changes nothing and is a note.
type TextErratum struct {
	Line int    `json:"line"`
	Was  string `json:"was"`
	Now  string `json:"now"`
	Why  string `json:"why"`
}

var ownErrata = func() []TextErratum {
	var all []TextErratum
	if err := json.Unmarshal(guidelineErrata, &all); err != nil {
		panic(err)
	}
	return all
}()

// GuidelineSeed is the guideline as it was handed over, slips included.
func GuidelineSeed() string { return guidelineSeed }

// Guideline is the guideline as it is read.
func Guideline() string { return guidelineClean }

// GuidelineErrata lists what was found wrong in the seed, by line.
func GuidelineErrata() []TextErratum { return append([]TextErratum(nil), ownErrata...) }

// Corrected applies errata to a text; one that does not fit its line is a fault.
func Corrected(seed string, errata []TextErratum) (string, error) {
	lines := strings.Split(seed, "\n")
	for _, e := range errata {
		switch {
		case e.Line < 1 || e.Line > len(lines) || e.Why == "":
			return "", fmt.Errorf("勘误第 %d 行：没有这一行或缺少理由", e.Line)
		case e.Was != "" && strings.Count(lines[e.Line-1], e.Was) != 1:
			return "", fmt.Errorf("勘误第 %d 行：“%s”应当恰好出现一次", e.Line, e.Was)
		case e.Was != "":
			lines[e.Line-1] = strings.Replace(lines[e.Line-1], e.Was, e.Now, 1)
		}
	}
	return strings.Join(lines, "\n"), nil
}

// Reference is an item of Article 34 as it stands there, with what was noted about it.
type Reference struct {
	Text string // (一)《……》, verbatim
	Note string
}

// References lists the 参考依据 of Article 34, verbatim. They are shown, and no
// paper or letter of the house cites one by itself (GL-34).
func References() []Reference {
	var all []Reference
	inside := false
	for i, line := range strings.Split(guidelineSeed, "\n") {
		line = strings.TrimPrefix(line, "- ") // the list's bullet
		switch {
		case strings.HasPrefix(line, "第三十四条"):
			inside = true
		case strings.HasPrefix(line, "第三十五条"):
			return all
		case inside && strings.HasPrefix(line, "("):
			r := Reference{Text: line}
			for _, e := range ownErrata {
				if e.Line == i+1 {
					r.Note = e.Why
				}
			}
			all = append(all, r)
		}
	}
	return all
}

// ownBases are what every letter of the house may cite.
var ownBases = []string{"认证机构宣传工作指引", "认证机构宣传工作评价指标"}

var (
	cited   = regexp.MustCompile(`《([^《》]{2,60})》`)
	lawlike = regexp.MustCompile(`(法|条例|规定|办法|规则|决定|解释)(（[^（）]*）)?$`)
)

// Unapproved lists the laws and rules that a text cites and the regulator did
// not approve as a basis, each once (GL-34).
func Unapproved(text string, approved []string) []string {
	var all []string
	known := map[string]bool{}
	for _, b := range append(append([]string(nil), ownBases...), approved...) {
		known[strings.Trim(strings.TrimSpace(b), "《》")] = true
	}
	for _, m := range cited.FindAllStringSubmatch(text, -1) {
		if name := m[1]; lawlike.MatchString(name) && !known[name] {
			known[name] = true
			all = append(all, name)
		}
	}
	return all
}
