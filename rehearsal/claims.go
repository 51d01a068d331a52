package rehearsal

import (
	"context"
	"fmt"
	"strings"

	"xuanping/campaign"
	"xuanping/rubric"
)

// What institutions claim themselves (附件2 第15项): the excellent a national
// activity, the first two of them one and the same report, the first of the
// average a report that is refused.

const (
	refusedReason = "所附报道为转载，不是首发。（演练）"
	grantedReason = "依据充分，事实清楚，予以认定。"
)

// shares tells who claim one report that another institution claims too.
func (r role) shares() bool { return r.kind == Excellent && r.nth < 2 }

// claims tells whether an institution claims anything.
func (r role) claims() bool { return len(r.claimed(0)) > 0 }

// claimed are the claims among the events of an institution's year.
func (r role) claimed(year int) (all []matter) {
	for _, m := range r.matters(year) {
		if m.claimed {
			all = append(all, m)
		}
	}
	return all
}

// sharedURL is the address that two institutions claim in a year.
func sharedURL(year int) string {
	return fmt.Sprintf("https://www.cnr.cn/example/%d/joint-report.html", year)
}

// claimsOf are what an institution claims, by its part.
func (r role) claimsOf(year int) (all []matter) {
	if r.kind == Excellent {
		all = append(all, matter{claimed: true, clause: "15.1", title: fmt.Sprintf("%s参加国家级重大活动（%d年）", r.Name, year), points: 5 * rubric.Point, activity: playedActivity})
	}
	if r.shares() {
		all = append(all, matter{claimed: true, clause: "15.3b", title: r.Name + "与兄弟机构同台讲质量", points: rubric.Point, medium: "央广网", url: sharedURL(year)})
	}
	if r.isAsked() {
		all = append(all, matter{claimed: true, refused: true, clause: "15.3a", title: r.Name + "服务质量受到好评", points: 2 * rubric.Point, medium: "新华社",
			url: fmt.Sprintf("https://www.xinhuanet.com/example/%d/%s.html", year, strings.ToLower(r.Code))})
	}
	return all
}

// claimsBonus has an institution claim what is its own to claim, with a capture.
func claimsBonus(ctx context.Context, p *player) error {
	if err := reads(ctx, p); err != nil {
		return err
	}
	no := 0
	for n, m := range p.matters(p.year) {
		if !m.claimed {
			continue
		}
		no++
		fill := p.signer(m.named(fields{"title": m.title, "source": "截图和证明文件见附件。", "occurred_on": string(dayOfMatter(p.year, n)), "declared": "1"}))
		if m.url != "" {
			fill["url"] = m.url
		}
		if err := p.acts(ctx, deed{what: "申报加分", page: p.path("claims/new"), action: p.path("claims/new"), receipt: true, fill: fill}); err != nil {
			return err
		}
		proof := exhibit(p.Code, 20+no)
		err := p.acts(ctx, deed{what: "上传申报材料", page: p.path("claims/evidence"), action: p.path("claims/evidence"), receipt: true, file: &proof,
			fill: p.signer(fields{"row": fmt.Sprint(no), "declared": "1"})})
		if err != nil {
			return err
		}
	}
	return nil
}

// dayOfMatter is when the n-th event of an institution's year happened.
func dayOfMatter(year, n int) campaign.Day { return campaign.NewDay(year, 5, 10+n) }

// readsRulings has an institution read what became of its claims: the state and
// the reason.
func readsRulings(ctx context.Context, p *player) error {
	shown, err := p.get(ctx, p.path("events"))
	if err != nil {
		return err
	}
	for _, m := range p.claimed(p.year) {
		want := []string{m.title, grantedReason, "予以认定"}
		if m.refused {
			want = []string{m.title, refusedReason, "不予认定"}
		}
		for _, w := range want {
			if !shown.mentions(w) {
				return fmt.Errorf("加分与扣分事项页没有显示“%s”", w)
			}
		}
	}
	return nil
}

// looksAtClaims has the officer look through the queue of claims before they
// are decided: each is there, and those of one address say so.
func looksAtClaims(ctx context.Context, p *play) error {
	shown, err := p.officer.get(ctx, p.office("claims"))
	if err != nil {
		return err
	}
	shared := 0
	for _, x := range p.players {
		for _, m := range x.claimed(p.year) {
			if !shown.mentions(m.title) {
				return fmt.Errorf("申报队列中没有“%s”", m.title)
			}
			if m.url == sharedURL(p.year) {
				shared++
			}
		}
	}
	if told := shown.mentions("其他机构也有登记"); told != (shared > 1) {
		return fmt.Errorf("申报同一网址的有 %d 家，队列中的提示：%v", shared, told)
	}
	return nil
}
