package web

import (
	"net/http"

	"xuanping/audit"
	"xuanping/campaign"
)

// ledgerRoutes registers what outsiders follow the ledger by: the formats are
// C2SP tlog-checkpoint and tlog-tiles, so that any witness program can read them.
// Hashes tell nothing and are public; the records name institutions and points,
// so they are for staff until they are published in another form.
func (s *Server) ledgerRoutes() {
	s.handle("GET /ledger", s.ledgerPage)
	s.handle("GET /ledger/checkpoint", s.checkpoint)
	s.handle("GET /ledger/tile/{path...}", s.tile)
	s.handle("GET /office/ledger/tile/entries/{path...}", s.entries)
}

func (s *Server) ledgerPage(w http.ResponseWriter, r ask) error {
	c, err := s.store.LastCheckpoint(r.Context())
	if err != nil && campaign.KindOf(err) != campaign.NotFound {
		return err
	}
	return s.render(w, r, http.StatusOK, "ledger", page{Title: "账本", Data: map[string]any{"Checkpoint": c, "Key": s.LedgerKey, "Former": s.FormerKeys}})
}

func (s *Server) checkpoint(w http.ResponseWriter, r ask) error {
	c, err := s.store.LastCheckpoint(r.Context())
	if err != nil {
		return err
	}
	return raw(w, "text/plain; charset=utf-8", []byte(c.Note))
}

func (s *Server) tile(w http.ResponseWriter, r ask) error {
	b, err := audit.Tile(r.Context(), s.store.Reader, r.PathValue("path"))
	if err != nil {
		return err
	}
	return raw(w, "application/octet-stream", b)
}

func (s *Server) entries(w http.ResponseWriter, r ask) error {
	b, err := audit.Entries(r.Context(), s.store.Reader, r.PathValue("path"))
	if err != nil {
		return err
	}
	return raw(w, "application/octet-stream", b)
}

func raw(w http.ResponseWriter, media string, b []byte) error {
	w.Header().Set("Content-Type", media)
	_, err := w.Write(b)
	return err
}
