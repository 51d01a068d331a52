// Package storetest lends tests a score book of their own on a real PostgreSQL.
// It may start one throwaway server per test binary and fill a database with a campaign.
// It never skips: a machine without PostgreSQL fails the test and hears what to install.
package storetest

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"xuanping/store"
	"xuanping/store/localpg"
)

const template = "xuanping_template"

// server is the one of this test binary; its databases are numbered.
var (
	server = sync.OnceValues(start)
	count  atomic.Int64
)

// strategy copies the template's files: three times faster than through the
// log, and the only way there was before PostgreSQL 15.
var strategy string

// Open gives the test an empty score book, and its address with the rights of
// the owner. The database is dropped when the test ends.
func Open(t testing.TB) (*store.Store, string) {
	t.Helper()
	url := Database(t)
	s, err := store.Open(context.Background(), url)
	if err != nil {
		t.Fatalf("打开测试数据库：%v", err)
	}
	t.Cleanup(s.Close)
	return s, url
}

// Database gives the test the address of a migrated, empty database.
func Database(t testing.TB) string {
	t.Helper()
	name := "test_" + strconv.FormatInt(count.Add(1), 10)
	create(t, name, " template "+template+strategy)
	return pg(t).DSN(name)
}

// Bare gives the test the address of a database without a schema.
func Bare(t testing.TB) string {
	t.Helper()
	name := "bare_" + strconv.FormatInt(count.Add(1), 10)
	create(t, name, "")
	return pg(t).DSN(name)
}

func pg(t testing.TB) *localpg.Server {
	t.Helper()
	s, err := server()
	if err != nil {
		t.Fatalf("测试需要本机安装 PostgreSQL：%v", err)
	}
	return s
}

func create(t testing.TB, name, from string) {
	t.Helper()
	admin(t, "create database "+name+from)
	t.Cleanup(func() { admin(t, "drop database if exists "+name+" with (force)") })
}

func admin(t testing.TB, sql string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, pg(t).DSN("postgres"))
	if err != nil {
		t.Fatalf("连接测试用 PostgreSQL：%v", err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, sql); err != nil {
		t.Fatalf("%s：%v", sql, err)
	}
}

func start() (*localpg.Server, error) {
	dir, err := localpg.MkdirTemp()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	s, err := localpg.Start(ctx, localpg.Options{Dir: dir, Throwaway: true})
	if err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	if err := sweep(dir, s.PID()); err != nil {
		s.Stop(ctx)
		os.RemoveAll(dir)
		return nil, err
	}
	if err := s.CreateDatabase(ctx, template); err != nil {
		return nil, err
	}
	if _, err := store.Migrate(ctx, s.DSN(template)); err != nil {
		return nil, fmt.Errorf("建立测试用表结构：%w", err)
	}
	return s, chooseStrategy(ctx, s.DSN("postgres"))
}

func chooseStrategy(ctx context.Context, url string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	var since15 bool
	err = conn.QueryRow(ctx, "select current_setting('server_version_num')::int >= 150000").Scan(&since15)
	if since15 {
		strategy = " strategy file_copy"
	}
	return err
}

// broom waits for the end of its input, which is the end of the test binary
// however it comes, ends the server where the kernel did not, and removes its folder.
const broom = `cat >/dev/null; kill -INT "$1" 2>/dev/null
n=0; while kill -0 "$1" 2>/dev/null && [ $n -lt 100 ]; do sleep 0.1; n=$((n+1)); done
rm -rf -- "$0"`

// held keeps the broom's input open for the life of the test binary.
var held []io.Closer

func sweep(dir string, pid int) error {
	cmd := exec.Command("/bin/sh", "-c", broom, dir, strconv.Itoa(pid))
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C at the terminal is not meant for the broom
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	held = append(held, in)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("无法安排测试后的清理：%w", err)
	}
	go cmd.Wait()
	return nil
}
