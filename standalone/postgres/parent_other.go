//go:build !linux

package postgres

import "syscall"

// bindToParent does nothing here: the next start ends a server left behind.
func bindToParent(*syscall.SysProcAttr) {}
