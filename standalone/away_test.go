package main

import (
	"context"
	"io"
	"net"
	"regexp"
	"strconv"
	"testing"
	"time"

	"xuanping/app"
	"xuanping/campaign"
	"xuanping/desk"
	"xuanping/rehearsal"
	"xuanping/standalone/engine"
	"xuanping/store/localpg"
)

var ticketLink = regexp.MustCompile(`/t/([A-Za-z0-9_.-]+)`)

// interpreted has two persons decide what a launch asks for (第三十五条).
func interpreted(t *testing.T, a *app.App, officer, approver string, year int) {
	t.Helper()
	if err := a.MakeReadings(t.Context(), officer, year, io.Discard); err != nil {
		t.Fatal(err)
	}
	made, err := a.Store.Interpretations(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, i := range made {
		ids = append(ids, i.ID)
	}
	if err := a.ForceReadings(t.Context(), approver, ids, io.Discard); err != nil {
		t.Fatal(err)
	}
}

// What an institution hands in while the engine is away is received at once,
// and the workflow hears of it when the engine is back.
func TestActsWhileTheEngineIsAway(t *testing.T) {
	ctx := t.Context()
	m := newMachine(t)
	if err := m.pg.CreateDatabase(ctx, "away"); err != nil {
		t.Fatal(err)
	}
	start := func(port int) *engine.Engine {
		e, err := engine.Start(ctx, engine.Options{Database: engine.Database{Address: m.pg.Address(), User: localpg.Superuser, Password: m.pg.Password()}, Port: port, TimeSkipping: true, Namespace: "away", Retention: retention})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	eng := start(0)
	_, portText, _ := net.SplitHostPort(eng.Address())
	port, _ := strconv.Atoi(portText)
	t.Setenv("TEMPORAL_ADDRESS", eng.Address())
	t.Setenv("TEMPORAL_NAMESPACE", "away")
	a := openApp(t, m.env("away", "127.0.0.1:8080")) // the site itself is not needed
	ctx, cancel := context.WithCancel(ctx)
	worked := make(chan error, 1)
	go func() { worked <- a.Work(ctx) }()
	t.Cleanup(func() { cancel(); <-worked })

	cast, err := a.Cast(ctx, 6)
	if err != nil {
		t.Fatal(err)
	}
	officer, err := a.Store.Staff(ctx, cast.Officer[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	of := time.Now().Year() + 1
	who := rehearsal.Fictional(6)[:1]
	if _, _, _, err := a.Desk.ImportRoster(ctx, officer, "roster.csv", rosterCSV(who)); err != nil {
		t.Fatal(err)
	}
	interpreted(t, a, officer.ID, cast.Approvers[0].ID, of)
	cal := campaign.DefaultCalendar(of, campaign.KnownHolidays())
	settings := campaign.DefaultSettings(of)
	settings.NoCodes = true // the year of another test reads codes from the mailbox
	if _, err := a.Desk.Launch(ctx, officer, desk.LaunchForm{Year: of, Rehearsal: true, Calendar: cal, Settings: settings}); err != nil {
		t.Fatal(err)
	}
	if err := a.Move(ctx, of, cal.Launch.Morning().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	heads, n, err := a.Mailbox.List(who[0].Email, 0, 10)
	if err != nil || n != 1 {
		t.Fatalf("%d letters at launch, %v", n, err)
	}
	letter, err := a.Mailbox.Read(heads[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	visitor, err := a.Desk.Open(ctx, ticketLink.FindStringSubmatch(letter.Text)[1])
	if err != nil {
		t.Fatal(err)
	}

	if err := eng.Stop(); err != nil {
		t.Fatal(err)
	}
	form := desk.PlanForm{Goals: "目标", Activities: "活动", Resources: "保障", Lead: "赵示例", Department: "办公室", ApprovedBy: "董事会", ApprovedOn: string(cal.Launch), ApprovalNo: "示例〔1〕1号"}
	rec, err := a.Desk.SubmitPlan(ctx, visitor, form, desk.Signer{Name: "钱示例", Post: "主任"})
	if err != nil || rec.Number == "" || len(rec.Digest) != 64 {
		t.Fatalf("a plan was not received while the engine was away: %+v, %v", rec, err)
	}
	if err := a.Desk.ReviewPlan(ctx, officer, visitor.Ref, 1, true, ""); err != nil {
		t.Fatal(err)
	}
	if e, err := a.Store.Entry(ctx, visitor.Ref); err != nil || e.Stage != campaign.Planning {
		t.Fatalf("the stage moved without a workflow: %v, %v", e.Stage, err)
	}

	eng = start(port)
	t.Cleanup(func() { eng.Stop() })
	for end := time.Now().Add(90 * time.Second); ; time.Sleep(200 * time.Millisecond) {
		e, err := a.Store.Entry(ctx, visitor.Ref)
		if err == nil && e.Stage == campaign.Collecting {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("the workflow never heard of the plan: stage %v, %v", e.Stage, err)
		}
	}
}

func openApp(t testing.TB, env map[string]string) *app.App {
	t.Helper()
	cfg, err := app.Load(func(n string) (string, bool) { v, ok := env[n]; return v, ok })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := app.Migrate(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	a, err := app.Open(t.Context(), cfg, app.Logger(io.Discard, "error"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	return a
}

func rosterCSV(all []campaign.Institution) []byte {
	out := ""
	for i, c := range campaign.RosterColumns() {
		if i > 0 {
			out += ","
		}
		out += c
	}
	for _, i := range all {
		out += "\n" + i.Code + "," + i.Name + "," + i.USCC + "," + i.Province + "," + i.Category + "," + i.Head + "," + i.Contact + "," + i.Email + "," + i.Mobile
	}
	return []byte(out + "\n")
}
