package storetest

import (
	"crypto/md5"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"xuanping/store"
)

// ClamdLimit is the largest file, in bytes, that the daemon of RealClamd takes.
const ClamdLimit = 1 << 20

// RealClamd runs ClamAV's own daemon with a database of one signature, the test file's, and gives
// the addresses at which it listens: a port and a socket.
func RealClamd(t testing.TB) []string {
	t.Helper()
	program, err := exec.LookPath("clamd")
	if err != nil {
		program = "/usr/sbin/clamd" // not on everybody's path
	}
	said := ""
	for range 5 { // a port that was found free may be taken before the daemon has it
		var addresses []string
		if addresses, said = runClamd(t, program); addresses != nil {
			return addresses
		}
	}
	t.Fatalf("clamd has no port: %s", said)
	return nil
}

// runClamd starts the daemon once and gives its addresses, or what it said when it got no port.
func runClamd(t testing.TB, program string) (addresses []string, said string) {
	t.Helper()
	dir := t.TempDir()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address, socket := l.Addr().String(), filepath.Join(dir, "clamd.sock")
	l.Close()
	_, port, _ := net.SplitHostPort(address)
	signature := fmt.Sprintf("%x:%d:Eicar-Test-Signature\n", md5.Sum([]byte(store.Eicar)), len(store.Eicar))
	conf := fmt.Sprintf("Foreground yes\nDatabaseDirectory %s\nLocalSocket %s\nTCPAddr 127.0.0.1\nTCPSocket %s\nStreamMaxLength %d\n", dir, socket, port, ClamdLimit)
	for name, text := range map[string]string{"test.hdb": signature, "clamd.conf": conf} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), program, "--config-file="+filepath.Join(dir, "clamd.conf"))
	out, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatalf("缺少查毒程序 clamd（%v）：请运行 make deps 安装 clamav-daemon，再运行本测试", err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	t.Cleanup(func() { _ = cmd.Process.Kill(); <-ended; out.Close() })
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		if c, err := net.Dial("unix", socket); err == nil {
			c.Close()
			if text, _ := os.ReadFile(out.Name()); strings.Contains(string(text), "Cannot bind") { // it goes on at the socket alone
				return nil, string(text)
			}
			return []string{address, socket}, ""
		}
		text, _ := os.ReadFile(out.Name())
		select {
		case <-ended:
			return nil, string(text)
		default:
		}
		if time.Now().After(end) {
			t.Fatalf("clamd does not answer: %s", text)
		}
	}
}
