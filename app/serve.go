package app

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"time"

	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"

	"xuanping/contract"
	"xuanping/store"
	"xuanping/workflows"
)

// Serve answers pages on the listener until ctx ends; requests under way get
// ten seconds to finish.
func (a *App) Serve(ctx context.Context, l net.Listener) error {
	s := &http.Server{
		Handler: a.Site(), ReadHeaderTimeout: 5 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
		ErrorLog: serverLog(a.Log),
	}
	failed := make(chan error, 1)
	go func() { failed <- s.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("网站意外停止，请查看日志后重新启动：%w", err)
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := s.Shutdown(end); err != nil {
		a.Log.Warn("requests cut off", "error", err)
	}
	return nil
}

// serverLog takes what net/http complains of, such as a handler that broke; it
// must reach a log that keeps warnings.
func serverLog(l *slog.Logger) *log.Logger { return slog.NewLogLogger(l.Handler(), slog.LevelWarn) }

// Work runs the workflows, the steps and the relay of the outbox until ctx
// ends. The relay runs whether or not the engine answers; the engine's worker
// is tried again until it does.
func (a *App) Work(ctx context.Context) error {
	a.settleBook(ctx)
	relayed := make(chan struct{})
	go func() { defer close(relayed); a.Room.Run(ctx) }()
	go a.signHeads(ctx)
	go a.noteEnded(ctx)
	go a.Room.Sweep(ctx)
	go a.sealReadings(ctx)
	defer func() { <-relayed }()
	for {
		err := a.pollEngine(ctx)
		if ctx.Err() != nil {
			return nil
		}
		a.Log.Warn("engine not reached, trying again", "error", err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(3 * time.Second):
		}
	}
}

// settleBook looks, before any letter goes out, whether the score book stands
// where it stood; it asks until it has an answer.
func (a *App) settleBook(ctx context.Context) {
	for ctx.Err() == nil {
		moved, err := a.Store.Settle(ctx, time.Now())
		if moved {
			a.Log.Warn("score book found in another place, as after a restore: letters are held until starter mails release")
		}
		if err == nil {
			return
		}
		a.Log.Warn("score book not reached, trying again", "error", err)
		select {
		case <-ctx.Done():
		case <-time.After(3 * time.Second):
		}
	}
}

func (a *App) pollEngine(ctx context.Context) error {
	if err := a.AddSearchAttributes(ctx); err != nil {
		return err
	}
	fatal := make(chan error, 1)
	w := worker.New(a.Engine, contract.TaskQueue, worker.Options{
		MaxConcurrentActivityExecutionSize: 24, MaxConcurrentWorkflowTaskExecutionSize: 24,
		WorkerStopTimeout: 5 * time.Second, OnFatalError: func(err error) { fatal <- err },
	})
	workflows.Register(w)
	a.Room.Register(w)
	if err := w.Start(); err != nil {
		return err
	}
	defer w.Stop()
	a.Log.Info("worker started", "queue", contract.TaskQueue, "namespace", a.Namespace)
	select {
	case <-ctx.Done():
		return nil
	case err := <-fatal:
		return err
	}
}

// AddSearchAttributes makes the engine know by what staff look workflows up.
func (a *App) AddSearchAttributes(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	op := a.Engine.OperatorService()
	have, err := op.ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: a.Namespace})
	if err != nil {
		return fmt.Errorf("list search attributes: %w", err)
	}
	missing := contract.SearchAttributes()
	for name := range have.GetCustomAttributes() {
		delete(missing, name)
	}
	if len(missing) == 0 {
		return nil
	}
	_, err = op.AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{Namespace: a.Namespace, SearchAttributes: missing})
	var exists *serviceerror.AlreadyExists
	if errors.As(err, &exists) {
		return nil
	}
	return err
}

// Migrate brings the score book's schema up to this build.
func Migrate(ctx context.Context, c Config) (int64, error) {
	v, err := store.Migrate(ctx, c.DatabaseURL)
	if err != nil {
		return 0, fmt.Errorf("数据库无法升级，请检查 DATABASE_URL 和数据库是否运行：%w", err)
	}
	return v, nil
}

// quiet passes the SDK's warnings and errors on and keeps the rest to itself.
type quiet struct{ *slog.Logger }

var _ sdklog.Logger = quiet{}

func (q quiet) Debug(string, ...any) {}
func (q quiet) Info(string, ...any)  {}
