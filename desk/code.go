package desk

import (
	"context"
	"crypto/subtle"
	"fmt"
	"strconv"
	"strings"
	"time"

	"xuanping/campaign"
	"xuanping/store"
)

// The acts of an institution with legal effect: each wants a code that was
// mailed to the registered address at that moment (S1, decision 0014).
const (
	PlanAct      = "plan"
	SelfScoreAct = "self-score"
	AppealAct    = "appeal"
	WarningAct   = "warning"
)

// How a code lives.
const (
	codeLife   = 10 * time.Minute
	codeTries  = 5
	codePause  = time.Minute // before another one for the same content is mailed
	codeByLink = 6           // codes a link may ask for in an hour
	codeInAll  = 20          // and all links of an institution
)

// CodeAsked tells what became of asking for a code.
type CodeAsked struct {
	Needed bool
	To     string    // the registered address, mostly hidden
	Until  time.Time // real time
}

// AskCode mails a code for an act of exactly this content by this person. Asked
// again for the same it mails nothing while the code is good, unless the person
// says that it did not arrive.
func (d *Desk) AskCode(ctx context.Context, v Visitor, act string, content any, by Signer, again bool) (CodeAsked, error) {
	var asked CodeAsked
	err := d.beside(ctx, v, func(tx *store.Tx, s scene) error {
		asked = CodeAsked{Needed: codeNeeded(s, v)}
		if !asked.Needed {
			return nil
		}
		in, err := tx.Institution(ctx, v.Ref.Code)
		if err != nil {
			return err
		}
		asked.To = maskAddress(in.Email)
		now, digest := d.Clock(), contentDigest(act, content, by)
		last, err := tx.LastActCode(ctx, v.Ref, v.ID, act, digest)
		if err != nil && campaign.KindOf(err) != campaign.NotFound {
			return err
		}
		if known := err == nil; known && now.Before(last.ExpiresAt) && last.Wrong < codeTries && (!again || now.Sub(last.AskedAt) < codePause) {
			asked.Until = last.ExpiresAt
			return nil
		}
		byLink, all, err := tx.ActCodesSince(ctx, v.Ref, v.ID, now.Add(-time.Hour))
		if err != nil {
			return err
		}
		if byLink >= codeByLink || all >= codeInAll {
			return campaign.Fail(campaign.Conflict, "获取确认码过于频繁，请一小时后再试，或联系经办人员")
		}
		asked.Until = now.Add(codeLife)
		n, err := tx.AddActCode(ctx, v.Ref, v.ID, store.ActCode{Act: act, Digest: digest, AskedAt: now, ExpiresAt: asked.Until}, s.Now)
		if err == nil {
			tx.Queue(codeMail(v, act, n, s.Now))
		}
		return err
	})
	return asked, err
}

// CodeWanted tells whether acts of this link want a code, and mails none.
func (d *Desk) CodeWanted(ctx context.Context, v Visitor) (CodeAsked, error) {
	s, err := d.scene(ctx, d.Store.Reader, v.Ref)
	if err != nil {
		return CodeAsked{}, err
	}
	in, err := d.Store.Institution(ctx, v.Ref.Code)
	return CodeAsked{Needed: codeNeeded(s, v), To: maskAddress(in.Email)}, err
}

func codeMail(v Visitor, act string, n int, at time.Time) store.Intent {
	return store.Intent{Key: codeKey(v, n), Kind: store.MailIntent, Ref: v.Ref, Body: store.MailBody{
		Template: store.CodeTemplate, To: "institution", Date: at, Data: map[string]string{"title": codeTitles[act]}}}
}

// codeTitles names the acts in the letter.
var codeTitles = map[string]string{
	PlanAct: "年度宣传工作计划", SelfScoreAct: "自评", AppealAct: "评价复核申请", WarningAct: "风险警示案件",
}

func codeKey(v Visitor, n int) string { return key(v.Ref, "act-code", strconv.Itoa(n)) }

// codeNeeded tells whether acts of this link want a code. A link on paper came
// because mail does not reach the institution; nothing could be mailed there.
func codeNeeded(s scene, v Visitor) bool { return !s.settings().NoCodes && !v.OnPaper }

// contentDigest binds a code to what is handed in and to who signs it.
func contentDigest(act string, content any, by Signer) string {
	return store.Digest([]any{act, content, by.line()})
}

// proven refuses an act without its code. The try is written before the act:
// a wrong one counts although nothing else happens. The same content may be
// sent again with its code while that lives, so that a lost answer does no harm.
func (d *Desk) proven(ctx context.Context, v Visitor, act string, content any, by Signer) error {
	var say string
	err := d.beside(ctx, v, func(tx *store.Tx, s scene) error {
		say = ""
		if !codeNeeded(s, v) {
			return nil
		}
		typed := strings.ReplaceAll(strings.TrimSpace(by.Code), " ", "")
		last, err := tx.LastActCode(ctx, v.Ref, v.ID, act, contentDigest(act, content, by))
		switch now := d.Clock(); {
		case err != nil && campaign.KindOf(err) != campaign.NotFound:
			return err
		case err != nil:
			say = "请先获取确认码；内容或经办人改动后，须重新获取"
		case !now.Before(last.ExpiresAt):
			say = "确认码已过期，请重新获取"
		case last.Wrong >= codeTries:
			say = fmt.Sprintf("确认码已输错 %d 次，请重新获取", codeTries)
		case len(typed) != 6:
			say = "请填写邮件中的 6 位确认码"
		default:
			good := d.rightCode(typed, codeKey(v, last.N))
			if !good {
				say = fmt.Sprintf("确认码不正确，还可以再试 %d 次", codeTries-last.Wrong-1)
			}
			if good && last.Good {
				return nil
			}
			return tx.AddCodeTry(ctx, v.Ref, last.N, good, s.Now)
		}
		return nil
	})
	if err == nil && say != "" {
		err = &campaign.Error{Kind: campaign.Invalid, Say: say, Fields: map[string]string{"code": say}}
	}
	return err
}

// rightCode compares in constant time, with every key that letters may have been made with.
func (d *Desk) rightCode(typed, key string) bool {
	good := 0
	for _, code := range d.Tickets.Codes(key) {
		good |= subtle.ConstantTimeCompare([]byte(typed), []byte(code))
	}
	return good == 1
}

// maskAddress shows enough of an address to find the mailbox, and no more.
func maskAddress(s string) string {
	local, domain, ok := strings.Cut(s, "@")
	if !ok || local == "" {
		return "登记邮箱"
	}
	return string([]rune(local)[:1]) + "***@" + domain
}

// beside is visit for what comes before an act: it does not count as one, so
// that a program that presses buttons ends no other letter's link (S1a, S1g).
func (d *Desk) beside(ctx context.Context, v Visitor, do func(tx *store.Tx, s scene) error) error {
	if !v.Act {
		return errViewOnly
	}
	return d.inYear(ctx, v.Ref, do)
}
