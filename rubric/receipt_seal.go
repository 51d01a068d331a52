package rubric

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
)

// digestField is the field of every node that seals the others.
const digestField = "digest"

// seal fills in every digest, children first.
func (r *Receipt) seal() {
	r.Table.Digest = digestOf(r.Table)
	for i := range r.Readings {
		r.Readings[i].Digest = digestOf(r.Readings[i])
	}
	r.Sum.Digest = digestOf(r.Sum)
	for i := range r.Rows {
		r.Rows[i].seal()
	}
	for i := range r.Matters {
		r.Matters[i].Digest = digestOf(r.Matters[i])
	}
	r.Digest = digestOf(*r)
}

func (r *ReceiptRow) seal() {
	for i := range r.Evidence {
		r.Evidence[i].Digest = digestOf(r.Evidence[i])
	}
	for i := range r.Marks {
		r.Marks[i].Digest = digestOf(r.Marks[i])
	}
	if r.Ruling != nil {
		r.Ruling.Digest = digestOf(*r.Ruling)
	}
	for i := range r.Events {
		if a := r.Events[i].Amendment; a != nil {
			sealed := *a // the facts keep theirs
			sealed.Digest = digestOf(sealed)
			r.Events[i].Amendment = &sealed
		}
		r.Events[i].Digest = digestOf(r.Events[i])
	}
	r.Digest = digestOf(*r)
}

// digestOf seals one node whose children are sealed already.
func digestOf(v any) string {
	return mustTree(v).seal()
}

// mustTree turns a part of a receipt into the tree that a reader of its JSON sees.
func mustTree(v any) *node {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // plain structs of our own
	}
	dec := json.NewDecoder(strings.NewReader(string(b)))
	dec.UseNumber()
	r := &reader{data: b, dec: dec}
	return r.read("", 0)
}

// seal is the digest of an object: SHA-256 over its fields in the order of their
// names, written as compact JSON, without its own digest and with each child
// object replaced by that child's digest.
func (n *node) seal() string {
	var b strings.Builder
	n.canonical(&b, true)
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:])
}

func (n *node) canonical(b *strings.Builder, top bool) {
	switch {
	case n.kind == '{' && !top:
		n.field(digestField).scalar(b)
	case n.kind == '{':
		fields := slices.Clone(n.fields)
		slices.SortFunc(fields, func(x, y field) int { return strings.Compare(x.name, y.name) })
		b.WriteByte('{')
		first := true
		for _, f := range fields {
			if f.name == digestField {
				continue
			}
			if !first {
				b.WriteByte(',')
			}
			first = false
			b.Write(compact(f.name))
			b.WriteByte(':')
			f.node.canonical(b, false)
		}
		b.WriteByte('}')
	case n.kind == '[':
		b.WriteByte('[')
		for i, item := range n.items {
			if i > 0 {
				b.WriteByte(',')
			}
			item.canonical(b, false)
		}
		b.WriteByte(']')
	default:
		n.scalar(b)
	}
}

// scalar writes one value; a missing node is null.
func (n *node) scalar(b *strings.Builder) {
	if n == nil {
		b.WriteString("null")
		return
	}
	b.Write(compact(n.value))
}

func compact(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // text, number, bool or null
	}
	return b
}
