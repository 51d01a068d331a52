// What staff and auditors type.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
	"github.com/schollz/progressbar/v3"

	"xuanping/app"
)

type cli struct {
	Check    checkCmd    `cmd:"" help:"检查配置、数据库、引擎和字体"`
	Migrate  migrateCmd  `cmd:"" help:"升级数据库结构"`
	Staff    staffCmd    `cmd:"" help:"首次启动：添加工作人员账号（有系统管理人员和审批人员以后用 account）"`
	Account  accountCmd  `cmd:"" help:"账号变更：一人提出、另一人确认"`
	Import   importCmd   `cmd:"" help:"导入机构名册（.csv 或 .xlsx）"`
	Readings readingsCmd `cmd:"" help:"口径解释：查看、按默认读法制定、批准生效；齐全后才能启动年度"`
	Launch   launchCmd   `cmd:"" help:"按默认日历和设置创建年度评价"`
	Status   statusCmd   `cmd:"" help:"查看年度进度"`
	Extend   extendCmd   `cmd:"" help:"为一家机构延期"`
	Publish  publishCmd  `cmd:"" help:"公布年度结果；须先完成三审三校"`
	Rehearse rehearseCmd `cmd:"" help:"演练：由模拟人员走完一年（需引擎允许快进）"`
	History  historyCmd  `cmd:"" help:"一家机构一年的时间线"`
	Replay   replayCmd   `cmd:"" help:"用当前程序重放年度内全部流程历史"`
	Recount  recountCmd  `cmd:"" help:"由记录的事实重算全部得分并核对账本"`
	Ledger   ledgerCmd   `cmd:"" help:"账本：证明、核对、公钥、见证"`
	Prove    proveCmd    `cmd:"" help:"证明一条记录在账本中（JSON），同 ledger prove"`
	Fsck     fsckCmd     `cmd:"" help:"逐条核对数据库、材料库、账本和引擎是否合乎规则"`
	Verify   verifyCmd   `cmd:"" help:"离线查验：文书（PDF）的签名，或卷宗（ZIP）的全部内容"`
	Erase    eraseCmd    `cmd:"" help:"删除一个年度的个人信息（两人办理，账本仍可核对）"`
	Seal     sealCmd     `cmd:"" help:"封存一个年度为一个卷宗文件，可离线查验"`
	Export   exportCmd   `cmd:"" help:"导出年度数据（CSV、Excel、JSON）和年鉴素材"`
	Score    scoreCmd    `cmd:"" help:"计算一份打分表，或运行标准算例"`
	Rubric   rubricCmd   `cmd:"" help:"指标表"`
	Warn     warnCmd     `cmd:"" help:"风险警示"`

	SelfEvaluate selfEvaluateCmd `cmd:"" help:"按同一规则自评（非官方），可另存 PDF"`
	Local        localCmd        `cmd:"" help:"地方监管：激励参考排序"`
	Trace        traceCmd        `cmd:"" help:"条款对照：每一条款对应的规则、字段和测试"`
	Explain      explainCmd      `cmd:"" help:"一家机构得分的来源：由总分到每项评分、材料、事项和口径"`
	CheckReceipt checkReceiptCmd `cmd:"" help:"核对得分回执，不需要数据库和网络"`
	Whatif       whatifCmd       `cmd:"" help:"换一种口径试算年度结果"`
	Results      resultsCmd      `cmd:"" help:"年度结果的版本"`
	Report       reportCmd       `cmd:"" help:"专题报告的数字、出处和更正记录"`
	Goals        goalsCmd        `cmd:"" help:"三年行动方案六项目标的数据"`
	Mails        mailsCmd        `cmd:"" help:"邮件：年度清单、暂停、核对、恢复"`
	Letters      lettersCmd      `cmd:"" help:"书面办理链接"`
	Quarantined  quarantinedCmd  `cmd:"" help:"已移除的泄密文件：摘要、时间和须人工清除的备份"`
	Sample       sampleCmd       `cmd:"" help:"按公布的种子重新抽取，核对抽查记录"`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	k := kong.Must(&cli{}, kong.Name("starter"), kong.Description("宣评：工作人员和审计人员的命令行。连接由环境变量 DATABASE_URL、TEMPORAL_ADDRESS 等指定，见 starter check。"),
		kong.BindTo(ctx, (*context.Context)(nil)))
	typed, err := k.Parse(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "starter:", inChinese(err))
		os.Exit(2)
	}
	if err := typed.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "starter:", err)
		os.Exit(1)
	}
}

// open builds the house from the environment for one command.
func open(ctx context.Context, do func(*app.App) error) error {
	c, err := app.Load(app.Environment)
	if err != nil {
		return err
	}
	a, err := app.Open(ctx, c, app.Logger(os.Stderr, "error"))
	if err != nil {
		return err
	}
	defer a.Close()
	return do(a)
}

// bar shows progress on a terminal and nothing elsewhere.
func bar(what string) func(done, total int) {
	var b *progressbar.ProgressBar
	return func(done, total int) {
		if !app.Terminal(os.Stderr) {
			return
		}
		if b == nil {
			b = progressbar.NewOptions(total, progressbar.OptionSetDescription(what), progressbar.OptionSetWriter(os.Stderr), progressbar.OptionClearOnFinish())
		}
		b.Set(done)
	}
}

type checkCmd struct{}

func (checkCmd) Run(ctx context.Context) error { return app.Check(ctx, app.Environment, os.Stdout) }

type migrateCmd struct{}

func (migrateCmd) Run(ctx context.Context) error {
	c, err := app.Load(app.Environment)
	if err != nil {
		return err
	}
	v, err := app.Migrate(ctx, c)
	if err == nil {
		fmt.Println("数据库结构版本", v)
	}
	return err
}

type staffCmd struct {
	ID       string `arg:"" help:"账号，小写字母开头；请用工号（如 p1024），不用姓名或拼音：账号记入账本，不能删除"`
	Name     string `required:"" help:"姓名"`
	Email    string `required:"" help:"邮箱"`
	Role     string `required:"" enum:"officer,reviewer,approver,auditor,legal,local,admin,association" help:"角色：officer 经办、reviewer 评审、approver 审批、auditor 审计、legal 法制审核、local 地方监管、admin 系统管理、association 行业协会"`
	Province string `help:"地方监管人员的省份，与名册写法一致，如 北京市"`
	Password string `env:"XUANPING_NEW_PASSWORD" help:"密码，至少 10 位；宜用环境变量 XUANPING_NEW_PASSWORD 给出，命令行会留在历史记录中"`
	Employer string `help:"评审专家现任职单位的统一社会信用代码，用于回避"`
	Limit    int    `help:"评审专家一个年度最多承担的席位；0 不限"`
}

func (c staffCmd) Run(ctx context.Context) error {
	if c.Password == "" {
		return fmt.Errorf("请给出密码（至少 10 位）：XUANPING_NEW_PASSWORD=密码 starter staff %s …，或用 --password", c.ID)
	}
	return open(ctx, func(a *app.App) error {
		p := app.Person(c.ID, c.Name, c.Email, c.Role)
		p.Province, p.Employer, p.Limit = c.Province, c.Employer, c.Limit
		return a.AddStaff(ctx, p, c.Password, os.Stdout)
	})
}

type importCmd struct {
	File string `arg:"" help:"名册文件"`
	By   string `required:"" help:"经办人员账号"`
}

func (c importCmd) Run(ctx context.Context) error {
	return open(ctx, func(a *app.App) error { return a.Import(ctx, c.By, c.File, os.Stdout) })
}

type launchCmd struct {
	Year      int    `arg:"" help:"评价年度"`
	By        string `required:"" help:"经办人员账号"`
	Rehearsal bool   `help:"演练：标注示例，可用暂定节假日表"`
	Check     bool   `help:"只做启动前检查：联系人、标准、节假日表、人员、口径解释；有问题时报错"`
}

func (c launchCmd) Run(ctx context.Context) error {
	if c.Check {
		return open(ctx, func(a *app.App) error { return a.Preflight(ctx, c.Year, c.Rehearsal, os.Stdout) })
	}
	return open(ctx, func(a *app.App) error { return a.Launch(ctx, c.By, c.Year, c.Rehearsal, os.Stdout) })
}

type statusCmd struct {
	Year int `arg:"" help:"评价年度"`
}

func (c statusCmd) Run(ctx context.Context) error {
	return open(ctx, func(a *app.App) error { return a.Status(ctx, c.Year, os.Stdout) })
}

type extendCmd struct {
	Code   string `arg:"" help:"批准号"`
	Year   int    `arg:"" help:"评价年度"`
	Task   string `required:"" enum:"plan,evidence,self-score" help:"任务：plan、evidence、self-score"`
	Day    string `required:"" help:"新的截止日，2026-03-31"`
	Reason string `required:"" help:"理由"`
	By     string `required:"" help:"经办人员账号"`
}

func (c extendCmd) Run(ctx context.Context) error {
	return open(ctx, func(a *app.App) error { return a.Extend(ctx, c.By, app.Ref(c.Year, c.Code), c.Task, c.Day, c.Reason) })
}

type publishCmd struct {
	Year int    `arg:"" help:"评价年度"`
	By   string `required:"" help:"经办人员账号"`
}

func (c publishCmd) Run(ctx context.Context) error {
	return open(ctx, func(a *app.App) error { return a.Publish(ctx, c.By, c.Year) })
}

type rehearseCmd struct {
	Year         int    `help:"评价年度，默认下一年度"`
	Roster       string `help:"名册文件，默认使用虚构机构"`
	Institutions int    `default:"24" help:"机构数"`
	Seed         uint64 `default:"1" help:"随机种子"`
}

func (c rehearseCmd) Run(ctx context.Context) error {
	return open(ctx, func(a *app.App) error {
		o := app.RehearseOptions{Year: c.Year, Institutions: c.Institutions, Seed: c.Seed, Progress: app.Plain(os.Stderr)}
		var err error
		if c.Roster != "" {
			if o.Roster, err = app.ReadRoster(c.Roster); err != nil {
				return err
			}
		}
		r, err := a.Rehearse(ctx, o)
		for _, d := range a.Demo { // this command made or renewed them
			fmt.Printf("账号 %-12s 密码 %s  %s\n", d.ID, d.Password, d.Role)
		}
		fmt.Println(r.Table())
		for _, f := range r.Failures {
			fmt.Println("  不符：", f)
		}
		fmt.Println(r.Line())
		return err
	})
}

type historyCmd struct {
	Code string `arg:"" help:"批准号；写 campaign 查看整个年度的流程"`
	Year int    `arg:"" help:"评价年度"`
	All  bool   `help:"连同演练拨动时钟的事件"`
}

func (c historyCmd) Run(ctx context.Context) error {
	if c.Code == "campaign" {
		c.Code = ""
	}
	return open(ctx, func(a *app.App) error { return a.History(ctx, app.Ref(c.Year, c.Code), c.All, os.Stdout) })
}

type replayCmd struct {
	Of    []string `arg:"" optional:"" name:"year" help:"评价年度；写了 --files 的，为其余的历史文件"`
	Files []string `help:"改为重放历史文件，可写多个：--files a.json b.json" placeholder:"FILE ..." sep:"none"`
	Save  string   `help:"把历史保存到此文件夹，不重放"`
}

// year is the one argument where no files are replayed.
func (c replayCmd) year() (int, error) {
	if len(c.Of) == 0 {
		return 0, fmt.Errorf("请给出评价年度，或用 --files 指定历史文件")
	}
	year, err := strconv.Atoi(c.Of[0])
	if err != nil || len(c.Of) > 1 {
		return 0, fmt.Errorf("“%s”不是一个评价年度；要重放历史文件，请在文件名之前写 --files", strings.Join(c.Of, " "))
	}
	return year, nil
}

func (c replayCmd) Run(ctx context.Context) error {
	if len(c.Files) > 0 { // the shell's further files come as arguments
		return app.ReplayFiles(slices.Concat(c.Files, c.Of), bar("重放"), os.Stdout)
	}
	year, err := c.year()
	if err != nil {
		return err
	}
	return open(ctx, func(a *app.App) error {
		if c.Save != "" {
			return a.SaveHistories(ctx, year, filepath.Clean(c.Save), os.Stdout)
		}
		return a.Replay(ctx, year, bar("重放"), os.Stdout)
	})
}

type recountCmd struct {
	Year int `arg:"" help:"评价年度"`
}

func (c recountCmd) Run(ctx context.Context) error {
	return open(ctx, func(a *app.App) error { return a.Recount(ctx, c.Year, os.Stdout) })
}

type verifyCmd struct {
	File   string   `arg:"" help:"文书文件或卷宗文件"`
	Key    []string `help:"文书：信任的签名证书（PEM），可从网站 /v/certificates.pem 取得并核对指纹；卷宗：信任的账本公钥（网站“账本”页面）；可多次给出" sep:"none"`
	Ledger []string `name:"ledger-key" help:"文书：信任的账本公钥；不给出时采用文书载明的公钥，由签名保证；可多次给出" sep:"none"`
}

func (c verifyCmd) Run() error {
	return app.VerifyFile(c.File, c.Key, c.Ledger, app.Environment, bar("重放"), os.Stdout)
}

type scoreCmd struct {
	Sheet   string `help:"打分表文件（JSON），示例见 testdata/score-sheet.json"`
	Vectors bool   `help:"运行标准算例"`
	JSON    bool   `help:"以 JSON 输出，分值以 0.01 分为单位"`
}

func (c scoreCmd) Run() error {
	var out io.Writer = os.Stdout
	switch {
	case c.Vectors:
		return app.Vectors(out)
	case c.Sheet != "":
		return app.Score(c.Sheet, c.JSON, out)
	}
	return fmt.Errorf("请用 --sheet 指定打分表，或用 --vectors 运行标准算例")
}

type rubricCmd struct {
	Lint      lintCmd      `cmd:"" help:"检查指标表"`
	Diff      diffCmd      `cmd:"" help:"比较两个指标版本"`
	Crosswalk crosswalkCmd `cmd:"" help:"行动方案七个方面与附件2 的对应"`
	Consult   consultCmd   `cmd:"" help:"征求意见稿：指标、条款、口径、勘误"`
}

type lintCmd struct {
	Table string `arg:"" optional:"" default:"annex2-2024" help:"版本名或文件，默认现行版本"`
}

func (c lintCmd) Run() error { return app.LintTable(c.Table, os.Stdout) }

type diffCmd struct {
	A string `arg:"" help:"原版本名、文件，或评价年度"`
	B string `arg:"" help:"新版本名、文件，或评价年度"`
}

func (c diffCmd) Run(ctx context.Context) error {
	if !app.IsYear(c.A) && !app.IsYear(c.B) {
		return app.RubricDiff(c.A, c.B, os.Stdout)
	}
	return open(ctx, func(a *app.App) error { return a.RubricDiffYears(ctx, c.A, c.B, os.Stdout) })
}

type crosswalkCmd struct{}

func (crosswalkCmd) Run() error { return app.Crosswalk(os.Stdout) }

type consultCmd struct {
	Table string `arg:"" optional:"" default:"annex2-2024" help:"版本名或文件，默认现行版本"`
}

func (c consultCmd) Run() error { return app.Consult(c.Table, os.Stdout) }
