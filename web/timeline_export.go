package web

// exported says that a year's data were taken out of the house, and whether with
// what people wrote and who they are.
func exported(how string, names bool) string {
	text := "导出年度数据（" + how + "）"
	if how == "yearbook" {
		text = "导出年鉴素材"
	}
	if names {
		text += "，含个人信息"
	}
	return text
}
