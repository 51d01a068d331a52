package desk

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"xuanping/campaign"
	"xuanping/store"
)

// errLogin is the one answer to a wrong account, a wrong password and a closed account.
var errLogin = campaign.Fail(campaign.Forbidden, "账号或密码不正确")

// Login opens a session and returns its token. Wrong account and wrong
// password get the same answer after the same work.
func (d *Desk) Login(ctx context.Context, id, password string) (token []byte, x store.Session, err error) {
	p, err := d.Store.Staff(ctx, strings.ToLower(strings.TrimSpace(id)))
	if err != nil && campaign.KindOf(err) != campaign.NotFound {
		return nil, x, err
	}
	hash := p.Password
	if err != nil || !isArgon(hash) { // no account, or one that only the identity provider opens
		hash, err = nobody(), errLogin
	}
	if ok := samePassword(hash, password); !ok || err != nil || !p.Active {
		return nil, x, errLogin
	}
	return d.proceed(ctx, p, store.ViaPassword, "")
}

// LoginSubject opens a session for whom the identity provider has named. What
// it asked of him, a second factor for one, is its own matter.
func (d *Desk) LoginSubject(ctx context.Context, subject string) (token []byte, x store.Session, err error) {
	p, err := d.Store.StaffBySubject(ctx, subject)
	if campaign.KindOf(err) == campaign.NotFound && err != nil {
		return nil, x, campaign.Fail(campaign.Forbidden, "统一身份认证的用户没有对应的账号，请联系系统管理人员")
	}
	if err != nil {
		return nil, x, err
	}
	return d.enter(ctx, p, store.ViaOIDC, store.FullSession)
}

// proceed opens the next session of a login: what it still waits for decides the level.
func (d *Desk) proceed(ctx context.Context, p store.Staff, via string, shown store.Level) (token []byte, x store.Session, err error) {
	level, err := d.waitsFor(ctx, p, shown)
	if err != nil {
		return nil, x, err
	}
	return d.enter(ctx, p, via, level)
}

// enter opens a session of its own, whatever was open before: nobody can be
// given a session that he did not get from us (S5, fixation).
func (d *Desk) enter(ctx context.Context, p store.Staff, via string, level store.Level) ([]byte, store.Session, error) {
	token := make([]byte, 32)
	rand.Read(token)
	now := d.Clock()
	return token, store.Session{Staff: p, Level: level, Via: via, Checked: now}, d.Store.OpenSession(ctx, token, p.ID, level, via, now)
}

// waitsFor tells what is still to come after what was shown: the one-time code,
// a password of his own, a second factor where the house asks for one.
func (d *Desk) waitsFor(ctx context.Context, p store.Staff, shown store.Level) (store.Level, error) {
	has, err := d.HasFactor(ctx, p.ID)
	switch {
	case err != nil:
		return "", err
	case has && shown == "":
		return store.CodeSession, nil
	case p.Once:
		return store.ChangeSession, nil
	case !has && d.NeedFactor:
		return store.EnrolSession, nil
	}
	return store.FullSession, nil
}

// HasFactor tells whether a person has a second factor in use.
func (d *Desk) HasFactor(ctx context.Context, id string) (bool, error) {
	f, err := d.Store.Factor(ctx, id)
	if err != nil && campaign.KindOf(err) == campaign.NotFound {
		return false, nil
	}
	return err == nil && f.ConfirmedAt != nil, err
}

// Who finds whose session a token opens and how far it has come.
func (d *Desk) Who(ctx context.Context, token []byte) (store.Session, error) {
	return d.Store.SessionOf(ctx, token, d.Clock())
}

var errCode = &campaign.Error{Kind: campaign.Invalid, Say: "验证码不正确或者已经用过", Fields: map[string]string{"code": "请输入验证器当前显示的六位数字，或者一个没有用过的恢复码"}}

// code takes a one-time code or a recovery code of a person, once.
func (d *Desk) code(ctx context.Context, id, code string) error {
	code = strings.NewReplacer(" ", "", "-", "").Replace(code)
	f, err := d.Store.Factor(ctx, id)
	if err != nil && campaign.KindOf(err) != campaign.NotFound {
		return err
	}
	if err != nil || f.ConfirmedAt == nil {
		return errCode
	}
	if len(code) == 6 {
		secret, err := d.unseal(id, f.Secret)
		if err != nil {
			return err
		}
		step, ok := totpMatch(secret, code, d.Clock())
		if ok {
			ok, err = d.Store.UseStep(ctx, id, step)
		}
		if err != nil || ok {
			return err
		}
		return errCode
	}
	ok, err := d.Store.UseRecovery(ctx, id, recoveryHash(code), d.Clock())
	if err == nil && !ok {
		err = errCode
	}
	return err
}

// wrong counts a wrong answer against the session; the fifth ends it.
func (d *Desk) wrong(ctx context.Context, token []byte, err error) error {
	if campaign.KindOf(err) == campaign.Invalid {
		if e := d.Store.WrongTry(ctx, token); e != nil {
			return e
		}
	}
	return err
}

// LoginCode finishes a login that waits for its one-time code: the session
// that waited ends and the next one opens.
func (d *Desk) LoginCode(ctx context.Context, x store.Session, old []byte, code string) (token []byte, next store.Session, err error) {
	if x.Level != store.CodeSession {
		return nil, next, errLogin
	}
	if err := d.code(ctx, x.ID, code); err != nil {
		return nil, next, d.wrong(ctx, old, err)
	}
	if err := d.Store.EndSession(ctx, old); err != nil {
		return nil, next, err
	}
	return d.proceed(ctx, x.Staff, x.Via, store.CodeSession)
}

// ChangePassword gives a person a password of his own choice. All his sessions
// end, and a new one opens for the browser he is at.
func (d *Desk) ChangePassword(ctx context.Context, x store.Session, old []byte, was, password string) (token []byte, next store.Session, err error) {
	p, err := d.Store.Staff(ctx, x.ID)
	if err != nil {
		return nil, next, err
	}
	if !isArgon(p.Password) {
		return nil, next, campaign.Fail(campaign.Conflict, "您的账号由统一身份认证登录，没有本系统的密码")
	}
	if !samePassword(p.Password, was) {
		return nil, next, d.wrong(ctx, old, faulty(map[string]string{"was": "现在的密码不正确"}))
	}
	if err := goodPassword(password); err != nil {
		return nil, next, faulty(map[string]string{"fresh": err.Error()})
	}
	if was == password {
		return nil, next, faulty(map[string]string{"fresh": "新密码不能与现在的密码相同"})
	}
	p.Password, p.Once = HashPassword(password), false
	if err := d.commit(ctx, func(tx *store.Tx) error { return tx.PutStaff(ctx, p, p.ID, d.Clock()) }); err != nil {
		return nil, next, err
	}
	return d.proceed(ctx, p, x.Via, store.ChangeSession)
}

func goodPassword(password string) error {
	if n := len([]rune(password)); n < 10 || len(password) > 200 {
		return campaign.Fail(campaign.Invalid, "密码至少 10 位")
	}
	return nil
}

// Recheck has a person show once more who he is, by his password or a one-time
// code, before an act that two persons answer for (S5).
func (d *Desk) Recheck(ctx context.Context, x store.Session, token []byte, answer string) error {
	has, err := d.HasFactor(ctx, x.ID)
	if err != nil {
		return err
	}
	err = errAgain
	if has && len(strings.TrimSpace(answer)) == 6 {
		err = d.code(ctx, x.ID, strings.TrimSpace(answer))
	} else if isArgon(x.Password) && samePassword(x.Password, answer) {
		err = nil
	}
	if campaign.KindOf(err) == campaign.Invalid && err != nil {
		return d.wrong(ctx, token, errAgain)
	}
	if err == nil {
		err = d.Store.Rechecked(ctx, token, d.Clock())
	}
	return err
}

var errAgain = &campaign.Error{Kind: campaign.Invalid, Say: "密码或者验证码不正确", Fields: map[string]string{"again": "请重新输入"}}

// Fresh tells whether a person has shown who he is within a time.
func (d *Desk) Fresh(x store.Session, within time.Duration) bool {
	return d.Clock().Sub(x.Checked) < within
}

// BeginFactor makes the secret of a second factor; it is not in use until a code of it was shown.
func (d *Desk) BeginFactor(ctx context.Context, p store.Staff, issuer string) (Enrolment, error) {
	if has, err := d.HasFactor(ctx, p.ID); err != nil || has {
		if err == nil {
			err = campaign.Fail(campaign.Conflict, "动态验证码已经启用")
		}
		return Enrolment{}, err
	}
	secret := make([]byte, totpSecret)
	rand.Read(secret)
	sealed, err := d.seal(p.ID, secret)
	if err != nil {
		return Enrolment{}, err
	}
	return enrolment(issuer, p.ID, secret), d.Store.PutFactor(ctx, p.ID, sealed, d.Clock())
}

// Enrolling reads the secret that waits for its first code.
func (d *Desk) Enrolling(ctx context.Context, p store.Staff, issuer string) (Enrolment, error) {
	secret, err := d.waitingSecret(ctx, p.ID)
	return enrolment(issuer, p.ID, secret), err
}

func (d *Desk) waitingSecret(ctx context.Context, id string) ([]byte, error) {
	f, err := d.Store.Factor(ctx, id)
	if err != nil || f.ConfirmedAt != nil {
		return nil, campaign.Fail(campaign.Conflict, "请重新开始设置动态验证码")
	}
	return d.unseal(id, f.Secret)
}

// ConfirmFactor takes a second factor into use once a code of it was shown, and
// gives the recovery codes: they are shown once and kept as digests. The session
// goes on as a new one.
func (d *Desk) ConfirmFactor(ctx context.Context, x store.Session, old []byte, code string) (codes []string, token []byte, next store.Session, err error) {
	secret, err := d.waitingSecret(ctx, x.ID)
	if err != nil {
		return nil, nil, next, err
	}
	step, ok := totpMatch(secret, strings.ReplaceAll(code, " ", ""), d.Clock())
	if !ok {
		return nil, nil, next, d.wrong(ctx, old, errCode)
	}
	codes, hashes := recoveryCodes()
	if err := d.commit(ctx, func(tx *store.Tx) error { return tx.ConfirmFactor(ctx, x.ID, step, hashes, d.Clock()) }); err != nil {
		return nil, nil, next, err
	}
	if err := d.Store.EndSession(ctx, old); err != nil {
		return nil, nil, next, err
	}
	token, next, err = d.proceed(ctx, x.Staff, x.Via, store.CodeSession)
	return codes, token, next, err
}
