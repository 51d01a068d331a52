package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/client"

	"xuanping/audit"
	"xuanping/campaign"
	"xuanping/contract"
	"xuanping/desk"
	"xuanping/rubric"
	"xuanping/store"
)

// actor finds the person on whose behalf a command acts; it acts with his
// rights and is recorded under his id.
func (a *App) actor(ctx context.Context, id string) (store.Staff, error) {
	p, err := a.Store.Staff(ctx, id)
	if campaign.KindOf(err) == campaign.NotFound {
		return p, fmt.Errorf("没有账号“%s”，请先用 starter staff 添加", id)
	}
	return p, err
}

// campaign finds a year, or says which command makes it.
func (a *App) campaign(ctx context.Context, year int) (store.Campaign, error) {
	c, err := a.Store.Campaign(ctx, year)
	if campaign.KindOf(err) == campaign.NotFound {
		return c, fmt.Errorf("没有 %d 年度的评价，请核对年度；新的年度用 starter launch 创建", year)
	}
	return c, err
}

// AddStaff adds a person or changes him, by one person: for the first start,
// until somebody keeps the accounts and somebody else can confirm (S6).
func (a *App) AddStaff(ctx context.Context, p store.Staff, password string, out io.Writer) error {
	if err := a.Desk.Bootstrap(ctx); err != nil {
		return err
	}
	if err := a.Desk.AddStaff(ctx, p, password, "setup"); err != nil {
		return err
	}
	fmt.Fprintf(out, "已添加 %s（%s，%s）\n", p.ID, p.Name, p.Role.Chinese())
	return nil
}

// Import puts a roster file into the roster; every fault is printed with its line.
func (a *App) Import(ctx context.Context, by, file string, out io.Writer) error {
	p, err := a.actor(ctx, by)
	if err != nil {
		return err
	}
	data, err := readFile("名册文件", file)
	if err != nil {
		return err
	}
	added, changed, faults, err := a.Desk.ImportRoster(ctx, p, filepath.Base(file), data)
	for _, f := range faults {
		fmt.Fprintf(out, "第 %d 行 %s：%s\n", f.Line, f.Column, f.Say)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "新增 %d 家，更新 %d 家\n", added, changed)
	return nil
}

// Launch opens a year with the default calendar and settings.
// A rehearsal needs no official holidays and has a clock of its own.
func (a *App) Launch(ctx context.Context, by string, year int, rehearsal bool, out io.Writer) error {
	p, err := a.actor(ctx, by)
	if err != nil {
		return err
	}
	cal := campaign.DefaultCalendar(year, campaign.KnownHolidays())
	c, err := a.Desk.Launch(ctx, p, desk.LaunchForm{Year: year, Rehearsal: rehearsal, Calendar: cal, Settings: campaign.DefaultSettings(year)})
	if err != nil && campaign.KindOf(err) == campaign.Conflict && a.Desk.Bound(ctx, year) != nil {
		return fmt.Errorf("%w：%s%s，或者 starter readings make %d --by 账号", err, a.Config.BaseURL, desk.DefaultsPath(year), year)
	}
	if err != nil {
		return explainFields(err)
	}
	fmt.Fprintf(out, "%d 年度评价已创建，%s 启动\n", c.Year, c.Rules.Calendar.Launch.Chinese())
	return nil
}

// Extend moves one task's day for one institution.
func (a *App) Extend(ctx context.Context, by string, ref contract.Ref, task, day, reason string) error {
	p, err := a.actor(ctx, by)
	if err != nil {
		return err
	}
	to, err := campaign.ParseDay(day)
	if err != nil {
		return fmt.Errorf("--day %q 不是日期，应形如 2026-03-31", day)
	}
	if _, err := a.campaign(ctx, ref.Year); err != nil {
		return err
	}
	return explainFields(a.Desk.Extend(ctx, p, ref, campaign.Task(task), to, reason))
}

// Publish asks for publication of a year's results.
func (a *App) Publish(ctx context.Context, by string, year int) error {
	p, err := a.actor(ctx, by)
	if err != nil {
		return err
	}
	if _, err := a.campaign(ctx, year); err != nil {
		return err
	}
	return explainFields(a.Desk.Publish(ctx, p, year))
}

// explainFields adds the faulty fields to an error's sentence.
func explainFields(err error) error {
	e, ok := errors.AsType[*campaign.Error](err)
	if !ok || len(e.Fields) == 0 {
		return err
	}
	lines := []string{e.Say}
	for _, k := range slices.Sorted(maps.Keys(e.Fields)) {
		lines = append(lines, "  "+k+"："+e.Fields[k])
	}
	return errors.New(strings.Join(lines, "\n"))
}

// Status prints how far a year has come.
func (a *App) Status(ctx context.Context, year int, out io.Writer) error {
	c, err := a.campaign(ctx, year)
	if err != nil {
		return err
	}
	entries, err := a.Store.Entries(ctx, year)
	if err != nil {
		return err
	}
	counts := map[campaign.Stage]int{}
	for _, e := range entries {
		counts[e.Stage]++
	}
	fmt.Fprintf(out, "%d 年度评价，%d 家机构，当前时间 %s\n", year, len(entries), c.Now(time.Now()).In(campaign.Beijing).Format("2006-01-02 15:04"))
	for _, s := range campaign.Stages() {
		if counts[s] > 0 {
			fmt.Fprintf(out, "  %s\t%d\n", s.Chinese(), counts[s])
		}
	}
	states, err := a.Store.Outbox(ctx, year)
	for _, s := range states {
		fmt.Fprintf(out, "  %s %s\t%d\n", s.Kind, s.State, s.N)
	}
	return err
}

// Check prints the effective configuration and tries everything the service
// needs; an error when something is missing.
func Check(ctx context.Context, env func(string) (string, bool), out io.Writer) error {
	for _, l := range Describe(env) {
		fmt.Fprintln(out, l)
	}
	c, err := Load(env)
	if err != nil {
		return err
	}
	a, err := Open(ctx, c, Logger(io.Discard, "error"))
	if err != nil {
		return errors.Join(err, engineOnly(ctx)) // what else is missing is said as well
	}
	defer a.Close()
	fmt.Fprintln(out, "数据库      正常")
	for _, l := range a.Fonts.Report() {
		fmt.Fprintln(out, "字体       ", l)
	}
	for _, l := range a.seals.report(time.Now()) {
		fmt.Fprintln(out, "文书签名   ", l)
	}
	failed := c.identityAnswers(ctx, out)
	if err := a.engineAnswers(ctx); err != nil {
		return errors.Join(failed, err)
	}
	fmt.Fprintln(out, "Temporal    正常")
	return failed
}

// identityAnswers tries the identity provider, where there is one.
func (c Config) identityAnswers(ctx context.Context, out io.Writer) error {
	if c.OIDCIssuer == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := c.oidc().Reach(ctx); err != nil {
		return fmt.Errorf("统一身份认证服务无法使用，请检查 XUANPING_OIDC_ISSUER 与该服务公布的 issuer 是否一致、网络是否相通：%w", err)
	}
	fmt.Fprintln(out, "统一身份认证", "正常")
	return nil
}

// histories reads a year's histories from the engine; a year that was never
// launched is told apart from one without workflows.
func (a *App) histories(ctx context.Context, year int) ([]audit.History, error) {
	if _, err := a.campaign(ctx, year); err != nil {
		return nil, err
	}
	if err := a.engineAnswers(ctx); err != nil {
		return nil, err
	}
	return audit.Histories(ctx, a.Engine, a.Namespace, year)
}

// engineAnswers tries the engine for a few seconds, so that a command says
// soon what is wrong.
func (a *App) engineAnswers(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if _, err := a.Engine.CheckHealth(ctx, &client.CheckHealthRequest{}); err != nil {
		return fmt.Errorf("引擎（Temporal）无法连接，请确认引擎已启动，并检查 TEMPORAL_ADDRESS：%w", err)
	}
	return nil
}

// engineOnly tries the engine in a house that could not be built.
func engineOnly(ctx context.Context) error {
	a := &App{Log: Logger(io.Discard, "error")}
	if err := a.dial(); err != nil {
		return err
	}
	defer a.Engine.Close()
	return a.engineAnswers(ctx)
}

// Replay replays every history of a year against this build.
func (a *App) Replay(ctx context.Context, year int, progress func(done, total int), out io.Writer) error {
	all, err := a.histories(ctx, year)
	if err != nil {
		return err
	}
	changed := a.compareHistories(ctx, year, all, out) // first: the replayer writes into the events it is given
	return errors.Join(replay(len(all), func(i int) (audit.History, error) { return all[i], nil }, progress, out), changed)
}

// ReplayFiles replays histories saved by SaveHistories or by the Temporal CLI.
func ReplayFiles(files []string, progress func(done, total int), out io.Writer) error {
	return replay(len(files), func(i int) (audit.History, error) {
		b, err := readFile("历史文件", files[i])
		if err != nil {
			return audit.History{}, err
		}
		h, err := audit.Load(bytes.NewReader(b))
		if err != nil {
			err = fmt.Errorf("%s：%w", files[i], err)
		}
		return h, err
	}, progress, out)
}

// replay replays n histories, and where all came out the same measures itself
// against the SDK's replayer.
func replay(n int, load func(i int) (audit.History, error), progress func(done, total int), out io.Writer) error {
	if n == 0 {
		return errors.New("没有可重放的历史，请核对年度")
	}
	began := time.Now()
	errs := audit.ReplayEach(n, load, register, runtime.NumCPU(), progress)
	took := time.Since(began)
	ok, differ := 0, 0
	var unread []error
	for _, err := range errs {
		var f audit.Failure
		switch {
		case err == nil:
			ok++
		case errors.As(err, &f):
			fmt.Fprintln(out, f)
			differ++
		default:
			unread = append(unread, err)
		}
	}
	fmt.Fprintf(out, "%d ok\n", ok)
	if ok == n {
		bare := audit.BareReplay(n, load, register)
		rate, one := float64(ok)/took.Seconds(), float64(ok)/bare.Seconds()
		fmt.Fprintf(out, "每秒 %.0f 个流程（%d 核）；SDK 重放器单核每秒 %.0f 个，比值 %.2f，每核 %.2f\n", rate, runtime.NumCPU(), one, rate/one, rate/one/float64(min(runtime.NumCPU(), n)))
	}
	if differ > 0 {
		unread = append(unread, fmt.Errorf("%d 个流程的历史与当前程序不一致，请勿部署这一版本，先核对改动", differ))
	}
	return errors.Join(unread...)
}

// SaveHistories writes every history of a year into a folder, a file each.
func (a *App) SaveHistories(ctx context.Context, year int, dir string, out io.Writer) error {
	all, err := a.histories(ctx, year)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("无法建立文件夹 %s，请换一个位置：%w", dir, err)
	}
	for _, h := range all {
		f, err := os.Create(filepath.Join(dir, strings.ReplaceAll(h.WorkflowID, "/", "_")+"_"+h.RunID+".json"))
		if err != nil {
			return err
		}
		err = audit.Save(h, f)
		if e := f.Close(); err == nil {
			err = e
		}
		if err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "已保存 %d 个流程的历史到 %s\n", len(all), dir)
	return nil
}

// Recount recomputes every score of a year from the recorded facts, and checks
// the ledger they were recorded in.
func (a *App) Recount(ctx context.Context, year int, out io.Writer) error {
	if _, err := a.campaign(ctx, year); err != nil {
		return err
	}
	r, err := audit.Recount(ctx, a.Store.Reader, rubric.Annex2(), year)
	if err != nil {
		return err
	}
	for _, d := range r.Differences {
		fmt.Fprintln(out, d)
	}
	fmt.Fprintf(out, "重新计算 %d 家机构，%d 个结果一致，%d 处不一致\n", r.Institutions, r.Equal, len(r.Differences))
	known, err := a.ledgerKeys()
	if err != nil {
		return err
	}
	l, err := audit.VerifyLedger(ctx, a.Store.Reader, known, nil)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, l)
	if len(r.Differences) > 0 || !l.Sound() {
		return errors.New("记录与重算不一致，请保全现场并报告")
	}
	return nil
}

// Person, Ref and ReadRoster make the nouns that the command line speaks of.
func Person(id, name, email, role string) store.Staff {
	return store.Staff{ID: id, Name: name, Email: email, Role: campaign.Role(role)}
}

// Ref names an institution's year.
func Ref(year int, code string) contract.Ref { return contract.Ref{Year: year, Code: code} }

// ReadRoster reads a roster file; every fault is in the error.
func ReadRoster(file string) ([]campaign.Institution, error) {
	data, err := readFile("名册文件", file)
	if err != nil {
		return nil, err
	}
	all, faults, err := desk.ReadRoster(file, data)
	if err != nil {
		return nil, err
	}
	var say []string
	for _, f := range faults {
		say = append(say, fmt.Sprintf("第 %d 行 %s：%s", f.Line, f.Column, f.Say))
	}
	if len(say) > 0 {
		return nil, errors.New("名册有误：\n" + strings.Join(say, "\n"))
	}
	return all, nil
}
