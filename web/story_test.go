package web

import (
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"testing"

	"xuanping/store"
	"xuanping/store/storetest"
	"xuanping/templates"
)

// storyNames are the pages that the storybook must hold.
func storyNames(t *testing.T) []string {
	t.Helper()
	files, err := fs.Glob(templates.Page, "page/*.html")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, f := range files {
		name := strings.TrimSuffix(strings.TrimPrefix(f, "page/"), ".html")
		if name != "layout" && name != "parts" {
			all = append(all, name)
		}
	}
	return all
}

// TestUX1StorybookHasEveryPage opens the storybook and every story in it: each
// must be drawn with its own template by its own handler.
func TestUX1StorybookHasEveryPage(t *testing.T) {
	v, _ := storybook(t)
	v.storied()
	v.clock("2027-03-27")
	var drawn []string
	v.srv.drawn = func(name string) { drawn = append(drawn, name) }
	book := v.get("/storybook", who{})
	want(t, book, http.StatusOK, "颜色", "请核对", cannedReceipt.Number, "seal-tint")
	for _, name := range storyNames(t) {
		if n := len(slices.DeleteFunc(slices.Clone(stories), func(x pageStory) bool { return x.Page != name })); n != 1 {
			t.Errorf("样例册中 %s 有 %d 行，应为 1：请在 web/story_pages.go 中加一行", name, n)
		}
	}
	for _, x := range stories {
		drawn = nil
		a := v.get("/storybook/"+x.Page, who{})
		if a.code != http.StatusOK || !slices.Equal(drawn, []string{x.Page}) {
			t.Errorf("样例册的 %s 返回 %d，画出的是 %q：%s", x.Page, a.code, drawn, a.head.Get("Location"))
			continue
		}
		want(t, a, http.StatusOK, "样例册", "示例·演练（非官方）")
		want(t, book, http.StatusOK, `href="/storybook/`+x.Page+`"`)
	}
}

// A site that is no demonstration has no storybook: it would show anybody
// everything. What is asked of it changes nothing either.
func TestStorybookOnlyInDemonstrations(t *testing.T) {
	v, _ := storybook(t)
	before := v.book()
	for _, x := range stories {
		v.get("/storybook/"+x.Page, who{})
		if a := v.post("/storybook/"+x.Page, who{}, "do", "submit"); a.code != http.StatusMethodNotAllowed {
			t.Errorf("POST %s：%d", x.Page, a.code)
		}
	}
	for table, sum := range v.book() {
		if before[table] != sum {
			t.Errorf("样例册改变了表 %s", table)
		}
	}
	v.srv.OpenMail = false
	for _, by := range []who{{}, v.signIn("o1"), v.signIn("u1")} {
		want(t, v.get("/storybook", by), http.StatusNotFound)
		for _, x := range stories {
			want(t, v.get("/storybook/"+x.Page, by), http.StatusNotFound)
		}
	}
}

// storied adds what the storybook needs beyond the pages' own tests.
func (v *visitedSite) storied() {
	v.t.Helper()
	storetest.Declare(v.t, v.st, siteYear, v.now)
	v.write(func(tx *store.Tx) error {
		ctx := v.t.Context()
		ref := storetest.Ref(siteYear, 2)
		if err := tx.AddAppeal(ctx, ref, 3, "第三项材料齐全，请予复核。", "王示例（主任）", v.now); err != nil {
			return err
		}
		return tx.AddDecider(ctx, ref, "r4", "2027-04-20", v.now)
	})
}
