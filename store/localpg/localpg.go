// Package localpg keeps a private PostgreSQL in a data folder, for the one-command edition and for tests.
// It may create the folder, start and stop the server in it, and create databases there.
// It never listens beyond the loopback, never touches another server, and knows no table.
package localpg

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Superuser is the only role of the private server.
const Superuser = "xuanping"

// patience bounds the wait for what a killed server leaves behind: its children keep the shared
// memory for one to two seconds after it died.
const patience = 10 * time.Second

// Options says where the server lives and how careful it is.
type Options struct {
	Dir       string    // data folder; created when absent
	Bin       string    // folder of initdb and postgres; "" looks in PATH and the usual places
	Port      int       // 0 picks a free port of the loopback
	Throwaway bool      // no fsync: for tests only, a power cut loses the data
	Log       io.Writer // the server's fatal messages; nil drops them
}

// Server is a running private PostgreSQL.
type Server struct {
	port     int
	password string
	lock     *os.File

	cmd     *exec.Cmd
	done    chan struct{} // closed when the postmaster is gone
	log     *tail
	stopped sync.Once
}

// Start opens the data folder, creating it when absent, and returns once the server answers.
func Start(ctx context.Context, o Options) (_ *Server, err error) {
	owner, err := chooseOwner()
	if err != nil {
		return nil, err
	}
	dir, err := prepareDir(o.Dir, owner)
	if err != nil {
		return nil, err
	}
	s := &Server{port: o.Port}
	if s.lock, err = lockDir(dir); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			s.lock.Close()
		}
	}()
	bin, err := findBinaries(o.Bin, filepath.Join(dir, "data"))
	if err != nil {
		return nil, err
	}
	if s.password, err = password(dir, owner); err != nil {
		return nil, err
	}
	if err := initialise(ctx, bin, dir, owner, o.Throwaway); err != nil {
		return nil, err
	}
	if err := stopOrphan(ctx, filepath.Join(dir, "data")); err != nil {
		return nil, err
	}
	if err := s.launch(ctx, bin, dir, owner, o); err != nil {
		return nil, err
	}
	return s, nil
}

// launch starts the postmaster and retries for a while when it leaves at once: after a kill -9 the
// old server's children still hold its shared memory, and a port that was free may be taken meanwhile.
func (s *Server) launch(ctx context.Context, bin, dir string, owner *owner, o Options) error {
	deadline := time.Now().Add(patience)
	for {
		if o.Port == 0 {
			var err error
			if s.port, err = freePort(); err != nil {
				return err
			}
		}
		if err := s.spawn(bin, dir, owner, o); err != nil {
			return err
		}
		err := s.ready(ctx)
		if err == nil {
			return nil
		}
		s.kill()
		if ctx.Err() != nil || !errors.Is(err, errLeft) || time.Now().After(deadline) {
			return fmt.Errorf("PostgreSQL 没有启动:%w\n%s", err, s.log)
		}
		select {
		case <-ctx.Done():
		case <-time.After(300 * time.Millisecond):
		}
	}
}

func (s *Server) spawn(bin, dir string, owner *owner, o Options) error {
	s.log = &tail{to: o.Log}
	s.done = make(chan struct{})
	s.cmd = exec.Command(filepath.Join(bin, "postgres"), s.settings(dir, o.Throwaway)...)
	s.cmd.Dir = dir
	s.cmd.Env = environment()
	s.cmd.Stderr = s.log
	s.cmd.WaitDelay = patience
	s.cmd.SysProcAttr = owner.process()
	s.cmd.SysProcAttr.Setpgid = true // Ctrl-C goes to the program, which stops the database last
	if err := startBound(s.cmd, s.done); err != nil {
		return fmt.Errorf("启动 %s:%w", s.cmd.Path, err)
	}
	return nil
}

func (s *Server) settings(dir string, throwaway bool) []string {
	args := []string{"-D", filepath.Join(dir, "data"), "-p", strconv.Itoa(s.port)}
	for _, kv := range []string{
		"listen_addresses=127.0.0.1", "unix_socket_directories=", "shared_buffers=128MB", "max_connections=200",
		"synchronous_commit=on", "timezone=UTC", "lc_messages=C", "log_min_messages=fatal",
		"logging_collector=off", "max_wal_size=1GB", "checkpoint_timeout=10min", "wal_compression=on", "jit=off",
	} {
		args = append(args, "-c", kv)
	}
	if throwaway {
		args = append(args, "-c", "fsync=off", "-c", "full_page_writes=off")
	}
	return args
}

// errLeft marks a postmaster that ended before it answered.
var errLeft = errors.New("服务进程启动后随即退出")

func (s *Server) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute) // crash recovery may take its time
	defer cancel()
	for {
		try, stop := context.WithTimeout(ctx, 5*time.Second)
		conn, err := pgx.Connect(try, s.DSN("postgres"))
		stop()
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-s.done:
			return errLeft
		case <-ctx.Done():
			return fmt.Errorf("一分钟内没有应答:%w", err)
		case <-time.After(30 * time.Millisecond):
		}
	}
}

// DSN is the address of one database of the server, with the password in it: not for logs.
func (s *Server) DSN(db string) string {
	u := url.URL{Scheme: "postgres", User: url.UserPassword(Superuser, s.password), Host: s.Address(), Path: "/" + db, RawQuery: "sslmode=disable"}
	return u.String()
}

// Program is the path of a program of the server's own version, such as pg_dump.
func (s *Server) Program(name string) string {
	path := s.cmd.Path
	if real, err := filepath.EvalSymlinks(path); err == nil { // a folder of the PATH may link to the server alone
		path = real
	}
	return filepath.Join(filepath.Dir(path), name)
}

// Address is host:port of the server.
func (s *Server) Address() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)) }

// Password of the superuser.
func (s *Server) Password() string { return s.password }

// PID of the postmaster.
func (s *Server) PID() int { return s.cmd.Process.Pid }

// Done is closed when the postmaster is gone, whoever ended it.
func (s *Server) Done() <-chan struct{} { return s.done }

// CreateDatabase creates a database unless it is there.
func (s *Server) CreateDatabase(ctx context.Context, name string) error {
	conn, err := pgx.Connect(ctx, s.DSN("postgres"))
	if err != nil {
		return fmt.Errorf("连接 PostgreSQL:%w", err)
	}
	defer conn.Close(ctx)
	var there bool
	if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, name).Scan(&there); err != nil {
		return fmt.Errorf("查看数据库 %s:%w", name, err)
	}
	if there {
		return nil
	}
	_, err = conn.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize())
	var pg *pgconn.PgError
	if errors.As(err, &pg) && (pg.Code == "42P04" || pg.Code == "23505") { // somebody else was quicker
		return nil
	}
	if err != nil {
		return fmt.Errorf("创建数据库 %s:%w", name, err)
	}
	return nil
}

// Stop ends the server the fast way: sessions are cut, the data is flushed. When ctx ends first the
// server is ended at once and recovers at its next start.
func (s *Server) Stop(ctx context.Context) error {
	var err error
	s.stopped.Do(func() {
		defer s.lock.Close()
		_ = s.cmd.Process.Signal(syscall.SIGINT)
		select {
		case <-s.done:
		case <-ctx.Done():
			s.kill()
			err = fmt.Errorf("PostgreSQL 没有及时停下,已强制结束,下次启动时自行恢复:%w", ctx.Err())
		}
	})
	return err
}

// kill ends the postmaster with its children; SIGQUIT lets it take them along.
func (s *Server) kill() {
	_ = s.cmd.Process.Signal(syscall.SIGQUIT)
	select {
	case <-s.done:
	case <-time.After(5 * time.Second):
		_ = s.cmd.Process.Kill()
		<-s.done
	}
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("寻找空闲端口:%w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
