package app

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/worker"

	"xuanping/audit"
	"xuanping/rubric"
	"xuanping/workflows"
)

// build names this program for an archive: the revision it was made from.
func build() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	version := info.Main.Version
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			version += " " + s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			version += " +"
		}
	}
	return version
}

func register(r worker.WorkflowRegistry) { workflows.Register(r) }

// Seal writes a year's sealed archive (卷宗). The file appears when it is whole.
func (a *App) Seal(ctx context.Context, year int, names bool, file string, out io.Writer) (err error) {
	histories, err := a.histories(ctx, year)
	if err != nil {
		return err
	}
	if _, err := a.NoteHistories(ctx, year); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".seal-*")
	if err != nil {
		return fmt.Errorf("无法写入 %s，请换一个位置：%w", file, err)
	}
	defer os.Remove(f.Name()) // gone when renamed
	defer f.Close()
	m, err := audit.Seal(ctx, a.Store, audit.SealOptions{Year: year, WithNames: names, Build: build(), Key: a.LogKey, Former: a.Config.LedgerFormer,
		Annex: rubric.Annex2File(), Readings: rubric.ReadingsFile(), Histories: histories}, f)
	if err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := os.Rename(f.Name(), file); err != nil {
		return fmt.Errorf("无法写入 %s，请换一个位置：%w", file, err)
	}
	fmt.Fprintf(out, "已封存 %d 年度：%s，%.1f MB，历史 %d 个，文书 %d 份，账本 %d 条\n", year, file, float64(info.Size())/1e6, m.Histories, m.Papers, m.LedgerSize)
	if names {
		fmt.Fprintln(out, "含个人信息和个人书写的文字，请按规定保管")
	} else {
		fmt.Fprintf(out, "不含个人信息：人员和文字以代号表示；涉及个人或引用个人书写文字的文书 %d 份未收入，只收入登记和摘要；需要全部内容请用 --with-names\n", len(m.Withheld))
	}
	fmt.Fprintln(out, "签署公钥：", m.LogKey)
	return nil
}

// VerifyArchive checks a sealed archive offline and prints what it found, how
// long it took and how much memory.
func VerifyArchive(file string, keys []string, progress func(done, total int), out io.Writer) error {
	f, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("无法读取卷宗 %s，请检查路径：%w", file, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	began := time.Now()
	r, err := audit.VerifyArchive(f, info.Size(), audit.ArchiveOptions{Keys: keys, Register: register, Parallel: runtime.NumCPU(), Progress: progress})
	if err != nil {
		return err
	}
	tellArchive(out, r)
	fmt.Fprintf(out, "用时 %.1f 秒，内存峰值 %s\n", time.Since(began).Seconds(), peakMemory())
	if !r.Sound() {
		return fmt.Errorf("卷宗有 %d 处不一致", len(r.Faults))
	}
	fmt.Fprintln(out, "卷宗完整，全部一致")
	return nil
}

func tellArchive(out io.Writer, r audit.ArchiveReport) {
	for _, f := range r.Faults {
		fmt.Fprintln(out, "不一致：", f)
	}
	m := r.Manifest
	if m.Year == 0 || r.Rows == 0 {
		return // it could not be opened, or its bytes are not those that were sealed
	}
	if m.Rehearsal {
		fmt.Fprintln(out, "注意：这是演练（示例）年度")
	}
	fmt.Fprintf(out, "年度 %d，程序版本 %s，指标 %s，口径 %s\n", m.Year, m.Build, m.Table, m.Readings.Words())
	fmt.Fprintf(out, "签名：%s\n", m.LogKey)
	for _, k := range m.FormerKeys {
		fmt.Fprintf(out, "更换前的账本公钥：%s\n", k)
	}
	if !r.Trusted {
		fmt.Fprintln(out, "注意：没有给出信任的公钥，以上公钥取自卷宗本身；请与网站“账本”页面核对，或用 --key 给出")
	}
	fmt.Fprintf(out, "账本：%d 条，根 %s\n", r.Ledger.Size, r.Ledger.Root)
	fmt.Fprintf(out, "数据：%d 行均核对账本有无记录，其中 %d 行核对全部内容；与账本记录核对 %d 项；文书 %d 份\n", r.Rows, r.Compared, r.Facts, m.Papers)
	if n := len(m.Withheld); n > 0 {
		fmt.Fprintf(out, "另有 %d 份文书涉及个人或引用个人书写的文字，没有收入，只核对登记的摘要\n", n)
	}
	fmt.Fprintf(out, "重放：%d 个流程中 %d 个一致，%.1f 秒，每秒 %.0f 个\n", m.Histories, r.Replayed, r.Took.Seconds(), float64(r.Replayed)/max(r.Took.Seconds(), 1e-9))
	fmt.Fprintf(out, "历史：%d 个与办结时入账的摘要一致\n", r.Noted)
	fmt.Fprintf(out, "独立复算：%d 家机构 %d 个结果，%d 处不一致\n", r.Recount.Institutions, r.Recount.Versions, len(r.Recount.Differences))
	if d := r.Drawn; d.Draws+d.Closed > 0 {
		fmt.Fprintf(out, "独立抽取：按公布的种子重新抽取清单 %d 份，%d 处不一致；%d 份不能重抽（种子尚未公布，或卷宗不含原文）\n", d.Draws, len(d.Differences), d.Closed)
	}
}

// peakMemory is the most memory that this process had, where the system tells.
func peakMemory() string {
	status, err := os.ReadFile("/proc/self/status")
	if err == nil {
		for line := range strings.Lines(string(status)) {
			var kb int
			if n, _ := fmt.Sscanf(line, "VmHWM: %d kB", &kb); n == 1 {
				return fmt.Sprintf("%d MB", kb/1024)
			}
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return fmt.Sprintf("约 %d MB", m.Sys>>20)
}

// archiveFile tells whether a file is a sealed archive rather than a paper.
func archiveFile(file string) bool {
	f, err := os.Open(file)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 4)
	_, err = io.ReadFull(f, head)
	return err == nil && audit.IsArchive(head)
}

// VerifyFile checks a paper or a sealed archive, by what the file is. Keys are
// certificates for a paper, public keys of the ledger for an archive; those of the
// ledger for a paper come apart.
func VerifyFile(file string, keys, ledgerKeys []string, env func(string) (string, bool), progress func(done, total int), out io.Writer) error {
	if archiveFile(file) || strings.HasSuffix(strings.ToLower(file), ".zip") {
		return VerifyArchive(file, append(slices.Clone(keys), ledgerKeys...), progress, out)
	}
	return Verify(file, keys, ledgerKeys, env, out)
}
