package engine

import (
	"fmt"
	"io"
	"sync/atomic"

	tlog "go.temporal.io/server/common/log"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// gate passes the log on until the engine stops: what its queues say while they are closed is noise.
type gate struct {
	to   io.Writer
	shut atomic.Bool
}

func (g *gate) Write(p []byte) (int, error) {
	if g.to == nil || g.shut.Load() {
		return len(p), nil
	}
	return g.to.Write(p)
}

// newLogger sends the server's log to w as JSON lines, from the given level on.
func newLogger(w io.Writer, level string) (tlog.Logger, error) {
	if level == "" {
		level = "error"
	}
	from, err := zapcore.ParseLevel(level)
	if err != nil {
		return nil, fmt.Errorf("引擎日志级别 %q 应为 debug、info、warn 或 error", level)
	}
	encoder := zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig())
	return tlog.NewZapLogger(zap.New(zapcore.NewCore(encoder, zapcore.Lock(zapcore.AddSync(w)), from))), nil
}
