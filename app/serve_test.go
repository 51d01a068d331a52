package app

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
)

// What the server complains of must not be lost at the usual level.
func TestServerLogIsKept(t *testing.T) {
	var b bytes.Buffer
	serverLog(slog.New(slog.NewTextHandler(&b, &slog.HandlerOptions{Level: slog.LevelInfo}))).Print("http: panic serving")
	if !strings.Contains(b.String(), "level=WARN") || !strings.Contains(b.String(), "panic serving") {
		t.Errorf("the log keeps %q", b.String())
	}
}
