package app

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"xuanping/campaign"
)

// Faulty fields are printed in one order, whatever the map says.
func TestExplainFields(t *testing.T) {
	plain := errors.New("别的错误")
	if got := explainFields(plain); got != plain {
		t.Errorf("%v", got)
	}
	if explainFields(nil) != nil {
		t.Error("an error out of nothing")
	}
	for range 20 {
		err := explainFields(&campaign.Error{Kind: campaign.Invalid, Say: "请检查", Fields: map[string]string{"reason": "请填写理由", "day": "日期已过", "task": "没有这项任务"}})
		if want := "请检查\n  day：日期已过\n  reason：请填写理由\n  task：没有这项任务"; err.Error() != want {
			t.Fatalf("%q, want %q", err, want)
		}
	}
}

func TestReadRoster(t *testing.T) {
	all, err := ReadRoster("../testdata/roster.csv")
	if err != nil || len(all) < 20 {
		t.Errorf("%d institutions, %v", len(all), err)
	}
	dir := t.TempDir()
	faulty := filepath.Join(dir, "faulty.csv")
	text := "批准号,机构名称,统一社会信用代码,省份,类别,负责人,联系人,邮箱,手机\n,示例,91110000XP000001X2,北京市,产品,赵虚构,孔示例,x,13800000001\n"
	if err := os.WriteFile(faulty, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string][]string{
		faulty:                         {"名册有误", "\n第 2 行 批准号：", "\n第 2 行 邮箱："},
		filepath.Join(dir, "none.csv"): {"没有名册文件", "请检查路径"},
		dir:                            {"无法读取名册文件", "是不是一个文件"},
	} {
		_, err := ReadRoster(file)
		for _, w := range want {
			if err == nil || !strings.Contains(err.Error(), w) {
				t.Errorf("%s: %v, want %q", file, err, w)
			}
		}
	}
}

func TestVectorsAndLint(t *testing.T) {
	var out strings.Builder
	if err := errors.Join(Vectors(&out), Lint(&out)); err != nil {
		t.Error(err)
	}
	if s := out.String(); !strings.HasPrefix(s, "14 ok\n另有算例 101 ok\n") || !strings.Contains(s, "\nW-01 ") {
		t.Errorf("%s", s)
	}
}
