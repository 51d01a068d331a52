package engine

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/server/common/config"
	tlog "go.temporal.io/server/common/log"
	"go.temporal.io/server/tools/common/schema"
	sqltool "go.temporal.io/server/tools/sql"
)

const (
	DatabaseName   = "temporal" // holds the histories
	VisibilityName = "temporal_visibility"
	pluginName     = "postgres12_pgx"
)

func (d Database) config(name string) *config.SQL {
	return &config.SQL{
		User: d.User, Password: d.Password, PluginName: pluginName, DatabaseName: name,
		ConnectAddr: d.Address, ConnectProtocol: "tcp", MaxConns: 20, MaxIdleConns: 20, MaxConnLifetime: time.Hour,
	}
}

// setupSchema creates the engine's databases and brings their tables to the version this server
// wants. It runs at every start and changes nothing when all is there.
func setupSchema(ctx context.Context, d Database, logger tlog.Logger) error {
	for name, path := range map[string]string{DatabaseName: "postgresql/v12/temporal", VisibilityName: "postgresql/v12/visibility"} {
		if err := createDatabase(ctx, d, name); err != nil {
			return err
		}
		if err := updateTables(d.config(name), path, logger); err != nil {
			return fmt.Errorf("更新引擎数据库 %s 的表:%w", name, err)
		}
	}
	return nil
}

func createDatabase(ctx context.Context, d Database, name string) error {
	u := url.URL{Scheme: "postgres", User: url.UserPassword(d.User, d.Password), Host: d.Address, Path: "/postgres", RawQuery: "sslmode=disable"}
	conn, err := pgx.Connect(ctx, u.String())
	if err != nil {
		return fmt.Errorf("引擎连接 PostgreSQL:%w", err)
	}
	defer conn.Close(ctx)
	var there bool
	if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, name).Scan(&there); err != nil {
		return fmt.Errorf("查看引擎数据库 %s:%w", name, err)
	}
	if there {
		return nil
	}
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize()); err != nil {
		return fmt.Errorf("创建引擎数据库 %s:%w", name, err)
	}
	return nil
}

// updateTables calls the schema tool's parts, not its command line, which prints and exits the process.
func updateTables(cfg *config.SQL, path string, logger tlog.Logger) error {
	conn, err := sqltool.NewConnection(cfg, logger)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ReadSchemaVersion(); err != nil { // an empty database
		if err := schema.NewSetupSchemaTask(conn, &schema.SetupConfig{InitialVersion: "0.0"}, logger).Run(); err != nil {
			return err
		}
	}
	return schema.NewUpdateSchemaTask(conn, &schema.UpdateConfig{SchemaName: path}, logger).Run()
}
