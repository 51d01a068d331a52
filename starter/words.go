package main

import (
	"errors"
	"strings"

	"github.com/alecthomas/kong"
)

// sentences turns what the parser of the command line says into Chinese; what
// a person typed stays as it is.
var sentences = strings.NewReplacer(
	"missing flags: ", "缺少选项 ", "missing positional arguments ", "缺少参数 ", "unexpected argument ", "多余的参数或没有这个命令：",
	"unknown flag ", "没有这个选项：", "expected one of ", "请写出命令，可用的有 ", "must be one of ", "只能是 ", " but got ", "，而不是 ",
	"did you mean one of ", "是否想写以下之一：", "did you mean ", "是否想写 ", "expected a valid 64 bit int", "应为整数", "expected a valid 64 bit uint", "应为非负整数",
	"expected string value", "缺少选项的值", "expected int value", "缺少选项的值", "expected ", "还需要 ", " (string)", "",
)

// inChinese says what is wrong with a command line and where to look.
func inChinese(err error) string {
	usage := "starter --help"
	if p, ok := errors.AsType[*kong.ParseError](err); ok && p.Context.Command() != "" {
		usage = "starter " + words(p.Context.Command()) + " --help"
	}
	return "命令写法有误：" + sentences.Replace(err.Error()) + "\n用法见 " + usage
}

// words are the commands of a path, without its arguments.
func words(path string) string {
	before, _, _ := strings.Cut(path, " <")
	return before
}
