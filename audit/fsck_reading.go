package audit

import (
	"context"
	"fmt"

	"xuanping/rubric"
	"xuanping/store"
)

// readingsBound holds what a year was frozen with against the register: which
// readings change figures only the program knows, so SQL cannot ask it.
func readingsBound(ctx context.Context, in *inspection) error {
	made, err := in.Book.Interpretations(ctx)
	if err != nil {
		return err
	}
	byID := map[string]store.Interpretation{}
	for _, i := range made {
		byID[i.ID] = i
	}
	for _, c := range in.years {
		used := c.Rules.Settings.Readings
		for _, row := range used.Unbound() {
			in.say(fmt.Sprint(c.Year), "口径 %s 没有解释", row.ID)
		}
		for _, one := range used {
			if why := unfounded(one, byID[one.Interpretation], c); why != "" && one.Interpretation != "" {
				in.say(fmt.Sprint(c.Year), "口径 %s 所依据的 %s %s", one.Reading, one.Interpretation, why)
			}
		}
	}
	return nil
}

// unfounded says why an interpretation is none that a year could be frozen with.
func unfounded(one rubric.Choice, i store.Interpretation, c store.Campaign) string {
	switch {
	case i.ID == "":
		return "不在台账中"
	case i.Reading != one.Reading || i.Option != one.Option:
		return fmt.Sprintf("解释的是 %s %s", i.Reading, i.Option)
	case i.FromYear > c.Year:
		return fmt.Sprintf("自 %d 年度起适用", i.FromYear)
	case i.ForceAt == nil || i.ForceAt.After(c.CreatedAt):
		return "在启动之前没有生效"
	}
	return ""
}
