package mailtest

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"io"
	"math/big"
	"net"
	netmail "net/mail"
	"net/textproto"
	"strings"
	"sync"
	"time"
)

// SMTP is a small fake SMTP server with STARTTLS and AUTH PLAIN, keeping what
// it accepted. It is strict about the order of commands.
type SMTP struct {
	box
	Host           string
	Port           int
	User, Password string // asked for when User is set
	Trust          *tls.Config
	tls            *tls.Config
	implicit       bool
	ln             net.Listener
	wg             sync.WaitGroup
	faults         []string // protocol errors of clients
	conns          map[net.Conn]bool
}

// NewSMTP starts the fake on loopback; implicit speaks TLS from the first
// byte. Close ends it.
func NewSMTP(user, password string, implicit bool) (*SMTP, error) {
	f := &SMTP{Host: "127.0.0.1", User: user, Password: password, implicit: implicit, conns: map[net.Conn]bool{}}
	f.quit = make(chan struct{})
	if err := f.certificate(); err != nil {
		return nil, err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	f.ln, f.Port = ln, ln.Addr().(*net.TCPAddr).Port
	f.wg.Go(f.serve)
	return f, nil
}

// Close stops the server and all its connections.
func (f *SMTP) Close() {
	close(f.quit)
	f.ln.Close()
	f.mu.Lock()
	for c := range f.conns {
		c.Close()
	}
	f.mu.Unlock()
	f.wg.Wait()
}

// Faults lists what clients did against the protocol.
func (f *SMTP) Faults() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.faults...)
}

func (f *SMTP) certificate() error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mailtest"}, IPAddresses: []net.IP{net.ParseIP("127.0.0.1")},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		return err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	f.tls = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	f.Trust = &tls.Config{RootCAs: roots}
	return nil
}

func (f *SMTP) serve() {
	for {
		c, err := f.ln.Accept()
		if err != nil {
			return
		}
		f.mu.Lock()
		f.conns[c] = true
		f.mu.Unlock()
		f.wg.Go(func() {
			defer func() {
				c.Close()
				f.mu.Lock()
				delete(f.conns, c)
				f.mu.Unlock()
			}()
			s := &session{f: f, raw: c}
			if f.implicit {
				s.secure(tls.Server(c, f.tls))
			} else {
				s.use(c)
			}
			s.talk()
		})
	}
}

// session is one connection.
type session struct {
	f            *SMTP
	raw          net.Conn
	conn         net.Conn
	in           *bufio.Reader
	tls, auth    bool
	hello        bool
	from         string
	rcpt         []string
	disconnected bool
}

func (s *session) use(c net.Conn)    { s.conn, s.in = c, bufio.NewReader(c) }
func (s *session) secure(c net.Conn) { s.use(c); s.tls, s.hello = true, false }
func (s *session) say(format string, a ...any) {
	fmt.Fprintf(s.conn, format+"\r\n", a...)
}

// fault records a client's protocol error and refuses the command.
func (s *session) fault(what string) {
	s.f.mu.Lock()
	s.f.faults = append(s.f.faults, what)
	s.f.mu.Unlock()
	s.say("503 5.5.1 %s", what)
}

func (s *session) talk() {
	s.say("220 mailtest ESMTP")
	for !s.disconnected {
		line, err := s.in.ReadString('\n')
		if err != nil {
			return
		}
		verb, arg, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
		switch verb = strings.ToUpper(verb); verb {
		case "EHLO", "HELO":
			s.greet()
		case "STARTTLS":
			s.startTLS()
		case "AUTH":
			s.login(arg)
		case "MAIL":
			s.mailFrom(arg)
		case "RCPT":
			s.rcptTo(arg)
		case "DATA":
			s.data()
		case "RSET":
			s.from, s.rcpt = "", nil
			s.say("250 2.0.0 reset")
		case "NOOP":
			s.say("250 2.0.0 ok")
		case "QUIT":
			s.say("221 2.0.0 bye")
			return
		default:
			s.say("502 5.5.2 %s not known", verb)
		}
	}
}

func (s *session) greet() {
	s.hello = true
	ext := []string{"mailtest", "8BITMIME", "ENHANCEDSTATUSCODES"}
	if !s.tls {
		ext = append(ext, "STARTTLS")
	}
	if s.f.User != "" && s.tls {
		ext = append(ext, "AUTH PLAIN")
	}
	for i, e := range ext {
		s.say("250%s%s", map[bool]string{true: " ", false: "-"}[i == len(ext)-1], e)
	}
}

func (s *session) startTLS() {
	if s.tls {
		s.fault("STARTTLS twice")
		return
	}
	s.say("220 2.0.0 go ahead")
	s.secure(tls.Server(s.conn, s.f.tls))
}

func (s *session) login(arg string) {
	if !s.tls {
		s.fault("AUTH without TLS")
		return
	}
	got, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(arg, "PLAIN "))
	if err != nil || string(got) != "\x00"+s.f.User+"\x00"+s.f.Password {
		s.say("535 5.7.8 authentication failed")
		return
	}
	s.auth = true
	s.say("235 2.7.0 welcome")
}

func (s *session) mailFrom(arg string) {
	switch {
	case !s.hello:
		s.fault("MAIL before EHLO")
	case s.f.User != "" && !s.auth:
		s.say("530 5.7.0 authentication required")
	default:
		addr, err := path(arg, "FROM:")
		if err != nil {
			s.fault("bad MAIL")
			return
		}
		s.from, s.rcpt = addr, nil
		s.say("250 2.1.0 ok")
	}
}

func (s *session) rcptTo(arg string) {
	addr, err := path(arg, "TO:")
	switch {
	case s.from == "" || err != nil:
		s.fault("bad RCPT")
	case s.f.now() == Busy:
		s.say("450 4.2.1 <%s> busy, try again", addr)
	case s.f.now() == Refuse:
		s.say("550 5.1.1 <%s> user unknown", addr)
	default:
		s.rcpt = append(s.rcpt, addr)
		s.say("250 2.1.5 ok")
	}
}

// path reads "FROM:<a@b> SIZE=1".
func path(arg, prefix string) (string, error) {
	arg, _, _ = strings.Cut(arg, " ")
	if !strings.HasPrefix(strings.ToUpper(arg), prefix) {
		return "", fmt.Errorf("want %s", prefix)
	}
	a, err := netmail.ParseAddress(arg[len(prefix):])
	if err != nil {
		return "", err
	}
	return a.Address, nil
}

func (s *session) data() {
	if len(s.rcpt) == 0 {
		s.fault("DATA without RCPT")
		return
	}
	s.say("354 go on")
	raw, err := io.ReadAll(textproto.NewReader(s.in).DotReader())
	if err != nil {
		return
	}
	d, err := Parse(raw)
	if err != nil {
		s.fault("unreadable message: " + err.Error())
		return
	}
	if want := append([]string{d.To}, d.Cc...); strings.Join(want, " ") != strings.Join(s.rcpt, " ") {
		s.fault("envelope and headers differ")
		return
	}
	switch s.f.now() {
	case Broken:
		s.say("451 4.3.0 local error")
	case Hang:
		<-s.f.quit
		s.disconnected = true
	case LostAnswer:
		s.f.accept(d)
		s.disconnected = true
	case LateDrop:
		s.f.accept(d)
		s.say("250 2.0.0 queued")
		s.disconnected = true
	default:
		s.f.accept(d)
		s.say("250 2.0.0 queued")
	}
	s.from, s.rcpt = "", nil
}
