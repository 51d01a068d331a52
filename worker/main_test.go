package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"xuanping/store/storetest"
)

// asWorker makes the test binary the program itself.
const asWorker = "XUANPING_TEST_AS_WORKER"

func TestMain(m *testing.M) {
	if os.Getenv(asWorker) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// service is a worker started as a process of its own.
type service struct {
	*exec.Cmd
	mu    sync.Mutex
	said  bytes.Buffer
	ended chan struct{}
}

// Write gathers what the process says.
func (s *service) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.said.Write(b)
}

func (s *service) log() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.said.String()
}

func start(t *testing.T, env []string, args ...string) *service {
	t.Helper()
	dir := t.TempDir()
	s := &service{Cmd: exec.Command(os.Args[0], args...), ended: make(chan struct{})}
	s.Env = append(os.Environ(), asWorker+"=1", "XUANPING_SECRET="+strings.Repeat("5a", 32), "TEMPORAL_ADDRESS="+unused(t),
		"XUANPING_MAILBOX="+filepath.Join(dir, "mailbox"), "XUANPING_EVIDENCE="+filepath.Join(dir, "evidence"))
	s.Env = append(s.Env, env...)
	s.Stdout, s.Stderr = s, s
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { s.Wait(); close(s.ended) }()
	t.Cleanup(func() { s.Process.Kill(); <-s.ended })
	return s
}

// ends waits for the process and gives its exit code.
func (s *service) ends(t *testing.T, limit time.Duration) int {
	t.Helper()
	select {
	case <-s.ended:
		return s.ProcessState.ExitCode()
	case <-time.After(limit):
		t.Fatalf("still running after %v:\n%s", limit, s.log())
		return -1
	}
}

// unused is an address at which nobody answers while the test runs: it is taken, and not listened at.
func unused(t *testing.T) string {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(fd) })
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	at, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("127.0.0.1:%d", at.(*syscall.SockaddrInet4).Port)
}

// anyPort lets the system choose where the site listens; listens reads from the log where that is.
const anyPort = "XUANPING_LISTEN=127.0.0.1:0"

var listensAt = regexp.MustCompile(`msg="site listens" address=(\S+)`)

func listens(t *testing.T, s *service) (addr string) {
	t.Helper()
	eventually(t, s, "the site listens", time.Minute, func() bool { // an empty database gets its tables first
		m := listensAt.FindStringSubmatch(s.log())
		if m != nil {
			addr = m[1]
		}
		return m != nil
	})
	return addr
}

func eventually(t *testing.T, s *service, what string, limit time.Duration, is func() bool) {
	t.Helper()
	for end := time.Now().Add(limit); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s\n%s", limit, what, s.log())
		}
	}
}

func healthy(addr string) func() bool {
	return func() bool {
		resp, err := http.Get("http://" + addr + "/healthz")
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		b, _ := io.ReadAll(resp.Body)
		return resp.StatusCode == 200 && string(b) == "ok\n"
	}
}

// Without an engine the pages answer, the worker says that it tries again, and
// a service manager can stop it.
func TestWithoutEngine(t *testing.T) {
	s := start(t, []string{"DATABASE_URL=" + storetest.Bare(t), anyPort})
	addr := listens(t, s)
	eventually(t, s, "pages answer", 30*time.Second, healthy(addr)) // the engine never comes
	eventually(t, s, "the log says it tries again", 30*time.Second, func() bool { return strings.Contains(s.log(), "engine not reached, trying again") })
	if !healthy(addr)() {
		t.Error("the pages ended with the engine's absence")
	}
	stop(t, s)
}

func stop(t *testing.T, s *service) {
	t.Helper()
	began := time.Now()
	if err := s.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := s.ends(t, 30*time.Second); code != 0 {
		t.Errorf("exit %d after %v:\n%s", code, time.Since(began), s.log())
	}
	if strings.Contains(s.log(), "panic") || strings.Contains(s.log(), "5a5a5a") {
		t.Errorf("%s", s.log())
	}
}

// Each half runs alone: --work opens no port, --web does not look for the engine.
func TestHalves(t *testing.T) {
	url := storetest.Database(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0") // whoever wants it too ends with an error
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	work := start(t, []string{"DATABASE_URL=" + url, "XUANPING_LISTEN=" + taken.Addr().String()}, "--work")
	eventually(t, work, "it looks for the engine", 30*time.Second, func() bool { return strings.Contains(work.log(), "engine not reached") })
	if strings.Contains(work.log(), "listen") {
		t.Errorf("--work listens:\n%s", work.log())
	}
	stop(t, work)
	site := start(t, []string{"DATABASE_URL=" + url, anyPort}, "--web")
	eventually(t, site, "pages answer", 30*time.Second, healthy(listens(t, site)))
	stop(t, site)
	if strings.Contains(site.log(), "engine") {
		t.Errorf("--web looks for the engine:\n%s", site.log())
	}
}

// A request under way when the service is told to stop is still answered.
func TestRequestUnderWayIsAnswered(t *testing.T) {
	s := start(t, []string{"DATABASE_URL=" + storetest.Database(t), anyPort}, "--web")
	addr := listens(t, s)
	eventually(t, s, "pages answer", 30*time.Second, healthy(addr))
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	body := "id=nobody&password=nothing"
	fmt.Fprintf(c, "POST /login HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", addr, len(body), body[:5])
	time.Sleep(200 * time.Millisecond) // the handler waits for the rest now
	if err := s.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	eventually(t, s, "no new connection is taken", 30*time.Second, func() bool {
		n, err := net.Dial("tcp", addr)
		if err == nil {
			n.Close()
		}
		return err != nil
	})
	io.WriteString(c, body[5:])
	c.SetReadDeadline(time.Now().Add(30 * time.Second))
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatalf("cut off: %v\n%s", err, s.log())
	}
	resp.Body.Close()
	if resp.StatusCode >= 500 {
		t.Errorf("answered with %s", resp.Status)
	}
	if code := s.ends(t, 30*time.Second); code != 0 {
		t.Errorf("exit %d\n%s", code, s.log())
	}
}

// What keeps the service from starting is said in Chinese, with what to do.
func TestRefusesToStart(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, c := range []struct {
		name string
		env  []string
		args []string
		code int
		say  []string
	}{
		{"database down", []string{"DATABASE_URL=postgres://xp:pg-password@" + unused(t) + "/xuanping"}, nil, 1, []string{"数据库无法升级，请检查 DATABASE_URL 和数据库是否运行"}},
		{"database address", []string{"DATABASE_URL=mysql://x"}, nil, 1, []string{"DATABASE_URL"}},
		{"port in use", []string{"DATABASE_URL=" + storetest.Database(t), "XUANPING_LISTEN=" + taken.Addr().String()}, nil, 1, []string{taken.Addr().String() + " 无法监听", "端口可能被占用，请修改 XUANPING_LISTEN"}},
		{"nothing set", []string{"DATABASE_URL=", "XUANPING_SECRET="}, nil, 1, []string{"配置有 2 处错误", "DATABASE_URL 必须设置", "XUANPING_SECRET 必须设置"}},
		{"wrong option", nil, []string{"--wbe"}, 2, []string{"命令写法有误", "用法见 worker --help"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := start(t, c.env, c.args...)
			if code := s.ends(t, 30*time.Second); code != c.code {
				t.Errorf("exit %d", code)
			}
			for _, want := range c.say {
				if !strings.Contains(s.log(), want) {
					t.Errorf("no %q in\n%s", want, s.log())
				}
			}
			if strings.Contains(s.log(), "pg-password") || strings.Contains(s.log(), "goroutine") {
				t.Errorf("%s", s.log())
			}
		})
	}
}
