package localpg

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// MkdirTemp makes a folder that the unprivileged owner of the server can reach, which the 0700
// folders of the testing package are not when tests run as root.
func MkdirTemp() (string, error) {
	dir, err := os.MkdirTemp("", "xuanping-pg-")
	if err != nil {
		return "", fmt.Errorf("创建临时目录:%w", err)
	}
	return dir, os.Chmod(dir, 0o755)
}

// prepareDir makes the folder, gives it to the owner and checks that the owner can reach it.
func prepareDir(dir string, owner *owner) (string, error) {
	if dir == "" {
		return "", errors.New("没有指定 PostgreSQL 的数据目录")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("数据目录 %s:%w", dir, err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("创建数据目录:%w", err)
	}
	if err := owner.own(dir); err != nil {
		return "", err
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return "", fmt.Errorf("设置数据目录权限:%w", err)
	}
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return "", fmt.Errorf("数据目录 %s:%w", dir, err)
	}
	return real, owner.reaches(real)
}

// lockDir keeps a second program out of the folder. The lock falls with this process, however it
// ends, so whoever holds it may end a server left behind.
func lockDir(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("打开锁文件:%w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, fmt.Errorf("数据目录 %s 正被另一个程序使用:请先停止那个程序,或换一个数据目录", dir)
	}
	return f, nil
}

// password reads the stored password, or makes one at first use.
func password(dir string, owner *owner) (string, error) {
	path := filepath.Join(dir, "password")
	b, err := os.ReadFile(path)
	if err == nil && len(bytes.TrimSpace(b)) > 0 {
		return string(bytes.TrimSpace(b)), nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("读取数据库密码:%w", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "data")); err == nil {
		return "", fmt.Errorf("数据目录 %s 里的 password 文件不见了:请从备份恢复该文件", dir)
	}
	word := rand.Text()
	if err := os.WriteFile(path, []byte(word+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("保存数据库密码:%w", err)
	}
	return word, owner.own(path) // initdb reads it as the owner
}

// initialise runs initdb beside the final name and renames, so that a crash leaves no half cluster.
func initialise(ctx context.Context, bin, dir string, owner *owner, throwaway bool) error {
	data, fresh := filepath.Join(dir, "data"), filepath.Join(dir, "data.new")
	if _, err := os.Stat(filepath.Join(data, "PG_VERSION")); err == nil {
		return nil
	}
	if err := os.RemoveAll(fresh); err != nil {
		return fmt.Errorf("清理未完成的初始化:%w", err)
	}
	args := []string{"-D", fresh, "-U", Superuser, "-A", "scram-sha-256", "--pwfile", filepath.Join(dir, "password"), "-E", "UTF8", "--locale=C"}
	if throwaway {
		args = append(args, "--no-sync")
	}
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), args...)
	cmd.Dir, cmd.Env, cmd.SysProcAttr = dir, environment(), owner.process()
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("初始化 PostgreSQL 数据目录:%w\n%s", err, bytes.TrimSpace(out))
	}
	if err := os.Rename(fresh, data); err != nil {
		return fmt.Errorf("初始化 PostgreSQL 数据目录:%w", err)
	}
	return nil
}

// stopOrphan ends a postmaster whose program was killed: we hold the folder's lock, so it has no owner.
func stopOrphan(ctx context.Context, data string) error {
	pid := postmaster(data)
	if pid == 0 {
		return nil
	}
	_ = syscall.Kill(pid, syscall.SIGINT)
	for end := time.Now().Add(patience); postmaster(data) == pid; {
		if time.Now().After(end) {
			return fmt.Errorf("上次遗留的 PostgreSQL(进程 %d)没有停下:请结束该进程后重试", pid)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	return nil
}

// postmaster is the pid of a live server of this folder, 0 without one. A stale pid file may name
// a process of somebody else, so the command line is compared where the system shows it.
func postmaster(data string) int {
	b, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(strings.SplitN(string(b), "\n", 2)[0]))
	if err != nil || pid <= 1 || errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return 0
	}
	line, err := commandLine(pid)
	if err != nil || !strings.Contains(line, data) {
		return 0
	}
	return pid
}

func commandLine(pid int) (string, error) {
	if b, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)); err == nil {
		return string(bytes.ReplaceAll(b, []byte{0}, []byte{' '})), nil
	}
	out, err := exec.Command("ps", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	return string(out), err
}
