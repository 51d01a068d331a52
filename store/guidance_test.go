package store_test

import (
	"context"
	"strings"
	"testing"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

// guided writes one of everything of guidance letters.
func guided(t testing.TB, s *store.Store, ref campaign.Ref) {
	t.Helper()
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		n, err := tx.AddGuidance(ctx, store.Guidance{Year: ref.Year, Title: "指导意见", Text: "请组织活动。", Numbered: true, By: "o1", At: at})
		if err != nil {
			return err
		}
		g := store.Guidance{Year: ref.Year, N: n, Numbered: true, Digest: digest}
		return first(
			func() error { return tx.AddGuidanceFile(ctx, guidanceFile(n)) },
			func() error { _, err := tx.SendGuidance(ctx, g, ref, "o1", at); return err },
			func() error { return tx.AddGuidanceReceipt(ctx, g, ref, "张三（主任）", at) },
		)
	})
}

func guidanceFile(n int) store.GuidanceFile {
	return store.GuidanceFile{Year: year, N: n, Name: "要点.pdf", Media: "application/pdf", Size: 9, Digest: digest, By: "o1", At: at}
}

// GL-12: a letter says the same to everybody and is received once; numbers have
// no gaps; nothing personal stands in the ledger.
func TestGL12GuidanceInTheBook(t *testing.T) {
	s, _ := storetest.Open(t)
	l := life(t, s)
	for range 2 {
		guided(t, s, l.ref)
	}
	all, err := s.GuidanceLetters(t.Context(), campaign.Ref{Year: year})
	ok(t, err)
	if len(all) != 2 || all[0].Number() != "宣指导〔2025〕2号" || all[1].Number() != "宣指导〔2025〕1号" || all[0].Received() != 1 || len(all[0].Files) != 1 || *all[0].To[0].ByName != "张三（主任）" {
		t.Errorf("%+v", all)
	}
	if other, err := s.GuidanceLetters(t.Context(), storetest.Ref(year, 2)); err != nil || len(other) != 0 {
		t.Errorf("another institution reads it: %v %v", other, err)
	}
	if _, err := s.Guidance(t.Context(), storetest.Ref(year, 2), 1); campaign.KindOf(err) != campaign.NotFound {
		t.Errorf("%v", err)
	}
	for say, do := range map[string]func(ctx context.Context, tx *store.Tx) error{
		"函已发出": func(ctx context.Context, tx *store.Tx) error {
			f := guidanceFile(1)
			f.Digest = strings.Repeat("e", 64)
			return tx.AddGuidanceFile(ctx, f)
		},
		"已经签收": func(ctx context.Context, tx *store.Tx) error {
			return tx.AddGuidanceReceipt(ctx, all[1], l.ref, "李四", at)
		},
		"内容不符合要求": func(ctx context.Context, tx *store.Tx) error {
			return tx.AddGuidanceReceipt(ctx, all[1], storetest.Ref(year, 2), "李四", at)
		},
	} {
		if err := try(s, do); err == nil || !strings.Contains(err.Error(), say) {
			t.Errorf("%v, want %q", err, say)
		}
	}
	leaves, err := s.Leaves(t.Context(), l.ref)
	ok(t, err)
	n := 0
	for _, leaf := range leaves {
		if strings.HasPrefix(leaf.Kind, "guidance") {
			n++
			if strings.Contains(leaf.Record, "张三") || strings.Contains(leaf.Record, "指导意见") {
				t.Errorf("the ledger holds words: %s", leaf.Record)
			}
		}
	}
	if n != 4 {
		t.Errorf("%d leaves at the institution", n)
	}
}
