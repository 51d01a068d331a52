package audit

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/rubric"
	"xuanping/store"
)

// Story is an institution's year as its three records tell it: the engine's
// histories, the score book and the ledger. What they do not say alike stands
// in Mismatches and is explained by nobody here.
type Story struct {
	Lines      []Line
	Mismatches []Mismatch
	Away       string // why there are no histories; "" when they are there
	Cut        string // which histories were too many or too long; "" when all were read
}

// The pairs of records that can differ.
const (
	HistoryLedger = "流程历史与账本"
	HistoryBook   = "流程历史与数据库"
	BookLedger    = "数据库与账本"
)

// Mismatch is a place where two records of a year do not say the same.
type Mismatch struct {
	Between, Place, Say string
	Leaf                int64 // of the ledger; -1 when none is at the place
	Event               Event
}

// Text is the story as the command and the download give it; all adds how a
// rehearsal moved the clock.
func (s Story) Text(all bool) string {
	var b strings.Builder
	for _, l := range s.Lines {
		if all || !l.Moved {
			fmt.Fprintln(&b, l)
		}
	}
	for _, note := range []string{s.Away, s.Cut} {
		if note != "" {
			fmt.Fprintln(&b, note)
		}
	}
	fmt.Fprintf(&b, "不一致 %d 处\n", len(s.Mismatches))
	for _, d := range s.Mismatches {
		fmt.Fprintln(&b, d)
	}
	return b.String()
}

// String is the difference as a line.
func (d Mismatch) String() string { return d.Between + "  " + d.Place + "：" + d.Say }

// TellStory puts a year together from histories that were fetched before, with
// none when the engine is away: then only score book and ledger are compared.
func TellStory(ctx context.Context, r store.Reader, ref contract.Ref, histories []History) (Story, error) {
	leaves, err := r.Leaves(ctx, ref)
	if err != nil {
		return Story{}, err
	}
	choices, known := frozen(histories)
	if !known {
		if choices, err = launchedWith(ctx, r, ref.Year); err != nil {
			return Story{}, err
		}
	}
	differ := differences(histories, leaves)
	s := Story{Lines: timeline(histories, leaves, differ, choices, true)}
	for _, l := range s.Lines {
		if l.Differ == "" {
			continue
		}
		d := Mismatch{HistoryLedger, l.Source, l.Differ, -1, l.Event}
		if l.Leaf != nil {
			d.Leaf = l.Leaf.Idx
		}
		s.Mismatches = append(s.Mismatches, d)
	}
	if ref.Code == "" {
		return s, nil
	}
	inBook, err := bookAgainstHistory(ctx, r, ref, histories, choices, known)
	if err != nil {
		return s, err
	}
	inLedger, err := bookAgainstLedger(ctx, r, ref, leaves)
	s.Mismatches = slices.Concat(s.Mismatches, inBook, inLedger)
	return s, err
}

// launchedWith are the readings of the rules that a campaign was launched with.
func launchedWith(ctx context.Context, r store.Reader, year int) (rubric.Choices, error) {
	c, err := r.Campaign(ctx, year)
	return c.Rules.Settings.Readings, err
}

// bookAgainstHistory compares what the score book says of a year as a whole
// with what its own history was told and asked for.
func bookAgainstHistory(ctx context.Context, r store.Reader, ref contract.Ref, histories []History, choices rubric.Choices, known bool) (all []Mismatch, err error) {
	if !known {
		return nil, nil // there is no history of the year
	}
	now, err := launchedWith(ctx, r, ref.Year)
	if err != nil {
		return nil, err
	}
	if now.String() != choices.String() {
		all = append(all, Mismatch{HistoryBook, "口径", fmt.Sprintf("流程启动时为 %s，数据库为 %s", choices, now), -1, Event{}})
	}
	e, err := r.Entry(ctx, ref)
	if err != nil {
		return all, err
	}
	if stages, at := lastStages(histories); len(stages) > 0 && !slices.Contains(stages, e.Stage) {
		all = append(all, Mismatch{HistoryBook, "阶段", fmt.Sprintf("流程最后进入“%s”，数据库为“%s”", stages[len(stages)-1].Chinese(), e.Stage.Chinese()), -1, at})
	}
	return all, nil
}

// bookAgainstLedger computes the digests of an institution's rows again, and
// the hashes of its records.
func bookAgainstLedger(ctx context.Context, r store.Reader, ref campaign.Ref, own []store.Leaf) (all []Mismatch, err error) {
	altered, err := alteredLeaves(ctx, r, own)
	if err != nil {
		return nil, err
	}
	lines, err := r.RowLinesOf(ctx, ref)
	if err != nil {
		return nil, err
	}
	held, err := r.LeavesOfRows(ctx, ref)
	if err != nil {
		return nil, err
	}
	erased, err := r.ErasedByLedger(ctx)
	if err != nil {
		return nil, err
	}
	words := lastWords(held)
	if held, err = elsewhere(ctx, r, ref, lines, words); err != nil {
		return nil, err
	}
	for k, w := range lastWords(held) {
		words[k] = w
	}
	for _, l := range lines {
		key := [2]string{l.Table, compactKey(l.Key)}
		w, known := words[key]
		delete(words, key)
		switch {
		case l.Digest == "" && slices.Contains(erased, l.Year): // with the year's key
		case !known:
			all = append(all, Mismatch{BookLedger, "表 " + l.Table + " " + key[1], "数据库有这一行，账本没有记录", -1, Event{}})
		case l.Digest == "":
			all = append(all, Mismatch{BookLedger, "表 " + l.Table + " " + key[1], keyGone(l.Year), w.index, Event{}})
		case w.digest != l.Digest:
			all = append(all, Mismatch{BookLedger, "表 " + l.Table + " " + key[1], "数据库的内容与账本所记不同", w.index, Event{}})
		}
	}
	return slices.Concat(altered, all, gone(words, ref)), nil
}

// alteredLeaves are the records of an institution that do not have the hash
// under which they were written.
func alteredLeaves(ctx context.Context, r store.Reader, own []store.Leaf) (all []Mismatch, err error) {
	at := make([]int64, len(own))
	for i, l := range own {
		at[i] = tlog.StoredHashIndex(0, l.Idx)
	}
	stored, err := r.HashesAt(ctx, at)
	if err != nil {
		return nil, err
	}
	for i, l := range own {
		if hash := tlog.RecordHash([]byte(l.Record)); hash != stored[at[i]] || string(l.Hash) != string(hash[:]) {
			all = append(all, Mismatch{BookLedger, fmt.Sprintf("账本 %d", l.Idx), "记录与所存哈希不一致，写入以后被改动", l.Idx, Event{}})
		}
	}
	return all, nil
}

// mostElsewhere rows may stand with another institution's records; more that are
// not found are no accident of where an act ended, and are not searched for.
const mostElsewhere = 50

// elsewhere looks through the whole year for the few rows that are not where the
// rows of an institution usually are.
func elsewhere(ctx context.Context, r store.Reader, ref campaign.Ref, lines []store.RowLine, words map[[2]string]rowWord) ([]store.Leaf, error) {
	var texts []string
	for _, l := range lines {
		if key := compactKey(l.Key); words[[2]string{l.Table, key}].digest != l.Digest && l.Digest != "" {
			texts = append(texts, fmt.Sprintf(`["%s",%s,`, l.Table, key))
		}
	}
	if len(texts) == 0 || len(texts) > mostElsewhere {
		return nil, nil
	}
	return r.LeavesNaming(ctx, ref.Year, texts)
}

// gone are the rows of which the ledger knows and the score book no more.
func gone(words map[[2]string]rowWord, ref campaign.Ref) (all []Mismatch) {
	for k, w := range words {
		if strings.Contains(k[1], fmt.Sprintf(`[%d,"%s"`, ref.Year, ref.Code)) || strings.HasPrefix(k[1], `["`+ref.ID()+`/`) {
			all = append(all, Mismatch{BookLedger, "表 " + k[0] + " " + k[1], "账本有记录，数据库中已没有这一行", w.index, Event{}})
		}
	}
	slices.SortFunc(all, func(a, b Mismatch) int {
		if a.Leaf != b.Leaf {
			return int(a.Leaf - b.Leaf)
		}
		return strings.Compare(a.Place, b.Place)
	})
	return all
}
