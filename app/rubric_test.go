package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// GL-3: the command fails on a table whose encouraged rule costs points.
func TestGL3LintCommandFails(t *testing.T) {
	data, err := os.ReadFile("../rubric/data/annex2-2024.json")
	if err != nil {
		t.Fatal(err)
	}
	at := strings.Index(string(data), `"id": "16.4"`)
	file := filepath.Join(t.TempDir(), "encouraged.json")
	if err := os.WriteFile(file, []byte(string(data[:at])+strings.Replace(string(data[at:]), `"force": "M"`, `"force": "E"`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := LintTable(file, &out); err == nil || !strings.Contains(out.String(), "E-08 条款 16.4属于鼓励（E），不得扣分") {
		t.Errorf("%v\n%s", err, out.String())
	}
}

// PL-6: two versions by name or file; PL-8: seven lines; PL-4: the text for comment.
func TestRubricCommands(t *testing.T) {
	data, err := os.ReadFile("../rubric/data/annex2-2024.json")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "next.json")
	next := strings.NewReplacer("annex2-2024", "annex2-2026", "in-force", "consultation", "参与行业交流活动", "参加行业交流活动").Replace(string(data))
	if err := os.WriteFile(file, []byte(next), 0o600); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := RubricDiff("annex2-2024", file, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"全表 状态\n  原：已施行\n  新：征求意见\n", "第6项 二级指标\n  原：参与行业交流活动\n  新：参加行业交流活动\n", "annex2-2024 与 annex2-2026：3 处不同\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	out.Reset()
	if err := Crosswalk(&out); err != nil || strings.Count(out.String(), "\n") != 7 || strings.Count(out.String(), "无对应指标行（仅报告）") != 3 {
		t.Errorf("%v\n%s", err, out.String())
	}
	out.Reset()
	if err := Consult(file, &out); err != nil || !strings.Contains(out.String(), "版本 annex2-2026（征求意见）") || !strings.Contains(out.String(), "\nW-01 ") {
		t.Errorf("%v\n%s", err, out.String())
	}
	for name, say := range map[string]string{"annex2-2030": "已有：annex2-2024", filepath.Join(t.TempDir(), "no.json"): "没有指标文件", "rubric_test.go": "无法读取"} {
		if err := RubricDiff("annex2-2024", name, &out); err == nil || !strings.Contains(err.Error(), say) {
			t.Errorf("%s: %v, want %q", name, err, say)
		}
		if err := Consult(name, &out); err == nil || !strings.Contains(err.Error(), say) {
			t.Errorf("consult %s: %v", name, err)
		}
	}
	if err := RubricDiff("annex2-2030", "annex2-2024", &out); err == nil {
		t.Error("an unknown first version is accepted")
	}
}
