package engine

import (
	"context"
	"fmt"
	"net"
	"net/http"

	uiserver "github.com/temporalio/ui-server/v2/server"
	uiconfig "github.com/temporalio/ui-server/v2/server/config"
	uioptions "github.com/temporalio/ui-server/v2/server/server_options"
)

// webUI is Temporal's web interface, for looking only.
type webUI struct{ server *uiserver.Server }

func startUI(ctx context.Context, engine string, port int, namespace string) (*webUI, error) {
	l, err := net.Listen("tcp", local(port)) // the interface would exit the process on a taken port
	if err != nil {
		return nil, takenUI(port, err)
	}
	l.Close()
	cfg := &uiconfig.Config{
		TemporalGRPCAddress: engine, Host: "127.0.0.1", Port: port, EnableUI: true, DefaultNamespace: namespace,
		DisableWriteActions: true, DisableNewsFetch: true, HideLogs: true, CORS: uiconfig.CORS{CookieInsecure: true},
	}
	ui := &webUI{server: uiserver.NewServer(uioptions.WithConfigProvider(cfg))}
	go func() { _ = ui.server.Start() }() // returns when stopped
	err = until(ctx, func() error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+local(port)+"/healthz", nil)
		if err != nil {
			return err
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		return resp.Body.Close()
	})
	if err != nil {
		ui.stop()
		return nil, fmt.Errorf("启动引擎界面:%w", err)
	}
	return ui, nil
}

func takenUI(port int, err error) error {
	return fmt.Errorf("引擎界面的端口 %d 已被占用,请换一个端口:%w", port, err)
}

func (u *webUI) stop() { u.server.Stop() }
