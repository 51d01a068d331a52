package activities

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	command "os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/store"
	"xuanping/ticket"
)

// program finds a program of PostgreSQL, on the path or where Debian keeps it.
func program(t testing.TB, name string) string {
	t.Helper()
	path, err := command.LookPath(name)
	if err != nil {
		all, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
		if len(all) == 0 {
			t.Fatalf("PostgreSQL's %s is not installed", name)
		}
		path = all[len(all)-1]
	}
	return path
}

func (e *exact) count() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.arrived)
}

func (e *exact) until(what string, done func() bool) {
	e.t.Helper()
	for end := time.Now().Add(2 * time.Minute); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			e.t.Fatalf("%s: %d letters arrived", what, e.count())
		}
	}
}

// restored puts a dump into a database of another name and opens the score book there.
func (e *exact) restored(dump string) (*store.Store, *pgx.Conn) {
	t, name := e.t, fmt.Sprintf("restored_%d", time.Now().UnixNano())
	must(t, exec(e.office, "create database "+name))
	u, err := url.Parse(e.conn.Config().ConnString())
	must(t, err)
	u.Path = "/" + name
	if out, err := command.Command(program(t, "pg_restore"), "--exit-on-error", "--dbname="+u.String(), dump).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	s, err := store.Open(t.Context(), u.String())
	must(t, err)
	conn, err := pgx.Connect(t.Context(), u.String())
	must(t, err)
	t.Cleanup(func() {
		s.Close()
		conn.Close(context.Background())
		_, _ = e.conn.Exec(context.Background(), "drop database "+name+" with (force)") // the server is thrown away anyway
	})
	return s, conn
}

// R10, OP-1: a dump taken while letters go out by the hundred is restored elsewhere. Its outbox waits; the provider's
// reports say what went out after the dump, and then what is left is sent: nothing is lost, nothing arrives twice,
// the links in all of them open, and the year goes on from where the dump was.
func TestR10RestoreUnderLoad(t *testing.T) {
	const letters = 1500 // many more than go out while pg_dump reads
	e := newExact(t, letters, letters/10, true)
	e.slow = true // the provider's file has all reports
	keys, err := ticket.New([]byte(strings.Repeat("k", 32)))
	must(t, err)
	e.Room.Link = keys.Issue
	ref := e.scored(1, 50)
	moved, err := e.Store.Settle(t.Context(), time.Now())
	if err != nil || moved {
		t.Fatalf("the first home: moved %v, %v", moved, err)
	}
	life, kill := context.WithCancel(t.Context())
	var relay sync.WaitGroup
	relay.Go(func() { e.Room.Run(life) })
	e.until("under load", func() bool { return e.count() >= letters/4 })
	dump := filepath.Join(t.TempDir(), "book.dump")
	if out, err := command.Command(program(t, "pg_dump"), "--format=custom", "--file="+dump, e.conn.Config().ConnString()).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	then := e.count()
	e.until("after the dump", func() bool { return e.count() >= then+letters/10 })
	kill() // the machine is lost, with all that happened since
	relay.Wait()

	s, conn := e.restored(dump)
	moved, err = s.Settle(t.Context(), time.Now())
	if err != nil || !moved {
		t.Fatalf("restored elsewhere: moved %v, %v", moved, err)
	}
	room := *e.Room
	room.Store, room.Prove = s, provenBy(s)
	again := room.Open()
	life, kill = context.WithCancel(t.Context())
	defer func() { kill(); relay.Wait() }()
	relay.Go(func() { again.Run(life) })
	before := e.count()
	time.Sleep(3 * relayTick)
	if held, err := s.Held(t.Context(), testYear); err != nil || !held || e.count() != before {
		t.Fatalf("held %v (%v), %d letters went out while it waited", held, err, e.count()-before)
	}

	e.desk = &desk.Desk{Store: s, Clock: time.Now, Kick: func() {}, Tickets: keys}
	told, err := e.post(t.Context(), rand.New(rand.NewPCG(1, 10)), true)
	must(t, err)
	people, err := s.StaffOf(t.Context(), campaign.Officer)
	must(t, err)
	must(t, e.desk.HoldMail(t.Context(), people[0], false, 0, "已与发信服务的回执核对"))
	open := func() (n int) {
		must(t, conn.QueryRow(t.Context(), `select count(*) from intent where kind = 'mail' and state in ('queued','sending')`).Scan(&n))
		return n
	}
	for open() > 0 { // bounces make letters of their own, and these have receipts too
		_, err := e.post(t.Context(), rand.New(rand.NewPCG(2, 10)), true)
		must(t, err)
		time.Sleep(20 * time.Millisecond)
	}

	e.mu.Lock()
	defer e.mu.Unlock()
	lost, doubled, shut := 0, 0, 0
	for n := range letters {
		key := fmt.Sprintf("%d/CNCA-R-2002-%03d/x/%d", testYear, (n+1)%20+1, n+1)
		var state string
		must(t, conn.QueryRow(t.Context(), "select state from intent where key = $1", key).Scan(&state))
		if ids := e.arrived[key]; len(ids) == 0 && state != "failed" {
			lost++
		} else if len(ids) > 1 {
			doubled += len(ids) - 1
			t.Errorf("%s arrived %d times", key, len(ids))
		}
		_, id := keys.Issue(key)
		if _, err := s.Ticket(t.Context(), id); err != nil && len(e.arrived[key]) > 0 {
			shut++
		}
	}
	if shut > 0 {
		t.Errorf("the links of %d letters that arrived open nothing", shut)
	}
	t.Logf("%d letters, %d before the dump, %d after it and before the loss, %d reports reconciled: lost %d, doubled %d", letters, then, before-then, told, lost, doubled)
	if lost != 0 || before <= then {
		t.Errorf("lost %d, %d sent after the dump", lost, before-then)
	}
	e.goesOn(again, ref)
}

// goesOn carries an institution's year on in the restored book: its result is served, with its paper.
func (e *exact) goesOn(r *Room, ref campaign.Ref) {
	e.mu.Unlock() // the letter of the result comes by the same fake
	defer e.mu.Lock()
	r.Clock = e.Room.Clock
	out, err := r.serve(e.t.Context(), e.at(ref, e.rules.Calendar.Result))
	must(e.t, err)
	papers, err := r.Store.Papers(e.t.Context(), ref)
	must(e.t, err)
	if out.Version != 1 || !slices.ContainsFunc(papers, func(p store.Paper) bool {
		return p.Kind == campaign.ResultPaper && strings.HasPrefix(p.Number, "宣评告")
	}) {
		e.t.Errorf("the year does not go on: %+v, %d papers", out, len(papers))
	}
	if held, err := r.Store.Held(e.t.Context(), ref.Year); err != nil || held {
		e.t.Errorf("still held (%v)", err)
	}
}
