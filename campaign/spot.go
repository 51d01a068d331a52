package campaign

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Spot checks look at a few items of a list that nobody can look at whole
// (第十三条 三审三校、第二十一条 信息公开). Which ones is decided by a seed that was
// committed at launch and is opened with the results: the regulator cannot pick,
// the institution cannot prepare, and anybody can draw again (requirements §3 no. 5).

// SpotKind is a list from which items are drawn.
type SpotKind string

// The lists that are checked by samples.
const (
	SpotReviews    SpotKind = "three-reviews"
	SpotDisclosure SpotKind = "disclosure"
	SpotLinks      SpotKind = "manuscripts"
)

// SpotKinds lists them in the order of pages.
func SpotKinds() []SpotKind { return []SpotKind{SpotReviews, SpotDisclosure, SpotLinks} }

// Chinese is the word of pages and of the command line.
func (k SpotKind) Chinese() string {
	return map[SpotKind]string{SpotReviews: "三审三校", SpotDisclosure: "信息公开", SpotLinks: "稿件网址"}[k]
}

// Clause says where a list comes from.
func (k SpotKind) Clause() string {
	return map[SpotKind]string{SpotReviews: "第十三条", SpotDisclosure: "第二十一条", SpotLinks: "附件2 第7项"}[k]
}

// Register is the id of the register that holds the list.
func (k SpotKind) Register() string { return string(k) }

// ParseSpotKind reads a list by its word or its register.
func ParseSpotKind(s string) (SpotKind, error) {
	for _, k := range SpotKinds() {
		if s = strings.TrimSpace(s); s == k.Chinese() || s == string(k) {
			return k, nil
		}
	}
	return "", Fail(Invalid, "没有“%s”这种抽查，可选：三审三校、信息公开、稿件网址", s)
}

// SpotItem is a line of a register that may be drawn.
type SpotItem struct {
	Line int // of the register, from 1
	Row  Record
}

// Items are the lines that may be drawn: of manuscripts those that name an address.
func (k SpotKind) Items(rows []Record) []SpotItem {
	var all []SpotItem
	for i, row := range rows {
		if k != SpotLinks || row["url"] != "" {
			all = append(all, SpotItem{i + 1, row})
		}
	}
	return all
}

// Name is how a drawn line is called on pages.
func (k SpotKind) Name(row Record) string { return cmp.Or(row["title"], row["item"]) }

// SpotSeed is what is kept sealed through the year.
type SpotSeed [sha256.Size]byte

// ParseSpotSeed reads a seed as it is published: 64 hexadecimal digits.
func ParseSpotSeed(s string) (seed SpotSeed, err error) {
	b, err := hex.DecodeString(strings.TrimSpace(s))
	if err != nil || len(b) != len(seed) {
		return seed, Fail(Invalid, "抽查种子应为 64 位十六进制数字")
	}
	return SpotSeed(b), nil
}

func (s SpotSeed) String() string { return hex.EncodeToString(s[:]) }

// Commitment is what is published at launch in the seed's place.
func (s SpotSeed) Commitment() string {
	sum := sha256.Sum256(s[:])
	return hex.EncodeToString(sum[:])
}

// RehearsalSeed is the seed of a year that is only played: the same each time,
// so that two plays of a year give equal facts. It is no secret.
func RehearsalSeed(year int) SpotSeed {
	return sha256.Sum256(fmt.Appendf(nil, "xuanping rehearsal %d", year))
}

// SpotKey is what decides the draw of one list of one institution. The seed
// cannot be found from it, so that a draw may be made while the seed stays sealed.
type SpotKey [sha256.Size]byte

// Key derives the key of a list: sha256 of the seed and "年度/批准号/清单".
func (s SpotSeed) Key(ref Ref, k SpotKind) SpotKey {
	return sha256.Sum256(append(s[:], SpotPlace(ref, k)...))
}

// SpotPlace names a list of an institution's year.
func SpotPlace(ref Ref, k SpotKind) string { return ref.ID() + "/" + string(k) }

// Draw takes n items: those whose sha256 of key, canonical text and number
// among equal texts is smallest. Neither the order in which the lines were
// entered nor another item has any part in it. The result is in the order of lines.
func (key SpotKey) Draw(items []SpotItem, n int) []SpotItem {
	type lot struct {
		SpotItem
		weight [sha256.Size]byte
	}
	seen, lots := map[string]int{}, make([]lot, 0, len(items))
	for _, it := range items {
		text := it.text()
		seen[text]++
		lots = append(lots, lot{it, sha256.Sum256(fmt.Appendf(bytes.Clone(key[:]), "%s#%d", text, seen[text]))})
	}
	slices.SortFunc(lots, func(a, b lot) int { return bytes.Compare(a.weight[:], b.weight[:]) })
	drawn := make([]SpotItem, 0, n)
	for _, l := range lots[:min(n, len(lots))] {
		drawn = append(drawn, l.SpotItem)
	}
	slices.SortFunc(drawn, func(a, b SpotItem) int { return a.Line - b.Line })
	return drawn
}

// text is an item's canonical text: JSON with sorted keys, as PostgreSQL keeps
// it and every language writes it.
func (i SpotItem) text() string {
	b, err := json.Marshal(i.Row)
	if err != nil {
		panic(err) // a map of texts
	}
	return string(b)
}

// SpotFinding is what was found when a drawn item was looked at.
type SpotFinding string

// The findings. None of them takes points off by itself: a reviewer who thinks
// it matters says so in his reasons.
const (
	SpotSound    SpotFinding = "sound"
	SpotDeviates SpotFinding = "deviates"
	SpotDead     SpotFinding = "dead"
	SpotAbsent   SpotFinding = "absent"
)

// SpotFindings lists the findings that a list allows.
func (k SpotKind) SpotFindings() []SpotFinding {
	if k == SpotReviews {
		return []SpotFinding{SpotSound, SpotDeviates, SpotAbsent}
	}
	return []SpotFinding{SpotSound, SpotDeviates, SpotDead}
}

// Chinese is the word of a finding.
func (f SpotFinding) Chinese() string {
	return map[SpotFinding]string{SpotSound: "属实", SpotDeviates: "与登记不符", SpotDead: "链接失效", SpotAbsent: "未能提供记录"}[f]
}
