package campaign

import (
	"slices"
	"strings"
)

// ReleaseStep is a step of 三审三校 before the regulator publishes anything
// itself (行动方案 四(一)3、专栏2). The source names the procedure, not its
// steps: three reviews and three proofreadings, one after another.
type ReleaseStep string

// The steps in their order.
const (
	Review1 ReleaseStep = "review-1"
	Review2 ReleaseStep = "review-2"
	Review3 ReleaseStep = "review-3"
	Proof1  ReleaseStep = "proof-1"
	Proof2  ReleaseStep = "proof-2"
	Proof3  ReleaseStep = "proof-3"
)

// ReleaseSteps lists them.
func ReleaseSteps() []ReleaseStep {
	return []ReleaseStep{Review1, Review2, Review3, Proof1, Proof2, Proof3}
}

// Chinese is the one word for the step.
func (s ReleaseStep) Chinese() string {
	return map[ReleaseStep]string{Review1: "一审（初审）", Review2: "二审（复审）", Review3: "三审（终审）", Proof1: "一校", Proof2: "二校", Proof3: "三校"}[s]
}

// Reviews tells a review from a proofreading.
func (s ReleaseStep) Reviews() bool { return strings.HasPrefix(string(s), "review") }

// Roles are those who may take the step: the last review is an approver's.
func (s ReleaseStep) Roles() []Role {
	if s == Review3 {
		return []Role{Approver}
	}
	return []Role{Officer, Legal, Approver}
}

// ReleaseAct is a step that was taken.
type ReleaseAct struct {
	Step ReleaseStep
	By   string
	Pass bool
}

// Release is how far what is to be published has come.
type Release struct {
	Submitter string // who laid it before the reviewers
	Past      []ReleaseAct
}

// Returned tells that a step sent it back: it must be laid before them anew.
func (r Release) Returned() bool {
	return slices.ContainsFunc(r.Past, func(a ReleaseAct) bool { return !a.Pass })
}

// Missing lists the steps that have not passed, in their order.
func (r Release) Missing() (all []ReleaseStep) {
	for _, s := range ReleaseSteps() {
		if !slices.ContainsFunc(r.Past, func(a ReleaseAct) bool { return a.Step == s && a.Pass }) {
			all = append(all, s)
		}
	}
	return all
}

// Next is the step that waits; "" when none does.
func (r Release) Next() ReleaseStep {
	if all := r.Missing(); len(all) > 0 && !r.Returned() {
		return all[0]
	}
	return ""
}

// Ready refuses publication and names what is missing (PL-4).
func (r Release) Ready() error {
	switch all := r.Missing(); {
	case r.Returned():
		return Fail(Conflict, "公布稿已被退回，请改正后重新送审，完成三审三校后再公布")
	case len(all) > 0:
		return Fail(Conflict, "公布稿还缺%s，完成三审三校后才能公布", ReleaseWords(all))
	}
	return nil
}

// ReleaseWords names steps in a sentence.
func ReleaseWords(all []ReleaseStep) string {
	words := make([]string, len(all))
	for i, s := range all {
		words[i] = s.Chinese()
	}
	return strings.Join(words, "、")
}

// Move is the one transition function: steps go in their order, nobody reviews
// what he laid before the others, and no person takes two reviews or two
// proofreadings. Who reviewed may proofread only with a reason why nobody else
// could (alone): a small office, as 第十三条 knows it of small institutions.
func (r Release) Move(step ReleaseStep, role Role, by string, alone string) error {
	next := r.Next()
	switch {
	case r.Returned():
		return Fail(Conflict, "公布稿已被退回，请改正后重新送审")
	case next == "":
		return Fail(Conflict, "公布稿的三审三校已经完成")
	case step != next:
		return Fail(Conflict, "三审三校须按顺序进行，现在应办理%s", next.Chinese())
	case by == "" || !slices.Contains(step.Roles(), role):
		return Fail(Forbidden, "“%s”不属于您的职责", step.Chinese())
	case step.Reviews() && by == r.Submitter:
		return Fail(Forbidden, "送审人不能审核自己送审的公布稿")
	}
	for _, a := range r.Past {
		switch {
		case a.By != by:
		case a.Step.Reviews() == step.Reviews():
			return Fail(Forbidden, "您已办理%s，%s须由另一人办理", a.Step.Chinese(), step.Chinese())
		case strings.TrimSpace(alone) == "":
			say := "您已办理" + a.Step.Chinese() + "。审核和校对应由不同的人承担；确因人员不足的，请写明原因"
			return &Error{Kind: Invalid, Say: say, Fields: map[string]string{"alone": say}}
		}
	}
	return nil
}
