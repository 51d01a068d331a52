package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"xuanping/standalone/engine"
)

// editedHistories shows S9d: whoever edits rows of the engine's own database is
// found, by replay where a command changed, by the digest in the ledger where only
// what was said in it did.
func (y *year) editedHistories(t *testing.T, m *machine, of int) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), m.pg.DSN(engine.DatabaseName))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	for _, edit := range []struct{ what, from, to, say string }{
		{"a step's name", "Finalize", "Finalise", "重放不一致"},
		{"what a step was told", `"version":1`, `"version":7`, "与办结时入账的摘要不一致"},
	} {
		var shard, node, txn int64
		var tree, branch, data []byte
		err := c.QueryRow(t.Context(), `select shard_id, tree_id, branch_id, node_id, txn_id, data from history_node where position(convert_to($1, 'UTF8') in data) > 0
			and position(convert_to($2, 'UTF8') in data) > 0 order by 1, 2, 3, 4, 5 limit 1`, edit.from, fmt.Sprintf("%d", of)).Scan(&shard, &tree, &branch, &node, &txn, &data)
		if err != nil {
			t.Fatalf("S9d: no event holds %s: %v", edit.what, err)
		}
		write := func(b []byte) {
			tag, err := c.Exec(t.Context(), `update history_node set data = $1 where shard_id = $2 and tree_id = $3 and branch_id = $4 and node_id = $5 and txn_id = $6`, b, shard, tree, branch, node, txn)
			if err != nil || tag.RowsAffected() != 1 {
				t.Fatalf("S9d: %v %v", tag, err)
			}
		}
		write(bytes.Replace(data, []byte(edit.from), []byte(edit.to), 1))
		var out bytes.Buffer
		if err := y.app.Replay(t.Context(), of, nil, &out); err == nil || !strings.Contains(out.String(), edit.say) {
			t.Errorf("S9d: %s was edited in the engine's database: %v\n%s", edit.what, err, &out)
		}
		write(data)
	}
	var out bytes.Buffer
	if err := y.app.Replay(t.Context(), of, nil, &out); err != nil {
		t.Errorf("S9d: put back: %v\n%s", err, &out)
	}
}
