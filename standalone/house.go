package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"xuanping/app"
	"xuanping/standalone/engine"
	"xuanping/store/localpg"
)

// house is a running machine: its database, its engine and the app.
type house struct {
	dir      string
	temp     bool
	pg       *localpg.Server
	eng      *engine.Engine
	app      *app.App
	env      map[string]string
	rehearse bool
}

// errDone ends serve without an error.
var errDone = errors.New("done")

// build starts the database and the engine in the data folder and wires the app to them.
func build(ctx context.Context, c common, rehearse bool) (_ *house, err error) {
	h := &house{dir: c.Data, rehearse: rehearse}
	defer func() {
		if err != nil {
			h.close()
		}
	}()
	switch {
	case h.dir == "" && rehearse:
		h.temp = true
		h.dir, err = localpg.MkdirTemp()
	case h.dir == "":
		h.dir = "data"
	}
	if err == nil {
		h.dir, err = filepath.Abs(h.dir)
	}
	if err == nil {
		err = os.MkdirAll(h.dir, 0o755)
	}
	if err != nil {
		return h, fmt.Errorf("数据文件夹无法使用：%w", err)
	}
	say("启动 PostgreSQL …")
	bin := os.Getenv("XUANPING_PG_BIN")
	if h.pg, err = localpg.Start(ctx, localpg.Options{Dir: filepath.Join(h.dir, "postgres"), Bin: bin}); err != nil {
		return h, err
	}
	if err = h.pg.CreateDatabase(ctx, "xuanping"); err != nil {
		return h, err
	}
	say("启动 Temporal 引擎 …")
	if h.eng, err = engine.Start(ctx, engine.Options{
		Database: engine.Database{Address: h.pg.Address(), User: localpg.Superuser, Password: h.pg.Password()},
		UIPort:   freeOr(c.UI), TimeSkipping: rehearse, Namespace: "xuanping", Retention: retention, LogLevel: "error",
	}); err != nil {
		return h, err
	}
	return h, h.wire(ctx, c)
}

// wire builds the app on the machine's own addresses; the environment may add
// to them, for example a mail server.
func (h *house) wire(ctx context.Context, c common) error {
	secret, err := keep(filepath.Join(h.dir, "secret"))
	if err != nil {
		return err
	}
	h.env = map[string]string{
		"DATABASE_URL": h.pg.DSN("xuanping"), "XUANPING_SECRET": secret, "XUANPING_LISTEN": c.Listen, "XUANPING_BASE_URL": "http://" + c.Listen,
		"XUANPING_MAILBOX": filepath.Join(h.dir, "mailbox"), "XUANPING_EVIDENCE": filepath.Join(h.dir, "evidence"),
	}
	if h.rehearse {
		h.env["XUANPING_MAIL"], h.env["XUANPING_MAILBOX_OPEN"] = "mailbox", "yes"
	}
	if h.eng.UIURL() != "" {
		h.env["XUANPING_TEMPORAL_UI"] = strings.TrimSuffix(h.eng.UIURL(), "/workflows")
	}
	os.Setenv("TEMPORAL_ADDRESS", h.eng.Address())
	os.Setenv("TEMPORAL_NAMESPACE", "xuanping")
	cfg, err := app.Load(func(name string) (string, bool) {
		if v, ok := h.env[name]; ok {
			return v, true
		}
		return app.Environment(name)
	})
	if err != nil {
		return err
	}
	if _, err := app.Migrate(ctx, cfg); err != nil {
		return err
	}
	h.app, err = app.Open(ctx, cfg, app.Logger(os.Stderr, c.Log))
	return err
}

// serve runs site and workers beside do, until do returns or ctx ends.
func (h *house) serve(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	listens := make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		ended <- h.app.Run(ctx, true, true, func(string) { close(listens) })
	}()
	select {
	case err := <-ended:
		return err
	case <-listens:
	}
	done := make(chan error, 1)
	go func() { done <- do(ctx) }()
	select {
	case err := <-ended:
		return err
	case err := <-done:
		cancel()
		<-ended
		if errors.Is(err, errDone) {
			return nil
		}
		return err
	}
}

// close stops everything from the top down; a temporary folder is taken away.
func (h *house) close() {
	if h.app != nil {
		h.app.Close()
	}
	if h.eng != nil {
		h.eng.Stop()
	}
	if h.pg != nil {
		ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
		defer cancel()
		h.pg.Stop(ctx)
	}
	if h.temp {
		os.RemoveAll(h.dir)
	}
}

// addresses prints where everything is, and what the other commands need.
func (h *house) addresses(title string) {
	fmt.Printf("\n%s\n  网站            %s\n", title, h.env["XUANPING_BASE_URL"])
	if h.app.Mailbox != nil {
		fmt.Printf("  信箱            %s/mailbox\n", h.env["XUANPING_BASE_URL"])
	}
	if h.eng.UIURL() != "" {
		fmt.Printf("  Temporal Web UI %s\n", h.eng.UIURL())
	}
	for _, d := range h.app.Demo {
		fmt.Printf("  账号 %-12s 密码 %s  %s\n", d.ID, d.Password, d.Role)
	}
	fmt.Printf("  starter 命令所需环境：\n    export DATABASE_URL='%s' XUANPING_SECRET_FILE='%s' XUANPING_MAILBOX='%s' XUANPING_EVIDENCE='%s' XUANPING_BASE_URL='%s' XUANPING_MAILBOX_OPEN=%s TEMPORAL_ADDRESS='%s' TEMPORAL_NAMESPACE=xuanping\n\n",
		h.env["DATABASE_URL"], filepath.Join(h.dir, "secret"), h.env["XUANPING_MAILBOX"], h.env["XUANPING_EVIDENCE"], h.env["XUANPING_BASE_URL"], cmp.Or(h.env["XUANPING_MAILBOX_OPEN"], "no"), h.eng.Address())
}

// firstOfficer makes an officer's account at the first start and prints its password once.
func (h *house) firstOfficer(ctx context.Context) error {
	all, err := h.app.Store.StaffOf(ctx, "")
	if err != nil || len(all) > 0 {
		return err
	}
	password := rand.Text()[:14]
	p := app.Person("jingban", "经办人员", "jingban@localhost.invalid", "officer")
	fmt.Printf("\n首次启动：经办账号 jingban，密码 %s（只显示这一次）。其他账号用 starter staff 添加。\n", password)
	return h.app.AddStaff(ctx, p, password, os.Stdout)
}

// keep reads the machine's secret, or makes it at the first start.
func keep(file string) (string, error) {
	b, err := os.ReadFile(file)
	if err == nil {
		return strings.TrimSpace(string(b)), nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	raw := make([]byte, 32)
	rand.Read(raw)
	s := hex.EncodeToString(raw)
	return s, os.WriteFile(file, []byte(s+"\n"), 0o600)
}

// freeOr is the port, or another free one when it is taken; 0 stays 0.
func freeOr(port int) int {
	if port == 0 {
		return 0
	}
	l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
	if err != nil {
		if l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			return 0
		}
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func say(s string) { fmt.Fprintln(os.Stderr, s) }
