// Package app wires: it reads the configuration, builds every room once and
// runs the service; it also moves the virtual time of rehearsals.
// It may import everything and is the only room that reads the environment.
// It never decides, stores or speaks itself.
package app
