package audit

import (
	"context"

	"golang.org/x/mod/sumdb/tlog"

	"xuanping/store"
)

// PublicHashes reads a ledger from outside, by its public tiles alone; get
// fetches what lies at /ledger/tile/ and the path. Every tile is checked against
// the head, so that a wrong one is an error and not believed.
func PublicHashes(ctx context.Context, h store.Head, get func(ctx context.Context, path string) ([]byte, error)) tlog.HashReader {
	return tlog.TileHashReader(tlog.Tree{N: h.Size, Hash: h.Root}, publicTiles{ctx, get})
}

type publicTiles struct {
	ctx context.Context
	get func(ctx context.Context, path string) ([]byte, error)
}

// Height implements tlog.TileReader.
func (publicTiles) Height() int { return tileHeight }

// SaveTiles implements tlog.TileReader: nothing is kept.
func (publicTiles) SaveTiles([]tlog.Tile, [][]byte) {}

// ReadTiles implements tlog.TileReader.
func (p publicTiles) ReadTiles(tiles []tlog.Tile) (out [][]byte, err error) {
	for _, t := range tiles {
		b, err := p.get(p.ctx, TilePath(t.L, t.N, t.W))
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}
