package workflows

import (
	"go.temporal.io/sdk/workflow"

	"xuanping/contract"
)

// Registry is the side of a worker, a replayer or a test environment that
// takes workflows.
type Registry interface {
	RegisterWorkflowWithOptions(w any, options workflow.RegisterOptions)
}

// Register makes every workflow of this room known under its contract name.
func Register(r Registry) {
	r.RegisterWorkflowWithOptions(runCampaign, workflow.RegisterOptions{Name: contract.CampaignType})
	r.RegisterWorkflowWithOptions(runYear, workflow.RegisterOptions{Name: contract.YearType})
	r.RegisterWorkflowWithOptions(runWarning, workflow.RegisterOptions{Name: contract.WarningType})
	r.RegisterWorkflowWithOptions(runIncident, workflow.RegisterOptions{Name: contract.IncidentType})
	r.RegisterWorkflowWithOptions(runClearance, workflow.RegisterOptions{Name: contract.ClearanceType})
}
