package localpg

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
)

// owner is the user the server runs as: PostgreSQL refuses root.
type owner struct {
	name     string
	uid, gid uint32
	groups   []uint32
	switched bool // the program itself is root
}

// chooseOwner is the current user, or for root the postgres user, else nobody.
func chooseOwner() (*owner, error) {
	if os.Geteuid() != 0 {
		return &owner{name: "uid " + strconv.Itoa(os.Geteuid()), uid: uint32(os.Geteuid()), gid: uint32(os.Getegid())}, nil
	}
	for _, name := range []string{"postgres", "_postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if errors.Join(err1, err2) == nil && uid != 0 {
			return &owner{name: name, uid: uint32(uid), gid: uint32(gid), switched: true}, nil
		}
	}
	return nil, errors.New("PostgreSQL 不能以 root 运行,本机又没有 postgres 用户:请安装 postgresql,或改用普通用户启动")
}

func (o *owner) process() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{}
	if o.switched {
		attr.Credential = &syscall.Credential{Uid: o.uid, Gid: o.gid, Groups: o.groups}
	}
	bindToParent(attr)
	return attr
}

func (o *owner) own(path string) error {
	if !o.switched {
		return nil
	}
	if err := os.Chown(path, int(o.uid), int(o.gid)); err != nil {
		return fmt.Errorf("把 %s 交给用户 %s:%w", path, o.name, err)
	}
	return nil
}

// reaches checks every folder above dir, because the server would only say "permission denied".
func (o *owner) reaches(dir string) error {
	if !o.switched {
		return nil
	}
	for up := filepath.Dir(dir); ; up = filepath.Dir(up) {
		info, err := os.Stat(up)
		if err != nil {
			return fmt.Errorf("数据目录的上级 %s:%w", up, err)
		}
		if !o.enters(info) {
			return fmt.Errorf("用户 %s 进不了目录 %s,PostgreSQL 无法使用 %s:请执行 chmod o+x %s,或换一个数据目录", o.name, up, dir, up)
		}
		if up == filepath.Dir(up) {
			return nil
		}
	}
}

func (o *owner) enters(info os.FileInfo) bool {
	mode := info.Mode().Perm()
	st, ok := info.Sys().(*syscall.Stat_t)
	switch {
	case !ok:
		return true
	case st.Uid == o.uid:
		return mode&0o100 != 0
	case st.Gid == o.gid || slices.Contains(o.groups, st.Gid):
		return mode&0o010 != 0
	}
	return mode&0o001 != 0
}
