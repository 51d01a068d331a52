package desk

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/argon2"

	"xuanping/campaign"
	"xuanping/store"
)

// argon2id at 19 MiB, two passes, one lane (S5); four at a time.
const (
	argonTime, argonMemory, argonLanes, argonLen = 2, 19 << 10, 1, 32
)

var argonSlots = make(chan struct{}, 4)

// argonRuns counts the work, for the test that every login costs the same.
var argonRuns atomic.Int64

func argon(password string, salt []byte) []byte {
	argonRuns.Add(1)
	argonSlots <- struct{}{}
	defer func() { <-argonSlots }()
	return argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonLanes, argonLen)
}

// HashPassword makes what staff.password holds.
func HashPassword(password string) string {
	salt := make([]byte, 16)
	rand.Read(salt)
	enc := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", argonMemory, argonTime, argonLanes, enc(salt), enc(argon(password, salt)))
}

// isArgon tells whether a person has a password here.
func isArgon(hash string) bool { return strings.HasPrefix(hash, "$argon2id$") }

func samePassword(hash, password string) bool {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 {
		return false
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	want, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	return err1 == nil && err2 == nil && subtle.ConstantTimeCompare(argon(password, salt), want) == 1
}

// nobody is compared with when there is no such account, so that the answer takes as long.
var nobody = sync.OnceValue(func() string { return HashPassword("nobody") })

// AddStaff adds or changes a person; by is who does it, "setup" from the command line.
func (d *Desk) AddStaff(ctx context.Context, p store.Staff, password, by string) error {
	if err := goodPassword(password); err != nil {
		return err
	}
	if (p.Role == campaign.Local) != (p.Province != "") {
		return campaign.Fail(campaign.Invalid, "地方监管人员须写明省份，其他人员不写省份")
	}
	p.Password, p.Active = HashPassword(password), true
	if p.Employer != "" && !campaign.ValidUSCC(p.Employer) {
		return campaign.Fail(campaign.Invalid, "统一社会信用代码应为 18 位且校验码正确")
	}
	if err := d.commit(ctx, func(tx *store.Tx) error { return tx.PutStaff(ctx, p, by, d.Clock()) }); err != nil {
		return err
	}
	return d.EndConflicted(ctx)
}

// Now is the time that binds a campaign: the real one, or its rehearsal clock.
func (d *Desk) Now(ctx context.Context, year int) (time.Time, error) {
	c, err := d.Store.Campaign(ctx, year)
	return c.Now(d.Clock()), err
}
