package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xuanping/app"
	"xuanping/standalone/engine"
	"xuanping/store/localpg"
)

var (
	record = flag.Bool("record", false, "save the histories of the undisturbed year for the replay tests")
	seed   = flag.Uint64("seed", 1, "of the moments at which the worker is killed")
)

const (
	e2eInstitutions = 6
	recorded        = 34 // every ending, and more than 40 histories with those of the cases
	e2eMoves        = 54 // of such a year
	e2eKills        = 5
)

// machine is a database server and an engine on which several years can run,
// each in a database and a namespace of its own.
type machine struct {
	pg     *localpg.Server
	dir    string
	worker string // the built service
	site   string // where the years' sites listen, one after the other
}

func newMachine(t testing.TB) *machine {
	t.Helper()
	dir, err := localpg.MkdirTemp()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	m := &machine{dir: dir, worker: filepath.Join(dir, "worker"), site: "127.0.0.1:0"}
	if m.pg, err = localpg.Start(t.Context(), localpg.Options{Dir: filepath.Join(dir, "postgres"), Throwaway: true}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.pg.Stop(context.Background()) })
	if out, err := exec.Command("go", "build", "-o", m.worker, "xuanping/worker").CombinedOutput(); err != nil {
		t.Fatalf("build worker: %v\n%s", err, out)
	}
	return m
}

// env is the configuration of a year on the machine, whose site listens at address.
func (m *machine) env(name, address string) map[string]string {
	return map[string]string{
		"DATABASE_URL": m.pg.DSN(name), "XUANPING_SECRET": strings.Repeat("5a", 32), "XUANPING_BASE_URL": "http://" + address, "XUANPING_MAIL": "mailbox", "XUANPING_MAILBOX_OPEN": "yes",
		"XUANPING_MAILBOX": filepath.Join(m.dir, name, "mailbox"), "XUANPING_EVIDENCE": filepath.Join(m.dir, name, "evidence"),
	}
}

// year is one campaign on the machine: an engine of its own, the site in this
// process, and a worker in another that can be killed.
type year struct {
	name   string // of its database and of its namespace
	app    *app.App
	engine *engine.Engine
	env    []string
	worker string
	log    *bytes.Buffer
	lost   bool // its engine was restored from older dumps
	mu     sync.Mutex
	cmd    *exec.Cmd
}

func (m *machine) year(t testing.TB, name string) *year {
	t.Helper()
	ctx := t.Context()
	if err := m.pg.CreateDatabase(ctx, name); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", m.site)
	if err != nil {
		t.Fatal(err)
	}
	m.site = l.Addr().String() // the next year's papers print the same address
	eng, err := engine.Start(ctx, engine.Options{Database: engine.Database{Address: m.pg.Address(), User: localpg.Superuser, Password: m.pg.Password()}, TimeSkipping: true, Namespace: name, Retention: retention})
	if err != nil {
		t.Fatal(err)
	}
	env := m.env(name, l.Addr().String())
	t.Setenv("TEMPORAL_ADDRESS", eng.Address())
	t.Setenv("TEMPORAL_NAMESPACE", name)
	y := &year{name: name, engine: eng, worker: m.worker, log: &bytes.Buffer{}, env: append(os.Environ(), "TEMPORAL_ADDRESS="+eng.Address(), "TEMPORAL_NAMESPACE="+name)}
	t.Cleanup(func() { y.engine.Stop() })
	for k, v := range env {
		y.env = append(y.env, k+"="+v)
	}
	y.app = openApp(t, env)
	ctx, cancel := context.WithCancel(ctx)
	served := make(chan error, 1)
	go func() { served <- y.app.Serve(ctx, l) }()
	t.Cleanup(func() {
		y.stop()
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	if err := y.start(); err != nil {
		t.Fatal(err)
	}
	return y
}

func (y *year) start() error {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.cmd = exec.Command(y.worker, "--work", "--log", "warn")
	y.cmd.Env, y.cmd.Stderr = y.env, y.log
	y.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return y.cmd.Start()
}

func (y *year) stop() {
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.cmd != nil {
		y.cmd.Process.Kill()
		y.cmd.Wait()
		y.cmd = nil
	}
}

// killer kills the worker with SIGKILL and starts another, at random moments after the beginning of some moves of time:
// in the move, or in what people do after it.
type killer struct {
	t     *testing.T
	y     *year
	at    []int // the moves
	r     *rand.Rand
	moves int
	kills int
	going sync.WaitGroup
}

// newKiller chooses n of the moves of a year, one in each part of it.
func newKiller(t *testing.T, y *year, n int, r *rand.Rand) *killer {
	k := &killer{t: t, y: y, r: r}
	part := (e2eMoves - 1) / n // not the last: what is killed in it would not be missed
	for i := range n {
		k.at = append(k.at, i*part+1+r.IntN(part))
	}
	return k
}

// moving carries a move out.
func (k *killer) moving(ctx context.Context, _ time.Time, move func(context.Context) error) error {
	k.going.Wait()
	if k.moves++; slices.Contains(k.at, k.moves) {
		wait := time.Duration(k.r.Int64N(int64(2 * time.Second)))
		k.going.Go(func() {
			time.Sleep(wait)
			k.y.stop()
			time.Sleep(300 * time.Millisecond)
			if err := k.y.start(); err != nil {
				k.t.Error(err)
				return
			}
			k.kills++
		})
	}
	return move(ctx)
}

// record keeps the histories for the replay tests, without the names of the
// machine and of the runs.
func (y *year) record(t *testing.T, of int, dir string) {
	t.Helper()
	raw := t.TempDir()
	if err := y.app.SaveHistories(t.Context(), of, raw, io.Discard); err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(raw, "*.json"))
	host, _ := os.Hostname()
	old, _ := filepath.Glob(filepath.Join(dir, "*.json.gz"))
	for _, f := range old {
		if err := os.Remove(f); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		b = machineName.ReplaceAll(b, []byte(`"identity": "worker"`))
		b = bytes.ReplaceAll(b, []byte(`"`+host+`:`), []byte(`"worker:`))
		var out bytes.Buffer
		if err := json.Compact(&out, b); err != nil {
			t.Fatal(err)
		}
		name := runSuffix.ReplaceAllString(filepath.Base(f), ".json.gz")
		pack(t, filepath.Join(dir, name), append(out.Bytes(), '\n'))
	}
	t.Logf("%d histories recorded", len(files))
}

func pack(t *testing.T, file string, b []byte) {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, err := z.Write(b)
	if err = errors.Join(err, z.Close(), os.WriteFile(file, out.Bytes(), 0o644)); err != nil {
		t.Fatal(err)
	}
}

var (
	machineName = regexp.MustCompile(`"identity":\s*"[^"]*"`)
	runSuffix   = regexp.MustCompile(`_[0-9a-f-]{36}\.json$`)
)

func (y *year) letters(t *testing.T) int {
	n, err := y.app.Mailbox.Count()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A whole year on the real engine, once in peace and once with the worker
// killed at random moments, comes to the same scores and the same letters (WF-2).
// Every history is replayed against this build, every score recounted.
func TestYear(t *testing.T) {
	m := newMachine(t)
	of, institutions := time.Now().Year()+1, e2eInstitutions
	if *record {
		institutions = recorded
	}
	play := func(name string, disturb func(*testing.T, *year, *app.RehearseOptions)) (facts map[string]string, letters int) {
		if !t.Run(name, func(t *testing.T) {
			y := m.year(t, name)
			o := app.RehearseOptions{Year: of, Institutions: institutions, Seed: 7}
			if disturb != nil {
				disturb(t, y, &o)
			}
			r, err := y.app.Rehearse(t.Context(), o)
			if err != nil {
				t.Fatalf("%v\n%s\n%s\nworker:\n%s", err, r.Table(), strings.Join(r.Failures, "\n"), y.log)
			}
			t.Log(r.Line(), r.Fsck) // a finding would have been an error of the rehearsal
			var out bytes.Buffer
			if err := y.app.Replay(t.Context(), of, nil, &out); err != nil {
				t.Errorf("replay: %v\n%s", err, &out)
			}
			if err := y.app.Recount(t.Context(), of, &out); err != nil {
				t.Errorf("recount: %v\n%s", err, &out)
			}
			for _, names := range []bool{true, false} { // R8 and feature 4: the archive of every such year verifies
				archive := filepath.Join(t.TempDir(), "year.zip")
				if err := y.app.Seal(t.Context(), of, names, archive, &out); err != nil {
					t.Errorf("seal: %v", err)
				} else if err := app.VerifyArchive(archive, []string{y.app.LogKey.Public()}, nil, &out); err != nil {
					t.Errorf("archive: %v\n%s", err, &out)
				}
			}
			t.Log(strings.ReplaceAll(strings.TrimSpace(out.String()), "\n", "; "))
			y.storiesPair(t, of)
			if disturb == nil {
				y.readmeCommands(t, of)
				y.editedHistories(t, m, of)
			}
			if *record && disturb == nil {
				y.record(t, of, "../workflows/testdata/history/1.1")
			}
			facts, letters = y.outcome(t, of), y.letters(t)
			y.mailsAgainstPlan(t, of)
		}) {
			t.FailNow()
		}
		return facts, letters
	}
	calm, letters := play("calm", nil)
	if *record {
		return // the undisturbed year only
	}
	same := func(facts map[string]string, n int) {
		t.Helper()
		if facts == nil || calm == nil {
			return // -run has picked some: there is nothing to compare
		}
		if diff := cmp.Diff(calm, facts); diff != "" {
			t.Errorf("seed %d: the disturbed year differs (-calm +disturbed):\n%s", *seed, diff)
		}
		if letters != n || letters == 0 {
			t.Errorf("letters in the mailbox: %d in peace, %d in the disturbed year", letters, n)
		}
	}
	same(play("stormy", func(t *testing.T, y *year, o *app.RehearseOptions) {
		k := newKiller(t, y, e2eKills, rand.New(rand.NewPCG(*seed, 0)))
		o.Moving = k.moving
		t.Cleanup(func() {
			k.going.Wait()
			t.Logf("the worker was killed in the moves %v of %d", k.at, k.moves)
			if k.kills < e2eKills {
				t.Errorf("the worker was killed only %d times", k.kills)
			}
		})
	}))
	same(play("restored", func(t *testing.T, y *year, o *app.RehearseOptions) {
		d := &disaster{t: t, m: m, y: y, of: of, at: []int{13, 28, 41}, behind: map[int]int{17: 2}, r: rand.New(rand.NewPCG(*seed, 1))}
		o.Moving = d.moving
		t.Cleanup(func() {
			t.Logf("the house was lost %d times, with %d letters sent after the dumps; %d receipts were reconciled", d.happened, d.after, d.known)
			if d.happened < len(d.at)+len(d.behind) || d.after == 0 {
				t.Errorf("lost %d times, %d letters after the dumps: nothing was tried", d.happened, d.after)
			}
		})
	}))
	mails := 0
	for k := range maps.Keys(calm) {
		if strings.HasPrefix(k, "mail ") && calm[k] == "accepted" {
			mails++
		}
	}
	t.Logf("compared %d facts, %d letters to institutions and about them; %d letters in the mailbox", len(calm), mails, letters)
}
