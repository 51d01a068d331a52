package workflows

import "go.temporal.io/sdk/workflow"

// A change to the order of steps, timers or children of a running workflow is
// asked about here, as a question with a name, and nowhere else:
//
//	// asksTwice: since 2.1 a silent decider is replaced twice (issue 41).
//	func asksTwice(ctx workflow.Context) bool {
//		return workflow.GetVersion(ctx, "asks-twice", workflow.DefaultVersion, 1) >= 1
//	}
//
// Replay compares the names of steps and the order of timers. It notices
// neither a changed input nor a moved day: those are held by the table tests.
// A year lasts some seventeen months, so a question is removed no sooner than
// two releases of the yearly calendar after it was asked.

// remindsToSign: since 1.1 an institution that has not signed for its warning
// is reminded before the warning counts as received (RW-5); cases that waited
// for a signature before go on without.
func remindsToSign(ctx workflow.Context) bool {
	return workflow.GetVersion(ctx, "reminds-to-sign", workflow.DefaultVersion, 1) >= 1
}

// asksBeforeLapsing: since 1.1 a case asks the score book before the calendar acts,
// so that what somebody did in time, and no message could tell, is waited for (RW-4, RW-6).
func asksBeforeLapsing(ctx workflow.Context) bool {
	return workflow.GetVersion(ctx, "asks-before-lapsing", workflow.DefaultVersion, 1) >= 1
}

// asksBeforeClosing: since 1.1 the score book is asked before a stage of the
// institution ends, so that a suspension or an extension of which no message could
// tell holds it (WF-4).
func asksBeforeClosing(ctx workflow.Context) bool {
	return workflow.GetVersion(ctx, "asks-before-closing", workflow.DefaultVersion, 1) >= 1
}

// waitsForService: since 1.1 the window of a prior notice that came back waits for
// its service, and runs its full length from then (AP-2, RW-4).
func waitsForService(ctx workflow.Context) bool {
	return workflow.GetVersion(ctx, "waits-for-service", workflow.DefaultVersion, 1) >= 1
}

// remindsOnTheDay: since 1.1 the ladders have a reminder on the due day, and a
// rectification that is late is asked for once more (ML-4, RW-6).
func remindsOnTheDay(ctx workflow.Context) bool {
	return workflow.GetVersion(ctx, "reminds-on-the-day", workflow.DefaultVersion, 1) >= 1
}

// waitsForDecision: since 1.1 the days of a decision, or of a rectification sent
// back, whose letter came back wait for its service too, and the term of a warning
// runs from then (AP-2, RW-5, RW-6).
func waitsForDecision(ctx workflow.Context) bool {
	return workflow.GetVersion(ctx, "waits-for-decision", workflow.DefaultVersion, 1) >= 1
}
