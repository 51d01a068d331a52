// Package contract is what the room that waits (workflows) and the rooms that
// do and receive (activities, desk) agree upon: typed steps, typed messages,
// workflow ids, task queues and search attributes.
// It may name the Temporal client and the workflow SDK, so that nobody else must.
// It never decides, stores or sends anything itself, and nothing personal passes through it.
package contract
