package workflows

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// event is an event of a history as the engine's client writes it.
type event = map[string]any

// mustFail says of each history in mustfail what was altered in the recorded one
// of the same name: one thing, and nothing else.
var mustFail = map[string]struct {
	kind  string
	alter func([]event) []event
}{
	"2027_CNCA-R-2026-901.json.gz":            {"a step has another name", renamed("Serve", "ServeResult")},
	"2027_CNCA-R-2026-906_warning.json.gz":    {"a step has another name", renamed("Warn", "Warned")},
	"2027_campaign.json.gz":                   {"a step has another name", renamed("AssignAll", "Assign")},
	"2027_CNCA-R-2026-902.json.gz":            {"a step was never asked for", dropped("Remind")},
	"2027_CNCA-R-2026-901_incident_1.json.gz": {"there is one more timer", oneMoreTimer},
	"2027_CNCA-R-2026-905.json.gz":            {"two commands stand in the other order", exchanged},
}

// What must fail is a recorded history with one alteration, made here.
func TestMustFailIsRecordedButForOneThing(t *testing.T) {
	if len(mustFail) < minMustFail {
		t.Fatalf("only %d alterations", len(mustFail))
	}
	kinds := map[string]bool{}
	for name, m := range mustFail {
		kinds[m.kind] = true
		good := events(t, filepath.Join("testdata", "history", name))
		want := m.alter(good)
		if reflect.DeepEqual(want, events(t, filepath.Join("testdata", "history", name))) {
			t.Errorf("%s: nothing is altered", name)
		}
		file := filepath.Join("testdata", "history", "mustfail", name)
		if *update {
			b, err := json.Marshal(map[string]any{"events": want})
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			z := gzip.NewWriter(&out)
			z.Write(append(b, '\n'))
			z.Close()
			if err := os.WriteFile(file, out.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if !reflect.DeepEqual(want, events(t, file)) {
			t.Errorf("%s is not the recorded history of which %s; make it anew: go test ./workflows -run MustFail -update", file, m.kind)
		}
	}
	if len(kinds) < 4 {
		t.Errorf("only %d kinds of alterations", len(kinds))
	}
}

func events(t *testing.T, file string) []event {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	var h struct{ Events []event }
	if b, err = io.ReadAll(z); err == nil {
		err = json.Unmarshal(b, &h)
	}
	if err != nil {
		t.Fatal(err)
	}
	return h.Events
}

func is(e event, kind string) bool { return e["eventType"] == "EVENT_TYPE_"+kind }

func attributes(e event) event {
	for k, v := range e {
		if strings.HasSuffix(k, "Attributes") {
			return v.(event)
		}
	}
	return nil
}

func asks(e event, step string) bool {
	if !is(e, "ACTIVITY_TASK_SCHEDULED") {
		return false
	}
	kind, _ := attributes(e)["activityType"].(event)
	return kind["name"] == step
}

func renamed(step, other string) func([]event) []event {
	return func(all []event) []event {
		for _, e := range all {
			if asks(e, step) {
				attributes(e)["activityType"].(event)["name"] = other
				return all
			}
		}
		return all
	}
}

// dropped takes the first asking for a step out, with its start and its end.
func dropped(step string) func([]event) []event {
	return func(all []event) []event {
		var out []event
		gone := ""
		for _, e := range all {
			if gone == "" && asks(e, step) {
				gone = e["eventId"].(string)
				continue
			}
			if gone != "" && strings.Contains(fmt.Sprint(e["eventType"]), "ACTIVITY_TASK") && attributes(e)["scheduledEventId"] == gone {
				continue
			}
			out = append(out, e)
		}
		return renumbered(out)
	}
}

// oneMoreTimer starts the first timer twice.
func oneMoreTimer(all []event) []event {
	var out []event
	twice := false
	for _, e := range all {
		out = append(out, e)
		if is(e, "TIMER_STARTED") && !twice {
			twice = true
			b, _ := json.Marshal(e)
			var more event
			_ = json.Unmarshal(b, &more)
			more["eventId"] = "more"
			attributes(more)["timerId"] = "more"
			out = append(out, more)
		}
	}
	return renumbered(out)
}

// exchanged swaps the first two commands of different kinds that one task gave.
func exchanged(all []event) []event {
	for i := 1; i < len(all); i++ {
		if is(all[i-1], "UPSERT_WORKFLOW_SEARCH_ATTRIBUTES") && is(all[i], "ACTIVITY_TASK_SCHEDULED") {
			all[i-1], all[i] = all[i], all[i-1]
			return renumbered(all)
		}
	}
	return all
}

// renumbered numbers the events from 1 and follows what refers to them; ids of
// steps and timers are the numbers of their events.
func renumbered(all []event) []event {
	now := map[string]string{}
	for i, e := range all {
		now[e["eventId"].(string)] = fmt.Sprint(i + 1)
	}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case event:
			for k, x := range v {
				if s, text := x.(string); text && (strings.HasSuffix(k, "ventId") || k == "activityId" || k == "timerId") {
					if n, known := now[s]; known {
						v[k] = n
					}
					continue
				}
				walk(x)
			}
		case []any:
			for _, x := range v {
				walk(x)
			}
		}
	}
	for _, e := range all {
		walk(e)
	}
	return all
}
