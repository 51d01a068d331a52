package storetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"xuanping/campaign"
)

func TestEachTestHasItsOwn(t *testing.T) {
	one, url := Open(t)
	two, other := Open(t)
	Campaign(t, one, 2025, false, 3)
	if all, err := two.Campaigns(t.Context()); err != nil || len(all) != 0 || url == other {
		t.Errorf("%d years in the other test's book, %v", len(all), err)
	}
	entries, err := one.Entries(t.Context(), 2025)
	if err != nil || len(entries) != 3 {
		t.Errorf("%d entries, %v", len(entries), err)
	}
}

func TestDroppedAtTheEnd(t *testing.T) {
	count := func() (n int) {
		conn := connect(t)
		if err := conn.QueryRow(t.Context(), "select count(*) from pg_database where datname like 'test%'").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := count()
	t.Run("inner", func(t *testing.T) {
		Open(t)
		if count() != before+1 {
			t.Error("no database was made")
		}
	})
	if count() != before {
		t.Error("the database outlived its test")
	}
}

func TestInstitutionsAreValid(t *testing.T) {
	seen := map[string]bool{}
	for _, i := range Institutions(300) {
		if f := i.Check(); len(f) > 0 || seen[i.Code] || seen[i.USCC] || seen[i.Email] {
			t.Fatalf("%+v: %v", i, f)
		}
		seen[i.Code], seen[i.USCC], seen[i.Email] = true, true, true
	}
	roles := map[campaign.Role]int{}
	for _, p := range People() {
		roles[p.Role]++
	}
	if roles[campaign.Officer] < 2 || roles[campaign.Reviewer] < 4 || roles[campaign.Approver] < 2 || roles[campaign.Auditor] < 1 {
		t.Errorf("%v", roles)
	}
}

// childFile tells the test binary that it is the one to be killed, and where to say what it started.
const childFile = "XUANPING_STORETEST_CHILD"

// A test binary killed with -9 leaves no server and no folder.
func TestKilledBinaryLeavesNothing(t *testing.T) {
	if file := os.Getenv(childFile); file != "" {
		Open(t)
		var dir string
		if err := connect(t).QueryRow(t.Context(), "show data_directory").Scan(&dir); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file+".new", fmt.Appendf(nil, "%d %s", pg(t).PID(), filepath.Dir(dir)), 0o600); err != nil {
			t.Fatal(err)
		}
		os.Rename(file+".new", file)
		select {}
	}
	file := filepath.Join(t.TempDir(), "started")
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilledBinaryLeavesNothing$")
	cmd.Env = append(os.Environ(), childFile+"="+file)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	var dir string
	eventually(t, "the child starts its server", func() bool {
		b, err := os.ReadFile(file)
		if err != nil {
			return false
		}
		_, err = fmt.Sscanf(string(b), "%d %s", &pid, &dir)
		return err == nil
	})
	if _, err := os.Stat(dir); err != nil || !strings.Contains(dir, "xuanping-pg-") || syscall.Kill(pid, 0) != nil {
		t.Fatalf("server %d in %s: %v", pid, dir, err)
	}
	cmd.Process.Kill()
	cmd.Wait()
	eventually(t, "the server is gone", func() bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) })
	eventually(t, "its folder is gone", func() bool { _, err := os.Stat(dir); return errors.Is(err, os.ErrNotExist) })
}

func connect(t *testing.T) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), pg(t).DSN("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(40 * time.Second); !is(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}
