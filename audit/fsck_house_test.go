package audit

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"

	"xuanping/campaign"
	"xuanping/rubric"
	"xuanping/store"
	"xuanping/store/storetest"
)

// lived is a score book in which a year was lived by the rules, down to its
// warnings and honours, and the next one has begun.
type lived struct {
	t     testing.TB
	s     *store.Store
	url   string
	blobs *store.Blobs
	dir   string
	rules campaign.Rules
	key   LogKey
}

type step = func(ctx context.Context, tx *store.Tx) error

func live(t testing.TB) *lived {
	l := &lived{t: t, dir: t.TempDir(), key: logKey(t, 9), rules: storetest.Rules(t, year)}
	l.s, l.url = storetest.Open(t)
	var err error
	l.blobs, err = store.OpenBlobs(l.dir)
	ok(t, err)
	l.open(year, 5)
	l.handedIn()
	l.spotted()
	l.reviewed()
	l.judged()
	l.served()
	l.appealed()
	l.published()
	l.warned()
	l.honoured()
	l.open(year+1, 1)
	l.stage(storetest.Ref(year+1, 1), "2026-01-06", campaign.Planning)
	ok(t, l.s.AddReading(t.Context(), store.Reading{Staff: "u1", Kind: store.ReadFile, Year: year, Item: "7", Page: "GET /x", At: on("2026-02-01")}))
	_, err = l.s.SealReadings(t.Context(), on("2026-02-02"))
	ok(t, err)
	_, err = Checkpoint(t.Context(), l.s, l.key, time.Now())
	ok(t, err)
	return l
}

func on(day campaign.Day) time.Time { return day.Start().Add(14 * time.Hour) }

func (l *lived) do(steps ...step) { l.t.Helper(); write(l.t, l.s, steps...) }

func (l *lived) open(of, n int) {
	rules := storetest.Rules(l.t, of)
	at := rules.Calendar.Launch.Morning()
	l.do(func(ctx context.Context, tx *store.Tx) error {
		for _, p := range storetest.People() {
			if err := tx.PutStaff(ctx, p, "o1", at); err != nil {
				return err
			}
		}
		if _, _, err := tx.PutInstitutions(ctx, storetest.Institutions(n), "o1", at); err != nil {
			return err
		}
		var codes []string
		for i := range min(n, 4) {
			codes = append(codes, storetest.Code(i+1))
		}
		choices, err := storetest.Interpreted(ctx, tx, of, at)
		if err != nil {
			return err
		}
		rules.Settings.Readings = choices
		t := rubric.Annex2()
		if err := tx.AddCampaign(ctx, store.Campaign{Year: of, Rubric: t.Version, RubricSHA256: t.SHA256, CreatedBy: "o1", CreatedAt: at, Rules: rules}, codes); err != nil {
			return err
		}
		return tx.CommitSpot(ctx, of, rules.Settings.Spots(), campaign.RehearsalSeed(of), "o1", at)
	})
}

// spotted draws from a list of five and looks at what was drawn.
func (l *lived) spotted() {
	ref, k := storetest.Ref(year, 1), campaign.SpotReviews
	l.do(func(ctx context.Context, tx *store.Tx) error {
		var f campaign.Filing
		for i := range 5 {
			f.Rows = append(f.Rows, campaign.Record{"title": fmt.Sprintf("稿件%d", i)})
		}
		v, err := tx.AddRegister(ctx, ref, store.RegisterVersion{Register: k.Register(), Schema: campaign.KnownRegisters().Digest, Body: f, ByName: "张三", At: on("2025-05-20")})
		if err != nil {
			return err
		}
		lines, total := draw(v, k, campaign.RehearsalSeed(year).Key(ref, k), 3)
		if err := tx.AddSpotDraw(ctx, store.SpotDraw{Year: year, Code: ref.Code, Kind: k, Version: v.Version, Total: total, Lines: lines, By: "o1", At: on("2026-02-02")}); err != nil {
			return err
		}
		return tx.AddSpotCheck(ctx, store.SpotCheck{Year: year, Code: ref.Code, Kind: k, Line: lines[0], Finding: campaign.SpotDeviates, Note: "终审时间晚于发布", By: "o1", At: on("2026-02-03")})
	})
}

func (l *lived) stage(ref campaign.Ref, day campaign.Day, all ...campaign.Stage) {
	l.do(func(ctx context.Context, tx *store.Tx) error {
		for _, s := range all {
			due := campaign.Day("")
			if s == campaign.Planning {
				due = l.rules.Calendar.PlanDue
			}
			if err := tx.SetStage(ctx, ref, s, due, on(day)); err != nil {
				return err
			}
		}
		return nil
	})
}

// file keeps bytes in the evidence store.
func (l *lived) file(text string) (digest string, size int64) {
	digest, size, err := l.blobs.Put(strings.NewReader(text), 1<<20, nil)
	ok(l.t, err)
	return digest, size
}

// letter queues a letter with the papers it carries, makes them and sends it.
func (l *lived) letter(ref campaign.Ref, what string, body store.MailBody, papers ...store.PaperBody) {
	l.t.Helper()
	ctx := l.t.Context()
	key := ref.ID() + "/" + what
	all := []store.Intent{}
	for _, p := range papers {
		k := key + "/" + string(p.Kind)
		body.Papers = append(body.Papers, k)
		all = append(all, store.Intent{Key: k, Kind: store.PaperIntent, Ref: ref, Body: p})
	}
	body.To = "institution"
	all = append(all, store.Intent{Key: key, Kind: store.MailIntent, Ref: ref, Body: body})
	l.do(func(_ context.Context, tx *store.Tx) error { tx.Queue(all...); return nil })
	for i, in := range all {
		j, err := l.s.TakeOne(ctx, in.Key)
		ok(l.t, err)
		if i < len(papers) {
			p := papers[i]
			order, err := l.s.OrderOf(ctx, ref, in.Key)
			ok(l.t, err)
			c, err := Cover(ctx, l.s, l.key, order.Idx, 0, time.Now())
			ok(l.t, err)
			substance := strings.Repeat("5", 64)
			l.do(func(ctx context.Context, tx *store.Tx) error {
				return tx.AddPaper(ctx, store.Paper{Key: in.Key, Year: ref.Year, Code: ref.Code, Kind: p.Kind, Number: p.Kind.Number(ref.Year, p.N), Verify: in.Key,
					PDF: []byte("%PDF-1.4\n" + in.Key + "\n%%EOF\n"), At: p.Date.Morning(), Substance: &substance, Head: &c.Size, Leaf: &order.Idx})
			})
		}
		if i == len(papers) {
			_, err = l.s.SentAs(ctx, j, body.Template+" 0f1e2d3c")
			ok(l.t, err)
		}
		_, err = l.s.Done(ctx, j, "accepted", "test", "", body.Date)
		ok(l.t, err)
	}
	if body.Scope != "" {
		ok(l.t, l.s.AddTicket(ctx, []byte(key), store.Ticket{Year: ref.Year, Code: ref.Code, Scope: body.Scope, Intent: key, IssuedAt: body.Date, ExpiresAt: body.Date.AddDate(1, 0, 0)}))
	}
}

func (l *lived) handedIn() {
	one, two, gone := storetest.Ref(year, 1), storetest.Ref(year, 2), storetest.Ref(year, 4)
	for i := 1; i <= 4; i++ {
		l.stage(storetest.Ref(year, i), "2025-01-06", campaign.Planning)
		l.letter(storetest.Ref(year, i), "launch", store.MailBody{Template: "launch", Scope: "act", Date: on("2025-01-06"), Task: campaign.PlanTask})
	}
	l.letter(one, "press/1", store.MailBody{Template: "receipt", Scope: "view", Date: on("2025-01-20")}, store.PaperBody{Kind: campaign.PressRecordPaper, Case: 1, Date: "2025-01-20"})
	digest, size := l.file("制度")
	proof, proofSize := l.file("整改")
	l.do(
		func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddPlan(ctx, one, map[string]string{"goal": "一"}, "张三", false, on("2025-02-10"))
			return err
		},
		func(ctx context.Context, tx *store.Tx) error {
			return tx.AddPlanReview(ctx, one, 1, false, "请补充", "o1", on("2025-02-12"))
		},
		func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddPlan(ctx, one, map[string]string{"goal": "二"}, "张三", false, on("2025-02-20"))
			return err
		},
		func(ctx context.Context, tx *store.Tx) error {
			return tx.AddPlanReview(ctx, one, 2, true, "", "o1", on("2025-02-21"))
		},
		func(ctx context.Context, tx *store.Tx) error {
			return tx.UseTicket(ctx, []byte(one.ID()+"/launch"), on("2025-02-20"))
		},
		func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddExtension(ctx, two, campaign.PlanTask, "2025-03-14", "台风", "o1", on("2025-03-10"))
			return err
		},
		func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddExtension(ctx, two, campaign.PlanTask, "2025-03-18", "台风", "o1", on("2025-03-12"))
			return err
		},
		func(ctx context.Context, tx *store.Tx) error {
			q := store.ExtensionRequest{Task: campaign.PlanTask, Day: on("2025-03-20"), Reason: "停电检修", Digest: store.Digest("停电检修"), ByName: "钱示例（主任）", At: on("2025-03-12")}
			n, err := tx.AddExtensionRequest(ctx, two, q)
			if q.N = n; err != nil {
				return err
			}
			return tx.AnswerExtensionRequest(ctx, two, q, 0, "时间足够", "o1", on("2025-03-13"))
		},
		func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddSuspension(ctx, two, "停业整顿", "o1", on("2025-05-05"))
			return err
		},
		func(ctx context.Context, tx *store.Tx) error {
			tx.Queue(store.Intent{Key: two.ID() + "/receipt/meanwhile", Kind: store.MailIntent, Ref: two, Body: store.MailBody{Template: "receipt", To: "institution", Date: on("2025-05-10")}})
			return nil
		},
		func(ctx context.Context, tx *store.Tx) error {
			back, err := tx.AddExtension(ctx, two, campaign.PlanTask, "2025-05-28", "整顿期满", "o1", on("2025-05-20"))
			if err != nil {
				return err
			}
			return tx.EndSuspension(ctx, two, 1, back, "整顿期满", "o1", on("2025-05-20"))
		},
		func(ctx context.Context, tx *store.Tx) error {
			return tx.AddEntry(ctx, storetest.Ref(year, 5), "2025-08-01", false, on("2025-08-01"))
		},
		func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddEvidence(ctx, one, store.Evidence{Row: 1, Name: "制度.pdf", Media: "application/pdf", Size: size, Digest: digest, ByName: "张三", At: on("2025-04-01")})
			return err
		},
		func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddCaseFile(ctx, one, store.CaseFile{About: store.AboutRectification, Name: "整改.pdf", Media: "application/pdf", Size: proofSize, Digest: proof, ByName: "张三", At: on("2026-07-20")})
			return err
		},
		func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddReply(ctx, store.Reply{Year: year, Code: one.Code, Message: digest, Thread: one.ID() + "/launch", Sender: "x@y.example", Proof: "-", Subject: "答复", Body: "收到", At: on("2025-01-07")}, nil)
			return err
		},
		func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddObservation(ctx, one, 3, "有展台", "l1", on("2025-09-01"))
			return err
		},
		func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddSurvey(ctx, year, []campaign.Question{{Text: "意见", Kind: campaign.AskText}}, "o1", on("2025-10-01"))
			return err
		},
		func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddAnswers(ctx, one, 1, [][]string{{"好"}}, "张三", on("2025-10-09"))
			return err
		},
		func(ctx context.Context, tx *store.Tx) error {
			return tx.SetLeft(ctx, gone, "merged", on("2025-05-06"))
		},
		func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.RevokeTickets(ctx, gone, "clock", on("2025-05-06"))
			return err
		},
		func(ctx context.Context, tx *store.Tx) error {
			id, err := tx.AddInterpretation(ctx, store.Interpretation{Reading: "R-05", Option: "broad", Clause: "附件2 第15项", Body: "同一事项按整项计", FromYear: 2030, By: "o1", At: on("2025-03-03")})
			if err != nil {
				return err
			}
			return tx.ForceInterpretation(ctx, id, "a1", on("2025-03-04"))
		},
	)
	for i := 1; i <= 3; i++ {
		l.stage(storetest.Ref(year, i), "2025-03-27", campaign.Collecting)
	}
	l.stage(storetest.Ref(year, 5), "2025-08-01", campaign.Collecting)
}

// reviewed seats and scores: one with a seat declined, one with a conflict withdrawn by two.
func (l *lived) reviewed() {
	one, two := storetest.Ref(year, 1), storetest.Ref(year, 2)
	seat := func(ref campaign.Ref, n int, who string, at campaign.Day) step {
		return func(ctx context.Context, tx *store.Tx) error {
			return tx.AddSeat(ctx, ref, n, who, "2026-02-27", on(at))
		}
	}
	sheet := func(ref campaign.Ref, who string, points rubric.Points, at campaign.Day) step {
		return func(ctx context.Context, tx *store.Tx) error {
			all := marks(points)
			for i := range all {
				if row, _ := rubric.Annex2().Row(i + 1); points == 0 { // 0 stands for the full marks
					all[i].Points = row.Max
				}
			}
			_, err := tx.AddSheet(ctx, ref, who, all, on(at))
			return err
		}
	}
	away := func(by string) step {
		return func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddConflictWithdrawal(ctx, two, "r2", "said/1", "经查不实", by, on("2026-02-06"))
			return err
		}
	}
	l.do(
		seat(one, 1, "r1", "2026-02-02"), seat(one, 2, "r2", "2026-02-02"), seat(two, 1, "r1", "2026-02-02"), seat(two, 2, "r2", "2026-02-02"),
		func(ctx context.Context, tx *store.Tx) error {
			return tx.EndSeat(ctx, store.Seat{Year: year, Code: two.Code, Seat: 1, N: 1, Reviewer: "r1"}, campaign.SeatDeclined, "时间冲突", "r1", on("2026-02-03"))
		},
		seat(two, 1, "r3", "2026-02-03"),
		func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddConflict(ctx, two, "r2", campaign.ConflictEmployment, "曾任职", "o1", on("2026-02-05"))
			return err
		},
		away("o1"), away("o2"),
		sheet(one, "r1", 250, "2026-02-10"),
		func(ctx context.Context, tx *store.Tx) error { // and the second came after all
			_, err := tx.AddBasisDecision(ctx, one, store.BasisDecision{Kind: campaign.SingleSheet, Reviewers: []string{"r1"}, Reason: "没有可改派的专家", By: "o1", At: on("2026-02-10")})
			return err
		},
		sheet(one, "r2", 300, "2026-02-11"), sheet(two, "r3", 0, "2026-02-10"), sheet(two, "r2", 0, "2026-02-11"),
		func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddSelfScore(ctx, one, marks(500), "张三", on("2026-01-20"))
			return err
		},
	)
	for i, stages := range map[int][]campaign.Stage{1: {campaign.SelfScore, campaign.Scoring}, 2: {campaign.SelfScore, campaign.Scoring}, 3: {campaign.SelfScore}, 5: {campaign.SelfScore}} {
		l.stage(storetest.Ref(year, i), "2026-02-02", stages...)
	}
}

// judged registers and determines: a praise, merged and put back, and a fault
// that was told and replied to.
func (l *lived) judged() {
	one := storetest.Ref(year, 1)
	bonus := clause(l.t, 15)
	points := 3 * rubric.Point
	move := func(act campaign.EventAct, state campaign.EventState, by string, day, due campaign.Day) step {
		return func(ctx context.Context, tx *store.Tx) error {
			m := store.EventMove{Event: 2, Act: act, State: state, By: by, Text: "经过", At: on(day)}
			if by == "" {
				m.ByName = "张三"
			}
			if act == campaign.EventTell || act == campaign.EventEstablish {
				m.SourceKind, m.Relevance, m.Severity, m.Points = campaign.SourcePenalty, campaign.Relevant, "较重", &points
			}
			_, err := tx.AddEventMove(ctx, one, m, due)
			return err
		}
	}
	matter := func(a store.MatterAct, was, now string) step {
		return func(ctx context.Context, tx *store.Tx) error {
			a.Places = []store.MatterPlace{{Event: 1, Year: year, Code: one.Code, Was: was, Now: now}}
			_, err := tx.AddMatterAct(ctx, a)
			return err
		}
	}
	first := int64(1)
	l.do(
		func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddEvent(ctx, store.Event{Year: year, Code: one.Code, Clause: bonus.ID, Points: bonus.Min, Matter: "甲", Title: "活动", Source: "简报", OccurredOn: on("2025-05-05"), By: "o1", At: on("2025-06-03")})
			return err
		},
		func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddEvent(ctx, store.Event{Year: year, Code: one.Code, Clause: "16.1", Points: points, Title: "处罚", Source: "决定书", OccurredOn: on("2025-05-06"), By: "o1", At: on("2025-06-03")})
			return err
		},
		func(ctx context.Context, tx *store.Tx) error {
			return tx.AddEventRuling(ctx, one, 1, true, "材料齐全", "a1", on("2025-06-05"))
		},
		matter(store.MatterAct{Kind: store.MergeMatters, Reason: "同一稿", By: "o1", At: on("2025-06-06")}, "甲", "乙"),
		matter(store.MatterAct{Kind: store.UndoMatter, Undoes: &first, Reason: "有误", By: "o1", At: on("2025-06-09")}, "乙", "甲"),
		move(campaign.EventInquire, campaign.EventInquiry, "o1", "2025-06-04", ""), move(campaign.EventTell, campaign.EventTold, "o1", "2025-06-09", "2025-06-16"),
		func(_ context.Context, tx *store.Tx) error {
			tx.Queue(store.Intent{Key: store.EventNotice(one, 1), Kind: store.MailIntent, Ref: one, Body: store.MailBody{Template: "event-notice", To: "institution", Date: on("2025-06-09"), Until: "2025-06-16"}})
			return nil
		},
		move(campaign.EventReply, campaign.EventTold, "", "2025-06-11", ""), move(campaign.EventEstablish, campaign.EventEstablished, "a1", "2025-06-12", ""),
		func(ctx context.Context, tx *store.Tx) error {
			return tx.RuleEventAs(ctx, one, 2, "16.1", points, "属实", "a1", on("2025-06-12"))
		},
	)
}

// served tells the results of those who stayed, with numbers in the order of codes.
func (l *lived) served() {
	days := l.rules.Holidays.AddWorkdays("2026-03-25", l.rules.Settings.AppealDays)
	var codes []string
	for _, i := range []int{1, 2, 3, 5} {
		codes = append(codes, storetest.Code(i))
	}
	for n, i := range []int{1, 2, 3, 5} {
		ref := storetest.Ref(year, i)
		l.do(
			func(ctx context.Context, tx *store.Tx) error { return l.result(ctx, tx, ref, 1, "2026-03-25") },
			func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.Numbers(ctx, campaign.ResultPaper.Series(), year, codes)
				return err
			})
		l.letter(ref, "result/1", store.MailBody{Template: "result-notice", Scope: "act", Date: on("2026-03-25"), Until: days}, store.PaperBody{Kind: campaign.ResultPaper, N: n + 1, Version: 1, Date: "2026-03-25"})
		l.stage(ref, "2026-03-25", campaign.Served)
	}
}

func (l *lived) result(ctx context.Context, tx *store.Tx, ref campaign.Ref, version int, day campaign.Day) error {
	card, scored, err := tx.Judge(ctx, rubric.Annex2(), ref)
	if err != nil {
		return err
	}
	return tx.AddResult(ctx, ref, store.Result{Version: version, Scored: scored, Total: card.Total, Card: card, At: on(day)})
}

func (l *lived) appealed() {
	one := storetest.Ref(year, 1)
	l.do(
		func(ctx context.Context, tx *store.Tx) error {
			return tx.AddAppeal(ctx, one, 3, "请复核", "张三", on("2026-03-30"))
		},
		func(ctx context.Context, tx *store.Tx) error {
			return tx.AddDecider(ctx, one, "r3", "2026-04-13", on("2026-03-31"))
		},
		func(ctx context.Context, tx *store.Tx) error {
			return tx.AddAppealRuling(ctx, one, 3, "r3", 275, 400, "证据充分", on("2026-04-02"))
		},
		func(ctx context.Context, tx *store.Tx) error { // the first decider turned out to be conflicted: it is decided again
			_, err := tx.AddConflict(ctx, one, "r3", campaign.ConflictShares, "持股", "o1", on("2026-04-03"))
			return err
		},
		func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.VoidRulingsOf(ctx, one, "r3", on("2026-04-03"))
			return err
		},
		func(ctx context.Context, tx *store.Tx) error {
			return tx.AddDecider(ctx, one, "r4", "2026-04-17", on("2026-04-03"))
		},
		func(ctx context.Context, tx *store.Tx) error {
			return tx.AddAppealRuling(ctx, one, 3, "r4", 275, 350, "证据成立", on("2026-04-08"))
		},
		func(ctx context.Context, tx *store.Tx) error {
			return tx.AddAppeal(ctx, one, 16, "与认证活动无关", "张三", on("2026-03-30"))
		},
		func(ctx context.Context, tx *store.Tx) error {
			d := campaign.Amendment{Outcome: campaign.AmendUnrelate, Reason: "处罚与认证活动无关"}
			if err := tx.AddAppealRuling(ctx, one, 16, "r4", 300, 0, campaign.ByEvents, on("2026-04-08")); err != nil {
				return err
			}
			return tx.AddAmendment(ctx, one, store.AmendmentOf(2, 16, "r4", d, on("2026-04-08")))
		},
		func(ctx context.Context, tx *store.Tx) error { return l.result(ctx, tx, one, 2, "2026-05-10") },
	)
	for _, i := range []int{1, 2, 3, 5} {
		l.stage(storetest.Ref(year, i), "2026-05-10", campaign.Final)
	}
}

func (l *lived) published() {
	one, two, three, five := storetest.Ref(year, 1), storetest.Ref(year, 2), storetest.Ref(year, 3), storetest.Ref(year, 5)
	at := on("2026-05-25")
	storetest.Reviewed(l.t, l.s, year, on("2026-05-20"))
	l.do(func(ctx context.Context, tx *store.Tx) error {
		all, err := tx.LatestResults(ctx, year)
		if err != nil {
			return err
		}
		totals := map[string]rubric.Points{}
		for _, v := range all {
			if v.Scored {
				totals[v.Code] = v.Total
			}
		}
		d, err := tx.LastDraft(ctx, year)
		if err != nil {
			return err
		}
		if err := tx.AddRelease(ctx, d, "o1", at); err != nil {
			return err
		}
		if err := tx.AddPublication(ctx, year, "o1", at, totals); err != nil {
			return err
		}
		if err := tx.RevealSpot(ctx, year, at); err != nil {
			return err
		}
		if _, err := tx.Numbers(ctx, campaign.CertificatePaper.Series(), year, []string{two.Code}); err != nil {
			return err
		}
		if _, err := tx.Numbers(ctx, campaign.WarningPaper.Series(), year, []string{one.Code, three.Code}); err != nil {
			return err
		}
		for n, ref := range []campaign.Ref{one, three} {
			if err := tx.AddWarning(ctx, store.Warning{Year: year, Code: ref.Code, Number: n + 1, StateAt: at, Ladder: campaign.FullLadder}); err != nil {
				return err
			}
		}
		for ref, how := range map[campaign.Ref]string{one: "warning", two: "certificate", three: "warning", five: "report"} {
			if err := tx.SetOutcome(ctx, ref, how, at); err != nil {
				return err
			}
		}
		return nil
	})
	l.letter(two, "certificate", store.MailBody{Template: "certificate", Scope: "view", Date: at}, store.PaperBody{Kind: campaign.CertificatePaper, N: 1, Date: "2026-05-25"})
	for _, ref := range []campaign.Ref{one, two, three, five} {
		l.stage(ref, "2026-05-25", campaign.Closed)
	}
}

// warned takes one case to its end and leaves another in force.
func (l *lived) warned() {
	one, three := storetest.Ref(year, 1), storetest.Ref(year, 3)
	l.acts(one, "2026-06-01 notice o1 officer", "2026-06-03 reply", "2026-06-08 pass g1 legal", "2026-06-09 sign a1 approver", "2026-06-10 sign a2 approver", "2026-06-12 ack", "2026-06-20 plan",
		"2026-07-20 rectify", "2026-08-20 open a1 approver", "2026-08-21 publish a2 approver", "2026-08-25 lift o1 officer")
	l.acts(three, "2026-06-01 notice o1 officer", "2026-06-02 came-back", "2026-06-10 window  clock", "2026-06-12 pass g1 legal", "2026-06-15 sign a1 approver", "2026-06-16 sign a2 approver",
		"2026-06-18 not-served", "2026-07-02 deemed  clock")
	l.letter(one, "warning/issued/5", store.MailBody{Template: "warning-decision", Scope: "act", Date: on("2026-06-10")}, store.PaperBody{Kind: campaign.WarningPaper, N: 1, Date: "2026-06-10"})
}

func (l *lived) acts(ref campaign.Ref, all ...string) {
	state := campaign.Proposed
	var past []campaign.WarningBy
	for _, line := range all {
		f := append(strings.Split(line, " "), "", "")
		if f[1] == "came-back" {
			l.cameBack(ref, campaign.Day(f[0]))
			continue
		}
		if f[1] == "not-served" {
			l.notServed(ref, campaign.Day(f[0]))
			continue
		}
		a := campaign.WarningBy{Act: campaign.WarningAct(f[1]), By: f[2], Role: f[3]}
		next, err := campaign.FullLadder.Move(state, a, past)
		ok(l.t, err)
		at := on(campaign.Day(f[0]))
		l.do(func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddWarningAct(ctx, ref, store.WarningAct{Act: a.Act, Role: a.Role, By: a.By, Text: "事由", At: at})
			return err
		}, func(ctx context.Context, tx *store.Tx) error { return tx.SetWarningState(ctx, ref, next, "", at) })
		if next == campaign.Issued {
			l.do(func(ctx context.Context, tx *store.Tx) error {
				return tx.SetWarningServed(ctx, ref, campaign.DayOf(at), at)
			})
		}
		state, past = next, append(past, a)
	}
}

// cameBack lets the prior notice of a case come back and be handed over on paper.
func (l *lived) cameBack(ref campaign.Ref, day campaign.Day) {
	until := l.rules.Holidays.AddWorkdays(day, l.rules.Settings.ReplyDays)
	l.letter(ref, "warning/noticed/2", store.MailBody{Template: "warning-prior", Date: on(day.Add(-1)), Until: until})
	l.do(func(ctx context.Context, tx *store.Tx) error {
		_, _, err := tx.AddMailEvent(ctx, store.MailEvent{ID: "b1", Key: ref.ID() + "/warning/noticed/2", Kind: "bounce", State: store.Bounced, At: on(day)}, on(day))
		return err
	}, func(ctx context.Context, tx *store.Tx) error {
		return tx.AddService(ctx, ref, ref.ID()+"/warning/noticed/2", store.ByPaper, until, "邮寄签收", "o1", on(day))
	})
}

// notServed lets the decision of a case come back and be served again by mail.
func (l *lived) notServed(ref campaign.Ref, day campaign.Day) {
	k, until := ref.ID()+"/warning/issued/6", l.rules.Holidays.AddWorkdays(day, l.rules.Settings.AckDays)
	l.letter(ref, "warning/issued/6", store.MailBody{Template: "warning-decision", Date: on(day.Add(-2))})
	l.do(func(ctx context.Context, tx *store.Tx) error {
		_, _, err := tx.AddMailEvent(ctx, store.MailEvent{ID: "b2", Key: k, Kind: "bounce", State: store.Bounced, At: on(day)}, on(day))
		return err
	}, func(ctx context.Context, tx *store.Tx) error { return tx.StopWarning(ctx, ref, campaign.Issued) },
		func(ctx context.Context, tx *store.Tx) error {
			return tx.AddService(ctx, ref, k, store.ByMail, until, "电话核实", "o1", on(day))
		})
	l.letter(ref, "warning/issued/6/again/1", store.MailBody{Template: "warning-decision", Date: on(day)})
	l.do(func(ctx context.Context, tx *store.Tx) error {
		return tx.SetWarningServed(ctx, ref, day, on("2026-07-02"))
	})
}

func (l *lived) honoured() {
	two := storetest.Ref(year, 2)
	h := store.Honour{Year: year, Kind: campaign.BaseHonour, Code: two.Code, Holder: "基地", Title: "科普基地", Text: "事迹", Named: true, Source: "officer", By: "o1", ByName: "经办甲", Digest: store.Digest("事迹"), At: on("2026-06-01")}
	moves := func(act campaign.HonourAct, by string, role campaign.Role, day, starts, ends campaign.Day) step {
		return func(ctx context.Context, tx *store.Tx) error {
			return tx.AddHonourMove(ctx, h, store.HonourMove{Act: act, Role: string(role), By: by, Reason: "理由", At: on(day)}, starts, ends)
		}
	}
	l.do(func(ctx context.Context, tx *store.Tx) (err error) { h.N, err = tx.AddHonour(ctx, h); return err })
	l.do(moves(campaign.HonourPass, "o2", campaign.Officer, "2026-06-02", "", ""),
		moves(campaign.HonourShow, "o1", campaign.Officer, "2026-06-03", "2026-06-03", l.rules.Settings.HonourEnd("2026-06-03", l.rules.Holidays)),
		func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.AddObjection(ctx, h, store.Objection{Source: "来信", Text: "不同意", By: "o1", At: on("2026-06-04")})
			return err
		},
		func(ctx context.Context, tx *store.Tx) error {
			return tx.AddObjectionRuling(ctx, h, 1, false, "不成立", "a1", on("2026-06-05"))
		},
		moves(campaign.HonourAward, "a1", campaign.Approver, "2026-06-26", "", ""),
		func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Numbers(ctx, campaign.HonourPaper.Series(), year, []string{"0001"})
			return err
		})
	l.letter(two, "honours/1", store.MailBody{Template: "honour", Scope: "view", Date: on("2026-06-26")}, store.PaperBody{Kind: campaign.HonourPaper, N: 1, Honour: 1, Date: "2026-06-26"})
}

// listed is what the engine's list would say of this house.
func listed(change func(map[string]enumspb.WorkflowExecutionStatus)) func(context.Context, int) ([]Run, error) {
	const open, ended = enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING, enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED
	all := map[int]map[string]enumspb.WorkflowExecutionStatus{year: {"2025/campaign": ended}, year + 1: {"2026/campaign": open, storetest.Ref(year+1, 1).ID(): open}}
	for i := 1; i <= 5; i++ {
		all[year][storetest.Ref(year, i).ID()] = ended
	}
	all[year][storetest.Ref(year, 1).WarningID()], all[year][storetest.Ref(year, 3).WarningID()] = ended, open
	if change != nil {
		change(all[year])
		change(all[year+1])
	}
	return func(_ context.Context, of int) ([]Run, error) {
		var runs []Run
		for id, s := range all[of] {
			runs = append(runs, Run{id, s})
		}
		slices.SortFunc(runs, func(a, b Run) int { return strings.Compare(a.ID, b.ID) })
		return runs, nil
	}
}

// house is this book as an inspection sees it.
func (l *lived) house(s *store.Store, blobs *store.Blobs, change func(map[string]enumspb.WorkflowExecutionStatus)) House {
	known, err := Verifiers(l.key.Public())
	ok(l.t, err)
	return House{Book: s.Reader, Blobs: blobs, Known: known, Table: rubric.Annex2(), Runs: listed(change)}
}

// copied is another folder with the same files.
func (l *lived) copied(t testing.TB) (string, *store.Blobs) {
	dir := t.TempDir()
	ok(t, os.CopyFS(dir, os.DirFS(l.dir)))
	b, err := store.OpenBlobs(dir)
	ok(t, err)
	return dir, b
}

func (f Fsck) lines() string {
	var b bytes.Buffer
	for _, x := range f.Findings {
		fmt.Fprintln(&b, x)
	}
	return b.String()
}
