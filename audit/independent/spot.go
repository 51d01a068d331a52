package independent

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Drawn is what drawing the spot checks a second time found.
type Drawn struct {
	Draws       int // made again
	Closed      int // that cannot be: the seed is not published yet, or the lines are not in the archive
	Differences []Difference
}

type spotCommit struct {
	Year, Items int
	Commitment  string
}

type spotReveal struct {
	Year int
	Seed string
}

type spotDraw struct {
	Year, Version, Total int
	Code, Kind           string
	Lines                []int
}

type register struct {
	Year, Version  int
	Code, Register string
	Body           struct{ Rows []map[string]string }
}

// Redraw draws every spot check again, by its own reading of what was announced:
// the seed is the one that was committed to before anything was drawn; of the list
// as it stood, those lines are taken whose SHA-256 over key and line is smallest;
// the key is the SHA-256 of the seed and 年度/批准号/清单.
func Redraw(f Facts) (Drawn, error) {
	var out Drawn
	var err error
	of := func(y int) bool { return y == f.Year }
	commits := rows(f, "spot_commit", &err, func(c spotCommit) bool { return of(c.Year) })
	reveals := rows(f, "spot_reveal", &err, func(r spotReveal) bool { return of(r.Year) })
	draws := rows(f, "spot_draw", &err, func(d spotDraw) bool { return of(d.Year) })
	if err != nil {
		return out, err
	}
	var lists []register
	if !f.Hidden { // else the lines are pseudonyms, of which nothing can be drawn
		if lists = rows(f, "register_version", &err, func(r register) bool { return of(r.Year) }); err != nil {
			return out, err
		}
	}
	seed, ok := out.opened(f, commits, reveals, draws)
	if !ok {
		out.Closed = len(draws)
		return out, nil
	}
	for _, d := range draws {
		i := slices.IndexFunc(lists, func(r register) bool {
			return r.Code == d.Code && r.Register == d.Kind && r.Version == d.Version
		})
		if f.Hidden {
			out.Closed++
			continue
		}
		out.Draws++
		if i < 0 {
			out.differ(d, "所抽的登记", fmt.Sprint(d.Version), "卷宗没有这一版")
			continue
		}
		lines, total := take(lists[i].Body.Rows, d.Kind, spotKey(seed, d), commits[0].Items)
		if total != d.Total {
			out.differ(d, "件数", fmt.Sprint(d.Total), fmt.Sprint(total))
		}
		if !slices.Equal(lines, d.Lines) {
			out.differ(d, "抽中的行", fmt.Sprint(d.Lines), fmt.Sprint(lines))
		}
	}
	return out, nil
}

func (out *Drawn) differ(d spotDraw, field, was, is string) {
	out.Differences = append(out.Differences, Difference{d.Code + " " + d.Kind, d.Version, field, was, is})
}

// opened reads the seed and holds it against what was committed to, which the
// ledger must have known before the first draw, and of each list the newest version.
func (out *Drawn) opened(f Facts, commits []spotCommit, reveals []spotReveal, draws []spotDraw) ([]byte, bool) {
	if len(commits) == 0 {
		if len(draws) > 0 {
			out.differ(draws[0], "承诺", "无", "应有")
		}
		return nil, false
	}
	out.order(f, commits[0], draws)
	if len(reveals) == 0 {
		return nil, false
	}
	seed, err := hex.DecodeString(reveals[0].Seed)
	if sum := sha256.Sum256(seed); err != nil || hex.EncodeToString(sum[:]) != commits[0].Commitment {
		out.Differences = append(out.Differences, Difference{"种子", 1, "SHA-256", commits[0].Commitment, hex.EncodeToString(sum[:])})
		return nil, false
	}
	return seed, true
}

// order reads the ledger from its beginning: the commitment first, and what a
// list's newest version was when it was drawn from.
func (out *Drawn) order(f Facts, c spotCommit, draws []spotDraw) {
	committed, newest := false, map[string]int{}
	for _, text := range f.Records {
		var r struct {
			Kind, Code string
			Year       int
			Body       struct {
				Register, Digest string
				Version          int
			}
		}
		if json.Unmarshal(text, &r) != nil || r.Year != f.Year {
			continue
		}
		list := r.Code + " " + r.Body.Register
		switch r.Kind {
		case "spot-commit":
			committed = r.Body.Digest == c.Commitment
		case "register":
			newest[list] = r.Body.Version
		case "spot-draw":
			i := slices.IndexFunc(draws, func(d spotDraw) bool { return d.Code+" "+d.Kind == list })
			if i < 0 {
				continue // the check of the facts says so
			}
			if !committed {
				out.differ(draws[i], "承诺的入账", "晚于抽取或不同", "抽取之前")
			}
			if newest[list] != draws[i].Version {
				out.differ(draws[i], "所抽的登记", fmt.Sprint(draws[i].Version), fmt.Sprint(newest[list]))
			}
		}
	}
}

// spotKey decides the draw of one list of one institution.
func spotKey(seed []byte, d spotDraw) []byte {
	sum := sha256.Sum256(fmt.Appendf(slices.Clone(seed), "%d/%s/%s", d.Year, d.Code, d.Kind))
	return sum[:]
}

// take draws from the lines of a list; of manuscripts only those with an address count.
func take(all []map[string]string, kind string, key []byte, n int) (lines []int, total int) {
	type lot struct {
		line   int
		weight []byte
	}
	var lots []lot
	seen := map[string]int{}
	for i, row := range all {
		if kind == "manuscripts" && row["url"] == "" {
			continue
		}
		text := canonical(row)
		seen[text]++
		sum := sha256.Sum256(fmt.Appendf(slices.Clone(key), "%s#%d", text, seen[text]))
		lots = append(lots, lot{i + 1, sum[:]})
	}
	slices.SortFunc(lots, func(a, b lot) int { return bytes.Compare(a.weight, b.weight) })
	for _, l := range lots[:min(n, len(lots))] {
		lines = append(lines, l.line)
	}
	slices.Sort(lines)
	return lines, len(lots)
}

// canonical is a line as JSON with its keys in order and no spaces.
func canonical(row map[string]string) string {
	keys := make([]string, 0, len(row))
	for k := range row {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	parts := make([]string, len(keys))
	for i, k := range keys {
		name, _ := json.Marshal(k) // texts always have one spelling
		value, _ := json.Marshal(row[k])
		parts[i] = string(name) + ":" + string(value)
	}
	return "{" + strings.Join(parts, ",") + "}"
}
