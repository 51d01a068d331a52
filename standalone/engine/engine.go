// Package engine runs the Temporal server and its web interface inside the program, on a PostgreSQL.
// It may create the engine's two databases, its namespace and its search attributes, and allow time skipping.
// It never starts a workflow, serves beyond the loopback, or touches a table of ours.
package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/dynamicconfig"
	tlog "go.temporal.io/server/common/log"
	"go.temporal.io/server/common/membership/static"
	"go.temporal.io/server/common/metrics"
	_ "go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql" // the storage plugin
	"go.temporal.io/server/common/primitives"
	"go.temporal.io/server/temporal"
)

// Database is the PostgreSQL the engine keeps its own two databases in.
type Database struct {
	Address  string // host:port
	User     string // may create databases
	Password string
}

// Options says where the engine keeps its state and listens.
type Options struct {
	Database         Database
	Port             int // gRPC; 0 picks a free one
	UIPort           int // web interface; 0 leaves it out
	Shards           int // history shards; fixed by the first start, default 4
	TimeSkipping     bool
	Namespace        string        // created when absent
	Retention        time.Duration // of closed workflows; default 30 days
	SearchAttributes map[string]enumspb.IndexedValueType
	Log              io.Writer       // nil drops the log
	LogLevel         string          // debug, info, warn, error; default error
	Metrics          metrics.Handler // nil drops them
}

// Engine is a running Temporal server.
type Engine struct {
	address string
	uiURL   string
	server  temporal.Server
	ui      *webUI
	log     *gate
	stop    sync.Once
}

// Start sets up the databases, starts the server and returns once the namespace takes workflows.
func Start(ctx context.Context, o Options) (_ *Engine, err error) {
	if o.Namespace == "" {
		return nil, errors.New("没有指定引擎的命名空间")
	}
	if o.Shards == 0 {
		o.Shards = 4
	}
	if o.Retention == 0 {
		o.Retention = 30 * 24 * time.Hour
	}
	out := &gate{to: o.Log}
	logger, err := newLogger(out, o.LogLevel)
	if err != nil {
		return nil, err
	}
	if err := setupSchema(ctx, o.Database, logger); err != nil {
		return nil, err
	}
	ports, err := freeBeside(o.UIPort, o.Port)
	if err != nil {
		return nil, err
	}
	e := &Engine{address: local(ports[0]), log: out}
	if e.server, err = newServer(o, ports, logger); err != nil {
		return nil, fmt.Errorf("准备工作流引擎:%w", err)
	}
	if err := e.server.Start(); err != nil {
		return nil, fmt.Errorf("启动工作流引擎:%w", err)
	}
	defer func() {
		if err != nil {
			e.Stop()
		}
	}()
	if err := prepareNamespace(ctx, e.address, o); err != nil {
		return nil, err
	}
	if o.UIPort != 0 {
		if e.ui, err = startUI(ctx, e.address, o.UIPort, o.Namespace); err != nil {
			return nil, err
		}
		e.uiURL = "http://" + local(o.UIPort) + "/namespaces/" + o.Namespace + "/workflows"
	}
	return e, nil
}

// Address is host:port of the gRPC front end, as client.Options.HostPort wants it.
func (e *Engine) Address() string { return e.address }

// UIURL opens the namespace's workflows in the web interface; empty without one.
func (e *Engine) UIURL() string { return e.uiURL }

// Stop ends the web interface and the server. The database is the caller's to stop afterwards.
func (e *Engine) Stop() error {
	var err error
	e.stop.Do(func() {
		e.log.shut.Store(true)
		if e.ui != nil {
			e.ui.stop()
		}
		if err = e.server.Stop(); err != nil {
			err = fmt.Errorf("停止工作流引擎:%w", err)
		}
	})
	return err
}

const clusterName = "active"

func newServer(o Options, ports []int, logger tlog.Logger) (temporal.Server, error) {
	names := []primitives.ServiceName{primitives.FrontendService, primitives.HistoryService, primitives.MatchingService, primitives.WorkerService}
	services, hosts := map[string]config.Service{}, map[primitives.ServiceName]static.Hosts{}
	for i, name := range names {
		services[string(name)] = config.Service{RPC: config.RPC{GRPCPort: ports[i], BindOnLocalHost: true}}
		hosts[name] = static.SingleLocalHost(local(ports[i]))
	}
	off := "disabled"
	cfg := &config.Config{
		Global: config.Global{Membership: config.Membership{BroadcastAddress: "127.0.0.1"}},
		Persistence: config.Persistence{
			DefaultStore: "engine", VisibilityStore: "visibility", NumHistoryShards: int32(o.Shards),
			DataStores: map[string]config.DataStore{
				"engine":     {SQL: o.Database.config(DatabaseName)},
				"visibility": {SQL: o.Database.config(VisibilityName)},
			},
		},
		ClusterMetadata: &cluster.Config{
			FailoverVersionIncrement: 10, MasterClusterName: clusterName, CurrentClusterName: clusterName,
			ClusterInformation: map[string]cluster.ClusterInformation{clusterName: {Enabled: true, InitialFailoverVersion: 1, RPCAddress: local(ports[0])}},
		},
		DCRedirectionPolicy: config.DCRedirectionPolicy{Policy: "noop"},
		Services:            services,
		Archival:            config.Archival{History: config.HistoryArchival{State: off}, Visibility: config.VisibilityArchival{State: off}},
		PublicClient:        config.PublicClient{HostPort: local(ports[0])},
		NamespaceDefaults: config.NamespaceDefaults{Archival: config.ArchivalNamespaceDefaults{
			History: config.HistoryArchivalNamespaceDefaults{State: off}, Visibility: config.VisibilityArchivalNamespaceDefaults{State: off},
		}},
	}
	heard := o.Metrics
	if heard == nil {
		heard = metrics.NoopMetricsHandler
	}
	return temporal.NewServer(
		temporal.WithConfig(cfg), temporal.WithCustomMetricsHandler(heard), temporal.ForServices(temporal.DefaultServices), temporal.WithStaticHosts(hosts), temporal.WithLogger(logger),
		temporal.WithAuthorizer(authorization.NewNoopAuthorizer()), // the loopback is the border
		temporal.WithClaimMapper(func(*config.Config) authorization.ClaimMapper { return authorization.NewNoopClaimMapper() }),
		temporal.WithDynamicConfigClient(settings(o.TimeSkipping)),
	)
}

// settings lifts the limits meant for a shared cluster, and lets a timer fire within 10 ms: the
// default second is for clocks of several machines, here there is one. A step's task carries the
// number of its try: without it one that the engine gave out twice starts the next try at once,
// without the wait before it.
func settings(timeSkipping bool) dynamicconfig.StaticClient {
	s := dynamicconfig.StaticClient{
		dynamicconfig.MakeKey("frontend.WorkflowTimeSkippingEnabled"):           timeSkipping,
		dynamicconfig.MakeKey("history.timerProcessorMaxTimeShift"):             10 * time.Millisecond,
		dynamicconfig.MakeKey("system.forceSearchAttributesCacheRefreshOnRead"): true,
		dynamicconfig.MakeKey("system.enableActivityRetryStampIncrement"):       true,
		dynamicconfig.MakeKey("frontend.namespaceRPS"):                          100_000,
		dynamicconfig.MakeKey("frontend.namespaceRPS.visibility"):               100_000,
		dynamicconfig.MakeKey("frontend.namespaceCount"):                        100_000,
		dynamicconfig.MakeKey("system.visibilityPersistenceMaxReadQPS"):         100_000,
		dynamicconfig.MakeKey("system.visibilityPersistenceMaxWriteQPS"):        100_000,
		dynamicconfig.MakeKey("worker.persistenceMaxQPS"):                       100_000,
	}
	for _, service := range []string{"frontend", "history", "matching"} {
		s[dynamicconfig.MakeKey(service+".rps")] = 100_000
		s[dynamicconfig.MakeKey(service+".persistenceMaxQPS")] = 100_000
	}
	return s
}

func local(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// freeBeside chooses the ports of the server's four services while the interface's own is held: it
// starts last, and none of them may be given to it before.
func freeBeside(ui, first int) ([]int, error) {
	if ui != 0 {
		l, err := net.Listen("tcp", local(ui))
		if err != nil {
			return nil, takenUI(ui, err)
		}
		defer l.Close()
	}
	return choosePorts(first, 4)
}

// choosePorts returns n ports of the loopback, the first as asked, the others free ones.
func choosePorts(first, n int) ([]int, error) {
	ports := make([]int, n)
	for i := range ports {
		want := 0
		if i == 0 {
			want = first
		}
		l, err := net.Listen("tcp", local(want))
		if err != nil {
			return nil, fmt.Errorf("端口 %d 已被占用,请换一个端口:%w", want, err)
		}
		defer l.Close() // all are held until all are chosen
		ports[i] = l.Addr().(*net.TCPAddr).Port
	}
	return ports, nil
}
