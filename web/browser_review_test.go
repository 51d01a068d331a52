package web

import (
	"context"
	"strings"
	"testing"
	"time"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/store"
	"xuanping/store/storetest"
)

// The draft saves itself when a field is left, under the policy that the site
// sends, and is there when the page is opened anew.
func TestBrowserAutosave(t *testing.T) {
	o := newBureau(t)
	person := storetest.People()[2]
	person.Password = desk.HashPassword("correct horse battery")
	o.write(func(ctx context.Context, tx *store.Tx) { o.ok(tx.PutStaff(ctx, person, "o1", time.Now())) })
	b := openTab(t, o.site, 1280, 900)
	b.open(reviewPath(2), 200)
	b.signIn(person.ID, "correct horse battery", 200)
	b.at(reviewPath(2))
	b.fill("points-1", "8.5", "reason-1", "欠一次活动记录")
	evaluate[bool](b, `(document.activeElement.blur(), true)`)
	saved := func() bool {
		d, err := o.store.Draft(t.Context(), person.ID, storetest.Ref(testYear, 2), string(campaign.ScoreTask))
		o.ok(err)
		return strings.Contains(string(d.Body), "欠一次活动记录") && strings.Contains(b.text(), "已自动保存 1")
	}
	for deadline := time.Now().Add(pageLimit); !saved(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("nothing was saved: %s", evaluate[string](b, `document.getElementById("autosaved").innerText`))
		}
	}
	b.open(reviewPath(2), 200)
	b.holds("points-1", "8.5", "reason-1", "欠一次活动记录")
}
