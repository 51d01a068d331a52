package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"xuanping/app"
	"xuanping/rehearsal"
)

var (
	sealInstitutions   = flag.Int("institutions", 200, "institutions of the year that BenchmarkSealedYear seals")
	ledgerInstitutions = flag.Int("ledger-institutions", 6, "institutions of each year of BenchmarkLedgerYear")
)

// BenchmarkSealedYear lets a year be lived, seals it, and has the command verify
// the archive in a process of its own, which prints its time, its rate and its
// peak of memory. It is not part of the tests: 200 institutions take some twenty
// minutes on two cores.
func BenchmarkSealedYear(b *testing.B) {
	of := time.Now().Year() + 1
	m := newMachine(b)
	starter := filepath.Join(m.dir, "starter")
	if out, err := exec.Command("go", "build", "-o", starter, "xuanping/starter").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	for b.Loop() {
		y := m.year(b, "sealed")
		r, err := y.app.Rehearse(b.Context(), app.RehearseOptions{Year: of, Institutions: *sealInstitutions, Seed: 7})
		if err != nil {
			b.Fatalf("%v\n%s\nworker:\n%s", err, strings.Join(r.Failures, "\n"), y.log)
		}
		fmt.Println(r.Line(), r.Fsck) // not b.Log, which cuts what is long
		for _, names := range []bool{true, false} {
			file := filepath.Join(m.dir, fmt.Sprintf("%d-%v.zip", of, names))
			began := time.Now()
			if err := y.app.Seal(b.Context(), of, names, file, io.Discard); err != nil {
				b.Fatal(err)
			}
			sealing := time.Since(began)
			info, err := os.Stat(file)
			if err != nil {
				b.Fatal(err)
			}
			out, err := exec.Command(starter, "verify", file, "--key", y.app.LogKey.Public()).CombinedOutput()
			fmt.Printf("with names: %v; sealed in %.1f s, %.1f MB\n%s\n", names, sealing.Seconds(), float64(info.Size())/1e6, out)
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(0, "ns/op")
}

// BenchmarkLedgerYear lives years in turn with the ledger and, in another
// database, without: there no row is digested and what is appended is dropped.
// What stays in both are the two turns to the server that an act makes for its
// leaves; how long all acts of the site waited for theirs is told beside.
func BenchmarkLedgerYear(b *testing.B) {
	m := newMachine(b)
	of := time.Now().Year() + 1
	houses := map[bool]*year{true: m.year(b, "recorded")}
	var with, without, waited []float64
	live := func(recorded bool, of int) float64 {
		y := houses[recorded]
		before, _ := y.app.Store.LedgerCost()
		r, err := y.app.Rehearse(b.Context(), app.RehearseOptions{Year: of, Institutions: *ledgerInstitutions, Seed: 7})
		took := r.Elapsed // of the campaign; the inspection afterwards reads the ledger, where there is one
		after, _ := y.app.Store.LedgerCost()
		// Without a ledger an inspection must complain, and what was handed over is not known; the ends of the year are.
		whole := len(r.Outcomes) == *ledgerInstitutions && !slices.ContainsFunc(r.Outcomes, func(o rehearsal.Outcome) bool { return o.Got != o.Expected })
		if err != nil && (recorded || !strings.Contains(err.Error(), "fsck")) || !whole {
			b.Fatalf("%v\n%s\nworker:\n%s", err, strings.Join(r.Failures, "\n"), y.log)
		}
		if recorded {
			waited = append(waited, (after-before).Seconds()/took.Seconds())
		}
		return took.Seconds()
	}
	for i := 0; b.Loop(); i++ {
		if houses[false] == nil {
			houses[true].stop()    // one worker at a time
			m.site = "127.0.0.1:0" // the first site still listens
			houses[false] = m.year(b, "unrecorded")
			unrecord(b, m.pg.DSN("unrecorded"))
			houses[false].stop()
		}
		for _, recorded := range []bool{i%2 == 0, i%2 != 0} {
			if err := houses[recorded].start(); err != nil {
				b.Fatal(err)
			}
			took := live(recorded, of+i)
			houses[recorded].stop()
			if recorded {
				with = append(with, took)
			} else {
				without = append(without, took)
			}
		}
		fmt.Printf("round %d: %.1f s with the ledger, %.1f s without\n", i+1, with[i], without[i])
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(with), "recorded-s")
	b.ReportMetric(median(without), "unrecorded-s")
	b.ReportMetric(100*(median(with)/median(without)-1), "ledger-%")
	b.ReportMetric(100*median(waited), "site-waited-%")
}

// unrecord takes the ledger out of a database of its own.
func unrecord(b *testing.B, url string) {
	b.Helper()
	c, err := pgx.Connect(b.Context(), url)
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close(b.Context())
	if _, err := c.Exec(b.Context(), `do $$ declare t text; begin
		for t in select tbl from row_rule loop execute format('drop trigger row_recorded on %I', t); end loop; end $$;
		create function dropped() returns trigger language plpgsql as $f$ begin return null; end $f$;
		create trigger a_dropped before insert on leaf for each row execute function dropped();
		create trigger a_dropped before insert on leaf_hash for each row execute function dropped()`); err != nil {
		b.Fatal(err)
	}
}
