package desk

import (
	"context"

	"xuanping/campaign"
)

// ReadRoster reads a roster file. What guards a cell of an export against being
// taken for a formula is taken off again.
func ReadRoster(file string, data []byte) ([]campaign.Institution, []campaign.RosterFault, error) {
	rows, err := ReadTable(file, data)
	if err != nil {
		return nil, nil, err
	}
	for _, row := range rows {
		for i := range row {
			row[i] = unguarded(row[i])
		}
	}
	all, faults := campaign.ReadRoster(rows)
	return all, faults, nil
}

// RosterTable is the roster as the import takes it: importing it changes nothing.
func (d *Desk) RosterTable(ctx context.Context) ([][]string, error) {
	all, err := d.Store.Roster(ctx)
	cells := [][]string{campaign.RosterColumns()}
	for _, i := range all {
		cells = append(cells, i.Cells())
	}
	return cells, err
}
