package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	namespacepb "go.temporal.io/api/namespace/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/types/known/durationpb"
)

// prepareNamespace registers what is missing and waits until the namespace and every search
// attribute can be used: the server's services learn of them one after another.
func prepareNamespace(ctx context.Context, address string, o Options) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	c, err := client.DialContext(ctx, client.Options{HostPort: address, Namespace: o.Namespace, Logger: silent{}})
	if err != nil {
		return fmt.Errorf("连接工作流引擎:%w", err)
	}
	defer c.Close()
	if err := register(ctx, c.WorkflowService(), o); err != nil {
		return fmt.Errorf("登记引擎命名空间 %s:%w", o.Namespace, err)
	}
	if err := until(ctx, func() error {
		_, err := c.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{})
		return err
	}); err != nil {
		return fmt.Errorf("等待引擎命名空间 %s 可用:%w", o.Namespace, err)
	}
	return addAttributes(ctx, c, o)
}

func register(ctx context.Context, s workflowservice.WorkflowServiceClient, o Options) error {
	d, err := s.DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: o.Namespace})
	var missing *serviceerror.NamespaceNotFound
	switch {
	case errors.As(err, &missing):
		_, err = s.RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{Namespace: o.Namespace, WorkflowExecutionRetentionPeriod: durationpb.New(o.Retention)})
		var there *serviceerror.NamespaceAlreadyExists
		if errors.As(err, &there) {
			return nil
		}
		return err
	case err != nil:
		return err
	case d.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration() == o.Retention:
		return nil
	}
	_, err = s.UpdateNamespace(ctx, &workflowservice.UpdateNamespaceRequest{
		Namespace: o.Namespace, Config: &namespacepb.NamespaceConfig{WorkflowExecutionRetentionTtl: durationpb.New(o.Retention)},
	})
	return err
}

func addAttributes(ctx context.Context, c client.Client, o Options) error {
	op := c.OperatorService()
	var have map[string]enumspb.IndexedValueType
	if err := until(ctx, func() error {
		l, err := op.ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: o.Namespace})
		have = l.GetCustomAttributes()
		return err
	}); err != nil {
		return fmt.Errorf("查看检索字段:%w", err)
	}
	add := map[string]enumspb.IndexedValueType{}
	for name, typ := range o.SearchAttributes {
		switch now, there := have[name]; {
		case !there:
			add[name] = typ
		case now != typ:
			return fmt.Errorf("检索字段 %s 已登记为 %s,不能改作 %s", name, now, typ)
		}
	}
	if len(add) > 0 {
		if _, err := op.AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{Namespace: o.Namespace, SearchAttributes: add}); err != nil {
			return fmt.Errorf("登记检索字段:%w", err)
		}
	}
	for name := range o.SearchAttributes {
		if err := until(ctx, func() error {
			_, err := c.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{Query: "`" + name + "` IS NULL"})
			return err
		}); err != nil {
			return fmt.Errorf("等待检索字段 %s 可用:%w", name, err)
		}
	}
	return nil
}

// until repeats try until it succeeds or ctx ends; then it returns what try last said.
func until(ctx context.Context, try func() error) error {
	for {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// silent drops the client's own log lines: every failure is returned.
type silent struct{}

func (silent) Debug(string, ...any) {}
func (silent) Info(string, ...any)  {}
func (silent) Warn(string, ...any)  {}
func (silent) Error(string, ...any) {}
