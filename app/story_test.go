package app

import (
	"io"
	"strings"
	"testing"

	"xuanping/store/storetest"
)

// The engine away: an institution's year is told all the same, from score book
// and ledger, and says what is missing; the command, which is asked for the
// histories, says that it cannot.
func TestStoryWithoutTheEngine(t *testing.T) {
	t.Setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
	s, _ := storetest.Open(t)
	storetest.Campaign(t, s, 2026, true, 2)
	a := &App{Store: s, Log: Logger(io.Discard, "error")}
	if err := a.dial(); err != nil {
		t.Fatal(err)
	}
	defer a.Engine.Close()
	story, err := a.Story(t.Context(), storetest.Ref(2026, 1))
	if err != nil || len(story.Lines) == 0 || len(story.Mismatches) > 0 || !strings.Contains(story.Away, "流程引擎暂时不可用") {
		t.Errorf("%+v %v", story, err)
	}
	if text := story.Text(false); !strings.Contains(text, "列入年度评价名单") || !strings.Contains(text, story.Away) {
		t.Error(text)
	}
	if err := a.History(t.Context(), storetest.Ref(2026, 1), false, io.Discard); err == nil {
		t.Error("the command says nothing")
	}
}
