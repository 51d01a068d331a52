package web

import (
	"encoding/json"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/store"
)

// registerReceipts are the receipts of the registers' saves, from their leaves.
func registerReceipts(ref string, leaves []store.Leaf) []desk.Receipt {
	var out []desk.Receipt
	for _, l := range leaves {
		var r struct {
			Body struct {
				Register, Digest string
				Version          int
			}
		}
		if l.Kind != "register" || json.Unmarshal([]byte(l.Record), &r) != nil {
			continue
		}
		out = append(out, desk.Receipt{Number: ref + "/register/" + r.Body.Register + "/" + itoa(r.Body.Version), What: registerTitle(r.Body.Register), Digest: r.Body.Digest, At: l.At})
	}
	return out
}

func registerTitle(id string) string {
	if reg, ok := campaign.KnownRegisters().Get(id); ok {
		return reg.Title
	}
	return id
}

// registerSentence tells a save of a register.
func registerSentence(id string, version, lines, carried int) string {
	text := "保存“" + registerTitle(id) + "”（第 " + itoa(version) + " 版，" + itoa(lines) + " 行）"
	if carried > 0 {
		text += "，经核对沿用 " + itoa(carried) + " 年度的内容"
	}
	return text
}
