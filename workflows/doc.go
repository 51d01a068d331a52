// Package workflows waits: it tells the year of an institution, the campaign
// around it and the case of Article 32 as stories of timers and messages.
// It may ask rubric and campaign what follows what, ask contract's steps of the
// world, and hear contract's messages.
// It never reads a clock, a file, a database or the network, never compares
// points, and never draws a consequence that a person has to draw.
package workflows
