package audit

import (
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/worker"

	"xuanping/workflows"
)

// BenchmarkReplay reads and replays the recorded histories of the last release
// with Replay on as many cores as -cpu gives and, in turn, with the SDK's replayer alone on one. Before a release has
// left any, the histories of this room's tests serve.
func BenchmarkReplay(b *testing.B) {
	register := func(r worker.WorkflowRegistry) { workflows.Register(r) }
	packed, err := filepath.Glob("../workflows/testdata/history/*.json.gz")
	ok(b, err)
	files := unpacked(b, packed)
	if len(files) == 0 {
		register = tell
		files, err = filepath.Glob("testdata/*.json")
		ok(b, err)
	}
	ours := func() {
		each := func(i int) (History, error) {
			f, err := os.Open(files[i])
			if err != nil {
				return History{}, err
			}
			defer f.Close()
			return Load(f)
		}
		ok(b, errors.Join(ReplayEach(len(files), each, register, runtime.GOMAXPROCS(0), nil)...))
	}
	bare := func() {
		r := worker.NewWorkflowReplayer()
		register(r)
		for _, file := range files {
			ok(b, r.ReplayWorkflowHistoryFromJSONFile(quiet{}, file))
		}
	}
	timed := func(do func()) time.Duration {
		began := time.Now()
		do()
		return time.Since(began)
	}
	var ourTime, bareTime time.Duration
	for i := 0; b.Loop(); i++ {
		if i%2 == 0 {
			ourTime += timed(ours)
			bareTime += timed(bare)
		} else {
			bareTime += timed(bare)
			ourTime += timed(ours)
		}
	}
	n := float64(b.N * len(files))
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(n/ourTime.Seconds(), "histories/s")
	b.ReportMetric(n/bareTime.Seconds(), "bare-histories/s")
	b.ReportMetric(bareTime.Seconds()/ourTime.Seconds(), "ratio")
	b.ReportMetric(bareTime.Seconds()/ourTime.Seconds()/float64(runtime.GOMAXPROCS(0)), "ratio/core")
}

// unpacked lays the recorded histories out as the engine's client wrote them.
func unpacked(b *testing.B, packed []string) (files []string) {
	b.Helper()
	dir := b.TempDir()
	for _, name := range packed {
		f, err := os.Open(name)
		ok(b, err)
		z, err := gzip.NewReader(f)
		ok(b, err)
		all, err := io.ReadAll(z)
		ok(b, errors.Join(err, f.Close()))
		files = append(files, filepath.Join(dir, strings.TrimSuffix(filepath.Base(name), ".gz")))
		ok(b, os.WriteFile(files[len(files)-1], all, 0o600))
	}
	return files
}
