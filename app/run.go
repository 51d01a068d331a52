package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"
	"sync"
)

// Logger writes structured lines of ids; the level is debug, info, warn or error.
func Logger(w io.Writer, level string) *slog.Logger {
	var l slog.Level
	if err := l.UnmarshalText([]byte(strings.ToUpper(level))); err != nil {
		l = slog.LevelInfo
	}
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: l}))
}

// Run is the service: it brings the schema up to this build, then answers
// pages, works for the engine, or both, until ctx ends.
func Run(ctx context.Context, env func(string) (string, bool), site, work bool, log *slog.Logger) error {
	c, err := Load(env)
	if err != nil {
		return err
	}
	if _, err := Migrate(ctx, c); err != nil {
		return err
	}
	a, err := Open(ctx, c, log)
	if err != nil {
		return err
	}
	defer a.Close()
	return a.Run(ctx, site, work, nil)
}

// Run answers pages, works for the engine, or both, until ctx ends or one of
// them fails. ready is called with the site's listener address when it listens.
func (a *App) Run(ctx context.Context, site, work bool, ready func(addr string)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var all sync.WaitGroup
	errs := make([]error, 2)
	start := func(i int, do func(context.Context) error) {
		all.Go(func() {
			defer cancel()
			errs[i] = do(ctx)
		})
	}
	if site {
		l, err := net.Listen("tcp", a.Config.Listen)
		if err != nil {
			return fmt.Errorf("网站地址 %s 无法监听（端口可能被占用，请修改 XUANPING_LISTEN）：%w", a.Config.Listen, err)
		}
		a.Log.Info("site listens", "address", l.Addr().String())
		if ready != nil {
			ready(l.Addr().String())
		}
		start(0, func(ctx context.Context) error { return a.Serve(ctx, l) })
	}
	if work {
		start(1, a.Work)
	}
	all.Wait()
	return errors.Join(errs...)
}

// Terminal tells whether a person watches the file.
func Terminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// Plain is where progress goes: as it is to a terminal, elsewhere one line a
// day instead of a bar that is drawn over and over.
func Plain(f *os.File) io.Writer {
	if Terminal(f) {
		return f
	}
	return &plain{out: f}
}

type plain struct {
	out  io.Writer
	last string
}

func (p *plain) Write(b []byte) (int, error) {
	for part := range strings.SplitSeq(string(b), "\r") {
		text, _, _ := strings.Cut(strings.TrimSpace(part), "  ")
		if day, _, ok := strings.Cut(text, " "); ok && day != p.last && len(day) == len("2006-01-02") {
			p.last = day
			fmt.Fprintln(p.out, text)
		}
	}
	return len(b), nil
}
