package web

import (
	"xuanping/campaign"
	"xuanping/store"
)

// Canned data of the pages that only answer a form, for the storybook.

func cannedCodePage() any {
	x := textField(newForm(), "code", "动态验证码", "打开手机上的验证器，输入当前显示的六位数字；手机不在身边的，输入一个恢复码")
	return map[string]any{"Field": x, "Next": "/office"}
}

func cannedAgain() any {
	return againView{Action: "/storybook", Fields: [][2]string{{"act", "sign"}, {"text", "同意"}}, Field: secretField(newForm(), againField, "密码或者动态验证码", "输入密码，或者验证器当前显示的六位数字")}
}

func cannedAccount() any {
	return map[string]any{"C": store.AccountChange{N: 3, Account: "p1024", Act: campaign.AccountAdd}, "Once": "SHILI7MIMA4XIAN8"}
}
