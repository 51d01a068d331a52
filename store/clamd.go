package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// Scanner looks for harmful content. An error is no verdict: the file waits.
type Scanner interface {
	Scan(ctx context.Context, file io.Reader) (signature string, err error) // "" is clean
	Trusted(ctx context.Context) error                                      // whether its word counts now
}

// NoScanner is for a house without one: nothing is scanned, and nothing waits.
type NoScanner struct{}

// Scan finds nothing in anything.
func (NoScanner) Scan(context.Context, io.Reader) (string, error) { return "", nil }

// Trusted has nothing to doubt.
func (NoScanner) Trusted(context.Context) error { return nil }

// Clamd asks a ClamAV daemon over its INSTREAM command.
type Clamd struct {
	Network, Address string // tcp 127.0.0.1:3310, or unix /run/clamav/clamd.ctl
	Patience         time.Duration
}

// ParseClamd reads an address: a host and port, or the path of a socket.
func ParseClamd(s string) (*Clamd, error) {
	rest := strings.TrimPrefix(strings.TrimPrefix(s, "unix:"), "//")
	if strings.HasPrefix(rest, "/") && !strings.HasPrefix(s, "tcp:") {
		return &Clamd{"unix", rest, clamdPatience}, nil
	}
	rest = strings.TrimPrefix(s, "tcp://")
	_, port, err := net.SplitHostPort(rest)
	if n, e := strconv.Atoi(port); err != nil || e != nil || n < 1 || n > 65535 {
		return nil, fmt.Errorf("应为 主机:端口（如 127.0.0.1:3310）或套接字路径（如 /run/clamav/clamd.ctl）")
	}
	return &Clamd{"tcp", rest, clamdPatience}, nil
}

const (
	clamdPatience = 60 * time.Second
	clamdChunk    = 32 << 10
	clamdReply    = 1 << 10
)

// Scan streams a file to the daemon. Only the exact answer "OK", whole and
// after the last byte, is clean; whatever else comes is found or no answer.
func (c *Clamd) Scan(ctx context.Context, file io.Reader) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, c.Patience)
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(ctx, c.Network, c.Address)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	until, _ := ctx.Deadline()
	if err := conn.SetDeadline(until); err != nil {
		return "", err
	}
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })() // whoever waits is let go when ctx ends
	if _, err := io.WriteString(conn, "zINSTREAM\x00"); err != nil {
		return "", err
	}
	sent := c.stream(conn, file)
	answer, err := io.ReadAll(io.LimitReader(conn, clamdReply))
	if err != nil {
		return "", errors.Join(sent, err)
	}
	text, whole := strings.CutSuffix(string(answer), "\x00")
	found, isFound := strings.CutSuffix(strings.TrimPrefix(text, "stream: "), " FOUND")
	switch {
	case !whole || strings.ContainsRune(text, 0):
		return "", fmt.Errorf("查毒程序的答复不完整")
	case isFound && strings.HasPrefix(text, "stream: ") && found != "":
		return found, nil // also before the last byte: it has seen enough
	case sent != nil:
		return "", sent
	case text == "stream: OK":
		return "", nil
	}
	return "", fmt.Errorf("查毒程序没有给出结论")
}

func (c *Clamd) stream(w io.Writer, file io.Reader) error {
	buf := make([]byte, 4+clamdChunk)
	for {
		n, err := io.ReadFull(file, buf[4:])
		if n > 0 {
			binary.BigEndian.PutUint32(buf, uint32(n))
			if _, e := w.Write(buf[:4+n]); e != nil {
				return e
			}
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			_, err = w.Write([]byte{0, 0, 0, 0})
			return err
		}
		if err != nil {
			return err
		}
	}
}

// Eicar is the file that every scanner knows as a test. In two pieces, so that
// no scanner takes this program for it.
const Eicar = `X5O!P%@AP[4\PZX54(P^)7CC)7}$` + `EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`

// Trusted asks for the test file: a daemon that calls it clean, because its
// signatures did not load or it is none, is not believed about anything.
func (c *Clamd) Trusted(ctx context.Context) error {
	found, err := c.Scan(ctx, strings.NewReader(Eicar))
	if err == nil && found == "" {
		err = fmt.Errorf("查毒程序没有认出测试样本，病毒库可能没有加载")
	}
	return err
}
