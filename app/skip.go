package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"golang.org/x/sync/errgroup"
)

// ErrNoSkipping says that the engine does not allow virtual time.
var ErrNoSkipping = errors.New("该引擎不允许快进虚拟时间:演练须使用单机版(standalone),或由管理员在引擎打开 frontend.WorkflowTimeSkippingEnabled 与 system.enableActivityRetryStampIncrement")

// ErrHeld says that a workflow waits for a child that lives beyond the target: the engine keeps the
// parent's clock still as long, and afterwards does not give it the child's time.
var ErrHeld = errors.New("流程被未结束的子流程拖住,虚拟时间不能前进(演练中跨日的流程应独立启动,不作子流程)")

const (
	moversAtOnce = 16
	turn         = 2 * time.Second        // without progress; then another execution gets the place
	settleAfter  = 250 * time.Millisecond // more than the lag of the engine's list
	stallAfter   = 90 * time.Second
	heldFor      = 3 // looks in a row, as a child may be just beginning or ending
	// One skip and the engine stops by itself. With more it may run over: when the task that ends a
	// fast-forward is late, the engine takes the next timer, be it days ahead, for the end.
	skipsPerMove = 1
)

// Mover moves the workflows of a rehearsal through virtual time, on any engine that allows it.
type Mover struct {
	client    client.Client
	namespace string
	stall     time.Duration
}

// NewMover moves executions of one namespace.
func NewMover(c client.Client, namespace string) *Mover {
	return &Mover{client: c, namespace: namespace, stall: stallAfter}
}

// Allowed asks the engine whether it lets executions skip time; it changes nothing. The engine
// checks the permission before it looks for the execution, which does not exist.
func (m *Mover) Allowed(ctx context.Context) error {
	err := m.set(ctx, "xuanping-no-such-workflow", "probe", time.Second)
	var missing *serviceerror.NotFound
	var refused *serviceerror.Unimplemented
	var invalid *serviceerror.InvalidArgument // an engine too old to know the field
	switch {
	case errors.As(err, &missing):
		return nil
	case errors.As(err, &refused), errors.As(err, &invalid):
		return fmt.Errorf("%w(引擎答复:%v)", ErrNoSkipping, err)
	case err == nil:
		return fmt.Errorf("%w(引擎未检查所问的工作流)", ErrNoSkipping)
	}
	return fmt.Errorf("询问引擎是否允许快进:%w", err)
}

// To moves every open execution that the visibility query selects, and the open children of those,
// to the virtual instant t, and returns when each has ended or stands at t or later with nothing
// left to do. An execution lands on t or a few milliseconds after it, never before, and goes there
// timer by timer: the engine overlooks a timer that is due but has not fired, and when an Update or
// a second timer comes in just then it jumps over the days between. Progress is told how many of the
// executions seen so far have arrived or ended.
func (m *Mover) To(ctx context.Context, query string, t time.Time, progress func(done, total int)) error {
	j := &journey{Mover: m, query: query, to: t, seen: map[string]*traveller{}, progress: progress}
	full, calm, held := true, 0, 0
	for moved, last := time.Now(), -1; ; {
		began := time.Now()
		open, err := j.look(ctx, full)
		if err != nil {
			return fmt.Errorf("快进到 %s:%w", day(t), err)
		}
		behind := slices.DeleteFunc(open, func(v *traveller) bool { return v.settled })
		if done := j.tell(); done != last || len(behind) == 0 {
			moved, last = time.Now(), done
		}
		if len(behind) == 0 {
			// The list lags behind the truth, and who arrived may have been given work since: two
			// calm looks, the second at everybody, and the longer apart the busier the engine is.
			if calm++; calm == 2 {
				return nil
			}
			full = true
			if err := sleep(ctx, max(settleAfter, time.Since(began))); err != nil {
				return err
			}
			continue
		}
		full, calm = false, 0
		if held = j.next(held, behind); held == heldFor {
			return fmt.Errorf("快进到 %s:%w:%s", day(t), ErrHeld, explain(behind))
		}
		if time.Since(moved) > m.stall {
			return fmt.Errorf("快进到 %s:%v 内没有进展:%s", day(t), m.stall, explain(behind))
		}
		if err := each(ctx, moversAtOnce, behind, j.advance); err != nil {
			return fmt.Errorf("快进到 %s:%w", day(t), err)
		}
	}
}

// next counts the looks in which everybody behind waits for a child, so that nobody can move.
func (j *journey) next(held int, behind []*traveller) int {
	for _, v := range behind {
		if len(v.young) == 0 || !v.now.Before(j.to) {
			return 0
		}
	}
	return held + 1
}

// traveller is one execution on its way.
type traveller struct {
	id      string
	now     time.Time // virtual, as last described
	next    time.Time // its next stop: the earliest timer, or the target
	last    time.Time // the stop last asked for
	idle    bool
	flying  bool     // a leap is under way
	settled bool     // ended, or at the target and idle
	why     string   // what holds it, for the error
	young   []string // open children

	run    string // the run whose history was read, up to the event
	event  int64
	alarms map[int64]time.Time // pending timers by the event that started them
}

type journey struct {
	*Mover
	query    string
	to       time.Time
	seen     map[string]*traveller
	progress func(done, total int)
}

// look lists the open executions afresh, adds children the list does not show yet, and describes
// each: the list may lag, the description does not. Unless full, those who arrived are left alone.
func (j *journey) look(ctx context.Context, full bool) ([]*traveller, error) {
	ids, err := j.list(ctx)
	if err != nil {
		return nil, err
	}
	for id, v := range j.seen { // one that left the list may have been continued or may merely lag
		if !v.settled {
			ids = append(ids, id)
		}
	}
	var all []*traveller
	known := map[string]bool{}
	for len(ids) > 0 {
		slices.Sort(ids)
		var batch []*traveller
		for _, id := range slices.Compact(ids) {
			if known[id] {
				continue
			}
			known[id] = true
			v := j.seen[id]
			if v == nil {
				v = &traveller{id: id}
				j.seen[id] = v
			}
			if v.settled && !full {
				continue
			}
			batch = append(batch, v)
		}
		if err := each(ctx, moversAtOnce, batch, j.describe); err != nil {
			return nil, err
		}
		all, ids = append(all, batch...), nil
		for _, v := range batch {
			ids = append(ids, v.young...)
		}
	}
	return all, nil
}

func (j *journey) list(ctx context.Context) ([]string, error) {
	var ids []string
	query := "ExecutionStatus = 'Running'"
	if j.query != "" {
		query = "(" + j.query + ") AND " + query
	}
	for token := []byte(nil); ; {
		page, err := j.client.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{Namespace: j.namespace, PageSize: 1000, Query: query, NextPageToken: token})
		if err != nil {
			return nil, fmt.Errorf("列出未结束的工作流(%s):%w", query, err)
		}
		for _, e := range page.GetExecutions() {
			ids = append(ids, e.GetExecution().GetWorkflowId())
		}
		if token = page.GetNextPageToken(); len(token) == 0 {
			return ids, nil
		}
	}
}

// describe reads the execution's clock. One that never skipped has none: its clock is the wall's.
func (j *journey) describe(ctx context.Context, v *traveller) error {
	wall := time.Now()
	d, err := j.client.DescribeWorkflowExecution(ctx, v.id, "")
	var gone *serviceerror.NotFound
	if errors.As(err, &gone) || err == nil && d.GetWorkflowExecutionInfo().GetStatus() != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
		*v = traveller{id: v.id, settled: true}
		return nil
	}
	if err != nil {
		return fmt.Errorf("查看工作流 %s:%w", v.id, err)
	}
	v.now, v.flying = wall, false
	if info := d.GetWorkflowExtendedInfo().GetTimeSkippingInfo(); info != nil {
		v.now = info.GetCurrentTime().AsTime()
		v.flying = info.GetEffectiveConfig().GetEnabled() && info.GetFastForwardInfo() != nil && !info.GetFastForwardInfo().GetHasCompleted()
	}
	v.young = v.young[:0]
	for _, c := range d.GetPendingChildren() {
		v.young = append(v.young, c.GetWorkflowId())
	}
	if err := j.timers(ctx, v, d.GetWorkflowExecutionInfo().GetExecution().GetRunId()); err != nil {
		return err
	}
	v.idle, v.why = idle(d)
	if v.event != d.GetWorkflowExecutionInfo().GetHistoryLength() { // it went on between the two readings
		v.idle, v.why = false, "流程正在推进"
	}
	v.next = j.to
	for _, due := range v.alarms {
		if due.Before(v.next) {
			v.next = due
		}
	}
	if v.idle && !v.next.After(v.now) && v.next.Before(j.to) {
		v.idle, v.why = false, "到期的定时器还没有触发"
	}
	v.settled = !v.now.Before(j.to) && v.idle
	return nil
}

// idle reports whether nothing is under way: an activity waiting for its next try does not count,
// its wait is real time once the execution has arrived.
func idle(d *workflowservice.DescribeWorkflowExecutionResponse) (bool, string) {
	if d.GetPendingWorkflowTask() != nil {
		return false, "流程代码正在运行或没有 worker"
	}
	for _, a := range d.GetPendingActivities() {
		if a.GetState() == enumspb.PENDING_ACTIVITY_STATE_STARTED || a.GetAttempt() <= 1 {
			return false, "步骤 " + a.GetActivityType().GetName() + " 未完成"
		}
	}
	if n := len(d.GetPendingChildren()); n > 0 {
		return true, fmt.Sprintf("等待 %d 个未结束的子流程,如 %s", n, d.GetPendingChildren()[0].GetWorkflowId())
	}
	return true, ""
}

// advance takes one execution as far as it goes by itself: from timer to timer, each time waiting
// until the work that the timer caused is done.
func (j *journey) advance(ctx context.Context, v *traveller) error {
	for until := time.Now().Add(turn); ; {
		if err := j.describe(ctx, v); err != nil || v.settled {
			return err
		}
		if len(v.young) > 0 { // cannot move before its children
			return sleep(ctx, 20*time.Millisecond)
		}
		if v.flying { // a second leap on top of one under way would go beyond the target
			if err := j.land(ctx, v, until); err != nil {
				return err
			}
			continue
		}
		gap := v.next.Sub(v.now)
		if !v.idle || gap < 20*time.Millisecond {
			if time.Now().After(until) {
				return nil
			}
			if err := sleep(ctx, 5*time.Millisecond); err != nil {
				return err
			}
			continue
		}
		if time.Now().After(until) && v.last.Equal(v.next) {
			return nil // asked before and not arrived: let the next look see why
		}
		if !v.last.Equal(v.next) {
			until = time.Now().Add(turn)
		}
		v.last = v.next
		if err := j.hop(ctx, v, gap); err != nil {
			return err
		}
	}
}

func (j *journey) tell() int {
	done := 0
	for _, v := range j.seen {
		if v.settled {
			done++
		}
	}
	if j.progress != nil {
		j.progress(done, len(j.seen))
	}
	return done
}

// explain names the first few that did not arrive.
func explain(behind []*traveller) string {
	slices.SortFunc(behind, func(a, b *traveller) int { return cmp.Compare(a.id, b.id) })
	var b strings.Builder
	for i, v := range behind {
		if i == 3 {
			fmt.Fprintf(&b, "等 %d 个", len(behind))
			break
		}
		fmt.Fprintf(&b, "%s 停在 %s(%s);", v.id, day(v.now), cmp.Or(v.why, "原因不明"))
	}
	return b.String()
}

func each(ctx context.Context, atOnce int, vs []*traveller, do func(context.Context, *traveller) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for _, v := range vs {
		g.Go(func() error { return do(ctx, v) })
	}
	return g.Wait()
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

var beijing = time.FixedZone("CST", 8*60*60)

func day(t time.Time) string { return t.In(beijing).Format("2006-01-02 15:04:05") }
