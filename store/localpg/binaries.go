package localpg

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var patterns = []string{
	"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin",
	"/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin", "/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",
	"/Applications/Postgres.app/Contents/Versions/*/bin",
}

// findBinaries is the folder of initdb and postgres: the one given, PATH, then the usual places,
// newest first. An existing data folder opens only with the major version that made it.
func findBinaries(given, data string) (string, error) {
	if given != "" {
		if !complete(given) {
			return "", fmt.Errorf("目录 %s 里没有 initdb 和 postgres:请改正 PostgreSQL 程序目录的设置", given)
		}
		return given, nil
	}
	dirs := candidates()
	want, err := os.ReadFile(filepath.Join(data, "PG_VERSION"))
	if err != nil {
		if len(dirs) == 0 {
			return "", fmt.Errorf("本机没有找到 PostgreSQL 程序(initdb、postgres):请安装(Debian/Ubuntu:apt-get install postgresql;macOS:brew install postgresql),或指明 PostgreSQL 程序所在的目录")
		}
		return dirs[0], nil
	}
	made := strings.TrimSpace(string(want))
	for _, dir := range dirs {
		if major(dir) == made {
			return dir, nil
		}
	}
	return "", fmt.Errorf("数据目录由 PostgreSQL %s 建立,本机没有这一版本:请安装 postgresql-%s,或指明 PostgreSQL 程序所在的目录", made, made)
}

func candidates() []string {
	var dirs []string
	if path, err := exec.LookPath("postgres"); err == nil {
		dirs = append(dirs, filepath.Dir(path))
	}
	var usual []string
	for _, p := range patterns {
		found, _ := filepath.Glob(p) // the only error is a bad pattern
		usual = append(usual, found...)
	}
	slices.SortStableFunc(usual, func(a, b string) int { return number(b) - number(a) })
	return slices.DeleteFunc(append(dirs, usual...), func(d string) bool { return !complete(d) })
}

func complete(dir string) bool {
	for _, name := range []string{"initdb", "postgres"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.IsDir() {
			return false
		}
	}
	return true
}

var digits = regexp.MustCompile(`\d+`)

// number is the version in a folder's name: /usr/lib/postgresql/15/bin -> 15.
func number(dir string) int {
	n, _ := strconv.Atoi(digits.FindString(dir)) // no digits sort last
	return n
}

func major(dir string) string {
	out, err := exec.Command(filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return ""
	}
	return digits.FindString(string(out))
}

// environment is what the server's programs need; nothing of the caller's (PGDATA, PGPORT) leaks in.
func environment() []string {
	return []string{"LC_ALL=C", "TZ=UTC", "PATH=/usr/local/bin:/usr/bin:/bin", "HOME=" + os.TempDir()}
}
