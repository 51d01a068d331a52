package localpg

import (
	"bytes"
	"io"
	"os/exec"
	"runtime"
	"strings"
	"sync"
)

// startBound starts cmd on a thread that lives as long as the child: the kernel sends the parent-death
// signal when the creating thread ends, not only the process.
func startBound(cmd *exec.Cmd, done chan<- struct{}) error {
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // the reason is in the log's tail
			close(done)
		}
	}()
	return <-started
}

// tail passes the server's log on and keeps its end for error messages.
type tail struct {
	mu   sync.Mutex
	to   io.Writer
	last []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = append(t.last, p...)
	if over := len(t.last) - 2000; over > 0 {
		t.last = t.last[over:]
	}
	for line := range bytes.Lines(p) {
		if t.to != nil && !expected(line) {
			_, _ = t.to.Write(line) // a broken log must not stop the server
		}
	}
	return len(p), nil
}

// expected marks what every start and stop says: we knock early, and cut the sessions at the end.
func expected(line []byte) bool {
	return bytes.Contains(line, []byte("the database system is")) || bytes.Contains(line, []byte("terminating connection due to administrator command"))
}

// String is the end of the log.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.last))
}
