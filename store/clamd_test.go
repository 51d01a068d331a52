package store_test

import (
	"context"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"xuanping/store"
	"xuanping/store/storetest"
)

// TestS2bClamdAnswers: nothing is clean without the whole, exact answer.
func TestS2bClamdAnswers(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "clamd.ctl")
	for _, f := range []*storetest.FakeClamd{storetest.StartClamd(t, "tcp", "127.0.0.1:0"), storetest.StartClamd(t, "unix", socket)} {
		c, err := store.ParseClamd(f.Address)
		ok(t, err)
		scan := func(data string) (string, error) { return c.Scan(context.Background(), strings.NewReader(data)) }
		set := func(mode string) {
			f.Mode.Store(mode)
			if c.Patience = time.Minute; mode == "slow" { // only that one is not waited for
				c.Patience = 500 * time.Millisecond
			}
		}
		big := strings.Repeat("x", 300<<10)
		for _, data := range []string{"", "harmless", big} {
			if found, err := scan(data); found != "" || err != nil {
				t.Errorf("%d bytes: %q, %v", len(data), found, err)
			}
		}
		for _, data := range []string{store.Eicar, big + store.Eicar} {
			if found, err := scan(data); found != "Eicar-Test-Signature" || err != nil {
				t.Errorf("the test file: %q, %v", found, err)
			}
		}
		ok(t, c.Trusted(context.Background()))
		for _, mode := range []string{"slow", "half", "cut", "silent", "error", "garbage", "nul"} {
			set(mode)
			if found, err := scan("harmless"); err == nil {
				t.Errorf("%s: a verdict %q", mode, found)
			}
		}
		for _, mode := range []string{"lies", "early", "slow", "silent"} {
			set(mode)
			if err := c.Trusted(context.Background()); err == nil {
				t.Errorf("%s is trusted", mode)
			}
		}
		f.Stop()
		if _, err := scan("harmless"); err == nil {
			t.Error("a daemon that is down found something clean")
		}
	}
	c, err := store.ParseClamd(storetest.StartClamd(t, "tcp", "127.0.0.1:0").Address)
	ok(t, err)
	if _, err := c.Scan(t.Context(), io.MultiReader(strings.NewReader("half"), unreadable{})); err == nil {
		t.Error("half a file was found clean")
	}
}

// TestS2bRealClamd asks ClamAV itself, which knows the test file and nothing else: what the
// stand-in above is taken to say, it says.
func TestS2bRealClamd(t *testing.T) {
	for _, address := range storetest.RealClamd(t) {
		c, err := store.ParseClamd(address)
		ok(t, err)
		ok(t, c.Trusted(t.Context()))
		for _, data := range []string{"", "harmless", strings.Repeat("x", 300<<10)} {
			if found, err := c.Scan(t.Context(), strings.NewReader(data)); found != "" || err != nil {
				t.Errorf("%s: %d bytes: %q, %v", address, len(data), found, err)
			}
		}
		if found, err := c.Scan(t.Context(), strings.NewReader(store.Eicar)); !strings.HasPrefix(found, "Eicar-Test-Signature") || err != nil {
			t.Errorf("%s: the test file: %q, %v", address, found, err)
		}
		if found, err := c.Scan(t.Context(), strings.NewReader(strings.Repeat("x", storetest.ClamdLimit+1))); err == nil {
			t.Errorf("%s: a file that is too large for it: a verdict %q", address, found)
		}
	}
}

type unreadable struct{}

func (unreadable) Read([]byte) (int, error) { return 0, io.ErrNoProgress }

func TestClamdAddress(t *testing.T) {
	for in, want := range map[string]string{"127.0.0.1:3310": "tcp 127.0.0.1:3310", "tcp://clamav:3310": "tcp clamav:3310", "/run/clamav/clamd.ctl": "unix /run/clamav/clamd.ctl", "unix:///run/c.ctl": "unix /run/c.ctl", "unix:/run/c.ctl": "unix /run/c.ctl"} {
		c, err := store.ParseClamd(in)
		ok(t, err)
		if got := c.Network + " " + c.Address; got != want {
			t.Errorf("%s: %s", in, got)
		}
	}
	for _, bad := range []string{"clamav", "relative/path", "tcp:/x"} {
		if _, err := store.ParseClamd(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}
