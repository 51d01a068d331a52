package campaign

import "fmt"

// GuidanceSeries is the series of the 文号 of 业务指导函 (第十二条).
const GuidanceSeries = "宣指导"

// GuidanceNumber writes such a 文号: 宣指导〔2027〕3号.
func GuidanceNumber(year, n int) string {
	return fmt.Sprintf("%s〔%d〕%d号", GuidanceSeries, year, n)
}
