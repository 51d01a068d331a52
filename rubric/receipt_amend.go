package rubric

import (
	"fmt"
	"strings"
)

// ReceiptAmendment is what 评价复核 made of an event of row 15 or 16: the event of
// the receipt counts as amended, the words say what it was determined as.
type ReceiptAmendment struct {
	Words  string `json:"words"`
	Reason string `json:"reason"`
	On     string `json:"on"` // the day of the decision
	By     string `json:"by"` // in what role
	Digest string `json:"digest"`
}

// Deciders is the role in which 评价复核 is decided, as receipts name it.
const Deciders = "复核专家（未参与评分和经办）"

// textAmendment tells under an event what became of it.
func (e ReceiptEvent) textAmendment(b *strings.Builder) {
	if a := e.Amendment; a != nil {
		fmt.Fprintf(b, "    评价复核　%s（%s，%s）%s\n", a.Words, a.By, a.On, after("：", a.Reason))
	}
}
