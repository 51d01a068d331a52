package audit

import (
	"context"
	"encoding/binary"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"xuanping/campaign"
	"xuanping/store"
)

// tileHeight is fixed by C2SP tlog-tiles.
const tileHeight = 8

// Tile gives the hashes of a tile of the ledger: path is what follows tile/ in
// C2SP tlog-tiles, as in 0/x001/067 or 1/000.p/17. A tile that the ledger is
// too short for is not found.
func Tile(ctx context.Context, r store.Reader, path string) ([]byte, error) {
	t, err := tlog.ParseTilePath("tile/" + strconv.Itoa(tileHeight) + "/" + path)
	if err != nil || t.L < 0 {
		return nil, noTile
	}
	h, err := r.Head(ctx)
	if err != nil {
		return nil, err
	}
	if !inside(h.Size>>(tileHeight*t.L), t) {
		return nil, noTile
	}
	return tlog.ReadTileData(t, r.Hashes(ctx))
}

// Entries gives the records of a tile at level 0, each with its length before
// it in two bytes; path is what follows tile/entries/.
func Entries(ctx context.Context, r store.Reader, path string) ([]byte, error) {
	t, err := tlog.ParseTilePath("tile/" + strconv.Itoa(tileHeight) + "/data/" + path)
	if err != nil {
		return nil, noTile
	}
	h, err := r.Head(ctx)
	if err != nil {
		return nil, err
	}
	if t.L = 0; !inside(h.Size, t) {
		return nil, noTile
	}
	leaves, err := r.LeavesFrom(ctx, t.N<<tileHeight, t.W)
	if err != nil {
		return nil, err
	}
	var out []byte
	for _, l := range leaves {
		out = binary.BigEndian.AppendUint16(out, uint16(len(l.Record))) // a leaf holds ids and digests: far below 64 KiB
		out = append(out, l.Record...)
	}
	return out, nil
}

// inside tells whether a level of n hashes has the whole tile.
func inside(n int64, t tlog.Tile) bool {
	return t.L < 8 && t.N <= n>>tileHeight && t.N<<tileHeight+int64(t.W) <= n
}

var noTile = campaign.Fail(campaign.NotFound, "账本没有这一片")

// TilePath is the address of the n-th tile at a level, partial when w is less
// than full; pages show an example of it.
func TilePath(level int, n int64, w int) string {
	path := tlog.Tile{H: tileHeight, L: level, N: n, W: w}.Path()
	return strings.TrimPrefix(path, "tile/"+strconv.Itoa(tileHeight)+"/")
}
