package storetest

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// FakeClamd speaks the INSTREAM command of ClamAV's daemon, well or badly.
type FakeClamd struct {
	Address string
	Mode    atomic.Value // string: "", slow, lies, half, early, silent, error, garbage, nul
	Scans   atomic.Int64
	listen  net.Listener
}

// StartClamd listens on a port of its own until the test ends.
func StartClamd(t testing.TB, network, address string) *FakeClamd {
	t.Helper()
	l, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	f := &FakeClamd{Address: l.Addr().String(), listen: l}
	f.Mode.Store("")
	t.Cleanup(f.Stop)
	go f.serve()
	return f
}

// Stop refuses connections from now on.
func (f *FakeClamd) Stop() { _ = f.listen.Close() }

func (f *FakeClamd) serve() {
	for {
		c, err := f.listen.Accept()
		if err != nil {
			return
		}
		go f.answer(c)
	}
}

func (f *FakeClamd) answer(c net.Conn) {
	defer c.Close()
	mode := f.Mode.Load().(string)
	r := bufio.NewReader(c)
	if word, err := r.ReadString(0); err != nil || word != "zINSTREAM\x00" {
		_, _ = io.WriteString(c, "UNKNOWN COMMAND\x00")
		return
	}
	if mode == "early" { // before the file was sent
		_, _ = io.WriteString(c, "stream: OK\x00")
		return
	}
	var file strings.Builder
	for {
		var n uint32
		if binary.Read(r, binary.BigEndian, &n) != nil {
			return
		}
		if n == 0 {
			break
		}
		if _, err := io.CopyN(&file, r, int64(n)); err != nil {
			return
		}
	}
	f.Scans.Add(1)
	say := "stream: OK\x00"
	if strings.Contains(file.String(), "EICAR-STANDARD-ANTIVIRUS-TEST-FILE") {
		say = "stream: Eicar-Test-Signature FOUND\x00"
	}
	switch mode {
	case "slow":
		time.Sleep(2 * time.Second)
	case "lies":
		say = "stream: OK\x00"
	case "half":
		say = "stream: O"
	case "cut":
		say = "stream: OK"
	case "silent":
		say = ""
	case "error":
		say = "INSTREAM size limit exceeded. ERROR\x00"
	case "garbage":
		say = "stream: OKAY\x00"
	case "nul":
		say = "stream: OK\x00stream: OK\x00"
	}
	_, _ = io.WriteString(c, say)
}
