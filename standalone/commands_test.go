package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// readmeCommands runs the auditor's three commands, and starter history, exactly
// as README.md writes them, with the program that auditors have, over a year that
// was played.
func (y *year) readmeCommands(t *testing.T, of int) {
	t.Helper()
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, part, found := strings.Cut(string(readme), "For auditors, three commands:")
	part, _, ends := strings.Cut(part, "What each of the other commands proves:")
	rows := regexp.MustCompile("(?m)^\\| `starter ([^`]+)` \\|").FindAllStringSubmatch(part, -1)
	if !found || !ends || len(rows) != 3 {
		t.Fatalf("README.md names %d commands for auditors", len(rows))
	}
	dir := t.TempDir()
	program := filepath.Join(dir, "starter")
	if out, err := exec.Command("go", "build", "-o", program, "xuanping/starter").CombinedOutput(); err != nil {
		t.Fatalf("build starter: %v\n%s", err, out)
	}
	entries, err := y.app.Store.Entries(t.Context(), of)
	if err != nil {
		t.Fatal(err)
	}
	run := func(line string) string {
		cmd := exec.Command(program, strings.Fields(line)...)
		cmd.Env, cmd.Dir = y.env, dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("starter %s: %v\n%s", line, err, out)
		}
		return string(out)
	}
	key := strings.TrimSpace(run("ledger key"))
	fill := strings.NewReplacer("FOLDER", y.app.Config.Mailbox, "YEAR", strconv.Itoa(of), "PUBLICKEY", key, "CODE", entries[0].Code)
	run(fill.Replace("seal YEAR -o YEAR.zip"))
	for _, row := range append(rows, []string{"", "history CODE YEAR"}) {
		if out := run(fill.Replace(row[1])); strings.Contains(out, "不一致：") || len(out) < 10 {
			t.Errorf("starter %s says %s", row[1], out)
		} else {
			t.Logf("starter %s: %s", row[1], out[strings.LastIndex(strings.TrimSpace(out), "\n")+1:])
		}
	}
}
