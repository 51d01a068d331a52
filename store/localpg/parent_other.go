//go:build !linux

package localpg

import "syscall"

// bindToParent does nothing here: the next start ends a server left behind.
func bindToParent(*syscall.SysProcAttr) {}
