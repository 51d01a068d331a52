package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"xuanping/app"
	"xuanping/campaign"
	"xuanping/standalone/engine"
	"xuanping/store"
	"xuanping/store/localpg"
)

// disaster takes the house away in the middle of some moves of time, each time with all it did since
// dumps were made that did not stop it, and sets it up again from those (R10).
type disaster struct {
	t  *testing.T
	m  *machine
	y  *year
	of int
	at []int // the moves in which it happens
	// Before these moves the engine alone is lost: it goes on from dumps made so many moves before,
	// beside a score book that remembers all.
	behind map[int]int
	r      *rand.Rand

	moves, happened, after, known int

	old    map[string]string // the engine's dumps
	dumped string            // when they were made
}

// moving carries a move out.
func (d *disaster) moving(ctx context.Context, to time.Time, move func(context.Context) error) error {
	d.moves++
	for at, before := range d.behind {
		var err error
		switch d.moves {
		case at - before:
			d.dumped = time.Now().In(campaign.Beijing).Format("2006-01-02 15:04")
			d.old, err = d.dump(ctx, engine.DatabaseName, engine.VisibilityName)
		case at:
			err = d.fallBehind(ctx)
		}
		if err != nil {
			return fmt.Errorf("engine alone, move %d to %s: %w", d.moves, to.Format(time.DateOnly), err)
		}
	}
	if !slices.Contains(d.at, d.moves) {
		return move(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	going, stop := context.WithCancel(ctx)
	moved := make(chan struct{})
	go func() { defer close(moved); _ = move(going) }() // what it came to is lost
	if d.after > 0 {                                    // at first at once, so that something is surely sent after the dumps
		d.sleep(400 * time.Millisecond)
	}
	dumps, err := d.dump(ctx, engine.DatabaseName, engine.VisibilityName, d.y.name) // as docs/operations.md: what the engine knows the score book knew before
	if err == nil {
		then := d.y.letters(d.t)
		d.sleep(time.Second)
		d.y.stop()
		err = d.y.engine.Stop()
		d.after += d.y.letters(d.t) - then
	}
	stop()
	<-moved
	if err != nil {
		return err
	}
	receipts, err := d.receipts(ctx)
	if err == nil {
		err = d.restore(ctx, dumps)
	}
	if err == nil {
		err = d.resume(ctx, to, receipts)
	}
	if err != nil {
		return fmt.Errorf("restored in move %d to %s: %w", d.moves, to.Format(time.DateOnly), err)
	}
	d.y.lost = true
	if d.happened++; d.after == 0 { // nothing had been sent since the dumps: once more
		d.at = append(d.at, d.moves+1)
	}
	return move(ctx)
}

// fallBehind restores the engine alone.
func (d *disaster) fallBehind(ctx context.Context) error {
	d.y.stop()
	a := d.y.app
	var said bytes.Buffer
	err := errors.Join(d.y.engine.Stop(), d.restore(ctx, d.old), a.Retell(ctx, a.Demo[0].ID, d.dumped, &said), d.begin(ctx))
	if err != nil {
		return err
	}
	d.t.Log(said.String())
	d.happened++
	c, err := a.Store.Campaign(ctx, d.of)
	if err != nil {
		return err
	}
	// Its timers fire while it hears what it missed.
	return app.NewMover(a.Engine, a.Namespace).To(ctx, fmt.Sprintf("XuanpingYear = %d", d.of), *c.ClockAt, nil)
}

// begin starts the engine on its databases, and a worker.
func (d *disaster) begin(ctx context.Context) (err error) {
	_, port, _ := net.SplitHostPort(d.y.engine.Address())
	n, _ := strconv.Atoi(port)
	d.y.engine, err = engine.Start(ctx, engine.Options{Database: engine.Database{Address: d.m.pg.Address(), User: localpg.Superuser, Password: d.m.pg.Password()}, Port: n, TimeSkipping: true, Namespace: d.y.app.Namespace, Retention: retention})
	if err != nil {
		return err
	}
	return d.y.start()
}

func (d *disaster) sleep(most time.Duration) { time.Sleep(time.Duration(d.r.Int64N(int64(most)))) }

// dump makes a dump of each database, one after the other, and tells where they are.
func (d *disaster) dump(ctx context.Context, names ...string) (map[string]string, error) {
	out := map[string]string{}
	for _, name := range names {
		out[name] = filepath.Join(d.t.TempDir(), name+".dump")
		if said, err := exec.CommandContext(ctx, d.m.pg.Program("pg_dump"), "-Fc", "-d", d.m.pg.DSN(name), "-f", out[name]).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("pg_dump %s: %w\n%s", name, err, said)
		}
	}
	return out, nil
}

// restore gives the dumps databases of their own; those of before are gone.
func (d *disaster) restore(ctx context.Context, dumps map[string]string) error {
	conn, err := pgx.Connect(ctx, d.m.pg.DSN("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	for name, file := range dumps {
		id := pgx.Identifier{name}.Sanitize()
		for _, sql := range []string{"drop database " + id + " with (force)", "create database " + id} {
			if _, err := conn.Exec(ctx, sql); err != nil {
				return fmt.Errorf("%s: %w", sql, err)
			}
		}
		if said, err := exec.CommandContext(ctx, d.m.pg.Program("pg_restore"), "--exit-on-error", "-d", d.m.pg.DSN(name), file).CombinedOutput(); err != nil {
			return fmt.Errorf("pg_restore %s: %w\n%s", name, err, said)
		}
	}
	return nil
}

// receipts writes what a provider would report of every letter that went out, and tells their keys.
func (d *disaster) receipts(ctx context.Context) (r receipts, err error) {
	conn, err := pgx.Connect(ctx, d.m.pg.DSN(d.y.name))
	if err != nil {
		return r, err
	}
	defer conn.Close(ctx)
	rows, err := conn.Query(ctx, "select key from intent where kind = 'mail'")
	if err != nil {
		return r, err
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return r, err
	}
	var events []map[string]any
	for _, key := range all {
		sum := sha256.Sum256([]byte(key))
		id := hex.EncodeToString(sum[:16])
		if _, err := os.Stat(filepath.Join(d.y.app.Config.Mailbox, id+".eml")); err != nil {
			continue // not sent
		}
		r.keys = append(r.keys, key)
		events = append(events, map[string]any{"event": "processed", "sg_event_id": id + strconv.Itoa(d.moves), "sg_message_id": id, "key": key, "timestamp": 1740790800})
	}
	b, err := json.Marshal(events)
	r.file = filepath.Join(d.t.TempDir(), "receipts.json")
	return r, errors.Join(err, os.WriteFile(r.file, b, 0o600))
}

// receipts is a provider's file, and the letters it is about.
type receipts struct {
	file string
	keys []string
}

// resume starts the restored house, lets it catch up while its letters are held, tells it what went out
// without its knowledge until it has asked for every such letter again, and lets the letters go.
func (d *disaster) resume(ctx context.Context, to time.Time, r receipts) error {
	if err := d.begin(ctx); err != nil {
		return err
	}
	a := d.y.app
	err := d.until(ctx, "held", func() (bool, string) { held, err := a.Store.Held(ctx, d.of); return held, fmt.Sprint(err) })
	if err != nil {
		return err
	}
	// As in every move, nobody goes on before he has heard what he was told.
	if err := d.until(ctx, "told", func() (bool, string) { n, err := d.untold(ctx); return n == 0 && err == nil, fmt.Sprint(n, err) }); err != nil {
		return err
	}
	waiting, stop := context.WithCancel(ctx)
	caught := make(chan struct{})
	go func() { // letters that did not go out hold up what waits for them
		defer close(caught)
		_ = app.NewMover(a.Engine, a.Namespace).To(waiting, fmt.Sprintf("XuanpingYear = %d", d.of), to, nil)
	}()
	officer := a.Demo[0].ID
	err = d.until(ctx, "reconciled", func() (bool, string) {
		var said bytes.Buffer
		if err := a.ReconcileMail(ctx, officer, r.file, &said); err != nil {
			return false, err.Error()
		}
		return !strings.Contains(said.String(), "不在记录中"), said.String()
	})
	stop()
	<-caught
	if err != nil {
		return err
	}
	for _, key := range r.keys { // else it would be sent again
		if m, err := a.Store.MailByKey(ctx, key); err != nil || m.State != "accepted" {
			return fmt.Errorf("%s went out and is %q (%v)", key, m.State, err)
		}
	}
	d.known += len(r.keys)
	return a.HoldMail(ctx, officer, false, 0, "已与回执核对", &bytes.Buffer{})
}

// untold counts the messages on their way.
func (d *disaster) untold(ctx context.Context) (n int, err error) {
	all, err := d.y.app.Store.Outbox(ctx, d.of)
	for _, s := range all {
		if s.Kind == store.MessageIntent && (s.State == "queued" || s.State == "sending") {
			n += s.N
		}
	}
	return n, err
}

func (d *disaster) until(ctx context.Context, what string, is func() (bool, string)) error {
	for end := time.Now().Add(3 * time.Minute); ; time.Sleep(200 * time.Millisecond) {
		done, said := is()
		switch {
		case done:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case time.Now().After(end):
			return fmt.Errorf("not %s within three minutes: %s", what, said)
		}
	}
}
