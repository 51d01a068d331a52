// Package rehearsal plays: simulated people live a whole campaign year.
// It may only do what people can, through pages and the letters they get, at the virtual hours its caller brings about.
// It never touches the database or the engine, knows no id or link that it did not find, and leaves no score to chance.
package rehearsal
