package store_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"xuanping/campaign"
	"xuanping/store"
	"xuanping/store/storetest"
)

func TestMigrateTwice(t *testing.T) {
	url := storetest.Bare(t)
	first, err := store.Migrate(t.Context(), url)
	ok(t, err)
	again, err := store.Migrate(t.Context(), url)
	ok(t, err)
	if first < 1 || again != first {
		t.Errorf("version %d, then %d", first, again)
	}
}

// In production the owner of the database may not make roles: the role of the
// application was made and granted beforehand, with or without the right to
// grant it on.
func TestMigrateWithoutCreateRole(t *testing.T) {
	cluster := owner(t, storetest.Database(t)) // the role is there from now on
	for name, option := range map[string]string{"plain_owner": "", "granting_owner": " with admin option"} {
		t.Run(name, func(t *testing.T) {
			t.Cleanup(func() { sql(t, cluster, "drop role "+name) })
			address := storetest.Bare(t)
			boss := owner(t, address)
			sql(t, boss, "create role "+name+" login password 'p' nosuperuser nocreaterole")
			sql(t, boss, "grant xuanping_app to "+name+option)
			sql(t, boss, "alter database "+boss.Config().Database+" owner to "+name)
			u, err := url.Parse(address)
			ok(t, err)
			u.User = url.UserPassword(name, "p")
			_, err = store.Migrate(t.Context(), u.String())
			ok(t, err)
			s, err := store.Open(t.Context(), u.String())
			ok(t, err)
			t.Cleanup(s.Close)
			life(t, s)
		})
	}
}

func TestAddressIsRead(t *testing.T) {
	for _, url := range []string{"postgres://x:y@127.0.0.1:port/db", "mysql=1 2 3"} {
		_, open := store.Open(t.Context(), url)
		_, migrate := store.Migrate(t.Context(), url)
		for _, err := range []error{open, migrate} {
			if campaign.KindOf(err) != campaign.Invalid || !strings.Contains(err.Error(), "DATABASE_URL") {
				t.Errorf("%q: %v", url, err)
			}
		}
	}
}

// The rights of the application role are policy: every change of them is read.
func TestGrants(t *testing.T) {
	c := owner(t, storetest.Database(t))
	lines := column[string](t, c, `select name || ': ' || string_agg(privilege, ', ' order by privilege collate "C") from (
			select table_name::text, privilege_type::text from information_schema.role_table_grants where grantee = 'xuanping_app'
			union all
			select r.relname::text, p.privilege_type || ' (' || string_agg(a.attname, ', ' order by a.attname collate "C") || ')'
			from pg_attribute a join pg_class r on r.oid = a.attrelid, aclexplode(a.attacl) p where p.grantee = 'xuanping_app'::regrole
			group by r.relname, p.privilege_type
		) as grants (name, privilege) group by name order by name collate "C"`)
	golden(t, "grants.golden", []byte(strings.Join(lines, "\n")+"\n"))
}

// working are the tables whose rows may change; all others hold facts.
var working = []string{"campaign", "institution", "entry", "staff", "session", "ticket", "draft", "factor", "recovery", "oidc_login", "warning", "intent", "goose_db_version",
	"row_key", "row_rule"} // a key may be destroyed by the owner; the rules are the migrations'

func TestFactsAreAppendOnly(t *testing.T) {
	_, url := everyFact(t)
	boss, app := owner(t, url), owner(t, url)
	sql(t, app, "set role xuanping_app")
	tables := column[string](t, boss, `select table_name::text from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`)
	facts := 0
	for _, table := range tables {
		if slices.Contains(working, table) {
			continue
		}
		facts++
		if n := column[int64](t, boss, "select count(*) from "+table)[0]; n == 0 {
			t.Errorf("%s is empty: nothing would be tried", table)
		}
		col := column[string](t, boss, `select column_name::text from information_schema.columns where table_name = $1 order by ordinal_position desc limit 1`, table)[0]
		for _, text := range []string{
			fmt.Sprintf("update %s set %q = %q", table, col, col), "delete from " + table, "truncate " + table + " cascade",
		} {
			refused(t, "owner", boss, text, "append-only")
			refused(t, "application", app, text, "permission denied")
		}
	}
	if facts < 19 {
		t.Errorf("only %d tables of facts found: %v", facts, tables)
	}
}

func refused(t *testing.T, who string, c *pgx.Conn, text, want string) {
	t.Helper()
	_, err := c.Exec(context.Background(), text)
	pg, is := errors.AsType[*pgconn.PgError](err)
	if !is || pg.Code != "42501" || !strings.Contains(pg.Message, want) {
		t.Errorf("%s: %s: %v, want it refused with %q", who, text, err, want)
	}
}

// The application role may not take down what keeps the facts.
func TestApplicationRoleCannotLoosen(t *testing.T) {
	app := owner(t, storetest.Database(t))
	sql(t, app, "set role xuanping_app")
	for _, text := range []string{
		"alter table plan disable trigger all", "drop trigger append_only on plan", "drop table plan", "create table x (a int)",
		"create or replace function append_only() returns trigger language plpgsql as 'begin return new; end'", "set session_replication_role = replica",
		"delete from intent", "delete from campaign", "delete from ticket",
		"update campaign set rehearsal = true", "update warning set grounds = '[]'", "update ticket set expires_at = now()", "update ticket set code = code",
		"update intent set body = '{}'", "update intent set digest = digest", "update intent set key = key",
	} {
		if _, err := app.Exec(t.Context(), text); err == nil {
			t.Errorf("%s was allowed", text)
		}
	}
}

// What a store connection does, it does as the application role.
func TestStoreUsesTheApplicationRole(t *testing.T) {
	s, url := storetest.Open(t)
	ok(t, s.Ping(t.Context()))
	sql(t, owner(t, url), "revoke select on campaign from xuanping_app")
	if _, err := s.Campaigns(t.Context()); campaign.KindOf(err) != campaign.Internal || err == nil {
		t.Errorf("a right was taken away and nothing happened: %v", err)
	}
}

// Numbers follow the codes' bytes on every machine, whatever its locale.
func TestOrderDoesNotDependOnTheLocale(t *testing.T) {
	s, url := storetest.Open(t)
	storetest.Campaign(t, s, year, false, 1)
	got := column[string](t, owner(t, url), `select pg_collation_for(code) from entry`)
	if !slices.Equal(got, []string{`"C"`}) {
		t.Errorf("collation of codes: %v", got)
	}
}
