package localpg

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func folder(t *testing.T) string {
	t.Helper()
	dir, err := MkdirTemp()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func start(t *testing.T, o Options) *Server {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s, err := Start(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Stop(context.Background()) })
	return s
}

func exec1(t *testing.T, s *Server, db, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.DSN(db))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

func value(t *testing.T, s *Server, db, sql string) (v string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.DSN(db))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if err := conn.QueryRow(t.Context(), sql).Scan(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// The life of a data folder: first start, orderly restart, kill -9, restart; the data stays.
func TestLife(t *testing.T) {
	dir := filepath.Join(folder(t), "pg")
	s := start(t, Options{Dir: dir})
	for range 2 {
		if err := s.CreateDatabase(t.Context(), "宣评-一"); err != nil {
			t.Fatal(err)
		}
	}
	exec1(t, s, "宣评-一", `CREATE TABLE t (v text); INSERT INTO t VALUES ('甲')`)
	for setting, want := range map[string]string{"fsync": "on", "synchronous_commit": "on", "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "max_connections": "200", "shared_buffers": "128MB", "server_encoding": "UTF8"} {
		if got := value(t, s, "postgres", "SHOW "+setting); got != want {
			t.Errorf("%s = %q, want %q", setting, got, want)
		}
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	s = start(t, Options{Dir: dir})
	exec1(t, s, "宣评-一", `INSERT INTO t VALUES ('乙')`)
	if err := syscall.Kill(s.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-s.Done()
	if err := s.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	s = start(t, Options{Dir: dir})
	t.Logf("back after kill -9 in %v", time.Since(began))
	if got := value(t, s, "宣评-一", `SELECT string_agg(v, '' ORDER BY v) FROM t`); len([]rune(got)) != 2 {
		t.Fatalf("rows after the crash: %q", got)
	}
}

func TestOneProgramPerFolder(t *testing.T) {
	dir := folder(t)
	start(t, Options{Dir: dir, Throwaway: true})
	if s, err := Start(t.Context(), Options{Dir: dir, Throwaway: true}); err == nil {
		s.Stop(t.Context())
		t.Fatal("a second server opened the same folder")
	} else if !strings.Contains(err.Error(), "正被另一个程序使用") {
		t.Fatal(err)
	}
}

func TestWrongPasswordIsRefused(t *testing.T) {
	dir := folder(t)
	s := start(t, Options{Dir: dir, Throwaway: true})
	info, err := os.Stat(filepath.Join(dir, "password"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("password file: %v %v", info.Mode(), err)
	}
	if conn, err := pgx.Connect(t.Context(), strings.Replace(s.DSN("postgres"), s.Password(), "x", 1)); err == nil {
		conn.Close(t.Context())
		t.Fatal("a wrong password was accepted")
	}
}

// A program killed with -9 leaves no server for long, and the next start opens the folder at once.
func TestParentKilled(t *testing.T) {
	if dir := os.Getenv("XUANPING_TEST_CHILD"); dir != "" {
		if _, err := Start(context.Background(), Options{Dir: dir, Throwaway: true}); err != nil {
			t.Fatal(err)
		}
		os.WriteFile(filepath.Join(filepath.Dir(dir), "ready"), nil, 0o600)
		select {}
	}
	parent := folder(t)
	dir := filepath.Join(parent, "pg")
	cmd := exec.Command(os.Args[0], "-test.run=^TestParentKilled$")
	cmd.Env = append(os.Environ(), "XUANPING_TEST_CHILD="+dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if _, err := os.Stat(filepath.Join(parent, "ready")); err == nil {
			break
		}
		if time.Now().After(end) {
			cmd.Process.Kill()
			t.Fatal("the child did not start its server")
		}
	}
	data := filepath.Join(dir, "data")
	old := postmaster(data)
	if old == 0 {
		t.Fatal("no server under the child")
	}
	cmd.Process.Kill()
	cmd.Wait()
	s := start(t, Options{Dir: dir, Throwaway: true})
	if s.PID() == old || postmaster(data) != s.PID() {
		t.Fatalf("pid %d, file says %d, before %d", s.PID(), postmaster(data), old)
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	dir := folder(t)
	for name, c := range map[string]struct {
		prepare func(t *testing.T) Options
		want    string
	}{
		"no folder": {func(*testing.T) Options { return Options{} }, "没有指定"},
		"no binaries": {func(*testing.T) Options {
			return Options{Dir: filepath.Join(dir, "a"), Bin: dir}
		}, "没有 initdb 和 postgres"},
		"other version": {func(t *testing.T) Options {
			d := filepath.Join(dir, "b")
			os.MkdirAll(filepath.Join(d, "data"), 0o755)
			os.WriteFile(filepath.Join(d, "data", "PG_VERSION"), []byte("7\n"), 0o644)
			return Options{Dir: d}
		}, "postgresql-7"},
		"lost password": {func(t *testing.T) Options {
			d := filepath.Join(dir, "c")
			os.MkdirAll(filepath.Join(d, "data"), 0o755)
			return Options{Dir: d}
		}, "password"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Start(t.Context(), c.prepare(t))
			if err == nil {
				s.Stop(t.Context())
				t.Fatal("started")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Fatalf("%v does not say %s", err, c.want)
			}
		})
	}
}

// PostgreSQL only says "permission denied"; we name the folder in the way.
func TestClosedParent(t *testing.T) {
	o := &owner{name: "甲", uid: 4242, gid: 4242, switched: true}
	shut := filepath.Join(folder(t), "shut")
	if err := os.MkdirAll(filepath.Join(shut, "pg"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := o.reaches(filepath.Join(shut, "pg")); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(shut, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := o.reaches(filepath.Join(shut, "pg")); err == nil || !strings.Contains(err.Error(), "chmod o+x "+shut) {
		t.Fatal(err)
	}
}

// A port that was free when it was chosen may be taken before the server has it: each try takes
// another, unless one was asked for.
func TestAnotherPortForEachTry(t *testing.T) {
	for _, asked := range []int{0, 54321} {
		dir := folder(t)
		if err := os.WriteFile(filepath.Join(dir, "postgres"), []byte("#!/bin/sh\necho \"$4\" >>ports\nexit 1\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		s := &Server{port: asked}
		tried := func() []string {
			b, _ := os.ReadFile(filepath.Join(dir, "ports"))
			return strings.Fields(string(b))
		}
		ended := make(chan error, 1)
		go func() { ended <- s.launch(ctx, dir, dir, &owner{}, Options{Port: asked}) }()
		for len(tried()) < 3 && ctx.Err() == nil {
			time.Sleep(20 * time.Millisecond)
		}
		cancel()
		if err := <-ended; err == nil {
			t.Error("a server that leaves at once has started")
		}
		ports := map[string]bool{}
		for _, p := range tried() {
			ports[p] = true
		}
		if len(tried()) < 3 || (len(ports) > 1) != (asked == 0) {
			t.Errorf("asked for %d, tried %v", asked, tried())
		}
	}
}
