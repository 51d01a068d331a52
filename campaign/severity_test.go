package campaign

import (
	"reflect"
	"testing"

	"xuanping/rubric"
)

// requirements §2 no. 18: the noise between reviewers is reported.
func TestSeverities(t *testing.T) {
	p := rubric.Point
	got := Severities([]SheetTotal{
		{"i1", "r1", 80 * p}, {"i1", "r2", 84 * p},
		{"i2", "r1", 70 * p}, {"i2", "r2", 72 * p}, {"i2", "r3", 74 * p},
		{"i3", "r4", 90 * p}, // alone: nobody to compare with
	})
	want := []Severity{
		{"r1", 2, -350, 50}, // −4 and −3
		{"r2", 2, 200, 200}, // +4 and 0
		{"r3", 1, 300, 0},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	if got := Severities(nil); got != nil {
		t.Errorf("%+v", got)
	}
}
