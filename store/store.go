package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"xuanping/campaign"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Store is the score book. It is safe for concurrent use.
type Store struct {
	Reader
	pool   *pgxpool.Pool
	ledger struct{ spent, leaves atomic.Int64 }
}

// LedgerCost tells how long acts of this process waited for their leaves in
// all, the wait for the ledger's lock included, and how many leaves there were.
func (s *Store) LedgerCost() (spent time.Duration, leaves int64) {
	return time.Duration(s.ledger.spent.Load()), s.ledger.leaves.Load()
}

// Reader has the questions; a Store asks them of the pool, a Tx inside its transaction.
type Reader struct{ db querier }

type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// Open connects with the rights of the application role, which may add to the
// facts but not change them. The schema must be there: see Migrate.
func Open(ctx context.Context, url string) (*Store, error) { return open(ctx, url, true, nil) }

// OpenWatched is Open with a look at every statement that is sent, for
// measurements.
func OpenWatched(ctx context.Context, url string, watch func(*pgx.ConnConfig)) (*Store, error) {
	return open(ctx, url, true, watch)
}

func open(ctx context.Context, url string, asApp bool, watch func(*pgx.ConnConfig)) (*Store, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, campaign.Fail(campaign.Invalid, "数据库地址（DATABASE_URL）无法识别，应形如 postgres://用户@主机:5432/xuanping")
	}
	cfg.ConnConfig.RuntimeParams["timezone"] = "UTC"
	cfg.ConnConfig.RuntimeParams["bytea_output"] = "hex" // rows are digested as the session writes them
	if _, set := cfg.ConnConfig.RuntimeParams["statement_timeout"]; !set {
		cfg.ConnConfig.RuntimeParams["statement_timeout"] = "20000"
	}
	cfg.ConnConfig.ConnectTimeout = 5 * time.Second
	if watch != nil {
		watch(cfg.ConnConfig)
	}
	cfg.MaxConns = max(cfg.MaxConns, 12)
	if asApp {
		cfg.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
			_, err := c.Exec(ctx, "set role xuanping_app")
			return err
		}
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, translate(err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, &campaign.Error{Kind: campaign.Internal, Say: "数据库暂时无法连接，请稍后再试", Err: err}
	}
	return &Store{Reader: Reader{pool}, pool: pool}, nil
}

// Close gives the connections back.
func (s *Store) Close() { s.pool.Close() }

// Ping tells whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return translate(s.pool.Ping(ctx)) }

// Migrate brings the schema up to this build and returns its version.
func Migrate(ctx context.Context, url string) (int64, error) {
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return 0, campaign.Fail(campaign.Invalid, "数据库地址（DATABASE_URL）无法识别")
	}
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = 5 * time.Second
	}
	db := stdlib.OpenDB(*cfg)
	defer db.Close()
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return 0, err
	}
	one, err := lock.NewPostgresSessionLocker() // services that start together migrate one after the other
	if err != nil {
		return 0, err
	}
	p, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithSessionLocker(one))
	if err != nil {
		return 0, err
	}
	if _, err := p.Up(ctx); err != nil {
		return 0, fmt.Errorf("migrate: %w", err)
	}
	return p.GetDBVersion(ctx)
}

// translate is the border between PostgreSQL and campaign.Kind.
func translate(err error) error {
	if err == nil {
		return nil
	}
	if _, ours := errors.AsType[*campaign.Error](err); ours {
		return err
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return &campaign.Error{Kind: campaign.NotFound, Say: "没有找到对应的记录", Err: err}
	}
	pg, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return &campaign.Error{Kind: campaign.Internal, Say: "数据库暂时无法使用，请稍后再试", Err: err}
	}
	if say, known := constraints[pg.ConstraintName]; known {
		return &campaign.Error{Kind: campaign.Conflict, Say: say, Err: err}
	}
	switch pg.Code {
	case "23505": // unique_violation
		return &campaign.Error{Kind: campaign.Conflict, Say: "该记录已经存在，请刷新页面查看", Err: err}
	case "42501": // insufficient_privilege
		return &campaign.Error{Kind: campaign.Internal, Say: "数据库不允许这一操作：须以数据表所有者的身份连接", Err: err}
	case "23503", "23514", "23502", "22P02": // foreign key, check, not null, text representation
		return &campaign.Error{Kind: campaign.Invalid, Say: "内容不符合要求，请检查后重新提交", Err: err}
	}
	return &campaign.Error{Kind: campaign.Internal, Say: "数据库暂时无法使用，请稍后再试", Err: err}
}

// constraints gives the sentence for a constraint that a person can run into.
var constraints = map[string]string{
	"determiner_apart":                  "登记、调查和告知的人员不能作出认定，请由另一位人员处理",
	"event_determined":                  "认定须有判决、处罚、核查、通报等依据，判定与认证活动相关，并写明分值理由",
	"national_by_document":              "列为国家级须写明依据文件（附件2第15项第1点）",
	"matter_act_undoes_key":             "该处理已经恢复过",
	"own_claim":                         "只能撤回本机构申报、尚未认定的事项",
	"amendment_row":                     "该事项不属于所复核的一项，请刷新页面",
	"amendment_decider":                 "只有该机构现任的复核人可以作出决定，经办过该事项的人员应当回避",
	"amendment_favours":                 "复核中对事项的决定只能维持或者有利于机构",
	"two_persons":                       "登记人不能认定自己登记的事项，请由另一位人员处理",
	"not_a_scorer":                      "评分人不能办理同一机构的复核",
	"warning_distinct":                  "签批人不得与告知人或另一签批人为同一人",
	"warning_partial":                   "参加过该机构评分或评价复核的人员应当回避",
	"warning_second":                    "该事项须由两人先后办理",
	"not_involved":                      "经办过该机构事项的人员不能办理其复核",
	"case_file_once":                    "这份材料已经上传过，无需重复上传",
	"release_step_pkey":                 "该步骤已经办理，请刷新页面查看",
	"release_persons":                   "三次审核须由三个人、三次校对须由三个人承担，请由另一人办理",
	"release_follows":                   "三审三校须按顺序进行，请刷新页面查看",
	"release_own":                       "送审人不能审核自己送审的公布稿",
	"release_alone":                     "审核和校对应由不同的人承担；确因人员不足的，请写明原因",
	"release_whole":                     "公布稿尚未完成三审三校，不能公布",
	"correction_removed":                "该机构已经不在优秀单位名单中",
	"seat_year_code_reviewer_key":       "该评审专家已承担过这家机构的评审",
	"conflict_withdrawal_pkey":          "您已经签过这项撤销，须由另一位经办人员签署",
	"seat_end_pkey":                     "该席位的承担已经终止",
	"evidence_year_code_row_digest_key": "这份材料已经上传过，无需重复上传",
	"campaign_pkey":                     "该年度的评价已经存在",
	"institution_uscc_key":              "统一社会信用代码与另一家机构重复",
	"event_ruling_pkey":                 "该事项已有认定结论",
	"sheet_pkey":                        "打分表已经提交，不能重复提交",
	"appeal_pkey":                       "该指标已申请过复核",
	"appeal_ruling_pkey":                "该指标的复核已有决定",
	"one_ruling":                        "该指标的复核已有决定",
	"publication_pkey":                  "该年度结果已经公布",
	"erasure_turn":                      "没有待确认的删除提议，或已经提议、已经删除",
	"erasure_two_persons":               "提议人不能确认自己的提议，请由另一位人员办理",
	"key_destroyed":                     "该年度的个人信息已经删除，不再接受登记",
	"interpretation_two_persons":        "制定人不能批准自己制定的解释，请由另一位人员办理",
	"interpretation_force_pkey":         "该解释已经生效",

	"spot_draw_pkey":         "该清单已经抽取，抽取结果不再改变",
	"spot_drawn":             "该行没有被抽中",
	"spot_note":              "请写明情况",
	"spot_committed":         "抽查种子与启动时公布的承诺不符，不能公布结果。请停止办理，通知审计人员核查",
	"spot_reveal_seed_check": "抽查种子不可读取，请通知审计人员核查",

	"guidance_unsent":                 "函已发出，不能再增加附件",
	"guidance_file_year_n_digest_key": "这份材料已经上传过，无需重复上传",
	"guidance_receipt_pkey":           "这份函已经签收",

	"incident_once": "该事项已经办理，请刷新页面查看", "incident_past": "发生时间不能晚于现在",
	"clearance_once": "该事项已经办理，请刷新页面查看", "clearance_decided": "该申请已有批复",
	"clearance_principal":                   "重要内容应报本机构主要负责人审定同意（第十六条）",
	"clearance_file_year_code_n_digest_key": "这份材料已经上传过，无需重复上传",
}

// collect runs a query and gathers its rows by column name.
func collect[T any](ctx context.Context, r Reader, sql string, args ...any) ([]T, error) {
	rows, err := r.db.Query(ctx, sql, args...)
	if err != nil {
		return nil, translate(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByName[T])
	return all, translate(err)
}

// one is collect for exactly one row; none is campaign.NotFound.
func one[T any](ctx context.Context, r Reader, sql string, args ...any) (T, error) {
	rows, err := r.db.Query(ctx, sql, args...)
	if err != nil {
		var zero T
		return zero, translate(err)
	}
	v, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[T])
	return v, translate(err)
}

// scalar is one value of one row.
func scalar[T any](ctx context.Context, r Reader, sql string, args ...any) (T, error) {
	var v T
	err := r.db.QueryRow(ctx, sql, args...).Scan(&v)
	return v, translate(err)
}

// list is one column of many rows.
func list[T any](ctx context.Context, r Reader, sql string, args ...any) ([]T, error) {
	rows, err := r.db.Query(ctx, sql, args...)
	if err != nil {
		return nil, translate(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[T])
	return all, translate(err)
}
