package campaign

// WayOut is how an institution's year ends early (WF-4).
type WayOut string

// The ways out. WaySuspended is for one that was suspended until too late to go on.
const (
	WayWithdrawn WayOut = "withdrawn"
	WayRevoked   WayOut = "revoked"
	WayMerged    WayOut = "merged"
	WaySuspended WayOut = "suspended"
)

// WaysOut lists all of them.
func WaysOut() []WayOut { return []WayOut{WayWithdrawn, WayRevoked, WayMerged, WaySuspended} }

// Chinese is its name; "" for one that is none.
func (w WayOut) Chinese() string {
	return map[WayOut]string{WayWithdrawn: "自愿退出", WayRevoked: "批准被撤销", WayMerged: "合并", WaySuspended: "暂停期间中止评价"}[w]
}
