// Package campaign names the nouns of an evaluation year: the institutions, the
// stages they pass, the days that bind them and the people who may act.
// It may compute with days and decide what follows what; everything in it is pure.
// It never reads a clock, a file outside the binary, a database or the network.
package campaign
