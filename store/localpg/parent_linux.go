package localpg

import "syscall"

// bindToParent asks the kernel to end the server, the fast way, when this program dies, even by kill -9.
func bindToParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGINT }
