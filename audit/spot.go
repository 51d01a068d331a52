package audit

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"xuanping/campaign"
	"xuanping/store"
)

// SpotOptions say which draws are made again.
type SpotOptions struct {
	Year int
	Kind campaign.SpotKind
	Seed string // as it was published; "" takes the revealed one
	Code string // "" every institution
}

// Sample draws again what the committed seed draws (requirements §3 no. 5), and
// compares it with what was recorded. It tells how many draws differ.
func Sample(ctx context.Context, r store.Reader, o SpotOptions, out io.Writer) (differ int, err error) {
	c, err := r.SpotCommit(ctx, o.Year)
	if campaign.KindOf(err) == campaign.NotFound {
		return 0, campaign.Fail(campaign.NotFound, "%d 年度启动时没有承诺抽查种子", o.Year)
	}
	if err != nil {
		return 0, err
	}
	if o.Seed == "" && c.Seed == nil {
		return 0, campaign.Fail(campaign.Conflict, "%d 年度的种子还没有公布；公布结果时同时公布，此前可用 --seed 指定", o.Year)
	} else if o.Seed == "" {
		o.Seed = *c.Seed
	}
	seed, err := campaign.ParseSpotSeed(o.Seed)
	if err != nil {
		return 0, err
	}
	if got := seed.Commitment(); got != c.Commitment {
		return 0, campaign.Fail(campaign.Conflict, "种子的 SHA-256 是 %s，启动时承诺的是 %s，两者不符", got, c.Commitment)
	}
	entries, err := r.Entries(ctx, o.Year)
	if err != nil {
		return 0, err
	}
	fmt.Fprintf(out, "%d 年度 %s（%s）：每家抽取 %d 件\n种子 %s\n承诺 %s，相符\n", o.Year, o.Kind.Chinese(), o.Kind.Clause(), c.Items, seed, c.Commitment)
	for _, e := range entries {
		if o.Code != "" && e.Code != o.Code {
			continue
		}
		line, same, err := sampleOne(ctx, r, e, o.Kind, seed.Key(e.Ref(), o.Kind), c.Items)
		if err != nil {
			return differ, err
		}
		if !same {
			differ++
		}
		fmt.Fprintf(out, "%s\t%s\n", e.Code, line)
	}
	return differ, nil
}

func sampleOne(ctx context.Context, r store.Reader, e store.Entry, k campaign.SpotKind, key campaign.SpotKey, n int) (line string, same bool, err error) {
	draws, err := r.SpotDraws(ctx, e.Ref())
	if err != nil {
		return "", false, err
	}
	if i := slices.IndexFunc(draws, func(d store.SpotDraw) bool { return d.Kind == k }); i >= 0 {
		want, total, err := redraw(ctx, r, draws[i], key, n)
		if err != nil {
			return "", false, err
		}
		if same = slices.Equal(want, draws[i].Lines) && total == draws[i].Total; same {
			return fmt.Sprintf("共 %d 件，抽中第 %s 行，与记录一致", total, numbers(want)), true, nil
		}
		return fmt.Sprintf("共 %d 件，应抽中第 %s 行，记录为第 %s 行，不一致", total, numbers(want), numbers(draws[i].Lines)), false, nil
	}
	all, err := r.RegistersOf(ctx, e.Ref())
	if err != nil {
		return "", false, err
	}
	for _, v := range all {
		if v.Register == k.Register() && len(k.Items(v.Body.Rows)) > 0 {
			lines, total := draw(v, k, key, n)
			return fmt.Sprintf("共 %d 件，应抽中第 %s 行，尚未抽取", total, numbers(lines)), true, nil
		}
	}
	return "没有登记", true, nil
}

// redraw draws again from the version of the register that was drawn from.
func redraw(ctx context.Context, r store.Reader, d store.SpotDraw, key campaign.SpotKey, n int) (lines []int, total int, err error) {
	v, err := r.RegisterAt(ctx, d.Ref(), d.Kind.Register(), d.Version)
	if err != nil {
		return nil, 0, err
	}
	lines, total = draw(v, d.Kind, key, n)
	return lines, total, nil
}

func draw(v store.RegisterVersion, k campaign.SpotKind, key campaign.SpotKey, n int) (lines []int, total int) {
	items := k.Items(v.Body.Rows)
	for _, it := range key.Draw(items, n) {
		lines = append(lines, it.Line)
	}
	return lines, len(items)
}

func numbers(all []int) string {
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(all), "[]"), " ", "、")
}

// drawsFollow draws every recorded draw again from the sealed seed's keys.
func drawsFollow(ctx context.Context, in *inspection) error {
	gone, err := in.Book.Erased(ctx)
	if err != nil {
		return err
	}
	for _, c := range in.years {
		if slices.Contains(gone, c.Year) {
			continue // a draw goes over what was written in the lines
		}
		draws, err := in.Book.SpotDraws(ctx, campaign.Ref{Year: c.Year})
		if err != nil {
			return err
		}
		if len(draws) == 0 {
			continue
		}
		said, err := in.Book.SpotCommit(ctx, c.Year)
		if err != nil {
			return err
		}
		for _, d := range draws {
			key, err := in.Book.SpotKey(ctx, d.Ref(), d.Kind)
			if err != nil {
				return err
			}
			want, total, err := redraw(ctx, in.Book, d, key, said.Items)
			if err != nil {
				return err
			}
			if !slices.Equal(want, d.Lines) || total != d.Total {
				in.say(place(d.Ref()), "%s应从 %d 件中抽中第 %s 行，记录为从 %d 件中抽中第 %s 行", d.Kind.Chinese(), total, numbers(want), d.Total, numbers(d.Lines))
			}
		}
	}
	return nil
}
